//! A median, and how far the figures lie apart.

use std::fmt;

#[derive(Default)]
pub(crate) struct Figures(Vec<f64>);

#[allow(dead_code, reason = "each benchmark needs some of it")]
impl Figures {
    pub(crate) fn of(figures: &[f64]) -> Self {
        let mut all = Self(figures.to_vec());
        all.0.sort_by(f64::total_cmp);
        all
    }

    pub(crate) fn median(&self) -> f64 {
        self.at(50)
    }

    /// The figure below which so many of a hundred are.
    pub(crate) fn at(&self, percent: usize) -> f64 {
        self.0.get(self.0.len() * percent / 100).copied().unwrap_or_default()
    }

    pub(crate) fn add(&mut self, figure: f64) {
        self.0.push(figure);
        self.0.sort_by(f64::total_cmp);
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Some(lowest), Some(highest)) = (self.0.first(), self.0.last()) else { return formatter.write_str("none") };
        write!(formatter, "{:.2} ({lowest:.2}–{highest:.2})", self.median())
    }
}
