//! How a worker works, beside what the definitions say.

use std::collections::BTreeMap;
use std::time::Duration;

/// How a worker works.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The name that the cluster shows; none means each connector's own.
    pub name: Option<String>,
    /// How many jobs of one type are executed side by side. As many again may wait for the cluster to take their answers.
    pub max_jobs: usize,
    /// How long a job is this worker's.
    pub job_timeout: Duration,
    /// How long the cluster is asked to wait for a job before it answers that there is none.
    pub wait: Duration,
    /// How long running jobs may take after the worker was told to stop.
    pub grace: Duration,
    /// Whether a job whose request was refused for good (400, 404 and the like) is tried again all the same, as Camunda's
    /// runtime does (contract, section 4.1).
    pub repeat_client_errors: bool,
    /// Whether a job's own variables may ask for secrets.
    pub secret_filter: SecretFilter,
    /// Whose jobs are taken.
    pub job_types: JobTypes,
    /// What is different for one connector, by its id.
    pub overrides: BTreeMap<String, Overrides>,
    /// How events are served; none are, if there is nothing here.
    pub inbound: Option<super::inbound::Settings>,
}

/// Which placeholders in a job's variables stand for secrets.
///
/// A process's variables may come from anybody: one that holds `{{secrets.NAME}}` would be given the secret. The filter
/// admits only the names that the task's own input mappings hold, in the process as it was deployed (contract, section 1.5).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SecretFilter {
    /// All.
    #[default]
    Disabled,
    /// Those that the task names; all, where the process cannot be read.
    Lax,
    /// Those that the task names; the job fails where the process cannot be read.
    Strict,
}

/// Types as the definitions have them, whatever the letters' case (contract, section 5.1). Those that no connector has
/// count for nothing: other workers share the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobTypes {
    /// No others.
    Only(Vec<String>),
    /// All others.
    AllBut(Vec<String>),
}

impl JobTypes {
    /// Whether jobs of this type are taken.
    #[must_use]
    pub fn contains(&self, job_type: &str) -> bool {
        let listed = |types: &[String]| types.iter().any(|listed| listed.to_lowercase() == job_type.to_lowercase());
        match self {
            Self::Only(types) => listed(types),
            Self::AllBut(types) => !listed(types),
        }
    }
}

/// What is different for one connector.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// Another job type than the definition's.
    pub job_type: Option<String>,
    /// See [`Settings::job_timeout`].
    pub job_timeout: Option<Duration>,
    /// See [`Settings::max_jobs`].
    pub max_jobs: Option<usize>,
}

/// Settings for a connector that there is not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there are settings for the connector `{0}`, which there is not")]
pub struct UnknownConnector(pub String);

impl Default for Settings {
    /// As Camunda's connector runtime: 100 jobs of a type, five minutes each (contract, section 5.1).
    fn default() -> Self {
        Self {
            name: None,
            max_jobs: 100,
            job_timeout: Duration::from_secs(300),
            wait: Duration::from_secs(10),
            grace: Duration::from_secs(20),
            repeat_client_errors: false,
            secret_filter: SecretFilter::default(),
            job_types: JobTypes::AllBut(Vec::new()),
            overrides: BTreeMap::new(),
            inbound: None,
        }
    }
}
