//! A case: an expression with its variables, and what came of it.

use serde_json::{Map, Value, json};

/// No case takes long, unless it is endless.
const TIMEOUT_MILLIS: u64 = 2_000;

/// An expression, or unary tests, and what they are evaluated with.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) expression: String,
    pub(crate) context: Option<Value>,
    pub(crate) unary: bool,
    pub(crate) input: Option<Value>,
}

/// What came of a case.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    /// The text is no expression.
    NoExpression,
    /// The evaluation failed.
    Failed,
    /// It was ended: by a limit, for lack of stack, memory or time, or by a panic.
    Ended(String),
    /// A value, in the form of the oracle's class Rendering; and its JSON, unless it cannot become JSON.
    Value { value: String, result: Option<Value> },
}

impl Case {
    pub(crate) fn new(id: impl Into<String>, expression: impl Into<String>, context: Value) -> Case {
        Case { id: id.into(), expression: expression.into(), context: Some(context), unary: false, input: None }
    }

    /// The line that the oracle reads.
    pub(crate) fn request(&self) -> Value {
        let mut request = json!({ "expression": self.expression, "timeoutMillis": TIMEOUT_MILLIS });
        if let Some(context) = &self.context {
            request["context"] = context.clone();
        }
        if self.unary {
            request["mode"] = json!("unary");
        }
        if let Some(input) = &self.input {
            request["input"] = input.clone();
        }
        request
    }
}

impl Outcome {
    /// Reads an answer of the oracle, or one that was recorded.
    pub(crate) fn of(answer: &Value) -> Outcome {
        let value = answer.get("value").and_then(Value::as_str).map(str::to_owned);
        match (answer["stage"].as_str(), value) {
            (None, Some(value)) => Outcome::Value { value, result: Some(answer["result"].clone()) },
            (Some("evaluate"), Some(value)) => Outcome::Value { value, result: None },
            (Some("evaluate"), None) => Outcome::Failed,
            (Some("parse"), None) => Outcome::NoExpression,
            (Some("fatal"), None) => Outcome::Ended(answer["error"].as_str().unwrap_or("").to_owned()),
            _ => panic!("no answer: {answer}"),
        }
    }

    /// The members of a recorded answer.
    pub(crate) fn record(&self) -> Map<String, Value> {
        let record = match self {
            Outcome::NoExpression => json!({"ok": false, "stage": "parse"}),
            Outcome::Failed => json!({"ok": false, "stage": "evaluate"}),
            Outcome::Ended(error) => json!({"ok": false, "stage": "fatal", "error": error}),
            Outcome::Value { value, result: Some(result) } => json!({"ok": true, "result": result, "value": value}),
            Outcome::Value { value, result: None } => json!({"ok": false, "stage": "evaluate", "value": value}),
        };
        match record {
            Value::Object(members) => members,
            _ => Map::new(),
        }
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Outcome::NoExpression => f.write_str("no expression"),
            Outcome::Failed => f.write_str("failed"),
            Outcome::Ended(why) => write!(f, "ended: {why}"),
            Outcome::Value { value, result: None } => write!(f, "{value}, which cannot become JSON"),
            Outcome::Value { value, result: Some(result) } => write!(f, "{value} as {result}"),
        }
    }
}
