//! The broker's records, which it posts as if to Elasticsearch: the only way to see incidents and variables of 8.6 without
//! a database.

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::IntoResponse;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashSet};
use std::sync::{LazyLock, Mutex, Once};
use std::time::{Duration, Instant};

static RECORDS: LazyLock<Mutex<Records>> = LazyLock::new(Mutex::default);

#[derive(Default)]
struct Records {
    /// By the instance that they belong to, with the prefix of its engine's instances; those of none together.
    by_instance: BTreeMap<String, Vec<Value>>,
    /// Engines, partitions and positions: a record is posted again when it was not seen that it had arrived.
    seen: HashSet<(String, Option<u64>, Option<u64>)>,
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

/// Receives records at `ZEEBE_RECORDS_URL`, for as long as the test program runs.
pub(crate) fn listen() {
    static URL: LazyLock<String> = LazyLock::new(|| {
        std::env::var("ZEEBE_RECORDS_URL")
            .expect("these tests need ZEEBE_RECORDS_URL, to which the broker posts its records: run scripts/test, or see tests/worker/main.rs")
    });
    listen_at(&URL);
}

/// Receives records at this address, for as long as the test program runs; there is one address in a program.
pub(crate) fn listen_at(url: &str) {
    static SERVER: Once = Once::new();
    SERVER.call_once(|| {
        let address = url.strip_prefix("http://").expect("an http URL").trim_end_matches('/');
        let listener = std::net::TcpListener::bind(address).unwrap_or_else(|error| panic!("{address}: {error}"));
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
}

/// Forgets all records: another broker begins to count from the start.
#[allow(dead_code, reason = "for tests/resilience")]
pub(crate) fn forget() {
    *RECORDS.lock().expect("no panic") = Records::default();
}

async fn receive(_: Method, uri: Uri, _: HeaderMap, body: Bytes) -> impl IntoResponse {
    if let Some(prefix) = uri.path().strip_suffix("_bulk") {
        let text = String::from_utf8(body.to_vec()).expect("text");
        let records = text.lines().skip(1).step_by(2).map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
        let engine = if prefix == "/" { "" } else { prefix };
        let mut known = RECORDS.lock().expect("no panic");
        for record in records {
            let place = (prefix.to_owned(), record["partitionId"].as_u64(), record["position"].as_u64());
            if known.seen.insert(place) {
                let instance = format!("{engine}{}", record["value"]["processInstanceKey"]);
                known.by_instance.entry(instance).or_default().push(record);
            }
        }
    }
    let headers = [("content-type", "application/json"), ("x-elastic-product", "Elasticsearch")];
    (headers, r#"{"errors":false,"items":[],"acknowledged":true}"#)
}

/// The key alone.
fn key_of(instance: &str) -> &str {
    instance.rsplit_once('/').map_or(instance, |(_, key)| key)
}

/// All records of an instance so far: of an instance's key, with the path below which its engine posts before it.
pub(crate) fn of_instance(instance: &str) -> Vec<Value> {
    RECORDS.lock().expect("no panic").by_instance.get(instance).cloned().unwrap_or_default()
}

/// The messages that were published with this correlation key.
#[allow(dead_code, reason = "for tests/resilience")]
pub(crate) fn messages(correlation_key: &str) -> Vec<Value> {
    // They belong to no instance.
    let records = of_instance("null").into_iter();
    let is_meant = |record: &Value| {
        record["valueType"] == "MESSAGE"
            && record["intent"] == "PUBLISHED"
            && record["value"]["correlationKey"] == correlation_key
    };
    records.filter(is_meant).map(|record| record["value"].clone()).collect()
}

/// The records of an instance's jobs so far.
pub(crate) fn jobs(instance: &str) -> Vec<Value> {
    of_instance(instance).into_iter().filter(|record| record["valueType"] == "JOB").collect()
}

/// Shows the records of each instance of a process.
#[allow(dead_code, reason = "for tests/resilience")]
pub(crate) fn each_instance(process: &str, mut visit: impl FnMut(&str, &[Value])) {
    for (instance, records) in &RECORDS.lock().expect("no panic").by_instance {
        if records
            .iter()
            .any(|record| record["value"]["bpmnProcessId"] == process && record["valueType"] == "PROCESS_INSTANCE")
        {
            visit(instance, records);
        }
    }
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
    let failures = of_instance(instance).into_iter().filter(|record| record["intent"] == "FAILED");
    failures.filter(|record| !handed_back(record)).map(|record| record["value"].clone()).collect()
}

/// Whether it is the gateway that has failed a job, since it could not deliver it.
pub(crate) fn handed_back(record: &Value) -> bool {
    record["value"]["errorMessage"] == "Failed to send activated jobs to client"
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
        if let Some(ended) = end_of(instance, &records) {
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

/// How an instance with these records has ended, or where it stands.
pub(crate) fn end_of(instance: &str, records: &[Value]) -> Option<Ended> {
    records.iter().find_map(|record| end(record, records, instance))
}

fn end(record: &Value, records: &[Value], instance: &str) -> Option<Ended> {
    let value = &record["value"];
    match (record["valueType"].as_str()?, record["intent"].as_str()?) {
        ("PROCESS_INSTANCE", "ELEMENT_COMPLETED") if value["bpmnElementType"] == "PROCESS" => {
            Some(Ended::Completed(variables(records, key_of(instance))))
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
