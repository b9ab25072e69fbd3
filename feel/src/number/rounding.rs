//! Rounding modes, and rounding a number to a precision or to a scale.

use std::cmp::Ordering;

use super::decimal::{Decimal, check_scale, check_scale_nonzero};
use super::integer::{TEN_TO_THE_I64, TEN_TO_THE_OVERFLOWS};
use super::{ArithmeticError, Number, Repr};

/// How a discarded fraction changes the digit before it: Java's `RoundingMode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rounding {
    /// Away from zero.
    Up,
    /// Towards zero.
    Down,
    /// Towards positive infinity.
    Ceiling,
    /// Towards negative infinity.
    Floor,
    /// To the nearest, a half away from zero.
    HalfUp,
    /// To the nearest, a half towards zero.
    HalfDown,
    /// To the nearest, a half to the even neighbour.
    HalfEven,
    /// Not at all: discarding a nonzero fraction is an error.
    Unnecessary,
}

impl Rounding {
    /// Whether the magnitude of a quotient grows by one, its discarded nonzero fraction standing to a half as `half`.
    pub(super) fn increments(self, negative: bool, odd: bool, half: Ordering) -> Result<bool, ArithmeticError> {
        Ok(match self {
            Self::Up => true,
            Self::Down => false,
            Self::Ceiling => !negative,
            Self::Floor => negative,
            Self::HalfUp => half.is_ge(),
            Self::HalfDown => half.is_gt(),
            Self::HalfEven => half.is_gt() || (half.is_eq() && odd),
            Self::Unnecessary => return Err(ArithmeticError::RoundingNecessary),
        })
    }
}

impl Number {
    /// The number with exactly `scale` digits after the point, as `BigDecimal.setScale`.
    ///
    /// # Errors
    /// [`ArithmeticError::RoundingNecessary`] under [`Rounding::Unnecessary`],
    /// [`ArithmeticError::Underflow`] where the scales are too far apart for Java,
    /// [`ArithmeticError::TooLarge`] where the result would have too many digits.
    pub fn set_scale(&self, scale: i32, rounding: Rounding) -> Result<Self, ArithmeticError> {
        if let Repr::Small { mantissa, scale: old } = self.0 {
            if scale == old || mantissa == 0 {
                return Ok(Self::small(mantissa, scale));
            }
            if let Some(result) = small_set_scale(mantissa, old, scale, rounding) {
                return Ok(Self::small(result?, scale));
            }
        } else if scale == self.scale() {
            return Ok(self.clone());
        }
        Ok(Self::from_decimal(self.to_decimal().with_scale(scale, rounding)?, self.context()))
    }
}

/// `None` where the result or the power of ten leaves the `i64` range.
fn small_set_scale(mantissa: i64, old: i32, new: i32, rounding: Rounding) -> Option<Result<i64, ArithmeticError>> {
    let power = *TEN_TO_THE_I64.get(usize::try_from(new.checked_sub(old)?.unsigned_abs()).ok()?)?;
    if new > old {
        return mantissa.checked_mul(power).map(Ok);
    }
    let (quotient, rest) = (mantissa.checked_div(power)?, mantissa.checked_rem(power)?);
    if rest == 0 {
        return Some(Ok(quotient));
    }
    let half = rest.unsigned_abs().cmp(&(power.unsigned_abs() - rest.unsigned_abs()));
    let increments = rounding.increments(mantissa < 0, quotient & 1 != 0, half);
    Some(increments.map(|increments| quotient + i64::from(increments) * mantissa.signum()))
}

impl Decimal {
    /// At most `precision` digits, as `BigDecimal.doRound`.
    pub(super) fn rounded(mut self, precision: i64, rounding: Rounding) -> Result<Self, ArithmeticError> {
        // Rounding 99.9 up makes a digit more, hence the loop.
        loop {
            let drop = self.precision() - precision;
            if drop <= 0 {
                return Ok(self);
            }
            self.scale = check_scale_nonzero(i64::from(self.scale) - drop)?;
            self.int = self.int.divide_by_ten_to_the(drop, rounding)?.0;
        }
    }

    /// Exactly the scale `scale`, as `BigDecimal.setScale`.
    pub(super) fn with_scale(&self, scale: i32, rounding: Rounding) -> Result<Self, ArithmeticError> {
        let raise = i64::from(scale) - i64::from(self.scale);
        let int = if raise == 0 || self.int.is_zero() {
            self.int.clone()
        } else if raise > 0 {
            check_scale(raise, true)?;
            self.int.times_ten_to_the(raise)?
        } else {
            check_scale(-raise, true)?;
            if -raise >= TEN_TO_THE_OVERFLOWS {
                // Java fails to make the power of ten it divides by.
                return Err(ArithmeticError::TooLarge);
            }
            self.int.divide_by_ten_to_the(-raise, rounding)?.0
        };
        Ok(Self { int, scale })
    }
}
