//! Dates with a time and a time zone.

use std::cmp::Ordering;

use super::{Date, Duration, LocalDateTime, LocalTime, Offset, Period, TemporalError, Zone, zone::LocalOffsets};

/// A date with a time, an offset and a time zone, which may be just the offset.
///
/// Equality compares all of them, so that the same instant at two offsets makes two values.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DateTime {
    local: LocalDateTime,
    offset: Offset,
    zone: Zone,
}

impl DateTime {
    /// What clocks of the zone show so many seconds and nanoseconds after 1970; the first or the last possible date
    /// and time if the instant lies outside the range.
    #[must_use]
    pub fn from_epoch(seconds: i64, nanos: u32, zone: &Zone) -> Self {
        let nanos = nanos.min(999_999_999);
        Self::of_instant(seconds, nanos, zone).unwrap_or_else(|_| {
            let (date, time) =
                if seconds < 0 { (Date::MIN, LocalTime::MIDNIGHT) } else { (Date::MAX, LocalTime::from_nanos(-1)) };
            let local = LocalDateTime::new(date, time);
            Self { local, offset: zone.offset_at(local.epoch_second(Offset::UTC)), zone: zone.clone() }
        })
    }

    fn of_instant(seconds: i64, nanos: u32, zone: &Zone) -> Result<Self, TemporalError> {
        let offset = zone.offset_at(seconds);
        Ok(Self { local: LocalDateTime::from_epoch(seconds, nanos, offset)?, offset, zone: zone.clone() })
    }

    /// The local date and time in the zone: moved forward by the gap if clocks have skipped it, at the earlier offset
    /// if they have shown it twice.
    pub fn of_local(local: LocalDateTime, zone: &Zone) -> Result<Self, TemporalError> {
        Self::of_local_preferring(local, zone, None)
    }

    fn of_local_preferring(
        local: LocalDateTime,
        zone: &Zone,
        preferred: Option<Offset>,
    ) -> Result<Self, TemporalError> {
        let (local, offset) = match zone.offsets_of(&local) {
            LocalOffsets::One(offset) => (local, offset),
            LocalOffsets::Overlap { after, .. } if preferred == Some(after) => (local, after),
            LocalOffsets::Overlap { before, .. } => (local, before),
            LocalOffsets::Gap { before, after } => {
                (local.plus_seconds((after.seconds() - before.seconds()).into())?, after)
            }
        };
        Ok(Self { local, offset, zone: zone.clone() })
    }

    /// The local date and time at an offset, as clocks of a zone show it at the same instant.
    pub(super) fn of_local_at_offset(local: LocalDateTime, offset: Offset, zone: &Zone) -> Result<Self, TemporalError> {
        Self::of_instant(local.epoch_second(offset), local.time().nano(), zone)
    }

    /// Its date and time without the offset.
    #[must_use]
    pub const fn local(&self) -> LocalDateTime {
        self.local
    }

    /// Its date.
    #[must_use]
    pub const fn date(&self) -> Date {
        self.local.date()
    }

    /// Its time without the offset.
    #[must_use]
    pub const fn time(&self) -> LocalTime {
        self.local.time()
    }

    /// Its offset.
    #[must_use]
    pub const fn offset(&self) -> Offset {
        self.offset
    }

    /// Its time zone.
    #[must_use]
    pub const fn zone(&self) -> &Zone {
        &self.zone
    }

    /// Its time zone, unless that is just the offset.
    #[must_use]
    pub fn region(&self) -> Option<&Zone> {
        (!self.zone.is_offset()).then_some(&self.zone)
    }

    pub(super) fn epoch_second(&self) -> i64 {
        self.local.epoch_second(self.offset)
    }

    /// The same instant in another zone.
    pub fn with_zone_same_instant(&self, zone: &Zone) -> Result<Self, TemporalError> {
        if self.zone == *zone {
            return Ok(self.clone());
        }
        Self::of_instant(self.epoch_second(), self.time().nano(), zone)
    }

    /// Later by a duration.
    pub fn plus(&self, duration: Duration) -> Result<Self, TemporalError> {
        self.moved(|local| local.plus_seconds(duration.seconds().into()), duration.seconds() != 0)?
            .moved(|local| local.plus_nanos(duration.nanos().into()), duration.nanos() != 0)
    }

    /// Earlier by a duration.
    pub fn minus(&self, duration: Duration) -> Result<Self, TemporalError> {
        self.moved(|local| local.plus_seconds(-i128::from(duration.seconds())), duration.seconds() != 0)?
            .moved(|local| local.plus_nanos(-i64::from(duration.nanos())), duration.nanos() != 0)
    }

    /// As in Java, the local date and time at the old offset may not leave the range either.
    fn moved(
        &self,
        by: impl FnOnce(LocalDateTime) -> Result<LocalDateTime, TemporalError>,
        at_all: bool,
    ) -> Result<Self, TemporalError> {
        if !at_all {
            return Ok(self.clone());
        }
        Self::of_local_at_offset(by(self.local)?, self.offset, &self.zone)
    }

    /// Later by years and months of the local date, at the same offset if possible.
    pub fn plus_period(&self, period: Period) -> Result<Self, TemporalError> {
        Self::of_local_preferring(self.local.plus_period(period)?, &self.zone, Some(self.offset))
    }

    /// Earlier by years and months of the local date, at the same offset if possible.
    pub fn minus_period(&self, period: Period) -> Result<Self, TemporalError> {
        Self::of_local_preferring(self.local.minus_period(period)?, &self.zone, Some(self.offset))
    }

    /// How long it is after another one.
    pub fn since(&self, other: &Self) -> Result<Duration, TemporalError> {
        // Java brings one of them into the other's zone, where it may lie outside the range.
        if self.with_zone_same_instant(&other.zone).is_err() {
            other.with_zone_same_instant(&self.zone)?;
        }
        let nanos = i64::from(self.time().nano()) - i64::from(other.time().nano());
        Duration::new(self.epoch_second() - other.epoch_second(), nanos)
    }

    /// Java's order: by the instant, then by the local date and time, then by the id of the zone.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Ordering {
        self.epoch_second()
            .cmp(&other.epoch_second())
            .then_with(|| self.time().nano().cmp(&other.time().nano()))
            .then_with(|| self.local.cmp(&other.local))
            .then_with(|| self.zone.id().cmp(&other.zone.id()))
    }
}
