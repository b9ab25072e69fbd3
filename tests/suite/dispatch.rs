//! The dispatcher over real sockets: against the emulator, and against servers that misbehave.

use opwright::dispatch::secrets::Fixed;
use opwright::dispatch::{DispatchError, Dispatcher};
use opwright::emulator::{Emulator, Entry, Faults, Limits, Settings, What};
use opwright::http::{HttpClient, Request};
use opwright::power_automate::{FlowRunStarted, FlowRunState, FlowRunStatus, PowerAutomate};
use opwright::{Failure, Registry};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const WORKFLOW: &str = "0a1b2c3d-1111-2222-3333-444455556666";
const SESSION: &str = "bb2a1f33-e5b9-ed11-83fe-000d3ab4f483";
const CONNECTOR: &str = "power-automate";

/// An emulator, a dispatcher and secrets that fit.
struct World {
    emulator: Emulator,
    dispatcher: Dispatcher,
    secrets: Fixed,
}

impl World {
    async fn new(settings: Settings) -> Self {
        let settings = Settings { port: 0, bearer_token: Some(SecretString::from("constant-token")), ..settings };
        let emulator = Emulator::start(settings.clone()).await.expect("an emulator");
        let secrets = secrets(&[
            ("ID", settings.client_id.as_str()),
            ("SECRET", settings.client_secret.expose_secret()),
            ("ENDPOINT", &emulator.token_endpoint()),
            ("TOKEN", "constant-token"),
        ]);
        Self { emulator, dispatcher: dispatcher(), secrets }
    }

    async fn instant() -> Self {
        Self::new(Settings { waiting_seconds: 0.0, running_seconds: 0.0, ..Settings::default() }).await
    }

    async fn run(&self, operation: &str, authentication: &Value, own: &Value) -> Result<Value, DispatchError> {
        let input = input(self.emulator.organization_uri(), authentication, own);
        self.dispatcher.dispatch(CONNECTOR, operation, &input, &self.secrets).await
    }

    fn asked(&self, what: What) -> Vec<Entry> {
        self.emulator.ledger().into_iter().filter(|entry| entry.what == what).collect()
    }
}

fn dispatcher() -> Dispatcher {
    Dispatcher::new(Registry::new().with::<PowerAutomate>().expect("sound definitions")).expect("a client")
}

fn secrets(pairs: &[(&str, &str)]) -> Fixed {
    Fixed::from_variables(pairs.iter().map(|(name, value)| (format!("SECRET_{name}"), (*value).to_owned())))
}

fn oauth() -> Value {
    json!({
        "type": "oauth-client-credentials-flow",
        "clientId": "{{secrets.ID}}",
        "clientSecret": "{{ secrets.SECRET }}",
        "oauthTokenEndpoint": "secrets.ENDPOINT",
    })
}

fn bearer() -> Value {
    json!({ "type": "bearer", "token": "{{secrets.TOKEN}}" })
}

fn input(organization_uri: &str, authentication: &Value, own: &Value) -> Value {
    let mut input = Map::new();
    input.insert("authentication".to_owned(), authentication.clone());
    input.insert("organizationUri".to_owned(), json!(organization_uri));
    input.extend(own.as_object().cloned().unwrap_or_default());
    Value::Object(input)
}

fn trigger() -> Value {
    json!({ "workflowId": WORKFLOW, "connectionName": "c", "runMode": "attended", "inputs": { "Invoice": "4711" } })
}

fn session(id: &str) -> Value {
    json!({ "flowSessionId": id })
}

fn failure(result: Result<Value, DispatchError>) -> Failure {
    match result {
        Err(DispatchError::Failed(failure)) => failure,
        other => panic!("a failure rather than {other:?}"),
    }
}

#[tokio::test]
async fn four_operations_with_both_authentications() {
    for authentication in [oauth(), bearer()] {
        let world = World::instant().await;
        let started = world.run("trigger-flow-run", &authentication, &trigger()).await.expect("a run");
        let keys: Vec<&str> = started.as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(keys, ["status", "headers", "body", "reason", "document"]);
        assert_eq!(
            (&started["status"], &started["reason"], &started["document"]),
            (&json!(200), &json!("OK"), &Value::Null)
        );
        let started: FlowRunStarted = serde_json::from_value(started["body"].clone()).expect("the declared output");

        let own = session(&started.flow_session_id);
        let state = world.run("get-flow-run-status", &authentication, &own).await.expect("a status");
        let state: FlowRunState = serde_json::from_value(state["body"].clone()).expect("the declared output");
        assert_eq!(state.status, FlowRunStatus::Succeeded);
        assert!(state.status.finished() && state.status.succeeded());

        let outputs = world.run("get-flow-outputs", &authentication, &own).await.expect("outputs");
        assert_eq!(outputs["body"]["Invoice"], json!("4711"));
        world.emulator.shutdown().await;

        let world = World::new(Settings::default()).await;
        let started = world.run("trigger-flow-run", &authentication, &trigger()).await.expect("a run");
        let own = session(started["body"]["flowsessionId"].as_str().expect("an id"));
        let cancelled = world.run("cancel-flow-run", &authentication, &own).await.expect("a cancellation");
        assert_eq!((&cancelled["status"], &cancelled["body"]), (&json!(204), &Value::Null));
        let state = world.run("get-flow-run-status", &authentication, &own).await.expect("a status");
        assert_eq!(state["body"]["statuscode"], json!(FlowRunStatus::Cancelled.code()));
        world.emulator.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_token_serves_many_calls_at_once() {
    let world = Arc::new(
        World::new(Settings { faults: Faults { latency_ms: 20, ..Faults::default() }, ..Settings::default() }).await,
    );
    let calls: Vec<_> = (0..40)
        .map(|_| {
            let world = Arc::clone(&world);
            tokio::spawn(async move { world.run("trigger-flow-run", &oauth(), &trigger()).await.map(drop) })
        })
        .collect();
    for call in calls {
        call.await.expect("no panic").expect("a run");
    }
    assert_eq!(world.asked(What::Token).len(), 1);
    assert_eq!(world.asked(What::Run).len(), 40);
}

#[tokio::test]
async fn a_token_is_renewed_before_it_expires() {
    let world = World::new(Settings { token_lifetime_seconds: 1, ..Settings::default() }).await;
    for _ in 0..2 {
        world.run("trigger-flow-run", &oauth(), &trigger()).await.expect("a run");
    }
    assert_eq!(world.asked(What::Token).len(), 1);
    tokio::time::sleep(Duration::from_millis(950)).await;
    world.run("trigger-flow-run", &oauth(), &trigger()).await.expect("a run");
    assert_eq!(world.asked(What::Token).len(), 2);
    assert!(
        world.asked(What::Run).iter().all(|entry| entry.status == Some(200)),
        "no call was made with an expired token"
    );
}

async fn revoke(world: &World) {
    let url = format!("{}/emulator/tokens/revoke", world.emulator.organization_uri());
    let request = Request { method: "POST", url, headers: Vec::new(), body: None };
    let response = HttpClient::new().expect("a client").send(&request).await.expect("an answer");
    assert_eq!(response.status, 200);
}

#[tokio::test]
async fn after_a_401_the_call_is_repeated_once_with_a_fresh_token() {
    let world = World::new(Settings::default()).await;
    world.run("trigger-flow-run", &oauth(), &trigger()).await.expect("a run");
    revoke(&world).await;
    world.run("trigger-flow-run", &oauth(), &trigger()).await.expect("a run with a fresh token");
    let statuses: Vec<_> = world.asked(What::Run).iter().map(|entry| entry.status).collect();
    assert_eq!(statuses, [Some(200), Some(401), Some(200)]);
    assert_eq!(world.asked(What::Token).len(), 2);
}

#[tokio::test]
async fn a_refused_bearer_token_is_no_reason_to_repeat() {
    let mut world = World::new(Settings::default()).await;
    world.secrets = secrets(&[("TOKEN", "expired-token")]);
    let failed = failure(world.run("trigger-flow-run", &bearer(), &trigger()).await);
    assert!(matches!(&failed, Failure::Terminal { error } if error.code.as_deref() == Some("401")), "{failed:?}");
    assert_eq!(world.asked(What::Run).len(), 1);
}

#[tokio::test]
async fn wrong_credentials_run_nothing() {
    let mut world = World::new(Settings::default()).await;
    world.secrets =
        secrets(&[("ID", "demo-client"), ("SECRET", "wrong-secret"), ("ENDPOINT", &world.emulator.token_endpoint())]);
    let failed = failure(world.run("trigger-flow-run", &oauth(), &trigger()).await);
    assert!(matches!(&failed, Failure::Terminal { error } if error.code.as_deref() == Some("401")), "{failed:?}");
    assert_eq!(world.asked(What::Run).len(), 0);
    assert!(!format!("{failed:?}").contains("wrong-secret"));
}

#[tokio::test]
async fn service_protection_names_its_delay() {
    let world =
        World::new(Settings { limits: Limits { max_requests: 1, ..Limits::default() }, ..Settings::default() }).await;
    world.run("trigger-flow-run", &bearer(), &trigger()).await.expect("the first");
    let Failure::Retryable { error, after } = failure(world.run("trigger-flow-run", &bearer(), &trigger()).await)
    else {
        panic!("a retryable failure");
    };
    assert_eq!(error.code.as_deref(), Some("429"));
    assert!(after.is_some_and(|after| after > Duration::ZERO && after <= Duration::from_secs(302)), "{after:?}");
    assert_eq!(error.variables.expect("the response")["response"]["body"]["error"]["code"], json!("0x80072322"));
    assert_eq!(world.asked(What::Run).len(), 2, "nothing is sent a second time");
}

#[tokio::test]
async fn server_errors_and_resets_may_be_repeated_but_are_not() {
    for (faults, message) in [
        (Faults { error_rate: 1.0, ..Faults::default() }, "Service Unavailable"),
        (Faults { reset_rate: 1.0, ..Faults::default() }, "no response from 127.0.0.1"),
        (Faults { lost_answer_rate: 1.0, ..Faults::default() }, "no response from 127.0.0.1"),
    ] {
        let world = World::new(Settings { faults, ..Settings::default() }).await;
        let failed = failure(world.run("trigger-flow-run", &bearer(), &trigger()).await);
        assert!(matches!(failed, Failure::Retryable { after: None, .. }), "{failed:?}");
        assert!(failed.message().starts_with(message), "{failed}");
        assert_eq!(world.asked(What::Run).len(), 1, "{message}");
    }
}

#[tokio::test]
async fn an_unknown_session_is_final() {
    let world = World::new(Settings::default()).await;
    for operation in ["get-flow-run-status", "get-flow-outputs", "cancel-flow-run"] {
        let Failure::Terminal { error } = failure(world.run(operation, &bearer(), &session(SESSION)).await) else {
            panic!("{operation}: a terminal failure");
        };
        assert_eq!((error.code.as_deref(), error.message.as_str()), (Some("404"), "Not Found"));
        assert!(error.variables.expect("the response")["response"]["body"]["error"]["message"].is_string());
    }
}

#[tokio::test]
async fn bad_input_sends_nothing_and_names_every_fault() {
    let world = World::new(Settings::default()).await;
    let large = format!("{{\"a\":\"{}\"}}", "x".repeat(2_097_152));
    for (operation, own, paths) in [
        (
            "trigger-flow-run",
            json!({ "workflowID": "canary" }),
            vec!["workflowId", "connectionName", "runMode", "workflowID"],
        ),
        (
            "trigger-flow-run",
            json!({ "workflowId": 7, "connectionName": ["canary"], "runMode": "canary" }),
            vec!["workflowId", "connectionName", "runMode"],
        ),
        (
            "trigger-flow-run",
            merged(&trigger(), &json!({ "timeout": "canary", "connectionType": 3 })),
            vec!["connectionType", "timeout"],
        ),
        (
            "trigger-flow-run",
            merged(&trigger(), &json!({ "inputs": "[\"canary\"]", "callbackUrl": "ftp://canary" })),
            vec!["inputs", "callbackUrl"],
        ),
        ("trigger-flow-run", merged(&trigger(), &json!({ "inputs": large })), vec!["inputs"]),
        (
            "trigger-flow-run",
            merged(&trigger(), &json!({ "organizationUri": "canary", "connectionName": "" })),
            vec!["organizationUri", "connectionName"],
        ),
        ("get-flow-outputs", session("a/../canary"), vec!["flowSessionId"]),
        ("get-flow-outputs", session("canary)"), vec!["flowSessionId"]),
        ("get-flow-outputs", session("canary?x"), vec!["flowSessionId"]),
        ("get-flow-outputs", session("canary#x"), vec!["flowSessionId"]),
        ("get-flow-outputs", session(&format!("{SESSION}\n")), vec!["flowSessionId"]),
        (
            "get-flow-outputs",
            merged(&session(SESSION), &json!({ "authentication": { "type": "canary" } })),
            vec!["authentication.type"],
        ),
        (
            "get-flow-outputs",
            merged(&session(SESSION), &json!({ "authentication": { "type": "bearer", "token": "" } })),
            vec!["authentication.token"],
        ),
        ("get-flow-outputs", merged(&session(SESSION), &json!({ "authentication": "canary" })), vec!["authentication"]),
    ] {
        let refused = world.run(operation, &oauth(), &own).await;
        let Err(DispatchError::Refused(refusal)) = refused else { panic!("{own}: {refused:?}") };
        assert_eq!(refusal.faults.iter().map(|fault| fault.path.as_str()).collect::<Vec<_>>(), paths, "{refusal}");
        assert!(!refusal.to_string().contains("canary"), "{refusal}");
    }
    let missing = json!({ "type": "bearer", "token": "{{secrets.NOWHERE}}secrets.NEITHER" });
    let error = world.run("get-flow-outputs", &missing, &session(SESSION)).await.expect_err("missing secrets");
    assert_eq!(
        error.to_string(),
        "Secret with name 'NEITHER' is not available\nSecret with name 'NOWHERE' is not available"
    );
    assert_eq!(world.emulator.ledger(), []);
}

fn merged(one: &Value, other: &Value) -> Value {
    [one, other].iter().flat_map(|value| value.as_object().cloned().unwrap_or_default()).collect::<Map<_, _>>().into()
}

/// A server that answers every request with the same bytes and keeps what it was sent.
async fn server(answer: impl Into<String>) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let (answer, requests) = (answer.into(), Arc::new(Mutex::new(Vec::new())));
    let kept = Arc::clone(&requests);
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut bytes = Vec::new();
            while !complete(&bytes) {
                let mut chunk = [0; 4096];
                match socket.read(&mut chunk).await {
                    Ok(count) if count > 0 => bytes.extend_from_slice(&chunk[..count]),
                    _ => break,
                }
            }
            kept.lock().expect("no panic").push(String::from_utf8_lossy(&bytes).into_owned());
            let _ = socket.write_all(answer.as_bytes()).await;
        }
    });
    (address, requests)
}

fn complete(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head
        .lines()
        .find_map(|line| line.to_lowercase().strip_prefix("content-length: ").and_then(|length| length.parse().ok()));
    body.len() >= length.unwrap_or(0)
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

#[tokio::test]
async fn the_request_on_the_wire_is_microsofts() {
    let (address, requests) = server(answer("200 OK", "", "{}")).await;
    let own = json!({ "workflowId": WORKFLOW, "connectionName": "c", "connectionType": "2", "runMode": "attended", "timeout": "60", "callbackUrl": null });
    let token = secrets(&[("TOKEN", "short-token")]);
    dispatcher()
        .dispatch(CONNECTOR, "trigger-flow-run", &input(&format!("{address}//"), &bearer(), &own), &token)
        .await
        .expect("a run");
    let request = requests.lock().expect("no panic")[0].clone();
    let (head, body) = request.split_once("\r\n\r\n").expect("a head");
    let lines: Vec<String> = head.lines().map(str::to_lowercase).collect();
    assert!(
        head.starts_with(&format!(
            "POST /api/data/v9.2/workflows({WORKFLOW})/Microsoft.Dynamics.CRM.RunDesktopFlow HTTP/1.1"
        )),
        "{head}"
    );
    for header in [
        "accept: application/json",
        "odata-version: 4.0",
        "odata-maxversion: 4.0",
        "content-type: application/json",
        "authorization: bearer short-token",
    ] {
        assert_eq!(lines.iter().filter(|line| *line == header).count(), 1, "{header} in {head}");
    }
    let body: Value = serde_json::from_str(body).expect("JSON");
    let expected = json!({ "connectionName": "c", "connectionType": 2, "runMode": "attended", "runPriority": "normal", "timeout": 60 });
    assert_eq!(body, expected, "integers are integers, and what is unset is left out");
}

#[tokio::test]
async fn a_redirect_is_a_result_and_is_not_followed() {
    let (target, followed) = server(answer("200 OK", "", "{}")).await;
    let (address, _) =
        server(answer("302 Found", &format!("Location: {target}/\r\nX-A: 1\r\nX-A: 2\r\n"), "moved")).await;
    let token = secrets(&[("TOKEN", "short-token")]);
    let result = dispatcher()
        .dispatch(CONNECTOR, "get-flow-outputs", &input(&address, &bearer(), &session(SESSION)), &token)
        .await
        .expect("a result");
    assert_eq!((&result["status"], &result["body"]), (&json!(302), &json!("moved")));
    assert_eq!(result["headers"]["x-a"], json!(["1", "2"]));
    assert!(followed.lock().expect("no panic").is_empty());
}

#[tokio::test]
async fn a_token_that_the_server_echoes_is_masked() {
    let echo =
        json!({ "error": { "message": "Bearer echoed-token is not welcome", "echoed-token": ["echoed%2Dtoken"] } })
            .to_string();
    let (address, _) = server(answer("500 Internal Server Error", "X-Token: echoed-token\r\n", &echo)).await;
    let token = secrets(&[("TOKEN", "echoed-token")]);
    let failed = failure(
        dispatcher()
            .dispatch(CONNECTOR, "get-flow-outputs", &input(&address, &bearer(), &session(SESSION)), &token)
            .await,
    );
    let Failure::Retryable { error, .. } = &failed else { panic!("{failed:?}") };
    let response = &error.variables.as_ref().expect("the response")["response"];
    assert_eq!(response["body"], json!({ "error": { "message": "Bearer *** is not welcome", "***": ["***"] } }));
    assert_eq!(response["headers"]["x-token"], json!("***"));
}

#[tokio::test]
async fn a_fetched_token_is_masked_in_a_success_too() {
    let (endpoint, _) = server(answer("200 OK", "", "{\"access_token\":\"fetched-token\",\"expires_in\":3600}")).await;
    let (address, _) = server(answer("200 OK", "", "{\"echo\":\"Bearer fetched-token\"}")).await;
    let secrets = secrets(&[("ID", "client"), ("SECRET", "word"), ("ENDPOINT", &endpoint)]);
    let dispatcher = dispatcher();
    let prepared = dispatcher
        .prepare(CONNECTOR, "get-flow-outputs", &input(&address, &oauth(), &session(SESSION)), &secrets)
        .expect("accepted");
    let (result, mask) = dispatcher.execute(prepared).await.expect("outputs");
    assert_eq!(result["body"]["echo"], json!("Bearer fetched-token"));
    assert_eq!(mask.value(&result)["body"]["echo"], json!("Bearer ***"));
}

#[tokio::test]
async fn a_token_with_a_line_break_is_refused_before_anything_is_sent() {
    let token = secrets(&[("TOKEN", "token-of-a-file\n")]);
    let error = dispatcher()
        .dispatch(CONNECTOR, "get-flow-outputs", &input("http://127.0.0.1:9", &bearer(), &session(SESSION)), &token)
        .await
        .expect_err("no header can hold it");
    let DispatchError::Refused(refusal) = &error else { panic!("{error:?}") };
    assert_eq!(refusal.faults.iter().map(|fault| fault.path.as_str()).collect::<Vec<_>>(), ["authentication.token"]);
    assert!(!error.to_string().contains("token-of-a-file"));
}

#[tokio::test]
async fn token_responses_that_are_none() {
    for (body, expected) in [
        ("{}", "OAuth token response does not contain an access_token field"),
        ("not JSON", "OAuth token response does not contain an access_token field"),
        ("{\"access_token\":\"\"}", "OAuth token response does not contain an access_token field"),
    ] {
        let (address, _) = server(answer("200 OK", "", body)).await;
        let secrets = secrets(&[("ID", "client"), ("SECRET", "word"), ("ENDPOINT", &address)]);
        let failed = failure(
            dispatcher()
                .dispatch(
                    CONNECTOR,
                    "get-flow-outputs",
                    &input("http://127.0.0.1:9", &oauth(), &session(SESSION)),
                    &secrets,
                )
                .await,
        );
        assert!(
            matches!(&failed, Failure::Terminal { error } if error.code.as_deref() == Some("OAUTH_TOKEN_ERROR")),
            "{failed:?}"
        );
        assert_eq!(failed.message(), expected);
    }
}

#[tokio::test]
async fn a_token_without_a_lifetime_is_used_once() {
    let (endpoint, fetched) = server(answer("200 OK", "", "{\"access_token\":\"t\"}")).await;
    let (address, _) = server(answer("200 OK", "", "{}")).await;
    let secrets = secrets(&[("ID", "i"), ("SECRET", "s&="), ("ENDPOINT", &endpoint)]);
    let dispatcher = dispatcher();
    for _ in 0..2 {
        dispatcher
            .dispatch(
                CONNECTOR,
                "get-flow-outputs",
                &input(&format!("{address}/"), &oauth(), &session(SESSION)),
                &secrets,
            )
            .await
            .expect("outputs");
    }
    let fetched = fetched.lock().expect("no panic");
    assert_eq!(fetched.len(), 2);
    let body = fetched[0].split_once("\r\n\r\n").expect("a head").1;
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let expected = [
        ("grant_type", "client_credentials"),
        ("client_id", "i"),
        ("client_secret", "s&="),
        ("scope", &format!("{address}/.default")),
    ];
    assert_eq!(pairs, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

#[tokio::test]
async fn nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let token = secrets(&[("TOKEN", "short-token")]);
    let failed = failure(
        dispatcher()
            .dispatch(CONNECTOR, "get-flow-outputs", &input(&address, &bearer(), &session(SESSION)), &token)
            .await,
    );
    assert!(matches!(&failed, Failure::Retryable { after: None, .. }), "{failed:?}");
    assert!(failed.message().starts_with("no connection to 127.0.0.1:"), "{failed}");
}
