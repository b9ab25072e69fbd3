//! Defaults, choices and constraints.

use super::super::finding::{Findings, Level, Rule};
use super::super::subject::{Subject, kind, name, text};

use crate::template::{Constraints, Path, Pattern, Property, PropertyKind, Value, pattern};
use crate::text::suggestion;
use std::collections::HashSet;

/// The rules.
pub(super) static RULES: &[&Rule] = &[
    &DEFAULT_NOT_A_CHOICE,
    &NO_DEFAULT_CHOICE,
    &DUPLICATE_CHOICE,
    &NO_CHOICES,
    &HIDDEN_WITHOUT_VALUE,
    &HIDDEN_MUST_NOT_BE_EMPTY,
    &DEFAULT_BREAKS_CONSTRAINT,
    &EMPTY_BREAKS_CONSTRAINT,
    &INVALID_PATTERN,
    &FOREIGN_PATTERN,
    &PATTERN_WITHOUT_MESSAGE,
    &SECRET_DEFAULT,
];

/// A dropdown's default is none of its choices.
pub(crate) static DEFAULT_NOT_A_CHOICE: Rule = Rule {
    code: "default-not-a-choice",
    level: Level::Error,
    summary: "a dropdown's default is none of its choices",
    reason: "The field shows blank, and the value is written to the diagram all the same.",
    mend: "Correct the default, or add the choice.",
};

/// A dropdown has no default.
pub(crate) static NO_DEFAULT_CHOICE: Rule = Rule {
    code: "no-default-choice",
    level: Level::Info,
    summary: "a dropdown has no default",
    reason: "It shows blank and writes an empty value; no error is shown unless `notEmpty` is set.",
    mend: "Give it a default, or `\"constraints\": {\"notEmpty\": true}`.",
};

/// Two choices have one value.
pub(crate) static DUPLICATE_CHOICE: Rule = Rule {
    code: "duplicate-choice",
    level: Level::Error,
    summary: "two choices have one value",
    reason: "Only the first can be chosen.",
    mend: "Remove one, or give it a value of its own.",
};

/// A dropdown has no choices.
pub(crate) static NO_CHOICES: Rule = Rule {
    code: "no-choices",
    level: Level::Warning,
    summary: "a dropdown has no choices",
    reason: "Nothing can be chosen.",
    mend: "Add choices.",
};

/// A hidden property has no value.
pub(crate) static HIDDEN_WITHOUT_VALUE: Rule = Rule {
    code: "hidden-without-value",
    level: Level::Warning,
    summary: "a hidden property has no value",
    reason: "It writes nothing that anybody reads.",
    mend: "Give it a `value`, or remove it.",
};

/// A hidden property is empty and must not be.
pub(crate) static HIDDEN_MUST_NOT_BE_EMPTY: Rule = Rule {
    code: "hidden-must-not-be-empty",
    level: Level::Error,
    summary: "a hidden property is empty and must not be",
    reason: "Linting reports an error that the designer cannot mend.",
    mend: "Give it a value, or remove `notEmpty`.",
};

/// A default breaks the property's own constraints.
pub(crate) static DEFAULT_BREAKS_CONSTRAINT: Rule = Rule {
    code: "default-breaks-constraint",
    level: Level::Error,
    summary: "a default breaks the property's own constraints",
    reason: "The designer sees an error before having typed anything.",
    mend: "Correct the default or the constraint.",
};

/// A field may be empty, and its constraints refuse that.
pub(crate) static EMPTY_BREAKS_CONSTRAINT: Rule = Rule {
    code: "empty-breaks-constraint",
    level: Level::Warning,
    summary: "a field may be empty, and its constraints refuse that",
    reason: "Patterns and least lengths are checked of empty fields, too: the designer sees an error in a field that needs no value. Linting checks the empty text, the panel the word `undefined`.",
    mend: "Let the pattern match both, `^(|undefined|…)$`, or say `\"notEmpty\": true`.",
};

/// A pattern is no regular expression of JavaScript.
pub(crate) static INVALID_PATTERN: Rule = Rule {
    code: "invalid-pattern",
    level: Level::Error,
    summary: "a pattern is no regular expression of JavaScript",
    reason: "The panel breaks while it is shown, and no group opens any more.",
    mend: "Write it in JavaScript's syntax, without flags such as `(?i)`.",
};

/// A pattern has syntax of another language, which JavaScript reads as something else.
pub(crate) static FOREIGN_PATTERN: Rule = Rule {
    code: "foreign-pattern",
    level: Level::Error,
    summary: "a pattern has syntax of another language, which JavaScript reads as something else",
    reason: "It matches other texts than those that are meant.",
    mend: "Write it in JavaScript's syntax: `^` and `$` for `\\A` and `\\z`, `[A-Za-z]` for `[[:alpha:]]`.",
};

/// A pattern has no message.
pub(crate) static PATTERN_WITHOUT_MESSAGE: Rule = Rule {
    code: "pattern-without-message",
    level: Level::Info,
    summary: "a pattern has no message",
    reason: "The designer is shown the regular expression.",
    mend: "Give it a `message` that ends the sentence `<label> …`, such as `must be a whole number`.",
};

/// A default looks like a secret.
pub(crate) static SECRET_DEFAULT: Rule = Rule {
    code: "secret-default",
    level: Level::Warning,
    summary: "a default looks like a secret",
    reason: "It is in every diagram that uses the template.",
    mend: "Refer to a secret, `{{secrets.NAME}}`, and revoke the one that is there.",
};

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for (index, property) in subject.properties() {
        let at = subject.at(index);
        match kind(property) {
            PropertyKind::Dropdown => check_choices(property, &at, findings),
            PropertyKind::Hidden => check_hidden(property, &at, findings),
            _ => {}
        }
        if let Some(constraints) = &property.constraints {
            check_constraints(property, constraints, &at, findings);
        }
        if text(property).is_some_and(|text| is_secret(property, text)) {
            let message = format!("the default of {} looks like a secret", name(property));
            findings.add(&SECRET_DEFAULT, &at.key("value"), message);
        }
    }
}

fn check_choices(property: &Property, at: &Path, findings: &mut Findings) {
    let Some(choices) = &property.choices else { return };
    let at_choices = at.key("choices");
    if choices.is_empty() {
        findings.add(&NO_CHOICES, &at_choices, format!("{} has no choices", name(property)));
    }
    let mut seen = HashSet::new();
    for (index, choice) in choices.iter().enumerate() {
        if let Some(value) = &choice.value
            && !seen.insert(value.as_str())
        {
            findings.add(&DUPLICATE_CHOICE, &at_choices.index(index), format!("the choice `{value}` is there already"));
        }
    }
    match &property.value {
        Some(value) if !value.text().is_some_and(|text| seen.contains(text) || text.is_empty()) => {
            let hint = value.text().map(|text| suggestion(text, seen.iter().copied())).unwrap_or_default();
            let message = format!("{value} is none of the choices of {}{hint}", name(property));
            findings.add(&DEFAULT_NOT_A_CHOICE, &at.key("value"), message);
        }
        None if property.optional != Some(true) => {
            let must = property.constraints.as_ref().is_some_and(|constraints| constraints.not_empty == Some(true));
            if !must {
                findings.add(&NO_DEFAULT_CHOICE, at, format!("{} has no default", name(property)));
            }
        }
        _ => {}
    }
}

fn check_hidden(property: &Property, at: &Path, findings: &mut Findings) {
    let is_user_task = property.binding.as_ref().is_some_and(|binding| binding.kind.name() == "zeebe:userTask");
    let has_value = property.generated_value.is_some() || property.value.is_some();
    let must = property.constraints.as_ref().is_some_and(|constraints| constraints.not_empty == Some(true));
    let is_empty = property.generated_value.is_none()
        && text(property).is_none_or(str::is_empty)
        && !matches!(property.value, Some(Value::Number(_) | Value::Boolean(_)));
    if must && is_empty {
        let message = format!("{} is hidden, must not be empty, and is", name(property));
        findings.add(&HIDDEN_MUST_NOT_BE_EMPTY, &at.key("constraints").key("notEmpty"), message);
    } else if !has_value && !is_user_task {
        findings.add(&HIDDEN_WITHOUT_VALUE, at, format!("{} is hidden and has no value", name(property)));
    }
}

fn check_constraints(property: &Property, constraints: &Constraints, at: &Path, findings: &mut Findings) {
    let at_constraints = at.key("constraints");
    let compiled = constraints.pattern.as_ref().and_then(|pattern| {
        let at_pattern = at_constraints.key("pattern");
        let expression = pattern.expression()?;
        match pattern::compile(expression) {
            Ok(compiled) => {
                if let Some(foreign) = pattern::foreign(expression) {
                    findings.add(&FOREIGN_PATTERN, &at_pattern, format!("`{}` is {}", foreign.text, foreign.is));
                }
                if !matches!(pattern, Pattern::Told { message: Some(_), .. }) {
                    findings.add(&PATTERN_WITHOUT_MESSAGE, &at_pattern, "the pattern has no message");
                }
                Some(compiled)
            }
            Err(reason) => {
                findings.add(&INVALID_PATTERN, &at_pattern, format!("`{expression}`: {reason}"));
                None
            }
        }
    });
    let limit = |limit: Option<&serde_json::Number>| limit.and_then(serde_json::Number::as_f64);
    let broken = |text: &str| -> Option<String> {
        // JavaScript counts units of UTF-16.
        #[expect(clippy::cast_precision_loss, reason = "texts are short")]
        let length = text.encode_utf16().count() as f64;
        if let Some(least) = limit(constraints.min_length.as_ref()).filter(|least| length < *least) {
            return Some(format!("is shorter than {least}"));
        }
        if let Some(most) = limit(constraints.max_length.as_ref()).filter(|most| length > *most) {
            return Some(format!("is longer than {most}"));
        }
        let matches = compiled.as_ref().is_none_or(|compiled| compiled.matches(text));
        (!matches).then(|| "does not match the pattern".to_owned())
    };
    let is_feel = |text: &str| property.feel.is_some() && text.starts_with('=');
    if let Some(value) = text(property).filter(|text| !text.is_empty() && !is_feel(text))
        && let Some(how) = broken(value)
    {
        let message = format!("the default of {} {how}", name(property));
        findings.add(&DEFAULT_BREAKS_CONSTRAINT, &at.key("value"), message);
    }
    let hidden = kind(property) == PropertyKind::Hidden;
    if constraints.not_empty == Some(true) || hidden {
        return;
    }
    let of_empty = broken("").map(|how| format!("the empty text {how}"));
    // The panel makes a text of what is no value (bpmn-js-element-templates 2.37).
    let of_none = || {
        let matches = compiled.as_ref().is_none_or(|compiled| compiled.matches("undefined"));
        (!matches).then(|| "the panel then tests the word `undefined`, which does not match the pattern".to_owned())
    };
    if let Some(how) = of_empty.or_else(of_none) {
        findings.add(&EMPTY_BREAKS_CONSTRAINT, &at_constraints, format!("{} may be empty, and {how}", name(property)));
    }
}

/// Whether a value is not to be shown: it is no reference, and the property holds secrets, by what it is called.
pub(crate) fn is_secret_value(property: &Property, value: &str) -> bool {
    // Any text that could be one.
    let holds_secrets = property.secret == Some(true) || is_secret(property, "any-secret-value-0123456789");
    holds_secrets && !value.contains("secrets.")
}

/// Whether a text stands where secrets do and could be one: of some length, without blanks, and no reference to a secret.
fn is_secret(property: &Property, text: &str) -> bool {
    const NAMES: [&str; 7] = ["password", "secret", "token", "apikey", "accesskey", "privatekey", "bearer"];
    let bound = property.binding.as_ref().and_then(|binding| binding.name.as_deref()).unwrap_or_default();
    let last = |name: &str| name.rsplit(['.', ':']).next().unwrap_or(name).to_lowercase().replace(['_', '-'], "");
    let names = [property.id.as_deref().unwrap_or_default(), bound].map(last);
    let is_named = names.iter().any(|name| NAMES.iter().any(|secret| name.ends_with(secret)));
    let starts = ["ghp_", "gho_", "github_pat_", "xoxb-", "xoxp-", "sk-", "AKIA", "eyJhbGciOi", "-----BEGIN"];
    let is_known = starts.iter().any(|start| text.starts_with(start)) && text.len() > 19;
    let could_be = text.len() >= 12
        && text.chars().all(|letter| letter.is_ascii_graphic())
        && !text.contains("secrets.")
        && !text.starts_with(['=', '$', '<'])
        && !text.contains("://")
        && text.chars().any(|letter| letter.is_ascii_digit());
    kind(property) != PropertyKind::Dropdown && (is_known || is_named && could_be)
}
