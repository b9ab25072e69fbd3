//! Order, equality and hash of numbers, all by value.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use super::decimal::Decimal;
use super::integer::{Int, TEN_TO_THE_I64};
use super::{Number, Repr};

impl Ord for Number {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        if let (Repr::Small { mantissa: a, scale: s }, Repr::Small { mantissa: b, scale: t }) = (&self.0, &other.0) {
            if s == t {
                return a.cmp(b);
            }
            if let Some(order) = compare_aligned(*a, *s, *b, *t) {
                return order;
            }
        }
        self.compare_any(other)
    }
}

impl Number {
    #[cold]
    fn compare_any(&self, other: &Self) -> Ordering {
        self.to_decimal().compare(&other.to_decimal())
    }
}

/// `None` where the scales are too far apart to align.
#[inline]
fn compare_aligned(a: i64, s: i32, b: i64, t: i32) -> Option<Ordering> {
    let distance = s.checked_sub(t)?;
    let power = *TEN_TO_THE_I64.get(usize::try_from(distance.unsigned_abs()).ok()?)?;
    // An `i64` times a power of ten that fits one never leaves the `i128` range.
    let raised = |mantissa: i64| i128::from(mantissa) * i128::from(power);
    Some(if distance < 0 { raised(a).cmp(&i128::from(b)) } else { i128::from(a).cmp(&raised(b)) })
}

impl PartialOrd for Number {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Number {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Number {}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Decimal { int, scale } = self.to_decimal();
        let (int, stripped) = int.strip_zeros(i64::MAX);
        // Zeros are equal whatever their scale.
        let scale = if int.is_zero() { 0 } else { i64::from(scale) - stripped };
        (int, scale).hash(state);
    }
}

impl Decimal {
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        match (self.int.signum(), other.int.signum()) {
            (a, b) if a != b => a.cmp(&b),
            (0, _) => Ordering::Equal,
            (sign, _) if sign < 0 => other.compare_magnitude(self),
            _ => self.compare_magnitude(other),
        }
    }

    pub(super) fn compare_magnitude(&self, other: &Self) -> Ordering {
        if self.is_zero() || other.is_zero() {
            return other.is_zero().cmp(&self.is_zero());
        }
        let first_digit = |decimal: &Self| decimal.precision() - i64::from(decimal.scale);
        // Aligned only once both start at the same place, the integers get no longer than the longer of them.
        first_digit(self).cmp(&first_digit(other)).then_with(|| {
            let distance = i64::from(other.scale) - i64::from(self.scale);
            Int::compare_magnitude_shifted(&self.int, distance, &other.int)
        })
    }
}
