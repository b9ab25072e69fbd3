//! Calls of webhooks, beside a cluster that does as it is told: what is asked of it, and what is answered.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use opwright::cluster::{Cluster, Connection, Protocol};
use opwright::dispatch::secrets::Fixed;
use opwright::worker::inbound::discovery::KnownElement;
use opwright::worker::inbound::webhook::{self, Settings, Webhook, Webhooks, routes};
use opwright::worker::inbound::{Answer, Fault, Found, Received, elements};
use ring::hmac;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

/// What a stand-in for a cluster is told to answer, and what it was asked.
#[derive(Default)]
pub(crate) struct Script {
    pub(crate) asked: Vec<(String, Value)>,
    /// By path: a status and a body; what is not told of is answered as by a cluster that has it.
    pub(crate) answers: Vec<(&'static str, u16, Value)>,
}

pub(crate) type Shared = Arc<Mutex<Script>>;

async fn answer(State(script): State<Shared>, uri: Uri, body: Bytes) -> Response {
    let path = uri.path().trim_start_matches("/v2/").to_owned();
    let mut script = script.lock().expect("no panic");
    script.asked.push((path.clone(), serde_json::from_slice(&body).unwrap_or(Value::Null)));
    if let Some((_, status, answer)) = script.answers.iter().find(|(known, _, _)| *known == path) {
        let status = StatusCode::from_u16(*status).expect("a status");
        return match answer {
            Value::String(text) => (status, text.clone()).into_response(),
            Value::Null => (status, Bytes::from_static(b"\xff no UTF-8")).into_response(),
            answer => (status, Json(answer.clone())).into_response(),
        };
    }
    let known = match path.as_str() {
        "messages/publication" => json!({ "messageKey": "11" }),
        "messages/correlation" => json!({ "messageKey": "11", "processInstanceKey": "12" }),
        "process-instances" => json!({ "processInstanceKey": "13", "variables": { "done": true } }),
        _ => return (StatusCode::NOT_FOUND, Json(json!({ "title": "NOT_FOUND", "detail": path }))).into_response(),
    };
    Json(known).into_response()
}

/// A cluster over REST that answers like this.
pub(crate) async fn stand_in(answers: &[(&'static str, u16, Value)]) -> (Cluster, Shared) {
    let script: Shared = Arc::new(Mutex::new(Script { asked: Vec::new(), answers: answers.to_vec() }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let router = Router::new().fallback(answer).with_state(Arc::clone(&script));
    tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
    (Cluster::new(Connection { address, ..Connection::default() }).expect("a client"), script)
}

/// An element of a test's process: `kind` is one of `start`, `message-start`, `catch`, `receive`.
pub(crate) fn element(id: &str, kind: &str, properties: &[(&str, &str)]) -> String {
    let mut list = String::new();
    for (name, value) in [("inbound.type", "io.camunda:webhook:1")].iter().chain(properties) {
        let value = value.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        write!(list, r#"<zeebe:property name="{name}" value="{value}"/>"#).expect("a text");
    }
    let extensions =
        format!("<bpmn:extensionElements><zeebe:properties>{list}</zeebe:properties></bpmn:extensionElements>");
    let waits = r#"<bpmn:messageEventDefinition messageRef="M"/>"#;
    match kind {
        "start" => format!(r#"<bpmn:startEvent id="{id}">{extensions}</bpmn:startEvent>"#),
        "message-start" => format!(r#"<bpmn:startEvent id="{id}">{extensions}{waits}</bpmn:startEvent>"#),
        "catch" => {
            format!(r#"<bpmn:intermediateCatchEvent id="{id}">{extensions}{waits}</bpmn:intermediateCatchEvent>"#)
        }
        "receive" => format!(r#"<bpmn:receiveTask id="{id}" messageRef="M">{extensions}</bpmn:receiveTask>"#),
        other => panic!("{other}"),
    }
}

/// A process with these elements, which wait for a message of this name.
pub(crate) fn process(id: &str, message: &str, elements: &[String]) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="test">
  <bpmn:message id="M" name="{message}"><bpmn:extensionElements><zeebe:subscription correlationKey="=key"/></bpmn:extensionElements></bpmn:message>
  <bpmn:process id="{id}" isExecutable="true">
    {}
  </bpmn:process>
</bpmn:definitions>"#,
        elements.concat()
    )
}

pub(crate) fn webhooks_of(bpmn: &str) -> Vec<Webhook> {
    let secrets = Fixed::from_variables([("SECRET_KEY".to_owned(), "canary".to_owned())]);
    let elements = elements::read(bpmn).unwrap_or_else(|error| panic!("{error}\n{bpmn}"));
    let read = |element| webhook::of_element(element, Found::File("p.bpmn"), &secrets).expect("a webhook");
    elements.iter().map(read).map(|read| read.unwrap_or_else(|faults| panic!("{faults:?}"))).collect()
}

/// What answers the calls of a process's webhooks.
pub(crate) fn serve(cluster: Cluster, webhooks: Vec<Webhook>) -> Webhooks {
    let served = Webhooks::new(cluster, Settings::default()).expect("a client");
    assert_eq!(served.serve(webhooks), []);
    served
}

pub(crate) fn post(context: &str, body: &str) -> Received {
    Received {
        method: "POST".to_owned(),
        context: context.to_owned(),
        target: format!("/inbound/{context}"),
        headers: vec![("content-type".to_owned(), "application/json".to_owned()), ("host".to_owned(), "h".to_owned())],
        query: Vec::new(),
        body: body.as_bytes().to_vec(),
    }
}

fn with(mut received: Received, name: &str, value: &str) -> Received {
    received.headers.retain(|(known, _)| known != name);
    received.headers.push((name.to_owned(), value.to_owned()));
    received
}

/// The status and the body of an answer.
pub(crate) fn told(answer: &Answer) -> (u16, String) {
    (answer.status, String::from_utf8(answer.body.clone()).expect("text"))
}

/// What is answered to a call of one element with these properties, and what was asked of the cluster.
async fn call(kind: &str, properties: &[(&str, &str)], received: &Received) -> (u16, String, Vec<(String, Value)>) {
    call_with(&[], &[element("E", kind, &[&[("inbound.context", "c")], properties].concat())], received).await
}

async fn call_with(
    answers: &[(&'static str, u16, Value)],
    elements: &[String],
    received: &Received,
) -> (u16, String, Vec<(String, Value)>) {
    let (cluster, script) = stand_in(answers).await;
    let webhooks = serve(cluster, webhooks_of(&process("p", "paid", elements)));
    let (status, body) = told(&webhooks.answer(received).await);
    let asked = script.lock().expect("no panic").asked.clone();
    (status, body, asked)
}

/// What is wrong, the element's properties, the call, and the answer.
type Row<'a> = (&'a str, &'a [(&'a str, &'a str)], Received, u16, String);

const HMAC: &[(&str, &str)] = &[
    ("inbound.shouldValidateHmac", "enabled"),
    ("inbound.hmacSecret", "{{secrets.KEY}}"),
    ("inbound.hmacHeader", "X-Signature"),
];

#[tokio::test]
async fn calls_are_checked_in_order_before_anything_is_asked() {
    let basic =
        [("inbound.auth.type", "BASIC"), ("inbound.auth.username", "u"), ("inbound.auth.password", "{{secrets.KEY}}")];
    let key = [("inbound.auth.type", "APIKEY"), ("inbound.auth.apiKey", "{{secrets.KEY}}")];
    let jwt = [("inbound.auth.type", "JWT"), ("inbound.auth.jwt.jwkUrl", "http://127.0.0.1:1/keys")];
    let verification = [("inbound.verificationExpression", "=assert(request, false, \"canary\")")];
    let locator = [&key[..], &[("inbound.auth.apiKeyLocator", "=assert(request, false, \"canary\")")]].concat();
    let post_only = [("inbound.method", "post")];
    let mut get = post("c", "");
    get.method = "GET".to_owned();
    let mut patch = post("c", "");
    patch.method = "PATCH".to_owned();
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, b"canary"), b"{");
    let signature: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let invalid = |details: &str| format!(r#"{{"reason":"Reason: INVALID_CREDENTIALS. Details: {details}"}}"#);
    let unsigned = |details: &str| format!(r#"{{"reason":"Reason: INVALID_SIGNATURE. Details: {details}"}}"#);
    let rows: Vec<Row<'_>> = vec![
        ("another method", &post_only, get, 405, r#"{"reason":"Method GET not supported"}"#.to_owned()),
        ("a method that is none", &[], patch, 405, r#"{"reason":"Method PATCH not supported"}"#.to_owned()),
        ("no signature", HMAC, post("c", "{"), 401, unsigned("HMAC header is missing")),
        (
            "a wrong one",
            HMAC,
            with(post("c", "{"), "x-signature", "00"),
            401,
            unsigned("HMAC signature check didn't pass"),
        ),
        ("no password", &basic, post("c", "{"), 401, invalid("Basic auth header is missing")),
        (
            "a wrong one",
            &basic,
            with(post("c", "{"), "authorization", "Basic dTp4"),
            401,
            invalid("Basic auth header is invalid"),
        ),
        ("no key", &key, post("c", "{"), 401, invalid("API key is missing")),
        ("a wrong one", &key, with(post("c", "{"), "authorization", "Key x"), 401, invalid("API key is invalid")),
        ("no token", &jwt, post("c", "{"), 401, invalid("JWT auth failed")),
        ("no bearer", &jwt, with(post("c", "{"), "authorization", "Basic dTp4"), 401, invalid("JWT auth failed")),
        (
            "none that is one",
            &jwt,
            with(post("c", "{"), "authorization", "Bearer a.b.c"),
            401,
            invalid("JWT auth failed"),
        ),
        (
            "no keys for it",
            &jwt,
            with(post("c", "{"), "authorization", "Bearer eyJhbGciOiJFUzI1NiJ9.e30.AAAA"),
            503,
            r#"{"reason":"The keys that verify the token cannot be fetched"}"#.to_owned(),
        ),
        (
            "a verification that fails, of which nothing is told",
            &verification,
            post("c", "{}"),
            422,
            r#"{"reason":"The expression failed","expression":"inbound.verificationExpression"}"#.to_owned(),
        ),
        (
            "one that gives what is no answer",
            &[("inbound.verificationExpression", "=\"text\"")],
            post("c", "{}"),
            422,
            r#"{"reason":"The expression failed","expression":"inbound.verificationExpression"}"#.to_owned(),
        ),
        (
            "a locator that fails, of which nothing is told",
            &locator,
            post("c", "{}"),
            422,
            r#"{"reason":"The expression failed","expression":"inbound.auth.apiKeyLocator"}"#.to_owned(),
        ),
        (
            "a body with too many values",
            &[],
            post("c", &format!("[{}0]", "0,".repeat(100_000))),
            413,
            r#"{"reason":"The body holds more than 100000 values"}"#.to_owned(),
        ),
        (
            "a body that is no JSON",
            HMAC,
            with(post("c", "{"), "x-signature", &format!("sha256={signature}")),
            400,
            r#"{"reason":"The body is no JSON: EOF while parsing an object at line 1 column 1"}"#.to_owned(),
        ),
    ];
    for (what, properties, received, status, body) in rows {
        let (given, text, asked) = call("start", properties, &received).await;
        assert_eq!((given, text, asked), (status, body, Vec::new()), "{what}");
    }
    let (status, body, _) = call("start", &[], &post("other", "{}")).await;
    assert_eq!((status, body.as_str()), (404, ""), "no such context");
}

#[tokio::test]
async fn who_may_call_is_let_in() {
    let basic =
        [("inbound.auth.type", "BASIC"), ("inbound.auth.username", "u"), ("inbound.auth.password", "{{secrets.KEY}}")];
    let key = [
        ("inbound.auth.type", "APIKEY"),
        ("inbound.auth.apiKey", "{{secrets.KEY}}"),
        ("inbound.auth.apiKeyLocator", "=request.body.key"),
    ];
    let default_key = [("inbound.auth.type", "APIKEY"), ("inbound.auth.apiKey", "{{secrets.KEY}}")];
    for (properties, received) in [
        (&basic[..], with(post("c", "{}"), "authorization", "basic dTpjYW5hcnk=")),
        (&key, post("c", r#"{"key":"canary"}"#)),
        (&default_key, with(post("c", "{}"), "authorization", "Key canary")),
    ] {
        let (status, body, asked) = call("start", properties, &received).await;
        assert_eq!((status, body.as_str(), asked.len()), (200, "", 1), "{properties:?}");
    }
}

#[tokio::test]
async fn a_verification_answers_first_and_correlates_nothing() {
    let expression = "=if request.body.challenge != null then {body: request.body.challenge, statusCode: 202, headers: {\"X-A\": \"b\"}} else null";
    let properties = [&[("inbound.verificationExpression", expression), ("inbound.method", "get")], HMAC].concat();
    let (status, body, asked) = call("start", &properties, &post("c", r#"{"challenge":"<a>"}"#)).await;
    assert_eq!((status, body.as_str(), asked), (202, "&lt;a&gt;", Vec::new()));
    assert_eq!(call("start", &properties, &post("c", "{}")).await.0, 405, "null leads on");
    assert_eq!(call("start", &properties, &post("c", "{")).await.0, 405, "as does what cannot be read");
}

#[tokio::test]
async fn each_element_asks_for_what_it_is() {
    let key = ("correlationKeyExpression", "=request.body.id");
    let received = post("c", r#"{"id":17}"#);
    let result = ("resultExpression", "={id: request.body.id, same: response.request.body.id}");
    let waits = ("synchronousResponse", "true");
    let variables = json!({ "id": 17, "same": 17 });
    let published = json!({ "name": "paid", "correlationKey": "17", "timeToLive": 3_600_000, "variables": variables });
    let unkeyed = json!({ "name": "paid", "correlationKey": "", "timeToLive": 3_600_000, "variables": variables });
    let correlated = json!({ "name": "paid", "correlationKey": "17", "variables": variables });
    let created = json!({ "processDefinitionId": "p", "variables": variables });
    let awaited = json!({ "processDefinitionId": "p", "variables": variables, "awaitCompletion": true, "requestTimeout": 20_000 });
    for (kind, properties, path, body) in [
        ("start", vec![result], "process-instances", created),
        ("start", vec![result, waits], "process-instances", awaited),
        ("message-start", vec![result], "messages/publication", unkeyed.clone()),
        ("message-start", vec![result, key], "messages/publication", published.clone()),
        (
            "message-start",
            vec![result, ("correlationKeyExpression", "=request.body.none")],
            "messages/publication",
            unkeyed,
        ),
        ("message-start", vec![result, key, waits], "messages/correlation", correlated.clone()),
        ("catch", vec![result, key], "messages/publication", published.clone()),
        ("catch", vec![result, key, waits], "messages/correlation", correlated),
        ("receive", vec![result, key], "messages/publication", published),
    ] {
        let (status, text, asked) = call(kind, &properties, &received).await;
        assert_eq!((status, text.as_str()), (200, ""), "{kind} {properties:?}");
        assert_eq!(asked, [(path.to_owned(), body)], "{kind} {properties:?}");
    }
    let more = [
        key,
        ("messageIdExpression", "=\"m-\" + string(request.body.id)"),
        ("messageTtl", "PT5M"),
        ("resultVariable", "all"),
    ];
    let (_, _, asked) = call("catch", &more, &received).await;
    let all = &asked[0].1["variables"]["all"];
    assert_eq!((&asked[0].1["messageId"], &asked[0].1["timeToLive"]), (&json!("m-17"), &json!(300_000)));
    assert_eq!(
        (&all["request"]["body"], &all["connectorData"], &all["documents"]),
        (&json!({ "id": 17 }), &json!({}), &json!([]))
    );
}

#[tokio::test]
async fn a_response_tells_what_came_of_the_call() {
    let key = ("correlationKeyExpression", "=request.body.id");
    let waits = ("synchronousResponse", "true");
    let received = post("c", r#"{"id":"a"}"#);
    for (kind, properties, expression, expected) in [
        ("start", vec![], "correlation.processInstanceKey", "13"),
        ("start", vec![waits], "correlation.variables.done", "true"),
        ("message-start", vec![], "correlation.messageKey", "11"),
        ("catch", vec![key, waits], "[correlation.processInstanceKey, correlation.messageKey]", "[12,11]"),
        ("catch", vec![key], "[correlation.tenantId, correlation.activatedElement.elementId]", r#"["<default>","E"]"#),
        ("start", vec![], "request.body", r#"{"id":"a"}"#),
    ] {
        let response = format!("={{body: {expression}, statusCode: 201}}");
        let properties = [properties, vec![("inbound.responseExpression", response.as_str())]].concat();
        let (status, body, _) = call(kind, &properties, &received).await;
        assert_eq!((status, body.as_str()), (201, expected), "{kind} {expression}");
    }
    let (status, body, _) = call("start", &[("inbound.responseExpression", "=null")], &received).await;
    assert_eq!((status, body.as_str()), (200, ""));
}

#[tokio::test]
async fn a_message_that_was_there_already_is_a_success_without_a_response() {
    let properties = [
        ("inbound.context", "c"),
        ("correlationKeyExpression", "=1"),
        ("messageIdExpression", "=\"a\""),
        ("inbound.responseExpression", "={statusCode: 201}"),
    ];
    let elements = [element("E", "catch", &properties)];
    let there = ("messages/publication", 409, json!({ "title": "ALREADY_EXISTS" }));
    let (status, body, asked) = call_with(&[there], &elements, &post("c", "{}")).await;
    assert_eq!((status, body.as_str(), asked.len()), (200, "", 1));
}

#[tokio::test]
async fn errors_of_the_cluster_are_passed_on() {
    for (status, title) in [
        (400, "INVALID_ARGUMENT"),
        (404, "NOT_FOUND"),
        (409, "ALREADY_EXISTS"),
        (500, "INTERNAL"),
        (503, "UNAVAILABLE"),
        (504, "DEADLINE_EXCEEDED"),
    ] {
        let elements = [element("E", "start", &[("inbound.context", "c")])];
        let answers = [("process-instances", status, json!({ "title": title, "detail": "why" }))];
        let (given, body, _) = call_with(&answers, &elements, &post("c", "{}")).await;
        let body: Value = serde_json::from_str(&body).expect("JSON");
        assert_eq!((given, &body["status"]), (status, &json!(title)), "{body}");
        assert!(body["message"].as_str().is_some_and(|text| text.contains("why")), "{body}");
    }
}

#[tokio::test]
async fn input_that_does_not_fit_is_refused_with_its_reason() {
    let (key, received) = (("correlationKeyExpression", "=request.body.id"), post("c", r#"{"a":1}"#));
    for (kind, properties, body) in [
        ("catch", vec![key], r#"{"message":"Wasn't able to obtain correlation key for expression =request.body.id"}"#),
        ("start", vec![("activationCondition", "=request.body.a = 2")], r#"{"reason":"Activation condition not met"}"#),
        ("start", vec![("activationCondition", "=request.body.a")], r#"{"reason":"Activation condition not met"}"#),
        (
            "start",
            vec![("resultExpression", "=request.body.a")],
            r#"{"reason":"Result expression must return a JSON object, but got number.","expression":"=request.body.a"}"#,
        ),
        (
            "start",
            vec![("inbound.responseExpression", "=\"text\"")],
            r#"{"reason":"it gives no context with body, headers and statusCode","expression":"=\"text\""}"#,
        ),
    ] {
        let (status, text, _) = call(kind, &properties, &received).await;
        assert_eq!((status, text.as_str()), (422, body), "{properties:?}");
    }
    let failing = [("activationCondition", "=assert(request.body, request.body.b = 1, \"no b\")")];
    let (status, text, asked) = call("start", &failing, &received).await;
    assert_eq!((status, asked.len()), (422, 0), "{text}");
    assert!(text.contains("no b"), "{text}");
    // Anybody may call, so that expressions may not cost much.
    let costly = "=count(for i in 1..120000 return i) > 0";
    for (property, costly) in
        [("activationCondition", costly.to_owned()), ("resultExpression", format!("={{a: {}}}", &costly[1..]))]
    {
        let (status, text, asked) = call("start", &[(property, &costly)], &received).await;
        assert_eq!((status, asked.len()), (422, 0), "{property} {text}");
    }
    let consumed = [
        ("activationCondition", "=false"),
        ("consumeUnmatchedEvents", "true"),
        ("inbound.responseExpression", "={statusCode: 201}"),
    ];
    assert_eq!(call("start", &consumed, &received).await, (200, String::new(), Vec::new()));
    let legacy = [("inbound.activationCondition", "=request.body.a = 1")];
    assert_eq!(call("start", &legacy, &received).await.0, 200);
}

#[tokio::test]
async fn one_message_may_be_for_several_elements_that_are_alike() {
    let one = |id: &str, kind: &str, more: &[(&str, &str)]| {
        element(id, kind, &[&[("inbound.context", "c"), ("correlationKeyExpression", "=1")], more].concat())
    };
    let other = ("resultVariable", "other");
    let refused =
        |why: &str| (422, format!(r#"{{"message":"Multiple connectors are activated for the same input: {why}"}}"#));
    for (elements, expected, asked) in [
        ([one("A", "catch", &[]), one("B", "receive", &[])], (200, String::new()), 1),
        ([one("A", "catch", &[("activationCondition", "=false")]), one("B", "start", &[])], (200, String::new()), 1),
        (
            [one("A", "catch", &[]), one("B", "catch", &[other])],
            refused("Elements 'A', 'B' have incompatible properties: resultVariable"),
            0,
        ),
        (
            [one("A", "start", &[]), one("B", "catch", &[])],
            refused("Not all matching elements are message correlation points"),
            0,
        ),
    ] {
        let (status, body, calls) = call_with(&[], &elements, &post("c", "{}")).await;
        assert_eq!(((status, body), calls.len()), (expected, asked), "{elements:?}");
    }
}

#[tokio::test]
async fn a_context_belongs_to_who_has_it_first() {
    let (cluster, _) = stand_in(&[]).await;
    let served = Webhooks::new(cluster, Settings::default()).expect("a client");
    let of = |process_id: &str, more: &[(&str, &str)]| {
        let properties = [&[("inbound.context", "c")], more].concat();
        webhooks_of(&process(process_id, "m", &[element("E", "start", &properties)]))
    };
    let faults = served.serve([of("a", &[]), of("b", &[]), of("a", &[("inbound.method", "get")])].concat());
    let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
    let in_use = "`inbound.context`: Context: c already in use by: p.bpmn, line 5: process `a`, element `E`";
    assert_eq!(
        told,
        [
            format!("p.bpmn, line 5: process `b`, element `E`: {in_use}"),
            format!("p.bpmn, line 5: process `a`, element `E`: {in_use}")
        ]
    );
    assert_eq!(served.contexts(), ["c"]);
    assert_eq!(served.serve([]), []);
    assert_eq!(served.answer(&post("c", "{}")).await.status, 404, "it is served no more");
}

#[tokio::test]
async fn who_has_a_context_keeps_it_while_it_is_there() {
    let settings = Settings {
        taken: [("event".to_owned(), "the event `t`".to_owned())].into(),
        awaits_processes: true,
        ..Settings::default()
    };
    let (cluster, script) = stand_in(&[]).await;
    let served = Webhooks::new(cluster, settings).expect("a client");
    let of = |process_id: &str, context: &str, more: &[(&str, &str)]| {
        let properties = [&[("inbound.context", context)], more].concat();
        webhooks_of(&process(process_id, "m", &[element("E", "start", &properties)]))
    };
    let told = |faults: Vec<Fault>| faults.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(served.serve(of("b", "c", &[])), []);
    let in_use = |by: &str, context: &str, is: &str| {
        format!(
            "p.bpmn, line 5: process `{by}`, element `E`: `inbound.context`: Context: {context} already in use by: {is}"
        )
    };
    let faults = served.serve([of("a", "c", &[]), of("b", "c", &[("inbound.method", "post")])].concat());
    assert_eq!(told(faults), [in_use("a", "c", "p.bpmn, line 5: process `b`, element `E`")]);
    assert_eq!(served.answer(&post("c", "{}")).await.status, 200);
    assert_eq!(script.lock().expect("no panic").asked[0].1["processDefinitionId"], "b");
    assert_eq!(served.serve(of("a", "c", &[])), [], "it is free again");
    assert_eq!(told(served.serve(of("a", "event", &[]))), [in_use("a", "event", "the event `t`")]);
    assert_eq!(served.contexts(), [""; 0]);
    let (status, body) = self::told(&served.answer(&post("c", "{}")).await);
    assert_eq!(
        (status, body.as_str()),
        (503, r#"{"reason":"The processes of the cluster are not known yet"}"#),
        "it may be there soon"
    );
}

#[tokio::test]
async fn of_an_element_that_several_versions_have_the_newest_counts() {
    let of = |version: i64, more: &[(&str, &str)]| {
        let properties = [&[("inbound.context", "c"), ("correlationKeyExpression", "=1")], more].concat();
        let bpmn = process("p", &format!("m{version}"), &[element("E", "catch", &properties)]);
        let known = KnownElement {
            element: elements::read(&bpmn).expect("BPMN").remove(0),
            process_definition_key: version.to_string(),
            version: Some(version),
            tenant: None,
        };
        webhook::of_element(&known.element, Found::Cluster(&known), &Fixed::default()).expect("one").expect("sound")
    };
    let never = [("activationCondition", "=false")];
    let fails = [("activationCondition", "=assert(1, false)"), ("resultVariable", "old")];
    for (webhooks, message) in
        [(vec![of(2, &[]), of(1, &fails)], "m2"), (vec![of(2, &never), of(1, &[("resultVariable", "old")])], "m1")]
    {
        let (cluster, script) = stand_in(&[]).await;
        let (status, body) = told(&serve(cluster, webhooks).answer(&post("c", "{}")).await);
        assert_eq!((status, body.as_str()), (200, ""));
        let asked = script.lock().expect("no panic").asked.clone();
        assert_eq!((asked.len(), &asked[0].1["name"]), (1, &json!(message)));
    }
}

#[tokio::test]
async fn answers_are_taken_for_nothing_else_than_they_are() {
    for (expression, sniffing) in [
        ("={body: {a: 1}}", Some("nosniff")),
        ("={body: {a: 1}, headers: {\"X-Content-Type-Options\": \"other\"}}", Some("other")),
        ("=1", Some("nosniff")),
        ("={}", None),
    ] {
        let properties = [("inbound.context", "c"), ("inbound.responseExpression", expression)];
        let webhooks = webhooks_of(&process("p", "paid", &[element("E", "start", &properties)]));
        let answer = serve(stand_in(&[]).await.0, webhooks).answer(&post("c", "{}")).await;
        let told: Vec<&str> = answer
            .headers
            .iter()
            .filter(|(name, _)| name == "x-content-type-options")
            .map(|(_, value)| value.as_str())
            .collect();
        assert_eq!(told, sniffing.into_iter().collect::<Vec<_>>(), "{expression}");
    }
}

#[tokio::test]
async fn a_route_of_a_file_is_served_as_an_element_is() {
    let text = r#"
        [c]
        message-name = "paid"
        correlation-key-expression = "=request.params.id"
        hmac-secret = "{{secrets.KEY}}"
        hmac-header = "X-Signature"
        response-expression = "={statusCode: 204}"
        tenant-id = "t"
    "#;
    let secrets = Fixed::from_variables([("SECRET_KEY".to_owned(), "canary".to_owned())]);
    let (cluster, script) = stand_in(&[]).await;
    let webhooks = serve(cluster, routes::parse(&text.parse().expect("TOML"), &secrets).expect("sound"));
    let mut received = post("c", "{}");
    received.query.push(("id".to_owned(), "x".to_owned()));
    assert_eq!(webhooks.answer(&received).await.status, 401, "its signature is checked");
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, b"canary"), b"{}");
    let signature: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(webhooks.answer(&with(received, "x-signature", &signature)).await.status, 204);
    let asked = script.lock().expect("no panic").asked.clone();
    assert_eq!((&asked[0].1["correlationKey"], &asked[0].1["tenantId"]), (&json!("x"), &json!("t")));
}

#[tokio::test]
async fn over_grpc_nobody_waits_for_a_message() {
    let connection =
        Connection { protocol: Protocol::Grpc, address: "http://127.0.0.1:1".to_owned(), ..Connection::default() };
    let properties = [("inbound.context", "c"), ("correlationKeyExpression", "=1"), ("synchronousResponse", "true")];
    let bpmn = process("p", "paid", &[element("E", "catch", &properties)]);
    let webhooks = serve(Cluster::new(connection).expect("a client"), webhooks_of(&bpmn));
    let (status, body) = told(&webhooks.answer(&post("c", "{}")).await);
    assert_eq!(status, 501, "{body}");
    assert!(body.contains("reach the cluster over REST"), "{body}");
}

/// Serves the public half of a key for tokens.
async fn key_server(key: &EcdsaKeyPair) -> String {
    let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let point = &key.public_key().as_ref()[1..];
    let keys = json!({ "keys": [{ "kty": "EC", "crv": "P-256", "kid": "k", "x": part(&point[..32]), "y": part(&point[32..]) }] });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}/keys", listener.local_addr().expect("an address"));
    let router = Router::new().fallback(move || async move { Json(keys) });
    tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
    address
}

#[tokio::test]
async fn a_token_lets_in_who_has_the_permissions() {
    let random = SystemRandom::new();
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).expect("a key");
    let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).expect("a key");
    let keys = key_server(&key).await;
    let jwt = [("inbound.auth.type", "JWT"), ("inbound.auth.jwt.jwkUrl", keys.as_str())];
    let needs = [&jwt[..], &[("inbound.auth.jwt.requiredPermissions", "=[\"write\"]")]].concat();
    let roles = [&needs[..], &[("inbound.auth.jwt.permissionsExpression", "=realm.roles")]].concat();
    let fails = [&needs[..], &[("inbound.auth.jwt.permissionsExpression", "=assert(realm, false, \"no\")")]].concat();
    let forbidden = r#"{"reason":"Reason: FORBIDDEN. Details: Missing required permissions"}"#;
    for (properties, claims, status, body) in [
        (&jwt[..], json!({}), 200, ""),
        (&roles, json!({ "realm": { "roles": ["read", "write"] } }), 200, ""),
        (&roles, json!({ "realm": { "roles": "write" } }), 200, ""),
        (&roles, json!({ "realm": { "roles": ["read"] } }), 403, forbidden),
        (&roles, json!({}), 403, forbidden),
        (&fails, json!({ "realm": { "roles": ["write"] } }), 403, forbidden),
    ] {
        let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let signed = format!("{}.{}", part(&json!({ "alg": "ES256", "kid": "k" })), part(&claims));
        let signature = key.sign(&random, signed.as_bytes()).expect("a signature");
        let token = format!("Bearer {signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()));
        let (given, text, _) = call("start", properties, &with(post("c", "{}"), "authorization", &token)).await;
        assert_eq!((given, text.as_str()), (status, body), "{claims}");
    }
}

#[tokio::test]
async fn what_becomes_of_calls_is_counted() {
    let bpmn = process(
        "p",
        "paid",
        &[element("E", "start", &[("inbound.context", "c"), ("activationCondition", "=request.body.id > 1")])],
    );
    for (answer, body, action) in [
        (None, r#"{"id":2}"#, "correlated"),
        (Some(("process-instances", 503, json!({}))), r#"{"id":2}"#, "correlation-failed"),
        (None, r#"{"id":1}"#, "activation-condition-failed"),
    ] {
        let (cluster, _) = stand_in(&answer.into_iter().collect::<Vec<_>>()).await;
        let settings = Settings::default();
        let meters = Arc::clone(&settings.meters);
        let webhooks = Webhooks::new(cluster, settings).expect("a client");
        assert_eq!(webhooks.serve(webhooks_of(&bpmn)), []);
        webhooks.answer(&post("c", body)).await;
        let told = meters.text();
        let counted: Vec<&str> =
            told.lines().filter(|line| line.starts_with("camunda_connector_inbound_triggers")).collect();
        let expected =
            format!(r#"camunda_connector_inbound_triggers_total{{action="{action}",type="io.camunda:webhook:1"}} 1"#);
        assert_eq!(counted, [expected]);
    }
}
