//! `changelog`: the release notes of element templates.

use super::compat::config::Config;
use super::compat::side::{Side, Version};
use super::published::{self, json_files};
use super::{Context, Exit, OutputFormat};
use crate::compat::changelog::{TemplateNotes, VersionNotes, render};
use crate::compat::compare;
use clap::Args;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::PathBuf;

pub(super) const ABOUT: &str = "Writes the release notes of element templates from what has changed between versions";
pub(super) const EXAMPLES: &str = "\
Every version is compared with the one before it, as compat does. Levels and the reasons of accepted changes are taken from
opwright-compat.toml.

Examples:
  opwright changelog > TEMPLATES.md                     all versions in generated/, its archive included
  opwright changelog --template io.example.parcels --since 3
  opwright changelog --against v1.4.0                   older versions from a git revision, too";

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Element templates in all of their versions: a file, or a directory
    #[arg(value_name = "FILE|DIR", default_value = "generated")]
    templates: PathBuf,
    /// Older versions, too: a git revision, a file or a directory
    #[arg(long, value_name = "REV|FILE|DIR")]
    against: Option<String>,
    /// Only the template of this id
    #[arg(long, value_name = "ID")]
    template: Option<String>,
    /// Only versions after this one
    #[arg(long, value_name = "VERSION")]
    since: Option<i64>,
    /// Levels and accepted changes [default: opwright-compat.toml, if it is there]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// How the notes are printed: Markdown or JSON
    #[arg(long, value_enum, default_value_t)]
    format: OutputFormat,
}

pub(super) fn run(arguments: &Arguments, context: &Context) -> Exit {
    context.ended(notes(arguments).and_then(|notes| {
        match arguments.format {
            OutputFormat::Json => context.console.json(&json!({ "templates": notes })),
            OutputFormat::Text => context.console.raw(render(&notes)?.as_bytes()),
        }
        Ok(Exit::Success)
    }))
}

fn notes(arguments: &Arguments) -> Result<Vec<TemplateNotes>, String> {
    let config = Config::read(arguments.config.as_deref())?;
    let newer = Side::of(&json_files(&arguments.templates)?, "")?;
    let older = match &arguments.against {
        Some(against) => published::base(Some(against), &arguments.templates)?,
        None => None,
    };
    let older = older.map(|base| Side::of(&base.files, &base.shown)).transpose()?;
    let sides: Vec<&Side> = older.iter().chain([&newer]).collect();
    let mut ids: Vec<&String> = newer.templates.keys().collect();
    if let Some(wanted) = &arguments.template {
        ids.retain(|id| *id == wanted);
        if ids.is_empty() {
            let hint = crate::text::suggestion(wanted, newer.templates.keys().map(String::as_str));
            return Err(format!("there is no template `{wanted}` in {}{hint}", arguments.templates.display()));
        }
    }
    if ids.is_empty() {
        return Err(format!("there is no element template in {}", arguments.templates.display()));
    }
    Ok(ids.into_iter().map(|id| notes_of(id, &sides, arguments.since, &config)).collect())
}

fn notes_of(id: &str, sides: &[&Side], since: Option<i64>, config: &Config) -> TemplateNotes {
    // Of a version that both sides have, the newer side's counts.
    let all = sides.iter().filter_map(|side| side.templates.get(id)).flatten();
    let versions: BTreeMap<i64, &Version> =
        all.filter_map(|version| Some((version.template.version?, version))).collect();
    let versions: Vec<(i64, &Version)> = versions.into_iter().collect();
    let name = versions.last().and_then(|(_, version)| version.template.name.clone()).unwrap_or_else(|| id.to_owned());
    let mut notes = Vec::new();
    for (index, (number, version)) in versions.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| versions.get(before));
        let changes = before.map(|(_, before)| {
            let changes = compare(&before.template, &version.template).into_iter();
            let judged = changes.map(|change| {
                let verdict = config.judge(id, Some(*number), &change);
                (change, verdict.severity, verdict.accepted)
            });
            judged.collect::<Vec<_>>()
        });
        if since.is_none_or(|since| *number > since) {
            notes.push(VersionNotes::of(*number, changes.as_deref()));
        }
    }
    notes.reverse();
    TemplateNotes { id: id.to_owned(), name, versions: notes }
}
