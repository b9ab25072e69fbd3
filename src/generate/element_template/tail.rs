//! What every template ends with: what becomes of the result, of errors, and of time.

use super::fields::{Writer, operation_tests};
use super::leaf::{not_empty, or_empty};
use crate::definition::{ConnectorDefinition, Group, OperationDefinition};
use crate::generate::{example, markdown};
use crate::template::{Binding, Condition, Constraints, Feel, Pattern, Property, PropertyKind};
use serde_json::Value;

/// `java.time.Duration` without signs, which the runtime parses these headers with.
const DURATION: &str = "^P(?!$)([0-9]+D)?(T(?=[0-9])([0-9]+H)?([0-9]+M)?([0-9]+(\\.[0-9]+)?S)?)?$";

/// Writes the properties at a template's tail.
pub(super) fn write(writer: &mut Writer, connector: &ConnectorDefinition) {
    let result_variable = labelled(
        Property::new("resultVariable", PropertyKind::String, Binding::task_header("resultVariable")),
        "Result variable",
        "Name of the process variable that takes the whole response.",
    );
    let result_expression = Property {
        feel: Some(Feel::Required),
        ..labelled(
            Property::new("resultExpression", PropertyKind::Text, Binding::task_header("resultExpression")),
            "Result expression",
            "FEEL that maps the response to process variables.",
        )
    };
    let error_expression = Property {
        feel: Some(Feel::Required),
        ..labelled(
            Property::new("errorExpression", PropertyKind::Text, Binding::task_header("errorExpression")),
            "Error expression",
            "FEEL that turns an error into a BPMN error, a failed job, or nothing.",
        )
    };
    by_operation(writer, connector, &Group::OUTPUT, |operation| {
        with_value(&result_variable, operation.result_variable.as_ref())
    });
    by_operation(writer, connector, &Group::OUTPUT, |operation| Property {
        tooltip: example_of_result(operation.result_expression.as_ref(), example::output(operation)),
        ..with_value(&result_expression, operation.result_expression.as_ref())
    });
    by_operation(writer, connector, &Group::ERROR, |operation| {
        with_value(&error_expression, operation.error_expression.as_ref())
    });
    write_times(writer);
}

/// An optional property of the tail.
pub(super) fn labelled(property: Property, label: &str, description: &str) -> Property {
    Property {
        label: Some(label.to_owned()),
        description: Some(description.to_owned()),
        optional: Some(true),
        ..property
    }
}

fn with_value(property: &Property, value: Option<&String>) -> Property {
    Property { value: value.map(|value| value.as_str().into()), ..property.clone() }
}

/// The longest example that fits into a tooltip.
const LONGEST: usize = 300;

/// What a result expression makes of an example, for a tooltip.
pub(super) fn example_of_result(expression: Option<&String>, result: Value) -> Option<String> {
    let variables = example::variables(expression?, result)?;
    let text = serde_json::to_string(&variables).ok().filter(|text| text.len() <= LONGEST)?;
    Some(markdown::inline_html(&format!("Gives, for example, `{text}`")))
}

/// Writes a property once where it is the same for all operations, and for each operation otherwise.
fn by_operation(
    writer: &mut Writer,
    connector: &ConnectorDefinition,
    group: &Group,
    property: impl Fn(&OperationDefinition) -> Property,
) {
    let properties: Vec<Property> = connector.operations.iter().map(property).collect();
    if let Some(first) = properties.first()
        && properties.iter().all(|property| property == first)
    {
        writer.visible(first.clone(), group);
        return;
    }
    for (operation, property) in connector.operations.iter().zip(properties) {
        let id = property.id.as_deref().unwrap_or_default();
        let property = Property {
            id: Some(format!("{}:{id}", operation.id)),
            condition: Condition::all(&operation_tests(Some(operation))),
            ..property
        };
        writer.visible(property, group);
    }
}

fn write_times(writer: &mut Writer) {
    let retries = Property {
        label: Some("Retries".to_owned()),
        description: Some("How often the job is tried.".to_owned()),
        feel: Some(Feel::Optional),
        value: Some("3".into()),
        constraints: Some(not_empty()),
        ..Property::new("retryCount", PropertyKind::String, Binding::task_definition("retries"))
    };
    writer.visible(retries, &Group::RETRIES);
    for (id, label, description, value) in [
        ("retryBackoff", "Retry back-off", "ISO 8601 duration to wait before the next try.", Some("PT30S")),
        ("jobTimeout", "Job timeout", "ISO 8601 duration after which the job is given to another worker.", None),
    ] {
        let property = duration(Property::new(id, PropertyKind::String, Binding::task_header(id)), label, description);
        writer.visible(Property { value: value.map(Into::into), ..property }, &Group::RETRIES);
    }
}

/// An optional property that holds a duration.
pub(super) fn duration(property: Property, label: &str, description: &str) -> Property {
    let pattern = Pattern::told(or_empty(DURATION), "must be an ISO 8601 duration, such as PT30S");
    let constraints = Constraints { not_empty: Some(false), pattern: Some(pattern), ..Constraints::default() };
    Property { constraints: Some(constraints), ..labelled(property, label, description) }
}
