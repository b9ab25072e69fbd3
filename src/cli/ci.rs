//! `ci`: what a change of the definitions must not do, in one step: stale files, faulty templates, broken processes.

use super::compat::config::Config;
use super::compat::{self, Compared};
use super::generate::{self, Source};
use super::published::Base;
use super::report::{self, Format, Section, Told};
use super::{Context, Exit, lint};
use crate::check::State;
use crate::compat::Severity;
use crate::lint::{Level, Rule};
use clap::Args;
use serde_json::json;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

pub(super) const ABOUT: &str = "Checks everything that CI should: generate --check, lint and compat, with one report";
pub(super) const EXAMPLES: &str = "\
opwright-lint.toml and opwright-compat.toml are read if they are there.

Exit codes, the first that holds:
  1  something cannot be read, such as what is published: the check has failed
  8  a published version would change, or a newer version of a template breaks something
  4  generated files are stale
  1  the linter finds an error
  0  all is well

Examples:
  opwright ci
  opwright ci --format github                  annotations of a pull request
  opwright ci --format sarif > opwright.sarif  for code scanning
  opwright ci --against origin/release --used-by processes";

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    source: Source,
    /// Diagrams that use the templates: a directory or a file. What breaks none of them is risky
    #[arg(long, value_name = "DIR")]
    used_by: Option<PathBuf>,
    /// How the report is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

static STALE: Rule = Rule {
    code: "stale-file",
    level: Level::Error,
    summary: "a generated file is not what the definitions generate",
    reason: "Whoever imports it gets what the worker does not do.",
    mend: "Run `generate`, and commit what it writes.",
};

static PUBLISHED: Rule = Rule {
    code: "published-version",
    level: Level::Error,
    summary: "a published version of a template would change, or its number has fallen",
    reason: "Modeler tells versions apart by their numbers: who has the older one is offered no update.",
    mend: "Raise the connector's `version`.",
};

pub(super) fn run(arguments: &Arguments, context: &Context) -> Exit {
    let out = &arguments.source.out;
    let (mut exits, mut sections) = (Vec::new(), Vec::new());
    let (mut notes, mut failures) = (Vec::new(), Vec::new());
    // Git is asked once for what two of the checks compare with.
    let published = Config::read(None).and_then(|config| {
        let base = config.base(arguments.source.against.as_deref(), out)?;
        Ok((config, base))
    });
    match published
        .as_ref()
        .map_err(String::clone)
        .and_then(|(_, base)| generated(&arguments.source, base.as_ref(), context))
    {
        Ok((section, exit)) => {
            sections.push(section);
            exits.push(exit);
        }
        Err(message) => failures.push(message),
    }
    match current(&out.join("element-templates")).and_then(|files| lint::linted(&files, None, Level::Warning)) {
        Ok(linted) => {
            exits.push(if linted.worst == Some(Level::Error) { Exit::Unexpected } else { Exit::Success });
            notes.extend(linted.unused);
            sections.push(linted.section);
        }
        Err(message) => failures.push(message),
    }
    let note = published.as_ref().ok().and_then(|(_, base)| base.as_ref()?.note());
    let compared = Compared { newer: out.clone(), used_by: arguments.used_by.clone(), witnesses: None };
    match published.and_then(|(config, base)| compat::compared(&compared, &config, base.as_ref(), Severity::Risky)) {
        Ok(outcome) => {
            exits.push(if outcome.worst == Some(Severity::Breaking) { Exit::Incompatible } else { Exit::Success });
            notes.extend(outcome.unused);
            sections.push(outcome.section);
        }
        Err(message) => failures.push(message),
    }
    report::print(&sections, arguments.format, context.console);
    if let Some(note) = note {
        context.console.note(note);
    }
    for note in &notes {
        context.console.warning(note);
    }
    failures.dedup();
    for failure in &failures {
        context.console.error(failure);
    }
    if !failures.is_empty() {
        return Exit::Unexpected;
    }
    let first = [Exit::Incompatible, Exit::Stale, Exit::Unexpected].into_iter().find(|exit| exits.contains(exit));
    first.unwrap_or(Exit::Success)
}

/// The templates of a directory. Archived ones are published: what is wrong with them stays.
fn current(directory: &Path) -> Result<Vec<PathBuf>, String> {
    let cannot = |error: std::io::Error| format!("cannot read {}: {error}", directory.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).map_err(cannot)? {
        let path = entry.map_err(cannot)?.path();
        if path.extension() == Some(OsStr::new("json")) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// What `generate --check` finds.
fn generated(source: &Source, base: Option<&Base>, context: &Context) -> Result<(Section, Exit), String> {
    let planned = generate::plan(source, base, context)?;
    let file = |path: &str| source.out.join(path).display().to_string();
    let told = |rule: &Rule, path: &str, message: String, shown: Vec<String>, mend: String| Told {
        code: rule.code,
        level: rule.level,
        called: rule.level.name(),
        file: file(path),
        position: None,
        place: String::new(),
        message,
        shown,
        reason: rule.reason.to_owned(),
        mend,
    };
    let refused = planned.refusals.iter().map(|refusal| {
        let shown = refusal.changes().iter().map(generate::change).collect();
        told(&PUBLISHED, &refusal.path, refusal.to_string(), shown, refusal.mend())
    });
    let mend = format!("{} and commit what it writes.", generate::mending_command(source, context));
    let stale = planned.stale.iter().map(|stale| {
        let what = match stale.state {
            State::Missing => "it is generated, and not there",
            State::Changed => "it is not what is generated",
            State::Orphaned => "nothing generates it",
        };
        let shown = stale.diff.iter().map(|line| generate::short(line)).collect();
        told(&STALE, &stale.path, what.to_owned(), shown, format!("Run {mend}"))
    });
    let counts = [
        (planned.refusals.len(), "published version would change", "published versions would change"),
        (planned.stale.len(), "file is stale", "files are stale"),
    ];
    let files = planned.artefacts.len();
    let section = Section {
        name: "generate",
        rules: vec![PUBLISHED, STALE],
        files: planned.artefacts.iter().map(|artefact| file(&artefact.path)).collect(),
        told: refused.chain(stale).collect(),
        summary: format!("{files} files: {}", report::counted(&counts, "all are up to date")),
        json: json!({ "files": files, "stale": planned.stale, "refused": generate::refused(&planned) }),
    };
    Ok((section, planned.exit()))
}
