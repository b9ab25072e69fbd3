//! From what an engine delivers to what the struct declares.
//!
//! Total: what cannot be coerced is left as it is, for validation to refuse.

use crate::definition::{Field, Kind};
use serde_json::{Map, Value};

/// Numbers written as text, small enough to be finite.
pub(crate) const NUMBER_TEXT: &str = "^-?(?:0|[1-9][0-9]{0,299})(?:[.][0-9]{1,299})?$";

/// The object with these fields: blanks removed, defaults filled in, texts turned to values.
pub(super) fn object(fields: &[Field], input: &Map<String, Value>) -> Map<String, Value> {
    let mut output = Map::new();
    for field in fields {
        match input.get(&field.name).filter(|value| !is_blank(field, value)) {
            Some(value) => output.insert(field.name.clone(), coerce(field, value)),
            None => field.default.as_ref().and_then(|default| output.insert(field.name.clone(), default.clone())),
        };
    }
    output
}

/// Whether the value of an optional field stands for its absence.
fn is_blank(field: &Field, value: &Value) -> bool {
    let blank = match value {
        Value::Null => true,
        Value::String(text) => text.is_empty() && !field.takes_empty_text() && field.kind != Kind::Json,
        _ => false,
    };
    blank && !field.required
}

fn coerce(field: &Field, value: &Value) -> Value {
    match (&field.kind, value) {
        (Kind::Integer { .. }, Value::String(text)) => text.parse::<i64>().map_or_else(|_| value.clone(), Value::from),
        (Kind::Integer { .. }, Value::Number(number)) => whole(number).unwrap_or_else(|| value.clone()),
        (Kind::Number { minimum: None, maximum: None }, Value::String(text)) => {
            text.parse::<f64>().ok().filter(|number| number.is_finite()).map_or_else(|| value.clone(), Value::from)
        }
        (Kind::Boolean, Value::String(text)) => text.parse::<bool>().map_or_else(|_| value.clone(), Value::from),
        (Kind::Choice(choices), value) => {
            let known = choices.iter().find(|choice| match (&choice.value, value) {
                (Value::Number(_), Value::String(text)) => choice.text() == *text,
                (Value::Number(number), Value::Number(other)) => number.as_f64() == other.as_f64(),
                (one, other) => one == other,
            });
            known.map_or_else(|| value.clone(), |choice| choice.value.clone())
        }
        (Kind::JsonObjectText { .. }, Value::Object(_)) => Value::String(value.to_string()),
        (Kind::Object { fields, .. }, Value::Object(members)) => Value::Object(object(fields, members)),
        (Kind::Variants { tag, variants, .. }, Value::Object(members)) => {
            let variant =
                variants.iter().find(|variant| members.get(tag).and_then(Value::as_str) == Some(&variant.value));
            variant.map_or_else(
                || value.clone(),
                |variant| {
                    let mut output = object(&variant.fields, members);
                    output.shift_insert(0, tag.clone(), Value::String(variant.value.clone()));
                    Value::Object(output)
                },
            )
        }
        (Kind::List { item, .. }, Value::Array(items)) => items.iter().map(|value| coerce(item, value)).collect(),
        _ => value.clone(),
    }
}

/// `20.0` is a whole number in JSON Schema.
#[expect(clippy::cast_possible_truncation, reason = "checked to be whole and within the range of i64")]
fn whole(number: &serde_json::Number) -> Option<Value> {
    const BEYOND: f64 = 9_223_372_036_854_775_808.0;
    if number.is_i64() {
        return None;
    }
    number
        .as_f64()
        .filter(|number| number.fract() == 0.0 && (-BEYOND..BEYOND).contains(number))
        .map(|number| Value::from(number as i64))
}
