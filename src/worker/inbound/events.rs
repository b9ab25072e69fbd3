//! The events that are served: who tells of them, what confirms them, what their messages carry.

use super::account::{Account, Asking};
use super::elements::InboundElement;
use super::entry::{Entry, Pace, Told, millis};
use super::exchange::{Answer, Received};
use super::fault::{Fault, Findings, Found, remarks};
use super::inbox::{Inbox, Key, NotTaken, now};
use super::jittered;
use super::mapping::{Mapping, Mappings, Waiting};
use crate::definition::EventDefinition;
use crate::dispatch::secrets::SecretSource;
use crate::dispatch::{DispatchError, Dispatcher};
use crate::http;
use crate::registry::{Confirmation, Registry, request};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The largest call that tells of an event, in bytes. Power Automate's have some 200.
pub(super) const LARGEST_CALL: usize = 64 * 1024;
/// So long a job waits for the journal.
const LONGEST_WRITING: Duration = Duration::from_secs(5);
/// A subject to try an account with before anything is served, for an event without an example.
const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

/// Why events cannot be served.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// The account is for a connector that there is not, or that has no events.
    #[error("the account `{account}` is for `{connector}`, which is no connector with events{hint}")]
    Connector {
        /// Its name.
        account: String,
        /// The connector's id.
        connector: String,
        /// Which there are.
        hint: String,
    },
    /// A question cannot be asked with it.
    #[error("the account `{account}` is not sound: {problem}")]
    Input {
        /// Its name.
        account: String,
        /// What is wrong, without any value.
        problem: String,
    },
}

/// One event with what confirms it.
#[derive(Debug)]
pub(super) struct Served {
    pub(super) connector: String,
    pub(super) definition: EventDefinition,
    pub(super) confirmation: Confirmation,
    pub(super) mapping: Mapping,
}

/// All events that are served, and what is needed for that.
pub(super) struct Events {
    pub(super) inbox: Inbox,
    pub(super) dispatcher: Dispatcher,
    pub(super) secrets: Arc<dyn SecretSource>,
    pub(super) pace: Pace,
    pub(super) mappings: Mappings,
    accounts: Vec<Asking>,
    /// By the last part of the URL.
    served: BTreeMap<String, Served>,
}

impl fmt::Debug for Events {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Events").field("served", &self.served.keys()).finish_non_exhaustive()
    }
}

impl Events {
    /// The events of the connectors that there are accounts for.
    pub(super) fn new(
        inbox: Inbox,
        accounts: Vec<Account>,
        dispatcher: Dispatcher,
        secrets: Arc<dyn SecretSource>,
        pace: Pace,
    ) -> Result<Self, AccountError> {
        let accounts = accounts
            .into_iter()
            .map(|account| asking(account, &dispatcher, &*secrets))
            .collect::<Result<Vec<_>, _>>()?;
        let served = served(dispatcher.registry(), &accounts)?;
        Ok(Self { inbox, dispatcher, secrets, pace, mappings: Mappings::default(), accounts, served })
    }

    /// The contexts that are served.
    pub(super) fn contexts(&self) -> impl Iterator<Item = &str> {
        self.served.keys().map(String::as_str)
    }

    /// The type of the event that a context is about.
    pub(super) fn event_type(&self, context: &str) -> &str {
        self.served.get(context).map(|served| served.definition.event_type.as_str()).unwrap_or_default()
    }

    pub(super) fn serves(&self, context: &str) -> bool {
        self.served.contains_key(context)
    }

    /// From now on these elements are known, of which some wait for events: those that are sound.
    pub(super) fn waits<'a>(&self, elements: impl Iterator<Item = (Found<'a>, &'a InboundElement)>) -> Findings {
        let (mut waiting, mut findings) = (Vec::new(), Findings::default());
        for (found, element) in elements {
            let of_type = |served: &&Served| served.definition.event_type == element.inbound_type();
            let Some(served) = self.served.values().find(of_type) else { continue };
            let fault = |property: Option<&str>, problem| Fault {
                place: found.place(element),
                property: property.map(str::to_owned),
                problem,
            };
            match Mapping::of_element(element) {
                Ok(mapping) => {
                    let remarks = mapping.expression.iter().flat_map(|one| remarks(one, &request(&served.definition)));
                    findings.remarks.extend(remarks.map(|remark| fault(Some("resultExpression"), remark)));
                    waiting.push(Waiting {
                        process: element.process_id.clone(),
                        tenant: found.tenant().map(str::to_owned),
                        element: element.element_id.clone(),
                        event_type: element.inbound_type().to_owned(),
                        mapping,
                    });
                }
                Err(problems) => findings.faults.extend(problems.into_iter().map(|problem| fault(None, problem))),
            }
        }
        self.mappings.set(waiting);
        findings
    }

    /// The event that a key is about.
    pub(super) fn of(&self, connector: &str, event: &str) -> Option<&Served> {
        self.served.get(event).filter(|served| served.connector == connector)
    }

    /// The accounts that may know of a subject: the one that is named, or all of the connector's, if none has that name (any
    /// more).
    pub(super) fn accounts<'a, 'b: 'a>(
        &'a self,
        connector: &'b str,
        named: Option<&'b str>,
    ) -> impl Iterator<Item = &'a Asking> {
        let of_connector = move |asking: &&Asking| asking.account.connector == connector;
        let named = named.filter(|name| self.accounts.iter().filter(of_connector).any(|one| one.account.name == *name));
        let is_named = move |asking: &&Asking| named.is_none_or(|name| asking.account.name == name);
        self.accounts.iter().filter(of_connector).filter(is_named)
    }

    /// Takes in what a call tells. The answer is 200 once it is safe.
    pub(super) async fn answer(&self, call: &Received) -> Answer {
        let refuse = Answer::refused;
        let Some(served) = self.served.get(&call.context) else { return Answer::empty(404) };
        if call.method != "POST" {
            return refuse(405, &format!("Method {} not supported", call.method));
        }
        if call.body.len() > LARGEST_CALL {
            return refuse(413, &format!("the body is larger than {LARGEST_CALL} bytes"));
        }
        let Ok(body) = serde_json::from_slice::<Value>(&call.body) else { return refuse(400, "the body is no JSON") };
        let Some(subject) = served.confirmation.subject(&body) else {
            return refuse(400, "the body does not tell what it is about");
        };
        let key = Key::new(&served.connector, &served.definition.id, &subject);
        match self.inbox.claim(&key).await {
            Ok(()) => Answer::empty(200),
            // Both are statuses after which Power Automate calls again.
            Err(NotTaken::Full) => {
                refuse(503, "too much is open already").because("too much is open that only calls tell of")
            }
            Err(NotTaken::Journal(error)) => refuse(503, "the call cannot be written down").because(error.to_string()),
        }
    }

    /// Registers what an operation has begun, if an event tells of its end and somebody wants to know.
    pub(super) async fn begun(&self, origin: Origin<'_>, inputs: &Map<String, Value>, result: &Value, all: bool) {
        for served in self.served.values().filter(|served| served.connector == origin.connector) {
            let Some(begun) = served.confirmation.begun(origin.operation, inputs, result) else { continue };
            if !(all || begun.calls_back) {
                continue;
            }
            let Some(account) = self.account_for(origin.connector, origin.url) else {
                tracing::warn!("a run is not watched: there is no account for the address that it was begun at");
                continue;
            };
            let since = now();
            let told = Told {
                called: false,
                account: Some(account.account.name.clone()),
                process: Some(origin.process.to_owned()),
                tenant: Some(origin.tenant.to_owned()).filter(|tenant| !tenant.is_empty()),
            };
            let mut entry = Entry::new(since, told);
            entry.next = since + millis(jittered(entry.pause(since, self.pace)));
            let key = Key::new(&served.connector, &served.definition.id, &begun.subject);
            // The job is done whatever becomes of the journal, which gets it all the same once the disk is back.
            match tokio::time::timeout(LONGEST_WRITING, self.inbox.add(&key, entry)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::error!(%error, "a run is not watched, or not after a restart"),
                Err(_) => tracing::error!("a run is watched, but perhaps not after a restart: the journal is slow"),
            }
        }
    }

    /// The account that asks at the same address; where no address is declared, the only one.
    fn account_for<'a>(&'a self, connector: &'a str, url: Option<&str>) -> Option<&'a Asking> {
        let mut accounts = self.accounts(connector, None);
        match url.and_then(http::origin) {
            Some(origin) => accounts.find(|asking| asking.origin.as_ref() == Some(&origin)),
            None => accounts.next().filter(|_| accounts.next().is_none()),
        }
    }
}

/// Where something was begun.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// The connector's id.
    pub connector: &'a str,
    /// The operation's id.
    pub operation: &'a str,
    /// The request's URL, if there was one.
    pub url: Option<&'a str>,
    /// The process's id.
    pub process: &'a str,
    /// Its tenant.
    pub tenant: &'a str,
}

fn served(registry: &Registry, accounts: &[Asking]) -> Result<BTreeMap<String, Served>, AccountError> {
    let mut all = BTreeMap::new();
    for asking in accounts {
        let Ok(connector) = registry.connector(&asking.account.connector) else { continue };
        for (definition, confirmation) in connector.events() {
            let mapping = Mapping::of_definition(definition)
                .map_err(|problem| AccountError::Input { account: asking.account.name.clone(), problem })?;
            let served = Served {
                connector: asking.account.connector.clone(),
                definition: definition.clone(),
                confirmation: *confirmation,
                mapping,
            };
            all.insert(definition.id.clone(), served);
        }
    }
    Ok(all)
}

/// An account that questions can be asked with, as far as that is known before one is.
fn asking(account: Account, dispatcher: &Dispatcher, secrets: &dyn SecretSource) -> Result<Asking, AccountError> {
    let registry = dispatcher.registry();
    let events = registry.connector(&account.connector).ok().into_iter().flat_map(crate::Connector::events);
    let mut events = events.peekable();
    if events.peek().is_none() {
        let known = registry.connectors().iter().filter(|connector| connector.events().next().is_some());
        let known = known.map(|connector| connector.definition().id.as_str());
        let hint = crate::text::suggestion(&account.connector, known);
        return Err(AccountError::Connector { account: account.name, connector: account.connector, hint });
    }
    let mut origin = None;
    for (definition, confirmation) in events {
        let subject = definition.example().and_then(|example| confirmation.subject(example));
        let subject = subject.as_deref().unwrap_or(NOBODY);
        let prepared = account.question(confirmation, subject, dispatcher, secrets);
        let prepared = prepared.map_err(|error: DispatchError| AccountError::Input {
            account: account.name.clone(),
            problem: error.to_string(),
        })?;
        origin = prepared.url().and_then(http::origin);
    }
    Ok(Asking::new(account, origin))
}
