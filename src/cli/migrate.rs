//! `migrate`: moves the elements of diagrams to another version of their template, or to its successor.

use super::versions::Versions;
use super::{Context, Exit, OutputFormat, json, template_files};
use crate::diagram::Diagram;
use crate::generate::element_template::{Variant, build};
use crate::migrate::{Goal, Library, Migrated, Migration, Moved, Newer, Obstacle, Succession};
use crate::registry::Registry;
use crate::text::{suggestion, version_or_none, with_version};
use clap::Args;
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

pub(super) const ABOUT: &str =
    "Moves the elements of diagrams to another version of their template, or to its successor";
pub(super) const EXAMPLES: &str = "\
What becomes of each value is what Modeler's Update does: what was entered stays where it can.
What is lost, becomes something else or needs a person is told, by file, line and element.
All bytes but those of the elements, and of their messages and signals, stay as they are.
Elements whose templates are not known are left as they are, and told.

With neither --write nor --check the new file is printed, and what is told goes to standard
error.

Exit codes:
  0  done, and nothing was lost
  1  a file cannot be read or written, or an element cannot be moved: nothing was written
  2  the arguments are wrong
  8  done, and something was lost, became something else or needs a person

Examples:
  What would become of all elements whose templates are known:
    opwright migrate orders.bpmn --to latest --check
  One file, to standard output:
    opwright migrate orders.bpmn --to latest > new.bpmn
  Many files in their places, elements of one template only:
    opwright migrate processes/*.bpmn --to 3 --template io.example.parcels --write
  The elements' present versions are elsewhere:
    opwright migrate orders.bpmn --to latest --check --templates old --templates new
  To the template that succeeds another one, whose file is stock.json:
    opwright migrate orders.bpmn --to io.opwright.power-automate --templates stock.json --write
  The same where the program does not know how values lead there:
    opwright migrate orders.bpmn --to io.example.new --succession way.toml --templates all --check";

/// Where `generate` writes.
const TEMPLATES: &str = "generated/element-templates";

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// BPMN files; `-` is standard input
    #[arg(value_name = "BPMN", required = true)]
    files: Vec<PathBuf>,
    /// A version, `latest` for the latest that the diagram's version of Camunda can have, or the id of the template that
    /// succeeds the elements' own
    #[arg(long, value_name = "VERSION|latest|ID")]
    to: String,
    /// Only elements with this template
    #[arg(long, value_name = "ID")]
    template: Option<String>,
    /// Element templates, the elements' present versions among them: files, or directories with all that is below them
    /// [default: generated/element-templates]
    #[arg(long, value_name = "FILE|DIR")]
    templates: Vec<PathBuf>,
    /// How values lead to the successor, in TOML, where the program does not know it
    #[arg(long, value_name = "FILE")]
    succession: Option<PathBuf>,
    /// Write the files anew, all or none
    #[arg(long, conflicts_with = "check")]
    write: bool,
    /// Write nothing
    #[arg(long)]
    check: bool,
    /// How it is told what became of the elements
    #[arg(long, value_enum, default_value_t)]
    format: OutputFormat,
}

/// A file and what became of it.
struct Done {
    path: PathBuf,
    name: String,
    migrated: Migrated,
}

pub(super) fn run(arguments: &Arguments, context: &Context) -> Exit {
    let prints = !arguments.write && !arguments.check;
    let paths = once(&arguments.files);
    let is_input = paths.iter().any(|file| *file == Path::new("-"));
    let refusal = if prints && paths.len() > 1 {
        Some("only one file can be printed: add --write or --check")
    } else if prints && arguments.format == OutputFormat::Json {
        Some("the new file and JSON cannot both be printed: add --write or --check")
    } else if arguments.write && is_input {
        Some("standard input cannot be written: leave out --write")
    } else {
        None
    };
    if let Some(refusal) = refusal {
        context.console.error(refusal);
        return Exit::Usage;
    }
    match migrated(arguments, &paths, context) {
        Ok(files) => finish(arguments, &files, context),
        Err(messages) => {
            for message in &messages {
                context.console.error(message);
            }
            if messages.len() > 1 || arguments.write {
                context.console.note("nothing was written");
            }
            Exit::Unexpected
        }
    }
}

/// Each file once, by whatever names.
fn once(files: &[PathBuf]) -> Vec<&PathBuf> {
    let mut seen = HashSet::new();
    files.iter().filter(|file| seen.insert(file.canonicalize().unwrap_or_else(|_| (*file).clone()))).collect()
}

/// All files as they will be, or everything that is in the way of it.
fn migrated(arguments: &Arguments, paths: &[&PathBuf], context: &Context) -> Result<Vec<Done>, Vec<String>> {
    let one = |message| vec![message];
    let library = library(&arguments.templates, &context.registry).map_err(one)?;
    let goal = goal(arguments, &library, &context.registry).map_err(one)?;
    let migration = Migration { library, goal, only: arguments.template.clone() };
    let (mut files, mut messages, mut used) = (Vec::new(), Vec::new(), BTreeSet::new());
    for path in paths {
        let name = json::shown(path);
        let diagram = json::text(path).and_then(|text| {
            Diagram::parse(&text).map_err(|error| format!("{name}:{}:{}: {}", error.line, error.column, error.reason))
        });
        let outcome = diagram.map_err(one).and_then(|diagram| {
            used.extend(diagram.elements().iter().map(|element| element.template.clone()));
            let told = |obstacle: Obstacle| format!("{name}:{} {}: {}", obstacle.line, obstacle.id, obstacle.message);
            migration
                .run(&diagram, &mut || fastrand::u128(..))
                .map_err(|obstacles| obstacles.into_iter().map(told).collect())
        });
        match outcome {
            Ok(migrated) => files.push(Done { path: (*path).clone(), name, migrated }),
            Err(more) => messages.extend(more),
        }
    }
    if !messages.is_empty() {
        return Err(messages);
    }
    let used = || used.iter().map(String::as_str);
    let is_used = |id: &str| used().any(|one| one == id);
    if let Some(only) = arguments.template.as_deref().filter(|only| !is_used(only))
        && migration.library.latest(only).is_none()
    {
        let hint = suggestion(only, used());
        return Err(vec![format!("no element has the template `{only}`, and there is no such template{hint}")]);
    }
    // The first one is that of the arguments.
    if let (Goal::Successor(_, successions), Some(file)) = (&migration.goal, &arguments.succession)
        && let Some(own) = successions.first().filter(|own| !is_used(&own.from))
    {
        let (file, hint) = (json::shown(file), suggestion(&own.from, used()));
        let text = format!("{file} leads from `{}`, and no element has this template{hint}", own.from);
        context.console.warning(&text);
    }
    Ok(files)
}

/// The templates of the files, and those of the program's own connectors.
fn library(paths: &[PathBuf], registry: &Registry) -> Result<Library, String> {
    let (mut library, mut versions) = (Library::default(), Versions::default());
    let usual = [PathBuf::from(TEMPLATES)];
    let files = match paths {
        // Where nothing was generated, the program's own are all.
        [] if !usual[0].exists() => Vec::new(),
        [] => template_files::find(&usual)?.files,
        named => template_files::find(named)?.files,
    };
    for file in files {
        versions.add(&file.name, &file.name, &file.text)?;
    }
    for version in versions.into_templates().values().flatten() {
        library.add(&version.template);
    }
    for connector in registry.connectors() {
        for variant in Variant::of(connector.definition()) {
            let generated = build(connector.definition(), variant).map_err(|error| error.to_string())?;
            // What the files say counts.
            library.add(&generated.template);
        }
    }
    Ok(library)
}

fn goal(arguments: &Arguments, library: &Library, registry: &Registry) -> Result<Goal, String> {
    let to = arguments.to.as_str();
    if let Ok(version) = to.parse() {
        return not_succeeding(arguments, Goal::Version(version));
    }
    if to == "latest" {
        return not_succeeding(arguments, Goal::Latest);
    }
    let mut successions = Vec::new();
    if let Some(path) = &arguments.succession {
        let parsed = Succession::parse(&json::text(path)?);
        successions.push(parsed.map_err(|fault| format!("{} is no succession: {fault}", json::shown(path)))?);
    }
    for definition in registry.connectors().iter().map(crate::registry::Connector::definition) {
        let is_it = Variant::outbound(definition).any(|variant| variant.template_id(definition) == to);
        if let Some(text) = definition.succeeds.as_deref().filter(|_| is_it) {
            successions.push(Succession::parse(text).map_err(|fault| format!("{}: {fault}", definition.id))?);
        }
    }
    if successions.is_empty() {
        let known = library.latest(to).is_some();
        let hint = if known { String::new() } else { suggestion(to, std::iter::once("latest")) };
        return Err(format!(
            "`{to}` is no version, and succeeds no template that the program knows: write --succession FILE to say how{hint}"
        ));
    }
    Ok(Goal::Successor(to.to_owned(), successions))
}

fn not_succeeding(arguments: &Arguments, goal: Goal) -> Result<Goal, String> {
    match &arguments.succession {
        Some(_) => Err("--succession needs the id of the successor: --to ID".to_owned()),
        None => Ok(goal),
    }
}

fn finish(arguments: &Arguments, files: &[Done], context: &Context) -> Exit {
    if arguments.write
        && let Err(message) = write(files)
    {
        context.console.error(&message);
        return Exit::Unexpected;
    }
    let prints = !arguments.write && !arguments.check;
    if arguments.format == OutputFormat::Json {
        context.console.json(&json!({ "files": files.iter().map(as_json).collect::<Vec<_>>() }));
    } else {
        for line in lines(files, arguments, context) {
            if prints { context.console.note(line) } else { context.console.line(line) }
        }
    }
    if let Some(file) = files.first().filter(|_| prints) {
        context.console.file(file.migrated.diagram.text().as_bytes());
    }
    context.console.note(summary(files, arguments));
    for file in files {
        for Newer { id, version, engines, platform } in &file.migrated.newer {
            let version = with_version(*version);
            let text =
                format!("{}: `{id}` {version} is for Camunda {engines}, and the diagram for {platform}", file.name);
            context.console.note(text);
        }
    }
    let is_grave = elements(files).flat_map(|element| &element.notes).any(|note| note.kind.is_grave());
    if is_grave { Exit::Incompatible } else { Exit::Success }
}

fn elements(files: &[Done]) -> impl Iterator<Item = &Moved> {
    files.iter().flat_map(|file| &file.migrated.elements)
}

fn summary(files: &[Done], arguments: &Arguments) -> String {
    let moved = elements(files).count();
    let counted = if moved == 1 { "1 element".to_owned() } else { format!("{moved} elements") };
    let grave = elements(files).filter(|element| element.notes.iter().any(|note| note.kind.is_grave())).count();
    let verb = if arguments.check { "would be moved" } else { "moved" };
    let text = if moved == 0 { "nothing is to be moved".to_owned() } else { format!("{counted} {verb}") };
    let grave = if grave > 0 { format!(", {grave} to be looked at") } else { String::new() };
    let unknown: BTreeSet<&str> = files.iter().flat_map(|file| &file.migrated.unknown).map(String::as_str).collect();
    let unknown = match Vec::from_iter(unknown).as_slice() {
        [] => String::new(),
        some => {
            let is_absent = arguments.templates.is_empty() && !Path::new(TEMPLATES).exists();
            let absent = format!(" ({TEMPLATES} is not there: name templates with --templates)");
            let absent = if is_absent { absent.as_str() } else { "" };
            format!("; not among the templates, and left as they are: {}{absent}", some.join(", "))
        }
    };
    format!("{text}{grave}{unknown}")
}

fn lines(files: &[Done], arguments: &Arguments, context: &Context) -> Vec<String> {
    let console = context.console;
    let mut lines = Vec::new();
    for file in files {
        for element in &file.migrated.elements {
            let name = element.name.as_ref().map(|name| format!(" {name:?}")).unwrap_or_default();
            let place = console.bold(&format!("{}:{}", file.name, element.line));
            lines.push(format!("{place} {}{name}: {}", element.id, way(element)));
            for note in &element.notes {
                let kind = format!("{:<7}", note.kind.name());
                let level = if note.kind.is_grave() { crate::lint::Level::Warning } else { crate::lint::Level::Info };
                lines.push(format!("  {} {}: {}", console.level(level, &kind), note.field, note.message));
            }
        }
        if arguments.write && !file.migrated.elements.is_empty() {
            lines.push(format!("{} was written", file.name));
        }
    }
    lines
}

/// "io.example.parcels, version 1 to 2"
fn way(element: &Moved) -> String {
    let ((from, old), (to, new)) = (&element.from, &element.to);
    if from == to {
        return format!("{from}, version {} to {}", version_or_none(*old), version_or_none(*new));
    }
    format!("{from}, version {}, to {to}, version {}", version_or_none(*old), version_or_none(*new))
}

fn as_json(file: &Done) -> Value {
    let elements: Vec<Value> = file
        .migrated
        .elements
        .iter()
        .map(|element| {
            let template = |(id, version): &(String, Option<i64>)| json!({ "id": id, "version": version });
            json!({
                "id": element.id,
                "name": element.name,
                "line": element.line,
                "from": template(&element.from),
                "to": template(&element.to),
                "notes": element.notes,
            })
        })
        .collect();
    let Migrated { unknown, newer, .. } = &file.migrated;
    json!({ "file": file.name, "elements": elements, "unknown": unknown, "newer": newer })
}

/// Writes all files or none, as far as a file system lets one: first beside them, then in their places.
fn write(files: &[Done]) -> Result<(), String> {
    let mut ready: Vec<(PathBuf, PathBuf)> = Vec::new();
    let changed = files.iter().filter(|file| !file.migrated.elements.is_empty());
    for file in changed {
        match beside(file) {
            Ok(pair) => ready.push(pair),
            Err(error) => {
                // What was prepared is of no use; that it cannot be removed, either, changes nothing.
                for (new, _) in &ready {
                    drop(fs::remove_file(new));
                }
                return Err(format!("cannot write {}: {error}; nothing was written", file.name));
            }
        }
    }
    for (index, (new, place)) in ready.iter().enumerate() {
        if let Err(error) = fs::rename(new, place) {
            for (new, _) in ready.iter().skip(index) {
                drop(fs::remove_file(new));
            }
            let before = if index == 0 { "nothing was written".to_owned() } else { format!("{index} before it were") };
            return Err(format!("cannot write {}: {error}; {before}", place.display()));
        }
    }
    Ok(())
}

/// The new file, complete and beside the old one, and the old one's place, behind any link.
fn beside(file: &Done) -> io::Result<(PathBuf, PathBuf)> {
    let place = file.path.canonicalize()?;
    // Another file would take its place, whoever may write this one.
    if fs::metadata(&place)?.permissions().readonly() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only"));
    }
    drop(fs::OpenOptions::new().write(true).open(&place)?);
    let name = place.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let new = place.with_file_name(format!(".{name}.{}.new", std::process::id()));
    let written = || -> io::Result<()> {
        let mut out = fs::OpenOptions::new().write(true).create_new(true).open(&new)?;
        out.write_all(file.migrated.diagram.text().as_bytes())?;
        out.set_permissions(fs::metadata(&place)?.permissions())?;
        out.sync_all()
    };
    written().inspect_err(|_| drop(fs::remove_file(&new)))?;
    Ok((new, place))
}
