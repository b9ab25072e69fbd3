//! `compat`: what a newer version of element templates does to those who use an older one.

pub(super) mod config;
mod judged;
pub(super) mod side;
mod usage;

use super::published::{self, Base};
use super::report::{self, Format, Report, Section};
use super::{Context, Exit};
use crate::compat::{Change, KINDS, Severity};
use crate::lint::Rule;
use clap::{Args, ValueEnum};
use config::{Config, Seen, Verdict};
use judged::Pair;
use serde_json::{Value, json};
use side::{Side, level};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use usage::Diagrams;

pub(super) const ABOUT: &str = "Tells what a newer version of element templates does to those who use an older one";
pub(super) const EXAMPLES: &str = "\
The latest version of each template is compared with the published one: for every field, values
are entered and updated as Modeler does it. What is published is read from git: the commit at
which this branch has left the main one.

opwright-compat.toml, or the file that --config names, may name what is published, change levels
and accept changes:

  against = \"origin/release\"

  [levels]
  default-changed = { level = \"safe\", reason = \"defaults are announced by mail\" }

  [[accept]]
  code = \"choice-removed\"
  template = \"io.example.parcels\"    # * stands for anything
  version = 2                        # the version that brings it
  property = \"ship:speed\"            # id, label or operation.field; * stands for anything
  reason = \"nobody ships overnight any more\"

Exit codes:
  0  nothing breaks; with --deny risky, nothing is risky either
  1  something cannot be read: nothing has been compared
  8  something breaks

Examples:
  generated/ against the main branch, or another revision:
    opwright compat
    opwright compat --against v1.4.0
  Anybody's templates:
    opwright compat new/parcels.json --against old/parcels.json
  Diagrams to open in Modeler, and inputs of jobs, that show what breaks:
    opwright compat --witnesses broken
  Which of these diagrams break:
    opwright compat --used-by processes
  In a workflow:
    opwright compat --format github --deny risky
  What kinds of changes there are:
    opwright compat --explain all
    opwright compat --explain choice-removed";

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
    /// Print changes of this level and above, and what --deny names
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

/// Which changes are told, and for which the command fails.
#[derive(Debug, Clone, Copy)]
pub(super) struct Levels {
    least: Severity,
    deny: Severity,
}

impl Levels {
    /// What is denied is always told.
    pub(super) fn new(least: Least, deny: Least) -> Self {
        let deny = deny.severity();
        Self { least: least.severity().min(deny), deny }
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
    let Compared { newer, used_by, witnesses } = &arguments.compared;
    let base = config.base(arguments.against.as_deref(), newer)?.ok_or_else(|| unpublished(newer))?;
    let levels = Levels::new(arguments.level, arguments.deny);
    let newer = Newer::read(newer)?;
    let outcome = compared(&newer, (used_by.as_deref(), witnesses.as_deref()), &config, &base, levels)?;
    Report::of(&outcome.section).print(arguments.format, context.console);
    if let Some(whole) = newer_schemas(&arguments.compared.newer) {
        context.console.note(format_args!(
            "deployed processes are not looked at: for that, compare {} with its schemas",
            whole.display()
        ));
    }
    if let Some(note) = base.note() {
        context.console.note(note);
    }
    outcome.unused.iter().for_each(|unused| context.console.warning(unused));
    Ok(outcome.exit())
}

/// The output directory that a part without schemas is of.
fn newer_schemas(newer: &Path) -> Option<PathBuf> {
    let folder = newer.ancestors().find(|folder| folder.file_name() == Some("element-templates".as_ref()))?;
    let whole = folder.parent().filter(|whole| whole.join("schemas").is_dir())?;
    Some(if whole.as_os_str().is_empty() { PathBuf::from(".") } else { whole.to_owned() })
}

/// That nobody keeps versions of a place.
pub(super) fn unpublished(newer: &Path) -> String {
    format!("{} is in no git repository: name what is published by --against FILE|DIR", newer.display())
}

/// The newer templates.
pub(super) struct Newer {
    /// What messages call the place that they are in.
    shown: String,
    /// What the names of their files begin with in messages.
    folder: String,
    files: BTreeMap<String, String>,
    /// Whether they are all that there is.
    is_whole: bool,
}

impl Newer {
    fn read(path: &Path) -> Result<Self, String> {
        let files = published::json_files(path)?;
        Ok(Self { shown: path.display().to_string(), folder: folder(path), files, is_whole: path.is_dir() })
    }

    /// The files that a directory will have.
    pub(super) fn of(directory: &Path, files: BTreeMap<String, String>) -> Self {
        let shown = directory.display().to_string();
        Self { folder: shown.trim_end_matches('/').to_owned(), shown, files, is_whole: true }
    }
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
    /// Whether anything has changed that is denied, and is not accepted.
    is_denied: bool,
    /// What is accepted and was not found.
    pub(super) unused: Vec<String>,
}

impl Outcome {
    pub(super) fn exit(&self) -> Exit {
        if self.is_denied { Exit::Incompatible } else { Exit::Success }
    }
}

/// Compares; changes below the least level are counted, not told. With the diagrams that use the templates, and the directory
/// for what shows each change.
pub(super) fn compared(
    newer: &Newer,
    (used_by, witnesses): (Option<&Path>, Option<&Path>),
    config: &Config,
    base: &Base,
    levels: Levels,
) -> Result<Outcome, String> {
    let followed = base.followed(&newer.files, newer.is_whole)?;
    let base = followed.as_ref().unwrap_or(base);
    let old = published_side(base, &newer.folder)?;
    let new = Side::of(&newer.files, &newer.folder)?;
    if new.templates.is_empty() {
        return Err(format!("there is no element template in {}", newer.shown));
    }
    let mut pairs = judged::pairs(&old, &new, newer.is_whole, config);
    if let Some(directory) = used_by {
        let diagrams = Diagrams::read(directory)?;
        for pair in &mut pairs {
            pair.look_into(&diagrams, &old, &new);
        }
    }
    if let Some(directory) = witnesses {
        let mut taken = BTreeSet::new();
        pairs.iter_mut().try_for_each(|pair| pair.write_witnesses(directory, &mut taken))?;
    }
    let (section, is_denied) = section(&pairs, base, levels);
    let known: BTreeSet<&str> = old.templates.keys().chain(new.templates.keys()).map(String::as_str).collect();
    let seen: Vec<Seen<'_>> = pairs.iter().map(Pair::seen).collect();
    Ok(Outcome { section, is_denied, unused: config.unused(&seen, newer.is_whole.then_some(&known)) })
}

/// What is published. The files of a revision are told as those of the work tree that they were.
pub(super) fn published_side(base: &Base, newer: &str) -> Result<Side, String> {
    if !base.is_revision() {
        return Side::of(&base.files, &folder(Path::new(&base.shown)));
    }
    let side = Side::of(&base.files, newer).map_err(|message| format!("{}: {message}", base.shown))?;
    Ok(Side { revision: Some(base.shown.clone()), ..side })
}

/// What a newer worker does to processes that are deployed with the published templates, by the templates' ids.
pub(super) fn deployed(old: &Side, new: &Side, config: &Config) -> BTreeMap<String, Vec<(Change, Verdict)>> {
    judged::pairs(old, new, true, config).into_iter().map(Pair::into_deployed).collect()
}

/// What the names of files begin with in messages.
fn folder(path: &Path) -> String {
    let folder = if path.is_dir() { Some(path) } else { path.parent() };
    folder.map(|folder| folder.display().to_string().trim_end_matches('/').to_owned()).unwrap_or_default()
}

/// What is told of it, and whether anything is denied.
fn section(pairs: &[Pair<'_>], base: &Base, levels: Levels) -> (Section, bool) {
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
    let hidden =
        if count(Severity::Safe) > 0 && levels.least > Severity::Safe { "; --level safe shows all" } else { "" };
    let templates = report::counted(&[(pairs.len(), "template", "templates")], "0 templates");
    let summary =
        format!("{templates} against {}: {}{hidden}", base.told(), report::counted(&counts, "nothing has changed"));
    let told = pairs.iter().flat_map(|pair| pair.told(levels)).collect();
    let json: Vec<Value> = pairs.iter().map(|pair| pair.json(levels.least)).collect();
    let section = Section {
        name: "compat",
        rules: rules().into_iter().map(|(rule, _)| rule).collect(),
        files: pairs.iter().map(|pair| pair.file().to_owned()).collect(),
        told,
        summary,
        json: json!({ "against": base.shown, "accepted": accepted, "templates": json }),
    };
    let is_denied = open().any(|judged| judged.verdict.severity >= levels.deny);
    (section, is_denied)
}
