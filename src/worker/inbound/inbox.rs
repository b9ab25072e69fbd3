//! What has been told and not yet passed on: in the journal, and in memory by when it is looked at.
//!
//! Nothing is believed here; whoever takes an entry finds out.

use super::entry::{Entry, Stage, Time, millis};
use super::journal::{Journal, JournalError};
use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};
use tokio::sync::Notify;

/// So many things that only a call tells of may be open at once: anybody can call.
const MOST_CALLED: usize = 10_000;
/// So many things may be open at once.
const MOST_OPEN: usize = 100_000;
/// So long what was published is remembered, so that it is not told again.
const REMEMBERED: Duration = Duration::from_secs(24 * 3600);
/// After a restart all entries are looked at within this time.
const AFTER_RESTART: Duration = Duration::from_secs(5);

/// Connector, event and subject.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Key(Arc<str>);

impl Key {
    /// Connectors' and events' ids hold no slash.
    pub(super) fn new(connector: &str, event: &str, subject: &str) -> Self {
        Self(format!("{connector}/{event}/{subject}").into())
    }

    pub(super) fn parts(&self) -> Option<(&str, &str, &str)> {
        let (connector, rest) = self.0.split_once('/')?;
        let (event, subject) = rest.split_once('/')?;
        Some((connector, event, subject))
    }
}

/// Why something is not taken in.
#[derive(Debug, Clone, thiserror::Error)]
pub(super) enum NotTaken {
    #[error("too much is open already")]
    Full,
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// What becomes of an entry that was looked at.
#[derive(Debug)]
pub(super) enum Settled {
    /// It is looked at again after this time.
    Later(Entry, Duration),
    /// It is looked at again after this time, and what is known of it has changed.
    Changed(Entry, Duration),
    /// It is done with.
    Published(Entry),
    /// It is nothing.
    Dropped,
}

/// What is open.
#[derive(Debug, Default)]
struct Open {
    entries: HashMap<Key, Entry>,
    /// By when it is looked at: first what is known to be and was called for, then everything else.
    due: [BTreeSet<(Time, Key)>; 2],
    called_only: usize,
}

#[derive(Debug)]
pub(super) struct Inbox {
    journal: Journal,
    open: Mutex<Open>,
    changed: Notify,
    /// Entries that could not be read.
    unread: usize,
}

impl Open {
    fn queue(&mut self, entry: &Entry) -> &mut BTreeSet<(Time, Key)> {
        &mut self.due[usize::from(!(entry.called && entry.is_watched()))]
    }

    fn insert(&mut self, key: Key, entry: Entry) {
        self.remove(&key);
        self.called_only += usize::from(!entry.is_watched());
        self.queue(&entry).insert((entry.next, key.clone()));
        self.entries.insert(key, entry);
    }

    /// Whether it was waiting to be looked at.
    fn unqueue(&mut self, key: &Key) -> bool {
        let Some(entry) = self.entries.get(key).cloned() else { return false };
        self.queue(&entry).remove(&(entry.next, key.clone()))
    }

    fn remove(&mut self, key: &Key) {
        self.unqueue(key);
        if let Some(entry) = self.entries.remove(key) {
            self.called_only -= usize::from(!entry.is_watched());
        }
    }

    /// Changes an entry where it is, and where it waits if it does.
    fn change(&mut self, key: &Key, change: impl FnOnce(&mut Entry)) {
        let waits = self.unqueue(key);
        let Some(mut entry) = self.entries.remove(key) else { return };
        self.called_only -= usize::from(!entry.is_watched());
        change(&mut entry);
        self.called_only += usize::from(!entry.is_watched());
        if waits {
            self.queue(&entry).insert((entry.next, key.clone()));
        }
        self.entries.insert(key.clone(), entry);
    }
}

impl Inbox {
    /// Opens the journal and goes on where it was left.
    pub(super) fn open(path: &Path) -> Result<Self, JournalError> {
        let journal = Journal::open(path)?;
        let (now, mut open, mut forgotten, mut unread) = (now(), Open::default(), Vec::new(), 0);
        journal.each(|key, text| match serde_json::from_str::<Entry>(text) {
            Ok(entry) if is_forgotten(&entry, now) => forgotten.push(Arc::from(key)),
            Ok(Entry { stage: Stage::Published { .. }, .. }) => {}
            Ok(mut entry) => {
                entry.next = now + fastrand::u64(0..millis(AFTER_RESTART));
                open.insert(Key(key.into()), entry);
            }
            // Of a newer worker, perhaps, which will want it again.
            Err(_) => unread += 1,
        })?;
        journal.forget(forgotten);
        Ok(Self { journal, open: Mutex::new(open), changed: Notify::new(), unread })
    }

    /// Tells what was found in the journal.
    pub(super) fn tell(&self) {
        if self.unread > 0 {
            tracing::error!(self.unread, "entries of the journal cannot be read and are left as they are");
        }
        let open = self.len();
        if open > 0 {
            tracing::info!(open, "going on with what the journal holds");
        }
    }

    fn locked(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in that somebody called. Once it returns, it is not lost.
    pub(super) async fn claim(&self, key: &Key) -> Result<(), NotTaken> {
        {
            let mut open = self.locked();
            if open.entries.contains_key(key) {
                // It is in the journal already, and is asked for in any case.
                open.change(key, |entry| {
                    if !entry.called {
                        (entry.called, entry.next, entry.tries) = (true, now(), 0);
                    }
                });
                drop(open);
                self.changed.notify_one();
                return Ok(());
            }
            if open.called_only >= MOST_CALLED {
                return Err(NotTaken::Full);
            }
        }
        self.add(key, Entry::new(now(), true)).await
    }

    /// Takes in that something has been begun.
    pub(super) async fn watch(&self, key: &Key, entry: Entry) -> Result<(), NotTaken> {
        {
            let mut open = self.locked();
            if open.entries.len() >= MOST_OPEN {
                return Err(NotTaken::Full);
            }
            if open.entries.contains_key(key) {
                // The call was faster.
                open.change(key, |known| known.begun_as(&entry));
                return Ok(());
            }
        }
        self.add(key, entry).await
    }

    fn is_published(&self, key: &Key) -> Result<bool, JournalError> {
        let text = self.journal.get(&key.0)?;
        let entry = text.and_then(|text| serde_json::from_str::<Entry>(&text).ok());
        Ok(entry.is_some_and(|entry| matches!(entry.stage, Stage::Published { .. })))
    }

    /// Takes in what is not open, unless it was published already.
    async fn add(&self, key: &Key, entry: Entry) -> Result<(), NotTaken> {
        if self.is_published(key)? {
            return Ok(());
        }
        self.journal.put(&key.0, Some(text(&entry))).await?;
        let mut open = self.locked();
        // Who came at the same time has told the same.
        if !open.entries.contains_key(key) {
            open.insert(key.clone(), entry);
        }
        drop(open);
        self.changed.notify_one();
        Ok(())
    }

    /// What is to be looked at now. Nobody else is given it before it is settled.
    pub(super) fn take(&self) -> Option<(Key, Entry)> {
        let (mut open, now) = (self.locked(), now());
        for queue in 0..open.due.len() {
            let Some((next, key)) = open.due[queue].first().cloned() else { continue };
            if next <= now {
                open.due[queue].pop_first();
                let entry = open.entries.get(&key).cloned()?;
                return Some((key, entry));
            }
        }
        None
    }

    /// Resolves when there may be something to be looked at.
    pub(super) async fn due(&self) {
        let changed = self.changed.notified();
        let next = self.locked().due.iter().filter_map(|queue| Some(queue.first()?.0)).min();
        let Some(next) = next else { return changed.await };
        let wait = Duration::from_millis(next.saturating_sub(now()));
        tokio::select! {
            () = changed => {}
            () = tokio::time::sleep(wait) => {}
        }
    }

    /// What becomes of an entry that was taken. What the journal does not take is found there as it was, at the next start.
    pub(super) async fn settle(&self, key: &Key, settled: Settled) {
        let (mut entry, after) = match settled {
            Settled::Published(entry) => {
                self.write(key, Some(text(&entry))).await;
                return self.locked().remove(key);
            }
            Settled::Dropped => {
                self.write(key, None).await;
                return self.locked().remove(key);
            }
            Settled::Changed(entry, after) => {
                self.write(key, Some(text(&entry))).await;
                (entry, after)
            }
            Settled::Later(entry, after) => (entry, after),
        };
        let mut open = self.locked();
        entry.next = now() + millis(after);
        if let Some(known) = open.entries.get(key) {
            // Told meanwhile.
            if known.called && !entry.called {
                (entry.called, entry.next) = (true, now());
            }
            if known.is_watched() && !entry.is_watched() {
                entry.begun_as(known);
            }
        }
        open.insert(key.clone(), entry);
        drop(open);
        self.changed.notify_one();
    }

    async fn write(&self, key: &Key, text: Option<String>) {
        if let Err(error) = self.journal.put(&key.0, text).await {
            tracing::error!(%error, "what has become of an event is not written down");
        }
    }

    /// How many entries are open.
    pub(super) fn len(&self) -> usize {
        self.locked().entries.len()
    }

    /// Forgets what was published long ago.
    pub(super) fn prune(&self) -> Result<(), JournalError> {
        let (now, mut forgotten) = (now(), Vec::new());
        self.journal.each(|key, text| {
            if serde_json::from_str(text).is_ok_and(|entry| is_forgotten(&entry, now)) {
                forgotten.push(Arc::from(key));
            }
        })?;
        self.journal.forget(forgotten);
        Ok(())
    }
}

/// Whether it was published so long ago that nobody tells of it any more.
fn is_forgotten(entry: &Entry, now: Time) -> bool {
    matches!(entry.stage, Stage::Published { at, .. } if now.saturating_sub(at) > millis(REMEMBERED))
}

fn text(entry: &Entry) -> String {
    // Text keys and no number but whole ones: always JSON.
    serde_json::to_string(entry).unwrap_or_default()
}

pub(super) fn now() -> Time {
    millis(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    struct Kept {
        directory: tempfile::TempDir,
        inbox: Inbox,
    }

    impl Kept {
        fn new() -> Self {
            let directory = tempfile::tempdir().expect("a directory");
            let inbox = Inbox::open(&directory.path().join("journal")).expect("a journal");
            Self { directory, inbox }
        }

        /// As after a crash.
        fn again(self) -> Self {
            let Self { directory, inbox } = self;
            drop(inbox);
            let path = directory.path().join("journal");
            let opened = std::iter::repeat_with(|| {
                std::thread::sleep(Duration::from_millis(10));
                Inbox::open(&path)
            });
            let inbox = opened.take(500).find_map(Result::ok).expect("let go of");
            Self { directory, inbox }
        }

        async fn next(&self) -> (Key, Entry) {
            loop {
                match self.inbox.take() {
                    Some(taken) => return taken,
                    None => self.inbox.due().await,
                }
            }
        }
    }

    fn key(subject: &str) -> Key {
        Key::new("power-automate", "flow-run-finished", subject)
    }

    fn watched() -> Entry {
        Entry { account: Some("contoso".to_owned()), next: now() + 3_600_000, ..Entry::new(now(), false) }
    }

    #[tokio::test]
    async fn a_call_is_there_after_a_crash_and_not_after_it_was_published() {
        let kept = Kept::new();
        kept.inbox.claim(&key("a")).await.expect("taken in");
        let kept = kept.again();
        let (taken, entry) = kept.next().await;
        assert_eq!((taken, entry.called, &entry.stage), (key("a"), true, &Stage::Open));
        let stage = Stage::Published { end: "4".to_owned(), at: now() };
        kept.inbox.settle(&key("a"), Settled::Published(Entry { stage, ..entry })).await;
        kept.inbox.claim(&key("a")).await.expect("known already");
        let kept = kept.again();
        kept.inbox.claim(&key("a")).await.expect("known already");
        assert_eq!((kept.inbox.len(), kept.inbox.take()), (0, None));
    }

    #[tokio::test]
    async fn what_the_system_said_is_there_after_a_crash() {
        let kept = Kept::new();
        kept.inbox.claim(&key("a")).await.expect("taken in");
        let (_, entry) = kept.next().await;
        let stage = Stage::Happened { event: json!({ "statuscode": 8 }), end: "8".to_owned() };
        kept.inbox.settle(&key("a"), Settled::Changed(Entry { stage: stage.clone(), ..entry }, Duration::ZERO)).await;
        assert_eq!(kept.again().next().await.1.stage, stage);
    }

    #[tokio::test]
    async fn a_call_hurries_what_is_watched_also_while_it_is_looked_at() {
        let kept = Kept::new();
        kept.inbox.watch(&key("a"), watched()).await.expect("taken in");
        assert_eq!(kept.inbox.take(), None);
        kept.inbox.claim(&key("a")).await.expect("taken in");
        let (_, entry) = kept.inbox.take().expect("due");
        assert!(entry.called);
        // Looked at: nobody else is given it.
        kept.inbox.claim(&key("a")).await.expect("taken in");
        assert_eq!(kept.inbox.take(), None);
        kept.inbox.watch(&key("b"), Entry { next: now(), ..watched() }).await.expect("taken in");
        let (_, entry) = kept.inbox.take().expect("due");
        kept.inbox.claim(&key("b")).await.expect("taken in");
        kept.inbox.settle(&key("b"), Settled::Later(entry, Duration::from_secs(300))).await;
        let (taken, entry) = kept.inbox.take().expect("due because of the call");
        assert_eq!((taken, entry.called), (key("b"), true));
    }

    #[tokio::test]
    async fn a_call_may_be_faster_than_the_answer_that_began_it() {
        let kept = Kept::new();
        kept.inbox.claim(&key("a")).await.expect("taken in");
        let (_, entry) = kept.next().await;
        kept.inbox.watch(&key("a"), watched()).await.expect("taken in");
        kept.inbox.settle(&key("a"), Settled::Later(entry, Duration::ZERO)).await;
        let (_, entry) = kept.next().await;
        assert_eq!((entry.account.as_deref(), entry.called), (Some("contoso"), true));
    }

    #[tokio::test]
    async fn what_is_known_comes_before_what_anybody_says() {
        let kept = Kept::new();
        for subject in ["x", "y", "z"] {
            kept.inbox.claim(&key(subject)).await.expect("taken in");
        }
        kept.inbox.watch(&key("a"), watched()).await.expect("taken in");
        kept.inbox.claim(&key("a")).await.expect("taken in");
        assert_eq!(kept.next().await.0, key("a"));
        assert_eq!(kept.next().await.0, key("x"));
    }

    #[tokio::test]
    async fn what_comes_to_nothing_is_forgotten() {
        let kept = Kept::new();
        kept.inbox.claim(&key("a")).await.expect("taken in");
        kept.next().await;
        kept.inbox.settle(&key("a"), Settled::Dropped).await;
        assert_eq!(kept.inbox.len(), 0);
        assert_eq!(kept.again().inbox.len(), 0);
    }
}
