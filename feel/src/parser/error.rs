//! Why a text is no expression.

use std::fmt;

use crate::span::{Position, Span, snippet};

/// A text that is no FEEL expression.
///
/// [`fmt::Display`] gives one line; [`ParseError::explain`] adds the line of the text with a caret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    reason: ParseErrorReason,
    span: Span,
    position: Position,
}

/// What is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParseErrorReason {
    /// Something else was expected here.
    Expected {
        /// What would have been right, such as `an expression` or `` `then` ``.
        expected: Vec<&'static str>,
        /// What stands there instead.
        found: Found,
    },
    /// Brackets, keywords or functions are nested deeper than [`crate::Limits::nesting`].
    TooDeep,
    /// It can be read in so many ways that reading it was given up.
    TooComplex,
    /// It is longer than [`crate::Limits::source`] bytes.
    TooLong,
    /// A number has more digits than are supported.
    NumberTooLong,
    /// `function(…) external {…}`: functions of Java are not executed, as in Camunda 8.
    ExternalFunction,
}

/// What stands where something else was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// The end of the text.
    End,
    /// A word or a sign.
    Text(String),
}

impl ParseError {
    pub(crate) fn new(source: &str, span: Span, reason: ParseErrorReason) -> ParseError {
        ParseError { reason, span, position: Position::at(source, span.start()) }
    }

    /// What is wrong.
    #[must_use]
    pub fn reason(&self) -> &ParseErrorReason {
        &self.reason
    }

    /// The place, as bytes of the text that was parsed.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// The place, as line and column.
    #[must_use]
    pub fn position(&self) -> Position {
        self.position
    }

    /// The message with the line of the text that it is about, and carets under the place.
    #[must_use]
    pub fn explain(&self, source: &str) -> String {
        format!("{self}\n{}", snippet(source, self.span))
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.position)?;
        match &self.reason {
            ParseErrorReason::Expected { expected, found } => {
                f.write_str("expected ")?;
                for (index, what) in expected.iter().enumerate() {
                    if index > 0 {
                        f.write_str(if index + 1 == expected.len() { " or " } else { ", " })?;
                    }
                    f.write_str(what)?;
                }
                match found {
                    Found::End => f.write_str(", found the end"),
                    Found::Text(text) => write!(f, ", found `{text}`"),
                }
            }
            ParseErrorReason::TooDeep => f.write_str("nested too deeply"),
            ParseErrorReason::TooComplex => f.write_str("too many ways to read it: simplify the brackets from here on"),
            ParseErrorReason::TooLong => f.write_str("the expression is too long"),
            ParseErrorReason::NumberTooLong => f.write_str("this number has too many digits"),
            ParseErrorReason::ExternalFunction => {
                f.write_str("external functions are disabled: they would call Java, which Camunda 8 does not do")
            }
        }
    }
}

impl std::error::Error for ParseError {}
