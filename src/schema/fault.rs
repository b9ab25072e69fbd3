//! What is wrong with an input, told without the values: one of them could be a secret.

use super::validator;
use crate::definition::{Field, Kind, Variant};
use crate::text;
use serde_json::{Map, Value, json};
use std::fmt;

/// An input that is not accepted. Nothing has been sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Refusal {
    /// Every fault, in the order of the fields.
    pub faults: Vec<Fault>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the input is refused:")?;
        for fault in &self.faults {
            write!(formatter, "\n  {fault}")?;
        }
        Ok(())
    }
}

/// One fault of an input.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Fault {
    /// Where, such as `authentication.clientId` or `items[2].weight`; empty for the whole input.
    pub path: String,
    /// What is wrong there.
    #[serde(flatten)]
    pub problem: Problem,
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_empty() { "the input" } else { &self.path };
        match &self.problem {
            Problem::Missing { expected } => write!(formatter, "{path} is missing: it {expected}"),
            Problem::Unknown { hint } => write!(formatter, "{path} is no field of this operation{hint}"),
            Problem::Invalid { expected } => write!(formatter, "{path} {expected}"),
        }
    }
}

/// A kind of fault.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "problem", rename_all = "camelCase")]
pub enum Problem {
    /// A required field is absent or blank.
    Missing {
        /// "must be …"
        expected: String,
    },
    /// No field has this name.
    Unknown {
        /// The nearest name.
        hint: String,
    },
    /// The value breaks a constraint.
    Invalid {
        /// "must be …"
        expected: String,
    },
}

/// Why the accepted schema refuses `value`.
pub(super) fn explain(fields: &[Field], value: &Value) -> Refusal {
    let mut faults = Vec::new();
    match value {
        Value::Object(members) => object(fields, None, members, "", &mut faults),
        _ => faults.push(Fault {
            path: String::new(),
            problem: Problem::Invalid { expected: "must be a JSON object".to_owned() },
        }),
    }
    // Cannot be seen but by a schema that does not compile: a refusal has a reason all the same.
    if faults.is_empty() {
        faults.push(Fault {
            path: String::new(),
            problem: Problem::Invalid { expected: "must fit the published schema".to_owned() },
        });
    }
    Refusal { faults }
}

fn object(fields: &[Field], tag: Option<&str>, members: &Map<String, Value>, parent: &str, faults: &mut Vec<Fault>) {
    for field in fields {
        let path = join(parent, &field.name);
        match members.get(&field.name) {
            None | Some(Value::Null) if field.required && field.kind != Kind::Json => {
                faults.push(Fault { path, problem: Problem::Missing { expected: expectation(field) } });
            }
            None if field.required => {
                faults.push(Fault { path, problem: Problem::Missing { expected: expectation(field) } });
            }
            None | Some(Value::Null) => {}
            Some(Value::String(text)) if text.is_empty() && !field.required && !field.takes_empty_text() => {}
            Some(value) => check(field, value, &path, faults),
        }
    }
    for name in members.keys() {
        if Some(name.as_str()) != tag && !fields.iter().any(|field| field.name == *name) {
            let known = fields.iter().map(|field| field.name.as_str());
            faults.push(Fault {
                path: join(parent, name),
                problem: Problem::Unknown { hint: text::suggestion(name, known) },
            });
        }
    }
}

fn check(field: &Field, value: &Value, path: &str, faults: &mut Vec<Fault>) {
    match (&field.kind, value) {
        (Kind::Object { fields, .. }, Value::Object(members)) => object(fields, None, members, path, faults),
        (Kind::Variants { tag, variants, .. }, Value::Object(members)) => variant(tag, variants, members, path, faults),
        (Kind::List { item, .. }, Value::Array(items)) => {
            for (index, value) in items.iter().enumerate() {
                check(item, value, &format!("{path}[{index}]"), faults);
            }
            leaf(
                &json!({ "type": "array", "minItems": limit(field, true), "maxItems": limit(field, false) }),
                field,
                value,
                path,
                faults,
            );
        }
        _ => leaf(
            &super::accepted::accepted_object(std::slice::from_ref(&required(field)))["properties"][&field.name],
            field,
            value,
            path,
            faults,
        ),
    }
}

fn limit(field: &Field, low: bool) -> u64 {
    match &field.kind {
        Kind::List { min_items, .. } if low => min_items.unwrap_or(0),
        Kind::List { max_items, .. } => max_items.unwrap_or(u64::MAX),
        _ => 0,
    }
}

/// The field whose blanks are not accepted: they have been dealt with.
fn required(field: &Field) -> Field {
    Field { required: true, ..field.clone() }
}

fn leaf(schema: &Value, field: &Field, value: &Value, path: &str, faults: &mut Vec<Fault>) {
    if validator::is_valid(schema, value) != Some(true) {
        faults.push(Fault { path: path.to_owned(), problem: Problem::Invalid { expected: expectation(field) } });
    }
}

fn variant(tag: &str, variants: &[Variant], members: &Map<String, Value>, path: &str, faults: &mut Vec<Fault>) {
    let names: Vec<String> = variants.iter().map(|variant| format!("`{}`", variant.value)).collect();
    let expected = format!("must be {}", text::alternatives(&names));
    match members.get(tag) {
        None | Some(Value::Null) => {
            faults.push(Fault { path: join(path, tag), problem: Problem::Missing { expected } });
        }
        Some(value) => match variants.iter().find(|variant| value.as_str() == Some(&variant.value)) {
            Some(variant) => object(&variant.fields, Some(tag), members, path, faults),
            None => faults.push(Fault { path: join(path, tag), problem: Problem::Invalid { expected } }),
        },
    }
}

fn join(parent: &str, name: &str) -> String {
    if parent.is_empty() { name.to_owned() } else { format!("{parent}.{name}") }
}

/// What a field holds, such as "text of at most 40 characters".
#[must_use]
pub fn what_it_is(field: &Field) -> String {
    expectation(field).replace("must be ", "").replace("must not be ", "not ")
}

/// "must be …": what a field takes, for messages and docs.
#[must_use]
pub fn expectation(field: &Field) -> String {
    match &field.kind {
        Kind::Text { min_length, max_length, pattern, format } => {
            let length = match (min_length.unwrap_or(0), max_length) {
                (0, None) => String::new(),
                (1, None) => "must not be empty".to_owned(),
                (low, None) => format!("must be at least {low} characters long"),
                (0 | 1, Some(high)) => format!("must be text of at most {high} characters"),
                (low, Some(high)) => format!("must be text of {low} to {high} characters"),
            };
            let shape = match (&field.pattern_message, pattern, format) {
                (Some(message), ..) => message.clone(),
                (None, Some(pattern), _) => format!("must match {pattern}"),
                (None, None, Some(format)) => format!("must be a {format}"),
                (None, None, None) => String::new(),
            };
            match (length.is_empty(), shape.is_empty()) {
                (true, true) => "must be text".to_owned(),
                (false, true) => {
                    if length.contains("empty") {
                        "must be text and must not be empty".to_owned()
                    } else {
                        length
                    }
                }
                (true, false) => shape,
                (false, false) => format!("{shape}, and {length}"),
            }
        }
        Kind::JsonObjectText { max_bytes } => {
            format!("must be a JSON object, as text or as it is, of at most {max_bytes} bytes")
        }
        Kind::Integer { minimum, maximum } => match (*minimum, *maximum) {
            (i64::MIN, i64::MAX) => "must be a whole number".to_owned(),
            (low, i64::MAX) => format!("must be a whole number from {low} on"),
            (i64::MIN, high) => format!("must be a whole number up to {high}"),
            (low, high) => format!("must be a whole number from {low} to {high}"),
        },
        Kind::Number { minimum, maximum } => match (minimum, maximum) {
            (None, None) => "must be a number".to_owned(),
            (Some(low), None) => format!("must be a number from {low} on"),
            (None, Some(high)) => format!("must be a number up to {high}"),
            (Some(low), Some(high)) => format!("must be a number from {low} to {high}"),
        },
        Kind::Boolean => "must be true or false".to_owned(),
        Kind::Choice(choices) => {
            let values: Vec<String> = choices.iter().map(|choice| format!("`{}`", choice.text())).collect();
            format!("must be {}", text::alternatives(&values))
        }
        Kind::Variants { tag, variants, .. } => {
            let values: Vec<String> = variants.iter().map(|variant| format!("`{}`", variant.value)).collect();
            format!("must be an object whose `{tag}` is {}", text::alternatives(&values))
        }
        Kind::Object { .. } => "must be an object".to_owned(),
        Kind::List { min_items, max_items, .. } => match (min_items, max_items) {
            (None, None) => "must be a list".to_owned(),
            (Some(low), None) => format!("must be a list of at least {low} items"),
            (None, Some(high)) => format!("must be a list of at most {high} items"),
            (Some(low), Some(high)) => format!("must be a list of {low} to {high} items"),
        },
        Kind::LinkedResource { resource_type } => {
            format!("must be a linked resource of the type {resource_type}, which the engine tells the job by its key")
        }
        Kind::Null => "must be null".to_owned(),
        Kind::Json => "must be JSON".to_owned(),
    }
}
