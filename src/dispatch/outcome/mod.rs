//! What a job comes to: from the response of its operation, or its failure, to the one command that the broker is sent.
//!
//! The task headers `resultVariable`, `resultExpression` and `errorExpression` decide:
//!
//! | Expression | sees |
//! |---|---|
//! | result | `response`, and the response's members by their names |
//! | error, after a failure | `error` (`type`, `message`, `code`, `variables`), `response.error`, `job.retries` |
//! | error, after a success | `response` and its members: the variables for the process, or the raw response if there are none; `job.retries` |
//!
//! Neither sees process variables. The error expression is evaluated after every operation, and what it says wins.
//!
//! ```
//! use opwright::dispatch::{outcome::{Expressions, Headers, Outcome}, secrets::Mask};
//! use serde_json::json;
//!
//! let headers = Headers { result_expression: Some("= {id: body.id}".to_owned()), ..Headers::default() };
//! let expressions = Expressions::parse(&headers)?; // before anything is sent
//! let response = json!({ "status": 200, "body": { "id": 17 } });
//! let conclusion = expressions.conclude(Ok(response), 3, &Mask::default());
//! assert_eq!(conclusion.outcome, Outcome::Complete { variables: json!({ "id": 17 }).as_object().unwrap().clone() });
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Messages tell no value of a response: they become incidents, which more people read than a process's variables.

mod error;
mod headers;
mod notes;
mod result;
mod size;
mod unexpected;

pub use headers::{Expressions, Header, HeaderFault, HeaderFaults, HeaderProblem, Headers, Remark};

use super::secrets::Mask;
use crate::failure::{ErrorDetail, Failure};
use error::Verdict;
use notes::Notes;
use serde_json::{Map, Value, json};
use std::time::Duration;

/// The longest message that a broker is sent, in UTF-16 units.
const LONGEST_MESSAGE: usize = 6000;

/// A JSON object with a member of this name is a call of a function where inputs are bound, so no result may hold it.
const FUNCTION_LITERAL: &str = "camunda.function.type";

/// What the broker is told of a job.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It is complete.
    Complete {
        /// Set in the process.
        variables: Map<String, Value>,
    },
    /// A BPMN error, for a boundary event.
    BpmnError {
        /// What the boundary event waits for.
        code: String,
        /// For the operator.
        message: Option<String>,
        /// Set where the error is caught.
        variables: Map<String, Value>,
    },
    /// It failed.
    Fail {
        /// For the operator.
        message: String,
        /// How often it may be repeated; at 0 there is an incident. Never negative.
        retries: i32,
        /// How long to wait before; `None` leaves it to the job's own back-off.
        backoff: Option<Duration>,
        /// Set at the element: `error`.
        variables: Map<String, Value>,
    },
}

impl Outcome {
    /// What a job comes to that has so many retries left and failed without its error expression having a say.
    ///
    /// The failure is told as it is: mask it first if it may tell secrets.
    #[must_use]
    pub fn of_failure(failure: Failure, retries: i32) -> Self {
        let variables = members(json!({ "error": error_value(&failure) }));
        failed(failure, retries, variables)
    }

    /// The variables that the broker is sent.
    #[must_use]
    pub fn variables(&self) -> &Map<String, Value> {
        match self {
            Self::Complete { variables } | Self::BpmnError { variables, .. } | Self::Fail { variables, .. } => {
                variables
            }
        }
    }
}

/// An outcome, and what the expressions' author should know of how it came about.
#[derive(Debug, Clone, PartialEq)]
pub struct Conclusion {
    /// What the broker is told.
    pub outcome: Outcome,
    /// What an expression turned into null in silence.
    pub remarks: Vec<Remark>,
    /// Where the expression failed whose failure the outcome tells.
    pub failed_at: Option<Remark>,
}

/// How the operation ended, before the error expression has its say.
enum Ended {
    Well { any_variables: bool },
    Failed(Failure),
}

impl Expressions {
    /// What the job comes to that has so many retries left and whose operation gave this.
    ///
    /// Secrets are masked in messages, and in all that a failure carries.
    #[must_use]
    pub fn conclude(&self, result: Result<Value, Failure>, retries: i32, mask: &Mask) -> Conclusion {
        let mut notes = Notes::default();
        let ended = result.and_then(|response| self.produce(response, &mut notes));
        let produced_at = notes.failed_at.take();
        // What the error expression sees, and what the outcome's variables are made of.
        let (seen, ended) = match ended {
            Ok(produced) => (produced.seen, Ended::Well { any_variables: produced.any_variables }),
            Err(failure) => {
                let failure = mask.failure(failure);
                (json!({ "error": error_value(&failure) }), Ended::Failed(failure))
            }
        };
        let verdict = self.judge(&seen, matches!(ended, Ended::Failed(_)), retries, &mut notes);
        let failed_at = match &verdict {
            Ok(Verdict::NoError) => produced_at,
            Ok(_) => None,
            Err(_) => notes.failed_at,
        };
        let verdict = verdict.and_then(Verdict::of_fair_size);
        let outcome = match verdict {
            Ok(Verdict::NoError) => match ended {
                Ended::Well { any_variables: true } => Outcome::Complete { variables: members(seen) },
                Ended::Well { any_variables: false } => Outcome::Complete { variables: Map::new() },
                Ended::Failed(failure) => failed(failure, retries, members(seen)),
            },
            Ok(Verdict::Ignore { variables }) => Outcome::Complete { variables },
            Ok(Verdict::Bpmn { code, message, variables }) => {
                let variables = members(mask.value(&Value::Object(variables)));
                Outcome::BpmnError { code, message: message.map(|message| cut(&mask.text(&message))), variables }
            }
            Ok(Verdict::Job { message, variables, retries, backoff }) => {
                let message = mask.text(&message);
                let mut variables = members(mask.value(&Value::Object(variables)));
                let told = cut(&message);
                variables.insert("error".to_owned(), Value::String(message));
                Outcome::Fail { message: told, retries, backoff: Some(backoff), variables }
            }
            Err(failure) => {
                let failure = match &ended {
                    Ended::Failed(first) => also(failure, first),
                    Ended::Well { .. } => failure,
                };
                Outcome::of_failure(mask.failure(failure), 0)
            }
        };
        Conclusion { outcome, remarks: notes.remarks, failed_at }
    }
}

/// The failure of an error expression, with what it was to judge: otherwise nobody would learn of it.
fn also(failure: Failure, first: &Failure) -> Failure {
    match failure {
        Failure::Terminal { error } => {
            let message = format!("{} It was to judge this: {}", error.message, described(first));
            Failure::Terminal { error: Box::new(ErrorDetail { message, ..*error }) }
        }
        other => other,
    }
}

fn failed(failure: Failure, retries: i32, variables: Map<String, Value>) -> Outcome {
    let message = cut(&described(&failure));
    let variables = size::kept(variables);
    match failure {
        Failure::Retryable { after, .. } => {
            Outcome::Fail { message, retries: retries.saturating_sub(1).max(0), backoff: after, variables }
        }
        Failure::Terminal { .. } => Outcome::Fail { message, retries: 0, backoff: None, variables },
        Failure::Bpmn { code, message, variables } => {
            let message = Some(cut(&message)).filter(|message| !message.is_empty());
            Outcome::BpmnError { code, message, variables: members(*variables) }
        }
    }
}

/// The message with the code, which "Not Found" alone lacks.
fn described(failure: &Failure) -> String {
    match failure {
        Failure::Retryable { error, .. } | Failure::Terminal { error } => match &error.code {
            Some(code) if !error.message.contains(code.as_str()) => format!("{} (code {code})", error.message),
            _ => error.message.clone(),
        },
        Failure::Bpmn { message, .. } => message.clone(),
    }
}

/// What `error` is in expressions and variables.
fn error_value(failure: &Failure) -> Value {
    let mut detail = match failure {
        Failure::Retryable { error, .. } | Failure::Terminal { error } => ErrorDetail::clone(error),
        Failure::Bpmn { code, message, variables } => ErrorDetail {
            code: Some(code.clone()),
            variables: Some(Value::clone(variables))
                .filter(|variables| variables.as_object().is_some_and(|members| !members.is_empty())),
            ..ErrorDetail::new(message)
        },
    };
    detail.message = cut(&detail.message);
    json!(detail)
}

fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// The text as far as a broker takes it.
fn cut(text: &str) -> String {
    let mut units = 0;
    let end = text.char_indices().find_map(|(index, letter)| {
        units += letter.len_utf16();
        (units > LONGEST_MESSAGE).then_some(index)
    });
    text[..end.unwrap_or(text.len())].to_owned()
}

/// Whether JSON would call a function where it is bound as an input.
fn calls_function(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains(FUNCTION_LITERAL),
        Value::Array(items) => items.iter().any(calls_function),
        Value::Object(members) => {
            members.iter().any(|(name, value)| name.contains(FUNCTION_LITERAL) || calls_function(value))
        }
        _ => false,
    }
}

/// What JSON is, in messages, where an object is asked for.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
