//! Example inputs and results, made of the examples, defaults and secrets' names in a definition.

use crate::definition::{
    ConnectorDefinition, DefinitionError, EventDefinition, Expected, Field, Kind, OperationDefinition, Test, Variant,
};
use crate::dispatch::outcome::{Expressions, Headers, Outcome};
use crate::dispatch::secrets::Mask;
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

/// What happened, as a result expression sees it.
#[must_use]
pub fn request(event: &EventDefinition) -> Value {
    json!({ "request": { "body": event.example().cloned().unwrap_or_default() } })
}

/// What a result expression makes of an example; nothing of one that gives something else each time.
#[must_use]
pub fn variables(expression: &str, result: Value) -> Option<Map<String, Value>> {
    // The same definition gives the same files, at any time.
    if ["now(", "today(", "random", "uuid("].iter().any(|function| expression.contains(function)) {
        return None;
    }
    let headers = Headers { result_expression: Some(expression.to_owned()), ..Headers::default() };
    match Expressions::parse(&headers).ok()?.conclude(Ok(result), 1, &Mask::default()).outcome {
        Outcome::Complete { variables } => Some(variables),
        _ => None,
    }
}

/// What stands in examples for a value that Modeler makes.
pub const UUID: &str = "7d4b1c2e-5a0f-4e36-9c81-2f6b0d93a7e5";

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
        let shown = field
            .condition
            .as_ref()
            .is_none_or(|condition| condition.all_match.iter().all(|test| holds(test, &members)));
        let worth_showing =
            field.required || field.default.is_some() || !field.examples.is_empty() || !field.fields().is_empty();
        if shown && worth_showing {
            members.insert(field.name.clone(), value(field, tag));
        }
    }
    members
}

/// Whether a test holds of what an example has so far.
fn holds(test: &Test, members: &Map<String, Value>) -> bool {
    let mut names = test.field.split('.');
    let first = names.next().and_then(|name| members.get(name));
    // The name of a variant leads to its fields, which stand beside its tag.
    let tag = |value: &Value| value.as_object().and_then(|members| members.values().next().cloned());
    let inside = |value: &'_ Value, name: &str| match value.get(name) {
        None if tag(value).is_some_and(|tag| tag == name) => Some(value.clone()),
        member => member.cloned(),
    };
    let value = names.fold(first.cloned(), |value, name| inside(&value?, name));
    match &test.expected {
        Expected::OneOf(values) => values
            .iter()
            .any(|wanted| value.as_ref() == Some(wanted) || value.as_ref().and_then(tag).as_ref() == Some(wanted)),
        Expected::IsActive(wanted) => value.is_some() == *wanted,
        Expected::IsEmpty(wanted) => value.is_none_or(|value| value.is_null() || value == json!("")) == *wanted,
    }
}

fn value(field: &Field, tag: Option<&str>) -> Value {
    if let Some(placeholder) = secret(field) {
        return Value::String(placeholder);
    }
    if field.generated {
        return json!(UUID);
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
        Kind::LinkedResource { .. } => json!({ "resourceKey": "2251799813685250" }),
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
