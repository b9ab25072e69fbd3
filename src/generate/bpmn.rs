//! Example processes: a start event, one task with the element template applied, an end event.

use super::element_template::{Binding, ElementTemplate, Expected, Property, PropertyKind, Test, Variant};
use super::notice;
use crate::definition::{ConnectorDefinition, OperationDefinition};
use crate::text::bare;
use quick_xml::Writer;
use quick_xml::events::{BytesText, Event};
use std::collections::BTreeSet;
use std::io;

/// The engine that the process is drawn for.
const EXECUTION_PLATFORM: &str = "8.6.0";

/// What applying a template to a task writes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// The job type.
    pub job_type: String,
    /// How often the job is tried.
    pub retries: Option<String>,
    /// Input mappings, target and source, in the order in which the engine evaluates them.
    pub inputs: Vec<(String, String)>,
    /// Task headers, key and value.
    pub headers: Vec<(String, String)>,
}

/// Applies a template as Modeler does. `choose` gives the value of a property, or `None` for its default.
pub fn apply(template: &ElementTemplate, choose: impl Fn(&Property) -> Option<String>) -> Applied {
    let mut values: Vec<(String, String)> = Vec::new();
    let mut applied = Applied::default();
    for property in &template.properties {
        let tests = property.condition.as_ref().map_or(&[][..], |condition| condition.tests());
        if !tests.iter().all(|test| holds(test, &values)) {
            continue;
        }
        let value = choose(property).or_else(|| property.value.as_ref().map(bare)).unwrap_or_default();
        values.push((property.id.clone(), value.clone()));
        if value.is_empty() && property.optional == Some(true) {
            continue;
        }
        match &property.binding {
            Binding::Input { name } => applied.inputs.push((name.clone(), source(property.kind, value))),
            Binding::TaskHeader { key } => applied.headers.push((key.clone(), value)),
            Binding::TaskDefinition { property: "type" } => applied.job_type = value,
            Binding::TaskDefinition { .. } => applied.retries = Some(value),
        }
    }
    applied
}

/// Modeler stores check boxes as FEEL.
fn source(kind: PropertyKind, value: String) -> String {
    let literal = kind == PropertyKind::Boolean && !value.starts_with('=');
    if literal { format!("={value}") } else { value }
}

fn holds(test: &Test, values: &[(String, String)]) -> bool {
    let Some((_, actual)) = values.iter().find(|(id, _)| *id == test.property) else { return false };
    match &test.expected {
        Expected::Equals(expected) => bare(expected) == *actual,
        Expected::OneOf(expected) => expected.iter().any(|expected| bare(expected) == *actual),
    }
}

/// The example process of an operation. It deploys as it is; its documentation names the variables
/// and secrets that a run needs.
pub fn example_process(
    connector: &ConnectorDefinition,
    operation: &OperationDefinition,
    variant: Variant,
    template: &ElementTemplate,
) -> io::Result<String> {
    let applied =
        apply(
            template,
            |property| {
                if property.id == "operation" { Some(operation.id.clone()) } else { property.example.clone() }
            },
        );
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
            ("modeler:executionPlatformVersion", EXECUTION_PLATFORM),
        ])
        .write_inner_content(|writer| {
            write_process(
                writer,
                &process_id,
                &documentation(&notice(&connector.id), &applied),
                operation,
                template,
                &applied,
            )?;
            write_diagram(writer, &process_id)
        })?;
    let mut bytes = writer.into_inner();
    bytes.push(b'\n');
    String::from_utf8(bytes).map_err(io::Error::other)
}

type Output = Writer<Vec<u8>>;

fn write_process(
    writer: &mut Output,
    id: &str,
    documentation: &str,
    operation: &OperationDefinition,
    template: &ElementTemplate,
    applied: &Applied,
) -> io::Result<()> {
    writer
        .create_element("bpmn:process")
        .with_attributes([("id", id), ("name", operation.name.as_str()), ("isExecutable", "true")])
        .write_inner_content(|writer| {
            writer.create_element("bpmn:documentation").write_text_content(BytesText::new(documentation))?;
            writer
                .create_element("bpmn:startEvent")
                .with_attribute(("id", "Start"))
                .write_inner_content(|writer| flow_end(writer, "outgoing", "Flow_1"))?;
            write_task(writer, operation, template, applied)?;
            writer
                .create_element("bpmn:endEvent")
                .with_attribute(("id", "End"))
                .write_inner_content(|writer| flow_end(writer, "incoming", "Flow_2"))?;
            for (flow, from, to) in [("Flow_1", "Start", "Task"), ("Flow_2", "Task", "End")] {
                writer
                    .create_element("bpmn:sequenceFlow")
                    .with_attributes([("id", flow), ("sourceRef", from), ("targetRef", to)])
                    .write_empty()?;
            }
            Ok(())
        })?;
    Ok(())
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

fn write_task(
    writer: &mut Output,
    operation: &OperationDefinition,
    template: &ElementTemplate,
    applied: &Applied,
) -> io::Result<()> {
    let version = template.version.to_string();
    let mut attributes = vec![
        ("id", "Task"),
        ("name", operation.name.as_str()),
        ("zeebe:modelerTemplate", template.id.as_str()),
        ("zeebe:modelerTemplateVersion", version.as_str()),
    ];
    if let Some(icon) = &template.icon {
        attributes.push(("zeebe:modelerTemplateIcon", icon.contents.as_str()));
    }
    writer.create_element("bpmn:serviceTask").with_attributes(attributes).write_inner_content(|writer| {
        writer.create_element("bpmn:extensionElements").write_inner_content(|writer| {
            let mut definition = vec![("type", applied.job_type.as_str())];
            if let Some(retries) = &applied.retries {
                definition.push(("retries", retries.as_str()));
            }
            writer.create_element("zeebe:taskDefinition").with_attributes(definition).write_empty()?;
            write_pairs(
                writer,
                "zeebe:ioMapping",
                "zeebe:input",
                ["source", "target"],
                applied.inputs.iter().map(|(target, source)| (source, target)),
            )?;
            write_pairs(
                writer,
                "zeebe:taskHeaders",
                "zeebe:header",
                ["key", "value"],
                applied.headers.iter().map(|(key, value)| (key, value)),
            )
        })?;
        flow_end(writer, "incoming", "Flow_1")?;
        flow_end(writer, "outgoing", "Flow_2")
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
fn write_diagram(writer: &mut Output, process_id: &str) -> io::Result<()> {
    writer.create_element("bpmndi:BPMNDiagram").with_attribute(("id", "Diagram_1")).write_inner_content(|writer| {
        writer
            .create_element("bpmndi:BPMNPlane")
            .with_attributes([("id", "Plane_1"), ("bpmnElement", process_id)])
            .write_inner_content(|writer| {
                for (element, [x, y, width, height]) in [
                    ("Start", ["160", "102", "36", "36"]),
                    ("Task", ["250", "80", "100", "80"]),
                    ("End", ["404", "102", "36", "36"]),
                ] {
                    writer
                        .create_element("bpmndi:BPMNShape")
                        .with_attributes([("id", format!("{element}_di").as_str()), ("bpmnElement", element)])
                        .write_inner_content(|writer| {
                            writer
                                .create_element("dc:Bounds")
                                .with_attributes([("x", x), ("y", y), ("width", width), ("height", height)])
                                .write_empty()
                                .map(drop)
                        })?;
                }
                for (flow, from, to) in [("Flow_1", "196", "250"), ("Flow_2", "350", "404")] {
                    writer
                        .create_element("bpmndi:BPMNEdge")
                        .with_attributes([("id", format!("{flow}_di").as_str()), ("bpmnElement", flow)])
                        .write_inner_content(|writer| {
                            for x in [from, to] {
                                writer
                                    .create_element("di:waypoint")
                                    .with_attributes([("x", x), ("y", "120")])
                                    .write_empty()?;
                            }
                            Ok(())
                        })?;
                }
                Ok(())
            })?;
        Ok(())
    })?;
    Ok(())
}
