//! The elements of a BPMN file that wait for something from outside, with what they say about it.
//!
//! They say it in properties, of which `inbound.type` names the connector. Knows none of the connectors.

use crate::diagram::DiagramError;
use crate::diagram::tree::{Node, Space, Tree, local};
use std::collections::BTreeMap;

/// The property that makes an element inbound: whose it is.
pub const INBOUND_TYPE: &str = "inbound.type";

/// An element that waits for something from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboundElement {
    /// The process that it is in.
    pub process_id: String,
    /// Its own id.
    pub element_id: String,
    /// What it is.
    pub kind: InboundKind,
    /// The message that it waits for, by its name.
    pub message: Option<String>,
    /// All its properties; of several with one name the last.
    pub properties: BTreeMap<String, String>,
    /// The line of the file on which it begins, from 1.
    pub line: usize,
}

impl InboundElement {
    /// Whose it is: the property `inbound.type`.
    #[must_use]
    pub fn inbound_type(&self) -> &str {
        self.properties.get(INBOUND_TYPE).map_or("", String::as_str)
    }
}

/// What an inbound element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InboundKind {
    /// A start event that waits for nothing: an instance is created.
    Start,
    /// A start event that waits for something, a message if it has one.
    MessageStart,
    /// A start event inside of a sub-process that waits for nothing: only the sub-process begins there.
    InnerStart,
    /// The start event of an event sub-process: a running instance waits.
    EventSubprocessStart,
    /// An intermediate catch event.
    IntermediateCatch,
    /// A boundary event.
    Boundary,
    /// A receive task.
    ReceiveTask,
}

impl InboundKind {
    /// Whether a process begins here, so that nothing waits in instances that run.
    #[must_use]
    pub const fn begins_process(self) -> bool {
        matches!(self, Self::Start | Self::MessageStart)
    }

    /// The element's name in BPMN.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Start | Self::MessageStart | Self::InnerStart | Self::EventSubprocessStart => "startEvent",
            Self::IntermediateCatch => "intermediateCatchEvent",
            Self::Boundary => "boundaryEvent",
            Self::ReceiveTask => "receiveTask",
        }
    }
}

/// The inbound elements of a BPMN file, in its order. What is in a process that is not executable waits for nothing.
pub fn read(xml: &str) -> Result<Vec<InboundElement>, DiagramError> {
    let tree = Tree::parse(xml)?;
    if !tree.node(0).is_some_and(|root| root.is(Space::Bpmn, "definitions")) {
        return Err(DiagramError {
            reason: "it is no BPMN: the outermost element must be `bpmn:definitions`".to_owned(),
            line: 1,
            column: 1,
        });
    }
    let (mut line, mut counted) = (1, 0);
    let mut found = Vec::new();
    for node in &tree.nodes {
        let Some(kind) = kind(&tree, node) else { continue };
        let properties = properties(&tree, node);
        if !properties.contains_key(INBOUND_TYPE) {
            continue;
        }
        let (Some(process_id), Some(element_id)) = (process(&tree, node), node.own("id")) else { continue };
        // The elements are in the order of their start tags: each byte is counted once.
        line += xml.get(counted..node.open.start).unwrap_or_default().matches('\n').count();
        counted = node.open.start;
        found.push(InboundElement {
            process_id: process_id.to_owned(),
            element_id: element_id.to_owned(),
            kind,
            message: message(&tree, node),
            properties,
            line,
        });
    }
    Ok(found)
}

fn kind(tree: &Tree, node: &Node) -> Option<InboundKind> {
    if node.space != Space::Bpmn {
        return None;
    }
    Some(match local(&node.name) {
        "startEvent" => {
            let within = node.parent.and_then(|parent| tree.node(parent))?;
            let waits = tree.children(node).any(|child| local(&child.name).to_lowercase().ends_with("eventdefinition"));
            match (within.is(Space::Bpmn, "process"), waits) {
                (true, false) => InboundKind::Start,
                (true, true) => InboundKind::MessageStart,
                (false, _) if within.own("triggeredByEvent") == Some("true") => InboundKind::EventSubprocessStart,
                (false, _) => InboundKind::InnerStart,
            }
        }
        "intermediateCatchEvent" => InboundKind::IntermediateCatch,
        "boundaryEvent" => InboundKind::Boundary,
        "receiveTask" => InboundKind::ReceiveTask,
        _ => return None,
    })
}

/// The id of the executable process that an element is in.
fn process<'a>(tree: &'a Tree, node: &Node) -> Option<&'a str> {
    let mut at = node.parent;
    while let Some(above) = at.and_then(|index| tree.node(index)) {
        if above.is(Space::Bpmn, "process") {
            return above.own("id").filter(|_| above.own("isExecutable") != Some("false"));
        }
        at = above.parent;
    }
    None
}

fn properties(tree: &Tree, node: &Node) -> BTreeMap<String, String> {
    let list = tree.extension(node, "properties");
    let each = list.into_iter().flat_map(|list| tree.children(list)).filter(|one| one.is(Space::Zeebe, "property"));
    each.filter_map(|one| Some((one.own("name")?.to_owned(), one.own("value").unwrap_or_default().to_owned())))
        .collect()
}

/// The name of the message that an element refers to: itself, or by its definition.
fn message(tree: &Tree, node: &Node) -> Option<String> {
    let reference = node
        .own("messageRef")
        .or_else(|| tree.child(node, Space::Bpmn, "messageEventDefinition").and_then(|one| one.own("messageRef")))?;
    // An id may be written with the prefix of the file's own namespace.
    let message = tree.by_id(local(reference.trim())).and_then(|index| tree.node(index))?;
    let name = message.is(Space::Bpmn, "message").then(|| message.own("name")).flatten()?;
    Some(name.to_owned()).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<b:definitions xmlns:b="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:z="http://camunda.org/schema/zeebe/1.0" xmlns:t="own" targetNamespace="own">
  <b:process id="p" isExecutable="true">
    <b:startEvent id="none"><b:extensionElements><z:properties><z:property name="inbound.type" value="a"/><z:property name="x" value="1 &lt; 2"/></z:properties></b:extensionElements></b:startEvent>
    <b:startEvent id="message"><b:extensionElements><z:properties><z:property name="inbound.type" value="a"/></z:properties></b:extensionElements><b:messageEventDefinition messageRef="M"/></b:startEvent>
    <b:startEvent id="timer"><b:extensionElements><z:properties><z:property name="inbound.type" value="a"/></z:properties></b:extensionElements><b:timerEventDefinition/></b:startEvent>
    <b:startEvent id="plain"/>
    <b:subProcess id="s">
      <b:startEvent id="inner"><b:extensionElements><z:properties><z:property name="inbound.type" value="a"/></z:properties></b:extensionElements></b:startEvent>
      <b:receiveTask id="receive" messageRef="t:M"><b:extensionElements><z:properties><z:property name="inbound.type" value="a"/></z:properties></b:extensionElements></b:receiveTask>
      <b:subProcess id="e" triggeredByEvent="true">
        <b:startEvent id="event"><b:extensionElements><z:properties><z:property name="inbound.type" value="b"/></z:properties></b:extensionElements><b:messageEventDefinition messageRef="M"/></b:startEvent>
      </b:subProcess>
    </b:subProcess>
    <b:intermediateCatchEvent id="catch"><b:extensionElements><z:properties><z:property name="inbound.type" value="a"/></z:properties></b:extensionElements><b:messageEventDefinition messageRef="none"/></b:intermediateCatchEvent>
    <b:boundaryEvent id="boundary" attachedToRef="s"><b:extensionElements><z:properties><z:property name="inbound.type" value="a"/></z:properties></b:extensionElements><b:messageEventDefinition messageRef="M"/></b:boundaryEvent>
  </b:process>
  <b:process id="drawn" isExecutable="false">
    <b:startEvent id="other"><b:extensionElements><z:properties><z:property name="inbound.type" value="a"/></z:properties></b:extensionElements></b:startEvent>
  </b:process>
  <b:message id="M" name="paid"/>
</b:definitions>"#;

    #[test]
    fn every_kind_of_element_is_found_with_its_message() {
        use InboundKind::{Boundary, EventSubprocessStart, InnerStart, IntermediateCatch, MessageStart, ReceiveTask};
        let elements = read(FILE).expect("BPMN");
        let told: Vec<_> = elements
            .iter()
            .map(|element| (element.element_id.as_str(), element.kind, element.message.as_deref(), element.line))
            .collect();
        let expected = [
            ("none", InboundKind::Start, None, 4),
            ("message", MessageStart, Some("paid"), 5),
            ("timer", MessageStart, None, 6),
            ("inner", InnerStart, None, 9),
            ("receive", ReceiveTask, Some("paid"), 10),
            ("event", EventSubprocessStart, Some("paid"), 12),
            ("catch", IntermediateCatch, None, 15),
            ("boundary", Boundary, Some("paid"), 16),
        ];
        assert_eq!(told, expected);
        assert!(elements.iter().all(|element| element.process_id == "p"));
        assert_eq!(elements[0].properties["x"], "1 < 2");
        assert_eq!((elements[0].inbound_type(), elements[5].inbound_type()), ("a", "b"));
    }

    #[test]
    fn what_is_no_bpmn_is_refused_with_its_place() {
        let place = |xml: &str| read(xml).map_err(|error| (error.line, error.reason)).expect_err("it is none");
        assert_eq!(place("<a>\n<b></a>").0, 2);
        assert!(place("<a/>").1.contains("bpmn:definitions"), "{:?}", place("<a/>"));
        assert!(place("").1.contains("no element"), "{:?}", place(""));
        assert!(place(&"<a>".repeat(100_000)).1.contains("deep"));
    }
}
