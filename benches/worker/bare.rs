//! The broker's own ceiling: loops over our client that call nobody, with as many questions under way and as many jobs at
//! hand as a worker has.

use crate::Failed;
use opwright::cluster::{Activation, Cluster, ClusterError};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;

/// So many questions are under way at once.
const QUESTIONS: usize = 4;

/// What the worker fetches: the inputs of all operations.
const FETCHED: [&str; 11] = [
    "authentication",
    "organizationUri",
    "workflowId",
    "runMode",
    "runPriority",
    "connectionName",
    "connectionType",
    "timeout",
    "inputs",
    "callbackUrl",
    "flowSessionId",
];

/// How long it takes to take and complete so many jobs that wait.
pub(crate) async fn drain(cluster: &Cluster, job_type: &str, count: u32, max_jobs: u32) -> Result<Duration, Failed> {
    let variables: Map<_, _> =
        [("flowSessionId".to_owned(), json!("bb2a1f33-e5b9-ed11-83fe-000d3ab4f483"))].into_iter().collect();
    let (sender, mut completed) = mpsc::unbounded_channel();
    let (room, variables) = (Arc::new(Semaphore::new(2 * usize::try_from(max_jobs)?)), Arc::new(variables));
    let begun = Instant::now();
    // They end with the set.
    let mut asking = JoinSet::new();
    for _ in 0..QUESTIONS {
        let (cluster, job_type) = (cluster.clone(), job_type.to_owned());
        asking.spawn(ask(cluster, job_type, Arc::clone(&room), Arc::clone(&variables), sender.clone()));
    }
    for _ in 0..count {
        completed.recv().await.ok_or("nobody asks")??;
    }
    Ok(begun.elapsed())
}

/// Takes jobs and completes them, for ever.
async fn ask(
    cluster: Cluster,
    job_type: String,
    room: Arc<Semaphore>,
    variables: Arc<Map<String, Value>>,
    completed: mpsc::UnboundedSender<Result<(), ClusterError>>,
) -> Result<(), ClusterError> {
    let fetched = FETCHED.map(str::to_owned);
    let most = room.available_permits() / QUESTIONS;
    loop {
        let mut permits = Vec::new();
        permits.extend(Arc::clone(&room).acquire_owned().await);
        while permits.len() < most
            && let Ok(permit) = Arc::clone(&room).try_acquire_owned()
        {
            permits.push(permit);
        }
        let activation = Activation {
            job_type: &job_type,
            worker: "bare",
            timeout: Duration::from_secs(300),
            limit: permits.len(),
            variables: &fetched,
            wait: Duration::from_secs(1),
        };
        let jobs = match cluster.activate(&activation).await {
            Err(error) if error.may_pass() => {
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
            jobs => jobs?,
        };
        for (job, permit) in jobs.into_iter().zip(permits) {
            let (cluster, variables, completed) = (cluster.clone(), Arc::clone(&variables), completed.clone());
            tokio::spawn(async move {
                let _permit = permit;
                let result = loop {
                    match cluster.complete(&job.key, &variables).await {
                        Err(error) if error.may_pass() => tokio::time::sleep(Duration::from_millis(50)).await,
                        result => break result,
                    }
                };
                completed.send(result)
            });
        }
    }
}
