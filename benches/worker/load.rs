//! Instances of "Trigger a flow run", and what answers their calls.

use crate::Failed;
use opwright::cluster::{Cluster, ClusterError};
use opwright::emulator::{Emulator, Faults, Limits, Settings};
use serde_json::{Value, json};
use std::time::Duration;

const PROCESS: &str = include_str!("../../generated/bpmn/power-automate-trigger-flow-run.bpmn");

/// An emulator without limits.
pub(crate) async fn emulator(faults: Faults) -> Result<Emulator, Failed> {
    Ok(Emulator::start(Settings { port: 0, limits: Limits::NONE, faults, ..Settings::default() }).await?)
}

/// Deploys the generated process with a job type of its own, and returns its id.
pub(crate) async fn deploy(cluster: &Cluster, job_type: &str) -> Result<String, Failed> {
    let id = job_type.replace(':', "-");
    let bpmn = PROCESS
        .replace("io.opwright:power-automate:1", job_type)
        .replace("\"power-automate-trigger-flow-run\"", &format!("\"{id}\""));
    cluster.deploy("bench.bpmn", &bpmn).await?;
    Ok(id)
}

/// The variables that the process wants.
pub(crate) fn variables(emulator: &Emulator) -> Value {
    json!({
        "organizationUri": emulator.organization_uri(),
        "workflowId": "0a1b2c3d-1111-2222-3333-444455556666",
        "connectionName": "shared-uiflow",
    })
}

/// Starts one instance, however busy the broker is.
pub(crate) async fn start(cluster: &Cluster, process: &str, variables: &Value) -> Result<(), ClusterError> {
    while let Err(error) = cluster.start_instance(process, variables).await {
        if !error.may_pass() {
            return Err(error);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}
