//! A process as XML: nodes, with what their templates write, flows between them, and messages.

use super::diagram;
use crate::generate::apply::{Applied, Message};
use crate::template::ElementTemplate;
use quick_xml::Writer;
use quick_xml::events::{BytesText, Event};
use std::io;

/// A process and where everything stands in its diagram.
pub(super) struct Process<'a> {
    pub(super) id: &'a str,
    pub(super) name: &'a str,
    /// What generates it.
    pub(super) notice: &'a str,
    pub(super) documentation: &'a str,
    /// The version of Camunda that it is for.
    pub(super) platform: &'a str,
    pub(super) nodes: Vec<Node<'a>>,
    pub(super) flows: Vec<Flow<'a>>,
}

/// An event or a task.
pub(super) struct Node<'a> {
    pub(super) id: &'a str,
    /// The name of its tag, without `bpmn:`.
    pub(super) tag: String,
    /// What the diagram shows; a template's node has its own.
    pub(super) name: Option<&'a str>,
    pub(super) bounds: Bounds,
    /// What a boundary event interrupts.
    pub(super) attached_to: Option<&'a str>,
    pub(super) body: Body<'a>,
}

impl<'a> Node<'a> {
    pub(super) fn new(id: &'a str, tag: &str, bounds: Bounds) -> Self {
        Self { id, tag: tag.to_owned(), name: None, bounds, attached_to: None, body: Body::Plain }
    }
}

/// What a node holds.
pub(super) enum Body<'a> {
    Plain,
    UserTask,
    /// An event after a duration of ISO 8601.
    Timer(&'a str),
    /// A gateway that takes this flow if no other one's condition is met.
    Gateway {
        otherwise: &'a str,
    },
    Templated(Templated<'a>),
}

/// What a template makes of a node.
#[derive(Clone, Copy)]
pub(super) struct Templated<'a> {
    pub(super) name: &'a str,
    pub(super) template: &'a ElementTemplate,
    pub(super) applied: &'a Applied,
}

/// A place, in the pixels of a diagram.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: i32,
    pub(super) height: i32,
}

/// A sequence flow.
pub(super) struct Flow<'a> {
    pub(super) id: &'a str,
    pub(super) from: &'a str,
    pub(super) to: &'a str,
    /// FEEL that has to be true for it to be taken, and what the diagram says of it.
    pub(super) condition: Option<(&'a str, &'a str)>,
}

impl<'a> Flow<'a> {
    /// A flow that is taken in any case.
    pub(super) const fn new(id: &'a str, from: &'a str, to: &'a str) -> Self {
        Self { id, from, to, condition: None }
    }
}

pub(super) type Output = Writer<Vec<u8>>;

/// The XML of a process.
pub(super) fn write(process: &Process<'_>) -> io::Result<String> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(quick_xml::events::BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer.write_event(Event::Comment(BytesText::new(&format!(" {} ", process.notice))))?;
    // Conditions and durations tell their type.
    let typed = process.flows.iter().any(|flow| flow.condition.is_some())
        || process.nodes.iter().any(|node| matches!(node.body, Body::Timer(_)));
    writer
        .create_element("bpmn:definitions")
        .with_attributes([
            ("xmlns:bpmn", "http://www.omg.org/spec/BPMN/20100524/MODEL"),
            ("xmlns:bpmndi", "http://www.omg.org/spec/BPMN/20100524/DI"),
            ("xmlns:dc", "http://www.omg.org/spec/DD/20100524/DC"),
            ("xmlns:di", "http://www.omg.org/spec/DD/20100524/DI"),
            ("xmlns:modeler", "http://camunda.org/schema/modeler/1.0"),
            ("xmlns:zeebe", "http://camunda.org/schema/zeebe/1.0"),
            ("id", "Definitions_1"),
            ("targetNamespace", "http://bpmn.io/schema/bpmn"),
            ("modeler:executionPlatform", "Camunda Cloud"),
            ("modeler:executionPlatformVersion", process.platform),
        ])
        .with_attributes(typed.then_some(("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")))
        .write_inner_content(|writer| {
            write_process(writer, process)?;
            for node in &process.nodes {
                write_message(writer, node)?;
            }
            diagram::write(writer, process)
        })?;
    let mut bytes = writer.into_inner();
    bytes.push(b'\n');
    String::from_utf8(bytes).map_err(io::Error::other)
}

fn write_process(writer: &mut Output, process: &Process<'_>) -> io::Result<()> {
    writer
        .create_element("bpmn:process")
        .with_attributes([("id", process.id), ("name", process.name), ("isExecutable", "true")])
        .write_inner_content(|writer| {
            writer.create_element("bpmn:documentation").write_text_content(BytesText::new(process.documentation))?;
            for node in &process.nodes {
                write_node(writer, node, &process.flows)?;
            }
            for flow in &process.flows {
                write_flow(writer, flow)?;
            }
            Ok(())
        })?;
    Ok(())
}

fn write_flow(writer: &mut Output, flow: &Flow<'_>) -> io::Result<()> {
    let mut attributes = vec![("id", flow.id), ("sourceRef", flow.from), ("targetRef", flow.to)];
    let Some((condition, name)) = flow.condition else {
        return writer.create_element("bpmn:sequenceFlow").with_attributes(attributes).write_empty().map(drop);
    };
    attributes.insert(1, ("name", name));
    writer.create_element("bpmn:sequenceFlow").with_attributes(attributes).write_inner_content(|writer| {
        let element = writer.create_element("bpmn:conditionExpression");
        let element = element.with_attribute(("xsi:type", "bpmn:tFormalExpression"));
        element.write_text_content(BytesText::new(condition)).map(drop)
    })?;
    Ok(())
}

fn write_node(writer: &mut Output, node: &Node<'_>, flows: &[Flow<'_>]) -> io::Result<()> {
    let mut attributes = vec![("id", node.id)];
    let templated = if let Body::Templated(templated) = &node.body { Some(templated) } else { None };
    let version = templated.and_then(|element| element.template.version).unwrap_or_default().to_string();
    let message = message_id(node);
    let waits = templated.is_some_and(|element| element.applied.message.is_some());
    let throws_or_catches = templated.is_some_and(|element| is_event(element.template));
    if let Some(Templated { name, template, .. }) = templated {
        attributes.push(("name", name));
        attributes.push(("zeebe:modelerTemplate", template.id.as_deref().unwrap_or_default()));
        attributes.push(("zeebe:modelerTemplateVersion", &version));
        let icon = template.icon.as_ref().and_then(|icon| icon.contents.as_deref());
        attributes.extend(icon.map(|contents| ("zeebe:modelerTemplateIcon", contents)));
    }
    attributes.extend(node.name.map(|name| ("name", name)));
    if let Body::Gateway { otherwise } = node.body {
        attributes.push(("default", otherwise));
    }
    attributes.extend(node.attached_to.map(|host| ("attachedToRef", host)));
    if waits && !throws_or_catches {
        attributes.push(("messageRef", &message));
    }
    writer.create_element(format!("bpmn:{}", node.tag)).with_attributes(attributes).write_inner_content(|writer| {
        match &node.body {
            Body::Plain | Body::Timer(_) | Body::Gateway { .. } => {}
            Body::UserTask => write_extension_elements(writer, |writer| {
                writer.create_element("zeebe:userTask").write_empty().map(drop)
            })?,
            Body::Templated(element) => {
                write_extension_elements(writer, |writer| write_extensions(writer, element.applied))?;
            }
        }
        for (direction, is_end) in [("incoming", true), ("outgoing", false)] {
            for flow in flows.iter().filter(|flow| node.id == if is_end { flow.to } else { flow.from }) {
                writer.create_element(format!("bpmn:{direction}")).write_text_content(BytesText::new(flow.id))?;
            }
        }
        if let Body::Timer(duration) = node.body {
            write_timer(writer, node.id, duration)?;
        }
        if throws_or_catches {
            let id = format!("MessageEventDefinition_{}", node.id);
            // What is thrown is a job and no message of the engine's.
            let attributes =
                if waits { vec![("id", id.as_str()), ("messageRef", &message)] } else { vec![("id", "Message_1")] };
            writer.create_element("bpmn:messageEventDefinition").with_attributes(attributes).write_empty()?;
        }
        Ok(())
    })?;
    Ok(())
}

fn write_timer(writer: &mut Output, node: &str, duration: &str) -> io::Result<()> {
    let id = format!("TimerEventDefinition_{node}");
    let definition = writer.create_element("bpmn:timerEventDefinition").with_attribute(("id", id.as_str()));
    definition.write_inner_content(|writer| {
        let element = writer.create_element("bpmn:timeDuration");
        let element = element.with_attribute(("xsi:type", "bpmn:tFormalExpression"));
        element.write_text_content(BytesText::new(duration)).map(drop)
    })?;
    Ok(())
}

/// Whether a template's element is an event.
fn is_event(template: &ElementTemplate) -> bool {
    template.element_type.as_ref().is_some_and(|element| element.event_definition.is_some())
}

fn message_id(node: &Node<'_>) -> String {
    format!("Message_{}", node.id)
}

/// The message that a node waits for.
fn write_message(writer: &mut Output, node: &Node<'_>) -> io::Result<()> {
    let Body::Templated(Templated { template, applied, .. }) = &node.body else { return Ok(()) };
    let Some(Message { name, correlation_key }) = &applied.message else { return Ok(()) };
    let id = message_id(node);
    // By its template Modeler knows a message as one that goes when the template does.
    let attributes =
        [("id", id.as_str()), ("name", name), ("zeebe:modelerTemplate", template.id.as_deref().unwrap_or_default())];
    let element = writer.create_element("bpmn:message").with_attributes(attributes);
    let Some(key) = correlation_key else { return element.write_empty().map(drop) };
    let subscription = |writer: &mut Output| {
        let key = ("correlationKey", key.as_str());
        writer.create_element("zeebe:subscription").with_attribute(key).write_empty().map(drop)
    };
    element.write_inner_content(|writer| write_extension_elements(writer, subscription)).map(drop)
}

fn write_extension_elements(
    writer: &mut Output,
    content: impl FnOnce(&mut Output) -> io::Result<()>,
) -> io::Result<()> {
    writer.create_element("bpmn:extensionElements").write_inner_content(content).map(drop)
}

fn write_extensions(writer: &mut Output, applied: &Applied) -> io::Result<()> {
    // What waits makes no job.
    if !applied.job_type.is_empty() {
        let mut definition = vec![("type", applied.job_type.as_str())];
        definition.extend(applied.retries.as_deref().map(|retries| ("retries", retries)));
        writer.create_element("zeebe:taskDefinition").with_attributes(definition).write_empty()?;
    }
    let inputs = applied.inputs.iter().map(|(target, source)| (source, target));
    write_pairs(writer, "zeebe:ioMapping", "zeebe:input", ["source", "target"], inputs)?;
    let headers = applied.headers.iter().map(|(key, value)| (key, value));
    write_pairs(writer, "zeebe:taskHeaders", "zeebe:header", ["key", "value"], headers)?;
    let properties = applied.properties.iter().map(|(name, value)| (name, value));
    write_pairs(writer, "zeebe:properties", "zeebe:property", ["name", "value"], properties)?;
    if applied.linked_resources.is_empty() {
        return Ok(());
    }
    writer.create_element("zeebe:linkedResources").write_inner_content(|writer| {
        for (name, attributes) in &applied.linked_resources {
            let attributes = attributes.iter().map(|(attribute, value)| (attribute.as_str(), value.as_str()));
            writer
                .create_element("zeebe:linkedResource")
                .with_attributes(attributes.chain([("linkName", name.as_str())]))
                .write_empty()?;
        }
        Ok(())
    })?;
    Ok(())
}

fn write_pairs<'a>(
    writer: &mut Output,
    list: &str,
    item: &str,
    names: [&str; 2],
    pairs: impl Iterator<Item = (&'a String, &'a String)>,
) -> io::Result<()> {
    let mut pairs = pairs.peekable();
    if pairs.peek().is_none() {
        return Ok(());
    }
    writer.create_element(list).write_inner_content(|writer| {
        for (one, other) in pairs {
            writer
                .create_element(item)
                .with_attributes([(names[0], one.as_str()), (names[1], other.as_str())])
                .write_empty()?;
        }
        Ok(())
    })?;
    Ok(())
}
