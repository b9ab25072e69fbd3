//! Conversions to integers, and from and to JSON.

use serde_json::Value;

use super::integer::{Int, TEN_TO_THE_I64};
use super::{Number, Repr, Rounding};

impl Number {
    /// The number a JSON number stands for: integers exactly, others as [`Number::from_f64`].
    #[inline]
    #[must_use]
    pub fn from_json(number: &serde_json::Number) -> Self {
        if let Some(integer) = number.as_i64() {
            return Self::from(integer);
        }
        if let Some(integer) = number.as_u64() {
            return Self::from(integer);
        }
        // Only with its `arbitrary_precision` feature has serde_json numbers that are no finite double.
        let float = number.as_f64().and_then(Self::from_f64);
        float.or_else(|| Self::parse(&number.to_string()).ok()).unwrap_or(Self::ZERO)
    }

    /// The JSON Camunda makes of the number: an integer where it is one and fits an `i64`, otherwise the nearest
    /// double, and the string `"Infinity"` or `"-Infinity"` where that is infinite.
    #[must_use]
    pub fn to_json(&self) -> Value {
        if let Some(integer) = self.to_i64_exact() {
            return Value::from(integer);
        }
        let double = self.to_f64();
        match serde_json::Number::from_f64(double) {
            Some(number) => Value::Number(number),
            None => Value::from(if double > 0.0 { "Infinity" } else { "-Infinity" }),
        }
    }

    /// The low 32 bits of the integer part, as `BigDecimal.intValue`.
    #[inline]
    #[must_use]
    pub fn to_i32_wrapping(&self) -> i32 {
        #[allow(clippy::cast_possible_truncation)]
        let low = self.to_i64_wrapping() as i32;
        low
    }

    /// The low 64 bits of the integer part, as `BigDecimal.longValue`.
    #[must_use]
    pub fn to_i64_wrapping(&self) -> i64 {
        let (int, scale) = match &self.0 {
            Repr::Small { mantissa, scale: 0 } => return *mantissa,
            Repr::Small { mantissa, scale } => (&Int::from(*mantissa), *scale),
            Repr::Big(big) => (&big.decimal.int, big.decimal.scale),
        };
        if scale > 0 {
            let whole = int.divide_by_ten_to_the(i64::from(scale), Rounding::Down);
            return whole.map_or(0, |(whole, _)| whole.low_bits());
        }
        // From ten to the 64 on, the power wraps to zero.
        int.low_bits().wrapping_mul(10i64.wrapping_pow(scale.unsigned_abs()))
    }

    /// The number as an `i64`, if it is one exactly.
    #[must_use]
    pub fn to_i64_exact(&self) -> Option<i64> {
        match &self.0 {
            Repr::Small { mantissa, scale: 0 } | Repr::Small { mantissa: mantissa @ 0, .. } => Some(*mantissa),
            Repr::Small { mantissa, scale } => {
                let power = *TEN_TO_THE_I64.get(usize::try_from(scale.unsigned_abs()).ok()?)?;
                if *scale < 0 {
                    mantissa.checked_mul(power)
                } else {
                    (mantissa % power == 0).then_some(mantissa / power)
                }
            }
            Repr::Big(big) => {
                let (int, scale) = (&big.decimal.int, i64::from(big.decimal.scale));
                let digits = if int.is_zero() { 1 } else { big.digits - scale };
                if !(1..=19).contains(&digits) || !big.is_whole() {
                    return None;
                }
                let whole = if scale < 0 {
                    int.times_ten_to_the(-scale).ok()?
                } else {
                    int.divide_by_ten_to_the(scale, Rounding::Unnecessary).ok()?.0
                };
                whole.to_i64()
            }
        }
    }
}
