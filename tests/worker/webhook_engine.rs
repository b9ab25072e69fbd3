//! Webhooks on a real broker, over both protocols: what becomes of processes, read from the broker's records.

use crate::broker::Engine;
use crate::records;
use crate::webhook::{element, post, serve, told, webhooks_of};
use opwright::dispatch::secrets::Fixed;
use opwright::worker::inbound::discovery::KnownElement;
use opwright::worker::inbound::webhook::{self, Webhooks};
use opwright::worker::inbound::{Found, Received, elements};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// A process that begins at `start` and, if there is one, waits at a catch event for an instance's `key`.
fn bpmn(id: &str, message: &str, start: &str, catch: Option<&str>) -> String {
    let flow = |number: u8| format!("<bpmn:outgoing>Flow_{number}</bpmn:outgoing>");
    let start = start.replace("</bpmn:extensionElements>", &format!("</bpmn:extensionElements>{}", flow(1)));
    let (catch, flows) = match catch {
        Some(catch) => (
            catch.replace(
                "</bpmn:extensionElements>",
                &format!("</bpmn:extensionElements><bpmn:incoming>Flow_1</bpmn:incoming>{}", flow(2)),
            ),
            r#"<bpmn:endEvent id="End"><bpmn:incoming>Flow_2</bpmn:incoming></bpmn:endEvent>
               <bpmn:sequenceFlow id="Flow_1" sourceRef="Start" targetRef="Catch"/>
               <bpmn:sequenceFlow id="Flow_2" sourceRef="Catch" targetRef="End"/>"#,
        ),
        None => (
            String::new(),
            r#"<bpmn:endEvent id="End"><bpmn:incoming>Flow_1</bpmn:incoming></bpmn:endEvent>
               <bpmn:sequenceFlow id="Flow_1" sourceRef="Start" targetRef="End"/>"#,
        ),
    };
    crate::webhook::process(id, message, &[start, catch, flows.to_owned()])
}

/// The same name for no two runs and no two engines: a broker remembers.
fn unique(engine: Engine, name: &str) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("now").as_millis();
    format!("webhook-{name}-{engine:?}-{now}").to_lowercase()
}

async fn deploy(engine: Engine, bpmn: &str) {
    records::listen();
    engine.cluster().deploy("process.bpmn", bpmn).await.unwrap_or_else(|error| panic!("{error}\n{bpmn}"));
}

async fn answered(webhooks: &Webhooks, received: &Received) -> (u16, Value) {
    let (status, body) = told(&webhooks.answer(received).await);
    (status, serde_json::from_str(&body).unwrap_or(Value::String(body)))
}

const KEY: (&str, &str) = ("correlationKeyExpression", "=request.body.id");
const PAID: (&str, &str) = ("resultExpression", "={paid: request.body.amount}");
const MESSAGE_KEY: (&str, &str) =
    ("inbound.responseExpression", "={statusCode: 201, body: {key: correlation.messageKey}}");

async fn a_waiting_instance_goes_on(engine: Engine) {
    let name = unique(engine, "catch");
    let own = [("inbound.context", name.as_str()), KEY, PAID, MESSAGE_KEY, ("messageIdExpression", "=request.body.id")];
    let start = r#"<bpmn:startEvent id="Start"><bpmn:extensionElements></bpmn:extensionElements></bpmn:startEvent>"#;
    let bpmn = bpmn(&name, &name, start, Some(&element("Catch", "catch", &own)));
    deploy(engine, &bpmn).await;
    let cluster = engine.cluster();
    let instance = cluster.start_instance(&name, &json!({ "key": "one" })).await.expect("an instance");
    let webhooks = serve(cluster, webhooks_of(&bpmn));
    let call = post(&name, r#"{"id":"one","amount":5}"#);
    let (status, body) = answered(&webhooks, &call).await;
    assert!(status == 201 && body["key"].is_i64(), "{status} {body}");
    // It is buffered for an hour: a second one of its id is refused, which is as good.
    assert_eq!(answered(&webhooks, &call).await, (200, json!("")));
    let variables = records::ended(&instance).await.variables();
    assert_eq!(variables["paid"], json!(5), "{variables:?}");
}

async fn a_start_event_creates_an_instance_and_may_wait_for_its_end(engine: Engine) {
    let name = unique(engine, "start");
    let response = "={statusCode: 201, body: {key: correlation.processInstanceKey, variables: correlation.variables}}";
    let own = [("inbound.context", name.as_str()), PAID, ("inbound.responseExpression", response)];
    let waits = [&own[..], &[("synchronousResponse", "true")]].concat();
    let one = bpmn(&name, &name, &element("Start", "start", &own), None);
    deploy(engine, &one).await;
    for (properties, variables) in [(&own[..], Value::Null), (&waits, json!({ "paid": 7 }))] {
        let same = bpmn(&name, &name, &element("Start", "start", properties), None);
        let webhooks = serve(engine.cluster(), webhooks_of(&same));
        let (status, body) = answered(&webhooks, &post(&name, r#"{"amount":7}"#)).await;
        assert_eq!((status, &body["variables"]), (201, &variables), "{body}");
        let ended = records::ended(&body["key"].to_string()).await.variables();
        assert_eq!(ended["paid"], json!(7), "{ended:?}");
    }

    let unknown = bpmn("webhook-never-deployed", &name, &element("Start", "start", &own), None);
    let (status, body) = answered(&serve(engine.cluster(), webhooks_of(&unknown)), &post(&name, "{}")).await;
    assert_eq!((status, &body["status"]), (404, &json!("NOT_FOUND")), "{body}");
}

async fn an_instance_is_of_the_version_that_was_found(engine: Engine) {
    let name = unique(engine, "pinned");
    let key = "={body: {key: correlation.processInstanceKey}}";
    let own = [("inbound.context", name.as_str()), ("inbound.responseExpression", key)];
    let first = bpmn(&name, &name, &element("Start", "start", &own), None);
    deploy(engine, &first).await;
    let instance = engine.cluster().start_instance(&name, &json!({})).await.expect("an instance");
    records::ended(&instance).await;
    let version = |instance: &str| {
        let records = records::of_instance(instance);
        let record = records.iter().find(|record| record["valueType"] == "PROCESS_INSTANCE").expect("a record").clone();
        (record["value"]["version"].clone(), record["value"]["processDefinitionKey"].to_string())
    };
    let process_definition_key = version(&instance).1;
    deploy(
        engine,
        &first.replace(r#"id="End""#, r#"id="Other""#).replace(r#"targetRef="End""#, r#"targetRef="Other""#),
    )
    .await;
    let found = KnownElement {
        element: elements::read(&first).expect("BPMN").remove(0),
        process_definition_key,
        version: Some(1),
        tenant: Some("<default>".to_owned()),
    };
    let pinned =
        webhook::of_element(&found.element, Found::Cluster(&found), &Fixed::default()).expect("one").expect("sound");
    for (webhook, expected) in [(pinned, 1), (webhooks_of(&first).remove(0), 2)] {
        let (status, body) = answered(&serve(engine.cluster(), vec![webhook]), &post(&name, "{}")).await;
        assert_eq!(status, 200, "{body}");
        let instance = body["key"].to_string();
        records::ended(&instance).await;
        assert_eq!(version(&instance).0, json!(expected));
    }
}

async fn a_message_starts_an_instance(engine: Engine) {
    let name = unique(engine, "message");
    let own = [("inbound.context", name.as_str()), PAID, MESSAGE_KEY];
    let bpmn = bpmn(&name, &name, &element("Start", "message-start", &own), None);
    deploy(engine, &bpmn).await;
    let (status, body) = answered(&serve(engine.cluster(), webhooks_of(&bpmn)), &post(&name, r#"{"amount":9}"#)).await;
    assert_eq!(status, 201, "{body}");
    let (begun, mut instance) = (Instant::now(), None);
    while instance.is_none() {
        assert!(begun.elapsed() < Duration::from_secs(30), "no instance begins");
        tokio::time::sleep(Duration::from_millis(50)).await;
        records::each_instance(&name, |key, _| instance = Some(key.to_owned()));
    }
    let ended = records::ended(&instance.expect("one")).await.variables();
    assert_eq!(ended["paid"], json!(9), "{ended:?}");
}

/// Over REST the answer tells the instance; over gRPC that nobody waits.
async fn a_message_is_correlated_while_the_caller_waits(engine: Engine) {
    let name = unique(engine, "waits");
    let response = "={body: {key: correlation.processInstanceKey}}";
    let own = [
        ("inbound.context", name.as_str()),
        KEY,
        PAID,
        ("synchronousResponse", "true"),
        ("inbound.responseExpression", response),
    ];
    let start = r#"<bpmn:startEvent id="Start"><bpmn:extensionElements></bpmn:extensionElements></bpmn:startEvent>"#;
    let bpmn = bpmn(&name, &name, start, Some(&element("Catch", "catch", &own)));
    deploy(engine, &bpmn).await;
    let cluster = engine.cluster();
    let instance = cluster.start_instance(&name, &json!({ "key": "one" })).await.expect("an instance");
    let webhooks = serve(cluster, webhooks_of(&bpmn));
    let call = post(&name, r#"{"id":"one","amount":3}"#);
    if engine == Engine::Grpc {
        assert_eq!(answered(&webhooks, &call).await.0, 501);
        return;
    }
    let (status, body) = answered(&webhooks, &call).await;
    assert_eq!((status, body["key"].to_string()), (200, instance.clone()), "{body}");
    assert_eq!(records::ended(&instance).await.variables()["paid"], json!(3));
    let (status, body) = answered(&webhooks, &post(&name, r#"{"id":"nobody"}"#)).await;
    assert_eq!((status, &body["status"]), (404, &json!("NOT_FOUND")), "{body}");
}

macro_rules! on_both {
    ($($test:ident: $rest:ident, $grpc:ident;)*) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $rest() {
                $test(Engine::Rest).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn $grpc() {
                $test(Engine::Grpc).await;
            }
        )*
    };
}

on_both! {
    a_waiting_instance_goes_on: a_waiting_instance_goes_on_over_rest, a_waiting_instance_goes_on_over_grpc;
    a_start_event_creates_an_instance_and_may_wait_for_its_end:
        a_start_event_creates_an_instance_over_rest, a_start_event_creates_an_instance_over_grpc;
    an_instance_is_of_the_version_that_was_found:
        an_instance_is_of_the_version_that_was_found_over_rest, an_instance_is_of_the_version_that_was_found_over_grpc;
    a_message_starts_an_instance: a_message_starts_an_instance_over_rest, a_message_starts_an_instance_over_grpc;
    a_message_is_correlated_while_the_caller_waits:
        a_message_is_correlated_over_rest, a_message_is_not_correlated_over_grpc;
}

/// Through sockets: what a file and a route of the config file say.
#[tokio::test]
async fn the_program_serves_files_and_routes() {
    let (engine, directory) = (Engine::Rest, tempfile::TempDir::new().expect("a directory"));
    let (name, routed) = (unique(engine, "file"), unique(engine, "route"));
    let response = "={statusCode: 201, body: {key: correlation.processInstanceKey}}";
    let own = [("inbound.context", name.as_str()), PAID, ("inbound.responseExpression", response)];
    let starts = bpmn(&name, &name, &element("Start", "start", &own), None);
    deploy(engine, &starts).await;
    let file = directory.path().join("process.bpmn");
    std::fs::write(&file, &starts).expect("written");
    let route = format!(
        "[webhooks.{routed}]\nmessage-name = \"{routed}\"\ncorrelation-key-expression = \"=request.body.id\"\n\
         method = \"post\"\nauth.type = \"APIKEY\"\nauth.api-key = \"{{{{secrets.KEY}}}}\"\n\
         auth.api-key-locator = '=get value(request.headers, \"x-key\")'\n"
    );
    let address = std::env::var("ZEEBE_REST_ADDRESS").expect("a broker");
    let file = file.to_str().expect("text");
    let arguments = [
        "--rest-address",
        &address,
        "--inbound-listen",
        "127.0.0.1:0",
        "--inbound-processes",
        file,
        "--inbound-discovery",
        "false",
    ];
    let secret = [("SECRET_KEY", "canary".to_owned())];
    let program = crate::program::Program::configured(&route, &arguments, &secret);
    let at = program.takes_calls().await;
    let client = opwright::http::HttpClient::new().expect("a client");
    let call = async |context: &str, key: &str, body: &str| {
        let url = format!("http://{at}/inbound/{context}");
        let mut request = opwright::http::Request::json("POST", url, Some(body.to_owned()));
        request.headers.push(("X-Key".to_owned(), key.to_owned()));
        let answer = client.send(&request).await.expect("an answer");
        (answer.status, serde_json::from_slice::<Value>(&answer.body).unwrap_or_default())
    };
    let (status, body) = call(&name, "", r#"{"amount":9}"#).await;
    assert_eq!(status, 201, "{body}");
    assert_eq!(records::ended(&body["key"].to_string()).await.variables()["paid"], json!(9));
    assert_eq!(call(&routed, "canary", r#"{"id":"one"}"#).await, (200, Value::Null));
    assert_eq!(call(&routed, "other", r#"{"id":"one"}"#).await.0, 401);
    assert_eq!(call("nowhere", "", "{}").await.0, 404);
    assert!(!program.log().contains("canary"), "{}", program.log());
}
