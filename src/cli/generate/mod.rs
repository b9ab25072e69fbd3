//! `generate`: writes the artefacts, or compares them with what is there.

mod plan;

pub(super) use plan::{Plan, Source, plan};

use super::compat::config::Config;
use super::{Context, Exit, OutputFormat, report};
use crate::check::{Stale, State};
use crate::compat::Change;
use crate::generate::{Artefact, notice};
use crate::history::Refusal;
use clap::Args;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::Path;
use std::{fs, io};

pub(super) const ABOUT: &str =
    "Writes element templates, schemas, docs and example processes, or checks that they are up to date";
pub(super) const EXAMPLES: &str = "\
Examples:
  opwright generate                  write everything into generated/
  opwright generate --check          change nothing; exit 4 if a file is stale (for CI)
  opwright generate --templates my/  take the docs' Handlebars templates from my/*.md.hbs

Published versions of element templates stay as they are. They are read from git: the commit at
which this branch has left the main one, or what --against names. A version that would change is
refused with exit code 8; once the connector's `version` rises, the outgoing one is kept in
element-templates/archive/.";

/// What to do with a file that is in these folders, but was never generated.
const FOREIGN: &str = "is no file of these connectors: move or remove it yourself";

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Change nothing; print what is stale and exit with 4 if anything is
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    source: Source,
    /// How the outcome is printed
    #[arg(long, value_enum, default_value_t)]
    format: OutputFormat,
}

pub(super) fn run(arguments: &Arguments, context: &Context) -> Exit {
    context.ended(outcome(arguments, context))
}

fn outcome(arguments: &Arguments, context: &Context) -> Result<Exit, String> {
    let base = Config::read(None)?.base(arguments.source.against.as_deref(), &arguments.source.out)?;
    let planned = plan(&arguments.source, base.as_ref(), context)?;
    if arguments.check {
        report(arguments, context, &planned);
        return Ok(planned.exit());
    }
    if !planned.refusals.is_empty() {
        refuse(arguments, context, &planned);
        return Ok(planned.exit());
    }
    let (kept, stale): (Vec<&Stale>, Vec<&Stale>) =
        planned.stale.iter().partition(|stale| is_foreign(stale, &planned.files, context));
    let out = &arguments.source.out;
    write(out, &planned.artefacts, &stale).map_err(|error| format!("cannot write {}: {error}", out.display()))?;
    match arguments.format {
        OutputFormat::Json => {
            let kept: Vec<&str> = kept.iter().map(|stale| stale.path.as_str()).collect();
            context.console.json(&json!({ "files": planned.artefacts.len(), "written": stale, "kept": kept }));
        }
        OutputFormat::Text => {
            for file in &stale {
                context.console.line(format_args!("{} {}", verb(file.state), file.path));
            }
            elsewhere(context, &planned);
            let files = report::counted(&[(planned.artefacts.len(), "file", "files")], "0 files");
            context.console.note(format_args!("{files} in {}, {} changed", out.display(), stale.len()));
        }
    }
    for stale in &kept {
        context.console.note(format_args!("left alone: {} {FOREIGN}", stale.path));
    }
    Ok(Exit::Success)
}

/// Tells where the published versions are, if they are not where they are looked for.
fn elsewhere(context: &Context, planned: &Plan) {
    if let Some(published) = planned.published.as_ref().filter(|_| planned.is_elsewhere) {
        context.console.note(format_args!("published: {published}"));
    }
}

/// Tells why nothing is written.
fn refuse(arguments: &Arguments, context: &Context, planned: &Plan) {
    let console = context.console;
    let published = planned.published.as_deref().unwrap_or("the archive");
    if arguments.format == OutputFormat::Json && !arguments.check {
        console.json(&json!({ "files": planned.artefacts.len(), "written": [], "refused": refused(planned) }));
        return;
    }
    for refusal in &planned.refusals {
        console.error(&format!("{refusal} (published: {published})"));
        for told in refusal.changes().iter().map(change) {
            console.note(format_args!("  {told}"));
        }
        console.note(format_args!("  = mend: {}", refusal.mend()));
    }
    if !arguments.check {
        console.note("nothing is written");
    }
}

/// A change, in a line.
pub(super) fn change(change: &Change) -> String {
    let property = change.property.as_ref().map(|property| format!("{property}: ")).unwrap_or_default();
    format!("{}[{}] {property}{}", change.kind.severity.name(), change.kind.code, change.message)
}

pub(super) fn refused(planned: &Plan) -> Vec<Value> {
    let one = |refusal: &Refusal| {
        json!({
            "path": refusal.path,
            "id": refusal.id,
            "version": refusal.version,
            "needed": refusal.needed,
            "message": refusal.to_string(),
            "mend": refusal.mend(),
        })
    };
    planned.refusals.iter().map(one).collect()
}

/// Whether a file does not say that it is of one of these connectors: nobody else may remove it.
fn is_foreign(stale: &Stale, files: &BTreeMap<String, String>, context: &Context) -> bool {
    let connectors = context.registry.connectors();
    let says_so =
        |content: &String| connectors.iter().any(|connector| content.contains(&notice(&connector.definition().id)));
    stale.state == State::Orphaned && !files.get(&stale.path).is_some_and(says_so)
}

/// The files that a directory has once everything is generated: those that nobody generates stay.
pub(super) fn generated(
    mut files: BTreeMap<String, String>,
    plan: &Plan,
    context: &Context,
) -> BTreeMap<String, String> {
    let orphans = plan.stale.iter().filter(|stale| stale.state == State::Orphaned);
    for stale in orphans.filter(|stale| !is_foreign(stale, &plan.files, context)) {
        files.remove(&stale.path);
    }
    let json =
        plan.artefacts.iter().filter(|artefact| Path::new(&artefact.path).extension() == Some(OsStr::new("json")));
    files.extend(json.map(|artefact| (artefact.path.clone(), artefact.content.clone())));
    files
}

fn verb(state: State) -> &'static str {
    match state {
        State::Missing => "created",
        State::Changed => "updated",
        State::Orphaned => "removed",
    }
}

fn report(arguments: &Arguments, context: &Context, planned: &Plan) {
    let console = context.console;
    let Plan { stale, files, artefacts, .. } = planned;
    let mend = mending_command(&arguments.source, context);
    let is_refused = !planned.refusals.is_empty();
    if arguments.format == OutputFormat::Json {
        let mut told = json!({ "files": artefacts.len(), "stale": stale });
        // Where it refuses, it would mend nothing.
        if is_refused {
            told["refused"] = json!(refused(planned));
        } else {
            told["mend"] = json!(mend);
        }
        console.json(&told);
        return;
    }
    for file in stale {
        console.line(format_args!("{}: {}", state(file.state), console.bold(&file.path)));
        for line in &file.diff {
            console.line(format_args!("  {}", console.diff(&short(line))));
        }
        if file.omitted > 0 {
            console.line(format_args!("  … {} more changed lines", file.omitted));
        }
    }
    let (foreign, stale): (Vec<&Stale>, Vec<&Stale>) =
        stale.iter().partition(|stale| is_foreign(stale, files, context));
    for stale in &foreign {
        console.note(format_args!("{} {FOREIGN}", stale.path));
    }
    elsewhere(context, planned);
    refuse(arguments, context, planned);
    let them = if stale.len() == 1 { "it" } else { "them" };
    let count = report::counted(&[(stale.len(), "file is stale", "files are stale")], "");
    if !stale.is_empty() && is_refused {
        console.note(count);
    } else if !stale.is_empty() {
        console.note(format_args!("{count}; to mend {them}: {}", console.bold(&mend)));
    } else if foreign.is_empty() && !is_refused {
        let total = report::counted(&[(artefacts.len(), "file", "files")], "0 files");
        console.note(format_args!("{}: {total} in {}", console.good("up to date"), arguments.source.out.display()));
    }
}

/// In what way a file is stale.
fn state(state: State) -> &'static str {
    match state {
        State::Missing => "missing",
        State::Changed => "changed",
        State::Orphaned => "orphaned",
    }
}

/// A line of a diff, cut: hidden FEEL and icons are long.
pub(super) fn short(line: &str) -> String {
    const LONGEST: usize = 160;
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

pub(super) fn mending_command(arguments: &Source, context: &Context) -> String {
    let mut command = vec![context.command.get_name().to_owned(), "generate".to_owned()];
    if arguments.out != Path::new("generated") {
        command.push(format!("--out {}", quoted(&arguments.out)));
    }
    if let Some(templates) = &arguments.templates {
        command.push(format!("--templates {}", quoted(templates)));
    }
    if let Some(against) = &arguments.against {
        command.push(format!("--against {}", quoted(Path::new(against))));
    }
    command.join(" ")
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let path = path.display().to_string();
    let plain = path.chars().all(|letter| letter.is_alphanumeric() || "-_./\\:+@".contains(letter));
    if plain { path } else { format!("'{}'", path.replace('\'', "'\\''")) }
}

/// Writes what is missing or changed, and removes orphans.
fn write(directory: &Path, artefacts: &[Artefact], stale: &[&Stale]) -> io::Result<()> {
    for stale in stale {
        let path = directory.join(&stale.path);
        if let Some(artefact) = artefacts.iter().find(|artefact| artefact.path == stale.path) {
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(path, &artefact.content)?;
        } else {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}
