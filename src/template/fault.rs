//! What is wrong with the form of a template: with one key, wherever the rest of the file leads.

use super::tree::Path;
use crate::text::alternatives;
use std::fmt;

/// A fault of the form, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where it is.
    pub path: Path,
    /// What it is.
    pub problem: Problem,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// Something of another type is wanted.
    WrongType {
        /// What is wanted, such as "a string".
        expected: &'static str,
        /// What is there.
        found: &'static str,
    },
    /// A key that has to be there is not.
    Missing {
        /// The key.
        key: &'static str,
        /// What needs it.
        by: String,
    },
    /// A key that nobody reads.
    UnknownKey {
        /// The key.
        key: String,
        /// The nearest key that is read.
        nearest: Option<&'static str>,
    },
    /// A key that occurs again; only the last one counts.
    RepeatedKey {
        /// The key.
        key: String,
    },
    /// A text that is none of those that there are.
    NoneOf {
        /// The text.
        found: String,
        /// Those that there are.
        allowed: Vec<String>,
    },
    /// Something that may not be there, or not so.
    Refused {
        /// The whole sentence.
        reason: String,
    },
}

impl Problem {
    /// Whether Camunda's schema refuses it too. It knows nothing of unknown keys.
    #[must_use]
    pub const fn is_schemas(&self) -> bool {
        !matches!(self, Self::UnknownKey { .. } | Self::RepeatedKey { .. })
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongType { expected, found } => write!(formatter, "this is {found}, but must be {expected}"),
            Self::Missing { key, by } => write!(formatter, "{by} needs `{key}`"),
            Self::UnknownKey { key, nearest: Some(nearest) } => {
                write!(formatter, "`{key}` is read by nobody; did you mean `{nearest}`?")
            }
            Self::UnknownKey { key, nearest: None } => write!(formatter, "`{key}` is read by nobody"),
            Self::RepeatedKey { key } => write!(formatter, "`{key}` is there again below: this one counts for nothing"),
            Self::NoneOf { found, allowed } => {
                let allowed: Vec<_> = allowed.iter().map(|allowed| format!("`{allowed}`")).collect();
                write!(formatter, "`{found}` must be {}", alternatives(&allowed))
            }
            Self::Refused { reason } => formatter.write_str(reason),
        }
    }
}
