//! Changes of a text, and how its XML is written: with which indentation, line ends and empty tags.

use super::tree::Node;
use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;

/// Changes of a text, none of which overlaps another.
#[derive(Debug, Default)]
pub(super) struct Edits(Vec<(Range<usize>, String)>);

impl Edits {
    pub(super) fn replace(&mut self, span: Range<usize>, text: impl Into<String>) {
        self.0.push((span, text.into()));
    }

    pub(super) fn insert(&mut self, at: usize, text: impl Into<String>) {
        self.replace(at..at, text);
    }

    /// Gives an attribute a value, or takes it away.
    pub(super) fn attribute(&mut self, text: &str, node: &Node, name: &str, value: Option<&str>) {
        let known = node.attributes.iter().find(|attribute| attribute.name == name);
        match (known, value) {
            (Some(known), Some(value)) if known.value != value => {
                self.replace(known.span.clone(), attribute(name, value));
            }
            (Some(known), None) => {
                self.replace(known.span.start - blank_before(text, known.span.start).len()..known.span.end, "");
            }
            (None, Some(value)) => {
                let at = node.attributes.last().map_or(node.open.start + 1 + node.name.len(), |last| last.span.end);
                self.insert(at, format!(" {}", attribute(name, value)));
            }
            (Some(_), Some(_)) | (None, None) => {}
        }
    }

    /// Takes an element away, with the line that it stands on.
    pub(super) fn remove(&mut self, text: &str, node: &Node) {
        let span = node.span();
        self.replace(span.start - blank_before(text, span.start).len()..span.end, "");
    }

    /// The text with the changes in it.
    pub(super) fn apply(self, text: &str) -> String {
        self.apply_within(text, 0..text.len())
    }

    /// A part of the text with the changes in it, all of which are within.
    pub(super) fn apply_within(mut self, text: &str, part: Range<usize>) -> String {
        // Stable: what is inserted at one place stays in its order.
        self.0.sort_by_key(|(span, _)| (span.start, span.end));
        let mut written = String::with_capacity(part.len());
        let mut at = part.start;
        for (span, new) in self.0 {
            debug_assert!(span.start >= at, "two edits overlap at {}", span.start);
            written.push_str(text.get(at..span.start).unwrap_or_default());
            written.push_str(&new);
            at = at.max(span.end);
        }
        written.push_str(text.get(at..part.end).unwrap_or_default());
        written
    }
}

fn attribute(name: &str, value: &str) -> String {
    format!("{name}=\"{}\"", escaped(value))
}

/// A value as an attribute holds it. Line ends would otherwise be read as blanks.
fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for letter in value.chars() {
        match letter {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '"' => text.push_str("&quot;"),
            '\n' => text.push_str("&#10;"),
            '\r' => text.push_str("&#13;"),
            '\t' => text.push_str("&#9;"),
            other => text.push(other),
        }
    }
    text
}

/// A text whose other letters stand in values, with references in their places.
pub(super) fn in_ascii(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_ascii() {
            written.push(letter);
        } else {
            let _ = write!(written, "&#{};", u32::from(letter));
        }
    }
    written
}

/// The white space in front of a byte.
fn blank_before(text: &str, at: usize) -> &str {
    let before = text.get(..at).unwrap_or_default();
    before.get(before.trim_end().len()..).unwrap_or_default()
}

/// An element that is to be written.
#[derive(Debug, Clone)]
pub(super) enum Built {
    /// As it stood.
    Raw(String),
    Tag {
        name: String,
        attributes: Vec<(String, String)>,
        children: Vec<Built>,
    },
}

impl Built {
    pub(super) fn tag(name: impl Into<String>, attributes: Vec<(String, String)>, children: Vec<Self>) -> Self {
        Self::Tag { name: name.into(), attributes, children }
    }
}

/// How a file is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style<'a> {
    pub(super) text: &'a str,
    newline: &'static str,
    /// The end of an empty tag.
    empty: &'static str,
}

impl<'a> Style<'a> {
    /// Reads the whole text: once for all elements.
    pub(super) fn of(text: &'a str) -> Self {
        let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
        // Modeler's way, unless the file has only the other one.
        let empty = if text.contains(" />") || !text.contains("/>") { " />" } else { "/>" };
        Self { text, newline, empty }
    }

    /// The indentation of an element; none where it does not begin its line.
    fn indentation(&self, node: &Node) -> Option<&'a str> {
        let blank = blank_before(self.text, node.open.start);
        blank.rfind('\n').and_then(|newline| blank.get(newline + 1..))
    }

    /// The indentation of a child of an element, which has a parent or none.
    pub(super) fn inside(&self, node: &Node, parent: Option<&Node>) -> Option<Cow<'a, str>> {
        let own = self.indentation(node)?;
        let unit = parent
            .and_then(|parent| own.strip_prefix(self.indentation(parent).unwrap_or_default()))
            .filter(|unit| !unit.is_empty())
            .unwrap_or("  ");
        Some(Cow::Owned(format!("{own}{unit}")))
    }

    /// A new line with an indentation, where there are lines.
    pub(super) fn line(&self, indentation: Option<&str>) -> String {
        indentation.map(|indentation| format!("{}{indentation}", self.newline)).unwrap_or_default()
    }

    /// An element as it is written, without the indentation of its first line.
    pub(super) fn written(&self, built: &Built, indentation: Option<&str>) -> String {
        let (name, attributes, children) = match built {
            Built::Raw(text) => return text.clone(),
            Built::Tag { name, attributes, children } => (name, attributes, children),
        };
        let attributes: String =
            attributes.iter().map(|(name, value)| format!(" {}", attribute(name, value))).collect();
        if children.is_empty() {
            return format!("<{name}{attributes}{}", self.empty);
        }
        let unit = indentation.map(|own| format!("{own}{}", if own.contains('\t') { "\t" } else { "  " }));
        let inside = self.content(children, unit.as_deref(), indentation);
        format!("<{name}{attributes}>{inside}</{name}>")
    }

    /// What stands between the tags of an element.
    pub(super) fn content(&self, children: &[Built], inside: Option<&str>, outside: Option<&str>) -> String {
        let mut text = String::new();
        for child in children {
            text.push_str(&self.line(inside));
            text.push_str(&self.written(child, inside));
        }
        text.push_str(&self.line(outside));
        text
    }

    /// Puts elements behind the last child of an element, which may be an empty tag.
    pub(super) fn append(&self, edits: &mut Edits, node: &Node, parent: Option<&Node>, new: &[Built]) {
        if new.is_empty() {
            return;
        }
        let inside = self.inside(node, parent);
        let inside = inside.as_deref();
        let Some(close) = &node.close else {
            let content = self.content(new, inside, self.indentation(node));
            return self.open(edits, node, &content);
        };
        let blank = blank_before(self.text, close.start).len();
        let mut text: String = new.iter().map(|child| self.line(inside) + &self.written(child, inside)).collect();
        if blank == 0 {
            text.push_str(&self.line(self.indentation(node)));
        }
        edits.insert(close.start - blank, text);
    }

    /// Gives an empty tag a content.
    pub(super) fn open(&self, edits: &mut Edits, node: &Node, content: &str) {
        let tag = self.text.get(node.open.clone()).unwrap_or_default();
        let inner = tag.trim_end_matches('>').trim_end_matches('/').trim_end().len();
        edits.replace(node.open.start + inner..node.open.end, format!(">{content}</{}>", node.name));
    }
}
