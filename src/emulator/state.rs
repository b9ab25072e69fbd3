//! What all requests share.

use super::clock::Clock;
use super::faults::{Faults, Random};
use super::ledger::{Ledger, Record, What};
use super::limits::{ConnectionRuns, Refusal, Remaining, Usage};
use super::sessions::Sessions;
use super::settings::Settings;
use super::token::{TokenFault, Tokens};
use axum::http::HeaderMap;
use opwright::http::HttpClient;
use secrecy::ExposeSecret;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, watch};

/// How the holder of the constant token is called.
const BEARER_CLIENT: &str = "bearer-token";
/// How many callbacks are under way at once.
const CALLBACKS_AT_ONCE: usize = 64;

/// What all requests share.
pub(super) struct Shared {
    pub(super) settings: Settings,
    pub(super) clock: Clock,
    /// Without a slash at its end.
    pub(super) organization_uri: String,
    /// Sends the callbacks.
    pub(super) http: HttpClient,
    pub(super) callbacks: Semaphore,
    /// True, or closed, once the emulator shuts down.
    pub(super) stop: watch::Receiver<bool>,
    world: Mutex<World>,
}

/// What requests change.
pub(super) struct World {
    pub(super) sessions: Sessions,
    pub(super) tokens: Tokens,
    pub(super) connection_runs: ConnectionRuns,
    pub(super) faults: Faults,
    pub(super) random: Random,
    /// Apart from the requests', whose sequence callbacks leave as it was.
    pub(super) callback_random: Random,
    pub(super) ledger: Ledger,
    /// By client. There are two at most: the OAuth client and the holder of the constant token.
    usages: HashMap<String, Usage>,
}

impl Shared {
    /// The state at the start.
    pub(super) fn new(
        settings: Settings,
        organization_uri: String,
        http: HttpClient,
        stop: watch::Receiver<bool>,
    ) -> Self {
        let size = |count: u32| usize::try_from(count).unwrap_or(usize::MAX);
        // Every `RandomState` has other keys, which is chance enough for faults.
        let seed = settings.seed.unwrap_or_else(|| RandomState::new().hash_one(0));
        let world = World {
            sessions: Sessions::new(
                size(settings.max_sessions),
                size(settings.max_inputs_mib).saturating_mul(1024 * 1024),
            ),
            tokens: Tokens::default(),
            connection_runs: ConnectionRuns::default(),
            faults: settings.faults.clone(),
            random: Random::new(seed),
            callback_random: Random::new(seed.wrapping_add(1)),
            ledger: Ledger::new(settings.max_ledger_entries),
            usages: HashMap::new(),
        };
        Self {
            settings,
            clock: Clock::start(),
            organization_uri,
            http,
            callbacks: Semaphore::new(CALLBACKS_AT_ONCE),
            stop,
            world: Mutex::new(world),
        }
    }

    /// What requests change. Never held across an await.
    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        // Every change is complete before anything can panic, so a poisoned lock hides no half change.
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an entry to the ledger.
    pub(super) fn record(&self, what: What, record: Record) {
        self.world().ledger.record(&self.clock, self.clock.now(), what, record);
    }

    /// Who sends a request, by its token.
    pub(super) fn client(&self, headers: &HeaderMap) -> Result<String, TokenFault> {
        let value = headers.get("authorization").and_then(|value| value.to_str().ok()).ok_or(TokenFault::Missing)?;
        let (scheme, token) = value.split_once(' ').ok_or(TokenFault::Missing)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(TokenFault::Missing);
        }
        if self.settings.bearer_token.as_ref().is_some_and(|constant| constant.expose_secret() == token) {
            return Ok(BEARER_CLIENT.to_owned());
        }
        self.world().tokens.client(token, self.clock.now())
    }

    /// Lets a client's request in, or refuses it.
    pub(super) fn admit(self: &Arc<Self>, client: &str) -> Result<Admission, Refusal> {
        let now = self.clock.now();
        let remaining = self
            .world()
            .usages
            .entry(client.to_owned())
            .or_insert_with(Usage::new)
            .admit(&self.settings.limits, now)?;
        Ok(Admission { shared: Arc::clone(self), client: client.to_owned(), since: now, remaining })
    }
}

/// A request that was let in; dropping it ends it, also when its client has gone.
pub(super) struct Admission {
    shared: Arc<Shared>,
    client: String,
    since: Duration,
    /// What was left after it.
    pub(super) remaining: Remaining,
}

impl Drop for Admission {
    fn drop(&mut self) {
        let now = self.shared.clock.now();
        if let Some(usage) = self.shared.world().usages.get_mut(&self.client) {
            usage.release(now, now.saturating_sub(self.since));
        }
    }
}
