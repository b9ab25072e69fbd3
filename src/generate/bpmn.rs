//! Example processes: a start event, one element with the template applied, an end event.

use super::apply::{Applied, apply};
use super::element_template::{Generated, Variant};
use super::notice;
use crate::definition::{ConnectorDefinition, Element, OperationDefinition};
use crate::diagram::tag;
use crate::template::ElementTemplate;
use quick_xml::Writer;
use quick_xml::events::{BytesText, Event};
use std::collections::BTreeSet;
use std::io;

/// The id of the element that the process is about.
const ELEMENT: &str = "Task";

/// The example process of an operation. It deploys as it is; its documentation names the variables
/// and secrets that a run needs.
pub fn example_process(
    connector: &ConnectorDefinition,
    operation: &OperationDefinition,
    variant: Variant,
    generated: &Generated,
) -> io::Result<String> {
    let applied = apply(&generated.template, |property| match property.id.as_deref() {
        Some("operation") => Some(operation.id.clone()),
        Some(id) => generated.examples.get(id).cloned(),
        None => None,
    });
    // The oldest version of Camunda that the template is for: Modeler has it for no other diagram.
    let engines = generated.template.engines.as_ref().and_then(|engines| engines.get("camunda")?.as_str());
    let platform = format!("{}.0", engines.unwrap_or_default().trim_start_matches('^'));
    let process_id = format!("{}{}-{}", connector.id, variant.suffix(), operation.id);
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(quick_xml::events::BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer.write_event(Event::Comment(BytesText::new(&format!(" {} ", notice(&connector.id)))))?;
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
            ("modeler:executionPlatformVersion", platform.as_str()),
        ])
        .write_inner_content(|writer| {
            let documentation = documentation(&notice(&connector.id), &applied);
            let element = Drawn { element: variant.element, name: &operation.name, template: &generated.template };
            write_process(writer, &process_id, &documentation, &element, &applied)?;
            write_diagram(writer, &process_id, variant.element)
        })?;
    let mut bytes = writer.into_inner();
    bytes.push(b'\n');
    String::from_utf8(bytes).map_err(io::Error::other)
}

type Output = Writer<Vec<u8>>;

/// The element that the process is about.
struct Drawn<'a> {
    element: Element,
    name: &'a str,
    template: &'a ElementTemplate,
}

fn write_process(
    writer: &mut Output,
    id: &str,
    documentation: &str,
    drawn: &Drawn<'_>,
    applied: &Applied,
) -> io::Result<()> {
    writer
        .create_element("bpmn:process")
        .with_attributes([("id", id), ("name", drawn.name), ("isExecutable", "true")])
        .write_inner_content(|writer| {
            writer.create_element("bpmn:documentation").write_text_content(BytesText::new(documentation))?;
            writer
                .create_element("bpmn:startEvent")
                .with_attribute(("id", "Start"))
                .write_inner_content(|writer| flow_end(writer, "outgoing", "Flow_1"))?;
            write_element(writer, drawn, applied)?;
            let mut flows = vec![("Flow_1", "Start", ELEMENT)];
            if !is_end(drawn.element) {
                writer
                    .create_element("bpmn:endEvent")
                    .with_attribute(("id", "End"))
                    .write_inner_content(|writer| flow_end(writer, "incoming", "Flow_2"))?;
                flows.push(("Flow_2", ELEMENT, "End"));
            }
            for (flow, from, to) in flows {
                writer
                    .create_element("bpmn:sequenceFlow")
                    .with_attributes([("id", flow), ("sourceRef", from), ("targetRef", to)])
                    .write_empty()?;
            }
            Ok(())
        })?;
    Ok(())
}

fn is_end(element: Element) -> bool {
    element == Element::MessageEndEvent
}

/// What the process needs: variables that the inputs refer to, and secrets.
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

fn flow_end(writer: &mut Output, direction: &str, flow: &str) -> io::Result<()> {
    writer.create_element(format!("bpmn:{direction}")).write_text_content(BytesText::new(flow)).map(drop)
}

fn write_element(writer: &mut Output, drawn: &Drawn<'_>, applied: &Applied) -> io::Result<()> {
    let template = drawn.template;
    let version = template.version.unwrap_or_default().to_string();
    let mut attributes = vec![
        ("id", ELEMENT),
        ("name", drawn.name),
        ("zeebe:modelerTemplate", template.id.as_deref().unwrap_or_default()),
        ("zeebe:modelerTemplateVersion", version.as_str()),
    ];
    if let Some(contents) = template.icon.as_ref().and_then(|icon| icon.contents.as_deref()) {
        attributes.push(("zeebe:modelerTemplateIcon", contents));
    }
    let tag = tag(drawn.element.bpmn_type());
    writer.create_element(format!("bpmn:{tag}")).with_attributes(attributes).write_inner_content(|writer| {
        writer
            .create_element("bpmn:extensionElements")
            .write_inner_content(|writer| write_extensions(writer, applied))?;
        flow_end(writer, "incoming", "Flow_1")?;
        if !is_end(drawn.element) {
            flow_end(writer, "outgoing", "Flow_2")?;
        }
        if drawn.element.is_event() {
            writer.create_element("bpmn:messageEventDefinition").with_attribute(("id", "Message_1")).write_empty()?;
        }
        Ok(())
    })?;
    Ok(())
}

fn write_extensions(writer: &mut Output, applied: &Applied) -> io::Result<()> {
    let mut definition = vec![("type", applied.job_type.as_str())];
    if let Some(retries) = &applied.retries {
        definition.push(("retries", retries.as_str()));
    }
    writer.create_element("zeebe:taskDefinition").with_attributes(definition).write_empty()?;
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

/// Places of the shapes, in the pixels of a diagram.
fn write_diagram(writer: &mut Output, process_id: &str, element: Element) -> io::Result<()> {
    let event = ["250", "102", "36", "36"];
    let (shape, right, end) = match element {
        _ if element.is_event() => (event, "286", ["340", "102", "36", "36"]),
        _ => (["250", "80", "100", "80"], "350", ["404", "102", "36", "36"]),
    };
    let mut shapes = vec![("Start", ["160", "102", "36", "36"]), (ELEMENT, shape)];
    let mut flows = vec![("Flow_1", "196", "250")];
    if !is_end(element) {
        shapes.push(("End", end));
        flows.push(("Flow_2", right, end[0]));
    }
    writer.create_element("bpmndi:BPMNDiagram").with_attribute(("id", "Diagram_1")).write_inner_content(|writer| {
        writer
            .create_element("bpmndi:BPMNPlane")
            .with_attributes([("id", "Plane_1"), ("bpmnElement", process_id)])
            .write_inner_content(|writer| {
                for (element, bounds) in shapes {
                    write_shape(writer, element, bounds)?;
                }
                for (flow, from, to) in flows {
                    write_edge(writer, flow, [from, to])?;
                }
                Ok(())
            })?;
        Ok(())
    })?;
    Ok(())
}

fn write_shape(writer: &mut Output, element: &str, [x, y, width, height]: [&str; 4]) -> io::Result<()> {
    writer
        .create_element("bpmndi:BPMNShape")
        .with_attributes([("id", format!("{element}_di").as_str()), ("bpmnElement", element)])
        .write_inner_content(|writer| {
            let bounds = [("x", x), ("y", y), ("width", width), ("height", height)];
            writer.create_element("dc:Bounds").with_attributes(bounds).write_empty().map(drop)
        })?;
    Ok(())
}

fn write_edge(writer: &mut Output, flow: &str, ends: [&str; 2]) -> io::Result<()> {
    writer
        .create_element("bpmndi:BPMNEdge")
        .with_attributes([("id", format!("{flow}_di").as_str()), ("bpmnElement", flow)])
        .write_inner_content(|writer| {
            for x in ends {
                writer.create_element("di:waypoint").with_attributes([("x", x), ("y", "120")]).write_empty()?;
            }
            Ok(())
        })?;
    Ok(())
}
