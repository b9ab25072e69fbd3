//! The worker: takes jobs of a cluster, executes the registry's operations, answers each job once.
//!
//! ```text
//! subscription  what is asked for: job type and variables, out of the definitions
//! intake        takes jobs as room is made for them, polled for or pushed, until it is told to stop
//! handling      one job, from its activation to its answer:
//! deadline      gives a job the time that it asks for
//! secret_names  which secrets it may ask for
//! execution     one job → an outcome, by the dispatcher; knows no cluster
//! answer        an outcome → one command, repeated until the cluster has taken it
//! inbound       what the world tells, and what processes are told of it
//! ```
//!
//! Reads neither arguments nor environment: the command line does.

mod answer;
mod backoff;
mod deadline;
mod execution;
mod handling;
pub mod inbound;
mod intake;
mod meters;
mod secret_names;
mod server;
mod settings;
mod subscription;

pub use execution::Execution;
pub use meters::Meters;
pub use server::serve;
pub use settings::{JobTypes, Overrides, SecretFilter, Settings};
pub use subscription::{Subscription, subscriptions};

use crate::cluster::Cluster;
use crate::dispatch::Dispatcher;
use crate::dispatch::secrets::SecretSource;
use handling::Handling;
use inbound::{Inbound, InboundError};
use secret_names::SecretNames;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// A worker for every connector of a registry.
#[derive(Debug)]
pub struct Worker {
    cluster: Cluster,
    execution: Arc<Execution>,
    settings: Settings,
    subscriptions: Vec<Subscription>,
    meters: Arc<Meters>,
    inbound: Option<Arc<Inbound>>,
}

/// Why there is no worker.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// There are settings for a connector that there is not.
    #[error(transparent)]
    UnknownConnector(#[from] settings::UnknownConnector),
    /// Its inbound side is not sound.
    #[error(transparent)]
    Inbound(#[from] InboundError),
}

impl Worker {
    /// A worker that executes this dispatcher's operations.
    pub fn new(
        cluster: Cluster,
        dispatcher: Dispatcher,
        secrets: Arc<dyn SecretSource>,
        settings: Settings,
    ) -> Result<Self, WorkerError> {
        let subscriptions = subscriptions(dispatcher.registry(), &settings)?;
        let meters = Arc::new(Meters::new());
        let inbound = settings.inbound.clone().map(|settings| {
            let (cluster, dispatcher, secrets) = (cluster.clone(), dispatcher.clone(), Arc::clone(&secrets));
            Inbound::new(settings, cluster, dispatcher, secrets, Arc::clone(&meters)).map(Arc::new)
        });
        let inbound = inbound.transpose()?;
        let execution = Execution::new(dispatcher, secrets, settings.repeat_client_errors);
        let execution = Arc::new(match &inbound {
            Some(inbound) => execution.telling(Arc::clone(inbound)),
            None => execution,
        });
        Ok(Self { cluster, execution, settings, subscriptions, meters, inbound })
    }

    /// Its inbound side, if it has one.
    #[must_use]
    pub fn inbound(&self) -> Option<Arc<Inbound>> {
        self.inbound.clone()
    }

    /// What it counts.
    #[must_use]
    pub fn meters(&self) -> Arc<Meters> {
        Arc::clone(&self.meters)
    }

    /// The cluster that it works for.
    #[must_use]
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// What it asks for.
    #[must_use]
    pub fn subscriptions(&self) -> &[Subscription] {
        &self.subscriptions
    }

    /// Works until it is told to stop; then takes no more jobs, and finishes those that it has within the time of grace.
    ///
    /// Returns how many jobs were left when that time was over. They are another worker's once they time out.
    pub async fn run(self, stop: CancellationToken) -> usize {
        let (intakes, tasks) = (TaskTracker::new(), TaskTracker::new());
        let secrets = Arc::new(SecretNames::new(self.settings.secret_filter));
        for subscription in self.subscriptions {
            let answers = Arc::new(Semaphore::new(subscription.max_jobs));
            let handling = Handling {
                cluster: self.cluster.clone(),
                execution: Arc::clone(&self.execution),
                meters: Arc::clone(&self.meters),
                secrets: Arc::clone(&secrets),
                subscription: Arc::new(subscription),
                answers,
            };
            let intake = intake::Intake::new(handling, self.settings.wait, tasks.clone(), stop.clone());
            intakes.spawn(intake.run());
        }
        if let Some(inbound) = self.inbound {
            let stop = stop.clone();
            intakes.spawn(async move { inbound.run(stop).await });
        }
        stop.cancelled().await;
        tasks.close();
        intakes.close();
        let begun = tasks.len();
        tracing::info!(running = begun, "stopping: no more jobs are taken");
        let finished = async {
            // The last polls may bring jobs, which are handed back.
            intakes.wait().await;
            tasks.wait().await;
        };
        if tokio::time::timeout(self.settings.grace, finished).await.is_err() {
            let left = tasks.len();
            tracing::warn!(left, "the time of grace is over");
            return left;
        }
        0
    }
}
