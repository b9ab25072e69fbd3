//! What must hold in a definition beyond what the macros can see of one struct.

mod events;
mod fields;
mod head;
mod request;

pub(super) use events::check_example;

use super::expressions;
use crate::definition::{ConnectorDefinition, DefinitionError, Faults, Field, Group};
use std::collections::HashSet;

/// Checks everything that can be wrong with one connector.
pub(super) fn check(definition: &ConnectorDefinition) -> Result<(), DefinitionError> {
    let mut faults = Faults::default();
    let path = definition.id.as_str();
    check_id(path, path, &mut faults);
    let shared = read(definition.fields(), &mut faults);
    fields::check_fields(&shared, path, &mut faults);
    request::check_base(definition, &shared, &mut faults);
    head::check_head(definition, &mut faults);
    let mut groups: Vec<Group> = Vec::new();
    check_groups(&shared, path, &mut groups, &mut faults);
    for field in shared.iter().filter(|field| field.is_linked_resource() || request::has_linked_resource(field)) {
        faults.add(&format!("{path}/{}", field.name), "a linked resource is a field of an operation");
    }
    let mut ids = HashSet::new();
    for operation in &definition.operations {
        let path = format!("{path}/{}", operation.id);
        check_id(&operation.id, &path, &mut faults);
        if !ids.insert(operation.id.as_str()) {
            faults.add(&path, "two operations have this id");
        }
        let own = read(operation.fields(&definition.id), &mut faults);
        read(operation.output_fields(&definition.id).map(|_| Vec::new()), &mut faults);
        fields::check_fields(&own, &path, &mut faults);
        check_groups(&own, &path, &mut groups, &mut faults);
        for field in own.iter().filter(|field| shared.iter().any(|other| other.name == field.name)) {
            faults.add(&format!("{path}/{}", field.name), "the connector has a shared field of this name");
        }
        request::check_request(definition, operation, &own, &path, &mut faults);
        request::check_linked_resources(operation, &own, &path, &mut faults);
        expressions::check(operation, &path, &mut faults);
    }
    events::check(definition, &mut faults);
    faults.finish()
}

/// A group is one section of the panel, so it has one label, tooltip and state.
fn check_groups(fields: &[Field], path: &str, groups: &mut Vec<Group>, faults: &mut Faults) {
    for (field, group) in fields.iter().filter_map(|field| field.group.as_ref().map(|group| (field, group))) {
        match groups.iter().find(|known| known.id == group.id) {
            Some(known) if known != group => {
                faults.add(
                    &format!("{path}/{}", field.name),
                    format!("the group `{}` is another one elsewhere", group.id),
                );
            }
            Some(_) => {}
            None => groups.push(group.clone()),
        }
    }
}

/// An id goes into file names, headers and the command line.
fn check_id(id: &str, path: &str, faults: &mut Faults) {
    let sound = id.starts_with(|letter: char| letter.is_ascii_lowercase())
        && id.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-');
    if !sound {
        faults.add(path, "an id is made of a-z, 0-9 and `-`, and starts with a letter");
    }
}

/// Checks that a connector's ids differ from those of the others.
pub(super) fn check_unique<'a>(
    others: impl Iterator<Item = &'a ConnectorDefinition>,
    definition: &ConnectorDefinition,
) -> Result<(), DefinitionError> {
    let mut faults = Faults::default();
    for other in others {
        for (what, one, two) in [
            ("id", &other.id, &definition.id),
            ("template id", &other.template_id, &definition.template_id),
            ("job type", &other.job_type, &definition.job_type),
        ] {
            if one == two {
                faults.add(&definition.id, format!("the connector `{}` has the same {what}", other.id));
            }
        }
        check_unique_events(other, definition, &mut faults);
        for (jobs, events) in [(other, definition), (definition, other)] {
            for event in events.events.iter().filter(|event| event.event_type == jobs.job_type) {
                let path = format!("{}/{}", events.id, event.id);
                faults.add(&path, format!("its type is the job type of the connector `{}`", jobs.id));
            }
        }
    }
    faults.finish()
}

/// An event's id is a URL of the worker's, and its type the name of a message.
fn check_unique_events(other: &ConnectorDefinition, definition: &ConnectorDefinition, faults: &mut Faults) {
    for event in &definition.events {
        let path = format!("{}/{}", definition.id, event.id);
        for theirs in &other.events {
            for (what, one, two) in [("id", &theirs.id, &event.id), ("type", &theirs.event_type, &event.event_type)] {
                if one == two {
                    faults.add(&path, format!("an event of the connector `{}` has the same {what}", other.id));
                }
            }
        }
    }
}

fn read(fields: Result<Vec<Field>, DefinitionError>, faults: &mut Faults) -> Vec<Field> {
    fields.unwrap_or_else(|error| {
        for fault in error.faults {
            faults.add(&fault.path, fault.message);
        }
        Vec::new()
    })
}
