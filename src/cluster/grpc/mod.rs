//! Zeebe's gateway over gRPC. The only place that names tonic and prost.
//!
//! ```text
//! messages  what goes over the wire
//! client    a call: a message out, messages back, an error of ours
//! ```

mod client;
mod messages;
#[cfg(test)]
mod published;

use super::authorization::Authorization;
use super::{Activation, Broker, COMMAND_TIMEOUT, ClusterError, Command, Connection, Created, Deployed, Job, Message};
use super::{NewInstance, POLL_SLACK, Partition, Topology, millis};
use crate::http::TransportError;
use client::Client;
use messages::{
    ActivateJobsRequest, ActivatedJob, CancelProcessInstanceRequest, CompleteJobRequest, CreateProcessInstanceRequest,
    CreateProcessInstanceWithResultRequest, DeployResourceRequest, FailJobRequest, HEALTH, PublishMessageRequest,
    Resource, StreamActivatedJobsRequest, ThrowErrorRequest, TopologyRequest, UpdateJobTimeoutRequest,
};
use serde_json::{Map, Value};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

#[derive(Debug, Clone)]
pub(super) struct Grpc {
    connection: Arc<Connection>,
    client: Client,
}

/// Jobs as they become available.
pub struct JobStream(tonic::Streaming<ActivatedJob>);

impl fmt::Debug for JobStream {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JobStream")
    }
}

impl JobStream {
    /// The next job; none when the gateway ends the stream. May be given up and called again: no job is lost by that.
    pub async fn next(&mut self) -> Result<Option<Job>, ClusterError> {
        Ok(client::next(&mut self.0).await?.map(job))
    }
}

impl Grpc {
    pub(super) fn new(connection: Arc<Connection>, authorization: Authorization) -> Result<Self, TransportError> {
        let client = Client::new(&connection, authorization)?;
        Ok(Self { connection, client })
    }

    pub(super) async fn activate(&self, activation: &Activation<'_>) -> Result<Vec<Job>, ClusterError> {
        let request = ActivateJobsRequest {
            job_type: activation.job_type.to_owned(),
            worker: activation.worker.to_owned(),
            timeout: millis(activation.timeout),
            limit: i32::try_from(activation.limit).unwrap_or(i32::MAX),
            variables: activation.variables.to_vec(),
            request_timeout: activation.request_timeout(),
            tenants: self.connection.tenants.clone(),
        };
        let (answers, end) = self.client.all(&request, activation.patience()).await;
        let jobs: Vec<Job> = answers.into_iter().flat_map(|answer| answer.jobs).map(job).collect();
        match end {
            // What one partition gave is not lost because another gave nothing.
            Err(error) if !jobs.is_empty() => tracing::debug!(%error, "not all partitions were asked for jobs"),
            end => end?,
        }
        Ok(jobs)
    }

    pub(super) async fn stream(&self, activation: &Activation<'_>) -> Result<JobStream, ClusterError> {
        let request = StreamActivatedJobsRequest {
            job_type: activation.job_type.to_owned(),
            worker: activation.worker.to_owned(),
            timeout: millis(activation.timeout),
            variables: activation.variables.to_vec(),
            tenants: self.connection.tenants.clone(),
        };
        self.client.open(&request).await.map(JobStream)
    }

    pub(super) async fn command(&self, job: &str, command: &Command<'_>) -> Result<(), ClusterError> {
        let job: i64 = job.parse().map_err(|_| ClusterError::Answer(format!("`{job}` is no job's key")))?;
        match command {
            Command::Complete { variables } => {
                let variables = text(variables);
                self.client.ask(&CompleteJobRequest { job, variables }, COMMAND_TIMEOUT).await.map(drop)
            }
            Command::Fail { retries, message, backoff, variables } => {
                let (message, variables) = ((*message).to_owned(), text(variables));
                let backoff = backoff.map_or(0, millis);
                let request = FailJobRequest { job, retries: *retries, message, backoff, variables };
                self.client.ask(&request, COMMAND_TIMEOUT).await.map(drop)
            }
            Command::ThrowError { code, message, variables } => {
                let (code, message) = ((*code).to_owned(), message.unwrap_or_default().to_owned());
                let request = ThrowErrorRequest { job, code, message, variables: text(variables) };
                self.client.ask(&request, COMMAND_TIMEOUT).await.map(drop)
            }
            Command::UpdateTimeout { timeout } => {
                let request = UpdateJobTimeoutRequest { job, timeout: millis(*timeout) };
                self.client.ask(&request, COMMAND_TIMEOUT).await.map(drop)
            }
        }
    }

    pub(super) async fn topology(&self) -> Result<Topology, ClusterError> {
        let answer = self.client.ask(&TopologyRequest {}, COMMAND_TIMEOUT).await?;
        let partition = |partition: messages::Partition| {
            let health = usize::try_from(partition.health).ok().and_then(|number| HEALTH.get(number));
            Partition { health: health.map(|health| (*health).to_owned()) }
        };
        let broker = |broker: messages::BrokerInfo| Broker {
            partitions: broker.partitions.into_iter().map(partition).collect(),
        };
        Ok(Topology {
            brokers: answer.brokers.into_iter().map(broker).collect(),
            gateway_version: Some(answer.gateway_version).filter(|version| !version.is_empty()),
        })
    }

    pub(super) async fn deploy(&self, name: &str, content: &str) -> Result<Vec<String>, ClusterError> {
        let resource = Resource { name: name.to_owned(), content: content.as_bytes().to_vec() };
        let request = DeployResourceRequest { resources: vec![resource], tenant: String::new() };
        let answer = self.client.ask(&request, COMMAND_TIMEOUT).await?;
        Ok(answer.deployments.into_iter().filter_map(|deployment| Some(deployment.process?.id)).collect())
    }

    pub(super) async fn create_instance(&self, instance: &NewInstance<'_>) -> Result<Created, ClusterError> {
        let (process_definition_key, process) = match instance.process {
            Deployed::Newest(id) => (0, id.to_owned()),
            Deployed::Pinned(key) => {
                let no_key = |_| ClusterError::Answer(format!("`{key}` is no process's key"));
                (key.parse().map_err(no_key)?, String::new())
            }
        };
        let request = CreateProcessInstanceRequest {
            process_definition_key,
            process,
            // The newest; it counts for nothing beside a key.
            version: -1,
            variables: text(instance.variables),
            tenant: instance.tenant.unwrap_or_default().to_owned(),
        };
        let Some(wait) = instance.wait else {
            let answer = self.client.ask(&request, COMMAND_TIMEOUT).await?;
            return Ok(Created { process_instance_key: answer.process_instance_key.to_string(), variables: None });
        };
        let request = CreateProcessInstanceWithResultRequest { request: Some(request), request_timeout: millis(wait) };
        let answer = self.client.ask(&request, wait + POLL_SLACK).await?;
        let variables =
            serde_json::from_str(&answer.variables).map_err(|error| ClusterError::Answer(error.to_string()))?;
        Ok(Created { process_instance_key: answer.process_instance_key.to_string(), variables: Some(variables) })
    }

    pub(super) async fn cancel_instance(&self, process_instance: &str) -> Result<(), ClusterError> {
        let no_key = |_| ClusterError::Answer(format!("`{process_instance}` is no instance's key"));
        let request = CancelProcessInstanceRequest { process_instance_key: process_instance.parse().map_err(no_key)? };
        self.client.ask(&request, COMMAND_TIMEOUT).await.map(drop)
    }

    pub(super) async fn publish(&self, message: &Message<'_>) -> Result<String, ClusterError> {
        let request = PublishMessageRequest {
            name: message.name.to_owned(),
            correlation_key: message.correlation_key.to_owned(),
            time_to_live: millis(message.time_to_live),
            id: message.id.unwrap_or_default().to_owned(),
            variables: text(message.variables),
            tenant: message.tenant.unwrap_or_default().to_owned(),
        };
        Ok(self.client.ask(&request, COMMAND_TIMEOUT).await?.key.to_string())
    }
}

fn text(variables: &Map<String, Value>) -> String {
    // A map with text keys is always JSON.
    serde_json::to_string(variables).unwrap_or_default()
}

fn job(job: ActivatedJob) -> Job {
    let mut fault = None;
    let mut members = |name: &str, text: &str| match text {
        "" => Map::new(),
        text => serde_json::from_str(text).unwrap_or_else(|error| {
            fault = Some(format!("`{name}`: {error}"));
            Map::new()
        }),
    };
    let (headers, variables) = (members("customHeaders", &job.headers), members("variables", &job.variables));
    Job {
        headers,
        variables,
        fault,
        key: job.key.to_string(),
        job_type: job.job_type,
        retries: job.retries,
        deadline: SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(job.deadline).unwrap_or(0)),
        process_instance_key: job.process_instance_key.to_string(),
        process_definition_key: job.process_definition_key.to_string(),
        process_id: job.process_id,
        element_id: job.element_id,
        tenant: job.tenant,
    }
}
