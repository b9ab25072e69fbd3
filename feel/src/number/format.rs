//! The printed forms of a number.

use std::fmt::{self, Write};

use super::integer::Int;
use super::{Number, Repr};

impl fmt::Display for Number {
    /// As `BigDecimal.toString`: with an exponent where the scale is negative or six zeros follow the point.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with_digits(|negative, digits, scale| {
            if negative {
                f.write_char('-')?;
            }
            if scale == 0 {
                return f.write_str(digits);
            }
            let first_digit = length(digits) - 1 - i64::from(scale);
            if scale > 0 && first_digit >= -6 {
                return write_plain(f, digits, i64::from(scale));
            }
            let (first, rest) = digits.split_at_checked(1).unwrap_or((digits, ""));
            f.write_str(first)?;
            if !rest.is_empty() {
                f.write_char('.')?;
                f.write_str(rest)?;
            }
            if first_digit == 0 { Ok(()) } else { write!(f, "E{first_digit:+}") }
        })
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Number {
    /// The number without an exponent, as `BigDecimal.toPlainString`; `None` where that is longer than `most` bytes.
    #[must_use]
    pub fn to_plain_string(&self, most: usize) -> Option<String> {
        self.with_digits(|negative, digits, scale| {
            let scale = i64::from(scale);
            let longest = length(digits).max(scale + 1).max(length(digits) - scale);
            if usize::try_from(longest).ok()? > most.saturating_sub(2) {
                return None;
            }
            let mut text = String::from(if negative { "-" } else { "" });
            if scale > 0 {
                write_plain(&mut text, digits, scale).ok()?;
            } else {
                text.push_str(digits);
                if digits != "0" {
                    text.extend((scale..0).map(|_| '0'));
                }
            }
            (text.len() <= most).then_some(text)
        })
    }

    /// Calls `write` with whether the number is negative, the digits of its unscaled integer, and its scale.
    fn with_digits<T>(&self, write: impl FnOnce(bool, &str, i32) -> T) -> T {
        let (int, scale) = match &self.0 {
            Repr::Small { mantissa, scale } => (&Int::from(*mantissa), *scale),
            Repr::Big(big) => (&big.decimal.int, big.decimal.scale),
        };
        let mut text = Text::default();
        match int {
            Int::Narrow(value) if text.push_integer(value.unsigned_abs()) => write(*value < 0, text.as_str(), scale),
            _ => write(int.signum() < 0, &int.magnitude_text(), scale),
        }
    }
}

fn length(digits: &str) -> i64 {
    i64::try_from(digits.len()).unwrap_or(i64::MAX)
}

/// The digits with a point before the last `scale` of them, which is positive.
fn write_plain(out: &mut impl Write, digits: &str, scale: i64) -> fmt::Result {
    let whole = usize::try_from(length(digits) - scale).unwrap_or(0);
    if whole > 0 {
        let (whole, fraction) = digits.split_at_checked(whole).unwrap_or((digits, ""));
        out.write_str(whole)?;
        out.write_char('.')?;
        return out.write_str(fraction);
    }
    out.write_str("0.")?;
    for _ in length(digits)..scale {
        out.write_char('0')?;
    }
    out.write_str(digits)
}

/// A text that fits the stack.
pub(super) struct Text {
    bytes: [u8; 64],
    length: usize,
}

impl Default for Text {
    fn default() -> Self {
        Self { bytes: [0; 64], length: 0 }
    }
}

impl Text {
    pub(super) fn as_str(&self) -> &str {
        self.bytes.get(..self.length).and_then(|bytes| str::from_utf8(bytes).ok()).unwrap_or("")
    }
}

impl Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.length + text.len();
        self.bytes.get_mut(self.length..end).ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}

impl Text {
    /// Appends the digits of an integer; false where they do not fit.
    fn push_integer(&mut self, value: u128) -> bool {
        match u64::try_from(value) {
            // Considerably faster than for an `u128`.
            Ok(value) => write!(self, "{value}").is_ok(),
            Err(_) => write!(self, "{value}").is_ok(),
        }
    }
}
