//! `describe`: what an operation takes and returns, and what an event tells.

use super::{Context, Exit, OutputFormat};
use crate::definition::{EventDefinition, Field, Kind, OperationDefinition};
use crate::generate::{example, markdown, waiting_elements};
use crate::registry::Connector;
use crate::schema::{InputSchema, expectation, published, what_it_is};
use crate::text::suggestion;
use clap::Args;
use serde_json::{Value, json};

pub(super) const ABOUT: &str = "Shows what a connector's operations take and return, and what its events tell";
pub(super) const EXAMPLES: &str = "\
Examples:
  opwright describe power-automate trigger-flow-run
  opwright describe power-automate trigger-flow-run --example > input.json
  opwright describe power-automate flow-run-finished";

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Id of the connector, as `list` shows it
    connector: String,
    /// Id of an operation or an event; all of them if it is left out
    #[arg(value_name = "OPERATION|EVENT")]
    operation: Option<String>,
    /// Print an example instead: an input to edit and give to `run`, or what a call of an event carries
    #[arg(long, requires = "operation")]
    example: bool,
    /// How the description is printed; json holds the schemas
    #[arg(long, value_enum, default_value_t)]
    format: OutputFormat,
}

pub(super) fn run(arguments: &Arguments, context: &Context) -> Exit {
    match outcome(arguments, context) {
        Ok(()) => Exit::Success,
        Err(message) => {
            context.console.error(&message);
            Exit::Usage
        }
    }
}

fn outcome(arguments: &Arguments, context: &Context) -> Result<(), String> {
    let connector = context.registry.connector(&arguments.connector).map_err(|error| error.to_string())?;
    let described = described(connector, arguments.operation.as_deref())?;
    if arguments.example {
        for one in &described {
            match one {
                Described::Operation(operation, _) => {
                    let input = example::input(connector.definition(), operation);
                    context.console.json(&input.map_err(|error| error.to_string())?);
                }
                Described::Event(event) => context.console.json(&event.example()),
            }
        }
        return Ok(());
    }
    if arguments.format == OutputFormat::Json {
        let described: Vec<_> = described.iter().map(Described::json).collect();
        context.console.json(&described);
        return Ok(());
    }
    let (console, definition) = (context.console, connector.definition());
    console.line(format_args!("{} ({})", console.bold(&definition.name), definition.id));
    console.line(format_args!("{}\n", markdown::plain(&definition.description)));
    for one in &described {
        match one {
            Described::Operation(operation, schema) => print_operation(operation, schema, context),
            Described::Event(event) => {
                let payload = event.payload_fields(&definition.id).map_err(|error| error.to_string())?;
                print_event(event, payload.fields(), context);
            }
        }
    }
    Ok(())
}

/// What is described of a connector.
enum Described<'a> {
    Operation(&'a OperationDefinition, &'a InputSchema),
    Event(&'a EventDefinition),
}

/// The operation or event with this id, or all.
fn described<'a>(connector: &'a Connector, id: Option<&str>) -> Result<Vec<Described<'a>>, String> {
    let operations = connector.operations().map(|(operation, schema)| Described::Operation(operation, schema));
    let all = operations.chain(connector.definition().events.iter().map(Described::Event));
    let Some(id) = id else { return Ok(all.collect()) };
    let (asked, others): (Vec<_>, Vec<_>) = all.partition(|one| one.id() == id);
    if asked.is_empty() {
        let hint = suggestion(id, others.iter().map(Described::id));
        let what = if connector.definition().events.is_empty() { "operation" } else { "operation or event" };
        return Err(format!("there is no {what} `{id}`{hint}"));
    }
    Ok(asked)
}

impl Described<'_> {
    fn id(&self) -> &str {
        match self {
            Self::Operation(operation, _) => &operation.id,
            Self::Event(event) => &event.id,
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::Operation(operation, schema) => json!({
                "id": operation.id,
                "name": operation.name,
                "description": operation.description,
                "input": published(schema.accepted()),
                "output": published(operation.output.clone()),
            }),
            Self::Event(event) => json!({
                "id": event.id,
                "name": event.name,
                "description": event.description,
                "version": event.version,
                "eventType": event.event_type,
                "operation": event.operation,
                "elements": event.elements,
                "correlationKey": event.correlation_key,
                "resultVariable": event.result_variable,
                "resultExpression": event.result_expression,
                "event": published(event.payload.clone()),
            }),
        }
    }
}

fn print_operation(operation: &OperationDefinition, schema: &InputSchema, context: &Context) {
    let console = context.console;
    console.line(format_args!("{} ({})", console.bold(&operation.name), operation.id));
    console.line(format_args!("{}", markdown::plain(&operation.description)));
    if let Some(http) = &operation.http {
        console.line(format_args!("{} {}", http.method.name(), http.path));
    }
    for field in schema.fields() {
        print_field(field, "  ", Side::Taken, context);
    }
    console.line("");
}

fn print_event(event: &EventDefinition, payload: &[Field], context: &Context) {
    let console = context.console;
    console.line(format_args!("{} ({}, an event)", console.bold(&event.name), event.id));
    console.line(format_args!("{}", markdown::plain(&event.description)));
    for (what, told) in [
        ("called at", format!("/inbound/{}", event.id)),
        ("confirmed by", event.operation.clone()),
        ("waited for by", waiting_elements(event)),
        ("message", event.event_type.clone()),
        ("correlation key", event.correlation_key.clone()),
    ] {
        console.line(format_args!("{what}: {told}"));
    }
    for field in payload {
        print_field(field, "  ", Side::Told, context);
    }
    console.line("");
}

/// Who gives a field: an input is asked for, what happened is told.
#[derive(Clone, Copy)]
enum Side {
    Taken,
    Told,
}

impl Side {
    fn remark(self, field: &Field) -> &'static str {
        match (self, field.required, field.nullable) {
            (Self::Taken, true, _) => ", required",
            (Self::Taken, false, _) | (Self::Told, true, false) => "",
            (Self::Told, true, true) => ", may be null",
            (Self::Told, false, false) => ", may be missing",
            (Self::Told, false, true) => ", may be missing or null",
        }
    }

    fn value(self, field: &Field) -> String {
        match self {
            Self::Taken => expectation(field),
            Self::Told => what_it_is(field),
        }
    }
}

fn print_field(field: &Field, indent: &str, side: Side, context: &Context) {
    let console = context.console;
    let default = field.default.as_ref().map(|default| format!(", default {default}")).unwrap_or_default();
    console.line(format_args!(
        "{indent}{}{}{default}: {}",
        console.bold(&field.name),
        side.remark(field),
        markdown::plain(&field.description)
    ));
    console.line(format_args!("{indent}  {}", side.value(field)));
    let print_all = |fields: &[Field], indent: &str| {
        for field in fields {
            print_field(field, indent, side, context);
        }
    };
    let deeper = format!("{indent}  ");
    match &field.kind {
        Kind::Object { fields, .. } => print_all(fields, &deeper),
        Kind::List { item, .. } => print_all(item.fields(), &deeper),
        Kind::Variants { variants, .. } => {
            for variant in variants {
                console.line(format_args!("{deeper}`{}`: {}", variant.value, markdown::plain(&variant.description)));
                print_all(&variant.fields, &format!("{deeper}  "));
            }
        }
        _ => {}
    }
}
