//! Quotients and remainders.

use std::cmp::Ordering;

use super::decimal::{Decimal, check_scale_nonzero, saturate};
use super::integer::{Int, TEN_TO_THE_I64};
use super::{ArithmeticError, DEFAULT_PRECISION, Number, Repr, Rounding};

/// How many digits of a quotient one step of the long division yields: an `i64` times ten to this fits a `u128`.
const STEP: u32 = 19;

/// With a preferred scale up to this, no quotient of two `i64` comes near a scale out of range.
const MOST_PREFERRED: u32 = 1_000_000_000;

impl Number {
    /// `self` / `other`, rounded to the context of `self`.
    ///
    /// The scale is the one least far above that of `self` less that of `other` that shows the quotient.
    ///
    /// # Errors
    /// [`ArithmeticError::DivisionByZero`] or [`ArithmeticError::DivisionUndefined`] for a divisor of zero,
    /// [`ArithmeticError::Overflow`], [`ArithmeticError::Underflow`] or [`ArithmeticError::TooLarge`].
    #[inline]
    pub fn divide(&self, other: &Self) -> Result<Self, ArithmeticError> {
        if let (Repr::Small { mantissa: a, scale: s }, Repr::Small { mantissa: b, scale: t }) = (&self.0, &other.0)
            && let Some(preferred) = s.checked_sub(*t)
            && let Some(quotient) = small_quotient(*a, *b, preferred)
        {
            return Ok(quotient);
        }
        let precision = self.context();
        let quotient = self.to_decimal().divide(&other.to_decimal(), i64::from(precision), Rounding::HalfEven)?;
        Ok(Self::from_decimal(quotient, precision))
    }

    /// The remainder of `self` / `other`, with the sign of `self`, as Scala's `%`.
    ///
    /// # Errors
    /// As [`Number::divide`], and [`ArithmeticError::DivisionImpossible`] where the integer quotient has more digits
    /// than the context of `self`.
    pub fn remainder(&self, other: &Self) -> Result<Self, ArithmeticError> {
        if let (Repr::Small { mantissa: a, scale: s }, Repr::Small { mantissa: b, scale: t }) = (&self.0, &other.0)
            && let Some(distance) = s.checked_sub(*t)
            && let Some(power) = usize::try_from(distance).ok().and_then(|at| TEN_TO_THE_I64.get(at))
            && let Some(divisor) = b.checked_mul(*power)
            && let Some(rest) = a.checked_rem(divisor)
        {
            // The product of quotient and divisor never has more decimals than the dividend.
            return Ok(Self::small(rest, *s));
        }
        let precision = self.context();
        let rest = self.to_decimal().remainder(&other.to_decimal(), i64::from(precision))?;
        Ok(Self::from_decimal(rest, precision))
    }
}

/// The quotient to the default precision, `None` where the general way has to find it.
fn small_quotient(dividend: i64, divisor: i64, preferred: i32) -> Option<Number> {
    if dividend == 0 || preferred.unsigned_abs() > MOST_PREFERRED {
        return None;
    }
    let (whole, rest) = (dividend.checked_div(divisor)?, dividend.checked_rem(divisor)?);
    if rest == 0 {
        return Some(Number::small(whole, preferred));
    }
    let shift = shift(&Int::from(dividend), &Int::from(divisor), i64::from(DEFAULT_PRECISION));
    let magnitudes = (dividend.unsigned_abs(), divisor.unsigned_abs());
    let (magnitude, decimals, exact) = long_division(magnitudes.0, magnitudes.1, u32::try_from(shift).ok()?)?;
    let int = Int::from(if (dividend < 0) == (divisor < 0) { magnitude } else { -magnitude });
    let quotient = Decimal { int, scale: preferred.checked_add(i32::try_from(decimals).ok()?)? };
    let quotient = if exact {
        quotient.stripped_to(preferred)
    } else {
        quotient.rounded(i64::from(DEFAULT_PRECISION), Rounding::HalfEven).ok()?
    };
    Some(Number::from_decimal(quotient, DEFAULT_PRECISION))
}

/// The quotient with at most `most` decimals, rounded half to even; how many it has; and whether it is exact.
fn long_division(dividend: u64, divisor: u64, most: u32) -> Option<(i128, u32, bool)> {
    let divisor = u128::from(divisor);
    let (mut quotient, mut rest) = (u128::from(dividend) / divisor, u128::from(dividend) % divisor);
    let mut decimals = 0;
    while rest != 0 && decimals < most {
        let step = STEP.min(most - decimals);
        let power = 10u128.checked_pow(step)?;
        let shifted = rest.checked_mul(power)?;
        quotient = quotient.checked_mul(power)?.checked_add(shifted / divisor)?;
        rest = shifted % divisor;
        decimals += step;
    }
    // Both come from an `i64`, so that doubling the rest is safe.
    let half = (2 * rest).cmp(&divisor);
    quotient += u128::from(half.is_gt() || (half.is_eq() && quotient & 1 != 0));
    Some((i128::try_from(quotient).ok()?, decimals, rest == 0))
}

/// By how many digits to shift the dividend for an integer quotient of `precision` digits, or one more where that is a
/// power of ten.
fn shift(dividend: &Int, divisor: &Int, precision: i64) -> i64 {
    let lengthening = divisor.digits() - dividend.digits();
    precision + lengthening - i64::from(dividend.compare_magnitude_shifted(lengthening, divisor).is_gt())
}

impl Decimal {
    /// As `BigDecimal.divide` with a context.
    pub(super) fn divide(&self, other: &Self, precision: i64, rounding: Rounding) -> Result<Self, ArithmeticError> {
        let preferred = i64::from(self.scale) - i64::from(other.scale);
        if other.is_zero() {
            let undefined = self.is_zero();
            return Err(if undefined { ArithmeticError::DivisionUndefined } else { ArithmeticError::DivisionByZero });
        }
        if self.is_zero() {
            return Ok(Self::zero(saturate(preferred)));
        }
        let raise = shift(&self.int, &other.int, precision);
        let scale = check_scale_nonzero(preferred + raise)?;
        let preferred = check_scale_nonzero(preferred)?;
        let (int, exact) = if raise > 0 {
            self.int.times_ten_to_the(raise)?.divide(&other.int, rounding)?
        } else {
            self.int.divide(&other.int.times_ten_to_the(-raise)?, rounding)?
        };
        let quotient = Self { int, scale };
        let quotient = if exact { quotient.stripped_to(preferred) } else { quotient };
        quotient.rounded(precision, rounding)
    }

    /// As `BigDecimal.divideToIntegralValue` with a context.
    fn integral_quotient(&self, other: &Self, precision: i64) -> Result<Self, ArithmeticError> {
        let preferred = saturate(i64::from(self.scale) - i64::from(other.scale));
        if self.compare_magnitude(other) == Ordering::Less {
            return Ok(Self::zero(preferred));
        }
        let mut quotient = self.divide(other, precision, Rounding::Down)?;
        if quotient.scale < 0 {
            // The quotient lacks digits before the point unless what it leaves is less than the divisor.
            let rest = self.subtract_exactly(&quotient.multiply_exactly(other)?)?;
            if rest.compare_magnitude(other) != Ordering::Less {
                return Err(ArithmeticError::DivisionImpossible);
            }
        } else if quotient.scale > 0 {
            quotient = quotient.with_scale(0, Rounding::Down)?;
        }
        let spare = precision - quotient.precision();
        if preferred > quotient.scale && spare > 0 {
            // Wraps as Java's `int` does.
            let missing = preferred.wrapping_sub(quotient.scale);
            let raise = i32::try_from(spare).unwrap_or(i32::MAX).min(missing);
            quotient.with_scale(quotient.scale.wrapping_add(raise), Rounding::Unnecessary)
        } else {
            Ok(quotient.stripped_to(preferred))
        }
    }

    /// As `BigDecimal.remainder` with a context.
    pub(super) fn remainder(&self, other: &Self, precision: i64) -> Result<Self, ArithmeticError> {
        let product = self.integral_quotient(other, precision)?.multiply_exactly(other)?;
        self.subtract_exactly(&product)
    }
}
