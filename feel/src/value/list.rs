//! Lists: those of the context as they are, and those that an evaluation makes.

use std::sync::Arc;

use super::{Value, ValueRef};

/// A list value.
#[derive(Clone)]
pub enum List<'a> {
    /// An array of the context.
    Json(&'a [serde_json::Value]),
    /// Made by the evaluation.
    Shared(Arc<Items<'a>>),
}

/// The items of a list that an evaluation made.
pub struct Items<'a> {
    pub(crate) values: Vec<Value<'a>>,
    pub(crate) depth: usize,
}

impl<'a> Items<'a> {
    pub(crate) fn new(values: Vec<Value<'a>>) -> Items<'a> {
        let depth = 1 + values.iter().map(Value::depth).max().unwrap_or(0);
        Items { values, depth }
    }
}

impl<'a> List<'a> {
    /// The number of items.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            List::Json(items) => items.len(),
            List::Shared(items) => items.values.len(),
        }
    }

    /// Whether it has no item.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The item at this index, counted from 0.
    #[inline]
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Value<'a>> {
        match self {
            List::Json(items) => items.get(index).map(Value::from),
            List::Shared(items) => items.values.get(index).cloned(),
        }
    }

    /// All items in order.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Value<'a>> + DoubleEndedIterator + '_ {
        // The index is within the list, so there is an item.
        (0..self.len()).map(|index| self.get(index).unwrap_or(Value::Null))
    }

    /// All items in order, where they stand.
    #[inline]
    pub(crate) fn references(&self) -> impl Iterator<Item = ValueRef<'_, 'a>> {
        (0..self.len()).map_while(|index| match self {
            List::Json(items) => items.get(index).map(ValueRef::Json),
            List::Shared(items) => items.values.get(index).map(ValueRef::Value),
        })
    }
}
