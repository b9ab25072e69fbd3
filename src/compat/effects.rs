//! What an update does to one element of a diagram.

use super::changes::{Audience, Severity};
use super::compare::{Change, is_field, name};
use super::element::{Element, Entry};
use super::errors::{ShownError, errors};
use crate::lint::is_secret_value;
use crate::template::{Binding, ElementTemplate, Property};
use serde::Serialize;

/// What becomes of an element.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Effects {
    /// Values that are others after the update.
    pub values: Vec<ValueEffect>,
    /// Errors that were not shown before it.
    pub errors: Vec<ShownError>,
}

/// What becomes of a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ValueEffect {
    /// Where it stands.
    pub place: Binding,
    /// The older version's property, as people know it.
    pub property: String,
    /// What stands there before. Secrets are not shown.
    pub before: String,
    /// What stands there after it.
    pub after: Option<String>,
}

/// What an update from an older version does to an element that has it.
#[must_use]
pub fn effects(element: &Element, old: &ElementTemplate, new: &ElementTemplate) -> Effects {
    let mut after = element.clone();
    after.update(old, new);
    let before_shown = errors(element, old);
    let is_new = |error: &ShownError| {
        !before_shown.iter().any(|before| before.place == error.place && before.message == error.message)
    };
    Effects {
        values: element.active(old).into_iter().filter_map(|property| value(property, element, &after)).collect(),
        errors: errors(&after, new).into_iter().filter(is_new).collect(),
    }
}

fn value(property: &Property, element: &Element, after: &Element) -> Option<ValueEffect> {
    if !is_field(property) {
        return None;
    }
    let text = |element: &Element| element.get(property).map(Entry::text).map(str::to_owned);
    let (before, after) = (text(element).unwrap_or_default(), text(after));
    let is_same = after.as_deref().unwrap_or_default() == before;
    let place = property.place()?.into_owned();
    let shown = |text: String| {
        let is_secret = !text.is_empty() && is_secret_value(property, &text);
        if is_secret { "(a secret)".to_owned() } else { text }
    };
    (!is_same).then(|| ValueEffect { place, property: name(property), before: shown(before), after: after.map(shown) })
}

impl Effects {
    /// Whether a change is seen in this element. Where nothing was entered, nothing is lost.
    #[must_use]
    pub fn show(&self, change: &Change) -> bool {
        let Some(place) = &change.place else { return true };
        let breaks = change.kind.severity == Severity::Breaking;
        match change.kind.audience {
            Audience::Designer => {
                self.values.iter().any(|value| value.place == *place && !(breaks && value.before.is_empty()))
            }
            Audience::Model => self.errors.iter().any(|error| error.place == *place),
            Audience::Deployed => true,
        }
    }
}
