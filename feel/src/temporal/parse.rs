//! Dates, times and durations out of text: as literals of an expression, and as arguments of functions.
//!
//! feel-scala looks at a text with a pattern, and lets Java read it if it matches; some texts Java reads without. What
//! Java then refuses is nothing else either, since the forms do not overlap; so they are tried one after the other.

use super::{
    Date, DateTime, Duration, LocalDateTime, LocalTime, Offset, Period, Temporal, Zone, ZonedTime,
    scan::{Scanner, nanos},
};

impl Temporal {
    /// What `@"…"` is.
    #[must_use]
    pub fn literal(text: &str) -> Option<Self> {
        date(text)
            .map(Self::Date)
            .or_else(|| zoned_time(text).map(Self::Time))
            .or_else(|| date_time(text).map(Self::DateTime))
            .or_else(|| gated_local_date_time(text).map(Self::LocalDateTime))
            .or_else(|| period(text).map(Self::YearsMonths))
            .or_else(|| gated_duration(text).map(Self::DaysTime))
            .or_else(|| local_time(text).map(Self::LocalTime))
    }

    /// What `date("…")` is.
    #[must_use]
    pub fn date_literal(text: &str) -> Option<Self> {
        date(text).map(Self::Date)
    }

    /// What `time("…")` is.
    #[must_use]
    pub fn time_literal(text: &str) -> Option<Self> {
        zoned_time(text).map(Self::Time).or_else(|| local_time(text).map(Self::LocalTime))
    }

    /// What `date and time("…")` is.
    #[must_use]
    pub fn date_time_literal(text: &str) -> Option<Self> {
        date_at_midnight(text)
            .or_else(|| date_time(text).map(Self::DateTime))
            .or_else(|| local_date_time(text).map(Self::LocalDateTime))
    }

    /// What `duration("…")` is.
    #[must_use]
    pub fn duration_literal(text: &str) -> Option<Self> {
        period(text).map(Self::YearsMonths).or_else(|| duration(text).map(Self::DaysTime))
    }

    /// What `date(…)` makes of a text.
    #[must_use]
    pub fn parse_date(text: &str) -> Option<Self> {
        Self::date_literal(text)
    }

    /// What `time(…)` makes of a text.
    #[must_use]
    pub fn parse_time(text: &str) -> Option<Self> {
        Self::time_literal(text)
    }

    /// What `date and time(…)` makes of a text.
    #[must_use]
    pub fn parse_date_time(text: &str) -> Option<Self> {
        date_at_midnight(text)
            .or_else(|| date_time(text).map(Self::DateTime))
            .or_else(|| gated_local_date_time(text).map(Self::LocalDateTime))
    }

    /// What `duration(…)` makes of a text.
    #[must_use]
    pub fn parse_duration(text: &str) -> Option<Self> {
        period(text).map(Self::YearsMonths).or_else(|| gated_duration(text).map(Self::DaysTime))
    }
}

fn date(text: &str) -> Option<Date> {
    let mut scanner = Scanner::new(text);
    let date = scanner.date(false)?;
    scanner.rest.is_empty().then_some(date)
}

fn date_at_midnight(text: &str) -> Option<Temporal> {
    date(text).map(|date| Temporal::LocalDateTime(LocalDateTime::new(date, LocalTime::MIDNIGHT)))
}

/// A time with an optional `T` before it.
fn local_time(text: &str) -> Option<LocalTime> {
    let mut scanner = Scanner::new(text);
    scanner.take('T');
    let time = scanner.clock()?.time(true)?;
    scanner.rest.is_empty().then_some(time)
}

/// Whether a point has a digit after it: the patterns say so.
fn is_gated(scanned: &str) -> bool {
    !scanned.ends_with('.')
}

fn scanned<'a>(text: &'a str, rest: &str) -> &'a str {
    text.strip_suffix(rest).unwrap_or(text)
}

/// A time with seconds and an offset of hours and minutes, or a zone behind `@`.
fn zoned_time(text: &str) -> Option<ZonedTime> {
    let mut scanner = Scanner::new(text);
    scanner.take('T');
    let clock = scanner.clock()?;
    if !clock.has_seconds() || !is_gated(scanned(text, scanner.rest)) {
        return None;
    }
    let time = clock.time(true)?;
    match scanner.rest.strip_prefix('@') {
        Some(zone) => Zone::formatted(zone).map(|zone| ZonedTime::in_zone(time, &zone)),
        None => offset(scanner.rest).map(|offset| ZonedTime::at_offset(time, offset)),
    }
}

/// `Z`, or hours and minutes.
fn offset(text: &str) -> Option<Offset> {
    match text {
        "Z" => Some(Offset::UTC),
        text if text.len() == 6 => Offset::of_colons(text),
        _ => None,
    }
}

/// A date and time without an offset. The patterns are stricter than Java.
fn read_local_date_time(scanner: &mut Scanner<'_>, gated: bool) -> Option<LocalDateTime> {
    let text = scanner.rest;
    let date = scanner.date(!gated)?;
    let clock = scanner.take('T').then(|| scanner.clock()).flatten()?;
    let time = clock.time(false)?;
    (!gated || is_gated(scanned(text, scanner.rest))).then_some(LocalDateTime::new(date, time))
}

fn local_date_time(text: &str) -> Option<LocalDateTime> {
    let mut scanner = Scanner::new(text);
    let local = read_local_date_time(&mut scanner, false)?;
    scanner.rest.is_empty().then_some(local)
}

fn gated_local_date_time(text: &str) -> Option<LocalDateTime> {
    let mut scanner = Scanner::new(text);
    let local = read_local_date_time(&mut scanner, true)?;
    scanner.rest.is_empty().then_some(local)
}

/// A date and time with an offset, possibly a zone in brackets, or with a zone behind `@`. Where there are both, the
/// zone shows the instant at the offset.
fn date_time(text: &str) -> Option<DateTime> {
    let mut scanner = Scanner::new(text);
    let local = read_local_date_time(&mut scanner, true)?;
    if let Some(zone) = scanner.rest.strip_prefix('@') {
        return DateTime::of_local(local, &Zone::formatted(zone)?).ok();
    }
    let (before, zone) = match scanner.rest.strip_suffix(']') {
        Some(rest) => rest.split_once('[').map(|(before, zone)| (before, Some(zone)))?,
        None => (scanner.rest, None),
    };
    let offset = offset(before)?;
    let zone = zone.map_or(Some(Zone::fixed(offset)), Zone::formatted)?;
    DateTime::of_local_at_offset(local, offset, &zone).ok()
}

/// Years and months as `Period.parse` reads them, without what the pattern leaves out: plus signs and small letters.
fn period(text: &str) -> Option<Period> {
    if text.contains('+') {
        return None;
    }
    let (negative, rest) = sign(text);
    let mut rest = rest.strip_prefix('P')?;
    let years = amount(&mut rest, &['Y']);
    let months = amount(&mut rest, &['M']);
    if !rest.is_empty() || years.or(months).is_none() {
        return None;
    }
    let number = |digits: Option<&str>| {
        let number = digits.unwrap_or("0").parse::<i32>().ok()?;
        if negative { number.checked_neg() } else { Some(number) }
    };
    Period::new(number(years)?, number(months)?).ok()
}

/// Like [`duration`], but without what the pattern leaves out: plus signs and small letters.
fn gated_duration(text: &str) -> Option<Duration> {
    let plain = |byte: u8| byte != b'+' && !byte.is_ascii_lowercase();
    if text.bytes().all(plain) { duration(text) } else { None }
}

/// Days, hours, minutes and seconds as `Duration.parse` reads them: in any case, with a sign before each number, and
/// with a point or a comma before the fraction.
fn duration(text: &str) -> Option<Duration> {
    let (negative, rest) = sign(text);
    let rest = rest.strip_prefix(['P', 'p'])?;
    // Java wants something after a great T only.
    if rest.ends_with('T') {
        return None;
    }
    let (mut date, mut time) = rest.split_once(['T', 't']).unwrap_or((rest, ""));
    let days = amount(&mut date, &['D', 'd']);
    let hours = amount(&mut time, &['H', 'h']);
    let minutes = amount(&mut time, &['M', 'm']);
    let (seconds, fraction) = if time.is_empty() { (None, "") } else { seconds(time)? };
    if !date.is_empty() || days.or(hours).or(minutes).or(seconds).is_none() {
        return None;
    }
    let number = |digits: Option<&str>| digits.unwrap_or("0").parse::<i64>().ok();
    // In this order: a part of the sum may overflow where all of it would not.
    let sum = number(minutes)?.checked_mul(60)?.checked_add(number(seconds)?)?;
    let sum = number(hours)?.checked_mul(3_600)?.checked_add(sum)?;
    let sum = number(days)?.checked_mul(86_400)?.checked_add(sum)?;
    let nanos = i64::from(nanos(fraction)?);
    let backwards = seconds.is_some_and(|seconds| seconds.starts_with('-'));
    let duration = Duration::new(sum, if backwards { -nanos } else { nanos }).ok()?;
    if negative { duration.negate().ok() } else { Some(duration) }
}

fn sign(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// Takes a number with this unit if it is next.
fn amount<'a>(rest: &mut &'a str, unit: &[char]) -> Option<&'a str> {
    let (number, after) = signed_number(rest)?;
    *rest = after.strip_prefix(unit)?;
    Some(number)
}

/// Digits with a sign at most, and what follows them.
fn signed_number(text: &str) -> Option<(&str, &str)> {
    let sign = usize::from(text.starts_with(['+', '-']));
    let digits = text.bytes().skip(sign).take_while(u8::is_ascii_digit).count();
    if digits == 0 { None } else { text.split_at_checked(sign + digits) }
}

/// All of a text as a number of seconds and the digits of its fraction.
fn seconds(text: &str) -> Option<(Option<&str>, &str)> {
    let (whole, after) = signed_number(text.strip_suffix(['S', 's'])?)?;
    let fraction = match after.strip_prefix(['.', ',']) {
        Some(fraction) => fraction,
        None if after.is_empty() => "",
        None => return None,
    };
    let digits = fraction.len() <= 9 && fraction.bytes().all(|byte| byte.is_ascii_digit());
    digits.then_some((Some(whole), fraction))
}
