//! Which properties of a template can be active, alone or together: a search for values that make their conditions hold.
//!
//! A condition reads the value that stands in the BPMN where the other property is bound. So values belong to bindings, and
//! a binding has a value only while a property with it is active. Starting from what is wanted, the search takes each test
//! for a goal: a test for a value wants the binding to have it, which wants an active property there that may hold it,
//! which wants that property's own condition; and so on. It ends with values that a designer can enter, or with none.

use super::subject::kind;
use crate::template::{Binding, Expected, Property, PropertyKind, Test, Value};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

/// So many steps are taken for one question. Questions that need more, none of any real template, are not answered.
const STEPS: usize = 20_000;

/// What can be active in a template.
pub(crate) struct Activity<'a> {
    properties: &'a [Property],
    ids: HashMap<&'a str, usize>,
    places: HashMap<Binding, Vec<usize>>,
    never: Vec<bool>,
}

/// Values that make properties active, by the ids of what holds them.
pub(crate) type Witness = BTreeMap<String, Value>;

/// What is known of a binding's value.
#[derive(Debug, Clone, Default)]
struct Known {
    is: Option<Value>,
    is_not: Vec<Value>,
    empty: Option<bool>,
}

#[derive(Clone, Default)]
struct State {
    active: HashMap<usize, bool>,
    values: HashMap<Binding, Known>,
}

/// Something wanted, and the properties for whose sake: none of them can be a reason for itself.
#[derive(Clone)]
enum Goal<'a> {
    Active(usize, Chain),
    Inactive(usize, Chain),
    Holds(&'a Test, Chain),
    Fails(&'a Test, Chain),
}

type Chain = Option<Rc<Link>>;

struct Link {
    property: usize,
    rest: Chain,
}

fn contains(chain: &Chain, property: usize) -> bool {
    let mut link = chain.as_ref();
    while let Some(current) = link {
        if current.property == property {
            return true;
        }
        link = current.rest.as_ref();
    }
    false
}

impl<'a> Activity<'a> {
    pub(crate) fn new(properties: &'a [Property]) -> Self {
        let mut places: HashMap<Binding, Vec<usize>> = HashMap::new();
        let mut ids = HashMap::new();
        for (index, property) in properties.iter().enumerate() {
            if let Some(place) = property.place() {
                places.entry(place.into_owned()).or_default().push(index);
            }
            if let Some(id) = property.id.as_deref() {
                ids.entry(id).or_insert(index);
            }
        }
        let mut activity = Self { properties, ids, places, never: Vec::new() };
        activity.never = (0..properties.len()).map(|index| activity.witness(&[index]).is_none()).collect();
        activity
    }

    /// The first property of an id: the one that conditions see.
    pub(super) fn index_of(&self, id: &str) -> Option<usize> {
        self.ids.get(id).copied()
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = &'a str> {
        self.ids.keys().copied()
    }

    /// Whether this property can never be active.
    pub(super) fn is_never(&self, property: usize) -> bool {
        self.never.get(property).copied().unwrap_or_default()
    }

    /// Values that make all these properties active; none if there are no such values.
    pub(crate) fn witness(&self, wanted: &[usize]) -> Option<Witness> {
        let goals = wanted.iter().map(|property| Goal::Active(*property, None)).collect();
        let mut steps = STEPS;
        let state = self.search(goals, State::default(), wanted, &mut steps)?;
        let values = state.values.iter().filter_map(|(binding, known)| {
            let first = self.places.get(binding)?.first()?;
            let property = self.properties.get(*first)?;
            let name = property.id.clone().unwrap_or_else(|| binding.to_string());
            Some((name, known.is.clone()?))
        });
        Some(values.collect())
    }

    fn search(&self, mut goals: Vec<Goal<'a>>, state: State, wanted: &[usize], steps: &mut usize) -> Option<State> {
        *steps = steps.checked_sub(1)?;
        let Some(goal) = goals.pop() else { return Some(state) };
        let mut attempt = |more: Vec<Goal<'a>>, state: State| {
            let goals = goals.iter().cloned().chain(more).collect();
            self.search(goals, state, wanted, steps)
        };
        match goal {
            Goal::Active(property, chain) => {
                if contains(&chain, property) {
                    return None;
                }
                let mut state = state;
                match state.active.insert(property, true) {
                    Some(true) => return attempt(Vec::new(), state),
                    Some(false) => return None,
                    None => {}
                }
                // Two that are asked about together may be bound to one place: that is what is asked.
                let is_asked = wanted.contains(&property) && self.share_a_place(wanted);
                if !is_asked && !self.admits(property, &mut state) {
                    return None;
                }
                let chain = Some(Rc::new(Link { property, rest: chain }));
                let tests = self.tests(property);
                attempt(tests.iter().map(|test| Goal::Holds(test, chain.clone())).collect(), state)
            }
            Goal::Inactive(property, chain) => {
                let mut state = state;
                match state.active.insert(property, false) {
                    Some(false) => return attempt(Vec::new(), state),
                    Some(true) => return None,
                    None => {}
                }
                let tests = self.tests(property);
                tests.iter().find_map(|test| attempt(vec![Goal::Fails(test, chain.clone())], state.clone()))
            }
            Goal::Holds(test, chain) => match &test.expected {
                Expected::Equals(value) => self.with_value(test, value, &chain, &state, &mut attempt),
                Expected::OneOf(values) => {
                    values.iter().find_map(|value| self.with_value(test, value, &chain, &state, &mut attempt))
                }
                Expected::IsActive(active) => self.activity_of(test, *active, &chain, state, &mut attempt),
                Expected::IsEmpty(empty) => self.emptiness(test, *empty, &chain, &state, &mut attempt),
            },
            Goal::Fails(test, chain) => match &test.expected {
                Expected::Equals(value) => self.without(test, std::slice::from_ref(value), &chain, state, &mut attempt),
                Expected::OneOf(values) => self.without(test, values, &chain, state, &mut attempt),
                Expected::IsActive(active) => self.activity_of(test, !active, &chain, state, &mut attempt),
                Expected::IsEmpty(empty) => self.emptiness(test, !empty, &chain, &state, &mut attempt),
            },
        }
    }

    fn tests(&self, property: usize) -> &'a [Test] {
        self.properties.get(property).map(Property::tests).unwrap_or_default()
    }

    fn place(&self, test: &Test) -> Option<Binding> {
        self.properties.get(self.index_of(&test.property)?)?.place().map(Cow::into_owned)
    }

    /// The properties that may hold a value at a place.
    fn holders<'s>(&'s self, place: &Binding, value: &'s Value) -> impl Iterator<Item = usize> + 's {
        let bound = self.places.get(place).map(Vec::as_slice).unwrap_or_default();
        bound.iter().copied().filter(|index| self.properties.get(*index).is_some_and(|property| holds(property, value)))
    }

    /// The place has this value.
    fn with_value(
        &self,
        test: &'a Test,
        value: &Value,
        chain: &Chain,
        state: &State,
        attempt: &mut impl FnMut(Vec<Goal<'a>>, State) -> Option<State>,
    ) -> Option<State> {
        let place = self.place(test)?;
        if is_empty(value) {
            return self.emptiness(test, true, chain, state, attempt);
        }
        let mut state = state.clone();
        if !state.values.entry(place.clone()).or_default().take(value) || !self.consistent(&state) {
            return None;
        }
        self.holders(&place, value).find_map(|holder| attempt(vec![Goal::Active(holder, chain.clone())], state.clone()))
    }

    /// The place has none of these values: nobody is there, or somebody with another one.
    fn without(
        &self,
        test: &Test,
        values: &[Value],
        chain: &Chain,
        mut state: State,
        attempt: &mut impl FnMut(Vec<Goal<'a>>, State) -> Option<State>,
    ) -> Option<State> {
        // A place that there is not has no value.
        let Some(place) = self.place(test) else { return attempt(Vec::new(), state) };
        let known = state.values.entry(place.clone()).or_default();
        if known.is.as_ref().is_some_and(|is| values.contains(is)) {
            return None;
        }
        known.is_not.extend_from_slice(values);
        if !self.consistent(&state) {
            return None;
        }
        let bound = self.places.get(&place).map(Vec::as_slice).unwrap_or_default();
        if !values.iter().any(is_empty) {
            let nobody = bound.iter().map(|index| Goal::Inactive(*index, chain.clone())).collect();
            if let Some(found) = attempt(nobody, state.clone()) {
                return Some(found);
            }
        }
        bound.iter().find_map(|index| attempt(vec![Goal::Active(*index, chain.clone())], state.clone()))
    }

    fn activity_of(
        &self,
        test: &Test,
        active: bool,
        chain: &Chain,
        state: State,
        attempt: &mut impl FnMut(Vec<Goal<'a>>, State) -> Option<State>,
    ) -> Option<State> {
        let Some(property) = self.index_of(&test.property) else {
            // Who is not there is not active.
            return if active { None } else { attempt(Vec::new(), state) };
        };
        let goal = if active { Goal::Active(property, chain.clone()) } else { Goal::Inactive(property, chain.clone()) };
        attempt(vec![goal], state)
    }

    fn emptiness(
        &self,
        test: &'a Test,
        empty: bool,
        chain: &Chain,
        state: &State,
        attempt: &mut impl FnMut(Vec<Goal<'a>>, State) -> Option<State>,
    ) -> Option<State> {
        let place = self.place(test)?;
        let mut state = state.clone();
        if !state.values.entry(place.clone()).or_default().be_empty(empty) || !self.consistent(&state) {
            return None;
        }
        let bound = self.places.get(&place).map(Vec::as_slice).unwrap_or_default();
        let property = |index: &usize| self.properties.get(*index);
        if empty {
            let can_be = |index: &&usize| property(index).is_some_and(can_be_empty);
            // Nobody is there, or somebody whose field is empty.
            let nobody = bound.iter().map(|index| Goal::Inactive(*index, chain.clone())).collect();
            return attempt(nobody, state.clone()).or_else(|| {
                bound
                    .iter()
                    .filter(can_be)
                    .find_map(|index| attempt(vec![Goal::Active(*index, chain.clone())], state.clone()))
            });
        }
        let can_be = |index: &&usize| property(index).is_some_and(|property| !holds_nothing(property));
        bound.iter().filter(can_be).find_map(|index| attempt(vec![Goal::Active(*index, chain.clone())], state.clone()))
    }

    fn share_a_place(&self, wanted: &[usize]) -> bool {
        let place = |index: &usize| self.properties.get(*index).and_then(Property::place);
        matches!(wanted, [one, other] if one != other && place(one).is_some() && place(one) == place(other))
    }

    /// Whether a property that becomes active agrees with what is known of its place's value.
    fn admits(&self, property: usize, state: &mut State) -> bool {
        let Some(property) = self.properties.get(property) else { return false };
        let Some(place) = property.place() else { return true };
        let known = state.values.entry(place.into_owned()).or_default();
        if kind(property) == PropertyKind::Hidden
            && property.generated_value.is_none()
            && let Some(value) = &property.value
            && !is_empty(value)
        {
            return known.take(value);
        }
        known.fits(property)
    }

    /// Whether what is known of values leaves one for each property that is active.
    fn consistent(&self, state: &State) -> bool {
        state.active.iter().filter(|(_, active)| **active).all(|(index, _)| {
            let Some(property) = self.properties.get(*index) else { return true };
            let Some(place) = property.place() else { return true };
            state.values.get(&place).is_none_or(|known| known.fits(property))
        })
    }
}

impl Known {
    /// The value is this one.
    fn take(&mut self, value: &Value) -> bool {
        if self.empty == Some(true) || self.is_not.contains(value) {
            return false;
        }
        if let Some(is) = &self.is {
            same(is, value)
        } else {
            self.is = Some(value.clone());
            true
        }
    }

    fn be_empty(&mut self, empty: bool) -> bool {
        if self.empty == Some(!empty) || empty && self.is.is_some() {
            return false;
        }
        self.empty = Some(empty);
        true
    }

    /// Whether a property may hold a value as this.
    fn fits(&self, property: &Property) -> bool {
        match (&self.is, self.empty) {
            (Some(is), _) => holds(property, is),
            (None, Some(true)) => can_be_empty(property),
            (None, empty) => match values(property) {
                None => true,
                Some(values) => {
                    let possible = |value: &&Value| !self.is_not.iter().any(|not| same(not, value));
                    values.iter().any(|value| possible(&value)) || empty.is_none() && can_be_empty(property)
                }
            },
        }
    }
}

fn is_empty(value: &Value) -> bool {
    matches!(value, Value::String(text) if text.is_empty())
}

/// Modeler compares by `===`, but a Boolean's or a Number's field holds what it is.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        _ => one == other,
    }
}

/// The values that a property may hold; `None` for any.
fn values(property: &Property) -> Option<Vec<Value>> {
    match kind(property) {
        PropertyKind::Hidden if property.generated_value.is_some() => None,
        PropertyKind::Hidden => Some(property.value.iter().cloned().collect()),
        PropertyKind::Dropdown => {
            let choices = property.choices.iter().flatten().filter_map(|choice| choice.value.clone());
            // A default that is no choice is written all the same.
            Some(choices.map(Value::String).chain(property.value.clone()).collect())
        }
        PropertyKind::Boolean if property.feel != Some(crate::template::Feel::Optional) => {
            Some(vec![Value::Boolean(true), Value::Boolean(false)])
        }
        _ => None,
    }
}

fn holds(property: &Property, value: &Value) -> bool {
    values(property).is_none_or(|values| values.iter().any(|own| same(own, value)))
}

fn can_be_empty(property: &Property) -> bool {
    match kind(property) {
        PropertyKind::Hidden => holds_nothing(property),
        // Without a default it is blank until something is chosen.
        PropertyKind::Dropdown => property.optional == Some(true) || property.value.is_none(),
        PropertyKind::Boolean => false,
        _ => true,
    }
}

/// Whether a property is never anything but empty.
fn holds_nothing(property: &Property) -> bool {
    kind(property) == PropertyKind::Hidden
        && property.generated_value.is_none()
        && property.value.as_ref().is_none_or(is_empty)
}

#[cfg(test)]
mod tests;
