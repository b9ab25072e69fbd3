//! Example inputs and results, made of the examples, defaults and secrets' names in a definition.

use crate::definition::{ConnectorDefinition, DefinitionError, Field, Kind, OperationDefinition, Variant};
use serde_json::{Map, Value, json};

/// An input of the operation, credentials as in the first variant.
pub fn input(connector: &ConnectorDefinition, operation: &OperationDefinition) -> Result<Value, DefinitionError> {
    input_with(connector, operation, None)
}

/// An input of the operation, with the variant of this tag wherever there is one.
pub fn input_with(
    connector: &ConnectorDefinition,
    operation: &OperationDefinition,
    tag: Option<&str>,
) -> Result<Value, DefinitionError> {
    Ok(Value::Object(object(&connector.job_fields(operation)?, tag)))
}

/// A result of the operation, as a result expression sees it.
#[must_use]
pub fn output(operation: &OperationDefinition) -> Value {
    let body = operation.output.pointer("/examples/0").cloned().unwrap_or(Value::Null);
    if operation.http.is_none() {
        return body;
    }
    let (status, reason) = if body.is_null() { (204, "No Content") } else { (200, "OK") };
    let headers =
        if body.is_null() { json!({}) } else { json!({ "content-type": "application/json; odata.metadata=minimal" }) };
    json!({ "status": status, "headers": headers, "body": body, "reason": reason, "document": null })
}

/// The placeholder of the secret that should hold a field's value.
#[must_use]
pub fn secret(field: &Field) -> Option<String> {
    match &field.secret {
        Some(name) => Some(format!("{{{{secrets.{name}}}}}")),
        None if field.sensitive => Some(format!("{{{{secrets.{}}}}}", screaming(&field.name))),
        None => None,
    }
}

/// `clientSecret` → `CLIENT_SECRET`
fn screaming(name: &str) -> String {
    let mut output = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !output.is_empty() {
            output.push('_');
        }
        output.push(letter.to_ascii_uppercase());
    }
    output
}

fn object(fields: &[Field], tag: Option<&str>) -> Map<String, Value> {
    let mut members = Map::new();
    for field in fields {
        let shown = field.condition.as_ref().is_none_or(|condition| {
            members.get(&condition.field).is_some_and(|value| condition.one_of.contains(value))
        });
        let worth_showing =
            field.required || field.default.is_some() || !field.examples.is_empty() || !field.fields().is_empty();
        if shown && worth_showing {
            members.insert(field.name.clone(), value(field, tag));
        }
    }
    members
}

fn value(field: &Field, tag: Option<&str>) -> Value {
    if let Some(placeholder) = secret(field) {
        return Value::String(placeholder);
    }
    if let Some(known) = field.examples.first().or(field.default.as_ref()) {
        return known.clone();
    }
    match &field.kind {
        Kind::Text { .. } => json!(field.label),
        Kind::JsonObjectText { .. } => json!("{}"),
        Kind::Integer { minimum, maximum } => json!(1.clamp(*minimum, *maximum)),
        Kind::Number { minimum, maximum } => {
            json!(1.0_f64.max(minimum.unwrap_or(1.0)).min(maximum.unwrap_or(f64::MAX)))
        }
        Kind::Boolean => json!(true),
        Kind::Choice(choices) => choices.first().map(|choice| choice.value.clone()).unwrap_or_default(),
        Kind::Variants { tag: name, variants, .. } => variant(name, variants, tag),
        Kind::Object { fields, .. } => Value::Object(object(fields, tag)),
        Kind::List { item, .. } => json!([value(item, tag)]),
        Kind::Null | Kind::Json => Value::Null,
    }
}

fn variant(name: &str, variants: &[Variant], tag: Option<&str>) -> Value {
    let asked = variants.iter().find(|variant| Some(variant.value.as_str()) == tag);
    let Some(chosen) = asked.or_else(|| variants.first()) else {
        return Value::Null;
    };
    let mut members = object(&chosen.fields, tag);
    members.shift_insert(0, name.to_owned(), json!(chosen.value));
    Value::Object(members)
}
