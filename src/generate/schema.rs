//! The published JSON Schemas of an operation's input and output.

use super::{markdown, notice};
use crate::definition::{ConnectorDefinition, DefinitionError, EventDefinition, OperationDefinition};
use crate::schema::{accepted_object, published};
use serde_json::{Map, Value, json};

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// What a job may carry.
pub(super) fn input(
    connector: &ConnectorDefinition,
    operation: &OperationDefinition,
) -> Result<Value, DefinitionError> {
    let body = published(accepted_object(&connector.job_fields(operation)?));
    let title = format!("{}: {} (input)", connector.name, operation.name);
    let mut schema = headed(connector, &title, &operation.description, body);
    schema["examples"] = json!([super::example::input(connector, operation)?]);
    Ok(schema)
}

/// What the operation returns, as a result expression sees it.
pub(super) fn output(connector: &ConnectorDefinition, operation: &OperationDefinition) -> Value {
    let title = format!("{}: {} (output)", connector.name, operation.name);
    let mut body = with_choices(operation.output.clone());
    if let Some(object) = body.as_object_mut() {
        object.shift_remove("$schema");
        object.shift_remove("title");
    }
    let body = unwrapped(published(body));
    if operation.http.is_none() {
        let description = body["description"].as_str().unwrap_or(&operation.description).to_owned();
        return headed(connector, &title, &description, body);
    }
    let envelope = json!({
        "type": "object",
        "properties": {
            "status": { "title": "Status", "type": "integer", "description": "The HTTP status code." },
            "headers": {
                "title": "Headers",
                "type": "object",
                "description": "The response's headers, names in lower case; a header that comes more than once is a list.",
                "additionalProperties": { "type": ["string", "array"], "items": { "type": "string" } },
            },
            "body": titled(body, "Body"),
            "reason": { "title": "Reason", "type": ["string", "null"], "description": "The words that belong to the status code." },
            "document": { "title": "Document", "type": "null", "description": "Always null: the body is inline." },
        },
        "required": ["status", "headers", "body", "reason", "document"],
    });
    let mut schema = headed(connector, &title, &operation.description, envelope);
    schema["examples"] = json!([super::example::output(operation)]);
    schema
}

/// What happened, as a call carries it and a result expression sees it in `request.body`.
pub(super) fn event(connector: &ConnectorDefinition, event: &EventDefinition) -> Value {
    let title = format!("{}: {} (event)", connector.name, event.name);
    headed(connector, &title, &event.description, unwrapped(published(with_choices(event.payload.clone()))))
}

/// The same schema with a title, if it has none.
fn titled(mut schema: Value, title: &str) -> Value {
    if let Some(object) = schema.as_object_mut().filter(|object| !object.contains_key("title")) {
        object.shift_insert(0, "title".to_owned(), json!(title));
    }
    schema
}

fn headed(connector: &ConnectorDefinition, title: &str, description: &str, body: Value) -> Value {
    let mut schema = Map::new();
    schema.insert("$schema".to_owned(), json!(DIALECT));
    schema.insert("$comment".to_owned(), json!(notice(&connector.id)));
    schema.insert("title".to_owned(), json!(title));
    schema.insert("description".to_owned(), json!(markdown::unwrap_lines(description)));
    if let Value::Object(object) = body {
        for (keyword, value) in object {
            schema.entry(keyword).or_insert(value);
        }
    }
    Value::Object(schema)
}

/// Choices with their labels and descriptions, which `enum` cannot carry.
fn with_choices(mut schema: Value) -> Value {
    match &mut schema {
        Value::Object(object) => {
            if let Some(Value::Array(choices)) = object.shift_remove("x-choices") {
                object.shift_remove("enum");
                let options = choices
                    .iter()
                    .map(|choice| json!({ "const": choice["value"], "title": choice["label"], "description": choice["description"] }));
                object.insert("oneOf".to_owned(), options.collect());
            }
            for value in object.values_mut() {
                *value = with_choices(value.take());
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = with_choices(item.take())),
        _ => {}
    }
    schema
}

/// Descriptions without the line breaks of the source's doc comments.
fn unwrapped(mut schema: Value) -> Value {
    match &mut schema {
        Value::Object(object) => {
            for (keyword, value) in object.iter_mut() {
                match value {
                    Value::String(text) if keyword == "description" => *text = markdown::unwrap_lines(text),
                    other => *other = unwrapped(other.take()),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = unwrapped(item.take())),
        _ => {}
    }
    schema
}
