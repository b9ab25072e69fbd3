//! FEEL's dates, times and durations, as feel-scala 1.21.0 has them on `java.time`: the same range of years, texts,
//! rules of time zones and quirks.

mod arithmetic;
mod date;
mod date_time;
mod duration;
mod error;
mod format;
mod local_date_time;
mod offset;
mod parse;
mod period;
mod scan;
#[cfg(test)]
mod tests;
mod time;
mod zone;
mod zoned_time;

use std::cmp::Ordering;

pub(crate) use date::Date;
pub(crate) use date_time::DateTime;
pub(crate) use duration::Duration;
pub(crate) use error::TemporalError;
pub(crate) use local_date_time::LocalDateTime;
pub(crate) use offset::Offset;
pub(crate) use period::Period;
pub(crate) use time::LocalTime;
pub(crate) use zone::Zone;
pub(crate) use zoned_time::ZonedTime;

/// A date, a time, both, or a duration.
///
/// Equality is Java's, which tells apart what the order of times does not: the same time in UTC at two offsets.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Temporal {
    /// A date.
    Date(Date),
    /// A time without an offset.
    LocalTime(LocalTime),
    /// A time with an offset or a time zone.
    Time(ZonedTime),
    /// A date and time without an offset.
    LocalDateTime(LocalDateTime),
    /// A date and time with an offset or a time zone.
    DateTime(DateTime),
    /// A years and months duration.
    YearsMonths(Period),
    /// A days and time duration.
    DaysTime(Duration),
}

/// Which variant a [`Temporal`] is; values of different kinds cannot be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// [`Temporal::Date`].
    Date,
    /// [`Temporal::LocalTime`].
    LocalTime,
    /// [`Temporal::Time`].
    Time,
    /// [`Temporal::LocalDateTime`].
    LocalDateTime,
    /// [`Temporal::DateTime`].
    DateTime,
    /// [`Temporal::YearsMonths`].
    YearsMonths,
    /// [`Temporal::DaysTime`].
    DaysTime,
}

impl Kind {
    /// A name that tells all the kinds apart, as the oracle of the tests has them.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Date => "date",
            Self::LocalTime => "local time",
            Self::Time => "time",
            Self::LocalDateTime => "local date time",
            Self::DateTime => "date time",
            Self::YearsMonths => "years months",
            Self::DaysTime => "day time",
        }
    }

    /// The name of the type in FEEL.
    #[must_use]
    pub const fn type_name(self) -> &'static str {
        match self {
            Self::Date => "date",
            Self::LocalTime | Self::Time => "time",
            Self::LocalDateTime | Self::DateTime => "date and time",
            Self::YearsMonths => "years and months duration",
            Self::DaysTime => "days and time duration",
        }
    }

    /// The names of the properties.
    #[must_use]
    pub const fn property_names(self) -> &'static [&'static str] {
        match self {
            Self::Date => &["year", "month", "day", "weekday"],
            Self::LocalTime | Self::Time => &["hour", "minute", "second", "time offset", "timezone"],
            Self::LocalDateTime | Self::DateTime => {
                &["year", "month", "day", "weekday", "hour", "minute", "second", "time offset", "timezone"]
            }
            Self::YearsMonths => &["years", "months"],
            Self::DaysTime => &["days", "hours", "minutes", "seconds"],
        }
    }
}

/// The value of a property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Property {
    /// A whole number.
    Number(i64),
    /// A days and time duration.
    Duration(Duration),
    /// A text.
    Text(String),
    /// No offset, or no time zone.
    Null,
}

impl Temporal {
    /// Which variant it is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Date(_) => Kind::Date,
            Self::LocalTime(_) => Kind::LocalTime,
            Self::Time(_) => Kind::Time,
            Self::LocalDateTime(_) => Kind::LocalDateTime,
            Self::DateTime(_) => Kind::DateTime,
            Self::YearsMonths(_) => Kind::YearsMonths,
            Self::DaysTime(_) => Kind::DaysTime,
        }
    }

    /// The name of its type in FEEL.
    #[must_use]
    pub const fn type_name(&self) -> &'static str {
        self.kind().type_name()
    }

    /// The order of two values of the same kind.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        Some(match (self, other) {
            (Self::Date(left), Self::Date(right)) => left.cmp(right),
            (Self::LocalTime(left), Self::LocalTime(right)) => left.cmp(right),
            (Self::Time(left), Self::Time(right)) => left.compare(right),
            (Self::LocalDateTime(left), Self::LocalDateTime(right)) => left.cmp(right),
            (Self::DateTime(left), Self::DateTime(right)) => left.compare(right),
            (Self::YearsMonths(left), Self::YearsMonths(right)) => left.cmp(right),
            (Self::DaysTime(left), Self::DaysTime(right)) => left.cmp(right),
            _ => return None,
        })
    }

    /// The names of its properties.
    #[must_use]
    pub const fn property_names(&self) -> &'static [&'static str] {
        self.kind().property_names()
    }

    /// The property of this name, if it has one.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<Property> {
        match self {
            Self::YearsMonths(period) => match name {
                "years" => Some(Property::Number(period.years().into())),
                "months" => Some(Property::Number(period.months().into())),
                _ => None,
            },
            Self::DaysTime(duration) => match name {
                "days" => Some(Property::Number(duration.days())),
                "hours" => Some(Property::Number(duration.hours())),
                "minutes" => Some(Property::Number(duration.minutes())),
                "seconds" => Some(Property::Number(duration.seconds_of_minute())),
                _ => None,
            },
            Self::Date(date) => date_property(*date, name),
            Self::LocalTime(time) => time_property(*time, name).or_else(|| zone_property(None, None, name)),
            Self::Time(time) => {
                time_property(time.time(), name).or_else(|| zone_property(Some(time.offset()), time.region(), name))
            }
            Self::LocalDateTime(local) => date_property(local.date(), name)
                .or_else(|| time_property(local.time(), name))
                .or_else(|| zone_property(None, None, name)),
            Self::DateTime(date_time) => date_property(date_time.date(), name)
                .or_else(|| time_property(date_time.time(), name))
                .or_else(|| zone_property(Some(date_time.offset()), date_time.region(), name)),
        }
    }
}

fn date_property(date: Date, name: &str) -> Option<Property> {
    let number = match name {
        "year" => date.year().into(),
        "month" => date.month().into(),
        "day" => date.day().into(),
        "weekday" => date.weekday().into(),
        _ => return None,
    };
    Some(Property::Number(number))
}

fn time_property(time: LocalTime, name: &str) -> Option<Property> {
    let number = match name {
        "hour" => time.hour().into(),
        "minute" => time.minute().into(),
        "second" => time.second().into(),
        _ => return None,
    };
    Some(Property::Number(number))
}

fn zone_property(offset: Option<Offset>, zone: Option<&Zone>, name: &str) -> Option<Property> {
    match name {
        "time offset" => Some(
            offset.map_or(Property::Null, |offset| Property::Duration(Duration::of_seconds(offset.seconds().into()))),
        ),
        "timezone" => Some(zone.map_or(Property::Null, |zone| Property::Text(zone.id().into_owned()))),
        _ => None,
    }
}
