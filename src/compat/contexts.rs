//! The elements of the older version in which a property is active. One is enough where all that conditions look at is as it
//! was; elsewhere everything that they tell apart is tried, or it is known that it was not.

use super::compare::{Comparison, is_field, name};
use super::conditions::Conditions;
use super::element::{Element, Entry, default, stored};
use super::places::{Place, choices, expected, is_same};
use crate::lint::Activity;
use crate::template::{Property, PropertyKind, Test};
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

/// So many elements are tried for one property; where there are more, it is not known what becomes of all of them.
const ELEMENTS: usize = 128;

/// An element of the older version, and how one comes to it.
#[derive(Debug, Clone)]
pub(super) struct Context {
    pub(super) element: Element,
    pub(super) entered: Vec<(String, String)>,
}

/// Elements in which a property is active.
#[derive(Debug)]
pub(super) struct Contexts {
    pub(super) all: Vec<Context>,
    /// Whether conditions tell all other elements from none of these.
    pub(super) are_all: bool,
}

/// A place that conditions look at: the fields there, and values that conditions tell apart.
struct Controller<'a> {
    fields: Vec<&'a Property>,
    values: Vec<String>,
}

/// Elements that have been tried, by the places that they differ in: many properties depend on the same ones.
#[derive(Debug, Default)]
pub(super) struct Explored(HashMap<BTreeSet<usize>, Rc<Contexts>>);

impl Context {
    pub(super) fn enter(&mut self, conditions: &Conditions<'_>, field: &Property, value: &str) {
        if self.element.get(field).map(Entry::text).unwrap_or_default() != value {
            self.element.enter_of(conditions, field, value);
            self.entered.push((name(field), value.to_owned()));
        }
    }

    pub(super) fn has(&self, conditions: &Conditions<'_>, property: &Property) -> bool {
        self.element.active_of(conditions).into_iter().any(|active| std::ptr::eq(active, property))
    }
}

impl<'a> Comparison<'a> {
    /// The elements in which a property of the older version is active.
    pub(super) fn contexts(&mut self, activity: &Activity<'_>, property: &'a Property, index: usize) -> Contexts {
        let first = self.first(activity, index).filter(|first| first.has(&self.old_conditions, property));
        let deciding = self.places.deciding(property);
        let mut all: Vec<Context> = first.into_iter().collect();
        if !all.is_empty() && self.stays_active(property, &deciding) {
            return Contexts { all, are_all: true };
        }
        let explored = self.explored(deciding);
        for context in explored.all.iter().filter(|context| context.has(&self.old_conditions, property)) {
            add(context.clone(), &mut all);
        }
        Contexts { all, are_all: explored.are_all }
    }

    /// The elements in which a field of the newer version may ask for what was not asked for; none if it asks for what it
    /// asked for, where it did.
    pub(super) fn asked_in(&mut self, property: &'a Property) -> Option<Rc<Contexts>> {
        let deciding = self.places.deciding(property);
        let is_same = self.places.at(property).is_some_and(Place::asks_the_same) && self.is_frozen(&deciding);
        (!is_same).then(|| self.explored(deciding))
    }

    /// The element to which one comes with the fewest values.
    fn first(&self, activity: &Activity<'_>, index: usize) -> Option<Context> {
        let witness = activity.witness(&[index])?;
        let mut context = self.empty.clone();
        // In the template's order: what a condition waits for stands above it, mostly.
        for field in self.old.properties.iter().filter(|property| is_field(property)) {
            if let Some(value) = field.id.as_deref().and_then(|id| witness.get(id)) {
                context.enter(&self.old_conditions, field, &stored(field, &value.bare()));
            }
        }
        Some(context)
    }

    /// Whether the words of the conditions say that a property is active in the newer version wherever it was.
    fn stays_active(&self, property: &'a Property, deciding: &BTreeSet<usize>) -> bool {
        let Some(place) = self.places.at(property) else { return true };
        let tests = property.tests();
        let is_implied = |new: &Property| new.tests().iter().all(|test| tests.iter().any(|known| implies(known, test)));
        let is_excluded =
            |new: &Property| new.tests().iter().any(|test| tests.iter().any(|known| excludes(known, test)));
        let is_known = |new: &Property| place.old.iter().any(|old| is_same(old, new));
        // Whoever else has come to the place must not be active beside it.
        let is_alone = || {
            let implied = place.new.iter().filter(|new| is_implied(new)).count();
            implied == 1 && place.new.iter().all(|new| is_implied(new) || is_known(new) || is_excluded(new))
        };
        // What is gone is gone in every element.
        place.new.is_empty() || is_alone() && self.is_frozen(deciding)
    }

    fn is_frozen(&self, places: &BTreeSet<usize>) -> bool {
        places.iter().all(|number| self.places.get(*number).is_some_and(Place::is_same))
    }

    /// Elements with all that conditions tell apart at these places.
    fn explored(&mut self, places: BTreeSet<usize>) -> Rc<Contexts> {
        if let Some(known) = self.explored.0.get(&places) {
            return Rc::clone(known);
        }
        let controllers = places.iter().filter_map(|number| self.places.get(*number)).map(Self::controller);
        let found = Rc::new(self.explore(&controllers.collect::<Vec<_>>()));
        self.explored.0.insert(places, Rc::clone(&found));
        found
    }

    /// Enters every value at every place, until there is nothing new.
    fn explore(&self, controllers: &[Controller<'_>]) -> Contexts {
        let values = controllers.iter().flat_map(|one| one.values.iter().map(move |value| (one, value)));
        let values: Vec<(&Controller<'_>, &String)> = values.collect();
        let mut all = vec![self.empty.clone()];
        let mut next = 0;
        while let Some(context) = all.get(next).cloned() {
            next += 1;
            for (controller, value) in &values {
                if let Some(entered) = self.entered(&context, controller, value) {
                    add(entered, &mut all);
                }
                if all.len() > ELEMENTS {
                    return Contexts { all, are_all: false };
                }
            }
        }
        Contexts { all, are_all: true }
    }

    fn controller(place: &Place<'a>) -> Controller<'a> {
        let fields: Vec<&Property> = place.old.iter().copied().filter(|one| is_field(one)).collect();
        let mut values = BTreeSet::from([String::new()]);
        values.extend(place.old.iter().chain(&place.new).filter_map(|property| default(property)));
        for value in &place.named {
            values.extend(fields.iter().map(|field| stored(field, value)));
            values.insert(value.clone());
        }
        for field in &fields {
            match field.kind {
                Some(PropertyKind::Dropdown) => {
                    let is_kept =
                        |choice: &&str| place.new.iter().any(|new| choices(new).any(|other| other == *choice));
                    let others = choices(field).filter(|choice| !values.contains(*choice));
                    let (kept, gone): (Vec<&str>, Vec<&str>) = others.partition(is_kept);
                    values.extend(kept.first().into_iter().chain(&gone).map(|choice| (*choice).to_owned()));
                }
                Some(PropertyKind::Boolean) => values.extend(["true", "false"].map(|value| stored(field, value))),
                Some(PropertyKind::Number) => values.extend([stored(field, "7")]),
                _ => values.extend([stored(field, "typed")]),
            }
        }
        values.retain(|value| fields.iter().any(|field| takes(field, value)));
        Controller { fields, values: values.into_iter().collect() }
    }

    /// An element with another value at a place, if somebody can enter it there.
    fn entered(&self, context: &Context, controller: &Controller<'_>, value: &str) -> Option<Context> {
        let fields = controller.fields.iter().filter(|field| takes(field, value));
        let holds = |field: &Property| context.element.get(field).map(Entry::text).unwrap_or_default() == value;
        let field = fields.filter(|field| !holds(field)).find(|field| context.has(&self.old_conditions, field))?;
        let mut context = context.clone();
        context.enter(&self.old_conditions, field, value);
        Some(context)
    }
}

/// Adds an element that holds something else than all the others.
fn add(context: Context, contexts: &mut Vec<Context>) {
    if !contexts.iter().any(|known| known.element == context.element) {
        contexts.push(context);
    }
}

/// Whether somebody can enter a value into a field.
fn takes(field: &Property, value: &str) -> bool {
    match field.kind {
        Some(PropertyKind::Dropdown) => choices(field).any(|choice| choice == value),
        Some(PropertyKind::Boolean) => ["true", "false"].iter().any(|known| stored(field, known) == value),
        _ => true,
    }
}

/// Whether what passes one test does not pass another one.
fn excludes(known: &Test, test: &Test) -> bool {
    let [one, other] = [known, test].map(expected);
    let has_values = !one.is_empty() && !other.is_empty();
    known.property == test.property && has_values && !one.iter().any(|value| other.contains(value))
}

/// Whether what passes one test passes another one.
fn implies(known: &Test, test: &Test) -> bool {
    let values = expected(known);
    let is_within = !values.is_empty() && values.iter().all(|value| expected(test).contains(value));
    known.property == test.property && (known.expected == test.expected || is_within)
}
