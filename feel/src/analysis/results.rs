//! What the built-in functions give, as far as it does not depend on their arguments' values.

use super::Shape;

/// What a function gives.
#[derive(Clone, Copy)]
enum Gives {
    Text,
    Number,
    Boolean,
    Temporal,
    Texts,
    Numbers,
    /// The names and values of a context.
    Entries,
    /// Parts of its first argument, a list.
    Parts,
    List,
    /// One of its two arguments.
    Either,
    /// Its first argument.
    First,
    /// Its argument, a number or a duration, without its sign.
    Magnitude,
    /// One of the items of its list, or of its arguments.
    Item,
    /// A context of which nothing is known.
    Context,
}

const RESULTS: &[(Gives, &[&str])] = &[
    (
        Gives::Text,
        &[
            "string",
            "substring",
            "upper case",
            "lower case",
            "substring before",
            "substring after",
            "replace",
            "trim",
            "uuid",
            "to base64",
            "string join",
            "to json",
            "day of week",
            "month of year",
        ],
    ),
    (
        Gives::Number,
        &[
            "number",
            "string length",
            "count",
            "sum",
            "product",
            "mean",
            "median",
            "stddev",
            "decimal",
            "floor",
            "ceiling",
            "modulo",
            "sqrt",
            "log",
            "exp",
            "round up",
            "round down",
            "round half up",
            "round half down",
            "random number",
            "day of year",
            "week of year",
        ],
    ),
    (
        Gives::Boolean,
        &[
            "not",
            "is defined",
            "contains",
            "starts with",
            "ends with",
            "matches",
            "is blank",
            "list contains",
            "is empty",
            "and",
            "all",
            "or",
            "any",
            "odd",
            "even",
            "before",
            "after",
            "meets",
            "met by",
            "overlaps",
            "overlaps before",
            "overlaps after",
            "finishes",
            "finished by",
            "includes",
            "during",
            "starts",
            "started by",
            "coincides",
        ],
    ),
    (
        Gives::Temporal,
        &[
            "date",
            "date and time",
            "time",
            "duration",
            "years and months duration",
            "now",
            "today",
            "last day of month",
        ],
    ),
    (Gives::Texts, &["split", "extract"]),
    (Gives::Numbers, &["index of", "mode"]),
    (Gives::Entries, &["get entries"]),
    (Gives::Parts, &["sublist", "remove", "reverse", "distinct values", "duplicate values", "sort"]),
    (Gives::List, &["append", "concatenate", "insert before", "union", "flatten", "partition"]),
    (Gives::Either, &["get or else"]),
    (Gives::First, &["assert"]),
    (Gives::Magnitude, &["abs"]),
    (Gives::Item, &["min", "max"]),
    (Gives::Context, &["context put", "put", "context merge", "put all", "context"]),
];

/// The shape of what a built-in function gives; `either` makes one shape of two.
pub(super) fn of_builtin(name: &str, arguments: Vec<Shape>, either: impl Fn(Shape, Shape) -> Shape) -> Shape {
    let Some((gives, _)) = RESULTS.iter().find(|(_, names)| names.contains(&name)) else { return Shape::Any };
    let mut arguments = arguments.into_iter();
    match gives {
        Gives::Text => Shape::Text,
        Gives::Number => Shape::Number,
        Gives::Boolean => Shape::Boolean,
        Gives::Temporal => Shape::Temporal,
        Gives::Texts => Shape::list(Shape::Text),
        Gives::Numbers => Shape::list(Shape::Number),
        Gives::Entries => Shape::list(Shape::context([("key", Shape::Text), ("value", Shape::Any)])),
        Gives::Parts => match arguments.next() {
            Some(list @ Shape::List(_)) => list,
            _ => Shape::list(Shape::Any),
        },
        Gives::List => Shape::list(Shape::Any),
        Gives::Either => match (arguments.next(), arguments.next()) {
            (Some(value), Some(default)) => either(value, default),
            _ => Shape::Any,
        },
        Gives::First => arguments.next().unwrap_or_default(),
        Gives::Magnitude => ordered(arguments.next()),
        Gives::Item => ordered(match (arguments.next(), arguments.next()) {
            (Some(Shape::List(list)), None) => Some(list.items().clone()),
            (Some(first), Some(second)) => Some(arguments.fold(either(first, second), either)),
            (only, _) => only,
        }),
        Gives::Context => Shape::open_context::<&str>([]),
    }
}

/// What can be compared stays what it is.
fn ordered(shape: Option<Shape>) -> Shape {
    shape.filter(|shape| matches!(shape, Shape::Number | Shape::Text | Shape::Temporal)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::RESULTS;
    use crate::builtins;

    #[test]
    fn results_are_those_of_built_in_functions() {
        let mut names = HashSet::new();
        for name in RESULTS.iter().flat_map(|(_, names)| *names) {
            assert!(!builtins::named(name).is_empty(), "{name}");
            assert!(names.insert(name), "{name}");
        }
    }
}
