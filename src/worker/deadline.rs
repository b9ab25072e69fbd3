//! The task header `jobTimeout`: how long the job is this worker's, told the cluster before the operation is executed
//! (contract, section 4.5).

use crate::cluster::{Cluster, ClusterError, Job};
use crate::dispatch::duration;
use crate::failure::{ErrorType, Failure};
use std::time::{Duration, SystemTime};

/// Why a job is not begun.
#[derive(Debug)]
pub(super) enum Withheld {
    /// It is no longer this worker's: there is nothing to answer.
    Gone,
    /// The header is wrong: every repetition has the same.
    Refused(Failure),
    /// It fails as it would by its operation.
    Failed(Failure),
}

/// The time that the header asks for; none if it is blank.
fn asked(text: &str) -> Result<Option<Duration>, Failure> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let refused = |message: String| Failure::terminal_as(ErrorType::Input, message);
    match duration::parse(text) {
        None => Err(refused(format!(
            "Failed to parse job timeout header. Expected ISO-8601 duration, e.g. PT10M, got: {text}"
        ))),
        Some(time) if time < Duration::from_millis(1) => {
            Err(refused(format!("Job timeout must be a positive duration, got: {text}")))
        }
        Some(time) if i64::try_from(time.as_millis()).is_err() => {
            Err(refused(format!("Job timeout is too large to represent, got: {text}")))
        }
        Some(time) if SystemTime::now().checked_add(time).is_none() => {
            Err(refused(format!("Job timeout is too large to represent as a deadline, got: {text}")))
        }
        Some(time) => Ok(Some(time)),
    }
}

/// Gives the job as much time as it asks for.
///
/// Where the cluster cannot be asked now, the job goes on: with the shorter of the two times, since it may have been told.
pub(super) async fn extend(cluster: &Cluster, job: &mut Job) -> Result<(), Withheld> {
    let header = job.header("jobTimeout").unwrap_or_default();
    let Some(time) = asked(header).map_err(Withheld::Refused)? else { return Ok(()) };
    let deadline = SystemTime::now() + time;
    match cluster.update_timeout(&job.key, time).await {
        Ok(()) => job.deadline = deadline,
        Err(ClusterError::NotFound(problem)) => {
            tracing::debug!(%problem, "the job is gone");
            return Err(Withheld::Gone);
        }
        Err(error) if error.may_pass() => {
            tracing::warn!(%error, "the job cannot be given the time that it asks for");
            job.deadline = job.deadline.min(deadline);
        }
        Err(error) => return Err(Withheld::Failed(error.into())),
    }
    if job.deadline < SystemTime::now() {
        let message =
            format!("Job timeout deadline already elapsed by the time the update was applied for job: {}", job.key);
        return Err(Withheld::Failed(std::io::Error::other(message).into()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_job_asks_for() {
        let asked = |text| asked(text).map_err(|failure| failure.message().to_owned());
        assert_eq!(asked("PT10M"), Ok(Some(Duration::from_secs(600))));
        assert_eq!(asked(" "), Ok(None));
        for (text, problem) in [
            ("10m", "Failed to parse job timeout header. Expected ISO-8601 duration, e.g. PT10M, got: 10m"),
            ("PT0S", "Job timeout must be a positive duration, got: PT0S"),
            ("PT-1M", "Job timeout must be a positive duration, got: PT-1M"),
            ("PT9223372036854776S", "Job timeout is too large to represent, got: PT9223372036854776S"),
        ] {
            assert_eq!(asked(text), Err(problem.to_owned()), "{text}");
        }
    }
}
