//! The values that an element holds, and what becomes of them: what Modeler does (bpmn-js-element-templates 2.37).
//! `tests/suite/update.rs` compares it with Modeler's own Update, value by value.

use super::conditions::{Conditions, Values};
use crate::template::{Binding, BindingKind, ElementTemplate, Feel, Property, PropertyKind, Value};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// What stands for a new UUID until the element is written.
pub const GENERATED: &str = "(a new UUID)";

/// How often conditions are looked at again. Templates whose conditions never come to rest break the panel, too.
const PASSES: usize = 50;

/// What stands in the diagram where a property is bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// Nothing but its name, such as an input without a source.
    Blank,
    /// A value.
    Value(String),
}

impl Entry {
    /// The text that conditions and fields see.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Blank => "",
            Self::Value(text) => text,
        }
    }
}

/// The properties that were written before, by their places.
type Before<'a> = HashMap<Cow<'a, Binding>, &'a Property>;

/// An element with a template.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Element {
    values: Values,
}

/// Whether Modeler stores the property's value as FEEL.
pub(super) fn is_cast(property: &Property) -> bool {
    let is_mapping = property
        .binding
        .as_ref()
        .is_some_and(|binding| matches!(binding.kind, BindingKind::Input | BindingKind::Output));
    let feel = property.feel.or(is_mapping.then_some(Feel::Static));
    match feel {
        Some(Feel::Required) => true,
        Some(Feel::Optional | Feel::Static) => {
            matches!(property.kind, Some(PropertyKind::Boolean | PropertyKind::Number))
        }
        None => false,
    }
}

/// A value that is entered, as the panel stores it.
#[must_use]
pub fn stored(property: &Property, value: &str) -> String {
    let is_literal = matches!(property.kind, Some(PropertyKind::Boolean | PropertyKind::Number));
    let is_feel = property.feel == Some(Feel::Required) || is_literal && is_cast(property);
    if is_feel && !value.is_empty() && !value.starts_with('=') { format!("={value}") } else { value.to_owned() }
}

/// The value that a property begins with, as it is stored; a generated one apart.
#[must_use]
pub fn default(property: &Property) -> Option<String> {
    let value = property.value.as_ref();
    if !is_cast(property) {
        return value.map(Value::bare);
    }
    let text = value.map(Value::bare);
    match text {
        Some(text) if text.starts_with('=') => Some(text),
        Some(text) if property.kind == Some(PropertyKind::Boolean) => Some(format!("={}", text == "true")),
        // An unset check box is stored as false.
        None if property.kind == Some(PropertyKind::Boolean) => Some("=false".to_owned()),
        text => text.map(|text| format!("={text}")),
    }
}

impl Element {
    /// A new element to which a template is applied.
    #[must_use]
    pub fn new(template: &ElementTemplate) -> Self {
        let conditions = Conditions::of(template);
        let mut element = Self::default();
        let shown = conditions.active(&element.values);
        element.change(&HashMap::new(), &shown);
        element.settle(&conditions, shown);
        element
    }

    /// An element that holds these values. Of several at one place the first counts.
    #[must_use]
    pub fn of(values: impl IntoIterator<Item = (Binding, Entry)>) -> Self {
        let mut element = Self::default();
        for (binding, entry) in values {
            element.values.entry(binding.place().into_owned()).or_insert(entry);
        }
        element
    }

    /// What stands where a property is bound.
    #[must_use]
    pub fn get(&self, property: &Property) -> Option<&Entry> {
        self.at(property.binding.as_ref()?)
    }

    /// What stands at a binding.
    #[must_use]
    pub fn at(&self, binding: &Binding) -> Option<&Entry> {
        self.values.get(&binding.place())
    }

    /// The properties of a template that are active for these values.
    #[must_use]
    pub fn active<'a>(&self, template: &'a ElementTemplate) -> Vec<&'a Property> {
        Conditions::of(template).active(&self.values)
    }

    /// The same of a template that is asked often.
    pub(super) fn active_of<'a>(&self, conditions: &Conditions<'a>) -> Vec<&'a Property> {
        conditions.active(&self.values)
    }

    /// All that it holds, in an order that does not change from run to run.
    #[must_use]
    pub fn entries(&self) -> Vec<(&Binding, &Entry)> {
        let mut entries: Vec<(&Binding, &Entry)> = self.values.iter().collect();
        entries.sort_by_cached_key(|(place, _)| place.to_string());
        entries
    }

    /// Puts values in the place of each that is this text.
    pub(crate) fn replace(&mut self, text: &str, mut value: impl FnMut() -> String) {
        let mut places: Vec<(&Binding, &mut Entry)> = self.values.iter_mut().collect();
        // In an order that does not change from run to run.
        places.sort_by_key(|(place, _)| place.to_string());
        for (_, entry) in places.into_iter().filter(|(_, entry)| entry.text() == text) {
            *entry = Entry::Value(value());
        }
    }

    /// Enters a value into a property's field.
    pub fn enter(&mut self, template: &ElementTemplate, property: &Property, value: &str) {
        self.enter_of(&Conditions::of(template), property, value);
    }

    /// The same of a template that is asked often.
    pub(super) fn enter_of(&mut self, conditions: &Conditions<'_>, property: &Property, value: &str) {
        let before = conditions.active(&self.values);
        if let Some(place) = property.place() {
            self.values.insert(place.into_owned(), Entry::Value(value.to_owned()));
            self.settle(conditions, before);
        }
    }

    /// Clears a property's field.
    pub fn clear(&mut self, template: &ElementTemplate, property: &Property) {
        let conditions = Conditions::of(template);
        let before = conditions.active(&self.values);
        if let Some(place) = property.place() {
            self.values.remove(&*place);
            self.settle(&conditions, before);
        }
    }

    /// Takes the element from one version of its template to another. The properties that were written, pass for pass:
    /// conditions are looked at again until they rest.
    pub fn update<'a>(&mut self, old: &ElementTemplate, new: &'a ElementTemplate) -> Vec<Vec<&'a Property>> {
        self.update_of(&Conditions::of(old), &Conditions::of(new))
    }

    /// The same of templates that are asked often.
    pub(super) fn update_of<'a>(&mut self, old: &Conditions<'_>, new: &Conditions<'a>) -> Vec<Vec<&'a Property>> {
        let shown = new.active(&self.values);
        self.change(old.firsts(), &shown);
        self.settle(new, shown)
    }

    /// Applies what conditions ask for after a change, until they ask for nothing more; what was written, that before it
    /// first.
    fn settle<'a>(&mut self, conditions: &Conditions<'a>, before: Vec<&'a Property>) -> Vec<Vec<&'a Property>> {
        let mut written = vec![before];
        for _ in 0..PASSES {
            let now = conditions.active(&self.values);
            let before = written.last().map(Vec::as_slice).unwrap_or_default();
            if !differ(before, &now) {
                break;
            }
            self.change(&firsts(before), &now);
            written.push(now);
        }
        written
    }

    /// Writes the properties `new`. The first property that was at a place `before` tells what the value was by default.
    fn change(&mut self, before: &Before<'_>, new: &[&Property]) {
        let mut places = HashSet::with_capacity(new.len());
        for property in new {
            let Some(place) = property.place() else { continue };
            match written(property, before.get(&place).copied(), self.values.get(&*place)) {
                Some(entry) => match self.values.get_mut(&*place) {
                    Some(now) => *now = entry,
                    None => drop(self.values.insert(place.clone().into_owned(), entry)),
                },
                None => drop(self.values.remove(&*place)),
            }
            places.insert(place);
        }
        self.values.retain(|place, _| places.contains(place) || is_left(place, before, &places));
    }
}

/// The first property of each place.
fn firsts<'a>(properties: &[&'a Property]) -> Before<'a> {
    let mut firsts: Before<'a> = HashMap::with_capacity(properties.len());
    for property in properties {
        if let Some(place) = property.place() {
            firsts.entry(place).or_insert(property);
        }
    }
    firsts
}

/// Whether Modeler leaves what stands at a place of which neither side knows: lists are the template's alone, of other
/// extensions it writes single attributes, while it writes them at all.
fn is_left(place: &Binding, old: &Before<'_>, new: &HashSet<Cow<'_, Binding>>) -> bool {
    let writes = |kinds: &[BindingKind]| new.iter().any(|one| kinds.contains(&one.kind));
    let is_left = match place.kind {
        BindingKind::Input | BindingKind::Output | BindingKind::TaskHeader | BindingKind::ZeebeProperty => false,
        BindingKind::LinkedResource => new.iter().any(|one| one.kind == place.kind && one.link_name == place.link_name),
        BindingKind::ExecutionListener | BindingKind::TaskListener => {
            !writes(&[place.kind]) && !old.keys().any(|one| one.kind == place.kind)
        }
        BindingKind::Message | BindingKind::Subscription => writes(&[BindingKind::Message, BindingKind::Subscription]),
        BindingKind::Property | BindingKind::Timer | BindingKind::Conditional | BindingKind::ConditionalFilter => true,
        kind => writes(&[kind]),
    };
    is_left && !old.contains_key(place)
}

/// What stands at a property's place once the property has been written.
fn written(property: &Property, old: Option<&Property>, now: Option<&Entry>) -> Option<Entry> {
    if let Some(entry) = now
        && stays(property, old, entry)
    {
        return Some(entry.clone());
    }
    let generated = || property.generated_value.as_ref().map(|_| GENERATED.to_owned());
    let value = default(property).or_else(generated);
    let is_empty = value.as_deref().unwrap_or_default().is_empty();
    let kind = property.binding.as_ref().map(|binding| binding.kind);
    let is_written = match kind {
        Some(BindingKind::TaskHeader) => !is_empty || now.is_some(),
        Some(BindingKind::Input | BindingKind::Output | BindingKind::ZeebeProperty) => {
            !is_empty || property.optional != Some(true)
        }
        _ => value.is_some(),
    };
    is_written.then(|| value.map_or(Entry::Blank, Entry::Value))
}

/// Whether a value stays: one of the choices, or what differs from the default of before.
fn stays(property: &Property, old: Option<&Property>, entry: &Entry) -> bool {
    let Entry::Value(value) = entry else { return false };
    match property.kind {
        Some(PropertyKind::Hidden) => false,
        Some(PropertyKind::Dropdown) => {
            property.choices.iter().flatten().any(|choice| choice.value.as_ref() == Some(value))
        }
        _ => old.is_none_or(|old| default(old).as_ref() != Some(value)),
    }
}

/// Whether properties have come or gone. A property of a binding that another has had brings nothing.
fn differ(before: &[&Property], now: &[&Property]) -> bool {
    // Of one template, mostly the same ones.
    if before.len() == now.len() && before.iter().zip(now).all(|(one, other)| std::ptr::eq(*one, *other)) {
        return false;
    }
    let same = |one: &Property, other: &Property| one.place() == other.place() && one.condition == other.condition;
    let is_in = |all: &[&Property], property: &Property| all.iter().any(|other| same(other, property));
    before.iter().any(|property| !is_in(now, property))
        || now
            .iter()
            .any(|property| !is_in(before, property) && !before.iter().any(|other| other.place() == property.place()))
}
