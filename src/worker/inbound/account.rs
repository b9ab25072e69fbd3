//! What the worker itself asks a system with, and how gently.

use crate::dispatch::secrets::SecretSource;
use crate::dispatch::{DispatchError, Dispatcher, Prepared};
use crate::registry::Confirmation;
use serde_json::{Map, Value};
use std::sync::{Mutex, MutexGuard, PoisonError};
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

/// Who is asked for something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// The system itself has said that there is such a thing.
    Known,
    /// Somebody says so.
    Claimed,
}

/// What may be sent of one kind: so many requests at once, so many a second in the long run, and so many that wait for an
/// answer.
#[derive(Debug, Clone, Copy)]
struct Allowance {
    burst: f64,
    rate: f64,
    side_by_side: usize,
}

/// Together no more than half of what Dataverse grants a user within 300 s (6,000 requests; learn.microsoft.com, "Service
/// protection API limits"), so that the jobs have the other half: 1200 + 300 × 2 and 900 + 300 × 1. Apart, so that whoever
/// makes up sessions takes nothing from those that there are. Side by side Dataverse grants 52.
const KNOWN: Allowance = Allowance { burst: 1200.0, rate: 2.0, side_by_side: 8 };
const CLAIMED: Allowance = Allowance { burst: 900.0, rate: 1.0, side_by_side: 4 };
/// Those that find no turn come again one after the other, in this distance.
const STEP: Duration = Duration::from_millis(10);

/// An account with its patience.
#[derive(Debug)]
pub(super) struct Asking {
    pub(super) account: Account,
    /// Scheme, host and port that it asks; none where no request is declared.
    pub(super) origin: Option<String>,
    known: Share,
    claimed: Share,
}

/// What one kind of questions has.
#[derive(Debug)]
struct Share {
    turns: Semaphore,
    patience: Mutex<Patience>,
}

/// What may be sent when.
#[derive(Debug)]
struct Patience {
    allowance: Allowance,
    free: f64,
    counted: Instant,
    /// The system has asked for silence until then.
    silent_until: Instant,
    /// When the last one that was sent away is to come again.
    told: Instant,
}

impl Asking {
    pub(super) fn new(account: Account, origin: Option<String>) -> Self {
        let share = |allowance: Allowance| Share {
            turns: Semaphore::new(allowance.side_by_side),
            patience: Mutex::new(Patience::new(allowance, Instant::now())),
        };
        Self { account, origin, known: share(KNOWN), claimed: share(CLAIMED) }
    }

    /// The turn of a request, which holds it while it is sent; or when to come again. Nobody waits here: whoever did would
    /// keep others from other accounts.
    pub(super) fn turn(&self, standing: Standing) -> Result<SemaphorePermit<'_>, Duration> {
        let share = match standing {
            Standing::Known => &self.known,
            Standing::Claimed => &self.claimed,
        };
        let (mut patience, now) = (share.locked(), Instant::now());
        match share.turns.try_acquire() {
            Ok(turn) => patience.take(now).map(|()| turn),
            Err(_) => Err(patience.again(now, now, STEP)),
        }
    }

    /// The system has asked for silence. To be called by whoever still has a turn, so that nobody else begins before.
    pub(super) fn be_silent(&self, wait: Duration) {
        for share in [&self.known, &self.claimed] {
            let mut patience = share.locked();
            patience.silent_until = patience.silent_until.max(Instant::now() + wait);
        }
    }
}

impl Share {
    fn locked(&self) -> MutexGuard<'_, Patience> {
        self.patience.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Patience {
    fn new(allowance: Allowance, now: Instant) -> Self {
        Self { allowance, free: allowance.burst, counted: now, silent_until: now, told: now }
    }

    /// Takes a request, or tells when to come again.
    fn take(&mut self, now: Instant) -> Result<(), Duration> {
        let Allowance { burst, rate, .. } = self.allowance;
        if now < self.silent_until {
            // Not all at once when the silence is over.
            return Err(self.again(now, self.silent_until, STEP));
        }
        self.free = (self.free + (now - self.counted).as_secs_f64() * rate).min(burst);
        self.counted = now;
        if self.free >= 1.0 {
            self.free -= 1.0;
            return Ok(());
        }
        let next = now + Duration::from_secs_f64((1.0 - self.free) / rate);
        Err(self.again(now, next, Duration::from_secs_f64(1.0 / rate)))
    }

    /// How long until one more may come, not before `earliest` and in this distance from the one before.
    fn again(&mut self, now: Instant, earliest: Instant, step: Duration) -> Duration {
        self.told = (self.told + step).max(earliest);
        self.told - now + Duration::from_millis(1)
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
        const WITHIN: Duration = Duration::from_secs(300);
        let begin = Instant::now();
        let mut most = 0;
        for allowance in [KNOWN, CLAIMED] {
            let (mut patience, mut sent, mut now) = (Patience::new(allowance, begin), Vec::new(), begin);
            while now - begin < Duration::from_secs(1000) {
                match patience.take(now) {
                    Ok(()) => sent.push(now),
                    Err(wait) => now += wait,
                }
            }
            let within = |from: &Instant| sent.iter().filter(|at| *at >= from && **at - *from < WITHIN).count();
            most += sent.iter().map(within).max().expect("some were sent");
        }
        assert!((2900..=3000).contains(&most), "{most}");
    }

    #[test]
    fn silence_is_kept_and_does_not_end_with_a_crowd() {
        let now = Instant::now();
        let silent_until = now + Duration::from_secs(7);
        let mut patience = Patience { silent_until, ..Patience::new(KNOWN, now) };
        let waits: Vec<Duration> = (0..100).map(|_| patience.take(now).expect_err("silence")).collect();
        assert!(waits[0] >= Duration::from_secs(7), "{waits:?}");
        assert!(waits.windows(2).all(|pair| pair[1] >= pair[0] + STEP), "{waits:?}");
        assert_eq!(patience.take(silent_until), Ok(()));
    }

    #[tokio::test]
    async fn whoever_makes_something_up_takes_nothing_from_what_there_is() {
        let account = Account { name: "a".to_owned(), connector: "c".to_owned(), input: Map::new() };
        let asking = Asking::new(account, None);
        while asking.turn(Standing::Claimed).is_ok() {}
        assert!(asking.turn(Standing::Known).is_ok());
        // Nor while its answers are waited for.
        let asking = Asking::new(asking.account, None);
        let claimed: Vec<_> = std::iter::from_fn(|| asking.turn(Standing::Claimed).ok()).collect();
        assert_eq!(claimed.len(), 4);
        // All turns are taken: come again soon, and not all at once.
        let turns: Vec<_> = (0..KNOWN.side_by_side).map(|_| asking.turn(Standing::Known).expect("a turn")).collect();
        let (first, second) = (asking.turn(Standing::Known), asking.turn(Standing::Known));
        let (first, second) = (first.expect_err("no turn"), second.expect_err("no turn"));
        assert!(first < Duration::from_secs(1) && second > first, "{first:?} {second:?}");
        drop(turns);
        assert!(asking.turn(Standing::Known).is_ok());
    }
}
