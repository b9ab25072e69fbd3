//! Operations on two values.

use std::{cmp::Ordering, collections::HashSet};

use super::{super::Temporal, literal, outcome, shown};

#[test]
fn sums() {
    for (left, right, expected) in [
        ("2020-01-31", "P1M", "date(2020-02-29)"),
        ("2020-02-29", "P1Y", "date(2021-02-28)"),
        ("2020-01-31", "P1D", "date(2020-02-01)"),
        ("2020-01-01", "-PT1S", "date(2019-12-31)"),
        ("23:00:00", "PT2H", "local time(01:00)"),
        ("23:00:00@Asia/Kolkata", "PT2H", "time(01:00+05:30[Asia/Kolkata])"),
        ("23:00:00.5", "P1DT0.5S", "local time(23:00:01)"),
        ("2024-03-31T01:30:00", "PT1H", "local date time(2024-03-31T02:30)"),
        ("2024-03-31T01:30:00@Europe/Berlin", "PT1H", "date time(2024-03-31T03:30+02:00[Europe/Berlin])"),
        ("2024-03-30T02:30:00@Europe/Berlin", "P1D", "date time(2024-03-31T03:30+02:00[Europe/Berlin])"),
        ("2024-02-29T02:30:00@Europe/Berlin", "P1Y1M", "date time(2025-03-29T02:30+01:00[Europe/Berlin])"),
        ("2024-02-29T02:30:00@Europe/Berlin", "P1M", "date time(2024-03-29T02:30+01:00[Europe/Berlin])"),
        ("2023-03-31T02:30:00@Europe/Berlin", "P1Y", "date time(2024-03-31T03:30+02:00[Europe/Berlin])"),
        ("2024-10-27T02:30:00@Europe/Berlin", "PT1H", "date time(2024-10-27T02:30+01:00[Europe/Berlin])"),
        ("2023-10-27T02:30:00@Europe/Berlin", "P1Y", "date time(2024-10-27T02:30+02:00[Europe/Berlin])"),
        ("2024-10-27T02:30:00+01:00[Europe/Berlin]", "P0Y", "date time(2024-10-27T02:30+01:00[Europe/Berlin])"),
        ("P1Y", "P11M", "years months(P1Y11M)"),
        ("P1Y", "P1D", "null"),
        ("PT1H", "PT30M", "day time(PT1H30M)"),
        ("P1D", "2020-01-01", "date(2020-01-02)"),
        ("P1Y", "10:00:00", "null"),
        ("2020-01-01", "2020-01-01", "null"),
        ("999999999-12-31", "P1D", "error"),
        ("999999999-12-31T23:59:59.9", "PT0.05S", "local date time(+999999999-12-31T23:59:59.950)"),
        ("999999999-12-31T23:59:59.9", "PT0.1S", "error"),
        ("999999999-12-31T23:59:59.9", "PT-0.05S", "local date time(+999999999-12-31T23:59:59.850)"),
        ("PT9223372036854775807S", "PT1S", "error"),
        ("P2147483647Y", "P1Y", "error"),
        ("999999999-12-31T23:00:00-18:00", "PT30M", "date time(+999999999-12-31T23:30-18:00)"),
        ("12024-03-31T01:30:00@Europe/Berlin", "PT1H", "date time(+12024-03-31T03:30+02:00[Europe/Berlin])"),
    ] {
        assert_eq!(outcome(&literal(left).add(&literal(right))), expected, "{left} + {right}");
    }
}

#[test]
fn differences() {
    for (left, right, expected) in [
        ("2020-03-31", "P1M", "date(2020-02-29)"),
        ("2020-03-01", "2020-02-01", "day time(PT696H)"),
        ("2020-03-01", "P1D", "date(2020-02-29)"),
        ("2020-03-01", "PT1S", "date(2020-02-29)"),
        ("10:00:00", "11:00:00.5", "day time(PT-1H-0.5S)"),
        ("10:00:00Z", "11:00:00+02:00", "day time(PT1H)"),
        ("11:00:00+02:00", "10:00:00Z", "day time(PT1H)"),
        ("10:00:00", "10:00:00Z", "null"),
        ("01:00:00", "PT2H", "local time(23:00)"),
        ("2024-03-31T12:00:00@Europe/Berlin", "2024-03-30T12:00:00@Europe/Berlin", "day time(PT23H)"),
        ("2024-03-31T12:00:00@Europe/Berlin", "P1D", "date time(2024-03-30T11:00+01:00[Europe/Berlin])"),
        ("2024-03-31T12:00:00@Europe/Berlin", "P1M", "date time(2024-02-29T12:00+01:00[Europe/Berlin])"),
        ("2020-01-01T00:00:00.1", "2020-01-01T00:00:00.9", "day time(PT-0.8S)"),
        ("P1Y", "P1M", "years months(P11M)"),
        ("P1M", "P1Y", "years months(P-11M)"),
        ("PT1H", "PT90M", "day time(PT-30M)"),
        ("P1D", "P1M", "null"),
        ("P1D", "2020-01-01", "null"),
        ("2020-01-01", "2020-01-01T00:00:00", "null"),
        ("-999999999-01-01", "P1D", "error"),
        ("999999999-12-31", "-999999999-01-01", "day time(PT17531639991192H)"),
        ("999999999-12-31T23:59:59.5", "-PT0.2S", "error"),
    ] {
        assert_eq!(outcome(&literal(left).subtract(&literal(right))), expected, "{left} - {right}");
    }
}

#[test]
fn products() {
    for (left, right, expected) in [
        ("P1Y2M", 3, "years months(P3Y6M)"),
        ("P11M", 2_147_483_647, "error"),
        ("P1M", -13, "years months(P-1Y-1M)"),
        ("PT1.5S", -3, "day time(PT-4.5S)"),
        ("P1D", 0, "day time(PT0S)"),
        ("PT9223372036854775807S", 2, "error"),
        ("2020-01-01", 2, "null"),
    ] {
        assert_eq!(outcome(&literal(left).multiply(right)), expected, "{left} * {right}");
    }
}

#[test]
fn zones() {
    for (text, zone, expected) in [
        ("2024-03-31T02:30:00", "Europe/Berlin", "date time(2024-03-31T03:30+02:00[Europe/Berlin])"),
        ("2024-10-27T02:30:00", "Europe/Berlin", "date time(2024-10-27T02:30+02:00[Europe/Berlin])"),
        ("1893-03-31T23:59:59", "Europe/Berlin", "date time(1893-03-31T23:59:59+00:53:28[Europe/Berlin])"),
        ("1800-01-01T00:00:00", "Europe/Berlin", "date time(1800-01-01T00:00+00:53:28[Europe/Berlin])"),
        ("2011-12-30T12:00:00", "Pacific/Apia", "date time(2011-12-31T12:00+14:00[Pacific/Apia])"),
        ("2024-10-06T02:10:00", "Australia/Lord_Howe", "date time(2024-10-06T02:40+11:00[Australia/Lord_Howe])"),
        ("12024-03-31T02:30:00", "Europe/Berlin", "date time(+12024-03-31T03:30+02:00[Europe/Berlin])"),
        ("-12024-03-31T02:30:00", "Europe/Berlin", "date time(-12024-03-31T02:30+00:53:28[Europe/Berlin])"),
        ("12024-03-31T00:59:59Z", "Europe/Berlin", "date time(+12024-03-31T01:59:59+01:00[Europe/Berlin])"),
        ("12024-03-31T01:00:00Z", "Europe/Berlin", "date time(+12024-03-31T03:00+02:00[Europe/Berlin])"),
        ("-12024-07-01T10:00:00Z", "Europe/Berlin", "date time(-12024-07-01T10:53:28+00:53:28[Europe/Berlin])"),
        ("2020-01-01T10:00:00Z", "America/New_York", "date time(2020-01-01T05:00-05:00[America/New_York])"),
        ("2020-01-01T10:00:00Z", "Z", "date time(2020-01-01T10:00Z)"),
        ("2020-01-01T10:00:00@UTC", "Z", "date time(2020-01-01T10:00Z)"),
        ("2020-01-01T10:00:00", "+1", "date time(2020-01-01T10:00+01:00)"),
        ("2020-01-01T10:00:00", "GMT+0", "date time(2020-01-01T10:00Z[GMT])"),
        ("2020-01-01T10:00:00", "UTC-03", "date time(2020-01-01T10:00-03:00[UTC-03:00])"),
        ("2020-01-01T10:00:00", "EST", "error"),
        ("2020-01-01T10:00:00", "EST5EDT", "date time(2020-01-01T10:00-05:00[EST5EDT])"),
        ("1900-01-01T10:00:00", "EST5EDT", "date time(1900-01-01T10:00-05:00[EST5EDT])"),
        ("2020-01-01T10:00:00", "europe/berlin", "error"),
        ("2020-01-01T10:00:00", "", "error"),
        ("2020-01-01", "UTC", "null"),
        ("999999999-12-31T23:00:00Z", "+02:00", "error"),
    ] {
        assert_eq!(outcome(&literal(text).in_zone(zone)), expected, "{text} in {zone}");
    }
}

#[test]
fn dates_with_times() {
    for (date, time, expected) in [
        ("2020-06-01", "10:00:00", "local date time(2020-06-01T10:00)"),
        ("2020-06-01", "10:00:00Z", "date time(2020-06-01T10:00Z)"),
        ("2020-06-01", "10:00:00@Europe/Berlin", "date time(2020-06-01T10:00+02:00[Europe/Berlin])"),
        ("2020-06-01T09:00:00Z", "10:00:00", "local date time(2020-06-01T10:00)"),
        ("2024-03-31", "02:30:00@Europe/Berlin", "date time(2024-03-31T03:30+02:00[Europe/Berlin])"),
        ("10:00:00", "10:00:00", "null"),
    ] {
        assert_eq!(outcome(&literal(date).with_time(&literal(time))), expected, "{date} at {time}");
    }
}

#[test]
fn times_of_dates() {
    for (text, expected) in [
        ("2020-06-01", "time(00:00Z)"),
        ("2020-06-01T10:00", "local time(10:00)"),
        ("2020-06-01T10:00:00@Europe/Berlin", "time(10:00+02:00[Europe/Berlin])"),
        ("10:00:00", "null"),
    ] {
        assert_eq!(shown(literal(text).time().as_ref()), expected, "{text}");
    }
}

#[test]
fn years_and_months() {
    for (from, to, expected) in [
        ("2020-01-31", "2020-02-29", "years months(P0D)"),
        ("2020-01-31", "2021-03-01", "years months(P1Y1M)"),
        ("2021-03-01", "2020-01-31", "years months(P-1Y-1M)"),
        ("2020-02-29T10:00:00", "2019-02-28", "years months(P-1Y)"),
        ("-999999999-01-01", "999999999-12-31", "years months(P1999999998Y11M)"),
    ] {
        assert_eq!(outcome(&Temporal::years_and_months(&literal(from), &literal(to))), expected, "{from} to {to}");
    }
}

#[test]
fn equality_and_order() {
    for (left, right, equal, order) in [
        ("2020-01-01T10:00:00Z", "2020-01-01T12:00:00+02:00", false, Some(Ordering::Less)),
        ("2020-01-01T10:00:00Z", "2020-01-01T10:00:00@UTC", false, Some(Ordering::Greater)),
        ("10:00:00Z", "12:00:00+02:00", false, Some(Ordering::Equal)),
        ("10:00:00Z", "10:00:00@UTC", false, Some(Ordering::Equal)),
        ("23:00:00-02:00", "01:00:00Z", false, Some(Ordering::Greater)),
        ("P12M", "P1Y", true, Some(Ordering::Equal)),
        ("P1D", "PT24H", true, Some(Ordering::Equal)),
        ("2020-01-01", "2020-01-01T00:00:00", false, None),
        ("10:00:00", "10:00:00Z", false, None),
    ] {
        assert_eq!(literal(left) == literal(right), equal, "{left} = {right}");
        assert_eq!(literal(left).compare(&literal(right)), order, "{left} < {right}");
        assert_eq!(HashSet::from([literal(left)]).contains(&literal(right)), equal);
    }
}
