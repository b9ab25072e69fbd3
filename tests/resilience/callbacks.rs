//! Flow runs that call back: the waiting process goes on once, whatever becomes of the calls, the worker and the broker; and
//! not because somebody says so.

use crate::broker::{self, Broker};
use crate::program::{self, Program};
use crate::records::{self, Ended};
use opwright::cluster::Cluster;
use opwright::emulator::{Emulator, Limits, Settings, What};
use opwright::http::{HttpClient, Request};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const JOB_TYPE: &str = "test:callbacks";
/// Below the ports that Linux gives to outgoing connections.
const INBOUND: &str = "127.0.0.1:28390";
const PROCESS: &str = "power-automate-flow-run-finished-journey";

/// A broker, an emulator, the generated process of a run, and a journal.
struct Site {
    broker: Broker,
    cluster: Cluster,
    emulator: Emulator,
    directory: TempDir,
}

impl Site {
    async fn new(running: f64) -> Self {
        let (broker, cluster) = (Broker::start(1).await, broker::cluster());
        let settings = Settings {
            port: 0,
            waiting_seconds: 0.0,
            running_seconds: running,
            callback_retry_ms: 100,
            limits: Limits::NONE,
            ..Settings::default()
        };
        let emulator = Emulator::start(settings).await.expect("an emulator");
        broker::deploy(&cluster, &journey()).await;
        Self { broker, cluster, emulator, directory: TempDir::new().expect("a directory") }
    }

    /// The worker; all that are started have one journal.
    fn worker(&self, arguments: &[&str]) -> Program {
        self.worker_for(JOB_TYPE, arguments)
    }

    fn worker_for(&self, job_type: &str, arguments: &[&str]) -> Program {
        let config = config(job_type, self.emulator.organization_uri());
        let journal = self.directory.path().join("journal");
        let journal = journal.to_str().expect("text");
        let common = [
            "--rest-address",
            broker::ADDRESS,
            "--poll-timeout",
            "PT1S",
            "--inbound-listen",
            INBOUND,
            "--inbound-journal",
            journal,
            "--log",
            "info,opwright::worker=debug",
        ];
        Program::configured(&config, &[&common, arguments].concat(), &program::secrets(&self.emulator))
    }

    /// Starts an instance whose flow calls back.
    async fn start(&self) -> String {
        let variables = json!({
            "organizationUri": self.emulator.organization_uri(),
            "workflowId": "00000000-0000-4000-8000-000000000001",
            "connectionName": "shared-uiflow",
            "callbackUrl": format!("http://{INBOUND}/inbound/flow-run-finished"),
        });
        let begun = Instant::now();
        loop {
            match self.cluster.start_instance(PROCESS, &variables).await {
                Ok(instance) => return instance,
                Err(error) => assert!(error.may_pass() && begun.elapsed() < Duration::from_secs(60), "{error}"),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Whom the emulator has called, by session, with which answer.
    fn calls(&self) -> Vec<(String, Option<u16>)> {
        let calls = self.emulator.ledger().into_iter().filter(|entry| entry.what == What::Callback);
        calls.map(|entry| (entry.session_id.expect("a session"), entry.status)).collect()
    }

    /// Waits until a call was answered with 200.
    async fn called(&self, times: usize) {
        let begun = Instant::now();
        while self.calls().iter().filter(|(_, status)| *status == Some(200)).count() < times {
            assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", self.calls());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// A worker's config file, with an account for an emulator.
pub(crate) fn config(job_type: &str, organization_uri: &str) -> String {
    format!(
        r#"
        [connectors.power-automate]
        job-type = "{job_type}"
        [accounts.emulated]
        connector = "power-automate"
        input.organizationUri = "{organization_uri}"
        [accounts.emulated.input.authentication]
        type = "oauth-client-credentials-flow"
        clientId = "{{{{secrets.POWER_AUTOMATE_CLIENT_ID}}}}"
        clientSecret = "{{{{secrets.POWER_AUTOMATE_CLIENT_SECRET}}}}"
        oauthTokenEndpoint = "{{{{secrets.POWER_AUTOMATE_TOKEN_ENDPOINT}}}}"
        "#
    )
}

/// The generated process of a run from beginning to end, for jobs of this type.
fn journey() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("generated/bpmn/{PROCESS}.bpmn"));
    let bpmn = std::fs::read_to_string(path).expect("generated");
    let (own, test) = ("type=\"io.opwright:power-automate:1\"", format!("type=\"{JOB_TYPE}\""));
    assert_eq!(bpmn.matches(own).count(), 2);
    bpmn.replace(own, &test)
}

/// Calls the worker, as anybody may.
async fn call(body: &Value) -> u16 {
    let url = format!("http://{INBOUND}/inbound/flow-run-finished");
    let request = Request::json("POST", url, Some(body.to_string()));
    HttpClient::new().expect("a client").send(&request).await.expect("an answer").status
}

/// The variables of an instance that has gone on, which came by one message of the right content.
async fn went_on(instance: &str) -> Map<String, Value> {
    let variables = records::ended(instance).await.variables();
    let session = variables["flowSessionId"].as_str().expect("text");
    let messages = records::messages(session);
    assert_eq!(messages.len(), 1, "{messages:?}");
    assert_eq!(messages[0]["messageId"], format!("{session}:4"));
    assert_eq!(messages[0]["variables"], json!({ "flowSessionId": session, "statusCode": 4 }));
    assert_eq!(variables["statusCode"], 4);
    assert_eq!(variables["flowOutputs"], json!({ "emulatedBy": "opwright" }));
    variables
}

async fn waits(instance: &str) -> String {
    let begun = Instant::now();
    loop {
        let records = records::of_instance(instance);
        let waits = records
            .iter()
            .any(|record| record["intent"] == "ELEMENT_ACTIVATED" && record["value"]["elementId"] == "Wait");
        if waits {
            let is_session =
                |record: &&Value| record["valueType"] == "VARIABLE" && record["value"]["name"] == "flowSessionId";
            let session = records.iter().find(is_session).expect("a session");
            return serde_json::from_str(session["value"]["value"].as_str().expect("text")).expect("JSON");
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "it does not wait: {:?}", records::ended(instance).await);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_process_goes_on_once_and_only_when_the_run_is_over() {
    let site = Site::new(3600.0).await;
    // So that what goes on does so by the call.
    let mut worker = site.worker(&["--inbound-watch", "none"]);
    let instance = site.start().await;
    let session = waits(&instance).await;
    // Forged: a run that is under way, and one that there is not.
    let finished = |session: &str| json!({ "statuscode": 4, "statecode": 0, "startedon": null, "completedon": null, "flowsessionid": session });
    assert_eq!(call(&finished(&session)).await, 200);
    let nobody = "00000000-0000-4000-8000-00000000dead";
    assert_eq!(call(&finished(nobody)).await, 200);
    assert_eq!(call(&json!({ "flowsessionid": "no session" })).await, 400);
    assert_eq!(call(&json!([])).await, 400);
    let is_looked_at = |line: &str| line.contains("looked at") && line.contains(&session) && line.contains("Later");
    let begun = Instant::now();
    // It becomes known to be, and is looked at again.
    while !worker.log().lines().any(is_looked_at) {
        assert!(begun.elapsed() < Duration::from_secs(30), "{}", worker.log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(records::messages(&session), [] as [Value; 0], "it is under way");
    assert!(site.calls().is_empty());
    program::end_runs(&site.emulator).await;
    went_on(&instance).await;
    assert_eq!(site.calls(), [(session, Some(200))]);
    let (_, metrics) = worker.get("/metrics").await;
    let correlated = "camunda_connector_inbound_triggers_total{action=\"correlated\",type=\"io.opwright:power-automate:flow-run-finished:1\"} 1";
    assert!(metrics.contains(correlated), "{metrics}");
    worker.logs("dropped: no account knows of it").await;
    assert_eq!(records::messages(nobody), [] as [Value; 0]);

    program::faults(&site.emulator, &json!({ "callback-copies": 4 })).await;
    let instance = site.start().await;
    let session = waits(&instance).await;
    program::end_runs(&site.emulator).await;
    site.called(1 + 4).await;
    went_on(&instance).await;
    // Later ones are known to be old.
    assert_eq!(call(&finished(&session)).await, 200);
    tokio::time::sleep(Duration::from_millis(500)).await;
    went_on(&instance).await;
    worker.terminate();
    assert_eq!(worker.ends().await.code(), Some(0), "{}", worker.log());

    // Nobody calls: it is asked for.
    program::faults(&site.emulator, &json!({ "callback-copies": 1, "lost-callback-rate": 1 })).await;
    let watching = site.worker(&["--inbound-watch-interval", "PT1S"]);
    let instance = site.start().await;
    waits(&instance).await;
    program::end_runs(&site.emulator).await;
    went_on(&instance).await;
    assert_eq!(site.calls().len(), 1 + 4 + 1, "{:?}", site.calls());
    assert_eq!(site.calls().last().expect("one").1, None, "it is lost");
    // Also by a worker that was killed in between.
    let instance = site.start().await;
    waits(&instance).await;
    watching.signal("-KILL");
    drop(watching);
    program::end_runs(&site.emulator).await;
    let _watching = site.worker(&["--inbound-watch-interval", "PT1S"]);
    went_on(&instance).await;
}

/// The worker that triggers knows of no event, as Camunda's own would not; the other one speaks gRPC.
#[tokio::test(flavor = "multi_thread")]
async fn a_call_may_reach_another_worker_than_the_one_that_triggered() {
    let site = Site::new(0.5).await;
    let config = format!("[connectors.power-automate]\njob-type = \"{JOB_TYPE}\"\n");
    let arguments = ["--rest-address", broker::ADDRESS, "--poll-timeout", "PT1S"];
    let _triggers = Program::configured(&config, &arguments, &program::secrets(&site.emulator));
    let called = site.worker_for("test:nothing", &["--grpc-address", broker::GRPC_ADDRESS]);
    let instance = site.start().await;
    went_on(&instance).await;
    assert!(called.log().contains("published"), "{}", called.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_told_outlives_the_worker_and_the_broker() {
    let site = Site::new(3600.0).await;
    // Nothing but the journal knows of the call.
    let arguments = ["--inbound-watch", "none"];
    let mut killed = site.worker(&arguments);
    let instance = site.start().await;
    waits(&instance).await;
    program::faults(&site.emulator, &json!({ "error-rate": 1 })).await;
    program::end_runs(&site.emulator).await;
    site.called(1).await;
    killed.logs("it cannot be found out yet").await;
    killed.signal("-KILL");
    assert_eq!(killed.ends().await.code(), None, "it is killed");
    program::faults(&site.emulator, &json!({ "error-rate": 0 })).await;
    assert!(records::end_of(&instance, &records::of_instance(&instance)).is_none(), "nobody has told the process");
    let worker = site.worker(&arguments);
    worker.logs("going on with what the journal holds").await;
    went_on(&instance).await;

    let instance = site.start().await;
    waits(&instance).await;
    site.broker.kill().await;
    program::end_runs(&site.emulator).await;
    site.called(2).await;
    worker.logs("not published yet").await;
    site.broker.restart().await;
    went_on(&instance).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_burst_of_calls_none_is_lost_and_none_counts_twice() {
    const INSTANCES: usize = 1000;
    let site = Site::new(3600.0).await;
    // The runs are known to be, and nobody asks for them but because of a call.
    let worker = site.worker(&["--inbound-watch-interval", "PT1H"]);
    let mut instances = Vec::new();
    for _ in 0..INSTANCES {
        instances.push(site.start().await);
    }
    let mut sessions = BTreeSet::new();
    for instance in &instances {
        sessions.insert(waits(instance).await);
    }
    assert_eq!(sessions.len(), INSTANCES);
    // All end at once, and each end is told twice.
    program::faults(&site.emulator, &json!({ "callback-copies": 2 })).await;
    program::end_runs(&site.emulator).await;
    for instance in &instances {
        match records::ended(instance).await {
            Ended::Completed(variables) => assert_eq!(variables["statusCode"], 4, "{variables:?}"),
            incident @ Ended::Incident { .. } => panic!("{incident:?}"),
        }
    }
    for session in &sessions {
        assert_eq!(records::messages(session).len(), 1, "{session}");
    }
    assert_eq!(site.calls().len(), 2 * INSTANCES);
    drop(worker);
}
