//! Powers.

use super::decimal::Decimal;
use super::integer::Int;
use super::{ArithmeticError, Number, Repr, Rounding};

/// The largest exponent of ANSI X3.274 arithmetic.
const MAX_EXPONENT: u32 = 999_999_999;

impl Number {
    /// `self` to the power of `exponent`, as FEEL's `**`: in decimal where `exponent` is whole, with the context of
    /// `self`, otherwise in floating point.
    ///
    /// # Errors
    /// [`ArithmeticError::InvalidOperation`] for a whole exponent beyond ±999999999, whose low 32 bits alone count,
    /// [`ArithmeticError::DivisionByZero`] for zero to a negative power, [`ArithmeticError::NotANumber`] and
    /// [`ArithmeticError::Infinite`] from floating point, [`ArithmeticError::Overflow`],
    /// [`ArithmeticError::Underflow`] and [`ArithmeticError::TooLarge`].
    pub fn power(&self, exponent: &Self) -> Result<Self, ArithmeticError> {
        if exponent.is_whole() {
            return self.power_i32(exponent.to_i32_wrapping());
        }
        let (base, exponent) = (self.to_f64(), exponent.to_f64());
        // C has one to any power be one; Java does not for an infinite one.
        if exponent.is_infinite() && base.abs().total_cmp(&1.0).is_eq() {
            return Err(ArithmeticError::NotANumber);
        }
        // Java takes the root, which is correctly rounded.
        let root = exponent.total_cmp(&0.5).is_eq() && base.is_sign_positive();
        let power = if root { base.sqrt() } else { base.powf(exponent) };
        Self::from_f64(power).ok_or(if power.is_nan() {
            ArithmeticError::NotANumber
        } else {
            ArithmeticError::Infinite
        })
    }

    /// `self` to the power of `exponent`, as Scala's `BigDecimal.pow`.
    ///
    /// # Errors
    /// As [`Number::power`].
    pub fn power_i32(&self, exponent: i32) -> Result<Self, ArithmeticError> {
        if exponent.unsigned_abs() > MAX_EXPONENT {
            return Err(ArithmeticError::InvalidOperation);
        }
        let precision = self.context();
        if exponent == 0 {
            return Ok(Self::from_decimal(Decimal { int: Int::ONE, scale: 0 }, precision));
        }
        if let Repr::Small { mantissa, scale } = &self.0
            && let Ok(n) = u32::try_from(exponent)
            && let Some(power) = mantissa.checked_pow(n)
            && let Some(scale) = scale.checked_mul(exponent)
        {
            return Ok(Self::small(power, scale));
        }
        let power = self.to_decimal().power(exponent, i64::from(precision))?;
        Ok(Self::from_decimal(power, precision))
    }
}

impl Decimal {
    /// As `BigDecimal.pow` with a context, for an exponent that is in range and not zero.
    fn power(&self, exponent: i32, precision: i64) -> Result<Self, ArithmeticError> {
        let magnitude = exponent.unsigned_abs();
        let working = precision + i64::from(magnitude.checked_ilog10().unwrap_or(0)) + 2;
        let mut power = Self { int: Int::ONE, scale: 0 };
        for bit in (0..u32::BITS - magnitude.leading_zeros()).rev() {
            power = power.multiply(&power, working)?;
            if (magnitude >> bit) & 1 != 0 {
                power = power.multiply(self, working)?;
            }
        }
        if exponent < 0 {
            power = Self { int: Int::ONE, scale: 0 }.divide(&power, working, Rounding::HalfEven)?;
        }
        power.rounded(precision, Rounding::HalfEven)
    }
}
