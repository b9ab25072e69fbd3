//! What goes wrong on purpose, and the chance that decides when. Knows no clock and no HTTP.

use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::time::Duration;

/// The longest latency, in milliseconds: ten minutes.
const LONGEST_LATENCY: u64 = 600_000;

/// What goes wrong on purpose. In JSON the members are named like the flags.
#[derive(Debug, Clone, PartialEq, Args, Serialize, Deserialize)]
#[command(next_help_heading = "Faults")]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Faults {
    /// Milliseconds that every request takes longer.
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=LONGEST_LATENCY))]
    pub latency_ms: u64,

    /// Share of the requests, 0 to 1, that take still longer.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = rate)]
    pub delay_rate: f64,

    /// Milliseconds that these requests take longer.
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 1000, value_parser = clap::value_parser!(u64).range(0..=LONGEST_LATENCY))]
    pub delay_ms: u64,

    /// Share of the requests, 0 to 1, that are answered with the error status and not carried out.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = rate)]
    pub error_rate: f64,

    /// Status of these answers.
    #[arg(long, value_name = "STATUS", default_value_t = 503, value_parser = clap::value_parser!(u16).range(400..=599))]
    pub error_status: u16,

    /// Share of the requests, 0 to 1, that are answered 429 with Retry-After and not carried out.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = rate)]
    pub throttle_rate: f64,

    /// Seconds in the Retry-After of these answers.
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    pub throttle_seconds: u32,

    /// Share of the requests, 0 to 1, that are not carried out and whose connection is reset without
    /// an answer.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = rate)]
    pub reset_rate: f64,

    /// Share of the requests, 0 to 1, that are carried out and whose connection is then reset without
    /// an answer: the client cannot know whether its flow runs.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = rate)]
    pub lost_answer_rate: f64,

    /// Share of the callbacks, 0 to 1, that are never sent.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = rate)]
    pub lost_callback_rate: f64,

    /// How often each callback is sent; 1 is what Microsoft does when all is well.
    #[arg(long, value_name = "COUNT", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=MOST_COPIES))]
    pub callback_copies: u8,
}

/// How often a callback is sent at most.
const MOST_COPIES: i64 = 20;

impl Default for Faults {
    fn default() -> Self {
        Self {
            latency_ms: 0,
            delay_rate: 0.0,
            delay_ms: 1000,
            error_rate: 0.0,
            error_status: 503,
            throttle_rate: 0.0,
            throttle_seconds: 5,
            reset_rate: 0.0,
            lost_answer_rate: 0.0,
            lost_callback_rate: 0.0,
            callback_copies: 1,
        }
    }
}

/// What becomes of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is served.
    Serve,
    /// It is served, later.
    Delay,
    /// It is answered with this status instead.
    Error(u16),
    /// It is answered 429, to be repeated after these seconds.
    Throttle(u32),
    /// The connection is reset before anything is done.
    Reset,
    /// It is carried out, then the connection is reset.
    LoseAnswer,
}

impl Faults {
    /// How much longer a request of this fate takes.
    pub(super) fn latency(&self, fate: Fate) -> Duration {
        let delay = if fate == Fate::Delay { self.delay_ms } else { 0 };
        Duration::from_millis(self.latency_ms.saturating_add(delay).min(LONGEST_LATENCY))
    }

    /// Draws what becomes of a request. The draws are always as many, so that changing one rate
    /// leaves the sequence of the others as it was.
    pub(super) fn fate(&self, random: &mut Random) -> Fate {
        let [reset, lost, throttled, failed, delayed] =
            [self.reset_rate, self.lost_answer_rate, self.throttle_rate, self.error_rate, self.delay_rate]
                .map(|rate| random.below_one() < rate);
        if reset {
            Fate::Reset
        } else if lost {
            Fate::LoseAnswer
        } else if throttled {
            Fate::Throttle(self.throttle_seconds)
        } else if failed {
            Fate::Error(self.error_status)
        } else if delayed {
            Fate::Delay
        } else {
            Fate::Serve
        }
    }

    /// Draws how often a callback is sent; 0 if it is lost.
    pub(super) fn copies(&self, random: &mut Random) -> u8 {
        if random.below_one() < self.lost_callback_rate { 0 } else { self.callback_copies }
    }

    /// These faults with some members changed; members that are not named stay.
    pub(super) fn changed(&self, changes: Map<String, Value>) -> Result<Self, String> {
        let mut members = match serde_json::to_value(self) {
            Ok(Value::Object(members)) => members,
            _ => Map::new(),
        };
        members.extend(changes);
        let faults: Self = serde_json::from_value(Value::Object(members)).map_err(|error| error.to_string())?;
        for (name, value) in [
            ("delay-rate", faults.delay_rate),
            ("error-rate", faults.error_rate),
            ("throttle-rate", faults.throttle_rate),
            ("reset-rate", faults.reset_rate),
            ("lost-answer-rate", faults.lost_answer_rate),
            ("lost-callback-rate", faults.lost_callback_rate),
        ] {
            if !(0.0..=1.0).contains(&value) {
                return Err(format!("{name} must be a number from 0 to 1"));
            }
        }
        if !(400..=599).contains(&faults.error_status) {
            return Err("error-status must be from 400 to 599".to_owned());
        }
        if !(1..=MOST_COPIES).contains(&i64::from(faults.callback_copies)) {
            return Err(format!("callback-copies must be from 1 to {MOST_COPIES}"));
        }
        for (name, milliseconds) in [("latency-ms", faults.latency_ms), ("delay-ms", faults.delay_ms)] {
            if milliseconds > LONGEST_LATENCY {
                return Err(format!("{name} must be from 0 to {LONGEST_LATENCY}"));
            }
        }
        Ok(faults)
    }
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if (0.0..=1.0).contains(&rate) => Ok(rate),
        _ => Err("must be a number from 0 to 1".to_owned()),
    }
}

/// A sequence of numbers by chance, xorshift64*; the same seed gives the same sequence.
#[derive(Debug)]
pub(super) struct Random(u64);

impl Random {
    /// A sequence from a seed.
    pub(super) fn new(seed: u64) -> Self {
        // Xorshift never leaves zero; the multiplication spreads small seeds.
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// The next number, from 0 up to but without 1.
    fn below_one(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = u32::try_from(self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 32).unwrap_or_default();
        f64::from(high) / (f64::from(u32::MAX) + 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fates(faults: &Faults, seed: u64, count: usize) -> Vec<Fate> {
        let mut random = Random::new(seed);
        (0..count).map(|_| faults.fate(&mut random)).collect()
    }

    #[test]
    fn without_rates_every_request_is_served() {
        assert!(fates(&Faults::default(), 1, 1000).iter().all(|fate| *fate == Fate::Serve));
    }

    #[test]
    fn a_rate_of_one_strikes_every_request() {
        let cases = [
            (Faults { reset_rate: 1.0, ..Faults::default() }, Fate::Reset),
            (Faults { delay_rate: 1.0, ..Faults::default() }, Fate::Delay),
            (Faults { lost_answer_rate: 1.0, ..Faults::default() }, Fate::LoseAnswer),
            (Faults { throttle_rate: 1.0, throttle_seconds: 7, ..Faults::default() }, Fate::Throttle(7)),
            (Faults { error_rate: 1.0, error_status: 500, ..Faults::default() }, Fate::Error(500)),
        ];
        for (faults, fate) in cases {
            assert!(fates(&faults, 3, 1000).iter().all(|drawn| *drawn == fate), "{fate:?}");
        }
    }

    #[test]
    fn a_rate_strikes_about_its_share() {
        let faults = Faults { error_rate: 0.25, ..Faults::default() };
        let struck = fates(&faults, 42, 10_000).iter().filter(|fate| **fate != Fate::Serve).count();
        assert!((2300..2700).contains(&struck), "{struck}");
    }

    #[test]
    fn a_delay_comes_on_top_of_the_latency() {
        let faults = Faults { latency_ms: 5, delay_ms: 100, ..Faults::default() };
        assert_eq!(faults.latency(Fate::Serve), Duration::from_millis(5));
        assert_eq!(faults.latency(Fate::Delay), Duration::from_millis(105));
        let longest = Faults { delay_ms: u64::MAX, ..faults };
        assert_eq!(longest.latency(Fate::Delay), Duration::from_millis(LONGEST_LATENCY));
    }

    #[test]
    fn the_same_seed_gives_the_same_faults_and_another_seed_others() {
        let faults = Faults { error_rate: 0.5, ..Faults::default() };
        assert_eq!(fates(&faults, 7, 100), fates(&faults, 7, 100));
        assert_ne!(fates(&faults, 7, 100), fates(&faults, 8, 100));
    }

    #[test]
    fn another_rate_leaves_the_sequence_of_errors_as_it_was() {
        let errors = Faults { error_rate: 0.5, ..Faults::default() };
        let both = Faults { reset_rate: 0.2, ..errors.clone() };
        for (one, other) in fates(&errors, 9, 200).into_iter().zip(fates(&both, 9, 200)) {
            assert!(one == other || other == Fate::Reset);
        }
    }

    #[test]
    fn a_change_keeps_what_it_does_not_name() {
        let before = Faults { latency_ms: 5, ..Faults::default() };
        let changes = json!({ "error-rate": 1 });
        let after = before.changed(changes.as_object().cloned().unwrap_or_default());
        assert_eq!(after, Ok(Faults { error_rate: 1.0, ..before }));
    }

    #[test]
    fn a_change_out_of_range_or_unknown_is_refused() {
        for changes in [
            json!({ "error-rate": 1.1 }),
            json!({ "reset-rate": -0.1 }),
            json!({ "error-status": 200 }),
            json!({ "latency-ms": 600_001 }),
            json!({ "delay-ms": 600_001 }),
            json!({ "delay-rate": 2 }),
            json!({ "lost-callback-rate": 2 }),
            json!({ "callback-copies": 0 }),
            json!({ "callback-copies": 21 }),
            json!({ "latency": 5 }),
            json!({ "latency-ms": "5" }),
        ] {
            assert!(Faults::default().changed(changes.as_object().cloned().unwrap_or_default()).is_err(), "{changes}");
        }
    }
}
