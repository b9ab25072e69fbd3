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
        Gives::Context => Shape::open_context::<&str>([]),
    }
}
