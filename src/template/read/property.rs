//! Reads a property: its keys one by one. What they may not be together is `schema/`'s.

use super::members::{Faults, Members};
use crate::template::fault::Problem;
use crate::template::model::{
    Binding, BindingKind, Choice, Condition, Constraints, Expected, Feel, GeneratedValue, ListenerHeader, Pattern,
    Property, PropertyKind, Test, Value,
};
use crate::template::tree::{Kind, Node, Path};

pub(super) fn property(node: &Node, path: &Path, faults: &mut Faults) -> Option<Property> {
    let mut members = Members::of(node, path, faults)?;
    members.require("binding", "a property", faults);
    let property = keys(&mut members, faults);
    members.end(faults);
    Some(property)
}

/// A property of a configuration template, which has a key more.
pub(super) fn of_configuration(node: &Node, path: &Path, faults: &mut Faults) -> Option<Property> {
    let mut members = Members::of(node, path, faults)?;
    members.require("binding", "a property", faults);
    let property = Property { secret: members.flag("secret", faults), ..keys(&mut members, faults) };
    members.end(faults);
    Some(property)
}

fn keys(members: &mut Members<'_>, faults: &mut Faults) -> Property {
    Property {
        id: members.text("id", faults),
        label: members.text("label", faults),
        description: members.text("description", faults),
        tooltip: members.text("tooltip", faults),
        placeholder: members.text("placeholder", faults),
        kind: members.named("type", &PropertyKind::ALL, faults),
        feel: members.named("feel", &Feel::ALL, faults),
        language: members.text("language", faults),
        editable: members.flag("editable", faults),
        optional: members.flag("optional", faults),
        value: members.take("value").and_then(|(node, path)| value(node, &path, true, faults)),
        generated_value: members.take("generatedValue").and_then(|(node, path)| generated(node, &path, faults)),
        choices: members.list("choices", faults, choice),
        constraints: members.take("constraints").and_then(|(node, path)| constraints(node, &path, faults)),
        configuration_template: members.text("configurationTemplate", faults),
        configuration_template_version: members.integer("configurationTemplateVersion", faults),
        secret: None,
        group: members.text("group", faults),
        binding: members.take("binding").and_then(|(node, path)| binding(node, &path, faults)),
        condition: members.take("condition").and_then(|(node, path)| condition(node, &path, faults)),
    }
}

fn value(node: &Node, path: &Path, boolean: bool, faults: &mut Faults) -> Option<Value> {
    match &node.kind {
        Kind::String(text) => Some(Value::String(text.clone())),
        Kind::Number(number) => Some(Value::Number(number.clone())),
        Kind::Boolean(value) if boolean => Some(Value::Boolean(*value)),
        _ => {
            let expected = if boolean { "a string, a number or a boolean" } else { "a string or a number" };
            faults.add(path, Problem::WrongType { expected, found: node.article() });
            None
        }
    }
}

fn generated(node: &Node, path: &Path, faults: &mut Faults) -> Option<GeneratedValue> {
    let mut members = Members::of(node, path, faults)?;
    members.require("type", "a generated value", faults);
    let kind = members.named("type", &[("uuid", "uuid")], faults);
    members.end(faults);
    kind.map(|kind| GeneratedValue { kind: kind.to_owned() })
}

fn choice(node: &Node, path: &Path, faults: &mut Faults) -> Option<Choice> {
    let mut members = Members::of(node, path, faults)?;
    for key in ["name", "value"] {
        members.require(key, "a choice", faults);
    }
    let choice = Choice {
        name: members.text("name", faults),
        value: members.text("value", faults),
        condition: members.take("condition").and_then(|(node, path)| condition(node, &path, faults)),
    };
    members.end(faults);
    Some(choice)
}

fn constraints(node: &Node, path: &Path, faults: &mut Faults) -> Option<Constraints> {
    let mut members = Members::of(node, path, faults)?;
    let constraints = Constraints {
        not_empty: members.flag("notEmpty", faults),
        min_length: members.number("minLength", faults),
        max_length: members.number("maxLength", faults),
        pattern: members.take("pattern").and_then(|(node, path)| pattern(node, &path, faults)),
    };
    members.end(faults);
    Some(constraints)
}

fn pattern(node: &Node, path: &Path, faults: &mut Faults) -> Option<Pattern> {
    if let Some(text) = node.text() {
        return Some(Pattern::Plain(text.to_owned()));
    }
    let mut members = Members::of(node, path, faults)?;
    let pattern = Pattern::Told { value: members.text("value", faults), message: members.text("message", faults) };
    members.end(faults);
    Some(pattern)
}

fn binding(node: &Node, path: &Path, faults: &mut Faults) -> Option<Binding> {
    let mut members = Members::of(node, path, faults)?;
    members.require("type", "a binding", faults);
    let kind = members.named("type", &BindingKind::ALL, faults);
    let binding = Binding {
        name: members.text("name", faults),
        key: members.text("key", faults),
        source: members.text("source", faults),
        property: members.text("property", faults),
        link_name: members.text("linkName", faults),
        event_type: members.text("eventType", faults),
        retries: members.text("retries", faults),
        headers: members.list("headers", faults, listener_header),
        // Without a kind nothing is said of the binding, whichever stands here.
        ..Binding::of(kind.unwrap_or(BindingKind::Property))
    };
    members.end(faults);
    kind.map(|_| binding)
}

fn listener_header(node: &Node, path: &Path, faults: &mut Faults) -> Option<ListenerHeader> {
    let mut members = Members::of(node, path, faults)?;
    for key in ["key", "value"] {
        members.require(key, "a header", faults);
    }
    let (key, value) = (members.text("key", faults), members.text("value", faults));
    members.closed("a header", faults);
    Some(ListenerHeader { key: key?, value: value? })
}

fn condition(node: &Node, path: &Path, faults: &mut Faults) -> Option<Condition> {
    let mut members = Members::of(node, path, faults)?;
    if !members.has("allMatch") {
        return test(members, faults).map(Condition::Simple);
    }
    let nested = |node: &Node, path: &Path, faults: &mut Faults| test(Members::of(node, path, faults)?, faults);
    let all_match = members.list("allMatch", faults, nested);
    if node.get("allMatch").and_then(Node::items).is_some_and(<[Node]>::is_empty) {
        faults.refuse(&path.key("allMatch"), "`allMatch` must hold a condition at least");
    }
    let beside = ["equals", "oneOf", "isActive", "isEmpty"].into_iter().find(|key| members.has(key));
    if let Some(beside) = beside.filter(|_| all_match.is_some() && members.has("property")) {
        faults.refuse(path, format!("a condition has either `{beside}` or `allMatch`"));
    }
    members.end(faults);
    Some(Condition::All { all_match: all_match? })
}

fn test(mut members: Members<'_>, faults: &mut Faults) -> Option<Test> {
    members.require("property", "a condition", faults);
    let kind = members.named("type", &[("simple", "simple")], faults).map(str::to_owned);
    let property = members.text("property", faults);
    let questions = ["equals", "oneOf", "isActive", "isEmpty"];
    let asked: Vec<&str> = questions.into_iter().filter(|key| members.has(key)).collect();
    if asked.len() != 1 {
        let path = members.path.clone();
        faults.refuse(&path, "a condition must have one of `equals`, `oneOf`, `isActive` and `isEmpty`");
        return None;
    }
    let one = |node: &Node, path: &Path, faults: &mut Faults| value(node, path, false, faults);
    let equals = members.take("equals").and_then(|(node, path)| value(node, &path, true, faults)).map(Expected::Equals);
    let one_of = members.list("oneOf", faults, one).map(Expected::OneOf);
    let is_active = members.flag("isActive", faults).map(Expected::IsActive);
    let is_empty = members.flag("isEmpty", faults).map(Expected::IsEmpty);
    members.end(faults);
    Some(Test { kind, property: property?, expected: equals.or(one_of).or(is_active).or(is_empty)? })
}
