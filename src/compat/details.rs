//! What else has changed, mostly without harm: new fields and choices, constants, and whatever differs. With it no change is
//! silent.

use super::changes::{
    BINDING_CHANGED, CHOICE_ADDED, CHOICE_REMOVED, CONDITION_TIGHTENED, CONSTANT_CHANGED, CONSTRAINT_CHANGED,
    CONSTRAINT_TIGHTENED, DEFAULT_CHANGED, DEPRECATED, DETAILS_CHANGED, ENGINES_RAISED, HEADER_REMOVED,
    JOB_TYPE_CHANGED, Kind, NEWLY_REQUIRED, PROPERTY_ADDED, TYPE_CHANGED,
};
use super::compare::{Change, is_field};
use super::element::GENERATED;
use super::values::shown;
use crate::template::{Binding, BindingKind, ElementTemplate, Property, PropertyKind, Test};
use serde::Serialize;
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};

/// Keys of a template that are told of otherwise, or that each version has of its own.
const TOLD_ELSEWHERE: [&str; 5] = ["id", "version", "properties", "elementType", "metadata"];

/// The header that tells the worker the template's version: it changes with it.
const VERSION_HEADER: &str = "elementTemplateVersion";

/// The properties of a template by where they are bound.
type Places<'a> = HashMap<Cow<'a, Binding>, Vec<&'a Property>>;

/// Adds what has not been told yet.
pub(super) fn tell(old: &ElementTemplate, new: &ElementTemplate, found: &mut Vec<Change>) {
    let [olds, news] = [old, new].map(places);
    let [old_order, new_order] = [old, new].map(in_order);
    for (_, place) in &old_order {
        constants(place, &olds, &news, found);
    }
    for (property, place) in &new_order {
        if !olds.contains_key(place) {
            constants(place, &olds, &news, found);
            let has_moved = found
                .iter()
                .any(|change| change.kind == &BINDING_CHANGED && change.id.is_some() && change.id == property.id);
            if is_field(property) && !has_moved {
                found.push(Change::of(&PROPERTY_ADDED, Some(property), format!("it is new, bound to `{place}`")));
            }
        }
    }
    for new in &new.properties {
        let candidates = new.place().and_then(|place| olds.get(&place)).map(Vec::as_slice).unwrap_or_default();
        if let Some(old) = counterpart(new, candidates) {
            property(old, new, found);
        }
    }
    for (property, place) in old_order.iter().chain(&new_order) {
        others(property, place, &olds, &news, found);
    }
    let is_raised = found.iter().any(|change| change.kind == &ENGINES_RAISED);
    let keys = differing(old, new).into_iter().filter(|key| !TOLD_ELSEWHERE.contains(&key.as_str()));
    let is_deprecated = found.iter().any(|change| change.kind == &DEPRECATED);
    let is_told = |key: &str| key == "engines" && is_raised || key == "deprecated" && is_deprecated;
    let mut keys: Vec<String> = keys.filter(|key| !is_told(key)).collect();
    // Inputs are evaluated from the top down, and may read those above them.
    let is_input = |place: &&Binding| place.kind == BindingKind::Input;
    let old_inputs = old_order.iter().map(|(_, place)| &**place).filter(|place| news.contains_key(*place));
    let new_inputs = new_order.iter().map(|(_, place)| &**place).filter(|place| olds.contains_key(*place));
    if !old_inputs.filter(is_input).eq(new_inputs.filter(is_input)) {
        keys.push("the order of inputs".to_owned());
    } else if found.is_empty() && old.properties != new.properties {
        keys.push("the order of properties".to_owned());
    }
    if !keys.is_empty() {
        found.push(Change::of(&DETAILS_CHANGED, None, changed(&keys)));
    }
}

fn places(template: &ElementTemplate) -> Places<'_> {
    let mut places = Places::new();
    for property in &template.properties {
        if let Some(place) = property.place() {
            places.entry(place).or_default().push(property);
        }
    }
    places
}

/// Each place once, with the first property that is bound there.
fn in_order(template: &ElementTemplate) -> Vec<(&Property, Cow<'_, Binding>)> {
    let mut seen = HashSet::new();
    let places = template.properties.iter().filter_map(|property| Some((property, property.place()?)));
    places.filter(|(_, place)| seen.insert(place.clone())).collect()
}

/// The older property that a newer one continues, of those at its place: the same one, the one of its id, of its label and
/// condition, of its label, or the only one.
pub(super) fn counterpart<'a>(new: &Property, candidates: &[&'a Property]) -> Option<&'a Property> {
    let is_named = |old: &&&Property| old.label.is_some() && old.label == new.label;
    let same = candidates.iter().find(|old| **old == new);
    let of_id = || candidates.iter().find(|old| old.id.is_some() && old.id == new.id);
    let conditioned = || candidates.iter().filter(is_named).find(|old| old.condition == new.condition);
    let labelled = || candidates.iter().find(is_named);
    let only = || candidates.first().filter(|_| candidates.len() == 1);
    same.or_else(of_id).or_else(conditioned).or_else(labelled).or_else(only).copied()
}

/// What a place holds that nobody can enter.
fn constants(place: &Binding, olds: &Places<'_>, news: &Places<'_>, found: &mut Vec<Change>) {
    let hidden = |places: &Places<'_>| -> Vec<(String, Vec<Test>)> {
        let properties = places.get(place).map(Vec::as_slice).unwrap_or_default();
        let hidden = properties.iter().filter(|property| !is_field(property));
        let values = hidden.filter_map(|property| {
            let generated = property.generated_value.as_ref().map(|_| GENERATED.to_owned());
            let value = property.value.as_ref().map(|value| shown(property, &value.bare())).or(generated)?;
            Some((value, property.tests().to_vec()))
        });
        values.collect()
    };
    let (was, is) = (hidden(olds), hidden(news));
    let is_gone = !news.contains_key(place);
    if is_gone && place.kind == BindingKind::TaskHeader {
        let property = olds.get(place).and_then(|properties| properties.first()).copied();
        found.push(Change::of(&HEADER_REMOVED, property, format!("`{place}` is written no more")));
    }
    // What was a field has been told of.
    let was_field = olds.get(place).is_some_and(|properties| properties.iter().any(|property| is_field(property)));
    if was == is || was.is_empty() && was_field || place.key.as_deref() == Some(VERSION_HEADER) {
        return;
    }
    let listed = |values: &[(String, Vec<Test>)]| match values {
        [] => "none".to_owned(),
        values => {
            let mut values: Vec<String> = values.iter().map(|(value, _)| value.clone()).collect();
            values.dedup();
            values.join(", ")
        }
    };
    let values =
        |values: &[(String, Vec<Test>)]| values.iter().map(|(value, _)| value.clone()).collect::<BTreeSet<_>>();
    let (old, new) = (values(&was), values(&is));
    let is_job_type = place.kind == BindingKind::TaskDefinition && place.property.as_deref() == Some("type");
    let (kind, message) = if old == new {
        (&DETAILS_CHANGED, format!("`{place}` is written under other conditions"))
    } else {
        let kind = if is_job_type && !old.is_subset(&new) { &JOB_TYPE_CHANGED } else { &CONSTANT_CHANGED };
        (kind, format!("`{place}` was {} and is {}", listed(&was), listed(&is)))
    };
    let property = news.get(place).or_else(|| olds.get(place)).and_then(|properties| properties.first());
    found.push(Change { property: None, ..Change::of(kind, property.copied(), message) });
}

/// Tells that something has changed at a place of which nothing has been told.
fn others(property: &Property, place: &Binding, olds: &Places<'_>, news: &Places<'_>, found: &mut Vec<Change>) {
    let [old, new] = [olds, news].map(|places| places.get(place).map(Vec::as_slice).unwrap_or_default());
    let is_same = old.len() == new.len() && old.iter().all(|one| new.contains(one));
    let has_moved =
        |change: &Change| change.kind == &BINDING_CHANGED && change.id.is_some() && change.id == property.id;
    let is_told = || found.iter().any(|change| change.place.as_ref() == Some(place) || has_moved(change));
    if place.key.as_deref() != Some(VERSION_HEADER) && !is_same && !is_told() {
        found.push(Change::of(&DETAILS_CHANGED, Some(property), format!("what is bound to `{place}` has changed")));
    }
}

/// What differs between a property and the one that it continues.
fn property(old: &Property, new: &Property, found: &mut Vec<Change>) {
    if old == new || !is_field(new) {
        return;
    }
    let place = new.place();
    let is_told = |found: &[Change], kinds: &[&Kind]| {
        let is_it = |change: &Change| change.place.as_ref() == place.as_deref() && change.id == new.id;
        found.iter().any(|change| is_it(change) && kinds.contains(&change.kind))
    };
    let choice = |property: &Property| -> Vec<String> {
        property.choices.iter().flatten().filter_map(|choice| choice.value.clone()).collect()
    };
    let known = choice(old);
    let added: Vec<String> =
        choice(new).into_iter().filter(|value| !known.contains(value)).map(|value| format!("`{value}`")).collect();
    if !added.is_empty() {
        found.push(Change::of(&CHOICE_ADDED, Some(new), format!("{} can be chosen", added.join(", "))));
    }
    let is_literal = matches!(new.kind, Some(PropertyKind::Number | PropertyKind::Boolean));
    if is_literal && new.kind != old.kind && is_field(old) {
        let kind = |property: &Property| serde_json::json!(property.kind).as_str().unwrap_or_default().to_owned();
        let message = format!("it was a field of type {} and is one of type {}", kind(old), kind(new));
        found.push(Change::of(&TYPE_CHANGED, Some(new), message));
    }
    let keys = differing(old, new).into_iter().filter(|key| match key.as_str() {
        "binding" => false,
        "value" => !is_told(found, &[&DEFAULT_CHANGED]),
        "type" => !is_told(found, &[&TYPE_CHANGED]),
        "choices" => !is_told(found, &[&CHOICE_ADDED, &CHOICE_REMOVED]),
        "constraints" => !is_told(found, &[&CONSTRAINT_CHANGED, &CONSTRAINT_TIGHTENED, &NEWLY_REQUIRED]),
        "condition" => !is_told(found, &[&CONDITION_TIGHTENED]),
        _ => true,
    });
    let keys = keys.map(|key| if key == "optional" { "whether it is optional".to_owned() } else { key });
    let keys: Vec<String> = keys.collect();
    if !keys.is_empty() {
        let label = |property: &Property| property.label.clone().unwrap_or_default();
        let message = match keys.as_slice() {
            [only] if only == "label" => format!("the label was {:?} and is {:?}", label(old), label(new)),
            keys => changed(keys),
        };
        found.push(Change::of(&DETAILS_CHANGED, Some(new), message));
    }
}

/// "description and tooltip have changed"
fn changed(keys: &[String]) -> String {
    match keys {
        [] => String::new(),
        [one] if one.ends_with('s') => format!("{one} have changed"),
        [one] => format!("{one} has changed"),
        [others @ .., last] => format!("{} and {last} have changed", others.join(", ")),
    }
}

/// The keys that two of a kind do not have alike.
fn differing<T: Serialize>(old: &T, new: &T) -> Vec<String> {
    let [old, new] = [old, new].map(|one| serde_json::to_value(one).unwrap_or_default());
    let keys = |value: &serde_json::Value| -> Vec<String> {
        value.as_object().map(|object| object.keys().cloned().collect()).unwrap_or_default()
    };
    let all: BTreeSet<String> = keys(&old).into_iter().chain(keys(&new)).collect();
    all.into_iter().filter(|key| old.get(key) != new.get(key)).collect()
}
