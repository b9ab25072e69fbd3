//! What fields of the newer version ask of values that those of the older one did not.

use super::changes::{CONSTRAINT_CHANGED, NEWLY_REQUIRED};
use super::compare::{Comparison, Witness, is_field, name};
use super::element::Element;
use super::errors::shown;
use crate::template::{Binding, Constraints, ElementTemplate, Property};
use serde_json::Number;
use std::borrow::Cow;
use std::collections::HashSet;

/// The places where the newer version asks something else of values than the older one.
pub(super) fn asked(old: &ElementTemplate, new: &ElementTemplate) -> HashSet<Binding> {
    let asks = |property: &&Property| is_field(property) && property.constraints.is_some();
    let fields = new.properties.iter().filter(asks);
    let is_known = |new: &Property| {
        old.properties.iter().any(|old| old.constraints == new.constraints && old.place() == new.place())
    };
    fields.filter(|new| !is_known(new)).filter_map(Property::place).map(Cow::into_owned).collect()
}

impl Comparison<'_> {
    /// Remembers the errors that an update brings.
    pub(super) fn observe(&mut self, entered: &[(String, String)], before: &Element, after: &Element) {
        if self.asked.is_empty() {
            return;
        }
        let known = shown(before, &self.old_conditions);
        for error in shown(after, &self.new_conditions) {
            let is_new = !known.iter().any(|before| before.place == error.place);
            if is_new && self.asked.contains(&error.place) {
                let witness =
                    || Witness { entered: entered.to_vec(), element: Some(before.clone()), ..Witness::default() };
                self.shown.entry((error.place.clone(), error.is_empty)).or_insert_with(|| (error, witness()));
            }
        }
    }

    /// What has been seen of constraints, and what they are now.
    pub(super) fn constraints(&mut self) {
        for new in self.new.properties.iter().filter(|property| is_field(property)) {
            let (Some(asked), Some(place)) = (&new.constraints, new.place()) else { continue };
            let old: Vec<&Property> =
                self.old.properties.iter().filter(|old| old.place().as_deref() == Some(&*place)).collect();
            let required = self.shown.get(&(place.clone().into_owned(), true));
            if let Some((_, witness)) = required.filter(|(error, _)| error.property == name(new)) {
                let message = if old.is_empty() { "it is new, and has no default" } else { "it might be empty before" };
                let witness = witness.clone();
                self.add(&NEWLY_REQUIRED, Some(new), message.to_owned(), Some(witness));
            }
            let Some(old) = old.into_iter().find(|old| is_field(old)) else { continue };
            let what = narrower(&old.constraints.clone().unwrap_or_default(), asked);
            if !what.is_empty() {
                let witness = self.shown.get(&(place.into_owned(), false)).map(|(_, witness)| witness.clone());
                self.add(&CONSTRAINT_CHANGED, Some(new), format!("{} is another one", what.join(" and ")), witness);
            }
        }
    }
}

/// What is asked now that was not.
fn narrower(was: &Constraints, is: &Constraints) -> Vec<&'static str> {
    let number = |limit: &Option<Number>| limit.as_ref().and_then(Number::as_f64);
    let is_shorter = match (number(&was.max_length), number(&is.max_length)) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(was), Some(is)) => is < was,
    };
    let is_longer = number(&is.min_length) > number(&was.min_length);
    let pattern = |constraints: &Constraints| {
        constraints.pattern.as_ref().and_then(|pattern| pattern.expression().map(str::to_owned))
    };
    let is_other = pattern(is).is_some() && pattern(is) != pattern(was);
    let what = [(is_shorter, "the greatest length"), (is_longer, "the smallest length"), (is_other, "the pattern")];
    what.into_iter().filter(|(is, _)| *is).map(|(_, what)| what).collect()
}
