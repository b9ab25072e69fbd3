//! Schemas from fields: accepted, declared, published.

use super::digits;
use crate::definition::{Choice, Field, Kind};
use serde_json::{Map, Value, json};

/// The keyword that our validator enforces for [`Kind::JsonObjectText`]; not published.
pub(super) const JSON_OBJECT_BYTES: &str = "x-json-object-bytes";

/// The accepted schema of an object with these fields.
#[must_use]
pub fn accepted_object(fields: &[Field]) -> Value {
    let mut schema = object(fields, Form::Accepted);
    if let Some(object) = schema.as_object_mut() {
        object.shift_insert(0, "$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    }
    schema
}

/// The declared schema of an object with these fields: what their struct deserialises.
#[must_use]
pub fn declared_object(fields: &[Field]) -> Value {
    object(fields, Form::Declared)
}

/// The declared schema of one field's value, without the blanks that stand for its absence.
#[must_use]
pub fn declared_leaf(field: &Field) -> Value {
    bare(field, Form::Declared)
}

/// A schema without the keywords that only opwright's validator knows.
#[must_use]
pub fn published(mut schema: Value) -> Value {
    strip(&mut schema);
    schema
}

fn strip(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            object.retain(|keyword, _| !keyword.starts_with("x-"));
            object.values_mut().for_each(strip);
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}

/// Which of the two forms is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Accepted,
    Declared,
}

fn object(fields: &[Field], form: Form) -> Value {
    let properties: Map<String, Value> =
        fields.iter().map(|field| (field.name.clone(), described(field, form))).collect();
    let required: Vec<&str> = fields.iter().filter(|field| field.required).map(|field| field.name.as_str()).collect();
    let mut schema = Map::new();
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("properties".to_owned(), Value::Object(properties));
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    schema.insert("additionalProperties".to_owned(), json!(false));
    Value::Object(schema)
}

/// A property's schema with its title, description, default and examples.
fn described(field: &Field, form: Form) -> Value {
    let mut schema = Map::new();
    if !field.label.is_empty() {
        schema.insert("title".to_owned(), json!(field.label));
    }
    if !field.description.is_empty() {
        schema.insert("description".to_owned(), json!(field.description));
    }
    let bare = bare(field, form);
    let declared_option = form == Form::Declared && !field.required && field.default.is_none();
    if field.required || form == Form::Declared && !declared_option {
        if let Value::Object(keywords) = bare {
            schema.extend(keywords);
        }
    } else {
        let null_only = declared_option || field.takes_empty_text();
        let blanks = if null_only { json!({ "type": "null" }) } else { json!({ "enum": [null, ""] }) };
        // A schema that takes anything takes the blanks too.
        if bare != json!({}) {
            schema.insert("anyOf".to_owned(), json!([bare, blanks]));
        }
    }
    if let Some(default) = &field.default {
        schema.insert("default".to_owned(), default.clone());
    }
    if !field.examples.is_empty() {
        schema.insert("examples".to_owned(), json!(field.examples));
    }
    if field.sensitive {
        schema.insert("writeOnly".to_owned(), json!(true));
    }
    if let Some(secret) = &field.secret {
        schema.insert("$comment".to_owned(), json!(format!("Give it as {{{{secrets.{secret}}}}}.")));
    }
    Value::Object(schema)
}

fn bare(field: &Field, form: Form) -> Value {
    let accepted = form == Form::Accepted;
    match &field.kind {
        Kind::Text { min_length, max_length, pattern, format } => {
            let mut schema = json!({ "type": "string" });
            insert_some(&mut schema, "minLength", min_length.filter(|length| *length > 0).map(Value::from));
            insert_some(&mut schema, "maxLength", max_length.map(Value::from));
            insert_some(&mut schema, "pattern", pattern.clone().map(Value::from));
            insert_some(&mut schema, "format", format.clone().map(Value::from));
            schema
        }
        Kind::JsonObjectText { max_bytes } => {
            let text = json!({
                "type": "string",
                "maxLength": max_bytes,
                "contentMediaType": "application/json",
                "contentSchema": { "type": "object" },
                JSON_OBJECT_BYTES: max_bytes,
            });
            if accepted { json!({ "anyOf": [text, { "type": "object", JSON_OBJECT_BYTES: max_bytes }] }) } else { text }
        }
        Kind::Integer { minimum, maximum } => {
            let number = json!({ "type": "integer", "minimum": minimum, "maximum": maximum });
            if accepted {
                json!({ "anyOf": [number, { "type": "string", "pattern": digits::pattern(*minimum, *maximum) }] })
            } else {
                number
            }
        }
        Kind::Number { minimum, maximum } => {
            let mut number = json!({ "type": "number" });
            insert_some(&mut number, "minimum", minimum.map(Value::from));
            insert_some(&mut number, "maximum", maximum.map(Value::from));
            if accepted && minimum.is_none() && maximum.is_none() {
                json!({ "anyOf": [number, { "type": "string", "pattern": super::coerce::NUMBER_TEXT }] })
            } else {
                number
            }
        }
        Kind::Boolean if accepted => json!({ "enum": [true, false, "true", "false"] }),
        Kind::Boolean => json!({ "type": "boolean" }),
        Kind::Choice(choices) => {
            json!({ "anyOf": choices.iter().map(|choice| option(choice, accepted)).collect::<Vec<_>>() })
        }
        Kind::Variants { tag, variants } => {
            let options: Vec<Value> = variants
                .iter()
                .map(|variant| {
                    let mut option = object(&variant.fields, form);
                    if let Some(properties) = option.get_mut("properties").and_then(Value::as_object_mut) {
                        properties.shift_insert(0, tag.clone(), json!({ "const": variant.value }));
                    }
                    let mut required: Vec<Value> = vec![json!(tag)];
                    required.extend(option.get("required").and_then(Value::as_array).cloned().unwrap_or_default());
                    option["required"] = json!(required);
                    if let Some(object) = option.as_object_mut() {
                        object.shift_insert(0, "title".to_owned(), json!(variant.label));
                        object.shift_insert(1, "description".to_owned(), json!(variant.description));
                    }
                    option
                })
                .collect();
            json!({ "oneOf": options })
        }
        Kind::Object { fields, .. } => object(fields, form),
        Kind::List { item, min_items, max_items } => {
            let mut schema = json!({ "type": "array", "items": described(item, form) });
            insert_some(&mut schema, "minItems", min_items.map(Value::from));
            insert_some(&mut schema, "maxItems", max_items.map(Value::from));
            schema
        }
        Kind::LinkedResource { .. } => json!({
            "type": "object",
            "properties": { "resourceKey": { "type": "string" } },
            "required": ["resourceKey"],
        }),
        Kind::Null => json!({ "type": "null" }),
        Kind::Json => json!({}),
    }
}

/// One value of a choice; a number also as the text that a template's dropdown writes.
fn option(choice: &Choice, accepted: bool) -> Value {
    let mut option = if accepted && choice.value.is_number() {
        json!({ "enum": [choice.value, choice.text()] })
    } else {
        json!({ "const": choice.value })
    };
    insert_some(&mut option, "title", Some(json!(choice.label)));
    insert_some(&mut option, "description", Some(json!(choice.description)));
    option
}

fn insert_some(schema: &mut Value, keyword: &str, value: Option<Value>) {
    if let (Some(object), Some(value)) = (schema.as_object_mut(), value) {
        object.insert(keyword.to_owned(), value);
    }
}
