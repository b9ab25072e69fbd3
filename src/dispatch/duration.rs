//! Durations as task headers and expressions write them: ISO 8601, days to seconds.

use opwright_feel::Temporal;
use std::time::Duration;

/// The duration that a text such as `PT5M`, `P1D` or `PT1.5S` tells, as Java reads it; none if it tells none. Years,
/// months and weeks are no fixed time. A negative duration is zero, as nothing can be waited for in the past.
#[must_use]
pub fn parse(text: &str) -> Option<Duration> {
    match Temporal::duration_literal(text)? {
        Temporal::DaysTime(duration) if duration.is_negative() => Some(Duration::ZERO),
        Temporal::DaysTime(duration) => Some(Duration::new(u64::try_from(duration.seconds()).ok()?, duration.nanos())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_java_reads_is_read() {
        for (text, millis) in [
            ("PT5M", 300_000),
            ("P1D", 86_400_000),
            ("PT1.5S", 1_500),
            ("pt0,25s", 250),
            ("P1DT2H3M4S", 93_784_000),
            ("PT0S", 0),
            ("PT1.S", 1_000),
            ("PT-6H+3M", 0),
            ("PT1H-3M", 3_420_000),
            ("-PT-6H", 21_600_000),
            ("-PT10S", 0),
            ("PT1M-0.5S", 59_500),
        ] {
            assert_eq!(parse(text), Some(Duration::from_millis(millis)), "{text}");
        }
    }

    #[test]
    fn what_is_no_fixed_time_is_not() {
        for text in ["", "P", "PT", "P1DT", "P1M", "P1W", "P1Y", "5m", "PT5", "10", " PT5S", "PT9223372036854775808S"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
