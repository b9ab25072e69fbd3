//! How calls from outside are served, and why they cannot be.

use super::account::Account;
use super::elements::{self, InboundElement};
use super::entry::Pace;
use super::events::AccountError;
use super::journal::JournalError;
use super::webhook::{self, Fault, Webhook, routes};
use crate::dispatch::secrets::SecretSource;
use crate::http::TransportError;
use std::path::PathBuf;
use std::time::Duration;
use toml::Table;

/// How calls from outside are served.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How events are served; none are, if there is nothing here.
    pub events: Option<EventSettings>,
    /// BPMN files with elements that wait, each with its name.
    pub processes: Vec<(String, String)>,
    /// Webhooks that no process tells of, by their contexts: [`routes::parse`].
    pub routes: Table,
    /// How often the cluster is asked for its processes; it is not, if there is nothing here.
    pub discovery: Option<Duration>,
    /// How long a message is buffered where no element says so.
    pub time_to_live: Duration,
    /// The address by which the world reaches the worker, for signatures that are about it.
    pub base_url: Option<String>,
}

/// How events are served.
#[derive(Debug, Clone)]
pub struct EventSettings {
    /// What the systems are asked with. Only events of their connectors are served.
    pub accounts: Vec<Account>,
    /// The file of what must not be lost.
    pub journal: PathBuf,
    /// How patiently systems are asked.
    pub pace: Pace,
    /// Which runs are watched of those that this worker's jobs begin.
    pub watch: Watch,
}

/// Which runs are watched of those that the worker's jobs begin.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Watch {
    /// Those that a call was ordered for.
    #[default]
    Called,
    /// All.
    All,
    /// None: what a lost call would have told is lost.
    Nothing,
}

/// Why there is no inbound side.
#[derive(Debug, thiserror::Error)]
pub enum InboundError {
    /// The journal cannot be used.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// An account is not sound.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// There is no HTTP client.
    #[error(transparent)]
    Client(TransportError),
    /// A BPMN file cannot be read.
    #[error("{file}, line {line}: {reason}")]
    Process {
        /// Its name.
        file: String,
        /// Where.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// Webhooks of files or routes are not sound.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Webhooks(Vec<Fault>),
}

impl Settings {
    /// The elements of the files, and the webhooks of files and routes. What an operator has given has to be sound.
    pub(super) fn fixed(
        &self,
        secrets: &dyn SecretSource,
    ) -> Result<(Vec<InboundElement>, Vec<Webhook>), InboundError> {
        let (mut all, mut webhooks, mut faults) = (Vec::new(), Vec::new(), Vec::new());
        match routes::parse(&self.routes, secrets) {
            Ok(routes) => webhooks = routes,
            Err(found) => faults = found,
        }
        for (file, text) in &self.processes {
            let elements = elements::read(text).map_err(|error| InboundError::Process {
                file: file.clone(),
                line: error.line,
                reason: error.reason,
            })?;
            for element in &elements {
                match webhook::of_element(element, None, secrets) {
                    Some(Ok(webhook)) => webhooks.push(webhook),
                    Some(Err(found)) => faults.extend(found),
                    None => {}
                }
            }
            all.extend(elements);
        }
        if faults.is_empty() { Ok((all, webhooks)) } else { Err(InboundError::Webhooks(faults)) }
    }
}
