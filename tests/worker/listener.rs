//! Calls over real connections, by callers who are slow, send too much or never read.

use crate::program::Program;
use crate::webhook::stand_in;
use opwright::Registry;
use opwright::cluster::{Cluster, Connection};
use opwright::dispatch::Dispatcher;
use opwright::dispatch::secrets::Fixed;
use opwright::power_automate::PowerAutomate;
use opwright::worker::Meters;
use opwright::worker::inbound::{self, Account, EventSettings, Inbound, Limits, Pace, Settings, Watch};
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_util::sync::{CancellationToken, DropGuard};

const EVENT: &str = "flow-run-finished";
/// Longer than any test: what ends before has not waited for it.
const FOR_EVER: Duration = Duration::from_secs(3600);
/// How long the machine may be busy with something else.
const PATIENCE: Duration = Duration::from_secs(30);

struct Site {
    address: std::net::SocketAddr,
    meters: Arc<Meters>,
    _stop: DropGuard,
    _directory: TempDir,
}

impl Site {
    /// Takes calls of an event, and of the webhooks `echo`, which answers the body, and `paid`.
    async fn new(limits: Limits, cluster: Cluster, discovery: Option<Duration>) -> Self {
        let directory = TempDir::new().expect("a directory");
        let input = json!({
            "organizationUri": "http://127.0.0.1:1",
            "authentication": { "type": "bearer", "token": "{{secrets.TOKEN}}" },
        });
        let input = input.as_object().expect("an object").clone();
        let account = Account { name: "one".to_owned(), connector: "power-automate".to_owned(), input };
        let events = EventSettings {
            accounts: vec![account],
            journal: directory.path().join("journal"),
            pace: Pace::default(),
            watch: Watch::Nothing,
        };
        let routes = r#"
            [echo]
            process-id = "p"
            verification-expression = "={body: request.body, headers: {`content-type`: \"text/xml\"}}"
            [paid]
            message-name = "paid"
        "#;
        let settings = Settings {
            events: Some(events),
            processes: Vec::new(),
            routes: routes.parse().expect("TOML"),
            discovery,
            time_to_live: Duration::from_secs(60),
            base_url: None,
        };
        let dispatcher = Dispatcher::new(Registry::new().with::<PowerAutomate>().expect("sound")).expect("a client");
        let secrets = Arc::new(Fixed::from_variables([("SECRET_TOKEN".to_owned(), "t".to_owned())]));
        let meters = Arc::new(Meters::new());
        let inbound = Inbound::new(settings, cluster, dispatcher, secrets, Arc::clone(&meters)).expect("sound");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let stop = CancellationToken::new();
        tokio::spawn(inbound::serve(listener, None, Arc::new(inbound), limits, stop.clone()));
        Self { address, meters, _stop: stop.drop_guard(), _directory: directory }
    }

    async fn with(limits: Limits) -> Self {
        Self::new(limits, stand_in(&[]).await.0, None).await
    }

    /// A connection on which this has been sent.
    async fn sent(&self, text: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.expect("a connection");
        stream.write_all(text.as_bytes()).await.expect("sent");
        stream
    }

    /// The status of the answer to a call with a body that has at least this size.
    async fn call(&self, context: &str, size: usize) -> u16 {
        let told = json!({ "flowsessionid": "00000000-0000-4000-8000-00000000dead" }).to_string();
        let body = format!("{told}{}", " ".repeat(size.saturating_sub(told.len())));
        status(&mut self.sent(&format!("{}{body}", head(context, body.len()))).await).await
    }
}

fn head(context: &str, length: usize) -> String {
    let kind = if context == "echo" { "text/xml" } else { "application/json" };
    format!("POST /inbound/{context} HTTP/1.1\r\nhost: x\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n")
}

/// The status of the next answer; 0 if the connection ends without one.
async fn status(stream: &mut TcpStream) -> u16 {
    let mut answer = [0; 12];
    match tokio::time::timeout(PATIENCE, stream.read_exact(&mut answer)).await.expect("an end in time") {
        Ok(_) => std::str::from_utf8(&answer[9..]).expect("text").parse().expect("a status"),
        Err(_) => 0,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_a_call_is_for_is_known_before_its_body_is_read() {
    let limits = Limits { body: 100_000, patience: FOR_EVER, ..Limits::default() };
    let known = Site::with(limits).await;
    // Nobody has told yet what there is.
    let unknown = Site::new(limits, stand_in(&[]).await.0, Some(FOR_EVER)).await;
    for (site, context, length, expected) in [
        (&known, "nobody", 10, 404),
        (&unknown, "nobody", 10, 503),
        (&known, EVENT, 10, 100),
        (&known, EVENT, 65 * 1024, 413),
        (&known, "paid", 65 * 1024, 100),
        (&known, "paid", 100_001, 413),
    ] {
        let head = head(context, length).replace("host:", "expect: 100-continue\r\nhost:");
        assert_eq!(status(&mut site.sent(&head).await).await, expected, "{context} {length}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_not_lost_on_a_caller_who_still_sends() {
    let site = Site::with(Limits::default()).await;
    for (context, expected) in [("nobody", 404), (EVENT, 413)] {
        for _ in 0..20 {
            assert_eq!(site.call(context, 700_000).await, expected, "{context}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_of_webhooks_take_no_room_of_events() {
    let limits = Limits { bodies: 8 * 1024, event_bodies: 64 * 1024, patience: FOR_EVER, ..Limits::default() };
    let site = Site::with(limits).await;
    let begun = Instant::now();
    let mut slow = Vec::new();
    // A slow one takes the room as soon as it has been read; those that the call here came before are refused.
    loop {
        slow.push(site.sent(&format!("{}{:12287}", head("paid", 12_288), "")).await);
        if site.call("paid", 12_288).await == 503 {
            break;
        }
        assert!(begun.elapsed() < PATIENCE, "there is always room");
    }
    for (context, size) in [(EVENT, 100), (EVENT, 20_000), ("paid", 4000)] {
        assert_eq!(site.call(context, size).await, 200, "{context} {size}");
    }
    let mut answers = Vec::new();
    for mut stream in slow {
        // A refused one may be closed already.
        let _ = stream.write_all(b"1").await;
        answers.push(status(&mut stream).await);
    }
    answers.retain(|status| *status != 503);
    assert_eq!(answers, [200]);
    let begun = Instant::now();
    while site.call("paid", 12_288).await != 200 {
        assert!(begun.elapsed() < PATIENCE, "room that was given back is no room");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_holds_connections_and_says_nothing_keeps_nobody_out() {
    let site = Site::with(Limits { connections: 8, patience: FOR_EVER, ..Limits::default() }).await;
    let beginnings = [String::new(), "POST /inbound/".to_owned(), head(EVENT, 100), head("paid", 100)];
    let mut held = Vec::new();
    for begin in beginnings.iter().cycle().take(40) {
        held.push(site.sent(begin).await);
    }
    for _ in 0..20 {
        assert_eq!(site.call(EVENT, 100).await, 200);
    }
    // Those that waited longest have made room.
    assert_eq!(status(&mut held[0]).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_takes_too_long_is_left() {
    let patience = Duration::from_millis(300);
    let site = Site::with(Limits { patience, body: 16 * 1024 * 1024, ..Limits::default() }).await;
    for (begin, expected) in [(String::new(), 0), ("POST /inbound/".to_owned(), 0), (head("paid", 100), 408)] {
        assert_eq!(status(&mut site.sent(&begin).await).await, expected, "{begin}");
    }
    // After an answer another call may follow, for a while.
    let mut stream = site.sent(&format!("{}{{}}{}{{}}", head("paid", 2), head("paid", 2))).await;
    let mut answers = String::new();
    tokio::time::timeout(PATIENCE, stream.read_to_string(&mut answers)).await.expect("it ends").expect("text");
    assert_eq!(answers.matches("HTTP/1.1 200 ").count(), 2, "{answers}");

    // Who never reads: what is left of the answer does not fit into what the systems hold.
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4096).expect("set");
    let mut stream = socket.connect(site.address).await.expect("a connection");
    let body = "x".repeat(16_000_000);
    stream.write_all(format!("{}{body}", head("echo", body.len())).as_bytes()).await.expect("sent");
    let begun = Instant::now();
    while stream.write_all(b"P").await.is_ok() {
        assert!(begun.elapsed() < PATIENCE, "the connection is still there");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_that_are_worked_on_leave_connections_to_events() {
    // A cluster that takes calls and says nothing.
    let cluster = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}", cluster.local_addr().expect("an address"));
    let (asked, mut asks) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = cluster.accept().await {
            asked.send(stream).expect("somebody counts");
        }
    });
    let cluster = Cluster::new(Connection { address, ..Connection::default() }).expect("a client");
    let site = Site::new(Limits { connections: 4, patience: FOR_EVER, ..Limits::default() }, cluster, None).await;
    let (mut callers, mut held) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        callers.push(site.sent(&format!("{}{{}}", head("paid", 2))).await);
        held.push(asks.recv().await.expect("it is asked"));
    }
    assert_eq!(site.call("paid", 100).await, 503);
    for _ in 0..10 {
        assert_eq!(site.call(EVENT, 100).await, 200);
    }
    assert!(asks.try_recv().is_err(), "the cluster is asked once more");
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_and_what_is_open_are_counted() {
    let site = Site::with(Limits { body: 1000, ..Limits::default() }).await;
    for (context, size, expected) in
        [(EVENT, 100, 200), (EVENT, 70_000, 413), ("paid", 100, 200), ("paid", 2000, 413), ("a", 1, 404), ("b", 1, 404)]
    {
        assert_eq!(site.call(context, size).await, expected, "{context} {size}");
    }
    let told = site.meters.text();
    let mut counted: Vec<&str> =
        told.lines().filter_map(|line| line.strip_prefix("camunda_connector_inbound_")).collect();
    counted.sort_unstable();
    let event = "io.opwright:power-automate:flow-run-finished:1";
    let webhook = "io.camunda:webhook:1";
    let expected = [
        "open 1".to_owned(),
        "refused_total{status=\"404\",type=\"unknown\"} 2".to_owned(),
        format!(r#"refused_total{{status="413",type="{webhook}"}} 1"#),
        format!(r#"refused_total{{status="413",type="{event}"}} 1"#),
        format!(r#"triggers_total{{action="correlated",type="{webhook}"}} 1"#),
        format!(r#"triggers_total{{action="triggered",type="{webhook}"}} 1"#),
        format!(r#"triggers_total{{action="triggered",type="{event}"}} 1"#),
    ];
    assert_eq!(counted, expected);
}

/// A worker whose cluster is not there, and that takes calls here.
fn arguments(listen: &str) -> [&str; 6] {
    ["--rest-address", "http://127.0.0.1:1", "--inbound-discovery", "false", "--inbound-listen", listen]
}

const ROUTE: &str = r#"
[webhooks.order]
process-id = "p"
auth = { type = "APIKEY", api-key = "{{secrets.KEY}}", api-key-locator = "=assert(request.body.key, request.body.key != \"bad\", request.body.why)" }
"#;

#[tokio::test(flavor = "multi_thread")]
async fn why_calls_are_refused_is_logged_once_a_minute_without_what_they_hold() {
    let route = ROUTE.replace("process-id", "activation-condition = \"=request.bdy\"\nprocess-id");
    let program = Program::configured(&route, &arguments("127.0.0.1:0"), &[("SECRET_KEY", "hidden".to_owned())]);
    let address = program.takes_calls().await;
    let calls = [("order", "other", 401), ("order", "bad", 422), ("nobody", "x", 404), ("noone", "x", 404)];
    for (context, key, expected) in calls.iter().cycle().take(12) {
        let body = json!({ "key": key, "why": "canary" }).to_string();
        let mut stream = TcpStream::connect(&address).await.expect("a connection");
        let head = head(context, body.len()).replace("host:", "x-own: canary\r\nhost:");
        stream.write_all(format!("{head}{body}").as_bytes()).await.expect("sent");
        assert_eq!(status(&mut stream).await, *expected, "{context} {key}");
    }
    let log = program.log();
    let mut told: Vec<(&str, u64)> = Vec::new();
    for line in log.lines().filter(|line| line.contains("a call is refused")) {
        let logged: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let context = ["order", "nobody"].into_iter().find(|known| logged["context"] == *known).expect("a context");
        assert!(logged["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "{line}");
        told.push((context, logged["status"].as_u64().expect("a status")));
    }
    assert_eq!(told, [("order", 401), ("order", 422), ("nobody", 404)]);
    assert_eq!(log.matches("`request` has no `bdy`: did you mean `body`?").count(), 1, "{log}");
    assert!(!log.contains("canary") && !log.contains("hidden") && !log.contains("other"), "{log}");
    let (_, metrics) = program.get("/metrics").await;
    assert!(metrics.contains(r#"inbound_refused_total{status="404",type="unknown"} 6"#), "{metrics}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_in_use_ends_the_worker_before_it_takes_a_job() {
    let taken = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let directory = TempDir::new().expect("a directory");
    let config = directory.path().join("worker.toml");
    std::fs::write(&config, "[webhooks.order]\nprocess-id = \"p\"\n").expect("a file");
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_opwright"))
        .args(["worker", "--listen", "127.0.0.1:0", "--config"])
        .arg(&config)
        .args(arguments(&address))
        .output()
        .expect("it runs");
    let told = String::from_utf8(output.stderr).expect("text");
    assert!(!output.status.success() && told.contains(&format!("cannot listen on {address}")), "{told}");
    assert!(!told.contains("taking jobs") && !told.contains("are served"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_element_that_waits_for_an_event_cannot_see_is_logged_once() {
    const ACCOUNT: &str = r#"
[accounts.one]
connector = "power-automate"
input.organizationUri = "http://127.0.0.1:1"
input.authentication = { type = "bearer", token = "{{secrets.KEY}}" }
"#;
    let directory = TempDir::new().expect("a directory");
    let path = |name: &str| directory.path().join(name).to_str().expect("text").to_owned();
    let (file, journal) = (path("p.bpmn"), path("journal"));
    std::fs::write(&file, crate::inbound::waiting("p", "= {a: request.body.statuscod}")).expect("a file");
    let own = ["--inbound-processes", &file, "--inbound-journal", &journal];
    let arguments = [&arguments("127.0.0.1:0")[..], &own].concat();
    let program = Program::configured(ACCOUNT, &arguments, &[("SECRET_KEY", "hidden".to_owned())]);
    program.logs("calls are taken").await;
    program.logs("did you mean").await;
    let log = program.log();
    let told = log.lines().filter(|line| line.contains("did you mean")).collect::<Vec<_>>();
    let expected = "p.bpmn, line 2: process `p`, element `Wait`: `resultExpression`: line 1, column";
    assert!(told.len() == 1 && told[0].contains(expected) && told[0].contains("`statuscode`?"), "{told:#?}");
}
