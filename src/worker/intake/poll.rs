//! Asks for jobs: for long where they come in no other way, else at once and now and then.

use super::{BUSY, Intake, Standing, UNREACHABLE};
use crate::cluster::ClusterError;
use crate::worker::backoff::Backoff;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::task::JoinSet;

/// Between two questions to a gateway that answers at once that there is nothing, as Camunda's client has it.
const UNWAITED: Duration = Duration::from_millis(100);
/// So many questions are under way at once while jobs wait in the cluster: there a question stands in one queue with the
/// answers to jobs, and room that is made meanwhile would wait for two such queues.
const QUESTIONS: usize = 4;
/// A further question is worth a part of the room like this.
const WORTH: usize = 8;

/// What came of a question.
struct Answer {
    asked_for: usize,
    brought: Result<usize, ClusterError>,
    wait: Duration,
    took: Duration,
}

/// A pause before the next question.
enum Pause {
    /// Since there was nothing: it is cut short when the stream's standing changes.
    Idle(Duration),
    /// Since the cluster could not, or is to be spared.
    Spare(Duration),
}

/// What is remembered from one answer to the next.
struct Polling {
    unreachable: Backoff,
    busy: Backoff,
    idle: Backoff,
    reached: bool,
    /// Whether the last answer was all that was asked for, so that there may be more.
    more: bool,
}

impl Intake {
    /// Until the worker is told to stop: waits for room, asks for as many jobs as there is room for, begins each at once.
    ///
    /// Questions that are under way when the worker is told to stop are waited for, since their jobs would be lost until
    /// they time out; what they bring is handed back.
    pub(super) async fn poll(self: Arc<Self>, mut standing: watch::Receiver<Standing>) {
        let mut polling = Polling {
            unreachable: Backoff::up_to(UNREACHABLE),
            busy: Backoff::up_to(BUSY),
            // Beside a stream there is mostly nothing to be found.
            idle: Backoff::up_to(self.wait),
            reached: true,
            more: false,
        };
        let mut questions = JoinSet::new();
        let mut room = Vec::new();
        while !self.stop.is_cancelled() {
            let now = *standing.borrow_and_update();
            let alone = now == Standing::Alone;
            let first = questions.is_empty();
            let worth = if first { 1 } else { self.subscription().max_jobs.div_ceil(WORTH) };
            if room.len() >= worth {
                // Room that is asked for is no room for the stream, so that a stream and a long poll do not go together; and
                // one question that waits is enough.
                let wait = if alone && first { self.wait } else { Duration::ZERO };
                questions.spawn(Arc::clone(&self).ask(std::mem::take(&mut room), wait));
                continue;
            }
            let further = alone && polling.more && questions.len() < QUESTIONS;
            tokio::select! {
                biased;
                () = self.stop.cancelled() => {}
                Some(answer) = questions.join_next() => {
                    let pause = match answer {
                        Ok(answer) => self.learn(&mut polling, now, answer),
                        // It crashed, which standard error tells.
                        Err(_) => Some(Pause::Spare(UNWAITED)),
                    };
                    // The others will say the same.
                    if let Some(pause) = pause && questions.is_empty() {
                        room.clear();
                        self.rest(pause, &mut standing, &mut polling.idle).await;
                    }
                }
                () = self.gather(&mut room), if first || further => {}
            }
        }
        drop(room);
        questions.join_all().await;
    }

    /// Asks for as many jobs as there is this room, and begins them.
    async fn ask(self: Arc<Self>, room: Vec<OwnedSemaphorePermit>, wait: Duration) -> Answer {
        let (asked, asked_for) = (Instant::now(), room.len());
        let jobs = self.handling.cluster.activate(&self.activation(asked_for, wait)).await;
        let took = asked.elapsed();
        let brought = jobs.map(|jobs| {
            let brought = jobs.len();
            // Should the cluster give more than it was asked for, the rest runs without a permit.
            let mut room = room.into_iter();
            for job in jobs {
                self.begin(job, room.next());
            }
            brought
        });
        Answer { asked_for, brought, wait, took }
    }

    /// Remembers what an answer tells, and returns the pause before the next question.
    fn learn(&self, polling: &mut Polling, now: Standing, answer: Answer) -> Option<Pause> {
        let job_type = &self.subscription().job_type;
        polling.more = answer.brought.as_ref().is_ok_and(|brought| *brought >= answer.asked_for);
        match answer.brought {
            Ok(brought) => {
                if !polling.reached {
                    tracing::info!(job_type, "the cluster answers again");
                }
                polling.reached = true;
                polling.unreachable.reset();
                polling.busy.reset();
                if brought > 0 {
                    polling.idle.reset();
                    return None;
                }
                match now {
                    // A gateway that does not wait for jobs is not asked without a pause.
                    Standing::Alone => (answer.took < answer.wait / 2).then_some(Pause::Spare(UNWAITED)),
                    Standing::Broken => Some(Pause::Idle(polling.idle.delay().min(UNREACHABLE))),
                    Standing::Streaming => Some(Pause::Idle(polling.idle.delay())),
                }
            }
            Err(error @ ClusterError::Busy(_)) => {
                tracing::debug!(job_type, %error, "activation is slowed down");
                Some(Pause::Spare(polling.busy.delay()))
            }
            Err(error) => {
                if polling.reached {
                    tracing::warn!(job_type, %error, "no jobs can be taken; trying on");
                }
                polling.reached = false;
                Some(Pause::Spare(if error.may_pass() { polling.unreachable.delay() } else { polling.busy.delay() }))
            }
        }
    }

    async fn rest(&self, pause: Pause, standing: &mut watch::Receiver<Standing>, idle: &mut Backoff) {
        let pause = match pause {
            Pause::Spare(pause) => return self.pause(pause).await,
            Pause::Idle(pause) => pause,
        };
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

    /// Waits for room, and takes all that there is.
    async fn gather(&self, room: &mut Vec<OwnedSemaphorePermit>) {
        room.extend(Arc::clone(&self.room).acquire_owned().await);
        while let Ok(permit) = Arc::clone(&self.room).try_acquire_owned() {
            room.push(permit);
        }
    }
}
