//! The runs that are remembered: so many, and so much text, that memory has a bound.

use super::session::Session;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use tokio::sync::Notify;
use uuid::Uuid;

/// A run with what its callback waits for.
#[derive(Debug)]
struct Remembered {
    session: Session,
    /// Told when the run's end changes or the run is forgotten.
    changed: Arc<Notify>,
}

/// The last runs.
#[derive(Debug)]
pub(super) struct Sessions {
    rows: HashMap<Uuid, Remembered>,
    /// Oldest first.
    order: VecDeque<Uuid>,
    inputs_size: usize,
    most_rows: usize,
    most_inputs_size: usize,
}

impl Sessions {
    /// No runs yet, with room for so many and so many bytes of inputs.
    pub(super) fn new(most_rows: usize, most_inputs_size: usize) -> Self {
        Self { rows: HashMap::new(), order: VecDeque::new(), inputs_size: 0, most_rows, most_inputs_size }
    }

    /// Remembers a run, and forgets the oldest ones as far as needed. What comes back is told when
    /// the run's end changes.
    pub(super) fn insert(&mut self, session: Session) -> Arc<Notify> {
        let changed = Arc::new(Notify::new());
        self.inputs_size += session.inputs.len();
        self.order.push_back(session.id);
        self.rows.insert(session.id, Remembered { session, changed: Arc::clone(&changed) });
        while self.order.len() > self.most_rows || self.inputs_size > self.most_inputs_size {
            let Some(oldest) = self.order.pop_front() else { break };
            if let Some(forgotten) = self.rows.remove(&oldest) {
                self.inputs_size -= forgotten.session.inputs.len();
                forgotten.changed.notify_one();
            }
        }
        changed
    }

    /// The run with this ID.
    pub(super) fn get(&self, id: Uuid) -> Option<&Session> {
        self.rows.get(&id).map(|row| &row.session)
    }

    /// Ends all runs; tells how many there were.
    pub(super) fn end(&mut self, now: std::time::Duration) -> usize {
        let mut ended = 0;
        for id in &self.order {
            if let Some(row) = self.rows.get_mut(id)
                && row.session.end(now)
            {
                ended += 1;
                row.changed.notify_one();
            }
        }
        ended
    }

    /// Cancels the run with this ID; `None` if there is none.
    pub(super) fn cancel(&mut self, id: Uuid, now: std::time::Duration) -> Option<()> {
        let row = self.rows.get_mut(&id)?;
        row.session.cancel(now);
        row.changed.notify_one();
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::session::Ending;
    use super::*;
    use opwright::power_automate::RunMode;
    use std::time::Duration;

    fn session(number: u128, inputs: &str) -> Session {
        Session {
            id: Uuid::from_u128(number),
            workflow: Uuid::nil(),
            run_mode: RunMode::Attended,
            inputs: inputs.to_owned(),
            asked_at: Duration::ZERO,
            waiting: Duration::ZERO,
            running: Duration::from_secs(1),
            timeout: Duration::from_secs(2),
            ending: Ending::Succeeds,
            cancelled_at: None,
        }
    }

    fn known(sessions: &Sessions) -> Vec<u128> {
        (1..10).filter(|number| sessions.get(Uuid::from_u128(*number)).is_some()).collect()
    }

    #[test]
    fn the_oldest_runs_are_forgotten_when_there_are_too_many() {
        let mut sessions = Sessions::new(2, 1000);
        for number in 1..=4 {
            sessions.insert(session(number, "{}"));
        }
        assert_eq!(known(&sessions), [3, 4]);
        assert_eq!((sessions.rows.len(), sessions.order.len(), sessions.inputs_size), (2, 2, 4));
    }

    #[test]
    fn the_oldest_runs_are_forgotten_when_their_inputs_are_too_large() {
        let mut sessions = Sessions::new(100, 10);
        for (number, inputs) in [(1, "1234"), (2, "1234"), (3, "12")] {
            sessions.insert(session(number, inputs));
        }
        assert_eq!(known(&sessions), [1, 2, 3]);
        sessions.insert(session(4, "123456"));
        assert_eq!(known(&sessions), [3, 4]);
        assert_eq!(sessions.inputs_size, 8);
    }

    #[tokio::test]
    async fn whoever_waits_is_told_of_cancelling_and_forgetting() {
        let mut sessions = Sessions::new(1, 1000);
        let first = sessions.insert(session(1, "{}"));
        assert_eq!(sessions.cancel(Uuid::from_u128(1), Duration::ZERO), Some(()));
        first.notified().await;
        sessions.insert(session(2, "{}"));
        first.notified().await;
        assert_eq!(sessions.cancel(Uuid::from_u128(1), Duration::ZERO), None);
    }
}
