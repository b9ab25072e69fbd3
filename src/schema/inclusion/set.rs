//! What a schema takes, as alternatives of one type each.

use super::both::{both, narrower, spend};
use super::same;
use crate::schema::accepted::JSON_OBJECT_BYTES;
use crate::schema::validator;
use serde_json::{Map, Number, Value, json};
use std::cell::Cell;
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

/// So many alternatives are joined and compared while a schema is read; what is left then is taken as a whole.
pub(super) const WORK: usize = 100_000;

/// How much more work a schema may cause.
pub(super) type Work = Cell<usize>;

/// The values that a schema takes.
#[derive(Debug, Clone)]
pub(super) struct Set<'s> {
    pub(super) alternatives: Vec<Alternative<'s>>,
    /// The schema that was read; none if the set was made of several.
    pub(super) schema: Option<&'s Value>,
}

impl PartialEq for Set<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.alternatives == other.alternatives
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Alternative<'s> {
    Any,
    Const(Value),
    Number(Range),
    Text(Text<'s>),
    List(List<'s>),
    Object(Object<'s>),
    /// A schema that is not understood.
    Opaque(&'s Value),
}

#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Range {
    pub(super) is_whole: bool,
    pub(super) low: Option<Bound>,
    pub(super) high: Option<Bound>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bound {
    pub(super) number: Number,
    /// Whether the number itself is beyond it.
    pub(super) is_exclusive: bool,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Text<'s> {
    pub(super) low: u64,
    pub(super) high: Option<u64>,
    pub(super) patterns: Vec<&'s str>,
    pub(super) formats: Vec<&'s str>,
    /// Text that is a JSON object of at most so many bytes.
    pub(super) json: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct List<'s> {
    pub(super) items: Set<'s>,
    pub(super) low: u64,
    pub(super) high: Option<u64>,
    pub(super) is_unique: bool,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Object<'s> {
    pub(super) properties: Vec<(&'s str, Set<'s>)>,
    pub(super) required: Vec<&'s str>,
    /// What members may be that are not listed; none if there may be no others.
    pub(super) others: Option<Box<Set<'s>>>,
    /// The bytes that it may have when it is written.
    pub(super) bytes: Option<u64>,
}

impl Default for Set<'_> {
    fn default() -> Self {
        Self { alternatives: vec![Alternative::Any], schema: None }
    }
}

impl<'s> Object<'s> {
    /// What a member may be; none if it may not be there.
    pub(super) fn member(&self, name: &str) -> Option<&Set<'s>> {
        let listed = self.properties.iter().find(|(property, _)| *property == name);
        listed.map(|(_, set)| set).or(self.others.as_deref())
    }

    pub(super) fn requires(&self, name: &str) -> bool {
        self.required.contains(&name)
    }
}

impl<'s> Set<'s> {
    /// Reads a schema.
    pub(super) fn read(schema: &'s Value, work: &Work) -> Self {
        let alternatives = match schema {
            Value::Bool(false) => Vec::new(),
            Value::Object(object) => alternatives(object, work).unwrap_or_else(|| vec![Alternative::Opaque(schema)]),
            _ => vec![Alternative::Any],
        };
        Self { alternatives, schema: Some(schema) }
    }

    /// Whether it has a value; none if that is not known.
    pub(super) fn has(&self, value: &Value) -> Option<bool> {
        let mut is_known = true;
        for alternative in &self.alternatives {
            match alternative.has(value) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => is_known = false,
            }
        }
        is_known.then_some(false)
    }

    /// Whether no value is in both, for sure.
    pub(super) fn is_apart(&self, other: &Self) -> bool {
        self.alternatives.iter().all(|one| other.alternatives.iter().all(|other| one.is_apart(other)))
    }
}

fn list<'s>(schema: &'s Map<String, Value>, keyword: &str) -> &'s [Value] {
    schema.get(keyword).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn alternatives<'s>(schema: &'s Map<String, Value>, work: &Work) -> Option<Vec<Alternative<'s>>> {
    if schema.keys().any(|keyword| !UNDERSTOOD.contains(&keyword.as_str())) {
        return None;
    }
    let mut found = own(schema, work)?;
    for part in list(schema, "allOf") {
        found = both(&found, &Set::read(part, work).alternatives, work)?;
    }
    for keyword in ["anyOf", "oneOf"] {
        if !schema.contains_key(keyword) {
            continue;
        }
        let options: Vec<Set<'s>> = list(schema, keyword).iter().map(|option| Set::read(option, work)).collect();
        let is_one_of_many = keyword == "oneOf"
            && options.iter().enumerate().any(|(index, option)| {
                let later = options.get(index + 1..).unwrap_or_default();
                later.iter().any(|other| spend(work, 1).is_none() || !option.is_apart(other))
            });
        if is_one_of_many {
            return None;
        }
        let options: Vec<_> = options.into_iter().flat_map(|option| option.alternatives).collect();
        found = both(&found, &options, work)?;
    }
    let has_empty_text = found.iter().any(|alternative| *alternative == Alternative::Const(json!("")));
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

/// What a schema's own keywords take.
fn own<'s>(schema: &'s Map<String, Value>, work: &Work) -> Option<Vec<Alternative<'s>>> {
    let constant = schema.get("const").map(std::slice::from_ref);
    if let Some(values) = constant.or_else(|| schema.get("enum").and_then(Value::as_array).map(Vec::as_slice)) {
        let mut rest = schema.clone();
        rest.retain(|keyword, _| !matches!(keyword.as_str(), "anyOf" | "oneOf" | "allOf"));
        let is_listed = rest.keys().all(|keyword| matches!(keyword.as_str(), "const" | "enum"));
        let rest = Value::Object(rest);
        let taken = values.iter().filter(|value| is_listed || validator::is_valid(&rest, value));
        return Some(taken.cloned().map(Alternative::Const).collect());
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
            "null" => found.push(Alternative::Const(Value::Null)),
            "boolean" => found.extend([true, false].map(|value| Alternative::Const(json!(value)))),
            "integer" if types.contains(&"number") => {}
            "integer" | "number" => found.push(Alternative::Number(range(schema, *name == "integer")?)),
            "string" => found.push(Alternative::Text(text(schema))),
            "array" => found.push(Alternative::List(List {
                items: schema.get("items").map_or_else(Set::default, |items| Set::read(items, work)),
                low: length(schema, "minItems").unwrap_or(0),
                high: length(schema, "maxItems"),
                is_unique: schema.contains_key("uniqueItems"),
            })),
            "object" => found.push(Alternative::Object(object(schema, work))),
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
        Some(narrower(one(inclusive, false)?.as_ref(), one(exclusive, true)?.as_ref(), wanted))
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
    }
}

fn object<'s>(schema: &'s Map<String, Value>, work: &Work) -> Object<'s> {
    let properties = schema.get("properties").and_then(Value::as_object);
    Object {
        properties: properties.into_iter().flatten().map(|(name, set)| (name.as_str(), Set::read(set, work))).collect(),
        required: list(schema, "required").iter().filter_map(Value::as_str).collect(),
        others: match schema.get("additionalProperties") {
            Some(Value::Bool(false)) => None,
            others => Some(Box::new(others.map_or_else(Set::default, |others| Set::read(others, work)))),
        },
        bytes: length(schema, JSON_OBJECT_BYTES),
    }
}

impl Alternative<'_> {
    /// Whether it has a value; none if that is not known.
    pub(super) fn has(&self, value: &Value) -> Option<bool> {
        match (self, value) {
            (Self::Any, _) => Some(true),
            (Self::Const(constant), value) => Some(same(constant, value)),
            (Self::Opaque(_), _) => None,
            (Self::Number(range), Value::Number(number)) => Some(range.has(number)),
            (Self::Text(text), Value::String(value)) => Some(text.has(value)),
            (Self::List(list), Value::Array(items)) => {
                let count = items.len() as u64;
                if count < list.low || list.high.is_some_and(|high| count > high) {
                    return Some(false);
                }
                let is_known = !list.is_unique || count < 2;
                all(items.iter().map(|item| list.items.has(item))).filter(|has| !has || is_known)
            }
            (Self::Object(object), Value::Object(members)) => {
                if object.required.iter().any(|name| !members.contains_key(*name)) {
                    return Some(false);
                }
                let members = members.iter().map(|(name, value)| match object.member(name) {
                    Some(set) => set.has(value),
                    None => Some(false),
                });
                all(members).filter(|has| !has || object.bytes.is_none())
            }
            _ => Some(false),
        }
    }

    /// Whether no value is in both, for sure.
    pub(super) fn is_apart(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any | Self::Opaque(_), _)
            | (_, Self::Any | Self::Opaque(_))
            | (Self::Text(_), Self::Text(_))
            | (Self::List(_), Self::List(_)) => false,
            (Self::Const(value), any) | (any, Self::Const(value)) => any.has(value) == Some(false),
            (Self::Number(one), Self::Number(other)) => {
                let is_beyond = |low: &Option<Bound>, high: &Option<Bound>| match (low, high) {
                    (Some(low), Some(high)) => order(&low.number, &high.number) == Ordering::Greater,
                    _ => false,
                };
                is_beyond(&one.low, &other.high) || is_beyond(&other.low, &one.high)
            }
            (Self::Object(one), Self::Object(other)) => one.is_apart(other),
            _ => true,
        }
    }
}

/// All of some answers: one that is no decides.
fn all(answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut is_known = true;
    for answer in answers {
        match answer {
            Some(false) => return Some(false),
            Some(true) => {}
            None => is_known = false,
        }
    }
    is_known.then_some(true)
}

/// Which of two numbers is greater, exactly.
pub(super) fn order(one: &Number, other: &Number) -> Ordering {
    match (whole(one), whole(other)) {
        (Some(one), Some(other)) => one.cmp(&other),
        // One of them is a fraction, or beyond all whole numbers that are told apart.
        _ => one.as_f64().unwrap_or_default().total_cmp(&other.as_f64().unwrap_or_default()),
    }
}

/// A whole number, however it is written.
#[expect(clippy::cast_possible_truncation, reason = "checked to be whole, and within the range")]
pub(super) fn whole(number: &Number) -> Option<i128> {
    let exact = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
    exact.or_else(|| {
        number.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < 1e30).map(|number| number as i128)
    })
}

impl Range {
    pub(super) fn has(&self, number: &Number) -> bool {
        let is_above = |low: &Bound| match order(number, &low.number) {
            Ordering::Greater => true,
            Ordering::Equal => !low.is_exclusive,
            Ordering::Less => false,
        };
        let is_below = |high: &Bound| match order(number, &high.number) {
            Ordering::Less => true,
            Ordering::Equal => !high.is_exclusive,
            Ordering::Greater => false,
        };
        let is_whole = || number.as_f64().is_some_and(|number| number.fract() == 0.0);
        self.low.as_ref().is_none_or(is_above)
            && self.high.as_ref().is_none_or(is_below)
            && (!self.is_whole || is_whole())
    }
}

impl Text<'_> {
    /// Whether it has a text; of patterns and formats the validator knows.
    fn has(&self, text: &str) -> bool {
        let length = text.chars().count() as u64;
        if length < self.low || self.high.is_some_and(|high| length > high) {
            return false;
        }
        if self.patterns.is_empty() && self.formats.is_empty() && self.json.is_none() {
            return true;
        }
        let mut schema = json!({ "type": "string" });
        if let Some(json) = self.json {
            schema[JSON_OBJECT_BYTES] = json!(json);
        }
        let words = [("pattern", &self.patterns), ("format", &self.formats)];
        let parts =
            words.into_iter().flat_map(|(keyword, words)| words.iter().map(move |word| json!({ keyword: word })));
        schema["allOf"] = parts.chain([json!({})]).collect();
        validator::is_valid(&schema, &json!(text))
    }
}

impl Object<'_> {
    fn is_apart(&self, other: &Self) -> bool {
        self.properties.iter().chain(&other.properties).any(|(name, _)| {
            (self.requires(name) || other.requires(name))
                && match (self.member(name), other.member(name)) {
                    (Some(one), Some(other)) => one.is_apart(other),
                    _ => true,
                }
        })
    }
}
