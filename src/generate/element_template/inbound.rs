//! What an element that waits for an event is told: which message it is sent, by what it is correlated, and what becomes of
//! what happened.
//!
//! The worker reads the `zeebe:property`s; name and correlation key of the message are the engine's.

use super::fields::{Writer, Written};
use super::leaf::not_empty;
use super::tail::{duration, example_of_result, labelled};
use super::variant::Runtime;
use crate::definition::{EventDefinition, Group};
use crate::generate::{example, markdown};
use crate::template::{Binding, BindingKind, Feel, Property, PropertyKind};

/// Whose elements count.
const KNOWN: &str = "The worker knows the process if one of its jobs has begun what the event tells of, and if it was given the \
                     BPMN file or finds it in the cluster (Camunda 8.8 or newer). Several elements of one process count together.";

/// Writes the properties of an element that waits for an event.
pub(super) fn write(event: &EventDefinition) -> Written {
    let mut writer = Writer::new(Runtime::Own);
    let event_type = || event.event_type.as_str();
    writer.hidden(Property::hidden("inbound.type", zeebe_property("inbound.type"), event_type()));
    writer.hidden(Property::hidden("messageName", Binding::with_name(BindingKind::Message, "name"), event_type()));
    write_correlation(&mut writer, event);
    write_output(&mut writer, event);
    writer.finish()
}

fn zeebe_property(name: &str) -> Binding {
    Binding::with_name(BindingKind::ZeebeProperty, name)
}

fn write_correlation(writer: &mut Writer, event: &EventDefinition) {
    let id = "correlationKey";
    // Of a start event Modeler leaves it out, unless it is within an event sub-process (bpmn-js-element-templates 2.37).
    let key = Property {
        label: Some("Correlation key".to_owned()),
        description: Some(markdown::inline_html(event.what_correlates())),
        feel: Some(Feel::Required),
        value: Some(event.correlation_key.as_str().into()),
        constraints: Some(not_empty()),
        ..Property::new(id, PropertyKind::String, Binding::with_name(BindingKind::Subscription, id))
    };
    writer.visible(key, &Group::CORRELATION);
    let ttl = Property {
        tooltip: Some(format!("{KNOWN} Otherwise the longest that it knows of counts, or its own setting.")),
        ..duration(
            Property::new("messageTtl", PropertyKind::String, zeebe_property("messageTtl")),
            "Message TTL",
            "ISO 8601 duration for which a message is kept until something waits for it. Counts where the worker knows the process.",
        )
    };
    writer.visible(ttl, &Group::CORRELATION);
}

/// What counts where the element does not.
fn filled_in() -> String {
    format!("{KNOWN} Otherwise what the template fills in counts, unless all elements that the worker knows agree.")
}

fn write_output(writer: &mut Writer, event: &EventDefinition) {
    let variable = Property {
        value: event.result_variable.as_deref().map(Into::into),
        tooltip: Some(filled_in()),
        ..labelled(
            Property::new("resultVariable", PropertyKind::String, zeebe_property("resultVariable")),
            "Result variable",
            "Name of the process variable that takes <code>{request: {body: …}}</code>, whose body is what happened. Counts where the worker knows the process.",
        )
    };
    let expression = Property {
        feel: Some(Feel::Required),
        value: event.result_expression.as_deref().map(Into::into),
        tooltip: Some(match example_of_result(event.result_expression.as_ref(), example::request(event)) {
            Some(example) => format!("{example}. {}", filled_in()),
            None => filled_in(),
        }),
        ..labelled(
            Property::new("resultExpression", PropertyKind::Text, zeebe_property("resultExpression")),
            "Result expression",
            "FEEL that maps what happened, <code>request.body</code>, to process variables. Counts where the worker knows the process.",
        )
    };
    writer.visible(variable, &Group::OUTPUT);
    writer.visible(expression, &Group::OUTPUT);
}
