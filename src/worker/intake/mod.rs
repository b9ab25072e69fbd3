//! Takes jobs of one type as room is made for them: by polling, and where the cluster streams jobs, from the stream too.
//!
//! ```text
//! poll    asks for as many jobs as there is room for, several times at once while jobs wait
//! stream  takes jobs that are pushed, one when there is room for one
//! ```
//!
//! Both draw on one room, so that there are never more jobs executed than the subscription allows.

mod poll;
#[cfg(feature = "grpc")]
mod stream;

use super::handling::Handling;
use super::subscription::Subscription;
use crate::cluster::{Activation, Job};
use std::sync::Arc;
use std::time::Duration;
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
    handling: Handling,
    room: Arc<Semaphore>,
    wait: Duration,
    jobs: TaskTracker,
    stop: CancellationToken,
}

impl Intake {
    /// Jobs are begun as tasks among `jobs`, until `stop`. `wait` is how long a poll may take.
    pub(super) fn new(handling: Handling, wait: Duration, jobs: TaskTracker, stop: CancellationToken) -> Self {
        let room = Arc::new(Semaphore::new(handling.subscription.max_jobs));
        Self { handling, room, wait, jobs, stop }
    }

    /// Until it is told to stop.
    pub(super) async fn run(self) {
        let intake = Arc::new(self);
        #[cfg(feature = "grpc")]
        if intake.handling.cluster.streams() {
            let (told, standing) = watch::channel(Standing::Streaming);
            tokio::join!(Arc::clone(&intake).poll(standing), intake.stream(told));
            return;
        }
        let (_told, standing) = watch::channel(Standing::Alone);
        intake.poll(standing).await;
    }

    fn subscription(&self) -> &Subscription {
        &self.handling.subscription
    }

    fn activation(&self, limit: usize, wait: Duration) -> Activation<'_> {
        Activation {
            job_type: &self.subscription().job_type,
            worker: &self.subscription().worker,
            timeout: self.subscription().job_timeout,
            limit,
            variables: &self.subscription().variables,
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
        self.handling.meters.activated(self.subscription(), &job);
        let (handling, returned) = (self.handling.clone(), self.stop.is_cancelled());
        self.jobs.spawn(async move {
            if returned {
                handling.hand_back(job).await;
            } else {
                handling.handle(job, permit).await;
            }
        });
    }
}
