//! Years and months durations.

use super::{Date, TemporalError};

/// A number of years and a number of months, each of 32 bits.
///
/// Equality is Java's and compares both: `P14M` does not equal `P1Y2M`, while neither is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Period {
    years: i32,
    months: i32,
}

impl Period {
    /// This many years and months, as they are.
    #[must_use]
    pub const fn new(years: i32, months: i32) -> Self {
        Self { years, months }
    }

    /// This many months, those above eleven as years.
    pub fn of_months(months: i64) -> Result<Self, TemporalError> {
        let narrow = |part: i64| i32::try_from(part).map_err(|_| TemporalError::PeriodOverflow);
        Ok(Self { years: narrow(months / 12)?, months: narrow(months % 12)? })
    }

    /// The whole months from one date to another; negative if the other is the earlier one.
    pub fn between(from: &Date, to: &Date) -> Result<Self, TemporalError> {
        let months = to.months_from_year_zero() - from.months_from_year_zero();
        let whole = if months > 0 && to.day() < from.day() {
            months - 1
        } else if months < 0 && to.day() > from.day() {
            months + 1
        } else {
            months
        };
        Self::of_months(whole)
    }

    /// The property `years`.
    #[must_use]
    pub const fn years(self) -> i32 {
        self.years
    }

    /// The property `months`, which only a normalized duration keeps below twelve.
    #[must_use]
    pub const fn months(self) -> i32 {
        self.months
    }

    /// All its months.
    #[must_use]
    pub fn total_months(self) -> i64 {
        i64::from(self.years) * 12 + i64::from(self.months)
    }

    /// Whether it is no time at all, as Java has it: `P1Y-12M` is some.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.years == 0 && self.months == 0
    }

    /// Whether its years or its months are negative.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.years < 0 || self.months < 0
    }

    /// The same months in all, those above eleven as years.
    pub fn normalized(self) -> Result<Self, TemporalError> {
        Self::of_months(self.total_months())
    }

    /// The sum, normalized.
    pub fn plus(self, other: Self) -> Result<Self, TemporalError> {
        Self::combined(self.years.checked_add(other.years), self.months.checked_add(other.months))?.normalized()
    }

    /// The difference, normalized.
    pub fn minus(self, other: Self) -> Result<Self, TemporalError> {
        Self::combined(self.years.checked_sub(other.years), self.months.checked_sub(other.months))?.normalized()
    }

    /// The product, normalized.
    pub fn multiply(self, factor: i32) -> Result<Self, TemporalError> {
        self.times(factor)?.normalized()
    }

    /// As long in the other direction, not normalized.
    pub fn negate(self) -> Result<Self, TemporalError> {
        self.times(-1)
    }

    fn times(self, factor: i32) -> Result<Self, TemporalError> {
        Self::combined(self.years.checked_mul(factor), self.months.checked_mul(factor))
    }

    fn combined(years: Option<i32>, months: Option<i32>) -> Result<Self, TemporalError> {
        let (years, months) = years.zip(months).ok_or(TemporalError::PeriodOverflow)?;
        Ok(Self { years, months })
    }
}
