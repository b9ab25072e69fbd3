//! What becomes of entered values: each is entered into an element of the older version, and updated.

use super::changes::{
    BECAME_CONSTANT, BINDING_CHANGED, CHOICE_REMOVED, CONDITION_TIGHTENED, DEFAULT_CHANGED, Kind, PROPERTY_REMOVED,
    VALUE_RESET,
};
use super::compare::{Comparison, Witness, is_field, name};
use super::conditions::Conditions;
use super::element::{Element, Entry, stored};
use crate::lint::Activity;
use crate::template::{Property, PropertyKind};

/// An element of the older version in which a property is active, and how it comes to that.
pub(super) struct Shown {
    element: Element,
    entered: Vec<(String, String)>,
}

impl Shown {
    pub(super) fn of(conditions: &Conditions<'_>, activity: &Activity<'_>, index: usize) -> Option<Self> {
        let witness = activity.witness(&[index])?;
        let template = conditions.template;
        let mut shown = Self { element: Element::new(template), entered: Vec::new() };
        // In the template's order: what a condition waits for stands above it, mostly.
        for property in &template.properties {
            let wanted = property.id.as_deref().and_then(|id| witness.get(id));
            if let Some(value) = wanted.filter(|_| is_field(property)) {
                let value = stored(property, &value.bare());
                if shown.element.get(property).map(Entry::text) != Some(&value) {
                    shown.element.enter_of(conditions, property, &value);
                    shown.entered.push((name(property), value));
                }
            }
        }
        let property = template.properties.get(index)?;
        let is_active = shown.element.active_of(conditions).into_iter().any(|active| std::ptr::eq(active, property));
        is_active.then_some(shown)
    }
}

/// Values that a designer may have entered, other than the default: each choice, or something.
fn values(property: &Property) -> Vec<String> {
    let default = property.value.as_ref().map(crate::template::Value::bare).unwrap_or_default();
    let other = |one: &str, two: &str| vec![stored(property, if default == one { two } else { one })];
    match property.kind {
        Some(PropertyKind::Dropdown) => {
            property.choices.iter().flatten().filter_map(|choice| choice.value.clone()).collect()
        }
        Some(PropertyKind::Boolean) => other("true", "false"),
        Some(PropertyKind::Number) => other("7", "8"),
        _ => other("typed", "typed anew"),
    }
}

impl Comparison<'_> {
    /// What becomes of each value of a field.
    pub(super) fn values(&mut self, shown: &Shown, property: &Property) {
        let mut gone = Vec::new();
        for value in values(property) {
            let mut before = shown.element.clone();
            if before.get(property).map(Entry::text) != Some(&value) {
                before.enter_of(&self.old_conditions, property, &value);
            }
            let mut after = before.clone();
            after.update_of(&self.old_conditions, &self.new_conditions);
            let now = after.get(property).map(|entry| entry.text().to_owned());
            let entered: Vec<_> = shown.entered.iter().cloned().chain([(name(property), value.clone())]).collect();
            self.observe(&entered, &before, &after);
            if now.as_deref() == Some(value.as_str()) {
                continue;
            }
            gone.push(Witness { entered, before: Some(value), after: now, element: Some(before), value: None });
        }
        let Some(witness) = gone.first() else { return };
        let (kind, message) = self.cause(property, witness, &gone);
        self.add(kind, Some(property), message, Some(witness.clone()));
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
                format!("`{bound}` is {:?} now, whatever was entered", witness.after.as_deref().unwrap_or_default()),
            );
        }
        if property.kind == Some(PropertyKind::Dropdown) {
            let values = gone.iter().filter_map(|witness| witness.before.as_ref());
            let listed: Vec<String> = values.map(|value| format!("`{value}`")).collect();
            return (&CHOICE_REMOVED, format!("{} cannot be chosen any more", listed.join(", ")));
        }
        (&VALUE_RESET, format!("what was entered becomes {:?}", witness.after.as_deref().unwrap_or_default()))
    }

    /// What becomes of a field into which nothing was entered.
    pub(super) fn default(&mut self, shown: &Shown, property: &Property) {
        let mut after = shown.element.clone();
        after.update_of(&self.old_conditions, &self.new_conditions);
        self.observe(&shown.entered, &shown.element, &after);
        let text = |element: &Element| element.get(property).map(|entry| entry.text().to_owned());
        let (before, now) = (text(&shown.element), text(&after));
        let (Some(was), Some(is)) = (&before, &now) else { return };
        let is_told = self.found.iter().any(|change| change.property.as_deref() == Some(&name(property)));
        if was != is && !is_told && property.generated_value.is_none() {
            let message = format!("the default was {was:?} and is {is:?}");
            let witness = Witness {
                entered: shown.entered.clone(),
                before,
                after: now,
                element: Some(shown.element.clone()),
                value: None,
            };
            self.add(&DEFAULT_CHANGED, Some(property), message, Some(witness));
        }
    }
}
