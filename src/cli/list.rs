//! `list`: what there is.

use super::{Context, Exit, OutputFormat};
use crate::registry::Connector;
use clap::Args;
use serde_json::json;

pub(super) const ABOUT: &str = "Lists the connectors, their operations and their events";

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// How the list is printed
    #[arg(long, value_enum, default_value_t)]
    format: OutputFormat,
}

pub(super) fn run(arguments: &Arguments, context: &Context) -> Exit {
    let console = context.console;
    let definitions = context.registry.connectors().iter().map(Connector::definition);
    if arguments.format == OutputFormat::Json {
        let connectors: Vec<_> = definitions
            .map(|connector| {
                let operations: Vec<_> = connector
                    .operations
                    .iter()
                    .map(|operation| json!({ "id": operation.id, "name": operation.name }))
                    .collect();
                let events: Vec<_> = connector
                    .events
                    .iter()
                    .map(|event| json!({ "id": event.id, "name": event.name, "version": event.version, "eventType": event.event_type }))
                    .collect();
                json!({
                    "id": connector.id,
                    "name": connector.name,
                    "version": connector.version,
                    "templateId": connector.template_id,
                    "jobType": connector.job_type,
                    "operations": operations,
                    "events": events,
                })
            })
            .collect();
        console.json(&connectors);
        return Exit::Success;
    }
    for connector in definitions {
        console.line(format_args!(
            "{}  {} (job type {})",
            console.bold(&connector.id),
            connector.name,
            connector.job_type
        ));
        let operations = connector.operations.iter().map(|operation| (&operation.id, &operation.name, ""));
        let events = connector.events.iter().map(|event| (&event.id, &event.name, " (event)"));
        let width = operations.clone().chain(events.clone()).map(|(id, ..)| id.len()).max().unwrap_or_default();
        for (id, name, remark) in operations.chain(events) {
            console.line(format_args!("  {id:width$}  {name}{remark}"));
        }
    }
    Exit::Success
}
