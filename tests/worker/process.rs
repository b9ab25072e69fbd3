//! The program itself: starts, serves, stops.

use crate::broker::{Process, cluster};
use crate::program::{self, Program};
use crate::records::{self, Ended};
use opwright::emulator::{Emulator, Settings, What};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// A process whose jobs have a type of their own, and a program that executes them.
async fn begin(name: &str, emulator: &Emulator, arguments: &[&str]) -> (Program, String) {
    begin_with(name, emulator, arguments, &[]).await
}

async fn begin_with(
    name: &str,
    emulator: &Emulator,
    arguments: &[&str],
    environment: &[(&'static str, String)],
) -> (Program, String) {
    records::listen();
    let job_type = format!("test:program-{name}:{}", std::process::id());
    let id = format!("program-{name}");
    let bpmn = Process::new(&id, "trigger-flow-run").header("resultVariable", "answer").bpmn(&job_type);
    cluster().deploy("process.bpmn", &bpmn).await.unwrap_or_else(|error| panic!("{error}"));
    let arguments = [&["--poll-timeout", "PT1S", "--job-timeout", "PT15S"], arguments].concat();
    let environment = [program::secrets(emulator).as_slice(), environment].concat();
    (Program::start(&job_type, &arguments, &environment), job_type)
}

async fn instance(name: &str, emulator: &Emulator) -> String {
    let variables = json!({
        "organizationUri": emulator.organization_uri(),
        "workflowId": "0a1b2c3d-1111-2222-3333-444455556666",
        "connectionName": "shared-uiflow",
    });
    cluster().start_instance(&format!("program-{name}"), &variables).await.unwrap_or_else(|error| panic!("{error}"))
}

async fn emulator() -> Emulator {
    let settings = Settings { port: 0, waiting_seconds: 0.0, running_seconds: 0.0, ..Settings::default() };
    Emulator::start(settings).await.expect("an emulator")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_told_to_stop_finishes_its_jobs_and_ends_well() {
    let emulator = emulator().await;
    let (mut program, job_type) = begin("well", &emulator, &[]).await;
    let (status, ready) = program.get("/health/ready").await;
    assert_eq!(status, 200, "{ready}");
    assert_eq!(program.get("/health/live").await.0, 200);
    let first = instance("well", &emulator).await;
    assert_eq!(records::ended(&first).await.variables()["answer"]["status"], json!(200));
    let (_, metrics) = program.get("/metrics").await;
    let completed = format!("camunda_connector_outbound_invocations_total{{action=\"completed\",type=\"{job_type}\",");
    assert!(metrics.contains(&completed), "{metrics}");

    program::latency(&emulator, 1500).await;
    let running = instance("well", &emulator).await;
    program.executes(1).await;
    program.terminate();
    assert_eq!(program.ends().await.code(), Some(0), "{}", program.log());
    records::ended(&running).await.variables();
    assert_eq!(emulator.ledger().iter().filter(|entry| entry.what == What::Run).count(), 2, "each once");
    emulator.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_runs_beyond_the_time_of_grace_is_another_workers() {
    let emulator = emulator().await;
    let (mut program, job_type) = begin("grace", &emulator, &["--grace", "PT1S"]).await;
    program::latency(&emulator, 50_000).await;
    let running = instance("grace", &emulator).await;
    program.executes(1).await;
    program.terminate();
    let told = Instant::now();
    assert_eq!(program.ends().await.code(), Some(1), "{}", program.log());
    let took = told.elapsed();
    assert!((Duration::from_secs(1)..Duration::from_secs(10)).contains(&took), "it ends after {took:?}");
    assert!(program.log().contains("the time of grace is over"), "{}", program.log());
    program::latency(&emulator, 0).await;
    let _other = Program::start(&job_type, &["--poll-timeout", "PT1S"], &program::secrets(&emulator));
    records::ended(&running).await.variables();
    emulator.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_told_to_stop_a_second_time_ends_at_once() {
    let emulator = emulator().await;
    let (mut program, _) = begin("second", &emulator, &["--grace", "PT5M"]).await;
    program::latency(&emulator, 50_000).await;
    instance("second", &emulator).await;
    program.executes(1).await;
    program.terminate();
    program.logs("no more jobs are taken").await;
    assert_eq!(program.get("/health/ready").await.0, 503, "it takes no more");
    let told = Instant::now();
    program.terminate();
    assert_eq!(program.ends().await.code(), Some(1), "{}", program.log());
    let took = told.elapsed();
    assert!(took < Duration::from_secs(5), "it ends after {took:?}: {}", program.log());
    assert!(program.log().contains("told a second time"), "{}", program.log());
    emulator.shutdown().await;
}

#[cfg(feature = "opentelemetry")]
#[tokio::test(flavor = "multi_thread")]
async fn traces_of_jobs_reach_a_collector_and_tell_no_secret() {
    use axum::http::Uri;
    use std::sync::{Arc, Mutex};
    let received: Arc<Mutex<String>> = Arc::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let collector = format!("http://{}", listener.local_addr().expect("an address"));
    let sink = Arc::clone(&received);
    let router = axum::Router::new().fallback(move |uri: Uri, body: String| async move {
        assert_eq!(uri.path(), "/v1/traces");
        sink.lock().expect("no panic").push_str(&body);
        "{}"
    });
    tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
    let emulator = emulator().await;
    let collected = ("OTEL_EXPORTER_OTLP_ENDPOINT", collector);
    let (mut program, _) = begin_with("traces", &emulator, &[], &[collected]).await;
    records::ended(&instance("traces", &emulator).await).await.variables();
    program.terminate();
    assert_eq!(program.ends().await.code(), Some(0), "{}", program.log());
    let received = received.lock().expect("no panic").clone();
    for expected in [r#""name": "job""#, r#""name": "call""#, "opwright-worker", r#""stringValue": "program-traces""#] {
        assert!(received.contains(expected), "{expected}: {received}");
    }
    for (name, secret) in program::secrets(&emulator).iter().filter(|(name, _)| name.ends_with("SECRET")) {
        assert!(!received.contains(secret), "{name}: {received}");
    }
    emulator.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_logged_with_its_reason_and_a_secret_that_is_withheld_by_its_name() {
    let emulator = emulator().await;
    let allowed = ["--allowed-secrets", "POWER_AUTOMATE_CLIENT_*"];
    let (mut program, job_type) = begin("withheld", &emulator, &allowed).await;
    let slip = Process::new("program-withheld", "trigger-flow-run").header("errorExpression", "= bpmnErorr(\"A\")");
    cluster().deploy("process.bpmn", &slip.bpmn(&job_type)).await.unwrap_or_else(|error| panic!("{error}"));
    let failed = instance("withheld", &emulator).await;
    let Ended::Incident { message, .. } = records::ended(&failed).await else { panic!("it needs the token endpoint") };
    program.logs("job failed").await;
    let lines = program.log();
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let line = |text: &str| lines.iter().find(|line| line["message"].as_str().is_some_and(|told| told.contains(text)));
    let job = line("job failed").expect("a line");
    assert_eq!((&job["reason"], &job["retries"]), (&json!(message), &json!(0)), "{job}");
    assert!(job["milliseconds"].is_u64(), "{job}");
    let withheld = line("not handed out").expect("a line");
    assert_eq!(withheld["secret"], json!("POWER_AUTOMATE_TOKEN_ENDPOINT"), "{withheld}");
    let slip = line("not as it was meant").expect("a line");
    assert!(slip["remark"].as_str().is_some_and(|remark| remark.contains("did you mean `bpmnError`")), "{slip}");
    program.terminate();
    assert_eq!(program.ends().await.code(), Some(0), "{}", program.log());
    emulator.shutdown().await;
}
