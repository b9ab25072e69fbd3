//! Where values go.

use super::super::finding::{Findings, Level, Rule};
use super::super::subject::{Subject, kind, name};
use crate::template::{Binding, BindingKind, Feel, Property, PropertyKind, Value};
use std::collections::BTreeMap;

/// The rules.
pub(super) static RULES: &[&Rule] = &[
    &BINDING_CONFLICT,
    &VARIABLE_NAME,
    &NO_JOB_TYPE,
    &UNKNOWN_ATTRIBUTE,
    &DEPRECATED_BINDING,
    &OPTIONAL_INPUT,
    &CONSTANT_NOT_EDITABLE,
];

/// Two properties with one binding can be active together.
pub(crate) static BINDING_CONFLICT: Rule = Rule {
    code: "binding-conflict",
    level: Level::Error,
    summary: "two properties with one binding can be active together",
    reason: "Both fields show one value and change together; of two defaults the first counts, and a hidden one overwrites what the designer sees.",
    mend: "Give them conditions that exclude each other, or bind one of them to another place.",
};

/// An input or output has a name that is no variable's.
pub(crate) static VARIABLE_NAME: Rule = Rule {
    code: "variable-name",
    level: Level::Error,
    summary: "an input or output has a name that is no variable's",
    reason: "The diagram does not deploy, or the variable cannot be read.",
    mend: "Use letters, digits and `_`, with dots between levels.",
};

/// The element makes jobs, and the template gives them no type.
pub(crate) static NO_JOB_TYPE: Rule = Rule {
    code: "no-job-type",
    level: Level::Error,
    summary: "the element makes jobs, and the template gives them no type",
    reason: "The diagram does not deploy, unless the designer fills in what the panel may not even show.",
    mend: "Add a property bound to `zeebe:taskDefinition type`.",
};

/// A property is bound to an attribute that the element does not have.
pub(crate) static UNKNOWN_ATTRIBUTE: Rule = Rule {
    code: "unknown-attribute",
    level: Level::Warning,
    summary: "a property is bound to an attribute that the element does not have",
    reason: "It is written into the diagram, and nobody reads it.",
    mend: "Correct the name, or bind it to `zeebe:property` or `zeebe:input`.",
};

/// `zeebe:taskDefinition:type` is an old name.
pub(crate) static DEPRECATED_BINDING: Rule = Rule {
    code: "deprecated-binding",
    level: Level::Warning,
    summary: "`zeebe:taskDefinition:type` is an old name",
    reason: "It is still read, and may not be one day.",
    mend: "Write `{\"type\": \"zeebe:taskDefinition\", \"property\": \"type\"}`.",
};

/// `optional` inputs are an old way.
pub(crate) static OPTIONAL_INPUT: Rule = Rule {
    code: "optional-input",
    level: Level::Info,
    summary: "`optional` inputs are an old way",
    reason: "From 8.8 on an empty input mapping is null; before, engines refuse it.",
    mend: "Keep it for engines before 8.8, remove it for later ones.",
};

/// FEEL is optional in a field that cannot be edited.
pub(crate) static CONSTANT_NOT_EDITABLE: Rule = Rule {
    code: "constant-not-editable",
    level: Level::Warning,
    summary: "FEEL is optional in a field that cannot be edited",
    reason: "The designer can switch it and enter nothing.",
    mend: "Remove `feel` or `editable`.",
};

/// So many conflicts of one binding are told: more say nothing new.
const MOST: usize = 3;
/// Attributes that BPMN elements have, which a template can be meant to write.
const ATTRIBUTES: [&str; 22] = [
    "id",
    "name",
    "default",
    "isForCompensation",
    "startQuantity",
    "completionQuantity",
    "triggeredByEvent",
    "method",
    "cancelActivity",
    "isInterrupting",
    "parallelMultiple",
    "attachedToRef",
    "instantiate",
    "gatewayDirection",
    "conditionExpression",
    "completionCondition",
    "activationCondition",
    "cancelRemainingInstances",
    "ordering",
    "isExecutable",
    "isClosed",
    "processType",
];

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for (index, property) in subject.properties() {
        let Some(binding) = &property.binding else { continue };
        let at = subject.at(index).key("binding");
        let written = match binding.kind {
            BindingKind::Input => binding.name.as_deref().map(|name| (name, at.key("name"))),
            BindingKind::Output => {
                property.value.as_ref().and_then(Value::text).map(|name| (name, subject.at(index).key("value")))
            }
            _ => None,
        };
        if let Some((written, at)) = written.filter(|(written, _)| !is_variable(written)) {
            let unset = binding.kind == BindingKind::Output && written.is_empty();
            if !unset {
                findings.add(&VARIABLE_NAME, &at, format!("`{written}` is no name of a variable"));
            }
        }
        if binding.kind == BindingKind::Property
            && let Some(attribute) = binding.name.as_deref()
            && !attribute.contains(':')
            && !ATTRIBUTES.contains(&attribute)
        {
            findings.add(&UNKNOWN_ATTRIBUTE, &at.key("name"), format!("no element has the attribute `{attribute}`"));
        }
        if binding.kind == BindingKind::TaskDefinitionType {
            findings.add(&DEPRECATED_BINDING, &at, "this is an old name of `zeebe:taskDefinition`");
        }
        if binding.kind == BindingKind::Input && property.optional == Some(true) {
            findings.add(
                &OPTIONAL_INPUT,
                &subject.at(index).key("optional"),
                format!("{} is optional", name(property)),
            );
        }
        if property.editable == Some(false) && property.feel == Some(Feel::Optional) {
            let message = format!("{} cannot be edited", name(property));
            findings.add(&CONSTANT_NOT_EDITABLE, &subject.at(index).key("feel"), message);
        }
    }
    check_job_type(subject, findings);
    check_conflicts(subject, findings);
}

/// Names with dots between, as `zeebe:input` has them.
fn is_variable(text: &str) -> bool {
    let is_name = |name: &str| {
        let starts = name.chars().next().is_some_and(|letter| letter.is_alphabetic() || letter == '_');
        starts && name.chars().all(|letter| letter.is_alphanumeric() || letter == '_')
    };
    text.starts_with('=') || text.split('.').all(is_name)
}

fn check_job_type(subject: &Subject<'_>, findings: &mut Findings) {
    let makes_jobs = matches!(subject.element(), Some("bpmn:ServiceTask" | "bpmn:SendTask"));
    let is_type = |property: &Property| property.place().as_deref() == Some(&Binding::task_definition("type"));
    if makes_jobs && !subject.properties().any(|(_, property)| is_type(property)) {
        let message = format!("a `{}` needs a job type", subject.element().unwrap_or_default());
        findings.add(&NO_JOB_TYPE, &subject.path, message);
    }
}

fn check_conflicts(subject: &Subject<'_>, findings: &mut Findings) {
    let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, property) in subject.properties() {
        // Each header of a listener, and so each listener, is its own.
        let listener = |binding: &&Binding| {
            !matches!(binding.kind, BindingKind::ExecutionListener | BindingKind::TaskListener | BindingKind::UserTask)
        };
        if let Some(binding) = property.binding.as_ref().filter(listener) {
            places.entry(binding.place().to_string()).or_default().push(index);
        }
    }
    for (place, bound) in places {
        let mut told = 0;
        for (count, one) in bound.iter().enumerate() {
            for other in bound.iter().skip(count + 1) {
                if told == MOST {
                    break;
                }
                let Some(witness) = subject.activity.witness(&[*one, *other]) else { continue };
                let property = |index: &usize| subject.template.properties.get(*index);
                let (Some(first), Some(second)) = (property(one), property(other)) else { continue };
                told += 1;
                let values: Vec<String> = witness.iter().map(|(id, value)| format!("`{id}` is {value}")).collect();
                let when = if values.is_empty() { String::new() } else { format!(" when {}", values.join(" and ")) };
                let hidden = [first, second].iter().any(|property| kind(property) == PropertyKind::Hidden);
                let what = if hidden { ", and a hidden value overwrites the other" } else { "" };
                let message = format!("{} and {} are both bound to `{place}`{when}{what}", name(first), name(second));
                findings.add(&BINDING_CONFLICT, &subject.at(*other).key("binding"), message);
            }
        }
    }
}
