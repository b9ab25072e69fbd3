//! What the built-in functions give, as far as it does not depend on their arguments.

use super::Shape;

/// The shape of what a built-in function gives.
pub(super) fn of_builtin(name: &str, arguments: &[Shape]) -> Shape {
    match name {
        "string" | "substring" | "upper case" | "lower case" | "substring before" | "substring after" | "replace"
        | "trim" | "uuid" | "to base64" | "string join" | "to json" | "day of week" | "month of year" => Shape::Text,
        "number" | "string length" | "count" | "sum" | "product" | "mean" | "median" | "stddev" | "decimal"
        | "floor" | "ceiling" | "modulo" | "sqrt" | "log" | "exp" | "round up" | "round down" | "round half up"
        | "round half down" | "random number" | "day of year" | "week of year" => Shape::Number,
        "not" | "is defined" | "contains" | "starts with" | "ends with" | "matches" | "is blank" | "list contains"
        | "is empty" | "and" | "all" | "or" | "any" | "odd" | "even" | "before" | "after" | "meets" | "met by"
        | "overlaps" | "overlaps before" | "overlaps after" | "finishes" | "finished by" | "includes" | "during"
        | "starts" | "started by" | "coincides" => Shape::Boolean,
        "date"
        | "date and time"
        | "time"
        | "duration"
        | "years and months duration"
        | "now"
        | "today"
        | "last day of month" => Shape::Temporal,
        "split" | "extract" => Shape::list(Shape::Text),
        "index of" | "mode" => Shape::list(Shape::Number),
        "get entries" => Shape::list(Shape::context([("key", Shape::Text), ("value", Shape::Any)])),
        // Those that give parts of their list.
        "sublist" | "remove" | "reverse" | "distinct values" | "duplicate values" | "sort" => {
            arguments.first().cloned().filter(|shape| matches!(shape, Shape::List(_))).unwrap_or_else(any_list)
        }
        "append" | "concatenate" | "insert before" | "union" | "flatten" | "partition" => any_list(),
        "get or else" => match arguments {
            [value, default] => value.clone().or(default.clone()),
            _ => Shape::Any,
        },
        "assert" => arguments.first().cloned().unwrap_or_default(),
        "context put" | "put" | "context merge" | "put all" | "context" => {
            Shape::Context { entries: Vec::new(), open: true }
        }
        _ => Shape::Any,
    }
}

fn any_list() -> Shape {
    Shape::list(Shape::Any)
}
