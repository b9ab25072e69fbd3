//! Dates of the proleptic Gregorian calendar, with Java's range of years.

use super::TemporalError;

/// The first and the last year are this many away from year zero.
pub(super) const MAX_YEAR: i32 = 999_999_999;

const DAYS_PER_CYCLE: i64 = 146_097;
const YEARS_PER_CYCLE: i64 = 400;

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A date without a time, from the year -999,999,999 to 999,999,999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: i32,
    month: u8,
    day: u8,
}

impl Date {
    /// The last date there is.
    pub const MAX: Self = Self { year: MAX_YEAR, month: 12, day: 31 };

    /// The first date there is.
    pub const MIN: Self = Self { year: -MAX_YEAR, month: 1, day: 1 };

    /// The date with these parts, if there is one.
    #[must_use]
    pub fn new(year: i32, month: i32, day: i32) -> Option<Self> {
        let (month, day) = (u8::try_from(month).ok()?, u8::try_from(day).ok()?);
        let valid = (-MAX_YEAR..=MAX_YEAR).contains(&year)
            && (1..=12).contains(&month)
            && (1..=length_of_month(year, month)).contains(&day);
        valid.then_some(Self { year, month, day })
    }

    /// The date this many days after 1970-01-01.
    pub fn from_epoch_day(epoch_day: i64) -> Result<Self, TemporalError> {
        // Years are counted from March on, so that a leap day is the last day of its year.
        let shifted = epoch_day.checked_add(719_468).ok_or(TemporalError::DateOutOfRange)?;
        let (cycle, day_of_cycle) = (shifted.div_euclid(DAYS_PER_CYCLE), shifted.rem_euclid(DAYS_PER_CYCLE));
        let year_of_cycle =
            (day_of_cycle - day_of_cycle / 1_460 + day_of_cycle / 36_524 - day_of_cycle / 146_096) / 365;
        let day_of_year = day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let year = cycle * YEARS_PER_CYCLE + year_of_cycle + i64::from(month <= 2);
        Self::from_parts(year, month, day)
    }

    fn from_parts(year: i64, month: i64, day: i64) -> Result<Self, TemporalError> {
        let narrow = |part: i64| i32::try_from(part).ok();
        narrow(year)
            .zip(narrow(month))
            .zip(narrow(day))
            .and_then(|((year, month), day)| Self::new(year, month, day))
            .ok_or(TemporalError::DateOutOfRange)
    }

    /// How many days after 1970-01-01 it is.
    #[must_use]
    pub fn to_epoch_day(self) -> i64 {
        let year = i64::from(self.year) - i64::from(self.month <= 2);
        let (cycle, year_of_cycle) = (year.div_euclid(YEARS_PER_CYCLE), year.rem_euclid(YEARS_PER_CYCLE));
        let month_from_march = (i64::from(self.month) + 9) % 12;
        let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(self.day) - 1;
        let day_of_cycle = 365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100 + day_of_year;
        cycle * DAYS_PER_CYCLE + day_of_cycle - 719_468
    }

    /// Its year.
    #[must_use]
    pub fn year(self) -> i32 {
        self.year
    }

    /// Its month, from 1 to 12.
    #[must_use]
    pub fn month(self) -> u8 {
        self.month
    }

    /// Its day of the month.
    #[must_use]
    pub fn day(self) -> u8 {
        self.day
    }

    /// How many months it is after the January of year zero.
    pub(super) fn months_from_year_zero(self) -> i64 {
        i64::from(self.year) * 12 + i64::from(self.month) - 1
    }

    /// This many days later.
    pub fn plus_days(self, days: i64) -> Result<Self, TemporalError> {
        self.to_epoch_day().checked_add(days).ok_or(TemporalError::DateOutOfRange).and_then(Self::from_epoch_day)
    }

    /// This many months later, at the last day of the month if it has no such day.
    pub fn plus_months(self, months: i64) -> Result<Self, TemporalError> {
        let months = self.months_from_year_zero().checked_add(months).ok_or(TemporalError::DateOutOfRange)?;
        let year = i32::try_from(months.div_euclid(12)).map_err(|_| TemporalError::DateOutOfRange)?;
        let month = u8::try_from(months.rem_euclid(12) + 1).map_err(|_| TemporalError::DateOutOfRange)?;
        let day = self.day.min(length_of_month(year, month));
        Self::from_parts(year.into(), month.into(), day.into())
    }

    /// Its day of the week, from 1 for Monday to 7.
    #[must_use]
    pub fn weekday(self) -> u8 {
        // 1970-01-01 was a Thursday.
        u8::try_from((self.to_epoch_day() + 3).rem_euclid(7) + 1).unwrap_or(1)
    }

    /// The English name of its day of the week.
    #[must_use]
    pub fn weekday_name(self) -> &'static str {
        WEEKDAYS.get(usize::from(self.weekday()) - 1).copied().unwrap_or_default()
    }

    /// The English name of its month.
    #[must_use]
    pub fn month_name(self) -> &'static str {
        MONTHS.get(usize::from(self.month) - 1).copied().unwrap_or_default()
    }

    /// Its day of the year, from 1 to 366.
    #[must_use]
    pub fn day_of_year(self) -> u16 {
        let before: u16 = (1..self.month).map(|month| u16::from(length_of_month(self.year, month))).sum();
        before + u16::from(self.day)
    }

    /// Its week of the year after ISO 8601, from 1 to 53, which near New Year may be one of the year before or after.
    #[must_use]
    pub fn week_of_year(self) -> u8 {
        // The week belongs to the year of its Thursday, whose day of the year the leap days before do not change.
        let to_thursday = 4 - i16::from(self.weekday());
        let thursday = i16::try_from(self.day_of_year()).unwrap_or(0) + to_thursday;
        let days = |year: i32| if is_leap(year) { 366 } else { 365 };
        let day_of_year = if thursday < 1 {
            thursday + days(self.year - 1)
        } else if thursday > days(self.year) {
            thursday - days(self.year)
        } else {
            thursday
        };
        u8::try_from((day_of_year - 1) / 7 + 1).unwrap_or(1)
    }

    /// The last day of its month.
    #[must_use]
    pub fn last_day_of_month(self) -> Self {
        Self { day: length_of_month(self.year, self.month), ..self }
    }
}

fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn length_of_month(year: i32, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 31,
    }
}
