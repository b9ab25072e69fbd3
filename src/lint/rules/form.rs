//! The form of a template: JSON, keys, Camunda's schema.

use super::super::finding::{Findings, Level, Rule};
use crate::template::{Fault, Problem};

/// The rules.
pub(super) static RULES: &[&Rule] = &[&NO_JSON, &SCHEMA, &UNKNOWN_KEY, &REPEATED_KEY];

/// The file is no JSON.
pub(crate) static NO_JSON: Rule = Rule {
    code: "no-json",
    level: Level::Error,
    summary: "the file is no JSON",
    reason: "Modeler does not read the file.",
    mend: "Mend the syntax at the place that is shown. Comments and trailing commas are no JSON.",
};

/// The template breaks Camunda's schema.
pub(crate) static SCHEMA: Rule = Rule {
    code: "schema",
    level: Level::Error,
    summary: "the template breaks Camunda's schema",
    reason: "Modeler does not load the template; of most faults it says nothing, and the template is missing from the chooser.",
    mend: "Mend what the message names.",
};

/// A key is read by nobody.
pub(crate) static UNKNOWN_KEY: Rule = Rule {
    code: "unknown-key",
    level: Level::Warning,
    summary: "a key is read by nobody",
    reason: "What it says counts for nothing: a misspelt `notEmtpy` lets empty values pass.",
    mend: "Correct its name, or remove it.",
};

/// A key is there twice in one object.
pub(crate) static REPEATED_KEY: Rule = Rule {
    code: "repeated-key",
    level: Level::Error,
    summary: "a key is there twice in one object",
    reason: "The last one counts, and the first is lost when the file is written again.",
    mend: "Remove one of them.",
};

/// Tells a fault of the form.
pub(crate) fn tell(fault: &Fault, findings: &mut Findings) {
    let rule = match fault.problem {
        Problem::UnknownKey { .. } => &UNKNOWN_KEY,
        Problem::RepeatedKey { .. } => &REPEATED_KEY,
        _ => &SCHEMA,
    };
    findings.add(rule, &fault.path, fault.problem.to_string());
}
