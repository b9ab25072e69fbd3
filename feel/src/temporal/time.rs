//! Times of a day, without an offset.

use super::Duration;

pub(super) const SECONDS_PER_DAY: i64 = 86_400;
pub(super) const NANOS_PER_SECOND: i64 = 1_000_000_000;
pub(super) const NANOS_PER_DAY: i64 = SECONDS_PER_DAY * NANOS_PER_SECOND;

/// A time of a day without an offset, to the nanosecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalTime {
    hour: u8,
    minute: u8,
    second: u8,
    nano: u32,
}

impl LocalTime {
    /// The start of the day.
    pub const MIDNIGHT: Self = Self { hour: 0, minute: 0, second: 0, nano: 0 };

    /// The time with these parts, if there is one.
    #[must_use]
    pub fn new(hour: i32, minute: i32, second: i32, nano: i32) -> Option<Self> {
        let part = |part: i32, limit: u8| u8::try_from(part).ok().filter(|part| *part < limit);
        let nano = u32::try_from(nano).ok().filter(|nano| i64::from(*nano) < NANOS_PER_SECOND)?;
        Some(Self { hour: part(hour, 24)?, minute: part(minute, 60)?, second: part(second, 60)?, nano })
    }

    /// The time this many nanoseconds after midnight, going round as often as need be.
    pub(super) fn from_nanos(nanos: i64) -> Self {
        let nanos = nanos.rem_euclid(NANOS_PER_DAY);
        let (seconds, nano) = (nanos / NANOS_PER_SECOND, nanos % NANOS_PER_SECOND);
        let part = |part: i64| u8::try_from(part).unwrap_or(0);
        Self {
            hour: part(seconds / 3600),
            minute: part(seconds / 60 % 60),
            second: part(seconds % 60),
            nano: u32::try_from(nano).unwrap_or(0),
        }
    }

    /// How many nanoseconds it is after midnight.
    #[must_use]
    pub fn to_nanos(self) -> i64 {
        self.to_seconds() * NANOS_PER_SECOND + i64::from(self.nano)
    }

    /// How many whole seconds it is after midnight.
    #[must_use]
    pub fn to_seconds(self) -> i64 {
        i64::from(self.hour) * 3600 + i64::from(self.minute) * 60 + i64::from(self.second)
    }

    /// Its hour, from 0 to 23.
    #[must_use]
    pub fn hour(self) -> u8 {
        self.hour
    }

    /// Its minute.
    #[must_use]
    pub fn minute(self) -> u8 {
        self.minute
    }

    /// Its whole second.
    #[must_use]
    pub fn second(self) -> u8 {
        self.second
    }

    /// Its nanosecond within the second.
    #[must_use]
    pub fn nano(self) -> u32 {
        self.nano
    }

    /// Later by a duration, going round at midnight.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self::from_nanos(self.to_nanos() + within_a_day(duration))
    }

    /// Earlier by a duration, going round at midnight.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self::from_nanos(self.to_nanos() - within_a_day(duration))
    }
}

fn within_a_day(duration: Duration) -> i64 {
    duration.seconds() % SECONDS_PER_DAY * NANOS_PER_SECOND + i64::from(duration.nanos())
}
