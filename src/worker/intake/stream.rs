//! Takes jobs that the cluster pushes.
//!
//! One job at most waits here for room; the stream is not read meanwhile, which HTTP/2 tells the gateway, which then leaves
//! jobs to others or to polling. What is on its way by then waits while its time runs: `http2.rs` keeps that small, and a job
//! that has lost half of its time gets it back before it is begun.

use super::{BUSY, Intake, Standing, UNREACHABLE};
use crate::cluster::{ClusterError, Job, JobStream};
use crate::worker::backoff::Backoff;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};
use tokio::sync::watch;

/// A stream that lasted so long was a good one, and is asked for again without delay.
const GOOD: Duration = Duration::from_secs(10);
/// A gateway that says that it does not stream is asked again after so long.
const AGAIN: Duration = Duration::from_secs(300);
/// How long a stream that is given up is read on for what is on its way, at the most, and while nothing comes.
const LAST: Duration = Duration::from_millis(250);
const NOTHING: Duration = Duration::from_millis(25);

/// Why a stream was given up.
enum End {
    Told,
    Ended,
}

impl Intake {
    /// Until the worker is told to stop: asks for a stream, and again when it ends.
    pub(super) async fn stream(&self, told: watch::Sender<Standing>) {
        let job_type = &self.subscription().job_type;
        let (mut unreachable, mut busy) = (Backoff::up_to(UNREACHABLE), Backoff::up_to(BUSY));
        loop {
            told.send_replace(Standing::Streaming);
            let begun = Instant::now();
            let outcome = self.follow(&told).await;
            if begun.elapsed() > GOOD {
                unreachable.reset();
                busy.reset();
            }
            let pause = match outcome {
                Ok(End::Told) => return,
                Ok(End::Ended) => {
                    tracing::debug!(job_type, "the gateway ended the stream of jobs");
                    unreachable.delay()
                }
                Err(error) if error.is_unknown_call() => {
                    tracing::warn!(job_type, %error, "the gateway does not stream jobs: they are polled for");
                    told.send_replace(Standing::Alone);
                    // Whatever stands before the gateway may have said so in its stead.
                    self.pause(AGAIN).await;
                    if self.stop.is_cancelled() {
                        return;
                    }
                    continue;
                }
                Err(error) => {
                    tracing::debug!(job_type, %error, "there is no stream of jobs");
                    let passes =
                        error.may_pass() && !matches!(error, ClusterError::Busy(_)) && !error.is_no_admission();
                    if passes { unreachable.delay() } else { busy.delay() }
                }
            };
            told.send_replace(Standing::Broken);
            self.pause(pause).await;
            if self.stop.is_cancelled() {
                return;
            }
        }
    }

    async fn follow(&self, told: &watch::Sender<Standing>) -> Result<End, ClusterError> {
        let activation = self.activation(0, Duration::ZERO);
        let opened = self.handling.cluster.stream(&activation);
        tokio::pin!(opened);
        let mut stream = tokio::select! {
            biased;
            () = self.stop.cancelled() => {
                if let Ok(Ok(stream)) = tokio::time::timeout(NOTHING, &mut opened).await {
                    self.give_up(stream, None).await;
                }
                return Ok(End::Told);
            }
            stream = &mut opened => stream?,
        };
        loop {
            let next = tokio::select! {
                biased;
                () = self.stop.cancelled() => None,
                next = stream.next() => Some(next?),
            };
            let job = match next {
                None => {
                    self.give_up(stream, None).await;
                    return Ok(End::Told);
                }
                Some(None) => return Ok(End::Ended),
                Some(Some(job)) => job,
            };
            let room = Arc::clone(&self.room);
            let permit = if let Ok(permit) = Arc::clone(&room).try_acquire_owned() {
                Some(permit)
            } else {
                // What the gateway cannot push from now on is there for polling.
                told.send_modify(|_| {});
                tokio::select! {
                    biased;
                    () = self.stop.cancelled() => None,
                    permit = room.acquire_owned() => permit.ok(),
                }
            };
            if permit.is_none() {
                self.give_up(stream, Some(job)).await;
                return Ok(End::Told);
            }
            if let Some(job) = self.in_time(job).await {
                self.begin(job, permit);
            }
        }
    }

    /// The job with enough of its time left; none if it has been taken away meanwhile.
    async fn in_time(&self, mut job: Job) -> Option<Job> {
        let timeout = self.subscription().job_timeout;
        if job.deadline > SystemTime::now() + timeout / 2 {
            return Some(job);
        }
        let asked = SystemTime::now();
        match self.handling.cluster.update_timeout(&job.key, timeout).await {
            Ok(()) => job.deadline = asked + timeout,
            Err(ClusterError::NotFound(problem)) => {
                tracing::debug!(job = job.key, %problem, "the job timed out before there was room for it");
                return None;
            }
            Err(error) => tracing::debug!(job = job.key, %error, "the job's time is not extended"),
        }
        // If it is over, the job is another worker's.
        (job.deadline > SystemTime::now()).then_some(job)
    }

    /// Ends a stream and hands back what was on its way: after its end, lest it bring the same jobs again.
    async fn give_up(&self, mut stream: JobStream, waiting: Option<Job>) {
        let mut jobs: Vec<Job> = waiting.into_iter().collect();
        let begun = Instant::now();
        while let Some(left) = LAST.checked_sub(begun.elapsed())
            && let Ok(Ok(Some(job))) = tokio::time::timeout(left.min(NOTHING), stream.next()).await
        {
            jobs.push(job);
        }
        drop(stream);
        for job in jobs {
            self.begin(job, None);
        }
    }
}
