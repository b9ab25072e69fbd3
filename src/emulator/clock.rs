//! The emulator's time: durations since its start, and how Dataverse writes them.

use jiff::{SignedDuration, Timestamp};
use std::time::{Duration, Instant};

/// Tells the time. It never jumps, whatever becomes of the machine's clock.
#[derive(Debug)]
pub(super) struct Clock {
    started: Instant,
    started_on: Timestamp,
}

impl Clock {
    /// A clock that starts now.
    pub(super) fn start() -> Self {
        Self { started: Instant::now(), started_on: Timestamp::now() }
    }

    /// The time since the start.
    pub(super) fn now(&self) -> Duration {
        self.started.elapsed()
    }

    /// ISO 8601 in UTC by the second, as in Dataverse's rows.
    pub(super) fn seconds(&self, time: Duration) -> String {
        self.timestamp(time).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// ISO 8601 in UTC with milliseconds.
    pub(super) fn milliseconds(&self, time: Duration) -> String {
        self.timestamp(time).strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
    }

    fn timestamp(&self, time: Duration) -> Timestamp {
        let time = SignedDuration::try_from(time).unwrap_or(SignedDuration::MAX);
        self.started_on.checked_add(time).unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_utc() {
        let started_on = "2022-06-16T12:54:40.25Z".parse().expect("a time");
        let clock = Clock { started: Instant::now(), started_on };
        assert_eq!(clock.seconds(Duration::from_millis(3_800)), "2022-06-16T12:54:44Z");
        assert_eq!(clock.milliseconds(Duration::from_millis(3_800)), "2022-06-16T12:54:44.050Z");
        assert_eq!(clock.seconds(Duration::MAX), "9999-12-30T22:00:00Z");
    }
}
