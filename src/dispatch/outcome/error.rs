//! What an error expression says.

use super::headers::{Expressions, Header};
use super::members;
use super::notes::Notes;
use super::result::object;
use super::size::refuse_large;
use crate::dispatch::duration;
use crate::failure::{ErrorType, Failure};
use crate::text::{alternatives, suggestion};
use opwright_feel::{Evaluation, Variables};
use serde_json::{Map, Value, json};
use std::time::Duration;

const HEADER: Header = Header::ErrorExpression;

/// What `errorType` can be.
const TYPES: [&str; 3] = ["bpmnError", "jobError", "ignoreError"];

/// What an error expression makes of how an operation ended.
#[derive(Debug, PartialEq)]
pub(super) enum Verdict {
    NoError,
    Bpmn { code: String, message: Option<String>, variables: Map<String, Value> },
    Job { message: String, variables: Map<String, Value>, retries: i32, backoff: Duration },
    Ignore { variables: Map<String, Value> },
}

impl Verdict {
    /// The verdict, unless its variables are too large to be sent.
    pub(super) fn of_fair_size(self) -> Result<Self, Failure> {
        match &self {
            Self::Bpmn { variables, .. } | Self::Job { variables, .. } | Self::Ignore { variables } => {
                refuse_large(variables)?;
            }
            Self::NoError => {}
        }
        Ok(self)
    }
}

impl Expressions {
    /// Evaluates the error expression over what it sees. A failure of its own is final.
    pub(super) fn judge(
        &self,
        seen: &Value,
        failed: bool,
        retries: i32,
        notes: &mut Notes,
    ) -> Result<Verdict, Failure> {
        let Some(expression) = &self.error else { return Ok(Verdict::NoError) };
        let job = json!({ "retries": retries });
        let variables = Variables::from(seen).with("response", seen).with("job", &job);
        let mut passed_over = Vec::new();
        let evaluation = self.engine.evaluate_with_warnings(expression, &variables, &mut passed_over);
        let warnings = evaluation.as_ref().map_or(passed_over.as_slice(), Evaluation::warnings);
        notes.warn(HEADER, expression, self.unexpected(expression, warnings, failed));
        let evaluation = evaluation.map_err(|error| notes.unevaluated(HEADER, expression, &error))?;
        match object(HEADER, &evaluation)? {
            Some(given) if !given.is_empty() => verdict(given),
            _ => Ok(Verdict::NoError),
        }
    }
}

fn verdict(mut given: Map<String, Value>) -> Result<Verdict, Failure> {
    let kind = given.remove("errorType").unwrap_or_default();
    match kind.as_str() {
        Some("bpmnError") => {
            let (message, variables) = (text(&mut given, "errorMessage")?, object_member(&mut given)?);
            Ok(match text(&mut given, "errorCode")? {
                Some(code) if !code.trim().is_empty() => Verdict::Bpmn { code, message, variables },
                _ => Verdict::NoError,
            })
        }
        Some("jobError") => Ok(Verdict::Job {
            message: text(&mut given, "errorMessage")?.unwrap_or_default(),
            variables: object_member(&mut given)?,
            retries: retries(&given)?,
            backoff: backoff(&given)?,
        }),
        Some("ignoreError") => Ok(Verdict::Ignore { variables: object_member(&mut given)? }),
        Some(other) => {
            let hint = suggestion(other, TYPES.into_iter());
            Err(refused(&format!("there is no such `errorType`{}", hint.trim_end_matches('?'))))
        }
        None => {
            let types = TYPES.map(|name| format!("`{name}`"));
            Err(refused(&format!("`errorType` must be {}", alternatives(&types))))
        }
    }
}

fn refused(rule: &str) -> Failure {
    Failure::terminal_as(ErrorType::Input, format!("{} must return an error or null: {rule}.", HEADER.label()))
}

/// A member that is text; numbers and booleans count as theirs.
fn text(given: &mut Map<String, Value>, name: &str) -> Result<Option<String>, Failure> {
    match given.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(scalar @ (Value::Number(_) | Value::Bool(_))) => Ok(Some(scalar.to_string())),
        Some(_) => Err(refused(&format!("`{name}` must be text"))),
    }
}

fn object_member(given: &mut Map<String, Value>) -> Result<Map<String, Value>, Failure> {
    match given.remove("variables").unwrap_or_default() {
        value @ (Value::Null | Value::Object(_)) => Ok(members(value)),
        _ => Err(refused("`variables` must be a context")),
    }
}

fn retries(given: &Map<String, Value>) -> Result<i32, Failure> {
    match given.get("retries") {
        None | Some(Value::Null) => Ok(0),
        Some(Value::Number(number)) => {
            let number = number.as_f64().unwrap_or_default().clamp(0.0, f64::from(i32::MAX));
            #[expect(clippy::cast_possible_truncation, reason = "it is clamped, and 1.5 retries are 1")]
            Ok(number as i32)
        }
        Some(_) => Err(refused("`retries` must be a number")),
    }
}

fn backoff(given: &Map<String, Value>) -> Result<Duration, Failure> {
    match given.get("retryBackoff") {
        None | Some(Value::Null) => Ok(Duration::ZERO),
        Some(value) => value
            .as_str()
            .and_then(duration::parse)
            .ok_or_else(|| refused("`retryBackoff` must be a days-time duration such as `@\"PT10S\"`")),
    }
}
