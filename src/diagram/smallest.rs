//! The smallest diagram in which an element has a template.

use super::{Diagram, Move, MoveError, tag};
use crate::compat::Element;
use crate::template::ElementTemplate;
use quick_xml::escape::escape;

/// The smallest diagram in which an element has this template and holds these values. Modeler opens it.
pub fn smallest(template: &ElementTemplate, holds: &Element) -> Result<Diagram, MoveError> {
    let diagram = Diagram::parse(&bare(template))?;
    let mut made = 0;
    let mut number = || {
        made += 1;
        made
    };
    let moves = [(0, Move::exactly(holds.clone(), template))];
    diagram
        .with(&moves, &mut number)
        .map_err(|errors| errors.into_iter().next().map_or(MoveError::Missing, |(_, error)| error))
}

/// The diagram with the element, which holds nothing yet.
fn bare(template: &ElementTemplate) -> String {
    let element_type = template.element_type.as_ref();
    let applies_to = || template.applies_to.as_ref().and_then(|types| types.first().cloned());
    let value = element_type.and_then(|element| element.value.clone()).or_else(applies_to);
    let kind = value.unwrap_or_else(|| "bpmn:Task".to_owned());
    let tag = tag(&kind);
    let kind = kind.trim_start_matches("bpmn:");
    let id = escape(template.id.as_deref().unwrap_or_default()).into_owned();
    let version = template.version.unwrap_or_default();
    let templated = format!(r#" zeebe:modelerTemplate="{id}" zeebe:modelerTemplateVersion="{version}""#);
    let definition = element_type.and_then(|element| element.event_definition.as_deref());
    let definition =
        definition.map(|definition| format!("      <bpmn:{} id=\"Definition\" />\n", super::tag(definition)));
    let content = definition.unwrap_or_default();
    let (process, elements, shape) = match kind {
        "Process" => (templated, String::new(), "Process"),
        "BoundaryEvent" => {
            let host = r#"    <bpmn:task id="Host" />"#;
            (
                String::new(),
                format!(
                    "{host}\n    <bpmn:{tag} id=\"Element\" attachedToRef=\"Host\"{templated}>\n{content}    </bpmn:{tag}>\n"
                ),
                "Element",
            )
        }
        _ => (
            String::new(),
            format!("    <bpmn:{tag} id=\"Element\"{templated}>\n{content}    </bpmn:{tag}>\n"),
            "Element",
        ),
    };
    let (width, height) = if kind.ends_with("Event") { (36, 36) } else { (100, 80) };
    let mut shapes = String::new();
    if kind == "BoundaryEvent" {
        shapes += &shape_of("Host", [160, 80, 100, 80]);
    }
    if shape == "Element" {
        shapes += &shape_of("Element", [242, 142, width, height]);
    }
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:modeler="http://camunda.org/schema/modeler/1.0" id="Definitions" targetNamespace="http://bpmn.io/schema/bpmn" modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="{platform}">
  <bpmn:process id="Process" isExecutable="true"{process}>
{elements}  </bpmn:process>
  <bpmndi:BPMNDiagram id="Diagram">
    <bpmndi:BPMNPlane id="Plane" bpmnElement="Process">
{shapes}    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
"#,
        platform = platform(template)
    )
}

fn shape_of(element: &str, [x, y, width, height]: [u32; 4]) -> String {
    format!(
        r#"      <bpmndi:BPMNShape id="{element}_di" bpmnElement="{element}">
        <dc:Bounds x="{x}" y="{y}" width="{width}" height="{height}" />
      </bpmndi:BPMNShape>
"#
    )
}

/// A version of Camunda that the template is for: the oldest that its engines name.
fn platform(template: &ElementTemplate) -> String {
    let engines = template.engines.as_ref().and_then(|engines| engines.get("camunda")?.as_str()).unwrap_or_default();
    let is_digit = |letter: &char| letter.is_ascii_digit() || *letter == '.';
    let number: String = engines.chars().skip_while(|letter| !letter.is_ascii_digit()).take_while(is_digit).collect();
    match number.split('.').filter(|part| !part.is_empty()).collect::<Vec<_>>().as_slice() {
        [] => "8.6.0".to_owned(),
        [major] => format!("{major}.0.0"),
        [major, minor] => format!("{major}.{minor}.0"),
        [major, minor, patch, ..] => format!("{major}.{minor}.{patch}"),
    }
}
