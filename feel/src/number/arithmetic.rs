//! Sums, differences, products and signs.

use super::decimal::{Decimal, check_scale};
use super::integer::{Int, TEN_TO_THE_I64};
use super::{ArithmeticError, Number, Repr, Rounding};

/// Up to this distance of scales, two `i64` align without losing a digit of the default precision.
const EXACT_ALIGNMENT: usize = 15;

impl Number {
    /// `self` + `other`, rounded to the context of `self`.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`], [`ArithmeticError::Underflow`] or [`ArithmeticError::TooLarge`].
    #[inline]
    pub fn add(&self, other: &Self) -> Result<Self, ArithmeticError> {
        if let (Repr::Small { mantissa: a, scale: s }, Repr::Small { mantissa: b, scale: t }) = (&self.0, &other.0) {
            if s == t
                && let Some(sum) = a.checked_add(*b)
            {
                return Ok(Self::small(sum, *s));
            }
            if let Some((a, b, scale)) = aligned(*a, *s, *b, *t)
                && let Some(sum) = a.checked_add(b)
            {
                return Ok(Self::small(sum, scale));
            }
        }
        self.add_any(other, false)
    }

    /// `self` - `other`, rounded to the context of `self`.
    ///
    /// # Errors
    /// As [`Number::add`].
    #[inline]
    pub fn subtract(&self, other: &Self) -> Result<Self, ArithmeticError> {
        if let (Repr::Small { mantissa: a, scale: s }, Repr::Small { mantissa: b, scale: t }) = (&self.0, &other.0) {
            if s == t
                && let Some(difference) = a.checked_sub(*b)
            {
                return Ok(Self::small(difference, *s));
            }
            if let Some((a, b, scale)) = aligned(*a, *s, *b, *t)
                && let Some(difference) = a.checked_sub(b)
            {
                return Ok(Self::small(difference, scale));
            }
        }
        self.add_any(other, true)
    }

    #[cold]
    fn add_any(&self, other: &Self, negated: bool) -> Result<Self, ArithmeticError> {
        let precision = self.context();
        let other = other.to_decimal();
        let other = if negated { other.negate() } else { other };
        Ok(Self::from_decimal(self.to_decimal().add(&other, i64::from(precision))?, precision))
    }

    /// `self` · `other`, rounded to the context of `self`.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`], [`ArithmeticError::Underflow`] or [`ArithmeticError::TooLarge`].
    #[inline]
    pub fn multiply(&self, other: &Self) -> Result<Self, ArithmeticError> {
        if let (Repr::Small { mantissa: a, scale: s }, Repr::Small { mantissa: b, scale: t }) = (&self.0, &other.0)
            && let Some(product) = a.checked_mul(*b)
            && let Some(scale) = s.checked_add(*t)
        {
            return Ok(Self::small(product, scale));
        }
        self.multiply_any(other)
    }

    #[cold]
    fn multiply_any(&self, other: &Self) -> Result<Self, ArithmeticError> {
        let precision = self.context();
        Ok(Self::from_decimal(self.to_decimal().multiply(&other.to_decimal(), i64::from(precision))?, precision))
    }

    /// -`self`, rounded to its context.
    ///
    /// # Errors
    /// [`ArithmeticError::Overflow`] or [`ArithmeticError::Underflow`], where it has more digits than its context.
    #[inline]
    pub fn negate(&self) -> Result<Self, ArithmeticError> {
        if let Repr::Small { mantissa, scale } = &self.0
            && let Some(mantissa) = mantissa.checked_neg()
        {
            return Ok(Self::small(mantissa, *scale));
        }
        self.negate_any()
    }

    #[cold]
    fn negate_any(&self) -> Result<Self, ArithmeticError> {
        let precision = self.context();
        let negated = self.to_decimal().negate().rounded(i64::from(precision), Rounding::HalfEven)?;
        Ok(Self::from_decimal(negated, precision))
    }

    /// The magnitude, rounded to the context where the number is negative.
    ///
    /// # Errors
    /// As [`Number::negate`].
    #[inline]
    pub fn abs(&self) -> Result<Self, ArithmeticError> {
        if self.signum() < 0 { self.negate() } else { Ok(self.clone()) }
    }
}

/// Both integers at the larger scale, where that fits and neither needs rounding.
#[inline]
fn aligned(a: i64, s: i32, b: i64, t: i32) -> Option<(i64, i64, i32)> {
    let distance = usize::try_from(s.checked_sub(t)?.unsigned_abs()).ok()?;
    if distance > EXACT_ALIGNMENT {
        return None;
    }
    let power = *TEN_TO_THE_I64.get(distance)?;
    if s < t { Some((a.checked_mul(power)?, b, t)) } else { Some((a, b.checked_mul(power)?, s)) }
}

impl Decimal {
    pub(super) fn negate(self) -> Self {
        Self { int: self.int.negate(), scale: self.scale }
    }

    /// As `BigDecimal.add` with a context.
    pub(super) fn add(&self, other: &Self, precision: i64) -> Result<Self, ArithmeticError> {
        if self.is_zero() || other.is_zero() {
            return self.add_zero(other, precision);
        }
        let (high, mut low) = if self.scale < other.scale { (self, other) } else { (other, self) };
        let sliver;
        if low.scale != high.scale
            && let Some(scale) = high.hides(low, precision)
        {
            // All that is left of a number too small to be seen is that it is not zero.
            sliver = Self { int: Int::from(i64::from(low.int.signum())), scale: check_scale(scale, true)? };
            low = &sliver;
        }
        let raised = high.with_scale(low.scale, Rounding::Unnecessary)?;
        Self { int: raised.int.add(&low.int), scale: low.scale }.rounded(precision, Rounding::HalfEven)
    }

    /// The sum where one or both summands are zero.
    fn add_zero(&self, other: &Self, precision: i64) -> Result<Self, ArithmeticError> {
        let preferred = self.scale.max(other.scale);
        if self.is_zero() && other.is_zero() {
            return Ok(Self::zero(preferred));
        }
        let summand = if self.is_zero() { other } else { self };
        let result = summand.clone().rounded(precision, Rounding::HalfEven)?;
        if result.scale >= preferred {
            return Ok(result.stripped_to(preferred));
        }
        // As in Java, a difference beyond `i32` wraps to a negative one, and the scale is then out of reach.
        let (spare, missing) = (precision - result.precision(), preferred.wrapping_sub(result.scale));
        let scale = if spare >= i64::from(missing) { i64::from(preferred) } else { i64::from(result.scale) + spare };
        result.with_scale(check_scale(scale, true)?, Rounding::Unnecessary)
    }

    /// The scale at which to keep a trace of `low`, where its digits lie below all that a sum with `self` shows.
    fn hides(&self, low: &Self, precision: i64) -> Option<i64> {
        let last_shown = i64::from(self.scale) - self.precision() + precision;
        let first = i64::from(low.scale) - low.precision() + 1;
        let visible = last_shown.max(i64::from(self.scale));
        (first > visible + 2).then_some(visible + 3)
    }

    /// As `BigDecimal.multiply` with a context.
    pub(super) fn multiply(&self, other: &Self, precision: i64) -> Result<Self, ArithmeticError> {
        self.multiply_exactly(other)?.rounded(precision, Rounding::HalfEven)
    }

    /// As `BigDecimal.multiply` without a context.
    pub(super) fn multiply_exactly(&self, other: &Self) -> Result<Self, ArithmeticError> {
        // Java asks only the left factor whether it is zero.
        let scale = check_scale(i64::from(self.scale) + i64::from(other.scale), !self.is_zero())?;
        Ok(Self { int: self.int.multiply(&other.int)?, scale })
    }

    /// As `BigDecimal.subtract` without a context.
    pub(super) fn subtract_exactly(&self, other: &Self) -> Result<Self, ArithmeticError> {
        let raise = i64::from(self.scale) - i64::from(other.scale);
        check_scale(raise.abs(), !(if raise < 0 { self } else { other }).is_zero())?;
        let scale = self.scale.max(other.scale);
        let raised = |operand: &Self| operand.int.times_ten_to_the(i64::from(scale) - i64::from(operand.scale));
        Ok(Self { int: raised(self)?.add(&raised(other)?.negate()), scale })
    }
}
