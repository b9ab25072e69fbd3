//! The process of an event's journey: an operation begins something, its end is waited for, and if that was a good one
//! another operation follows.

use super::process::{self, Body, Bounds, Flow, Node, Process, Templated};
use super::{Applied, apply, documentation, notice, platform};
use crate::definition::{
    ConnectorDefinition, DefinitionError, EventDefinition, EventElement, Journey, OperationDefinition,
};
use crate::generate::element_template::{self, Generated, Role, Runtime, Variant};
use std::io;

/// The name and the content of the process; none for an event without a journey.
pub(in crate::generate) fn journey(
    connector: &ConnectorDefinition,
    event: &EventDefinition,
) -> Result<Option<(String, io::Result<String>)>, DefinitionError> {
    let Some(journey) = &event.journey else { return Ok(None) };
    let (begin, then) = (connector.operation(&journey.begin), connector.operation(&journey.then));
    let waits = Variant::waiting_for(event)
        .find(|variant| matches!(variant.role, Role::Inbound { element: EventElement::ReceiveTask, .. }));
    // The registry has found all of them.
    let (Some(begin), Some(then), Some(waits)) = (begin, then, waits) else { return Ok(None) };
    let operations = element_template::build(connector, Variant::first(connector, Runtime::Own))?;
    let waits = element_template::build(connector, waits)?;
    let id = format!("{}-{}-journey", connector.id, event.id);
    let content = write(connector, event, journey, &id, [begin, then], [&operations, &waits]);
    Ok(Some((id, content)))
}

fn write(
    connector: &ConnectorDefinition,
    event: &EventDefinition,
    journey: &Journey,
    id: &str,
    [begin, then]: [&OperationDefinition; 2],
    [operations, waits]: [&Generated; 2],
) -> io::Result<String> {
    let [begins, follows] = [begin, then].map(|operation| of_operation(operations, operation, &journey.inputs));
    let waited = apply(&waits.template, |_| None);
    let notice = notice(&connector.id);
    let mut needs = begins.clone();
    needs.inputs.extend(follows.inputs.iter().filter(|input| !begins.inputs.contains(input)).cloned());
    // What is waited for is known only once it has been begun.
    let known_later = super::variables_of_key(&waited);
    needs.inputs.retain(|(target, _)| !known_later.contains(target));
    let templated = |generated, applied, name| Body::Templated(Templated { name, template: generated, applied });
    let event_at = |x, y| Bounds { x, y: y + 22, width: 36, height: 36 };
    let task_at = |x| Bounds { x, y: 80, width: 100, height: 80 };
    let nodes = vec![
        Node::new("Start", "startEvent", event_at(160, 80)),
        Node {
            body: templated(&operations.template, &begins, &begin.name),
            ..Node::new("Begin", "serviceTask", task_at(250))
        },
        Node {
            body: templated(&waits.template, &waited, &event.name),
            ..Node::new("Wait", "receiveTask", task_at(410))
        },
        Node {
            name: Some("Too late"),
            attached_to: Some("Wait"),
            body: Body::Timer(&journey.patience),
            ..Node::new("TooLate", "boundaryEvent", Bounds { x: 442, y: 142, width: 36, height: 36 })
        },
        Node {
            name: Some("Ended well?"),
            body: Body::Gateway { otherwise: "Flow_Failed" },
            ..Node::new("EndedWell", "exclusiveGateway", Bounds { x: 565, y: 95, width: 50, height: 50 })
        },
        Node {
            body: templated(&operations.template, &follows, &then.name),
            ..Node::new("Then", "serviceTask", task_at(680))
        },
        Node { name: Some("Done"), ..Node::new("Done", "endEvent", event_at(840, 80)) },
        Node { name: Some("Failed"), ..Node::new("Failed", "endEvent", event_at(712, 200)) },
        Node { name: Some("Given up"), ..Node::new("GivenUp", "endEvent", event_at(512, 200)) },
    ];
    let flows = vec![
        Flow::new("Flow_Begin", "Start", "Begin"),
        Flow::new("Flow_Wait", "Begin", "Wait"),
        Flow::new("Flow_Ended", "Wait", "EndedWell"),
        Flow { condition: Some((&journey.well, "yes")), ..Flow::new("Flow_Then", "EndedWell", "Then") },
        Flow::new("Flow_Done", "Then", "Done"),
        Flow::new("Flow_Failed", "EndedWell", "Failed"),
        Flow::new("Flow_GivenUp", "TooLate", "GivenUp"),
    ];
    process::write(&Process {
        id,
        name: &format!("{}: from beginning to end", event.name),
        notice: &notice,
        documentation: &documentation(&notice, &needs),
        platform: &platform(&operations.template),
        nodes,
        flows,
    })
}

/// The template of operations with an operation chosen, and what it needs filled in.
fn of_operation(generated: &Generated, operation: &OperationDefinition, inputs: &[String]) -> Applied {
    apply(&generated.template, |property| match property.id.as_deref() {
        Some("operation") => Some(operation.id.clone()),
        Some(id) => {
            let more = inputs.iter().find(|input| id == format!("{}:{input}", operation.id));
            more.map(|input| format!("={input}")).or_else(|| generated.examples.get(id).cloned())
        }
        None => None,
    })
}
