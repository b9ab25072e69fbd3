//! Days and time durations.

use super::{
    TemporalError,
    time::{NANOS_PER_SECOND, SECONDS_PER_DAY},
};

const NANOS_PER_MILLI: i128 = 1_000_000;

/// An exact length of time: 64 bits of seconds, and nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration {
    /// Rounded down, so that the nanoseconds are never negative.
    seconds: i64,
    nanos: u32,
}

impl Duration {
    /// No time at all.
    pub const ZERO: Self = Self { seconds: 0, nanos: 0 };

    /// This many seconds and nanoseconds; the nanoseconds may be negative or more than a second.
    pub fn new(seconds: i64, nanos: i64) -> Result<Self, TemporalError> {
        let seconds = seconds.checked_add(nanos.div_euclid(NANOS_PER_SECOND)).ok_or(TemporalError::DurationOverflow)?;
        Ok(Self { seconds, nanos: below_a_second(nanos) })
    }

    /// This many seconds.
    #[must_use]
    pub const fn of_seconds(seconds: i64) -> Self {
        Self { seconds, nanos: 0 }
    }

    /// This many milliseconds.
    #[must_use]
    pub fn of_millis(millis: i64) -> Self {
        Self { seconds: millis.div_euclid(1000), nanos: below_a_second(millis.rem_euclid(1000) * 1_000_000) }
    }

    /// This many nanoseconds.
    #[must_use]
    pub fn of_nanos(nanos: i64) -> Self {
        Self { seconds: nanos.div_euclid(NANOS_PER_SECOND), nanos: below_a_second(nanos) }
    }

    fn from_total_nanos(nanos: i128) -> Result<Self, TemporalError> {
        let per_second = i128::from(NANOS_PER_SECOND);
        let seconds = i64::try_from(nanos.div_euclid(per_second)).map_err(|_| TemporalError::DurationOverflow)?;
        Ok(Self { seconds, nanos: u32::try_from(nanos.rem_euclid(per_second)).unwrap_or(0) })
    }

    fn total_nanos(self) -> i128 {
        i128::from(self.seconds) * i128::from(NANOS_PER_SECOND) + i128::from(self.nanos)
    }

    /// Its seconds, rounded down.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.seconds
    }

    /// The nanoseconds above its seconds, from 0 to 999,999,999.
    #[must_use]
    pub const fn nanos(self) -> u32 {
        self.nanos
    }

    /// Its milliseconds, rounded towards zero.
    pub fn to_millis(self) -> Result<i64, TemporalError> {
        i64::try_from(self.total_nanos() / NANOS_PER_MILLI).map_err(|_| TemporalError::DurationOverflow)
    }

    /// Whether it is no time at all.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.seconds == 0 && self.nanos == 0
    }

    /// Whether it is shorter than none.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.seconds < 0
    }

    /// The sum.
    pub fn plus(self, other: Self) -> Result<Self, TemporalError> {
        self.plus_parts(other.seconds, i64::from(other.nanos))
    }

    /// The difference.
    pub fn minus(self, other: Self) -> Result<Self, TemporalError> {
        let nanos = -i64::from(other.nanos);
        match other.seconds.checked_neg() {
            Some(seconds) => self.plus_parts(seconds, nanos),
            None => self.plus_parts(i64::MAX, nanos)?.plus_parts(1, 0),
        }
    }

    /// As Java, it overflows if the seconds alone do, even where the nanoseconds would bring the sum back.
    fn plus_parts(self, seconds: i64, nanos: i64) -> Result<Self, TemporalError> {
        let seconds = self.seconds.checked_add(seconds).ok_or(TemporalError::DurationOverflow)?;
        Self::new(seconds, i64::from(self.nanos) + nanos)
    }

    /// The product.
    pub fn multiply(self, factor: i32) -> Result<Self, TemporalError> {
        Self::from_total_nanos(self.total_nanos() * i128::from(factor))
    }

    /// As long in the other direction.
    pub fn negate(self) -> Result<Self, TemporalError> {
        Self::from_total_nanos(-self.total_nanos())
    }

    /// Its length whatever its direction.
    pub fn abs(self) -> Result<Self, TemporalError> {
        if self.is_negative() { self.negate() } else { Ok(self) }
    }

    /// The property `days`: whole days, rounded towards zero.
    pub(super) fn days(self) -> i64 {
        self.seconds / SECONDS_PER_DAY
    }

    /// The property `hours`: what is left of the days.
    pub(super) fn hours(self) -> i64 {
        self.seconds / 3600 % 24
    }

    /// The property `minutes`: what is left of the hours.
    pub(super) fn minutes(self) -> i64 {
        self.seconds / 60 % 60
    }

    /// The property `seconds`: what is left of the minutes, without the fraction.
    pub(super) fn seconds_of_minute(self) -> i64 {
        self.seconds % 60
    }
}

fn below_a_second(nanos: i64) -> u32 {
    u32::try_from(nanos.rem_euclid(NANOS_PER_SECOND)).unwrap_or(0)
}
