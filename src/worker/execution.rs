//! One job, from its headers and variables to its outcome. Knows no cluster.
//!
//! All that can be found wrong before the call is found before it: headers, durations, secrets, the input.

use crate::cluster::Job;
use crate::definition::Field;
use crate::dispatch::outcome::{Expressions, HeaderFaults, Headers, Outcome};
use crate::dispatch::secrets::{Admitted, Mask, SecretSource};
use crate::dispatch::{DispatchError, Dispatcher, duration};
use crate::failure::{ErrorType, Failure};
use crate::worker::inbound::{Inbound, Origin};
use opwright_feel::Shape;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// So many distinct sets of expressions are remembered; when there are more, they are read anew.
const REMEMBERED: usize = 1000;

/// The expressions of a set of headers, or what is wrong with them.
type Known = Result<Arc<Expressions>, Arc<HeaderFaults>>;

/// Executes jobs.
pub struct Execution {
    dispatcher: Dispatcher,
    secrets: Arc<dyn SecretSource>,
    repeat_client_errors: bool,
    /// Takes notice of what an operation begins, if there is an inbound side.
    inbound: Option<Arc<Inbound>>,
    expressions: Mutex<HashMap<Headers, Known>>,
}

impl fmt::Debug for Execution {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Execution").field("dispatcher", &self.dispatcher).finish_non_exhaustive()
    }
}

impl Execution {
    /// Executes this dispatcher's operations with these secrets.
    #[must_use]
    pub fn new(dispatcher: Dispatcher, secrets: Arc<dyn SecretSource>, repeat_client_errors: bool) -> Self {
        Self { dispatcher, secrets, repeat_client_errors, inbound: None, expressions: Mutex::default() }
    }

    /// The same, and what its operations begin is told to this inbound side.
    #[must_use]
    pub fn telling(self, inbound: Arc<Inbound>) -> Self {
        Self { inbound: Some(inbound), ..self }
    }

    /// Executes a job of this connector once. It may ask for these secrets, `None` meaning for all; a failure stands for a
    /// job that is not to be begun.
    ///
    /// There is no outcome if the job's time was over before it could be begun: it is another worker's then.
    pub async fn execute(
        &self,
        connector: &str,
        job: &Job,
        secrets: Result<Option<&BTreeSet<String>>, Failure>,
    ) -> Option<Outcome> {
        let terms = match self.terms(job) {
            Ok(terms) => terms,
            Err(outcome) => return Some(outcome),
        };
        let (result, mask) = match secrets {
            Ok(secrets) => self.dispatch(connector, job, secrets).await?,
            Err(failure) => (Err(failure), Mask::default()),
        };
        Some(terms.conclude(job, result, &mask))
    }

    /// The outcome of a job whose operation panicked: what it had done is not known.
    pub(super) fn crashed(&self, job: &Job) -> Outcome {
        let message = "The operation crashed: the worker's standard error tells where";
        let failure = Failure::from(std::io::Error::other(message));
        self.terms(job).map_or_else(|outcome| outcome, |terms| terms.conclude(job, Err(failure), &Mask::default()))
    }

    /// What a job's headers say of its end; or how it ends because of them.
    fn terms(&self, job: &Job) -> Result<Terms, Outcome> {
        if let Some(fault) = &job.fault {
            let failure = Failure::terminal_as(ErrorType::Input, format!("The job cannot be read: {fault}"));
            return Err(Outcome::of_failure(failure, job.retries));
        }
        let backoff = retry_backoff(job).map_err(|failure| Outcome::of_failure(failure, job.retries))?;
        let expressions = self.expressions(job).map_err(|faults| faults.outcome())?;
        Ok(Terms { backoff, expressions })
    }

    async fn dispatch(
        &self,
        connector: &str,
        job: &Job,
        secrets: Option<&BTreeSet<String>>,
    ) -> Option<(Result<Value, Failure>, Mask)> {
        let admits = |name: &str| {
            let admitted = secrets.is_none_or(|names| names.contains(name));
            if !admitted {
                tracing::warn!(secret = name, "not handed out, so its placeholder stays: the task does not name it");
            }
            admitted
        };
        let secrets = Admitted::new(&*self.secrets, admits);
        let prepared = operation(job).and_then(|operation| {
            let registry = self.dispatcher.registry();
            let (_, schema, _) = registry
                .connector(connector)
                .and_then(|connector| connector.operation(operation))
                .map_err(|error| DispatchError::Unknown(error).into_failure())?;
            let mut input = schema.declared_only(&job.variables);
            link_resources(schema.own(), job, &mut input);
            let input = Value::Object(input);
            let prepared = self.dispatcher.prepare(connector, operation, &input, &secrets);
            prepared.map(|prepared| (prepared, operation, input)).map_err(DispatchError::into_failure)
        });
        let (prepared, operation, input) = match prepared {
            Ok(prepared) => prepared,
            Err(failure) => return Some((Err(failure), Mask::default())),
        };
        let mask = prepared.mask().clone();
        let url = self.inbound.as_ref().and_then(|_| prepared.url().map(str::to_owned));
        match self.dispatcher.execute(prepared.until(job.deadline)).await {
            Ok((result, mask)) => {
                if let (Some(inbound), Value::Object(input)) = (&self.inbound, &input) {
                    let (process, tenant) = (job.process_id.as_str(), job.tenant.as_str());
                    let origin = Origin { connector, operation, url: url.as_deref(), process, tenant };
                    inbound.begun(origin, input, &result).await;
                }
                Some((Ok(result), mask))
            }
            Err(DispatchError::Late) => None,
            Err(error) => {
                let failure = error.into_failure();
                Some((Err(if self.repeat_client_errors { repeatable(failure) } else { failure }), mask))
            }
        }
    }

    /// The expressions of a job's headers, read once for each distinct text.
    fn expressions(&self, job: &Job) -> Known {
        let headers = Headers::read(|name| job.header(name).map(str::to_owned));
        let mut known = self.expressions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(expressions) = known.get(&headers) {
            return expressions.clone();
        }
        if known.len() >= REMEMBERED {
            known.clear();
        }
        let expressions = Expressions::parse(&headers).map(Arc::new).map_err(Arc::new);
        // Once for each text: what no response could mend, such as a function that there is not.
        for remark in expressions.iter().flat_map(|expressions| expressions.check(&Shape::Any)) {
            tracing::warn!(remark = remark.to_string(), "an expression is not as it was meant");
        }
        known.insert(headers, expressions.clone());
        expressions
    }
}

/// How a job's headers want it to end.
struct Terms {
    backoff: Option<Duration>,
    expressions: Arc<Expressions>,
}

impl Terms {
    /// What a result or a failure becomes.
    fn conclude(&self, job: &Job, result: Result<Value, Failure>, mask: &Mask) -> Outcome {
        let conclusion = self.expressions.conclude(result, job.retries, mask);
        for remark in &conclusion.remarks {
            tracing::debug!(remark = mask.text(&remark.to_string()), "expression");
        }
        match conclusion.outcome {
            Outcome::Fail { message, retries, backoff: None, variables } if retries > 0 => {
                Outcome::Fail { message, retries, backoff: self.backoff, variables }
            }
            outcome => outcome,
        }
    }
}

/// A refusal of the server as a failure that is tried again.
fn repeatable(failure: Failure) -> Failure {
    match failure {
        Failure::Terminal { error }
            if error.kind == ErrorType::Operation
                && error.code.as_deref().and_then(|code| code.parse().ok()).is_some_and(|code: u16| code >= 400) =>
        {
            Failure::Retryable { error, after: None }
        }
        other => other,
    }
}

fn operation(job: &Job) -> Result<&str, Failure> {
    job.header("operation").ok_or_else(|| {
        Failure::terminal("The job has no task header `operation`: apply the connector's element template to the task")
    })
}

/// The header `retryBackoff`, as Camunda's runtime words its faults (contract, section 4.2).
fn retry_backoff(job: &Job) -> Result<Option<Duration>, Failure> {
    let Some(text) = job.header("retryBackoff") else { return Ok(None) };
    duration::parse(text).map(Some).ok_or_else(|| {
        Failure::terminal(format!(
            "Failed to parse retry backoff header. Expected ISO-8601 duration, e.g. PT5M, got: {text}"
        ))
    })
}

/// The header in which the engine lists an element's linked resources, as JSON.
const LINKED_RESOURCES: &str = "linkedResources";

/// A linked resource as the engine tells it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Linked {
    link_name: String,
    resource_key: String,
}

/// Puts the linked resources among the inputs, and nothing of the process in their place. What is missing or cannot be read
/// is missing in the input, which is then refused by its name.
fn link_resources(fields: &[Field], job: &Job, input: &mut Map<String, Value>) {
    if !fields.iter().any(Field::is_linked_resource) {
        return;
    }
    let header = job.header(LINKED_RESOURCES).unwrap_or_default();
    let linked: Vec<Linked> = serde_json::from_str(header).unwrap_or_default();
    for field in fields.iter().filter(|field| field.is_linked_resource()) {
        match linked.iter().find(|linked| linked.link_name == field.name) {
            Some(linked) => input.insert(field.name.clone(), json!({ "resourceKey": linked.resource_key })),
            None => input.shift_remove(&field.name),
        };
    }
}
