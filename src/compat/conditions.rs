//! Which properties are active, by the values that an element holds: as Modeler's panel decides it.

use super::element::{Entry, is_cast};
use crate::template::{Binding, BindingKind, ElementTemplate, Expected, Property, PropertyKind, Test, Value};
use std::collections::HashMap;

/// The values of an element, by where they stand.
pub(super) type Values = HashMap<Binding, Entry>;

type Ids<'a> = HashMap<&'a str, &'a Property>;

/// The active properties of a template.
pub(super) fn active<'a>(template: &'a ElementTemplate, values: &Values) -> Vec<&'a Property> {
    let properties = &template.properties;
    // Conditions see the first property of an id.
    let mut ids: Ids<'_> = HashMap::with_capacity(properties.len());
    for property in properties {
        if let Some(id) = property.id.as_deref() {
            ids.entry(id).or_insert(property);
        }
    }
    let depth = properties.len();
    let is_shown = |property: &&Property| is_allowed(template, property) && is_active(property, &ids, values, depth);
    properties.iter().filter(is_shown).collect()
}

/// A message that starts a process correlates with nothing.
fn is_allowed(template: &ElementTemplate, property: &Property) -> bool {
    let element = template.element_type.as_ref().and_then(|element| element.value.as_deref());
    let correlates = property.binding.as_ref().is_some_and(|binding| {
        binding.kind == BindingKind::Subscription && binding.name.as_deref() == Some("correlationKey")
    });
    !(correlates && element == Some("bpmn:StartEvent"))
}

/// `depth` bounds what leads back to itself, which Modeler itself cannot show.
fn is_active(property: &Property, ids: &Ids<'_>, values: &Values, depth: usize) -> bool {
    property.tests().iter().all(|test| holds(test, ids, values, depth))
}

fn holds(test: &Test, ids: &Ids<'_>, values: &Values, depth: usize) -> bool {
    let tested = ids.get(test.property.as_str()).copied();
    if let Expected::IsActive(wanted) = &test.expected {
        let is_shown = |tested: &Property| depth > 0 && is_active(tested, ids, values, depth - 1);
        return tested.is_some_and(is_shown) == *wanted;
    }
    let Some(tested) = tested else { return false };
    let value = tested.place().and_then(|place| values.get(&place)).map(Entry::text).unwrap_or_default();
    match &test.expected {
        Expected::Equals(expected) => equals(tested, value, expected),
        Expected::OneOf(expected) => expected.iter().any(|expected| equals(tested, value, expected)),
        Expected::IsEmpty(wanted) => value.is_empty() == *wanted,
        Expected::IsActive(_) => false,
    }
}

/// Whether a stored value is the one that a test waits for, types included.
fn equals(tested: &Property, stored: &str, expected: &Value) -> bool {
    let is_boolean = tested.kind == Some(PropertyKind::Boolean);
    let is_number = tested.kind == Some(PropertyKind::Number);
    let stored = if is_cast(tested) { stored.strip_prefix('=').unwrap_or(stored) } else { stored };
    let number = |text: &str| text.trim().parse::<f64>().ok();
    match expected {
        // A check box that stores FEEL is true but for `false`.
        Value::Boolean(expected) if is_boolean && is_cast(tested) => (stored != "false") == *expected,
        Value::Boolean(expected) if is_boolean => (stored == "true") == *expected,
        Value::Number(expected) if is_number => number(stored).is_some_and(|number| Some(number) == expected.as_f64()),
        Value::String(expected) if is_number => number(stored)
            .is_some_and(|stored| number(expected).is_some_and(|expected| stored.total_cmp(&expected).is_eq())),
        Value::String(expected) if !is_boolean => {
            let expected = if is_cast(tested) { expected.strip_prefix('=').unwrap_or(expected) } else { expected };
            stored == expected
        }
        _ => false,
    }
}
