//! Steps and presets.

use super::super::finding::{Findings, Level, Rule};
use super::super::subject::{Subject, kind};
use crate::template::{Path, Property, PropertyKind, Step};
use crate::text::suggestion;
use std::collections::HashSet;

/// The rules.
pub(super) static RULES: &[&Rule] =
    &[&UNKNOWN_PRESET, &UNUSED_PRESET, &DUPLICATE_PRESET, &PRESET_PROPERTY, &PRESET_VALUE];

/// A step leads to a preset that there is not.
pub(crate) static UNKNOWN_PRESET: Rule = Rule {
    code: "unknown-preset",
    level: Level::Error,
    summary: "a step leads to a preset that there is not",
    reason: "Choosing it fills nothing in.",
    mend: "Correct the id, or add the preset.",
};

/// A preset that no step leads to.
pub(crate) static UNUSED_PRESET: Rule = Rule {
    code: "unused-preset",
    level: Level::Warning,
    summary: "a preset that no step leads to",
    reason: "It is never applied.",
    mend: "Add a step, or remove it.",
};

/// Two presets have one id.
pub(crate) static DUPLICATE_PRESET: Rule = Rule {
    code: "duplicate-preset",
    level: Level::Error,
    summary: "two presets have one id",
    reason: "The first is applied.",
    mend: "Give each an id of its own.",
};

/// A preset fills in a property that there is not.
pub(crate) static PRESET_PROPERTY: Rule = Rule {
    code: "preset-property",
    level: Level::Error,
    summary: "a preset fills in a property that there is not",
    reason: "The value is lost.",
    mend: "Correct the property's id.",
};

/// A preset chooses what is no choice.
pub(crate) static PRESET_VALUE: Rule = Rule {
    code: "preset-value",
    level: Level::Error,
    summary: "a preset chooses what is no choice",
    reason: "The field shows blank.",
    mend: "Correct the value.",
};

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let presets: Vec<(usize, &str)> = subject
        .template
        .presets
        .iter()
        .flatten()
        .enumerate()
        .filter_map(|(index, preset)| Some((index, preset.id.as_deref()?)))
        .collect();
    let at = subject.path.key("presets");
    let mut used = HashSet::new();
    if let Some(steps) = &subject.template.steps {
        let known: Vec<&str> = presets.iter().map(|(_, id)| *id).collect();
        check_steps(steps, &subject.path.key("steps"), &known, &mut used, findings);
    }
    let mut seen = HashSet::new();
    for (index, id) in &presets {
        if !seen.insert(*id) {
            findings.add(&DUPLICATE_PRESET, &at.index(*index).key("id"), format!("the preset `{id}` is there already"));
        } else if !used.contains(*id) {
            findings.add(&UNUSED_PRESET, &at.index(*index), format!("no step leads to the preset `{id}`"));
        }
    }
    for (index, preset) in subject.template.presets.iter().flatten().enumerate() {
        for (id, value) in preset.properties.iter().flatten() {
            let at = at.index(index).key("properties").key(id);
            let Some(property) = subject.by_id(id) else {
                let hint = suggestion(id, subject.ids());
                findings.add(&PRESET_PROPERTY, &at, format!("there is no property `{id}`{hint}"));
                continue;
            };
            // Where several share an id, one at a time is active.
            let same = || subject.properties().filter(|(_, property)| property.id.as_deref() == Some(id));
            let offers = |property: &Property| {
                property.choices.iter().flatten().any(|choice| value.as_str() == choice.value.as_deref())
            };
            if kind(property) == PropertyKind::Dropdown && !same().any(|(_, property)| offers(property)) {
                findings.add(&PRESET_VALUE, &at, format!("{value} is none of the choices of `{id}`"));
            }
        }
    }
}

fn check_steps(steps: &[Step], at: &Path, known: &[&str], used: &mut HashSet<String>, findings: &mut Findings) {
    for (index, step) in steps.iter().enumerate() {
        let at = at.index(index);
        if let Some(id) = &step.preset_id {
            used.insert(id.clone());
            if !known.contains(&id.as_str()) {
                let hint = suggestion(id, known.iter().copied());
                findings.add(&UNKNOWN_PRESET, &at.key("presetId"), format!("there is no preset `{id}`{hint}"));
            }
        }
        if let Some(steps) = &step.steps {
            check_steps(steps, &at.key("steps"), known, used, findings);
        }
    }
}
