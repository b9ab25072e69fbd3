//! The program itself: starts, serves, stops.

use crate::broker::{Process, cluster};
use crate::records;
use opwright::emulator::{Emulator, Settings};
use opwright::http::{HttpClient, Request};
use secrecy::ExposeSecret;
use serde_json::json;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A running `opwright worker`; killed if a test fails.
struct Program {
    child: Child,
    address: String,
}

impl Program {
    fn start(job_type: &str, environment: &[(&str, String)]) -> Self {
        let config = std::env::temp_dir().join(format!("opwright-worker-{}.toml", job_type.replace(':', "-")));
        std::fs::write(&config, format!("[connectors.power-automate]\njob-type = \"{job_type}\"\n")).expect("a file");
        let mut child = Command::new(env!("CARGO_BIN_EXE_opwright"))
            .args(["worker", "--listen", "127.0.0.1:0", "--poll-timeout", "PT1S", "--log-format", "json", "--config"])
            .arg(config)
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
        let address = loop {
            let line = lines.next().expect("it tells its address").expect("text");
            let logged: serde_json::Value =
                serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
            if let Some(address) = logged["address"].as_str() {
                break address.to_owned();
            }
        };
        // Whatever else it logs must not block it.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }

    fn terminate(&self) {
        let sent = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().expect("kill runs");
        assert!(sent.success());
    }

    /// Waits for its end; the exit code.
    async fn ended(&mut self) -> Option<i32> {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a process") {
                return status.code();
            }
            assert!(begun.elapsed() < Duration::from_secs(30), "it does not end");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn get(address: &str, path: &str) -> (u16, String) {
    let url = format!("http://{address}{path}");
    let request = Request { method: "GET", url, headers: Vec::new(), body: None };
    let response = HttpClient::new().expect("a client").send(&request).await.expect("an answer");
    (response.status, String::from_utf8(response.body).expect("text"))
}

/// An instance of "Trigger a flow run" that this emulator answers, and its end.
async fn triggered(emulator: &Emulator, id: &str, job_type: &str) -> records::Ended {
    let cluster = cluster();
    let process = Process::new(id, "trigger-flow-run").header("resultVariable", "answer");
    cluster.deploy("process.bpmn", &process.bpmn(job_type)).await.unwrap_or_else(|error| panic!("{error}"));
    let variables = json!({
        "organizationUri": emulator.organization_uri(),
        "workflowId": "0a1b2c3d-1111-2222-3333-444455556666",
        "connectionName": "shared-uiflow",
    });
    let instance = cluster.start_instance(id, &variables).await.unwrap_or_else(|error| panic!("{error}"));
    records::ended(&instance).await
}

fn environment(emulator: &Emulator, settings: &Settings) -> Vec<(&'static str, String)> {
    vec![
        ("SECRET_POWER_AUTOMATE_CLIENT_ID", settings.client_id.clone()),
        ("SECRET_POWER_AUTOMATE_CLIENT_SECRET", settings.client_secret.expose_secret().to_owned()),
        ("SECRET_POWER_AUTOMATE_TOKEN_ENDPOINT", emulator.token_endpoint()),
    ]
}

#[cfg(feature = "opentelemetry")]
#[tokio::test(flavor = "multi_thread")]
async fn traces_of_jobs_reach_a_collector_and_tell_no_secret() {
    use axum::http::Uri;
    use std::sync::{Arc, Mutex};
    records::listen();
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
    let settings = Settings { port: 0, ..Settings::default() };
    let emulator = Emulator::start(settings.clone()).await.expect("an emulator");
    let mut environment = environment(&emulator, &settings);
    environment.push(("OTEL_EXPORTER_OTLP_ENDPOINT", collector));
    let mut program = Program::start("test:traces", &environment);
    triggered(&emulator, "traces", "test:traces").await.variables();
    program.terminate();
    assert_eq!(program.ended().await, Some(0));
    let received = received.lock().expect("no panic").clone();
    for expected in [r#""name": "job""#, r#""name": "call""#, "opwright-worker", r#""stringValue": "traces""#] {
        assert!(received.contains(expected), "{expected}: {received}");
    }
    assert!(!received.contains(settings.client_secret.expose_secret()), "{received}");
    emulator.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_told_to_stop_finishes_its_jobs_and_ends_well() {
    records::listen();
    let settings = Settings { port: 0, waiting_seconds: 0.0, running_seconds: 0.0, ..Settings::default() };
    let emulator = Emulator::start(settings.clone()).await.expect("an emulator");
    let environment = environment(&emulator, &settings);
    let job_type = "test:program";
    let mut program = Program::start(job_type, &environment);
    let (status, ready) = get(&program.address, "/health/ready").await;
    assert_eq!(status, 200, "{ready}");
    assert_eq!(get(&program.address, "/health/live").await.0, 200);

    let ended = triggered(&emulator, "program", job_type).await;
    assert_eq!(ended.variables()["answer"]["status"], json!(200));
    let (_, metrics) = get(&program.address, "/metrics").await;
    let completed = "camunda_connector_outbound_invocations_total{action=\"completed\",type=\"test:program\",";
    assert!(metrics.contains(completed), "{metrics}");

    program.terminate();
    assert_eq!(program.ended().await, Some(0));
    emulator.shutdown().await;
}
