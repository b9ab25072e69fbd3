//! Reading a number from text.

use std::str::FromStr;

use num_bigint::BigUint;

use super::decimal::Decimal;
use super::integer::Int;
use super::{DEFAULT_PRECISION, MAX_PARSED_DIGITS, Number, ParseError};

/// So many digits always fit an `i64`.
const SHORT: usize = 18;

/// So many digits always fit an `i128`.
const NARROW: usize = 38;

/// From this many digits on, splitting a text and multiplying the halves beats reading it digit by digit.
const SPLIT: usize = 512;

impl Number {
    /// The number a text denotes, as Scala's `BigDecimal(String)`: an optional sign, digits with an optional point, and
    /// an optional exponent. All digits and the scale are kept, and the context holds at least all digits.
    ///
    /// # Errors
    /// [`ParseError::Malformed`] for any other text, digits other than ASCII ones included, and for an exponent out of
    /// range; [`ParseError::TooManyDigits`] beyond [`MAX_PARSED_DIGITS`], leading zeros not counted.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let (negative, text) = signed(text.as_bytes());
        let end = text.iter().position(|byte| matches!(byte, b'e' | b'E')).unwrap_or(text.len());
        let (significand, exponent) = text.split_at_checked(end).ok_or(ParseError::Malformed)?;
        let (whole, fraction) = match significand.iter().position(|byte| *byte == b'.') {
            Some(point) => (significand.get(..point), significand.get(point + 1..)),
            None => (Some(significand), Some(&[][..])),
        };
        let (whole, fraction) = whole.zip(fraction).ok_or(ParseError::Malformed)?;
        if (whole.is_empty() && fraction.is_empty()) || !is_digits(whole) || !is_digits(fraction) {
            return Err(ParseError::Malformed);
        }
        let exponent = if exponent.is_empty() { Some(0) } else { parse_exponent(exponent) };
        let scale = i64::try_from(fraction.len())
            .ok()
            .zip(exponent)
            .and_then(|(digits, exponent)| i32::try_from(digits - exponent).ok());
        Self::from_digits(negative, whole, fraction, scale.ok_or(ParseError::Malformed)?)
    }

    fn from_digits(negative: bool, whole: &[u8], fraction: &[u8], scale: i32) -> Result<Self, ParseError> {
        if whole.len() + fraction.len() <= SHORT {
            let mantissa = accumulate(whole.iter().chain(fraction), 0i64, |value, digit| value * 10 + i64::from(digit));
            return Ok(Self::small(if negative { -mantissa } else { mantissa }, scale));
        }
        let mut digits = Vec::with_capacity(whole.len() + fraction.len());
        digits.extend(whole.iter().chain(fraction).skip_while(|byte| **byte == b'0'));
        if digits.len() > MAX_PARSED_DIGITS {
            return Err(ParseError::TooManyDigits);
        }
        let int = if digits.len() <= NARROW {
            let value = accumulate(&digits, 0i128, |value, digit| value * 10 + i128::from(digit));
            Int::from(if negative { -value } else { value })
        } else {
            Int::from_magnitude(negative, magnitude(&digits))
        };
        let context = u32::try_from(digits.len()).map_or(DEFAULT_PRECISION, |digits| digits.max(DEFAULT_PRECISION));
        Ok(Self::from_decimal(Decimal { int, scale }, context))
    }
}

impl FromStr for Number {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::parse(text)
    }
}

fn signed(text: &[u8]) -> (bool, &[u8]) {
    match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    }
}

fn is_digits(text: &[u8]) -> bool {
    text.iter().all(u8::is_ascii_digit)
}

fn accumulate<'a, T>(digits: impl IntoIterator<Item = &'a u8>, zero: T, add: impl Fn(T, u8) -> T) -> T {
    digits.into_iter().fold(zero, |value, digit| add(value, digit.wrapping_sub(b'0')))
}

/// The exponent of a text that begins with its `e`.
fn parse_exponent(text: &[u8]) -> Option<i64> {
    /// Java reads no more digits than this after leading zeros.
    const MOST: usize = 10;
    let (negative, digits) = signed(text.get(1..)?);
    let zeros = digits.iter().take(digits.len().saturating_sub(MOST)).take_while(|byte| **byte == b'0').count();
    let digits = digits.get(zeros..)?;
    if digits.is_empty() || digits.len() > MOST || !is_digits(digits) {
        return None;
    }
    let exponent = accumulate(digits, 0i64, |value, digit| value * 10 + i64::from(digit));
    Some(if negative { -exponent } else { exponent })
}

/// The integer of many digits.
fn magnitude(digits: &[u8]) -> BigUint {
    // Ten to the `SPLIT`, and its squares, as far as the halves need them.
    let mut powers = Vec::new();
    let mut length = SPLIT;
    while length < digits.len() {
        let power = match powers.last() {
            Some(power) => power * power,
            None => BigUint::from(10u8).pow(u32::try_from(SPLIT).unwrap_or(0)),
        };
        powers.push(power);
        length *= 2;
    }
    join(digits, &powers)
}

fn join(digits: &[u8], powers: &[BigUint]) -> BigUint {
    let Some((power, powers)) = powers.split_last() else {
        return BigUint::parse_bytes(digits, 10).unwrap_or_default();
    };
    let low = SPLIT << powers.len();
    match digits.len().checked_sub(low).and_then(|high| digits.split_at_checked(high)) {
        Some((high, low)) if !high.is_empty() => join(high, powers) * power + join(low, powers),
        _ => join(digits, powers),
    }
}
