//! `generate`: writes the artefacts, or compares them with what is there.

use super::{Context, Exit, OutputFormat};
use crate::check::{self, Stale, State};
use crate::generate::{self, Artefact, docs::DocTemplates, notice};
use crate::registry::Connector;
use clap::Args;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

pub(super) const ABOUT: &str =
    "Writes element templates, schemas, docs and example processes, or checks that they are up to date";
pub(super) const EXAMPLES: &str = "\
Examples:
  opwright generate                  write everything into generated/
  opwright generate --check          change nothing; exit 4 if a file is stale (for CI)
  opwright generate --templates my/  take the docs' Handlebars templates from my/*.md.hbs";

/// The folders that belong to `generate` below the output directory.
const FOLDERS: [&str; 4] = ["bpmn", "docs", "element-templates", "schemas"];

/// What to do with a file that is in these folders, but was never generated.
const FOREIGN: &str = "is no file of these connectors: move or remove it yourself";

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Change nothing; print what is stale and exit with 4 if anything is
    #[arg(long)]
    check: bool,
    /// Directory of the generated files
    #[arg(long, value_name = "DIR", default_value = "generated")]
    out: PathBuf,
    /// Directory of Handlebars templates (*.md.hbs) that replace the built-in ones of the same name
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,
    /// How the outcome is printed
    #[arg(long, value_enum, default_value_t)]
    format: OutputFormat,
}

pub(super) fn run(arguments: &Arguments, context: &Context) -> Exit {
    match outcome(arguments, context) {
        Ok(exit) => exit,
        Err(message) => {
            context.console.error(&message);
            Exit::Unexpected
        }
    }
}

fn outcome(arguments: &Arguments, context: &Context) -> Result<Exit, String> {
    let templates = templates(arguments.templates.as_deref())?;
    let definitions = context.registry.connectors().iter().map(Connector::definition);
    let artefacts = generate::artefacts(definitions, &templates).map_err(|error| error.to_string())?;
    let files = read(&arguments.out).map_err(|error| format!("cannot read {}: {error}", arguments.out.display()))?;
    let stale = check::compare(&artefacts, &files);
    if arguments.check {
        report(arguments, context, &stale, &files, artefacts.len());
        return Ok(if stale.is_empty() { Exit::Success } else { Exit::Stale });
    }
    let (kept, stale): (Vec<Stale>, Vec<Stale>) =
        stale.into_iter().partition(|stale| is_foreign(stale, &files, context));
    write(&arguments.out, &artefacts, &stale)
        .map_err(|error| format!("cannot write {}: {error}", arguments.out.display()))?;
    match arguments.format {
        OutputFormat::Json => {
            let kept: Vec<&str> = kept.iter().map(|stale| stale.path.as_str()).collect();
            context.console.json(&json!({ "files": artefacts.len(), "written": stale, "kept": kept }));
        }
        OutputFormat::Text => {
            for file in &stale {
                context.console.line(format_args!("{} {}", verb(file.state), file.path));
            }
            context.console.note(format_args!(
                "{} files in {}, {} changed",
                artefacts.len(),
                arguments.out.display(),
                stale.len()
            ));
        }
    }
    for stale in &kept {
        context.console.note(format_args!("left alone: {} {FOREIGN}", stale.path));
    }
    Ok(Exit::Success)
}

/// Whether a file does not say that it is of one of these connectors: nobody else may remove it.
fn is_foreign(stale: &Stale, files: &BTreeMap<String, String>, context: &Context) -> bool {
    let connectors = context.registry.connectors();
    let says_so =
        |content: &String| connectors.iter().any(|connector| content.contains(&notice(&connector.definition().id)));
    stale.state == State::Orphaned && !files.get(&stale.path).is_some_and(says_so)
}

fn verb(state: State) -> &'static str {
    match state {
        State::Missing => "created",
        State::Changed => "updated",
        State::Orphaned => "removed",
    }
}

fn report(arguments: &Arguments, context: &Context, stale: &[Stale], files: &BTreeMap<String, String>, total: usize) {
    let console = context.console;
    let mend = mending_command(arguments, context);
    if arguments.format == OutputFormat::Json {
        console.json(&json!({ "files": total, "stale": stale, "mend": mend }));
        return;
    }
    for file in stale {
        let how = match file.state {
            State::Missing => "missing",
            State::Changed => "changed",
            State::Orphaned => "orphaned",
        };
        console.line(format_args!("{how}: {}", console.bold(&file.path)));
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
    if !stale.is_empty() {
        console.note(format_args!("{} files are stale; to mend them: {}", stale.len(), console.bold(&mend)));
    } else if foreign.is_empty() {
        console.note(format_args!("{}: {total} files in {}", console.good("up to date"), arguments.out.display()));
    }
}

/// A line of a diff, cut: hidden FEEL and icons are long.
fn short(line: &str) -> String {
    const LONGEST: usize = 160;
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

fn mending_command(arguments: &Arguments, context: &Context) -> String {
    let mut command = vec![context.command.get_name().to_owned(), "generate".to_owned()];
    if arguments.out != Path::new("generated") {
        command.push(format!("--out {}", quoted(&arguments.out)));
    }
    if let Some(templates) = &arguments.templates {
        command.push(format!("--templates {}", quoted(templates)));
    }
    command.join(" ")
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let path = path.display().to_string();
    let plain = path.chars().all(|letter| letter.is_alphanumeric() || "-_./\\:+@".contains(letter));
    if plain { path } else { format!("'{}'", path.replace('\'', "'\\''")) }
}

fn templates(directory: Option<&Path>) -> Result<DocTemplates, String> {
    let mut templates = DocTemplates::built_in();
    let Some(directory) = directory else { return Ok(templates) };
    let unreadable = |error: io::Error| format!("cannot read the docs templates in {}: {error}", directory.display());
    let mut found = false;
    for entry in fs::read_dir(directory).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if let Some(name) = path.file_name().and_then(|name| name.to_str()).filter(|name| name.ends_with(".md.hbs")) {
            templates = templates.with(name, fs::read_to_string(&path).map_err(unreadable)?);
            found = true;
        }
    }
    if found { Ok(templates) } else { Err(format!("{} holds no *.md.hbs file", directory.display())) }
}

/// The files in the folders that belong to `generate`, by path with `/`.
fn read(directory: &Path) -> io::Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    for folder in FOLDERS {
        collect(&directory.join(folder), folder, &mut files)?;
    }
    Ok(files)
}

fn collect(directory: &Path, prefix: &str, files: &mut BTreeMap<String, String>) -> io::Result<()> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        let path = format!("{prefix}/{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &path, files)?;
        } else {
            files.insert(path, String::from_utf8_lossy(&fs::read(entry.path())?).into_owned());
        }
    }
    Ok(())
}

/// Writes what is missing or changed, and removes orphans.
fn write(directory: &Path, artefacts: &[Artefact], stale: &[Stale]) -> io::Result<()> {
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
