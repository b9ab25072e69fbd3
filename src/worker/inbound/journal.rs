//! What survives the worker: texts by keys, in one file. The only place that names redb; knows nothing of what it keeps.
//!
//! A thread of its own writes. What many ask for at once is committed together, so that a burst costs few waits for the disk.

use redb::{Database, DatabaseError, ReadableDatabase, ReadableTable, TableDefinition};
use std::fmt;
use std::path::Path;
use std::sync::mpsc;
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::oneshot;

const ENTRIES: TableDefinition<'_, &str, &str> = TableDefinition::new("entries");
/// Pages of the store that are kept in memory, in bytes.
const CACHE: usize = 4 * 1024 * 1024;
/// So many changes are committed together at most.
const TOGETHER: usize = 1000;

/// Why the journal cannot be used.
#[derive(Debug, Clone, thiserror::Error)]
pub enum JournalError {
    /// Another process has it open.
    #[error("the journal {0} is used by another worker: give each worker a journal of its own")]
    InUse(String),
    /// It cannot be opened, read or written.
    #[error("the journal {path} cannot be used: {reason}")]
    Store {
        /// The file.
        path: String,
        /// What the store says.
        reason: String,
    },
}

/// A key's new text, or that it is gone.
type Change = (Arc<str>, Option<String>);

struct Write {
    change: Change,
    done: oneshot::Sender<Result<(), JournalError>>,
}

/// A change that has its place among the others, and may not be on the disk yet.
#[must_use]
pub(super) struct Pending {
    written: oneshot::Receiver<Result<(), JournalError>>,
    store: Arc<Store>,
}

impl Pending {
    /// Resolves once it is on the disk.
    pub(super) async fn done(self) -> Result<(), JournalError> {
        self.written.await.unwrap_or_else(|_| Err(self.store.fault("its thread has ended")))
    }
}

type Opening = dyn Fn() -> Result<Database, DatabaseError> + Send + Sync;

/// The file. After a failure of the disk redb refuses everything until the file is opened anew.
struct Store {
    path: String,
    opening: Box<Opening>,
    /// None while it cannot be opened.
    database: RwLock<Option<Database>>,
}

/// Texts by keys, in a file.
pub(super) struct Journal {
    store: Arc<Store>,
    writes: mpsc::Sender<Write>,
}

impl fmt::Debug for Journal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Journal({})", self.store.path)
    }
}

impl Journal {
    /// Opens the journal, and makes it if it is not there.
    pub(super) fn open(path: &Path) -> Result<Self, JournalError> {
        let file = path.to_owned();
        let opening = move || Database::builder().set_cache_size(CACHE).create(&file);
        Self::opened_by(path.display().to_string(), Box::new(opening))
    }

    fn opened_by(path: String, opening: Box<Opening>) -> Result<Self, JournalError> {
        let database = opening().map_err(|error| match error {
            DatabaseError::DatabaseAlreadyOpen => JournalError::InUse(path.clone()),
            error => JournalError::Store { path: path.clone(), reason: error.to_string() },
        })?;
        let store = Arc::new(Store { path, opening, database: RwLock::new(Some(database)) });
        store.with(|database| commit(database, &[]))?;
        let (writes, asked) = mpsc::channel();
        let written = Arc::clone(&store);
        std::thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || write(&written, &asked))
            .map_err(|error| store.fault(error))?;
        Ok(Self { store, writes })
    }

    /// Asks for a change, which comes after all that were asked for before.
    pub(super) fn put(&self, key: &Arc<str>, text: Option<String>) -> Pending {
        let (done, written) = oneshot::channel();
        // Without the thread the sender is dropped, of which whoever waits is told.
        let _ = self.writes.send(Write { change: (Arc::clone(key), text), done });
        Pending { written, store: Arc::clone(&self.store) }
    }

    /// The text of a key.
    pub(super) fn get(&self, key: &str) -> Result<Option<String>, JournalError> {
        self.store.with(|database| {
            let table = database.begin_read()?.open_table(ENTRIES)?;
            Ok(table.get(key)?.map(|text| text.value().to_owned()))
        })
    }

    /// All keys and texts of which `chosen` makes something.
    pub(super) fn all<T>(&self, chosen: impl Fn(&str, &str) -> Option<T>) -> Result<Vec<T>, JournalError> {
        self.store.with(|database| {
            let table = database.begin_read()?.open_table(ENTRIES)?;
            let mut all = Vec::new();
            for entry in table.iter()? {
                let (key, text) = entry?;
                all.extend(chosen(key.value(), text.value()));
            }
            Ok(all)
        })
    }
}

impl Store {
    /// Does something with the store; once more with the file opened anew, if it fails.
    fn with<T>(&self, act: impl Fn(&Database) -> Result<T, redb::Error>) -> Result<T, JournalError> {
        let once = || {
            let database = self.database.read().unwrap_or_else(PoisonError::into_inner);
            let database = database.as_ref().ok_or_else(|| "it is not open".to_owned())?;
            act(database).map_err(|error| error.to_string())
        };
        once().or_else(|_| self.open_anew().and_then(|()| once())).map_err(|reason| self.fault(reason))
    }

    fn open_anew(&self) -> Result<(), String> {
        let mut database = self.database.write().unwrap_or_else(PoisonError::into_inner);
        // Before it is opened again it has to let go of the file.
        drop(database.take());
        *database = Some((self.opening)().map_err(|error| error.to_string())?);
        Ok(())
    }

    fn fault(&self, reason: impl fmt::Display) -> JournalError {
        JournalError::Store { path: self.path.clone(), reason: reason.to_string() }
    }
}

/// Commits what is asked for until nobody is left to ask.
fn write(store: &Store, asked: &mpsc::Receiver<Write>) {
    while let Ok(first) = asked.recv() {
        let writes: Vec<Write> = std::iter::once(first).chain(asked.try_iter().take(TOGETHER - 1)).collect();
        let (changes, waiting): (Vec<Change>, Vec<_>) =
            writes.into_iter().map(|write| (write.change, write.done)).unzip();
        let outcome = store.with(|database| commit(database, &changes));
        for done in waiting {
            // Who has gone does not want to know.
            let _ = done.send(outcome.clone());
        }
    }
}

fn commit(database: &Database, changes: &[Change]) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    {
        let mut table = transaction.open_table(ENTRIES)?;
        for (key, text) in changes {
            match text {
                Some(text) => table.insert(&**key, text.as_str())?,
                None => table.remove(&**key)?,
            };
        }
    }
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use redb::StorageBackend;
    use redb::backends::FileBackend;
    use std::io;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn entries(journal: &Journal) -> Vec<(String, String)> {
        journal.all(|key, text| Some((key.to_owned(), text.to_owned()))).expect("readable")
    }

    #[tokio::test]
    async fn what_was_put_is_there_when_it_is_opened_again() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("journal.redb");
        let journal = Journal::open(&path).expect("a new journal");
        let (one, two): (Arc<str>, Arc<str>) = ("one".into(), "two".into());
        journal.put(&one, Some("1".to_owned())).done().await.expect("written");
        journal.put(&two, Some("2".to_owned())).done().await.expect("written");
        journal.put(&one, None).done().await.expect("written");
        assert_eq!(
            (journal.get("one").expect("read"), journal.get("two").expect("read")),
            (None, Some("2".to_owned()))
        );
        let told = Journal::open(&path).expect_err("in use").to_string();
        assert!(told.contains("used by another worker"), "{told}");
        drop(journal);
        // Its thread lets go of the file a little later.
        let again = std::iter::repeat_with(|| {
            std::thread::sleep(std::time::Duration::from_millis(10));
            Journal::open(&path)
        });
        let again = again.take(500).find_map(Result::ok).expect("let go of");
        assert_eq!(entries(&again), [("two".to_owned(), "2".to_owned())]);
    }

    #[test]
    fn a_file_that_is_no_journal_is_left_alone() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("letter.txt");
        std::fs::write(&path, "Dear all").expect("written");
        let told = Journal::open(&path).expect_err("no journal").to_string();
        assert!(told.contains("letter.txt cannot be used"), "{told}");
        assert_eq!(std::fs::read_to_string(&path).expect("there"), "Dear all");
    }

    /// A file on a disk that fails so many times when something is written.
    #[derive(Debug)]
    struct Failing(FileBackend, Arc<AtomicUsize>);

    impl StorageBackend for Failing {
        fn len(&self) -> io::Result<u64> {
            self.0.len()
        }
        fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
            self.0.read(offset, out)
        }
        fn set_len(&self, len: u64) -> io::Result<()> {
            self.0.set_len(len)
        }
        fn sync_data(&self) -> io::Result<()> {
            let left = self.1.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
            if left.is_ok() { Err(io::Error::other("no space left")) } else { self.0.sync_data() }
        }
        fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
            self.0.write(offset, data)
        }
        fn close(&self) -> io::Result<()> {
            self.0.close()
        }
    }

    #[tokio::test]
    async fn once_the_disk_is_well_again_so_is_the_journal() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("journal.redb");
        let failures = Arc::new(AtomicUsize::new(0));
        let left = Arc::clone(&failures);
        let opening = move || {
            let file = std::fs::OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path)?;
            Database::builder().create_with_backend(Failing(FileBackend::new(file)?, Arc::clone(&left)))
        };
        let journal = Journal::opened_by("journal".to_owned(), Box::new(opening)).expect("a new journal");
        let put = |key: &str| journal.put(&key.into(), Some(key.to_owned())).done();
        put("before").await.expect("written");
        // For long: who asks is told that it is not certain to be there.
        failures.store(1_000_000, Ordering::SeqCst);
        let told = put("uncertain").await.expect_err("the disk fails").to_string();
        assert!(told.contains("no space left"), "{told}");
        failures.store(0, Ordering::SeqCst);
        assert_eq!(journal.get("before").expect("read"), Some("before".to_owned()));
        // And once: nobody notices.
        failures.store(1, Ordering::SeqCst);
        put("after").await.expect("written");
        let keys: Vec<String> = entries(&journal).into_iter().map(|(key, _)| key).collect();
        assert!(["after", "before"].iter().all(|key| keys.contains(&(*key).to_owned())), "{keys:?}");
    }
}
