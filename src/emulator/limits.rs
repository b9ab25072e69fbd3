//! Sliding windows and what they refuse. Pure: the time comes in as an argument.

use super::settings::Limits;
use std::collections::{HashMap, VecDeque};
use std::time::Duration;

/// The window of service protection, in seconds.
const PROTECTION_SECONDS: u64 = 300;
/// The window of the runs per connection, in seconds.
const RUNS_SECONDS: u64 = 60;
/// Retry-After for too many requests at once: no window tells when one of them ends.
const CONCURRENCY_RETRY_SECONDS: u64 = 2;
/// How many connections are remembered before those without recent runs are forgotten.
const CONNECTIONS: usize = 10_000;
/// How much of a connection's name tells it from others: names come from outside and have no limit.
const NAME_CHARACTERS: usize = 256;

/// Amounts within the last seconds, added up by the second, so that its size has a bound.
#[derive(Debug)]
struct Window {
    seconds: u64,
    /// Second and amount, by ascending second.
    buckets: VecDeque<(u64, u64)>,
    total: u64,
}

impl Window {
    fn new(seconds: u64) -> Self {
        Self { seconds, buckets: VecDeque::new(), total: 0 }
    }

    fn add(&mut self, now: Duration, amount: u64) {
        self.forget(now);
        self.total = self.total.saturating_add(amount);
        match self.buckets.back_mut() {
            Some((second, sum)) if *second >= now.as_secs() => *sum = sum.saturating_add(amount),
            _ => self.buckets.push_back((now.as_secs(), amount)),
        }
    }

    fn total(&mut self, now: Duration) -> u64 {
        self.forget(now);
        self.total
    }

    fn forget(&mut self, now: Duration) {
        while let Some((second, amount)) = self.buckets.front().copied() {
            // A whole second more, so that nothing is forgotten too early.
            if second + self.seconds >= now.as_secs() {
                break;
            }
            self.total = self.total.saturating_sub(amount);
            self.buckets.pop_front();
        }
    }

    /// Seconds until less than the limit is left in the window.
    fn seconds_until_below(&mut self, limit: u64, now: Duration) -> u64 {
        self.forget(now);
        let mut left = self.total;
        for (second, amount) in &self.buckets {
            left = left.saturating_sub(*amount);
            if left < limit {
                return (second + self.seconds + 1).saturating_sub(now.as_secs()).max(1);
            }
        }
        self.seconds
    }
}

/// Which limit of service protection refuses a request, and for how many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Too many requests in the window.
    Requests(u64),
    /// The requests in the window took too long together.
    Execution(u64),
    /// Too many requests at once.
    Concurrent(u64),
}

/// What is left of service protection; `None` where the limit is off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Remaining {
    /// Requests in the window.
    pub(super) requests: Option<u64>,
    /// Seconds of execution in the window.
    pub(super) execution_seconds: Option<u64>,
}

/// What one client used lately.
#[derive(Debug)]
pub(super) struct Usage {
    requests: Window,
    /// In microseconds.
    execution: Window,
    concurrent: u32,
}

impl Usage {
    /// Nothing yet.
    pub(super) fn new() -> Self {
        Self { requests: Window::new(PROTECTION_SECONDS), execution: Window::new(PROTECTION_SECONDS), concurrent: 0 }
    }

    /// Lets a request in, or refuses it. A refused request counts as well: who goes on sending waits
    /// longer. Only a request that was let in is to be released.
    pub(super) fn admit(&mut self, limits: &Limits, now: Duration) -> Result<Remaining, Refusal> {
        self.requests.add(now, 1);
        let (max_requests, max_execution) =
            (u64::from(limits.max_requests), u64::from(limits.max_execution_seconds) * 1_000_000);
        let (requests, execution) = (self.requests.total(now), self.execution.total(now));
        if max_requests > 0 && requests > max_requests {
            return Err(Refusal::Requests(self.requests.seconds_until_below(max_requests, now)));
        }
        if max_execution > 0 && execution >= max_execution {
            return Err(Refusal::Execution(self.execution.seconds_until_below(max_execution, now)));
        }
        if limits.max_concurrent > 0 && self.concurrent >= limits.max_concurrent {
            return Err(Refusal::Concurrent(CONCURRENCY_RETRY_SECONDS));
        }
        self.concurrent += 1;
        Ok(Remaining {
            requests: (max_requests > 0).then(|| max_requests - requests),
            execution_seconds: (max_execution > 0).then(|| (max_execution - execution) / 1_000_000),
        })
    }

    /// A request that was let in has ended.
    pub(super) fn release(&mut self, now: Duration, took: Duration) {
        self.concurrent = self.concurrent.saturating_sub(1);
        self.execution.add(now, u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
    }
}

/// The runs that the connections started lately.
#[derive(Debug, Default)]
pub(super) struct ConnectionRuns(HashMap<String, Window>);

impl ConnectionRuns {
    /// Counts a run, or refuses it with the seconds to wait. Only a run that starts counts.
    pub(super) fn start(&mut self, connection: &str, runs_per_minute: u32, now: Duration) -> Result<(), u64> {
        if runs_per_minute == 0 {
            return Ok(());
        }
        if self.0.len() >= CONNECTIONS {
            self.0.retain(|_, window| window.total(now) > 0);
        }
        if self.0.len() >= CONNECTIONS {
            // Ten thousand connections within a minute: start anew rather than grow.
            self.0.clear();
        }
        let name = connection.chars().take(NAME_CHARACTERS).collect();
        let window = self.0.entry(name).or_insert_with(|| Window::new(RUNS_SECONDS));
        let limit = u64::from(runs_per_minute);
        if window.total(now) >= limit {
            return Err(window.seconds_until_below(limit, now));
        }
        window.add(now, 1);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn limits(max_requests: u32, max_concurrent: u32, max_execution_seconds: u32) -> Limits {
        Limits { max_requests, max_concurrent, max_execution_seconds, ..Limits::default() }
    }

    fn request(usage: &mut Usage, limits: &Limits, now: Duration, took: Duration) -> Result<Remaining, Refusal> {
        let admitted = usage.admit(limits, now);
        if admitted.is_ok() {
            usage.release(now + took, took);
        }
        admitted
    }

    #[test]
    fn requests_are_refused_until_the_window_has_room() {
        let (mut usage, limits) = (Usage::new(), limits(2, 0, 0));
        assert_eq!(request(&mut usage, &limits, at(0), at(0)).map(|left| left.requests), Ok(Some(1)));
        assert_eq!(request(&mut usage, &limits, at(10), at(0)).map(|left| left.requests), Ok(Some(0)));
        // The refused request counts: with it three are in the window, and two must leave.
        assert_eq!(request(&mut usage, &limits, at(20), at(0)), Err(Refusal::Requests(291)));
        assert_eq!(request(&mut usage, &limits, at(310), at(0)), Err(Refusal::Requests(11)));
        assert!(request(&mut usage, &limits, at(700), at(0)).is_ok());
    }

    #[test]
    fn who_waits_as_long_as_told_is_let_in() {
        let (mut usage, limits) = (Usage::new(), limits(3, 0, 0));
        for second in 0..3 {
            assert!(request(&mut usage, &limits, at(second), at(0)).is_ok());
        }
        let Err(Refusal::Requests(wait)) = request(&mut usage, &limits, at(5), at(0)) else {
            panic!("must be refused")
        };
        assert!(request(&mut usage, &limits, at(5 + wait), at(0)).is_ok());
    }

    #[test]
    fn execution_time_adds_up() {
        let (mut usage, limits) = (Usage::new(), limits(0, 0, 3));
        assert_eq!(request(&mut usage, &limits, at(0), at(2)).map(|left| left.execution_seconds), Ok(Some(3)));
        assert_eq!(request(&mut usage, &limits, at(2), at(2)).map(|left| left.execution_seconds), Ok(Some(1)));
        assert_eq!(request(&mut usage, &limits, at(5), at(0)), Err(Refusal::Execution(298)));
        assert!(request(&mut usage, &limits, at(303), at(0)).is_ok());
    }

    #[test]
    fn requests_at_once_are_limited_until_one_ends() {
        let (mut usage, limits) = (Usage::new(), limits(0, 1, 0));
        assert!(usage.admit(&limits, at(0)).is_ok());
        assert_eq!(usage.admit(&limits, at(0)), Err(Refusal::Concurrent(2)));
        usage.release(at(1), at(1));
        assert!(usage.admit(&limits, at(1)).is_ok());
    }

    #[test]
    fn zero_switches_every_limit_off() {
        let (mut usage, limits) = (Usage::new(), limits(0, 0, 0));
        for _ in 0..10_000 {
            assert_eq!(usage.admit(&limits, at(0)), Ok(Remaining { requests: None, execution_seconds: None }));
        }
        let mut runs = ConnectionRuns::default();
        for _ in 0..1000 {
            assert_eq!(runs.start("one", 0, at(0)), Ok(()));
        }
    }

    #[test]
    fn runs_are_limited_by_connection_and_a_refused_run_does_not_count() {
        let mut runs = ConnectionRuns::default();
        for second in [0, 30] {
            assert_eq!(runs.start("one", 2, at(second)), Ok(()));
        }
        assert_eq!(runs.start("one", 2, at(31)), Err(30));
        assert_eq!(runs.start("other", 2, at(31)), Ok(()));
        assert_eq!(runs.start("one", 2, at(61)), Ok(()));
        assert_eq!(runs.start("one", 2, at(61)), Err(30));
    }

    #[test]
    fn windows_stay_small() {
        let mut window = Window::new(PROTECTION_SECONDS);
        for millisecond in 0..1_000_000 {
            window.add(Duration::from_millis(millisecond), 1);
        }
        assert!(window.buckets.len() <= 302, "{}", window.buckets.len());
        let mut runs = ConnectionRuns::default();
        for number in 0..30_000 {
            assert_eq!(runs.start(&format!("{number}{}", "x".repeat(1000)), 70, at(0)), Ok(()));
        }
        assert!(runs.0.len() <= CONNECTIONS);
        assert!(runs.0.keys().all(|name| name.len() <= NAME_CHARACTERS));
    }
}
