//! Events between an emulated Dataverse and a cluster that does as it is told.

use crate::program;
use crate::rest_gateway::wait_for;
use crate::webhook;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use opwright::cluster::{Cluster, Connection};
use opwright::dispatch::Dispatcher;
use opwright::dispatch::secrets::Fixed;
use opwright::emulator::{Emulator, Limits, Settings, What};
use opwright::power_automate::PowerAutomate;
use opwright::worker::Meters;
use opwright::worker::inbound::{
    self, Account, Answer, EventSettings, Inbound, InboundError, Origin, Pace, Received, Watch,
};
use opwright::{Confirm, Execute, Failure, Registry, Standing, connector, event, operation};
use schemars::JsonSchema;
use secrecy::ExposeSecret;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::{BTreeSet, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

#[derive(Default)]
struct Script {
    messages: Vec<Value>,
    /// What publications are answered with, one after the other; then they are taken.
    answers: VecDeque<StatusCode>,
}

type Shared = Arc<Mutex<Script>>;

async fn publish(State(script): State<Shared>, uri: Uri, body: Bytes) -> Response {
    assert_eq!(uri.path(), "/v2/messages/publication");
    let mut script = script.lock().expect("no panic");
    script.messages.push(serde_json::from_slice(&body).expect("JSON"));
    match script.answers.pop_front() {
        Some(status) => (status, Json(json!({ "title": "TOLD", "detail": "to" }))).into_response(),
        None => Json(json!({ "messageKey": "1", "tenantId": "<default>" })).into_response(),
    }
}

struct Site {
    inbound: Arc<Inbound>,
    script: Shared,
    stop: CancellationToken,
    running: JoinHandle<()>,
    directory: TempDir,
}

async fn emulator() -> Emulator {
    let settings =
        Settings { port: 0, waiting_seconds: 0.0, running_seconds: 0.0, limits: Limits::NONE, ..Settings::default() };
    Emulator::start(settings).await.expect("an emulator")
}

fn account(name: &str, emulator: &Emulator) -> Account {
    let input = json!({
        "organizationUri": emulator.organization_uri(),
        "authentication": {
            "type": "oauth-client-credentials-flow",
            "clientId": "demo-client",
            "clientSecret": "{{secrets.POWER_AUTOMATE_CLIENT_SECRET}}",
            "oauthTokenEndpoint": emulator.token_endpoint(),
        },
    });
    let input = input.as_object().expect("an object").clone();
    Account { name: name.to_owned(), connector: "power-automate".to_owned(), input }
}

fn settings(events: EventSettings, files: &[(&str, &str)], routes: &str) -> inbound::Settings {
    inbound::Settings {
        events: Some(events),
        processes: files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect(),
        routes: routes.parse().expect("TOML"),
        discovery: None,
        time_to_live: Duration::from_secs(60),
        base_url: None,
    }
}

impl Site {
    async fn new(emulators: &[&Emulator], tenants: &[&str], watch: Watch, answers: &[StatusCode]) -> Self {
        Self::knowing(&[], emulators, tenants, watch, answers).await
    }

    /// With the elements of these BPMN files.
    async fn knowing(
        processes: &[&str],
        emulators: &[&Emulator],
        tenants: &[&str],
        watch: Watch,
        answers: &[StatusCode],
    ) -> Self {
        let directory = TempDir::new().expect("a directory");
        let accounts = emulators.iter().enumerate().map(|(index, one)| account(&format!("no-{index}"), one)).collect();
        Self::started(directory, accounts, processes, tenants, watch, answers)
            .await
            .unwrap_or_else(|(_, error)| panic!("{error}"))
    }

    /// With what the directory holds.
    async fn started(
        directory: TempDir,
        accounts: Vec<Account>,
        processes: &[&str],
        tenants: &[&str],
        watch: Watch,
        answers: &[StatusCode],
    ) -> Result<Self, (TempDir, InboundError)> {
        let script = Arc::new(Mutex::new(Script { answers: answers.iter().copied().collect(), ..Script::default() }));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let router = Router::new().fallback(publish).with_state(Arc::clone(&script));
        tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        let tenants = tenants.iter().map(|tenant| (*tenant).to_owned()).collect();
        let cluster = Cluster::new(Connection { address, tenants, ..Connection::default() }).expect("a client");
        let secrets =
            [("SECRET_POWER_AUTOMATE_CLIENT_SECRET", Settings::default().client_secret.expose_secret().to_owned())];
        let secrets = secrets.into_iter().map(|(name, value)| (name.to_owned(), value));
        let events = EventSettings {
            accounts,
            journal: directory.path().join("journal"),
            pace: Pace { shortest: Duration::from_millis(200), ..Pace::default() },
            watch,
        };
        let files: Vec<_> = processes.iter().map(|bpmn| ("process.bpmn", *bpmn)).collect();
        let settings = settings(events, &files, "");
        let registry = Registry::new().with::<PowerAutomate>().and_then(Registry::with::<Fragile>).expect("sound");
        let dispatcher = Dispatcher::new(registry).expect("a client");
        let secrets = Arc::new(Fixed::from_variables(secrets));
        let inbound = match Inbound::new(settings, cluster, dispatcher, secrets, Arc::new(Meters::new())) {
            Ok(inbound) => inbound,
            Err(error) => return Err((directory, error)),
        };
        let (inbound, stop) = (Arc::new(inbound), CancellationToken::new());
        let (run, stopped) = (Arc::clone(&inbound), stop.clone());
        let running = tokio::spawn(async move { run.run(stopped).await });
        Ok(Self { inbound, script, stop, running, directory })
    }

    /// Stops, and starts again with these accounts.
    async fn again(self, accounts: Vec<Account>) -> Self {
        let Self { inbound, stop, running, mut directory, .. } = self;
        stop.cancel();
        running.await.expect("no panic");
        drop(inbound);
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            // The journal's thread lets go of the file a little later.
            match Self::started(directory, accounts.clone(), &[], &[], Watch::Called, &[]).await {
                Ok(site) => return site,
                Err((again, _)) if Instant::now() < deadline => directory = again,
                Err((_, error)) => panic!("{error}"),
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// As after a job of the process `p` has begun a run at this address.
    async fn begun(&self, url: &str, session: &str) {
        let (connector, operation) = ("power-automate", "trigger-flow-run");
        let origin = Origin { connector, operation, url: Some(url), process: "p", tenant: "<default>" };
        let inputs = Map::from_iter([("callbackUrl".to_owned(), json!("https://example.org/x"))]);
        self.inbound.begun(origin, &inputs, &json!({ "body": { "flowsessionId": session } })).await;
    }

    async fn call(&self, session: &str) {
        self.call_of("flow-run-finished", &json!({ "flowsessionid": session })).await;
    }

    async fn call_of(&self, context: &str, body: &Value) {
        assert_eq!(self.answer(context, body).await, Answer::empty(200));
    }

    async fn answer(&self, context: &str, body: &Value) -> Answer {
        let received = Received {
            method: "POST".to_owned(),
            context: context.to_owned(),
            target: format!("/inbound/{context}"),
            headers: Vec::new(),
            query: Vec::new(),
            body: body.to_string().into_bytes(),
        };
        self.inbound.answer(&received).await
    }

    fn messages(&self) -> Vec<Value> {
        self.script.lock().expect("no panic").messages.clone()
    }

    /// Waits until nothing is open, and returns what was published.
    async fn settled(self) -> Vec<Value> {
        wait_for(|| self.inbound.open() == 0).await;
        self.stop.cancel();
        let messages = self.messages();
        self.running.await.expect("no panic");
        messages
    }
}

/// A run of a flow, which is over.
async fn run(emulator: &Emulator) -> String {
    let dispatcher = Dispatcher::new(Registry::new().with::<PowerAutomate>().expect("sound")).expect("a client");
    let mut input = account("one", emulator).input;
    let own = json!({
        "workflowId": "00000000-0000-4000-8000-000000000001", "connectionName": "c", "runMode": "unattended",
    });
    input.extend(own.as_object().expect("an object").clone());
    let secrets = program::secrets(emulator).into_iter().map(|(name, value)| (name.to_owned(), value));
    let secrets = Fixed::from_variables(secrets);
    let result = dispatcher.dispatch("power-automate", "trigger-flow-run", &Value::Object(input), &secrets).await;
    result.expect("it is started")["body"]["flowsessionId"].as_str().expect("a session").to_owned()
}

fn asked(emulator: &Emulator) -> usize {
    emulator.ledger().iter().filter(|entry| entry.what == What::Status).count()
}

#[tokio::test]
async fn what_is_published_is_what_the_system_says() {
    let emulator = emulator().await;
    let site = Site::new(&[&emulator], &[], Watch::Nothing, &[]).await;
    let session = run(&emulator).await;
    // However it is spelt.
    site.call(&session.to_uppercase()).await;
    let messages = site.settled().await;
    let expected = json!({
        "name": "io.opwright:power-automate:flow-run-finished:1",
        "correlationKey": session,
        "timeToLive": 60_000,
        "variables": { "flowSessionId": session, "statusCode": 4 },
        "messageId": format!("{session}:4"),
    });
    assert_eq!(messages, [expected]);
}

#[tokio::test]
async fn a_system_that_asks_for_silence_is_left_alone() {
    let emulator = emulator().await;
    let site = Site::new(&[&emulator], &[], Watch::Nothing, &[]).await;
    let mut sessions = BTreeSet::from([run(&emulator).await]);
    // So that there is a token already.
    site.call(sessions.first().expect("one")).await;
    wait_for(|| site.inbound.open() == 0).await;
    for _ in 0..19 {
        sessions.insert(run(&emulator).await);
    }
    program::faults(&emulator, &json!({ "throttle-rate": 1, "throttle-seconds": 3 })).await;
    let begun = Instant::now();
    for session in &sessions {
        site.call(session).await;
    }
    wait_for(|| asked(&emulator) > 1).await;
    program::faults(&emulator, &json!({ "throttle-rate": 0 })).await;
    while begun.elapsed() < Duration::from_millis(2500) {
        // The one before, and those that were under way when the first answer came.
        assert!(asked(&emulator) <= 1 + 8, "{}", asked(&emulator));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let messages = site.settled().await;
    let told: BTreeSet<String> =
        messages.iter().map(|message| message["correlationKey"].as_str().expect("text").to_owned()).collect();
    assert_eq!((told, messages.len()), (sessions, 20));
}

#[tokio::test]
async fn each_tenant_is_told_and_a_message_that_is_there_already_is_told_no_more() {
    let emulator = emulator().await;
    let site = Site::new(&[&emulator], &["one", "two"], Watch::Nothing, &[StatusCode::CONFLICT]).await;
    let session = run(&emulator).await;
    site.call(&session).await;
    wait_for(|| site.inbound.open() == 0).await;
    site.call(&session).await;
    let messages = site.settled().await;
    let tenants: Vec<_> = messages.iter().map(|message| message["tenantId"].as_str()).collect();
    assert_eq!(tenants, [Some("one"), Some("two")]);
}

#[tokio::test]
async fn what_the_cluster_does_not_take_is_kept() {
    let emulator = emulator().await;
    let unable = [StatusCode::SERVICE_UNAVAILABLE, StatusCode::BAD_GATEWAY, StatusCode::BAD_REQUEST];
    let site = Site::new(&[&emulator], &[], Watch::Nothing, &unable).await;
    let session = run(&emulator).await;
    site.call(&session).await;
    wait_for(|| asked(&emulator) == 1).await;
    let messages = site.settled().await;
    assert_eq!(messages.len(), 4, "{messages:?}");
    assert!(messages.iter().all(|message| message == &messages[0]), "{messages:?}");
    assert_eq!(asked(&emulator), 1, "what has happened has happened");
}

#[tokio::test]
async fn of_several_organisations_the_one_that_knows_the_session_is_found() {
    let (first, second) = (emulator().await, emulator().await);
    let site = Site::new(&[&first, &second], &[], Watch::Nothing, &[]).await;
    let session = run(&second).await;
    site.call(&session).await;
    assert_eq!(site.settled().await.len(), 1);
    assert_eq!((asked(&first), asked(&second)), (1, 1));
}

#[tokio::test]
async fn runs_are_watched_as_the_settings_say() {
    let emulator = emulator().await;
    let elsewhere = "http://127.0.0.1:1";
    for (watch, callback_url, url, expected) in [
        (Watch::Called, "", emulator.organization_uri(), 0),
        (Watch::Called, "https://example.org/x", emulator.organization_uri(), 1),
        (Watch::Called, "https://example.org/x", elsewhere, 0),
        (Watch::All, "", emulator.organization_uri(), 1),
        (Watch::Nothing, "https://example.org/x", emulator.organization_uri(), 0),
    ] {
        let site = Site::new(&[&emulator], &["other"], watch, &[]).await;
        let session = run(&emulator).await;
        let url = format!("{url}/api/data");
        let origin = Origin {
            connector: "power-automate",
            operation: "trigger-flow-run",
            url: Some(&url),
            process: "p",
            tenant: "acme",
        };
        let inputs = Map::from_iter([("callbackUrl".to_owned(), json!(callback_url))]);
        site.inbound.begun(origin, &inputs, &json!({ "body": { "flowsessionId": session } })).await;
        assert_eq!(site.inbound.open(), expected, "{watch:?} {callback_url} {url}");
        // The tenant is the process's.
        let messages = site.settled().await;
        let tenants: Vec<_> = messages.iter().map(|message| message["tenantId"].as_str()).collect();
        assert_eq!(tenants, vec![Some("acme"); expected], "{watch:?} {callback_url} {url}");
    }
    // Nothing is begun by another operation.
    let site = Site::new(&[&emulator], &[], Watch::All, &[]).await;
    let origin =
        Origin { connector: "power-automate", operation: "cancel-flow-run", url: None, process: "p", tenant: "" };
    site.inbound.begun(origin, &Map::new(), &json!({ "body": { "flowsessionId": run(&emulator).await } })).await;
    assert_eq!(site.inbound.open(), 0);
}

#[tokio::test]
async fn what_is_under_way_is_asked_for_until_it_is_over() {
    let emulator = emulator().await;
    let settings = Settings { port: 0, running_seconds: 3600.0, limits: Limits::NONE, ..Settings::default() };
    let slow = Emulator::start(settings).await.expect("an emulator");
    let site = Site::new(&[&emulator, &slow], &[], Watch::Nothing, &[]).await;
    let session = run(&slow).await;
    site.call(&session).await;
    wait_for(|| asked(&slow) >= 4).await;
    assert_eq!(site.messages(), [] as [Value; 0]);
    assert_eq!(asked(&emulator), 1, "the account is known from the first answer on");
    program::end_runs(&slow).await;
    assert_eq!(site.settled().await.len(), 1);
}

/// A process with a receive task that maps an event like this.
pub(crate) fn waiting(process: &str, expression: &str) -> String {
    format!(
        r#"<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0">
        <bpmn:process id="{process}" isExecutable="true"><bpmn:receiveTask id="Wait" messageRef="M"><bpmn:extensionElements><zeebe:properties>
          <zeebe:property name="inbound.type" value="io.opwright:power-automate:flow-run-finished:1"/>
          <zeebe:property name="resultExpression" value="{expression}"/>
          <zeebe:property name="messageTtl" value="P1D"/>
        </zeebe:properties></bpmn:extensionElements></bpmn:receiveTask></bpmn:process>
        <bpmn:message id="M" name="io.opwright:power-automate:flow-run-finished:1"/></bpmn:definitions>"#
    )
}

#[tokio::test]
async fn what_elements_say_counts_where_they_are_known() {
    let emulator = emulator().await;
    let files = [waiting("a", "= {a: request.body.statuscode}"), waiting("b", "= {b: request.body.statuscode}")];
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    // Whose run it is, is known of a watched one.
    for (process, expected) in [("a", json!({ "a": 4 })), ("b", json!({ "b": 4 })), ("c", Value::Null)] {
        let site = Site::knowing(&files, &[&emulator], &[], Watch::All, &[]).await;
        let session = run(&emulator).await;
        let url = emulator.organization_uri();
        let (connector, operation) = ("power-automate", "trigger-flow-run");
        let origin = Origin { connector, operation, url: Some(url), process, tenant: "<default>" };
        site.inbound.begun(origin, &Map::new(), &json!({ "body": { "flowsessionId": session } })).await;
        let messages = site.settled().await;
        let told = &messages[0];
        // Those of other processes do not agree: the event's own counts.
        let own = json!({ "flowSessionId": session, "statusCode": 4 });
        let expected = if expected.is_null() { own } else { expected };
        assert_eq!((messages.len(), &told["variables"], &told["timeToLive"]), (1, &expected, &json!(86_400_000)));
        assert_eq!(told.get("tenantId"), None);
    }
    // One that gives nothing does not keep the others from going on.
    let broken = waiting("a", "= 1");
    let site = Site::knowing(&[&broken], &[&emulator], &[], Watch::All, &[]).await;
    let session = run(&emulator).await;
    site.call(&session).await;
    let messages = site.settled().await;
    assert_eq!(messages[0]["variables"], json!({ "flowSessionId": session, "statusCode": 4 }));
}

#[tokio::test]
async fn what_was_begun_is_asked_for_though_the_system_does_not_know_of_it() {
    let emulator = emulator().await;
    let site = Site::new(&[&emulator], &[], Watch::Called, &[]).await;
    let stranger = "00000000-0000-4000-8000-00000000abcd";
    site.begun(emulator.organization_uri(), stranger).await;
    wait_for(|| asked(&emulator) >= 8).await;
    assert_eq!(site.inbound.open(), 1);
    // Whereas a call that tells of nobody comes to nothing.
    let site = Site::new(&[&emulator], &[], Watch::Called, &[]).await;
    site.call(stranger).await;
    assert_eq!(site.settled().await, [] as [Value; 0]);
}

#[tokio::test]
async fn a_token_endpoint_that_is_not_there_says_nothing_of_a_run() {
    let emulator = emulator().await;
    let mut account = account("one", &emulator);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let elsewhere = format!("http://{}/token", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, Router::new()).await.expect("it serves") });
    account.input["authentication"]["oauthTokenEndpoint"] = json!(elsewhere);
    let directory = TempDir::new().expect("a directory");
    let site = Site::started(directory, vec![account], &[], &[], Watch::Called, &[]).await;
    let site = site.unwrap_or_else(|(_, error)| panic!("{error}"));
    let session = run(&emulator).await;
    site.call(&session).await;
    // Longer than a forged call would be followed up.
    let followed_up = Instant::now() + Duration::from_secs(17);
    while Instant::now() < followed_up {
        assert_eq!(site.inbound.open(), 1);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let site = site.again(vec![self::account("mended", &emulator)]).await;
    assert_eq!(site.settled().await.len(), 1);
}

#[tokio::test]
async fn a_run_is_found_after_its_account_was_renamed() {
    let emulator = emulator().await;
    let settings = Settings { port: 0, running_seconds: 3600.0, limits: Limits::NONE, ..Settings::default() };
    let slow = Emulator::start(settings).await.expect("an emulator");
    let site = Site::new(&[&slow], &[], Watch::Called, &[]).await;
    let session = run(&slow).await;
    site.begun(slow.organization_uri(), &session).await;
    let before = asked(&slow);
    let site = site.again(vec![account("other", &emulator), account("renamed", &slow)]).await;
    wait_for(|| asked(&slow) > before).await;
    program::end_runs(&slow).await;
    assert_eq!(site.settled().await.len(), 1);
}

/// Ask for what breaks.
#[connector(
    id = "fragile",
    name = "Fragile",
    template_id = "io.example.fragile",
    version = 1,
    job_type = "io.example:fragile:1",
    operations = [Look],
    events = [Broken]
)]
struct Fragile {}

/// Looks at it.
#[operation(id = "look", name = "Look")]
struct Look {
    /// Its name.
    #[input(example = "vase")]
    #[schemars(length(max = 20))]
    thing: String,
}

/// What was seen.
#[derive(Serialize, JsonSchema)]
struct Seen {
    thing: String,
}

impl Execute<Fragile> for Look {
    type Output = Seen;

    async fn execute(self, _: Fragile) -> Result<Seen, Failure> {
        Ok(Seen { thing: self.thing })
    }
}

/// It is broken.
#[event(
    id = "broken",
    name = "Broken",
    version = 1,
    event_type = "io.example:broken:1",
    elements = [ReceiveTask],
    correlation_key = "= thing",
    result_expression = "= {thing: request.body.thing}"
)]
#[schemars(example = json!({ "thing": "vase" }))]
struct Broken {
    /// Its name.
    thing: String,
}

static LOOKS: AtomicUsize = AtomicUsize::new(0);

impl Confirm for Broken {
    const OPERATION: &'static str = "look";

    fn subject(call: &Value) -> Option<String> {
        call["thing"].as_str().map(str::to_owned)
    }

    fn inputs(subject: &str) -> Value {
        json!({ "thing": subject })
    }

    fn confirm(subject: &str, _: &Value) -> Standing<Self> {
        let looks = LOOKS.fetch_add(1, Ordering::SeqCst);
        assert!(looks > 0, "an author's mistake");
        Standing::Happened { event: Self { thing: subject.to_owned() }, end: "broken".to_owned() }
    }
}

#[tokio::test]
async fn what_crashes_while_it_is_confirmed_is_looked_at_again() {
    let directory = TempDir::new().expect("a directory");
    let account = Account { name: "a".to_owned(), connector: "fragile".to_owned(), input: Map::new() };
    let site = Site::started(directory, vec![account], &[], &[], Watch::Nothing, &[]).await;
    let site = site.unwrap_or_else(|(_, error)| panic!("{error}"));
    // Nothing is called that.
    for thing in [String::new(), "v".repeat(257)] {
        assert_eq!(site.answer("broken", &json!({ "thing": thing })).await.status, 400);
    }
    site.call_of("broken", &json!({ "thing": "vase" })).await;
    let messages = site.settled().await;
    assert_eq!((messages.len(), &messages[0]["variables"]), (1, &json!({ "thing": "vase" })));
    assert_eq!(LOOKS.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_call_for_what_the_operation_does_not_take_comes_to_nothing_unasked() {
    let directory = TempDir::new().expect("a directory");
    let account = Account { name: "a".to_owned(), connector: "fragile".to_owned(), input: Map::new() };
    let site = Site::started(directory, vec![account], &[], &[], Watch::Nothing, &[]).await;
    let site = site.unwrap_or_else(|(_, error)| panic!("{error}"));
    site.call_of("broken", &json!({ "thing": "longer than things' names are" })).await;
    assert_eq!(site.settled().await, [] as [Value; 0]);
}

#[tokio::test]
async fn all_that_is_wrong_with_files_and_routes_is_told_at_once() {
    let emulator = emulator().await;
    let directory = TempDir::new().expect("a directory");
    let events = EventSettings {
        accounts: vec![account("one", &emulator)],
        journal: directory.path().join("journal"),
        pace: Pace::default(),
        watch: Watch::Called,
    };
    let element = |id: &str, properties: &[(&str, &str)]| {
        webhook::element(id, "catch", &[&[("inbound.context", "a")], properties].concat())
    };
    let webhooks = webhook::process(
        "p",
        "paid",
        &[element("First", &[("inbound.method", "patch")]), element("Second", &[("correlationKeyExpression", "=1")])],
    );
    let other = webhook::process("q", "paid", &[element("Third", &[("correlationKeyExpression", "=1")])]);
    let event = waiting("r", "= {").replace("P1D", "1d");
    let files =
        [("none.bpmn", "<a>\n<b></a>"), ("webhooks.bpmn", &webhooks), ("other.bpmn", &other), ("event.bpmn", &event)];
    let settings = settings(events, &files, "[b]\nprocess-id = \"p\"\nmethod = \"patch\"");
    let cluster = Cluster::new(Connection::default()).expect("a client");
    let dispatcher = Dispatcher::new(Registry::new().with::<PowerAutomate>().expect("sound")).expect("a client");
    let secrets = program::secrets(&emulator).into_iter().map(|(name, value)| (name.to_owned(), value));
    let secrets = Arc::new(Fixed::from_variables(secrets));
    let refused = Inbound::new(settings, cluster, dispatcher, secrets, Arc::new(Meters::new())).expect_err("faults");
    let told = refused.to_string();
    let expected = [
        "[webhooks.b]: `method`: it must be",
        "none.bpmn, line 2: ",
        "webhooks.bpmn, line 5: process `p`, element `First`: `inbound.method`: it must be",
        "webhooks.bpmn, line 5: process `p`, element `First`: `correlationKeyExpression`: it is needed here",
        "other.bpmn, line 5: process `q`, element `Third`: `inbound.context`: Context: a already in use by: webhooks.bpmn, line 5: process `p`, element `Second`",
        "event.bpmn, line 2: process `r`, element `Wait`: `resultExpression` is no FEEL",
        "event.bpmn, line 2: process `r`, element `Wait`: `messageTtl` is no duration",
    ];
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines.len(), expected.len(), "{told}");
    for (line, expected) in lines.iter().zip(expected) {
        assert!(line.starts_with(expected), "{line}\n{expected}");
    }
}
