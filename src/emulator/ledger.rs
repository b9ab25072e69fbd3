//! What the emulator was asked and what it did, for people and tests to read. Holds no secret, no
//! token, no inputs and no outputs.

use super::clock::Clock;
use serde::Serialize;
use std::collections::VecDeque;
use std::time::Duration;
use uuid::Uuid;

/// The longest text of an entry, in characters: texts come from outside.
const LONGEST_TEXT: usize = 300;

/// What a ledger entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum What {
    /// A request for an access token.
    Token,
    /// A request to run a flow.
    Run,
    /// A request for the status of a run.
    Status,
    /// A request for the outputs of a run.
    Outputs,
    /// A request to cancel a run.
    Cancel,
    /// A call of the emulator to the callback URL of a run.
    Callback,
    /// A request that the emulator does not know.
    Unknown,
}

/// A fault that struck a request on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Fault {
    /// It was served late.
    Delay,
    /// It was answered with the error status and not carried out.
    Error,
    /// It was answered 429 and not carried out.
    Throttle,
    /// It was not carried out, and its connection was reset.
    Reset,
    /// It was carried out, and its connection was reset before the answer.
    LostAnswer,
}

/// One request, or one attempt to deliver a callback.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Counts up from 1, also across clearing.
    pub number: u64,
    /// When, in UTC (ISO 8601, with milliseconds).
    pub time: String,
    /// What it was.
    pub what: What,
    /// Who asked: a client ID, or `bearer-token` for the constant token. Absent without a valid token.
    pub client: Option<String>,
    /// The flow.
    pub workflow_id: Option<String>,
    /// The flow session.
    pub session_id: Option<String>,
    /// The status of the answer; absent if there was none.
    pub status: Option<u16>,
    /// The fault that struck it on purpose.
    pub fault: Option<Fault>,
    /// Which attempt of a callback this was, from 1.
    pub attempt: Option<u8>,
    /// What else there is to say, such as the message of an error.
    pub note: Option<String>,
}

/// An entry without what the ledger adds.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub(super) client: Option<String>,
    pub(super) workflow_id: Option<Uuid>,
    pub(super) session_id: Option<Uuid>,
    pub(super) status: Option<u16>,
    pub(super) fault: Option<Fault>,
    pub(super) attempt: Option<u8>,
    pub(super) note: Option<String>,
}

/// The last entries.
#[derive(Debug)]
pub(super) struct Ledger {
    entries: VecDeque<Entry>,
    most: usize,
    number: u64,
}

impl Ledger {
    /// An empty ledger that keeps so many entries.
    pub(super) fn new(most: u32) -> Self {
        Self { entries: VecDeque::new(), most: usize::try_from(most).unwrap_or(usize::MAX), number: 0 }
    }

    /// Adds an entry and drops the oldest if there are too many.
    pub(super) fn record(&mut self, clock: &Clock, time: Duration, what: What, record: Record) {
        self.number += 1;
        self.entries.push_back(Entry {
            number: self.number,
            time: clock.milliseconds(time),
            what,
            client: record.client.map(|text| shortened(&text)),
            workflow_id: record.workflow_id.as_ref().map(Uuid::to_string),
            session_id: record.session_id.as_ref().map(Uuid::to_string),
            status: record.status,
            fault: record.fault,
            attempt: record.attempt,
            note: record.note.map(|text| shortened(&text)),
        });
        while self.entries.len() > self.most {
            self.entries.pop_front();
        }
    }

    /// The entries, oldest first.
    pub(super) fn entries(&self) -> Vec<Entry> {
        self.entries.iter().cloned().collect()
    }

    /// Forgets all entries.
    pub(super) fn clear(&mut self) {
        self.entries.clear();
    }
}

/// The text, or its beginning with an ellipsis.
pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST_TEXT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_entries_are_dropped_and_numbers_go_on() {
        let (clock, mut ledger) = (Clock::start(), Ledger::new(2));
        for _ in 0..5 {
            ledger.record(&clock, Duration::ZERO, What::Run, Record::default());
        }
        assert_eq!(ledger.entries().iter().map(|entry| entry.number).collect::<Vec<_>>(), [4, 5]);
        ledger.clear();
        ledger.record(&clock, Duration::ZERO, What::Run, Record::default());
        assert_eq!(ledger.entries().iter().map(|entry| entry.number).collect::<Vec<_>>(), [6]);
    }

    #[test]
    fn long_texts_are_shortened_between_characters() {
        let (clock, mut ledger) = (Clock::start(), Ledger::new(9));
        let long = "ä".repeat(100_000);
        ledger.record(
            &clock,
            Duration::ZERO,
            What::Token,
            Record { client: Some(long.clone()), note: Some(long), ..Record::default() },
        );
        for entry in ledger.entries() {
            assert_eq!(entry.client.as_deref().map(|text| text.chars().count()), Some(LONGEST_TEXT + 1));
            assert_eq!(entry.note, entry.client);
        }
        assert_eq!(shortened(&"x".repeat(LONGEST_TEXT)), "x".repeat(LONGEST_TEXT));
    }
}
