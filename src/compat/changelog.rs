//! The release notes of templates, from what has changed between their versions. Pure.

mod markdown;

use super::{Change, Severity};
use crate::text::version_or_none;
use handlebars::{Handlebars, handlebars_helper};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;

const TEMPLATE: &str = include_str!("../../templates/changelog.md.hbs");

/// The notes of a template, as the Handlebars template sees them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TemplateNotes {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The newest first.
    pub versions: Vec<VersionNotes>,
}

/// The notes of a version.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VersionNotes {
    /// The version, if it has a number.
    pub version: Option<i64>,
    /// What it is called.
    pub heading: String,
    /// Whether nothing is known of an older one.
    pub is_first: bool,
    /// What has changed, the worst first.
    pub sections: Vec<Section>,
}

/// Changes that are as bad as each other.
#[derive(Debug, Serialize)]
pub struct Section {
    /// What they are called.
    pub title: &'static str,
    /// How bad they are.
    pub severity: Severity,
    /// The changes.
    pub changes: Vec<Note>,
}

/// A change.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Note {
    /// The code of its kind.
    pub code: &'static str,
    /// The property that it is about.
    pub property: Option<String>,
    /// The ids of the properties of this name that have changed so.
    pub ids: Vec<String>,
    /// Whether other properties have this name, too.
    pub is_ambiguous: bool,
    /// The operation whose inputs or results it is about.
    pub operation: Option<String>,
    /// What has changed.
    pub message: String,
    /// What that does to those who update; nothing, if they lose nothing.
    pub reason: Option<&'static str>,
    /// Why it was done all the same.
    pub accepted: Option<String>,
}

/// A change, how bad it is, and why it is accepted.
pub type JudgedChange = (Change, Severity, Option<String>);

impl VersionNotes {
    /// The notes of a version: its changes, and which names several properties have. No changes for the first version.
    #[must_use]
    pub fn of(version: Option<i64>, changes: Option<&[JudgedChange]>, repeated: &BTreeSet<String>) -> Self {
        let titles =
            [(Severity::Breaking, "Breaking"), (Severity::Risky, "To be looked at"), (Severity::Safe, "Also changed")];
        let sections = titles.into_iter().map(|(severity, title)| {
            let of_severity = changes.unwrap_or_default().iter().filter(|(_, of, _)| *of == severity);
            let mut changes: Vec<Note> = Vec::new();
            for note in of_severity.map(|change| Note::of(change, repeated)) {
                // Properties of one name, each for a value of another, change alike.
                match changes.iter_mut().find(|known| known.tells(&note)) {
                    Some(known) => known.ids.extend(note.ids),
                    None => changes.push(note),
                }
            }
            Section { title, severity, changes }
        });
        Self {
            version,
            heading: version.map_or("No version".to_owned(), |_| format!("Version {}", version_or_none(version))),
            is_first: changes.is_none(),
            sections: sections.filter(|section| !section.changes.is_empty()).collect(),
        }
    }
}

impl Note {
    fn of((change, severity, accepted): &JudgedChange, repeated: &BTreeSet<String>) -> Self {
        let property = change.property.clone().filter(|name| !name.trim().is_empty());
        Self {
            code: change.kind.code,
            is_ambiguous: change.id.is_some() && property.as_ref().is_some_and(|name| repeated.contains(name)),
            property,
            ids: change.id.iter().cloned().collect(),
            operation: change.operation.clone(),
            message: change.message.clone(),
            reason: (*severity > Severity::Safe).then_some(change.kind.reason),
            accepted: accepted.clone(),
        }
    }

    fn tells(&self, other: &Self) -> bool {
        let all = |note: &Self| (note.code, note.property.clone(), note.message.clone(), note.accepted.clone());
        all(self) == all(other)
    }
}

/// The notes as Markdown.
pub fn render(templates: &[TemplateNotes]) -> Result<String, String> {
    handlebars_helper!(code: |text: str| markdown::code(text));
    handlebars_helper!(codes: |ids: array| listed(ids));
    let mut handlebars = Handlebars::new();
    handlebars.set_strict_mode(true);
    handlebars.register_escape_fn(markdown::escaped);
    handlebars.register_helper("code", Box::new(code));
    handlebars.register_helper("codes", Box::new(codes));
    let seen = serde_json::json!({ "templates": templates });
    handlebars.render_template(TEMPLATE, &seen).map_err(|error| error.to_string())
}

/// Ids as Markdown; of many, the first.
fn listed(ids: &[Value]) -> String {
    const MOST: usize = 6;
    let ids: Vec<String> = ids.iter().filter_map(Value::as_str).map(markdown::code).collect();
    let more = ids.len().saturating_sub(MOST);
    let shown = ids.iter().take(MOST).cloned().collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}
