//! One job, from its activation to its answer.

use super::answer;
use super::deadline::{self, Withheld};
use super::execution::Execution;
use super::meters::Meters;
use super::secret_names::SecretNames;
use super::subscription::Subscription;
use crate::cluster::{Cluster, Job};
use crate::dispatch::outcome::Outcome;
use crate::failure::Failure;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tracing::{Instrument, Span};

/// What handles the jobs of a subscription.
#[derive(Debug, Clone)]
pub(super) struct Handling {
    pub(super) cluster: Cluster,
    pub(super) execution: Arc<Execution>,
    pub(super) meters: Arc<Meters>,
    pub(super) secrets: Arc<SecretNames>,
    pub(super) subscription: Arc<Subscription>,
    /// Room for answers, apart from that for jobs.
    pub(super) answers: Arc<Semaphore>,
}

impl Handling {
    /// Executes a job and answers it. Its room is another job's as soon as it is executed, while there is room for its answer:
    /// so the cluster has the question for the next jobs before it has all the answers to the last.
    pub(super) async fn handle(&self, job: Job, room: Option<OwnedSemaphorePermit>) {
        let span = span(&job);
        self.work(job, room).instrument(span).await;
        self.meters.ended(&self.subscription);
    }

    /// Gives a job back that came when the worker was to stop.
    pub(super) async fn hand_back(&self, job: Job) {
        answer::hand_back(&self.cluster, &job).instrument(span(&job)).await;
        self.meters.ended(&self.subscription);
    }

    async fn work(&self, mut job: Job, room: Option<OwnedSemaphorePermit>) {
        tracing::debug!("job received");
        let begun = Instant::now();
        let extended = deadline::extend(&self.cluster, &mut job).await;
        let job = Arc::new(job);
        let outcome = match extended {
            Ok(()) => self.execute(&job, None).await,
            Err(Withheld::Gone) => return,
            Err(Withheld::Refused(failure)) => Some(Outcome::of_failure(failure, job.retries)),
            Err(Withheld::Failed(failure)) => self.execute(&job, Some(failure)).await,
        };
        let Some(outcome) = outcome else {
            tracing::warn!(
                "the job's time was over before it could be begun, by this machine's clock: it is left to another worker"
            );
            return;
        };
        // Without room for its answer it keeps its own: no answer waits for another's.
        let answering = self.answers.try_acquire().ok();
        let _room = room.filter(|_| answering.is_none());
        if answer::send(&self.cluster, &job, &outcome).await {
            log(&outcome, begun);
            self.meters.answered(&self.subscription, &job, &outcome, begun.elapsed());
        }
    }

    /// In a task of its own, so that a panic in an author's operation fails the job and nothing else.
    async fn execute(&self, job: &Arc<Job>, withheld: Option<Failure>) -> Option<Outcome> {
        let names = match withheld {
            Some(failure) => Err(failure),
            None => self.secrets.of(&self.cluster, job).await,
        };
        let (execution, subscription, executed) =
            (Arc::clone(&self.execution), Arc::clone(&self.subscription), Arc::clone(job));
        let executed = async move {
            let names = names.as_ref().map(Option::as_deref).map_err(Failure::clone);
            execution.execute(&subscription.connector, &executed, names).await
        };
        tokio::spawn(executed.in_current_span()).await.unwrap_or_else(|_| Some(self.execution.crashed(job)))
    }
}

/// What every line that is logged of a job tells; and a trace of it.
fn span(job: &Job) -> Span {
    let header = |name| job.header(name).map(tracing::field::display);
    // At the highest level, so that a filter such as `warn` does not take the fields from the lines that it leaves.
    tracing::error_span!(
        "job",
        key = job.key,
        tenant = job.tenant,
        process = job.process_id,
        instance = job.process_instance_key,
        element = job.element_id,
        template = header("elementTemplateId"),
        template_version = header("elementTemplateVersion"),
    )
}

/// What an operator is told of an answer: failures at once, the rest when asked for.
fn log(outcome: &Outcome, begun: Instant) {
    let milliseconds = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    let outcome_name = answer::name(outcome);
    match outcome {
        Outcome::Fail { message, retries, .. } => {
            // Not `message`: the line itself has one.
            tracing::warn!(retries, milliseconds, reason = message.as_str(), "job failed");
        }
        Outcome::BpmnError { code, .. } => {
            tracing::debug!(code, milliseconds, outcome = outcome_name, "job answered");
        }
        Outcome::Complete { .. } => tracing::debug!(milliseconds, outcome = outcome_name, "job answered"),
    }
}
