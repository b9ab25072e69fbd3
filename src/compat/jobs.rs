//! Whether the jobs of an element are met by a change of what its worker accepts.

use super::changes::{INPUT_IGNORED, INPUT_REFUSED};
use super::compare::Change;
use super::element::{Element, Entry};
use crate::schema::is_valid;
use crate::template::{Binding, BindingKind};
use opwright_feel::{Expression, Variables};
use serde_json::Value;

/// Whether a change meets the jobs of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Met {
    /// It does not.
    Never,
    /// What an input holds is known at run time only.
    Maybe,
    /// It does.
    Surely,
}

/// Whether a change of what a worker accepts meets the jobs of an element, by both versions' schemas of inputs. What the
/// element maps nothing to is taken not to be there.
#[must_use]
pub fn met(element: &Element, change: &Change, old: &Value, new: &Value) -> Met {
    if ![&INPUT_REFUSED, &INPUT_IGNORED].contains(&change.kind) {
        return Met::Surely;
    }
    let path = change.property.as_deref().and_then(|property| Some(property.split_once('.')?.1)).unwrap_or_default();
    let input = change.witness.as_ref().and_then(|witness| witness.value.clone());
    let (Some(mut input), false) = (input, path.is_empty() || path.contains('[')) else { return Met::Maybe };
    // What is mapped to a member of it, or to what it is a member of, is not looked at.
    let is_within = |inner: &str, outer: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('.'));
    let names = element.entries().into_iter().filter(|(place, _)| place.kind == BindingKind::Input);
    let mut names = names.filter_map(|(place, _)| place.name.as_deref());
    if names.any(|name| is_within(name, path) || is_within(path, name)) {
        return Met::Maybe;
    }
    let source = element.at(&Binding::input(path)).map(Entry::text).filter(|source| !source.is_empty());
    let value = match source.map(constant) {
        Some(None) => return Met::Maybe,
        Some(Some(value)) => Some(value),
        None => None,
    };
    if change.kind == &INPUT_IGNORED {
        return if value.is_some() { Met::Surely } else { Met::Never };
    }
    put(&mut input, path, value);
    match (is_valid(old, &input), is_valid(new, &input)) {
        (Some(true), Some(false)) => Met::Surely,
        (Some(_), Some(_)) => Met::Never,
        _ => Met::Maybe,
    }
}

/// What a source is at run time, if it reads nothing.
fn constant(source: &str) -> Option<Value> {
    if !source.starts_with('=') {
        return Some(Value::String(source.to_owned()));
    }
    let expression = Expression::parse(source).ok().filter(|expression| expression.reads().is_empty())?;
    let value = expression.evaluate(&Variables::new()).ok()?;
    value.warnings().is_empty().then(|| value.to_json())
}

/// Puts a value at a path, or takes away what is there.
fn put(input: &mut Value, path: &str, value: Option<Value>) {
    let (outer, name) = path.rsplit_once('.').map_or((None, path), |(outer, name)| (Some(outer), name));
    let mut there = input;
    for name in outer.into_iter().flat_map(|outer| outer.split('.')) {
        let Some(members) = there.as_object_mut() else { return };
        there = members.entry(name).or_insert_with(|| Value::Object(serde_json::Map::new()));
    }
    if let Some(members) = there.as_object_mut() {
        match value {
            Some(value) => drop(members.insert(name.to_owned(), value)),
            None => drop(members.remove(name)),
        }
    }
}
