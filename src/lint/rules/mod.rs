//! The rules, a file for each subject.

mod bindings;
mod conditions;
mod feel;
pub(super) mod form;
mod groups;
pub(super) mod loader;
mod presentation;
mod presets;
mod runtime;
mod values;

pub(crate) use values::is_secret_value;

use super::finding::{Findings, Rule};
use super::subject::Subject;

/// All rules, in the order of their subjects.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    let subjects = [
        form::RULES,
        loader::RULES,
        groups::RULES,
        conditions::RULES,
        values::RULES,
        feel::RULES,
        bindings::RULES,
        presets::RULES,
        presentation::RULES,
        runtime::RULES,
    ];
    subjects.into_iter().flatten().copied()
}

/// The rule of this code.
#[must_use]
pub fn rule(code: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.code == code)
}

/// Looks at a template with all rules but those of the form.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for check in [
        loader::check,
        groups::check,
        conditions::check,
        values::check,
        feel::check,
        bindings::check,
        presets::check,
        presentation::check,
        runtime::check,
    ] {
        check(subject, findings);
    }
}
