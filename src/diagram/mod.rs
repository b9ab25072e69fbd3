//! BPMN files whose elements have element templates.
//!
//! ```text
//! tree    the XML, and where each tag stands
//! holds   the values of an element where a template can bind a property
//! update  elements moved to other templates: their own bytes change, all others stay
//! smallest  a diagram of one element, made anew
//! edits   changes of the text, and how its XML is written
//! ```
//!
//! Pure; knows templates and what an element holds, no connectors and no files.

mod edits;
mod holds;
mod smallest;
pub(crate) mod tree;
mod update;

pub use smallest::smallest;
pub use update::{Move, MoveError};

use crate::compat::Element;
use crate::template::ElementType;
use edits::{Edits, Style};
use std::collections::HashSet;
use std::ops::Range;
use tree::{Space, Tree, local};

/// The attributes by which elements refer to messages and signals.
const REFERENCES: [&str; 2] = ["messageRef", "signalRef"];

/// A BPMN file.
#[derive(Debug, Clone)]
pub struct Diagram {
    text: String,
    tree: Tree,
    elements: Vec<TemplatedElement>,
}

/// An element that has an element template.
#[derive(Debug, Clone)]
pub struct TemplatedElement {
    /// Its id; empty where it has none.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// What it is, such as `bpmn:ServiceTask`, and what defines it if it is an event.
    pub element_type: ElementType,
    /// The template's id.
    pub template: String,
    /// The template's version.
    pub version: Option<i64>,
    /// The line of the file on which it begins, from 1.
    pub line: usize,
    /// From its first byte to behind its last.
    pub span: Range<usize>,
    /// What stands where a template can bind a property.
    pub holds: Element,
    node: usize,
    /// The messages and signals that it refers to, which others may, too.
    refers_to: Vec<usize>,
}

/// Why a text is no diagram.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {reason}")]
pub struct DiagramError {
    /// What is wrong.
    pub reason: String,
    /// On this line, from 1.
    pub line: usize,
    /// At this character of it, from 1.
    pub column: usize,
}

impl DiagramError {
    fn at(text: &str, at: usize, reason: impl Into<String>) -> Self {
        // The parser may point into a character.
        let at = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
        let before = text.get(..at).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let column = before.get(start..).unwrap_or_default().chars().filter(|one| *one != '\u{feff}').count() + 1;
        Self { reason: reason.into(), line: Lines::of(text).at(at), column }
    }
}

/// The lines of a text, asked for in its order: each byte is counted once.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl<'a> Lines<'a> {
    const fn of(text: &'a str) -> Self {
        Self { text, at: 0, line: 1 }
    }

    /// The line of a byte that is not before the last one.
    fn at(&mut self, at: usize) -> usize {
        self.line += self.text.get(self.at..at).unwrap_or_default().matches('\n').count();
        self.at = self.at.max(at);
        self.line
    }
}

impl Diagram {
    /// Reads the text of a BPMN file.
    pub fn parse(text: &str) -> Result<Self, DiagramError> {
        let tree = Tree::parse(text)?;
        match tree.node(0) {
            Some(root) if root.is(Space::Bpmn, "definitions") => {}
            _ => {
                return Err(DiagramError::at(
                    text,
                    0,
                    "it is no BPMN: the outermost element must be `bpmn:definitions`",
                ));
            }
        }
        let mut lines = Lines::of(text);
        let elements = (0..tree.nodes.len()).filter_map(|index| element(&tree, index, &mut lines)).collect();
        Ok(Self { text: text.to_owned(), tree, elements })
    }

    /// The elements that have a template, in the order of the file.
    #[must_use]
    pub fn elements(&self) -> &[TemplatedElement] {
        &self.elements
    }

    /// The version of Camunda that the diagram is for.
    #[must_use]
    pub fn platform(&self) -> Option<&str> {
        let attributes = &self.tree.node(0)?.attributes;
        let version = attributes.iter().find(|attribute| local(&attribute.name) == "executionPlatformVersion")?;
        Some(&version.value)
    }

    /// The diagram with elements moved to other templates, by their indices; or which of them cannot be. All but their tags
    /// and extensions, and the messages and signals of their templates, stays byte for byte. `random` is for the UUIDs and
    /// ids that are made. Elements that share a message or signal are refused, since they cannot move at once: see
    /// [`Self::apart`].
    pub fn with(
        &self,
        moves: &[(usize, Move<'_>)],
        random: &mut dyn FnMut() -> u128,
    ) -> Result<Self, Vec<(usize, MoveError)>> {
        let (mut edits, mut errors) = (Edits::default(), Vec::new());
        let (_, shared) = self.apart(moves.iter().map(|(index, _)| *index).collect());
        errors.extend(shared.into_iter().map(|index| (index, MoveError::Shared)));
        let style = Style::of(&self.text);
        for (index, step) in moves {
            let node = self.elements.get(*index).map(|element| element.node).ok_or(MoveError::Missing);
            let written = node.and_then(|node| update::write(style, &self.tree, node, step, &mut edits, random));
            errors.extend(written.err().map(|error| (*index, error)));
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let first = moves.first().map(|(index, _)| *index).unwrap_or_default();
        let mut text = edits.apply(&self.text);
        if self.tree.is_ascii {
            text = edits::in_ascii(&text);
        }
        Self::parse(&text).map_err(|error| vec![(first, error.into())])
    }

    /// Of these elements the first ones that share no message and no signal with each other, and the others.
    #[must_use]
    pub fn apart(&self, elements: Vec<usize>) -> (Vec<usize>, Vec<usize>) {
        let mut taken: HashSet<usize> = HashSet::new();
        elements.into_iter().partition(|index| {
            let refers_to = self.elements.get(*index).map(|element| element.refers_to.as_slice()).unwrap_or_default();
            let is_free = refers_to.iter().all(|node| !taken.contains(node));
            taken.extend(refers_to.iter().filter(|_| is_free));
            is_free
        })
    }

    /// The ids of the messages and signals that an element refers to, by its index.
    pub fn referred(&self, element: usize) -> impl Iterator<Item = &str> {
        let refers_to = self.elements.get(element).map(|element| element.refers_to.as_slice()).unwrap_or_default();
        refers_to.iter().filter_map(|node| self.tree.node(*node)?.own("id"))
    }

    /// A message or signal, as it is written; none if there is none of this id.
    #[must_use]
    pub fn referred_text(&self, id: &str) -> Option<&str> {
        self.text.get(self.tree.node(self.tree.by_id(id)?)?.span())
    }

    /// Who refers to a message or signal: the ids of the elements, of events where their definitions do, and the names of
    /// tags that have no ids.
    #[must_use]
    pub fn referrers(&self, id: &str) -> Vec<&str> {
        let referrers = self.tree.by_id(id).into_iter().flat_map(|index| self.tree.referrers(index));
        let named = referrers.map(|node| {
            let is_definition = local(&node.name).ends_with("EventDefinition");
            let event = node.parent.filter(|_| is_definition).and_then(|parent| self.tree.node(parent));
            let node = event.unwrap_or(node);
            node.own("id").unwrap_or(&node.name)
        });
        named.collect()
    }

    /// The text of the file.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// The element of a node; none where it has no template. Messages and signals say whose they are by the same attribute.
fn element(tree: &Tree, index: usize, lines: &mut Lines<'_>) -> Option<TemplatedElement> {
    let node = tree.node(index)?;
    let template = node.zeebe("modelerTemplate")?.value.clone();
    let name = local(&node.name);
    if node.space != Space::Bpmn || template.is_empty() || matches!(name, "message" | "signal") {
        return None;
    }
    let event_definition = holds::definition(tree, node).map(|definition| bpmn_type(local(&definition.name)));
    Some(TemplatedElement {
        id: node.own("id").unwrap_or_default().to_owned(),
        name: node.own("name").map(str::to_owned),
        element_type: ElementType { value: Some(bpmn_type(name)), event_definition },
        template,
        version: node.zeebe("modelerTemplateVersion").and_then(|version| version.value.trim().parse().ok()),
        line: lines.at(node.open.start),
        span: node.span(),
        holds: holds::holds(tree, node),
        node: index,
        refers_to: REFERENCES.iter().filter_map(|reference| holds::referenced(tree, node, reference)).collect(),
    })
}

/// `serviceTask` is `bpmn:ServiceTask`.
fn bpmn_type(tag: &str) -> String {
    let mut letters = tag.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    format!("bpmn:{}{}", first.collect::<String>(), letters.as_str())
}

/// The tag of a type, such as `serviceTask` of `bpmn:ServiceTask`.
pub(crate) fn tag(bpmn_type: &str) -> String {
    let name = bpmn_type.trim_start_matches("bpmn:");
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests;
