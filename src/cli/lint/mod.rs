//! `lint`: what is wrong with element templates, ours or anyone's.

pub(super) mod config;
mod report;

use super::{Context, Exit, template_files};
use crate::lint::{self, Level, Linted};
use clap::{Args, ValueEnum};
use config::Config;
use report::{Report, Subject};
use std::path::PathBuf;

pub(super) const ABOUT: &str = "Finds what is wrong with element templates, and what Modeler hides of it";
pub(super) const EXAMPLES: &str = "\
In a directory, every .json file that is an element template, or holds an array of them, is looked at.

opwright-lint.toml, or the file that --config names, changes levels and accepts findings:

  [levels]
  optional-input = \"warning\"       # off, info, warning or error

  [[accept]]
  code = \"group-order\"
  file = \"legacy/*.json\"           # all files, if none is named
  at = \"/groups/2\"                 # all places, if none is named; * stands for anything
  reason = \"the order that our users know\"

Exit codes:
  0  nothing is found of the level `error`; with --deny warning, nothing of `warning` either
  1  something is found, or a file cannot be read

Examples:
  opwright lint generated/element-templates
  opwright lint .camunda/element-templates --format github
  opwright lint template.json --level info
  opwright lint --explain binding-conflict
  opwright lint --explain all";

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Element templates, or directories of them; `-` reads one from standard input
    #[arg(value_name = "FILE|DIR", required_unless_present = "explain")]
    paths: Vec<PathBuf>,
    /// Print what a rule finds, why that matters and how to mend it; `all` for all rules
    #[arg(long, value_name = "CODE", conflicts_with = "paths")]
    explain: Option<String>,
    /// Print findings of this level and above
    #[arg(long, value_enum, default_value_t = Least::Warning)]
    level: Least,
    /// Exit with 1 for findings of this level and above
    #[arg(long, value_enum, default_value_t = Least::Error)]
    deny: Least,
    /// Levels and accepted findings
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// How findings are printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// The least level that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Least {
    Info,
    Warning,
    Error,
}

impl Least {
    fn level(self) -> Level {
        match self {
            Self::Info => Level::Info,
            Self::Warning => Level::Warning,
            Self::Error => Level::Error,
        }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people
    #[default]
    Text,
    /// For scripts: one JSON object
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of GitHub Actions
    Github,
    /// `JUnit` XML, a case for each file
    Junit,
}

pub(super) fn run(arguments: &Arguments, context: &Context) -> Exit {
    if let Some(code) = &arguments.explain {
        return explain(code, context);
    }
    match outcome(arguments, context) {
        Ok(exit) => exit,
        Err(message) => {
            context.console.error(&message);
            Exit::Unexpected
        }
    }
}

fn explain(code: &str, context: &Context) -> Exit {
    let console = context.console;
    let rules: Vec<_> = if code == "all" { lint::rules().collect() } else { lint::rule(code).into_iter().collect() };
    if rules.is_empty() {
        let hint = crate::text::suggestion(code, lint::rules().map(|rule| rule.code));
        console.error(&format!("there is no rule `{code}`{hint}"));
        return Exit::Usage;
    }
    for (index, rule) in rules.iter().enumerate() {
        if index > 0 {
            console.line("");
        }
        console.line(format_args!("{} ({})", console.bold(rule.code), rule.level));
        console.line(format_args!("  Finds: {}.", rule.summary));
        console.line(format_args!("  {}", rule.reason));
        console.line(format_args!("  Mend: {}", rule.mend));
    }
    Exit::Success
}

fn outcome(arguments: &Arguments, context: &Context) -> Result<Exit, String> {
    let mut config = Config::read(arguments.config.as_deref())?;
    let found = template_files::find(&arguments.paths)?;
    let mut linted: Vec<(String, Linted)> =
        found.files.iter().map(|file| (file.name.clone(), lint::lint(&file.text))).collect();
    lint::lint_together(&mut linted);
    let mut subjects = Vec::new();
    for (file, (_, linted)) in found.files.iter().zip(&linted) {
        let findings = linted.findings.iter().filter_map(|finding| config.judge(&file.name, finding)).collect();
        subjects.push(Subject { file, findings });
    }
    let report = Report {
        subjects: &subjects,
        templates: linted.iter().map(|(_, linted)| linted.templates).sum(),
        others: found.others,
        accepted: config.accepted(),
        least: arguments.level.level(),
    };
    report::print(&report, arguments.format, context.console);
    for unused in config.unused() {
        context.console.warning(&unused);
    }
    let denied =
        subjects.iter().flat_map(|subject| &subject.findings).any(|finding| finding.level >= arguments.deny.level());
    Ok(if denied { Exit::Unexpected } else { Exit::Success })
}
