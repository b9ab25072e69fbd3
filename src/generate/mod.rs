//! Artefacts as pure functions of definitions: the same definitions give the same bytes everywhere.
//!
//! Nothing here reads or writes files; [`crate::check`] compares with what is on disk.

pub mod apply;
pub mod bpmn;
pub mod docs;
pub mod element_template;
pub mod example;
pub(crate) mod markdown;
mod schema;

use crate::definition::{ConnectorDefinition, DefinitionError, EventDefinition, OperationDefinition};
use crate::text::{alternatives, with_article};
use docs::DocTemplates;
use element_template::Variant;
use serde::Serialize;
use serde_json::Value;

/// What every artefact of a connector says of its origin: also how `generate` knows what it may remove.
#[must_use]
pub fn notice(connector: &str) -> String {
    format!("Generated from the connector `{connector}`. Do not edit: change the definition and run `generate`.")
}

/// The elements that can wait for an event, in words, such as `a receive task or a boundary event`.
pub(crate) fn waiting_elements(event: &EventDefinition) -> String {
    let elements: Vec<String> = event.elements.iter().map(|element| with_article(element.title())).collect();
    alternatives(&elements)
}

/// One generated file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artefact {
    /// Path below the output directory, with `/` as separator.
    pub path: String,
    /// What the file holds.
    pub content: String,
}

/// Why there are no artefacts.
#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
    /// The definition is unsound.
    #[error(transparent)]
    Definition(#[from] DefinitionError),
    /// A Handlebars template cannot be rendered.
    #[error("the docs template {template} cannot be rendered: {reason}")]
    Docs {
        /// Its file name.
        template: String,
        /// Line, column and cause.
        reason: String,
    },
    /// A value cannot be written.
    #[error("{path} cannot be written: {reason}")]
    Write {
        /// The artefact.
        path: String,
        /// The cause.
        reason: String,
    },
}

/// An operation's published schemas: of its input and of its output.
pub fn schemas(
    connector: &ConnectorDefinition,
    operation: &OperationDefinition,
) -> Result<(Value, Value), DefinitionError> {
    Ok((schema::input(connector, operation)?, schema::output(connector, operation)))
}

/// All artefacts of these connectors, sorted by path.
pub fn artefacts<'a>(
    connectors: impl IntoIterator<Item = &'a ConnectorDefinition>,
    templates: &DocTemplates,
) -> Result<Vec<Artefact>, GenerateError> {
    let renderer = docs::Renderer::new(templates)?;
    let mut artefacts = Vec::new();
    for connector in connectors {
        for variant in Variant::of(connector) {
            let generated = element_template::build(connector, variant)?;
            artefacts.push(json(variant.path(connector), &generated.template)?);
            for (name, content) in bpmn::examples(connector, variant, &generated) {
                artefacts.push(process(&name, content)?);
            }
        }
        for operation in &connector.operations {
            let path = |side| format!("schemas/{}/{}.{side}.json", connector.id, operation.id);
            artefacts.push(json(path("input"), &schema::input(connector, operation)?)?);
            artefacts.push(json(path("output"), &schema::output(connector, operation))?);
        }
        for event in &connector.events {
            let path = format!("schemas/{}/{}.event.json", connector.id, event.id);
            artefacts.push(json(path, &schema::event(connector, event))?);
            if let Some((name, content)) = bpmn::journey(connector, event)? {
                artefacts.push(process(&name, content)?);
            }
        }
        artefacts.push(Artefact { path: format!("docs/{}.md", connector.id), content: renderer.render(connector)? });
    }
    artefacts.sort_by(|one, other| one.path.cmp(&other.path));
    if let Some([one, ..]) = artefacts.windows(2).find(|pair| matches!(pair, [one, other] if one.path == other.path)) {
        let reason = "two files have this name: rename an operation, an event or a connector".to_owned();
        return Err(GenerateError::Write { path: one.path.clone(), reason });
    }
    Ok(artefacts)
}

fn process(name: &str, content: std::io::Result<String>) -> Result<Artefact, GenerateError> {
    let path = format!("bpmn/{name}.bpmn");
    match content {
        Ok(content) => Ok(Artefact { path, content }),
        Err(error) => Err(GenerateError::Write { path, reason: error.to_string() }),
    }
}

fn json(path: String, value: &impl Serialize) -> Result<Artefact, GenerateError> {
    match serde_json::to_string_pretty(value) {
        Ok(content) => Ok(Artefact { path, content: content + "\n" }),
        Err(error) => Err(GenerateError::Write { path, reason: error.to_string() }),
    }
}
