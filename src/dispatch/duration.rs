//! Durations as task headers and expressions write them: ISO 8601, days to seconds.

use regex::Regex;
use std::sync::LazyLock;
use std::time::Duration;

#[expect(clippy::unwrap_used, reason = "a constant pattern, covered by the test of this module")]
static DAY_TIME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^(?i)([-+]?)P(?:([-+]?[0-9]+)D)?(T(?:([-+]?[0-9]+)H)?(?:([-+]?[0-9]+)M)?(?:([-+]?)([0-9]+)(?:[.,]([0-9]{0,9}))?S)?)?$",
    )
    .unwrap()
});

/// The duration that a text such as `PT5M`, `P1D` or `PT1.5S` tells, as Java reads it; none if it tells none. Years,
/// months and weeks are no fixed time. A negative duration is zero, as nothing can be waited for in the past.
#[must_use]
pub fn parse(text: &str) -> Option<Duration> {
    const SECOND: i128 = 1_000_000_000;
    let parts = DAY_TIME.captures(text)?;
    let part = |index: usize| parts.get(index).map(|part| part.as_str());
    // `P` and `PT` tell nothing.
    if text.ends_with(['P', 'p', 'T', 't']) {
        return None;
    }
    let mut total: i128 = 0;
    for (index, factor) in [(2, 86_400 * SECOND), (4, 3_600 * SECOND), (5, 60 * SECOND), (7, SECOND)] {
        if let Some(number) = part(index) {
            let number = i128::from(number.parse::<i64>().ok()?);
            let negative = index == 7 && part(6) == Some("-");
            total += if negative { -number } else { number } * factor;
        }
    }
    if let Some(fraction) = part(8) {
        let nanos = i128::from(format!("{fraction:0<9}").parse::<u32>().ok()?);
        total += if part(6) == Some("-") { -nanos } else { nanos };
    }
    let total = if part(1) == Some("-") { -total } else { total };
    let seconds = u64::try_from(total.max(0) / SECOND).ok()?;
    let nanos = u32::try_from(total.max(0) % SECOND).ok()?;
    Some(Duration::new(seconds, nanos))
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
