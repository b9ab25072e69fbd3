//! What feel-scala 1.21.0 answered on Java 25, in the rendering of the oracle: the kind, and Java's text.

mod operations;
mod parts;
mod text;

use super::{Temporal, TemporalError};

pub(super) fn literal(text: &str) -> Temporal {
    Temporal::literal(text).unwrap_or_else(|| panic!("{text} is nothing"))
}

pub(super) fn shown(temporal: Option<&Temporal>) -> String {
    temporal.map_or_else(
        || "null".to_owned(),
        |temporal| format!("{}({})", temporal.kind().label(), temporal.to_java_string()),
    )
}

pub(super) fn outcome(outcome: &Result<Option<Temporal>, TemporalError>) -> String {
    outcome.as_ref().map_or_else(|_| "error".to_owned(), |temporal| shown(temporal.as_ref()))
}
