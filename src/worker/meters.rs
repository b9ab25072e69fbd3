//! What a worker counts, by the names of Camunda's connector runtime (contract, section 5.2) in Prometheus's spelling.

use super::answer;
use super::subscription::Subscription;
use crate::cluster::Job;
use crate::dispatch::outcome::Outcome;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use std::fmt;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

const INBOUND: &str = "camunda_connector_inbound";

type Labels = Vec<(&'static str, String)>;

/// What a worker counts.
#[derive(Debug)]
pub struct Meters {
    registry: Mutex<Registry>,
    invocations: Family<Labels, Counter>,
    execution_time: Family<Labels, Histogram, fn() -> Histogram>,
    last_completed: Family<Labels, Gauge>,
    last_failed: Family<Labels, Gauge>,
    max_execution_time: Family<Labels, Gauge>,
    jobs_activated: Family<Labels, Counter>,
    jobs_handled: Family<Labels, Counter>,
    running: Family<Labels, Gauge>,
    inbound_triggers: Family<Labels, Counter>,
    inbound_refused: Family<Labels, Counter>,
}

/// How many events are open, asked for when somebody wants to know.
struct Open(Box<dyn Fn() -> usize + Send + Sync>);

impl fmt::Debug for Open {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Open({})", (self.0)())
    }
}

impl Collector for Open {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let open = ConstGauge::new(i64::try_from((self.0)()).unwrap_or(i64::MAX));
        let told = "Events that are known of and not yet passed on";
        open.encode(encoder.encode_descriptor("open", told, None, open.metric_type())?)
    }
}

/// From 5 ms to 80 s, each bound twice the one before.
fn histogram() -> Histogram {
    Histogram::new(prometheus_client::metrics::histogram::exponential_buckets(0.005, 2.0, 15))
}

impl Default for Meters {
    fn default() -> Self {
        Self::new()
    }
}

impl Meters {
    /// Nothing counted yet.
    #[must_use]
    pub fn new() -> Self {
        let mut registry = Registry::default();
        let meters = Self {
            registry: Mutex::default(),
            invocations: Family::default(),
            execution_time: Family::new_with_constructor(histogram),
            last_completed: Family::default(),
            last_failed: Family::default(),
            max_execution_time: Family::default(),
            jobs_activated: Family::default(),
            jobs_handled: Family::default(),
            running: Family::default(),
            inbound_triggers: Family::default(),
            inbound_refused: Family::default(),
        };
        let client = registry.sub_registry_with_prefix("camunda_client_worker_job");
        client.register("activated", "Jobs activated", meters.jobs_activated.clone());
        client.register("handled", "Jobs done with, answered or not", meters.jobs_handled.clone());
        let outbound = registry.sub_registry_with_prefix("camunda_connector_outbound");
        outbound.register(
            "invocations",
            "Jobs activated, and answers that the cluster has taken",
            meters.invocations.clone(),
        );
        outbound.register_with_unit(
            "execution_time",
            "From a job's activation to its answer",
            Unit::Seconds,
            meters.execution_time.clone(),
        );
        outbound.register(
            "last_completed",
            "When a job was last completed, in epoch ms",
            meters.last_completed.clone(),
        );
        outbound.register("last_failed", "When a job last failed, in epoch ms", meters.last_failed.clone());
        outbound.register(
            "max_execution_time",
            "The longest time from a job's activation to its answer, in ms",
            meters.max_execution_time.clone(),
        );
        outbound.register(
            "running",
            "Jobs that are executed, or wait for the cluster to take their answers",
            meters.running.clone(),
        );
        let inbound = registry.sub_registry_with_prefix(INBOUND);
        inbound.register("refused", "Calls that were refused, by their status", meters.inbound_refused.clone());
        inbound.register(
            "triggers",
            "Events and webhooks that were told of, and what became of them",
            meters.inbound_triggers.clone(),
        );
        Self { registry: Mutex::new(registry), ..meters }
    }

    /// All of it in the text format of `OpenMetrics`.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        let registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        // Writing to a string cannot fail.
        let _ = encode(&mut text, &registry);
        text
    }

    pub(super) fn activated(&self, subscription: &Subscription, job: &Job) {
        self.invocations.get_or_create(&with_action(labels(subscription, job), "activated")).inc();
        self.jobs_activated.get_or_create(&of_type(subscription)).inc();
        self.running.get_or_create(&of_type(subscription)).inc();
    }

    /// A job is done with; an answer that the cluster did not take is no answer.
    pub(super) fn answered(&self, subscription: &Subscription, job: &Job, outcome: &Outcome, took: Duration) {
        let labels = labels(subscription, job);
        self.execution_time.get_or_create(&labels).observe(took.as_secs_f64());
        let milliseconds = i64::try_from(took.as_millis()).unwrap_or(i64::MAX);
        self.max_execution_time
            .get_or_create(&of_type(subscription))
            .inner()
            .fetch_max(milliseconds, Ordering::Relaxed);
        self.invocations.get_or_create(&with_action(labels, answer::name(outcome))).inc();
        let last = match outcome {
            Outcome::Complete { .. } => &self.last_completed,
            Outcome::Fail { .. } => &self.last_failed,
            Outcome::BpmnError { .. } => return,
        };
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        last.get_or_create(&of_type(subscription)).set(i64::try_from(now.as_millis()).unwrap_or(i64::MAX));
    }

    /// Tells from now on how many events are open.
    pub(super) fn watch_open(&self, open: impl Fn() -> usize + Send + Sync + 'static) {
        let mut registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        registry.sub_registry_with_prefix(INBOUND).register_collector(Box::new(Open(Box::new(open))));
    }

    /// A call was refused.
    pub(super) fn refused(&self, event_type: &str, status: u16) {
        let labels = vec![("status", status.to_string()), ("type", event_type.to_owned())];
        self.inbound_refused.get_or_create(&labels).inc();
    }

    /// Something has become of what was told of an event or to a webhook: `triggered`, `correlated`, `correlation-failed`,
    /// `dropped`, `given-up` or `activation-condition-failed`.
    pub(super) fn inbound(&self, event_type: &str, action: &'static str) {
        let labels = vec![("action", action.to_owned()), ("type", event_type.to_owned())];
        self.inbound_triggers.get_or_create(&labels).inc();
    }

    /// A job is no longer this worker's.
    pub(super) fn ended(&self, subscription: &Subscription) {
        self.jobs_handled.get_or_create(&of_type(subscription)).inc();
        self.running.get_or_create(&of_type(subscription)).dec();
    }
}

fn of_type(subscription: &Subscription) -> Labels {
    vec![("type", subscription.job_type.clone())]
}

fn labels(subscription: &Subscription, job: &Job) -> Labels {
    let header = |name| job.header(name).unwrap_or("unknown").to_owned();
    vec![
        ("type", subscription.job_type.clone()),
        ("elementTemplateId", header("elementTemplateId")),
        ("elementTemplateVersion", header("elementTemplateVersion")),
    ]
}

fn with_action(mut labels: Labels, action: &'static str) -> Labels {
    labels.insert(0, ("action", action.to_owned()));
    labels
}
