//! What the schema asks of a property's keys together.

use super::Report;
use super::bindings::{self, needs};
use crate::template::fault::Problem;
use crate::template::model::{Binding, BindingKind, Choice, Feel, Property, PropertyKind, Value};
use crate::template::tree::Path;
use regex::Regex;
use std::sync::LazyLock;

const BINDING_TYPES: [&str; 3] = ["latest", "versionTag", "deployment"];

pub(super) fn check(property: &Property, path: &Path, report: &mut Report<'_>) {
    check_kind(property, path, report);
    check_feel(property, path, report);
    if property.language.is_some() && property.kind.is_some_and(|kind| kind != PropertyKind::Text) {
        report.refuse(&path.key("language"), "only `Text` has a language");
    }
    if property.value.is_some() && property.generated_value.is_some() {
        report.refuse(&path.key("generatedValue"), "a property has either `value` or `generatedValue`");
    }
    let Some(binding) = &property.binding else { return };
    let at = path.key("binding");
    check_members(binding, &at, report);
    if property.optional == Some(true) {
        check_optional(property, binding, path, report);
    }
    let (kinds, required) = bindings::kinds(binding);
    match property.kind {
        Some(kind) if !kinds.contains(&kind) => {
            let names = PropertyKind::ALL.iter().filter(|(_, kind)| kinds.contains(kind));
            let allowed = names.map(|(name, _)| (*name).to_owned()).collect();
            report.add(&path.key("type"), Problem::NoneOf { found: format!("{kind:?}"), allowed });
        }
        None if required => report.missing(path, "type", &format!("a property bound to `{binding}`")),
        _ => {}
    }
    check_value(property, binding, path, report);
}

/// What the type alone asks.
pub(super) fn check_kind(property: &Property, path: &Path, report: &mut Report<'_>) {
    use PropertyKind::{Boolean, Dropdown, Number, String, Text};
    let Some(kind) = property.kind else { return };
    if kind == Dropdown && property.choices.is_none() && !report.is_there(path, "choices") {
        report.missing(path, "choices", "a dropdown");
    }
    if kind != Number && matches!(property.value, Some(Value::Number(_))) {
        report.refuse(&path.key("value"), "only a property of the type `Number` has a number as its value");
    }
    if property.placeholder.is_some() && !matches!(kind, String | Text) {
        report.refuse(&path.key("placeholder"), "only `String` and `Text` have a placeholder");
    }
    if property.generated_value.is_some() && matches!(kind, Boolean | Dropdown) {
        report.refuse(&path.key("generatedValue"), "no value is generated for `Boolean` and `Dropdown`");
    }
}

fn check_feel(property: &Property, path: &Path, report: &mut Report<'_>) {
    use PropertyKind::{Boolean, Number, String, Text};
    let Some(feel) = property.feel else { return };
    let at = path.key("feel");
    match property.kind {
        Some(String | Text) if feel == Feel::Static => {
            report.refuse(&at, "`feel` of `String` and `Text` is `optional` or `required`");
        }
        Some(String | Text | Number | Boolean) => {}
        _ => report.refuse(&at, "only `String`, `Text`, `Number` and `Boolean` have `feel`"),
    }
    if feel == Feel::Required && property.value.as_ref().is_some_and(|value| value.text().is_none()) {
        report.refuse(&path.key("value"), "with `feel: required` a value must be a string that starts with `=`");
    }
}

fn check_members(binding: &Binding, path: &Path, report: &mut Report<'_>) {
    for need in needs(binding.kind) {
        match bindings::member(binding, need.member) {
            None => {
                if !report.is_there(path, need.member) {
                    report.missing(path, need.member, &format!("`{}`", binding.kind.name()));
                }
            }
            Some(value) if !need.values.is_empty() && !need.values.contains(&value) => {
                let allowed = need.values.iter().map(|value| (*value).to_owned()).collect();
                report.add(&path.key(need.member), Problem::NoneOf { found: value.to_owned(), allowed });
            }
            Some(_) => {}
        }
    }
    let listener = matches!(binding.kind, BindingKind::ExecutionListener | BindingKind::TaskListener);
    let headers = binding.kind == BindingKind::ExecutionListener;
    for (key, there, allowed) in [
        ("eventType", binding.event_type.is_some(), listener),
        ("retries", binding.retries.is_some(), listener),
        ("headers", binding.headers.is_some(), headers),
    ] {
        if there && !allowed {
            report.refuse(&path.key(key), format!("`{}` has no `{key}`", binding.kind.name()));
        }
    }
}

fn check_optional(property: &Property, binding: &Binding, path: &Path, report: &mut Report<'_>) {
    use BindingKind::{Input, Output, TaskHeader, ZeebeProperty};
    if !matches!(binding.kind, Input | Output | ZeebeProperty | TaskHeader) {
        report.refuse(
            &path.key("optional"),
            "only inputs, outputs, properties (`zeebe:property`) and task headers are optional",
        );
    }
    if let Some(constraints) = &property.constraints
        && constraints.not_empty != Some(false)
    {
        report
            .refuse(&path.key("constraints"), "the constraints of an optional property must say `\"notEmpty\": false`");
    }
}

/// What a binding asks of `feel`, `value` and `choices`.
fn check_value(property: &Property, binding: &Binding, path: &Path, report: &mut Report<'_>) {
    use PropertyKind::{Configuration, Dropdown, Hidden, Number, String, Text};
    let (feel_at, value_at) = (path.key("feel"), path.key("value"));
    if property.feel.is_some() && bindings::refuses_feel(binding) {
        report.refuse(&feel_at, format!("a property bound to `{binding}` has no `feel`"));
    }
    if property.kind == Some(Configuration) && property.configuration_template.is_none() {
        report.missing(path, "configurationTemplate", "a property of the type `Configuration`");
    }
    let written = matches!(property.kind, Some(String | Text));
    let must_be_feel = |report: &mut Report<'_>| {
        if property.feel != Some(Feel::Required) {
            report.refuse(path, format!("a property bound to `{binding}` must have `\"feel\": \"required\"`"));
        }
    };
    let value = property.value.as_ref();
    match (binding.kind, binding.property.as_deref()) {
        (BindingKind::Script, Some("expression")) | (BindingKind::PriorityDefinition, Some("priority")) if written => {
            must_be_feel(report);
        }
        (BindingKind::Conditional, _) => must_be_feel(report),
        (BindingKind::ExecutionListener | BindingKind::TaskListener, _)
            if value.is_none() && property.generated_value.is_none() =>
        {
            report.missing(path, "value", "a listener");
        }
        (
            BindingKind::CalledDecision
            | BindingKind::FormDefinition
            | BindingKind::CalledElement
            | BindingKind::LinkedResource,
            Some("bindingType"),
        ) => {
            if value.is_none() {
                report.missing(path, "value", &format!("a property bound to `{binding}`"));
            }
            let known = |value: &str| BINDING_TYPES.contains(&value);
            check_texts(property, path, "`latest`, `deployment` or `versionTag`", known, report);
        }
        (BindingKind::PriorityDefinition, Some("priority")) => match property.kind {
            Some(Number) => {
                let fits = |number: f64| number.fract() == 0.0 && (0.0..=100.0).contains(&number);
                if !value.is_none_or(|value| number(value).is_some_and(fits)) {
                    report.refuse(&value_at, "a priority is a whole number from 0 to 100");
                }
            }
            Some(Hidden | Dropdown) => check_texts(property, path, "a whole number from 0 to 100", is_percent, report),
            _ => {}
        },
        (BindingKind::JobPriorityDefinition, Some("priority")) => match property.kind {
            Some(Number) => {
                let fits = |value: &Value| match value {
                    Value::String(text) => text.starts_with('='),
                    value => number(value).is_some_and(|number| number.fract() == 0.0),
                };
                if !value.is_none_or(fits) {
                    report.refuse(&value_at, "a job's priority is a whole number, or FEEL");
                }
            }
            Some(Hidden | Dropdown) => check_texts(property, path, "a whole number, or FEEL", is_priority, report),
            _ => {}
        },
        (BindingKind::TaskSchedule, Some("dueDate" | "followUpDate")) if property.feel.is_none() => {
            let is_time = |value: &Value| value.text().is_some_and(is_date_time);
            if !value.is_none_or(is_time) {
                report.refuse(&value_at, "this must be a date and time, such as 2026-11-24T09:00:00Z");
            }
        }
        (BindingKind::CalledElement, Some("propagateAllParentVariables" | "propagateAllChildVariables"))
            if !matches!(value, None | Some(Value::Boolean(_))) =>
        {
            report.refuse(&value_at, "this must be true or false");
        }
        (BindingKind::CalledElement, Some("businessId")) => {
            let is_long = |text: &str| !text.starts_with('=') && text.chars().count() > 255;
            if value.and_then(Value::text).is_some_and(is_long) {
                report.refuse(&value_at, "a business id has 255 characters at most");
            }
        }
        _ => {}
    }
}

/// Checks the value and those of all choices.
pub(super) fn check_texts(
    property: &Property,
    path: &Path,
    expected: &str,
    fits: impl Fn(&str) -> bool,
    report: &mut Report<'_>,
) {
    if property.value.as_ref().is_some_and(|value| !value.text().is_some_and(&fits)) {
        report.refuse(&path.key("value"), format!("this must be {expected}"));
    }
    for (index, choice) in property.choices.iter().flatten().enumerate() {
        let Choice { value: Some(value), .. } = choice else { continue };
        if !fits(value) {
            report.refuse(&path.key("choices").index(index).key("value"), format!("this must be {expected}"));
        }
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(_) | Value::Boolean(_) => None,
    }
}

fn is_percent(text: &str) -> bool {
    text == "100" || text == "0" || matches!(text.as_bytes(), [b'0'..=b'9'] | [b'1'..=b'9', b'0'..=b'9'])
}

fn is_priority(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    text.starts_with('=') || !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// A date and time as BPMN's modellers write them: with an offset, and perhaps a zone.
fn is_date_time(text: &str) -> bool {
    static FORM: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let date = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])";
        let time = "(0[0-9]|1[0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]";
        let offset = r"(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9](\[[^\]]+\])?)";
        Regex::new(&format!("^{date}T{time}{offset}$")).ok()
    });
    FORM.as_ref().is_some_and(|form| form.is_match(text))
}
