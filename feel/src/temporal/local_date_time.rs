//! Dates with a time, without an offset.

use super::{
    Date, Duration, LocalTime, Offset, Period, TemporalError,
    time::{NANOS_PER_DAY, NANOS_PER_SECOND, SECONDS_PER_DAY},
};

/// A date with a time, without an offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalDateTime {
    date: Date,
    time: LocalTime,
}

impl LocalDateTime {
    /// The date at the time.
    #[must_use]
    pub const fn new(date: Date, time: LocalTime) -> Self {
        Self { date, time }
    }

    /// Its date.
    #[must_use]
    pub const fn date(self) -> Date {
        self.date
    }

    /// Its time.
    #[must_use]
    pub const fn time(self) -> LocalTime {
        self.time
    }

    /// The seconds from 1970 to it at this offset.
    pub(super) fn epoch_second(self, offset: Offset) -> i64 {
        self.date.to_epoch_day() * SECONDS_PER_DAY + self.time.to_seconds() - i64::from(offset.seconds())
    }

    /// What clocks at this offset show so many seconds and nanoseconds after 1970.
    pub(super) fn from_epoch(second: i64, nano: u32, offset: Offset) -> Result<Self, TemporalError> {
        let local = second.checked_add(offset.seconds().into()).ok_or(TemporalError::DateOutOfRange)?;
        let date = Date::from_epoch_day(local.div_euclid(SECONDS_PER_DAY))?;
        let nanos = local.rem_euclid(SECONDS_PER_DAY) * NANOS_PER_SECOND + i64::from(nano);
        Ok(Self::new(date, LocalTime::from_nanos(nanos)))
    }

    /// Later by a duration. As in Java, its seconds are added before its nanoseconds, and neither may leave the range.
    pub fn plus(self, duration: Duration) -> Result<Self, TemporalError> {
        self.plus_seconds(duration.seconds().into())?.plus_nanos(duration.nanos().into())
    }

    /// Earlier by a duration.
    pub fn minus(self, duration: Duration) -> Result<Self, TemporalError> {
        self.plus_seconds(-i128::from(duration.seconds()))?.plus_nanos(-i64::from(duration.nanos()))
    }

    pub(super) fn plus_seconds(self, seconds: i128) -> Result<Self, TemporalError> {
        let second = i64::try_from(i128::from(self.epoch_second(Offset::UTC)) + seconds)
            .map_err(|_| TemporalError::DateOutOfRange)?;
        Self::from_epoch(second, self.time.nano(), Offset::UTC)
    }

    pub(super) fn plus_nanos(self, nanos: i64) -> Result<Self, TemporalError> {
        let nanos = self.time.to_nanos() + nanos % NANOS_PER_DAY;
        let date = self.date.plus_days(nanos.div_euclid(NANOS_PER_DAY))?;
        Ok(Self::new(date, LocalTime::from_nanos(nanos)))
    }

    /// Later by years and months.
    pub fn plus_period(self, period: Period) -> Result<Self, TemporalError> {
        Ok(Self::new(self.date.plus_months(period.total_months())?, self.time))
    }

    /// Earlier by years and months.
    pub fn minus_period(self, period: Period) -> Result<Self, TemporalError> {
        Ok(Self::new(self.date.plus_months(-period.total_months())?, self.time))
    }

    /// How long it is after another one.
    pub fn since(self, other: Self) -> Result<Duration, TemporalError> {
        let seconds = self.epoch_second(Offset::UTC) - other.epoch_second(Offset::UTC);
        Duration::new(seconds, i64::from(self.time.nano()) - i64::from(other.time.nano()))
    }
}
