//! Diagrams that no template alone has made: what designers, other programs and other templates have put there must be left
//! where Modeler leaves it.

use super::{comparable, difference, random, text};
use crate::node::in_modeler;
use crate::update::read;
use opwright::diagram::{Diagram, Move, MoveError};
use opwright::migrate::{Goal, Library, Migration, NoteKind};
use regex::Regex;
use serde_json::{Value, json};

/// A property of a template.
pub(super) fn property(kind: &str, value: &str, binding: &Value) -> Value {
    let mut property = json!({ "type": kind, "value": value, "binding": binding });
    if value.is_empty() {
        property.as_object_mut().expect("an object").remove("value");
    }
    property
}

pub(super) fn named(kind: &str, member: &str, name: &str) -> Value {
    json!({ "type": kind, member: name })
}

pub(super) fn input(name: &str, value: &str) -> Value {
    property("String", value, &named("zeebe:input", "name", name))
}

fn job(value: &str) -> Value {
    property("Hidden", value, &named("zeebe:taskDefinition", "property", "type"))
}

fn resource(link: &str, name: &str, value: &str) -> Value {
    property("String", value, &json!({ "type": "zeebe:linkedResource", "linkName": link, "property": name }))
}

fn single(kind: &str, name: &str, value: &str) -> Value {
    property("String", value, &named(kind, "property", name))
}

fn listener(event: &str, value: &str) -> Value {
    let headers = json!([{ "key": "k", "value": "v" }]);
    let binding = json!({ "type": "zeebe:executionListener", "eventType": event, "retries": "2", "headers": headers });
    property("Hidden", value, &binding)
}

/// A version of a template.
pub(super) fn template(version: i64, element: &str, properties: &[Value]) -> Value {
    let (element, definition) = element.split_once('+').unwrap_or((element, ""));
    let mut template = json!({
        "$schema": "https://unpkg.com/@camunda/zeebe-element-templates-json-schema/resources/schema.json",
        "id": "io.example.hand", "name": "Hand", "version": version, "appliesTo": [element],
        "elementType": { "value": element }, "properties": properties,
    });
    if !definition.is_empty() {
        template["elementType"]["eventDefinition"] = json!(definition);
    }
    template
}

/// A diagram with one element of a template, as a designer may have left it.
pub(super) fn diagram(element: &str, root: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:zb="http://camunda.org/schema/zeebe/1.0" xmlns:other="http://example.com/other" xmlns:modeler="http://camunda.org/schema/modeler/1.0" id="Definitions_1" targetNamespace="http://bpmn.io/schema/bpmn" modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.9.0">
  <bpmn:process id="P" isExecutable="true">
    {element}
    <bpmn:task id="Other" name="untouched" />
  </bpmn:process>
  {root}
  <bpmndi:BPMNDiagram id="D"><bpmndi:BPMNPlane id="Plane" bpmnElement="P">
    <bpmndi:BPMNShape id="E_di" bpmnElement="E"><dc:Bounds x="160" y="80" width="100" height="80" /></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="Other_di" bpmnElement="Other"><dc:Bounds x="360" y="80" width="100" height="80" /></bpmndi:BPMNShape>
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>
"#
    )
}

pub(super) const HEAD: &str = r#"id="E" zb:modelerTemplate="io.example.hand" zb:modelerTemplateVersion="1""#;

struct Row {
    name: &'static str,
    element: String,
    root: &'static str,
    old: Value,
    new: Value,
}

#[expect(clippy::needless_pass_by_value, reason = "the table below reads better without references")]
fn row(name: &'static str, kind: &str, element: &str, root: &'static str, old: Vec<Value>, new: Vec<Value>) -> Row {
    let element = element.replace("HEAD", HEAD);
    Row { name, element, root, old: template(1, kind, &old), new: template(2, kind, &new) }
}

pub(super) const MESSAGE: &str = r#"<bpmn:message id="M" name="typed" zb:modelerTemplate="io.example.hand"><bpmn:extensionElements>
    <zb:subscription correlationKey="= key" /></bpmn:extensionElements></bpmn:message><bpmn:error id="Err" name="other" />"#;

#[expect(clippy::too_many_lines, reason = "a table")]
fn rows() -> Vec<Row> {
    let service = "bpmn:ServiceTask";
    let full = r#"<bpmn:serviceTask HEAD name="Named" zb:modelerTemplateIcon="data:x" other:flag="yes">
      <bpmn:documentation>kept</bpmn:documentation>
      <bpmn:extensionElements>
        <other:thing a="1"><other:inner>text</other:inner></other:thing>
        <zb:taskHeaders><zb:header key="mine" value="1" /><zb:header key="h" value="typed" id="H1" /></zb:taskHeaders>
        <zb:taskDefinition type="old" retries="7" />
        <!-- a remark -->
        <zb:executionListeners><zb:executionListener eventType="start" type="mine" /></zb:executionListeners>
        <zb:ioMapping><zb:output source="= o" target="t" /><zb:input source="= mine" target="mine" /><zb:input
          source="typed &amp; &quot;more&quot;" target="a" /><zb:input source="b" target="b" /></zb:ioMapping>
        <zb:properties><zb:property name="mine" value="1" /></zb:properties>
      </bpmn:extensionElements>
      <bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements><zb:loopCharacteristics inputCollection="= all" /></bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>
    </bpmn:serviceTask>"#;
    let header = |value| property("String", value, &named("zeebe:taskHeader", "key", "h"));
    let zeebe = |value| property("String", value, &named("zeebe:property", "name", "p"));
    let message = |value| property("String", value, &named("bpmn:Message#property", "name", "name"));
    let key =
        |value| property("String", value, &named("bpmn:Message#zeebe:subscription#property", "name", "correlationKey"));
    let name = |value| property("String", value, &named("property", "name", "name"));
    let mut rows = vec![
        row(
            "everything",
            service,
            full,
            "",
            vec![job("old"), input("a", "x"), input("b", "b"), header("y")],
            vec![job("new"), input("b", "c"), input("a", "x"), header("y"), zeebe("z")],
        ),
        row("nothing stays", service, full, "", vec![job("old"), input("a", "x")], vec![]),
        row("the same again", service, full, "", vec![job("old"), input("a", "x")], vec![job("old"), input("a", "x")]),
        row(
            "retries become the template's",
            service,
            full,
            "",
            vec![job("old")],
            vec![job("new"), single("zeebe:taskDefinition", "retries", "3")],
        ),
        row(
            "no extensions",
            service,
            "<bpmn:serviceTask HEAD><bpmn:documentation>kept</bpmn:documentation></bpmn:serviceTask>",
            "",
            vec![],
            vec![job("new"), zeebe("")],
        ),
        row(
            "an empty tag",
            service,
            "<bpmn:serviceTask HEAD />",
            "",
            vec![],
            vec![job("new"), input("a", "\n<&>\"'\t")],
        ),
        row("nothing at all", service, "<bpmn:serviceTask HEAD />", "", vec![], vec![]),
        row(
            "empty extensions",
            service,
            "<bpmn:serviceTask HEAD><bpmn:extensionElements /></bpmn:serviceTask>",
            "",
            vec![],
            vec![header("y"), input("a", "")],
        ),
        row(
            "an empty list",
            service,
            "<bpmn:serviceTask HEAD><bpmn:extensionElements><zb:ioMapping /></bpmn:extensionElements></bpmn:serviceTask>",
            "",
            vec![],
            vec![input("a", "1"), input("b", "2")],
        ),
        row("the name is bound", service, "<bpmn:serviceTask HEAD name=\"A\" />", "", vec![name("A")], vec![name("B")]),
        row(
            "the name is not bound any more",
            service,
            "<bpmn:serviceTask HEAD name=\"typed\" />",
            "",
            vec![name("A")],
            vec![],
        ),
        row(
            "the name was typed",
            service,
            "<bpmn:serviceTask HEAD name=\"typed\" />",
            "",
            vec![name("A")],
            vec![name("B")],
        ),
        row(
            "linked resources",
            service,
            r#"<bpmn:serviceTask HEAD><bpmn:extensionElements><zb:linkedResources>
            <zb:linkedResource resourceId="mine" linkName="mine" /><zb:linkedResource resourceId="typed" resourceType="old" linkName="l" bindingType="latest" />
          </zb:linkedResources></bpmn:extensionElements></bpmn:serviceTask>"#,
            "",
            vec![resource("l", "resourceId", "r"), resource("l", "resourceType", "old")],
            vec![
                resource("m", "resourceId", "s"),
                resource("l", "resourceId", "r"),
                resource("m", "resourceType", "kind"),
            ],
        ),
        row(
            "a process is called",
            "bpmn:CallActivity",
            r#"<bpmn:callActivity HEAD><bpmn:extensionElements><zb:calledElement processId="typed" propagateAllChildVariables="false" propagateAllParentVariables="false" /></bpmn:extensionElements></bpmn:callActivity>"#,
            "",
            vec![single("zeebe:calledElement", "processId", "p")],
            vec![
                single("zeebe:calledElement", "processId", "q"),
                property("Hidden", "deployment", &named("zeebe:calledElement", "property", "bindingType")),
            ],
        ),
        row(
            "a process is called, and variables are passed",
            "bpmn:CallActivity",
            r#"<bpmn:callActivity HEAD><bpmn:extensionElements><zb:calledElement processId="p" /></bpmn:extensionElements></bpmn:callActivity>"#,
            "",
            vec![single("zeebe:calledElement", "processId", "p")],
            vec![single("zeebe:calledElement", "processId", "q")],
        ),
        row(
            "a process is called, and what is passed is bound no more",
            "bpmn:CallActivity",
            r#"<bpmn:callActivity HEAD><bpmn:extensionElements><zb:calledElement processId="p" propagateAllChildVariables="true" /></bpmn:extensionElements></bpmn:callActivity>"#,
            "",
            vec![
                single("zeebe:calledElement", "processId", "p"),
                json!({ "type": "Hidden", "value": true, "binding": { "type": "zeebe:calledElement", "property": "propagateAllChildVariables" } }),
            ],
            vec![single("zeebe:calledElement", "processId", "q")],
        ),
        row(
            "a decision",
            "bpmn:BusinessRuleTask",
            r#"<bpmn:businessRuleTask HEAD><bpmn:extensionElements><zb:calledDecision decisionId="typed" resultVariable="r" /></bpmn:extensionElements></bpmn:businessRuleTask>"#,
            "",
            vec![
                single("zeebe:calledDecision", "decisionId", "d"),
                single("zeebe:calledDecision", "resultVariable", "r"),
            ],
            vec![
                single("zeebe:calledDecision", "decisionId", "e"),
                single("zeebe:calledDecision", "resultVariable", "s"),
            ],
        ),
        row(
            "a user task",
            "bpmn:UserTask",
            r#"<bpmn:userTask HEAD><bpmn:extensionElements><zb:formDefinition formId="typed" /><zb:userTask /><zb:assignmentDefinition assignee="a" candidateUsers="mine" /></bpmn:extensionElements></bpmn:userTask>"#,
            "",
            vec![
                json!({ "type": "Hidden", "binding": { "type": "zeebe:userTask" } }),
                single("zeebe:formDefinition", "formId", "f"),
                single("zeebe:assignmentDefinition", "assignee", "a"),
            ],
            vec![
                json!({ "type": "Hidden", "binding": { "type": "zeebe:userTask" } }),
                single("zeebe:formDefinition", "formId", "f"),
                single("zeebe:assignmentDefinition", "assignee", "b"),
                single("zeebe:taskSchedule", "dueDate", "2030-01-01T00:00:00Z"),
            ],
        ),
        row(
            "a user task without its jobs",
            "bpmn:UserTask",
            r"<bpmn:userTask HEAD><bpmn:extensionElements><zb:userTask /></bpmn:extensionElements></bpmn:userTask>",
            "",
            vec![json!({ "type": "Hidden", "binding": { "type": "zeebe:userTask" } })],
            vec![job("new")],
        ),
        row(
            "a message",
            "bpmn:ReceiveTask",
            r#"<bpmn:receiveTask HEAD messageRef="M" />"#,
            MESSAGE,
            vec![message("m"), key("= key")],
            vec![message("n"), key("= other")],
        ),
        row(
            "a message without its key",
            "bpmn:ReceiveTask",
            r#"<bpmn:receiveTask HEAD messageRef="M" />"#,
            MESSAGE,
            vec![message("m"), key("= key")],
            vec![message("n")],
        ),
        row(
            "a message that goes",
            "bpmn:ReceiveTask",
            r#"<bpmn:receiveTask HEAD messageRef="M" />"#,
            MESSAGE,
            vec![message("m"), key("= key")],
            vec![input("a", "1")],
        ),
        row(
            "a message that comes",
            "bpmn:ReceiveTask",
            "<bpmn:receiveTask HEAD />",
            "",
            vec![],
            vec![message("m"), key("= key")],
        ),
        row(
            "a message of nobody",
            "bpmn:ReceiveTask",
            r#"<bpmn:receiveTask HEAD messageRef="M" />"#,
            r#"<bpmn:message id="M" name="typed"><bpmn:extensionElements><zb:subscription correlationKey="= typed" /></bpmn:extensionElements></bpmn:message>"#,
            vec![],
            vec![message("m"), key("= key")],
        ),
        row(
            "an event",
            "bpmn:IntermediateCatchEvent+bpmn:MessageEventDefinition",
            r#"<bpmn:intermediateCatchEvent HEAD><bpmn:messageEventDefinition id="Def" messageRef="M" /></bpmn:intermediateCatchEvent>"#,
            MESSAGE,
            vec![message("m"), key("= key")],
            vec![message("m"), key("= other"), zeebe("z")],
        ),
        row(
            "an event without its key",
            "bpmn:IntermediateCatchEvent+bpmn:MessageEventDefinition",
            r#"<bpmn:intermediateCatchEvent HEAD><bpmn:messageEventDefinition id="Def" messageRef="M" /></bpmn:intermediateCatchEvent>"#,
            MESSAGE,
            vec![message("m"), key("= key")],
            vec![message("m")],
        ),
        row(
            "a signal",
            "bpmn:IntermediateThrowEvent+bpmn:SignalEventDefinition",
            r#"<bpmn:intermediateThrowEvent HEAD><bpmn:signalEventDefinition id="Def" signalRef="S" /></bpmn:intermediateThrowEvent>"#,
            r#"<bpmn:signal id="S" name="old" zb:modelerTemplate="io.example.hand" />"#,
            vec![property("String", "old", &named("bpmn:Signal#property", "name", "name"))],
            vec![property("String", "new", &named("bpmn:Signal#property", "name", "name"))],
        ),
        row(
            "a timer that was set",
            "bpmn:IntermediateCatchEvent+bpmn:TimerEventDefinition",
            r#"<bpmn:intermediateCatchEvent HEAD><bpmn:timerEventDefinition id="Def"><bpmn:timeDuration xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="bpmn:tFormalExpression">PT9S</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>"#,
            "",
            vec![property("String", "PT1S", &named("bpmn:TimerEventDefinition#property", "name", "timeDuration"))],
            vec![property("String", "PT1S", &named("bpmn:TimerEventDefinition#property", "name", "timeDuration"))],
        ),
    ];
    let listening = r#"<bpmn:serviceTask HEAD><bpmn:extensionElements><zb:executionListeners><zb:executionListener eventType="start" type="one" retries="2" /><zb:executionListener eventType="end" type="mine" /></zb:executionListeners><zb:taskDefinition type="old" /></bpmn:extensionElements></bpmn:serviceTask>"#;
    let listeners: [(&'static str, Vec<Value>, Vec<Value>); 3] = [
        (
            "listeners change",
            vec![job("old"), listener("start", "one")],
            vec![job("old"), listener("end", "two"), listener("start", "three")],
        ),
        ("listeners go", vec![job("old"), listener("start", "one")], vec![job("old")]),
        ("listeners are the designer's", vec![job("old")], vec![job("new")]),
    ];
    for (name, old, new) in listeners {
        let mut row = row(name, service, listening, "", old, new);
        for template in [&mut row.old, &mut row.new] {
            if template.to_string().contains("executionListener\"") {
                template["entriesVisible"] = json!({ "executionListeners": false });
            }
        }
        rows.push(row);
    }
    let mut visible = row(
        "outputs are the designer's",
        service,
        full,
        "",
        vec![job("old"), input("a", "x")],
        vec![job("new"), input("a", "x")],
    );
    visible.new["entriesVisible"] = json!({ "outputs": true });
    rows.push(visible);
    let mut hidden =
        row("only outputs are left", service, full, "", vec![job("old"), input("a", "x")], vec![job("new")]);
    hidden.new["entriesVisible"] = json!({ "outputs": true });
    rows.push(hidden);
    let mut pictured = row("an icon comes", service, "<bpmn:serviceTask HEAD />", "", vec![], vec![]);
    pictured.new["icon"] = json!({ "contents": "data:image/svg+xml,%3Csvg/%3E" });
    rows.push(pictured);
    let called = r#"<bpmn:serviceTask HEAD name="N"><bpmn:extensionElements><zb:taskDefinition type="old" /></bpmn:extensionElements></bpmn:serviceTask>"#;
    let mut another = row("another kind of task", service, called, "", vec![job("old")], vec![job("new")]);
    another.new["elementType"]["value"] = json!("bpmn:SendTask");
    for template in [&mut another.old, &mut another.new] {
        template["appliesTo"] = json!(["bpmn:Task"]);
    }
    rows.push(another);
    rows
}

/// The lines in another order, without the ids of shapes, which are new where an element is replaced.
fn sorted(xml: &str) -> String {
    let xml = Regex::new("id=\"[^\"]*_di\"").expect("a pattern").replace_all(xml, "");
    let mut lines: Vec<&str> = xml.lines().collect();
    lines.sort_unstable();
    lines.join("\n")
}

#[test]
fn what_is_not_the_templates_is_left_where_modeler_leaves_it() {
    let rows = rows();
    let bindings = json!([]);
    let line = |row: &Row| {
        let xml = diagram(&row.element, row.root);
        json!({ "xml": xml, "old": row.old, "next": row.new, "bindings": bindings }).to_string() + "\n"
    };
    let modelers = in_modeler("saved", rows.iter().map(line).collect());
    let mut lines = String::new();
    for row in &rows {
        let xml = diagram(&row.element, row.root);
        let parsed = Diagram::parse(&xml).unwrap_or_else(|error| panic!("{}: {error}", row.name));
        let (old, new) = (read(&row.old), read(&row.new));
        let step = Move::update(&parsed.elements()[0], &old, &new);
        let moved =
            parsed.with(&[(0, step)], &mut random()).unwrap_or_else(|errors| panic!("{}: {errors:?}", row.name));
        let templates = json!([row.old, row.new]);
        lines += &json!({ "xml": moved.text(), "templates": templates, "id": "io.example.hand", "bindings": bindings })
            .to_string();
        lines.push('\n');
        assert!(moved.text().contains("untouched"), "{}", row.name);
    }
    let ours = in_modeler("opened", lines);
    let mut found = Vec::new();
    for ((row, modelers), ours) in rows.iter().zip(&modelers).zip(&ours) {
        if let Some(error) = modelers.get("error").or(ours.get("error")) {
            found.push(format!("{}: {error}", row.name));
            continue;
        }
        let [mut ours, mut modelers] = [ours, modelers].map(|answer| comparable(text(answer, "xml")));
        if row.new["elementType"] != row.old["elementType"] {
            // Modeler puts what it has replaced at the end of the process.
            (ours, modelers) = (sorted(&ours), sorted(&modelers));
        }
        if let Some(difference) = difference(&ours, &modelers) {
            found.push(format!("{}: {difference}", row.name));
        }
    }
    assert_eq!((modelers.len(), ours.len()), (rows.len(), rows.len()));
    assert_eq!(found, [""; 0]);
}

#[test]
fn what_was_added_by_hand_is_told_where_it_goes() {
    let mut found = Vec::new();
    for row in rows()
        .iter()
        .filter(|row| matches!(row.name, "everything" | "outputs are the designer's" | "a message that goes"))
    {
        let mut library = Library::default();
        assert!(library.add(&read(&row.old)) && library.add(&read(&row.new)));
        let migration = Migration { library, goal: Goal::Latest, only: None };
        let diagram = Diagram::parse(&diagram(&row.element, row.root)).expect("BPMN");
        let migrated = migration.run(&diagram, &mut random()).expect("it is moved");
        let lost = migrated.elements[0].notes.iter().filter(|note| note.kind == NoteKind::Lost);
        found.extend(lost.map(|note| format!("{}: {}", row.name, note.field)));
    }
    // Retries and listeners stay, and so do outputs where they are the designer's.
    let expected = [
        "everything: zeebe:input mine",
        "everything: zeebe:output = o",
        "everything: zeebe:property mine",
        "everything: zeebe:taskHeader mine",
        "a message that goes: bpmn:Message#property name",
        "outputs are the designer's: zeebe:input b",
        "outputs are the designer's: zeebe:input mine",
        "outputs are the designer's: zeebe:property mine",
        "outputs are the designer's: zeebe:taskHeader h",
        "outputs are the designer's: zeebe:taskHeader mine",
    ];
    assert_eq!(found, expected);
}

#[test]
fn elements_that_share_a_message_are_moved_one_after_the_other() {
    let row = rows().into_iter().find(|row| row.name == "an event").expect("the row");
    let (old, new) = (read(&row.old), read(&row.new));
    let mut library = Library::default();
    assert!(library.add(&old) && library.add(&new));
    let migration = Migration { library, goal: Goal::Latest, only: None };
    let second = row.element.replace("id=\"Def\"", "id=\"Def2\"").replace("id=\"E\"", "id=\"Second\"");
    let diagram = Diagram::parse(&diagram(&(row.element.clone() + &second), row.root)).expect("BPMN");
    assert_eq!(diagram.apart(vec![0, 1]), (vec![0], vec![1]));
    let migrated = migration.run(&diagram, &mut random()).expect("they are moved");
    assert_eq!(migrated.elements.len(), 2);
    let mut one_by_one = diagram.clone();
    for index in 0..2 {
        let update = Move::update(&one_by_one.elements()[index], &old, &new);
        one_by_one = one_by_one.with(&[(index, update)], &mut random()).expect("it is moved");
    }
    assert_eq!(migrated.diagram.text(), one_by_one.text());
    assert_eq!(migrated.diagram.text().matches("= other").count(), 1);
    let at_once =
        diagram.with(&[0, 1].map(|index| (index, Move::update(&diagram.elements()[index], &old, &new))), &mut random());
    assert_eq!(at_once.err(), Some(vec![(1, MoveError::Shared)]));
}
