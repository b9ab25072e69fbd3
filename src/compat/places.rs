//! Where the properties of two versions are bound, and which places decide what is active at which.

use super::element::default;
use crate::template::{Binding, ElementTemplate, Expected, Property, Test, Value};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The places of two versions, by numbers.
#[derive(Debug)]
pub(super) struct Places<'a> {
    numbers: HashMap<Cow<'a, Binding>, usize>,
    places: Vec<Place<'a>>,
}

/// A place, and what is bound there.
#[derive(Debug, Default)]
pub(super) struct Place<'a> {
    pub(super) old: Vec<&'a Property>,
    pub(super) new: Vec<&'a Property>,
    /// The places that the conditions of these properties look at.
    looks_at: BTreeSet<usize>,
    /// The ids by which conditions of the older version and of the newer one name it.
    ids: [BTreeSet<&'a str>; 2],
    /// The values that conditions of either version name for it.
    pub(super) named: BTreeSet<String>,
}

impl<'a> Places<'a> {
    pub(super) fn of(old: &'a ElementTemplate, new: &'a ElementTemplate) -> Self {
        let mut places = Self { numbers: HashMap::new(), places: Vec::new() };
        for (template, is_old) in [(old, true), (new, false)] {
            for property in &template.properties {
                let Some(place) = property.place() else { continue };
                let next = places.places.len();
                let number = *places.numbers.entry(place).or_insert(next);
                if number == next {
                    places.places.push(Place::default());
                }
                let Some(place) = places.places.get_mut(number) else { continue };
                if is_old { place.old.push(property) } else { place.new.push(property) }
            }
        }
        for (index, template) in [old, new].into_iter().enumerate() {
            let mut ids: BTreeMap<&str, usize> = BTreeMap::new();
            for property in &template.properties {
                if let (Some(id), Some(number)) = (property.id.as_deref(), places.number(property)) {
                    ids.entry(id).or_insert(number);
                }
            }
            for (id, number) in &ids {
                if let Some(names) = places.places.get_mut(*number).and_then(|place| place.ids.get_mut(index)) {
                    names.insert(id);
                }
            }
            for property in &template.properties {
                let number = places.number(property);
                for test in property.tests() {
                    let Some(looked_at) = ids.get(test.property.as_str()).copied() else { continue };
                    if let Some(place) = number.and_then(|number| places.places.get_mut(number)) {
                        place.looks_at.insert(looked_at);
                    }
                    if let Some(place) = places.places.get_mut(looked_at) {
                        place.named.extend(expected(test).iter().map(Value::bare));
                    }
                }
            }
        }
        places
    }

    fn number(&self, property: &Property) -> Option<usize> {
        self.numbers.get(&property.place()?).copied()
    }

    /// The place of a property.
    pub(super) fn at(&self, property: &Property) -> Option<&Place<'a>> {
        self.places.get(self.number(property)?)
    }

    pub(super) fn get(&self, number: usize) -> Option<&Place<'a>> {
        self.places.get(number)
    }

    /// The places that decide whether what is bound where a property is bound is active, in either version.
    pub(super) fn deciding(&self, property: &Property) -> BTreeSet<usize> {
        let mut open: Vec<usize> = self.at(property).into_iter().flat_map(|place| &place.looks_at).copied().collect();
        let mut found = BTreeSet::new();
        while let Some(number) = open.pop() {
            if found.insert(number) {
                open.extend(self.get(number).into_iter().flat_map(|place| &place.looks_at));
            }
        }
        found
    }
}

impl Place<'_> {
    /// Whether both versions hold the same there, and call it the same.
    pub(super) fn is_same(&self) -> bool {
        let [before, after] = &self.ids;
        before.is_subset(after)
            && self.old.len() == self.new.len()
            && self.old.iter().zip(&self.new).all(|(was, is)| is_same(was, is))
    }

    /// Whether both versions ask the same of values there.
    pub(super) fn asks_the_same(&self) -> bool {
        let asks = |property: &&Property| (property.constraints.clone(), property.feel);
        self.is_same() && self.old.iter().map(asks).eq(self.new.iter().map(asks))
    }
}

/// Whether a newer property holds what an older one does. More choices are nothing that an older element has.
pub(super) fn is_same(was: &Property, is: &Property) -> bool {
    (was.kind, default(was), was.optional, was.tests()) == (is.kind, default(is), is.optional, is.tests())
        && choices(was).all(|choice| choices(is).any(|other| other == choice))
}

/// The values that can be chosen.
pub(super) fn choices(property: &Property) -> impl Iterator<Item = &str> {
    property.choices.iter().flatten().filter_map(|choice| choice.value.as_deref())
}

/// The values that a test names.
pub(super) fn expected(test: &Test) -> &[Value] {
    match &test.expected {
        Expected::Equals(value) => std::slice::from_ref(value),
        Expected::OneOf(values) => values,
        Expected::IsActive(_) | Expected::IsEmpty(_) => &[],
    }
}
