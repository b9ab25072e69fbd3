//! An expression that is evaluated for each call, and what is told of it when it fails.

use crate::dispatch::secrets::Mask;
use crate::worker::inbound::engine::engine;
use crate::worker::inbound::fault::remarks;
use opwright_feel::{EvaluationErrorReason, Expression, Shape, Variables};
use serde_json::Value;
use std::fmt;
use std::sync::Arc;

/// An expression, parsed once.
pub(super) struct Formula {
    expression: Expression,
    /// As it was written: with the names of secrets, not with their values.
    told: String,
    mask: Arc<Mask>,
}

impl fmt::Debug for Formula {
    /// As it was written: what is evaluated may hold secrets.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Formula({})", self.told)
    }
}

/// An expression that gives nothing that can be used. It goes to who calls, so it tells no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FormulaError {
    pub(super) reason: String,
    pub(super) expression: String,
    /// The reason for the log: without what the expression itself may have made of a call.
    pub(super) cause: String,
}

impl Formula {
    /// An expression as it was written, and with its secrets, which what is wrong with it may tell.
    pub(super) fn parse(told: &str, text: &str, mask: &Arc<Mask>) -> Result<Self, String> {
        let expression = Expression::parse(text).map_err(|error| format!("it is no FEEL: {error}"))?;
        Ok(Self { expression, told: told.to_owned(), mask: Arc::clone(mask) })
    }

    /// What it gives over the members of a context.
    pub(super) fn evaluate(&self, context: &Value) -> Result<Value, FormulaError> {
        let evaluation = engine().evaluate(&self.expression, &Variables::from(context));
        evaluation.map(|given| given.to_json()).map_err(|error| match error.reason() {
            EvaluationErrorReason::Assertion(_) => {
                FormulaError { cause: "its `assert` does not hold".to_owned(), ..self.fault(&error.to_string()) }
            }
            _ => self.fault(&error.to_string()),
        })
    }

    /// The text that it gives; numbers and booleans count as text.
    pub(super) fn text(&self, context: &Value) -> Result<Option<String>, FormulaError> {
        Ok(match self.evaluate(context)? {
            Value::String(text) => Some(text),
            other @ (Value::Number(_) | Value::Bool(_)) => Some(other.to_string()),
            _ => None,
        })
    }

    /// What is wrong with what it gave.
    pub(super) fn fault(&self, reason: &str) -> FormulaError {
        let reason = self.mask.text(reason);
        FormulaError { cause: reason.clone(), reason, expression: self.told.clone() }
    }

    /// Whether it may see the body of a call, as far as that can be told from its text.
    pub(super) fn sees_body(&self) -> bool {
        let source = self.expression.source();
        // The body is a member of the request, and there is no other way to it.
        ["request.headers", "request.params"]
            .iter()
            .fold(source.to_owned(), |rest, part| rest.replace(part, ""))
            .contains("request")
    }

    /// What in it can hardly be as it was meant, given what it sees.
    pub(super) fn remarks(&self, sees: &Shape) -> Vec<String> {
        remarks(&self.expression, sees)
    }

    /// As it was written.
    pub(super) fn told(&self) -> &str {
        &self.told
    }
}
