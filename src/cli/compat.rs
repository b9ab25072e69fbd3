//! `compat`: what a newer version of element templates does to those who use an older one.

use super::{Context, Exit, OutputFormat, template_files};
use crate::compat::{Change, KINDS, Severity, compare};
use crate::template::{ElementTemplate, Node, read};
use clap::Args;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;

pub(super) const ABOUT: &str = "Tells what a newer version of element templates does to those who use an older one";
pub(super) const EXAMPLES: &str = "\
Of each template id that both sides have, the latest version of the first side is compared with that of the second: for
every field, values are entered and updated as Modeler does it.

Exit codes:
  0  nothing breaks
  1  a file cannot be read, or no template is on both sides
  8  something breaks

Examples:
  opwright compat published/parcels.json generated/element-templates/parcels.json
  opwright compat published generated/element-templates --format json
  opwright compat --explain choice-removed";

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The older templates: a file, or a directory
    #[arg(value_name = "OLD", required_unless_present = "explain")]
    old: Option<PathBuf>,
    /// The newer ones
    #[arg(value_name = "NEW", required_unless_present = "explain")]
    new: Option<PathBuf>,
    /// Print what a kind of change is, what it does and what would do instead; `all` for all kinds
    #[arg(long, value_name = "CODE", conflicts_with_all = ["old", "new"])]
    explain: Option<String>,
    /// How changes are printed
    #[arg(long, value_enum, default_value_t)]
    format: OutputFormat,
}

pub(super) fn run(arguments: &Arguments, context: &Context) -> Exit {
    if let Some(code) = &arguments.explain {
        return explain(code, context);
    }
    let sides =
        [&arguments.old, &arguments.new].map(|side| templates(side.iter().cloned().collect::<Vec<_>>().as_slice()));
    let outcome = match sides {
        [Ok(old), Ok(new)] => compared(&old, &new),
        [Err(message), _] | [_, Err(message)] => Err(message),
    };
    match outcome {
        Ok(pairs) => print(&pairs, arguments.format, context),
        Err(message) => {
            context.console.error(&message);
            Exit::Unexpected
        }
    }
}

fn explain(code: &str, context: &Context) -> Exit {
    let kinds: Vec<_> = KINDS.iter().filter(|kind| code == "all" || kind.code == code).collect();
    if kinds.is_empty() {
        let hint = crate::text::suggestion(code, KINDS.iter().map(|kind| kind.code));
        context.console.error(&format!("there is no kind of change `{code}`{hint}"));
        return Exit::Usage;
    }
    for (index, kind) in kinds.iter().enumerate() {
        if index > 0 {
            context.console.line("");
        }
        let heading = context.console.bold(kind.code);
        context.console.line(format_args!("{heading} ({}, {})", kind.severity.name(), kind.audience.name()));
        context.console.line(format_args!("  Finds: {}.", kind.summary));
        context.console.line(format_args!("  {}", kind.reason));
        context.console.line(format_args!("  Instead: {}", kind.instead));
    }
    Exit::Success
}

/// The latest version of each template.
fn templates(paths: &[PathBuf]) -> Result<BTreeMap<String, ElementTemplate>, String> {
    let mut latest: BTreeMap<String, ElementTemplate> = BTreeMap::new();
    for file in template_files::find(paths)?.files {
        let tree = Node::parse(&file.text).map_err(|fault| format!("{} is no JSON: {fault}", file.name))?;
        for (_, template) in read(&tree).0 {
            let id = template.id.clone().unwrap_or_default();
            if latest.get(&id).is_none_or(|known| known.version <= template.version) {
                latest.insert(id, template);
            }
        }
    }
    Ok(latest)
}

/// A template in both versions, and what has changed.
struct Pair {
    id: String,
    versions: [Option<i64>; 2],
    changes: Vec<Change>,
}

fn compared(
    old: &BTreeMap<String, ElementTemplate>,
    new: &BTreeMap<String, ElementTemplate>,
) -> Result<Vec<Pair>, String> {
    // A single template on each side is compared even if its id has changed: that is a change, too.
    if let ([(id, one)], [(_, other)]) = (&old.iter().collect::<Vec<_>>()[..], &new.iter().collect::<Vec<_>>()[..]) {
        return Ok(vec![pair(id, one, other)]);
    }
    let both = old.iter().filter_map(|(id, old)| Some(pair(id, old, new.get(id)?)));
    let pairs: Vec<Pair> = both.collect();
    if pairs.is_empty() { Err("no template is on both sides".to_owned()) } else { Ok(pairs) }
}

fn pair(id: &str, old: &ElementTemplate, new: &ElementTemplate) -> Pair {
    Pair { id: id.to_owned(), versions: [old.version, new.version], changes: compare(old, new) }
}

fn print(pairs: &[Pair], format: OutputFormat, context: &Context) -> Exit {
    match format {
        OutputFormat::Json => context.console.json(&json!({ "templates": pairs.iter().map(told).collect::<Vec<_>>() })),
        OutputFormat::Text => {
            pairs.iter().filter(|pair| !pair.changes.is_empty()).for_each(|pair| print_text(pair, context));
            print_summary(pairs, context);
        }
    }
    let breaks = pairs.iter().flat_map(|pair| &pair.changes).any(|change| change.kind.severity == Severity::Breaking);
    if breaks { Exit::Incompatible } else { Exit::Success }
}

fn told(pair: &Pair) -> Value {
    let changes: Vec<Value> = pair
        .changes
        .iter()
        .map(|change| {
            json!({
                "code": change.kind.code,
                "severity": change.kind.severity,
                "audience": change.kind.audience,
                "property": change.property,
                "message": change.message,
                "reason": change.kind.reason,
                "instead": change.kind.instead,
                "witness": change.witness,
            })
        })
        .collect();
    json!({ "id": pair.id, "old": pair.versions[0], "new": pair.versions[1], "changes": changes })
}

fn print_summary(pairs: &[Pair], context: &Context) {
    let counts = [Severity::Breaking, Severity::Risky, Severity::Safe].map(|severity| {
        let changes = pairs.iter().flat_map(|pair| &pair.changes);
        (changes.filter(|change| change.kind.severity == severity).count(), severity.name())
    });
    let counts: Vec<String> =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, name)| format!("{count} {name}")).collect();
    let found = if counts.is_empty() {
        "no change that a designer or a diagram would see".to_owned()
    } else {
        counts.join(", ")
    };
    let templates = if pairs.len() == 1 { "1 template".to_owned() } else { format!("{} templates", pairs.len()) };
    context.console.note(format_args!("{templates}: {found}"));
}

fn print_text(pair: &Pair, context: &Context) {
    let console = context.console;
    let version = |version: Option<i64>| version.map_or("none".to_owned(), |version| version.to_string());
    let heading = console.bold(&pair.id);
    console.line(format_args!("{heading}, version {} to {}", version(pair.versions[0]), version(pair.versions[1])));
    for change in &pair.changes {
        let kind = change.kind;
        let level = match kind.severity {
            Severity::Breaking => crate::lint::Level::Error,
            Severity::Risky => crate::lint::Level::Warning,
            Severity::Safe => crate::lint::Level::Info,
        };
        let code = console.level(level, &format!("{}[{}]", kind.severity.name(), kind.code));
        let property = change.property.as_ref().map(|property| format!(" {property}:")).unwrap_or_default();
        console.line(format_args!("  {code}{property} {}", change.message));
        if let Some(witness) = &change.witness {
            let entered: Vec<String> =
                witness.entered.iter().map(|(field, value)| format!("{field} = {value:?}")).collect();
            let entered = if entered.is_empty() { "nothing is entered".to_owned() } else { entered.join(", ") };
            let shown =
                |value: &Option<String>| value.as_ref().map_or("nothing".to_owned(), |value| format!("{value:?}"));
            console.line(format_args!(
                "    with {entered}: {} becomes {}",
                shown(&witness.before),
                shown(&witness.after)
            ));
        }
        console.line(format_args!("    = {}", kind.reason));
        console.line(format_args!("    = instead: {}", kind.instead));
    }
}
