//! Whose turn it is on each connection and for how long, and which connection makes room for another one. Knows no HTTP.

use std::collections::BTreeMap;
use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// All connections.
#[derive(Debug)]
pub(super) struct Turns {
    room: Arc<Semaphore>,
    waiting: Mutex<Waiting>,
    /// Told each time that a connection begins to wait.
    waits: Notify,
}

/// The connections that wait for their callers, each with what closes it; those that have waited the longest come first.
#[derive(Debug, Default)]
struct Waiting {
    queue: BTreeMap<u64, CancellationToken>,
    next: u64,
}

impl Turns {
    pub(super) fn new(connections: usize) -> Arc<Self> {
        let room = Arc::new(Semaphore::new(connections));
        Arc::new(Self { room, waiting: Mutex::default(), waits: Notify::new() })
    }

    /// Room for one more connection. Where there is none, the one that has waited for its caller the longest is closed: who
    /// holds connections and says nothing keeps nobody out.
    pub(super) async fn take(self: &Arc<Self>) -> Turn {
        let room = loop {
            let waits = self.waits.notified();
            if let Ok(room) = Arc::clone(&self.room).try_acquire_owned() {
                break Some(room);
            }
            let longest = self.waiting().queue.pop_first();
            let room = Arc::clone(&self.room).acquire_owned();
            if let Some((_, close)) = longest {
                close.cancel();
                // Only a closed semaphore fails, and this one is never closed.
                break room.await.ok();
            }
            tokio::select! {
                room = room => break room.ok(),
                () = waits => {}
            }
        };
        let (close, deadline) = (CancellationToken::new(), watch::Sender::new(None));
        Turn { turns: Arc::clone(self), _room: room, place: Mutex::default(), deadline, close }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whose turn it is on one connection.
#[derive(Debug)]
pub(super) struct Turn {
    turns: Arc<Turns>,
    /// Held as long as the connection is there.
    _room: Option<OwnedSemaphorePermit>,
    /// Its place among those that wait for their callers, while it does.
    place: Mutex<Option<u64>>,
    deadline: watch::Sender<Option<Instant>>,
    close: CancellationToken,
}

impl Turn {
    /// It is the caller's turn, for this time. Who was waited for already keeps the place.
    pub(super) fn callers(&self, patience: Duration) {
        {
            let (mut waiting, mut place) = (self.turns.waiting(), self.place());
            if place.is_none() && !self.close.is_cancelled() {
                let next = waiting.next;
                waiting.next += 1;
                waiting.queue.insert(next, self.close.clone());
                *place = Some(next);
            }
        }
        self.turns.waits.notify_one();
        self.deadline.send_replace(Some(Instant::now() + patience));
    }

    /// It is the worker's turn, for this time: the connection makes room for nobody.
    pub(super) fn workers(&self, time: Duration) {
        self.leave();
        self.deadline.send_replace(Some(Instant::now() + time));
    }

    /// Waits until a turn takes too long, or the room is needed, and tells which.
    pub(super) async fn over(&self) -> &'static str {
        let mut deadline = self.deadline.subscribe();
        loop {
            let until = *deadline.borrow_and_update();
            let passes = async {
                match until {
                    Some(until) => tokio::time::sleep_until(until).await,
                    None => pending().await,
                }
            };
            tokio::select! {
                () = self.close.cancelled() => return "it made room for another one",
                () = passes => return "its time was over",
                // The sender is this turn's own.
                _ = deadline.changed() => {}
            }
        }
    }

    fn place(&self) -> MutexGuard<'_, Option<u64>> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn leave(&self) {
        let (mut waiting, mut place) = (self.turns.waiting(), self.place());
        if let Some(place) = place.take() {
            waiting.queue.remove(&place);
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.leave();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(3600);

    /// What a future gives at once.
    async fn now<T>(future: impl Future<Output = T>) -> Option<T> {
        tokio::time::timeout(Duration::from_millis(1), future).await.ok()
    }

    /// What a future gives sooner or later.
    async fn soon<T>(future: impl Future<Output = T>) -> T {
        tokio::time::timeout(Duration::from_secs(10), future).await.expect("it does not wait for ever")
    }

    #[tokio::test]
    async fn who_has_waited_the_longest_makes_room_and_who_is_worked_for_does_not() {
        let turns = Turns::new(3);
        let (first, second, third) = (turns.take().await, turns.take().await, turns.take().await);
        for turn in [&first, &second, &third] {
            turn.callers(LONG);
        }
        // A body is waited for as its head was, and no place is won by that.
        first.workers(LONG);
        second.callers(LONG);
        first.callers(LONG);
        let mut next = Box::pin(turns.take());
        assert!(now(next.as_mut()).await.is_none(), "the room is still taken");
        assert_eq!(soon(second.over()).await, "it made room for another one");
        assert_eq!((now(first.over()).await, now(third.over()).await), (None, None));
        drop(second);
        let next = soon(next).await;

        // Nobody is waited for: whoever is next to wait makes room.
        for turn in [&first, &third, &next] {
            turn.workers(LONG);
        }
        let mut another = Box::pin(turns.take());
        assert!(now(another.as_mut()).await.is_none());
        third.callers(LONG);
        assert!(now(another.as_mut()).await.is_none());
        assert_eq!(soon(third.over()).await, "it made room for another one");
        drop(third);
        soon(another).await;
    }

    #[tokio::test]
    async fn a_turn_ends_when_its_time_is_over() {
        let turns = Turns::new(1);
        let turn = turns.take().await;
        turn.callers(LONG);
        let mut over = Box::pin(turn.over());
        assert_eq!(now(over.as_mut()).await, None);
        turn.workers(Duration::from_millis(1));
        assert_eq!(soon(over).await, "its time was over");
    }
}
