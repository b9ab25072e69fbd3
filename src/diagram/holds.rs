//! What an element holds where a template can bind a property: as Modeler's panel reads it.

use super::tree::{Node, Space, Tree, local};
use crate::compat::{Element, Entry};
use crate::template::{Binding, BindingKind, ListenerHeader};

/// Extensions whose attributes are values: the tag, and the kind of binding.
pub(super) const SINGLE: [(&str, BindingKind); 11] = [
    ("taskDefinition", BindingKind::TaskDefinition),
    ("calledElement", BindingKind::CalledElement),
    ("calledDecision", BindingKind::CalledDecision),
    ("formDefinition", BindingKind::FormDefinition),
    ("script", BindingKind::Script),
    ("assignmentDefinition", BindingKind::AssignmentDefinition),
    ("priorityDefinition", BindingKind::PriorityDefinition),
    ("jobPriorityDefinition", BindingKind::JobPriorityDefinition),
    ("adHoc", BindingKind::AdHoc),
    ("agentDefinition", BindingKind::AgentDefinition),
    ("taskSchedule", BindingKind::TaskSchedule),
];

/// Lists that hold an entry for each value: the list, the entry, its kind, its key, its value.
pub(super) const LISTS: [(&str, &str, BindingKind, &str, &str); 4] = [
    ("ioMapping", "input", BindingKind::Input, "target", "source"),
    ("ioMapping", "output", BindingKind::Output, "source", "target"),
    ("taskHeaders", "header", BindingKind::TaskHeader, "key", "value"),
    ("properties", "property", BindingKind::ZeebeProperty, "name", "value"),
];

/// Lists of listeners: the list, the listener, its kind.
pub(super) const LISTENERS: [(&str, &str, BindingKind); 2] = [
    ("executionListeners", "executionListener", BindingKind::ExecutionListener),
    ("taskListeners", "taskListener", BindingKind::TaskListener),
];

/// The values of an element.
pub(super) fn holds(tree: &Tree, node: &Node) -> Element {
    let mut values = Values(Vec::new());
    values.attributes(node);
    // An attribute of BPMN that is an expression is an element of its own.
    if let Some(condition) = tree.child(node, Space::Bpmn, "completionCondition") {
        values.add(Binding::with_name(BindingKind::Property, "completionCondition"), &condition.text);
    }
    for (tag, kind) in SINGLE {
        for (name, value) in tree.extension(node, tag).into_iter().flat_map(Node::own_attributes) {
            values.add(Binding { property: Some(name.to_owned()), ..Binding::of(kind) }, value);
        }
    }
    for (list, entry, kind, key, value) in LISTS {
        for one in entries(tree, node, list, entry) {
            if let Some(binding) = one.own(key).map(|key| keyed(kind, key)) {
                let entry = one.own(value).map_or(Entry::Blank, |value| Entry::Value(value.to_owned()));
                values.0.push((binding, entry));
            }
        }
    }
    for resource in entries(tree, node, "linkedResources", "linkedResource") {
        let Some(link) = resource.own("linkName") else { continue };
        for (name, value) in resource.own_attributes().filter(|(name, _)| *name != "linkName") {
            values.add(Binding::linked_resource(link, name), value);
        }
    }
    for (list, entry, kind) in LISTENERS {
        for listener in entries(tree, node, list, entry) {
            values.add(listens(tree, listener, kind), listener.own("type").unwrap_or_default());
        }
    }
    if tree.extension(node, "userTask").is_some() {
        values.0.push((Binding::of(BindingKind::UserTask), Entry::Blank));
    }
    values.definitions(tree, node);
    Element::of(values.0)
}

fn entries<'a>(tree: &'a Tree, node: &'a Node, list: &str, entry: &'static str) -> impl Iterator<Item = &'a Node> {
    let list = tree.extension(node, list);
    list.into_iter().flat_map(|list| tree.children(list)).filter(move |child| child.is(Space::Zeebe, entry))
}

/// The binding of an entry of a list.
pub(super) fn keyed(kind: BindingKind, key: &str) -> Binding {
    let (key, of) = (Some(key.to_owned()), Binding::of(kind));
    match kind {
        BindingKind::TaskHeader => Binding { key, ..of },
        BindingKind::Output => Binding { source: key, ..of },
        _ => Binding { name: key, ..of },
    }
}

fn listens(tree: &Tree, listener: &Node, kind: BindingKind) -> Binding {
    let list = tree.child(listener, Space::Zeebe, "taskHeaders");
    let headers: Vec<ListenerHeader> = list
        .into_iter()
        .flat_map(|list| tree.children(list))
        .map(|header| {
            let text = |name| header.own(name).unwrap_or_default().to_owned();
            ListenerHeader { key: text("key"), value: text("value") }
        })
        .collect();
    let text = |name| listener.own(name).map(str::to_owned);
    Binding {
        event_type: text("eventType"),
        retries: text("retries"),
        headers: (!headers.is_empty()).then_some(headers),
        ..Binding::of(kind)
    }
}

/// What defines an event, if it is one: the first definition counts.
pub(super) fn definition<'a>(tree: &'a Tree, node: &'a Node) -> Option<&'a Node> {
    tree.children(node).find(|child| child.space == Space::Bpmn && local(&child.name).ends_with("EventDefinition"))
}

/// The message or signal that an element refers to, by the attribute that does so.
pub(super) fn referenced(tree: &Tree, node: &Node, reference: &str) -> Option<usize> {
    let referring = if local(&node.name).ends_with("Event") { definition(tree, node)? } else { node };
    // As an attribute, or, in files of other programs, as an element.
    let child = tree.child(referring, Space::Bpmn, reference).map(|child| child.text.trim());
    let found = tree.by_id(referring.own(reference).or(child)?)?;
    // `messageRef` refers to a `message` and to nothing else.
    tree.node(found)?.is(Space::Bpmn, reference.trim_end_matches("Ref")).then_some(found)
}

struct Values(Vec<(Binding, Entry)>);

impl Values {
    fn add(&mut self, binding: Binding, value: &str) {
        self.0.push((binding, Entry::Value(value.to_owned())));
    }

    /// The attributes of the element itself.
    fn attributes(&mut self, node: &Node) {
        for attribute in &node.attributes {
            let name = match attribute.space {
                Space::None | Space::Bpmn => local(&attribute.name).to_owned(),
                Space::Zeebe => format!("zeebe:{}", local(&attribute.name)),
                Space::Other => attribute.name.clone(),
            };
            self.add(Binding::with_name(BindingKind::Property, name), &attribute.value);
        }
    }

    /// What stands in the definition of an event, or in what it refers to.
    fn definitions(&mut self, tree: &Tree, node: &Node) {
        let of = |kind, name: &str| Binding::with_name(kind, name);
        if let Some(message) = referenced(tree, node, "messageRef").and_then(|index| tree.node(index)) {
            for (name, value) in message.own_attributes() {
                self.add(of(BindingKind::Message, name), value);
            }
            for (name, value) in tree.extension(message, "subscription").into_iter().flat_map(Node::own_attributes) {
                self.add(of(BindingKind::Subscription, name), value);
            }
        }
        if let Some(signal) = referenced(tree, node, "signalRef").and_then(|index| tree.node(index)) {
            for (name, value) in signal.own_attributes() {
                self.add(of(BindingKind::Signal, name), value);
            }
        }
        for (tag, kind) in
            [("timerEventDefinition", BindingKind::Timer), ("conditionalEventDefinition", BindingKind::Conditional)]
        {
            for part in tree.child(node, Space::Bpmn, tag).into_iter().flat_map(|found| tree.children(found)) {
                if part.space == Space::Bpmn && !part.is(Space::Bpmn, "extensionElements") {
                    self.add(of(kind, local(&part.name)), &part.text);
                }
            }
        }
        let conditional = tree.child(node, Space::Bpmn, "conditionalEventDefinition");
        let filter = conditional.and_then(|found| tree.extension(found, "conditionalFilter"));
        for (name, value) in filter.into_iter().flat_map(Node::own_attributes) {
            self.add(of(BindingKind::ConditionalFilter, name), value);
        }
    }
}
