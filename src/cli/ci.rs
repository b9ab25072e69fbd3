//! `ci`: what a change of the definitions must not do, in one step: stale files, faulty templates, broken processes.

use super::compat::config::Config;
use super::compat::{self, Least, Levels, Newer, Outcome};
use super::generate::{self, Plan, Source};
use super::published::{self, Base};
use super::report::{self, Failure, Format, Report, Section, Told};
use super::template_files::{self, Found};
use super::{Context, Exit, lint};
use crate::check::State;
use crate::lint::{Level, Rule};
use clap::Args;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

pub(super) const ABOUT: &str = "Checks everything that CI should: generate --check, lint and compat, with one report";
pub(super) const EXAMPLES: &str = "\
What would be generated is compared with what is published, so that stale files hide nothing.
opwright-lint.toml and opwright-compat.toml are read if they are there.

Exit codes, the first that holds:
  1  something cannot be read, such as what is published: the check has failed
  8  a published version would change, or a newer version of a template breaks something (with
     --deny risky: or may)
  4  generated files are stale
  1  the linter finds an error
  0  all is well

Examples:
  opwright ci
  opwright ci --deny risky                     fails for what is risky, too
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
    /// What is published, levels and accepted changes [default: opwright-compat.toml, if it is there]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Exit with 8 for changes of this level and above
    #[arg(long, value_enum, default_value_t = Least::Breaking)]
    deny: Least,
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

/// What a check has found, and how the command would end by it alone.
struct Checked {
    section: Section,
    exit: Exit,
    /// What is accepted and was not found.
    unused: Vec<String>,
}

impl From<Outcome> for Checked {
    fn from(outcome: Outcome) -> Self {
        let exit = outcome.exit();
        Self { section: outcome.section, exit, unused: outcome.unused }
    }
}

pub(super) fn run(arguments: &Arguments, context: &Context) -> Exit {
    let (mut checks, mut failures) = (Vec::new(), Vec::new());
    let mut add = |check: &'static str, checked: Result<Checked, String>| match checked {
        Ok(checked) => checks.push(checked),
        Err(message) => failures.push(Failure { check, message }),
    };
    let source = &arguments.source;
    // Git is asked once for what two of the checks compare with.
    let published = Config::read(arguments.config.as_deref()).and_then(|config| {
        let base = config.base(source.against.as_deref(), &source.out)?;
        Ok((config, base))
    });
    let base = published.as_ref().map(|(_, base)| base.as_ref()).map_err(String::clone);
    let note = base.as_ref().ok().copied().flatten().and_then(Base::note);
    let plan = base.and_then(|base| generate::plan(source, base, context));
    add("generate", plan.as_ref().map(|plan| stale(plan, source, context)).map_err(String::clone));
    add("lint", linted(&source.out.join("element-templates")));
    let compared = published.and_then(|(config, base)| match base {
        Some(base) => compared(arguments, plan.as_ref().ok(), &config, &base, context),
        // Before the first file there is nothing that somebody could have.
        None if is_beginning(&source.out) => Ok(nothing_published()),
        None => Err(compat::unpublished(&source.out)),
    });
    add("compat", compared);
    let exits: Vec<Exit> = checks.iter().map(|checked| checked.exit).collect();
    let (sections, unused): (Vec<Section>, Vec<Vec<String>>) =
        checks.into_iter().map(|checked| (checked.section, checked.unused)).unzip();
    let report = Report::of_all(&sections, &failures);
    report.print(arguments.format, context.console);
    if let Some(note) = note {
        context.console.note(note);
    }
    unused.iter().flatten().for_each(|unused| context.console.warning(unused));
    report.tell_failures(context.console);
    if !failures.is_empty() {
        return Exit::Unexpected;
    }
    let first = [Exit::Incompatible, Exit::Stale, Exit::Unexpected].into_iter().find(|exit| exits.contains(exit));
    first.unwrap_or(Exit::Success)
}

/// What has changed between what is published and what would be generated; where that is not known, what is there.
fn compared(
    arguments: &Arguments,
    plan: Option<&Plan>,
    config: &Config,
    base: &Base,
    context: &Context,
) -> Result<Checked, String> {
    let out = &arguments.source.out;
    let mut files = if out.exists() { published::json_files(out)? } else { BTreeMap::new() };
    if let Some(plan) = plan {
        files = generate::generated(files, plan, context);
    }
    let levels = Levels::new(Least::Risky, arguments.deny);
    let newer = Newer::of(out, files);
    compat::compared(&newer, (arguments.used_by.as_deref(), None), config, base, levels).map(Checked::from)
}

/// Whether nothing has been generated yet.
fn is_beginning(out: &Path) -> bool {
    !out.exists() || published::json_files(out).is_ok_and(|files| files.is_empty())
}

fn nothing_published() -> Checked {
    let section = Section {
        name: "compat",
        rules: Vec::new(),
        files: Vec::new(),
        told: Vec::new(),
        summary: "nothing is published yet".to_owned(),
        json: json!({ "against": Value::Null, "accepted": 0, "templates": [] }),
    };
    Checked { section, exit: Exit::Success, unused: Vec::new() }
}

/// What the linter finds in the templates of a directory. Archived ones are published: what is wrong with them stays.
fn linted(directory: &Path) -> Result<Checked, String> {
    let files = current(directory)?;
    let found = if files.is_empty() { Found::default() } else { template_files::find(&files)? };
    let outcome = lint::linted(&found, None, Level::Warning, Level::Error)?;
    let exit = if outcome.is_denied { Exit::Unexpected } else { Exit::Success };
    Ok(Checked { section: outcome.section, exit, unused: outcome.unused })
}

/// The files of a directory, those below it left out.
fn current(directory: &Path) -> Result<Vec<PathBuf>, String> {
    if !directory.exists() {
        return Ok(Vec::new());
    }
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
fn stale(plan: &Plan, source: &Source, context: &Context) -> Checked {
    let file = |path: &str| source.out.join(path).display().to_string();
    let told = |rule: &Rule, path: &str, message: String, shown: Vec<String>, mend: String| Told {
        code: rule.code,
        level: rule.level,
        called: rule.level.name(),
        file: file(path),
        position: None,
        place: String::new(),
        message,
        excerpt: Vec::new(),
        shown,
        reason: rule.reason.to_owned(),
        mend,
        fails: true,
    };
    let refused = plan.refusals.iter().map(|refusal| {
        let shown = refusal.changes().iter().map(generate::change).collect();
        told(&PUBLISHED, &refusal.path, refusal.to_string(), shown, refusal.mend())
    });
    // Where a version is refused, nothing would be written.
    let mend = match plan.refusals.as_slice() {
        [] => format!("Run {} and commit what it writes.", generate::mending_command(source, context)),
        _ => String::new(),
    };
    let stale = plan.stale.iter().map(|stale| {
        let what = match stale.state {
            State::Missing => "it is generated, and not there",
            State::Changed => "it is not what is generated",
            State::Orphaned => "nothing generates it",
        };
        let shown = stale.diff.iter().map(|line| generate::short(line)).collect();
        told(&STALE, &stale.path, what.to_owned(), shown, mend.clone())
    });
    let counts = [
        (plan.refusals.len(), "published version would change", "published versions would change"),
        (plan.stale.len(), "file is stale", "files are stale"),
    ];
    let files = plan.artefacts.len();
    let section = Section {
        name: "generate",
        rules: vec![PUBLISHED, STALE],
        files: plan.artefacts.iter().map(|artefact| file(&artefact.path)).collect(),
        told: refused.chain(stale).collect(),
        summary: format!("{files} files: {}", report::counted(&counts, "all are up to date")),
        json: json!({ "files": files, "stale": plan.stale, "refused": generate::refused(plan) }),
    };
    Checked { section, exit: plan.exit(), unused: Vec::new() }
}
