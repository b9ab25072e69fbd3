//! What survives the worker: texts by keys, in one file. The only place that names redb; knows nothing of what it keeps.
//!
//! A thread of its own writes. What many ask for at once is committed together, so that a burst costs few waits for the disk.

use redb::{Database, DatabaseError, ReadableDatabase, ReadableTable, TableDefinition};
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc;
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

/// Texts by keys, in a file.
pub(super) struct Journal {
    path: String,
    database: Arc<Database>,
    writes: mpsc::Sender<Write>,
}

impl fmt::Debug for Journal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Journal({})", self.path)
    }
}

impl Journal {
    /// Opens the journal, and makes it if it is not there.
    pub(super) fn open(path: &Path) -> Result<Self, JournalError> {
        let name = path.display().to_string();
        let store = |reason: String| JournalError::Store { path: name.clone(), reason };
        let database = Database::builder().set_cache_size(CACHE).create(path).map_err(|error| match error {
            DatabaseError::DatabaseAlreadyOpen => JournalError::InUse(name.clone()),
            error => store(error.to_string()),
        })?;
        let database = Arc::new(database);
        commit(&database, &[]).map_err(|error| store(error.to_string()))?;
        let (writes, asked) = mpsc::channel();
        let written = Arc::clone(&database);
        let path = name.clone();
        std::thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || write(&written, &path, &asked))
            .map_err(|error| store(error.to_string()))?;
        Ok(Self { path: name, database, writes })
    }

    /// Resolves once it is on the disk.
    pub(super) async fn put(&self, key: &Arc<str>, text: Option<String>) -> Result<(), JournalError> {
        let (done, written) = oneshot::channel();
        let ended = || self.fault("its thread has ended");
        self.writes.send(Write { change: (Arc::clone(key), text), done }).map_err(|_| ended())?;
        written.await.unwrap_or_else(|_| Err(ended()))
    }

    /// Removes keys, without anybody waiting for it.
    pub(super) fn forget(&self, keys: Vec<Arc<str>>) {
        for key in keys {
            let (done, _) = oneshot::channel();
            // Without its thread nothing is written any more, which who waits is told.
            let _ = self.writes.send(Write { change: (key, None), done });
        }
    }

    /// The text of a key.
    pub(super) fn get(&self, key: &str) -> Result<Option<String>, JournalError> {
        let read = || -> Result<Option<String>, redb::Error> {
            let table = self.database.begin_read()?.open_table(ENTRIES)?;
            Ok(table.get(key)?.map(|text| text.value().to_owned()))
        };
        read().map_err(|error| self.fault(error))
    }

    /// Tells all keys and texts.
    pub(super) fn each(&self, mut tell: impl FnMut(&str, &str)) -> Result<(), JournalError> {
        let mut read = || -> Result<(), redb::Error> {
            let table = self.database.begin_read()?.open_table(ENTRIES)?;
            for entry in table.iter()? {
                let (key, text) = entry?;
                tell(key.value(), text.value());
            }
            Ok(())
        };
        read().map_err(|error| self.fault(error))
    }

    fn fault(&self, reason: impl fmt::Display) -> JournalError {
        JournalError::Store { path: self.path.clone(), reason: reason.to_string() }
    }
}

/// Commits what is asked for until nobody is left to ask.
fn write(database: &Database, path: &str, asked: &mpsc::Receiver<Write>) {
    while let Ok(first) = asked.recv() {
        let writes: Vec<Write> = std::iter::once(first).chain(asked.try_iter().take(TOGETHER - 1)).collect();
        let (changes, waiting): (Vec<Change>, Vec<_>) =
            writes.into_iter().map(|write| (write.change, write.done)).unzip();
        let outcome = commit(database, &changes)
            .map_err(|error| JournalError::Store { path: path.to_owned(), reason: error.to_string() });
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

    fn entries(journal: &Journal) -> Vec<(String, String)> {
        let mut all = Vec::new();
        journal.each(|key, text| all.push((key.to_owned(), text.to_owned()))).expect("readable");
        all
    }

    #[tokio::test]
    async fn what_was_put_is_there_when_it_is_opened_again() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("journal.redb");
        let journal = Journal::open(&path).expect("a new journal");
        let (one, two): (Arc<str>, Arc<str>) = ("one".into(), "two".into());
        journal.put(&one, Some("1".to_owned())).await.expect("written");
        journal.put(&two, Some("2".to_owned())).await.expect("written");
        journal.put(&one, None).await.expect("written");
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
}
