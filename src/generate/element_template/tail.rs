//! What every template ends with: what becomes of the result, of errors, and of time.

use super::fields::{Writer, operation_tests};
use super::leaf::{not_empty, or_empty};
use crate::definition::{ConnectorDefinition, Group, OperationDefinition};
use crate::template::{Binding, Condition, Constraints, Feel, Pattern, Property, PropertyKind};

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
    by_operation(writer, connector, &result_variable, &Group::OUTPUT, |operation| operation.result_variable.as_deref());
    by_operation(writer, connector, &result_expression, &Group::OUTPUT, |operation| {
        operation.result_expression.as_deref()
    });
    by_operation(writer, connector, &error_expression, &Group::ERROR, |operation| {
        operation.error_expression.as_deref()
    });
    write_times(writer);
}

fn labelled(property: Property, label: &str, description: &str) -> Property {
    Property {
        label: Some(label.to_owned()),
        description: Some(description.to_owned()),
        optional: Some(true),
        ..property
    }
}

/// Writes a property once where all operations fill in the same, and for each operation otherwise.
fn by_operation(
    writer: &mut Writer,
    connector: &ConnectorDefinition,
    property: &Property,
    group: &Group,
    value: impl Fn(&OperationDefinition) -> Option<&str>,
) {
    let Some(first) = connector.operations.first().map(&value) else { return };
    if connector.operations.iter().all(|operation| value(operation) == first) {
        writer.visible(Property { value: first.map(Into::into), ..property.clone() }, group);
        return;
    }
    for operation in &connector.operations {
        let id = property.id.as_deref().unwrap_or_default();
        let property = Property {
            id: Some(format!("{}:{id}", operation.id)),
            value: value(operation).map(Into::into),
            condition: Condition::all(&operation_tests(Some(operation))),
            ..property.clone()
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
        let pattern = Pattern::told(or_empty(DURATION), "must be an ISO 8601 duration, such as PT30S");
        let property = Property {
            value: value.map(Into::into),
            constraints: Some(Constraints { not_empty: Some(false), pattern: Some(pattern), ..Constraints::default() }),
            ..labelled(Property::new(id, PropertyKind::String, Binding::task_header(id)), label, description)
        };
        writer.visible(property, &Group::RETRIES);
    }
}
