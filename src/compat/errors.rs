//! The errors that Modeler shows for what an element holds (bpmn-js-element-templates 2.37, its linter rule and its panel).
//! `tests/suite/update.rs` compares them with Modeler's own.

use super::compare::name;
use super::conditions::Conditions;
use super::element::{Element, Entry};
use crate::template::pattern::compile;
use crate::template::{Binding, Constraints, ElementTemplate, Pattern, Property, PropertyKind};
use serde::Serialize;

/// An error that is shown for a property.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ShownError {
    /// Where the property is bound.
    pub place: Binding,
    /// The property, as people know it.
    pub property: String,
    /// What is shown.
    pub message: String,
    /// The same without the property's label: the end of a sentence about it.
    pub end: String,
    /// Whether it is shown for want of a value.
    pub is_empty: bool,
}

/// The errors that a diagram shows for an element with this template.
#[must_use]
pub fn errors(element: &Element, template: &ElementTemplate) -> Vec<ShownError> {
    shown(element, &Conditions::of(template)).into_iter().map(|(_, error)| error).collect()
}

/// The same of a template that is asked often, each with its property.
pub(super) fn shown<'a>(element: &Element, conditions: &Conditions<'a>) -> Vec<(&'a Property, ShownError)> {
    let error = |property: &'a Property| {
        let (end, is_empty) = broken(property, element.get(property))?;
        let (place, message) = (property.place()?.into_owned(), sentence(property, &end));
        Some((property, ShownError { place, property: name(property), message, end, is_empty }))
    };
    element.active_of(conditions).into_iter().filter_map(error).collect()
}

/// What is wrong, as the end of a sentence, and whether it is for want of a value.
fn broken(property: &Property, entry: Option<&Entry>) -> Option<(String, bool)> {
    let constraints = property.constraints.as_ref()?;
    // A check box is never empty.
    let is_text = property.kind != Some(PropertyKind::Boolean);
    let value = entry.map(Entry::text).unwrap_or_default();
    if constraints.not_empty == Some(true) && is_text && value.trim().is_empty() {
        return Some(("must not be empty.".to_owned(), true));
    }
    if property.feel.is_some() && value.trim_start().starts_with('=') {
        return None;
    }
    text_broken(constraints, entry, is_text).map(|end| (end, false))
}

/// What is wrong with a text that is there, or of a pattern that asks even of none.
fn text_broken(constraints: &Constraints, entry: Option<&Entry>, is_text: bool) -> Option<String> {
    let value = entry.map(Entry::text).unwrap_or_default();
    #[expect(clippy::cast_precision_loss, reason = "texts are short")]
    let length = if is_text { value.encode_utf16().count() as f64 } else { f64::NAN };
    let limit = |number: &Option<serde_json::Number>| {
        number.as_ref().and_then(|number| Some((number.as_f64().filter(|limit| *limit != 0.0)?, number.clone())))
    };
    if let Some((_, most)) = limit(&constraints.max_length).filter(|(most, _)| length > *most) {
        return Some(format!("cannot exceed {most} characters."));
    }
    if let Some((_, least)) = limit(&constraints.min_length).filter(|(least, _)| length < *least) {
        return Some(format!("must be at least {least} characters."));
    }
    let pattern = constraints.pattern.as_ref()?;
    let expression = pattern.expression().filter(|expression| !expression.is_empty())?;
    // JavaScript writes out what is not there.
    let tested = if entry == Some(&Entry::Blank) { "undefined" } else { value };
    if compile(expression).ok()?.matches(tested) {
        return None;
    }
    Some(match pattern {
        Pattern::Told { message: Some(message), .. } if !message.is_empty() => message.clone(),
        _ => format!("must match pattern {expression}."),
    })
}

/// A sentence about a property; without a label Modeler's own begin by themselves.
fn sentence(property: &Property, end: &str) -> String {
    let told = property.constraints.as_ref().and_then(|constraints| constraints.pattern.as_ref());
    let is_own = !matches!(told, Some(Pattern::Told { message: Some(message), .. }) if message == end);
    match property.label.as_deref().filter(|label| !label.is_empty()) {
        Some(label) => format!("{label} {end}"),
        None if !is_own => end.to_owned(),
        None => {
            let mut letters = end.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
        }
    }
}
