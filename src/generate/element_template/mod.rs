//! Element templates of a connector: one for each runtime and each element, and for each element that waits for an event.
//!
//! ```text
//! variant  which templates there are      head, tail  what every template of operations has
//! fields   a connector's inputs → leaf    a single field's property
//! hosted   what Camunda's HTTP connector is told, in FEEL (feel)
//! inbound  what an element that waits for an event is told
//! faults   a template that the linter finds fault with is none
//! ```

mod engines;
mod faults;
mod feel;
mod fields;
mod head;
mod hosted;
mod inbound;
mod leaf;
mod tail;
mod variant;

pub(super) use head::HTTP_JOB_TYPE;
pub use variant::{Role, Runtime, Variant};

use super::{markdown, notice};
use crate::definition::{ConnectorDefinition, DefinitionError, Group};
use crate::template::{Category, Deprecated, ElementTemplate, ElementType, Icon};
use fields::{Writer, Written};
use serde_json::{Map, json};
use std::collections::BTreeMap;

/// The schema that the template is written for. Modeler refuses a newer version than its own.
const SCHEMA: &str = "https://unpkg.com/@camunda/zeebe-element-templates-json-schema/resources/schema.json";

/// An element template that has been generated.
#[derive(Debug, Clone, PartialEq)]
pub struct Generated {
    /// The template.
    pub template: ElementTemplate,
    /// What an example process fills in, by the ids of properties.
    pub examples: BTreeMap<String, String>,
}

/// An element template of a connector.
pub fn build(connector: &ConnectorDefinition, variant: Variant<'_>) -> Result<Generated, DefinitionError> {
    let some = |text: String| (!text.is_empty()).then_some(text);
    let common = ElementTemplate {
        schema: Some(SCHEMA.to_owned()),
        name: Some(variant.name(connector)),
        id: Some(variant.template_id(connector)),
        description: some(description(connector, variant.role)),
        version: Some(i64::from(variant.version(connector))),
        documentation_ref: connector.documentation.clone(),
        keywords: Some(keywords(connector, variant.role)),
        category: Some(Category {
            id: Some(connector.category.id.clone()),
            name: Some(connector.category.name.clone()),
        }),
        icon: connector.icon.as_deref().map(|svg| Icon { contents: Some(data_url(svg)) }),
        deprecated: connector.deprecated.as_ref().map(|deprecation| Deprecated::Because {
            message: Some(deprecation.message.clone()),
            documentation_ref: deprecation.documentation.clone(),
        }),
        metadata: Some(Map::from_iter([("comment".to_owned(), json!(notice(&connector.id)))])),
        ..ElementTemplate::default()
    };
    let (mut template, written) = match variant.role {
        Role::Outbound { runtime, element } => {
            let template = ElementTemplate {
                steps: head::steps(connector, variant),
                presets: head::presets(connector),
                ..turned_into(common, &[element.applies_to()], element.bpmn_type(), element.is_event())
            };
            (template, write(connector, variant, runtime)?)
        }
        Role::Inbound { event, element } => {
            let template = turned_into(common, element.applies_to(), element.bpmn_type(), element.is_event());
            (template, inbound::write(event))
        }
    };
    let Written { properties, groups, examples } = written;
    template = ElementTemplate { groups: Some(groups), properties, ..template };
    template.engines = Some(engines::of(&template, connector.least_minor()));
    let path = format!("{}{}", connector.id, variant.suffix());
    faults::check(&path, &template, &examples)?;
    if matches!(variant.role, Role::Outbound { .. }) {
        faults::check_succession(&path, connector, &template)?;
    }
    Ok(Generated { template, examples })
}

/// With the element that the template makes of others.
fn turned_into(template: ElementTemplate, applies_to: &[&str], bpmn_type: &str, is_event: bool) -> ElementTemplate {
    ElementTemplate {
        applies_to: Some(applies_to.iter().copied().map(str::to_owned).collect()),
        element_type: Some(ElementType {
            value: Some(bpmn_type.to_owned()),
            event_definition: is_event.then(|| "bpmn:MessageEventDefinition".to_owned()),
        }),
        ..template
    }
}

fn write(connector: &ConnectorDefinition, variant: Variant<'_>, runtime: Runtime) -> Result<Written, DefinitionError> {
    let mut writer = Writer::new(runtime);
    head::write(&mut writer, connector, variant, runtime);
    let shared = connector.fields()?;
    writer.fields(&shared, &Group::CONFIGURATION, None);
    if runtime == Runtime::Hosted {
        hosted::write_credentials(&mut writer, &shared);
    }
    for operation in &connector.operations {
        writer.fields(&operation.fields(&connector.id)?, &Group::INPUT, Some(operation));
    }
    if runtime == Runtime::Hosted {
        for operation in &connector.operations {
            hosted::write_request(&mut writer, connector, operation, &operation.fields(&connector.id)?);
        }
    }
    tail::write(&mut writer, connector);
    Ok(writer.finish())
}

fn description(connector: &ConnectorDefinition, role: Role<'_>) -> String {
    let text = markdown::plain(&connector.description);
    match role {
        Role::Outbound { runtime: Runtime::Own | Runtime::Hybrid, .. } => text,
        Role::Outbound { runtime: Runtime::Hosted, .. } => {
            format!("{text} Runs on Camunda's HTTP connector, without an opwright worker.")
        }
        Role::Inbound { event, .. } => markdown::plain(&event.description),
    }
}

/// Those of an event find the connector, too.
fn keywords(connector: &ConnectorDefinition, role: Role<'_>) -> Vec<String> {
    let own = match role {
        Role::Outbound { .. } => &[],
        Role::Inbound { event, .. } => event.keywords.as_slice(),
    };
    own.iter().chain(&connector.keywords).cloned().collect()
}

/// Percent-encodes what a URL, an XML attribute and the panel cannot hold; a raw `#` breaks the picture.
fn data_url(svg: &str) -> String {
    use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
    const ESCAPED: &AsciiSet =
        &CONTROLS.add(b'"').add(b'#').add(b'%').add(b'<').add(b'>').add(b'?').add(b'`').add(b'{').add(b'}');
    format!("data:image/svg+xml;utf8,{}", utf8_percent_encode(svg.trim(), ESCAPED))
}
