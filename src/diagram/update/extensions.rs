//! The extensions of an element: which there are after a move, in which order, and what stands in them.

use super::Moving;
use crate::diagram::edits::{Built, Edits};
use crate::diagram::holds::{LISTENERS, LISTS, SINGLE, keyed};
use crate::diagram::tree::{Node, Space, prefix};
use crate::template::{Binding, BindingKind, EntriesVisible, Property};
use std::collections::HashMap;
use std::ops::Range;

/// The extensions that templates write, in the order in which Modeler looks at them, and so adds what is missing.
const ORDER: [&str; 18] = [
    "taskDefinition",
    "ioMapping",
    "taskHeaders",
    "properties",
    "calledElement",
    "linkedResources",
    "userTask",
    "calledDecision",
    "formDefinition",
    "script",
    "assignmentDefinition",
    "priorityDefinition",
    "jobPriorityDefinition",
    "adHoc",
    "agentDefinition",
    "taskSchedule",
    "executionListeners",
    "taskListeners",
];

/// An extension after the move.
enum Slot<'a> {
    /// It was there, whoever owns it.
    Known(&'a Node),
    New(&'static str),
}

impl Slot<'_> {
    fn is(&self, tag: &str) -> bool {
        match self {
            Self::Known(node) => node.is(Space::Zeebe, tag),
            Self::New(new) => *new == tag,
        }
    }
}

/// The extensions of an element.
pub(super) struct Extensions<'a> {
    moving: &'a Moving<'a>,
    element: &'a Node,
    /// What holds them, where it is there.
    elements: Option<&'a Node>,
    slots: Vec<Slot<'a>>,
}

/// The kinds of bindings that an extension holds.
fn kinds(tag: &str) -> Vec<BindingKind> {
    let lists = LISTS.iter().map(|(list, _, kind, ..)| (*list, *kind));
    let listeners = LISTENERS.iter().map(|(list, _, kind)| (*list, *kind));
    let others = [("linkedResources", BindingKind::LinkedResource), ("userTask", BindingKind::UserTask)];
    let all = SINGLE.into_iter().chain(lists).chain(listeners).chain(others);
    all.filter(|(name, _)| *name == tag).map(|(_, kind)| kind).collect()
}

impl<'a> Extensions<'a> {
    pub(super) fn of(moving: &'a Moving<'a>, element: &'a Node) -> Self {
        let elements = moving.tree.child(element, Space::Bpmn, "extensionElements");
        let slots = elements.into_iter().flat_map(|elements| moving.tree.children(elements)).map(Slot::Known).collect();
        let mut extensions = Self { moving, element, elements, slots };
        let mut before: Vec<&Property> = moving.old.properties.iter().collect();
        for pass in &moving.passes {
            for tag in ORDER {
                extensions.pass(tag, &before, pass);
            }
            before.clone_from(pass);
        }
        extensions
    }

    /// What a pass does to an extension as a whole.
    fn pass(&mut self, tag: &'static str, old: &[&Property], new: &[&Property]) {
        let kinds = kinds(tag);
        let has = |properties: &[&Property]| {
            let mut places = properties.iter().filter_map(|property| property.place());
            places.any(|place| kinds.contains(&place.kind))
        };
        let is_there = self.slots.iter().any(|slot| slot.is(tag));
        let is_listeners = LISTENERS.iter().any(|(list, ..)| *list == tag);
        let is_removed = match tag {
            // Of no concern to templates for other elements.
            "userTask" if !self.makes_user_task() => return,
            "ioMapping" if !has(new) => !(outputs_are_visible(self.moving) && self.has_outputs()),
            // Written anew where the template has some, and otherwise the designer's, unless the template had some.
            _ if is_listeners => has(new) || has(old),
            _ => !has(new),
        };
        if is_there && is_removed {
            // Of several, Modeler knows the first.
            if let Some(index) = self.slots.iter().position(|slot| slot.is(tag)) {
                self.slots.remove(index);
            }
        }
        if has(new) && (is_listeners || !is_there) {
            self.slots.push(Slot::New(tag));
        }
    }

    fn makes_user_task(&self) -> bool {
        self.moving.new.element_type.as_ref().and_then(|kind| kind.value.as_deref()) == Some("bpmn:UserTask")
    }

    fn has_outputs(&self) -> bool {
        let list = self.moving.tree.extension(self.element, "ioMapping");
        list.is_some_and(|list| self.moving.tree.child(list, Space::Zeebe, "output").is_some())
    }

    pub(super) fn write(&self, edits: &mut Edits) {
        let moving = self.moving;
        let added: Vec<Built> = self
            .slots
            .iter()
            .filter_map(|slot| match slot {
                Slot::New(tag) => Some(self.built(tag)),
                Slot::Known(_) => None,
            })
            .collect();
        let Some(elements) = self.elements else { return self.write_all(edits, added) };
        let is_kept = |node: &Node| {
            self.slots.iter().any(|slot| matches!(slot, Slot::Known(known) if std::ptr::eq(*known, node)))
        };
        let mut done: Vec<&str> = Vec::new();
        for extension in moving.tree.children(elements) {
            if !is_kept(extension) {
                edits.remove(moving.text, extension);
                continue;
            }
            let tag = ORDER.into_iter().find(|tag| extension.is(Space::Zeebe, tag));
            if let Some(tag) = tag.filter(|tag| !done.contains(tag)) {
                done.push(tag);
                self.edit(tag, extension, edits);
            }
        }
        moving.style.append(edits, elements, Some(self.element), &added);
    }

    /// Where nothing held extensions: behind the documentation, as the schema of BPMN asks it.
    fn write_all(&self, edits: &mut Edits, added: Vec<Built>) {
        let (style, tree) = (&self.moving.style, self.moving.tree);
        let elements = Built::tag(format!("{}extensionElements", prefix(&self.element.name)), Vec::new(), added);
        let parent = self.element.parent.and_then(|parent| tree.node(parent));
        if self.element.close.is_none() {
            return style.append(edits, self.element, parent, &[elements]);
        }
        let documentation = tree.children(self.element).filter(|child| child.is(Space::Bpmn, "documentation")).last();
        let at = documentation.map_or(self.element.open.end, |last| last.span().end);
        let inside = style.inside(self.element, parent);
        let text = style.line(inside.as_deref()) + &style.written(&elements, inside.as_deref());
        edits.insert(at, text);
    }

    /// What stands in an extension that stays.
    fn edit(&self, tag: &str, node: &Node, edits: &mut Edits) {
        if let Some((_, kind)) = SINGLE.iter().find(|(single, _)| *single == tag) {
            let unpropagated = self.unpropagated(tag);
            for place in self.moving.places(*kind) {
                if let Some(name) = place.property.as_deref().filter(|name| !unpropagated.contains(name)) {
                    self.attribute(edits, node, name, &place);
                }
            }
            for name in unpropagated {
                edits.attribute(self.moving.text, node, name, Some("false"));
            }
        } else if tag == "linkedResources" {
            self.edit_resources(node, edits);
        } else if LISTS.iter().any(|(list, ..)| *list == tag) {
            self.edit_list(tag, node, edits);
        }
    }

    /// Whether every pass writes such a place. Otherwise one has removed what was there, and the next has made it anew.
    fn stays(&self, is_it: impl Fn(&Binding) -> bool) -> bool {
        let mut passes = self.moving.passes.iter();
        passes.all(|pass| pass.iter().filter_map(|property| property.place()).any(|place| is_it(&place)))
    }

    /// The kinds of variables that a called process gets and gives by the template alone, if it says nothing of them.
    fn unpropagated(&self, tag: &str) -> Vec<&'static str> {
        let names = ["propagateAllChildVariables", "propagateAllParentVariables"];
        let is_bound = |name: &str| {
            let mut bindings = self.moving.new.properties.iter().filter_map(|property| property.binding.as_ref());
            bindings.any(|one| one.kind == BindingKind::CalledElement && one.property.as_deref() == Some(name))
        };
        let is_call = tag == "calledElement" && self.element.is(Space::Bpmn, "callActivity");
        names.into_iter().filter(|name| is_call && !is_bound(name)).collect()
    }

    fn attribute(&self, edits: &mut Edits, node: &Node, name: &str, place: &Binding) {
        let written = node.own_attribute(name).map_or(name, |known| known.name.as_str());
        edits.attribute(self.moving.text, node, written, self.moving.value(place).as_deref());
    }

    fn edit_resources(&self, list: &Node, edits: &mut Edits) {
        let tree = self.moving.tree;
        let mut links = self.links();
        for resource in tree.children(list) {
            let link = resource.own("linkName").unwrap_or_default();
            let stays = self.stays(|place| place.link_name.as_deref() == Some(link));
            let Some(index) = links.iter().position(|known| known == link).filter(|_| stays) else {
                edits.remove(self.moving.text, resource);
                continue;
            };
            links.remove(index);
            for place in self.moving.places(BindingKind::LinkedResource) {
                if let (Some(name), Some(_)) =
                    (&place.property, place.link_name.as_deref().filter(|name| *name == link))
                {
                    self.attribute(edits, resource, name, &place);
                }
            }
        }
        let added: Vec<Built> = links.iter().map(|link| self.resource(link)).collect();
        self.moving.style.append(edits, list, self.elements, &added);
    }

    /// The names of the linked resources that the template has.
    fn links(&self) -> Vec<String> {
        let mut links: Vec<String> = Vec::new();
        for place in self.moving.active(BindingKind::LinkedResource) {
            links.extend(place.link_name.filter(|link| !links.contains(link)));
        }
        links
    }

    fn edit_list(&self, tag: &str, list: &Node, edits: &mut Edits) {
        let moving = self.moving;
        // Kind for kind, as Modeler saves them; each with its place, if the template has one for it.
        let mut wanted: Vec<(Option<&Node>, Option<Built>)> = Vec::new();
        let mut is_as_before = true;
        for (_, item, kind, key, value) in LISTS.iter().filter(|(list, ..)| *list == tag) {
            let all: Vec<&Node> = moving.tree.children(list).filter(|child| child.is(Space::Zeebe, item)).collect();
            if *kind == BindingKind::Output && outputs_are_visible(moving) {
                wanted.extend(all.into_iter().map(|output| (Some(output), None)));
                continue;
            }
            let mut nodes = Vec::new();
            for place in moving.active(*kind).into_iter().filter(|place| moving.after.at(place).is_some()) {
                let is_it = |node: &&Node| node.own(key).map(|key| keyed(*kind, key)).as_ref() == Some(&place);
                let known = all.iter().copied().find(is_it).filter(|_| self.stays(|one| *one == place));
                match known {
                    Some(node) => {
                        let text = self.entry(node, value, &place);
                        wanted.push((Some(node), text.map(Built::Raw)));
                        nodes.push(node);
                    }
                    None => wanted.push((None, Some(self.item(item, *kind, &place)))),
                }
            }
            is_as_before &=
                nodes.len() == all.len() && nodes.iter().zip(&all).all(|(one, other)| std::ptr::eq(*one, *other));
        }
        if is_as_before && wanted.iter().all(|(node, _)| node.is_some()) {
            for (node, text) in wanted {
                if let (Some(node), Some(Built::Raw(text))) = (node, text) {
                    edits.replace(node.span(), text);
                }
            }
            return;
        }
        let raw = |node: &Node| Built::Raw(moving.text.get(node.span()).unwrap_or_default().to_owned());
        let kept: Vec<&Node> = wanted.iter().filter_map(|(node, _)| *node).collect();
        let (mut between, behind) = self.between(tag, list, &kept);
        let mut entries: Vec<Built> = Vec::new();
        for (node, new) in wanted {
            entries.extend(node.and_then(|node| between.remove(&node.open.start)).into_iter().flatten());
            entries.extend(new.or_else(|| node.map(raw)));
        }
        entries.extend(behind);
        let inside = moving.style.inside(list, self.elements);
        let outside = moving.style.inside(self.elements.unwrap_or(list), Some(self.element));
        let outside = inside.as_ref().and(outside.as_deref());
        match &list.close {
            Some(close) => {
                let content = moving.style.content(&entries, inside.as_deref(), outside);
                edits.replace(list.open.end..close.start, content);
            }
            None if entries.is_empty() => {}
            None => {
                let content = moving.style.content(&entries, inside.as_deref(), outside);
                moving.style.open(edits, list, &content);
            }
        }
    }

    /// What stands between the entries of a list, such as comments: by where the entry begins before which it stays, and
    /// what stays behind all. Of an entry that goes it moves on to the next.
    fn between(&self, tag: &str, list: &Node, kept: &[&Node]) -> (HashMap<usize, Vec<Built>>, Vec<Built>) {
        let is_entry = |node: &&Node| LISTS.iter().any(|(list, item, ..)| *list == tag && node.is(Space::Zeebe, item));
        let (mut between, mut waiting, mut at) = (HashMap::new(), Vec::new(), list.open.end);
        let others = |span: Range<usize>| {
            let text = self.moving.text.get(span).unwrap_or_default().trim();
            (!text.is_empty()).then(|| Built::Raw(text.to_owned()))
        };
        for entry in self.moving.tree.children(list).filter(is_entry) {
            waiting.extend(others(at..entry.open.start));
            at = entry.span().end;
            if kept.iter().any(|node| std::ptr::eq(*node, entry)) {
                between.insert(entry.open.start, std::mem::take(&mut waiting));
            }
        }
        waiting.extend(list.close.as_ref().and_then(|close| others(at..close.start)));
        (between, waiting)
    }

    /// An entry's text with another value; none where it stays as it is.
    fn entry(&self, node: &Node, attribute: &str, place: &Binding) -> Option<String> {
        let value = self.moving.value(place);
        if node.own(attribute) == value.as_deref() {
            return None;
        }
        let mut edits = Edits::default();
        self.attribute(&mut edits, node, attribute, place);
        Some(edits.apply_within(self.moving.text, node.span()))
    }

    /// An entry of a list, anew.
    fn item(&self, item: &str, kind: BindingKind, place: &Binding) -> Built {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let value = self.moving.value(place);
        let of = |name: &str, value: String| Some((name.to_owned(), value));
        let attributes = match kind {
            BindingKind::Input => [value.and_then(|value| of("source", value)), of("target", text(&place.name))],
            BindingKind::Output => [of("source", text(&place.source)), value.and_then(|value| of("target", value))],
            BindingKind::TaskHeader => [of("key", text(&place.key)), value.and_then(|value| of("value", value))],
            // Never without a value when it is new.
            _ => [of("name", text(&place.name)), of("value", value.unwrap_or_default())],
        };
        Built::tag(self.moving.zeebe(item), attributes.into_iter().flatten().collect(), Vec::new())
    }

    fn resource(&self, link: &str) -> Built {
        let places = self.moving.active(BindingKind::LinkedResource).into_iter();
        let mut attributes: Vec<(String, String)> = places
            .filter(|place| place.link_name.as_deref() == Some(link))
            .filter_map(|place| Some((place.property.clone()?, self.moving.value(&place)?)))
            .collect();
        attributes.push(("linkName".to_owned(), link.to_owned()));
        Built::tag(self.moving.zeebe("linkedResource"), attributes, Vec::new())
    }

    /// An extension, anew.
    fn built(&self, tag: &str) -> Built {
        let moving = self.moving;
        let name = moving.zeebe(tag);
        if let Some((_, kind)) = SINGLE.iter().find(|(single, _)| *single == tag) {
            let places = moving.active(*kind).into_iter();
            let attributes = places.filter_map(|place| Some((place.property.clone()?, moving.value(&place)?)));
            let none = self.unpropagated(tag).into_iter().map(|name| (name.to_owned(), "false".to_owned()));
            return Built::tag(name, attributes.chain(none).collect(), Vec::new());
        }
        if let Some((_, item, kind)) = LISTENERS.iter().find(|(list, ..)| *list == tag) {
            return Built::tag(name, Vec::new(), self.listeners(item, *kind));
        }
        if tag == "linkedResources" {
            return Built::tag(name, Vec::new(), self.links().iter().map(|link| self.resource(link)).collect());
        }
        let mut children = Vec::new();
        for (_, item, kind, ..) in LISTS.iter().filter(|(list, ..)| *list == tag) {
            let places = moving.active(*kind).into_iter().filter(|place| moving.after.at(place).is_some());
            children.extend(places.map(|place| self.item(item, *kind, &place)));
        }
        Built::tag(name, Vec::new(), children)
    }

    fn listeners(&self, item: &str, kind: BindingKind) -> Vec<Built> {
        let moving = self.moving;
        let active = moving
            .after
            .active(moving.new)
            .into_iter()
            .filter_map(|property| property.binding.as_ref().zip(Some(property)));
        active
            .filter(|(binding, _)| binding.kind == kind)
            .map(|(binding, property)| {
                let value = property.value.as_ref().map(crate::template::Value::bare);
                let named =
                    [("eventType", binding.event_type.clone()), ("type", value), ("retries", binding.retries.clone())];
                let attributes =
                    named.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
                let headers: Vec<Built> = binding
                    .headers
                    .iter()
                    .flatten()
                    .map(|header| {
                        let pairs = [("key", &header.key), ("value", &header.value)];
                        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.clone()));
                        Built::tag(moving.zeebe("header"), pairs.to_vec(), Vec::new())
                    })
                    .collect();
                let list = Built::tag(moving.zeebe("taskHeaders"), Vec::new(), headers);
                let children = binding.headers.as_ref().filter(|headers| !headers.is_empty()).map(|_| list);
                Built::tag(moving.zeebe(item), attributes, children.into_iter().collect())
            })
            .collect()
    }
}

/// Whether the outputs are the designer's.
fn outputs_are_visible(moving: &Moving<'_>) -> bool {
    match &moving.new.entries_visible {
        Some(EntriesVisible::Each(entries)) => entries.get("outputs") == Some(&serde_json::Value::Bool(true)),
        _ => false,
    }
}
