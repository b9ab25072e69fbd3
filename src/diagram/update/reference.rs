//! The message or the signal that an element refers to, elsewhere in the file.

use super::{MoveError, Moving};
use crate::diagram::edits::{Built, Edits};
use crate::diagram::holds::{definition, referenced};
use crate::diagram::tree::{Node, Space, ZEEBE, local, prefix};
use crate::template::{Binding, BindingKind, Property};

/// What elements refer to.
pub(super) struct Reference {
    tag: &'static str,
    /// The attribute that refers to it.
    attribute: &'static str,
    kind: BindingKind,
    /// What stands in its extension.
    subscription: Option<BindingKind>,
}

/// What an element refers to after a pass.
#[derive(Clone, Copy)]
enum Referred {
    Nothing,
    /// What was there.
    Known(usize),
    /// A new one; what was there, and is nobody's template, lends its name.
    New(Option<usize>),
}

impl Reference {
    pub(super) const MESSAGE: Self = Self {
        tag: "message",
        attribute: "messageRef",
        kind: BindingKind::Message,
        subscription: Some(BindingKind::Subscription),
    };
    pub(super) const SIGNAL: Self =
        Self { tag: "signal", attribute: "signalRef", kind: BindingKind::Signal, subscription: None };

    pub(super) fn write(
        &self,
        moving: &Moving<'_>,
        index: usize,
        edits: &mut Edits,
        random: &mut dyn FnMut() -> u128,
    ) -> Result<(), MoveError> {
        let tree = moving.tree;
        let node = tree.node(index).ok_or(MoveError::Missing)?;
        let before = referenced(tree, node, self.attribute);
        let after = self.after(moving, before);
        let is_event = local(&node.name).ends_with("Event");
        let is_able = is_event || matches!(local(&node.name), "receiveTask" | "sendTask");
        let referring = if is_event { definition(tree, node) } else { Some(node) }.filter(|_| is_able);
        // What others refer to stays for them: Modeler removes it here, too, and they refer to nothing.
        let is_anothers =
            |index: usize| tree.referrers(index).any(|one| !referring.is_some_and(|own| std::ptr::eq(one, own)));
        let removed = before.filter(|index| self.is_removed(moving, before) && !is_anothers(*index));
        if let Some(removed) = removed.and_then(|index| tree.node(index)) {
            edits.remove(moving.text, removed);
        }
        match after {
            // Whether it was there or not.
            Referred::Nothing => {
                if let Some(referring) = referring {
                    self.refer(moving, referring, None, edits);
                }
            }
            Referred::Known(index) => {
                if let Some(known) = tree.node(index) {
                    self.edit(moving, known, edits, is_event);
                }
            }
            Referred::New(like) => {
                let referring = referring.ok_or(MoveError::Reference)?;
                let id = self.new_id(moving, random);
                self.refer(moving, referring, Some(&id), edits);
                let like = like.and_then(|index| tree.node(index));
                self.insert(moving, &id, like, is_event, edits);
            }
        }
        Ok(())
    }

    /// Makes an element refer to this id alone, or to nothing.
    fn refer(&self, moving: &Moving<'_>, referring: &Node, id: Option<&str>, edits: &mut Edits) {
        let written = referring.own_attribute(self.attribute).map_or(self.attribute, |known| known.name.as_str());
        edits.attribute(moving.text, referring, written, id);
        for child in moving.tree.children(referring).filter(|child| child.is(Space::Bpmn, self.attribute)) {
            edits.remove(moving.text, child);
        }
    }

    fn is_bound(&self, pass: &[&Property]) -> bool {
        let kinds = [Some(self.kind), self.subscription];
        pass.iter().filter_map(|property| property.place()).any(|place| kinds.contains(&Some(place.kind)))
    }

    /// What the element refers to at the end.
    fn after(&self, moving: &Moving<'_>, before: Option<usize>) -> Referred {
        let mut referred = before.map_or(Referred::Nothing, Referred::Known);
        for pass in &moving.passes {
            let is_owned =
                |index: usize| moving.tree.node(index).is_some_and(|node| node.zeebe("modelerTemplate").is_some());
            referred = match referred {
                _ if !self.is_bound(pass) => Referred::Nothing,
                Referred::Known(index) if !is_owned(index) => Referred::New(Some(index)),
                Referred::Nothing => Referred::New(None),
                same => same,
            };
        }
        referred
    }

    /// Whether what was referred to goes, because a pass has no use for it.
    fn is_removed(&self, moving: &Moving<'_>, before: Option<usize>) -> bool {
        let mut referred = before;
        for pass in &moving.passes {
            if !self.is_bound(pass) {
                return referred.is_some();
            }
            let is_owned =
                |index: usize| moving.tree.node(index).is_some_and(|node| node.zeebe("modelerTemplate").is_some());
            // What is nobody's template is left for others.
            referred = referred.filter(|index| is_owned(*index));
        }
        false
    }

    /// Values of what stays.
    fn edit(&self, moving: &Moving<'_>, known: &Node, edits: &mut Edits, is_event: bool) {
        for place in moving.places(self.kind) {
            if let Some(name) = &place.name {
                edits.attribute(moving.text, known, name, moving.value(&place).as_deref());
            }
        }
        let id = moving.new.id.as_deref();
        let template =
            known.zeebe("modelerTemplate").map_or_else(|| moving.zeebe("modelerTemplate"), |one| one.name.clone());
        edits.attribute(moving.text, known, &template, id);
        let Some(kind) = self.subscription else { return };
        let places = moving.places(kind);
        let values = Self::values(moving, &places);
        match moving.tree.extension(known, "subscription") {
            // Modeler clears up behind events.
            Some(subscription) if is_event && values.is_empty() && !places.is_empty() => {
                edits.remove(moving.text, subscription);
            }
            Some(subscription) => {
                for place in &places {
                    if let Some(name) = &place.name {
                        edits.attribute(moving.text, subscription, name, moving.value(place).as_deref());
                    }
                }
            }
            None if places.is_empty() => {}
            None => {
                let subscription = subscription(moving, values, is_event);
                let parent = known.parent.and_then(|parent| moving.tree.node(parent));
                if let Some(elements) = moving.tree.child(known, Space::Bpmn, "extensionElements") {
                    moving.style.append(edits, elements, Some(known), &subscription);
                } else {
                    let name = format!("{}extensionElements", prefix(&known.name));
                    let elements = Built::tag(name, Vec::new(), subscription);
                    moving.style.append(edits, known, parent, &[elements]);
                }
            }
        }
    }

    fn values(moving: &Moving<'_>, places: &[Binding]) -> Vec<(String, String)> {
        places.iter().filter_map(|place| Some((place.name.clone()?, moving.value(place)?))).collect()
    }

    /// An id that nothing in the file has, like those of Modeler.
    fn new_id(&self, moving: &Moving<'_>, random: &mut dyn FnMut() -> u128) -> String {
        let mut letters = self.tag.chars();
        let first = letters.next().map(|first| first.to_ascii_uppercase()).into_iter();
        let prefix: String = first.chain(letters).collect();
        loop {
            let mut rest = random();
            let digits: String = std::iter::repeat_with(|| {
                let digit = u32::try_from(rest % 36).ok().and_then(|digit| char::from_digit(digit, 36));
                rest /= 36;
                digit.unwrap_or('0')
            })
            .take(7)
            .collect();
            let id = format!("{prefix}_{digits}");
            if moving.tree.by_id(&id).is_none() {
                return id;
            }
        }
    }

    /// A new one, behind all other elements of the file but the drawing.
    fn insert(&self, moving: &Moving<'_>, id: &str, like: Option<&Node>, is_event: bool, edits: &mut Edits) {
        let (tree, style) = (moving.tree, &moving.style);
        let Some(root) = tree.node(0) else { return };
        let prefix = prefix(&root.name);
        let mut attributes = vec![("id".to_owned(), id.to_owned())];
        let places = moving.places(self.kind);
        let named = Binding::with_name(self.kind, "name");
        if let Some(name) = like.and_then(|like| like.own("name")).filter(|_| !places.contains(&named)) {
            attributes.push(("name".to_owned(), name.to_owned()));
        }
        attributes.extend(Self::values(moving, &places));
        attributes.push((moving.zeebe("modelerTemplate"), moving.new.id.clone().unwrap_or_default()));
        // Where the prefix is known to the element alone.
        let declares = |name: &str| root.attributes.iter().any(|attribute| attribute.name == name);
        let declaration = format!("xmlns:{}", moving.zeebe);
        if !declares(&declaration) {
            attributes.push((declaration, ZEEBE.to_owned()));
        }
        let elements = like.and_then(|like| tree.child(like, Space::Bpmn, "extensionElements"));
        let others = elements.into_iter().flat_map(|elements| tree.children(elements));
        let others = others.filter(|extension| !extension.is(Space::Zeebe, "subscription"));
        let mut extensions: Vec<Built> =
            others.filter_map(|other| Some(Built::Raw(moving.text.get(other.span())?.to_owned()))).collect();
        let places = self.subscription.map(|kind| moving.places(kind)).unwrap_or_default();
        if !places.is_empty() {
            extensions.extend(subscription(moving, Self::values(moving, &places), is_event));
        }
        let children = if elements.is_none() && places.is_empty() {
            Vec::new()
        } else {
            vec![Built::tag(format!("{prefix}extensionElements"), Vec::new(), extensions)]
        };
        let built = Built::tag(format!("{prefix}{}", self.tag), attributes, children);
        let drawing = tree.children(root).find(|child| local(&child.name) == "BPMNDiagram");
        match drawing {
            Some(drawing) => {
                let inside = style.inside(root, None);
                let text = style.written(&built, inside.as_deref()) + &style.line(inside.as_deref());
                edits.insert(drawing.open.start, text);
            }
            None => style.append(edits, root, None, &[built]),
        }
    }
}

/// A subscription that was not there. Behind events, Modeler clears up what holds nothing.
fn subscription(moving: &Moving<'_>, values: Vec<(String, String)>, is_event: bool) -> Vec<Built> {
    if is_event && values.is_empty() {
        return Vec::new();
    }
    vec![Built::tag(moving.zeebe("subscription"), values, Vec::new())]
}
