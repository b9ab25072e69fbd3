//! What becomes of entered values: each is entered into an element of the older version, and updated.

use super::changes::{
    BECAME_CONSTANT, BINDING_CHANGED, CHOICE_REMOVED, CONDITION_TIGHTENED, DEFAULT_CHANGED, Kind, PROPERTY_REMOVED,
    VALUE_RESET,
};
use super::compare::{Comparison, Witness, name};
use super::contexts::Context;
use super::element::{Element, Entry, stored};
use super::places::choices;
use crate::lint::is_secret_value;
use crate::template::{Property, PropertyKind};

/// So many choices are listed in a message.
const LISTED: usize = 8;

/// Values that a designer may have entered, other than the default: each choice, or something.
fn entered(property: &Property) -> Vec<String> {
    let default = property.value.as_ref().map(crate::template::Value::bare).unwrap_or_default();
    let other = |one: &str, two: &str| vec![stored(property, if default == one { two } else { one })];
    match property.kind {
        Some(PropertyKind::Dropdown) => choices(property).map(str::to_owned).collect(),
        Some(PropertyKind::Boolean) => other("true", "false"),
        Some(PropertyKind::Number) => other("7", "8"),
        _ => other("typed", "typed anew"),
    }
}

/// A value as a witness tells it: whole, unless it is a secret.
fn told(property: &Property, value: Option<String>) -> Option<String> {
    let is_secret = |value: &String| !value.is_empty() && is_secret_value(property, value);
    value.map(|value| if is_secret(&value) { "a secret".to_owned() } else { value })
}

/// A value as it is told: not if it is a secret, and no more than its beginning.
pub(super) fn shown(property: &Property, value: &str) -> String {
    const LONGEST: usize = 60;
    if !value.is_empty() && is_secret_value(property, value) {
        return "a secret".to_owned();
    }
    match value.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{:?}", format!("{}…", &value[..end])),
        None => format!("{value:?}"),
    }
}

impl Comparison<'_> {
    /// Values that somebody may have entered into a field. Of choices that stay, and that no condition names, one is as good
    /// as all.
    pub(super) fn typed(&self, property: &Property) -> Vec<String> {
        let mut values = entered(property);
        let Some(place) = self.places.at(property) else { return values };
        if let ([new], Some(PropertyKind::Dropdown)) = (place.new.as_slice(), property.kind) {
            let mut has_one = false;
            values.retain(|value| {
                let is_like_others = choices(new).any(|choice| choice == value) && !place.named.contains(value);
                !(is_like_others && std::mem::replace(&mut has_one, true))
            });
        }
        values
    }

    /// What becomes of each value of a field, in each context. Whether something does.
    pub(super) fn values(&mut self, contexts: &[Context], property: &Property) -> bool {
        let mut gone: Vec<Witness> = Vec::new();
        let values: Vec<String> = self.typed(property).into_iter().chain(self.refused(property)).collect();
        // Where conditions look at the property itself, it may hold what they look for.
        let own = |context: &Context| {
            let is_entered = context.entered.iter().any(|(field, _)| *field == name(property));
            context.element.get(property).filter(|_| is_entered).map(|entry| entry.text().to_owned())
        };
        let with_values = |context| values.iter().cloned().chain(own(context)).map(move |value| (context, value));
        for (context, value) in contexts.iter().flat_map(with_values) {
            let mut before = context.element.clone();
            if before.get(property).map(Entry::text) != Some(&value) {
                before.enter_of(&self.old_conditions, property, &value);
            }
            let entered: Vec<_> = context.entered.iter().cloned().chain([(name(property), value.clone())]).collect();
            let after = self.updated(&entered, &before);
            let now = after.get(property).map(|entry| entry.text().to_owned());
            let is_known = || gone.iter().any(|witness| witness.before.as_ref() == Some(&value));
            if now.as_ref() != Some(&value) && !value.is_empty() && !is_known() {
                let (before, element) = (Some(value), Some(before));
                gone.push(Witness { entered, before, after: told(property, now), element, value: None });
            }
        }
        let Some(witness) = gone.first() else { return false };
        let (kind, message) = self.cause(property, witness, &gone);
        self.add(kind, Some(property), message, Some(witness.clone()));
        true
    }

    fn cause(&self, property: &Property, witness: &Witness, gone: &[Witness]) -> (&'static Kind, String) {
        let place = property.place();
        let there: Vec<&Property> = self.new.properties.iter().filter(|new| new.place() == place).collect();
        let namesake = self.new.properties.iter().find(|new| new.id.is_some() && new.id == property.id);
        let bound = property.binding.as_ref().map(ToString::to_string).unwrap_or_default();
        if there.is_empty() {
            return match namesake.and_then(|namesake| namesake.binding.as_ref()) {
                Some(binding) => (&BINDING_CHANGED, format!("it was bound to `{bound}` and is bound to `{binding}`")),
                None => (&PROPERTY_REMOVED, format!("nothing is bound to `{bound}` any more")),
            };
        }
        if witness.after.is_none() {
            return (&CONDITION_TIGHTENED, format!("nothing bound to `{bound}` is active any more"));
        }
        if there.iter().all(|new| new.kind == Some(PropertyKind::Hidden)) {
            return (
                &BECAME_CONSTANT,
                format!(
                    "`{bound}` is {} now, whatever was entered",
                    shown(property, witness.after.as_deref().unwrap_or_default())
                ),
            );
        }
        if property.kind == Some(PropertyKind::Dropdown) {
            let values = gone.iter().filter_map(|witness| witness.before.as_ref());
            let listed: Vec<String> = values.map(|value| format!("`{value}`")).collect();
            let more = listed.len().saturating_sub(LISTED);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let first: Vec<String> = listed.into_iter().take(LISTED).collect();
            return (&CHOICE_REMOVED, format!("{}{more} cannot be chosen any more", first.join(", ")));
        }
        let after = shown(property, witness.after.as_deref().unwrap_or_default());
        let is_alike = |new: &&&Property| (new.kind, new.feel) == (property.kind, property.feel);
        if there.iter().find(is_alike).is_some_and(|new| new.condition != property.condition) {
            let message =
                format!("it is not active until conditions are looked at again, and what was entered becomes {after}");
            return (&CONDITION_TIGHTENED, message);
        }
        (&VALUE_RESET, format!("what was entered becomes {after}"))
    }

    /// What becomes of a field into which nothing was entered, of whose values nothing was told.
    pub(super) fn default(&mut self, contexts: &[Context], property: &Property, is_told: bool) {
        let text = |element: &Element| element.get(property).map(|entry| entry.text().to_owned());
        let mut changed = None;
        for context in contexts {
            let after = self.context_updated(context);
            let (before, now) = (text(&context.element), text(&after));
            if before.as_deref().unwrap_or_default() != now.as_deref().unwrap_or_default() && changed.is_none() {
                changed = Some((before, now, context));
            }
        }
        let Some((before, after, context)) = changed else { return };
        if is_told || property.generated_value.is_some() {
            return;
        }
        let word = |value: &Option<String>| value.as_ref().map_or("nothing".to_owned(), |value| shown(property, value));
        let message = format!("the default was {} and is {}", word(&before), word(&after));
        let [before, after] = [before, after].map(|value| told(property, value));
        let (entered, element) = (context.entered.clone(), Some(context.element.clone()));
        self.add(
            &DEFAULT_CHANGED,
            Some(property),
            message,
            Some(Witness { entered, before, after, element, value: None }),
        );
    }
}
