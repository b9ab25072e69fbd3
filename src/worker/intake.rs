//! Takes jobs of one type as room is made for them.

use super::backoff::Backoff;
use super::handling::Handling;
use super::subscription::Subscription;
use crate::cluster::{Activation, ClusterError, Job};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The longest pause while the cluster cannot be reached: work is taken up within a second of its return.
const UNREACHABLE: Duration = Duration::from_millis(500);
/// The longest pause while the cluster asks to be spared.
const BUSY: Duration = Duration::from_secs(5);

pub(super) struct Intake {
    pub(super) handling: Handling,
    pub(super) wait: Duration,
    pub(super) jobs: TaskTracker,
    pub(super) stop: CancellationToken,
}

impl Intake {
    /// Until it is told to stop: waits for room, asks for as many jobs as there is room for, begins each at once.
    ///
    /// A request that is under way when the worker is told to stop is waited for, since its jobs would be lost until they
    /// time out; what it brings is handed back.
    pub(super) async fn run(self) {
        let room = Arc::new(Semaphore::new(self.subscription().max_jobs));
        let (mut unreachable, mut busy) = (Backoff::up_to(UNREACHABLE), Backoff::up_to(BUSY));
        let mut reached = true;
        while let Some(permits) = self.room(&room).await {
            let pause = match self.activate(permits.len()).await {
                Ok(jobs) => {
                    if !reached {
                        tracing::info!(job_type = self.subscription().job_type, "the cluster answers again");
                    }
                    reached = true;
                    unreachable.reset();
                    busy.reset();
                    self.handling.meters.activated(self.subscription(), &jobs);
                    // Should the cluster give more than it was asked for, the rest runs without a permit.
                    let mut permits = permits.into_iter();
                    for job in jobs {
                        self.begin(job, permits.next());
                    }
                    None
                }
                Err(error @ ClusterError::Busy(_)) => {
                    tracing::debug!(job_type = self.subscription().job_type, %error, "activation is slowed down");
                    Some(busy.delay())
                }
                Err(error) => {
                    if reached {
                        tracing::warn!(job_type = self.subscription().job_type, %error, "no jobs can be taken; trying on");
                    }
                    reached = false;
                    Some(if error.may_pass() { unreachable.delay() } else { busy.delay() })
                }
            };
            if let Some(pause) = pause {
                tokio::select! {
                    () = tokio::time::sleep(pause) => {}
                    () = self.stop.cancelled() => {}
                }
            }
        }
    }

    fn subscription(&self) -> &Subscription {
        &self.handling.subscription
    }

    /// Room for at least one job, with all that there is; none once the worker is to stop.
    async fn room(&self, room: &Arc<Semaphore>) -> Option<Vec<OwnedSemaphorePermit>> {
        let first = tokio::select! {
            biased;
            () = self.stop.cancelled() => return None,
            permit = Arc::clone(room).acquire_owned() => permit.ok()?,
        };
        let mut permits = vec![first];
        while let Ok(permit) = Arc::clone(room).try_acquire_owned() {
            permits.push(permit);
        }
        Some(permits)
    }

    async fn activate(&self, limit: usize) -> Result<Vec<Job>, ClusterError> {
        let activation = Activation {
            job_type: &self.subscription().job_type,
            worker: &self.subscription().worker,
            timeout: self.subscription().job_timeout,
            limit,
            variables: &self.subscription().variables,
            wait: self.wait,
        };
        self.handling.cluster.activate(&activation).await
    }

    fn begin(&self, job: Job, permit: Option<OwnedSemaphorePermit>) {
        let (handling, returned) = (self.handling.clone(), self.stop.is_cancelled());
        self.jobs.spawn(async move {
            let _permit = permit;
            if returned {
                handling.hand_back(job).await;
            } else {
                handling.handle(job).await;
            }
        });
    }
}
