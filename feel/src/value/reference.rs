//! A value where it stands, before it is known what of it is wanted.

use super::{Context, Value, json_entry};

/// A value in the variables or in a value that the evaluation holds. Paths are followed without making the values on
/// the way.
#[derive(Clone, Copy)]
pub(crate) enum ValueRef<'s, 'a> {
    Json(&'a serde_json::Value),
    Value(&'s Value<'a>),
}

impl<'s, 'a> ValueRef<'s, 'a> {
    /// The entry of this name, if it is a context that has one.
    #[inline]
    pub(crate) fn entry(self, name: &str) -> Option<ValueRef<'s, 'a>> {
        match self {
            ValueRef::Json(serde_json::Value::Object(map)) => json_entry(map, name).map(ValueRef::Json),
            ValueRef::Value(Value::Context(Context::Json(map))) => json_entry(map, name).map(ValueRef::Json),
            ValueRef::Value(Value::Context(Context::Shared(entries))) => entries.variable(name).map(ValueRef::Value),
            _ => None,
        }
    }

    /// The value itself.
    #[inline]
    pub(crate) fn value(self) -> Value<'a> {
        match self {
            ValueRef::Json(json) => Value::from(json),
            ValueRef::Value(value) => value.clone(),
        }
    }

    /// The text, if it is a string.
    #[inline]
    pub(crate) fn text(self) -> Option<&'s str>
    where
        'a: 's,
    {
        match self {
            ValueRef::Json(serde_json::Value::String(text)) => Some(text),
            ValueRef::Value(Value::Text(text)) => Some(text),
            _ => None,
        }
    }
}
