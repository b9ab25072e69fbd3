//! What every template begins with: whose job it is, which template it comes from, which operation is chosen.

use super::fields::Writer;
use super::leaf::{named, not_empty};
use super::variant::{Runtime, Variant};
use crate::definition::{ConnectorDefinition, Group};
use crate::generate::markdown;
use crate::template::{Binding, BindingKind, Preset, Property, PropertyKind, Step};
use serde_json::{Map, json};

/// Camunda's stock HTTP connector.
pub(crate) const HTTP_JOB_TYPE: &str = "io.camunda:http-json:1";

/// Writes the properties at a template's head.
pub(super) fn write(writer: &mut Writer, connector: &ConnectorDefinition, variant: Variant<'_>, runtime: Runtime) {
    write_job_type(writer, connector, runtime);
    let header = Binding::task_header;
    let id = variant.template_id(connector);
    writer.hidden(Property::hidden("elementTemplateId", header("elementTemplateId"), id));
    let version = variant.version(connector).to_string();
    writer.hidden(Property::hidden("elementTemplateVersion", header("elementTemplateVersion"), version));
    for property in &connector.extension_properties {
        let binding = Binding::with_name(BindingKind::ZeebeProperty, property.name.as_str());
        let id = format!("extension:{}", property.name);
        writer.hidden(Property::hidden(id, binding, property.value.as_str()));
    }
    write_operations(writer, connector);
}

fn write_job_type(writer: &mut Writer, connector: &ConnectorDefinition, runtime: Runtime) {
    let (id, binding) = ("taskDefinitionType", Binding::task_definition("type"));
    let job_type = if runtime == Runtime::Hosted { HTTP_JOB_TYPE } else { connector.job_type.as_str() };
    if runtime == Runtime::Hybrid {
        let property = Property {
            label: Some("Job type".to_owned()),
            description: Some("The worker that is to execute the job subscribes to this type.".to_owned()),
            value: Some(job_type.into()),
            constraints: Some(not_empty()),
            ..Property::new(id, PropertyKind::String, binding)
        };
        writer.visible(property, &Group::WORKER);
    } else {
        writer.hidden(Property::hidden(id, binding, job_type));
    }
}

fn write_operations(writer: &mut Writer, connector: &ConnectorDefinition) {
    // Of one operation there is nothing to choose.
    if let [only] = connector.operations.as_slice() {
        writer.hidden(Property::hidden("operation", Binding::task_header("operation"), only.id.as_str()));
        return;
    }
    let about = connector.operations.iter();
    let about = about.map(|operation| (operation.name.as_str(), operation.description.as_str()));
    let choices = connector.operations.iter().map(|operation| named(&operation.name, operation.id.as_str()));
    let property = Property {
        label: Some("Operation type".to_owned()),
        tooltip: Some(markdown::definition_list(about)),
        choices: Some(choices.collect()),
        value: connector.operations.first().map(|operation| operation.id.as_str().into()),
        constraints: Some(not_empty()),
        ..Property::new("operation", PropertyKind::Dropdown, Binding::task_header("operation"))
    };
    writer.visible(property, &Group::OPERATION);
}

/// An entry of Modeler's menus for each operation, where there are several. A search finds entries and not the template,
/// so that an entry has to tell whose it is (diagram-js 15.28).
pub(super) fn steps(connector: &ConnectorDefinition, variant: Variant<'_>) -> Option<Vec<Step>> {
    let name = variant.name(connector);
    let steps = connector.operations.iter().map(|operation| Step {
        name: Some(operation.name.clone()),
        description: Some(format!("{name}: {}", markdown::plain(&operation.description))),
        keywords: (!operation.keywords.is_empty()).then(|| operation.keywords.clone()),
        preset_id: Some(operation.id.clone()),
        steps: None,
    });
    (connector.operations.len() > 1).then(|| steps.collect())
}

/// What those entries fill in.
pub(super) fn presets(connector: &ConnectorDefinition) -> Option<Vec<Preset>> {
    let presets = connector.operations.iter().map(|operation| Preset {
        id: Some(operation.id.clone()),
        properties: Some(Map::from_iter([("operation".to_owned(), json!(operation.id))])),
    });
    (connector.operations.len() > 1).then(|| presets.collect())
}
