//! The working form of a number: an integer and a scale, with Java's rules for scales out of range.

use super::ArithmeticError;
use super::integer::Int;

/// `int` · 10^-`scale`.
#[derive(Clone, Debug)]
pub(super) struct Decimal {
    pub(super) int: Int,
    pub(super) scale: i32,
}

impl Decimal {
    pub(super) fn zero(scale: i32) -> Self {
        Self { int: Int::ZERO, scale }
    }

    pub(super) fn precision(&self) -> i64 {
        self.int.digits()
    }

    pub(super) fn is_zero(&self) -> bool {
        self.int.is_zero()
    }

    /// Fewer trailing zeros, down to the scale `preferred`, as `stripZerosToMatchScale`.
    pub(super) fn stripped_to(self, preferred: i32) -> Self {
        let (int, stripped) = self.int.strip_zeros(i64::from(self.scale) - i64::from(preferred));
        Self { int, scale: saturate(i64::from(self.scale) - stripped) }
    }
}

/// A scale, or the nearest there is.
pub(super) fn saturate(scale: i64) -> i32 {
    i32::try_from(scale).unwrap_or(if scale < 0 { i32::MIN } else { i32::MAX })
}

/// The scale of a number: zero takes the nearest there is, others none out of range.
pub(super) fn check_scale(scale: i64, nonzero: bool) -> Result<i32, ArithmeticError> {
    match i32::try_from(scale) {
        Err(_) if nonzero && scale > 0 => Err(ArithmeticError::Underflow),
        Err(_) if nonzero => Err(ArithmeticError::Overflow),
        _ => Ok(saturate(scale)),
    }
}

/// As [`check_scale`] for a nonzero number, except that Java picks the error by the scale's low bits.
pub(super) fn check_scale_nonzero(scale: i64) -> Result<i32, ArithmeticError> {
    #[allow(clippy::cast_possible_truncation)]
    let low = scale as i32;
    i32::try_from(scale).map_err(|_| if low > 0 { ArithmeticError::Underflow } else { ArithmeticError::Overflow })
}
