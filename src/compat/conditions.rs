//! Which properties are active, by the values that an element holds: as Modeler's panel decides it.

use super::element::{Entry, is_cast};
use crate::template::{Binding, BindingKind, ElementTemplate, Expected, Property, PropertyKind, Test, Value};
use std::borrow::Cow;
use std::collections::HashMap;

/// The values of an element, by where they stand.
pub(super) type Values = HashMap<Binding, Entry>;

/// A template's properties, prepared for asking often which of them are active.
pub(super) struct Conditions<'a> {
    pub(super) template: &'a ElementTemplate,
    /// Of each property where its value stands, and what its condition asks: the test, and the first property of its id.
    properties: Vec<(Option<Cow<'a, Binding>>, Vec<Asks<'a>>)>,
    /// Which property tells what was the default at a place: the first.
    firsts: HashMap<Cow<'a, Binding>, &'a Property>,
}

/// A test, and the first property of the id that it names.
type Asks<'a> = (&'a Test, Option<usize>);

/// What has been found out for some values, by property: most tests ask for the same few.
struct Asked<'a> {
    texts: Vec<Option<&'a str>>,
    /// What is asked for while it is being asked is not active: such conditions Modeler itself cannot show.
    active: Vec<Option<bool>>,
}

/// Conditions that lead from one property to another more often are taken not to hold.
const NESTED: usize = 500;

impl<'a> Conditions<'a> {
    pub(super) fn of(template: &'a ElementTemplate) -> Self {
        let properties = &template.properties;
        let mut ids: HashMap<&str, usize> = HashMap::with_capacity(properties.len());
        let mut firsts = HashMap::with_capacity(properties.len());
        for (index, property) in properties.iter().enumerate() {
            if let Some(id) = property.id.as_deref() {
                ids.entry(id).or_insert(index);
            }
            if let Some(place) = property.place() {
                firsts.entry(place).or_insert(property);
            }
        }
        let tests = |property: &'a Property| {
            let tests = property.tests().iter();
            tests.map(|test| (test, ids.get(test.property.as_str()).copied())).collect()
        };
        let properties = properties.iter().map(|property| (property.place(), tests(property))).collect();
        Self { template, properties, firsts }
    }

    /// The first property of each place.
    pub(super) fn firsts(&self) -> &HashMap<Cow<'a, Binding>, &'a Property> {
        &self.firsts
    }

    /// The active properties.
    pub(super) fn active(&self, values: &Values) -> Vec<&'a Property> {
        let count = self.properties.len();
        let mut asked = Asked { texts: vec![None; count], active: vec![None; count] };
        let all = self.template.properties.iter().enumerate();
        let shown = all.filter(|(index, property)| {
            is_allowed(self.template, property) && self.is_active(*index, values, &mut asked, NESTED)
        });
        shown.map(|(_, property)| property).collect()
    }

    fn is_active<'v>(&self, index: usize, values: &'v Values, asked: &mut Asked<'v>, depth: usize) -> bool {
        let Some((_, tests)) = self.properties.get(index) else { return false };
        if let Some(Some(known)) = asked.active.get(index) {
            return *known;
        }
        asked.active[index] = Some(false);
        let is_active = tests.iter().all(|(test, tested)| self.holds(test, *tested, values, asked, depth));
        asked.active[index] = Some(is_active);
        is_active
    }

    fn holds<'v>(
        &self,
        test: &Test,
        tested: Option<usize>,
        values: &'v Values,
        asked: &mut Asked<'v>,
        depth: usize,
    ) -> bool {
        if let Expected::IsActive(wanted) = &test.expected {
            let is_shown = tested.is_some_and(|tested| depth > 0 && self.is_active(tested, values, asked, depth - 1));
            return is_shown == *wanted;
        }
        let Some((index, property)) = tested.and_then(|index| Some((index, self.template.properties.get(index)?)))
        else {
            return false;
        };
        let value = *asked.texts[index].get_or_insert_with(|| self.text(index, values));
        match &test.expected {
            Expected::Equals(expected) => equals(property, value, expected),
            Expected::OneOf(expected) => expected.iter().any(|expected| equals(property, value, expected)),
            Expected::IsEmpty(wanted) => value.is_empty() == *wanted,
            Expected::IsActive(_) => false,
        }
    }

    /// What stands where a property is bound.
    fn text<'v>(&self, index: usize, values: &'v Values) -> &'v str {
        let place = self.properties.get(index).and_then(|(place, _)| place.as_deref());
        place.and_then(|place| values.get(place)).map(Entry::text).unwrap_or_default()
    }
}

/// A message that starts a process correlates with nothing.
fn is_allowed(template: &ElementTemplate, property: &Property) -> bool {
    let correlates = property.binding.as_ref().is_some_and(|binding| {
        binding.kind == BindingKind::Subscription && binding.name.as_deref() == Some("correlationKey")
    });
    let element = || template.element_type.as_ref().and_then(|element| element.value.as_deref());
    !(correlates && element() == Some("bpmn:StartEvent"))
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
