//! `compat`: what a newer version of element templates does to those who use an older one.

pub(super) mod config;
mod judged;
pub(super) mod side;
mod usage;

use super::published::{self, Base};
use super::report::{self, Format, Section};
use super::{Context, Exit};
use crate::compat::{KINDS, Severity};
use crate::lint::Rule;
use clap::{Args, ValueEnum};
use config::Config;
use judged::Pair;
use serde_json::{Value, json};
use side::{Side, level};
use std::path::{Path, PathBuf};
use usage::Diagrams;

pub(super) const ABOUT: &str = "Tells what a newer version of element templates does to those who use an older one";
pub(super) const EXAMPLES: &str = "\
The latest version of each template is compared with the published one: for every field, values are entered and updated as
Modeler does it. What is published is read from git: the commit at which this branch has left the main one.

opwright-compat.toml, or the file that --config names, may name what is published, change levels and accept changes:

  against = \"origin/release\"

  [levels]
  default-changed = { level = \"safe\", reason = \"defaults are announced by mail\" }

  [[accept]]
  code = \"choice-removed\"
  template = \"io.example.parcels\"    # * stands for anything
  version = 2                        # the version that brings it
  property = \"Speed\"                 # label or id; all properties, if none is named
  reason = \"nobody ships overnight any more\"

Exit codes:
  0  nothing breaks; with --deny risky, nothing is risky either
  1  something cannot be read: nothing has been compared
  8  something breaks

Examples:
  opwright compat                                         generated/ against the main branch
  opwright compat --against v1.4.0
  opwright compat new/parcels.json --against old/parcels.json
  opwright compat --witnesses broken                      writes diagrams to open in Modeler, and inputs of jobs
  opwright compat --used-by processes                     tells which of these diagrams break
  opwright compat --format github --deny risky
  opwright compat --explain choice-removed
  opwright compat --explain all";

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The published ones: a git revision, a file or a directory [default: where the branch has left the main one]
    #[arg(long, value_name = "REV|FILE|DIR")]
    against: Option<String>,
    #[command(flatten)]
    compared: Compared,
    /// What is published, levels and accepted changes [default: opwright-compat.toml, if it is there]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print what a kind of change is, what it does and what would do instead; `all` for all kinds
    #[arg(long, value_name = "CODE")]
    explain: Option<String>,
    /// Print changes of this level and above
    #[arg(long, value_enum, default_value_t = Least::Risky)]
    level: Least,
    /// Exit with 8 for changes of this level and above
    #[arg(long, value_enum, default_value_t = Least::Breaking)]
    deny: Least,
    /// How changes are printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// What is compared with what.
#[derive(Debug, Args)]
pub(super) struct Compared {
    /// The newer element templates: a file, or a directory
    #[arg(value_name = "FILE|DIR", default_value = "generated")]
    pub(super) newer: PathBuf,
    /// Diagrams that use the templates: a directory or a file. What breaks none of them is risky
    #[arg(long, value_name = "DIR")]
    pub(super) used_by: Option<PathBuf>,
    /// Write a BPMN file, and an input of a job, for each change that breaks something: it works before and not after
    #[arg(long, value_name = "DIR")]
    pub(super) witnesses: Option<PathBuf>,
}

/// The least level that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Least {
    Safe,
    Risky,
    Breaking,
}

impl Least {
    fn severity(self) -> Severity {
        match self {
            Self::Safe => Severity::Safe,
            Self::Risky => Severity::Risky,
            Self::Breaking => Severity::Breaking,
        }
    }
}

pub(super) fn run(arguments: &Arguments, context: &Context) -> Exit {
    if let Some(code) = &arguments.explain {
        return report::explain(code, &rules(), "kind of change", context);
    }
    context.ended(attempt(arguments, context))
}

fn attempt(arguments: &Arguments, context: &Context) -> Result<Exit, String> {
    let config = Config::read(arguments.config.as_deref())?;
    let base = config.base(arguments.against.as_deref(), &arguments.compared.newer)?;
    let outcome = compared(&arguments.compared, &config, base.as_ref(), arguments.level.severity())?;
    report::print(std::slice::from_ref(&outcome.section), arguments.format, context.console);
    base.iter().filter_map(Base::note).for_each(|note| context.console.note(note));
    outcome.unused.iter().for_each(|unused| context.console.warning(unused));
    let is_denied = outcome.worst.is_some_and(|worst| worst >= arguments.deny.severity());
    Ok(if is_denied { Exit::Incompatible } else { Exit::Success })
}

/// The kinds of changes, and what is said of each beside its name.
fn rules() -> Vec<(Rule, String)> {
    let rule = |kind: &&crate::compat::Kind| Rule {
        code: kind.code,
        level: level(kind.severity),
        summary: kind.summary,
        reason: kind.reason,
        mend: kind.mend,
    };
    let about = |kind: &&crate::compat::Kind| {
        let needs = kind.bump().map(|bump| format!("; needs {}", bump.words())).unwrap_or_default();
        format!("{}, {}{needs}", kind.severity.name(), kind.audience.name())
    };
    KINDS.iter().map(|kind| (rule(kind), about(kind))).collect()
}

/// What has changed.
pub(super) struct Outcome {
    pub(super) section: Section,
    /// The highest level of what has changed and is not accepted, told or not.
    pub(super) worst: Option<Severity>,
    /// What is accepted and was not found.
    pub(super) unused: Vec<String>,
}

/// Compares; changes below `least` are counted, not told.
pub(super) fn compared(
    arguments: &Compared,
    config: &Config,
    base: Option<&Base>,
    least: Severity,
) -> Result<Outcome, String> {
    let newer = &arguments.newer;
    let base = base.ok_or_else(|| {
        format!("{} is in no git repository: name what is published by --against FILE|DIR", newer.display())
    })?;
    let files = published::json_files(newer)?;
    let followed = base.followed(&files, newer.is_dir())?;
    let base = followed.as_ref().unwrap_or(base);
    let [old, new] = [Side::of(&base.files, &base_folder(base)), Side::of(&files, &folder(newer))];
    let (old, new) = (old?, new?);
    if new.templates.is_empty() {
        return Err(format!("there is no element template in {}", newer.display()));
    }
    let mut pairs = judged::pairs(&old, &new, newer.is_dir(), config);
    if let Some(directory) = &arguments.used_by {
        let diagrams = Diagrams::read(directory)?;
        for pair in &mut pairs {
            pair.look_into(&diagrams, &old, &new);
        }
    }
    if let Some(directory) = &arguments.witnesses {
        pairs.iter_mut().try_for_each(|pair| pair.write_witnesses(directory))?;
    }
    Ok(outcome(&pairs, base, config, least))
}

/// What the names of files begin with in messages.
fn folder(path: &Path) -> String {
    let folder = if path.is_dir() { Some(path) } else { path.parent() };
    folder.map(|folder| folder.display().to_string().trim_end_matches('/').to_owned()).unwrap_or_default()
}

fn base_folder(base: &Base) -> String {
    if base.is_revision() { base.shown.clone() } else { folder(Path::new(&base.shown)) }
}

fn outcome(pairs: &[Pair<'_>], base: &Base, config: &Config, least: Severity) -> Outcome {
    let judged = || pairs.iter().flat_map(|pair| &pair.changes);
    let open = || judged().filter(|judged| judged.verdict.accepted.is_none());
    let count = |severity| open().filter(|judged| judged.verdict.severity == severity).count();
    let accepted = judged().count() - open().count();
    let counts = [
        (count(Severity::Breaking), "breaking", "breaking"),
        (count(Severity::Risky), "risky", "risky"),
        (count(Severity::Safe), "safe", "safe"),
        (accepted, "accepted", "accepted"),
    ];
    let hidden = if count(Severity::Safe) > 0 && least > Severity::Safe { "; --level safe shows all" } else { "" };
    let templates = report::counted(&[(pairs.len(), "template", "templates")], "0 templates");
    let summary =
        format!("{templates} against {}: {}{hidden}", base.told(), report::counted(&counts, "nothing has changed"));
    let told = pairs.iter().flat_map(|pair| pair.told(least)).collect();
    let json: Vec<Value> = pairs.iter().map(|pair| pair.json(least)).collect();
    Outcome {
        section: Section {
            name: "compat",
            rules: rules().into_iter().map(|(rule, _)| rule).collect(),
            files: pairs.iter().map(|pair| pair.file().to_owned()).collect(),
            told,
            summary,
            json: json!({ "against": base.shown, "accepted": accepted, "templates": json }),
        },
        worst: open().map(|judged| judged.verdict.severity).max(),
        unused: pairs.iter().flat_map(|pair| pair.unused(config)).collect(),
    }
}
