//! Asks for jobs: for long where they come in no other way, else at once and now and then.

use super::{BUSY, Intake, Standing, UNREACHABLE};
use crate::cluster::ClusterError;
use crate::worker::backoff::Backoff;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, watch};

/// Between two questions to a gateway that answers at once that there is nothing, as Camunda's client has it.
const UNWAITED: Duration = Duration::from_millis(100);

impl Intake {
    /// Until the worker is told to stop: waits for room, asks for as many jobs as there is room for, begins each at once.
    ///
    /// A request that is under way when the worker is told to stop is waited for, since its jobs would be lost until they
    /// time out; what it brings is handed back.
    pub(super) async fn poll(&self, mut standing: watch::Receiver<Standing>) {
        let (mut unreachable, mut busy) = (Backoff::up_to(UNREACHABLE), Backoff::up_to(BUSY));
        // Beside a stream there is mostly nothing to be found.
        let mut idle = Backoff::up_to(self.wait);
        let mut reached = true;
        while let Some(permits) = self.room().await {
            let now = *standing.borrow_and_update();
            // Room that is asked for is no room for the stream, so that a stream and a long poll do not go together.
            let wait = if now == Standing::Alone { self.wait } else { Duration::ZERO };
            let asked = Instant::now();
            match self.handling.cluster.activate(&self.activation(permits.len(), wait)).await {
                Ok(jobs) => {
                    if !reached {
                        tracing::info!(job_type = self.subscription().job_type, "the cluster answers again");
                    }
                    reached = true;
                    unreachable.reset();
                    busy.reset();
                    let none = jobs.is_empty();
                    // Should the cluster give more than it was asked for, the rest runs without a permit.
                    let mut permits = permits.into_iter();
                    for job in jobs {
                        self.begin(job, permits.next());
                    }
                    drop(permits);
                    match now {
                        // A gateway that does not wait for jobs is not asked without a pause.
                        Standing::Alone if none && asked.elapsed() < wait / 2 => self.pause(UNWAITED).await,
                        Standing::Alone => {}
                        _ if !none => idle.reset(),
                        Standing::Broken => self.idle(idle.delay().min(UNREACHABLE), &mut standing, &mut idle).await,
                        Standing::Streaming => self.idle(idle.delay(), &mut standing, &mut idle).await,
                    }
                }
                Err(error @ ClusterError::Busy(_)) => {
                    tracing::debug!(job_type = self.subscription().job_type, %error, "activation is slowed down");
                    drop(permits);
                    self.pause(busy.delay()).await;
                }
                Err(error) => {
                    if reached {
                        tracing::warn!(job_type = self.subscription().job_type, %error, "no jobs can be taken; trying on");
                    }
                    reached = false;
                    drop(permits);
                    self.pause(if error.may_pass() { unreachable.delay() } else { busy.delay() }).await;
                }
            }
        }
    }

    /// Until there may be something to be found: after this pause, or when the stream's standing has changed.
    async fn idle(&self, pause: Duration, standing: &mut watch::Receiver<Standing>, idle: &mut Backoff) {
        let changed = async {
            // The stream ends before polling does only when the worker is told to stop.
            if standing.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            () = self.pause(pause) => {}
            () = changed => idle.reset(),
        }
    }

    /// Room for at least one job, with all that there is; none once the worker is to stop.
    async fn room(&self) -> Option<Vec<OwnedSemaphorePermit>> {
        let first = tokio::select! {
            biased;
            () = self.stop.cancelled() => return None,
            permit = Arc::clone(&self.room).acquire_owned() => permit.ok()?,
        };
        let mut permits = vec![first];
        while let Ok(permit) = Arc::clone(&self.room).try_acquire_owned() {
            permits.push(permit);
        }
        Some(permits)
    }
}
