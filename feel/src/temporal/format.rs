//! Dates, times and durations as text: FEEL's, Java's, and that of JSON.

use std::fmt::Write;

use super::{Date, DateTime, Duration, LocalDateTime, LocalTime, Period, Temporal, ZonedTime};

impl Temporal {
    /// What FEEL's `string()` gives.
    #[must_use]
    pub fn to_feel_string(&self) -> String {
        let mut text = String::new();
        match self {
            Self::Date(date) => write_date(*date, true, &mut text),
            Self::LocalTime(time) => write_time(*time, &mut text),
            Self::Time(time) => {
                write_time(time.time(), &mut text);
                match time.region() {
                    Some(zone) => append(&mut text, format_args!("@{}", zone.id())),
                    None => append(&mut text, format_args!("{}", time.offset())),
                }
            }
            Self::LocalDateTime(local) => write_local(*local, false, &mut text),
            Self::DateTime(date_time) => {
                write_local(date_time.local(), false, &mut text);
                match date_time.region() {
                    Some(zone) => append(&mut text, format_args!("@{}", zone.id())),
                    None => append(&mut text, format_args!("{}", date_time.offset())),
                }
            }
            Self::YearsMonths(period) => text = feel_period(*period),
            Self::DaysTime(duration) => text = feel_duration(*duration),
        }
        text
    }

    /// What Java's `toString` gives, which tells all that a value holds; that of a time with an offset is made up to do
    /// so, too.
    #[must_use]
    pub fn to_java_string(&self) -> String {
        let mut text = String::new();
        match self {
            Self::Date(date) => write_date(*date, true, &mut text),
            Self::LocalTime(time) => write_java_time(*time, &mut text),
            Self::Time(time) => write_java_zoned_time(time, true, &mut text),
            Self::LocalDateTime(local) => write_java_local(*local, &mut text),
            Self::DateTime(date_time) => {
                write_java_local(date_time.local(), &mut text);
                append(&mut text, format_args!("{}", date_time.offset()));
                write_region(date_time, &mut text);
            }
            Self::YearsMonths(period) => text = java_period(*period),
            Self::DaysTime(duration) => text = java_duration(*duration),
        }
        text
    }

    /// What FEEL's `to json()` writes between the quotation marks.
    #[must_use]
    pub fn to_iso_string(&self) -> String {
        let mut text = String::new();
        match self {
            Self::Time(time) => {
                write_time(time.time(), &mut text);
                append(&mut text, format_args!("{}", time.offset()));
            }
            Self::LocalDateTime(local) => write_local(*local, true, &mut text),
            Self::DateTime(date_time) => {
                write_offset_date_time(date_time, &mut text);
                write_region(date_time, &mut text);
            }
            Self::YearsMonths(period) => text = java_period(*period),
            Self::DaysTime(duration) => text = java_duration(*duration),
            Self::Date(_) | Self::LocalTime(_) => text = self.to_feel_string(),
        }
        text
    }

    /// What Camunda's connector runtime turns a result into.
    #[must_use]
    pub fn to_connector_json(&self) -> String {
        let mut text = String::new();
        match self {
            Self::Time(time) => write_java_zoned_time(time, false, &mut text),
            Self::DateTime(date_time) => write_offset_date_time(date_time, &mut text),
            other => text = other.to_iso_string(),
        }
        text
    }
}

// Writing to a string cannot fail.
fn append(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    let _ = text.write_fmt(arguments);
}

/// With at least four digits of the year. ISO 8601 wants a plus sign before more of them.
fn write_date(date: Date, plus: bool, text: &mut String) {
    let year = date.year();
    let sign = match year {
        ..0 => "-",
        0..=9999 => "",
        _ if plus => "+",
        _ => "",
    };
    append(text, format_args!("{sign}{:04}-{:02}-{:02}", year.unsigned_abs(), date.month(), date.day()));
}

/// With seconds, and as many digits of a fraction as it takes.
fn write_time(time: LocalTime, text: &mut String) {
    append(text, format_args!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second()));
    if time.nano() > 0 {
        append(text, format_args!(".{}", format!("{:09}", time.nano()).trim_end_matches('0')));
    }
}

/// Without seconds that are zero, and with three, six or nine digits of a fraction.
fn write_java_time(time: LocalTime, text: &mut String) {
    append(text, format_args!("{:02}:{:02}", time.hour(), time.minute()));
    let nano = time.nano();
    if time.second() > 0 || nano > 0 {
        append(text, format_args!(":{:02}", time.second()));
    }
    match nano {
        0 => {}
        _ if nano.is_multiple_of(1_000_000) => append(text, format_args!(".{:03}", nano / 1_000_000)),
        _ if nano.is_multiple_of(1_000) => append(text, format_args!(".{:06}", nano / 1_000)),
        _ => append(text, format_args!(".{nano:09}")),
    }
}

fn write_java_zoned_time(time: &ZonedTime, with_zone: bool, text: &mut String) {
    write_java_time(time.time(), text);
    append(text, format_args!("{}", time.offset()));
    if let (true, Some(zone)) = (with_zone, time.region()) {
        append(text, format_args!("[{}]", zone.id()));
    }
}

fn write_local(local: LocalDateTime, plus: bool, text: &mut String) {
    write_date(local.date(), plus, text);
    text.push('T');
    write_time(local.time(), text);
}

fn write_java_local(local: LocalDateTime, text: &mut String) {
    write_date(local.date(), true, text);
    text.push('T');
    write_java_time(local.time(), text);
}

fn write_offset_date_time(date_time: &DateTime, text: &mut String) {
    write_local(date_time.local(), true, text);
    append(text, format_args!("{}", date_time.offset()));
}

fn write_region(date_time: &DateTime, text: &mut String) {
    if let Some(zone) = date_time.region() {
        append(text, format_args!("[{}]", zone.id()));
    }
}

/// All parts have the same sign, which goes before the `P`; those that are zero are left out.
fn feel_period(period: Period) -> String {
    let months = period.total_months();
    if months == 0 {
        return "P0Y".to_owned();
    }
    let mut text = String::from(if months < 0 { "-P" } else { "P" });
    write_parts(&[(months / 12, 'Y'), (months % 12, 'M')], &mut text);
    text
}

/// Without the fraction of the seconds, which are rounded down.
fn feel_duration(duration: Duration) -> String {
    if duration.seconds() == 0 {
        return "P0D".to_owned();
    }
    let mut text = String::from(if duration.seconds() < 0 { "-P" } else { "P" });
    write_parts(&[(duration.days(), 'D')], &mut text);
    let before = text.len();
    text.push('T');
    write_parts(&[(duration.hours(), 'H'), (duration.minutes(), 'M'), (duration.seconds_of_minute(), 'S')], &mut text);
    if text.len() == before + 1 {
        text.truncate(before);
    }
    text
}

fn write_parts(parts: &[(i64, char)], text: &mut String) {
    for (amount, unit) in parts.iter().filter(|(amount, _)| *amount != 0) {
        append(text, format_args!("{}{unit}", amount.unsigned_abs()));
    }
}

fn java_period(period: Period) -> String {
    if period.is_zero() {
        return "P0D".to_owned();
    }
    let mut text = String::from("P");
    for (amount, unit) in [(period.years(), 'Y'), (period.months(), 'M')] {
        if amount != 0 {
            append(&mut text, format_args!("{amount}{unit}"));
        }
    }
    text
}

/// In hours, minutes and seconds, each with its sign.
fn java_duration(duration: Duration) -> String {
    if duration.is_zero() {
        return "PT0S".to_owned();
    }
    let rounded_up = duration.is_negative() && duration.nanos() > 0;
    // The seconds towards zero, and the rest away from zero.
    let (seconds, nanos) = if rounded_up {
        (duration.seconds() + 1, 1_000_000_000 - duration.nanos())
    } else {
        (duration.seconds(), duration.nanos())
    };
    let mut text = String::from("PT");
    for (amount, unit) in [(seconds / 3600, 'H'), (seconds / 60 % 60, 'M')] {
        if amount != 0 {
            append(&mut text, format_args!("{amount}{unit}"));
        }
    }
    let seconds = seconds % 60;
    if seconds != 0 || nanos > 0 {
        let sign = if seconds < 0 || rounded_up { "-" } else { "" };
        append(&mut text, format_args!("{sign}{}", seconds.unsigned_abs()));
        if nanos > 0 {
            append(&mut text, format_args!(".{}", format!("{nanos:09}").trim_end_matches('0')));
        }
        text.push('S');
    }
    text
}
