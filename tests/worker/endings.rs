//! A connector whose operation ends as it is told: for what Power Automate does not do on demand.

use opwright::{Execute, Failure, connector, operation};
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// How many operations run side by side that were told `counted`.
pub(crate) static COUNTED: Count = Count::new();
/// The same of those that were told `counted apart`, for another test.
pub(crate) static APART: Count = Count::new();
/// What operations were told that ran and began with `note`: for what is not told by an answer.
pub(crate) static NOTED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

pub(crate) struct Count {
    running: AtomicUsize,
    most: AtomicUsize,
}

impl Count {
    const fn new() -> Self {
        Self { running: AtomicUsize::new(0), most: AtomicUsize::new(0) }
    }

    /// The most that ran side by side.
    pub(crate) fn most(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }

    async fn run(&self) {
        self.most.fetch_max(self.running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(20)).await;
        self.running.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Operations that end as they are told.
#[connector(id = "end", name = "End", template_id = "test.end", version = 1, job_type = "test:end", operations = [Endings])]
pub(crate) struct End {}

/// Ends in this way.
#[operation(id = "end", name = "End")]
pub(crate) struct Endings {
    /// `well`, `600 ms` after so long, `counted`, `panic`, `terminal`, `later`, `bpmn`, `note` with something after it, or the message of a failure.
    how: String,
}

impl Execute<End> for Endings {
    type Output = String;

    async fn execute(self, _: End) -> Result<String, Failure> {
        match self.how.as_str() {
            "well" => Ok("well".to_owned()),
            "counted" | "counted apart" => {
                if self.how == "counted" {
                    COUNTED.run().await;
                } else {
                    APART.run().await;
                }
                Ok(self.how)
            }
            "panic" => panic!("as it was told"),
            "terminal" => Err(Failure::terminal("it cannot be mended").with_code("T1")),
            "later" => Err(Failure::retry_after("not now", Duration::from_secs(90))),
            "bpmn" => Err(Failure::bpmn("CAUGHT", "for the process")),
            "300 ms, then it breaks" => {
                tokio::time::sleep(Duration::from_millis(300)).await;
                Err(std::io::Error::other("it broke").into())
            }
            takes if takes.ends_with(" ms") => {
                let milliseconds = takes.trim_end_matches(" ms").parse().map_err(std::io::Error::other)?;
                tokio::time::sleep(Duration::from_millis(milliseconds)).await;
                Ok(self.how)
            }
            note if note.starts_with("note") => {
                NOTED.lock().expect("no panic").insert(self.how);
                Ok("noted".to_owned())
            }
            _ => Err(std::io::Error::other(self.how).into()),
        }
    }
}
