//! From a value that is known to its shape.

use serde_json::Value;

use super::{
    Shape,
    combine::{How, combine},
};

impl From<&Value> for Shape {
    /// The shape of exactly this value: its null is null, and its empty list has no item.
    fn from(value: &Value) -> Shape {
        Reader::of(Shape::Null).read(value, 0)
    }
}

impl Shape {
    /// The shape of values like this one: its names exist, and others do not. Of what is null, nothing is known, nor of
    /// the items of an empty list.
    ///
    /// ```
    /// use opwright_feel::Shape;
    /// use serde_json::json;
    ///
    /// assert_eq!(
    ///     Shape::of_example(&json!({"id": 7, "name": null})),
    ///     Shape::context([("id", Shape::Number), ("name", Shape::Any)]),
    /// );
    /// ```
    #[must_use]
    pub fn of_example(value: &Value) -> Shape {
        Reader::of(Shape::Any).read(value, 0)
    }
}

struct Reader {
    null: Shape,
    /// How many entries of items are still compared with each other.
    budget: usize,
}

impl Reader {
    fn of(null: Shape) -> Reader {
        const BUDGET: usize = 10_000_000;
        Reader { null, budget: BUDGET }
    }

    fn read(&mut self, value: &Value, depth: u32) -> Shape {
        if depth > Shape::DEPTH {
            return Shape::Any;
        }
        match value {
            Value::Null => self.null.clone(),
            Value::Bool(_) => Shape::Boolean,
            Value::Number(_) => Shape::Number,
            Value::String(_) => Shape::Text,
            Value::Array(items) => {
                let mut all = None;
                for item in items {
                    let item = self.read(item, depth + 1);
                    all = Some(match all {
                        Some(all) => combine(all, item, How::Either, &mut self.budget),
                        None => item,
                    });
                }
                Shape::list(all.unwrap_or_else(|| self.null.clone()))
            }
            Value::Object(members) => {
                Shape::context(members.iter().map(|(name, value)| (name.as_str(), self.read(value, depth + 1))))
            }
        }
    }
}
