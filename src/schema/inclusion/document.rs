//! A schema without what decides nothing: annotations are gone, references are what they lead to, and what publishing left
//! out is there again.

use super::budget::weight;
use crate::schema::accepted::JSON_OBJECT_BYTES;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

/// A schema with more subschemas, or deeper ones, is not compared.
const NODES: usize = 5_000;
const DEPTH: usize = 64;
/// Nor one of more bytes, once every reference is what it leads to.
const BYTES: usize = 16 << 20;

/// Keywords whose values are kept as they are.
const KEPT: [&str; 21] = [
    "type",
    "const",
    "enum",
    "minLength",
    "maxLength",
    "pattern",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minContains",
    "maxContains",
    "minProperties",
    "maxProperties",
    "dependentRequired",
    "dependencies",
    JSON_OBJECT_BYTES,
];

/// Keywords whose value is a schema.
const ONE: [&str; 10] = [
    "items",
    "additionalProperties",
    "not",
    "if",
    "then",
    "else",
    "contains",
    "propertyNames",
    "unevaluatedProperties",
    "unevaluatedItems",
];

/// Keywords whose value is a list of schemas.
const SEVERAL: [&str; 4] = ["anyOf", "oneOf", "allOf", "prefixItems"];

/// Keywords whose value has schemas by names, which are no keywords.
const NAMED: [&str; 6] =
    ["properties", "patternProperties", "dependentSchemas", "dependencies", "$defs", "definitions"];

/// Keywords whose values are data: what looks like a schema in them is none.
const DATA: [&str; 4] = ["const", "enum", "default", "examples"];

/// Keywords by which a reference leads where the schema's own text does not say.
const NOT_FOLLOWED: [&str; 2] = ["$dynamicRef", "$recursiveRef"];

/// The formats that our validator enforces; others are words.
const FORMATS: [&str; 19] = [
    "date",
    "date-time",
    "time",
    "duration",
    "email",
    "idn-email",
    "hostname",
    "idn-hostname",
    "ipv4",
    "ipv6",
    "uri",
    "uri-reference",
    "iri",
    "iri-reference",
    "uuid",
    "uri-template",
    "json-pointer",
    "relative-json-pointer",
    "regex",
];

/// The schema as it is compared, or why it is not.
pub(super) fn document(schema: &Value) -> Result<Value, String> {
    match schema.get("$schema").and_then(Value::as_str).map(|dialect| dialect.trim_end_matches('#')) {
        None | Some("https://json-schema.org/draft/2020-12/schema") => {}
        Some(other) => return Err(format!("it is written in {other}, and only draft 2020-12 is understood")),
    }
    if !schema.is_object() && !schema.is_boolean() {
        return Err("it is no JSON Schema".to_owned());
    }
    if let Some(why) = not_followed(schema) {
        return Err(why);
    }
    let mut reader = Reader { root: schema, nodes: NODES, bytes: BYTES, references: Vec::new(), is_recursive: false };
    let mut document = reader.read(schema, DEPTH)?;
    if reader.is_recursive
        && let Some(object) = document.as_object_mut()
    {
        for keyword in ["$defs", "definitions"] {
            if let Some(definitions) = schema.get(keyword) {
                object.insert(keyword.to_owned(), definitions.clone());
            }
        }
    }
    Ok(document)
}

/// The schema as it was published, with what publishing left out.
pub(super) fn enforced(schema: &Value) -> Value {
    let mut enforced = schema.clone();
    put_back(&mut enforced);
    enforced
}

fn put_back(schema: &mut Value) {
    let Value::Object(object) = schema else { return };
    for (keyword, value) in object.iter_mut() {
        match value {
            Value::Object(schemas) if NAMED.contains(&keyword.as_str()) => schemas.values_mut().for_each(put_back),
            Value::Array(schemas) if SEVERAL.contains(&keyword.as_str()) => {
                schemas.iter_mut().for_each(put_back);
                restore_twin(schemas);
            }
            value if ONE.contains(&keyword.as_str()) => put_back(value),
            _ => {}
        }
    }
    if let Some(bytes) = bytes_of(object) {
        object.entry(JSON_OBJECT_BYTES).or_insert(bytes);
    }
}

/// Why references are not what the schema's own text says, if there is such a thing.
fn not_followed(schema: &Value) -> Option<String> {
    let mut found = None;
    every_schema(schema, &mut |object| {
        let is_root = schema.as_object().is_some_and(|root| std::ptr::eq(root, object));
        let of_root = is_root.then(|| dynamic(object));
        found = found.take().or_else(|| of_root.unwrap_or_else(|| elsewhere(object)));
    });
    found
}

/// What a schema below the root may not have.
fn elsewhere(object: &Map<String, Value>) -> Option<String> {
    let id = object.get("$id").filter(|id| id.is_string());
    dynamic(object).or_else(|| id.map(|_| "it has an `$id` below its root, which is not followed".to_owned()))
}

fn dynamic(object: &Map<String, Value>) -> Option<String> {
    let keyword = NOT_FOLLOWED.iter().find(|keyword| object.get(**keyword).is_some_and(Value::is_string))?;
    Some(format!("it has `{keyword}`, which is not followed"))
}

/// Visits a schema and all within it. What stands at words that nobody knows may be referred to, too.
fn every_schema(schema: &Value, visit: &mut impl FnMut(&Map<String, Value>)) {
    match schema {
        Value::Object(object) => {
            visit(object);
            for (keyword, value) in object {
                match value {
                    _ if DATA.contains(&keyword.as_str()) => {}
                    Value::Object(schemas) if NAMED.contains(&keyword.as_str()) => {
                        schemas.values().for_each(|schema| every_schema(schema, visit));
                    }
                    value => every_schema(value, visit),
                }
            }
        }
        Value::Array(schemas) => schemas.iter().for_each(|schema| every_schema(schema, visit)),
        _ => {}
    }
}

/// Whether a schema has references, which are left where they lead into themselves.
pub(super) fn refers(schema: &Value) -> bool {
    let mut found = false;
    every_schema(schema, &mut |object| found |= object.contains_key("$ref"));
    found
}

/// Whether the references that are left mean the same in both documents: they lead to definitions, which are the same.
pub(super) fn agree(one: &Value, other: &Value) -> bool {
    let is_closed = |schema: &Value| {
        let mut is_closed = true;
        every_schema(schema, &mut |object| {
            let reference = object.get("$ref").and_then(Value::as_str);
            is_closed &= reference.is_none_or(|reference| reference.starts_with("#/$defs/"));
        });
        is_closed
    };
    is_closed(one) && is_closed(other) && one.get("$defs") == other.get("$defs")
}

/// Every object open, and alternatives that are not told apart by what an object lacks.
pub(super) fn opened(mut schema: Value) -> Value {
    within(&mut schema, true, &|object| {
        for keyword in ["additionalProperties", "unevaluatedProperties"] {
            if object.get(keyword) == Some(&Value::Bool(false)) {
                object.shift_remove(keyword);
            }
        }
        if let Some(options) = object.shift_remove("oneOf") {
            if object.contains_key("anyOf") {
                let parts = object.entry("allOf").or_insert_with(|| json!([]));
                if let Some(parts) = parts.as_array_mut() {
                    parts.push(json!({ "anyOf": options }));
                }
            } else {
                object.insert("anyOf".to_owned(), options);
            }
        }
    });
    schema
}

/// Every object closed that lists its members by itself and does not say that there are others.
pub(super) fn closed(mut schema: Value) -> Value {
    const OTHERS: [&str; 9] = [
        "additionalProperties",
        "unevaluatedProperties",
        "patternProperties",
        "allOf",
        "anyOf",
        "oneOf",
        "if",
        "dependentSchemas",
        "$ref",
    ];
    within(&mut schema, false, &|object| {
        if object.contains_key("properties") && !OTHERS.iter().any(|keyword| object.contains_key(*keyword)) {
            object.insert("additionalProperties".to_owned(), json!(false));
        }
    });
    schema
}

/// Changes every subschema that says what is taken, those within first. Parts of one object are passed over unless
/// `parts` says otherwise: none of them lists all members.
fn within(schema: &mut Value, parts: bool, change: &impl Fn(&mut Map<String, Value>)) {
    let Some(object) = schema.as_object_mut() else { return };
    let is_composed = object.contains_key("properties") || object.contains_key("allOf");
    for (keyword, value) in object.iter_mut() {
        match (keyword.as_str(), value) {
            ("properties" | "patternProperties" | "$defs" | "definitions", Value::Object(schemas)) => {
                for schema in schemas.values_mut() {
                    within(schema, parts, change);
                }
            }
            ("prefixItems", Value::Array(schemas)) => {
                for schema in schemas {
                    within(schema, parts, change);
                }
            }
            ("anyOf" | "oneOf", Value::Array(schemas)) if parts || !is_composed => {
                for schema in schemas {
                    within(schema, parts, change);
                }
            }
            ("allOf", Value::Array(schemas)) if parts => {
                for schema in schemas {
                    within(schema, parts, change);
                }
            }
            ("items" | "additionalProperties", value) => within(value, parts, change),
            _ => {}
        }
    }
    change(object);
}

struct Reader<'s> {
    root: &'s Value,
    nodes: usize,
    bytes: usize,
    /// The references that led here: one of them again leads into itself.
    references: Vec<&'s str>,
    is_recursive: bool,
}

impl<'s> Reader<'s> {
    fn read(&mut self, schema: &'s Value, depth: usize) -> Result<Value, String> {
        self.nodes = self.nodes.checked_sub(1).ok_or("it has too many subschemas")?;
        let depth = depth.checked_sub(1).ok_or("it is too deep")?;
        let Value::Object(object) = schema else {
            return Ok(if schema == &Value::Bool(true) { json!({}) } else { schema.clone() });
        };
        if !std::ptr::eq(schema, self.root)
            && let Some(why) = elsewhere(object)
        {
            return Err(why);
        }
        let mut read = Map::new();
        for (keyword, value) in object {
            if KEPT.contains(&keyword.as_str()) || keyword == "required" {
                self.hold(weight(value))?;
            }
            match (keyword.as_str(), value) {
                ("required", Value::Array(names)) => {
                    let mut names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
                    names.sort_unstable();
                    names.dedup();
                    if !names.is_empty() {
                        read.insert(keyword.clone(), json!(names));
                    }
                }
                ("properties" | "patternProperties" | "dependentSchemas", Value::Object(schemas)) => {
                    let schemas = schemas.iter().map(|(name, schema)| {
                        self.hold(name.len())?;
                        Ok((name.clone(), self.read(schema, depth)?))
                    });
                    read.insert(keyword.clone(), Value::Object(schemas.collect::<Result<_, String>>()?));
                }
                ("anyOf" | "oneOf" | "allOf" | "prefixItems", Value::Array(schemas)) => {
                    let mut options =
                        schemas.iter().map(|schema| self.read(schema, depth)).collect::<Result<Vec<_>, _>>()?;
                    restore_twin(&mut options);
                    read.insert(keyword.clone(), Value::Array(options));
                }
                ("format", Value::String(format)) if FORMATS.contains(&format.as_str()) => {
                    read.insert(keyword.clone(), value.clone());
                }
                (one, value) if ONE.contains(&one) => {
                    // Also where it takes anything: what is not evaluated depends on it.
                    read.insert(keyword.clone(), self.read(value, depth)?);
                }
                ("minLength" | "minItems" | "minProperties", Value::Number(number)) if number.as_u64() == Some(0) => {}
                ("uniqueItems", Value::Bool(false)) => {}
                (kept, value) if KEPT.contains(&kept) => {
                    read.insert(keyword.clone(), value.clone());
                }
                // An annotation, or a word that nobody knows.
                _ => {}
            }
        }
        if let Some(bytes) = bytes_of(object) {
            read.entry(JSON_OBJECT_BYTES).or_insert(bytes);
        }
        if let Some(reference) = object.get("$ref") {
            let reference = reference.as_str().ok_or("a reference is no text")?;
            return self.follow(reference, read, depth);
        }
        Ok(Value::Object(read))
    }

    fn follow(&mut self, reference: &'s str, beside: Map<String, Value>, depth: usize) -> Result<Value, String> {
        let unknown = || format!("`{reference}` leads out of the schema, or nowhere");
        if self.references.contains(&reference) || reference == "#" {
            self.is_recursive = true;
            let mut read = beside;
            read.insert("$ref".to_owned(), json!(reference));
            return Ok(Value::Object(read));
        }
        let target = follow(self.root, reference).ok_or_else(unknown)?;
        self.references.push(reference);
        let read = self.read(target, depth);
        self.references.pop();
        let read = read?;
        let mut made = beside;
        if made.is_empty() {
            return Ok(read);
        }
        // In one object: what is not evaluated beside a reference is what neither evaluates.
        if let Some(parts) = made.entry("allOf").or_insert_with(|| json!([])).as_array_mut() {
            parts.push(read);
        }
        Ok(Value::Object(made))
    }

    fn hold(&mut self, bytes: usize) -> Result<(), String> {
        self.bytes = self.bytes.checked_sub(bytes).ok_or("it has too many values")?;
        Ok(())
    }
}

/// What a reference within a document leads to.
pub(super) fn follow<'s>(root: &'s Value, reference: &str) -> Option<&'s Value> {
    let pointer = percent_decode_str(reference.strip_prefix('#')?).decode_utf8().ok()?;
    root.pointer(&pointer)
}

/// The bytes of text that holds a JSON object, as it is published: it is one for our validator, too.
fn bytes_of(published: &Map<String, Value>) -> Option<Value> {
    let is_json = published.get("contentMediaType").is_some_and(|media| media == "application/json")
        && published.get("contentSchema") == Some(&json!({ "type": "object" }))
        && published.get("type").is_some_and(|kind| kind == "string");
    published.get("maxLength").filter(|length| is_json && length.is_u64()).cloned()
}

/// Beside such a text stands the object itself, of as many bytes.
fn restore_twin(options: &mut [Value]) {
    if let [text, Value::Object(object)] = options
        && object.get("type").is_some_and(|kind| kind == "object")
        && !object.keys().any(|keyword| keyword != "type" && decides(keyword))
        && let Some(bytes) = text.get(JSON_OBJECT_BYTES)
    {
        object.insert(JSON_OBJECT_BYTES.to_owned(), bytes.clone());
    }
}

/// Whether a keyword is more than an annotation.
fn decides(keyword: &str) -> bool {
    let known = [&KEPT as &[&str], &ONE, &SEVERAL, &NAMED, &["required", "format", "$ref"]];
    known.iter().any(|keywords| keywords.contains(&keyword))
}

/// Marks what is left of references: in another document they are others.
pub(super) fn part(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            for (keyword, value) in object.iter_mut() {
                match value {
                    _ if DATA.contains(&keyword.as_str()) => {}
                    Value::Object(schemas) if NAMED.contains(&keyword.as_str()) => {
                        schemas.values_mut().for_each(part);
                    }
                    value => part(value),
                }
            }
            if object.contains_key("$ref") {
                object.insert("x-other".to_owned(), json!(true));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(part),
        _ => {}
    }
}
