use super::*;
use crate::compat::Entry;
use crate::template::{self, Binding, BindingKind, ElementTemplate};
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};

fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|file| file.extension().is_some_and(|found| found == extension));
    files.sort();
    files
}

fn generated() -> Vec<String> {
    files("generated/bpmn", "bpmn").iter().map(|file| fs::read_to_string(file).expect("text")).collect()
}

fn templates() -> Vec<ElementTemplate> {
    let texts = files("generated/element-templates", "json").into_iter().map(fs::read_to_string);
    let trees = texts.map(|text| template::Node::parse(&text.expect("text")).expect("JSON"));
    trees.flat_map(|tree| template::read(&tree).0).map(|(_, template)| template).collect()
}

#[test]
fn what_generate_wrote_is_found() {
    let templates = templates();
    let mut entries = 0;
    for text in generated() {
        let diagram = Diagram::parse(&text).expect("BPMN");
        let ids: Vec<&str> = diagram.elements().iter().map(|element| element.id.as_str()).collect();
        assert!(["Task", "Begin Wait Then"].contains(&ids.join(" ").as_str()), "{ids:?}");
        // Another parser sees the same values.
        let document = roxmltree::Document::parse(&text).expect("XML");
        for element in diagram.elements() {
            entries += found(element, &text, &document, &templates);
        }
    }
    assert!(entries > 60, "only {entries} entries");
}

/// How many values an element holds, each of which another parser sees, too.
fn found(
    element: &TemplatedElement,
    text: &str,
    document: &roxmltree::Document<'_>,
    templates: &[ElementTemplate],
) -> usize {
    let mut entries = 0;
    let template = templates.iter().find(|one| one.id.as_deref() == Some(&element.template)).expect("a template");
    assert_eq!(element.version, template.version);
    let of_template = template.element_type.clone().expect("a type");
    assert_eq!(element.element_type, of_template);
    let node = document.descendants().find(|node| node.attribute("id") == Some(&element.id)).expect("the element");
    for node in node.descendants() {
        let value = |name| node.attribute(name).unwrap_or_default().to_owned();
        let (binding, expected) = match node.tag_name().name() {
            "input" => (Binding::input(value("target")), value("source")),
            "header" => (Binding::task_header(value("key")), value("value")),
            "taskDefinition" => (Binding::task_definition("type"), value("type")),
            _ => continue,
        };
        assert_eq!(element.holds.at(&binding).map(Entry::text), Some(expected.as_str()), "{binding}");
        entries += 1;
    }
    for property in element.holds.active(template) {
        let is_there = element.holds.get(property).is_some();
        assert!(is_there || property.optional == Some(true), "{:?} of {:?}", property.binding, template.id);
    }
    let (line, start) = (element.line - 1, element.span.start);
    assert!(text.lines().nth(line).expect("a line").contains("zeebe:modelerTemplate="));
    assert!(text[start..element.span.end].starts_with("<bpmn:") && text[..element.span.end].ends_with('>'));
    entries
}

/// A process with these elements and messages, its prefixes unlike Modeler's.
fn process(inside: &str, root: &str) -> String {
    format!(
        r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:z="http://camunda.org/schema/zeebe/1.0">
  <process id="P">{inside}</process>
  {root}
</definitions>"#
    )
}

const HEAD: &str = r#"z:modelerTemplate="t" z:modelerTemplateVersion="4""#;

#[test]
fn every_kind_of_binding_is_read() {
    let task = format!(
        r#"<serviceTask id="T" name="a &amp; b" isForCompensation="true" {HEAD}><extensionElements>
  <z:taskDefinition type="job" retries="5" /><z:taskDefinition type="not this one" />
  <z:ioMapping><z:input source="= 1" target="a.b" /><z:input target="blank" /><z:input source="" target="empty" />
    <z:input source="= 2" target="a.b" /><z:output source="= x" target="y" /></z:ioMapping>
  <z:taskHeaders><z:header key="k" value="line&#10;two" /></z:taskHeaders>
  <z:properties><z:property name="p" value="v" /></z:properties>
  <z:calledElement processId="called" /><z:calledDecision decisionId="decision" /><z:formDefinition formId="form" />
  <z:script expression="= 3" /><z:assignmentDefinition assignee="someone" /><z:priorityDefinition priority="7" />
  <z:jobPriorityDefinition priority="8" /><z:adHoc outputElement="= 4" /><z:agentDefinition agentType="external" />
  <z:taskSchedule dueDate="today" /><z:userTask />
  <z:linkedResources><z:linkedResource linkName="l" resourceId="r" /></z:linkedResources>
  <z:executionListeners><z:executionListener eventType="start" type="listens" retries="2">
    <z:taskHeaders><z:header key="h" value="w" /></z:taskHeaders></z:executionListener></z:executionListeners>
</extensionElements></serviceTask>"#
    );
    let receive = format!(r#"<receiveTask id="R" messageRef="M" {HEAD}/>"#);
    let signal = format!(r#"<endEvent id="S" {HEAD}><signalEventDefinition signalRef="G" /></endEvent>"#);
    let timer = format!(
        r#"<startEvent id="W" {HEAD}><timerEventDefinition><timeDuration> PT1S</timeDuration></timerEventDefinition></startEvent>"#
    );
    let conditional = format!(
        r#"<startEvent id="C" {HEAD}><conditionalEventDefinition><extensionElements><z:conditionalFilter variableEvents="create" />
</extensionElements><condition><![CDATA[= a < b]]></condition></conditionalEventDefinition></startEvent>"#
    );
    let root = r#"<message id="M" name="m" z:modelerTemplate="t"><extensionElements><z:subscription correlationKey="= key" />
</extensionElements></message><signal id="G" name="g" z:modelerTemplate="t" />"#;
    let text = process(&[task, receive, signal, timer, conditional].concat(), root);
    let diagram = Diagram::parse(&text).expect("BPMN");
    let ids: Vec<&str> = diagram.elements().iter().map(|element| element.id.as_str()).collect();
    assert_eq!(ids, ["T", "R", "S", "W", "C"]);
    let named = |kind, name: &str| Binding::with_name(kind, name);
    let single = |kind, property: &str| Binding { property: Some(property.to_owned()), ..Binding::of(kind) };
    let listener = Binding {
        event_type: Some("start".to_owned()),
        retries: Some("2".to_owned()),
        headers: Some(vec![crate::template::ListenerHeader { key: "h".to_owned(), value: "w".to_owned() }]),
        ..Binding::of(BindingKind::ExecutionListener)
    };
    let output = Binding { source: Some("= x".to_owned()), ..Binding::of(BindingKind::Output) };
    let rows = [
        (0, named(BindingKind::Property, "name"), Some("a & b")),
        (0, named(BindingKind::Property, "isForCompensation"), Some("true")),
        (0, named(BindingKind::Property, "zeebe:modelerTemplateVersion"), Some("4")),
        (0, Binding::task_definition("type"), Some("job")),
        (0, Binding::of(BindingKind::TaskDefinitionType), Some("job")),
        (0, Binding::task_definition("retries"), Some("5")),
        (0, Binding::input("a.b"), Some("= 1")),
        (0, Binding::input("empty"), Some("")),
        (0, Binding::input("none"), None),
        (0, output, Some("y")),
        (0, Binding::task_header("k"), Some("line\ntwo")),
        (0, named(BindingKind::ZeebeProperty, "p"), Some("v")),
        (0, single(BindingKind::CalledElement, "processId"), Some("called")),
        (0, single(BindingKind::CalledDecision, "decisionId"), Some("decision")),
        (0, single(BindingKind::FormDefinition, "formId"), Some("form")),
        (0, single(BindingKind::Script, "expression"), Some("= 3")),
        (0, single(BindingKind::AssignmentDefinition, "assignee"), Some("someone")),
        (0, single(BindingKind::PriorityDefinition, "priority"), Some("7")),
        (0, single(BindingKind::JobPriorityDefinition, "priority"), Some("8")),
        (0, single(BindingKind::AdHoc, "outputElement"), Some("= 4")),
        (0, single(BindingKind::AgentDefinition, "agentType"), Some("external")),
        (0, single(BindingKind::TaskSchedule, "dueDate"), Some("today")),
        (0, Binding::linked_resource("l", "resourceId"), Some("r")),
        (0, listener, Some("listens")),
        (1, named(BindingKind::Message, "name"), Some("m")),
        (1, named(BindingKind::Subscription, "correlationKey"), Some("= key")),
        (2, named(BindingKind::Signal, "name"), Some("g")),
        (3, named(BindingKind::Timer, "timeDuration"), Some(" PT1S")),
        (4, named(BindingKind::Conditional, "condition"), Some("= a < b")),
        (4, named(BindingKind::ConditionalFilter, "variableEvents"), Some("create")),
    ];
    for (index, binding, expected) in rows {
        let found = diagram.elements()[index].holds.at(&binding);
        assert_eq!(found, expected.map(|text| Entry::Value(text.to_owned())).as_ref(), "{binding}");
    }
    let holds = &diagram.elements()[0].holds;
    assert_eq!(holds.at(&Binding::input("blank")), Some(&Entry::Blank));
    assert_eq!(holds.at(&Binding::of(BindingKind::UserTask)), Some(&Entry::Blank));
    assert_eq!((diagram.elements()[0].version, diagram.elements()[0].line), (Some(4), 2));
    let event = &diagram.elements()[2].element_type;
    assert_eq!(event.value.as_deref(), Some("bpmn:EndEvent"));
    assert_eq!(event.event_definition.as_deref(), Some("bpmn:SignalEventDefinition"));
}

#[test]
fn what_is_no_bpmn_is_told_with_its_place() {
    let deep = ["<a>", "</a>"].map(|tag| tag.repeat(300)).concat();
    let rows = [
        ("", 1, 1, "there is no element"),
        ("{}", 1, 1, "there is text outside"),
        ("<a/>", 1, 1, "it is no BPMN"),
        ("<a>\n  <b>\n</a>", 3, 1, "expected `</b>`"),
        ("<a>\n  <b>", 2, 3, "`b` is not closed"),
        ("<a/>\n<b/>", 2, 1, "second outermost element"),
        ("<a>\n <b c='1' c='2'/></a>", 2, 11, "duplicate"),
        ("<a>\n <b c='&unknown;'/></a>", 2, 5, "unknown"),
        ("<a>\n&unknown;</a>", 2, 1, "unknown"),
        ("\u{feff}<a b='&'/>", 1, 4, "Cannot find"),
        (
            "<?xml version='1.0' encoding='ISO-8859-1'?><a/>",
            1,
            1,
            "it says that it is in ISO-8859-1, and only UTF-8 is read",
        ),
        ("\u{feff}<?xml version='1.0' encoding='UTF-16'?><a/>", 1, 1, "only UTF-8 is read"),
        (
            "<?xml version='1.0' encoding='us-ascii'?><a b='\u{e9}'/>",
            1,
            1,
            "it says that it is in us-ascii, and is not",
        ),
        (&deep, 1, 769, "nested more than 256 deep"),
    ];
    for (text, line, column, reason) in rows {
        let error = Diagram::parse(text).expect_err("no BPMN");
        assert!(error.reason.contains(reason), "{text:.40}: {error}");
        assert_eq!((error.line, error.column), (line, column), "{text:.40}: {error}");
    }
}

#[test]
fn utf_8_goes_by_some_names() {
    let text = process("", "");
    for declared in ["", "encoding='UTF-8'", "encoding='utf8'", "encoding='US-ASCII' standalone='yes'"] {
        let text = format!("<?xml version='1.0' {declared}?>{text}");
        Diagram::parse(&text).unwrap_or_else(|error| panic!("{declared}: {error}"));
    }
}

#[test]
fn a_byte_order_mark_counts_for_nothing() {
    let text = format!("\u{feff}{}", generated()[0]);
    let diagram = Diagram::parse(&text).expect("BPMN");
    let element = &diagram.elements()[0];
    assert!(text[element.span.clone()].starts_with("<bpmn:serviceTask"));
}

proptest! {
    #[test]
    fn no_text_is_too_much(at in 0_usize..4000, length in 0_usize..40, put in "[<>&;/\"'= a\u{e9}\u{feff}]{0,6}") {
        let mut text = generated().swap_remove(0);
        let bound = |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
        let (start, end) = (bound(at), bound(at + length));
        text.replace_range(start..end, &put);
        if let Err(error) = Diagram::parse(&text) {
            prop_assert!(error.line <= text.lines().count() + 1);
        }
    }
}
