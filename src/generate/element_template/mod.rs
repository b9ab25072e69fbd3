//! Element templates of a connector: one for each runtime and each element.
//!
//! ```text
//! variant  which templates there are      head, tail  what every template has
//! fields   a connector's inputs → leaf    a single field's property
//! hosted   what Camunda's HTTP connector is told, in FEEL (feel)
//! faults   a template that the linter finds fault with is none
//! ```

mod engines;
mod faults;
mod feel;
mod fields;
mod head;
mod hosted;
mod leaf;
mod tail;
mod variant;

pub(super) use head::HTTP_JOB_TYPE;
pub use variant::{Runtime, Variant};

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

/// The element template of a connector.
pub fn build(connector: &ConnectorDefinition, variant: Variant) -> Result<Generated, DefinitionError> {
    let Written { properties, groups, examples } = write(connector, variant)?;
    let some = |text: String| (!text.is_empty()).then_some(text);
    let mut template = ElementTemplate {
        schema: Some(SCHEMA.to_owned()),
        name: Some(variant.name(connector)),
        id: Some(variant.template_id(connector)),
        description: some(description(connector, variant)),
        version: Some(i64::from(connector.version)),
        documentation_ref: connector.documentation.clone(),
        keywords: Some(connector.keywords.clone()),
        category: Some(Category {
            id: Some(connector.category.id.clone()),
            name: Some(connector.category.name.clone()),
        }),
        applies_to: Some(vec![variant.element.applies_to().to_owned()]),
        element_type: Some(ElementType {
            value: Some(variant.element.bpmn_type().to_owned()),
            event_definition: variant.element.is_event().then(|| "bpmn:MessageEventDefinition".to_owned()),
        }),
        icon: connector.icon.as_deref().map(|svg| Icon { contents: Some(data_url(svg)) }),
        deprecated: connector.deprecated.as_ref().map(|deprecation| Deprecated::Because {
            message: Some(deprecation.message.clone()),
            documentation_ref: deprecation.documentation.clone(),
        }),
        metadata: Some(Map::from_iter([("comment".to_owned(), json!(notice(&connector.id)))])),
        groups: Some(groups),
        steps: head::steps(connector, variant),
        presets: head::presets(connector),
        properties,
        ..ElementTemplate::default()
    };
    template.engines = Some(engines::of(&template, connector.least_minor()));
    let path = format!("{}{}", connector.id, variant.suffix());
    faults::check(&path, &template, &examples)?;
    faults::check_succession(&path, connector, &template)?;
    Ok(Generated { template, examples })
}

fn write(connector: &ConnectorDefinition, variant: Variant) -> Result<Written, DefinitionError> {
    let mut writer = Writer::new(variant.runtime);
    head::write(&mut writer, connector, variant);
    let shared = connector.fields()?;
    writer.fields(&shared, &Group::CONFIGURATION, None);
    if variant.runtime == Runtime::Hosted {
        hosted::write_credentials(&mut writer, &shared);
    }
    for operation in &connector.operations {
        writer.fields(&operation.fields(&connector.id)?, &Group::INPUT, Some(operation));
    }
    if variant.runtime == Runtime::Hosted {
        for operation in &connector.operations {
            hosted::write_request(&mut writer, connector, operation, &operation.fields(&connector.id)?);
        }
    }
    tail::write(&mut writer, connector);
    Ok(writer.finish())
}

fn description(connector: &ConnectorDefinition, variant: Variant) -> String {
    let text = markdown::plain(&connector.description);
    match variant.runtime {
        Runtime::Own | Runtime::Hybrid => text,
        Runtime::Hosted => format!("{text} Runs on Camunda's HTTP connector, without an opwright worker."),
    }
}

/// Percent-encodes what a URL, an XML attribute and the panel cannot hold; a raw `#` breaks the picture.
fn data_url(svg: &str) -> String {
    use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
    const ESCAPED: &AsciiSet =
        &CONTROLS.add(b'"').add(b'#').add(b'%').add(b'<').add(b'>').add(b'?').add(b'`').add(b'{').add(b'}');
    format!("data:image/svg+xml;utf8,{}", utf8_percent_encode(svg.trim(), ESCAPED))
}
