//! `changelog`: the release notes of element templates.

use super::compat::config::{Config, Verdict};
use super::compat::side::{Side, Version};
use super::compat::{deployed, published_side};
use super::published::json_files;
use super::{Context, Exit, OutputFormat};
use crate::compat::changelog::{JudgedChange, TemplateNotes, VersionNotes, render};
use crate::compat::{Change, compare, name};
use crate::text::version_or_none;
use clap::Args;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

pub(super) const ABOUT: &str = "Writes the release notes of element templates from what has changed between versions";
pub(super) const EXAMPLES: &str = "\
Every version is compared with the one before it, as compat does. Levels and the reasons of
accepted changes are taken from opwright-compat.toml.

What a newer worker makes of deployed processes is told by comparing schemas. Those of older
versions are not kept: it is in the notes of the newest version only, against what is published
at --against, or where this branch has left the main one. On the main branch itself that is
nothing: name the last release.

Examples:
  All versions in generated/, its archive included:
    opwright changelog > TEMPLATES.md
    opwright changelog --template io.example.parcels --since 3
  Older versions from a git revision, too:
    opwright changelog --against v1.4.0";

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Element templates in all of their versions: a file, or a directory
    #[arg(value_name = "FILE|DIR", default_value = "generated")]
    templates: PathBuf,
    /// Older versions, too, and the schemas of the latest of them: a git revision, a file or a directory
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
    context.ended(notes(arguments, context).and_then(|notes| {
        match arguments.format {
            OutputFormat::Json => context.console.json(&json!({ "templates": notes })),
            OutputFormat::Text => context.console.raw(render(&notes)?.as_bytes()),
        }
        Ok(Exit::Success)
    }))
}

fn notes(arguments: &Arguments, context: &Context) -> Result<Vec<TemplateNotes>, String> {
    let config = Config::read(arguments.config.as_deref())?;
    let newer = Side::of(&json_files(&arguments.templates)?, "")?;
    let published = published(arguments, &config, context)?;
    let deployed = match &published {
        Some(published) if arguments.templates.is_dir() => deployed(published, &newer, &config),
        _ => BTreeMap::new(),
    };
    let is_newer =
        |side: &Side| newer.templates.keys().any(|id| side.latest(id).map(version) != newer.latest(id).map(version));
    if published.as_ref().is_some_and(|published| !is_newer(published)) {
        context.console.note(
            "what becomes of deployed processes is not told, since the newest versions are published: name an earlier revision by --against",
        );
    }
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
    // Only where somebody names them, older versions are taken from there.
    let older = published.as_ref().filter(|_| arguments.against.is_some());
    let sides: Vec<&Side> = older.into_iter().chain([&newer]).collect();
    let notes_of = |id: &String| {
        let since = published.as_ref().and_then(|published| published.latest(id));
        let deployed = deployed.get(id).map(Vec::as_slice).unwrap_or_default();
        let deployed = since.map(|since| Deployed { since: since.template.version, changes: deployed });
        Template { id, versions: versions(id, &sides), deployed, config: &config }.notes(arguments.since)
    };
    Ok(ids.into_iter().map(notes_of).collect())
}

fn version(version: &Version) -> Option<i64> {
    version.template.version
}

/// What is published: what --against names, or else what `compat` compares with. That there is none is no failure.
fn published(arguments: &Arguments, config: &Config, context: &Context) -> Result<Option<Side>, String> {
    let read = || {
        let base = config.base(arguments.against.as_deref(), &arguments.templates)?;
        base.map(|base| published_side(&base, "")).transpose()
    };
    match read() {
        Err(message) if arguments.against.is_none() => {
            if config.has_base() {
                context.console.warning(&format!("{message}; nothing is told of deployed processes"));
            }
            Ok(None)
        }
        published => published,
    }
}

/// The versions of a template, the oldest first. Of one that several sides have, the last side's counts.
fn versions<'a>(id: &str, sides: &[&'a Side]) -> Vec<(Option<i64>, &'a Version)> {
    let all = sides.iter().filter_map(|side| side.templates.get(id)).flatten();
    let versions: BTreeMap<Option<i64>, &Version> = all.map(|version| (version.template.version, version)).collect();
    versions.into_iter().collect()
}

/// What a newer worker makes of processes that are deployed with the published version.
struct Deployed<'a> {
    since: Option<i64>,
    changes: &'a [(Change, Verdict)],
}

/// A template whose notes are written.
struct Template<'a> {
    id: &'a str,
    versions: Vec<(Option<i64>, &'a Version)>,
    deployed: Option<Deployed<'a>>,
    config: &'a Config,
}

impl Template<'_> {
    fn notes(&self, since: Option<i64>) -> TemplateNotes {
        let name = self.versions.last().and_then(|(_, version)| version.template.name.clone());
        let mut notes = Vec::new();
        for (index, (number, version)) in self.versions.iter().enumerate() {
            if since.is_some() && *number <= since {
                continue;
            }
            let before = index.checked_sub(1).and_then(|before| self.versions.get(before));
            let changes = before.map(|before| self.changes(before, (*number, version)));
            let both = [Some(*version), before.map(|(_, before)| *before)];
            notes.push(VersionNotes::of(*number, changes.as_deref(), &repeated(both.into_iter().flatten())));
        }
        notes.reverse();
        TemplateNotes { id: self.id.to_owned(), name: name.unwrap_or_else(|| self.id.to_owned()), versions: notes }
    }

    fn changes(
        &self,
        (before, old): &(Option<i64>, &Version),
        (number, new): (Option<i64>, &Version),
    ) -> Vec<JudgedChange> {
        let judged = |change: Change| {
            let verdict = self.config.judge(self.id, number, &change);
            (change, verdict.severity, verdict.accepted)
        };
        let mut changes: Vec<JudgedChange> = compare(&old.template, &new.template).into_iter().map(judged).collect();
        let is_newest = self.versions.last().is_some_and(|(newest, _)| *newest == number);
        if let Some(Deployed { since, changes: deployed }) = self.deployed.as_ref().filter(|_| is_newest)
            && *since < number
        {
            // Which of several versions brought it, nobody knows.
            let since =
                if since == before { String::new() } else { format!(", since version {}", version_or_none(*since)) };
            changes.extend(deployed.iter().map(|(change, verdict)| {
                let message = format!("{}{since}", change.message);
                (Change { message, ..change.clone() }, verdict.severity, verdict.accepted.clone())
            }));
        }
        changes
    }
}

/// The names that several properties of a version have.
fn repeated<'a>(versions: impl Iterator<Item = &'a Version>) -> BTreeSet<String> {
    let mut repeated = BTreeSet::new();
    for version in versions {
        let mut known = BTreeSet::new();
        let names = version.template.properties.iter().map(name);
        repeated.extend(names.filter(|name| !known.insert(name.clone())));
    }
    repeated
}
