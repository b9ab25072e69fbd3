//! What a cluster's processes wait for: asked again and again where it has the search API, each process read once.

use super::elements::{self, InboundElement};
use crate::cluster::{Cluster, ClusterError, Code, FoundProcess, Problem};
use crate::worker::backoff::Backoff;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// How often a cluster is asked, unless it is said.
pub const INTERVAL: Duration = Duration::from_secs(5);
/// How long is waited at most after a search that failed.
const PAUSE: Duration = Duration::from_secs(30);
/// A process that could not be read is asked for again after so many intervals.
const UNREAD: u32 = 12;
/// How long a cluster that cannot tell which versions wait is not asked for them.
const SELDOM: Duration = Duration::from_secs(600);

/// An inbound element of a process that is deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownElement {
    /// The element.
    pub element: InboundElement,
    /// The version of the process that it is in, by its key.
    pub process_definition_key: String,
    /// The number of that version, where it is known.
    pub version: Option<i64>,
    /// Whose process it is.
    pub tenant: Option<String>,
}

/// All that is known of a cluster's processes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// The elements of the newest versions by process and tenant, and after them, the newer ones first, of older versions in
    /// which instances still wait, those in which no process begins.
    pub elements: Vec<KnownElement>,
    /// Whether the cluster has told anything yet, were it that it never will: that it has no search, or not for us.
    pub has_answered: bool,
}

/// Asks a cluster for its processes.
#[derive(Debug)]
pub struct Discovery {
    cluster: Cluster,
    interval: Duration,
    known: watch::Sender<Arc<Known>>,
    /// By the process's key: a process never changes. What is no BPMN has no elements.
    read: HashMap<String, Arc<[InboundElement]>>,
    /// Processes that could not be read, by their keys, each with the time when that was tried.
    unread: HashMap<String, Instant>,
    /// The versions in which instances waited when the cluster last told.
    waiting: Vec<FoundProcess>,
    /// When the cluster could not tell which versions wait.
    cannot_tell: Option<Instant>,
}

impl Discovery {
    /// Asks this cluster every `interval`.
    #[must_use]
    pub fn new(cluster: Cluster, interval: Duration) -> Self {
        let known = watch::Sender::new(Arc::default());
        let (read, unread) = (HashMap::new(), HashMap::new());
        Self { cluster, interval, known, read, unread, waiting: Vec::new(), cannot_tell: None }
    }

    /// What is known, and a sign each time that it changes. Nothing is known at first.
    #[must_use]
    pub fn known(&self) -> watch::Receiver<Arc<Known>> {
        self.known.subscribe()
    }

    /// Asks until it is told to stop. While the cluster does not answer, what is known stays known.
    pub async fn run(mut self, stop: CancellationToken) {
        let (mut failing, mut backoff) = (false, Backoff::up_to(PAUSE));
        loop {
            let asked = tokio::select! {
                () = stop.cancelled() => return,
                asked = self.ask() => asked,
            };
            let pause = match asked {
                Ok(known) => {
                    if failing {
                        tracing::info!("the cluster tells of its processes again");
                    }
                    failing = false;
                    backoff.reset();
                    // Who follows hears of changes alone.
                    self.known.send_if_modified(|before| {
                        let changed = **before != known;
                        if changed {
                            *before = Arc::new(known);
                        }
                        changed
                    });
                    self.interval
                }
                Err(error) => {
                    if !failing {
                        tracing::warn!(
                            %error,
                            "the cluster does not tell of its processes, which needs its search API (REST, Camunda 8.8 or newer): \
                             webhooks of files and routes are served, and it is asked again now and then"
                        );
                    }
                    failing = true;
                    if self.never_tells(&error).await {
                        self.known.send_if_modified(|known| {
                            let is_news = !known.has_answered;
                            Arc::make_mut(known).has_answered = true;
                            is_news
                        });
                    }
                    // One that does not know the endpoint will not know it soon.
                    if error.may_pass() && !cannot(&error) { backoff.delay() } else { PAUSE }
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Whether a cluster that is there has no search, or not for us.
    async fn never_tells(&self, error: &ClusterError) -> bool {
        match error {
            // What stands before a gateway that is away says the same.
            ClusterError::Unable(Problem { code: Code::Http(404), .. }) => self.cluster.topology().await.is_ok(),
            error => cannot(error),
        }
    }

    async fn ask(&mut self) -> Result<Known, ClusterError> {
        let mut newest = self.cluster.newest_processes().await?;
        self.keep_tenants(&mut newest);
        newest.sort_by(|one, other| {
            (&one.process_id, &one.tenant, &one.key).cmp(&(&other.process_id, &other.tenant, &other.key))
        });
        let mut waiting = self.waiting().await?;
        self.keep_tenants(&mut waiting);
        let are_newest: HashSet<&str> = newest.iter().map(|process| process.key.as_str()).collect();
        // One version is told of for each tenant, and once.
        let older: BTreeMap<String, FoundProcess> = waiting
            .into_iter()
            .filter(|process| !are_newest.contains(process.key.as_str()))
            .map(|process| (process.key.clone(), process))
            .collect();
        // Keys grow.
        let mut older: Vec<FoundProcess> = older.into_values().collect();
        older.sort_by(|one, other| (other.key.len(), &other.key).cmp(&(one.key.len(), &one.key)));
        let mut known = Known { has_answered: true, ..Known::default() };
        for process in &newest {
            known.elements.extend(self.elements(process).await?);
        }
        for process in &older {
            let elements = self.elements(process).await?;
            known.elements.extend(elements.into_iter().filter(|known| !known.element.kind.begins_process()));
        }
        let present: HashSet<&String> = newest.iter().chain(&older).map(|process| &process.key).collect();
        self.read.retain(|key, _| present.contains(key));
        self.unread.retain(|key, _| present.contains(key));
        Ok(known)
    }

    /// The versions in which instances wait. Where the cluster cannot tell, they are those of which it told last: none before 8.9.
    async fn waiting(&mut self) -> Result<Vec<FoundProcess>, ClusterError> {
        if self.cannot_tell.is_some_and(|since| since.elapsed() < SELDOM) {
            return Ok(self.waiting.clone());
        }
        match self.cluster.waiting_processes().await {
            Err(error) if cannot(&error) || matches!(error, ClusterError::Answer(_)) => {
                if self.cannot_tell.is_none() {
                    let why = "older versions are not looked for: that needs Camunda 8.9 or newer, and the permission to read instances";
                    tracing::info!(%error, why);
                }
                self.cannot_tell = Some(Instant::now());
                Ok(self.waiting.clone())
            }
            Ok(waiting) => {
                self.cannot_tell = None;
                self.waiting.clone_from(&waiting);
                Ok(waiting)
            }
            Err(error) => Err(error),
        }
    }

    /// Those of the tenants that are worked for; all, if none is named.
    fn keep_tenants(&self, processes: &mut Vec<FoundProcess>) {
        let tenants = self.cluster.tenants();
        let ours = |process: &FoundProcess| process.tenant.as_ref().is_none_or(|tenant| tenants.contains(tenant));
        processes.retain(|process| tenants.is_empty() || ours(process));
    }

    async fn elements(&mut self, process: &FoundProcess) -> Result<Vec<KnownElement>, ClusterError> {
        let is_due = self.unread.get(&process.key).is_none_or(|tried| tried.elapsed() >= self.interval * UNREAD);
        if is_due && !self.read.contains_key(&process.key) {
            self.read(process).await?;
        }
        let elements = self.read.get(&process.key).cloned().unwrap_or_default();
        let known = |element: &InboundElement| KnownElement {
            element: element.clone(),
            process_definition_key: process.key.clone(),
            version: process.version,
            tenant: process.tenant.clone(),
        };
        // A file may hold several processes, each of which is found by itself.
        Ok(elements.iter().filter(|element| element.process_id == process.process_id).map(known).collect())
    }

    /// Reads a process. One that cannot be read does no harm to the others: it is tried again after a while.
    async fn read(&mut self, process: &FoundProcess) -> Result<(), ClusterError> {
        let FoundProcess { key, process_id, .. } = process;
        match self.cluster.process_xml(key).await {
            Ok(xml) => {
                let elements = elements::read(&xml).map_or_else(
                    |error| {
                        let (line, reason) = (error.line, error.reason);
                        tracing::warn!(line, reason, process = process_id, key, "a process cannot be read");
                        Arc::default()
                    },
                    Arc::from,
                );
                self.unread.remove(key);
                self.read.insert(key.clone(), elements);
                Ok(())
            }
            Err(error @ (ClusterError::Token { .. } | ClusterError::Busy(_))) => Err(error),
            Err(error) => {
                if self.unread.insert(key.clone(), Instant::now()).is_none() {
                    tracing::warn!(%error, process = process_id, key, "a process cannot be read, and is asked for again now and then");
                }
                // The cluster may be away, or just this one too large: then it is passed over next time.
                if let ClusterError::Transport(_) = error { Err(error) } else { Ok(()) }
            }
        }
    }
}

/// Tells what is known, now and each time that it changes, until it is told to stop.
pub(super) async fn each(
    mut known: watch::Receiver<Arc<Known>>,
    stop: CancellationToken,
    mut tell: impl FnMut(&Known),
) {
    loop {
        let now = Arc::clone(&known.borrow_and_update());
        tell(&now);
        let changed = tokio::select! {
            () = stop.cancelled() => false,
            changed = known.changed() => changed.is_ok(),
        };
        if !changed {
            return;
        }
    }
}

/// Whether the cluster has no such endpoint, or not for us.
fn cannot(error: &ClusterError) -> bool {
    use Code::Http;
    match error {
        ClusterError::NotFound(_) => true,
        ClusterError::Unable(problem) | ClusterError::Refused(problem) => {
            matches!(problem.code, Http(400 | 403 | 404 | 405 | 501)) || error.is_unknown_call()
        }
        _ => false,
    }
}
