//! From an example of variables to what is known of them.

use opwright_feel::Shape;
use serde_json::Value;

/// The shape of an example: its names exist, and others do not. Of what is null, nothing is known.
pub(super) fn of(example: &Value) -> Shape {
    match example {
        Value::Null => Shape::Any,
        Value::Bool(_) => Shape::Boolean,
        Value::Number(_) => Shape::Number,
        Value::String(_) => Shape::Text,
        Value::Array(items) => Shape::list(items.iter().map(of).reduce(Shape::or).unwrap_or_default()),
        Value::Object(members) => Shape::context(members.iter().map(|(name, value)| (name.as_str(), of(value)))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn items_of_a_list_are_one_shape() {
        let item = Shape::context([("a", Shape::Number), ("b", Shape::Any), ("c", Shape::list(Shape::Text))]);
        assert_eq!(
            of(&json!({ "items": [{ "a": 1, "b": "x" }, { "b": 2, "c": ["y"] }], "none": [], "null": null })),
            Shape::context([("items", Shape::list(item)), ("none", Shape::list(Shape::Any)), ("null", Shape::Any)])
        );
    }
}
