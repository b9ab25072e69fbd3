//! What is known of a value before there is one.

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
    /// A function with these parameters.
    Function(Vec<String>),
    /// A list of such items.
    List(Box<Shape>),
    /// A context.
    Context {
        /// The entries that are known, in order.
        entries: Vec<(String, Shape)>,
        /// Whether there may be others.
        open: bool,
    },
}

impl Shape {
    /// A context with exactly these entries.
    pub fn context<N: Into<String>>(entries: impl IntoIterator<Item = (N, Shape)>) -> Shape {
        Shape::Context { entries: entries.into_iter().map(|(name, shape)| (name.into(), shape)).collect(), open: false }
    }

    /// A context with these entries and perhaps others.
    pub fn open_context<N: Into<String>>(entries: impl IntoIterator<Item = (N, Shape)>) -> Shape {
        match Shape::context(entries) {
            Shape::Context { entries, .. } => Shape::Context { entries, open: true },
            other => other,
        }
    }

    /// A list of such items.
    #[must_use]
    pub fn list(items: Shape) -> Shape {
        Shape::List(Box::new(items))
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
            Shape::Function(_) => "a function",
            Shape::List(_) => "a list",
            Shape::Context { .. } => "a context",
        }
    }

    /// The entry of this name, if it is known.
    pub(super) fn entry(&self, name: &str) -> Option<&Shape> {
        match self {
            Shape::Context { entries, .. } => entries.iter().rfind(|(known, _)| known == name).map(|(_, shape)| shape),
            _ => None,
        }
    }

    /// The shape of a value that has the one or the other.
    #[must_use]
    pub fn or(self, other: Shape) -> Shape {
        match (self, other) {
            (Shape::Null, shape) | (shape, Shape::Null) => shape,
            (Shape::List(left), Shape::List(right)) => Shape::list(left.or(*right)),
            (Shape::Context { mut entries, open }, Shape::Context { entries: others, open: other_open }) => {
                for (name, shape) in others {
                    match entries.iter_mut().find(|(known, _)| *known == name) {
                        Some((_, known)) => *known = std::mem::take(known).or(shape),
                        None => entries.push((name, shape)),
                    }
                }
                Shape::Context { entries, open: open || other_open }
            }
            (left, right) if left == right => left,
            _ => Shape::Any,
        }
    }
}
