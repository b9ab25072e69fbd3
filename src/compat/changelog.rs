//! The release notes of templates, from what has changed between their versions. Pure.

use super::{Change, Severity};
use handlebars::Handlebars;
use serde::Serialize;

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
    /// The version.
    pub version: i64,
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
pub struct Note {
    /// The code of its kind.
    pub code: &'static str,
    /// The property that it is about.
    pub property: Option<String>,
    /// What has changed.
    pub message: String,
    /// What that does to those who update; nothing, if they lose nothing.
    pub reason: Option<&'static str>,
    /// Why it was done all the same.
    pub accepted: Option<String>,
}

impl VersionNotes {
    /// The notes of a version: its changes, each with how bad it is and why it is accepted. `None` for the first version.
    #[must_use]
    pub fn of(version: i64, changes: Option<&[(Change, Severity, Option<String>)]>) -> Self {
        let titles =
            [(Severity::Breaking, "Breaking"), (Severity::Risky, "To be looked at"), (Severity::Safe, "Also changed")];
        let sections = titles.into_iter().map(|(severity, title)| {
            let of_severity = changes.unwrap_or_default().iter().filter(|(_, of, _)| *of == severity);
            let mut changes: Vec<Note> = of_severity.map(note).collect();
            // Properties of one label, each for a value of another, change alike.
            changes.dedup_by(|one, other| one.property == other.property && one.message == other.message);
            Section { title, severity, changes }
        });
        Self {
            version,
            is_first: changes.is_none(),
            sections: sections.filter(|section| !section.changes.is_empty()).collect(),
        }
    }
}

fn note((change, severity, accepted): &(Change, Severity, Option<String>)) -> Note {
    Note {
        code: change.kind.code,
        property: change.property.clone(),
        message: change.message.clone(),
        reason: (*severity > Severity::Safe).then_some(change.kind.reason),
        accepted: accepted.clone(),
    }
}

/// The notes as Markdown.
pub fn render(templates: &[TemplateNotes]) -> Result<String, String> {
    let mut handlebars = Handlebars::new();
    handlebars.set_strict_mode(true);
    handlebars.register_escape_fn(handlebars::no_escape);
    let seen = serde_json::json!({ "templates": templates });
    handlebars.render_template(TEMPLATE, &seen).map_err(|error| error.to_string())
}
