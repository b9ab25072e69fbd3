//! Values as JSON, as they leave Camunda's connector runtime.

use super::{Context, List, Value, deeper};

impl Value<'_> {
    /// The JSON that a process receives.
    ///
    /// Whole numbers that fit 64 bits are integers, other numbers doubles (`"Infinity"` where a double cannot hold
    /// them); dates, times and durations are ISO 8601 texts; a range is null; entries that hold a function are left
    /// out. A function by itself is null.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Value::List(_) | Value::Context(_) => deeper(|| self.parts_to_json()),
            Value::Null | Value::Function(_) | Value::Range(_) | Value::Error(_) => serde_json::Value::Null,
            Value::Boolean(value) => serde_json::Value::Bool(*value),
            Value::Number(number) => number.to_json(),
            Value::Text(text) => serde_json::Value::String(text.as_str().to_owned()),
            Value::Temporal(temporal) => serde_json::Value::String(temporal.to_connector_json()),
        }
    }

    fn parts_to_json(&self) -> serde_json::Value {
        match self {
            Value::List(List::Json(items)) => items.iter().map(|item| Value::from(item).to_json()).collect(),
            Value::List(List::Shared(items)) => items.values.iter().map(Value::to_json).collect(),
            Value::Context(Context::Json(map)) => serde_json::Value::Object(
                map.iter().map(|(key, value)| (key.clone(), Value::from(value).to_json())).collect(),
            ),
            Value::Context(Context::Shared(entries)) => serde_json::Value::Object(
                entries
                    .variables()
                    .iter()
                    .filter(|(_, value)| !matches!(value, Value::Function(_)))
                    .map(|(key, value)| (key.as_str().to_owned(), value.to_json()))
                    .collect(),
            ),
            _ => serde_json::Value::Null,
        }
    }
}
