//! Years and months durations.

use super::{Date, TemporalError};

/// A number of years and months, of which the months are fewer than twelve and have the sign of the years.
///
/// feel-scala brings every duration that it makes into this form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    years: i32,
    months: i32,
}

impl Period {
    /// This many years and months; those above eleven become years.
    pub fn new(years: i32, months: i32) -> Result<Self, TemporalError> {
        Self::of_months(i64::from(years) * 12 + i64::from(months))
    }

    /// This many months; those above eleven become years.
    pub fn of_months(months: i64) -> Result<Self, TemporalError> {
        let narrow = |part: i64| i32::try_from(part).map_err(|_| TemporalError::PeriodOverflow);
        Ok(Self { years: narrow(months / 12)?, months: narrow(months % 12)? })
    }

    /// The whole months from one date to another; negative if the other is the earlier one.
    pub fn between(from: Date, to: Date) -> Result<Self, TemporalError> {
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

    /// The property `months`: what is left of the years.
    #[must_use]
    pub const fn months(self) -> i32 {
        self.months
    }

    /// All its months.
    #[must_use]
    pub fn total_months(self) -> i64 {
        i64::from(self.years) * 12 + i64::from(self.months)
    }

    /// Whether it is no time at all.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.years == 0 && self.months == 0
    }

    /// Whether it goes backwards.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.years < 0 || self.months < 0
    }

    /// The sum.
    pub fn plus(self, other: Self) -> Result<Self, TemporalError> {
        Self::of_months(self.total_months() + other.total_months())
    }

    /// The difference.
    pub fn minus(self, other: Self) -> Result<Self, TemporalError> {
        Self::of_months(self.total_months() - other.total_months())
    }

    /// The product. As in Java, neither the years nor the months may overflow, even if the months would become years.
    pub fn multiply(self, factor: i32) -> Result<Self, TemporalError> {
        let (years, months) =
            self.years.checked_mul(factor).zip(self.months.checked_mul(factor)).ok_or(TemporalError::PeriodOverflow)?;
        Self::new(years, months)
    }

    /// As long in the other direction.
    pub fn negate(self) -> Result<Self, TemporalError> {
        self.multiply(-1)
    }
}
