//! The values of FEEL. Those that come from the context are borrowed from it, level by level, as they are read.

mod context;
mod json;
mod list;
mod order;
mod reference;
mod render;
mod text;

use std::{cmp::Ordering, fmt, sync::Arc};

pub(crate) use self::{
    context::json_entry,
    reference::ValueRef,
    render::feel_string,
    text::{compare as compare_text, length as text_length, slice as text_slice},
};
pub use self::{
    context::{Context, Entries},
    list::{Items, List},
    text::Text,
};
use crate::{evaluate::Captured, number::Number, syntax::Node, temporal::Temporal};

/// Runs one more level of what goes down into nested values, on a new stretch of stack where the old one is short.
pub(crate) fn deeper<T>(work: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(64 * 1024, 512 * 1024, work)
}

/// A FEEL value.
#[derive(Clone, Default)]
pub enum Value<'a> {
    /// Nothing.
    #[default]
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A decimal number.
    Number(Number),
    /// A string.
    Text(Text<'a>),
    /// A date, a time, a date and time, or a duration.
    Temporal(Arc<Temporal>),
    /// A list.
    List(List<'a>),
    /// A context.
    Context(Context<'a>),
    /// A function that the expression defines.
    Function(Arc<Function<'a>>),
    /// A range, as functions such as `before` take it.
    Range(Arc<Range<'a>>),
    /// What an operation gives that cannot be done, where FEEL does not make it null. It makes an evaluation fail.
    Error(Arc<ErrorValue>),
}

/// Why a value could not be had.
#[derive(Debug, PartialEq, Eq)]
pub struct ErrorValue {
    pub(crate) message: String,
    /// Whether it survives where other errors become null: `?` outside of a unary test.
    pub(crate) fatal: bool,
}

impl ErrorValue {
    /// What could not be done. It tells types and names, never values.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

/// Why a value cannot leave an evaluation.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unwritable {
    /// It holds a range, for which there is no JSON.
    Range,
    /// It has too many bytes.
    TooLarge,
}

/// A range between two values of one type.
#[derive(Clone)]
pub struct Range<'a> {
    pub(crate) start: Boundary<'a>,
    pub(crate) end: Boundary<'a>,
}

#[derive(Clone)]
pub(crate) struct Boundary<'a> {
    pub(crate) value: Value<'a>,
    pub(crate) closed: bool,
}

impl<'a> Range<'a> {
    /// The start, and whether it belongs to the range.
    #[must_use]
    pub fn start(&self) -> (&Value<'a>, bool) {
        (&self.start.value, self.start.closed)
    }

    /// The end, and whether it belongs to the range.
    #[must_use]
    pub fn end(&self) -> (&Value<'a>, bool) {
        (&self.end.value, self.end.closed)
    }
}

/// A function that an expression defines, with the variables that it saw.
pub struct Function<'a> {
    pub(crate) parameters: Vec<&'a str>,
    pub(crate) body: &'a Node,
    pub(crate) scope: Captured<'a>,
}

impl<'a> Function<'a> {
    /// The names of its parameters.
    #[must_use]
    pub fn parameters(&self) -> &[&'a str] {
        &self.parameters
    }

    pub(crate) fn depth(&self) -> usize {
        self.scope.depth() + 1
    }
}

impl<'a> Value<'a> {
    pub(crate) fn list(values: Vec<Value<'a>>) -> Value<'a> {
        Value::List(List::Shared(Arc::new(Items::new(values))))
    }

    pub(crate) fn context(entries: Entries<'a>) -> Value<'a> {
        Value::Context(Context::Shared(Arc::new(entries)))
    }

    pub(crate) fn text(text: impl Into<Text<'a>>) -> Value<'a> {
        Value::Text(text.into())
    }

    pub(crate) fn temporal(temporal: Temporal) -> Value<'a> {
        Value::Temporal(Arc::new(temporal))
    }

    pub(crate) fn error(message: impl Into<String>) -> Value<'a> {
        Value::Error(Arc::new(ErrorValue { message: message.into(), fatal: false }))
    }

    /// The name of its type, as `instance of` has it.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Boolean(_) => "boolean",
            Value::Number(_) => "number",
            Value::Text(_) => "string",
            Value::Temporal(temporal) => temporal.type_name(),
            Value::List(_) => "list",
            Value::Context(_) => "context",
            Value::Function(_) => "function",
            Value::Range(_) => "range",
            Value::Error(_) => "error",
        }
    }

    /// How deep lists and contexts are nested that the evaluation made; those of the context count as one.
    pub(crate) fn depth(&self) -> usize {
        match self {
            Value::List(List::Shared(items)) => items.depth,
            Value::Context(Context::Shared(entries)) => entries.depth(),
            Value::Function(function) => function.depth(),
            Value::List(List::Json(_)) | Value::Context(Context::Json(_)) | Value::Range(_) => 1,
            _ => 0,
        }
    }

    /// Takes what it has when it is written out, about, off the bytes that are left.
    #[inline]
    pub(crate) fn measure(&self, left: &mut usize) -> Result<(), Unwritable> {
        match self {
            Value::Text(text) => spend(left, text.len()),
            Value::Number(number) => spend(left, number.written_length()),
            Value::Range(_) => Err(Unwritable::Range),
            Value::List(_) | Value::Context(_) => self.measure_parts(left),
            _ => spend(left, 0),
        }
    }

    fn measure_parts(&self, left: &mut usize) -> Result<(), Unwritable> {
        spend(left, 0)?;
        deeper(|| match self {
            Value::List(List::Json(items)) => items.iter().try_for_each(|item| measure_json(item, left)),
            Value::List(List::Shared(items)) => items.values.iter().try_for_each(|item| item.measure(left)),
            Value::Context(Context::Json(map)) => measure_object(map, left),
            Value::Context(Context::Shared(entries)) => entries.variables().iter().try_for_each(|(name, value)| {
                spend(left, name.len())?;
                value.measure(left)
            }),
            _ => Ok(()),
        })
    }

    /// Whether both are of one type that has an order.
    pub(crate) fn is_comparable_with(&self, other: &Value<'_>) -> bool {
        match (self, other) {
            (Value::Number(_), Value::Number(_)) | (Value::Text(_), Value::Text(_)) => true,
            (Value::Temporal(left), Value::Temporal(right)) => left.kind() == right.kind(),
            _ => false,
        }
    }

    /// The order of two values of one type that has an order.
    pub(crate) fn order(&self, other: &Value<'_>) -> Option<Ordering> {
        match (self, other) {
            (Value::Number(left), Value::Number(right)) => Some(left.cmp(right)),
            (Value::Text(left), Value::Text(right)) => Some(compare_text(left, right)),
            (Value::Temporal(left), Value::Temporal(right)) => left.compare(right),
            _ => None,
        }
    }
}

#[inline]
fn spend(left: &mut usize, own: usize) -> Result<(), Unwritable> {
    const EACH: usize = 16;
    *left = left.checked_sub(EACH + own).ok_or(Unwritable::TooLarge)?;
    Ok(())
}

fn measure_json(json: &serde_json::Value, left: &mut usize) -> Result<(), Unwritable> {
    match json {
        serde_json::Value::String(text) => spend(left, text.len()),
        serde_json::Value::Array(items) => {
            spend(left, 0)?;
            deeper(|| items.iter().try_for_each(|item| measure_json(item, left)))
        }
        serde_json::Value::Object(map) => {
            spend(left, 0)?;
            deeper(|| measure_object(map, left))
        }
        _ => spend(left, 0),
    }
}

fn measure_object(map: &serde_json::Map<String, serde_json::Value>, left: &mut usize) -> Result<(), Unwritable> {
    map.iter().try_for_each(|(name, value)| {
        spend(left, name.len())?;
        measure_json(value, left)
    })
}

impl<'a> From<&'a serde_json::Value> for Value<'a> {
    /// The value as the connector runtime reads it: numbers with a fraction or an exponent are doubles.
    #[inline]
    fn from(json: &'a serde_json::Value) -> Value<'a> {
        match json {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Bool(value) => Value::Boolean(*value),
            serde_json::Value::Number(number) => Value::Number(Number::from_json(number)),
            serde_json::Value::String(text) => Value::Text(Text::Borrowed(text)),
            serde_json::Value::Array(items) => Value::List(List::Json(items)),
            serde_json::Value::Object(map) => Value::Context(Context::Json(map)),
        }
    }
}

impl fmt::Debug for Value<'_> {
    /// The type and the exact value, for tests; see `render.rs`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        render::debug(self, f)
    }
}
