//! The unscaled integer behind a number: an `i128` while it fits, a `BigInt` beyond.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::LazyLock;

use num_bigint::{BigInt, BigUint, Sign};
use num_integer::Integer;
use num_traits::{ToPrimitive, Zero};

use super::{ArithmeticError, MAX_RESULT_DIGITS, Rounding};

/// The powers of ten that fit an `i64`.
pub(super) const TEN_TO_THE_I64: [i64; 19] = {
    let mut powers = [1; 19];
    let mut at = 1;
    while at < powers.len() {
        powers[at] = powers[at - 1] * 10;
        at += 1;
    }
    powers
};

/// The powers of ten that fit an `i128`.
pub(super) const TEN_TO_THE: [i128; 39] = {
    let mut powers = [1; 39];
    let mut at = 1;
    while at < powers.len() {
        powers[at] = powers[at - 1] * 10;
        at += 1;
    }
    powers
};

/// Java's `BigInteger` cannot hold ten to this power.
pub(super) const TEN_TO_THE_OVERFLOWS: i64 = 646_456_993;

/// The powers of ten that arithmetic within the default context needs, made once.
static WIDE_TEN_TO_THE: LazyLock<Vec<BigInt>> =
    LazyLock::new(|| (0..128).map(|exponent| BigInt::from(10).pow(exponent)).collect());

/// An integer; `Wide` holds only what `Narrow` cannot, and `Narrow` never holds `i128::MIN`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Int {
    Narrow(i128),
    Wide(BigInt),
}

impl From<i64> for Int {
    #[inline]
    fn from(value: i64) -> Self {
        Self::Narrow(i128::from(value))
    }
}

impl From<i128> for Int {
    #[inline]
    fn from(value: i128) -> Self {
        // Without `i128::MIN`, negating never overflows.
        if value == i128::MIN { Self::Wide(BigInt::from(value)) } else { Self::Narrow(value) }
    }
}

impl From<BigInt> for Int {
    fn from(value: BigInt) -> Self {
        match value.to_i128() {
            Some(narrow) if narrow != i128::MIN => Self::Narrow(narrow),
            _ => Self::Wide(value),
        }
    }
}

fn wide_ten_to_the(exponent: u32) -> Cow<'static, BigInt> {
    match WIDE_TEN_TO_THE.get(exponent as usize) {
        Some(power) => Cow::Borrowed(power),
        None => Cow::Owned(BigInt::from(10).pow(exponent)),
    }
}

impl Int {
    pub(super) const ZERO: Self = Self::Narrow(0);
    pub(super) const ONE: Self = Self::Narrow(1);

    fn ten_to_the(exponent: u32) -> Self {
        match TEN_TO_THE.get(exponent as usize) {
            Some(power) => Self::Narrow(*power),
            None => Self::Wide(wide_ten_to_the(exponent).into_owned()),
        }
    }

    pub(super) fn to_big(&self) -> Cow<'_, BigInt> {
        match self {
            Self::Narrow(value) => Cow::Owned(BigInt::from(*value)),
            Self::Wide(value) => Cow::Borrowed(value),
        }
    }

    pub(super) fn is_zero(&self) -> bool {
        matches!(self, Self::Narrow(0))
    }

    pub(super) fn signum(&self) -> i32 {
        match self {
            Self::Narrow(value) => match value.cmp(&0) {
                Ordering::Less => -1,
                Ordering::Equal => 0,
                Ordering::Greater => 1,
            },
            Self::Wide(value) => {
                if value.sign() == Sign::Minus {
                    -1
                } else {
                    1
                }
            }
        }
    }

    pub(super) fn negate(self) -> Self {
        match self {
            Self::Narrow(value) => Self::Narrow(-value),
            Self::Wide(value) => Self::Wide(-value),
        }
    }

    /// How many decimal digits the magnitude has; one for zero.
    pub(super) fn digits(&self) -> i64 {
        match self {
            Self::Narrow(value) => narrow_digits(value.unsigned_abs()),
            Self::Wide(value) => {
                let bits = value.bits();
                let (least, most) = (digits_below_two_to_the(bits - 1), digits_below_two_to_the(bits));
                if least == most {
                    return most;
                }
                let power = u32::try_from(least).map_or(Cow::Owned(BigInt::ZERO), wide_ten_to_the);
                if value.magnitude() < power.magnitude() { least } else { most }
            }
        }
    }

    /// At least the number of decimal digits, and at most one more.
    fn digits_at_most(&self) -> i64 {
        match self {
            Self::Narrow(value) => narrow_digits(value.unsigned_abs()),
            Self::Wide(value) => digits_below_two_to_the(value.bits()),
        }
    }

    /// The low 64 bits in two's complement.
    pub(super) fn low_bits(&self) -> i64 {
        match self {
            #[allow(clippy::cast_possible_truncation)]
            Self::Narrow(value) => *value as i64,
            Self::Wide(value) => {
                let low = value.iter_u64_digits().next().unwrap_or(0).cast_signed();
                if value.sign() == Sign::Minus { low.wrapping_neg() } else { low }
            }
        }
    }

    pub(super) fn to_i64(&self) -> Option<i64> {
        match self {
            Self::Narrow(value) => i64::try_from(*value).ok(),
            Self::Wide(_) => None,
        }
    }

    pub(super) fn add(&self, other: &Self) -> Self {
        if let (Self::Narrow(a), Self::Narrow(b)) = (self, other)
            && let Some(sum) = a.checked_add(*b)
        {
            return Self::from(sum);
        }
        Self::from(self.to_big().as_ref() + other.to_big().as_ref())
    }

    pub(super) fn multiply(&self, other: &Self) -> Result<Self, ArithmeticError> {
        if let (Self::Narrow(a), Self::Narrow(b)) = (self, other)
            && let Some(product) = a.checked_mul(*b)
        {
            return Ok(Self::from(product));
        }
        if self.digits_at_most() + other.digits_at_most() > MAX_RESULT_DIGITS {
            return Err(ArithmeticError::TooLarge);
        }
        Ok(Self::from(self.to_big().as_ref() * other.to_big().as_ref()))
    }

    pub(super) fn times_ten_to_the(&self, exponent: i64) -> Result<Self, ArithmeticError> {
        if exponent <= 0 || self.is_zero() {
            return Ok(self.clone());
        }
        if self.digits_at_most().saturating_add(exponent) > MAX_RESULT_DIGITS {
            return Err(ArithmeticError::TooLarge);
        }
        let exponent = u32::try_from(exponent).map_err(|_| ArithmeticError::TooLarge)?;
        if let (Self::Narrow(value), Some(power)) = (self, TEN_TO_THE.get(exponent as usize))
            && let Some(product) = value.checked_mul(*power)
        {
            return Ok(Self::from(product));
        }
        Ok(Self::from(self.to_big().as_ref() * wide_ten_to_the(exponent).as_ref()))
    }

    /// Orders the magnitude of `self` shifted by `exponent` digits against that of `other`, both of the same length.
    pub(super) fn compare_magnitude_shifted(&self, exponent: i64, other: &Self) -> Ordering {
        if exponent < 0 {
            return other.compare_magnitude_shifted(-exponent, self).reverse();
        }
        if let (Self::Narrow(a), Self::Narrow(b)) = (self, other)
            && let Some(power) = usize::try_from(exponent).ok().and_then(|at| TEN_TO_THE.get(at))
            && let Some(shifted) = a.checked_mul(*power)
        {
            return shifted.unsigned_abs().cmp(&b.unsigned_abs());
        }
        if exponent == 0 {
            return self.to_big().magnitude().cmp(other.to_big().magnitude());
        }
        let power = u32::try_from(exponent).map_or(Cow::Owned(BigInt::ZERO), wide_ten_to_the);
        (self.to_big().magnitude() * power.magnitude()).cmp(other.to_big().magnitude())
    }

    /// The rounded quotient, and whether nothing had to be rounded.
    pub(super) fn divide(&self, divisor: &Self, rounding: Rounding) -> Result<(Self, bool), ArithmeticError> {
        let negative = (self.signum() < 0) != (divisor.signum() < 0);
        if let (Self::Narrow(a), Self::Narrow(b)) = (self, divisor) {
            let (a, b) = (a.unsigned_abs(), b.unsigned_abs());
            let quotient = a.checked_div(b).ok_or(ArithmeticError::DivisionByZero)?;
            let rest = a - quotient * b;
            let increments = rest != 0 && rounding.increments(negative, quotient & 1 != 0, rest.cmp(&(b - rest)))?;
            // Only a divisor above one leaves a rest, so the increment cannot overflow.
            let magnitude = (quotient + u128::from(increments)).cast_signed();
            return Ok((Self::Narrow(if negative { -magnitude } else { magnitude }), rest == 0));
        }
        let (a, b) = (self.to_big(), divisor.to_big());
        if b.is_zero() {
            return Err(ArithmeticError::DivisionByZero);
        }
        let (mut quotient, rest) = a.magnitude().div_rem(b.magnitude());
        let exact = rest.is_zero();
        if !exact && rounding.increments(negative, quotient.bit(0), (rest << 1u8).cmp(b.magnitude()))? {
            quotient += 1u8;
        }
        let sign = if negative { Sign::Minus } else { Sign::Plus };
        Ok((Self::from(BigInt::from_biguint(sign, quotient)), exact))
    }

    /// As [`Int::divide`] by ten to the `exponent`, which may be of any size.
    pub(super) fn divide_by_ten_to_the(
        &self,
        exponent: i64,
        rounding: Rounding,
    ) -> Result<(Self, bool), ArithmeticError> {
        if self.is_zero() {
            return Ok((Self::ZERO, true));
        }
        if exponent > self.digits_at_most() {
            // The quotient is below a tenth.
            let increments = rounding.increments(self.signum() < 0, false, Ordering::Less)?;
            return Ok((Self::from(i64::from(increments) * i64::from(self.signum())), false));
        }
        let exponent = u32::try_from(exponent).map_err(|_| ArithmeticError::TooLarge)?;
        self.divide(&Self::ten_to_the(exponent), rounding)
    }

    pub(super) fn is_multiple_of_ten_to_the(&self, exponent: i32) -> bool {
        let Ok(exponent) = u32::try_from(exponent) else { return false };
        // A multiple of ten to the n is one of two to the n.
        let even_enough = match self {
            Self::Narrow(value) => value.trailing_zeros() >= exponent,
            Self::Wide(value) => value.trailing_zeros().is_some_and(|twos| twos >= u64::from(exponent)),
        };
        even_enough && matches!(self.divide(&Self::ten_to_the(exponent), Rounding::Down), Ok((_, true)))
    }

    /// Divides by ten as long as that is exact, `most` times at most; returns how often as well.
    pub(super) fn strip_zeros(mut self, most: i64) -> (Self, i64) {
        // A multiple of ten to the n is one of two to the n.
        let twos = match &self {
            Self::Narrow(0) => 0,
            Self::Narrow(value) => u64::from(value.trailing_zeros()),
            Self::Wide(value) => value.trailing_zeros().unwrap_or(0),
        };
        let most = twos.min(u64::try_from(most.min(self.digits_at_most())).unwrap_or(0));
        let (mut left, mut stripped) = (most, 0);
        let mut step = most.checked_ilog2().map_or(0, |log| 1u64 << log);
        while step > 0 {
            if step <= left
                && let Ok(exponent) = u32::try_from(step)
                && let Ok((quotient, true)) = self.divide(&Self::ten_to_the(exponent), Rounding::Down)
            {
                self = quotient;
                left -= step;
                stripped += step;
            }
            step /= 2;
        }
        (self, i64::try_from(stripped).unwrap_or(0))
    }

    /// The decimal digits of the magnitude.
    pub(super) fn magnitude_text(&self) -> String {
        match self {
            Self::Narrow(value) => value.unsigned_abs().to_string(),
            Self::Wide(value) => value.magnitude().to_str_radix(10),
        }
    }

    pub(super) fn from_magnitude(negative: bool, magnitude: BigUint) -> Self {
        Self::from(BigInt::from_biguint(if negative { Sign::Minus } else { Sign::Plus }, magnitude))
    }
}

fn narrow_digits(magnitude: u128) -> i64 {
    // 1233 / 4096 approximates the decimal logarithm of two.
    let least = ((u128::BITS - magnitude.leading_zeros()) * 1233) >> 12;
    let more = TEN_TO_THE.get(least as usize).is_some_and(|power| magnitude >= power.unsigned_abs());
    (i64::from(least) + i64::from(more)).max(1)
}

/// How many digits the numbers just below two to the `bits` have.
fn digits_below_two_to_the(bits: u64) -> i64 {
    // The decimal logarithm of two, times two to the 64.
    const LOG: u128 = 5_553_023_288_523_357_132;
    i64::try_from((u128::from(bits) * LOG) >> 64).map_or(i64::MAX, |digits| digits + 1)
}
