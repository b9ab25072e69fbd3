//! Element templates: one for opwright's own job type, one for Camunda's stock HTTP connector.

mod expressions;
mod faults;
mod feel;
mod fields;
mod hosted;
mod model;

pub use model::{
    Binding, Category, ChoiceEntry, Constraints, ElementTemplate, ElementType, Engines, Expected, Icon, Metadata,
    Pattern, Property, PropertyKind, TemplateCondition, Test,
};

use super::{markdown, notice};
use crate::definition::{ConnectorDefinition, DefinitionError, Group};
use fields::Writer;
use serde_json::{Value, json};

/// The schema that the template is written for. Modeler refuses a newer version than its own.
const SCHEMA: &str = "https://unpkg.com/@camunda/zeebe-element-templates-json-schema/resources/schema.json";
/// The oldest engine that the generated processes were run on is 8.6.0 (`tests/suite/engine.rs`).
const ENGINES: &str = "^8.6";
/// Camunda's stock HTTP connector.
const HTTP_JOB_TYPE: &str = "io.camunda:http-json:1";
/// `java.time.Duration` without signs, which the runtime parses these headers with.
const DURATION: &str = "^P(?!$)([0-9]+D)?(T(?=[0-9])([0-9]+H)?([0-9]+M)?([0-9]+(\\.[0-9]+)?S)?)?$";

/// Which runtime a template is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variant {
    /// opwright's worker, by the connector's own job type.
    Own,
    /// Camunda's HTTP connector, whose inputs hidden FEEL computes.
    Hosted,
}

impl Variant {
    /// The variants that a connector has: the hosted one needs every operation to be declared.
    pub fn of(connector: &ConnectorDefinition) -> impl Iterator<Item = Self> + use<> {
        let declared = connector.operations.iter().all(|operation| operation.http.is_some());
        [Self::Own, Self::Hosted].into_iter().filter(move |variant| declared || *variant == Self::Own)
    }

    /// What its file names add to the connector's id.
    #[must_use]
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Own => "",
            Self::Hosted => "-hosted",
        }
    }
}

/// The element template of a connector.
pub fn build(connector: &ConnectorDefinition, variant: Variant) -> Result<ElementTemplate, DefinitionError> {
    let (id, name, job_type) = match variant {
        Variant::Own => (connector.template_id.clone(), connector.name.clone(), connector.job_type.as_str()),
        Variant::Hosted => {
            (format!("{}.hosted", connector.template_id), format!("{} (hosted)", connector.name), HTTP_JOB_TYPE)
        }
    };
    let mut writer = Writer::new(variant);
    write_head(&mut writer, connector, &id, job_type);
    write_operations(&mut writer, connector);
    let shared = connector.fields()?;
    for field in &shared {
        writer.field(field, &Group::CONFIGURATION, None);
    }
    if variant == Variant::Hosted {
        hosted::write_credentials(&mut writer, &shared);
    }
    for operation in &connector.operations {
        for field in operation.fields(&connector.id)? {
            writer.field(&field, &Group::INPUT, Some(operation));
        }
    }
    if variant == Variant::Hosted {
        for operation in &connector.operations {
            hosted::write_request(&mut writer, connector, operation, &operation.fields(&connector.id)?);
        }
    }
    write_tail(&mut writer, connector);
    let (properties, groups) = writer.finish();
    expressions::check(&format!("{}{}", connector.id, variant.suffix()), &properties)?;
    let template = ElementTemplate {
        schema: SCHEMA,
        name,
        id,
        description: description(connector, variant),
        version: connector.version,
        documentation_ref: connector.documentation.clone(),
        keywords: connector.keywords.clone(),
        category: Category { id: "connectors", name: "Connectors" },
        applies_to: vec!["bpmn:Task"],
        element_type: ElementType { value: "bpmn:ServiceTask" },
        engines: Engines { camunda: ENGINES },
        icon: connector.icon.as_deref().map(|svg| Icon { contents: data_url(svg) }),
        metadata: Metadata { comment: notice(&connector.id) },
        groups,
        properties,
    };
    faults::check(&format!("{}{}", connector.id, variant.suffix()), &template)?;
    Ok(template)
}

fn description(connector: &ConnectorDefinition, variant: Variant) -> String {
    let text = markdown::plain(&connector.description);
    match variant {
        Variant::Own => text,
        Variant::Hosted => format!("{text} Runs on Camunda's HTTP connector, without an opwright worker."),
    }
}

/// Percent-encodes what a URL, an XML attribute and the panel cannot hold; a raw `#` breaks the picture.
fn data_url(svg: &str) -> String {
    use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
    const ESCAPED: &AsciiSet =
        &CONTROLS.add(b'"').add(b'#').add(b'%').add(b'<').add(b'>').add(b'?').add(b'`').add(b'{').add(b'}');
    format!("data:image/svg+xml;utf8,{}", utf8_percent_encode(svg.trim(), ESCAPED))
}

fn header(key: &str) -> Binding {
    Binding::TaskHeader { key: key.to_owned() }
}

fn write_head(writer: &mut Writer, connector: &ConnectorDefinition, id: &str, job_type: &str) {
    writer.hidden(Property::hidden("taskDefinitionType", Binding::TaskDefinition { property: "type" }, job_type));
    writer.hidden(Property::hidden("elementTemplateId", header("elementTemplateId"), id));
    writer.hidden(Property::hidden(
        "elementTemplateVersion",
        header("elementTemplateVersion"),
        connector.version.to_string(),
    ));
}

fn write_operations(writer: &mut Writer, connector: &ConnectorDefinition) {
    let first = connector.operations.first().map(|operation| operation.id.clone()).unwrap_or_default();
    let choices = connector
        .operations
        .iter()
        .map(|operation| ChoiceEntry { name: operation.name.clone(), value: operation.id.clone() })
        .collect();
    let property = Property {
        label: Some("Operation type".to_owned()),
        tooltip: Some(operations_html(connector)),
        choices: Some(choices),
        value: Some(json!(first)),
        constraints: Some(Constraints { not_empty: true, ..Constraints::default() }),
        ..Property::new("operation", PropertyKind::Dropdown, header("operation"))
    };
    writer.visible(property, &Group::OPERATION);
}

/// What each operation does, for the dropdown's tooltip.
fn operations_html(connector: &ConnectorDefinition) -> String {
    markdown::definition_list(
        connector.operations.iter().map(|operation| (operation.name.as_str(), operation.description.as_str())),
    )
}

fn write_tail(writer: &mut Writer, connector: &ConnectorDefinition) {
    let labelled = |property: Property, label: &str, description: &str| Property {
        label: Some(label.to_owned()),
        description: Some(description.to_owned()),
        optional: Some(true),
        ..property
    };
    writer.visible(
        labelled(
            Property::new("resultVariable", PropertyKind::String, header("resultVariable")),
            "Result variable",
            "Name of the process variable that takes the whole response.",
        ),
        &Group::OUTPUT,
    );
    for operation in &connector.operations {
        let property = labelled(
            Property::new(format!("{}:resultExpression", operation.id), PropertyKind::Text, header("resultExpression")),
            "Result expression",
            "FEEL that maps the response to process variables.",
        );
        writer.visible(
            Property {
                feel: Some(crate::definition::Feel::Required),
                value: operation.result_expression.as_deref().map(Value::from),
                condition: TemplateCondition::all(&fields::operation_tests(Some(operation))),
                ..property
            },
            &Group::OUTPUT,
        );
    }
    writer.visible(
        Property {
            feel: Some(crate::definition::Feel::Required),
            ..labelled(
                Property::new("errorExpression", PropertyKind::Text, header("errorExpression")),
                "Error expression",
                "FEEL that turns an error into a BPMN error, a failed job, or nothing.",
            )
        },
        &Group::ERROR,
    );
    writer.visible(
        Property {
            label: Some("Retries".to_owned()),
            description: Some("How often the job is tried.".to_owned()),
            feel: Some(crate::definition::Feel::Optional),
            value: Some(json!("3")),
            constraints: Some(Constraints { not_empty: true, ..Constraints::default() }),
            ..Property::new("retryCount", PropertyKind::String, Binding::TaskDefinition { property: "retries" })
        },
        &Group::RETRIES,
    );
    for (id, label, description, value) in [
        ("retryBackoff", "Retry back-off", "ISO 8601 duration to wait before the next try.", Some("PT30S")),
        ("jobTimeout", "Job timeout", "ISO 8601 duration after which the job is given to another worker.", None),
    ] {
        let pattern = Pattern {
            value: fields::or_empty(DURATION),
            message: "must be an ISO 8601 duration, such as PT30S".to_owned(),
        };
        writer.visible(
            Property {
                value: value.map(Value::from),
                constraints: Some(Constraints { pattern: Some(pattern), ..Constraints::default() }),
                ..labelled(Property::new(id, PropertyKind::String, header(id)), label, description)
            },
            &Group::RETRIES,
        );
    }
}
