//! Webhooks, as Camunda's `io.camunda:webhook:1` has them: calls that create instances or correlate messages.
//!
//! ```text
//! properties    what an element says, checked: a webhook, or faults with their places; reading does it
//! routes        the same out of a table in a file
//! request       a call as expressions see it
//! hmac, authorization, jwt   who may call
//! correlation   which element a call is for, and what the cluster is asked
//! answer        what is answered
//! ```
//!
//! Knows no sockets. What a call is answered tells no secret, and nothing of a process but what its expressions say.

mod answer;
mod authorization;
mod correlation;
mod formula;
mod hmac;
mod jwt;
mod properties;
mod reading;
mod request;
pub mod routes;

pub use properties::{WEBHOOK_TYPE, of_element};

use super::discovery::{self, Known};
use super::engine::apart;
use super::fault::{Fault, Findings, Found, Once};
use super::{Answer, Received};
use crate::cluster::Cluster;
use crate::dispatch::outcome::Expressions;
use crate::dispatch::secrets::{Mask, SecretSource};
use crate::http::TransportError;
use crate::worker::meters::Meters;
use authorization::Authorization;
use formula::Formula;
use hmac::Signature;
use jwt::KeySets;
use request::Call;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// A webhook: what an element says about calls, checked.
#[derive(Clone)]
pub struct Webhook {
    context: String,
    /// Webhooks of one scope may share a context, if their calls are checked alike.
    scope: String,
    shared: BTreeMap<String, String>,
    gate: Arc<Gate>,
    target: Arc<Target>,
    remarks: Vec<Fault>,
}

impl Webhook {
    /// The last part of its address.
    #[must_use]
    pub fn context(&self) -> &str {
        &self.context
    }

    /// What of it can hardly be as it was meant, such as an expression that calls a function that there is not.
    #[must_use]
    pub fn remarks(&self) -> &[Fault] {
        &self.remarks
    }
}

impl fmt::Debug for Webhook {
    /// Without its properties, which may hold secrets.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Webhook({}, {})", self.context, self.target.place)
    }
}

/// Which calls are let in.
struct Gate {
    /// All, if none is named.
    method: Option<&'static str>,
    signature: Option<Signature>,
    authorization: Authorization,
    verification: Option<Formula>,
}

/// What a call that was let in comes to.
struct Target {
    place: String,
    element: Option<String>,
    /// What a response expression sees of the element.
    activated: Value,
    tenant: Option<String>,
    condition: Option<Formula>,
    consumes_unmatched: bool,
    /// Whether who calls waits for what becomes of it.
    waits: bool,
    correlation: Correlation,
    result: Expressions,
    result_told: String,
    /// What has to be the same of several elements that one message is for.
    published: [(&'static str, String); 5],
    response: Option<Formula>,
    mask: Arc<Mask>,
}

enum Correlation {
    Create { process: String, key: Option<String> },
    Message { name: String, key: Key, id: Option<Formula>, ttl: Option<Duration> },
}

/// The key of a message.
enum Key {
    /// An instance waits for it.
    Needed(Formula),
    /// Empty where there is none.
    Optional(Option<Formula>),
}

/// How webhooks are served.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How long a message is buffered whose element does not say.
    pub message_ttl: Duration,
    /// How long the end of an instance is waited for.
    pub wait: Duration,
    /// The address by which the world reaches the worker, such as `https://hooks.example.org`, for signatures that are about
    /// it; what a call says of itself, if none.
    pub base_url: Option<String>,
    /// Contexts that something else has, and what that is.
    pub taken: BTreeMap<String, String>,
    /// Whether [`Webhooks::follow`] will tell of more: until the cluster has answered, an unknown context may be one of those.
    pub awaits_processes: bool,
    /// What counts them.
    pub meters: Arc<Meters>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            message_ttl: Duration::from_secs(3600),
            wait: Duration::from_secs(20),
            base_url: None,
            taken: BTreeMap::new(),
            awaits_processes: false,
            meters: Arc::default(),
        }
    }
}

/// The webhooks that share a context.
struct Route {
    scope: String,
    gate: Arc<Gate>,
    targets: Vec<Arc<Target>>,
}

const NO_SNIFFING: &str = "x-content-type-options";

/// All webhooks, and what answers their calls.
pub struct Webhooks {
    cluster: Cluster,
    settings: Settings,
    key_sets: KeySets,
    routes: RwLock<Arc<HashMap<String, Route>>>,
    awaits_processes: AtomicBool,
}

impl fmt::Debug for Webhooks {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.contexts()).finish()
    }
}

impl Webhooks {
    /// None yet: see [`Webhooks::serve`].
    pub fn new(cluster: Cluster, settings: Settings) -> Result<Self, TransportError> {
        let awaits_processes = AtomicBool::new(settings.awaits_processes);
        Ok(Self { cluster, settings, key_sets: KeySets::new()?, routes: RwLock::default(), awaits_processes })
    }

    /// Serves these from now on, and no others. Of two that cannot share a context who has it already keeps it, and otherwise
    /// the first one gets it.
    pub fn serve(&self, webhooks: impl IntoIterator<Item = Webhook>) -> Vec<Fault> {
        let (mut routes, mut faults) = (HashMap::<String, Route>::new(), Vec::new());
        let mut checked: HashMap<String, BTreeMap<String, String>> = HashMap::new();
        let mut webhooks: Vec<Webhook> = webhooks.into_iter().collect();
        // Nobody takes an address from another one by deploying a process that wants it too.
        let before = self.routes();
        webhooks.sort_by_key(|one| before.get(&one.context).is_some_and(|route| route.scope != one.scope));
        for webhook in webhooks {
            let Webhook { context, scope, shared, gate, target, .. } = webhook;
            let by = match (self.settings.taken.get(&context), routes.get_mut(&context)) {
                (Some(by), _) => by,
                (None, None) => {
                    checked.insert(context.clone(), shared);
                    routes.insert(context, Route { scope, gate, targets: vec![target] });
                    continue;
                }
                (None, Some(route)) if route.scope == scope && checked.get(&context) == Some(&shared) => {
                    route.targets.push(target);
                    continue;
                }
                (None, Some(route)) => route.targets.first().map_or("", |first| first.place.as_str()),
            };
            let problem = format!("Context: {context} already in use by: {by}");
            let property = Some("inbound.context".to_owned());
            faults.push(Fault { place: target.place.clone(), property, problem });
        }
        self.key_sets.keep(routes.values().filter_map(|route| route.gate.authorization.key_address()));
        *self.routes.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(routes);
        faults
    }

    /// Serves `fixed`, and what is known of the cluster's processes each time that changes, until it is told to stop.
    pub async fn follow(
        &self,
        fixed: &[Webhook],
        known: watch::Receiver<Arc<Known>>,
        secrets: &dyn SecretSource,
        stop: CancellationToken,
    ) {
        let (mut contexts, told) = (Vec::new(), Once::default());
        discovery::each(known, stop, |now| {
            let (found, faults) = of_known(now, secrets);
            let remarks = found.iter().flat_map(|webhook| webhook.remarks.clone()).collect();
            let mut findings = Findings { faults, remarks };
            findings.faults.extend(self.serve(fixed.iter().cloned().chain(found)));
            told.tell(&findings, "a webhook is not served");
            if now.has_answered {
                self.awaits_processes.store(false, Ordering::Relaxed);
            }
            let before = std::mem::replace(&mut contexts, self.contexts());
            if before != contexts {
                tracing::info!(?contexts, "webhooks");
            }
        })
        .await;
    }

    /// The contexts that are served.
    #[must_use]
    pub fn contexts(&self) -> Vec<String> {
        let mut contexts: Vec<String> = self.routes().keys().cloned().collect();
        contexts.sort();
        contexts
    }

    fn routes(&self) -> Arc<HashMap<String, Route>> {
        Arc::clone(&self.routes.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// What a call is answered whose context is no webhook's; nothing if it is one's.
    pub(super) fn unknown(&self, context: &str) -> Option<Answer> {
        (!self.routes().contains_key(context)).then(|| self.nobodys())
    }

    fn nobodys(&self) -> Answer {
        // Who is told 404 does not call again.
        if self.awaits_processes.load(Ordering::Relaxed) {
            return Answer::refused(503, "The processes of the cluster are not known yet");
        }
        Answer::empty(404).because("there is no such context")
    }

    /// What a call is answered, once what it asks for is done.
    pub async fn answer(&self, received: &Received) -> Answer {
        let routes = self.routes();
        let mut answer = match routes.get(&received.context) {
            Some(route) => self.lead(route, received).await.unwrap_or_else(|refused| refused),
            None => self.nobodys(),
        };
        // A browser must not take it for anything else than it is.
        if !answer.body.is_empty() && answer.headers.iter().all(|(name, _)| name != NO_SNIFFING) {
            answer.headers.push((NO_SNIFFING.into(), "nosniff".to_owned()));
        }
        answer
    }

    /// Leads a call through its route; a refusal ends it.
    async fn lead(&self, route: &Route, received: &Received) -> Result<Answer, Answer> {
        let mut call = Call::of(received);
        if let Some(answer) = apart(|| self.enter(&route.gate, received, &mut call)).await? {
            return Ok(answer);
        }
        route.gate.authorization.check(received, &mut call, &self.key_sets).await?;
        let planned = apart(|| {
            let context = call.context(received).take();
            if let Some((status, reason)) = &call.unreadable {
                return Err(Answer::refused(*status, reason));
            }
            Ok((correlation::plan(&self.settings, &route.targets, &context)?, context))
        });
        let (plan, mut context) = planned.await?;
        // Without something that was correlated there is nothing to tell of.
        let Some(plan) = plan else { return Ok(Answer::empty(200)) };
        let correlated = correlation::correlate(&self.cluster, &self.settings, &plan).await?;
        let (Some(correlation), Some(response)) = (correlated, &plan.target.response) else {
            return Ok(Answer::empty(200));
        };
        context["correlation"] = correlation;
        apart(|| {
            let given = response.evaluate(&context).map_err(|error| answer::failed(&error))?;
            if given.is_null() {
                return Ok(Answer::empty(200));
            }
            answer::of_expression(&given).map_err(|problem| answer::failed(&response.fault(&problem)))
        })
        .await
    }

    /// What is found out about a call before it is asked who calls: a verification's answer ends it.
    fn enter(&self, gate: &Gate, received: &Received, call: &mut Call) -> Result<Option<Answer>, Answer> {
        if let Some(answer) = verified(gate, received, call)? {
            return Ok(Some(answer));
        }
        let method = received.method.as_str();
        if !properties::METHODS.contains(&method) || gate.method.is_some_and(|only| only != method) {
            return Err(Answer::refused(405, &format!("Method {method} not supported")));
        }
        if let Some(signature) = &gate.signature {
            signature.check(received, self.settings.base_url.as_deref()).map_err(answer::Denial::answer)?;
        }
        Ok(None)
    }
}

/// The answer of a verification expression, such as a challenge that is sent back; nothing is correlated then.
fn verified(gate: &Gate, received: &Received, call: &mut Call) -> Result<Option<Answer>, Answer> {
    let Some(verification) = &gate.verification else { return Ok(None) };
    let failed = |error| answer::failed_in_secret("inbound.verificationExpression", &error);
    match verification.evaluate(call.context_for(received, verification)).map_err(failed)? {
        Value::Null => Ok(None),
        given => match answer::of_expression(&given) {
            Ok(answer) => Ok(Some(answer)),
            Err(problem) => Err(failed(verification.fault(&problem))),
        },
    }
}

/// The webhooks among what is known of a cluster's processes, and why others are none.
pub fn of_known(known: &Known, secrets: &dyn SecretSource) -> (Vec<Webhook>, Vec<Fault>) {
    let (mut webhooks, mut faults) = (Vec::new(), Vec::new());
    for one in &known.elements {
        match of_element(&one.element, Found::Cluster(one), secrets) {
            Some(Ok(webhook)) => webhooks.push(webhook),
            Some(Err(found)) => faults.extend(found),
            None => {}
        }
    }
    (webhooks, faults)
}
