//! Takes jobs of one type as room is made for them: by polling, and where the cluster streams jobs, from the stream too.
//!
//! ```text
//! poll    asks for as many jobs as there is room for
//! stream  takes jobs that are pushed, one when there is room for one
//! ```
//!
//! Both draw on one room, so that there are never more jobs running than the subscription allows.

mod poll;
#[cfg(feature = "grpc")]
mod stream;

use super::answer;
use super::execution::{Execution, crashed};
use super::meters::Meters;
use super::subscription::Subscription;
use crate::cluster::{Activation, Cluster, Job};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The longest pause while the cluster cannot be reached: work is taken up within a second of its return.
const UNREACHABLE: Duration = Duration::from_millis(500);
/// The longest pause while the cluster asks to be spared.
const BUSY: Duration = Duration::from_secs(5);

/// What polling has to make up for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(feature = "grpc"), expect(dead_code, reason = "there are no streams"))]
enum Standing {
    /// There is no stream: all jobs come by polling.
    Alone,
    /// A stream is asked for; what it does not bring comes by polling.
    Streaming,
    /// The stream broke, and is asked for again soon.
    Broken,
}

pub(super) struct Intake {
    pub(super) cluster: Cluster,
    pub(super) execution: Arc<Execution>,
    pub(super) meters: Arc<Meters>,
    pub(super) subscription: Arc<Subscription>,
    pub(super) room: Arc<Semaphore>,
    pub(super) wait: Duration,
    pub(super) jobs: TaskTracker,
    pub(super) stop: CancellationToken,
}

impl Intake {
    /// Until it is told to stop.
    pub(super) async fn run(self) {
        #[cfg(feature = "grpc")]
        if self.cluster.streams() {
            let (told, standing) = watch::channel(Standing::Streaming);
            tokio::join!(self.poll(standing), self.stream(told));
            return;
        }
        let (_told, standing) = watch::channel(Standing::Alone);
        self.poll(standing).await;
    }

    fn activation(&self, limit: usize, wait: Duration) -> Activation<'_> {
        Activation {
            job_type: &self.subscription.job_type,
            worker: &self.subscription.worker,
            timeout: self.subscription.job_timeout,
            limit,
            variables: &self.subscription.variables,
            wait,
        }
    }

    async fn pause(&self, pause: Duration) {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = self.stop.cancelled() => {}
        }
    }

    /// Begins a job in a task of its own; one that comes when the worker is told to stop is handed back.
    fn begin(&self, job: Job, permit: Option<OwnedSemaphorePermit>) {
        self.meters.activated(&self.subscription, std::slice::from_ref(&job));
        let (cluster, execution) = (self.cluster.clone(), Arc::clone(&self.execution));
        let (meters, subscription) = (Arc::clone(&self.meters), Arc::clone(&self.subscription));
        let returned = self.stop.is_cancelled();
        self.jobs.spawn(async move {
            let _permit = permit;
            if returned {
                answer::hand_back(&cluster, &job).await;
                meters.ended(&subscription);
                return;
            }
            tracing::debug!(
                job = job.key,
                process = job.process_id,
                instance = job.process_instance_key,
                element = job.element_id,
                "job received"
            );
            let begun = Instant::now();
            let job = Arc::new(job);
            // In a task of its own, so that a panic in an author's operation fails the job and nothing else.
            let executed = {
                let (job, subscription) = (Arc::clone(&job), Arc::clone(&subscription));
                tokio::spawn(async move { execution.execute(&subscription.connector, &job).await })
            };
            let outcome = executed.await.unwrap_or_else(|_| crashed(&job));
            if answer::send(&cluster, &job, &outcome).await {
                meters.answered(&subscription, &job, answer::name(&outcome), &outcome, begun.elapsed());
            }
            meters.ended(&subscription);
        });
    }
}
