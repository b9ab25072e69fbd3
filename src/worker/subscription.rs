//! What a worker asks for, out of the definitions. Pure.

use super::settings::{Settings, UnknownConnector};
use crate::registry::{Connector, Registry};
use std::time::Duration;

/// What is asked for of one type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// The connector's id.
    pub connector: String,
    /// The type of its jobs.
    pub job_type: String,
    /// The name that the cluster shows.
    pub worker: String,
    /// The variables that its operations read, and no others.
    pub variables: Vec<String>,
    /// How many jobs are worked on side by side.
    pub max_jobs: usize,
    /// How long a job is this worker's.
    pub job_timeout: Duration,
}

/// One subscription for each connector.
pub fn subscriptions(registry: &Registry, settings: &Settings) -> Result<Vec<Subscription>, UnknownConnector> {
    for id in settings.overrides.keys() {
        registry.connector(id).map_err(|_| UnknownConnector(id.clone()))?;
    }
    Ok(registry.connectors().iter().map(|connector| subscription(connector, settings)).collect())
}

fn subscription(connector: &Connector, settings: &Settings) -> Subscription {
    let definition = connector.definition();
    let overrides = settings.overrides.get(&definition.id).cloned().unwrap_or_default();
    let mut variables: Vec<String> = Vec::new();
    for (_, schema) in connector.operations() {
        for field in schema.fields() {
            if !variables.contains(&field.name) {
                variables.push(field.name.clone());
            }
        }
    }
    Subscription {
        connector: definition.id.clone(),
        job_type: overrides.job_type.unwrap_or_else(|| definition.job_type.clone()),
        worker: settings.name.clone().unwrap_or_else(|| definition.name.clone()),
        variables,
        max_jobs: overrides.max_jobs.unwrap_or(settings.max_jobs).max(1),
        job_timeout: overrides.job_timeout.unwrap_or(settings.job_timeout),
    }
}
