//! Offsets from UTC.

use std::fmt;

const MAX_SECONDS: i32 = 18 * 3600;

/// An offset from UTC, of at most 18 hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Offset(i32);

impl Offset {
    /// No offset.
    pub const UTC: Self = Self(0);

    /// The offset of this many seconds, if it is not above 18 hours.
    #[must_use]
    pub fn of_seconds(seconds: i32) -> Option<Self> {
        (-MAX_SECONDS..=MAX_SECONDS).contains(&seconds).then_some(Self(seconds))
    }

    /// Its seconds, positive where clocks are ahead of UTC.
    #[must_use]
    pub const fn seconds(self) -> i32 {
        self.0
    }

    fn from_parts(negative: bool, hours: i32, minutes: i32, seconds: i32) -> Option<Self> {
        let total = hours * 3600 + minutes * 60 + seconds;
        (minutes < 60 && seconds < 60).then(|| Self::of_seconds(if negative { -total } else { total })).flatten()
    }

    /// Any of the forms that `ZoneOffset.of` reads: `Z`, `+1`, `+01`, `+0130`, `+01:30`, `+013015`, `+01:30:15`.
    pub(super) fn of(id: &str) -> Option<Self> {
        if id == "Z" {
            return Some(Self::UTC);
        }
        let (negative, digits) = signed(id)?;
        match *digits.as_bytes() {
            [h] => Self::from_parts(negative, pair(b'0', h)?, 0, 0),
            [h, i] => Self::from_parts(negative, pair(h, i)?, 0, 0),
            [h, i, m, n] => Self::from_parts(negative, pair(h, i)?, pair(m, n)?, 0),
            [h, i, m, n, s, t] => Self::from_parts(negative, pair(h, i)?, pair(m, n)?, pair(s, t)?),
            _ => Self::of_colons(id),
        }
    }

    /// The forms that formatters read besides `Z`: `+01:30` and `+01:30:15`.
    pub(super) fn of_colons(id: &str) -> Option<Self> {
        let (negative, digits) = signed(id)?;
        match *digits.as_bytes() {
            [h, i, b':', m, n] => Self::from_parts(negative, pair(h, i)?, pair(m, n)?, 0),
            [h, i, b':', m, n, b':', s, t] => Self::from_parts(negative, pair(h, i)?, pair(m, n)?, pair(s, t)?),
            _ => None,
        }
    }
}

/// `Z`, or like `+01:30`, with seconds if there are any.
impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("Z");
        }
        let (sign, total) = (if self.0 < 0 { '-' } else { '+' }, self.0.abs());
        write!(f, "{sign}{:02}:{:02}", total / 3600, total / 60 % 60)?;
        match total % 60 {
            0 => Ok(()),
            seconds => write!(f, ":{seconds:02}"),
        }
    }
}

fn signed(id: &str) -> Option<(bool, &str)> {
    id.strip_prefix('+').map(|digits| (false, digits)).or_else(|| id.strip_prefix('-').map(|digits| (true, digits)))
}

fn pair(tens: u8, units: u8) -> Option<i32> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| i32::from(byte - b'0'));
    Some(digit(tens)? * 10 + digit(units)?)
}
