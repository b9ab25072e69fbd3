//! Reading dates and times piece by piece.

use super::{Date, LocalTime};

/// The nanoseconds of up to nine digits after a point; of none they are zero.
pub(super) fn nanos(digits: &str) -> Option<i32> {
    let padding = (digits.len()..9).fold(1, |factor, _| factor * 10);
    if digits.is_empty() { Some(0) } else { digits.parse::<i32>().ok()?.checked_mul(padding) }
}

/// What is left of a text.
#[derive(Clone, Copy)]
pub(super) struct Scanner<'a> {
    pub(super) rest: &'a str,
}

/// The parts of a time as they are written.
pub(super) struct Clock {
    hour: i32,
    minute: i32,
    second: Option<i32>,
    fraction: Option<i32>,
}

impl Scanner<'_> {
    pub(super) fn new(text: &str) -> Scanner<'_> {
        Scanner { rest: text }
    }

    /// Takes the character if it is next.
    pub(super) fn take(&mut self, wanted: char) -> bool {
        let rest = self.rest.strip_prefix(wanted);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// Takes all the digits that are next, but no more than `most`.
    pub(super) fn digits(&mut self, most: usize) -> &str {
        let count = self.rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.rest.split_at_checked(count).unwrap_or_default();
        self.rest = rest;
        digits
    }

    fn two_digits(&mut self) -> Option<i32> {
        let digits = self.digits(2);
        (digits.len() == 2).then(|| digits.parse().ok()).flatten()
    }

    /// Four to nine digits with a minus sign at most, and no minus zero. The patterns that gate most texts allow no
    /// zero before four more digits.
    fn year(&mut self, leading_zeros: bool) -> Option<i32> {
        let negative = self.take('-');
        let digits = self.digits(9);
        if digits.len() < 4 || !leading_zeros && digits.len() > 4 && digits.starts_with('0') {
            return None;
        }
        let year: i32 = digits.parse().ok()?;
        match (negative, year) {
            (true, 0) => None,
            (true, year) => Some(-year),
            (false, year) => Some(year),
        }
    }

    pub(super) fn date(&mut self, leading_zeros: bool) -> Option<Date> {
        let year = self.year(leading_zeros)?;
        let month = self.take('-').then(|| self.two_digits()).flatten()?;
        let day = self.take('-').then(|| self.two_digits()).flatten()?;
        Date::new(year, month, day)
    }

    /// Hours and minutes, possibly seconds, possibly a point and up to nine digits.
    pub(super) fn clock(&mut self) -> Option<Clock> {
        let hour = self.two_digits()?;
        let minute = self.take(':').then(|| self.two_digits()).flatten()?;
        let second = if self.take(':') { Some(self.two_digits()?) } else { None };
        let fraction = if self.take('.') { Some(nanos(self.digits(9))?) } else { None };
        Some(Clock { hour, minute, second, fraction })
    }
}

impl Clock {
    /// The time that it shows, where a fraction of a minute shows none. In a smart reading, 24:00 is midnight.
    pub(super) fn time(&self, smart: bool) -> Option<LocalTime> {
        if self.second.is_none() && self.fraction.is_some() {
            return None;
        }
        let (second, nano) = (self.second.unwrap_or(0), self.fraction.unwrap_or(0));
        if smart && (self.hour, self.minute, second, nano) == (24, 0, 0, 0) {
            return Some(LocalTime::MIDNIGHT);
        }
        LocalTime::new(self.hour, self.minute, second, nano)
    }

    pub(super) fn has_seconds(&self) -> bool {
        self.second.is_some()
    }
}
