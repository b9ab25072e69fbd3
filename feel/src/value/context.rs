//! Contexts: objects of the context as they are, and those that an evaluation makes, in the order of their entries.

use std::{collections::HashMap, sync::Arc};

use super::{Function, Text, Value, order};

/// A context value: entries by name.
#[derive(Clone)]
pub enum Context<'a> {
    /// An object of the context.
    Json(&'a serde_json::Map<String, serde_json::Value>),
    /// Made by the evaluation.
    Shared(Arc<Entries<'a>>),
}

/// The entries of a context that an evaluation made.
#[derive(Clone, Default)]
pub struct Entries<'a> {
    variables: Vec<(Text<'a>, Value<'a>)>,
    /// Where each name is, once there are many.
    index: Option<HashMap<Text<'a>, usize>>,
    /// Functions are called, not read: they are no variables.
    functions: Vec<(Text<'a>, Arc<Function<'a>>)>,
    depth: usize,
    /// Whether `{…}` in the expression made it. feel-scala compares such contexts by identity in `list contains`.
    pub(crate) literal: bool,
}

/// From so many entries on, an index is kept.
const INDEXED: usize = 12;

/// The entry of a JSON object. Where there are few, comparing their names is faster than hashing.
#[inline]
pub(crate) fn json_entry<'a>(
    map: &'a serde_json::Map<String, serde_json::Value>,
    name: &str,
) -> Option<&'a serde_json::Value> {
    if map.len() <= INDEXED { map.iter().find(|(key, _)| *key == name).map(|(_, value)| value) } else { map.get(name) }
}

impl<'a> Entries<'a> {
    pub(crate) fn with_capacity(capacity: usize) -> Entries<'a> {
        Entries { variables: Vec::with_capacity(capacity), ..Entries::default() }
    }

    /// Adds an entry; one of that name gives way, but keeps its place.
    pub(crate) fn insert(&mut self, name: Text<'a>, value: Value<'a>) {
        self.depth = self.depth.max(value.depth());
        if let Some(place) = self.place(&name) {
            if let Some(entry) = self.variables.get_mut(place) {
                entry.1 = value;
            }
            return;
        }
        let place = self.variables.len();
        if let Some(index) = &mut self.index {
            index.insert(name.clone(), place);
        } else if place + 1 == INDEXED {
            let names = self.variables.iter().map(|(name, _)| name).chain([&name]).cloned();
            self.index = Some(names.zip(0..).collect());
        }
        self.variables.push((name, value));
    }

    pub(crate) fn insert_function(&mut self, name: Text<'a>, function: Arc<Function<'a>>) {
        self.depth = self.depth.max(function.depth());
        self.functions.push((name, function));
    }

    fn place(&self, name: &str) -> Option<usize> {
        match &self.index {
            Some(index) => index.get(name).copied(),
            None => self.variables.iter().position(|(known, _)| &**known == name),
        }
    }

    pub(crate) fn variable(&self, name: &str) -> Option<&Value<'a>> {
        self.place(name).and_then(|place| self.variables.get(place)).map(|(_, value)| value)
    }

    pub(crate) fn functions(&self) -> &[(Text<'a>, Arc<Function<'a>>)] {
        &self.functions
    }

    pub(crate) fn variables(&self) -> &[(Text<'a>, Value<'a>)] {
        &self.variables
    }

    pub(crate) fn depth(&self) -> usize {
        self.depth + 1
    }

    pub(crate) fn len(&self) -> usize {
        self.variables.len() + self.functions.len()
    }
}

impl<'a> Context<'a> {
    /// The number of entries, functions left out.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Context::Json(map) => map.len(),
            Context::Shared(entries) => entries.variables.len(),
        }
    }

    /// Whether it has no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of the entry of this name; functions are not found.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Value<'a>> {
        match self {
            Context::Json(map) => json_entry(map, name).map(Value::from),
            Context::Shared(entries) => entries.variable(name).cloned(),
        }
    }

    /// All entries in the order in which feel-scala lists them, functions left out.
    #[must_use]
    pub fn entries(&self) -> Vec<(Text<'a>, Value<'a>)> {
        let entries = match self {
            Context::Json(map) => map.iter().map(|(key, value)| (Text::from(key.as_str()), value.into())).collect(),
            Context::Shared(entries) => entries.variables.clone(),
        };
        order::sort(entries, |(name, _)| name)
    }

    /// The names of the entries in the order in which they were written, functions left out.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let (json, shared) = match self {
            Context::Json(map) => (Some(map.keys().map(String::as_str)), None),
            Context::Shared(entries) => (None, Some(entries.variables.iter().map(|(name, _)| &**name))),
        };
        json.into_iter().flatten().chain(shared.into_iter().flatten())
    }

    pub(crate) fn functions(&self) -> &[(Text<'a>, Arc<Function<'a>>)] {
        match self {
            Context::Json(_) => &[],
            Context::Shared(entries) => entries.functions(),
        }
    }
}
