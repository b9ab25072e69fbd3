//! What is to be said about a place in an expression.

use crate::cli::Console;
use crate::dispatch::outcome::{HeaderFault, HeaderProblem, Remark};
use opwright_feel::connector::engine;
use opwright_feel::{
    Diagnostic, EvaluationError, Expression, ParseError, Position, Shape, Span, Warning, WarningKind, snippet,
};
use serde_json::{Value, json};
use std::path::Path;

/// A message with its place.
pub(super) struct Finding {
    position: Position,
    message: String,
    snippet: String,
}

impl Finding {
    fn new(source: &str, span: Span, message: String) -> Self {
        Self { position: Position::at(source, span.start()), message, snippet: snippet(source, span) }
    }

    pub(super) fn of_parse(source: &str, error: &ParseError) -> Self {
        Self::new(source, error.span(), error.reason().to_string())
    }

    pub(super) fn of_evaluation(source: &str, error: &EvaluationError) -> Self {
        Self::new(source, error.span(), error.reason().to_string())
    }

    /// Of a function that does not take its arguments, they tell which it takes.
    pub(super) fn of_warnings(expression: &Expression, warnings: &[Warning]) -> Vec<Self> {
        let source = expression.source();
        let no_function = |warning: &Warning| warning.kind() == WarningKind::NoFunctionFound;
        let diagnostics = if warnings.iter().any(no_function) {
            expression.analyze(&Shape::Any, engine()).diagnostics
        } else {
            Vec::new()
        };
        let finding = |warning: &Warning| match diagnostics.iter().find(|found| found.span == warning.span()) {
            Some(diagnostic) if no_function(warning) => Self::of_diagnostic(source, diagnostic),
            _ => Self::new(source, warning.span(), warning.message().to_owned()),
        };
        warnings.iter().map(finding).collect()
    }

    pub(super) fn of_remark(remark: Remark) -> Self {
        Self { position: remark.position, message: remark.message, snippet: remark.snippet }
    }

    pub(super) fn of_fault(fault: &HeaderFault) -> Self {
        match &fault.problem {
            HeaderProblem::Syntax(error) => Self::of_parse(&fault.text, error),
            HeaderProblem::NoObject { .. } => {
                let start = fault.text.len() - fault.text.trim_start().len();
                Self::new(&fault.text, Span::new(start, fault.text.trim_end().len()), fault.to_string())
            }
        }
    }

    /// Where it is, for an order of the text.
    pub(super) fn place(&self) -> (usize, usize) {
        (self.position.line, self.position.column)
    }

    pub(super) fn of_diagnostic(source: &str, diagnostic: &Diagnostic) -> Self {
        Self::new(source, diagnostic.span, diagnostic.to_string())
    }

    /// One line: the place and the message.
    pub(super) fn line(&self) -> String {
        format!("{}: {}", self.position, self.message)
    }

    /// As an error, in the file of this name if there is one.
    pub(super) fn print_error(&self, file: Option<&str>, console: Console) {
        console.error(&self.within(file));
        console.snippet(&self.snippet);
    }

    pub(super) fn print_warning(&self, console: Console) {
        console.warning(&self.within(None));
        console.snippet(&self.snippet);
    }

    fn within(&self, file: Option<&str>) -> String {
        let file = file.map(|file| format!("{file}, ")).unwrap_or_default();
        format!("{file}{}", self.line())
    }

    pub(super) fn json(&self) -> Value {
        json!({ "line": self.position.line, "column": self.position.column, "message": self.message })
    }

    pub(super) fn json_within(&self, file: Option<&Path>) -> Value {
        let Position { line, column } = self.position;
        json!({ "file": file, "line": line, "column": column, "message": self.message })
    }
}
