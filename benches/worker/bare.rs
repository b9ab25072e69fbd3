//! The broker's own ceiling: a loop over our client that calls nobody.

use crate::Failed;
use opwright::cluster::{Activation, Cluster};
use serde_json::{Map, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

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
    let fetched = FETCHED.map(str::to_owned);
    let (room, variables) = (Arc::new(Semaphore::new(usize::try_from(max_jobs)?)), Arc::new(variables));
    let mut completed = tokio::task::JoinSet::new();
    let mut taken = 0;
    let begun = Instant::now();
    while taken < count {
        let mut permits = vec![Arc::clone(&room).acquire_owned().await?];
        while let Ok(permit) = Arc::clone(&room).try_acquire_owned() {
            permits.push(permit);
        }
        let activation = Activation {
            job_type,
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
        taken += u32::try_from(jobs.len())?;
        for (job, permit) in jobs.into_iter().zip(permits) {
            let (cluster, variables) = (cluster.clone(), Arc::clone(&variables));
            completed.spawn(async move {
                let _permit = permit;
                while let Err(error) = cluster.complete(&job.key, &variables).await {
                    if !error.may_pass() {
                        return Err(error);
                    }
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                Ok(())
            });
        }
    }
    while let Some(result) = completed.join_next().await {
        result??;
    }
    Ok(begun.elapsed())
}
