//! The emulator over real sockets.

#![cfg(feature = "power-automate")]

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use opwright::emulator::{Emulator, Entry, ExcessRuns, Fault, Faults, Limits, Settings, TENANT_ID, What, announce};
use opwright::http::{HttpClient, Request, Response, TransportError};
use opwright::power_automate::{FlowRunStarted, FlowRunState, FlowRunStatus, RecordState};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const FLOW: &str = "0a1b2c3d-1111-2222-3333-444455556666";
const NO_SESSION: &str = "bb2a1f33-e5b9-ed11-83fe-000d3ab4f483";
const STATUS_QUERY: &str = "?$select=statuscode,statecode,startedon,completedon";

/// A client of an emulator of its own.
struct Client {
    emulator: Emulator,
    http: HttpClient,
    token: String,
}

/// Runs of no length, so that a run is over when its answer arrives.
fn instant() -> Settings {
    Settings { port: 0, waiting_seconds: 0.0, running_seconds: 0.0, callback_retry_ms: 10, ..Settings::default() }
}

/// Runs that never end.
fn endless() -> Settings {
    Settings { running_seconds: 9999.0, ..instant() }
}

impl Client {
    async fn new(settings: Settings) -> Self {
        let emulator = Emulator::start(settings).await.expect("a free port");
        let mut client = Self { emulator, http: HttpClient::new().expect("a client"), token: String::new() };
        let answer = client.fetch_token(&client.credentials(), &[]).await;
        // Without a token where the test injects faults from the start.
        json_of(&answer)["access_token"].as_str().unwrap_or_default().clone_into(&mut client.token);
        client
    }

    fn credentials(&self) -> Vec<(&'static str, String)> {
        vec![
            ("grant_type", "client_credentials".to_owned()),
            ("client_id", "demo-client".to_owned()),
            ("client_secret", "demo-secret".to_owned()),
            ("scope", format!("{}/.default", self.emulator.organization_uri())),
        ]
    }

    async fn fetch_token(&self, form: &[(&str, String)], headers: &[(&str, &str)]) -> Response {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let mut all = vec![("content-type", "application/x-www-form-urlencoded")];
        all.extend(headers);
        self.call("POST", &self.emulator.token_endpoint(), &all, Some(body)).await.expect("an answer")
    }

    async fn call(
        &self,
        method: &'static str,
        url: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> Result<Response, TransportError> {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.http.send(&Request { method, url: url.to_owned(), headers, body }).await
    }

    /// With the token, to a path of the Web API.
    async fn try_api(
        &self,
        method: &'static str,
        path: &str,
        body: Option<String>,
    ) -> Result<Response, TransportError> {
        let url = format!("{}/api/data/v9.2/{path}", self.emulator.organization_uri());
        let authorization = format!("Bearer {}", self.token);
        self.call(method, &url, &[("authorization", &authorization), ("content-type", "application/json")], body).await
    }

    async fn api(&self, method: &'static str, path: &str, body: Option<String>) -> Response {
        self.try_api(method, path, body).await.expect("an answer")
    }

    async fn run_body(&self, body: &Value) -> Response {
        self.api("POST", &run_path(FLOW), Some(body.to_string())).await
    }

    /// Starts a run with further members and tells its session.
    async fn run(&self, further: Value) -> String {
        let answer = self.run_body(&run_body(further)).await;
        assert_eq!(answer.status, 200, "{}", text(&answer));
        let started: FlowRunStarted = serde_json::from_slice(&answer.body).expect("the definition's type");
        started.flow_session_id
    }

    async fn state(&self, session: &str) -> FlowRunState {
        let answer = self.api("GET", &format!("flowsessions({session}){STATUS_QUERY}"), None).await;
        assert_eq!(answer.status, 200, "{}", text(&answer));
        serde_json::from_slice(&answer.body).expect("the definition's type")
    }

    async fn reaches(&self, session: &str, status: FlowRunStatus) -> FlowRunState {
        let start = Instant::now();
        loop {
            let state = self.state(session).await;
            if state.status == status {
                return state;
            }
            assert!(start.elapsed() < Duration::from_secs(10), "{state:?} instead of {status:?}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn control(&self, method: &'static str, path: &str, body: Option<Value>) -> Response {
        let url = format!("{}/emulator/{path}", self.emulator.organization_uri());
        self.call(method, &url, &[], body.map(|body| body.to_string())).await.expect("an answer")
    }

    /// The entries about this, once there are so many.
    async fn entries(&self, what: What, count: usize) -> Vec<Entry> {
        let start = Instant::now();
        loop {
            let entries: Vec<Entry> = self.emulator.ledger().into_iter().filter(|entry| entry.what == what).collect();
            if entries.len() >= count {
                return entries;
            }
            assert!(start.elapsed() < Duration::from_secs(10), "{entries:?}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

fn run_path(flow: &str) -> String {
    format!("workflows({flow})/Microsoft.Dynamics.CRM.RunDesktopFlow")
}

fn run_body(further: Value) -> Value {
    let mut body = json!({ "runMode": "unattended", "connectionName": "shared-uiflow-1" });
    if let (Some(body), Value::Object(further)) = (body.as_object_mut(), further) {
        body.extend(further);
    }
    body
}

fn text(response: &Response) -> String {
    String::from_utf8_lossy(&response.body).into_owned()
}

fn json_of(response: &Response) -> Value {
    serde_json::from_slice(&response.body).unwrap_or_default()
}

/// Checks the status and the form of an error, and returns its code.
fn odata_code(response: &Response, status: u16) -> String {
    let body = json_of(response);
    assert_eq!(response.status, status, "{body}");
    assert!(body["error"]["message"].as_str().is_some_and(|message| !message.is_empty()), "{body}");
    assert_eq!(body.as_object().map(serde_json::Map::len), Some(1));
    body["error"]["code"].as_str().expect("a code").to_owned()
}

fn retry_after(response: &Response) -> u64 {
    response.header("retry-after").and_then(|seconds| seconds.parse().ok()).expect("Retry-After")
}

#[tokio::test]
async fn a_token_is_given_for_the_right_credentials_in_body_or_header() {
    let client = Client::new(instant()).await;
    let answer = client.fetch_token(&client.credentials(), &[]).await;
    assert_eq!(answer.status, 200);
    assert_eq!((&json_of(&answer)["token_type"], &json_of(&answer)["expires_in"]), (&json!("Bearer"), &json!(3600)));
    let without: Vec<_> = client.credentials().into_iter().filter(|(name, _)| !name.starts_with("client_")).collect();
    // demo-client:demo-secret
    let basic = [("authorization", "Basic ZGVtby1jbGllbnQ6ZGVtby1zZWNyZXQ=")];
    assert_eq!(client.fetch_token(&without, &basic).await.status, 200);
    let endpoint = format!("{}/{TENANT_ID}/oauth2/v2.0/token", client.emulator.organization_uri());
    assert_eq!(client.emulator.token_endpoint(), endpoint);
    assert_eq!(client.call("GET", &endpoint, &[], None).await.expect("an answer").status, 405);
}

#[tokio::test]
async fn wrong_credentials_are_refused_as_the_identity_platform_does() {
    let client = Client::new(instant()).await;
    let uri = client.emulator.organization_uri().to_owned();
    let cases = [
        ("client_secret", Some("wrong".to_owned()), 401, "invalid_client"),
        ("client_secret", None, 401, "invalid_client"),
        ("client_id", Some("other".to_owned()), 400, "unauthorized_client"),
        ("client_id", None, 400, "invalid_request"),
        ("grant_type", Some("password".to_owned()), 400, "unsupported_grant_type"),
        ("grant_type", None, 400, "invalid_request"),
        ("scope", Some(format!("{uri}//.default")), 400, "invalid_scope"),
        ("scope", Some(format!("{uri}/user_impersonation")), 400, "invalid_scope"),
        ("scope", None, 400, "invalid_request"),
    ];
    for (name, value, status, error) in cases {
        let mut form: Vec<_> = client.credentials().into_iter().filter(|(known, _)| *known != name).collect();
        form.extend(value.clone().map(|value| (name, value)));
        let answer = client.fetch_token(&form, &[]).await;
        let body = json_of(&answer);
        assert_eq!((answer.status, body["error"].as_str()), (status, Some(error)), "{name}={value:?}");
        assert!(
            body["error_description"].as_str().is_some_and(|text| text.starts_with("AADSTS"))
                && body["error_codes"].is_array()
        );
    }
    let url = format!("{uri}/11111111-1111-1111-1111-111111111111/oauth2/v2.0/token");
    assert_eq!(
        client
            .call("POST", &url, &[], Some("grant_type=client_credentials".to_owned()))
            .await
            .expect("an answer")
            .status,
        400
    );
}

#[tokio::test]
async fn without_a_valid_token_everything_of_dataverse_is_401() {
    let mut client = Client::new(instant()).await;
    let session = client.run(json!({})).await;
    let valid = std::mem::replace(&mut client.token, "wrong".to_owned());
    for (method, path) in [
        ("POST", run_path(FLOW)),
        ("GET", format!("flowsessions({session})")),
        ("GET", format!("flowsessions({session})/outputs/$value")),
        ("POST", format!("flowsessions({session})/Microsoft.Dynamics.CRM.CancelDesktopFlowRun")),
    ] {
        let answer = client.api(method, &path, None).await;
        odata_code(&answer, 401);
        assert!(answer.header("www-authenticate").is_some_and(|value| value.starts_with("Bearer ")), "{path}");
    }
    let url = format!("{}/api/data/v9.2/flowsessions({session})", client.emulator.organization_uri());
    for headers in [vec![], vec![("authorization", valid.as_str())], vec![("authorization", "Basic eDp5")]] {
        odata_code(&client.call("GET", &url, &headers, None).await.expect("an answer"), 401);
    }
}

#[tokio::test]
async fn tokens_expire_and_can_be_revoked_but_the_constant_one_stays() {
    let mut client = Client::new(Settings { bearer_token: Some("constant".into()), ..instant() }).await;
    let session = client.run(json!({})).await;
    assert_eq!(json_of(&client.control("POST", "tokens/revoke", None).await), json!({ "revoked": 1 }));
    let path = format!("flowsessions({session})");
    assert_eq!(odata_code(&client.api("GET", &path, None).await, 401), "0x8004a100");
    "constant".clone_into(&mut client.token);
    assert_eq!(client.api("GET", &path, None).await.status, 200);
    assert_eq!(client.entries(What::Status, 2).await[1].client.as_deref(), Some("bearer-token"));

    let expired = Client::new(Settings { token_lifetime_seconds: 0, ..instant() }).await;
    assert_eq!(odata_code(&expired.api("GET", &path, None).await, 401), "0x8004a101");
}

#[tokio::test]
async fn a_run_waits_runs_succeeds_and_has_outputs() {
    let client = Client::new(Settings { waiting_seconds: 0.3, running_seconds: 0.3, ..instant() }).await;
    let answer = client
        .run_body(&run_body(json!({ "inputs": "{\"Invoice\":\"4711\"}", "connectionType": 2, "runPriority": "high" })))
        .await;
    assert_eq!((answer.status, answer.header("odata-version")), (200, Some("4.0")));
    let started: FlowRunStarted = serde_json::from_slice(&answer.body).expect("the definition's type");
    assert!(started.context.ends_with("/api/data/v9.2/$metadata#Microsoft.Dynamics.CRM.RunDesktopFlowResponse"));
    let session = started.flow_session_id;

    let waiting = client.state(&session).await;
    assert_eq!((waiting.status, waiting.state), (FlowRunStatus::Waiting, RecordState::Active));
    assert_eq!((waiting.started_on, waiting.completed_on), (None, None));
    let outputs = format!("flowsessions({session})/outputs/$value");
    odata_code(&client.api("GET", &outputs, None).await, 404);
    let running = client.reaches(&session, FlowRunStatus::Running).await;
    assert!(running.started_on.is_some() && running.completed_on.is_none());
    let succeeded = client.reaches(&session, FlowRunStatus::Succeeded).await;
    let completed = succeeded.completed_on.expect("a time");
    assert!(
        completed.len() == 20 && completed.ends_with('Z') && completed.parse::<jiff::Timestamp>().is_ok(),
        "{completed}"
    );
    assert!(
        succeeded.context.ends_with("#flowsessions(statuscode,statecode,startedon,completedon)/$entity"),
        "{}",
        succeeded.context
    );
    assert_ne!(succeeded.etag, waiting.etag);
    assert_eq!(
        json_of(&client.api("GET", &outputs, None).await),
        json!({ "Invoice": "4711", "emulatedBy": "opwright" })
    );
}

#[tokio::test]
async fn select_decides_which_columns_come() {
    let client = Client::new(instant()).await;
    let session = client.run(json!({ "runMode": "attended" })).await;
    let names = |answer: &Response| {
        json_of(answer).as_object().map(|row| row.keys().cloned().collect::<Vec<_>>()).unwrap_or_default()
    };
    let one = client.api("GET", &format!("flowsessions({session})?$select=statuscode"), None).await;
    assert_eq!(names(&one), ["@odata.context", "@odata.etag", "statuscode"]);
    let all = client.api("GET", &format!("flowsessions({session})"), None).await;
    let row = json_of(&all);
    assert_eq!((&row["flowsessionid"], &row["runmode"], &row["triggertype"]), (&json!(session), &json!(1), &json!(3)));
    assert_eq!(
        row["@odata.context"].as_str().map(|context| context.ends_with("$metadata#flowsessions/$entity")),
        Some(true)
    );
    for query in ["?$select=statuscode,nonsense", "?$select=@odata.etag2", "?$expand=regardingobjectid", "?$select="] {
        assert_eq!(
            odata_code(&client.api("GET", &format!("flowsessions({session}){query}"), None).await, 400),
            "0x80060888",
            "{query}"
        );
    }
}

#[tokio::test]
async fn a_run_is_cancelled_and_a_finished_run_stays_as_it_is() {
    let client = Client::new(endless()).await;
    let session = client.run(json!({})).await;
    let cancel = format!("flowsessions({session})/Microsoft.Dynamics.CRM.CancelDesktopFlowRun");
    for _ in 0..2 {
        let answer = client.api("POST", &cancel, None).await;
        assert_eq!((answer.status, answer.body.len()), (204, 0));
        let state = client.state(&session).await;
        assert_eq!((state.status, state.state), (FlowRunStatus::Cancelled, RecordState::Active));
        assert!(state.completed_on.is_some());
    }
    let finished = Client::new(instant()).await;
    let session = finished.run(json!({})).await;
    let cancel = format!("flowsessions({session})/Microsoft.Dynamics.CRM.CancelDesktopFlowRun");
    assert_eq!(finished.api("POST", &cancel, None).await.status, 204);
    assert_eq!(finished.state(&session).await.status, FlowRunStatus::Succeeded);
}

#[tokio::test]
async fn runs_fail_as_told_and_time_out_by_themselves() {
    let failing = "99999999-1111-2222-3333-444455556666";
    let settings = Settings { failing_flows: vec![failing.parse().expect("a GUID")], ..instant() };
    let client = Client::new(settings).await;
    let told = client.run(json!({ "inputs": "{\"emulatorResult\":\"fail\"}" })).await;
    let named = client.api("POST", &run_path(failing), Some(run_body(json!({})).to_string())).await;
    let named = json_of(&named)["flowsessionId"].as_str().expect("a session").to_owned();
    for session in [told, named] {
        assert_eq!(client.state(&session).await.status, FlowRunStatus::Failed);
        let row =
            json_of(&client.api("GET", &format!("flowsessions({session})?$select=errorcode,errormessage"), None).await);
        assert_eq!(row["errorcode"], "EmulatedFailure");
        odata_code(&client.api("GET", &format!("flowsessions({session})/outputs/$value"), None).await, 404);
    }
    let client = Client::new(endless()).await;
    let session = client.run(json!({ "timeout": 1 })).await;
    assert_eq!(client.state(&session).await.status, FlowRunStatus::Running);
    client.reaches(&session, FlowRunStatus::TimedOut).await;
    let row = json_of(&client.api("GET", &format!("flowsessions({session})?$select=errorcode"), None).await);
    assert_eq!(row["errorcode"], "DesktopFlowsActionTimeout");
}

#[tokio::test]
async fn a_body_that_the_action_does_not_take_is_400_and_runs_nothing() {
    let client = Client::new(instant()).await;
    let cases = [
        json!({ "runMode": null }),
        json!({ "runMode": "alone" }),
        json!({ "connectionName": null }),
        json!({ "connectionName": "" }),
        json!({ "connectionType": "1" }),
        json!({ "connectionType": 3 }),
        json!({ "timeout": "7200" }),
        json!({ "timeout": 86_401 }),
        json!({ "timeout": 0 }),
        json!({ "inputs": { "a": 1 } }),
        json!({ "inputs": "[]" }),
        json!({ "inputs": format!("{{\"a\":\"{}\"}}", "x".repeat(2 * 1024 * 1024)) }),
        json!({ "callbackUrl": format!("http://localhost/{}", "x".repeat(2000)) }),
        json!({ "callbackUrl": "nowhere" }),
        json!({ "unknown": 1 }),
    ];
    for further in cases {
        let answer = client.run_body(&run_body(further)).await;
        assert!(odata_code(&answer, 400).starts_with("0x8"));
    }
    for body in ["", "[]", "{"] {
        odata_code(&client.api("POST", &run_path(FLOW), Some(body.to_owned())).await, 400);
    }
    odata_code(&client.api("POST", &run_path(FLOW), Some(" ".repeat(5 * 1024 * 1024))).await, 413);
    let entries = client.entries(What::Run, 19).await;
    assert!(entries.iter().all(|entry| entry.session_id.is_none() && entry.note.is_some()), "{entries:?}");
}

#[tokio::test]
async fn what_is_not_there_is_404_and_other_methods_are_405() {
    let missing = "77777777-1111-2222-3333-444455556666";
    let client = Client::new(Settings { missing_flows: vec![missing.parse().expect("a GUID")], ..instant() }).await;
    let body = Some(run_body(json!({})).to_string());
    assert_eq!(odata_code(&client.api("POST", &run_path(missing), body).await, 404), "0x80040217");
    for (method, path) in [
        ("GET", format!("flowsessions({NO_SESSION})")),
        ("GET", format!("flowsessions({NO_SESSION})/outputs/$value")),
        ("POST", format!("flowsessions({NO_SESSION})/Microsoft.Dynamics.CRM.CancelDesktopFlowRun")),
    ] {
        assert_eq!(odata_code(&client.api(method, &path, None).await, 404), "0x80040217", "{path}");
    }
    for path in
        [format!("/flowsessions({NO_SESSION})"), "accounts".to_owned(), format!("flowsessions({NO_SESSION})/nonsense")]
    {
        assert_eq!(odata_code(&client.api("GET", &path, None).await, 404), "0x8006088a", "{path}");
    }
    for path in ["", "/", "//api/data/v9.2/flowsessions", "/favicon.ico"] {
        let url = format!("{}{path}", client.emulator.organization_uri());
        odata_code(&client.call("GET", &url, &[], None).await.expect("an answer"), 404);
    }
    odata_code(&client.api("GET", "flowsessions(1)", None).await, 400);
    for (method, path, allowed) in [
        ("GET", run_path(FLOW), "POST"),
        ("DELETE", format!("flowsessions({NO_SESSION})"), "GET"),
        ("POST", format!("flowsessions({NO_SESSION})/outputs/$value"), "GET"),
        ("GET", format!("flowsessions({NO_SESSION})/Microsoft.Dynamics.CRM.CancelDesktopFlowRun"), "POST"),
    ] {
        let answer = client.api(method, &path, None).await;
        odata_code(&answer, 405);
        assert_eq!(answer.header("allow"), Some(allowed), "{path}");
    }
    assert_eq!(client.control("POST", "ledger", None).await.status, 405);
}

/// What an endpoint for callbacks was sent.
#[derive(Clone, Default)]
struct Endpoint {
    /// These many calls are answered with the status.
    failures: usize,
    status: u16,
    calls: Arc<AtomicUsize>,
    received: Arc<Mutex<Vec<(HeaderMap, Value)>>>,
}

impl Endpoint {
    async fn listen(failures: usize, status: u16) -> (Self, SocketAddr) {
        let endpoint = Self { failures, status, ..Self::default() };
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let router = Router::new().route("/hook", post(receive)).with_state(endpoint.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (endpoint, address)
    }
}

async fn receive(State(endpoint): State<Endpoint>, headers: HeaderMap, body: String) -> StatusCode {
    endpoint.received.lock().expect("no panic").push((headers, serde_json::from_str(&body).unwrap_or_default()));
    let call = endpoint.calls.fetch_add(1, Ordering::SeqCst);
    StatusCode::from_u16(if call < endpoint.failures { endpoint.status } else { 200 }).expect("a status")
}

#[tokio::test]
async fn the_end_of_a_run_is_reported_and_repeated_until_it_is_taken() {
    let (endpoint, address) = Endpoint::listen(2, 500).await;
    let client = Client::new(Settings { waiting_seconds: 0.05, running_seconds: 0.05, ..instant() }).await;
    let session = client.run(json!({ "callbackUrl": format!("http://{address}/hook?key=hidden") })).await;
    let entries = client.entries(What::Callback, 3).await;
    let attempts: Vec<_> = entries.iter().map(|entry| (entry.attempt, entry.status)).collect();
    assert_eq!(attempts, [(Some(1), Some(500)), (Some(2), Some(500)), (Some(3), Some(200))]);
    assert!(
        entries
            .iter()
            .all(|entry| entry.session_id.as_deref() == Some(&session) && !format!("{entry:?}").contains("hidden"))
    );
    let received = endpoint.received.lock().expect("no panic").clone();
    let state = client.state(&session).await;
    for (headers, body) in received {
        assert_eq!(
            body,
            json!({ "statuscode": 4, "statecode": 0, "startedon": state.started_on, "completedon": state.completed_on, "flowsessionid": session })
        );
        for (name, value) in
            [("user-agent", "EnterpriseConnectors/1.0"), ("x-ms-workflow-id", FLOW), ("x-ms-run-id", &session)]
        {
            let values: Vec<_> = headers.get_all(name).iter().collect();
            assert_eq!(values, [value], "{name}");
        }
    }
}

#[tokio::test]
async fn callbacks_are_repeated_three_times_and_only_for_500_and_408() {
    for (status, expected) in [(503, 4), (408, 4), (404, 1), (429, 1), (302, 1)] {
        let (endpoint, address) = Endpoint::listen(99, status).await;
        let client = Client::new(instant()).await;
        client.run(json!({ "callbackUrl": format!("http://localhost:{}/hook", address.port()) })).await;
        client.entries(What::Callback, expected).await;
        // Time for one more than there should be.
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(endpoint.calls.load(Ordering::SeqCst), expected, "{status}");
    }
}

#[tokio::test]
async fn callbacks_follow_cancelling_and_never_leave_this_machine() {
    let (endpoint, address) = Endpoint::listen(0, 200).await;
    let client = Client::new(endless()).await;
    let session = client.run(json!({ "callbackUrl": format!("http://{address}/hook") })).await;
    client.api("POST", &format!("flowsessions({session})/Microsoft.Dynamics.CRM.CancelDesktopFlowRun"), None).await;
    client.entries(What::Callback, 1).await;
    assert_eq!(endpoint.received.lock().expect("no panic")[0].1["statuscode"], 7);

    let client = Client::new(instant()).await;
    client.run(json!({ "callbackUrl": "https://example.org/hook" })).await;
    let elsewhere = client.entries(What::Callback, 1).await.remove(0);
    assert!(elsewhere.note.as_deref().is_some_and(|note| note.starts_with("not called")), "{elsewhere:?}");
    assert_eq!((elsewhere.attempt, elsewhere.status), (None, None));
    // Nobody listens on port 1.
    client.run(json!({ "callbackUrl": "http://127.0.0.1:1/hook" })).await;
    let unreachable = client.entries(What::Callback, 2).await.remove(1);
    assert_eq!((unreachable.attempt, unreachable.status), (Some(1), None));
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(client.entries(What::Callback, 2).await.len(), 2);
}

#[tokio::test]
async fn beyond_the_runs_per_minute_a_run_fails_or_is_refused() {
    let limits = Limits { runs_per_minute: 2, ..Limits::default() };
    let client = Client::new(Settings { limits: limits.clone(), ..endless() }).await;
    for _ in 0..2 {
        let session = client.run(json!({})).await;
        assert_eq!(client.state(&session).await.status, FlowRunStatus::Running);
    }
    let session = client.run(json!({})).await;
    assert_eq!(client.state(&session).await.status, FlowRunStatus::Failed);
    let row = json_of(&client.api("GET", &format!("flowsessions({session})?$select=errorcode"), None).await);
    assert_eq!(row["errorcode"], "DesktopFlowsActionThrottled");
    let other = client.run(json!({ "connectionName": "another" })).await;
    assert_eq!(client.state(&other).await.status, FlowRunStatus::Running);

    let client =
        Client::new(Settings { limits: Limits { excess_runs: ExcessRuns::Refuse, ..limits }, ..endless() }).await;
    for _ in 0..2 {
        client.run(json!({})).await;
    }
    let answer = client.run_body(&run_body(json!({}))).await;
    odata_code(&answer, 429);
    assert!((1..=61).contains(&retry_after(&answer)), "{}", retry_after(&answer));
}

#[tokio::test]
async fn the_default_lets_seventy_runs_a_minute_through() {
    let client = Client::new(endless()).await;
    let mut last = String::new();
    for _ in 0..70 {
        last = client.run(json!({})).await;
    }
    assert_eq!(client.state(&last).await.status, FlowRunStatus::Running);
    let excess = client.run(json!({})).await;
    assert_eq!(client.state(&excess).await.status, FlowRunStatus::Failed);
}

#[tokio::test]
async fn service_protection_answers_429_with_retry_after() {
    let off = Limits { max_requests: 0, max_concurrent: 0, max_execution_seconds: 0, ..Limits::default() };
    let path = format!("flowsessions({NO_SESSION})");

    let client = Client::new(Settings { limits: Limits { max_requests: 2, ..off.clone() }, ..instant() }).await;
    let remaining = |answer: &Response| answer.header("x-ms-ratelimit-burst-remaining-xrm-requests").map(str::to_owned);
    assert_eq!(remaining(&client.api("GET", &path, None).await).as_deref(), Some("1"));
    assert_eq!(remaining(&client.api("GET", &path, None).await).as_deref(), Some("0"));
    let answer = client.api("GET", &path, None).await;
    assert_eq!(odata_code(&answer, 429), "0x80072322");
    assert!((290..=301).contains(&retry_after(&answer)), "{}", retry_after(&answer));
    // A token costs nothing.
    assert_eq!(client.fetch_token(&client.credentials(), &[]).await.status, 200);

    let slow = Some(json!({ "latency-ms": 520 }));
    let client =
        Client::new(Settings { limits: Limits { max_execution_seconds: 1, ..off.clone() }, ..instant() }).await;
    client.control("POST", "faults", slow.clone()).await;
    for _ in 0..2 {
        odata_code(&client.api("GET", &path, None).await, 404);
    }
    let answer = client.api("GET", &path, None).await;
    assert_eq!(odata_code(&answer, 429), "0x80072321");
    assert!(retry_after(&answer) > 200);

    let client = Client::new(Settings { limits: Limits { max_concurrent: 1, ..off }, ..instant() }).await;
    client.control("POST", "faults", slow).await;
    let (one, other) = tokio::join!(client.api("GET", &path, None), client.api("GET", &path, None));
    let refused = if one.status == 429 { &one } else { &other };
    assert_eq!(odata_code(refused, 429), "0x80072326");
    assert_eq!((one.status + other.status, retry_after(refused)), (404 + 429, 2));
    odata_code(&client.api("GET", &path, None).await, 404);
}

#[tokio::test]
async fn errors_latency_and_throttling_are_injected_and_changed_at_run_time() {
    let client = Client::new(instant()).await;
    let session = client.run(json!({})).await;
    let path = format!("flowsessions({session})");
    let changed = client.control("POST", "faults", Some(json!({ "error-rate": 1 }))).await;
    assert_eq!((changed.status, &json_of(&changed)["error-rate"]), (200, &json!(1.0)));
    odata_code(&client.api("GET", &path, None).await, 503);
    let token = client.fetch_token(&client.credentials(), &[]).await;
    assert_eq!((token.status, &json_of(&token)["error"]), (503, &json!("temporarily_unavailable")));
    client.control("POST", "faults", Some(json!({ "error-status": 500 }))).await;
    odata_code(&client.run_body(&run_body(json!({}))).await, 500);
    assert!(client.entries(What::Run, 2).await[1].session_id.is_none(), "nothing may have run");
    client.control("POST", "faults", Some(json!({ "error-rate": 0, "throttle-rate": 1, "throttle-seconds": 9 }))).await;
    let throttled = client.api("GET", &path, None).await;
    odata_code(&throttled, 429);
    assert_eq!(retry_after(&throttled), 9);
    client.control("POST", "faults", Some(json!({ "throttle-rate": 0, "latency-ms": 300 }))).await;
    let start = Instant::now();
    assert_eq!(client.api("GET", &path, None).await.status, 200);
    assert!(start.elapsed() >= Duration::from_millis(300));
    client.control("POST", "faults", Some(json!({ "latency-ms": 0, "delay-rate": 1, "delay-ms": 400 }))).await;
    let start = Instant::now();
    assert_eq!(client.api("GET", &path, None).await.status, 200);
    assert!(start.elapsed() >= Duration::from_millis(400));
    let told: Vec<_> = client.emulator.ledger().iter().map(|entry| entry.fault).collect();
    let [.., error, throttle, late, delay] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(
        [error, throttle, late, delay],
        [&Some(Fault::Error), &Some(Fault::Throttle), &None, &Some(Fault::Delay)]
    );
    let faults = json_of(&client.control("POST", "faults", Some(json!({ "latency-ms": 300 }))).await);
    assert_eq!((&faults["latency-ms"], &faults["throttle-seconds"]), (&json!(300), &json!(9)));
    for wrong in [json!({ "latency": 1 }), json!({ "error-rate": 2 }), json!([])] {
        odata_code(&client.control("POST", "faults", Some(wrong)).await, 400);
    }
}

#[tokio::test]
async fn a_connection_is_reset_before_or_after_the_request_is_carried_out() {
    let client = Client::new(endless()).await;
    let body = Some(run_body(json!({})).to_string());
    for (fault, carried_out, told) in
        [("reset-rate", false, Fault::Reset), ("lost-answer-rate", true, Fault::LostAnswer)]
    {
        client.control("DELETE", "ledger", None).await;
        client.control("POST", "faults", Some(json!({ fault: 1 }))).await;
        let answer = client.try_api("POST", &run_path(FLOW), body.clone()).await;
        assert!(matches!(answer, Err(TransportError::Exchange { .. })), "{answer:?}");
        client.control("POST", "faults", Some(json!({ fault: 0 }))).await;
        let entry = client.entries(What::Run, 1).await.remove(0);
        assert_eq!(
            (entry.status, entry.session_id.is_some(), entry.fault),
            (None, carried_out, Some(told)),
            "{entry:?}"
        );
        if let Some(session) = entry.session_id {
            assert_eq!(client.state(&session).await.status, FlowRunStatus::Running);
        }
    }
    client.control("POST", "faults", Some(json!({ "reset-rate": 1 }))).await;
    let address = client.emulator.address();
    let received = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address)?;
        stream.write_all(b"GET /api/data/v9.2/x HTTP/1.1\r\nhost: localhost\r\n\r\n")?;
        let mut received = Vec::new();
        stream.read_to_end(&mut received).map(|_| received)
    });
    let error = received.await.expect("no panic").expect_err("a reset");
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn a_seed_repeats_the_faults() {
    let faults = Faults { error_rate: 0.5, ..Faults::default() };
    let mut sequences = Vec::new();
    for _ in 0..2 {
        let client = Client::new(Settings {
            seed: Some(4),
            faults: faults.clone(),
            bearer_token: Some("t".into()),
            ..instant()
        })
        .await;
        let mut sequence = Vec::new();
        for _ in 0..30 {
            sequence.push(client.api("GET", "x", None).await.status);
        }
        sequences.push(sequence);
    }
    assert_eq!(sequences[0], sequences[1]);
    assert!(sequences[0].contains(&503) && sequences[0].contains(&404));
}

#[tokio::test]
async fn the_ledger_tells_what_was_asked_and_keeps_secrets() {
    let client = Client::new(instant()).await;
    let session = client.run(json!({ "inputs": "{\"password\":\"inputs-are-private\"}" })).await;
    client.state(&session).await;
    client.api("GET", &format!("flowsessions({session})/outputs/$value"), None).await;
    client.api("POST", &format!("flowsessions({session})/Microsoft.Dynamics.CRM.CancelDesktopFlowRun"), None).await;
    client.api("GET", "accounts?$select=name", None).await;
    let answer = client.control("GET", "ledger", None).await;
    let ledger = json_of(&answer);
    let rows: Vec<_> = ledger
        .as_array()
        .expect("a list")
        .iter()
        .map(|entry| (entry["what"].as_str(), entry["status"].as_u64()))
        .collect();
    assert_eq!(
        rows,
        [("token", 200), ("run", 200), ("status", 200), ("outputs", 200), ("cancel", 204), ("unknown", 404)]
            .map(|(what, status)| (Some(what), Some(status)))
    );
    let run = &ledger[1];
    assert_eq!(
        (&run["client"], &run["workflowId"], &run["sessionId"]),
        (&json!("demo-client"), &json!(FLOW), &json!(session))
    );
    assert!(run["time"].as_str().is_some_and(|time| time.parse::<jiff::Timestamp>().is_ok()));
    for secret in ["demo-secret", client.token.as_str(), "inputs-are-private"] {
        assert!(!text(&answer).contains(secret), "{secret}");
    }
    assert_eq!(client.control("DELETE", "ledger", None).await.status, 204);
    assert_eq!(client.emulator.ledger(), []);
}

#[tokio::test]
async fn steering_is_refused_under_a_foreign_name() {
    let client = Client::new(instant()).await;
    let url = format!("{}/emulator/ledger", client.emulator.organization_uri());
    for (host, status) in [("evil.example.org", 403), ("localhost:1", 200), ("[::1]:1", 200), ("127.0.0.1", 200)] {
        let answer = client.call("GET", &url, &[("host", host)], None).await.expect("an answer");
        assert_eq!(answer.status, status, "{host}");
    }
}

#[tokio::test]
async fn sessions_and_ledger_are_capped() {
    let client = Client::new(Settings { max_sessions: 2, max_ledger_entries: 3, ..instant() }).await;
    let mut sessions = Vec::new();
    for _ in 0..4 {
        sessions.push(client.run(json!({})).await);
    }
    odata_code(&client.api("GET", &format!("flowsessions({})", sessions[1]), None).await, 404);
    assert_eq!(client.state(&sessions[2]).await.status, FlowRunStatus::Succeeded);
    assert_eq!(client.emulator.ledger().len(), 3);
    assert_eq!(client.emulator.ledger()[2].number, 7);
}

#[tokio::test]
async fn shutting_down_or_dropping_frees_the_port() {
    let client = Client::new(instant()).await;
    let address = client.emulator.address();
    assert!(address.ip().is_loopback());
    assert!(Emulator::start(Settings { port: address.port(), ..instant() }).await.is_err(), "the port is taken");
    client.emulator.shutdown().await;
    let again = Emulator::start(Settings { port: address.port(), ..instant() }).await.expect("the port is free");
    drop(again);
    let start = Instant::now();
    while TcpStream::connect(address).is_ok() {
        assert!(start.elapsed() < Duration::from_secs(5), "still listening");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_request_under_way_is_answered_at_shutdown() {
    let client = Client::new(Settings { bearer_token: Some("t".into()), ..instant() }).await;
    client.control("POST", "faults", Some(json!({ "latency-ms": 400 }))).await;
    let url = format!("{}/api/data/v9.2/flowsessions({NO_SESSION})", client.emulator.organization_uri());
    let http = client.http.clone();
    let request =
        Request { method: "GET", url, headers: vec![("authorization".to_owned(), "Bearer t".to_owned())], body: None };
    let under_way = tokio::spawn(async move { http.send(&request).await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    let start = Instant::now();
    client.emulator.shutdown().await;
    let took = start.elapsed();
    assert!(
        took > Duration::from_millis(100) && took < Duration::from_secs(4),
        "waits for the request and no longer: {took:?}"
    );
    assert_eq!(under_way.await.expect("no panic").map(|answer| answer.status).ok(), Some(404));
}

#[tokio::test]
async fn the_announcement_says_how_to_connect_and_no_secret() {
    let settings = Settings { client_secret: "own-secret".into(), bearer_token: Some("own-token".into()), ..instant() };
    let emulator = Emulator::start(settings).await.expect("a free port");
    let text = announce(&emulator);
    for part in [emulator.organization_uri(), &emulator.token_endpoint(), "demo-client", "/emulator/ledger"] {
        assert!(text.contains(part), "{text}");
    }
    for shown in [text, format!("{emulator:?}")] {
        assert!(!shown.contains("own-secret") && !shown.contains("own-token"), "{shown}");
    }
}
