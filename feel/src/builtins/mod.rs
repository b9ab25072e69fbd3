//! The built-in functions, by name; several of one name differ in their parameters.
//!
//! One file a group, as in Camunda's reference. A function gets evaluated arguments, none of them an error, and gives
//! a value, an error value (which a call turns into null with a warning), or none where the types do not fit.

// All functions of a table have one signature, whether they can fail or not.
#![allow(clippy::unnecessary_wraps)]

mod boolean;
mod contexts;
mod conversion;
mod dates;
mod json;
mod lists;
mod numbers;
mod ranges;
mod sets;
mod statistics;
mod strings;

use std::{collections::HashMap, fmt, sync::LazyLock};

use crate::{
    evaluate::{Evaluator, Stop},
    value::Value,
};

/// A built-in function.
pub(crate) struct Builtin {
    pub(crate) name: &'static str,
    pub(crate) parameters: &'static [&'static str],
    /// Whether the last parameter takes all further arguments as a list.
    pub(crate) takes_any_number: bool,
    pub(crate) body: Body,
}

impl fmt::Debug for Builtin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", self.name, self.parameters.join(", "))
    }
}

/// What a function gives; none where the types of its arguments do not fit.
pub(crate) type Given<'a> = Result<Option<Value<'a>>, Stop>;

#[derive(Clone, Copy)]
pub(crate) enum Body {
    Nullary(for<'e, 'a> fn(&mut Evaluator<'e, 'a>) -> Given<'a>),
    Unary(for<'e, 'a> fn(&mut Evaluator<'e, 'a>, &Value<'a>) -> Given<'a>),
    Binary(for<'e, 'a> fn(&mut Evaluator<'e, 'a>, &Value<'a>, &Value<'a>) -> Given<'a>),
    Ternary(for<'e, 'a> fn(&mut Evaluator<'e, 'a>, &Value<'a>, &Value<'a>, &Value<'a>) -> Given<'a>),
    Quaternary(for<'e, 'a> fn(&mut Evaluator<'e, 'a>, &Value<'a>, &Value<'a>, &Value<'a>, &Value<'a>) -> Given<'a>),
}

/// The built-in functions of one name.
pub(crate) type Candidates = &'static [Builtin];

/// The built-in functions of this name; none of them, an empty slice.
pub(crate) fn named(name: &str) -> Candidates {
    // Functions of one name stand together in a group's table.
    static TABLE: LazyLock<HashMap<&'static str, Candidates>> = LazyLock::new(|| {
        groups().into_iter().flat_map(|group| group.chunk_by(|a, b| a.name == b.name)).filter_map(entry).collect()
    });
    TABLE.get(name).copied().unwrap_or_default()
}

fn entry(functions: Candidates) -> Option<(&'static str, Candidates)> {
    functions.first().map(|first| (first.name, functions))
}

/// The names of all built-in functions.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    groups().into_iter().flatten().map(|builtin| builtin.name)
}

fn groups() -> [Candidates; 11] {
    [
        conversion::FUNCTIONS,
        json::FUNCTIONS,
        boolean::FUNCTIONS,
        strings::FUNCTIONS,
        lists::FUNCTIONS,
        sets::FUNCTIONS,
        statistics::FUNCTIONS,
        numbers::FUNCTIONS,
        contexts::FUNCTIONS,
        ranges::FUNCTIONS,
        dates::FUNCTIONS,
    ]
}

const fn nullary(name: &'static str, body: for<'e, 'a> fn(&mut Evaluator<'e, 'a>) -> Given<'a>) -> Builtin {
    Builtin { name, parameters: &[], takes_any_number: false, body: Body::Nullary(body) }
}

const fn unary(
    name: &'static str,
    parameters: &'static [&'static str; 1],
    body: for<'e, 'a> fn(&mut Evaluator<'e, 'a>, &Value<'a>) -> Given<'a>,
) -> Builtin {
    Builtin { name, parameters, takes_any_number: false, body: Body::Unary(body) }
}

const fn binary(
    name: &'static str,
    parameters: &'static [&'static str; 2],
    body: for<'e, 'a> fn(&mut Evaluator<'e, 'a>, &Value<'a>, &Value<'a>) -> Given<'a>,
) -> Builtin {
    Builtin { name, parameters, takes_any_number: false, body: Body::Binary(body) }
}

const fn ternary(
    name: &'static str,
    parameters: &'static [&'static str; 3],
    body: for<'e, 'a> fn(&mut Evaluator<'e, 'a>, &Value<'a>, &Value<'a>, &Value<'a>) -> Given<'a>,
) -> Builtin {
    Builtin { name, parameters, takes_any_number: false, body: Body::Ternary(body) }
}

const fn quaternary(
    name: &'static str,
    parameters: &'static [&'static str; 4],
    body: for<'e, 'a> fn(&mut Evaluator<'e, 'a>, &Value<'a>, &Value<'a>, &Value<'a>, &Value<'a>) -> Given<'a>,
) -> Builtin {
    Builtin { name, parameters, takes_any_number: false, body: Body::Quaternary(body) }
}

/// A function whose last parameter takes any number of arguments.
const fn variadic(mut builtin: Builtin) -> Builtin {
    builtin.takes_any_number = true;
    builtin
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{groups, named, names};

    #[test]
    fn functions_of_one_name_stand_together() {
        for name in names() {
            let all = groups().into_iter().flatten().filter(|builtin| builtin.name == name).count();
            assert_eq!(named(name).len(), all, "{name}");
        }
        assert!(names().collect::<HashSet<_>>().len() > 90);
    }
}
