//! When two outcomes agree, and how disagreements are told.

use std::fmt::Write;

use serde_json::Value;

use crate::{
    case::{Case, Outcome},
    deviation::{Deviation, deviation},
    rendering::Rendered,
};

/// Whether the two are the same: no expression for both, a failure of both, or the same value, exactly, which becomes
/// the same JSON.
pub(crate) fn agree(ours: &Outcome, theirs: &Outcome) -> bool {
    match (ours, theirs) {
        // A range cannot leave the engine: feel-scala fails when it is to become a Java object.
        (Outcome::NoExpression, Outcome::NoExpression)
        | (Outcome::Failed, Outcome::Failed | Outcome::Value { result: None, .. }) => true,
        (Outcome::Value { value, result }, Outcome::Value { value: their_value, result: their_result }) => {
            same_value(value, their_value) && same_results(result.as_ref(), their_result.as_ref())
        }
        _ => false,
    }
}

fn same_value(ours: &str, theirs: &str) -> bool {
    ours == theirs || Rendered::of(ours) == Rendered::of(theirs)
}

pub(crate) fn same_results(ours: Option<&Value>, theirs: Option<&Value>) -> bool {
    match (ours, theirs) {
        (Some(ours), Some(theirs)) => same_json(ours, theirs),
        (ours, theirs) => ours.is_none() == theirs.is_none(),
    }
}

/// Whether two JSON values are the same: whole numbers exactly, others as doubles; the order of members is none.
fn same_json(ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Value::Number(ours), Value::Number(theirs)) => {
            ours == theirs || (ours.is_f64() || theirs.is_f64()) && ours.as_f64() == theirs.as_f64()
        }
        (Value::Array(ours), Value::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| same_json(ours, theirs))
        }
        (Value::Object(ours), Value::Object(theirs)) => {
            ours.len() == theirs.len()
                && ours.iter().all(|(key, value)| theirs.get(key).is_some_and(|theirs| same_json(value, theirs)))
        }
        (ours, theirs) => ours == theirs,
    }
}

/// Counts agreements and known deviations, and keeps the rest.
#[derive(Default)]
pub(crate) struct Comparison {
    pub(crate) agreements: usize,
    pub(crate) deviations: Vec<Deviation>,
    disagreements: Vec<String>,
}

impl Comparison {
    pub(crate) fn add(&mut self, case: &Case, ours: &Outcome, theirs: &Outcome) {
        if agree(ours, theirs) {
            self.agreements += 1;
        } else if let Some(deviation) = deviation(case, ours, theirs) {
            self.deviations.push(deviation);
        } else {
            self.disagree(case, ours, theirs);
        }
    }

    pub(crate) fn disagree(&mut self, case: &Case, ours: &Outcome, theirs: &Outcome) {
        let Case { id, expression, .. } = case;
        let request = case.request();
        self.disagreements
            .push(format!("{id}: {expression}\n  ours:   {ours}\n  theirs: {theirs}\n  request: {request}\n"));
    }

    pub(crate) fn count(&self) -> usize {
        self.agreements + self.deviations.len() + self.disagreements.len()
    }

    /// One line with the figures.
    pub(crate) fn summary(&self) -> String {
        let mut line = format!("{} of {} agree", self.agreements, self.count());
        for deviation in Deviation::ALL {
            let count = self.deviations.iter().filter(|known| *known == deviation).count();
            if count > 0 {
                let _ = write!(line, "; {count}: {deviation}");
            }
        }
        line
    }

    /// Fails if anything disagrees that is no known deviation. All of that is in a file then.
    pub(crate) fn assert(&self, name: &str) {
        let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.txt"));
        std::fs::write(&file, self.disagreements.concat()).expect("a file");
        let first: String = self.disagreements.iter().take(20).map(|text| shortened(text)).collect();
        assert!(
            self.disagreements.is_empty(),
            "{} disagreements, the first 20 of them (all are in {}):\n{first}{}",
            self.disagreements.len(),
            file.display(),
            self.summary()
        );
    }
}

fn shortened(text: &str) -> String {
    text.lines().map(|line| line.chars().take(300).collect::<String>() + "\n").collect()
}
