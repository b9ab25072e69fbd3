//! A Camunda 8 cluster, as far as a worker needs it: a dozen endpoints of the Orchestration Cluster REST API (`/v2`).
//!
//! Knows no connector. Tolerant of versions: what 8.6 to 8.10 add is optional, what they call differently is read by
//! either name, what is unknown is ignored. Nothing is repeated here but for a 401, with a fresh token; callers repeat.

mod connection;
mod error;
mod job;

pub use connection::{Connection, Credentials};
pub use error::ClusterError;
pub use job::Job;

use crate::http::oauth::TokenCache;
use crate::http::{HttpClient, Request, Response, TransportError};
use base64::Engine as _;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::time::Duration;

/// How long a command may take.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(20);
/// How much longer than the cluster a long poll waits, so that it is the cluster that ends it: what is activated in an
/// answer that nobody waits for has to time out. With the poll's own time it bounds how long a lost network goes unnoticed.
const POLL_SLACK: Duration = Duration::from_secs(10);

/// A cluster, by its address.
#[derive(Debug, Clone)]
pub struct Cluster {
    connection: Arc<Connection>,
    client: HttpClient,
    tokens: TokenCache,
}

/// What jobs are asked for.
#[derive(Debug, Clone)]
pub struct Activation<'a> {
    /// Their type.
    pub job_type: &'a str,
    /// Who asks.
    pub worker: &'a str,
    /// How long a job is this worker's.
    pub timeout: Duration,
    /// How many at most.
    pub limit: usize,
    /// Which variables are wanted; all, if none is named.
    pub variables: &'a [String],
    /// How long to wait for a job.
    pub wait: Duration,
}

/// What a cluster is made of.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Topology {
    /// The brokers that are known.
    #[serde(default)]
    pub brokers: Vec<Broker>,
    /// The gateway's version, such as `8.6.0`.
    pub gateway_version: Option<String>,
}

/// A broker.
#[derive(Debug, Clone, Deserialize)]
pub struct Broker {
    /// The partitions that it holds.
    #[serde(default)]
    pub partitions: Vec<Partition>,
}

/// A partition, as one broker holds it.
#[derive(Debug, Clone, Deserialize)]
pub struct Partition {
    /// `healthy`, or something else.
    pub health: Option<String>,
}

impl Topology {
    /// Whether there is a broker with a healthy partition.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        let healthy = |partition: &Partition| partition.health.as_deref().is_some_and(|health| health == "healthy");
        self.brokers.iter().any(|broker| broker.partitions.iter().any(healthy))
    }
}

impl Cluster {
    /// A cluster that is reached like this. Nothing is sent yet.
    pub fn new(connection: Connection) -> Result<Self, TransportError> {
        let client = HttpClient::trusting(&connection.roots)?;
        Ok(Self { connection: Arc::new(connection), client, tokens: TokenCache::default() })
    }

    /// Its address, for messages.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.connection.address
    }

    /// Takes jobs, waiting for the first of them.
    pub async fn activate(&self, activation: &Activation<'_>) -> Result<Vec<Job>, ClusterError> {
        let mut body = json!({
            "type": activation.job_type,
            "worker": activation.worker,
            "timeout": millis(activation.timeout),
            "maxJobsToActivate": activation.limit,
            "requestTimeout": millis(activation.wait),
        });
        if !activation.variables.is_empty() {
            body["fetchVariable"] = json!(activation.variables);
        }
        if !self.connection.tenants.is_empty() {
            body["tenantIds"] = json!(self.connection.tenants);
        }
        let answer = self.call("POST", "jobs/activation", Some(&body), activation.wait + POLL_SLACK).await?;
        let Value::Array(jobs) = answer.get("jobs").cloned().unwrap_or_default() else { return Ok(Vec::new()) };
        jobs.into_iter().map(|job| Job::read(job).map_err(ClusterError::Answer)).collect()
    }

    /// Completes a job with these variables.
    pub async fn complete(&self, job: &str, variables: &Map<String, Value>) -> Result<(), ClusterError> {
        self.command("POST", &format!("jobs/{job}/completion"), &json!({ "variables": variables })).await
    }

    /// Fails a job; at 0 retries there is an incident.
    pub async fn fail(
        &self,
        job: &str,
        retries: i32,
        message: &str,
        backoff: Option<Duration>,
        variables: &Map<String, Value>,
    ) -> Result<(), ClusterError> {
        let mut body = json!({ "retries": retries, "errorMessage": message, "variables": variables });
        if let Some(backoff) = backoff {
            body["retryBackOff"] = json!(millis(backoff));
        }
        self.command("POST", &format!("jobs/{job}/failure"), &body).await
    }

    /// Throws a BPMN error in a job.
    pub async fn throw_error(
        &self,
        job: &str,
        code: &str,
        message: Option<&str>,
        variables: &Map<String, Value>,
    ) -> Result<(), ClusterError> {
        let mut body = json!({ "errorCode": code, "variables": variables });
        if let Some(message) = message {
            body["errorMessage"] = json!(message);
        }
        self.command("POST", &format!("jobs/{job}/error"), &body).await
    }

    /// Sets how long from now on a job is this worker's.
    pub async fn update_timeout(&self, job: &str, timeout: Duration) -> Result<(), ClusterError> {
        let body = json!({ "changeset": { "timeout": millis(timeout) } });
        self.command("PATCH", &format!("jobs/{job}"), &body).await
    }

    /// What the cluster is made of.
    pub async fn topology(&self) -> Result<Topology, ClusterError> {
        let answer = self.call("GET", "topology", None, COMMAND_TIMEOUT).await?;
        serde_json::from_value(answer).map_err(|error| ClusterError::Answer(error.to_string()))
    }

    /// Deploys one file, such as a BPMN process, and returns what came of it.
    pub async fn deploy(&self, name: &str, content: &str) -> Result<Value, ClusterError> {
        let mut boundary = "opwright-0".to_owned();
        while content.contains(&boundary) {
            boundary.push('0');
        }
        let name = name.replace(['"', '\r', '\n'], "_");
        let body = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"resources\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n{content}\r\n--{boundary}--\r\n"
        );
        let mut request = Request::json("POST", self.url("deployments"), Some(body));
        for (name, value) in &mut request.headers {
            if name == "Content-Type" {
                *value = format!("multipart/form-data; boundary={boundary}");
            }
        }
        json_of(&self.exchange(request, COMMAND_TIMEOUT).await?)
    }

    /// Starts an instance of the newest version of a process, and returns its key.
    pub async fn start_instance(&self, process: &str, variables: &Value) -> Result<String, ClusterError> {
        let body = json!({ "processDefinitionId": process, "variables": variables });
        let answer = self.call("POST", "process-instances", Some(&body), COMMAND_TIMEOUT).await?;
        job::key(&answer, &["processInstanceKey"]).map_err(ClusterError::Answer)
    }

    /// The BPMN of a process, as it was deployed. Only clusters with the search API have it: 8.8 and newer.
    pub async fn process_xml(&self, process_definition_key: &str) -> Result<String, ClusterError> {
        let mut request =
            Request::json("GET", self.url(&format!("process-definitions/{process_definition_key}/xml")), None);
        request.headers.iter_mut().for_each(|(_, value)| "text/xml".clone_into(value));
        let body = self.exchange(request, COMMAND_TIMEOUT).await?;
        String::from_utf8(body).map_err(|error| ClusterError::Answer(error.to_string()))
    }

    async fn command(&self, method: &'static str, path: &str, body: &Value) -> Result<(), ClusterError> {
        self.call(method, path, Some(body), COMMAND_TIMEOUT).await.map(drop)
    }

    async fn call(
        &self,
        method: &'static str,
        path: &str,
        body: Option<&Value>,
        timeout: Duration,
    ) -> Result<Value, ClusterError> {
        json_of(&self.exchange(Request::json(method, self.url(path), body.map(Value::to_string)), timeout).await?)
    }

    fn url(&self, path: &str) -> String {
        format!("{}/v2/{path}", self.connection.address)
    }

    async fn exchange(&self, request: Request, timeout: Duration) -> Result<Vec<u8>, ClusterError> {
        let (response, token) = self.authorized(request.clone(), timeout).await?;
        let response = match (response.status, &self.connection.credentials, token) {
            (401, Credentials::OAuth(credentials), Some(token)) => {
                self.tokens.forget(credentials, &token).await;
                self.authorized(request, timeout).await?.0
            }
            _ => response,
        };
        if response.status >= 300 {
            return Err(ClusterError::of_response(&response));
        }
        Ok(response.body)
    }

    async fn authorized(
        &self,
        mut request: Request,
        timeout: Duration,
    ) -> Result<(Response, Option<String>), ClusterError> {
        let (value, token) = match &self.connection.credentials {
            Credentials::None => (None, None),
            Credentials::Basic { user, password } => {
                let pair = format!("{user}:{}", password.expose_secret());
                let encoded = base64::engine::general_purpose::STANDARD.encode(pair);
                (Some(format!("Basic {encoded}")), None)
            }
            Credentials::OAuth(credentials) => {
                let token = self.tokens.token(&self.client, credentials).await.map_err(ClusterError::of_token)?;
                (Some(format!("Bearer {token}")), Some(token))
            }
        };
        request.headers.extend(value.map(|value| ("Authorization".to_owned(), value)));
        let response = self.client.send_within(&request, timeout).await.map_err(ClusterError::Transport)?;
        Ok((response, token))
    }
}

fn json_of(body: &[u8]) -> Result<Value, ClusterError> {
    if body.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(body).map_err(|error| ClusterError::Answer(error.to_string()))
}

/// Whole milliseconds, rounded up: a duration that is not zero does not become zero.
fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX).min(i64::MAX.unsigned_abs())
}
