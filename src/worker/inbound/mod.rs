//! The inbound side of the worker: what the world tells, and what processes are told of it.
//!
//! ```text
//! listener   sockets, and what bounds them → exchange: what was received, what is answered
//! events     a call that tells of a connector's event, and jobs that have begun what will end in one
//! inbox      what is open, in memory and in the journal; entry: one of it
//! keeper     asks the system what is true (account), and publishes that (mapping), again and again
//! ```
//!
//! A call is believed in nothing but what it is about. It is answered once that is in the journal.

mod account;
mod entry;
mod events;
pub mod elements;
mod exchange;
mod inbox;
mod journal;
mod keeper;
mod listener;
mod mapping;
pub mod discovery;
pub mod elements;
mod exchange;
pub mod webhook;

pub use account::Account;
pub use entry::Pace;
pub use events::{AccountError, Origin};
pub use exchange::{Answer, Received};
pub use journal::JournalError;
pub use listener::{Limits, serve};

use crate::cluster::Cluster;
use crate::dispatch::Dispatcher;
use crate::dispatch::secrets::SecretSource;
use crate::worker::meters::Meters;
use events::Events;
use inbox::Inbox;
use keeper::Keeper;
use serde_json::{Map, Value};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How events are served.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What the systems are asked with. Only events of their connectors are served.
    pub accounts: Vec<Account>,
    /// The file of what must not be lost.
    pub journal: PathBuf,
    /// How patiently systems are asked.
    pub pace: Pace,
    /// Which runs are watched of those that this worker's jobs begin.
    pub watch: Watch,
    /// How long a message is buffered where no element says so.
    pub time_to_live: Duration,
}

/// Which runs are watched of those that the worker's jobs begin.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Watch {
    /// Those that a call was ordered for.
    #[default]
    Called,
    /// All.
    All,
    /// None: what a lost call would have told is lost.
    Nothing,
}

/// Why there is no inbound side.
#[derive(Debug, thiserror::Error)]
pub enum InboundError {
    /// The journal cannot be used.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// An account is not sound.
    #[error(transparent)]
    Account(#[from] AccountError),
}

/// The inbound side of a worker.
#[derive(Debug)]
pub struct Inbound {
    events: Arc<Events>,
    keeper: Arc<Keeper>,
    watch: Watch,
    meters: Arc<Meters>,
}

impl Inbound {
    /// Opens the journal. Nothing is sent yet.
    pub fn new(
        settings: Settings,
        cluster: Cluster,
        dispatcher: Dispatcher,
        secrets: Arc<dyn SecretSource>,
        meters: Arc<Meters>,
    ) -> Result<Self, InboundError> {
        let inbox = Inbox::open(&settings.journal)?;
        let events = Arc::new(Events::new(inbox, settings.accounts, dispatcher, secrets, settings.pace)?);
        let time_to_live = settings.time_to_live;
        let keeper = Keeper { events: Arc::clone(&events), cluster, time_to_live, meters: Arc::clone(&meters) };
        Ok(Self { events, keeper: Arc::new(keeper), watch: settings.watch, meters })
    }

    /// The contexts that are served: the last parts of URLs.
    pub fn contexts(&self) -> impl Iterator<Item = &str> {
        self.events.contexts()
    }

    /// How many events are known of and not yet passed on.
    #[must_use]
    pub fn open(&self) -> usize {
        self.events.inbox.len()
    }

    /// Answers a call.
    pub async fn answer(&self, call: &Received) -> Answer {
        if self.events.serves(&call.context) {
            let answer = self.events.answer(call).await;
            tracing::debug!(context = call.context, status = answer.status, "called");
            if answer.status == 200 {
                self.meters.inbound(self.events.event_type(&call.context), "triggered");
            }
            return answer;
        }
        Answer::empty(404)
    }

    /// Takes notice of what a job has begun.
    pub async fn begun(&self, origin: Origin<'_>, inputs: &Map<String, Value>, result: &Value) {
        if self.watch != Watch::Nothing {
            self.events.begun(origin, inputs, result, self.watch == Watch::All).await;
        }
    }

    /// Passes on what is told until it is told to stop.
    pub async fn run(&self, stop: CancellationToken) {
        Arc::clone(&self.keeper).run(stop).await;
    }
}

/// Shortened at random by up to a fifth, so that what began together does not stay together.
fn jittered(pause: Duration) -> Duration {
    pause.mul_f64(0.8 + fastrand::f64() / 5.0)
}
