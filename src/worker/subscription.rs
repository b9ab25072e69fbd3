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
    /// How many jobs are executed side by side.
    pub max_jobs: usize,
    /// How long a job is this worker's.
    pub job_timeout: Duration,
}

/// One subscription for each connector whose jobs are taken.
pub fn subscriptions(registry: &Registry, settings: &Settings) -> Result<Vec<Subscription>, UnknownConnector> {
    for id in settings.overrides.keys() {
        registry.connector(id).map_err(|_| UnknownConnector(id.clone()))?;
    }
    let taken =
        registry.connectors().iter().filter(|connector| settings.job_types.contains(&connector.definition().job_type));
    Ok(taken.map(|connector| subscription(connector, settings)).collect())
}

fn subscription(connector: &Connector, settings: &Settings) -> Subscription {
    let definition = connector.definition();
    let overrides = settings.overrides.get(&definition.id).cloned().unwrap_or_default();
    let mut variables: Vec<String> = Vec::new();
    for (_, schema) in connector.operations() {
        for field in schema.fields().filter(|field| !field.is_linked_resource()) {
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

#[cfg(all(test, feature = "power-automate"))]
mod tests {
    use super::*;
    use crate::worker::JobTypes;

    #[test]
    fn only_the_types_that_are_wanted_are_taken() {
        let registry = Registry::new().with::<crate::power_automate::PowerAutomate>().expect("sound definitions");
        let taken = |job_types| {
            let settings = Settings { job_types, ..Settings::default() };
            subscriptions(&registry, &settings).expect("known connectors").len()
        };
        let own = || vec!["IO.opwright:power-automate:1".to_owned()];
        let other = || vec!["io.camunda:http-json:1".to_owned()];
        assert_eq!(taken(JobTypes::AllBut(vec![])), 1);
        assert_eq!(taken(JobTypes::AllBut(other())), 1);
        assert_eq!(taken(JobTypes::AllBut(own())), 0);
        assert_eq!(taken(JobTypes::Only(own())), 1);
        assert_eq!(taken(JobTypes::Only(other())), 0);
    }
}
