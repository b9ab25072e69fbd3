//! Example processes: one element with a template applied, and what is around it.

mod diagram;
mod journey;
mod process;

pub(super) use journey::journey;

use super::apply::{Applied, apply};
use super::element_template::{Generated, Role, Variant};
use super::notice;
use crate::definition::{ConnectorDefinition, Element, EventElement, OperationDefinition};
use crate::template::ElementTemplate;
use opwright_feel::Expression;
use process::{Body, Bounds, Flow, Node, Process, Templated};
use std::collections::BTreeSet;
use std::io;

/// The id of the element that the process is about.
const ELEMENT: &str = "Task";

/// The name and the content of each example process that a template has: one for each operation, and one for an event.
#[must_use]
pub fn examples(
    connector: &ConnectorDefinition,
    variant: Variant<'_>,
    generated: &Generated,
) -> Vec<(String, io::Result<String>)> {
    match variant.role {
        Role::Outbound { .. } => {
            let process = |operation| example_process(connector, operation, variant, generated);
            let operations = connector.operations.iter();
            operations.map(|operation| (process_id(connector, operation, variant), process(operation))).collect()
        }
        Role::Inbound { .. } if variant.is_first() => {
            let id = format!("{}{}", connector.id, variant.suffix());
            vec![(id, waiting_process(connector, variant, generated))]
        }
        Role::Inbound { .. } => Vec::new(),
    }
}

fn process_id(connector: &ConnectorDefinition, operation: &OperationDefinition, variant: Variant<'_>) -> String {
    format!("{}{}-{}", connector.id, variant.suffix(), operation.id)
}

/// The example process of an operation. It deploys as it is; its documentation names the variables
/// and secrets that a run needs.
pub fn example_process(
    connector: &ConnectorDefinition,
    operation: &OperationDefinition,
    variant: Variant<'_>,
    generated: &Generated,
) -> io::Result<String> {
    let applied = apply(&generated.template, |property| match property.id.as_deref() {
        Some("operation") => Some(operation.id.clone()),
        Some(id) => generated.examples.get(id).cloned(),
        None => None,
    });
    write(connector, &process_id(connector, operation, variant), &operation.name, variant.role, generated, &applied)
}

/// The example process of a template for elements that wait for an event. It deploys as it is; its documentation names the
/// variables that its correlation key reads.
pub fn waiting_process(
    connector: &ConnectorDefinition,
    variant: Variant<'_>,
    generated: &Generated,
) -> io::Result<String> {
    let applied = apply(&generated.template, |_| None);
    let name = match variant.role {
        Role::Inbound { event, .. } => event.name.as_str(),
        Role::Outbound { .. } => connector.name.as_str(),
    };
    write(connector, &format!("{}{}", connector.id, variant.suffix()), name, variant.role, generated, &applied)
}

fn write(
    connector: &ConnectorDefinition,
    id: &str,
    name: &str,
    role: Role<'_>,
    generated: &Generated,
    applied: &Applied,
) -> io::Result<String> {
    let notice = notice(&connector.id);
    let template = &generated.template;
    let (nodes, flows) = around(role, Templated { name, template, applied });
    let platform = platform(template);
    let documentation = documentation(&notice, applied);
    process::write(&Process {
        id,
        name,
        notice: &notice,
        documentation: &documentation,
        platform: &platform,
        nodes,
        flows,
    })
}

/// The oldest version of Camunda that a template is for: Modeler has it for no other diagram.
fn platform(template: &ElementTemplate) -> String {
    let engines = template.engines.as_ref().and_then(|engines| engines.get("camunda")?.as_str());
    format!("{}.0", engines.unwrap_or_default().trim_start_matches('^'))
}

/// An element and what the process has before it and behind it.
fn around<'a>(role: Role<'_>, element: Templated<'a>) -> (Vec<Node<'a>>, Vec<Flow<'a>>) {
    let event_at = |x| Bounds { x, y: 102, width: 36, height: 36 };
    let task = Bounds { x: 250, y: 80, width: 100, height: 80 };
    let start = || Node::new("Start", "startEvent", event_at(160));
    let end = |x| Node::new("End", "endEvent", event_at(x));
    let into = |id, to| Flow::new(id, "Start", to);
    let out_of = |id, from, to| Flow::new(id, from, to);
    let (bpmn_type, is_event) = match role {
        Role::Outbound { element, .. } => (element.bpmn_type(), element.is_event()),
        Role::Inbound { element, .. } => (element.bpmn_type(), element.is_event()),
    };
    let at =
        |bounds| Node { body: Body::Templated(element), ..Node::new(ELEMENT, &crate::diagram::tag(bpmn_type), bounds) };
    match role {
        Role::Outbound { element: Element::MessageEndEvent, .. } => {
            (vec![start(), at(event_at(250))], vec![into("Flow_1", ELEMENT)])
        }
        Role::Inbound { element: EventElement::MessageStartEvent, .. } => {
            (vec![at(event_at(160)), end(250)], vec![out_of("Flow_1", ELEMENT, "End")])
        }
        Role::Inbound { element: EventElement::BoundaryEvent, .. } => {
            let host = Node { body: Body::UserTask, ..Node::new("Meanwhile", "userTask", task) };
            let boundary =
                Node { attached_to: Some("Meanwhile"), ..at(Bounds { x: 282, y: 142, width: 36, height: 36 }) };
            let other_end = Node::new("End_2", "endEvent", Bounds { y: 222, ..event_at(404) });
            let flows = vec![
                into("Flow_1", "Meanwhile"),
                out_of("Flow_2", "Meanwhile", "End"),
                out_of("Flow_3", ELEMENT, "End_2"),
            ];
            (vec![start(), host, boundary, end(404), other_end], flows)
        }
        Role::Outbound { .. } | Role::Inbound { .. } => {
            let (bounds, end_at) = if is_event { (event_at(250), 340) } else { (task, 404) };
            let flows = vec![into("Flow_1", ELEMENT), out_of("Flow_2", ELEMENT, "End")];
            (vec![start(), at(bounds), end(end_at)], flows)
        }
    }
}

/// The variables that a correlation key reads.
fn variables_of_key(applied: &Applied) -> Vec<String> {
    let key = applied.message.as_ref().and_then(|message| Expression::parse(message.correlation_key.as_deref()?).ok());
    let first = |read: opwright_feel::Read| read.path.first().map(ToString::to_string);
    key.iter().flat_map(Expression::reads).filter_map(first).collect()
}

/// What the process needs: variables that the inputs and the correlation key refer to, and secrets.
fn documentation(notice: &str, applied: &Applied) -> String {
    let mut variables = BTreeSet::new();
    let mut secrets = BTreeSet::new();
    for (target, source) in &applied.inputs {
        if *source == format!("={target}") {
            variables.insert(target.split('.').next().unwrap_or(target).to_owned());
        }
        if let Some(name) = source.strip_prefix("{{secrets.").and_then(|rest| rest.strip_suffix("}}")) {
            secrets.insert(name.to_owned());
        }
    }
    variables.extend(variables_of_key(applied));
    let list = |names: BTreeSet<String>| names.into_iter().collect::<Vec<_>>().join(", ");
    let mut sentences = vec![notice.to_owned()];
    if !variables.is_empty() {
        sentences.push(format!("Start it with the variables {}.", list(variables)));
    }
    if !secrets.is_empty() {
        sentences.push(format!("The runtime needs the secrets {}.", list(secrets)));
    }
    sentences.join(" ")
}
