//! FEEL numbers: decimals that compute, round and print exactly as `scala.math.BigDecimal` 2.13 on Java 25 does.
//!
//! A number is an integer and a scale, the count of its digits after the point, and carries a context: the precision,
//! 34 digits unless a longer literal asked for more, to which operations that have it on their left round half to even.

mod arithmetic;
mod compare;
mod convert;
mod decimal;
mod division;
mod double;
mod effort;
mod error;
mod format;
mod integer;
mod parse;
mod power;
mod rounding;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use decimal::Decimal;
pub use error::{ArithmeticError, ParseError};
use integer::Int;
pub use rounding::Rounding;

/// The precision of the default context, which is IEEE 754's decimal128.
pub const DEFAULT_PRECISION: u32 = 34;

/// The longest integer an operation builds by multiplying or shifting; one that would need more digits is an error.
pub const MAX_RESULT_DIGITS: i64 = 100_000;

/// The most significant digits a text may have to be a number.
pub const MAX_PARSED_DIGITS: usize = 100_000;

/// An exact decimal number with a scale and a context.
///
/// Equality, order and hash go by value: `1.0` equals `1.00`. Only the printed form and the results of operations tell
/// the scales apart.
#[derive(Clone)]
pub struct Number(Repr);

/// `Small` wherever the integer fits and the context is the default one.
#[derive(Clone)]
enum Repr {
    Small { mantissa: i64, scale: i32 },
    Big(Arc<Big>),
}

struct Big {
    decimal: Decimal,
    digits: i64,
    context: u32,
}

impl Number {
    /// Zero, without digits after the point.
    pub const ZERO: Self = Self::small(0, 0);

    /// One, without digits after the point.
    pub const ONE: Self = Self::small(1, 0);

    #[inline]
    const fn small(mantissa: i64, scale: i32) -> Self {
        Self(Repr::Small { mantissa, scale })
    }

    /// The number `mantissa` · 10^-`scale` in the default context, as `BigDecimal.valueOf`.
    #[inline]
    #[must_use]
    pub const fn from_parts(mantissa: i64, scale: i32) -> Self {
        Self::small(mantissa, scale)
    }

    fn from_decimal(decimal: Decimal, context: u32) -> Self {
        if context == DEFAULT_PRECISION
            && let Some(mantissa) = decimal.int.to_i64()
        {
            return Self::small(mantissa, decimal.scale);
        }
        let digits = decimal.precision();
        Self(Repr::Big(Arc::new(Big { decimal, digits, context })))
    }

    fn to_decimal(&self) -> Decimal {
        match &self.0 {
            Repr::Small { mantissa, scale } => Decimal { int: Int::from(*mantissa), scale: *scale },
            Repr::Big(big) => big.decimal.clone(),
        }
    }

    /// How many digits stand after the point; negative where zeros before it are left out.
    #[inline]
    #[must_use]
    pub fn scale(&self) -> i32 {
        match &self.0 {
            Repr::Small { scale, .. } => *scale,
            Repr::Big(big) => big.decimal.scale,
        }
    }

    /// How many digits the unscaled integer has; one for zero.
    #[must_use]
    pub fn precision(&self) -> u32 {
        let digits = match &self.0 {
            Repr::Small { mantissa, .. } => Int::from(*mantissa).digits(),
            Repr::Big(big) => big.digits,
        };
        u32::try_from(digits).unwrap_or(u32::MAX)
    }

    /// The precision to which operations with this number on their left round.
    #[inline]
    #[must_use]
    pub fn context(&self) -> u32 {
        match &self.0 {
            Repr::Small { .. } => DEFAULT_PRECISION,
            Repr::Big(big) => big.context,
        }
    }

    /// -1, 0 or 1 as the number is negative, zero or positive.
    #[inline]
    #[must_use]
    pub fn signum(&self) -> i32 {
        match &self.0 {
            Repr::Small { mantissa, .. } => i32::from(*mantissa > 0) - i32::from(*mantissa < 0),
            Repr::Big(big) => big.decimal.int.signum(),
        }
    }

    /// Whether the number is zero, of whatever scale.
    #[inline]
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.signum() == 0
    }

    /// Whether nothing but zeros stands after the point.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        match &self.0 {
            Repr::Small { scale, .. } if *scale <= 0 => true,
            Repr::Small { mantissa, scale } => usize::try_from(*scale)
                .ok()
                .and_then(|at| integer::TEN_TO_THE_I64.get(at))
                .map_or(*mantissa == 0, |power| mantissa % power == 0),
            Repr::Big(big) => big.is_whole(),
        }
    }
}

impl Big {
    fn is_whole(&self) -> bool {
        let Decimal { int, scale } = &self.decimal;
        *scale <= 0 || int.is_zero() || (self.digits > i64::from(*scale) && int.is_multiple_of_ten_to_the(*scale))
    }
}

impl Default for Number {
    fn default() -> Self {
        Self::ZERO
    }
}

impl From<i64> for Number {
    #[inline]
    fn from(value: i64) -> Self {
        Self::small(value, 0)
    }
}

impl From<i32> for Number {
    #[inline]
    fn from(value: i32) -> Self {
        Self::small(i64::from(value), 0)
    }
}

impl From<u32> for Number {
    #[inline]
    fn from(value: u32) -> Self {
        Self::small(i64::from(value), 0)
    }
}

impl From<u64> for Number {
    #[inline]
    fn from(value: u64) -> Self {
        match i64::try_from(value) {
            Ok(mantissa) => Self::small(mantissa, 0),
            Err(_) => Self::from_decimal(Decimal { int: Int::from(i128::from(value)), scale: 0 }, DEFAULT_PRECISION),
        }
    }
}

impl From<usize> for Number {
    #[inline]
    fn from(value: usize) -> Self {
        Self::from(value as u64)
    }
}
