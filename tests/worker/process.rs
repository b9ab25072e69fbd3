//! The program itself: starts, serves, stops.

use crate::broker::{Process, cluster};
use crate::program::{self, Program};
use crate::records;
use opwright::emulator::{Emulator, Settings};
use opwright::http::{HttpClient, Request};
use serde_json::json;

async fn get(address: &str, path: &str) -> (u16, String) {
    let url = format!("http://{address}{path}");
    let request = Request { method: "GET", url, headers: Vec::new(), body: None };
    let response = HttpClient::new().expect("a client").send(&request).await.expect("an answer");
    (response.status, String::from_utf8(response.body).expect("text"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_told_to_stop_finishes_its_jobs_and_ends_well() {
    records::listen();
    let settings = Settings { port: 0, waiting_seconds: 0.0, running_seconds: 0.0, ..Settings::default() };
    let emulator = Emulator::start(settings).await.expect("an emulator");
    let job_type = "test:program";
    let mut program = Program::start(job_type, &["--poll-timeout", "PT1S"], &program::secrets(&emulator));
    let (status, ready) = get(&program.address, "/health/ready").await;
    assert_eq!(status, 200, "{ready}");
    assert_eq!(get(&program.address, "/health/live").await.0, 200);

    let cluster = cluster();
    let process = Process::new("program", "trigger-flow-run").header("resultVariable", "answer");
    cluster.deploy("process.bpmn", &process.bpmn(job_type)).await.unwrap_or_else(|error| panic!("{error}"));
    let variables = json!({
        "organizationUri": emulator.organization_uri(),
        "workflowId": "0a1b2c3d-1111-2222-3333-444455556666",
        "connectionName": "shared-uiflow",
    });
    let instance = cluster.start_instance("program", &variables).await.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(records::ended(&instance).await.variables()["answer"]["status"], json!(200));
    let (_, metrics) = get(&program.address, "/metrics").await;
    let completed = "camunda_connector_outbound_invocations_total{action=\"completed\",type=\"test:program\",";
    assert!(metrics.contains(completed), "{metrics}");

    program.terminate();
    assert_eq!(program.ends().await.code(), Some(0), "{}", program.log());
    emulator.shutdown().await;
}
