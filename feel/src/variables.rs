//! The variables that an expression is given: JSON objects in layers, read where they are.

use crate::value::json_entry;

/// Variables by name. Of two of one name, the one that was added later counts.
///
/// ```
/// use opwright_feel::{Expression, Variables};
/// use serde_json::json;
///
/// let response = json!({"body": {"id": 17}});
/// let variables = Variables::from(&response).with("response", &response);
/// let expression = Expression::parse("= [body.id, response.body.id]").unwrap();
/// assert_eq!(expression.evaluate(&variables).unwrap().to_json(), json!([17, 17]));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Variables<'a> {
    /// Most have no more than these, and need no allocation.
    first: [Option<Layer<'a>>; 3],
    more: Vec<Layer<'a>>,
}

#[derive(Clone, Debug)]
enum Layer<'a> {
    Object(&'a serde_json::Map<String, serde_json::Value>),
    Variable(&'a str, &'a serde_json::Value),
}

impl<'a> Variables<'a> {
    /// No variable.
    #[must_use]
    pub fn new() -> Variables<'a> {
        Variables::default()
    }

    /// Adds one variable.
    #[must_use]
    pub fn with(mut self, name: &'a str, value: &'a serde_json::Value) -> Variables<'a> {
        self.push(Layer::Variable(name, value));
        self
    }

    /// Adds every entry of an object; any other value adds nothing.
    #[must_use]
    pub fn with_entries(mut self, object: &'a serde_json::Value) -> Variables<'a> {
        if let serde_json::Value::Object(map) = object {
            self.push(Layer::Object(map));
        }
        self
    }

    fn push(&mut self, layer: Layer<'a>) {
        match self.first.iter_mut().find(|place| place.is_none()) {
            Some(place) => *place = Some(layer),
            None => self.more.push(layer),
        }
    }

    fn layers(&self) -> impl DoubleEndedIterator<Item = &Layer<'a>> {
        self.first.iter().flatten().chain(&self.more)
    }

    #[inline]
    pub(crate) fn get(&self, name: &str) -> Option<&'a serde_json::Value> {
        self.layers().rev().find_map(|layer| match layer {
            Layer::Object(map) => json_entry(map, name),
            Layer::Variable(known, value) if *known == name => Some(*value),
            Layer::Variable(..) => None,
        })
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.layers().flat_map(|layer| {
            let (map, name) = match layer {
                Layer::Object(map) => (Some(map.keys().map(String::as_str)), None),
                Layer::Variable(name, _) => (None, Some(*name)),
            };
            map.into_iter().flatten().chain(name)
        })
    }
}

impl<'a> From<&'a serde_json::Value> for Variables<'a> {
    fn from(object: &'a serde_json::Value) -> Variables<'a> {
        Variables::new().with_entries(object)
    }
}
