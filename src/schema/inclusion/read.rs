//! Reads a schema into what it takes.

use super::both::{both, tighter};
use super::budget::Budget;
use super::constants::same;
use super::document::refers;
use super::set::{Alternative, Bound, List, Object, Once, Range, Set, Text};
use crate::schema::accepted::JSON_OBJECT_BYTES;
use crate::schema::validator::Validator;
use serde_json::{Map, Value, json};
use std::cmp::Ordering;

/// The keywords that are understood. A schema with others is taken as a whole.
const UNDERSTOOD: [&str; 23] = [
    "type",
    "const",
    "enum",
    "anyOf",
    "oneOf",
    "allOf",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minLength",
    "maxLength",
    "pattern",
    "format",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "$defs",
    JSON_OBJECT_BYTES,
];

/// What is of no keyword but of a type.
static NULL: Value = Value::Null;
static BOTH: [Value; 2] = [Value::Bool(true), Value::Bool(false)];

impl<'s> Set<'s> {
    /// Reads a schema.
    pub(super) fn read(schema: &'s Value, budget: &Budget) -> Self {
        let alternatives = match schema {
            Value::Bool(false) => Vec::new(),
            Value::Object(object) => alternatives(object, budget).unwrap_or_else(|| vec![Alternative::Opaque(schema)]),
            _ => vec![Alternative::Any],
        };
        Self::of(alternatives, Some(schema))
    }
}

fn list<'s>(schema: &'s Map<String, Value>, keyword: &str) -> &'s [Value] {
    schema.get(keyword).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn alternatives<'s>(schema: &'s Map<String, Value>, budget: &Budget) -> Option<Vec<Alternative<'s>>> {
    if schema.keys().any(|keyword| !UNDERSTOOD.contains(&keyword.as_str())) {
        return None;
    }
    let mut found = own(schema, budget)?;
    for part in list(schema, "allOf") {
        found = both(&found, &Set::read(part, budget).alternatives, budget)?;
    }
    for keyword in ["anyOf", "oneOf"] {
        if !schema.contains_key(keyword) {
            continue;
        }
        let options: Vec<Set<'s>> = list(schema, keyword).iter().map(|option| Set::read(option, budget)).collect();
        if keyword == "oneOf" && !are_apart(&options, budget)? {
            return None;
        }
        let options: Vec<_> = options.into_iter().flat_map(|option| option.alternatives).collect();
        found = both(&found, &options, budget)?;
    }
    let has_empty_text = found.iter().any(|alternative| *alternative == Alternative::Const(&json!("")));
    for alternative in &mut found {
        match alternative {
            // Together they are one.
            Alternative::Text(text)
                if has_empty_text
                    && text.low == 1
                    && text.patterns.is_empty()
                    && text.formats.is_empty()
                    && text.json.is_none() =>
            {
                text.low = 0;
            }
            _ => {}
        }
    }
    Some(found)
}

/// Whether no value is of two options; none if that is too much to tell.
fn are_apart(options: &[Set<'_>], budget: &Budget) -> Option<bool> {
    // Options that are values are told apart at once, and each of the others from all.
    let listed: Vec<Alternative<'_>> =
        options.iter().filter(|option| option.is_listed()).flat_map(|option| option.alternatives.clone()).collect();
    let listed = Set::of(listed, None);
    budget.read(listed.alternatives.len())?;
    if !listed.index().are_different {
        return Some(false);
    }
    let others: Vec<&Set<'_>> = options.iter().filter(|option| !option.is_listed()).collect();
    for (index, one) in others.iter().enumerate() {
        for other in others.iter().skip(index + 1).copied().chain([&listed]) {
            budget.read(one.cost_apart(other).max(1))?;
            if !one.is_apart(other) {
                return Some(false);
            }
        }
    }
    Some(true)
}

/// Those of some values that the keywords beside them take, too; none if that is not known.
fn listed<'s>(schema: &'s Map<String, Value>, budget: &Budget) -> Option<Vec<Alternative<'s>>> {
    let constant = schema.get("const").map(std::slice::from_ref);
    let listed = schema.get("enum").and_then(Value::as_array).map(Vec::as_slice);
    let values = constant.or(listed)?;
    let is_other = |keyword: &str| !matches!(keyword, "anyOf" | "oneOf" | "allOf" | "const" | "enum" | "$defs");
    let rest: Map<String, Value> = schema
        .iter()
        .filter(|(keyword, _)| is_other(keyword))
        .map(|(keyword, value)| (keyword.clone(), value.clone()))
        .collect();
    let mut values: Vec<&Value> = values.iter().collect();
    if let (Some(_), Some(all)) = (constant, listed) {
        values.retain(|value| all.iter().any(|listed| same(listed, value)));
    }
    if !rest.is_empty() {
        let rest = Value::Object(rest);
        if refers(&rest) {
            return None;
        }
        let taking = Validator::new(&rest)?;
        budget.read(values.len())?;
        values.retain(|value| taking.is_valid(value));
    }
    Some(values.into_iter().map(Alternative::Const).collect())
}

/// What a schema's own keywords take.
fn own<'s>(schema: &'s Map<String, Value>, budget: &Budget) -> Option<Vec<Alternative<'s>>> {
    if schema.contains_key("const") || schema.contains_key("enum") {
        return listed(schema, budget);
    }
    let types: Vec<&str> = match schema.get("type") {
        Some(Value::String(name)) => vec![name.as_str()],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        Some(_) => return None,
        None if schema.keys().all(|keyword| matches!(keyword.as_str(), "anyOf" | "oneOf" | "allOf" | "$defs")) => {
            return Some(vec![Alternative::Any]);
        }
        None => vec!["null", "boolean", "number", "string", "array", "object"],
    };
    let mut found = Vec::new();
    for name in &types {
        match *name {
            "null" => found.push(Alternative::Const(&NULL)),
            "boolean" => found.extend(BOTH.iter().map(Alternative::Const)),
            "integer" if types.contains(&"number") => {}
            "integer" | "number" => found.push(Alternative::Number(range(schema, *name == "integer")?)),
            "string" => found.push(Alternative::Text(text(schema))),
            "array" => found.push(Alternative::List(List {
                items: schema.get("items").map_or_else(Set::default, |items| Set::read(items, budget)),
                low: length(schema, "minItems").unwrap_or(0),
                high: length(schema, "maxItems"),
                is_unique: schema.contains_key("uniqueItems"),
            })),
            "object" => found.push(Alternative::Object(object(schema, budget))),
            _ => return None,
        }
    }
    Some(found)
}

fn length(schema: &Map<String, Value>, keyword: &str) -> Option<u64> {
    let length = schema.get(keyword)?;
    // Whole, but perhaps written with a point; what is beyond all lengths is no bound.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a length beyond 2^53 is none")]
    length.as_u64().or_else(|| length.as_f64().filter(|length| *length >= 0.0).map(|length| length as u64))
}

fn range(schema: &Map<String, Value>, is_whole: bool) -> Option<Range> {
    let one = |keyword: &str, is_exclusive| match schema.get(keyword) {
        None => Some(None),
        Some(Value::Number(number)) => Some(Some(Bound { number: number.clone(), is_exclusive })),
        Some(_) => None,
    };
    let bound = |inclusive: &str, exclusive: &str, wanted| {
        Some(tighter(one(inclusive, false)?.as_ref(), one(exclusive, true)?.as_ref(), wanted))
    };
    let low = bound("minimum", "exclusiveMinimum", Ordering::Greater)?;
    let high = bound("maximum", "exclusiveMaximum", Ordering::Less)?;
    Some(Range { is_whole, low, high })
}

fn text(schema: &Map<String, Value>) -> Text<'_> {
    let word = |keyword: &str| schema.get(keyword).and_then(Value::as_str).into_iter().collect();
    Text {
        low: length(schema, "minLength").unwrap_or(0),
        high: length(schema, "maxLength"),
        patterns: word("pattern"),
        formats: word("format"),
        json: length(schema, JSON_OBJECT_BYTES),
        compiled: Once::default(),
    }
}

fn object<'s>(schema: &'s Map<String, Value>, budget: &Budget) -> Object<'s> {
    let properties = schema.get("properties").and_then(Value::as_object);
    Object {
        properties: properties
            .into_iter()
            .flatten()
            .map(|(name, set)| (name.as_str(), Set::read(set, budget)))
            .collect(),
        required: list(schema, "required").iter().filter_map(Value::as_str).collect(),
        others: match schema.get("additionalProperties") {
            Some(Value::Bool(false)) => None,
            others => Some(Box::new(others.map_or_else(Set::default, |others| Set::read(others, budget)))),
        },
        bytes: length(schema, JSON_OBJECT_BYTES),
    }
}
