//! Moves an element to another template: its tag, its extensions, and the message or signal that it refers to, in the
//! order in which Modeler's Update leaves them (`ChangeElementTemplateHandler` of bpmn-js-element-templates 2.37).
//! `tests/suite/migrate.rs` compares the XML that both save.

mod extensions;
mod reference;

use super::edits::{Edits, Style};
use super::holds::definition;
use super::tree::{Node, Space, Tree, local, prefix};
use super::{DiagramError, TemplatedElement, bpmn_type, tag};
use crate::compat::{Element, Entry, GENERATED};
use crate::template::{Binding, BindingKind, ElementTemplate, ElementType, Property};
use extensions::Extensions;
use reference::Reference;

/// An element's way from one template to another.
#[derive(Debug, Clone)]
pub struct Move<'a> {
    old: &'a ElementTemplate,
    new: &'a ElementTemplate,
    /// What the element holds before the new template is applied.
    before: Element,
    how: How,
}

/// How the values come from one template to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    /// The old template says what was entered.
    Update,
    /// It does not, since values have been led to other places.
    Succession,
    /// They stay as they are.
    Exactly,
}

/// Why an element cannot be moved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoveError {
    /// It would become another kind of element.
    #[error("it would have to become {1} and is {0}: only Modeler can do this, by its Update or by hand")]
    ElementType(String, String),
    /// A value stands where nobody here writes one.
    #[error("`{0}` would have to change: only Modeler can do this, by its Update or by hand")]
    Binding(String),
    /// There is nowhere to refer from.
    #[error("the template has a message or signal, and this kind of element refers to none")]
    Reference,
    /// What was written cannot be read: a fault of this program.
    #[error("what would be written cannot be read again: {0}; please report it with the file")]
    Unreadable(#[from] DiagramError),
    /// What is written of a message or signal would be written twice.
    #[error("it shares a message or signal with another element that moves: move one after the other")]
    Shared,
    /// There is no such element.
    #[error("there is no such element in the diagram")]
    Missing,
}

impl<'a> Move<'a> {
    /// From one version of a template to another.
    #[must_use]
    pub fn update(element: &TemplatedElement, old: &'a ElementTemplate, new: &'a ElementTemplate) -> Self {
        Self { old, new, before: element.holds.clone(), how: How::Update }
    }

    /// From one template to another one, which finds these values.
    #[must_use]
    pub const fn succession(before: Element, old: &'a ElementTemplate, new: &'a ElementTemplate) -> Self {
        Self { old, new, before, how: How::Succession }
    }

    /// To an element that holds these values and no others.
    #[must_use]
    pub(super) const fn exactly(before: Element, template: &'a ElementTemplate) -> Self {
        Self { old: template, new: template, before, how: How::Exactly }
    }
}

/// What all parts of a move need.
struct Moving<'a> {
    text: &'a str,
    tree: &'a Tree,
    style: Style<'a>,
    old: &'a ElementTemplate,
    new: &'a ElementTemplate,
    after: Element,
    /// What was written, pass for pass.
    passes: Vec<Vec<&'a Property>>,
    /// The prefix of Zeebe's names.
    zeebe: String,
}

/// Writes what changes where an element is moved.
pub(super) fn write(
    style: Style<'_>,
    tree: &Tree,
    index: usize,
    step: &Move<'_>,
    edits: &mut Edits,
    random: &mut dyn FnMut() -> u128,
) -> Result<(), MoveError> {
    let node = tree.node(index).ok_or(MoveError::Missing)?;
    let nothing = ElementTemplate::default();
    let mut after = step.before.clone();
    let passes = match step.how {
        How::Update => after.update(step.old, step.new),
        How::Succession => after.update(&nothing, step.new),
        How::Exactly => vec![after.active(step.new)],
    };
    after.generate(random);
    let head = node.zeebe("modelerTemplate").ok_or(MoveError::Missing)?;
    let zeebe = prefix(&head.name).trim_end_matches(':').to_owned();
    let moving = Moving { text: style.text, tree, style, old: step.old, new: step.new, after, passes, zeebe };
    moving.head(edits, node)?;
    moving.unwritten(node, &step.before)?;
    Extensions::of(&moving, node).write(edits);
    for reference in [Reference::MESSAGE, Reference::SIGNAL] {
        reference.write(&moving, index, edits, random)?;
    }
    Ok(())
}

impl Moving<'_> {
    /// The start tag, and the end tag where the element becomes another one.
    fn head(&self, edits: &mut Edits, node: &Node) -> Result<(), MoveError> {
        let name = |name: &str| node.zeebe(name).map_or_else(|| self.zeebe(name), |known| known.name.clone());
        let version = self.new.version.map(|version| version.to_string());
        let icon = self.new.icon.as_ref().and_then(|icon| icon.contents.as_deref());
        let mut attributes = vec![
            (name("modelerTemplate"), self.new.id.clone()),
            (name("modelerTemplateVersion"), version),
            (name("modelerTemplateIcon"), icon.map(str::to_owned)),
        ];
        for place in self.places(BindingKind::Property) {
            let Some(bound) = &place.name else { continue };
            let known = node.attributes.iter().find(|one| match one.space {
                Space::Zeebe => bound.strip_prefix("zeebe:") == Some(local(&one.name)),
                Space::Bpmn => local(&one.name) == bound,
                Space::None | Space::Other => one.name == *bound,
            });
            let written = known.map_or_else(|| bound.clone(), |known| known.name.clone());
            // What says which template it is, no property says.
            if attributes.iter().all(|(name, _)| *name != written) {
                attributes.push((written, self.value(&place)));
            }
        }
        for (name, value) in attributes {
            edits.attribute(self.text, node, &name, value.as_deref());
        }
        self.element_type(edits, node)
    }

    /// Where the template makes another element of it, the tag changes; among tasks, that is.
    fn element_type(&self, edits: &mut Edits, node: &Node) -> Result<(), MoveError> {
        let event = definition(self.tree, node).map(|definition| bpmn_type(local(&definition.name)));
        let is = ElementType { value: Some(bpmn_type(local(&node.name))), event_definition: event };
        let (was, becomes) = (self.old.element_type.as_ref().unwrap_or(&is), self.new.element_type.as_ref());
        let Some(becomes) = becomes.filter(|becomes| *becomes != was && **becomes != is) else { return Ok(()) };
        let is_task = |kind: &ElementType| {
            kind.event_definition.is_none() && kind.value.as_deref().is_some_and(|value| value.ends_with("Task"))
        };
        let told = |kind: &ElementType| kind.value.clone().unwrap_or_default();
        if !is_task(becomes) || !is_task(&is) {
            return Err(MoveError::ElementType(told(&is), told(becomes)));
        }
        let tag = prefix(&node.name).to_owned() + &tag(&told(becomes));
        let name_of = |start: usize| start..start + node.name.len();
        edits.replace(name_of(node.open.start + 1), tag.as_str());
        if let Some(close) = &node.close {
            edits.replace(name_of(close.start + 2), tag);
        }
        Ok(())
    }

    /// Values that stand in elements of BPMN's own are not written here: they must be what they were.
    fn unwritten(&self, node: &Node, before: &Element) -> Result<(), MoveError> {
        let kinds = [BindingKind::Timer, BindingKind::Conditional, BindingKind::ConditionalFilter];
        let mut places: Vec<Binding> = kinds.into_iter().flat_map(|kind| self.places(kind)).collect();
        let completion = self.tree.child(node, Space::Bpmn, "completionCondition").is_some();
        places.extend(self.places(BindingKind::Property).into_iter().filter(|place| {
            place.name.as_deref() == Some("completionCondition") && (completion || self.after.at(place).is_some())
        }));
        match places.into_iter().find(|place| before.at(place) != self.after.at(place)) {
            Some(place) => Err(MoveError::Binding(place.to_string())),
            None => Ok(()),
        }
    }

    /// The places of a kind that the templates own: all that the old one has, and whatever of the new one was written.
    fn places(&self, kind: BindingKind) -> Vec<Binding> {
        let mut places: Vec<Binding> = Vec::new();
        let written = self.passes.iter().flatten().copied();
        for place in written.chain(&self.old.properties).filter_map(Property::place) {
            if place.kind == kind && !places.contains(&place) {
                places.push(place.into_owned());
            }
        }
        places
    }

    /// The active properties of a kind, each place once, in the template's order.
    fn active(&self, kind: BindingKind) -> Vec<Binding> {
        let mut places: Vec<Binding> = Vec::new();
        for place in self.after.active(self.new).into_iter().filter_map(Property::place) {
            if place.kind == kind && !places.contains(&place) {
                places.push(place.into_owned());
            }
        }
        places
    }

    /// What is written at a place; nothing for what is blank.
    fn value(&self, place: &Binding) -> Option<String> {
        match self.after.at(place)? {
            Entry::Blank => None,
            Entry::Value(text) => Some(text.clone()),
        }
    }

    fn zeebe(&self, name: &str) -> String {
        format!("{}:{name}", self.zeebe)
    }
}

/// A random UUID.
fn uuid(random: u128) -> String {
    let bits = (random & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
    let digits = format!("{bits:032x}");
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| digits.get(part).unwrap_or_default());
    parts.join("-")
}

impl Element {
    /// Puts UUIDs where they are to be generated.
    fn generate(&mut self, random: &mut dyn FnMut() -> u128) {
        self.replace(GENERATED, || uuid(random()));
    }
}

#[cfg(test)]
mod tests {
    use super::uuid;

    #[test]
    fn a_uuid_is_one_of_the_fourth_version() {
        assert_eq!(uuid(0), "00000000-0000-4000-8000-000000000000");
        assert_eq!(uuid(u128::MAX), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    }
}
