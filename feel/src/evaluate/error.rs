//! Why an evaluation came to no result, and what it passed over in silence.

use std::fmt;

use crate::span::{Located, Position, Span, snippet};

/// An evaluation without a result. It holds no value of the variables, but for what `assert` and functions of the host
/// are told to say.
pub type EvaluationError = Located<EvaluationErrorReason>;

/// What ended an evaluation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EvaluationErrorReason {
    /// The result is an error, such as a call of a function of something that is no context.
    Failed(String),
    /// An operation cannot be done with these operands, such as `modulo(1, 0)`, or a function of the host refused its
    /// arguments.
    Impossible(String),
    /// `assert(…)` found its condition not fulfilled.
    Assertion(String),
    /// More steps than [`crate::Limits::steps`].
    Steps(u64),
    /// More memory than [`crate::Limits::memory`], in bytes.
    Memory(usize),
    /// More parts within parts than [`crate::Limits::depth`].
    Depth(usize),
    /// Lists and contexts nested deeper than [`crate::Limits::nesting`].
    Nesting(usize),
    /// A number of more digits than this, which is not for [`crate::Limits`] to set.
    Digits(i64),
    /// A regular expression that tries too much on its input, which is not for [`crate::Limits`] to set.
    Pattern,
    /// Longer than [`crate::Limits::time`].
    Time(std::time::Duration),
}

impl fmt::Display for EvaluationErrorReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(message) | Self::Impossible(message) | Self::Assertion(message) => f.write_str(message),
            Self::Steps(limit) => write!(f, "it takes more than {limit} steps: work on fewer items"),
            Self::Memory(limit) => write!(f, "it makes more than {limit} bytes of values: work on fewer items"),
            Self::Depth(limit) => write!(f, "it has functions and brackets nested deeper than {limit}"),
            Self::Digits(limit) => write!(f, "it makes a number of more than {limit} digits"),
            Self::Pattern => f.write_str("a regular expression takes too many steps on its input: write a simpler one"),
            Self::Nesting(limit) => write!(f, "it makes lists or contexts nested deeper than {limit}"),
            Self::Time(limit) => write!(f, "it takes longer than {limit:?}: work on fewer items"),
        }
    }
}

/// Something that FEEL turns into null and goes on.
///
/// A warning does not change the result. It tells names and types, never values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    pub(crate) kind: WarningKind,
    pub(crate) span: Span,
    pub(crate) message: String,
}

/// What kind of thing was turned into null; the names are feel-scala's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WarningKind {
    /// `NO_VARIABLE_FOUND`
    NoVariableFound,
    /// `NO_CONTEXT_ENTRY_FOUND`
    NoContextEntryFound,
    /// `NO_PROPERTY_FOUND`
    NoPropertyFound,
    /// `NOT_COMPARABLE`
    NotComparable,
    /// `INVALID_TYPE`
    InvalidType,
    /// `NO_FUNCTION_FOUND`
    NoFunctionFound,
    /// `FUNCTION_INVOCATION_FAILURE`
    FunctionInvocationFailure,
}

impl WarningKind {
    /// feel-scala's name of it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NoVariableFound => "NO_VARIABLE_FOUND",
            Self::NoContextEntryFound => "NO_CONTEXT_ENTRY_FOUND",
            Self::NoPropertyFound => "NO_PROPERTY_FOUND",
            Self::NotComparable => "NOT_COMPARABLE",
            Self::InvalidType => "INVALID_TYPE",
            Self::NoFunctionFound => "NO_FUNCTION_FOUND",
            Self::FunctionInvocationFailure => "FUNCTION_INVOCATION_FAILURE",
        }
    }
}

impl Warning {
    /// What kind of thing was turned into null.
    #[must_use]
    pub fn kind(&self) -> WarningKind {
        self.kind
    }

    /// The part of the expression, as bytes of its text.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// What happened, and where it can be told, what was meant.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The message with its line and column and the line of the text that it is about.
    #[must_use]
    pub fn explain(&self, source: &str) -> String {
        format!("{}: {}\n{}", Position::at(source, self.span.start()), self.message, snippet(source, self.span))
    }
}
