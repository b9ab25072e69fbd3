//! What a real broker does not do on demand: a gateway that refuses, breaks off, is not there, or speaks another version.

use crate::endings::{End, NOTED};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use opwright::Registry;
use opwright::cluster::{Cluster, Connection};
use opwright::dispatch::Dispatcher;
use opwright::dispatch::secrets::{Fixed, SecretSource};
use opwright::worker::{SecretFilter, Settings, Worker};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

#[derive(Default)]
struct Script {
    jobs: VecDeque<Value>,
    /// The process that the jobs belong to, if the gateway gives it.
    process: Option<String>,
    /// What commands are answered with, one after the other; then 204.
    answers: VecDeque<StatusCode>,
    commands: Vec<(String, Value)>,
    /// What activations are answered with that come after the first, if not with jobs.
    busy: Option<StatusCode>,
    activations: Vec<Value>,
    /// Whether it answers at once that there are no jobs.
    hasty: bool,
    /// What activations wait for before they are answered, if anything.
    held: Option<Arc<Notify>>,
    processes_read: usize,
    given: usize,
    /// The most jobs that were given, or asked for, and not answered.
    most: usize,
}

type Shared = Arc<Mutex<Script>>;

struct Gateway {
    script: Shared,
    server: JoinHandle<()>,
    stop: CancellationToken,
    worker: JoinHandle<usize>,
}

fn job(key: u64, how: &str) -> Value {
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
            let outstanding = script.given.saturating_sub(script.commands.len());
            script.most = script.most.max(outstanding + limit);
            let count = limit.min(script.jobs.len());
            script.given += count;
            (script.jobs.drain(..count).collect(), script.hasty)
        };
        if jobs.is_empty() && !hasty {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        return Json(json!({ "jobs": jobs })).into_response();
    }
    let mut script = script.lock().expect("no panic");
    if uri.path() == "/v2/process-definitions/2/xml" {
        script.processes_read += 1;
        return script.process.clone().map_or_else(|| refusal(StatusCode::NOT_FOUND), IntoResponse::into_response);
    }
    script.commands.push((uri.path().to_owned(), body));
    script.answers.pop_front().map_or_else(|| StatusCode::NO_CONTENT.into_response(), refusal)
}

fn serve(listener: TcpListener, script: Shared) -> JoinHandle<()> {
    let router = Router::new().fallback(answer).with_state(script);
    tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") })
}

fn worker(address: &str, settings: Settings) -> (CancellationToken, JoinHandle<usize>) {
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

fn settings() -> Settings {
    Settings { wait: Duration::from_millis(200), ..Settings::default() }
}

impl Gateway {
    async fn new(jobs: Vec<Value>, answers: &[StatusCode]) -> Self {
        Self::with(jobs, answers, settings()).await
    }

    async fn with(jobs: Vec<Value>, answers: &[StatusCode], settings: Settings) -> Self {
        let script = Script { jobs: jobs.into(), answers: answers.iter().copied().collect(), ..Script::default() };
        Self::of(script, settings).await
    }

    async fn of(script: Script, settings: Settings) -> Self {
        let script = Arc::new(Mutex::new(script));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let server = serve(listener, Arc::clone(&script));
        let (stop, worker) = worker(&address, settings);
        Self { script, server, stop, worker }
    }

    /// Waits for so many commands and ends.
    async fn commands(self, count: usize) -> Vec<(String, Value)> {
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

#[tokio::test]
async fn an_answer_is_repeated_until_it_is_taken() {
    let refusals = [StatusCode::SERVICE_UNAVAILABLE, StatusCode::TOO_MANY_REQUESTS, StatusCode::GATEWAY_TIMEOUT];
    let gateway = Gateway::new(vec![job(1, "well")], &refusals).await;
    let commands = gateway.commands(4).await;
    let completion = ("/v2/jobs/1/completion".to_owned(), json!({ "variables": { "answer": "well" } }));
    assert!(commands.iter().all(|command| *command == completion), "{commands:?}");
}

#[tokio::test]
async fn a_failure_that_may_have_been_taken_is_not_told_to_the_next_try() {
    let gateway = Gateway::new(vec![job(1, "it broke")], &[StatusCode::GATEWAY_TIMEOUT]).await;
    gateway.commands(1).await;

    let mut patient = job(1, "it broke");
    patient["customHeaders"]["retryBackoff"] = json!("PT30S");
    let gateway = Gateway::new(vec![patient], &[StatusCode::GATEWAY_TIMEOUT]).await;
    gateway.commands(2).await;

    let mut last = job(1, "it broke");
    last["retries"] = json!(1);
    let gateway = Gateway::new(vec![last], &[StatusCode::GATEWAY_TIMEOUT]).await;
    gateway.commands(2).await;

    let gateway = Gateway::new(vec![job(1, "it broke")], &[StatusCode::SERVICE_UNAVAILABLE]).await;
    gateway.commands(2).await;
}

#[tokio::test]
async fn a_job_that_is_gone_is_let_go() {
    for refusal in [StatusCode::NOT_FOUND, StatusCode::CONFLICT, StatusCode::BAD_REQUEST] {
        let gateway = Gateway::new(vec![job(1, "well")], &[refusal]).await;
        gateway.commands(1).await;
    }
}

#[tokio::test]
async fn a_failure_tells_the_retries_that_are_left() {
    let gateway = Gateway::new(vec![job(1, "it broke")], &[]).await;
    let commands = gateway.commands(1).await;
    assert_eq!(commands[0].0, "/v2/jobs/1/failure");
    assert_eq!(commands[0].1["retries"], json!(2));
    assert_eq!(commands[0].1["errorMessage"], json!("it broke"));
    assert_eq!(commands[0].1["variables"]["error"]["message"], json!("it broke"));
}

#[tokio::test]
async fn an_operation_that_panics_fails_its_job_and_no_other() {
    let gateway = Gateway::new(vec![job(1, "panic"), job(2, "well")], &[]).await;
    let mut commands = gateway.commands(2).await;
    commands.sort_by(|left, right| left.0.cmp(&right.0));
    assert_eq!(commands[0].0, "/v2/jobs/1/failure");
    assert_eq!(commands[0].1["retries"], json!(2));
    assert_eq!(commands[1].0, "/v2/jobs/2/completion");
}

/// A process whose task `e` asks for a secret itself, or not.
fn process(source: &str) -> String {
    format!(
        r#"<d xmlns:z="z"><task id="e"><x><z:ioMapping><z:input source="{source}" target="how"/></z:ioMapping></x></task></d>"#
    )
}

#[tokio::test]
async fn a_variable_cannot_ask_for_a_secret_that_the_task_does_not_name() {
    let jobs = || [job(1, "{{secrets.HOW}}"), job(2, "{{secrets.HOW}}")].into();
    for (filter, process, expected) in [
        (SecretFilter::Disabled, None, "well"),
        (SecretFilter::Strict, Some(process("{{secrets.HOW}}")), "well"),
        (SecretFilter::Strict, Some(process("=how")), "{{secrets.HOW}}"),
        (SecretFilter::Lax, Some(process("=how")), "{{secrets.HOW}}"),
        (SecretFilter::Lax, None, "well"),
        (SecretFilter::Strict, None, "Error retrieving secret keys: not found: Not Found (status 404)"),
    ] {
        let known = process.is_some();
        let script = Script { jobs: jobs(), process, ..Script::default() };
        let gateway = Gateway::of(script, Settings { secret_filter: filter, max_jobs: 1, ..settings() }).await;
        let script = Arc::clone(&gateway.script);
        for (_, body) in gateway.commands(2).await {
            // What is no secret is a failure's message: the operation ends as it is told.
            let told = body["variables"]["answer"].as_str().or(body["errorMessage"].as_str());
            assert_eq!(told, Some(expected), "{filter:?} {known}: {body}");
        }
        let read = script.lock().expect("no panic").processes_read;
        let expected = if filter == SecretFilter::Disabled {
            0
        } else if known {
            1
        } else {
            2
        };
        assert_eq!(read, expected, "a process is read once: {filter:?} {known}");
    }
}

#[tokio::test]
async fn a_job_that_cannot_be_read_is_an_incident_and_harms_no_other() {
    let mut deep = json!("the bottom");
    for _ in 0..200 {
        deep = json!([deep]);
    }
    let mut unreadable = job(1, "well");
    unreadable["variables"]["how"] = deep;
    let gateway = Gateway::new(vec![unreadable, job(2, "well")], &[]).await;
    let mut commands = gateway.commands(2).await;
    commands.sort_by(|left, right| left.0.cmp(&right.0));
    assert_eq!((commands[0].0.as_str(), &commands[0].1["retries"]), ("/v2/jobs/1/failure", &json!(0)));
    let message = commands[0].1["errorMessage"].as_str().expect("text");
    assert!(message.starts_with("The job cannot be read: `variables`: recursion limit exceeded"), "{message}");
    assert_eq!(commands[1].0, "/v2/jobs/2/completion");
}

#[tokio::test]
async fn a_job_whose_time_is_over_is_not_begun() {
    let mut late = job(1, "well");
    late["deadline"] = json!(1_000);
    let gateway = Gateway::new(vec![late, job(2, "well")], &[]).await;
    let commands = gateway.commands(1).await;
    assert_eq!(commands[0].0, "/v2/jobs/2/completion");
}

#[tokio::test]
async fn a_gateway_that_does_not_wait_for_jobs_is_not_asked_without_a_pause() {
    let gateway = Gateway::of(Script { hasty: true, ..Script::default() }, settings()).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let asked = gateway.script.lock().expect("no panic").activations.len();
    assert!(asked <= 12, "it is asked {asked} times a second");
    gateway.commands(0).await;
}

#[tokio::test]
async fn a_slow_job_holds_up_no_other() {
    let mut jobs = vec![job(1, "slow")];
    jobs.extend((2..40).map(|key| job(key, "well")));
    let gateway = Gateway::with(jobs, &[], Settings { max_jobs: 2, ..settings() }).await;
    let commands = gateway.commands(39).await;
    assert_eq!(commands[38].0, "/v2/jobs/1/completion", "the slow one is last");
}

#[tokio::test]
async fn no_more_is_asked_for_than_there_is_room() {
    let jobs = (1..30).map(|key| job(key, "slow")).collect();
    let gateway = Gateway::with(jobs, &[], Settings { max_jobs: 15, ..settings() }).await;
    let script = Arc::clone(&gateway.script);
    gateway.commands(29).await;
    let script = script.lock().expect("no panic");
    assert_eq!(script.most, 15);
    let first = &script.activations[0];
    assert_eq!(first["maxJobsToActivate"], json!(15));
    assert_eq!(first["fetchVariable"], json!(["how"]));
    assert_eq!(
        (&first["type"], &first["worker"], &first["timeout"]),
        (&json!("test:end"), &json!("End"), &json!(300_000))
    );
}

#[tokio::test]
async fn a_gateway_that_asks_to_be_spared_is_asked_for_less_and_told_results_at_once() {
    for busy in [StatusCode::TOO_MANY_REQUESTS, StatusCode::SERVICE_UNAVAILABLE] {
        let script = Script { jobs: [job(1, "slow")].into(), busy: Some(busy), ..Script::default() };
        let gateway = Gateway::of(script, settings()).await;
        let script = Arc::clone(&gateway.script);
        let begun = Instant::now();
        wait_for(|| script.lock().expect("no panic").commands.len() == 1).await;
        let took = begun.elapsed();
        assert!(took < Duration::from_secs(2), "a result of 600 ms is told at once, not after {took:?}");
        tokio::time::sleep(Duration::from_secs(4).saturating_sub(took)).await;
        let activations = script.lock().expect("no panic").activations.len();
        // Pauses from 50 ms on, by 1.6, shortened by a half at most: ten of them take more than four seconds.
        assert!((4..=12).contains(&activations), "{busy}: it is asked {activations} times");
        script.lock().expect("no panic").busy = None;
        gateway.commands(1).await;
    }
}

#[tokio::test]
async fn a_gateway_that_is_not_there_yet_is_waited_for() {
    // A port that is bound and not listened to refuses connections, and nobody else can have it.
    let port = TcpSocket::new_v4().expect("a socket");
    port.bind("127.0.0.1:0".parse().expect("an address")).expect("a port");
    let (stop, worker) = worker(&port.local_addr().expect("an address").to_string(), settings());
    tokio::time::sleep(Duration::from_millis(500)).await;

    let listener = port.listen(16).expect("it listens");
    let begun = Instant::now();
    for _ in 0..14 {
        drop(listener.accept().await.expect("an attempt"));
    }
    // That work is taken up within a second is told by the pauses, which a loaded machine does not lengthen as it does a
    // single answer: of at most 500 ms, thirteen take less than 5 s; of up to 5 s, as for a busy cluster, more than 12 s.
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(10), "it is asked fourteen times in {took:?}");
    assert!(!worker.is_finished());

    let script = Arc::new(Mutex::new(Script { jobs: [job(1, "well")].into(), ..Script::default() }));
    let server = serve(listener, Arc::clone(&script));
    let begun = Instant::now();
    wait_for(|| script.lock().expect("no panic").commands.len() == 1).await;
    let took = begun.elapsed();
    // A pause, an activation and an answer take one second at most; the rest is for a loaded machine.
    assert!(took < Duration::from_secs(5), "work is taken up after {took:?}");
    stop.cancel();
    assert_eq!(worker.await.expect("no panic"), 0);
    server.abort();
}

#[tokio::test]
async fn jobs_that_come_while_the_worker_stops_are_handed_back() {
    let held = Arc::new(Notify::new());
    let gateway = Gateway::of(Script { held: Some(Arc::clone(&held)), ..Script::default() }, settings()).await;
    wait_for(|| !gateway.script.lock().expect("no panic").activations.is_empty()).await;
    // The request that is under way when the worker is told to stop brings a job.
    gateway.stop.cancel();
    gateway.script.lock().expect("no panic").jobs.push_back(job(7, "well"));
    held.notify_one();
    assert_eq!(gateway.worker.await.expect("no panic"), 0);
    gateway.server.abort();
    let script = gateway.script.lock().expect("no panic");
    assert_eq!(script.commands, [("/v2/jobs/7".to_owned(), json!({ "changeset": { "timeout": 1 } }))]);
}

#[tokio::test]
async fn what_the_gateway_says_to_a_jobs_own_timeout_decides_whether_the_operation_is_executed() {
    for (answer, expected, ran) in [
        (StatusCode::NO_CONTENT, Some("/v2/jobs/1/completion"), true),
        // Somebody else's by now.
        (StatusCode::NOT_FOUND, None, false),
        (StatusCode::SERVICE_UNAVAILABLE, Some("/v2/jobs/1/completion"), true),
        (StatusCode::BAD_REQUEST, Some("/v2/jobs/1/failure"), false),
    ] {
        let note = format!("note {answer}");
        let mut job = job(1, &note);
        job["customHeaders"]["jobTimeout"] = json!("PT1M");
        let commands = Gateway::new(vec![job], &[answer]).await.commands(1 + usize::from(expected.is_some())).await;
        assert_eq!(commands[0], ("/v2/jobs/1".to_owned(), json!({ "changeset": { "timeout": 60_000 } })), "{answer}");
        assert_eq!(commands.get(1).map(|(path, _)| path.as_str()), expected, "{answer}");
        assert_eq!(NOTED.lock().expect("no panic").contains(&note), ran, "{answer}");
        if let Some((_, failure)) = commands.get(1).filter(|(path, _)| path.ends_with("/failure")) {
            assert_eq!(failure["retries"], json!(2), "{failure}");
            let message = failure["errorMessage"].as_str().expect("text");
            assert!(message.contains("Bad Request (status 400)"), "{message}");
        }
    }
}
