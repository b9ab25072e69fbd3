//! Quotients and remainders.

use std::cmp::Ordering;

use super::decimal::{Decimal, check_scale_nonzero, saturate};
use super::integer::Int;
use super::{ArithmeticError, DEFAULT_PRECISION, Number, Repr, Rounding};

/// How many digits of a quotient one step of the long division yields: an `i64` times ten to this fits a `u128`.
const STEP: u32 = 19;

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
            && let Some(quotient) = small_quotient(*a, *s, *b, *t)
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
            && s == t
            && *b != 0
            && let Some(rest) = a.checked_rem(*b)
        {
            return Ok(Self::small(rest, *s));
        }
        let precision = self.context();
        let rest = self.to_decimal().remainder(&other.to_decimal(), i64::from(precision))?;
        Ok(Self::from_decimal(rest, precision))
    }
}

/// The quotient to the default precision, `None` where the general way has to find it.
fn small_quotient(a: i64, s: i32, b: i64, t: i32) -> Option<Number> {
    let preferred = s.checked_sub(t)?;
    if a == 0 || b == 0 {
        return None;
    }
    let negative = (a < 0) != (b < 0);
    let (dividend, divisor) = (u128::from(a.unsigned_abs()), u128::from(b.unsigned_abs()));
    let (mut quotient, mut rest) = (dividend / divisor, dividend % divisor);
    let (x, y) = (Int::from(a), Int::from(b));
    let mut digits = 0;
    if rest != 0 {
        let (x_digits, y_digits) = (x.digits(), y.digits());
        let longer = x.compare_magnitude_shifted(y_digits - x_digits, &y).is_gt();
        let all = u32::try_from(i64::from(DEFAULT_PRECISION) + y_digits - x_digits - i64::from(longer)).ok()?;
        while rest != 0 && digits < all {
            let step = STEP.min(all - digits);
            let power = 10u128.checked_pow(step)?;
            let shifted = rest.checked_mul(power)?;
            quotient = quotient.checked_mul(power)?.checked_add(shifted / divisor)?;
            rest = shifted % divisor;
            digits += step;
        }
    }
    let scale = preferred.checked_add(i32::try_from(digits).ok()?)?;
    if rest != 0 {
        // The rest is below the divisor, an `i64`, so that doubling it is safe.
        let half = (2 * rest).cmp(&divisor);
        quotient += u128::from(half.is_gt() || (half.is_eq() && quotient & 1 != 0));
    }
    let magnitude = i128::try_from(quotient).ok()?;
    let int = Int::from(if negative { -magnitude } else { magnitude });
    let quotient = Decimal { int, scale };
    let quotient = if rest == 0 { quotient.stripped_to(preferred) } else { quotient };
    let quotient = quotient.rounded(i64::from(DEFAULT_PRECISION), Rounding::HalfEven).ok()?;
    Some(Number::from_decimal(quotient, DEFAULT_PRECISION))
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
        let (x, mut y) = (self.precision(), other.precision());
        if self.int.compare_magnitude_shifted(y - x, &other.int).is_gt() {
            y -= 1;
        }
        let raise = precision + y - x;
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
