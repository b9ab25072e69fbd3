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
/// So many questions are under way at once while jobs wait in the cluster. A partition takes questions and the answers to
/// jobs from one queue: with one question at a time, room that is made while it waits there would wait for a second turn.
const QUESTIONS: usize = 4;
/// A further question is worth a part of the room like this.
const WORTH: usize = 8;

/// What came of a question.
struct Reply {
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

/// What is remembered from one question to the next.
struct Polling {
    unreachable: Backoff,
    busy: Backoff,
    idle: Backoff,
    reached: bool,
    /// Whether the last question brought all that it asked for, so that there may be more.
    more: bool,
    round: Round,
}

/// The questions that are under way together: from the first until none is.
#[derive(Default)]
struct Round {
    /// One could not be answered.
    unable: bool,
    /// One was refused, or the cluster is to be spared.
    spare: bool,
    brought: usize,
    /// A question was answered at once, with nothing, though it would have waited.
    hasty: bool,
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
            round: Round::default(),
        };
        let mut questions = JoinSet::new();
        let mut permits = Vec::new();
        while !self.stop.is_cancelled() {
            let now = *standing.borrow_and_update();
            let alone = now == Standing::Alone;
            let first = questions.is_empty();
            if first && !permits.is_empty() {
                self.gather(&mut permits);
            }
            let worth = if first { 1 } else { self.subscription().max_jobs.div_ceil(WORTH) };
            if permits.len() >= worth {
                // Room that is asked for is no room for the stream, so that a stream and a long poll do not go together; and
                // one question that waits is enough.
                let wait = if alone && first { self.wait } else { Duration::ZERO };
                questions.spawn(Arc::clone(&self).ask(std::mem::take(&mut permits), wait));
                continue;
            }
            let further = alone && polling.more && questions.len() < QUESTIONS;
            tokio::select! {
                biased;
                () = self.stop.cancelled() => {}
                Some(reply) = questions.join_next() => {
                    match reply {
                        Ok(reply) => self.learn(&mut polling, reply),
                        // It crashed, which standard error tells.
                        Err(_) => polling.round.unable = true,
                    }
                    if questions.is_empty() && let Some(pause) = self.pause_after(&mut polling, now) {
                        permits.clear();
                        self.rest(pause, &mut standing, &mut polling.idle).await;
                    }
                }
                permit = Arc::clone(&self.room).acquire_owned(), if first || further => {
                    permits.extend(permit);
                    self.gather(&mut permits);
                }
            }
        }
        drop(permits);
        while questions.join_next().await.is_some() {}
    }

    /// Asks for as many jobs as there are permits, and begins them.
    async fn ask(self: Arc<Self>, permits: Vec<OwnedSemaphorePermit>, wait: Duration) -> Reply {
        let (asked, asked_for) = (Instant::now(), permits.len());
        let jobs = self.handling.cluster.activate(&self.activation(asked_for, wait)).await;
        let took = asked.elapsed();
        let brought = jobs.map(|jobs| {
            let brought = jobs.len();
            // Should the cluster give more than it was asked for, the rest runs without a permit.
            let mut permits = permits.into_iter();
            for job in jobs {
                self.begin(job, permits.next());
            }
            brought
        });
        Reply { asked_for, brought, wait, took }
    }

    /// Remembers what came of a question.
    fn learn(&self, polling: &mut Polling, reply: Reply) {
        let job_type = &self.subscription().job_type;
        let round = &mut polling.round;
        match reply.brought {
            Ok(brought) => {
                round.brought += brought;
                round.hasty |= brought == 0 && reply.took < reply.wait / 2;
                polling.more = brought >= reply.asked_for && !round.unable && !round.spare;
            }
            Err(error @ ClusterError::Busy(_)) => {
                tracing::debug!(job_type, %error, "activation is slowed down");
                (polling.more, round.spare) = (false, true);
            }
            Err(error) => {
                if polling.reached {
                    tracing::warn!(job_type, %error, "no jobs can be taken; trying on");
                }
                (polling.more, polling.reached) = (false, false);
                if error.may_pass() && !error.is_no_admission() {
                    round.unable = true;
                } else {
                    round.spare = true;
                }
            }
        }
    }

    /// The pause after a round of questions: the worst of their replies decides.
    fn pause_after(&self, polling: &mut Polling, now: Standing) -> Option<Pause> {
        let round = std::mem::take(&mut polling.round);
        if round.brought > 0 {
            polling.idle.reset();
        }
        if round.spare {
            return Some(Pause::Spare(polling.busy.delay()));
        }
        if round.unable {
            return Some(Pause::Spare(polling.unreachable.delay()));
        }
        if !polling.reached {
            tracing::info!(job_type = self.subscription().job_type, "the cluster answers again");
        }
        polling.reached = true;
        polling.unreachable.reset();
        polling.busy.reset();
        match now {
            _ if round.brought > 0 => None,
            // A gateway that does not wait for jobs is not asked without a pause.
            Standing::Alone => round.hasty.then_some(Pause::Spare(UNWAITED)),
            Standing::Broken => Some(Pause::Idle(polling.idle.delay().min(UNREACHABLE))),
            Standing::Streaming => Some(Pause::Idle(polling.idle.delay())),
        }
    }

    /// Until there may be something to be found: after this pause, or when the stream's standing has changed.
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

    /// Takes all the room that there is.
    fn gather(&self, permits: &mut Vec<OwnedSemaphorePermit>) {
        while let Ok(permit) = Arc::clone(&self.room).try_acquire_owned() {
            permits.push(permit);
        }
    }
}
