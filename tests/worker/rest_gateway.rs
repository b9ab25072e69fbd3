//! A gateway over REST that does as it is told, and a worker for it.

use crate::endings::End;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use opwright::Registry;
use opwright::cluster::{Cluster, Connection};
use opwright::dispatch::Dispatcher;
use opwright::dispatch::secrets::{Fixed, SecretSource};
use opwright::worker::{Settings, Worker};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

#[derive(Default)]
pub(crate) struct Script {
    pub(crate) jobs: VecDeque<Value>,
    /// The process that the jobs belong to, if the gateway gives it.
    pub(crate) process: Option<String>,
    /// What commands are answered with, one after the other; then 204.
    pub(crate) answers: VecDeque<StatusCode>,
    pub(crate) commands: Vec<(String, Value)>,
    /// What activations are answered with that come after the first, if not with jobs.
    pub(crate) busy: Option<StatusCode>,
    pub(crate) activations: Vec<Value>,
    /// Whether it answers at once that there are no jobs.
    pub(crate) hasty: bool,
    /// What activations wait for before they are answered, if anything.
    pub(crate) held: Option<Arc<Notify>>,
    /// What commands wait for before they are answered, if anything.
    pub(crate) mute: Option<Arc<Notify>>,
    pub(crate) processes_read: usize,
    pub(crate) given: usize,
}

pub(crate) type Shared = Arc<Mutex<Script>>;

pub(crate) struct Gateway {
    pub(crate) script: Shared,
    pub(crate) server: JoinHandle<()>,
    pub(crate) stop: CancellationToken,
    pub(crate) worker: JoinHandle<usize>,
}

pub(crate) fn job(key: u64, how: &str) -> Value {
    let deadline = SystemTime::now() + Duration::from_secs(60);
    let deadline = deadline.duration_since(SystemTime::UNIX_EPOCH).expect("now").as_millis();
    json!({
        "key": key, "type": "test:end", "retries": 3, "deadline": u64::try_from(deadline).expect("now"),
        "processInstanceKey": 1, "processDefinitionId": "p", "processDefinitionKey": 2, "elementId": "e",
        "customHeaders": { "operation": "end", "resultVariable": "answer" }, "variables": { "how": how }, "tenantId": "<default>",
    })
}

/// What the gateway says of a refusal, as Zeebe's does.
fn refusal(status: StatusCode) -> Response {
    let title = match status {
        StatusCode::SERVICE_UNAVAILABLE => "RESOURCE_EXHAUSTED",
        status => status.canonical_reason().unwrap_or_default(),
    };
    (status, Json(json!({ "title": title, "status": status.as_u16() }))).into_response()
}

async fn answer(State(script): State<Shared>, uri: Uri, body: Bytes) -> Response {
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    if uri.path() == "/v2/jobs/activation" {
        let limit = usize::try_from(body["maxJobsToActivate"].as_u64().expect("a number")).expect("small");
        let held = {
            let mut script = script.lock().expect("no panic");
            script.activations.push(body);
            script.held.clone()
        };
        if let Some(held) = held {
            held.notified().await;
        }
        let (jobs, hasty): (Vec<Value>, bool) = {
            let mut script = script.lock().expect("no panic");
            if let (Some(busy), 2..) = (script.busy, script.activations.len()) {
                return refusal(busy);
            }
            let count = limit.min(script.jobs.len());
            script.given += count;
            (script.jobs.drain(..count).collect(), script.hasty)
        };
        if jobs.is_empty() && !hasty {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        return Json(json!({ "jobs": jobs })).into_response();
    }
    let (answer, mute) = {
        let mut script = script.lock().expect("no panic");
        if uri.path() == "/v2/process-definitions/2/xml" {
            script.processes_read += 1;
            return script.process.clone().map_or_else(|| refusal(StatusCode::NOT_FOUND), IntoResponse::into_response);
        }
        script.commands.push((uri.path().to_owned(), body));
        (script.answers.pop_front(), script.mute.clone())
    };
    if let Some(mute) = mute {
        mute.notified().await;
    }
    answer.map_or_else(|| StatusCode::NO_CONTENT.into_response(), refusal)
}

pub(crate) fn serve(listener: TcpListener, script: Shared) -> JoinHandle<()> {
    let router = Router::new().fallback(answer).with_state(script);
    tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") })
}

pub(crate) fn worker(address: &str, settings: Settings) -> (CancellationToken, JoinHandle<usize>) {
    worker_for(Connection { address: format!("http://{address}"), ..Connection::default() }, settings)
}

pub(crate) fn worker_for(connection: Connection, settings: Settings) -> (CancellationToken, JoinHandle<usize>) {
    let cluster = Cluster::new(connection);
    let dispatcher = Dispatcher::new(Registry::new().with::<End>().expect("sound")).expect("a client");
    let secret = ("SECRET_HOW".to_owned(), "well".to_owned());
    let secrets: Arc<dyn SecretSource> = Arc::new(Fixed::from_variables([secret]));
    let worker = Worker::new(cluster.expect("a client"), dispatcher, secrets, settings).expect("sound settings");
    let stop = CancellationToken::new();
    (stop.clone(), tokio::spawn(worker.run(stop)))
}

pub(crate) fn settings() -> Settings {
    Settings { wait: Duration::from_millis(200), ..Settings::default() }
}

impl Gateway {
    pub(crate) async fn new(jobs: Vec<Value>, answers: &[StatusCode]) -> Self {
        Self::with(jobs, answers, settings()).await
    }

    pub(crate) async fn with(jobs: Vec<Value>, answers: &[StatusCode], settings: Settings) -> Self {
        let script = Script { jobs: jobs.into(), answers: answers.iter().copied().collect(), ..Script::default() };
        Self::of(script, settings).await
    }

    pub(crate) async fn of(script: Script, settings: Settings) -> Self {
        let script = Arc::new(Mutex::new(script));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let server = serve(listener, Arc::clone(&script));
        let (stop, worker) = worker(&address, settings);
        Self { script, server, stop, worker }
    }

    /// Waits for so many commands and ends.
    pub(crate) async fn commands(self, count: usize) -> Vec<(String, Value)> {
        wait_for(|| self.script.lock().expect("no panic").commands.len() >= count).await;
        // Nothing more comes.
        tokio::time::sleep(Duration::from_millis(150)).await;
        self.stop.cancel();
        assert_eq!(self.worker.await.expect("no panic"), 0);
        self.server.abort();
        let commands = self.script.lock().expect("no panic").commands.clone();
        assert_eq!(commands.len(), count, "{commands:?}");
        commands
    }
}

pub(crate) async fn wait_for(mut condition: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !condition() {
        assert!(begun.elapsed() < Duration::from_secs(20), "it does not come about");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
