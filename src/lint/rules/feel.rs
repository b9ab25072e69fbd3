//! FEEL in values, and in what order it is evaluated.

use super::super::finding::{Findings, Level, Rule};
use super::super::subject::{Subject, input, kind, name, text};
use crate::template::{BindingKind, Feel, Path, Property, PropertyKind};
use crate::text::overlap;
use opwright_feel::{Engine, Expression, Read, Shape, connector};
use std::sync::LazyLock;

/// The rules.
pub(super) static RULES: &[&Rule] =
    &[&FEEL_SYNTAX, &FEEL_FUNCTION, &FEEL_WITHOUT_EQUALS, &FEEL_IN_PLAIN_FIELD, &FEEL_ORDER, &OUTPUT_WITHOUT_EQUALS];

/// An expression is no FEEL.
pub(crate) static FEEL_SYNTAX: Rule = Rule {
    code: "feel-syntax",
    level: Level::Error,
    summary: "an expression is no FEEL",
    reason: "In a visible field the designer sees `Unparsable FEEL expression.`; in a hidden one only linting complains, and cannot be satisfied; in a task header nobody does, until a job fails.",
    mend: "Mend the expression at the place that is shown.",
};

/// An expression calls what is not there, or compares what never equals.
pub(crate) static FEEL_FUNCTION: Rule = Rule {
    code: "feel-function",
    level: Level::Warning,
    summary: "an expression calls what is not there, or compares what never equals",
    reason: "It is null when it is evaluated.",
    mend: "Correct the name or the types.",
};

/// The value of a field that is always FEEL does not start with `=`.
pub(crate) static FEEL_WITHOUT_EQUALS: Rule = Rule {
    code: "feel-without-equals",
    level: Level::Warning,
    summary: "the value of a field that is always FEEL does not start with `=`",
    reason: "Modeler puts `=` in front of it, so that a plain text becomes the name of a variable.",
    mend: "Write `=` in front, and quotes around a text: `=\"text\"`.",
};

/// A value starts with `=`, and its field knows no FEEL.
pub(crate) static FEEL_IN_PLAIN_FIELD: Rule = Rule {
    code: "feel-in-plain-field",
    level: Level::Info,
    summary: "a value starts with `=`, and its field knows no FEEL",
    reason: "It is shown as plain text and evaluated all the same; the designer cannot see that.",
    mend: "Give the property `\"feel\"`.",
};

/// An input uses an input below it.
pub(crate) static FEEL_ORDER: Rule = Rule {
    code: "feel-order",
    level: Level::Warning,
    summary: "an input uses an input below it",
    reason: "The engine evaluates inputs from top to bottom: what is below is not there yet.",
    mend: "Move the property below the one that it uses.",
};

/// The source of an output does not start with `=`.
pub(crate) static OUTPUT_WITHOUT_EQUALS: Rule = Rule {
    code: "output-without-equals",
    level: Level::Warning,
    summary: "the source of an output does not start with `=`",
    reason: "The engine takes it for a constant text.",
    mend: "Write `=` in front.",
};

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for (index, property) in subject.properties() {
        let at = subject.at(index);
        let value = text(property).map(|text| (text, at.key("value")));
        let choices = property.choices.iter().flatten().enumerate().filter_map(|(choice, found)| {
            Some((found.value.as_deref()?, at.key("choices").index(choice).key("value")))
        });
        for (text, place) in value.into_iter().chain(choices) {
            if is_feel(property, text) {
                check_expression(subject, index, text, &place, findings);
            } else if property.feel == Some(Feel::Required) && !text.trim().is_empty() {
                findings.add(&FEEL_WITHOUT_EQUALS, &place, format!("the value of {} has no `=`", name(property)));
            }
        }
        let plain = property.feel.is_none() && !matches!(kind(property), PropertyKind::Hidden | PropertyKind::Dropdown);
        if plain && text(property).is_some_and(|text| is_feel(property, text)) {
            let message = format!("the value of {} is an expression, and the field shows none", name(property));
            findings.add(&FEEL_IN_PLAIN_FIELD, &at.key("value"), message);
        }
        if let Some(binding) = property.binding.as_ref().filter(|binding| binding.kind == BindingKind::Output)
            && let Some(source) = binding.source.as_deref()
        {
            let place = at.key("binding").key("source");
            if source.starts_with('=') {
                check_expression(subject, index, source, &place, findings);
            } else {
                findings.add(&OUTPUT_WITHOUT_EQUALS, &place, format!("`{source}` is a constant text"));
            }
        }
    }
}

/// Whether a text is evaluated by anybody. To Zeebe, `=` alone is text.
fn is_feel(property: &Property, text: &str) -> bool {
    let evaluated = property.feel.is_some()
        || property.binding.as_ref().is_some_and(|binding| {
            !matches!(binding.kind, BindingKind::Property | BindingKind::ZeebeProperty | BindingKind::TaskHeader)
        });
    evaluated && text.starts_with('=') && text.trim().len() > 1
}

/// The engine that evaluates a value: the runtime knows functions that Zeebe does not.
fn engine(property: &Property) -> &'static Engine {
    static ZEEBE: LazyLock<Engine> = LazyLock::new(Engine::new);
    match property.binding.as_ref().map(|binding| binding.kind) {
        Some(BindingKind::TaskHeader | BindingKind::ZeebeProperty) => connector::engine(),
        _ => &ZEEBE,
    }
}

fn check_expression(subject: &Subject<'_>, index: usize, text: &str, at: &Path, findings: &mut Findings) {
    let Some(property) = subject.template.properties.get(index) else { return };
    let expression = match Expression::parse(text) {
        Ok(expression) => expression,
        Err(error) => {
            let message = format!("the FEEL of {} does not parse: {}", name(property), error.explain(text));
            findings.add(&FEEL_SYNTAX, at, message);
            return;
        }
    };
    let analysis = expression.analyze(&Shape::Any, engine(property));
    for diagnostic in &analysis.diagnostics {
        let message = format!("the FEEL of {} is wrong: {}", name(property), diagnostic.explain(text));
        findings.add(&FEEL_FUNCTION, at, message);
    }
    if input(property).is_some() {
        check_order(subject, index, &analysis.reads, at, findings);
    }
}

fn check_order(subject: &Subject<'_>, index: usize, reads: &[Read], at: &Path, findings: &mut Findings) {
    let mut told = Vec::new();
    for read in reads {
        let path = read.path.join(".");
        if told.contains(&path) {
            continue;
        }
        let is_read = |(_, property): &(usize, &Property)| input(property).is_some_and(|input| overlap(input, &path));
        let together = |(other, _): &(usize, &Property)| subject.activity.witness(&[index, *other]).is_some();
        // What an input above it holds is what is meant; and a process variable may be called as an input below.
        if subject.properties().take(index).filter(is_read).any(|other| together(&other)) {
            continue;
        }
        if let Some((_, below)) = subject.properties().skip(index + 1).filter(is_read).find(together) {
            findings.add(&FEEL_ORDER, at, format!("`{path}` is the input of {}, which stands below", name(below)));
            told.push(path);
        }
    }
}
