//! The inbound side of the worker: what the world tells, and what processes are told of it.
//!
//! ```text
//! listener   sockets, and what bounds them → exchange: what was received, what is answered
//! events     a call that tells of a connector's event, and jobs that have begun what will end in one
//! inbox      what is open, in memory and in the journal; entry: one of it
//! keeper     asks the system what is true (account), and publishes that (mapping), again and again
//! webhook    any other call, as elements of processes say
//! fault      what is wrong with what elements and routes say
//! refusals   which calls that were refused are told of
//! engine     what expressions over calls may cost
//! elements   what waits in a BPMN file; discovery finds it in the cluster
//! ```
//!
//! Of an event's call nothing is believed but what it is about, and it is answered once that is in the journal.

mod account;
pub mod discovery;
pub mod elements;
mod engine;
mod entry;
mod events;
mod exchange;
mod fault;
mod inbox;
mod journal;
mod keeper;
mod listener;
mod mapping;
mod refusals;
mod settings;
pub mod webhook;

pub use account::Account;
pub use entry::Pace;
pub use events::{AccountError, Origin};
pub use exchange::{Answer, Received};
pub use fault::{Fault, Found};
pub use journal::JournalError;
pub use listener::{Limits, serve};
pub use settings::{EventSettings, InboundError, Settings, Watch};

use crate::cluster::Cluster;
use crate::dispatch::Dispatcher;
use crate::dispatch::secrets::SecretSource;
use crate::worker::meters::Meters;
use discovery::{Discovery, Known};
use elements::InboundElement;
use events::Events;
use exchange::Recipient;
use fault::{Findings, Once};
use inbox::{Inbox, Room};
use keeper::Keeper;
use refusals::Refusals;
use serde_json::{Map, Value};
use settings::Fixed;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;
use webhook::{WEBHOOK_TYPE, Webhook, Webhooks};

/// What becomes of an element that waits for an event and is not sound.
const UNSOUND: &str = "what an element says of an event does not count";
/// What calls are counted as whose context is nobody's.
const NOBODY: &str = "unknown";
/// So much of a context that there is not is logged.
const LONGEST_CONTEXT: usize = 64;

/// The inbound side of a worker.
pub struct Inbound {
    /// Events, and what passes them on; none without accounts.
    events: Option<(Arc<Events>, Arc<Keeper>)>,
    watch: Watch,
    webhooks: Webhooks,
    /// Those of files and routes.
    fixed: Vec<Webhook>,
    /// The elements of files, each with the name of its file.
    elements: Vec<(String, InboundElement)>,
    /// Asks the cluster for its processes, once [`Inbound::run`] runs.
    discovery: Mutex<Option<Discovery>>,
    secrets: Arc<dyn SecretSource>,
    meters: Arc<Meters>,
    refusals: Refusals,
    /// What was found of elements that wait for events.
    told: Once,
}

impl fmt::Debug for Inbound {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Inbound").field("contexts", &self.contexts()).finish_non_exhaustive()
    }
}

impl Inbound {
    /// Opens the journal and reads what is served. Nothing is sent yet.
    pub fn new(
        settings: Settings,
        cluster: Cluster,
        dispatcher: Dispatcher,
        secrets: Arc<dyn SecretSource>,
        meters: Arc<Meters>,
    ) -> Result<Self, InboundError> {
        let discovery = settings.discovery.map(|interval| Mutex::new(Some(Discovery::new(cluster.clone(), interval))));
        let mut webhook_settings = webhook::Settings {
            message_ttl: settings.time_to_live,
            base_url: settings.base_url.clone(),
            awaits_processes: discovery.is_some(),
            meters: Arc::clone(&meters),
            ..webhook::Settings::default()
        };
        let Fixed { elements, webhooks: fixed, mut faults } = settings.fixed(&*secrets);
        let watch = settings.events.as_ref().map(|events| events.watch).unwrap_or_default();
        let events = match settings.events {
            Some(events) => {
                let inbox = Inbox::open(&events.journal, Room::default())?;
                let (asks, source) = (dispatcher, Arc::clone(&secrets));
                let events = Arc::new(Events::new(inbox, events.accounts, asks, source, events.pace)?);
                let taken = |context: &str| (context.to_owned(), format!("the event `{}`", events.event_type(context)));
                webhook_settings.taken = events.contexts().map(taken).collect();
                let (time_to_live, meters) = (settings.time_to_live, Arc::clone(&meters));
                let (events, cluster) = (Arc::clone(&events), cluster.clone());
                let keeper = Keeper { events: Arc::clone(&events), cluster, time_to_live, meters };
                Some((events, Arc::new(keeper)))
            }
            None => None,
        };
        if let Some((events, _)) = &events {
            let events = Arc::downgrade(events);
            meters.watch_open(move || events.upgrade().map_or(0, |events| events.inbox.len()));
        }
        let webhooks = Webhooks::new(cluster, webhook_settings).map_err(InboundError::Client)?;
        let discovery = discovery.unwrap_or_default();
        let inbound = Self {
            events,
            watch,
            webhooks,
            fixed,
            elements,
            discovery,
            secrets,
            meters,
            refusals: Refusals::default(),
            told: Once::default(),
        };
        faults.extend(inbound.webhooks.serve(inbound.fixed.iter().cloned()));
        faults.extend(inbound.waits(&Known::default()).faults);
        if !faults.is_empty() {
            return Err(InboundError::Faults(faults));
        }
        Ok(inbound)
    }

    /// The contexts that are served now: the last parts of URLs.
    #[must_use]
    pub fn contexts(&self) -> Vec<String> {
        let events = self.events.iter().flat_map(|(events, _)| events.contexts().map(str::to_owned));
        events.chain(self.webhooks.contexts()).collect()
    }

    /// How many events are known of and not yet passed on.
    #[must_use]
    pub fn open(&self) -> usize {
        self.events.as_ref().map_or(0, |(events, _)| events.inbox.len())
    }

    /// Whom a call with this context is for: to be asked before anything else is done about it.
    fn recipient(&self, context: &str) -> Recipient {
        if self.events.as_ref().is_some_and(|(events, _)| events.serves(context)) {
            return Recipient::Event;
        }
        self.webhooks.unknown(context).map_or(Recipient::Webhook, Recipient::Nobody)
    }

    /// Answers a call.
    pub async fn answer(&self, call: &Received) -> Answer {
        let event = self.events.as_ref().filter(|(events, _)| events.serves(&call.context));
        let answer = match event {
            Some((events, _)) => events.answer(call).await,
            None => self.webhooks.answer(call).await,
        };
        self.tell(&call.context, &answer);
        answer
    }

    /// Counts what a call has come to, and logs why it was refused, if it was.
    fn tell(&self, context: &str, answer: &Answer) {
        let status = answer.status;
        tracing::debug!(context, status, "called");
        let told = match (&self.events, self.recipient(context)) {
            (Some((events, _)), Recipient::Event) => events.event_type(context),
            (_, Recipient::Nobody(_)) => NOBODY,
            _ => WEBHOOK_TYPE,
        };
        let Some(reason) = &answer.refusal else { return self.meters.inbound(told, "triggered") };
        self.meters.refused(told, status);
        let known = Some(context).filter(|_| told != NOBODY);
        if let Some(kept_back) = self.refusals.news(known, status, Instant::now()) {
            // Of a context that there is not anybody may have made up any length.
            let context: String = context.chars().take(LONGEST_CONTEXT).collect();
            tracing::warn!(context, status, reason, kept_back, "a call is refused");
        }
    }

    /// Takes notice of what a job has begun.
    pub async fn begun(&self, origin: Origin<'_>, inputs: &Map<String, Value>, result: &Value) {
        let Some((events, _)) = self.events.as_ref().filter(|_| self.watch != Watch::Nothing) else { return };
        events.begun(origin, inputs, result, self.watch == Watch::All).await;
    }

    /// Passes on what is told, and follows the cluster's processes, until it is told to stop.
    pub async fn run(&self, stop: CancellationToken) {
        let remarks = self.fixed.iter().flat_map(|webhook| webhook.remarks().to_vec()).collect();
        Once::default().tell(&Findings { remarks, ..Findings::default() }, UNSOUND);
        // What is found of elements of files is found again with those of the cluster.
        self.told.tell(&self.waits(&Known::default()), UNSOUND);
        let keeper = async {
            if let Some((_, keeper)) = &self.events {
                Arc::clone(keeper).run(stop.clone()).await;
            }
        };
        // Nobody runs it twice.
        let discovery = self.discovery.lock().unwrap_or_else(PoisonError::into_inner).take();
        let processes = async {
            let Some(discovery) = discovery else { return };
            let (known, stop) = (discovery.known(), stop.clone());
            let webhooks = self.webhooks.follow(&self.fixed, known.clone(), &*self.secrets, stop.clone());
            let events = discovery::each(known, stop.clone(), |known| self.told.tell(&self.waits(known), UNSOUND));
            tokio::join!(discovery.run(stop), webhooks, events);
        };
        tokio::join!(keeper, processes);
    }

    /// From now on these elements of the cluster and those of files are known to wait for events.
    fn waits(&self, known: &Known) -> Findings {
        let Some((events, _)) = &self.events else { return Findings::default() };
        let files = self.elements.iter().map(|(file, element)| (Found::File(file), element));
        let found = known.elements.iter().map(|known| (Found::Cluster(known), &known.element));
        events.waits(files.chain(found))
    }
}

/// Shortened at random by up to a fifth, so that what began together does not stay together.
fn jittered(pause: Duration) -> Duration {
    pause.mul_f64(0.8 + fastrand::f64() / 5.0)
}
