//! What the worker itself asks a system with, and how gently.

use crate::dispatch::secrets::SecretSource;
use crate::dispatch::{DispatchError, Dispatcher, Prepared};
use crate::registry::Confirmation;
use serde_json::{Map, Value};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

/// What the worker itself asks a system with: the inputs that all operations of a connector share.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// Its name in settings, logs and the journal.
    pub name: String,
    /// The connector's id.
    pub connector: String,
    /// The shared inputs; secrets are placeholders.
    pub input: Map<String, Value>,
}

/// Half of what Dataverse grants a user within 300 s (6,000 requests; learn.microsoft.com, "Service protection API limits"),
/// so that the jobs have the other half.
const WITHIN: Duration = Duration::from_secs(300);
const MOST_WITHIN: f64 = 3000.0;
/// So many of them may be sent at once; the others become free one by one.
const BURST: f64 = 1500.0;
/// Requests side by side, of 52 that Dataverse grants.
const SIDE_BY_SIDE: usize = 8;

/// An account with its patience.
#[derive(Debug)]
pub(super) struct Asking {
    pub(super) account: Account,
    /// Scheme, host and port that it asks; none where no request is declared.
    pub(super) origin: Option<String>,
    turns: Semaphore,
    patience: Mutex<Patience>,
}

/// What may be sent when.
#[derive(Debug)]
struct Patience {
    free: f64,
    counted: Instant,
    /// The system has asked for silence until then.
    silent_until: Instant,
}

impl Asking {
    pub(super) fn new(account: Account, origin: Option<String>) -> Self {
        let now = Instant::now();
        let patience = Mutex::new(Patience { free: BURST, counted: now, silent_until: now });
        Self { account, origin, turns: Semaphore::new(SIDE_BY_SIDE), patience }
    }

    /// Resolves when a request may be sent; it holds the turn while it is sent.
    pub(super) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        // Only a closed semaphore fails, and this one is never closed.
        let turn = self.turns.acquire().await.ok()?;
        loop {
            let wait = self.locked().take(Instant::now());
            match wait {
                None => return Some(turn),
                Some(wait) => tokio::time::sleep(wait).await,
            }
        }
    }

    /// The system has asked for silence.
    pub(super) fn be_silent(&self, wait: Duration) {
        let mut patience = self.locked();
        patience.silent_until = patience.silent_until.max(Instant::now() + wait);
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, Patience> {
        self.patience.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Patience {
    /// Takes a request, or tells how long to wait for one.
    fn take(&mut self, now: Instant) -> Option<Duration> {
        if now < self.silent_until {
            // Not all at once when the silence is over.
            return Some((self.silent_until - now).mul_f64(1.0 + fastrand::f64() / 10.0) + Duration::from_millis(1));
        }
        let rate = (MOST_WITHIN - BURST) / WITHIN.as_secs_f64();
        self.free = (self.free + (now - self.counted).as_secs_f64() * rate).min(BURST);
        self.counted = now;
        if self.free >= 1.0 {
            self.free -= 1.0;
            return None;
        }
        Some(Duration::from_secs_f64((1.0 - self.free) / rate) + Duration::from_millis(1))
    }
}

impl Account {
    /// What asks for a subject.
    pub(super) fn question(
        &self,
        confirmation: &Confirmation,
        subject: &str,
        dispatcher: &Dispatcher,
        secrets: &dyn SecretSource,
    ) -> Result<Prepared, DispatchError> {
        let mut input = self.input.clone();
        if let Value::Object(own) = confirmation.inputs(subject) {
            input.extend(own);
        }
        dispatcher.prepare(&self.connector, confirmation.operation, &Value::Object(input), secrets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// However long and however eagerly it is asked, no 300 s hold more requests than half of Dataverse's.
    #[test]
    fn no_window_holds_more_requests_than_are_meant() {
        let begin = Instant::now();
        let mut patience = Patience { free: BURST, counted: begin, silent_until: begin };
        let mut sent = Vec::new();
        let mut now = begin;
        while now - begin < Duration::from_secs(1000) {
            match patience.take(now) {
                None => sent.push(now),
                Some(wait) => now += wait,
            }
        }
        let most = sent.iter().map(|from| sent.iter().filter(|at| *at >= from && **at - *from < WITHIN).count()).max();
        let most = most.expect("some were sent");
        assert!((2900..=3000).contains(&most), "{most}");
    }

    #[test]
    fn silence_is_kept() {
        let now = Instant::now();
        let silent_until = now + Duration::from_secs(7);
        let mut patience = Patience { free: BURST, counted: now, silent_until };
        assert!(patience.take(now).is_some_and(|wait| wait >= Duration::from_secs(7)));
        assert_eq!(patience.take(silent_until), None);
    }
}
