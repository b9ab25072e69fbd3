//! FEEL text for the hosted template. Camunda's dialect: what is written here runs on Zeebe 8.6.

use crate::definition::{Field, Kind, Piece, UrlTemplate};
use crate::schema::{NUMBER_TEXT, digits_pattern};
use serde_json::Value;

/// A string literal. Zeebe 8.6 keeps both of two backslashes, so a backslash is written once.
pub(super) fn string(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\\\""))
}

/// Not followed by any character. Java's `$`, which is Zeebe's, also matches before a final line break,
/// and the engines disagree on backslashes in texts: so `[^q]|q` stands for any character.
const END: &str = "(?![^q]|q)";

/// A test that a text matches an anchored pattern as a whole.
fn matches(name: &str, pattern: &str) -> String {
    let whole = pattern.strip_suffix('$').map_or_else(|| pattern.to_owned(), |pattern| format!("{pattern}{END}"));
    format!("matches({name}, {})", string(&whole))
}

/// Whether an input carries nothing: absent, null, or a cleared field.
fn is_blank(name: &str) -> String {
    format!("{name} = null or {name} = \"\"")
}

/// A field's value as the request carries it: texts turned to what the definition declares.
pub(super) fn value(field: &Field) -> String {
    let name = &field.name;
    let converted = match &field.kind {
        Kind::Integer { .. } | Kind::Number { .. } => format!("number(string({name}))"),
        Kind::Choice(choices) if choices.iter().all(|choice| choice.value.is_number()) => {
            format!("number(string({name}))")
        }
        Kind::Boolean => format!("string({name}) = \"true\""),
        _ => name.clone(),
    };
    match &field.default {
        Some(default) => format!("if {} then {} else {converted}", is_blank(name), literal(default)),
        None => converted,
    }
}

/// A context entry for a field; nothing for an optional one that is blank.
pub(super) fn entry(key: &str, field: &Field) -> String {
    let entry = format!("{{{}: {}}}", string(key), value(field));
    if field.required || field.default.is_some() {
        return entry;
    }
    if field.takes_empty_text() {
        return format!("if {} = null then {{}} else {entry}", field.name);
    }
    format!("if {} then {{}} else {entry}", is_blank(&field.name))
}

/// One context of several; a single one needs no merging.
pub(super) fn merged(entries: &[String]) -> String {
    format!("context merge([{}])", entries.join(", "))
}

/// JSON as FEEL.
pub(super) fn literal(value: &Value) -> String {
    match value {
        Value::String(text) => string(text),
        Value::Array(items) => format!("[{}]", items.iter().map(literal).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => {
            format!(
                "{{{}}}",
                members
                    .iter()
                    .map(|(key, value)| format!("{}: {}", string(key), literal(value)))
                    .collect::<Vec<_>>()
                    .join(", ")
            )
        }
        other => other.to_string(),
    }
}

/// A template of shared fields, trailing slashes of each trimmed.
pub(super) fn trimmed(template: &str) -> String {
    concatenated(template, |name| format!("replace({name}, \"/+$\", \"\")"))
}

/// A template of fields that go into the path as they are; [`guard`] keeps anything else out.
pub(super) fn path(template: &str) -> String {
    concatenated(template, |name| format!("string({name})"))
}

fn concatenated(template: &str, field: impl Fn(&str) -> String) -> String {
    let pieces = UrlTemplate::parse(template).map(|template| template.0).unwrap_or_default();
    let pieces: Vec<String> = pieces
        .iter()
        .map(|piece| match piece {
            Piece::Literal(text) => string(text),
            Piece::Field(name) => field(name),
        })
        .collect();
    pieces.join(" + ")
}

/// What must hold of the inputs for there to be a request at all: nothing in the path can leave its
/// segment, and what is turned into another type is what the definition declares.
pub(super) fn guard(template: &str, fields: &[Field]) -> Option<String> {
    let template = UrlTemplate::parse(template)?;
    let in_path = |field: &Field| template.fields().any(|name| name == field.name);
    let tests: Vec<String> = fields.iter().filter_map(|field| test(field, in_path(field))).collect();
    (!tests.is_empty()).then(|| tests.join(" and "))
}

fn test(field: &Field, in_path: bool) -> Option<String> {
    let name = &field.name;
    let test = match &field.kind {
        Kind::Text { pattern: Some(pattern), .. } if in_path => matches(name, pattern),
        Kind::Integer { minimum, maximum } => matches(&format!("string({name})"), &digits_pattern(*minimum, *maximum)),
        Kind::Number { .. } => matches(&format!("string({name})"), NUMBER_TEXT),
        // True of texts only; `instance of` is not everywhere what it is on Zeebe.
        Kind::JsonObjectText { .. } => format!("string({name}) = {name}"),
        Kind::Choice(choices) => {
            let known: Vec<String> = choices.iter().map(|choice| string(&choice.text())).collect();
            format!("list contains([{}], string({name}))", known.join(", "))
        }
        _ => return None,
    };
    let optional = !field.required;
    Some(if optional { format!("({} or {test})", is_blank(name)) } else { test })
}
