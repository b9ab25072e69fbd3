//! Conditions, and the ids that they go by.

use super::super::finding::{Findings, Level, Rule};
use super::super::subject::{Subject, kind, name};
use crate::template::{Expected, Property, PropertyKind, Test, Value};
use crate::text::suggestion;
use std::collections::{HashMap, HashSet};

/// The rules.
pub(super) static RULES: &[&Rule] = &[
    &DUPLICATE_PROPERTY_ID,
    &UNKNOWN_CONDITION_PROPERTY,
    &CONDITION_ON_ITSELF,
    &ACTIVITY_CYCLE,
    &CONDITION_VALUE,
    &NEVER_ACTIVE,
    &CHOICE_CONDITION,
];

/// Two properties have one id.
pub(crate) static DUPLICATE_PROPERTY_ID: Rule = Rule {
    code: "duplicate-property-id",
    level: Level::Error,
    summary: "two properties have one id",
    reason: "Conditions, presets and updates see the first only.",
    mend: "Give each property an id of its own. Two that are bound to one place, of which one at a time is active, may share one: conditions read the place.",
};

/// A condition is on a property that there is not.
pub(crate) static UNKNOWN_CONDITION_PROPERTY: Rule = Rule {
    code: "unknown-condition-property",
    level: Level::Error,
    summary: "a condition is on a property that there is not",
    reason: "It never holds, so the property is never shown (with `isActive: false`, always).",
    mend: "Correct the id.",
};

/// A condition is on the property that has it.
pub(crate) static CONDITION_ON_ITSELF: Rule = Rule {
    code: "condition-on-itself",
    level: Level::Error,
    summary: "a condition is on the property that has it",
    reason: "The property is never shown.",
    mend: "Remove the condition, or ask another property.",
};

/// `isActive` conditions go round in a circle.
pub(crate) static ACTIVITY_CYCLE: Rule = Rule {
    code: "activity-cycle",
    level: Level::Error,
    summary: "`isActive` conditions go round in a circle",
    reason: "The panel breaks: \"Maximum call stack size exceeded\".",
    mend: "Break the circle: let one of the conditions ask for a value.",
};

/// A condition waits for a value that its property never has.
pub(crate) static CONDITION_VALUE: Rule = Rule {
    code: "condition-value",
    level: Level::Error,
    summary: "a condition waits for a value that its property never has",
    reason: "It never holds, so the property is never shown.",
    mend: "Compare with a value of the choices, with `true` and `false` for a Boolean (not `\"true\"`), with a number for a Number.",
};

/// A property can never be active.
pub(crate) static NEVER_ACTIVE: Rule = Rule {
    code: "never-active",
    level: Level::Warning,
    summary: "a property can never be active",
    reason: "Its conditions exclude each other, or wait for values that nobody can enter. Modeler never shows it.",
    mend: "Correct its condition, or remove the property.",
};

/// A choice has a condition.
pub(crate) static CHOICE_CONDITION: Rule = Rule {
    code: "choice-condition",
    level: Level::Warning,
    summary: "a choice has a condition",
    reason: "The schema allows it, and Modeler shows the choice all the same.",
    mend: "Make two dropdowns with one binding, each with a condition.",
};

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    check_ids(subject, findings);
    let mut told = HashSet::new();
    for (index, property) in subject.properties() {
        for (at, test) in subject.tests(index, property) {
            let before = findings.0.len();
            match subject.by_id(&test.property) {
                _ if property.id.as_deref() == Some(&test.property) => {
                    findings.add(&CONDITION_ON_ITSELF, &at, format!("{} waits for itself", name(property)));
                }
                None => {
                    let hint = suggestion(&test.property, subject.ids());
                    let message = format!("there is no property `{}`{hint}", test.property);
                    findings.add(&UNKNOWN_CONDITION_PROPERTY, &at.key("property"), message);
                }
                Some(_) => check_value(subject, test, &at, findings),
            }
            if findings.0.len() > before {
                told.insert(index);
            }
        }
        for (choice, _) in
            property.choices.iter().flatten().enumerate().filter(|(_, choice)| choice.condition.is_some())
        {
            let at = subject.at(index).key("choices").index(choice).key("condition");
            findings.add(&CHOICE_CONDITION, &at, "conditions of choices are ignored");
        }
    }
    let cycles = check_cycles(subject, findings);
    for (index, property) in subject.properties() {
        if subject.activity.is_never(index) && !told.contains(&index) && !cycles.contains(&index) {
            let message = format!("{} can never be active", name(property));
            findings.add(&NEVER_ACTIVE, &subject.at(index).key("condition"), message);
        }
    }
}

fn check_ids(subject: &Subject<'_>, findings: &mut Findings) {
    let mut first: HashMap<&str, (usize, &Property)> = HashMap::new();
    for (index, property) in subject.properties() {
        let Some(id) = property.id.as_deref() else { continue };
        let Some((other, earlier)) = first.get(id) else {
            first.insert(id, (index, property));
            continue;
        };
        let level = if earlier.place() == property.place() { Level::Info } else { DUPLICATE_PROPERTY_ID.level };
        let message = format!("`{id}` is the id of property {other} too");
        findings.add_as(level, &DUPLICATE_PROPERTY_ID, &subject.at(index).key("id"), message);
    }
}

fn check_value(subject: &Subject<'_>, test: &Test, at: &crate::template::Path, findings: &mut Findings) {
    let Some(target) = subject.by_id(&test.property) else { return };
    let all = subject.properties().map(|(_, property)| property);
    let bound: Vec<&Property> = all.filter(|property| property.place() == target.place()).collect();
    let (key, values) = match &test.expected {
        Expected::Equals(value) => ("equals", std::slice::from_ref(value)),
        Expected::OneOf(values) => ("oneOf", values.as_slice()),
        Expected::IsActive(_) | Expected::IsEmpty(_) => return,
    };
    for (index, value) in values.iter().enumerate() {
        let faults: Option<Vec<String>> = bound.iter().map(|property| fault_of(property, value)).collect();
        if let Some(fault) = faults.and_then(|faults| faults.into_iter().next()) {
            let at = if key == "oneOf" { at.key(key).index(index) } else { at.key(key) };
            // A constant is what is left of a choice that others of a family of templates have.
            let constant = bound.iter().all(|property| kind(property) == PropertyKind::Hidden);
            let level = if constant { Level::Warning } else { CONDITION_VALUE.level };
            findings.add_as(level, &CONDITION_VALUE, &at, format!("`{}` is never {value}: {fault}", test.property));
        }
    }
}

/// Why a property never has this value.
fn fault_of(property: &Property, value: &Value) -> Option<String> {
    match (kind(property), value) {
        // What is inactive or blank is empty.
        (_, Value::String(text)) if text.is_empty() => None,
        (PropertyKind::Dropdown, value) => {
            let choices: Vec<&str> =
                property.choices.iter().flatten().filter_map(|choice| choice.value.as_deref()).collect();
            let text = value.text();
            let known = text.is_some_and(|text| choices.contains(&text)) || property.value.as_ref() == Some(value);
            (!known).then(|| {
                let hint = text.map(|text| suggestion(text, choices.into_iter())).unwrap_or_default();
                format!("that is none of its choices{hint}")
            })
        }
        (PropertyKind::Boolean, Value::String(_)) if property.feel == Some(crate::template::Feel::Optional) => None,
        (PropertyKind::Boolean, Value::String(_) | Value::Number(_)) => Some("it is true or false".to_owned()),
        (PropertyKind::Number, Value::Boolean(_)) => Some("it is a number".to_owned()),
        (PropertyKind::String | PropertyKind::Text, Value::Boolean(_) | Value::Number(_)) => {
            Some("it is a text".to_owned())
        }
        (PropertyKind::Hidden, value)
            if property.generated_value.is_none() && property.value.as_ref() != Some(value) =>
        {
            let own = property.value.as_ref().map_or_else(|| "empty".to_owned(), ToString::to_string);
            Some(format!("it is always {own}"))
        }
        _ => None,
    }
}

/// The properties in circles of `isActive`, which are told.
fn check_cycles(subject: &Subject<'_>, findings: &mut Findings) -> HashSet<usize> {
    let next: HashMap<usize, Vec<usize>> = subject
        .properties()
        .map(|(index, property)| {
            let asks = property.tests().iter().filter(|test| matches!(test.expected, Expected::IsActive(_)));
            (
                index,
                asks.filter_map(|test| subject.activity.index_of(&test.property))
                    .filter(|other| *other != index)
                    .collect(),
            )
        })
        .collect();
    let mut cyclic = HashSet::new();
    for (index, property) in subject.properties() {
        let mut open: Vec<usize> = next.get(&index).cloned().unwrap_or_default();
        let mut seen = HashSet::new();
        while let Some(other) = open.pop() {
            if other == index {
                cyclic.insert(index);
                let message = format!("{} is active when it is active", name(property));
                findings.add(&ACTIVITY_CYCLE, &subject.at(index).key("condition"), message);
                break;
            }
            if seen.insert(other) {
                open.extend(next.get(&other).into_iter().flatten());
            }
        }
    }
    cyclic
}
