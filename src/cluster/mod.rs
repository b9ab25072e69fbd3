//! A Camunda 8 cluster, as far as a worker needs it, over REST (`rest.rs`) or gRPC (`grpc/`).
//!
//! Knows no connector. Tolerant of versions: what is newer than 8.6 is optional, what is unknown is ignored. Nothing is
//! repeated here but for a refused token, with a fresh one; callers repeat.

mod authorization;
mod connection;
mod error;
#[cfg(feature = "grpc")]
mod grpc;
mod instance;
mod job;
mod message;
mod rest;
mod search;

pub use connection::{Connection, Credentials, Protocol};
pub use error::{ClusterError, Code, Problem};
#[cfg(feature = "grpc")]
pub use grpc::JobStream;
pub use instance::{Correlated, Created, Deployed, NewInstance};
pub use job::Job;
#[cfg(feature = "worker")]
pub(crate) use message::DEFAULT_TENANT;
pub use message::Message;
pub use search::FoundProcess;

use crate::http::{HttpClient, TransportError};
use authorization::Authorization;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::sync::Arc;
use std::time::Duration;

/// How long a command may take.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(20);
/// How much longer than the cluster a long poll waits, so that it is the cluster that ends it: what is activated in an
/// answer that nobody waits for has to time out. With the poll's own time it bounds how long a lost network goes unnoticed.
const POLL_SLACK: Duration = Duration::from_secs(10);
/// The same for a poll that is to be answered at once: a gateway waits 15 s for a partition that does not answer.
const SHORT_POLL: Duration = Duration::from_secs(20);

/// A cluster, by its address.
#[derive(Debug, Clone)]
pub struct Cluster {
    connection: Arc<Connection>,
    speaker: Speaker,
}

#[derive(Debug, Clone)]
enum Speaker {
    Rest(rest::Rest),
    #[cfg(feature = "grpc")]
    Grpc(grpc::Grpc),
}

/// `$call` with whichever protocol is spoken.
macro_rules! spoken {
    ($cluster:expr, $speaker:ident => $call:expr) => {
        match &$cluster.speaker {
            Speaker::Rest($speaker) => $call.await,
            #[cfg(feature = "grpc")]
            Speaker::Grpc($speaker) => $call.await,
        }
    };
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
    /// How long to wait for a job; not at all, if zero.
    pub wait: Duration,
}

impl Activation<'_> {
    /// [`Activation::wait`] as the cluster has it, for which 0 would be a default of its own.
    fn request_timeout(&self) -> i64 {
        if self.wait.is_zero() { -1 } else { millis(self.wait) }
    }

    /// How long the answer is waited for.
    fn patience(&self) -> Duration {
        if self.wait.is_zero() { SHORT_POLL } else { self.wait + POLL_SLACK }
    }
}

/// What is done with a job.
#[derive(Debug)]
enum Command<'a> {
    Complete { variables: &'a Map<String, Value> },
    Fail { retries: i32, message: &'a str, backoff: Option<Duration>, variables: &'a Map<String, Value> },
    ThrowError { code: &'a str, message: Option<&'a str>, variables: &'a Map<String, Value> },
    UpdateTimeout { timeout: Duration },
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
        let connection = Arc::new(connection);
        let authorization = Authorization::new(Arc::clone(&connection), client.clone());
        let speaker = match connection.protocol {
            Protocol::Rest => Speaker::Rest(rest::Rest::new(Arc::clone(&connection), client, authorization)),
            #[cfg(feature = "grpc")]
            Protocol::Grpc => Speaker::Grpc(grpc::Grpc::new(Arc::clone(&connection), authorization)?),
        };
        Ok(Self { connection, speaker })
    }

    /// Its address, for messages.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.connection.address
    }

    /// Takes jobs, waiting for the first of them.
    pub async fn activate(&self, activation: &Activation<'_>) -> Result<Vec<Job>, ClusterError> {
        spoken!(self, speaker => speaker.activate(activation))
    }

    /// Whether [`Cluster::stream`] can be asked for.
    #[cfg(feature = "grpc")]
    #[must_use]
    pub fn streams(&self) -> bool {
        matches!(self.speaker, Speaker::Grpc(_))
    }

    /// Has jobs pushed from now on, as they become available; those that are there already are left to
    /// [`Cluster::activate`]. Resolves with the first job: there is no sign before it.
    #[cfg(feature = "grpc")]
    pub async fn stream(&self, activation: &Activation<'_>) -> Result<JobStream, ClusterError> {
        match &self.speaker {
            Speaker::Rest(_) => Err(ClusterError::Answer("jobs are not streamed over REST".to_owned())),
            Speaker::Grpc(grpc) => grpc.stream(activation).await,
        }
    }

    /// Completes a job with these variables.
    pub async fn complete(&self, job: &str, variables: &Map<String, Value>) -> Result<(), ClusterError> {
        self.command(job, Command::Complete { variables }).await
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
        self.command(job, Command::Fail { retries, message, backoff, variables }).await
    }

    /// Throws a BPMN error in a job.
    pub async fn throw_error(
        &self,
        job: &str,
        code: &str,
        message: Option<&str>,
        variables: &Map<String, Value>,
    ) -> Result<(), ClusterError> {
        self.command(job, Command::ThrowError { code, message, variables }).await
    }

    /// Sets how long from now on a job is this worker's.
    pub async fn update_timeout(&self, job: &str, timeout: Duration) -> Result<(), ClusterError> {
        self.command(job, Command::UpdateTimeout { timeout }).await
    }

    /// What the cluster is made of.
    pub async fn topology(&self) -> Result<Topology, ClusterError> {
        spoken!(self, speaker => speaker.topology())
    }

    /// Deploys one file, such as a BPMN process, and returns the ids of its processes.
    pub async fn deploy(&self, name: &str, content: &str) -> Result<Vec<String>, ClusterError> {
        spoken!(self, speaker => speaker.deploy(name, content))
    }

    /// Starts an instance of the newest version of a process, and returns its key.
    pub async fn start_instance(&self, process: &str, variables: &Value) -> Result<String, ClusterError> {
        let none = Map::new();
        let variables = variables.as_object().unwrap_or(&none);
        let instance = NewInstance { process: Deployed::Newest(process), variables, tenant: None, wait: None };
        Ok(self.create_instance(&instance).await?.process_instance_key)
    }

    /// Creates a process instance, and waits for its end if that is wanted.
    pub async fn create_instance(&self, instance: &NewInstance<'_>) -> Result<Created, ClusterError> {
        spoken!(self, speaker => speaker.create_instance(instance))
    }

    /// Ends a process instance, wherever it is.
    pub async fn cancel_instance(&self, process_instance: &str) -> Result<(), ClusterError> {
        spoken!(self, speaker => speaker.cancel_instance(process_instance))
    }

    /// Gives a message to an instance that waits for it, and returns when that has taken it. Its id and the time for which it
    /// would be buffered count for nothing. Only over REST: 8.6 and newer.
    pub async fn correlate(&self, message: &Message<'_>) -> Result<Correlated, ClusterError> {
        match &self.speaker {
            Speaker::Rest(rest) => rest.correlate(message).await,
            #[cfg(feature = "grpc")]
            Speaker::Grpc(_) => Err(ClusterError::unspoken(
                "over gRPC no message is correlated while somebody waits: reach the cluster over REST, or do not wait for an answer",
            )),
        }
    }

    /// The newest version of each process, for clusters with the search API.
    pub async fn newest_processes(&self) -> Result<Vec<FoundProcess>, ClusterError> {
        self.rest_for_searches()?.newest_processes().await
    }

    /// The versions of processes in which instances wait for messages: 8.9 and newer.
    pub async fn waiting_processes(&self) -> Result<Vec<FoundProcess>, ClusterError> {
        self.rest_for_searches()?.waiting_processes().await
    }

    #[cfg_attr(not(feature = "grpc"), expect(clippy::unnecessary_wraps, reason = "there is REST alone"))]
    fn rest_for_searches(&self) -> Result<&rest::Rest, ClusterError> {
        match &self.speaker {
            Speaker::Rest(rest) => Ok(rest),
            #[cfg(feature = "grpc")]
            Speaker::Grpc(_) => {
                Err(ClusterError::unspoken("over gRPC nothing is searched for: reach the cluster over REST"))
            }
        }
    }

    /// Publishes a message, and returns its key. A message with an id that is still buffered is refused:
    /// [`ClusterError::is_duplicate`].
    pub async fn publish(&self, message: &Message<'_>) -> Result<String, ClusterError> {
        spoken!(self, speaker => speaker.publish(message))
    }

    /// The tenants that are worked for; none named means the default tenant.
    #[must_use]
    pub fn tenants(&self) -> &[String] {
        &self.connection.tenants
    }

    /// The BPMN of a process, as it was deployed. Only clusters with the search API have it, which is REST: 8.8 and newer.
    pub async fn process_xml(&self, process_definition_key: &str) -> Result<String, ClusterError> {
        match &self.speaker {
            Speaker::Rest(rest) => rest.process_xml(process_definition_key).await,
            #[cfg(feature = "grpc")]
            Speaker::Grpc(_) => Err(ClusterError::Answer("processes cannot be read over gRPC".to_owned())),
        }
    }

    async fn command(&self, job: &str, command: Command<'_>) -> Result<(), ClusterError> {
        spoken!(self, speaker => speaker.command(job, &command))
    }
}

/// Whole milliseconds, rounded up: a duration that is not zero does not become zero.
fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap_or(i64::MAX)
}
