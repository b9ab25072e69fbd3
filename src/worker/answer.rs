//! The one command that a job is answered with, repeated until the cluster has taken it or the job is no longer ours.

use super::backoff::Backoff;
use crate::cluster::{Cluster, ClusterError, Job};
use crate::dispatch::outcome::Outcome;
use serde_json::Map;
use std::time::{Duration, SystemTime};

/// The longest pause between two attempts.
const LONGEST: Duration = Duration::from_secs(5);

/// Sends the outcome; `true` once the cluster has taken it.
///
/// Whoever finished the work has to get rid of it: the attempts go on until the job's deadline. But a failure with retries
/// left that may have been taken makes the job another worker's: told again, it would fail that worker's try, and begin a
/// second one beside it. So it is then told again only while its own back-off keeps the job from everybody; and not at all
/// once the job's time is over.
pub(super) async fn send(cluster: &Cluster, job: &Job, outcome: &Outcome) -> bool {
    let mut backoff = Backoff::up_to(LONGEST);
    let mut until = job.deadline;
    let tries_again = matches!(outcome, Outcome::Fail { retries: 1.., .. });
    if tries_again && SystemTime::now() > until {
        tracing::warn!("the job's time is over: its failure is left to another worker");
        return false;
    }
    loop {
        let sent = SystemTime::now();
        let error = match command(cluster, job, outcome).await {
            Ok(()) => return true,
            Err(error) => error,
        };
        if error.job_is_gone() {
            // Its deadline has passed, its instance was cancelled, or an answer was lost that had been taken.
            tracing::debug!(%error, "the job is gone");
            return false;
        }
        if let Outcome::Fail { retries: 1.., backoff, .. } = outcome
            && !error.nothing_was_done()
        {
            until = until.min(sent.checked_add(backoff.unwrap_or_default()).unwrap_or(until));
        }
        let passes = error.may_pass() || error.is_no_admission();
        if !passes && !matches!(outcome, Outcome::Fail { .. }) {
            return refuse(cluster, job, outcome, &error).await;
        }
        let delay = backoff.delay();
        if !passes || SystemTime::now() + delay > until {
            tracing::error!(outcome = name(outcome), %error, "the job cannot be answered");
            return false;
        }
        tracing::debug!(%error, "answering the job is tried again");
        tokio::time::sleep(delay).await;
    }
}

/// Makes an incident of a job whose result the cluster refuses: the work is done, and a repetition would do it again.
async fn refuse(cluster: &Cluster, job: &Job, outcome: &Outcome, refusal: &ClusterError) -> bool {
    tracing::error!(outcome = name(outcome), error = %refusal, "the job's answer is refused");
    let message = format!("The operation was executed, but its result cannot be handed over: {refusal}");
    if let Err(error) = cluster.fail(&job.key, 0, &message, None, &Map::new()).await {
        tracing::error!(%error, "the job cannot be answered");
    }
    false
}

async fn command(cluster: &Cluster, job: &Job, outcome: &Outcome) -> Result<(), ClusterError> {
    match outcome {
        Outcome::Complete { variables } => cluster.complete(&job.key, variables).await,
        Outcome::BpmnError { code, message, variables } => {
            cluster.throw_error(&job.key, code, message.as_deref(), variables).await
        }
        Outcome::Fail { message, retries, backoff, variables } => {
            cluster.fail(&job.key, *retries, message, *backoff, variables).await
        }
    }
}

/// Gives a job back that was not begun: its time is made to end now, so that another worker gets it.
pub(super) async fn hand_back(cluster: &Cluster, job: &Job) {
    match cluster.update_timeout(&job.key, Duration::from_millis(1)).await {
        Ok(()) => tracing::info!("handed back"),
        Err(error) => tracing::warn!(%error, "cannot be handed back: it has to time out"),
    }
}

/// What an outcome is called in logs and metrics.
pub(super) fn name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Complete { .. } => "completed",
        Outcome::BpmnError { .. } => "bpmn-error",
        Outcome::Fail { .. } => "failed",
    }
}
