#![allow(dead_code, missing_docs)]
use std::{cmp::Ordering, fmt};
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Temporal {
    Date(Date),
    LocalTime(LocalTime),
    Time(ZonedTime),
    LocalDateTime(DateTime),
    DateTime(DateTime),
    YearsMonths(Period),
    DaysTime(Duration),
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    A,
}
impl Kind {
    pub fn label(self) -> &'static str {
        "date"
    }
}
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Date;
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LocalTime;
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ZonedTime;
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DateTime;
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Period;
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Duration;
#[derive(Clone)]
pub struct Zone;
#[derive(Debug)]
pub struct TemporalError;
impl fmt::Display for TemporalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("x")
    }
}
pub enum Property {
    Number(i64),
    Duration(Duration),
    Text(String),
    Null,
}
type R<T> = Result<T, TemporalError>;
impl Temporal {
    pub fn kind(&self) -> Kind {
        Kind::A
    }
    pub fn type_name(&self) -> &'static str {
        "date"
    }
    pub fn compare(&self, _: &Temporal) -> Option<Ordering> {
        None
    }
    pub fn property(&self, _: &str) -> Option<Property> {
        None
    }
    pub fn literal(_: &str) -> Option<Temporal> {
        None
    }
    pub fn date_literal(_: &str) -> Option<Temporal> {
        None
    }
    pub fn time_literal(_: &str) -> Option<Temporal> {
        None
    }
    pub fn date_time_literal(_: &str) -> Option<Temporal> {
        None
    }
    pub fn duration_literal(_: &str) -> Option<Temporal> {
        None
    }
    pub fn parse_date(_: &str) -> Option<Temporal> {
        None
    }
    pub fn parse_time(_: &str) -> Option<Temporal> {
        None
    }
    pub fn parse_date_time(_: &str) -> Option<Temporal> {
        None
    }
    pub fn parse_duration(_: &str) -> Option<Temporal> {
        None
    }
    pub fn add(&self, _: &Temporal) -> R<Option<Temporal>> {
        Ok(None)
    }
    pub fn subtract(&self, _: &Temporal) -> R<Option<Temporal>> {
        Ok(None)
    }
    pub fn multiply(&self, _: i32) -> R<Option<Temporal>> {
        Ok(None)
    }
    pub fn to_feel_string(&self) -> String {
        String::new()
    }
    pub fn to_java_string(&self) -> String {
        String::new()
    }
    pub fn to_iso_string(&self) -> String {
        String::new()
    }
    pub fn to_connector_json(&self) -> String {
        String::new()
    }
    pub fn date(&self) -> Option<Date> {
        None
    }
    pub fn time(&self) -> Option<Temporal> {
        None
    }
    pub fn with_time(&self, _: &Temporal) -> R<Option<Temporal>> {
        Ok(None)
    }
    pub fn in_zone(&self, _: &str) -> R<Option<Temporal>> {
        Ok(None)
    }
}
impl Date {
    pub fn new(_: i32, _: i32, _: i32) -> Option<Date> {
        None
    }
    pub fn day_of_year(&self) -> i64 {
        0
    }
    pub fn week_of_year(&self) -> i64 {
        0
    }
    pub fn weekday_name(&self) -> &'static str {
        ""
    }
    pub fn month_name(&self) -> &'static str {
        ""
    }
    pub fn last_day_of_month(&self) -> Date {
        Date
    }
}
impl LocalTime {
    pub fn new(_: i32, _: i32, _: i32, _: i32) -> Option<LocalTime> {
        None
    }
}
impl ZonedTime {
    pub fn with_offset(_: LocalTime, _: &Duration) -> Option<ZonedTime> {
        None
    }
}
impl DateTime {
    pub fn from_epoch(_: i64, _: u32, _: &Zone) -> DateTime {
        DateTime
    }
    pub fn date(&self) -> Date {
        Date
    }
}
impl Zone {
    pub fn utc() -> Zone {
        Zone
    }
    pub fn named(_: &str) -> Option<Zone> {
        Some(Zone)
    }
}
impl Period {
    pub fn between(_: &Date, _: &Date) -> R<Period> {
        Ok(Period)
    }
    pub fn total_months(&self) -> i64 {
        0
    }
    pub fn of_months(_: i64) -> R<Period> {
        Ok(Period)
    }
    pub fn is_zero(&self) -> bool {
        true
    }
    pub fn is_negative(&self) -> bool {
        false
    }
    pub fn negate(&self) -> R<Period> {
        Ok(Period)
    }
}
impl Duration {
    pub fn to_millis(&self) -> R<i64> {
        Ok(0)
    }
    pub fn of_millis(_: i64) -> Duration {
        Duration
    }
    pub fn is_zero(&self) -> bool {
        true
    }
    pub fn abs(&self) -> R<Duration> {
        Ok(Duration)
    }
}
