//! Why a text is no expression.

use std::fmt;

use crate::span::Located;

/// A text that is no FEEL expression.
pub type ParseError = Located<ParseErrorReason>;

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

impl fmt::Display for ParseErrorReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expected { expected, found } => {
                f.write_str("expected ")?;
                for (index, what) in expected.iter().enumerate() {
                    if index > 0 {
                        f.write_str(if index + 1 == expected.len() { " or " } else { ", " })?;
                    }
                    f.write_str(what)?;
                }
                match found {
                    Found::End => f.write_str(", found the end"),
                    // It cannot stand between its own kind.
                    Found::Text(text) if text == "`" => f.write_str(", found a backtick"),
                    Found::Text(text) => write!(f, ", found `{text}`"),
                }
            }
            Self::TooDeep => f.write_str("nested too deeply"),
            Self::TooComplex => f.write_str("too many ways to read it: simplify the brackets from here on"),
            Self::TooLong => f.write_str("the expression is too long"),
            Self::NumberTooLong => f.write_str("this number has too many digits"),
            Self::ExternalFunction => {
                f.write_str("external functions are disabled: they would call Java, which Camunda 8 does not do")
            }
        }
    }
}
