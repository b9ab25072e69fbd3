//! Compares two versions of a template: for each field of the older one, values are entered and updated as Modeler does it,
//! and what becomes of them is told.

use super::changes::{
    BECAME_CONSTANT, BINDING_CHANGED, CHOICE_REMOVED, CONDITION_TIGHTENED, CONSTRAINT_CHANGED, DEFAULT_CHANGED,
    DEPRECATED, ELEMENT_CHANGED, ENGINES_RAISED, ID_CHANGED, Kind, NEWLY_REQUIRED, PROPERTY_REMOVED, VALUE_RESET,
    VERSION_NOT_RAISED,
};
use super::details;
use super::element::{Element, Entry, stored};
use crate::lint::Activity;
use crate::template::{Binding, Deprecated, ElementTemplate, Property, PropertyKind};
use nodejs_semver::{Range, Version};
use serde::Serialize;
use std::borrow::Cow;

/// A change, and by what it is seen.
#[derive(Debug)]
pub struct Change {
    /// Its kind.
    pub kind: &'static Kind,
    /// The property that it is about, as people know it; none for the template as a whole.
    pub property: Option<String>,
    /// That property's id.
    pub id: Option<String>,
    /// Where that property is bound.
    pub place: Option<Binding>,
    /// The operation whose inputs or results it is about.
    pub operation: Option<String>,
    /// What has changed.
    pub message: String,
    /// The smallest element that shows it.
    pub witness: Option<Witness>,
}

/// What shows a change: an element that holds something before the update and something else after it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Witness {
    /// What is entered into the older version's fields, by their labels or ids.
    pub entered: Vec<(String, String)>,
    /// What stands where the property is bound, before the update.
    pub before: Option<String>,
    /// What stands there after it.
    pub after: Option<String>,
    /// Of deployed processes, a job's input or result instead of an element; written with its long texts and lists cut off.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "super::deployed::cut_off")]
    pub value: Option<serde_json::Value>,
}

impl Change {
    /// A change of a template as a whole.
    #[must_use]
    pub fn of_template(kind: &'static Kind, message: &str) -> Self {
        Self::of(kind, None, message.to_owned())
    }

    /// A change without a witness.
    pub(super) fn of(kind: &'static Kind, property: Option<&Property>, message: String) -> Self {
        let (id, place) =
            property.map(|property| (property.id.clone(), property.place().map(Cow::into_owned))).unwrap_or_default();
        Self { kind, property: property.map(name), id, place, operation: None, message, witness: None }
    }
}

/// All changes from an older version to a newer one. None are told only if nothing has changed but the version.
#[must_use]
pub fn compare(old: &ElementTemplate, new: &ElementTemplate) -> Vec<Change> {
    let mut changes = Changes { old, new, found: Vec::new() };
    changes.head();
    let activity = Activity::new(&old.properties);
    for (index, property) in old.properties.iter().enumerate() {
        if is_field(property)
            && let Some(shown) = Shown::of(old, &activity, index)
        {
            changes.values(&shown, property);
            changes.default(&shown, property);
        }
    }
    changes.fields();
    details::tell(old, new, &mut changes.found);
    changes.found
}

pub(super) fn is_field(property: &Property) -> bool {
    !matches!(property.kind, Some(PropertyKind::Hidden | PropertyKind::Configuration))
}

/// What people call a property.
pub(super) fn name(property: &Property) -> String {
    let binding = || property.binding.as_ref().map(ToString::to_string);
    property.label.clone().or_else(|| property.id.clone()).or_else(binding).unwrap_or_default()
}

/// An element of the older version in which a property is active, and how it comes to that.
struct Shown {
    element: Element,
    entered: Vec<(String, String)>,
}

impl Shown {
    fn of(template: &ElementTemplate, activity: &Activity<'_>, index: usize) -> Option<Self> {
        let witness = activity.witness(&[index])?;
        let mut shown = Self { element: Element::new(template), entered: Vec::new() };
        // In the template's order: what a condition waits for stands above it, mostly.
        for property in &template.properties {
            let wanted = property.id.as_deref().and_then(|id| witness.get(id));
            if let Some(value) = wanted.filter(|_| is_field(property)) {
                let value = stored(property, &value.bare());
                if shown.element.get(property).map(Entry::text) != Some(&value) {
                    shown.element.enter(template, property, &value);
                    shown.entered.push((name(property), value));
                }
            }
        }
        let property = template.properties.get(index)?;
        let is_active = shown.element.active(template).into_iter().any(|active| std::ptr::eq(active, property));
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

struct Changes<'a> {
    old: &'a ElementTemplate,
    new: &'a ElementTemplate,
    found: Vec<Change>,
}

impl Changes<'_> {
    fn add(&mut self, kind: &'static Kind, property: Option<&Property>, message: String, witness: Option<Witness>) {
        self.found.push(Change { witness, ..Change::of(kind, property, message) });
    }

    /// What has changed of the template as a whole.
    fn head(&mut self) {
        let (old, new) = (self.old, self.new);
        if old.id != new.id {
            let id = |template: &ElementTemplate| template.id.clone().unwrap_or_default();
            self.add(&ID_CHANGED, None, format!("the id was `{}` and is `{}`", id(old), id(new)), None);
        } else if old != new && new.version <= old.version {
            let version = new.version.map_or("none".to_owned(), |version| version.to_string());
            self.add(&VERSION_NOT_RAISED, None, format!("the version is {version}, as before or less"), None);
        }
        if old.element_type != new.element_type {
            let value = |template: &ElementTemplate| {
                template.element_type.clone().and_then(|element| element.value).unwrap_or_default()
            };
            self.add(&ELEMENT_CHANGED, None, format!("it made a {} and makes a {}", value(old), value(new)), None);
        }
        if let Some(version) = left_out(old, new) {
            self.add(&ENGINES_RAISED, None, format!("Camunda {version} is left out"), None);
        }
        let is_deprecated =
            |template: &ElementTemplate| !matches!(template.deprecated, None | Some(Deprecated::Flag(false)));
        if is_deprecated(new) && !is_deprecated(old) {
            self.add(&DEPRECATED, None, "the template is deprecated".to_owned(), None);
        }
    }

    /// What becomes of each value of a field.
    fn values(&mut self, shown: &Shown, property: &Property) {
        let mut gone = Vec::new();
        for value in values(property) {
            let mut before = shown.element.clone();
            if before.get(property).map(Entry::text) != Some(&value) {
                before.enter(self.old, property, &value);
            }
            let mut after = before.clone();
            after.update(self.old, self.new);
            let now = after.get(property).map(|entry| entry.text().to_owned());
            if now.as_deref() == Some(value.as_str()) {
                continue;
            }
            let entered = shown.entered.iter().cloned().chain([(name(property), value.clone())]).collect();
            gone.push((Witness { entered, before: Some(value.clone()), after: now, value: None }, value));
        }
        let Some((witness, _)) = gone.first().cloned() else { return };
        let (kind, message) =
            self.cause(property, &witness, &gone.iter().map(|(_, value)| value.clone()).collect::<Vec<_>>());
        self.add(kind, Some(property), message, Some(witness));
    }

    fn cause(&self, property: &Property, witness: &Witness, values: &[String]) -> (&'static Kind, String) {
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
            let listed: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
            return (&CHOICE_REMOVED, format!("{} cannot be chosen any more", listed.join(", ")));
        }
        (&VALUE_RESET, format!("what was entered becomes {:?}", witness.after.as_deref().unwrap_or_default()))
    }

    /// What becomes of a field into which nothing was entered.
    fn default(&mut self, shown: &Shown, property: &Property) {
        let mut after = shown.element.clone();
        after.update(self.old, self.new);
        let text = |element: &Element| element.get(property).map(|entry| entry.text().to_owned());
        let (before, now) = (text(&shown.element), text(&after));
        let (Some(was), Some(is)) = (&before, &now) else { return };
        let is_told = self.found.iter().any(|change| change.property.as_deref() == Some(&name(property)));
        if was != is && !is_told && property.generated_value.is_none() {
            let message = format!("the default was {was:?} and is {is:?}");
            let witness = Witness { entered: shown.entered.clone(), before, after: now, value: None };
            self.add(&DEFAULT_CHANGED, Some(property), message, Some(witness));
        }
    }

    /// What fields of the newer version ask that those of the older one at the same binding did not.
    fn fields(&mut self) {
        for new in self.new.properties.iter().filter(|property| is_field(property)) {
            let Some(asked) = &new.constraints else { continue };
            let place = new.place();
            let old: Vec<&Property> = self.old.properties.iter().filter(|old| old.place() == place).collect();
            let before = |of: fn(&crate::template::Constraints) -> bool| {
                old.iter().any(|old| old.constraints.as_ref().is_some_and(of))
            };
            let is_empty = new.value.is_none() && new.generated_value.is_none();
            if asked.not_empty == Some(true) && is_empty && !before(|constraints| constraints.not_empty == Some(true)) {
                let message = if old.is_empty() { "it is new, and has no default" } else { "it might be empty before" };
                self.add(&NEWLY_REQUIRED, Some(new), message.to_owned(), None);
            }
            let number = |limit: &Option<serde_json::Number>| limit.as_ref().and_then(serde_json::Number::as_f64);
            for old in old.iter().filter(|old| is_field(old)).take(1) {
                let was = old.constraints.clone().unwrap_or_default();
                let is_shorter = match (number(&was.max_length), number(&asked.max_length)) {
                    (_, None) => false,
                    (None, Some(_)) => true,
                    (Some(was), Some(is)) => is < was,
                };
                let is_longer = number(&asked.min_length) > number(&was.min_length);
                let expression = |constraints: &crate::template::Constraints| {
                    constraints.pattern.as_ref().and_then(|pattern| pattern.expression().map(str::to_owned))
                };
                let is_other = expression(asked).is_some() && expression(asked) != expression(&was);
                let what = [
                    (is_shorter, "the greatest length"),
                    (is_longer, "the smallest length"),
                    (is_other, "the pattern"),
                ];
                let what: Vec<&str> = what.iter().filter(|(is, _)| *is).map(|(_, what)| *what).collect();
                if !what.is_empty() {
                    self.add(&CONSTRAINT_CHANGED, Some(new), format!("{} is another one", what.join(" and ")), None);
                }
            }
        }
    }
}

/// The oldest version of Camunda 8 that the older template was for and the newer one is not.
fn left_out(old: &ElementTemplate, new: &ElementTemplate) -> Option<String> {
    let range = |template: &ElementTemplate| -> Option<Range> {
        let engines = template.engines.as_ref()?.get("camunda")?.as_str()?;
        Range::parse(engines).ok()
    };
    let new = range(new)?;
    let old = range(old);
    let versions = (0..20).filter_map(|minor| Version::parse(format!("8.{minor}.0")).ok());
    let mut left =
        versions.filter(|version| old.as_ref().is_none_or(|old| version.satisfies(old)) && !version.satisfies(&new));
    left.next().map(|version| format!("{}.{}", version.major(), version.minor()))
}
