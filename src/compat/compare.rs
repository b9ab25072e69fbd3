//! Compares two versions of a template: for each field of the older one, values are entered and updated as Modeler does it,
//! and what becomes of them is told.

use super::changes::{
    DEPRECATED, ELEMENT_CHANGED, ENGINES_RAISED, ID_CHANGED, Kind, PROPERTY_ADDED, PROPERTY_REMOVED, Severity,
    UPDATE_NOT_PROVEN, VERSION_NOT_RAISED,
};
use super::conditions::Conditions;
use super::constraints::{Asks, Seen};
use super::contexts::{Context, Explored};
use super::details;
use super::element::Element;
use super::engines::left_out;
use super::places::Places;
use crate::lint::Activity;
use crate::template::{Binding, ElementTemplate, Property, PropertyKind};
use crate::text::version_or_none;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;

/// A change, and by what it is seen.
#[derive(Debug, Clone)]
pub struct Change {
    /// Its kind.
    pub kind: &'static Kind,
    /// The property that it is about, as people know it, or the program whose versions it is about; none for the template as a
    /// whole.
    pub property: Option<String>,
    /// That property's id.
    pub id: Option<String>,
    /// Where that property is bound.
    pub place: Option<Binding>,
    /// The operation whose inputs or results it is about, or the event whose payload.
    pub operation: Option<String>,
    /// What has changed.
    pub message: String,
    /// The smallest element that shows it.
    pub witness: Option<Witness>,
}

/// What shows a change: an element that holds something before the update and something else after it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Witness {
    /// What is entered into the older version's fields, by their labels or ids.
    pub entered: Vec<(String, String)>,
    /// What stands where the property is bound, before the update.
    pub before: Option<String>,
    /// What stands there after it.
    pub after: Option<String>,
    /// The element before the update, with all that the template puts there.
    #[serde(skip)]
    pub element: Option<Element>,
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
    if old == new {
        return Vec::new();
    }
    let places = Places::of(old, new);
    let empty = Context { element: Element::new(old), entered: Vec::new() };
    let mut changes = Comparison {
        old,
        new,
        places,
        empty,
        empty_after: None,
        old_conditions: Conditions::of(old),
        new_conditions: Conditions::of(new),
        found: Vec::new(),
        asks: Rc::default(),
        explored: Explored::default(),
        seen: HashMap::new(),
    };
    changes.head();
    changes.asks();
    let activity = Activity::new(&old.properties);
    for (index, property) in old.properties.iter().enumerate().filter(|(_, property)| is_field(property)) {
        let contexts = changes.contexts(&activity, property, index);
        let is_told = changes.values(&contexts.all, property);
        changes.default(&contexts.all, property, is_told);
        if !is_told && !contexts.are_all {
            let message = "its condition, or one that it depends on, is another one, and not all of it was tried";
            changes.add(&UPDATE_NOT_PROVEN, Some(property), message.to_owned(), None);
        }
    }
    changes.constraints();
    details::tell(old, new, &mut changes.found);
    let mut found = changes.found;
    renamed(&mut found);
    // What breaks every element is seen in one into which nothing was entered.
    let breaks = |change: &&mut Change| change.kind.severity == Severity::Breaking;
    for change in found.iter_mut().filter(breaks).filter(|change| change.witness.is_none()) {
        change.witness = Some(Witness { element: Some(changes.empty.element.clone()), ..Witness::default() });
    }
    found
}

/// One field that is gone and one that is new may be the same.
fn renamed(found: &mut [Change]) {
    let only = |kind: &Kind| {
        let mut those = found.iter().enumerate().filter(|(_, change)| change.kind == kind);
        those.next().filter(|_| those.next().is_none())
    };
    let (Some((index, gone)), Some((_, new))) = (only(&PROPERTY_REMOVED), only(&PROPERTY_ADDED)) else { return };
    let (Some(gone), Some(new)) = (&gone.place, &new.place) else { return };
    if gone.kind != new.kind {
        return;
    }
    let name = gone.name.as_deref().or(gone.key.as_deref()).unwrap_or_default();
    let hint = format!(
        "; if `{new}` is the same field, let it keep the name `{name}` (in Rust by `#[serde(rename = \"{name}\")]`)"
    );
    if let Some(change) = found.get_mut(index) {
        change.message += &hint;
    }
}

pub(super) fn is_field(property: &Property) -> bool {
    !matches!(property.kind, Some(PropertyKind::Hidden | PropertyKind::Configuration))
}

/// What people call a property.
pub(crate) fn name(property: &Property) -> String {
    let binding = || property.binding.as_ref().map(ToString::to_string);
    property.label.clone().or_else(|| property.id.clone()).or_else(binding).unwrap_or_default()
}

/// Two versions that are being compared.
pub(super) struct Comparison<'a> {
    pub(super) old: &'a ElementTemplate,
    pub(super) new: &'a ElementTemplate,
    pub(super) old_conditions: Conditions<'a>,
    pub(super) new_conditions: Conditions<'a>,
    pub(super) found: Vec<Change>,
    pub(super) places: Places<'a>,
    /// The element into which nothing was entered.
    pub(super) empty: Context,
    /// The same after the update, once somebody has asked for it.
    pub(super) empty_after: Option<Element>,
    pub(super) explored: Explored,
    /// The fields that ask for something that may not have been asked for.
    pub(super) asks: Rc<[Asks<'a>]>,
    /// Their errors, by the newer properties themselves: the first for want of a value, and the first other.
    pub(super) seen: HashMap<(*const Property, bool), Seen>,
}

impl Comparison<'_> {
    pub(super) fn add(
        &mut self,
        kind: &'static Kind,
        property: Option<&Property>,
        message: String,
        witness: Option<Witness>,
    ) {
        self.found.push(Change { witness, ..Change::of(kind, property, message) });
    }

    /// What has changed of the template as a whole.
    fn head(&mut self) {
        let (old, new) = (self.old, self.new);
        if old.id != new.id {
            let id = |template: &ElementTemplate| template.id.clone().unwrap_or_default();
            self.add(&ID_CHANGED, None, format!("the id was `{}` and is `{}`", id(old), id(new)), None);
        } else if new.version <= old.version {
            let version = version_or_none(new.version);
            self.add(&VERSION_NOT_RAISED, None, format!("the version is {version}, as before or less"), None);
        }
        if old.element_type != new.element_type {
            let value = |template: &ElementTemplate| {
                template.element_type.clone().and_then(|element| element.value).unwrap_or_default()
            };
            self.add(&ELEMENT_CHANGED, None, format!("it made a {} and makes a {}", value(old), value(new)), None);
        }
        for (engine, message) in left_out(old, new) {
            self.found.push(Change { property: Some(engine), ..Change::of_template(&ENGINES_RAISED, &message) });
        }
        if new.is_deprecated() && !old.is_deprecated() {
            self.add(&DEPRECATED, None, "the template is deprecated".to_owned(), None);
        }
    }
}
