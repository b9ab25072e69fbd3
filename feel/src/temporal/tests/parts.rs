//! The types one by one, and parts of values.

use super::{
    super::{Date, DateTime, Duration, LocalTime, Offset, Period, Property, Temporal, TemporalError, Zone, ZonedTime},
    literal,
};

#[test]
fn calendar() {
    for (text, day_of_year, week_of_year, weekday, month, last_day) in [
        ("2020-12-31", 366, 53, "Thursday", "December", "2020-12-31"),
        ("2021-01-03", 3, 53, "Sunday", "January", "2021-01-31"),
        ("2021-01-04", 4, 1, "Monday", "January", "2021-01-31"),
        ("2020-02-29", 60, 9, "Saturday", "February", "2020-02-29"),
        ("2024-12-30", 365, 1, "Monday", "December", "2024-12-31"),
        ("2023-01-01", 1, 52, "Sunday", "January", "2023-01-31"),
        ("-999999999-01-01", 1, 1, "Monday", "January", "-999999999-01-31"),
        ("999999999-12-31", 365, 52, "Friday", "December", "+999999999-12-31"),
        ("1582-10-15", 288, 41, "Friday", "October", "1582-10-31"),
        ("0000-03-01", 61, 9, "Wednesday", "March", "0000-03-31"),
    ] {
        let date = literal(text).date().expect("a date");
        assert_eq!(date.day_of_year(), day_of_year, "{text}");
        assert_eq!(date.week_of_year(), week_of_year, "{text}");
        assert_eq!((date.weekday_name(), date.month_name()), (weekday, month), "{text}");
        assert_eq!(Temporal::Date(date.last_day_of_month()).to_feel_string(), last_day);
    }
}

#[test]
fn days_count_through_all_years() {
    assert_eq!(Date::MIN.to_epoch_day(), -365_243_219_162);
    assert_eq!(Date::MAX.to_epoch_day(), 365_241_780_471);
    for day in (-365_243_219_162..=365_241_780_471).step_by(1_234_567_891).chain(-146_097..146_097) {
        assert_eq!(Date::from_epoch_day(day).expect("in range").to_epoch_day(), day);
    }
    assert_eq!(Date::from_epoch_day(365_241_780_472), Err(TemporalError::DateOutOfRange));
}

#[test]
fn properties() {
    let number = |number| Some(Property::Number(number));
    let text = |text: &str| Some(Property::Text(text.to_owned()));
    let hours = |hours: i64| Some(Property::Duration(Duration::of_seconds(hours * 3600)));
    for (value, name, expected) in [
        ("2020-03-05", "year", number(2020)),
        ("2020-03-05", "weekday", number(4)),
        ("2020-03-05", "hour", None),
        ("10:20:30.5", "second", number(30)),
        ("10:20:30", "time offset", Some(Property::Null)),
        ("10:20:30", "timezone", Some(Property::Null)),
        ("10:20:30-02:00", "time offset", hours(-2)),
        ("10:20:30-02:00", "timezone", Some(Property::Null)),
        ("10:20:30@Europe/Berlin", "time offset", hours(1)),
        ("10:20:30@Europe/Berlin", "timezone", text("Europe/Berlin")),
        ("2020-06-05T10:20:30@Europe/Berlin", "time offset", hours(2)),
        ("2020-06-05T10:20:30Z", "timezone", Some(Property::Null)),
        ("2020-06-05T10:20:30", "month", number(6)),
        ("P14M", "years", number(1)),
        ("P14M", "months", number(2)),
        ("P14M", "days", None),
        ("-P1DT2H3M4.5S", "days", number(-1)),
        ("-P1DT2H3M4.5S", "hours", number(-2)),
        ("-P1DT2H3M4.5S", "minutes", number(-3)),
        ("-P1DT2H3M4.5S", "seconds", number(-5)),
    ] {
        assert_eq!(literal(value).property(name), expected, "{value}.{name}");
    }
    for value in ["2020-03-05", "10:00:00", "10:00:00Z", "2020-03-05T10:00", "2020-03-05T10:00Z", "P1Y", "P1D"] {
        let temporal = literal(value);
        assert!(temporal.property_names().iter().all(|name| temporal.property(name).is_some()), "{value}");
    }
}

#[test]
fn durations_in_milliseconds() {
    let millis = |text| match literal(text) {
        Temporal::DaysTime(duration) => duration.to_millis(),
        other => panic!("{other:?}"),
    };
    assert_eq!(millis("PT1.9999S"), Ok(1_999));
    assert_eq!(millis("PT-1.9999S"), Ok(-1_999));
    assert_eq!(millis("PT9223372036854775.807S"), Ok(i64::MAX));
    assert_eq!(millis("PT9223372036854775.808S"), Err(TemporalError::DurationOverflow));
    assert_eq!(Duration::of_millis(-1).to_millis(), Ok(-1));
    assert_eq!(Duration::of_millis(i64::MIN).to_millis(), Ok(i64::MIN));
}

#[test]
fn the_shortest_duration_has_no_opposite() {
    let shortest = Duration::of_seconds(i64::MIN);
    assert_eq!(shortest.negate(), Err(TemporalError::DurationOverflow));
    assert_eq!(shortest.abs(), Err(TemporalError::DurationOverflow));
    assert_eq!(Duration::of_seconds(-1).minus(shortest), Ok(Duration::of_seconds(i64::MAX)));
    assert_eq!(Duration::ZERO.minus(shortest), Err(TemporalError::DurationOverflow));
    assert_eq!(Period::new(i32::MIN, 0).and_then(Period::negate), Err(TemporalError::PeriodOverflow));
}

#[test]
fn times_out_of_numbers() {
    assert!(LocalTime::new(23, 59, 59, 999_999_999).is_some());
    for (hour, minute, second, nano) in [(24, 0, 0, 0), (-1, 0, 0, 0), (0, 60, 0, 0), (0, 0, 60, 0), (0, 0, 0, -1)] {
        assert_eq!(LocalTime::new(hour, minute, second, nano), None);
    }
    let offset = |seconds| {
        ZonedTime::with_offset(LocalTime::MIDNIGHT, &Duration::of_seconds(seconds)).map(|time| time.offset().seconds())
    };
    assert_eq!(offset(64_800), Some(64_800));
    assert_eq!(offset(64_801), None);
    assert_eq!(offset(4_294_967_296), Some(0));
}

#[test]
fn clocks_show_an_instant() {
    let berlin = Zone::named("Europe/Berlin").expect("a zone");
    let shown =
        |seconds, nanos, zone: &Zone| Temporal::DateTime(DateTime::from_epoch(seconds, nanos, zone)).to_java_string();
    assert_eq!(shown(1_767_319_445, 678_000_000, &berlin), "2026-01-02T03:04:05.678+01:00[Europe/Berlin]");
    assert_eq!(shown(-1, 0, &Zone::utc()), "1969-12-31T23:59:59Z");
    assert_eq!(shown(i64::MAX, 0, &Zone::utc()), "+999999999-12-31T23:59:59.999999999Z");
    assert_eq!(shown(i64::MIN, u32::MAX, &Zone::utc()), "-999999999-01-01T00:00Z");
}

#[test]
fn standard_offsets_leave_out_daylight_saving() {
    // At 2024-07-01 and at 2024-01-01.
    for instant in [1_719_792_000, 1_704_067_200] {
        for (zone, seconds) in [
            ("Europe/Berlin", 3_600),
            ("Europe/Dublin", 0),
            ("Africa/Casablanca", 0),
            ("Africa/Windhoek", 3_600),
            ("Australia/Lord_Howe", 37_800),
            ("Antarctica/Troll", 0),
            ("America/Sao_Paulo", -10_800),
            ("UTC+03:00", 10_800),
        ] {
            assert_eq!(Zone::named(zone).expect("a zone").standard_offset_at(instant).seconds(), seconds, "{zone}");
        }
    }
}

#[test]
fn zone_ids() {
    let id = |text: &str| Zone::named(text).map(|zone| zone.id().into_owned());
    for (text, expected) in [
        ("Z", "Z"),
        ("+1", "+01:00"),
        ("-0130", "-01:30"),
        ("+013015", "+01:30:15"),
        ("UT+01", "UT+01:00"),
        ("UTC-00:00", "UTC"),
        ("GMT0", "GMT0"),
        ("Zulu", "Zulu"),
        ("Etc/GMT+5", "Etc/GMT+5"),
    ] {
        assert_eq!(id(text).as_deref(), Some(expected), "{text}");
    }
    for text in ["", "z", "+", "+1:30", "+18:01", "+1\u{e9}2", "UTC+1:30", "GMT+19", "EST", "ROC", "utc", "Etc/Unknown"]
    {
        assert_eq!(id(text), None, "{text}");
    }
    assert_ne!(Zone::named("UTC"), Some(Zone::fixed(Offset::UTC)));
}

#[test]
fn values_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Temporal>();
    shared::<Zone>();
}
