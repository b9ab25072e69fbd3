//! What must hold of what processes wait for.

use super::check_id;
use crate::definition::{ConnectorDefinition, EventDefinition, EventElement, Faults, Journey};
use crate::generate::element_template::Variant;
use crate::registry::event::Confirmation;
use crate::registry::expressions;
use crate::schema::InputSchema;
use opwright_feel::Expression;
use std::collections::HashSet;

/// Checks the events of a connector.
pub(super) fn check(definition: &ConnectorDefinition, faults: &mut Faults) {
    let (mut ids, mut types) = (HashSet::new(), HashSet::new());
    for event in &definition.events {
        let path = format!("{}/{}", definition.id, event.id);
        check_id(&event.id, &path, faults);
        if event.id.ends_with('-') || event.id.contains("--") {
            faults.add(&path, "its id is a part of a URL: no `-` at the end, and no two in a row");
        }
        if !ids.insert(event.id.as_str()) {
            faults.add(&path, "two events have this id");
        }
        if definition.operation(&event.id).is_some() {
            faults.add(&path, "an operation has this id, too");
        }
        if Variant::is_taken(&event.id) {
            faults.add(&path, "a template of operations could have this name: choose another id");
        }
        if event.event_type.trim().is_empty() {
            faults.add(&path, "its event type is blank");
        } else if !types.insert(event.event_type.as_str()) {
            faults.add(&path, format!("two events have the type `{}`", event.event_type));
        }
        if event.event_type == definition.job_type {
            faults.add(&path, "its type is the connector's job type");
        }
        check_elements(event, &path, faults);
        if definition.operation(&event.operation).is_none() {
            let known = definition.operations.iter().map(|operation| operation.id.as_str());
            let hint = crate::text::suggestion(&event.operation, known);
            faults.add(&path, format!("it is confirmed by `{}`, which is no operation{hint}", event.operation));
        }
        if let Err(error) = event.payload_fields(&definition.id) {
            error.faults.into_iter().for_each(|fault| faults.add(&fault.path, fault.message));
        }
        expressions::check_event(event, &path, faults);
        if let Some(journey) = &event.journey {
            check_journey(definition, event, journey, &path, faults);
        }
    }
}

fn check_elements(event: &EventDefinition, path: &str, faults: &mut Faults) {
    if event.elements.is_empty() {
        faults.add(path, "no element waits for it: give it at least one");
    }
    for (index, element) in event.elements.iter().enumerate() {
        if event.elements[..index].contains(element) {
            faults.add(path, format!("{} waits for it twice", crate::text::with_article(element.title())));
        }
    }
}

/// Checks that there is what the journey of an event is made of.
fn check_journey(
    definition: &ConnectorDefinition,
    event: &EventDefinition,
    journey: &Journey,
    path: &str,
    faults: &mut Faults,
) {
    let known = || definition.operations.iter().map(|operation| operation.id.as_str());
    for id in [&journey.begin, &journey.then] {
        if definition.operation(id).is_none() {
            let hint = crate::text::suggestion(id, known());
            faults.add(path, format!("its journey goes by `{id}`, which is no operation{hint}"));
        }
    }
    if let Some(fields) = definition.operation(&journey.begin).and_then(|begin| begin.fields(&definition.id).ok()) {
        for input in journey.inputs.iter().filter(|input| !fields.iter().any(|field| field.name == **input)) {
            let hint = crate::text::suggestion(input, fields.iter().map(|field| field.name.as_str()));
            faults.add(path, format!("its journey gives `{input}`, which is no input of `{}`{hint}", journey.begin));
        }
    }
    if !event.elements.contains(&EventElement::ReceiveTask) {
        faults.add(path, "its journey waits at a receive task, so that a timer can end that: let one wait for it");
    }
    if crate::dispatch::duration::parse(&journey.patience).is_none_or(|patience| patience.is_zero()) {
        faults.add(path, format!("the patience of its journey, `{}`, is no duration such as PT1H", journey.patience));
    }
    if let Err(error) = Expression::parse(&journey.well) {
        faults.add(path, format!("what tells whether it ended well is no FEEL: {}", error.reason()));
    }
}

/// Checks that an event's example is a call, and that its operation takes the question that is asked because of it.
/// `operation` is what the operation takes itself; the shared inputs are the worker's.
pub(in crate::registry) fn check_example(
    event: &EventDefinition,
    confirmation: &Confirmation,
    operation: &InputSchema,
    path: &str,
    faults: &mut Faults,
) {
    let Some(example) = event.example() else { return };
    let Some(subject) = confirmation.subject(example) else {
        return faults.add(path, "`Confirm::subject` finds nothing of 1 to 256 bytes in its example");
    };
    let own = InputSchema::new(Vec::new(), operation.own().to_vec());
    if let Err(refusal) = own.accept(&confirmation.inputs(&subject)) {
        faults.add(path, format!("`{}` does not take what `inputs` asks it: {refusal}", event.operation));
    }
}
