//! The broker's records, which it posts as if to Elasticsearch: the only way to see incidents and variables of 8.6 without
//! a database.

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::IntoResponse;
use serde_json::{Map, Value};
use std::collections::HashSet;
use std::sync::{LazyLock, Mutex};
use std::time::{Duration, Instant};

static RECORDS: LazyLock<Mutex<Records>> = LazyLock::new(Mutex::default);

#[derive(Default)]
struct Records {
    all: Vec<Value>,
    /// Partitions and positions: the broker posts a record again when it did not see that it had arrived.
    seen: HashSet<(Option<u64>, Option<u64>)>,
}

/// How a process instance ended, or where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Ended {
    /// With these variables of the process.
    Completed(Map<String, Value>),
    /// At an incident of this type with this message.
    Incident { kind: String, message: String },
}

impl Ended {
    pub(crate) fn variables(self) -> Map<String, Value> {
        match self {
            Self::Completed(variables) => variables,
            incident @ Self::Incident { .. } => panic!("{incident:?}"),
        }
    }

    pub(crate) fn incident(self) -> String {
        match self {
            Self::Incident { message, .. } => message,
            completed @ Self::Completed(_) => panic!("{completed:?}"),
        }
    }
}

/// Receives records for as long as the test program runs.
pub(crate) fn listen() {
    static SERVER: LazyLock<()> = LazyLock::new(|| {
        let url = std::env::var("ZEEBE_RECORDS_URL")
            .expect("these tests need ZEEBE_RECORDS_URL, to which the broker posts its records: run scripts/test, or see tests/worker/main.rs");
        let address = url.strip_prefix("http://").expect("an http URL").trim_end_matches('/').to_owned();
        let listener = std::net::TcpListener::bind(&address).unwrap_or_else(|error| panic!("{address}: {error}"));
        listener.set_nonblocking(true).expect("a socket");
        std::thread::spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).expect("a socket");
                let router = Router::new().fallback(receive).layer(axum::extract::DefaultBodyLimit::disable());
                axum::serve(listener, router).await.expect("it serves");
            });
        });
    });
    LazyLock::force(&SERVER);
}

async fn receive(_: Method, uri: Uri, _: HeaderMap, body: Bytes) -> impl IntoResponse {
    if uri.path().ends_with("_bulk") {
        let text = String::from_utf8(body.to_vec()).expect("text");
        let records = text.lines().skip(1).step_by(2).map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
        let mut known = RECORDS.lock().expect("no panic");
        for record in records {
            if known.seen.insert((record["partitionId"].as_u64(), record["position"].as_u64())) {
                known.all.push(record);
            }
        }
    }
    let headers = [("content-type", "application/json"), ("x-elastic-product", "Elasticsearch")];
    (headers, r#"{"errors":false,"items":[],"acknowledged":true}"#)
}

/// All records of an instance so far.
pub(crate) fn of_instance(instance: &str) -> Vec<Value> {
    let key = |record: &Value| record["value"]["processInstanceKey"].to_string();
    RECORDS.lock().expect("no panic").all.iter().filter(|record| key(record) == instance).cloned().collect()
}

/// Waits until workers have failed an instance's jobs so often, and returns what with.
///
/// Whether the job is tried again after its back-off is the broker's: 8.6.0 forgets some (camunda/camunda#16884).
pub(crate) async fn failed(instance: &str, times: usize) -> Vec<Value> {
    let begun = Instant::now();
    loop {
        let failures = failures(instance);
        if failures.len() >= times {
            return failures;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "instance {instance} failed only so: {failures:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// What workers have failed jobs of an instance with.
///
/// The gateway hands back by a failure, too, what it cannot deliver because the request has just ended.
pub(crate) fn failures(instance: &str) -> Vec<Value> {
    let handed_back = |record: &Value| record["value"]["errorMessage"] == "Failed to send activated jobs to client";
    let failures = of_instance(instance).into_iter().filter(|record| record["intent"] == "FAILED");
    failures.filter(|record| !handed_back(record)).map(|record| record["value"].clone()).collect()
}

/// The variables of a BPMN error that the boundary event of an instance's task has caught: they are that event's own.
pub(crate) fn caught(instance: &str) -> Option<Map<String, Value>> {
    let records = of_instance(instance);
    let caught =
        |record: &&Value| record["intent"] == "ELEMENT_COMPLETED" && record["value"]["elementId"] == "Boundary";
    let scope = records.iter().find(caught)?["key"].to_string();
    Some(variables(&records, &scope))
}

/// Waits until an instance has completed or stands at an incident.
pub(crate) async fn ended(instance: &str) -> Ended {
    let begun = Instant::now();
    loop {
        let records = of_instance(instance);
        if let Some(ended) = records.iter().find_map(|record| end(record, &records, instance)) {
            return ended;
        }
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "instance {instance} neither ends nor stops: {:?}",
            records.iter().map(|record| format!("{} {}", record["valueType"], record["intent"])).collect::<Vec<_>>()
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn end(record: &Value, records: &[Value], instance: &str) -> Option<Ended> {
    let value = &record["value"];
    match (record["valueType"].as_str()?, record["intent"].as_str()?) {
        ("PROCESS_INSTANCE", "ELEMENT_COMPLETED") if value["bpmnElementType"] == "PROCESS" => {
            Some(Ended::Completed(variables(records, instance)))
        }
        ("INCIDENT", "CREATED") => Some(Ended::Incident {
            kind: value["errorType"].as_str()?.to_owned(),
            message: value["errorMessage"].as_str()?.to_owned(),
        }),
        _ => None,
    }
}

/// A scope's own variables, in the end.
fn variables(records: &[Value], scope: &str) -> Map<String, Value> {
    let mut variables = Map::new();
    for record in records.iter().filter(|record| record["valueType"] == "VARIABLE") {
        let value = &record["value"];
        if value["scopeKey"].as_u64().is_some_and(|key| key.to_string() == scope) {
            let text = value["value"].as_str().expect("JSON as text");
            variables
                .insert(value["name"].as_str().expect("a name").to_owned(), serde_json::from_str(text).expect("JSON"));
        }
    }
    variables
}
