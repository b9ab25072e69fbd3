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
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
        let part = |at: usize| digits.get(at..at + 2).map_or(Some(0), two_digits);
        match digits.len() {
            1 => Self::from_parts(negative, digits.parse().ok()?, 0, 0),
            2 | 4 | 6 if plain => Self::from_parts(negative, part(0)?, part(2)?, part(4)?),
            _ => Self::of_colons(id),
        }
    }

    /// The forms that formatters read besides `Z`: `+01:30` and `+01:30:15`.
    pub(super) fn of_colons(id: &str) -> Option<Self> {
        let (negative, digits) = signed(id)?;
        let mut parts = digits.split(':');
        let (hours, minutes) = (two_digits(parts.next()?)?, two_digits(parts.next()?)?);
        let seconds = parts.next().map_or(Some(0), two_digits)?;
        if parts.next().is_some() { None } else { Self::from_parts(negative, hours, minutes, seconds) }
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

fn two_digits(text: &str) -> Option<i32> {
    let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}
