//! Finds out what has become of what was told, and publishes it: takes entries of the inbox, one after the other and many
//! side by side, until it is told to stop.

use super::account::Standing;
use super::entry::{Entry, Stage};
use super::events::{Events, Served};
use super::inbox::{Key, Settled, now};
use super::jittered;
use crate::cluster::{Cluster, ClusterError, DEFAULT_TENANT, Message};
use crate::dispatch::DispatchError;
use crate::failure::Failure;
use crate::registry;
use crate::worker::meters::Meters;
use serde_json::{Map, Value};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// So many entries are looked at side by side.
const SIDE_BY_SIDE: usize = 32;
/// The longest pause before a system that does not answer is asked again.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
/// The longest pause before the cluster is told again.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// How long a system that refuses because of too many requests, and does not say for how long, is left alone.
const SILENCE: Duration = Duration::from_secs(10);
/// How often what was published long ago is forgotten.
const PRUNED: Duration = Duration::from_secs(3600);

/// What has happened, as the system says by this account.
struct Happened {
    account: String,
    event: Value,
    end: String,
}

/// Why nothing is known to have happened.
enum Waits {
    /// It was not asked: this time has to pass first.
    NotNow(Duration),
    Pending {
        account: String,
    },
    Unknown,
    Failed(String),
}

#[derive(Debug)]
pub(super) struct Keeper {
    pub(super) events: Arc<Events>,
    pub(super) cluster: Cluster,
    pub(super) time_to_live: Duration,
    pub(super) meters: Arc<Meters>,
}

impl Keeper {
    /// Works until it is told to stop, and ends what it has begun. What is open stays in the journal.
    pub(super) async fn run(self: Arc<Self>, stop: CancellationToken) {
        let (room, tasks) = (Arc::new(Semaphore::new(SIDE_BY_SIDE)), TaskTracker::new());
        self.events.inbox.tell();
        let mut prune = tokio::time::interval(PRUNED);
        // The first tick is at once, and opening has pruned already.
        prune.tick().await;
        loop {
            let permit = tokio::select! {
                () = stop.cancelled() => break,
                permit = Arc::clone(&room).acquire_owned() => permit,
            };
            let Some((key, entry)) = self.events.inbox.take() else {
                drop(permit);
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = self.events.inbox.due() => {}
                    _ = prune.tick() => self.prune().await,
                }
                continue;
            };
            let keeper = Arc::clone(&self);
            let stop = stop.clone();
            tasks.spawn(async move {
                let _permit = permit;
                tokio::select! {
                    // What is given up here is open at the next start.
                    () = stop.cancelled() => {}
                    () = keeper.look(&key, entry) => {}
                }
            });
        }
        tasks.close();
        tasks.wait().await;
    }

    async fn prune(&self) {
        let events = Arc::clone(&self.events);
        let pruned = tokio::task::spawn_blocking(move || events.inbox.prune()).await;
        if let Ok(Err(error)) = pruned {
            tracing::warn!(%error, "what was published long ago is not forgotten");
        }
    }

    async fn look(&self, key: &Key, entry: Entry) {
        let served = key
            .parts()
            .and_then(|(connector, event, subject)| Some((self.events.of(connector, event)?, connector, subject)));
        let settled = match served {
            Some((served, connector, subject)) => {
                let settled = self.settle(served, connector, subject, entry).await;
                tracing::debug!(event = served.definition.id, subject, ?settled, "looked at");
                settled
            }
            // There was an account for it when it came. There may be one again at the next start.
            None => Settled::Later(entry, LONGEST_PAUSE),
        };
        self.events.inbox.settle(key, settled).await;
    }

    async fn settle(&self, served: &Served, connector: &str, subject: &str, mut entry: Entry) -> Settled {
        let event = served.definition.id.as_str();
        let (happened, end) = match entry.stage.clone() {
            Stage::Published { .. } => return Settled::Dropped,
            Stage::Happened { event, end } => (event, end),
            Stage::Open => match self.ask(served, connector, subject, entry.account.as_deref()).await {
                Ok(Happened { account, event, end }) => {
                    entry.account = Some(account);
                    (event, end)
                }
                Err(waits) => return self.wait(event, subject, entry, waits),
            },
        };
        match self.publish(served, subject, &entry, &happened, &end).await {
            Ok(()) => {
                self.meters.inbound(&served.definition.event_type, "correlated");
                tracing::info!(event, subject, end, called = entry.called, "published");
                entry.stage = Stage::Published { end, at: now() };
                Settled::Published(entry)
            }
            Err(error) => {
                self.meters.inbound(&served.definition.event_type, "correlation-failed");
                let tells = entry.tries == 0 || !error.may_pass();
                if tells {
                    tracing::warn!(event, subject, %error, "not published yet");
                }
                let is_new = entry.stage == Stage::Open;
                entry.tries = if is_new { 1 } else { entry.tries.saturating_add(1) };
                entry.stage = Stage::Happened { event: happened, end };
                let longest = if error.may_pass() { LONGEST_WAIT } else { LONGEST_PAUSE };
                let pause = jittered(growing(entry.tries).min(longest));
                if is_new { Settled::Changed(entry, pause) } else { Settled::Later(entry, pause) }
            }
        }
    }

    /// What becomes of an entry that nothing has happened of.
    fn wait(&self, event: &str, subject: &str, mut entry: Entry, waits: Waits) -> Settled {
        let (now, pace) = (now(), self.events.pace);
        let is_over = entry.is_over(now, pace);
        // Who was not asked has not been looked at in vain.
        entry.tries = entry.tries.saturating_add(u32::from(!matches!(waits, Waits::NotNow(_))));
        match waits {
            Waits::NotNow(wait) => Settled::Later(entry, wait),
            Waits::Pending { .. } | Waits::Failed(_) if is_over => {
                tracing::warn!(event, subject, "given up: it has been waited for too long");
                Settled::Dropped
            }
            Waits::Pending { account } => {
                let pause = jittered(entry.pause(now, pace));
                if entry.account.is_some() {
                    return Settled::Later(entry, pause);
                }
                // Now it is known to be, and goes before what anybody may say.
                entry.account = Some(account);
                Settled::Changed(entry, pause)
            }
            Waits::Unknown if entry.is_unfounded() => {
                tracing::warn!(
                    event,
                    subject,
                    "dropped: no account knows of it, so the call was forged or is for another one"
                );
                Settled::Dropped
            }
            Waits::Unknown => {
                let pause = jittered(entry.pause(now, pace));
                Settled::Later(entry, pause)
            }
            Waits::Failed(reason) => {
                if entry.tries == 1 {
                    tracing::warn!(event, subject, reason, "it cannot be found out yet what has become of it");
                }
                let pause = jittered(growing(entry.tries).min(LONGEST_PAUSE));
                Settled::Later(entry, pause)
            }
        }
    }

    /// Asks the system, by every account that may know.
    async fn ask(
        &self,
        served: &Served,
        connector: &str,
        subject: &str,
        account: Option<&str>,
    ) -> Result<Happened, Waits> {
        let standing = if account.is_some() { Standing::Known } else { Standing::Claimed };
        let (mut failed, mut not_now) = (None, None);
        for asking in self.events.accounts(connector, account) {
            let name = || asking.account.name.clone();
            let question =
                asking.account.question(&served.confirmation, subject, &self.events.dispatcher, &*self.events.secrets);
            let question = match question {
                Ok(question) => question,
                Err(error) => {
                    failed = Some(format!("{}: {error}", asking.account.name));
                    continue;
                }
            };
            let turn = match asking.turn(standing) {
                Ok(turn) => turn,
                Err(wait) => {
                    not_now = not_now.max(Some(wait));
                    continue;
                }
            };
            let answer = self.events.dispatcher.execute(question).await;
            drop(turn);
            match answer {
                Ok((result, _)) => match served.confirmation.confirm(subject, &result) {
                    registry::Standing::Pending => return Err(Waits::Pending { account: name() }),
                    registry::Standing::Happened { event, end } => {
                        return Ok(Happened { account: name(), event, end });
                    }
                    registry::Standing::Unreadable => {
                        failed = Some(format!("{}: its answer is not understood", name()));
                    }
                },
                Err(DispatchError::Failed(failure)) => {
                    let (code, after) = match &failure {
                        Failure::Retryable { error, after } => (error.code.as_deref(), *after),
                        Failure::Terminal { error } => (error.code.as_deref(), None),
                        Failure::Bpmn { .. } => (None, None),
                    };
                    if code == Some("404") {
                        continue;
                    }
                    if let Some(silence) = after.or((code == Some("429")).then_some(SILENCE)) {
                        asking.be_silent(silence);
                    }
                    let code = code.map(|code| format!(" ({code})")).unwrap_or_default();
                    failed = Some(format!("{}: {failure}{code}", name()));
                }
                Err(error) => failed = Some(format!("{}: {error}", name())),
            }
        }
        Err(match (not_now, failed) {
            (Some(wait), _) => Waits::NotNow(wait),
            (None, Some(reason)) => Waits::Failed(reason),
            (None, None) => Waits::Unknown,
        })
    }

    async fn publish(
        &self,
        served: &Served,
        subject: &str,
        entry: &Entry,
        event: &Value,
        end: &str,
    ) -> Result<(), ClusterError> {
        let (variables, time_to_live) = self.content(served, entry, event);
        let id = format!("{subject}:{end}");
        let own = entry.tenant.as_deref().map(|tenant| vec![tenant]);
        let tenants = own.unwrap_or_else(|| self.cluster.tenants().iter().map(String::as_str).collect());
        let tenants = if tenants.is_empty() { vec![DEFAULT_TENANT] } else { tenants };
        for tenant in tenants {
            let message = Message {
                name: &served.definition.event_type,
                correlation_key: subject,
                id: Some(&id),
                time_to_live,
                variables: &variables,
                tenant: Some(tenant).filter(|tenant| *tenant != DEFAULT_TENANT),
            };
            match self.cluster.publish(&message).await {
                // Another worker was faster, or an answer was lost.
                Err(error) if error.is_duplicate() => {}
                published => drop(published?),
            }
        }
        Ok(())
    }

    /// What the message carries and how long it is buffered, by the elements that may wait for it.
    fn content(&self, served: &Served, entry: &Entry, event: &Value) -> (Map<String, Value>, Duration) {
        let event_type = served.definition.event_type.as_str();
        let mut waiting = self.events.mappings.of(event_type, entry.process.as_deref());
        if waiting.is_empty() {
            waiting = self.events.mappings.of(event_type, None);
        }
        let (mut variables, mut time_to_live) = (Map::new(), None);
        let mut mapped = false;
        for waiting in &waiting {
            time_to_live = time_to_live.max(waiting.mapping.time_to_live);
            match waiting.mapping.variables(event) {
                Ok(own) => {
                    mapped = true;
                    for (name, value) in own {
                        variables.entry(name).or_insert(value);
                    }
                }
                Err(problem) => tracing::error!(
                    process = waiting.process,
                    element = waiting.element,
                    problem,
                    "the element's result expression gives nothing"
                ),
            }
        }
        if !mapped {
            match served.mapping.variables(event) {
                Ok(own) => variables = own,
                Err(problem) => tracing::error!(event_type, problem, "the event's result expression gives nothing"),
            }
        }
        (variables, time_to_live.unwrap_or(self.time_to_live))
    }
}

/// One second, two, four and so on.
fn growing(tries: u32) -> Duration {
    Duration::from_secs(2_u64.pow(tries.saturating_sub(1).min(10)))
}
