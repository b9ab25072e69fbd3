//! Reading and writing.

use super::{super::Temporal, literal, shown};

#[test]
fn literals() {
    for (text, expected) in [
        ("2020-02-29", "date(2020-02-29)"),
        ("2021-02-29", "null"),
        ("-0044-03-15", "date(-0044-03-15)"),
        ("-0000-01-01", "null"),
        ("123456789-01-01", "date(+123456789-01-01)"),
        ("012020-01-01", "null"),
        ("999999999-12-31", "date(+999999999-12-31)"),
        ("10:00:00", "local time(10:00)"),
        ("T10:00", "local time(10:00)"),
        ("10:00:00.5", "local time(10:00:00.500)"),
        ("10:00:00.", "local time(10:00)"),
        ("10:00.5", "null"),
        ("24:00:00", "local time(00:00)"),
        ("24:00:01", "null"),
        ("10:00:00Z", "time(10:00Z)"),
        ("T10:00:00-05:30", "time(10:00-05:30)"),
        ("10:00Z", "null"),
        ("10:00:00+18:01", "null"),
        ("10:00:00@Asia/Kolkata", "time(10:00+05:30[Asia/Kolkata])"),
        ("10:00:00@UTC", "time(10:00Z[UTC])"),
        ("10:00:00@+02:00", "time(10:00+02:00)"),
        ("10:00:00@GMT+0", "null"),
        ("10:00:00Z[UTC]", "null"),
        ("2020-01-01T10:00", "local date time(2020-01-01T10:00)"),
        ("2020-01-01T10:00.5", "null"),
        ("2020-01-01T24:00:00", "null"),
        ("2020-01-01T10:00:00.", "null"),
        ("2020-01-01T10:00Z", "date time(2020-01-01T10:00Z)"),
        ("2020-01-01T10:00:00.123456789+02:00", "date time(2020-01-01T10:00:00.123456789+02:00)"),
        ("2020-06-01T10:00:00+05:00[Europe/Berlin]", "date time(2020-06-01T07:00+02:00[Europe/Berlin])"),
        ("2020-06-01T10:00:00@Europe/Berlin", "date time(2020-06-01T10:00+02:00[Europe/Berlin])"),
        ("2020-06-01T10:00:00Z@Europe/Berlin", "null"),
        ("2020-06-01T10:00:00@europe/berlin", "null"),
        ("2020-06-01T10:00:00@UTC\u{2212}05:00", "date time(2020-06-01T10:00-05:00[UTC-05:00])"),
        ("2020-06-01T10:00:00+02:00:30", "null"),
        ("P1Y2M", "years months(P1Y2M)"),
        ("P14M", "years months(P1Y2M)"),
        ("-P1Y2M", "years months(P-1Y-2M)"),
        ("P1Y-2M", "years months(P10M)"),
        ("P-1Y2M", "years months(P-10M)"),
        ("P", "null"),
        ("P2147483648Y", "null"),
        ("P1D", "day time(PT24H)"),
        ("-P1DT12H", "day time(PT-36H)"),
        ("PT-0.5S", "day time(PT-0.5S)"),
        ("PT1,25S", "day time(PT1.25S)"),
        ("PT1.S", "day time(PT1S)"),
        ("PT", "null"),
        ("P1DT", "null"),
        ("+P1D", "null"),
        ("p1d", "null"),
        ("PT9223372036854775807S", "day time(PT2562047788015215H30M7S)"),
        ("PT2562047788015216H", "null"),
        ("P1W", "null"),
        ("", "null"),
    ] {
        assert_eq!(shown(Temporal::literal(text).as_ref()), expected, "{text}");
    }
}

#[test]
fn texts_in_place_of_literals_obey_the_patterns() {
    type Read = fn(&str) -> Option<Temporal>;
    let cases: [(Read, Read, &str, &str, &str); 15] = [
        (Temporal::date_literal, Temporal::parse_date, "2020-01-01", "date(2020-01-01)", "date(2020-01-01)"),
        (Temporal::date_literal, Temporal::parse_date, "012020-01-01", "null", "null"),
        (Temporal::time_literal, Temporal::parse_time, "10:00:00.", "local time(10:00)", "local time(10:00)"),
        (Temporal::time_literal, Temporal::parse_time, "10:00", "local time(10:00)", "local time(10:00)"),
        (Temporal::time_literal, Temporal::parse_time, "10:00:00Z", "time(10:00Z)", "time(10:00Z)"),
        (
            Temporal::date_time_literal,
            Temporal::parse_date_time,
            "2020-01-01",
            "local date time(2020-01-01T00:00)",
            "local date time(2020-01-01T00:00)",
        ),
        (
            Temporal::date_time_literal,
            Temporal::parse_date_time,
            "012020-01-01T10:00:00",
            "local date time(+12020-01-01T10:00)",
            "null",
        ),
        (
            Temporal::date_time_literal,
            Temporal::parse_date_time,
            "2020-01-01T10:00:00.",
            "local date time(2020-01-01T10:00)",
            "null",
        ),
        (Temporal::date_time_literal, Temporal::parse_date_time, "2020-01-01T10:00:00.Z", "null", "null"),
        (Temporal::date_time_literal, Temporal::parse_date_time, "10:00:00", "null", "null"),
        (Temporal::duration_literal, Temporal::parse_duration, "p1dt1h", "day time(PT25H)", "null"),
        (Temporal::duration_literal, Temporal::parse_duration, "+P1D", "day time(PT24H)", "null"),
        (Temporal::duration_literal, Temporal::parse_duration, "P1Dt", "day time(PT24H)", "null"),
        (Temporal::duration_literal, Temporal::parse_duration, "P14M", "years months(P1Y2M)", "years months(P1Y2M)"),
        (Temporal::duration_literal, Temporal::parse_duration, "P1DT", "null", "null"),
    ];
    for (literal, parse, text, as_literal, as_text) in cases {
        assert_eq!(shown(literal(text).as_ref()), as_literal, "{text}");
        assert_eq!(shown(parse(text).as_ref()), as_text, "{text}");
    }
}

#[test]
fn strings() {
    for (text, feel, java, iso, connector) in [
        ("12020-01-01", "+12020-01-01", "+12020-01-01", "+12020-01-01", "+12020-01-01"),
        ("-0044-03-15", "-0044-03-15", "-0044-03-15", "-0044-03-15", "-0044-03-15"),
        ("10:00:00", "10:00:00", "10:00", "10:00:00", "10:00:00"),
        ("10:00:00.120", "10:00:00.12", "10:00:00.120", "10:00:00.12", "10:00:00.12"),
        ("10:00:00+01:00", "10:00:00+01:00", "10:00+01:00", "10:00:00+01:00", "10:00+01:00"),
        ("10:00:00Z", "10:00:00Z", "10:00Z", "10:00:00Z", "10:00Z"),
        (
            "10:00:00@Asia/Kolkata",
            "10:00:00@Asia/Kolkata",
            "10:00+05:30[Asia/Kolkata]",
            "10:00:00+05:30",
            "10:00+05:30",
        ),
        (
            "10:20:30.5@+02:00:30",
            "10:20:30.5+02:00:30",
            "10:20:30.500+02:00:30",
            "10:20:30.5+02:00:30",
            "10:20:30.500+02:00:30",
        ),
        (
            "2020-01-01T10:00:00",
            "2020-01-01T10:00:00",
            "2020-01-01T10:00",
            "2020-01-01T10:00:00",
            "2020-01-01T10:00:00",
        ),
        (
            "12020-01-01T10:00:00.5",
            "12020-01-01T10:00:00.5",
            "+12020-01-01T10:00:00.500",
            "+12020-01-01T10:00:00.5",
            "+12020-01-01T10:00:00.5",
        ),
        (
            "2020-01-01T10:00:00Z",
            "2020-01-01T10:00:00Z",
            "2020-01-01T10:00Z",
            "2020-01-01T10:00:00Z",
            "2020-01-01T10:00:00Z",
        ),
        (
            "2020-06-01T10:00:00.12@Europe/Berlin",
            "2020-06-01T10:00:00.12@Europe/Berlin",
            "2020-06-01T10:00:00.120+02:00[Europe/Berlin]",
            "2020-06-01T10:00:00.12+02:00[Europe/Berlin]",
            "2020-06-01T10:00:00.12+02:00",
        ),
        (
            "12020-06-01T10:00:00+02:00",
            "12020-06-01T10:00:00+02:00",
            "+12020-06-01T10:00+02:00",
            "+12020-06-01T10:00:00+02:00",
            "+12020-06-01T10:00:00+02:00",
        ),
        (
            "2020-06-01T10:00:00@UTC",
            "2020-06-01T10:00:00@UTC",
            "2020-06-01T10:00Z[UTC]",
            "2020-06-01T10:00:00Z[UTC]",
            "2020-06-01T10:00:00Z",
        ),
        ("P1Y2M", "P1Y2M", "P1Y2M", "P1Y2M", "P1Y2M"),
        ("-P14M", "-P1Y2M", "P-1Y-2M", "P-1Y-2M", "P-1Y-2M"),
        ("P0Y", "P0Y", "P0D", "P0D", "P0D"),
        ("P1DT2H3M4S", "P1DT2H3M4S", "PT26H3M4S", "PT26H3M4S", "PT26H3M4S"),
        ("-P1D", "-P1D", "PT-24H", "PT-24H", "PT-24H"),
        ("PT0S", "P0D", "PT0S", "PT0S", "PT0S"),
        ("PT36H", "P1DT12H", "PT36H", "PT36H", "PT36H"),
        ("PT-0.5S", "-PT1S", "PT-0.5S", "PT-0.5S", "PT-0.5S"),
        ("-PT1M1.25S", "-PT1M2S", "PT-1M-1.25S", "PT-1M-1.25S", "PT-1M-1.25S"),
        ("PT0.000000001S", "P0D", "PT0.000000001S", "PT0.000000001S", "PT0.000000001S"),
        ("PT61S", "PT1M1S", "PT1M1S", "PT1M1S", "PT1M1S"),
        ("-P1DT30M", "-P1DT30M", "PT-24H-30M", "PT-24H-30M", "PT-24H-30M"),
    ] {
        let temporal = literal(text);
        assert_eq!(temporal.to_feel_string(), feel);
        assert_eq!(temporal.to_java_string(), java);
        assert_eq!(temporal.to_iso_string(), iso);
        assert_eq!(temporal.to_connector_json(), connector);
    }
}
