//! Times of a day with an offset or a time zone.

use std::{
    cmp::Ordering,
    time::{SystemTime, UNIX_EPOCH},
};

use super::{Date, DateTime, Duration, LocalDateTime, LocalTime, Offset, TemporalError, Zone, time::NANOS_PER_SECOND};

/// A time of a day with an offset, and possibly with the time zone that it comes from.
///
/// Equality compares all of them, while the order goes by the time in UTC only.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ZonedTime {
    time: LocalTime,
    offset: Offset,
    /// None if it is just the offset.
    zone: Option<Zone>,
}

impl ZonedTime {
    /// The time at an offset.
    #[must_use]
    pub const fn at_offset(time: LocalTime, offset: Offset) -> Self {
        Self { time, offset, zone: None }
    }

    /// The time at an offset given by a duration, whose fraction of a second does not count; none above 18 hours.
    #[must_use]
    pub fn with_offset(time: LocalTime, offset: &Duration) -> Option<Self> {
        #[expect(clippy::cast_possible_truncation, reason = "Scala's conversion drops the upper bits")]
        let seconds = offset.seconds() as i32;
        Offset::of_seconds(seconds).map(|offset| Self::at_offset(time, offset))
    }

    /// The time in a zone, at the zone's standard offset as of today.
    #[must_use]
    pub fn in_zone(time: LocalTime, zone: &Zone) -> Self {
        Self { time, offset: zone.standard_offset_at(present()), zone: (!zone.is_offset()).then(|| zone.clone()) }
    }

    /// The time, the offset and the zone of a date and time.
    #[must_use]
    pub fn of_date_time(date_time: &DateTime) -> Self {
        Self { time: date_time.time(), offset: date_time.offset(), zone: date_time.region().cloned() }
    }

    /// Its time without the offset.
    #[must_use]
    pub const fn time(&self) -> LocalTime {
        self.time
    }

    /// Its offset.
    #[must_use]
    pub const fn offset(&self) -> Offset {
        self.offset
    }

    /// Its time zone, unless that is just the offset.
    #[must_use]
    pub const fn region(&self) -> Option<&Zone> {
        self.zone.as_ref()
    }

    /// Nanoseconds after midnight in UTC; it may be a time of the day before or after.
    fn nanos(&self) -> i64 {
        self.time.to_nanos() - i64::from(self.offset.seconds()) * NANOS_PER_SECOND
    }

    /// The date at this time: in the zone if there is one, else at the offset.
    pub fn at_date(&self, date: Date) -> Result<DateTime, TemporalError> {
        let local = LocalDateTime::new(date, self.time);
        match &self.zone {
            Some(zone) => DateTime::of_local(local, zone),
            None => DateTime::of_local(local, &Zone::fixed(self.offset)),
        }
    }

    /// Later by a duration, going round at midnight, at the same offset.
    #[must_use]
    pub fn plus(&self, duration: Duration) -> Self {
        Self { time: self.time.plus(duration), ..self.clone() }
    }

    /// Earlier by a duration, going round at midnight, at the same offset.
    #[must_use]
    pub fn minus(&self, duration: Duration) -> Self {
        Self { time: self.time.minus(duration), ..self.clone() }
    }

    /// How far two times are apart, in UTC; never negative.
    #[must_use]
    pub fn distance(&self, other: &Self) -> Duration {
        Duration::of_nanos((self.nanos() - other.nanos()).abs())
    }

    /// The order of the times in UTC.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Ordering {
        self.nanos().cmp(&other.nanos())
    }
}

/// feel-scala asks the system's clock here, whichever one the engine has.
fn present() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
