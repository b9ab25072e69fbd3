//! Conversions from and to doubles.

use std::fmt::Write;

use super::format::Text;
use super::integer::Int;
use super::{Number, Repr, Rounding};

/// The powers of ten that doubles hold exactly.
const TEN_TO_THE: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

/// Up to this magnitude, doubles hold every integer.
const EXACT: i64 = 1 << 53;

/// How many decimals the quick way of reading a double tries.
const SHORT: usize = 6;

/// Two decimals of fewer digits are too far apart for a double halfway between them to stand for both.
const LEAST_TIED_DIGITS: u32 = 16;

/// How many digits decide to which double a decimal is nearest; further ones only as far as they are not all zero.
const DECISIVE_DIGITS: i64 = 770;

impl Number {
    /// The decimal that `Double.toString` prints, as Scala's `BigDecimal.decimal`: 1.0 has the scale 1. `None` unless
    /// `value` is finite.
    #[must_use]
    pub fn from_f64(value: f64) -> Option<Self> {
        if !value.is_finite() {
            return None;
        }
        short_decimal(value).or_else(|| shortest_decimal(value))
    }

    /// The nearest double, infinite where the number is beyond the largest one, as `BigDecimal.doubleValue`.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        match &self.0 {
            Repr::Small { mantissa, scale } => small_to_f64(*mantissa, *scale),
            Repr::Big(big) => {
                let scale = i64::from(big.decimal.scale);
                let drop = big.digits - DECISIVE_DIGITS;
                let cut = (drop > 0).then(|| big.decimal.int.divide_by_ten_to_the(drop, Rounding::Down));
                match cut {
                    // One more digit tells a half from a little more than one.
                    Some(Ok((int, false))) => decimal_to_f64(&int, "1", drop - 1 - scale),
                    Some(Ok((int, true))) => decimal_to_f64(&int, "", drop - scale),
                    _ => decimal_to_f64(&big.decimal.int, "", -scale),
                }
            }
        }
    }
}

#[allow(clippy::cast_precision_loss)]
fn small_to_f64(mantissa: i64, scale: i32) -> f64 {
    if scale == 0 {
        return mantissa as f64;
    }
    if mantissa.unsigned_abs() <= EXACT.unsigned_abs()
        && let Some(power) = usize::try_from(scale.unsigned_abs()).ok().and_then(|at| TEN_TO_THE.get(at))
    {
        // Both are exact, so that there is but one rounding.
        let value = mantissa as f64;
        return if scale > 0 { value / power } else { value * power };
    }
    if mantissa == 0 { 0.0 } else { decimal_to_f64(&Int::from(mantissa), "", -i64::from(scale)) }
}

/// The double nearest to `int` with `digits` appended, times ten to the `exponent`.
fn decimal_to_f64(int: &Int, digits: &str, exponent: i64) -> f64 {
    let sign = if int.signum() < 0 { "-" } else { "" };
    if let Int::Narrow(value) = int {
        let mut text = Text::default();
        if write!(text, "{sign}{}{digits}e{exponent}", value.unsigned_abs()).is_ok() {
            return text.as_str().parse().unwrap_or(0.0);
        }
    }
    format!("{sign}{}{digits}e{exponent}", int.magnitude_text()).parse().unwrap_or(0.0)
}

/// The decimal of a double that needs few digits and that Java prints without an exponent.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::float_cmp)]
fn short_decimal(value: f64) -> Option<Number> {
    let magnitude = value.abs();
    if magnitude != 0.0 && !(1e-3..1e7).contains(&magnitude) {
        return None;
    }
    TEN_TO_THE.iter().zip(0..).skip(1).take(SHORT).find_map(|(power, scale)| {
        let mantissa = (value * power + 0.5f64.copysign(value)) as i64;
        // A decimal of so few digits is the only one of its length that the double can stand for.
        (mantissa as f64 / power == value).then(|| Number::small(mantissa, scale))
    })
}

/// The decimal of any other double, from the shortest digits that tell it apart.
fn shortest_decimal(value: f64) -> Option<Number> {
    let mut text = Text::default();
    write!(text, "{value:e}").ok()?;
    // Java prints two digits at least, and picks the second rather than appending a zero: the least double is 4.9E-324.
    if text.as_str().trim_start_matches('-').as_bytes().get(1) == Some(&b'e') {
        text = Text::default();
        write!(text, "{value:.1e}").ok()?;
    }
    let number = Number::parse(text.as_str()).ok()?;
    let last_digit_odd = matches!(number.0, Repr::Small { mantissa, .. } if mantissa & 1 != 0);
    if !last_digit_odd || number.precision() < LEAST_TIED_DIGITS {
        return Some(number);
    }
    // Halfway between two decimals of the shortest length, Java takes the even one, and Rust the larger.
    let mut even = Text::default();
    write!(even, "{value:.*e}", number.precision().checked_sub(1)? as usize).ok()?;
    let same = even.as_str().parse::<f64>().is_ok_and(|read| read.total_cmp(&value).is_eq());
    if same { Number::parse(even.as_str()).ok() } else { Some(number) }
}
