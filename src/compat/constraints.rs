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
pub(super) struct Asks {
    /// The newer property's index.
    new: usize,
    /// The older property that it continues.
    old: Option<usize>,
    /// What of the texts of each older field at its place it accepts, by their indices.
    texts: Vec<(usize, Texts)>,
    contexts: Rc<Contexts>,
}

/// What of the older field's texts the newer one accepts.
#[derive(Debug)]
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
        let new = self.new;
        for (index, property) in new.properties.iter().enumerate() {
            let Some(asked) = &property.constraints else { continue };
            let Some(contexts) = self.asked_in(property) else { continue };
            let there = self.places.at(property).map(|place| place.old.as_slice()).unwrap_or_default();
            let index_of = |was: &Property| self.old.properties.iter().position(|one| std::ptr::eq(one, was));
            let is_other = |was: &Property| was.constraints.as_ref() != Some(asked) || was.feel != property.feel;
            let other = there.iter().filter(|was| is_other(was));
            let texts = other.filter_map(|was| Some((index_of(was)?, accepted(was, property)))).collect();
            let old = counterpart(property, there).and_then(index_of);
            self.asks.push(Asks { new: index, old, texts, contexts });
        }
    }

    /// Texts that an older field accepts, and a newer one at its place does not.
    pub(super) fn refused(&self, property: &Property) -> Vec<String> {
        let mut texts = Vec::new();
        for asks in &self.asks {
            let is_it = |index: usize| self.old.properties.get(index).is_some_and(|old| std::ptr::eq(old, property));
            let Some((_, accepted)) = asks.texts.iter().find(|(index, _)| is_it(*index)) else { continue };
            if let Texts::Not(text) = accepted {
                texts.push(text.clone());
            }
            let is_text_now = self.new.properties.get(asks.new).is_some_and(|new| new.feel.is_none());
            if property.feel == Some(Feel::Optional) && is_text_now {
                texts.push("= typed".to_owned());
            }
        }
        texts
    }

    /// Whether a field of the newer version accepts whatever an older one does.
    fn accepts(&self, index: usize, field: &Property) -> bool {
        let is_it = |old: usize| self.old.properties.get(old).is_some_and(|old| std::ptr::eq(old, field));
        let texts = self.asks.get(index).and_then(|asks| asks.texts.iter().find(|(old, _)| is_it(*old)));
        texts.is_none_or(|(_, texts)| matches!(texts, Texts::All))
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
            let index = self.new.properties.iter().position(|one| std::ptr::eq(one, property));
            let Some(index) = index.filter(|index| !self.seen.contains_key(&(*index, error.is_empty))) else {
                continue;
            };
            let known = known.get_or_insert_with(|| shown(before, &self.old_conditions));
            if !known.iter().any(|(_, before)| before.place == error.place) {
                let (entered, element) = (entered.to_vec(), Some(before.clone()));
                let witness = Witness { entered, element, ..Witness::default() };
                self.seen.insert((index, error.is_empty), Seen { end: error.end, witness });
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
    fn look(&mut self, index: usize, new: &'a Property, contexts: &Contexts, is_looked_at: bool) {
        let there = self.places.at(new).map(|place| place.old.clone()).unwrap_or_default();
        // Of what is accepted as before only its want can be wrong.
        let fields: Vec<(&Property, Vec<String>)> = there
            .iter()
            .filter(|old| is_field(old))
            .map(|field| {
                let refused = self.refused(field);
                let typed = if self.accepts(index, field) { Vec::new() } else { self.typed(field) };
                (*field, typed.into_iter().chain(refused).chain([String::new()]).collect())
            })
            .collect();
        for context in &contexts.all {
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
        for index in 0..self.asks.len() {
            let Some(new) = self.asks.get(index).and_then(|asks| self.new.properties.get(asks.new)) else { continue };
            let Some(contexts) = self.asks.get(index).map(|asks| Rc::clone(&asks.contexts)) else { continue };
            let is_looked_at = self.asks.iter().take(index).any(|asks| Rc::ptr_eq(&asks.contexts, &contexts));
            self.look(index, new, &contexts, is_looked_at);
            let Some(asks) = self.asks.get(index) else { continue };
            let old = asks.old.and_then(|old| self.old.properties.get(old));
            let is_known = contexts.are_all && !asks.texts.iter().any(|(_, texts)| matches!(texts, Texts::Unknown));
            let place = asks.new;
            let nothing = Constraints::default();
            let was = old.and_then(|old| old.constraints.as_ref()).unwrap_or(&nothing);
            let what = new.constraints.as_ref().map(|is| differences(was, is)).unwrap_or_default().join(", and ");
            let is_new = self.places.at(new).is_none_or(|place| place.old.is_empty());
            let empty = self.seen.remove(&(place, true));
            let other = self.seen.remove(&(place, false));
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
