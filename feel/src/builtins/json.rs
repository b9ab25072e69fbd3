//! `from json` and `to json`.

use super::{Builtin, Given, unary};
use crate::{
    evaluate::{Evaluator, Stop},
    number::Number,
    value::{Entries, Value, deeper},
};

pub(super) const FUNCTIONS: &[Builtin] =
    &[unary("from json", &["json"], from_json), unary("to json", &["value"], to_json)];

fn from_json<'a>(evaluator: &mut Evaluator<'_, 'a>, json: &Value<'a>) -> Given<'a> {
    let text = match json {
        Value::Null => return Ok(Some(Value::Null)),
        Value::Text(text) => text,
        _ => return Ok(None),
    };
    evaluator.budget.step(text.len() as u64 / 16)?;
    evaluator.budget.allocate(text.len().saturating_mul(2))?;
    if let Some(word) = word(text) {
        return Ok(Some(word));
    }
    // As Jackson does, what follows the first value is not looked at, but that a number has an end.
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<serde_json::Value>();
    let first = values.next();
    let rest = text.get(values.byte_offset()..).unwrap_or_default();
    let ends = rest.is_empty() || rest.starts_with(BLANKS);
    match first {
        Some(Ok(json)) if ends || !json.is_number() => owned(evaluator, json).map(Some),
        _ => Ok(Some(Value::error("this is no JSON"))),
    }
}

const BLANKS: [char; 4] = [' ', '\t', '\n', '\r'];

/// `true`, `false` or `null`, where no letter or digit follows.
fn word<'a>(text: &str) -> Option<Value<'a>> {
    let text = text.trim_start_matches(BLANKS);
    [("true", Value::Boolean(true)), ("false", Value::Boolean(false)), ("null", Value::Null)]
        .into_iter()
        .find(|(word, _)| {
            text.strip_prefix(word)
                .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '$')))
        })
        .map(|(_, value)| value)
}

fn owned<'a>(evaluator: &mut Evaluator<'_, 'a>, json: serde_json::Value) -> Result<Value<'a>, Stop> {
    evaluator.budget.step(1)?;
    match json {
        serde_json::Value::Null => Ok(Value::Null),
        serde_json::Value::Bool(value) => Ok(Value::Boolean(value)),
        serde_json::Value::Number(number) => Ok(Value::Number(Number::from_json(&number))),
        serde_json::Value::String(text) => evaluator.text(text),
        serde_json::Value::Array(items) => {
            let items =
                items.into_iter().map(|item| deeper(|| owned(evaluator, item))).collect::<Result<Vec<_>, _>>()?;
            evaluator.list(items)
        }
        serde_json::Value::Object(map) => {
            let mut entries = Entries::with_capacity(map.len());
            for (name, value) in map {
                let value = deeper(|| owned(evaluator, value))?;
                entries.insert(name.into(), value);
            }
            evaluator.context(entries)
        }
    }
}

fn to_json<'a>(evaluator: &mut Evaluator<'_, 'a>, value: &Value<'a>) -> Given<'a> {
    let mut text = String::new();
    if !write(evaluator, value, &mut text)? {
        return Ok(Some(Value::error("this cannot be written as JSON")));
    }
    evaluator.text(text).map(Some)
}

/// Writes a value; false if it holds an error.
fn write<'a>(evaluator: &mut Evaluator<'_, 'a>, value: &Value<'a>, out: &mut String) -> Result<bool, Stop> {
    evaluator.budget.step(1)?;
    if out.len() > evaluator.budget.memory_left() {
        return Err(evaluator.budget.memory_error());
    }
    match value {
        Value::Null => out.push_str("null"),
        Value::Boolean(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(number) => {
            evaluator.budget.step(number.own_effort())?;
            out.push_str(&number.to_string());
        }
        Value::Text(text) => quote(text, out),
        Value::Temporal(temporal) => quote(&temporal.to_iso_string(), out),
        Value::List(list) => {
            out.push('[');
            for (index, item) in list.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                if !deeper(|| write(evaluator, &item, out))? {
                    return Ok(false);
                }
            }
            out.push(']');
        }
        Value::Context(context) => {
            out.push('{');
            for (index, (name, value)) in context.entries().iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                quote(name, out);
                out.push(':');
                if !deeper(|| write(evaluator, value, out))? {
                    return Ok(false);
                }
            }
            out.push('}');
        }
        Value::Function(_) | Value::Range(_) => {
            let text = crate::value::feel_string(value, evaluator.budget.memory_left());
            match text {
                Ok(text) => quote(&text, out),
                Err(_) => return Err(evaluator.budget.memory_error()),
            }
        }
        Value::Error(_) => return Ok(false),
    }
    Ok(true)
}

/// A JSON string as Jackson writes it.
fn quote(text: &str, out: &mut String) {
    use std::fmt::Write;
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if c < ' ' => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}
