//! Why an operation on dates, times and durations has no result.

use std::{error::Error, fmt};

/// Why an operation on dates, times and durations has no result; in Java an exception, which ends the evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TemporalError {
    /// The date would lie outside the years ±999,999,999.
    DateOutOfRange,
    /// The days and time duration would not fit: 64 bits of seconds, or of milliseconds where those are counted.
    DurationOverflow,
    /// The years and months duration would not fit: 32 bits of years or of months.
    PeriodOverflow,
    /// There is no such time zone.
    UnknownZone,
}

impl fmt::Display for TemporalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DateOutOfRange => "the date lies outside the years -999999999 to 999999999",
            Self::DurationOverflow => "the days and time duration is too long",
            Self::PeriodOverflow => "the years and months duration is too long",
            Self::UnknownZone => "there is no such time zone",
        })
    }
}

impl Error for TemporalError {}
