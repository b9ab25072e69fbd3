//! A median, and how far the figures lie apart.

use std::fmt;

#[derive(Default)]
pub(crate) struct Figures(Vec<f64>);

impl Figures {
    pub(crate) fn add(&mut self, figure: f64) {
        self.0.push(figure);
        self.0.sort_by(f64::total_cmp);
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Some(lowest), Some(highest)) = (self.0.first(), self.0.last()) else { return formatter.write_str("none") };
        write!(formatter, "{:.2} ({lowest:.2}–{highest:.2})", self.0[self.0.len() / 2])
    }
}
