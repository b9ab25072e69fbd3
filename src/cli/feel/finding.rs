//! What is to be said about a place in an expression.

use crate::cli::Console;
use opwright_feel::{Diagnostic, EvaluationError, ParseError, Position, Span, Warning, snippet};
use serde_json::{Value, json};

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

    pub(super) fn of_warning(source: &str, warning: &Warning) -> Self {
        Self::new(source, warning.span(), warning.message().to_owned())
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

    pub(super) fn json_within(&self, file: Option<&str>) -> Value {
        let Position { line, column } = self.position;
        json!({ "file": file, "line": line, "column": column, "message": self.message })
    }
}
