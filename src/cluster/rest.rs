//! The Orchestration Cluster REST API (`/v2`): a dozen endpoints.
//!
//! What 8.6 to 8.10 call differently is read by either name.

use super::authorization::{Authorization, Proof};
use super::search::{PAGE, PAGES};
use super::{
    Activation, COMMAND_TIMEOUT, ClusterError, Command, Connection, Correlated, Created, Deployed, FoundProcess, Job,
    Message, NewInstance, POLL_SLACK, Topology, job, millis,
};
use crate::http::{HttpClient, Request, Response};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

#[derive(Debug, Clone)]
pub(super) struct Rest {
    connection: Arc<Connection>,
    client: HttpClient,
    authorization: Authorization,
}

/// Jobs, each member as it came: a fault of one is no fault of the others.
#[derive(Deserialize)]
struct Activated {
    #[serde(default)]
    jobs: Vec<BTreeMap<String, Box<RawValue>>>,
}

impl Rest {
    pub(super) fn new(connection: Arc<Connection>, client: HttpClient, authorization: Authorization) -> Self {
        Self { connection, client, authorization }
    }

    pub(super) async fn activate(&self, activation: &Activation<'_>) -> Result<Vec<Job>, ClusterError> {
        let mut body = json!({
            "type": activation.job_type,
            "worker": activation.worker,
            "timeout": millis(activation.timeout),
            "maxJobsToActivate": activation.limit,
            "requestTimeout": activation.request_timeout(),
        });
        if !activation.variables.is_empty() {
            body["fetchVariable"] = json!(activation.variables);
        }
        if !self.connection.tenants.is_empty() {
            body["tenantIds"] = json!(self.connection.tenants);
        }
        let request = Request::json("POST", self.url("jobs/activation"), Some(body.to_string()));
        let answer = self.exchange(request, activation.patience()).await?;
        let answer: Activated =
            serde_json::from_slice(&answer).map_err(|error| ClusterError::Answer(error.to_string()))?;
        let mut jobs = Vec::new();
        for job in &answer.jobs {
            match Job::read(job) {
                Ok(job) => jobs.push(job),
                // Without a key it cannot be answered either.
                Err(problem) => tracing::error!(problem, "a job cannot be read: it has to time out"),
            }
        }
        Ok(jobs)
    }

    pub(super) async fn command(&self, job: &str, command: &Command<'_>) -> Result<(), ClusterError> {
        let (method, path, body) = match command {
            Command::Complete { variables } => ("POST", "/completion", json!({ "variables": variables })),
            Command::Fail { retries, message, backoff, variables } => {
                let mut body = json!({ "retries": retries, "errorMessage": message, "variables": variables });
                if let Some(backoff) = backoff {
                    body["retryBackOff"] = json!(millis(*backoff));
                }
                ("POST", "/failure", body)
            }
            Command::ThrowError { code, message, variables } => {
                let mut body = json!({ "errorCode": code, "variables": variables });
                if let Some(message) = message {
                    body["errorMessage"] = json!(message);
                }
                ("POST", "/error", body)
            }
            Command::UpdateTimeout { timeout } => {
                ("PATCH", "", json!({ "changeset": { "timeout": millis(*timeout) } }))
            }
        };
        self.call(method, &format!("jobs/{job}{path}"), Some(&body), COMMAND_TIMEOUT).await.map(drop)
    }

    pub(super) async fn topology(&self) -> Result<Topology, ClusterError> {
        let answer = self.call("GET", "topology", None, COMMAND_TIMEOUT).await?;
        serde_json::from_value(answer).map_err(|error| ClusterError::Answer(error.to_string()))
    }

    pub(super) async fn deploy(&self, name: &str, content: &str) -> Result<Vec<String>, ClusterError> {
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
        let answer = json_of(&self.exchange(request, COMMAND_TIMEOUT).await?)?;
        let deployments = answer["deployments"].as_array().map(Vec::as_slice).unwrap_or_default();
        let id =
            |deployment: &Value| deployment["processDefinition"]["processDefinitionId"].as_str().map(str::to_owned);
        Ok(deployments.iter().filter_map(id).collect())
    }

    pub(super) async fn create_instance(&self, instance: &NewInstance<'_>) -> Result<Created, ClusterError> {
        let mut body = match instance.process {
            Deployed::Newest(id) => json!({ "processDefinitionId": id }),
            Deployed::Pinned(key) => json!({ "processDefinitionKey": key }),
        };
        body["variables"] = json!(instance.variables);
        if let Some(tenant) = instance.tenant {
            body["tenantId"] = json!(tenant);
        }
        let mut timeout = COMMAND_TIMEOUT;
        if let Some(wait) = instance.wait {
            body["awaitCompletion"] = json!(true);
            body["requestTimeout"] = json!(millis(wait));
            timeout = wait + POLL_SLACK;
        }
        let mut answer = self.call("POST", "process-instances", Some(&body), timeout).await?;
        Created::read(&mut answer, instance.wait.is_some())
    }

    pub(super) async fn cancel_instance(&self, process_instance: &str) -> Result<(), ClusterError> {
        let path = format!("process-instances/{process_instance}/cancellation");
        self.call("POST", &path, Some(&json!({})), COMMAND_TIMEOUT).await.map(drop)
    }

    pub(super) async fn correlate(&self, message: &Message<'_>) -> Result<Correlated, ClusterError> {
        let mut body = json!({
            "name": message.name,
            "correlationKey": message.correlation_key,
            "variables": message.variables,
        });
        if let Some(tenant) = message.tenant {
            body["tenantId"] = json!(tenant);
        }
        let answer = self.call("POST", "messages/correlation", Some(&body), COMMAND_TIMEOUT).await?;
        Correlated::read(&answer)
    }

    pub(super) async fn newest_processes(&self) -> Result<Vec<FoundProcess>, ClusterError> {
        self.search("process-definitions/search", &json!({ "isLatestVersion": true })).await
    }

    pub(super) async fn waiting_processes(&self) -> Result<Vec<FoundProcess>, ClusterError> {
        let filter = json!({ "messageSubscriptionState": "CREATED" });
        self.search("process-definitions/statistics/message-subscriptions", &filter).await
    }

    /// All that a search finds, page by page.
    async fn search(&self, path: &str, filter: &Value) -> Result<Vec<FoundProcess>, ClusterError> {
        let mut found = Vec::new();
        let mut page = json!({ "limit": PAGE });
        for _ in 0..PAGES {
            let body = json!({ "filter": filter, "page": page });
            let answer = self.call("POST", path, Some(&body), COMMAND_TIMEOUT).await?;
            let Some(items) = answer["items"].as_array() else {
                return Err(ClusterError::Answer(format!("`{path}` tells no `items`")));
            };
            found.extend(items.iter().filter_map(FoundProcess::read));
            match answer["page"]["endCursor"].as_str() {
                Some(cursor) if items.len() >= PAGE => page = json!({ "limit": PAGE, "after": cursor }),
                _ => return Ok(found),
            }
        }
        Err(ClusterError::Answer(format!("`{path}` does not come to an end after {PAGES} pages")))
    }

    pub(super) async fn publish(&self, message: &Message<'_>) -> Result<String, ClusterError> {
        let mut body = json!({
            "name": message.name,
            "correlationKey": message.correlation_key,
            "timeToLive": millis(message.time_to_live),
            "variables": message.variables,
        });
        for (member, value) in [("messageId", message.id), ("tenantId", message.tenant)] {
            if let Some(value) = value {
                body[member] = json!(value);
            }
        }
        let answer = self.call("POST", "messages/publication", Some(&body), COMMAND_TIMEOUT).await?;
        job::key(&answer, &["messageKey"]).map_err(ClusterError::Answer)
    }

    pub(super) async fn process_xml(&self, process_definition_key: &str) -> Result<String, ClusterError> {
        let mut request =
            Request::json("GET", self.url(&format!("process-definitions/{process_definition_key}/xml")), None);
        request.headers.iter_mut().for_each(|(_, value)| "text/xml".clone_into(value));
        let body = self.exchange(request, COMMAND_TIMEOUT).await?;
        String::from_utf8(body).map_err(|error| ClusterError::Answer(error.to_string()))
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
        let (mut response, proof) = self.authorized(request.clone(), timeout).await?;
        if response.status == 401 && self.authorization.refused(&proof).await {
            response = self.authorized(request, timeout).await?.0;
        }
        if response.status >= 300 {
            return Err(ClusterError::of_response(&response));
        }
        Ok(response.body)
    }

    async fn authorized(&self, mut request: Request, timeout: Duration) -> Result<(Response, Proof), ClusterError> {
        let proof = self.authorization.proof_within(timeout).await?;
        request.headers.extend(proof.header.iter().map(|value| ("Authorization".to_owned(), value.clone())));
        let response = self.client.send_within(&request, timeout).await.map_err(ClusterError::Transport)?;
        Ok((response, proof))
    }
}

fn json_of(body: &[u8]) -> Result<Value, ClusterError> {
    if body.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(body).map_err(|error| ClusterError::Answer(error.to_string()))
}
