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

pub use properties::{Fault, WEBHOOK_TYPE, of_element};

use super::discovery::Known;
use super::{Answer, Received};
use crate::cluster::Cluster;
use crate::dispatch::outcome::Expressions;
use crate::dispatch::secrets::{Mask, SecretSource};
use crate::http::TransportError;
use authorization::Authorization;
use formula::Formula;
use hmac::Signature;
use jwt::KeySets;
use request::Call;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
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
}

impl Webhook {
    /// The last part of its address.
    #[must_use]
    pub fn context(&self) -> &str {
        &self.context
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
}

impl Default for Settings {
    fn default() -> Self {
        Self { message_ttl: Duration::from_secs(3600), wait: Duration::from_secs(20), base_url: None }
    }
}

/// The webhooks that share a context.
struct Route {
    gate: Arc<Gate>,
    targets: Vec<Arc<Target>>,
}

/// All webhooks, and what answers their calls.
pub struct Webhooks {
    cluster: Cluster,
    settings: Settings,
    key_sets: KeySets,
    routes: RwLock<Arc<HashMap<String, Route>>>,
}

impl fmt::Debug for Webhooks {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.contexts()).finish()
    }
}

impl Webhooks {
    /// None yet: see [`Webhooks::serve`].
    pub fn new(cluster: Cluster, settings: Settings) -> Result<Self, TransportError> {
        Ok(Self { cluster, settings, key_sets: KeySets::new()?, routes: RwLock::default() })
    }

    /// Serves these from now on, and no others. Of two that cannot share a context the first one has it.
    pub fn serve(&self, webhooks: impl IntoIterator<Item = Webhook>) -> Vec<Fault> {
        let (mut routes, faults) = (HashMap::new(), &mut Vec::new());
        let mut owners: HashMap<String, (String, BTreeMap<String, String>)> = HashMap::new();
        for webhook in webhooks {
            let Webhook { context, scope, shared, gate, target } = webhook;
            match routes.get_mut(&context) {
                None => {
                    owners.insert(context.clone(), (scope, shared));
                    routes.insert(context, Route { gate, targets: vec![target] });
                }
                Some(route) if owners.get(&context) == Some(&(scope, shared)) => route.targets.push(target),
                Some(route) => {
                    let by = route.targets.first().map_or("", |first| first.place.as_str());
                    let problem = format!("Context: {context} already in use by: {by}");
                    faults.push(Fault {
                        place: target.place.clone(),
                        property: Some("inbound.context".to_owned()),
                        problem,
                    });
                }
            }
        }
        *self.routes.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(routes);
        std::mem::take(faults)
    }

    /// Serves `fixed`, and what is known of the cluster's processes each time that changes, until it is told to stop.
    pub async fn follow(
        &self,
        fixed: &[Webhook],
        mut known: watch::Receiver<Arc<Known>>,
        secrets: &dyn SecretSource,
        stop: CancellationToken,
    ) {
        loop {
            let now = Arc::clone(&known.borrow_and_update());
            let (found, mut faults) = of_known(&now, secrets);
            faults.extend(self.serve(fixed.iter().cloned().chain(found)));
            for fault in faults {
                tracing::warn!(%fault, "a webhook is not served");
            }
            tracing::info!(contexts = ?self.contexts(), "webhooks");
            let changed = tokio::select! {
                () = stop.cancelled() => false,
                changed = known.changed() => changed.is_ok(),
            };
            if !changed {
                return;
            }
        }
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

    /// What a call is answered, once what it asks for is done.
    pub async fn answer(&self, received: &Received) -> Answer {
        let routes = self.routes();
        match routes.get(&received.context) {
            Some(route) => self.lead(route, received).await.unwrap_or_else(|refused| refused),
            None => Answer::empty(404),
        }
    }

    /// Leads a call through its route; a refusal ends it.
    async fn lead(&self, route: &Route, received: &Received) -> Result<Answer, Answer> {
        let call = Call::read(received);
        if let Some(answer) = verified(&route.gate, &call.context)? {
            return Ok(answer);
        }
        let method = received.method.as_str();
        if !properties::METHODS.contains(&method) || route.gate.method.is_some_and(|only| only != method) {
            return Err(answer::reason(405, &format!("Method {method} not supported")));
        }
        if let Some(signature) = &route.gate.signature {
            signature.check(received, self.settings.base_url.as_deref()).map_err(answer::Denial::answer)?;
        }
        route.gate.authorization.check(received, &call.context, &self.key_sets).await?;
        if let Some((status, reason)) = &call.unreadable {
            return Err(answer::reason(*status, reason));
        }
        let correlated = correlation::correlate(&self.cluster, &self.settings, &route.targets, &call.context).await?;
        // Without something that was correlated there is nothing to tell of.
        let Some((target, correlation)) = correlated else { return Ok(Answer::empty(200)) };
        let Some(response) = &target.response else { return Ok(Answer::empty(200)) };
        let mut context = call.context;
        context["correlation"] = correlation;
        let given = response.evaluate(&context).map_err(|error| answer::failed(&error))?;
        if given.is_null() {
            return Ok(Answer::empty(200));
        }
        answer::of_expression(&given).map_err(|problem| answer::failed(&response.fault(&problem)))
    }
}

/// The answer of a verification expression, such as a challenge that is sent back; nothing is correlated then.
fn verified(gate: &Gate, context: &Value) -> Result<Option<Answer>, Answer> {
    let Some(verification) = &gate.verification else { return Ok(None) };
    let seen = serde_json::json!({ "request": context["request"] });
    match verification.evaluate(&seen).map_err(|error| answer::failed(&error))? {
        Value::Null => Ok(None),
        given => match answer::of_expression(&given) {
            Ok(answer) => Ok(Some(answer)),
            Err(problem) => Err(answer::failed(&verification.fault(&problem))),
        },
    }
}

/// The webhooks among what is known of a cluster's processes, and why others are none.
pub fn of_known(known: &Known, secrets: &dyn SecretSource) -> (Vec<Webhook>, Vec<Fault>) {
    let (mut webhooks, mut faults) = (Vec::new(), Vec::new());
    for one in &known.elements {
        match of_element(&one.element, Some(one), secrets) {
            Some(Ok(webhook)) => webhooks.push(webhook),
            Some(Err(found)) => faults.extend(found),
            None => {}
        }
    }
    (webhooks, faults)
}
