//! `describe`: what an operation takes and returns.

use super::{Context, Exit, OutputFormat};
use crate::definition::{Field, Kind, OperationDefinition};
use crate::generate::{example, markdown};
use crate::registry::Connector;
use crate::schema::{InputSchema, expectation, published};
use clap::Args;
use serde_json::json;

pub(super) const ABOUT: &str = "Shows what a connector's operations take and return";
pub(super) const EXAMPLES: &str = "\
Examples:
  opwright describe power-automate trigger-flow-run
  opwright describe power-automate trigger-flow-run --example > input.json";

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Id of the connector, as `list` shows it
    connector: String,
    /// Id of an operation; all of them if it is left out
    operation: Option<String>,
    /// Print an example input instead, to edit and give to `run`
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
    let operations: Vec<(&OperationDefinition, &InputSchema)> = match &arguments.operation {
        Some(id) => {
            let (operation, schema, _) = connector.operation(id).map_err(|error| error.to_string())?;
            vec![(operation, schema)]
        }
        None => connector.operations().collect(),
    };
    if arguments.example {
        for (operation, _) in &operations {
            let input = example::input(connector.definition(), operation).map_err(|error| error.to_string())?;
            context.console.json(&input);
        }
        return Ok(());
    }
    if arguments.format == OutputFormat::Json {
        let described: Vec<_> = operations
            .iter()
            .map(|(operation, schema)| {
                json!({
                    "id": operation.id,
                    "name": operation.name,
                    "description": operation.description,
                    "input": published(schema.accepted()),
                    "output": published(operation.output.clone()),
                })
            })
            .collect();
        context.console.json(&described);
        return Ok(());
    }
    print(connector, &operations, context);
    Ok(())
}

fn print(connector: &Connector, operations: &[(&OperationDefinition, &InputSchema)], context: &Context) {
    let console = context.console;
    let definition = connector.definition();
    console.line(format_args!("{} ({})", console.bold(&definition.name), definition.id));
    console.line(format_args!("{}\n", markdown::plain(&definition.description)));
    for (operation, schema) in operations {
        console.line(format_args!("{} ({})", console.bold(&operation.name), operation.id));
        console.line(format_args!("{}", markdown::plain(&operation.description)));
        if let Some(http) = &operation.http {
            console.line(format_args!("{} {}", http.method.name(), http.path));
        }
        for field in schema.fields() {
            print_field(field, "  ", context);
        }
        console.line("");
    }
}

fn print_field(field: &Field, indent: &str, context: &Context) {
    let console = context.console;
    let required = if field.required { ", required" } else { "" };
    let default = field.default.as_ref().map(|default| format!(", default {default}")).unwrap_or_default();
    console.line(format_args!(
        "{indent}{}{required}{default}: {}",
        console.bold(&field.name),
        markdown::plain(&field.description)
    ));
    console.line(format_args!("{indent}  {}", expectation(field)));
    let deeper = format!("{indent}  ");
    match &field.kind {
        Kind::Object { fields, .. } => fields.iter().for_each(|field| print_field(field, &deeper, context)),
        Kind::List { item, .. } => item.fields().iter().for_each(|field| print_field(field, &deeper, context)),
        Kind::Variants { variants, .. } => {
            for variant in variants {
                console.line(format_args!("{deeper}`{}`: {}", variant.value, markdown::plain(&variant.description)));
                variant.fields.iter().for_each(|field| print_field(field, &format!("{deeper}  "), context));
            }
        }
        _ => {}
    }
}
