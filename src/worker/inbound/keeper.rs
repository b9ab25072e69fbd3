//! Finds out what has become of what was told, and publishes it: takes entries of the inbox, one after the other and many
//! side by side, until it is told to stop.

use super::account::Standing;
use super::entry::{Entry, Looks, Stage};
use super::events::{Events, Served};
use super::inbox::{Key, Settled, now};
use super::jittered;
use crate::cluster::{Cluster, ClusterError, DEFAULT_TENANT, Message};
use crate::dispatch::DispatchError;
use crate::failure::Failure;
use crate::registry;
use crate::worker::meters::Meters;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::{AbortOnDropHandle, TaskTracker};

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
        tasks.spawn(Arc::clone(&self).prune(stop.clone()));
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
                }
                continue;
            };
            let (keeper, stop) = (Arc::clone(&self), stop.clone());
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

    async fn prune(self: Arc<Self>, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(PRUNED) => {}
            }
            let events = Arc::clone(&self.events);
            let pruned = tokio::task::spawn_blocking(move || events.inbox.prune()).await;
            if let Ok(Err(error)) = pruned {
                tracing::warn!(%error, "what was published long ago is not forgotten");
            }
        }
    }

    async fn look(self: &Arc<Self>, key: &Key, entry: Entry) {
        let (keeper, own, before) = (Arc::clone(self), key.clone(), entry.clone());
        // What confirms an event is an author's code, which may panic: a task of its own ends alone.
        let looked = AbortOnDropHandle::new(tokio::spawn(async move { keeper.settled(&own, entry).await })).await;
        let settled = looked.unwrap_or_else(|_| {
            let reason = "what confirms it crashed: the worker's standard error tells where";
            self.wait(key, before, Waits::Failed(reason.to_owned()))
        });
        tracing::debug!(%key, ?settled, "looked at");
        self.events.inbox.settle(key, settled).await;
    }

    async fn settled(&self, key: &Key, mut entry: Entry) -> Settled {
        let Some((connector, event, subject)) = key.parts() else { return Settled::Dropped(entry) };
        let Some(served) = self.events.of(connector, event) else {
            // There was an account when it came, and may be one again at the next start.
            return self.wait(key, entry, Waits::Failed(format!("there is no account for `{connector}`")));
        };
        let (happened, end) = match entry.stage.clone() {
            Stage::Published { .. } => return Settled::Dropped(entry),
            Stage::Happened { event, end } => (event, end),
            Stage::Open => match self.ask(served, connector, subject, entry.told.account.as_deref()).await {
                Ok(Happened { account, event, end }) => {
                    entry.told.account = Some(account);
                    (event, end)
                }
                Err(waits) => return self.wait(key, entry, waits),
            },
        };
        let event_type = served.definition.event_type.as_str();
        match self.publish(served, subject, &entry, &happened, &end).await {
            Ok(()) => {
                self.meters.inbound(event_type, "correlated");
                tracing::info!(%key, end, called = entry.told.called, "published");
                entry.stage = Stage::Published { end, at: now() };
                Settled::Published(entry)
            }
            Err(error) => {
                self.meters.inbound(event_type, "correlation-failed");
                let is_new = entry.stage == Stage::Open;
                entry.looks.failed = 0;
                entry.looks.unpublished = entry.looks.unpublished.saturating_add(1);
                entry.stage = Stage::Happened { event: happened, end };
                if !error.may_pass() && entry.is_over(now(), self.events.pace) {
                    tracing::error!(%key, %error, "given up: the cluster has refused the message for too long");
                    return Settled::Dropped(entry);
                }
                if entry.looks.unpublished == 1 || !error.may_pass() {
                    tracing::warn!(%key, %error, "not published yet");
                }
                let longest = if error.may_pass() { LONGEST_WAIT } else { LONGEST_PAUSE };
                let pause = jittered(growing(entry.looks.unpublished).min(longest));
                if is_new { Settled::Changed(entry, pause) } else { Settled::Later(entry, pause) }
            }
        }
    }

    /// What becomes of an entry that nothing is known to have happened of.
    fn wait(&self, key: &Key, mut entry: Entry, waits: Waits) -> Settled {
        let (now, pace) = (now(), self.events.pace);
        let looks = entry.looks;
        match waits {
            // Who was not asked has not been looked at in vain.
            Waits::NotNow(wait) if entry.is_watched() || !entry.is_over(now, pace) => Settled::Later(entry, wait),
            Waits::NotNow(_) => self.give_up(key, entry),
            Waits::Pending { account } => {
                entry.looks = Looks { asked: looks.asked.saturating_add(1), ..Looks::default() };
                if entry.is_over(now, pace) {
                    return self.give_up(key, entry);
                }
                let pause = jittered(entry.pause(now, pace));
                if entry.told.account.as_ref() == Some(&account) {
                    return Settled::Later(entry, pause);
                }
                // Now it is known to be, and goes before what anybody may say.
                entry.told.account = Some(account);
                Settled::Changed(entry, pause)
            }
            Waits::Unknown => {
                let (asked, unknown) = (looks.asked.saturating_add(1), looks.unknown.saturating_add(1));
                entry.looks = Looks { asked, unknown, ..Looks::default() };
                if entry.is_unfounded() {
                    self.count(key, "dropped");
                    tracing::warn!(%key, "dropped: no account knows of it, so the call was forged or is for another one");
                    return Settled::Dropped(entry);
                }
                if entry.is_over(now, pace) {
                    return self.give_up(key, entry);
                }
                if entry.has_vanished() {
                    tracing::warn!(%key, "the system does not know of what was begun there: it is asked for all the same");
                }
                let pause = jittered(entry.pause(now, pace));
                Settled::Later(entry, pause)
            }
            Waits::Failed(reason) => {
                entry.looks.failed = looks.failed.saturating_add(1);
                if entry.is_over(now, pace) {
                    return self.give_up(key, entry);
                }
                if entry.looks.failed == 1 {
                    tracing::warn!(%key, reason, "it cannot be found out yet what has become of it");
                }
                let pause = jittered(growing(entry.looks.failed).min(LONGEST_PAUSE));
                Settled::Later(entry, pause)
            }
        }
    }

    fn give_up(&self, key: &Key, entry: Entry) -> Settled {
        self.count(key, "given-up");
        tracing::warn!(%key, looks = ?entry.looks, "given up: it has been waited for too long");
        Settled::Dropped(entry)
    }

    fn count(&self, key: &Key, action: &'static str) {
        let served = key.parts().and_then(|(connector, event, _)| self.events.of(connector, event));
        let event_type = served.map(|served| served.definition.event_type.as_str());
        self.meters.inbound(event_type.unwrap_or_default(), action);
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
            let turn = match asking.turn(standing) {
                Ok(turn) => turn,
                Err(wait) => {
                    not_now = not_now.max(Some(wait));
                    continue;
                }
            };
            let question =
                asking.account.question(&served.confirmation, subject, &self.events.dispatcher, &*self.events.secrets);
            let question = match question {
                Ok(question) => question,
                // The account is sound, so it is the subject that the operation does not take: there is none like it.
                Err(DispatchError::Refused(_)) => continue,
                Err(error) => {
                    failed = Some(format!("{}: {error}", asking.account.name));
                    continue;
                }
            };
            let answer = self.events.dispatcher.execute(question).await;
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
                    let (error, after) = match &failure {
                        Failure::Retryable { error, after } => (Some(error), *after),
                        Failure::Terminal { error } => (Some(error), None),
                        Failure::Bpmn { .. } => (None, None),
                    };
                    if error.is_some_and(|error| served.confirmation.is_unknown(error)) {
                        continue;
                    }
                    let code = error.and_then(|error| error.code.as_deref());
                    if let Some(silence) = after.or((code == Some("429")).then_some(SILENCE)) {
                        asking.be_silent(silence);
                    }
                    let code = code.map(|code| format!(" ({code})")).unwrap_or_default();
                    failed = Some(format!("{}: {failure}{code}", name()));
                }
                Err(error) => failed = Some(format!("{}: {error}", name())),
            }
            drop(turn);
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
        let id = format!("{subject}:{end}");
        let own = entry.told.tenant.as_deref().map(|tenant| vec![tenant]);
        let tenants = own.unwrap_or_else(|| self.cluster.tenants().iter().map(String::as_str).collect());
        let tenants = if tenants.is_empty() { vec![DEFAULT_TENANT] } else { tenants };
        let event_type = served.definition.event_type.as_str();
        for tenant in tenants {
            let begun = (tenant, entry.told.process.as_deref());
            let (variables, time_to_live) = self.events.mappings.content((event_type, &served.mapping), begun, event);
            let message = Message {
                name: event_type,
                correlation_key: subject,
                id: Some(&id),
                time_to_live: time_to_live.unwrap_or(self.time_to_live),
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
}

/// One second, two, four and so on.
fn growing(tries: u32) -> Duration {
    Duration::from_secs(2_u64.pow(tries.saturating_sub(1).min(10)))
}
