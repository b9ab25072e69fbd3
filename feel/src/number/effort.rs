//! What operations cost, in steps of an evaluation, so that work on long numbers is counted.

use super::{MAX_RESULT_DIGITS, Number, Repr};

/// Scales up to this far apart cost nothing: the integer still fits a few words.
const NEAR: u32 = 64;

/// Digits in a word of 64 bits.
const WORD: u64 = 19;

impl Number {
    /// How much longer multiplying, dividing, rounding or writing takes than for short numbers.
    #[inline]
    pub(crate) fn effort(&self, other: &Self) -> u64 {
        if self.is_near(other) {
            return 0;
        }
        let (left, right) = (self.words(other), other.words(self));
        left.saturating_mul(right) / 64 + left + right
    }

    /// How much longer adding or comparing takes than for short numbers.
    #[inline]
    pub(crate) fn effort_side_by_side(&self, other: &Self) -> u64 {
        if self.is_near(other) {
            return 0;
        }
        4 * (self.words(other) + other.words(self))
    }

    /// How much longer it takes to write the number out, to round it or to hash it than a short one.
    #[inline]
    pub(crate) fn own_effort(&self) -> u64 {
        if self.is_near(&Number::ONE) {
            return 0;
        }
        let words = self.words(&Number::ONE);
        words.saturating_mul(words) / 64 + words
    }

    /// About how many bytes its digits take.
    #[inline]
    pub(crate) fn written_length(&self) -> usize {
        match &self.0 {
            Repr::Small { .. } => 16,
            Repr::Big(big) => usize::try_from(big.digits).unwrap_or(usize::MAX),
        }
    }

    #[inline]
    fn is_near(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Repr::Small { scale: left, .. }, Repr::Small { scale: right, .. }) => left.abs_diff(*right) <= NEAR,
            _ => false,
        }
    }

    /// The words of the integer, once the number has as many digits after the point as the other one. Where those would be
    /// more than a result may have, nothing is computed with them.
    #[cold]
    fn words(&self, other: &Self) -> u64 {
        let own = u64::from(self.precision());
        let more = u64::try_from(i64::from(other.scale()) - i64::from(self.scale())).unwrap_or(0);
        let digits = if more > MAX_RESULT_DIGITS.unsigned_abs() { own } else { own + more };
        digits / WORD + 1
    }
}
