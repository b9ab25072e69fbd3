//! BPMN files whose elements have element templates.
//!
//! ```text
//! tree    the XML, and where each tag stands
//! holds   the values of an element where a template can bind a property
//! update  an element moved to another template: its own bytes change, all others stay
//! smallest  a diagram of one element, made anew
//! edits   changes of the text, and how its XML is written
//! ```
//!
//! Pure; knows templates and what an element holds, no connectors and no files.

mod edits;
mod holds;
mod smallest;
mod tree;
mod update;

pub use smallest::smallest;
pub use update::{Move, MoveError};

use crate::compat::Element;
use crate::template::ElementType;
use std::ops::Range;
use tree::{Space, Tree, local};

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
        Self { reason: reason.into(), line: line(text, at), column }
    }
}

fn line(text: &str, at: usize) -> usize {
    text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count() + 1
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
        let elements = (0..tree.nodes.len()).filter_map(|index| element(text, &tree, index)).collect();
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

    /// The diagram with one of its elements moved to another template, and what the element holds then. All but this
    /// element's tag and extensions, and the message or signal of its template, stays byte for byte. `random` is for the
    /// UUIDs and ids that are made.
    pub fn with(
        &self,
        element: usize,
        step: &Move<'_>,
        random: &mut dyn FnMut() -> u128,
    ) -> Result<(Self, Element), MoveError> {
        let node = self.elements.get(element).ok_or(MoveError::Missing)?.node;
        let (text, after) = update::moved(&self.text, &self.tree, node, step, random)?;
        Ok((Self::parse(&text)?, after))
    }

    /// The text of the file.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// The element of a node; none where it has no template. Messages and signals say whose they are by the same attribute.
fn element(text: &str, tree: &Tree, index: usize) -> Option<TemplatedElement> {
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
        line: line(text, node.open.start),
        span: node.span(),
        holds: holds::holds(tree, node),
        node: index,
    })
}

/// `serviceTask` is `bpmn:ServiceTask`.
fn bpmn_type(tag: &str) -> String {
    let mut letters = tag.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    format!("bpmn:{}{}", first.collect::<String>(), letters.as_str())
}

/// The tag of a type, such as `serviceTask` of `bpmn:ServiceTask`.
fn tag(bpmn_type: &str) -> String {
    let name = bpmn_type.trim_start_matches("bpmn:");
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests;
