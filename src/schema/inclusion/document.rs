//! A schema without what decides nothing: annotations are gone, references are what they lead to, and what publishing left
//! out is there again.

use crate::schema::accepted::JSON_OBJECT_BYTES;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

/// A schema with more subschemas, or deeper ones, is not compared.
const NODES: usize = 5_000;
const DEPTH: usize = 64;

/// Keywords whose values are kept as they are.
const KEPT: [&str; 26] = [
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
    "$id",
    "$anchor",
    "$dynamicRef",
    "$dynamicAnchor",
    "$recursiveRef",
    JSON_OBJECT_BYTES,
];

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
    let mut reader = Reader { root: schema, nodes: NODES, references: Vec::new(), is_recursive: false };
    let mut document = reader.read(schema, DEPTH)?;
    if let Some(object) = document.as_object_mut() {
        // References that lead to the whole document are of its own pointers.
        object.shift_remove("$id");
    }
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

/// Whether a schema has a reference that leads into itself.
pub(super) fn refers(schema: &Value) -> bool {
    match schema {
        Value::Object(object) => object.contains_key("$ref") || object.values().any(refers),
        Value::Array(items) => items.iter().any(refers),
        _ => false,
    }
}

/// Whether the references that are left mean the same in both documents: they lead to definitions, which are the same.
pub(super) fn agree(one: &Value, other: &Value) -> bool {
    let is_closed = |schema: &Value| every_reference(schema, &|to| to.starts_with("#/$defs/"));
    let definitions = |schema: &Value| schema.get("$defs").cloned();
    is_closed(one) && is_closed(other) && definitions(one) == definitions(other)
}

fn every_reference(schema: &Value, is_fine: &impl Fn(&str) -> bool) -> bool {
    match schema {
        Value::Object(object) => object.iter().all(|(keyword, value)| match (keyword.as_str(), value) {
            ("$ref", Value::String(reference)) => is_fine(reference),
            ("$dynamicRef" | "$recursiveRef", _) => false,
            (_, value) => every_reference(value, is_fine),
        }),
        Value::Array(items) => items.iter().all(|item| every_reference(item, is_fine)),
        _ => true,
    }
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
        let mut read = Map::new();
        for (keyword, value) in object {
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
                    let schemas = schemas.iter().map(|(name, schema)| Ok((name.clone(), self.read(schema, depth)?)));
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
                    let value = self.read(value, depth)?;
                    if !(matches!(one, "items" | "additionalProperties") && value == json!({})) {
                        read.insert(keyword.clone(), value);
                    }
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
        restore(object, &mut read);
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
        let pointer = reference.strip_prefix('#').ok_or_else(unknown)?;
        let pointer = percent_decode_str(pointer).decode_utf8().map_err(|_| unknown())?;
        let root = self.root;
        let target = root.pointer(&pointer).ok_or_else(unknown)?;
        self.references.push(reference);
        let read = self.read(target, depth);
        self.references.pop();
        let read = read?;
        Ok(if beside.is_empty() { read } else { json!({ "allOf": [read, beside] }) })
    }
}

/// Text that holds a JSON object, as it is published: it is one for our validator, too.
fn restore(published: &Map<String, Value>, read: &mut Map<String, Value>) {
    let is_json = published.get("contentMediaType").is_some_and(|media| media == "application/json")
        && published.get("contentSchema") == Some(&json!({ "type": "object" }))
        && published.get("type").is_some_and(|kind| kind == "string");
    if let Some(length) = published.get("maxLength").filter(|length| is_json && length.is_u64()) {
        read.entry(JSON_OBJECT_BYTES).or_insert_with(|| length.clone());
    }
}

/// Beside such a text stands the object itself, of as many bytes.
fn restore_twin(options: &mut [Value]) {
    if let [text, object] = options
        && *object == json!({ "type": "object" })
        && let Some(bytes) = text.get(JSON_OBJECT_BYTES)
    {
        object[JSON_OBJECT_BYTES] = bytes.clone();
    }
}

/// Marks what is left of references: in another document they are others.
pub(super) fn part(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            object.values_mut().for_each(part);
            if object.contains_key("$ref") {
                object.insert("x-other".to_owned(), json!(true));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(part),
        _ => {}
    }
}

/// The values that a schema gives as examples or defaults, up to some number.
pub(super) fn examples(schema: &Value, found: &mut Vec<Value>) {
    const MOST: usize = 200;
    match schema {
        Value::Object(object) => {
            for (keyword, value) in object {
                match (keyword.as_str(), value) {
                    _ if found.len() >= MOST => return,
                    ("examples", Value::Array(examples)) => found.extend(examples.iter().take(20).cloned()),
                    ("default", value) => found.push(value.clone()),
                    (_, value) => examples(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| examples(item, found)),
        _ => {}
    }
}
