//! `lint`: what is wrong with element templates, ours or anyone's.

pub(super) mod config;

use super::report::{self, Format, Report, Section, Told};
use super::template_files::{self, File, Found};
use super::{Context, Exit};
use crate::lint::{self, Level, Linted};
use clap::{Args, ValueEnum};
use config::{Config, Judged};
use opwright_feel::{Position, Span, snippet};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

pub(super) const ABOUT: &str = "Finds what is wrong with element templates, and what Modeler hides of it";
pub(super) const EXAMPLES: &str = "\
In a directory, every .json file that is an element template, or holds an array of them, is
looked at.

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
    /// Print findings of this level and above, and what --deny names
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

pub(super) fn run(arguments: &Arguments, context: &Context) -> Exit {
    if let Some(code) = &arguments.explain {
        let rules: Vec<_> = lint::rules().map(|rule| (*rule, rule.level.to_string())).collect();
        return report::explain(code, &rules, "rule", context);
    }
    context.ended(outcome(arguments, context))
}

fn outcome(arguments: &Arguments, context: &Context) -> Result<Exit, String> {
    let found = template_files::find(&arguments.paths)?;
    let linted = linted(&found, arguments.config.as_deref(), arguments.level.level(), arguments.deny.level())?;
    Report::of(&linted.section).print(arguments.format, context.console);
    linted.unused.iter().for_each(|unused| context.console.warning(unused));
    Ok(if linted.is_denied { Exit::Unexpected } else { Exit::Success })
}

/// What is found in some files.
pub(super) struct Outcome {
    pub(super) section: Section,
    /// Whether anything is found that is denied.
    pub(super) is_denied: bool,
    /// What is accepted and was not found.
    pub(super) unused: Vec<String>,
}

/// Looks at the templates of these files; findings below `least` and `deny` are counted, not told.
pub(super) fn linted(found: &Found, config: Option<&Path>, least: Level, deny: Level) -> Result<Outcome, String> {
    let mut config = Config::read(config)?;
    let least = least.min(deny);
    let mut linted: Vec<(String, Linted)> =
        found.files.iter().map(|file| (file.name.clone(), lint::lint(&file.text))).collect();
    lint::lint_together(&mut linted);
    let mut judged: Vec<(&File, Judged<'_>)> = Vec::new();
    for (file, (_, linted)) in found.files.iter().zip(&linted) {
        judged.extend(linted.findings.iter().filter_map(|finding| Some((file, config.judge(&file.name, finding)?))));
    }
    let is_denied = judged.iter().any(|(_, judged)| judged.level >= deny);
    let templates = linted.iter().map(|(_, linted)| linted.templates).sum();
    let summary = summary(&judged, templates, config.accepted(), found.others, least);
    judged.retain(|(_, judged)| judged.level >= least);
    let findings: Vec<Value> = judged.iter().map(|(file, judged)| json_of(file, judged)).collect();
    let section = Section {
        name: "lint",
        rules: lint::rules().copied().collect(),
        files: found.files.iter().map(|file| file.name.clone()).collect(),
        told: judged.iter().map(|(file, judged)| told(file, judged, deny)).collect(),
        summary,
        json: json!({
            "templates": templates,
            "files": found.files.len(),
            "accepted": config.accepted(),
            "findings": findings,
        }),
    };
    Ok(Outcome { section, is_denied, unused: config.unused() })
}

fn told(file: &File, judged: &Judged<'_>, deny: Level) -> Told {
    let Judged { finding, level } = judged;
    // What goes over several lines is shown by its first.
    let end = file.text.get(finding.span.clone()).and_then(|text| text.find('\n'));
    let end = end.map_or(finding.span.end, |length| finding.span.start + length);
    let shown = snippet(&file.text, Span::new(finding.span.start, end));
    Told {
        code: finding.rule.code,
        level: *level,
        called: level.name(),
        file: file.name.clone(),
        position: Some(Position::at(&file.text, finding.span.start)),
        place: finding.path.to_string(),
        message: finding.message.clone(),
        excerpt: shown.lines().map(str::to_owned).collect(),
        shown: Vec::new(),
        reason: finding.rule.reason.to_owned(),
        mend: finding.rule.mend.to_owned(),
        fails: *level >= deny,
    }
}

fn json_of(file: &File, judged: &Judged<'_>) -> Value {
    let Judged { finding, level } = judged;
    let position = Position::at(&file.text, finding.span.start);
    json!({
        "code": finding.rule.code,
        "level": level,
        "file": file.name,
        "line": position.line,
        "column": position.column,
        "path": finding.path.to_string(),
        "message": finding.message,
        "reason": finding.rule.reason,
        "mend": finding.rule.mend,
    })
}

fn summary(judged: &[(&File, Judged<'_>)], templates: usize, accepted: usize, others: usize, least: Level) -> String {
    let count = |level| judged.iter().filter(|(_, judged)| judged.level == level).count();
    let counts = [
        (count(Level::Error), "error", "errors"),
        (count(Level::Warning), "warning", "warnings"),
        (count(Level::Info), "remark", "remarks"),
    ];
    let found = report::counted(&counts, "nothing is found");
    let templates = report::counted(&[(templates, "template", "templates")], "0 templates");
    let parts = [
        Some(format!("{templates}: {found}")),
        (accepted > 0).then(|| format!("{accepted} accepted")),
        match others {
            0 => None,
            1 => Some("1 other JSON file is no template".to_owned()),
            others => Some(format!("{others} other JSON files are no templates")),
        },
        (count(Level::Info) > 0 && least > Level::Info).then(|| "--level info shows the remarks".to_owned()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}
