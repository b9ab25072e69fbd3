//! What is noted about expressions while they are evaluated.

use super::headers::{Header, Remark};
use crate::failure::{ErrorType, Failure};
use opwright_feel::{EvaluationError, Expression, Warning, snippet};

/// What the author of the expressions should know.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) remarks: Vec<Remark>,
    /// Where the expression failed that was evaluated last.
    pub(super) failed_at: Option<Remark>,
}

impl Notes {
    pub(super) fn warn<'w>(
        &mut self,
        header: Header,
        expression: &Expression,
        warnings: impl IntoIterator<Item = &'w Warning>,
    ) {
        self.remarks.extend(warnings.into_iter().map(|warning| Remark::of_warning(header, expression, warning)));
    }

    /// Notes where an expression failed, and gives the failure that this is.
    pub(super) fn unevaluated(&mut self, header: Header, expression: &Expression, error: &EvaluationError) -> Failure {
        self.failed_at = Some(Remark {
            header,
            position: error.position(),
            message: error.reason().to_string(),
            snippet: snippet(expression.source(), error.span()),
        });
        Failure::terminal_as(ErrorType::Feel, format!("{} failed at {error}.", header.label()))
    }
}
