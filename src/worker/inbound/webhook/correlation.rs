//! Which element a call is for, and what the cluster is asked for it.

use super::super::Answer;
use super::answer::{failed, invalid, of_cluster};
use super::formula::FormulaError;
use super::{Correlation, Key, Settings, Target, WEBHOOK_TYPE};
use crate::cluster::{Cluster, ClusterError, DEFAULT_TENANT, Deployed, Message, NewInstance};
use crate::dispatch::outcome::Outcome;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// What a call is for: an element, and what is to be done for it.
pub(super) struct Plan<'a> {
    pub(super) target: &'a Target,
    variables: Map<String, Value>,
    /// Of a message: its correlation key, and its id.
    key: String,
    id: Option<String>,
}

/// What a call is for. None if it is for nobody, and that is well. Takes a processor's time, and asks nobody.
pub(super) fn plan<'a>(
    settings: &Settings,
    targets: &'a [Arc<Target>],
    context: &Value,
) -> Result<Option<Plan<'a>>, Answer> {
    let Some(target) = matching(targets, context)? else {
        settings.meters.inbound(WEBHOOK_TYPE, "activation-condition-failed");
        // As it has always been: one of them is enough.
        let consumed = targets.iter().any(|target| target.consumes_unmatched);
        return if consumed { Ok(None) } else { Err(Answer::refused(422, "Activation condition not met")) };
    };
    let (key, id) = match &target.correlation {
        Correlation::Create { .. } => (String::new(), None),
        Correlation::Message { key, id, .. } => {
            let key = key_of(key, context)?;
            let id = id.as_ref().map(|id| id.text(context).map_err(|error| failed(&error))).transpose()?;
            (key, id.flatten().filter(|id| !id.is_empty()))
        }
    };
    Ok(Some(Plan { target, variables: variables(target, context)?, key, id }))
}

/// Does what is planned, and gives what a response expression sees of it. None if it was done before, which is as good.
pub(super) async fn correlate(
    cluster: &Cluster,
    settings: &Settings,
    plan: &Plan<'_>,
) -> Result<Option<Value>, Answer> {
    let Plan { target, variables, key, id } = plan;
    let exchange = Exchange { cluster, settings, target, tenant: tenant(cluster, target) };
    let correlation = match &target.correlation {
        Correlation::Create { process, key } => {
            let process = key.as_deref().map_or(Deployed::Newest(process), Deployed::Pinned);
            exchange.create(process, variables).await.map(Some)
        }
        Correlation::Message { name, ttl, .. } => {
            let message = Message {
                name,
                correlation_key: key,
                id: id.as_deref(),
                time_to_live: ttl.unwrap_or(settings.message_ttl),
                variables,
                tenant: exchange.tenant,
            };
            exchange.tell(&message).await
        }
    };
    let action = if correlation.is_ok() { "correlated" } else { "correlation-failed" };
    settings.meters.inbound(WEBHOOK_TYPE, action);
    correlation.map_err(|error| of_cluster(&error))
}

/// The element whose condition is met; of several that one message is for, the first.
fn matching<'a>(targets: &'a [Arc<Target>], context: &Value) -> Result<Option<&'a Target>, Answer> {
    let mut matching: Vec<&Target> = Vec::new();
    for target in targets {
        // Newer versions come first, and of one element the newest that is met counts.
        if target.element.is_some() && matching.iter().any(|newer| newer.element == target.element) {
            continue;
        }
        let met = match &target.condition {
            Some(condition) => condition.evaluate(context).map_err(|error| failed(&error))? == Value::Bool(true),
            None => true,
        };
        if met {
            matching.push(target);
        }
    }
    let Some((first, others)) = matching.split_first() else { return Ok(None) };
    match different(first, others) {
        None => Ok(Some(first)),
        Some(why) => Err(invalid(&format!("Multiple connectors are activated for the same input: {why}"))),
    }
}

/// Why a call cannot be for several elements at once.
fn different(first: &Target, others: &[&Target]) -> Option<String> {
    if others.is_empty() {
        return None;
    }
    let waits_for = |target: &Target| match &target.correlation {
        Correlation::Message { name, key: Key::Needed(_), .. } => Some(name.clone()),
        _ => None,
    };
    let Some(name) = waits_for(first).filter(|_| others.iter().all(|other| waits_for(other).is_some())) else {
        return Some("Not all matching elements are message correlation points".to_owned());
    };
    if others.iter().any(|other| waits_for(other).as_deref() != Some(&name)) {
        return Some("Multiple matching elements have different message names".to_owned());
    }
    let differs = |(property, value): &&(&str, String)| {
        others.iter().any(|other| other.published.iter().any(|(known, other)| known == property && other != value))
    };
    let names: Vec<&str> = first.published.iter().filter(differs).map(|(name, _)| *name).collect();
    if names.is_empty() {
        return None;
    }
    let ids = [&[first], others].concat();
    let ids: Vec<String> = ids.iter().filter_map(|one| one.element.as_ref().map(|id| format!("'{id}'"))).collect();
    Some(format!("Elements {} have incompatible properties: {}", ids.join(", "), names.join(", ")))
}

/// The element's tenant, or the only one that is worked for.
fn tenant<'a>(cluster: &'a Cluster, target: &'a Target) -> Option<&'a str> {
    target.tenant.as_deref().or(match cluster.tenants() {
        [only] => Some(only),
        _ => None,
    })
}

/// What the process is given: the whole call under the result variable's name, then what the result expression gives.
fn variables(target: &Target, context: &Value) -> Result<Map<String, Value>, Answer> {
    match target.result.conclude(Ok(context.clone()), 0, &target.mask).outcome {
        Outcome::Complete { variables } => Ok(variables),
        Outcome::Fail { message, .. } => {
            let cause = "it gives no variables".to_owned();
            Err(failed(&FormulaError { reason: message, expression: target.result_told.clone(), cause }))
        }
        Outcome::BpmnError { .. } => Err(Answer::empty(500).because("the result expression gives a BPMN error")),
    }
}

fn key_of(key: &Key, context: &Value) -> Result<String, Answer> {
    match key {
        Key::Optional(None) => Ok(String::new()),
        Key::Optional(Some(key)) => Ok(key.text(context).ok().flatten().unwrap_or_default()),
        Key::Needed(key) => key
            .text(context)
            .ok()
            .flatten()
            .filter(|key| !key.is_empty())
            .ok_or_else(|| invalid(&format!("Wasn't able to obtain correlation key for expression {}", key.told()))),
    }
}

struct Exchange<'a> {
    cluster: &'a Cluster,
    settings: &'a Settings,
    target: &'a Target,
    tenant: Option<&'a str>,
}

impl Exchange<'_> {
    async fn create(&self, process: Deployed<'_>, variables: &Map<String, Value>) -> Result<Value, ClusterError> {
        let wait = self.target.waits.then_some(self.settings.wait);
        let instance = NewInstance { process, variables, tenant: self.tenant, wait };
        let created = self.cluster.create_instance(&instance).await?;
        let mut told = self.told();
        told["processInstanceKey"] = number(&created.process_instance_key);
        if let Some(variables) = created.variables {
            told["variables"] = Value::Object(variables);
        }
        Ok(told)
    }

    /// None if a message of the same id was there already, which is as good.
    async fn tell(&self, message: &Message<'_>) -> Result<Option<Value>, ClusterError> {
        let mut told = self.told();
        if self.target.waits {
            let correlated = self.cluster.correlate(message).await?;
            told["processInstanceKey"] = number(&correlated.process_instance_key);
            told["messageKey"] = number(&correlated.message_key);
            return Ok(Some(told));
        }
        match self.cluster.publish(message).await {
            Ok(key) => told["messageKey"] = number(&key),
            Err(error) if error.is_duplicate() => {
                tracing::debug!("a message of this id was there already");
                return Ok(None);
            }
            Err(error) => return Err(error),
        }
        Ok(Some(told))
    }

    fn told(&self) -> Value {
        json!({ "tenantId": self.tenant.unwrap_or(DEFAULT_TENANT), "activatedElement": self.target.activated })
    }
}

/// A key as expressions know it.
fn number(key: &str) -> Value {
    key.parse::<i64>().map_or_else(|_| Value::from(key), Value::from)
}
