//! How calls from outside are served, and why they cannot be.

use super::account::Account;
use super::elements::{self, InboundElement};
use super::entry::Pace;
use super::events::AccountError;
use super::fault::{Fault, Found};
use super::journal::JournalError;
use super::webhook::{self, Webhook, routes};
use crate::diagram::DiagramError;
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
    /// Files or routes are not sound: all that is wrong with them.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Faults(Vec<Fault>),
}

/// What files and routes hold.
#[derive(Debug, Default)]
pub(super) struct Fixed {
    /// The elements, each with the name of its file.
    pub(super) elements: Vec<(String, InboundElement)>,
    pub(super) webhooks: Vec<Webhook>,
    pub(super) faults: Vec<Fault>,
}

impl Settings {
    /// What files and routes hold, with all that is wrong with them.
    pub(super) fn fixed(&self, secrets: &dyn SecretSource) -> Fixed {
        let mut fixed = Fixed::default();
        match routes::parse(&self.routes, secrets) {
            Ok(routes) => fixed.webhooks = routes,
            Err(found) => fixed.faults = found,
        }
        for (file, text) in &self.processes {
            let elements = match elements::read(text) {
                Ok(elements) => elements,
                Err(DiagramError { reason, line, .. }) => {
                    let place = format!("{file}, line {line}");
                    fixed.faults.push(Fault { place, property: None, problem: reason });
                    continue;
                }
            };
            for element in elements {
                match webhook::of_element(&element, Found::File(file), secrets) {
                    Some(Ok(webhook)) => fixed.webhooks.push(webhook),
                    Some(Err(found)) => fixed.faults.extend(found),
                    None => {}
                }
                fixed.elements.push((file.clone(), element));
            }
        }
        fixed
    }
}
