//! All bytes but those of the elements that are moved stay as they are, however the file is written.

use super::{random, text};
use crate::node::in_modeler;
use crate::update::{read, small};
use opwright::diagram::{Diagram, Move};
use opwright::template::{ElementTemplate, Node, Value as TemplateValue};
use regex::Regex;
use serde_json::json;
use std::path::Path;

/// A later version of a template, in which every default and the order are other ones.
fn later(template: &ElementTemplate) -> ElementTemplate {
    let mut later = template.clone();
    later.version = Some(template.version.unwrap_or_default() + 1);
    later.properties.reverse();
    for property in &mut later.properties {
        if property.choices.is_none() && property.value.is_some() {
            property.value = Some(TemplateValue::String("another default".to_owned()));
        }
    }
    later
}

/// What stands behind an element, but for the messages that elements wait for: they move with them.
fn behind(text: &str) -> String {
    Regex::new(r"(?s)<bpmn:message .*?</bpmn:message>").expect("a pattern").replace_all(text, "").into_owned()
}

/// Moves one element; what stands before it and behind it must be what it was.
fn moved(diagram: &Diagram, index: usize, new: &ElementTemplate, old: &ElementTemplate) -> Diagram {
    let element = &diagram.elements()[index];
    let next = diagram.with(&[(index, Move::update(element, old, new))], &mut random()).expect("it is moved");
    let after = &next.elements()[index];
    assert_eq!(diagram.text()[..element.span.start], next.text()[..after.span.start], "before {}", element.id);
    let (was, is) = (&diagram.text()[element.span.end..], &next.text()[after.span.end..]);
    assert_eq!(behind(was), behind(is), "behind {}", element.id);
    assert_ne!(diagram.text()[element.span.clone()], next.text()[after.span.clone()], "{}", element.id);
    assert_eq!((&after.id, after.version), (&element.id, new.version));
    next
}

#[test]
fn what_generate_wrote_stays_but_for_the_element() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("generated");
    let mut count = 0;
    for entry in std::fs::read_dir(root.join("bpmn")).expect("a folder") {
        let diagram = std::fs::read_to_string(entry.expect("an entry").path()).expect("text");
        let diagram = Diagram::parse(&diagram).expect("BPMN");
        let marks = diagram.elements()[0].template.trim_start_matches("io.opwright.power-automate").replace('.', "-");
        let file = root.join(format!("element-templates/power-automate{marks}.json"));
        let tree = Node::parse(&std::fs::read_to_string(file).expect("text")).expect("JSON");
        let old = opwright::template::read(&tree).0.remove(0).1;
        let new = later(&old);
        let there = moved(&diagram, 0, &new, &old);
        // And back: what was default is again, and all else has stayed.
        let back = moved(&there, 0, &old, &new);
        assert_eq!(back.elements()[0].holds.entries(), diagram.elements()[0].holds.entries());
        assert_eq!(back.text(), diagram.text());
        count += 1;
    }
    assert!(count >= 9, "only {count} files");
}

/// Three elements with a template, another without, as somebody may have written them.
pub(crate) fn several() -> String {
    let task = |id: &str, size: &str| {
        format!(
            r#"<bpmn:serviceTask id="{id}" name="Größe {size}" zeebe:modelerTemplate="io.example.small" zeebe:modelerTemplateVersion="1"><bpmn:extensionElements>
<zeebe:taskDefinition type="small:1" /><zeebe:ioMapping><zeebe:input source="find" target="operation" /><zeebe:input source="{size}" target="size" />
<zeebe:input source="=false" target="gift" /></zeebe:ioMapping><zeebe:taskHeaders><zeebe:header key="resultVariable" value="all" /></zeebe:taskHeaders>
</bpmn:extensionElements></bpmn:serviceTask>"#
        )
    };
    let ids = ["One", "Two", "Three", "Other"];
    let shapes: String = ids
        .iter()
        .map(|id| format!(r#"<bpmndi:BPMNShape id="{id}_di" bpmnElement="{id}"><dc:Bounds x="9" y="9" width="100" height="80" /></bpmndi:BPMNShape>"#))
        .collect();
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="D" targetNamespace="t">
<bpmn:process id="P" isExecutable="true">{}<bpmn:serviceTask id="Other" name="none" />{}{}</bpmn:process>
<bpmndi:BPMNDiagram id="Di"><bpmndi:BPMNPlane id="Plane" bpmnElement="P">{shapes}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></bpmn:definitions>"#,
        task("One", "20"),
        task("Two", "7"),
        task("Three", "20"),
    )
}

#[test]
fn what_modeler_saved_stays_but_for_the_elements() {
    let (old, mut new) = (small(), small());
    new["version"] = json!(2);
    new["properties"][3]["value"] = json!("50");
    new["properties"].as_array_mut().expect("a list").push(json!(
        { "id": "colour", "type": "String", "value": "red", "binding": { "type": "zeebe:property", "name": "colour" } }
    ));
    new["properties"].as_array_mut().expect("a list").swap(1, 3);
    let line = json!({ "xml": several(), "templates": [old, new], "id": "io.example.small", "bindings": [] });
    let answers = in_modeler("opened", format!("{line}\n"));
    let saved = text(&answers[0], "xml").to_owned();
    let (old, new) = (read(&old), read(&new));
    let tabs = Regex::new("(?m)^( +)").expect("a pattern");
    let between = Regex::new(r">\s+<").expect("a pattern");
    let ways = [
        saved.clone(),
        saved.replace('\n', "\r\n"),
        tabs.replace_all(&saved, |blanks: &regex::Captures<'_>| "\t".repeat(blanks[1].len() / 2)).into_owned(),
        between.replace_all(&saved, "><").into_owned(),
        format!("\u{feff}{saved}"),
        saved.replace("zeebe:", "z:").replace("xmlns:zeebe", "xmlns:z").replace(" />", "/>"),
        saved.replace("bpmn:", "").replace("xmlns:bpmn=", "xmlns="),
    ];
    let [tabbed, blank] = ["(?m)^\t* {2,}<", "(?m)^ {2,}<"].map(|pattern| Regex::new(pattern).expect("a pattern"));
    let mut written = Vec::new();
    for way in &ways {
        let diagram = Diagram::parse(way).expect("BPMN");
        assert_eq!(diagram.elements().len(), 3);
        let middle = moved(&diagram, 1, &new, &old);
        let all = moved(&moved(&middle, 0, &new, &old), 2, &new, &old);
        // All at once is one after the other.
        let update = |index: usize| (index, Move::update(&diagram.elements()[index], &old, &new));
        let at_once = diagram.with(&[update(0), update(1), update(2)], &mut random()).expect("they are moved");
        assert_eq!(at_once.text(), all.text());
        let values: Vec<String> = all.elements().iter().map(|one| format!("{:?}", one.holds.entries())).collect();
        written.push(values.concat().replace("z:", "zeebe:"));
        // Lines end and are indented as in the file.
        assert_eq!(all.text().matches("\r\n").count() > 0, way.contains("\r\n"));
        assert_eq!(all.text().replace("\r\n", "").contains('\n'), way.replace("\r\n", "").contains('\n'));
        assert_eq!(tabbed.is_match(all.text()), blank.is_match(way));
    }
    assert!(written.iter().all(|values| *values == written[0]), "{written:#?}");
    for expected in ["\"50\"", "\"7\"", "\"red\""] {
        assert!(written[0].contains(expected), "{expected}: {}", written[0]);
    }
}
