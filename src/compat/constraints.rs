//! What fields of the newer version ask of values that those of the older one did not. An error is told if an element shows it
//! after an update; that none does is told if every text that was accepted is proved to be.

use super::changes::{CONSTRAINT_CHANGED, CONSTRAINT_TIGHTENED, NEWLY_REQUIRED};
use super::compare::{Comparison, Witness, is_field};
use super::contexts::{Context, Contexts};
use super::details::counterpart;
use super::element::Element;
use super::errors::shown;
use crate::schema::{Inclusion, inclusion};
use crate::template::{Constraints, Feel, Property, PropertyKind};
use serde_json::{Number, Value, json};
use std::rc::Rc;

/// A field of the newer version that asks for something, where it may not have been asked for.
#[derive(Debug)]
pub(super) struct Asks<'a> {
    new: &'a Property,
    /// The older property that it continues.
    old: Option<&'a Property>,
    /// What of the texts of each older field at its place it accepts.
    texts: Vec<(&'a Property, Texts)>,
    contexts: Rc<Contexts>,
}

impl Asks<'_> {
    /// What it accepts of the texts of an older field, if it asks for something else than that one.
    fn accepts(&self, old: &Property) -> Option<&Texts> {
        self.texts.iter().find(|(field, _)| std::ptr::eq(*field, old)).map(|(_, texts)| texts)
    }
}

/// What of the older field's texts the newer one accepts.
#[derive(Debug, PartialEq, Eq)]
enum Texts {
    All,
    /// Not this one.
    Not(String),
    Unknown,
}

/// What of an older field's texts a newer one accepts. Of one that is empty the element itself tells.
fn accepted(old: &Property, new: &Property) -> Texts {
    let is_text = |property: &Property| {
        !matches!(property.kind, Some(PropertyKind::Boolean | PropertyKind::Dropdown | PropertyKind::Number))
    };
    // FEEL is not looked at, and of constants elements tell.
    if old.feel == Some(Feel::Required) || !is_field(old) || !is_field(new) {
        return Texts::All;
    }
    if !is_text(old) || !is_text(new) {
        return if texts(new) == texts(old) { Texts::All } else { Texts::Unknown };
    }
    match inclusion(&texts(old), &texts(new)) {
        Inclusion::Included => Texts::All,
        Inclusion::Lost { values, .. } => match values.into_iter().next().map(|lost| lost.value) {
            Some(Value::String(text)) => Texts::Not(text),
            _ => Texts::Unknown,
        },
        Inclusion::NotProven(_) => Texts::Unknown,
    }
}

/// The texts that a field accepts, if any is entered. Modeler passes over lengths of zero.
fn texts(property: &Property) -> Value {
    let constraints = property.constraints.clone().unwrap_or_default();
    let length = |limit: &Option<Number>| limit.as_ref().and_then(Number::as_u64).filter(|limit| *limit > 0);
    let mut schema = json!({ "type": "string", "minLength": length(&constraints.min_length).unwrap_or(1) });
    if let Some(most) = length(&constraints.max_length) {
        schema["maxLength"] = json!(most);
    }
    if let Some(pattern) = expression(&constraints).filter(|pattern| !pattern.is_empty()) {
        schema["pattern"] = json!(pattern);
    }
    schema
}

fn expression(constraints: &Constraints) -> Option<&str> {
    constraints.pattern.as_ref()?.expression()
}

/// An error that is seen after an update and not before it, and what shows it.
#[derive(Debug)]
pub(super) struct Seen {
    /// The end of a sentence about the field.
    end: String,
    witness: Witness,
}

impl<'a> Comparison<'a> {
    /// Finds the fields of the newer version that ask for something.
    pub(super) fn asks(&mut self) {
        let mut found = Vec::new();
        let new = self.new;
        for property in &new.properties {
            let Some(asked) = &property.constraints else { continue };
            let Some(contexts) = self.asked_in(property) else { continue };
            let there = self.places.at(property).map(|place| place.old.as_slice()).unwrap_or_default();
            let is_other = |was: &Property| was.constraints.as_ref() != Some(asked) || was.feel != property.feel;
            let other = there.iter().copied().filter(|was| is_other(was));
            let texts = other.map(|was| (was, accepted(was, property))).collect();
            found.push(Asks { new: property, old: counterpart(property, there), texts, contexts });
        }
        self.asks = found.into();
    }

    /// Texts that an older field accepts, and a newer one at its place does not.
    pub(super) fn refused(&self, property: &Property) -> Vec<String> {
        let mut texts = Vec::new();
        for asks in self.asks.iter() {
            let Some(accepted) = asks.accepts(property) else { continue };
            if let Texts::Not(text) = accepted {
                texts.push(text.clone());
            }
            if property.feel == Some(Feel::Optional) && asks.new.feel.is_none() {
                texts.push("= typed".to_owned());
            }
        }
        texts
    }

    /// Updates an element, and remembers the errors that this brings.
    pub(super) fn updated(&mut self, entered: &[(String, String)], before: &Element) -> Element {
        let mut after = before.clone();
        after.update_of(&self.old_conditions, &self.new_conditions);
        if self.asks.is_empty() {
            return after;
        }
        let mut known = None;
        for (property, error) in shown(&after, &self.new_conditions) {
            let key = (std::ptr::from_ref(property), error.is_empty);
            if self.seen.contains_key(&key) {
                continue;
            }
            let known = known.get_or_insert_with(|| shown(before, &self.old_conditions));
            if !known.iter().any(|(_, before)| before.place == error.place) {
                let (entered, element) = (entered.to_vec(), Some(before.clone()));
                let witness = Witness { entered, element, ..Witness::default() };
                self.seen.insert(key, Seen { end: error.end, witness });
            }
        }
        after
    }

    /// The same of an element that is asked for often: the one into which nothing was entered.
    pub(super) fn context_updated(&mut self, context: &Context) -> Element {
        if !context.entered.is_empty() {
            return self.updated(&context.entered, &context.element);
        }
        if let Some(known) = &self.empty_after {
            return known.clone();
        }
        let after = self.updated(&context.entered, &context.element);
        self.empty_after = Some(after.clone());
        after
    }

    /// Looks for errors of a field wherever it may ask for what was not asked for.
    fn look(&mut self, asks: &Asks<'a>, is_looked_at: bool) {
        let there = self.places.at(asks.new).map(|place| place.old.clone()).unwrap_or_default();
        // Of what is accepted as before only its want can be wrong.
        let fields: Vec<(&Property, Vec<String>)> = there
            .iter()
            .filter(|old| is_field(old))
            .map(|field| {
                let refused = self.refused(field);
                let accepts_all = asks.accepts(field).is_none_or(|texts| *texts == Texts::All);
                let typed = if accepts_all { Vec::new() } else { self.typed(field) };
                (*field, typed.into_iter().chain(refused).chain([String::new()]).collect())
            })
            .collect();
        for context in &asks.contexts.all {
            if !is_looked_at {
                self.updated(&context.entered, &context.element);
            }
            for (field, values) in &fields {
                if !context.has(&self.old_conditions, field) {
                    continue;
                }
                for value in values {
                    let mut context = context.clone();
                    context.enter(&self.old_conditions, field, value);
                    self.updated(&context.entered, &context.element);
                }
            }
        }
    }

    /// What has been seen of constraints, and what is not known of them.
    pub(super) fn constraints(&mut self) {
        let all = Rc::clone(&self.asks);
        for (index, asks) in all.iter().enumerate() {
            let Asks { new, old, texts, contexts } = asks;
            let is_looked_at = all.iter().take(index).any(|known| Rc::ptr_eq(&known.contexts, contexts));
            self.look(asks, is_looked_at);
            let is_known = contexts.are_all && !texts.iter().any(|(_, texts)| *texts == Texts::Unknown);
            let nothing = Constraints::default();
            let was = old.and_then(|old| old.constraints.as_ref()).unwrap_or(&nothing);
            let what = new.constraints.as_ref().map(|is| differences(was, is)).unwrap_or_default().join(", and ");
            let is_new = self.places.at(new).is_none_or(|place| place.old.is_empty());
            let [empty, other] = [true, false].map(|is_empty| self.seen.remove(&(std::ptr::from_ref(*new), is_empty)));
            let is_seen = empty.is_some() || other.is_some();
            if let Some(seen) = empty {
                let message = match was.not_empty {
                    _ if is_new => "it is new, and has no default",
                    Some(true) => "it is asked for where it was not",
                    _ => "it may not be empty any more",
                };
                self.add(&NEWLY_REQUIRED, Some(new), message.to_owned(), Some(seen.witness));
            }
            if let Some(seen) = other {
                let message = if what.is_empty() { format!("what it holds {}", seen.end) } else { what };
                self.add(&CONSTRAINT_TIGHTENED, Some(new), message, Some(seen.witness));
            } else if !(is_known || is_new || is_seen && what.is_empty()) {
                let what = if what.is_empty() { "it asks for what it did, elsewhere".to_owned() } else { what };
                self.add(&CONSTRAINT_CHANGED, Some(new), what, None);
            }
        }
    }
}

/// What is asked now in the place of what was.
fn differences(was: &Constraints, is: &Constraints) -> Vec<String> {
    let limit = |number: &Option<Number>| number.as_ref().map_or("none".to_owned(), Number::to_string);
    let pattern =
        |constraints: &Constraints| expression(constraints).map_or("none".to_owned(), |text| format!("`{text}`"));
    let rows = [
        ("greatest length", limit(&was.max_length), limit(&is.max_length)),
        ("smallest length", limit(&was.min_length), limit(&is.min_length)),
        ("pattern", pattern(was), pattern(is)),
    ];
    rows.into_iter()
        .filter(|(_, was, is)| was != is)
        .map(|(what, was, is)| format!("the {what} was {was} and is {is}"))
        .collect()
}
