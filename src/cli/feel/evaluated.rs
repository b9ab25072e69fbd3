//! What comes of an expression.

use super::finding::Finding;
use opwright_feel::connector::engine;
use opwright_feel::{Evaluation, Expression, ParseError, Variables};
use serde_json::Value;

/// A value, or why there is none, and what was turned into null on the way.
pub(super) struct Evaluated {
    pub(super) result: Result<Value, Finding>,
    pub(super) warnings: Vec<Finding>,
}

impl Evaluated {
    /// A text that is no expression.
    pub(super) fn unread(source: &str, error: &ParseError) -> Self {
        Self { result: Err(Finding::of_parse(source, error)), warnings: Vec::new() }
    }

    pub(super) fn of<'a>(expression: &'a Expression, variables: &Variables<'a>) -> Self {
        let mut passed_over = Vec::new();
        let evaluation = engine().evaluate_with_warnings(expression, variables, &mut passed_over);
        let warnings = evaluation.as_ref().map_or(passed_over.as_slice(), Evaluation::warnings);
        let warnings = Finding::of_warnings(expression, warnings);
        let result = evaluation
            .map(|evaluation| evaluation.to_json())
            .map_err(|error| Finding::of_evaluation(expression.source(), &error));
        Self { result, warnings }
    }
}
