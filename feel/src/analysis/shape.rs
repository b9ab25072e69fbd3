//! What is known of a value before there is one.
//!
//! Shapes share their parts, and are bounded: what is nested deeper than [`Shape::DEPTH`] or would make a shape larger
//! than [`Shape::NODES`] may be anything. So any walk over a shape ends soon, and on any stack.

use std::sync::Arc;

use super::combine::{self, How};

/// The shape of a value. Any value may be null as well.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Shape {
    /// Nothing is known.
    #[default]
    Any,
    /// Always null.
    Null,
    /// True or false.
    Boolean,
    /// A number.
    Number,
    /// A string.
    Text,
    /// A date, a time or a duration.
    Temporal,
    /// A range.
    Range,
    /// A function.
    Function,
    /// A list of such items: [`Shape::list`].
    List(ListShape),
    /// A context: [`Shape::context`], [`Shape::open_context`].
    Context(ContextShape),
}

/// The shape of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListShape {
    items: Arc<Shape>,
    size: Size,
}

impl ListShape {
    /// What each item is.
    #[must_use]
    pub fn items(&self) -> &Shape {
        &self.items
    }

    pub(super) fn into_items(self) -> Shape {
        Arc::unwrap_or_clone(self.items)
    }
}

/// The shape of a context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContextShape {
    entries: Arc<Vec<Entry>>,
    open: bool,
    size: Size,
}

pub(super) type Entry = (Arc<str>, Shape);

impl ContextShape {
    /// The entries that are known, in order. Of two of one name, the last counts.
    #[must_use]
    pub fn entries(&self) -> &[(Arc<str>, Shape)] {
        &self.entries
    }

    /// Whether there may be others.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open
    }

    pub(super) fn is(&self, other: &ContextShape) -> bool {
        Arc::ptr_eq(&self.entries, &other.entries) && self.open == other.open
    }

    /// The entries, copied if others have them too.
    pub(super) fn into_entries(self) -> Vec<Entry> {
        Arc::unwrap_or_clone(self.entries)
    }
}

/// How large a shape is, each shared part counted as often as it is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Size {
    nodes: u32,
    depth: u32,
}

impl Shape {
    /// How deep a shape may be nested.
    pub const DEPTH: u32 = 64;
    /// How many shapes a shape may consist of.
    pub const NODES: u32 = 20_000;

    /// A context with exactly these entries.
    pub fn context<N: Into<Arc<str>>>(entries: impl IntoIterator<Item = (N, Shape)>) -> Shape {
        Shape::of_entries(entries.into_iter().map(|(name, shape)| (name.into(), shape)).collect(), false)
    }

    /// A context with these entries and perhaps others.
    pub fn open_context<N: Into<Arc<str>>>(entries: impl IntoIterator<Item = (N, Shape)>) -> Shape {
        Shape::of_entries(entries.into_iter().map(|(name, shape)| (name.into(), shape)).collect(), true)
    }

    /// A list of such items.
    #[must_use]
    pub fn list(mut items: Shape) -> Shape {
        let mut size = Size { nodes: 1, depth: 1 };
        size.admit(&mut items);
        Shape::List(ListShape { items: Arc::new(items), size })
    }

    pub(super) fn of_entries(mut entries: Vec<Entry>, mut open: bool) -> Shape {
        if entries.len() >= Self::NODES as usize {
            (entries, open) = (Vec::new(), true);
        }
        // Each entry has its place, and what it is has what they leave.
        let mut size = Size { nodes: 1 + u32::try_from(entries.len()).unwrap_or(u32::MAX), depth: 1 };
        for (_, shape) in &mut entries {
            size.nodes -= 1;
            size.admit(shape);
        }
        Shape::Context(ContextShape { entries: Arc::new(entries), open, size })
    }

    /// What it is, for a message.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Shape::Any => "a value",
            Shape::Null => "null",
            Shape::Boolean => "a boolean",
            Shape::Number => "a number",
            Shape::Text => "a string",
            Shape::Temporal => "a date, time or duration",
            Shape::Range => "a range",
            Shape::Function => "a function",
            Shape::List(_) => "a list",
            Shape::Context(_) => "a context",
        }
    }

    /// The entry of this name, if it is known.
    pub(super) fn entry(&self, name: &str) -> Option<&Shape> {
        match self {
            Shape::Context(context) => {
                context.entries.iter().rfind(|(known, _)| **known == *name).map(|(_, shape)| shape)
            }
            _ => None,
        }
    }

    /// The names of the entries that are known.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let entries = match self {
            Shape::Context(context) => context.entries(),
            _ => &[],
        };
        entries.iter().map(|(name, _)| &**name)
    }

    /// How many shapes it consists of, each as often as it is met: at most [`Shape::NODES`].
    #[must_use]
    pub fn nodes(&self) -> u32 {
        self.size().nodes
    }

    /// How deep it is nested: at most [`Shape::DEPTH`].
    #[must_use]
    pub fn depth(&self) -> u32 {
        self.size().depth
    }

    fn size(&self) -> Size {
        match self {
            Shape::List(list) => list.size,
            Shape::Context(context) => context.size,
            _ => Size { nodes: 1, depth: 0 },
        }
    }

    /// The shape of a value that has the one or the other.
    #[must_use]
    pub fn or(self, other: Shape) -> Shape {
        combine::combine(self, other, How::Either, &mut { usize::MAX })
    }

    /// The shape of a value that has the one and the other.
    #[must_use]
    pub fn and(self, other: Shape) -> Shape {
        combine::combine(self, other, How::Both, &mut { usize::MAX })
    }
}

impl Size {
    /// Takes a part in, or anything in its place where it is too much.
    fn admit(&mut self, part: &mut Shape) {
        let mut size = part.size();
        if size.depth >= Shape::DEPTH || size.nodes > Shape::NODES.saturating_sub(self.nodes) {
            *part = Shape::Any;
            size = part.size();
        }
        self.nodes += size.nodes;
        self.depth = self.depth.max(size.depth + 1);
    }
}
