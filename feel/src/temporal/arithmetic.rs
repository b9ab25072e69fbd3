//! Sums, differences and products, and dates and times out of others.

use super::{
    Date, DateTime, Duration, LocalDateTime, LocalTime, Offset, Period, Temporal, TemporalError, Zone, ZonedTime,
};

/// None is what there is no such operation for.
type Outcome = Result<Option<Temporal>, TemporalError>;

impl Temporal {
    /// The sum of two values of which at least one is a duration.
    pub fn add(&self, other: &Self) -> Outcome {
        let sum = match (self, other) {
            (Self::YearsMonths(left), Self::YearsMonths(right)) => Self::YearsMonths(left.plus(*right)?),
            (Self::DaysTime(left), Self::DaysTime(right)) => Self::DaysTime(left.plus(*right)?),
            (Self::YearsMonths(period), value) | (value, Self::YearsMonths(period)) => match value {
                Self::Date(date) => Self::Date(date.plus_months(period.total_months())?),
                Self::LocalDateTime(local) => Self::LocalDateTime(local.plus_period(*period)?),
                Self::DateTime(date_time) => Self::DateTime(date_time.plus_period(*period)?),
                _ => return Ok(None),
            },
            (Self::DaysTime(duration), value) | (value, Self::DaysTime(duration)) => match value {
                Self::Date(date) => Self::Date(at_midnight(*date).plus(*duration)?.date()),
                Self::LocalTime(time) => Self::LocalTime(time.plus(*duration)),
                Self::Time(time) => Self::Time(time.plus(*duration)),
                Self::LocalDateTime(local) => Self::LocalDateTime(local.plus(*duration)?),
                Self::DateTime(date_time) => Self::DateTime(date_time.plus(*duration)?),
                _ => return Ok(None),
            },
            _ => return Ok(None),
        };
        Ok(Some(sum))
    }

    /// The difference of two values of the same kind, or of a value and a duration.
    ///
    /// That of two times with an offset is never negative.
    pub fn subtract(&self, other: &Self) -> Outcome {
        let difference = match (self, other) {
            (Self::YearsMonths(left), Self::YearsMonths(right)) => Self::YearsMonths(left.minus(*right)?),
            (Self::DaysTime(left), Self::DaysTime(right)) => Self::DaysTime(left.minus(*right)?),
            (Self::Date(left), Self::Date(right)) => Self::DaysTime(at_midnight(*left).since(at_midnight(*right))?),
            (Self::LocalTime(left), Self::LocalTime(right)) => {
                Self::DaysTime(Duration::of_nanos(left.to_nanos() - right.to_nanos()))
            }
            (Self::Time(left), Self::Time(right)) => Self::DaysTime(left.distance(right)),
            (Self::LocalDateTime(left), Self::LocalDateTime(right)) => Self::DaysTime(left.since(*right)?),
            (Self::DateTime(left), Self::DateTime(right)) => Self::DaysTime(left.since(right)?),
            (value, Self::YearsMonths(period)) => match value {
                Self::Date(date) => Self::Date(date.plus_months(-period.total_months())?),
                Self::LocalDateTime(local) => Self::LocalDateTime(local.minus_period(*period)?),
                Self::DateTime(date_time) => Self::DateTime(date_time.minus_period(*period)?),
                _ => return Ok(None),
            },
            (value, Self::DaysTime(duration)) => match value {
                Self::Date(date) => Self::Date(at_midnight(*date).minus(*duration)?.date()),
                Self::LocalTime(time) => Self::LocalTime(time.minus(*duration)),
                Self::Time(time) => Self::Time(time.minus(*duration)),
                Self::LocalDateTime(local) => Self::LocalDateTime(local.minus(*duration)?),
                Self::DateTime(date_time) => Self::DateTime(date_time.minus(*duration)?),
                _ => return Ok(None),
            },
            _ => return Ok(None),
        };
        Ok(Some(difference))
    }

    /// A duration times a whole number.
    pub fn multiply(&self, factor: i32) -> Outcome {
        Ok(match self {
            Self::YearsMonths(period) => Some(Self::YearsMonths(period.multiply(factor)?)),
            Self::DaysTime(duration) => Some(Self::DaysTime(duration.multiply(factor)?)),
            _ => None,
        })
    }

    /// The date of a date, with or without a time.
    #[must_use]
    pub fn date(&self) -> Option<Date> {
        match self {
            Self::Date(date) => Some(*date),
            Self::LocalDateTime(local) => Some(local.date()),
            Self::DateTime(date_time) => Some(date_time.date()),
            _ => None,
        }
    }

    /// The time of a date and time, with the offset and the zone that it has. That of a date is midnight in UTC.
    #[must_use]
    pub fn time(&self) -> Option<Self> {
        match self {
            Self::Date(_) => Some(Self::Time(ZonedTime::at_offset(LocalTime::MIDNIGHT, Offset::UTC))),
            Self::LocalDateTime(local) => Some(Self::LocalTime(local.time())),
            Self::DateTime(date_time) => Some(Self::Time(ZonedTime::of_date_time(date_time))),
            _ => None,
        }
    }

    /// The date of this value at another time: `date and time(date, time)`.
    pub fn with_time(&self, time: &Self) -> Outcome {
        Ok(match (self.date(), time) {
            (Some(date), Self::LocalTime(time)) => Some(Self::LocalDateTime(LocalDateTime::new(date, *time))),
            (Some(date), Self::Time(time)) => Some(Self::DateTime(time.at_date(date)?)),
            _ => None,
        })
    }

    /// This date and time in a zone, `date and time(value, zone)`: the same local time if it had no offset, the same
    /// instant if it had one.
    pub fn in_zone(&self, id: &str) -> Outcome {
        let zone = || Zone::named(id).ok_or(TemporalError::UnknownZone);
        Ok(match self {
            Self::LocalDateTime(local) => Some(Self::DateTime(DateTime::of_local(*local, &zone()?)?)),
            Self::DateTime(date_time) => Some(Self::DateTime(date_time.with_zone_same_instant(&zone()?)?)),
            _ => None,
        })
    }

    /// `years and months duration(from, to)`, for dates with or without a time.
    pub fn years_and_months(from: &Self, to: &Self) -> Outcome {
        match (from.date(), to.date()) {
            (Some(from), Some(to)) => Ok(Some(Self::YearsMonths(Period::between(from, to)?))),
            _ => Ok(None),
        }
    }
}

const fn at_midnight(date: Date) -> LocalDateTime {
    LocalDateTime::new(date, LocalTime::MIDNIGHT)
}
