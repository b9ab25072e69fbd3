//! Literals of each kind, common and strange ones.

use super::{kind::Kind, random::Random};

const NUMBERS: &[&str] = &[
    "0",
    "1",
    "2",
    "3",
    "5",
    "10",
    "-1",
    "-2",
    "0.5",
    "1.5",
    "2.50",
    "-0.1",
    "0.10",
    "100",
    "7.25",
    "1.0",
    "1.10",
    "12.345",
    "99",
    "1000000",
    "0.000001",
    "0.0000001",
    "123456789012345678901234567890",
    "9999999999999999999999999999999999",
    "99999999999999999999999999999999999999.5",
    "0.1234567890123456789012345678901234567890",
    ".5",
    "2020",
    "31",
    "12",
    "2147483648",
    "9223372036854775808",
    "-9007199254740993",
    "1.005",
];
const SMALL: &[&str] = &["0", "1", "2", "3", "4", "5", "-1", "-2", "-3", "1.9", "10", "12", "0.5", "7", "23", "30"];
const TEXTS: &[&str] = &[
    "",
    "a",
    "b",
    "abc",
    "foobar",
    "A",
    "ÄÖß",
    " a ",
    "a,b,c",
    "1",
    "1.5",
    "1,000.5",
    "x=1;y=2",
    "2020-01-01",
    "10:00:00",
    "PT1H",
    "P1Y",
    "日本",
    "😀b",
    "a\\nb",
    "a\\\"b",
    "a\\\\b",
    "a\\tb",
    ",",
    ".",
    " ",
    "i",
    "sm",
    "x",
    "key",
    "name",
    "UP",
    "half_even",
    "true",
    "null",
    "{\\\"a\\\": [1, 2.50, null]}",
    "[1, \\\"x\\\", true]",
    "$1",
    "<$0>",
    "e\u{301}",
    "Straße",
    "\\u00e9",
    "it\\'s",
    "ﬁ",
    "a\u{a0}b",
    "404",
    "-12",
    "1e3",
    "00.10",
];
const DATES: &[&str] = &[
    "2020-01-01",
    "2020-02-29",
    "2021-02-28",
    "2020-12-31",
    "2020-01-31",
    "1999-07-15",
    "2026-03-05",
    "2000-02-29",
    "0001-01-01",
    "9999-12-31",
    "-0044-03-15",
    "12345-06-07",
    "2020-03-29",
    "2020-10-25",
    "2019-12-30",
];
const TIMES: &[&str] =
    &["00:00:00", "10:00:00", "23:59:59", "12:30", "10:20:30.5", "02:30:00", "09:05:07.123456789", "18:00:00.100"];
const ZONES: &[&str] = &[
    "Z",
    "+01:00",
    "-05:30",
    "+00:00",
    "+14:00",
    "@Europe/Berlin",
    "@America/New_York",
    "@UTC",
    "@Asia/Kolkata",
    "-08:00",
    "@Australia/Lord_Howe",
    "@Etc/GMT+5",
    "@Pacific/Apia",
];
const MONTHS: &[&str] = &["P1Y", "P1M", "P1Y2M", "P14M", "-P1Y", "-P5M", "P0Y", "P12M", "P100Y", "P1Y-2M", "-P-1M"];
const DAYS: &[&str] = &[
    "P1D",
    "PT1H",
    "PT36H",
    "PT90M",
    "PT0S",
    "-PT1H",
    "P1DT2H3M4S",
    "PT0.5S",
    "PT1.123456789S",
    "-P2DT3H",
    "P10D",
    "PT61S",
    "PT-1H30M",
    "P0D",
    "PT3600S",
    "P365D",
    "-PT0.25S",
    "PT86399.999S",
];

/// The text of a date, a time or a duration, sometimes with a flaw.
pub(crate) fn temporal(kind: Kind, random: &mut Random) -> String {
    let date = random.pick(DATES);
    let time = random.pick(TIMES);
    let zone = random.pick(ZONES);
    let text = match kind {
        Kind::Date => date.to_owned(),
        Kind::LocalTime => time.to_owned(),
        Kind::Time => format!("{time}{zone}"),
        Kind::LocalDateTime => format!("{date}T{time}"),
        Kind::DateTime => format!("{date}T{time}{zone}"),
        Kind::YearsMonths => random.pick(MONTHS).to_owned(),
        Kind::DaysTime => random.pick(DAYS).to_owned(),
        _ => {
            let kind = random.pick(Kind::TEMPORAL);
            return temporal(kind, random);
        }
    };
    if random.chance(6) { flawed(&text, random) } else { text }
}

fn flawed(text: &str, random: &mut Random) -> String {
    let mut units: Vec<char> = text.chars().collect();
    let at = random.below(units.len().max(1));
    let digit = random.pick(&['0', '1', '3', '9', '-', ':', 'T', 'Z', '.', '+', 'P', 'D', 'M', '@', ' ']);
    match random.below(3) {
        0 if at < units.len() => {
            units.remove(at);
        }
        1 if at < units.len() => units[at] = digit,
        _ => units.insert(at, digit),
    }
    units.into_iter().collect()
}

pub(crate) fn number(random: &mut Random) -> String {
    if random.chance(70) {
        return random.pick(NUMBERS).to_owned();
    }
    let mut digits = |most: usize| -> String {
        let count = 1 + random.below(most);
        (0..count).map(|_| char::from(b'0' + u8::try_from(random.below(10)).unwrap_or(0))).collect()
    };
    let whole = digits(8);
    let fraction = digits(6);
    if random.chance(50) { format!("{whole}.{fraction}") } else { whole }
}

pub(crate) fn small(random: &mut Random) -> String {
    random.pick(SMALL).to_owned()
}

pub(crate) fn text(random: &mut Random) -> String {
    format!("\"{}\"", random.pick(TEXTS))
}

/// The literal of a date, a time or a duration: with `@`, or by its function.
pub(crate) fn temporal_literal(kind: Kind, random: &mut Random) -> String {
    let text = temporal(kind, random);
    match (kind, random.below(4)) {
        (Kind::Date, 0) => format!("date(\"{text}\")"),
        (Kind::Time | Kind::LocalTime, 0) => format!("time(\"{text}\")"),
        (Kind::DateTime | Kind::LocalDateTime, 0) => format!("date and time(\"{text}\")"),
        (Kind::DaysTime | Kind::YearsMonths, 0) => format!("duration(\"{text}\")"),
        _ => format!("@\"{text}\""),
    }
}
