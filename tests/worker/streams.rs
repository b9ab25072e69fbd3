//! Faults over gRPC that a real gateway does not have on demand.

use crate::endings::COUNTED;
use crate::grpc_gateway::{
    Command, DEADLINE_EXCEEDED, Gateway, NOT_FOUND, RESOURCE_EXHAUSTED, Script, UNAVAILABLE, UNIMPLEMENTED, job,
};
use crate::rest_gateway::{wait_for, worker_for};
use axum::routing::post;
use axum::{Json, Router};
use opwright::cluster::{Cluster, Connection, Credentials, Protocol};
use opwright::http::oauth::ClientCredentials;
use opwright::worker::Settings;
use serde_json::{Map, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

struct World {
    gateway: Gateway,
    stop: CancellationToken,
    worker: JoinHandle<usize>,
}

fn connection(gateway: &Gateway) -> Connection {
    Connection { protocol: Protocol::Grpc, address: format!("http://{}", gateway.address), ..Connection::default() }
}

impl World {
    /// A worker that has asked for a stream and polled once.
    async fn new(script: Script, adjust: impl FnOnce(&mut Settings)) -> Self {
        let gateway = Gateway::new(script).await;
        let mut settings = Settings { wait: Duration::from_secs(20), ..Settings::default() };
        adjust(&mut settings);
        let (stop, worker) = worker_for(connection(&gateway), settings);
        wait_for(|| {
            let script = gateway.script();
            !script.streams.is_empty() && !script.polls.is_empty()
        })
        .await;
        Self { gateway, stop, worker }
    }

    async fn commands(&self, count: usize) -> Vec<Command> {
        wait_for(|| self.gateway.script().commands.len() >= count).await;
        // Nothing more comes.
        tokio::time::sleep(Duration::from_millis(150)).await;
        let commands = self.gateway.script().commands.clone();
        assert_eq!(commands.len(), count, "{commands:?}");
        commands
    }

    async fn end(self) -> Gateway {
        self.stop.cancel();
        assert_eq!(self.worker.await.expect("no panic"), 0);
        self.gateway
    }
}

#[tokio::test]
async fn a_job_that_is_pushed_is_answered_until_the_answer_is_taken() {
    let answers = [RESOURCE_EXHAUSTED, UNAVAILABLE, DEADLINE_EXCEEDED].into();
    let world = World::new(Script { answers, ..Script::default() }, |_| {}).await;
    assert!(world.gateway.pusher().push(&job(1, "well")).await);
    assert_eq!(
        world.commands(4).await,
        [Command::Complete(1), Command::Complete(1), Command::Complete(1), Command::Complete(1)]
    );
    let gateway = world.end().await;
    let script = gateway.script();
    let (asked, _) = &script.streams[0];
    assert_eq!((asked.job_type.as_str(), asked.worker.as_str(), asked.timeout), ("test:end", "End", 300_000));
    assert_eq!(asked.variables, ["how"]);
    assert!(script.polls.iter().all(|poll| poll.request_timeout == -1), "no poll holds up the stream");
    assert_eq!(script.polls[0].limit, 100);
}

#[tokio::test]
async fn a_gateway_that_is_busy_is_asked_less() {
    let world =
        World::new(Script { poll: RESOURCE_EXHAUSTED, stream: RESOURCE_EXHAUSTED, ..Script::default() }, |_| {}).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let gateway = world.end().await;
    let script = gateway.script();
    let (polls, streams) = (script.polls.len(), script.streams.len());
    // 50 ms, 1.6 times as long each time, less at most a half.
    assert!((4..=12).contains(&polls) && (4..=12).contains(&streams), "{polls} polls, {streams} streams");
}

#[tokio::test]
async fn a_stream_that_ends_is_asked_for_again() {
    let world = World::new(Script::default(), |_| {}).await;
    let pusher = world.gateway.pusher();
    assert!(pusher.push(&job(1, "well")).await);
    world.commands(1).await;
    pusher.end(UNAVAILABLE).await;
    wait_for(|| world.gateway.script().streams.len() == 2).await;
    world.gateway.pusher().push(&job(2, "well")).await;
    assert_eq!(world.commands(2).await, [Command::Complete(1), Command::Complete(2)]);
    // What came up meanwhile is polled for soon, however long there had been nothing.
    world.gateway.script().jobs.push_back(job(3, "well"));
    world.gateway.pusher().end(UNAVAILABLE).await;
    assert_eq!(world.commands(3).await[2], Command::Complete(3));
    world.end().await;
}

#[tokio::test]
async fn no_more_jobs_run_than_there_is_room_for() {
    let world = World::new(Script::default(), |settings| settings.max_jobs = 5).await;
    world.gateway.script().jobs = (1000..1200).map(|key| job(key, "counted")).collect();
    let pusher = world.gateway.pusher();
    let count = Arc::new(AtomicUsize::new(0));
    let pushing = tokio::spawn({
        let count = Arc::clone(&count);
        async move {
            let mut endless = job(1, "counted");
            // So that not many fit into what is under way.
            endless.variables = json!({ "how": "counted", "unread": "x".repeat(20_000) }).to_string();
            while pusher.push(&endless).await {
                endless.key += 1;
                count.fetch_add(1, Ordering::SeqCst);
            }
        }
    });
    // What is polled for has its turn, too.
    wait_for(|| world.gateway.script().jobs.is_empty()).await;
    let (given, answered) = (count.load(Ordering::SeqCst), world.gateway.script().commands.len());
    assert_eq!(COUNTED.most(), 5);
    assert!(given + 200 < answered + 60, "{given} pushed, {answered} answered");
    world.end().await;
    // The worker has ended the stream.
    tokio::time::timeout(Duration::from_secs(5), pushing).await.expect("it ends").expect("no panic");
}

#[tokio::test]
async fn jobs_that_wait_when_the_worker_stops_are_handed_back() {
    let world = World::new(Script::default(), |settings| settings.max_jobs = 1).await;
    let pusher = world.gateway.pusher();
    for (key, how) in [(1, "3000 ms"), (2, "well"), (3, "well"), (4, "well")] {
        assert!(pusher.push(&job(key, how)).await);
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    let gateway = world.end().await;
    assert!(!pusher.push(&job(5, "well")).await, "the stream is ended");
    let mut commands = gateway.script().commands.clone();
    commands.sort_by_key(|command| format!("{command:?}"));
    let back = |key| Command::UpdateTimeout(key, 1);
    assert_eq!(commands, [Command::Complete(1), back(2), back(3), back(4)]);
}

#[tokio::test]
async fn a_job_that_has_waited_long_gets_its_time_back_or_is_let_go() {
    let mut late = job(1, "well");
    late.deadline -= 200_000;
    let world = World::new(Script::default(), |_| {}).await;
    world.gateway.pusher().push(&late).await;
    assert_eq!(world.commands(2).await, [Command::UpdateTimeout(1, 300_000), Command::Complete(1)]);
    world.gateway.script().answers.push_back(NOT_FOUND);
    late.key = 2;
    world.gateway.pusher().push(&late).await;
    assert_eq!(world.commands(3).await[2], Command::UpdateTimeout(2, 300_000));
    world.end().await;
}

#[tokio::test]
async fn a_gateway_without_streams_is_polled_for_long() {
    let script = Script { stream: UNIMPLEMENTED, ..Script::default() };
    let world = World::new(script, |settings| settings.wait = Duration::from_millis(300)).await;
    wait_for(|| world.gateway.script().polls.last().is_some_and(|poll| poll.request_timeout == 300)).await;
    world.gateway.script().jobs.push_back(job(1, "well"));
    assert_eq!(world.commands(1).await, [Command::Complete(1)]);
    assert_eq!(world.end().await.script().streams.len(), 1);
}

#[tokio::test]
async fn a_token_that_is_refused_is_replaced_once() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let token_endpoint = format!("http://{}/token", listener.local_addr().expect("an address"));
    let given = Arc::new(AtomicUsize::new(0));
    let tokens = Router::new().route(
        "/token",
        post({
            let given = Arc::clone(&given);
            async move || {
                let number = given.fetch_add(1, Ordering::SeqCst) + 1;
                Json(json!({ "access_token": format!("token-{number}"), "expires_in": 3600 }))
            }
        }),
    );
    let server = tokio::spawn(async move { axum::serve(listener, tokens).await.expect("it serves") });
    let gateway = Gateway::new(Script { authorization: Some("Bearer token-2".to_owned()), ..Script::default() }).await;
    let credentials = Credentials::OAuth(ClientCredentials {
        token_endpoint,
        client_id: "id".to_owned(),
        client_secret: "canary".to_owned(),
        scope: None,
        audience: None,
    });
    let cluster = Cluster::new(Connection { credentials, ..connection(&gateway) }).expect("a client");
    cluster.complete("1", &Map::new()).await.expect("it is taken");
    assert_eq!((gateway.script().unauthorized, given.load(Ordering::SeqCst)), (1, 2));
    gateway.script().authorization = Some("Bearer none".to_owned());
    let told = cluster.complete("1", &Map::new()).await.expect_err("it is refused").to_string();
    assert_eq!(told, "the cluster refuses: as it was told (UNAUTHENTICATED)");
    assert_eq!((gateway.script().unauthorized, given.load(Ordering::SeqCst)), (3, 3));
    server.abort();
}
