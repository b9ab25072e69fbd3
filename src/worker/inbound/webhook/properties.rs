//! From the properties of an element to a webhook, each fault told with its place.

use super::Webhook;
use super::reading::Reading;
use crate::dispatch::secrets::SecretSource;
use crate::worker::inbound::elements::{INBOUND_TYPE, InboundElement, InboundKind};
use crate::worker::inbound::fault::{Fault, Found};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The type of elements that are webhooks.
pub const WEBHOOK_TYPE: &str = "io.camunda:webhook:1";

/// What is told of an element beside its properties.
pub(super) struct Origin<'a> {
    pub(super) place: String,
    /// Elements of one scope may share a context.
    pub(super) scope: String,
    pub(super) tenant: Option<String>,
    pub(super) starts: Starts<'a>,
    /// What a response expression sees of it.
    pub(super) activated: Value,
}

/// What a call comes to.
pub(super) enum Starts<'a> {
    /// An instance of a process, pinned if the key is known.
    Process { id: &'a str, key: Option<&'a str> },
    /// A message, with a key or, where nobody needs one, without.
    Message { name: &'a str, key_is_optional: bool },
}

/// The webhook of an element; none if it is another connector's.
#[must_use]
pub fn of_element(
    element: &InboundElement,
    found: Found<'_>,
    secrets: &dyn SecretSource,
) -> Option<Result<Webhook, Vec<Fault>>> {
    if element.inbound_type() != WEBHOOK_TYPE {
        return None;
    }
    let place = found.place(element);
    let known = if let Found::Cluster(known) = found { Some(known) } else { None };
    let refused =
        |problem: &str| Some(Err(vec![Fault { place: place.clone(), property: None, problem: problem.to_owned() }]));
    let starts = match (element.kind, &element.message) {
        (InboundKind::Start, _) => {
            let key = known.map(|known| known.process_definition_key.as_str());
            Starts::Process { id: &element.process_id, key }
        }
        (InboundKind::InnerStart, _) => {
            return refused(
                "nothing from outside begins a sub-process: use the start event of the process, or a message",
            );
        }
        (_, None) => return refused("it waits for no message: choose one in its properties"),
        (_, Some(message)) if message.starts_with('=') => {
            return refused(
                "its message has an expression for a name, which only the cluster can evaluate: write the name",
            );
        }
        (kind, Some(message)) => Starts::Message { name: message, key_is_optional: kind == InboundKind::MessageStart },
    };
    let tenant = known.and_then(|known| known.tenant.clone());
    let origin = Origin {
        scope: format!("{}\n{}", tenant.as_deref().unwrap_or_default(), element.process_id),
        activated: json!({
            "bpmnProcessId": element.process_id,
            "elementId": element.element_id,
            "elementType": element.kind.tag(),
            "messageName": element.message,
            "version": known.and_then(|known| known.version),
            "processDefinitionKey": known.map(|known| &known.process_definition_key),
            "tenantId": tenant,
        }),
        place,
        tenant,
        starts,
    };
    Some(webhook(origin, &element.properties, secrets))
}

/// The names of all properties that a webhook has, beside its context.
pub(super) const NAMES: [&str; 31] = [
    INBOUND_TYPE,
    "inbound.context",
    "inbound.method",
    "inbound.shouldValidateHmac",
    "inbound.hmacSecret",
    "inbound.hmacHeader",
    "inbound.hmacAlgorithm",
    "inbound.hmacScopes",
    "inbound.auth.type",
    "inbound.auth.username",
    "inbound.auth.password",
    "inbound.auth.apiKey",
    "inbound.auth.apiKeyLocator",
    "inbound.auth.jwt.jwkUrl",
    "inbound.auth.jwt.permissionsExpression",
    "inbound.auth.jwt.requiredPermissions",
    "inbound.verificationExpression",
    "inbound.responseExpression",
    "inbound.activationCondition",
    "activationCondition",
    "consumeUnmatchedEvents",
    "synchronousResponse",
    "correlationKeyExpression",
    "messageIdExpression",
    "messageTtl",
    "resultVariable",
    "resultExpression",
    "deduplicationMode",
    "deduplicationId",
    "deduplicationModeManualFlag",
    "correlationRequired",
];

/// The webhook that properties tell of.
pub(super) fn webhook(
    origin: Origin<'_>,
    raw: &BTreeMap<String, String>,
    secrets: &dyn SecretSource,
) -> Result<Webhook, Vec<Fault>> {
    let mut reading = Reading::of(raw, secrets);
    let gate = reading.gate();
    let target = reading.target(&origin);
    let place = origin.place;
    let fault = |(property, problem)| Fault { place: place.clone(), property: Some(property), problem };
    match (gate, target) {
        (Some((context, gate)), Some(target)) if reading.faults.is_empty() => {
            // Elements whose calls are checked alike may share a context.
            let shared = |name: &str| name.starts_with("inbound.") && !ELEMENT_SCOPED.contains(&name);
            let shared = raw.iter().filter(|(name, _)| shared(name)).map(|(name, value)| (name.clone(), value.clone()));
            Ok(Webhook {
                context,
                scope: origin.scope,
                shared: shared.collect(),
                gate: Arc::new(gate),
                target: Arc::new(target),
                remarks: reading.remarks.into_iter().map(fault).collect(),
            })
        }
        _ => Err(reading.faults.into_iter().map(fault).collect()),
    }
}

/// Properties that only the element has to do with, though their names begin like those of the whole connector.
const ELEMENT_SCOPED: [&str; 2] = ["inbound.responseExpression", "inbound.activationCondition"];

/// The methods that a webhook takes.
pub(super) const METHODS: [&str; 5] = ["GET", "HEAD", "POST", "PUT", "DELETE"];

#[cfg(test)]
mod tests;
