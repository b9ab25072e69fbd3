//! What can go wrong with a number, in the words `java.math.BigDecimal` uses.

use std::error::Error;
use std::fmt;

// Java makes decimals of "NaN" and "Infinity" by parsing them, and complains about the first letter.
const NOT_A_NUMBER: &str =
    "Character N is neither a decimal digit number, decimal point, nor \"e\" notation exponential mark.";
const INFINITE: &str =
    "Character I is neither a decimal digit number, decimal point, nor \"e\" notation exponential mark.";

/// Why an operation on numbers has no result; `Display` gives the message of Java's exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArithmeticError {
    /// A nonzero number was divided by zero.
    DivisionByZero,
    /// Zero was divided by zero.
    DivisionUndefined,
    /// The integer quotient of a remainder needs more digits than the context has.
    DivisionImpossible,
    /// An exponent lies outside ±999999999.
    InvalidOperation,
    /// The result's scale would lie below `i32::MIN`.
    Overflow,
    /// The result's scale would lie above `i32::MAX`.
    Underflow,
    /// The scale cannot be set without rounding, and rounding was not allowed.
    RoundingNecessary,
    /// A power computed in floating point is not a number.
    NotANumber,
    /// A power computed in floating point is infinite.
    Infinite,
    /// The exact result would need more than [`MAX_RESULT_DIGITS`](super::MAX_RESULT_DIGITS) digits.
    TooLarge,
}

impl fmt::Display for ArithmeticError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DivisionByZero => "Division by zero",
            Self::DivisionUndefined => "Division undefined",
            Self::DivisionImpossible => "Division impossible",
            Self::InvalidOperation => "Invalid operation",
            Self::Overflow => "Overflow",
            Self::Underflow => "Underflow",
            Self::RoundingNecessary => "Rounding necessary",
            Self::NotANumber => NOT_A_NUMBER,
            Self::Infinite => INFINITE,
            Self::TooLarge => "the result has more than 100000 digits",
        })
    }
}

impl Error for ArithmeticError {}

/// Why a text is not a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParseError {
    /// The text does not follow the grammar, or its exponent is out of range.
    Malformed,
    /// The text has more than [`MAX_PARSED_DIGITS`](super::MAX_PARSED_DIGITS) significant digits.
    TooManyDigits,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => f.write_str("not a decimal number"),
            Self::TooManyDigits => {
                write!(f, "more than {} significant digits", super::MAX_PARSED_DIGITS)
            }
        }
    }
}

impl Error for ParseError {}
