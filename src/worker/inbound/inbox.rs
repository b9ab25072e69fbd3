//! What has been told and not yet passed on: in the journal, and in memory by when it is looked at.
//!
//! Nothing is believed here; whoever takes an entry finds out. What is written is ordered by the lock of what is in memory, so
//! that the journal ends as the memory does.

use super::entry::{Entry, Rank, Stage, Time, Told, millis};
use super::journal::{Journal, JournalError, Pending};
use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};
use tokio::sync::Notify;

/// How much may be open.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    /// So many things that only a call tells of may be open at once: anybody can call.
    pub(super) claimed: usize,
    /// So many things may be open at once.
    pub(super) open: usize,
}

impl Default for Room {
    fn default() -> Self {
        Self { claimed: 10_000, open: 100_000 }
    }
}

/// So long what was published is remembered, so that it is not told again: longer than a run takes.
const REMEMBERED: Duration = Duration::from_secs(72 * 3600);
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

impl std::fmt::Display for Key {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
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
    Dropped(Entry),
}

/// What is open.
#[derive(Debug, Default)]
struct Open {
    entries: HashMap<Key, Held>,
    /// By when it is looked at, and each by its rank.
    due: [BTreeSet<(Time, Key)>; Rank::COUNT],
    claimed: usize,
}

/// An entry in memory.
#[derive(Debug)]
struct Held {
    entry: Entry,
    /// Whether the journal has it as it is here.
    is_kept: bool,
    /// What was told of it when somebody took it, who has it now.
    told_before: Option<Told>,
}

/// What the journal was asked to write.
type Written = (Pending, Entry);

#[derive(Debug)]
pub(super) struct Inbox {
    journal: Journal,
    room: Room,
    open: Mutex<Open>,
    changed: Notify,
    /// Entries that could not be read.
    unread: usize,
}

impl Open {
    /// Takes in what is not there.
    fn insert(&mut self, key: Key, held: Held) {
        self.claimed += usize::from(!held.entry.is_watched());
        if held.told_before.is_none() {
            self.due[held.entry.rank() as usize].insert((held.entry.next, key.clone()));
        }
        self.entries.insert(key, held);
    }

    fn remove(&mut self, key: &Key) -> Option<Held> {
        let held = self.entries.remove(key)?;
        self.claimed -= usize::from(!held.entry.is_watched());
        self.due[held.entry.rank() as usize].remove(&(held.entry.next, key.clone()));
        Some(held)
    }

    fn first(&self, rank: usize) -> Option<&(Time, Key)> {
        self.due.get(rank)?.first()
    }
}

impl Inbox {
    /// Opens the journal and goes on where it was left.
    pub(super) fn open(path: &Path, room: Room) -> Result<Self, JournalError> {
        let journal = Journal::open(path)?;
        let (now, mut open, mut unread) = (now(), Open::default(), 0);
        let read = |key: &str, text: &str| Some((Key(key.into()), serde_json::from_str::<Entry>(text).ok()));
        for (key, entry) in journal.all(read)? {
            match entry {
                Some(entry) if is_forgotten(&entry, now) => forget(&journal, &key),
                Some(Entry { stage: Stage::Published { .. }, .. }) => {}
                Some(mut entry) => {
                    entry.next = now + fastrand::u64(0..millis(AFTER_RESTART));
                    open.insert(key, Held { entry, is_kept: true, told_before: None });
                }
                // Of a newer worker, perhaps, which will want it again.
                None => unread += 1,
            }
        }
        Ok(Self { journal, room, open: Mutex::new(open), changed: Notify::new(), unread })
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
        let now = now();
        self.add(key, Entry::new(now, Told { called: true, ..Told::default() })).await
    }

    /// Takes in what is told, unless that was published already. Once it returns, it is not lost.
    pub(super) async fn add(&self, key: &Key, entry: Entry) -> Result<(), NotTaken> {
        let known = self.locked().entries.contains_key(key);
        if !known && self.is_published(key)? {
            return Ok(());
        }
        let pending = {
            let mut open = self.locked();
            let held = if let Some(mut held) = open.remove(key) {
                held.is_kept &= !held.entry.learn(&entry.told);
                if entry.told.called {
                    held.entry.hurry(now());
                }
                held
            } else {
                let is_full = !entry.is_watched() && open.claimed >= self.room.claimed;
                if is_full || open.entries.len() >= self.room.open {
                    return Err(NotTaken::Full);
                }
                Held { entry, is_kept: false, told_before: None }
            };
            let pending = (!held.is_kept).then(|| self.put(key, &held.entry));
            open.insert(key.clone(), held);
            pending
        };
        self.changed.notify_one();
        match pending {
            Some(written) => Ok(self.kept(key, written).await?),
            None => Ok(()),
        }
    }

    fn is_published(&self, key: &Key) -> Result<bool, JournalError> {
        let text = self.journal.get(&key.0)?;
        let entry = text.and_then(|text| serde_json::from_str::<Entry>(&text).ok());
        Ok(entry.is_some_and(|entry| matches!(entry.stage, Stage::Published { .. })))
    }

    /// Asks for an entry to be written, and returns what that is. To be called under the lock.
    fn put(&self, key: &Key, entry: &Entry) -> Written {
        (self.journal.put(&key.0, Some(text(entry))), entry.clone())
    }

    /// Waits for the journal, and remembers that it has this.
    async fn kept(&self, key: &Key, (pending, written): Written) -> Result<(), JournalError> {
        pending.done().await?;
        if let Some(held) = self.locked().entries.get_mut(key) {
            held.is_kept |= (&held.entry.told, &held.entry.stage) == (&written.told, &written.stage);
        }
        Ok(())
    }

    /// What is to be looked at now. Nobody else is given it before it is settled.
    pub(super) fn take(&self) -> Option<(Key, Entry)> {
        let (mut open, now) = (self.locked(), now());
        for rank in 0..Rank::COUNT {
            let Some((next, key)) = open.first(rank).cloned() else { continue };
            if next <= now {
                let held = open.remove(&key)?;
                let entry = held.entry.clone();
                open.insert(key.clone(), Held { told_before: Some(entry.told.clone()), ..held });
                return Some((key, entry));
            }
        }
        None
    }

    /// Resolves when there may be something to be looked at.
    pub(super) async fn due(&self) {
        let changed = self.changed.notified();
        let next = {
            let open = self.locked();
            (0..Rank::COUNT).filter_map(|rank| Some(open.first(rank)?.0)).min()
        };
        let Some(next) = next else { return changed.await };
        let wait = Duration::from_millis(next.saturating_sub(now()));
        tokio::select! {
            () = changed => {}
            () = tokio::time::sleep(wait) => {}
        }
    }

    /// What becomes of an entry that was taken. What the journal does not take is found there as it was, at the next start.
    pub(super) async fn settle(&self, key: &Key, settled: Settled) {
        let is_done = matches!(settled, Settled::Published(_));
        let written = self.settled(key, settled);
        self.changed.notify_one();
        let Some(written) = written else { return };
        if let Err(error) = self.kept(key, written).await {
            tracing::error!(%error, "what has become of an event is not written down");
        }
        if is_done {
            // Until it was written, whoever told of it again found it here.
            self.locked().remove(key);
        }
    }

    /// The same in memory; what is to be written, and what it is.
    fn settled(&self, key: &Key, settled: Settled) -> Option<Written> {
        let mut open = self.locked();
        let held = open.remove(key)?;
        let has_news = held.told_before.as_ref().is_some_and(|before| *before != held.entry.told);
        let (mut entry, after, has_changed) = match settled {
            Settled::Published(entry) => {
                let written = self.put(key, &entry);
                open.insert(key.clone(), Held { entry, is_kept: false, ..held });
                return Some(written);
            }
            Settled::Dropped(entry) if !has_news && held.entry.hurried == entry.hurried => {
                return Some((self.journal.put(&key.0, None), entry));
            }
            Settled::Dropped(entry) => (entry, Duration::ZERO, false),
            Settled::Changed(entry, after) => (entry, after, true),
            Settled::Later(entry, after) => (entry, after, false),
        };
        entry.next = now() + millis(after);
        if has_news {
            entry.learn(&held.entry.told);
        }
        if held.entry.hurried > entry.hurried {
            entry.hurry(held.entry.hurried);
        }
        let written = has_changed.then(|| self.put(key, &entry));
        let is_kept = held.is_kept && !has_changed;
        open.insert(key.clone(), Held { entry, is_kept, told_before: None });
        written
    }

    /// How many entries are open.
    pub(super) fn len(&self) -> usize {
        self.locked().entries.len()
    }

    /// Forgets what was published long ago.
    pub(super) fn prune(&self) -> Result<(), JournalError> {
        let now = now();
        let is_forgotten = |text: &str| serde_json::from_str(text).is_ok_and(|entry| is_forgotten(&entry, now));
        let forgotten = self.journal.all(|key, text| is_forgotten(text).then(|| Key(key.into())))?;
        for key in &forgotten {
            forget(&self.journal, key);
        }
        Ok(())
    }
}

/// Without waiting for it: what is not forgotten now is forgotten later.
fn forget(journal: &Journal, key: &Key) {
    drop(journal.put(&key.0, None));
}

/// Whether it was published so long ago that nobody tells of it any more.
fn is_forgotten(entry: &Entry, now: Time) -> bool {
    matches!(entry.stage, Stage::Published { at, .. } if now.saturating_sub(at) > millis(REMEMBERED))
}

fn text(entry: &Entry) -> String {
    // Text keys and no number but whole ones: always JSON.
    serde_json::to_string(entry).unwrap_or_default()
}

/// Never less than before, whoever sets the clock.
pub(super) fn now() -> Time {
    static BEGIN: LazyLock<(Instant, Duration)> =
        LazyLock::new(|| (Instant::now(), SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default()));
    millis(BEGIN.1 + BEGIN.0.elapsed())
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
            let inbox =
                Inbox::open(&directory.path().join("journal"), Room { claimed: 4, open: 6 }).expect("a journal");
            Self { directory, inbox }
        }

        /// As after a crash.
        fn again(self) -> Self {
            let Self { directory, inbox } = self;
            drop(inbox);
            let path = directory.path().join("journal");
            let opened = std::iter::repeat_with(|| {
                std::thread::sleep(Duration::from_millis(10));
                Inbox::open(&path, Room::default())
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
        let told = Told { account: Some("contoso".to_owned()), process: Some("p".to_owned()), ..Told::default() };
        Entry { next: now() + 3_600_000, ..Entry::new(now(), told) }
    }

    fn published(entry: Entry) -> Settled {
        Settled::Published(Entry { stage: Stage::Published { end: "4".to_owned(), at: now() }, ..entry })
    }

    #[tokio::test]
    async fn a_call_is_there_after_a_crash_and_not_after_it_was_published() {
        let kept = Kept::new();
        kept.inbox.claim(&key("a")).await.expect("taken in");
        let kept = kept.again();
        let (taken, entry) = kept.next().await;
        assert_eq!((taken, entry.told.called, &entry.stage), (key("a"), true, &Stage::Open));
        kept.inbox.settle(&key("a"), published(entry)).await;
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
        kept.inbox.add(&key("a"), watched()).await.expect("taken in");
        assert_eq!(kept.inbox.take(), None);
        kept.inbox.claim(&key("a")).await.expect("taken in");
        let (_, entry) = kept.inbox.take().expect("due");
        assert!(entry.told.called);
        // Looked at: nobody else is given it.
        kept.inbox.claim(&key("a")).await.expect("taken in");
        assert_eq!(kept.inbox.take(), None);
        kept.inbox.add(&key("b"), Entry { next: now(), ..watched() }).await.expect("taken in");
        let (_, entry) = kept.inbox.take().expect("due");
        kept.inbox.claim(&key("b")).await.expect("taken in");
        kept.inbox.settle(&key("b"), Settled::Later(entry, Duration::from_secs(300))).await;
        let (taken, entry) = kept.inbox.take().expect("due because of the call");
        assert_eq!((taken, entry.told.called), (key("b"), true));
    }

    #[tokio::test]
    async fn a_call_may_be_faster_than_the_answer_that_began_it() {
        let kept = Kept::new();
        kept.inbox.claim(&key("a")).await.expect("taken in");
        let (_, entry) = kept.next().await;
        kept.inbox.add(&key("a"), watched()).await.expect("taken in");
        kept.inbox.settle(&key("a"), Settled::Later(entry, Duration::ZERO)).await;
        let (_, entry) = kept.next().await;
        assert_eq!((entry.told.account.as_deref(), entry.told.called), (Some("contoso"), true));
    }

    #[tokio::test]
    async fn what_is_known_comes_before_what_anybody_says() {
        let kept = Kept::new();
        for subject in ["x", "y", "z"] {
            kept.inbox.claim(&key(subject)).await.expect("taken in");
        }
        kept.inbox.add(&key("a"), watched()).await.expect("taken in");
        kept.inbox.claim(&key("a")).await.expect("taken in");
        assert_eq!(kept.next().await.0, key("a"));
        assert_eq!(kept.next().await.0, key("x"));
    }

    #[tokio::test]
    async fn what_comes_to_nothing_is_forgotten() {
        let kept = Kept::new();
        kept.inbox.claim(&key("a")).await.expect("taken in");
        let (_, entry) = kept.next().await;
        kept.inbox.settle(&key("a"), Settled::Dropped(entry)).await;
        assert_eq!(kept.inbox.len(), 0);
        assert_eq!(kept.again().inbox.len(), 0);
    }

    #[tokio::test]
    async fn what_is_told_while_it_is_looked_at_is_not_forgotten() {
        let kept = Kept::new();
        // A call, while a watched one is given up.
        kept.inbox.add(&key("a"), Entry { next: now(), ..watched() }).await.expect("taken in");
        let (_, entry) = kept.next().await;
        kept.inbox.claim(&key("a")).await.expect("taken in");
        kept.inbox.settle(&key("a"), Settled::Dropped(entry)).await;
        let (taken, entry) = kept.inbox.take().expect("due because of the call");
        assert_eq!((taken, entry.told.called), (key("a"), true));
        // A beginning, while a call is taken for forged.
        kept.inbox.claim(&key("b")).await.expect("taken in");
        let (_, entry) = kept.next().await;
        kept.inbox.add(&key("b"), watched()).await.expect("taken in");
        kept.inbox.settle(&key("b"), Settled::Dropped(entry)).await;
        assert_eq!(kept.inbox.len(), 2);
        let kept = kept.again();
        let both = [kept.next().await, kept.next().await];
        assert!(both.iter().all(|(_, entry)| entry.told.called && entry.told.process.is_some()), "{both:?}");
    }

    #[tokio::test]
    async fn what_is_told_of_an_open_entry_is_there_after_a_crash() {
        let kept = Kept::new();
        kept.inbox.claim(&key("a")).await.expect("taken in");
        kept.inbox.add(&key("a"), watched()).await.expect("taken in");
        let (_, entry) = kept.again().next().await;
        assert_eq!(entry.told, Told { called: true, ..watched().told });
    }

    #[tokio::test]
    async fn of_two_that_tell_at_once_both_are_heard() {
        let kept = Kept::new();
        let (a, begun) = (key("a"), watched());
        let both = tokio::join!(kept.inbox.claim(&a), kept.inbox.add(&a, begun.clone()), kept.inbox.claim(&a));
        assert!(both.0.is_ok() && both.1.is_ok() && both.2.is_ok());
        let kept = kept.again();
        assert_eq!((kept.inbox.len(), kept.next().await.1.told), (1, Told { called: true, ..begun.told }));
    }

    #[tokio::test]
    async fn claims_have_a_room_of_their_own_and_the_whole_has_one() {
        let kept = Kept::new();
        let claim = async |subject: &str| kept.inbox.claim(&key(subject)).await.is_ok();
        let watch = async |subject: &str| kept.inbox.add(&key(subject), watched()).await.is_ok();
        for subject in ["1", "2", "3", "4"] {
            assert!(claim(subject).await, "{subject}");
        }
        assert!(!claim("5").await && watch("5").await);
        assert!(claim("1").await && claim("5").await, "what is open is told again");
        // What turns out to be is no claim any more.
        assert!(watch("1").await && claim("6").await);
        assert!(!watch("7").await && !claim("7").await);
        let (taken, entry) = kept.next().await;
        kept.inbox.settle(&taken, Settled::Dropped(entry)).await;
        assert!(watch("7").await);
    }

    #[tokio::test]
    async fn what_was_published_is_told_no_more_even_at_once() {
        let kept = Kept::new();
        kept.inbox.claim(&key("a")).await.expect("taken in");
        let (_, entry) = kept.next().await;
        let (a, b) = (key("a"), key("a"));
        let ((), claimed) = tokio::join!(kept.inbox.settle(&a, published(entry)), kept.inbox.claim(&b));
        claimed.expect("known");
        assert_eq!((kept.inbox.len(), kept.again().inbox.len()), (0, 0));
    }
}
