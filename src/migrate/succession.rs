//! How the values of one template lead to another one that takes its place: data, written in TOML.
//!
//! ```toml
//! from = "io.example.old"
//!
//! [[move]]
//! from = "zeebe:input operationType"
//! to = "zeebe:taskHeader operation"
//! values = { findBook = "find-book" }
//! ```
//!
//! What no move names stays at its binding, if the successor has it.

use super::report::Tracked;
use crate::compat::{Element, Entry, default};
use crate::template::{Binding, BindingKind, ElementTemplate, Property, PropertyKind};
use crate::text::suggestion;
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

/// A template's way to its successor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Succession {
    /// The id of the template that is succeeded.
    pub from: String,
    /// Where its template is published, for those who do not have it.
    pub published: Option<String>,
    /// What leads elsewhere.
    pub moves: Vec<Led>,
}

/// A value's way from one binding to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Led {
    /// Where it was.
    pub from: Binding,
    /// Where it will be.
    pub to: Binding,
    /// What becomes of each value; all others are lost. Without any, all stay what they are.
    pub values: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    from: String,
    published: Option<String>,
    #[serde(default, rename = "move")]
    moves: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    from: String,
    to: String,
    #[serde(default)]
    values: BTreeMap<String, String>,
}

impl Succession {
    /// Reads one.
    pub fn parse(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())?;
        if file.from.is_empty() {
            return Err("`from` is the id of a template".to_owned());
        }
        let mut moves = Vec::new();
        let (mut sources, mut targets) = (HashSet::new(), HashSet::new());
        for row in file.moves {
            let [from, to] = [&row.from, &row.to].map(|text| binding(text));
            let (from, to) = (from?, to?);
            if !sources.insert(from.place().into_owned()) {
                return Err(format!("`{}` is moved twice", row.from));
            }
            if !targets.insert(to.place().into_owned()) {
                return Err(format!("two moves lead to `{}`", row.to));
            }
            moves.push(Led { from, to, values: row.values });
        }
        Ok(Self { from: file.from, published: file.published, moves })
    }

    /// What is wrong with it for this successor.
    #[must_use]
    pub fn faults(&self, successor: &ElementTemplate) -> Vec<String> {
        let mut faults = Vec::new();
        if successor.id.as_ref() == Some(&self.from) {
            faults.push("it leads from the template to itself".to_owned());
        }
        for led in &self.moves {
            let there: Vec<&Property> = at(successor, &led.to).collect();
            if there.is_empty() {
                let known: Vec<String> = successor
                    .properties
                    .iter()
                    .filter_map(|one| one.binding.as_ref())
                    .map(ToString::to_string)
                    .collect();
                let hint = suggestion(&led.to.to_string(), known.iter().map(String::as_str));
                faults.push(format!("a move leads to `{}`, and nothing is bound there{hint}", led.to));
            } else if there.iter().all(|property| property.kind == Some(PropertyKind::Hidden)) {
                faults.push(format!("a move leads to `{}`, which is a constant", led.to));
            }
            let choices: Vec<&str> = there
                .iter()
                .flat_map(|one| one.choices.iter().flatten())
                .filter_map(|one| one.value.as_deref())
                .collect();
            if there.iter().all(|property| property.kind == Some(PropertyKind::Dropdown)) {
                for value in led.values.values().filter(|value| !choices.contains(&value.as_str())) {
                    let hint = suggestion(value, choices.iter().copied());
                    faults.push(format!("`{value}` is no choice at `{}`{hint}", led.to));
                }
            }
        }
        faults
    }

    /// Where what stands at a place leads.
    fn led(&self, place: &Binding) -> Option<&Led> {
        self.moves.iter().find(|led| *led.from.place() == *place)
    }

    /// What an element holds for the successor, and what is to be followed on the way.
    pub(super) fn values<'a>(
        &self,
        holds: &Element,
        old: &'a ElementTemplate,
        new: &ElementTemplate,
    ) -> (Element, Vec<Tracked<'a>>) {
        let (mut values, mut tracked) = (Vec::new(), Vec::new());
        let owned: HashSet<Cow<'_, Binding>> = old.properties.iter().filter_map(Property::place).collect();
        // What is of no template comes along, where Modeler leaves it.
        for (place, entry) in holds.entries().into_iter().filter(|(place, _)| !owned.contains(*place)) {
            values.push((place.clone(), entry.clone()));
        }
        for property in super::report::fields(holds, old) {
            let (Some(place), Some(entry)) = (property.place(), holds.get(property)) else { continue };
            let led = self.led(&place);
            let place = place.into_owned();
            let to = led.map_or_else(|| place.clone(), |led| led.to.place().into_owned());
            let text = entry.text().to_owned();
            let translated = match led.filter(|led| !led.values.is_empty()) {
                Some(led) => led.values.get(&text).cloned(),
                None => Some(text.clone()),
            };
            // A choice says what the process does, whoever made it.
            let is_choice = property.kind == Some(PropertyKind::Dropdown);
            let is_default = !is_choice && default(property).unwrap_or_default() == text;
            let has_default = at(new, &to).any(|one| default(one).is_some_and(|value| !value.is_empty()));
            if let Some(value) = &translated
                && !(value.is_empty() || is_default && has_default)
            {
                values.push((to.clone(), Entry::Value(value.clone())));
            }
            let wanted = translated.unwrap_or_else(|| text.clone());
            tracked.push(Tracked { property, from: place, to, before: text, wanted, is_default });
        }
        (Element::of(values), tracked)
    }
}

/// The properties that are bound to a place.
fn at<'a>(template: &'a ElementTemplate, place: &Binding) -> impl Iterator<Item = &'a Property> {
    let place = place.place().into_owned();
    template.properties.iter().filter(move |property| property.place().as_deref() == Some(&place))
}

fn binding(text: &str) -> Result<Binding, String> {
    Binding::named(text).ok_or_else(|| {
        let kinds = BindingKind::ALL.map(|(name, _)| name);
        let kind = text.split_whitespace().next().unwrap_or_default();
        let hint = if kinds.contains(&kind) { String::new() } else { suggestion(kind, kinds.into_iter()) };
        format!("`{text}` is no binding, such as `zeebe:input url`{hint}")
    })
}
