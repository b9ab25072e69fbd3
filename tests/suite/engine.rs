//! The example processes on a real Zeebe broker: they deploy as they are, and the jobs that it makes
//! of them are what the input schemas and the dispatcher take.
//!
//! Needs a broker at `ZEEBE_REST_ADDRESS`: `scripts/zeebe start` starts one.

use crate::events;
use opwright::cluster::{Activation, Cluster, Connection, Job};
use opwright::definition::{ConnectorDefinition, Element, EventElement};
use opwright::dispatch::Dispatcher;
use opwright::dispatch::secrets::{self, Fixed};
use opwright::emulator::{Emulator, Settings};
use opwright::generate::bpmn::{example_process, waiting_process};
use opwright::generate::element_template::{Role, Variant, build};
use opwright::generate::example::UUID;
use opwright::http::{HttpClient, Request};
use opwright::power_automate::PowerAutomate;
use opwright::{ConnectorInputs, Registry};
use postage::Postage;
use secrecy::ExposeSecret;
use serde_json::{Map, Value, json};
use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;
use tokio::sync::Mutex;

/// Jobs are activated by type, so tests that activate the same type take turns.
static TURN: LazyLock<Mutex<()>> = LazyLock::new(Mutex::default);

const OWN: &str = "io.opwright:power-automate:1";
const HOSTED: &str = "io.camunda:http-json:1";

fn address() -> String {
    std::env::var("ZEEBE_REST_ADDRESS")
        .expect("this test needs a Zeebe broker: run `scripts/zeebe start` and set ZEEBE_REST_ADDRESS to what it prints, or run scripts/test")
}

fn cluster() -> Cluster {
    Cluster::new(Connection { address: address(), ..Connection::default() }).expect("a client")
}

/// Deploys a file of `generated/bpmn` byte for byte.
async fn deploy(cluster: &Cluster, process: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("generated/bpmn/{process}.bpmn"));
    let bpmn = std::fs::read_to_string(file).expect("a generated process");
    let deployed =
        cluster.deploy(&format!("{process}.bpmn"), &bpmn).await.unwrap_or_else(|error| panic!("{process}: {error}"));
    assert_eq!(deployed, [process]);
}

/// Starts an instance and returns the job that it makes.
async fn started(cluster: &Cluster, process: &str, job_type: &str, variables: &Value) -> Job {
    let instance =
        cluster.start_instance(process, variables).await.unwrap_or_else(|error| panic!("{process}: {error}"));
    let activation = Activation {
        job_type,
        worker: "tests",
        timeout: Duration::from_secs(60),
        limit: 1,
        variables: &[],
        wait: Duration::from_secs(5),
    };
    for _ in 0..10 {
        if let Some(job) = cluster.activate(&activation).await.expect("an answer").pop() {
            cluster.complete(&job.key, &Map::new()).await.expect("it completes");
            // A job of an earlier, broken-off run of the tests is completed and passed over.
            if job.process_instance_key == instance {
                return job;
            }
        }
    }
    panic!("{process} made no job of type {job_type}");
}

async fn emulator() -> (Emulator, Fixed) {
    let settings = Settings { port: 0, waiting_seconds: 0.0, running_seconds: 0.0, ..Settings::default() };
    let emulator = Emulator::start(settings.clone()).await.expect("an emulator");
    let secrets = Fixed::from_variables(
        [
            ("SECRET_POWER_AUTOMATE_CLIENT_ID", settings.client_id.clone()),
            ("SECRET_POWER_AUTOMATE_CLIENT_SECRET", settings.client_secret.expose_secret().to_owned()),
            ("SECRET_POWER_AUTOMATE_TOKEN_ENDPOINT", emulator.token_endpoint()),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    );
    (emulator, secrets)
}

fn dispatcher() -> Dispatcher {
    Dispatcher::new(Registry::new().with::<PowerAutomate>().expect("sound definitions")).expect("a client")
}

/// The inputs among a job's variables, as a worker takes them.
fn inputs(dispatcher: &Dispatcher, job: &Job) -> (String, Map<String, Value>) {
    let operation = job.header("operation").expect("the operation's header").to_owned();
    let connector = dispatcher.registry().connector("power-automate").expect("registered");
    let (_, schema, _) = connector.operation(&operation).expect("registered");
    (operation, schema.declared_only(&job.variables))
}

#[tokio::test]
async fn own_processes_run_through_the_dispatcher() {
    let _turn = TURN.lock().await;
    let cluster = cluster();
    let (emulator, secrets) = emulator().await;
    let dispatcher = dispatcher();
    let connector = dispatcher.registry().connector("power-automate").expect("registered");
    let version = connector.definition().version.to_string();
    let mut variables = json!({
        "organizationUri": format!("{}/", emulator.organization_uri()),
        "workflowId": "0a1b2c3d-1111-2222-3333-444455556666",
        "connectionName": "shared-uiflow",
        "unrelated": { "left": "alone" },
    });
    for (operation, expression, status) in [
        ("trigger-flow-run", "= {flowSessionId: response.body.flowsessionId}", 200),
        ("get-flow-run-status", "= {statusCode: response.body.statuscode}", 200),
        ("get-flow-outputs", "= {flowOutputs: response.body}", 200),
        ("cancel-flow-run", "= {cancelAccepted: response.status = 204}", 204),
    ] {
        if operation == "cancel-flow-run" {
            // A finished run cannot be cancelled.
            let started = dispatcher
                .dispatch("power-automate", "trigger-flow-run", &cancellable(&emulator), &secrets)
                .await
                .expect("a run");
            variables["flowSessionId"] = started["body"]["flowsessionId"].clone();
        }
        let process = format!("power-automate-{operation}");
        deploy(&cluster, &process).await;
        let job = started(&cluster, &process, OWN, &variables).await;
        let headers = &job.headers;
        assert_eq!(headers["elementTemplateId"], json!("io.opwright.power-automate"));
        assert_eq!(headers["elementTemplateVersion"], json!(version));
        assert_eq!(headers["retryBackoff"], json!("PT30S"));
        assert_eq!(headers["resultExpression"], json!(expression));
        assert_eq!(job.retries, 3);
        let (delivered, inputs) = inputs(&dispatcher, &job);
        assert_eq!(delivered, operation);
        let result = dispatcher.dispatch("power-automate", operation, &Value::Object(inputs), &secrets).await;
        let result = match (operation, result) {
            ("cancel-flow-run", Err(error)) => panic!("{error}"),
            (_, result) => result.unwrap_or_else(|error| panic!("{operation}: {error}")),
        };
        assert_eq!(result["status"], json!(status), "{operation}");
        assert_eq!(
            result.as_object().map(|result| result.keys().map(String::as_str).collect::<Vec<_>>()),
            Some(vec!["status", "headers", "body", "reason", "document"])
        );
        if let Some(session) = result["body"]["flowsessionId"].as_str() {
            variables["flowSessionId"] = json!(session);
        }
    }
    emulator.shutdown().await;
}

/// A run that waits for long enough to be cancelled.
fn cancellable(emulator: &Emulator) -> Value {
    json!({
        "authentication": {
            "type": "oauth-client-credentials-flow",
            "clientId": "{{secrets.POWER_AUTOMATE_CLIENT_ID}}",
            "clientSecret": "{{secrets.POWER_AUTOMATE_CLIENT_SECRET}}",
            "oauthTokenEndpoint": "{{secrets.POWER_AUTOMATE_TOKEN_ENDPOINT}}",
        },
        "organizationUri": emulator.organization_uri(),
        "workflowId": "0a1b2c3d-1111-2222-3333-444455556666",
        "connectionName": "shared-uiflow",
        "runMode": "attended",
    })
}

#[tokio::test]
async fn hosted_processes_describe_the_dispatchers_requests() {
    let _turn = TURN.lock().await;
    let cluster = cluster();
    let dispatcher = dispatcher();
    let secrets = Fixed::from_variables(
        [
            ("SECRET_POWER_AUTOMATE_CLIENT_ID", "id"),
            ("SECRET_POWER_AUTOMATE_CLIENT_SECRET", "secret"),
            ("SECRET_POWER_AUTOMATE_TOKEN_ENDPOINT", "https://login.example.org/t/oauth2/v2.0/token"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    let trigger = json!({
        "organizationUri": "https://org.example.org//",
        "workflowId": "0a1b2c3d-1111-2222-3333-444455556666",
        "connectionName": "shared \"quoted\"",
    });
    // Optional inputs have no mapping, so a variable of the process reaches the job: every form that it can have.
    let optional = [
        json!({}),
        json!({ "timeout": 60, "inputs": "{\"a\":\"b\"}", "callbackUrl": "https://example.org/back" }),
        json!({ "timeout": "7200", "inputs": "", "callbackUrl": null }),
        json!({ "timeout": null, "inputs": null, "callbackUrl": "" }),
        json!({ "timeout": "" }),
    ];
    let session = json!({ "organizationUri": "https://org.example.org", "flowSessionId": "bb2a1f33-e5b9-ed11-83fe-000d3ab4f483" });
    let mut cases: Vec<(&str, Value)> =
        optional.iter().map(|more| ("trigger-flow-run", merged(&trigger, more))).collect();
    cases.extend(
        ["get-flow-run-status", "get-flow-outputs", "cancel-flow-run"].map(|operation| (operation, session.clone())),
    );
    for (operation, variables) in cases {
        let (own, hosted) = (format!("power-automate-{operation}"), format!("power-automate-hosted-{operation}"));
        deploy(&cluster, &own).await;
        deploy(&cluster, &hosted).await;
        let own = started(&cluster, &own, OWN, &variables).await;
        let hosted = started(&cluster, &hosted, HOSTED, &variables).await;
        let (_, inputs) = inputs(&dispatcher, &own);
        let planned = dispatcher
            .prepare("power-automate", operation, &Value::Object(inputs), &secrets)
            .unwrap_or_else(|error| panic!("{error}"));
        let planned = planned.dry_run().request.expect("an HTTP operation");
        let described = &hosted.variables;
        assert_eq!(described["method"], json!(planned.method), "{operation} {variables}");
        assert_eq!(described["url"], json!(planned.url), "{operation} {variables}");
        let mut headers = planned.headers;
        headers.shift_remove("Authorization");
        assert_eq!(described["headers"], Value::Object(headers), "{operation} {variables}");
        assert_eq!(described.get("body"), planned.body.as_ref(), "{operation} {variables}");
        let (authentication, _) = secrets::replace(&described["authentication"], &secrets).expect("known secrets");
        assert_eq!(
            authentication,
            json!({
                "type": "oauth-client-credentials-flow",
                "clientId": "id",
                "clientSecret": "secret",
                "oauthTokenEndpoint": "https://login.example.org/t/oauth2/v2.0/token",
                "scopes": "https://org.example.org/.default",
                "clientAuthentication": "credentialsBody",
            })
        );
    }
}

#[tokio::test]
async fn every_element_makes_a_job_of_its_template() {
    let cluster = cluster();
    let postage = Postage::bind().unwrap_or_else(|error| panic!("{error}")).definition().clone();
    let job_type = format!("io.example:postage:{}", std::process::id());
    let elements = Element::ALL.map(|(_, element)| element).to_vec();
    // A job type of its own: whoever else runs these tests takes none of its jobs.
    let definition = ConnectorDefinition { elements, job_type: job_type.clone(), ..postage };
    let dispatcher = Dispatcher::new(Registry::new().with::<Postage>().expect("sound definitions")).expect("a client");
    let (_, schema, _) = dispatcher.registry().connectors()[0].operation("ship").expect("registered");
    let ship = definition.operation("ship").expect("an operation");
    let mut seen = 0;
    for variant in Variant::outbound(&definition) {
        let generated = build(&definition, variant).unwrap_or_else(|error| panic!("{error}"));
        let bpmn = example_process(&definition, ship, variant, &generated).expect("a process");
        let process = format!("postage{}-ship", variant.suffix());
        let deployed = cluster.deploy(&format!("{process}.bpmn"), &bpmn).await;
        assert_eq!(deployed.unwrap_or_else(|error| panic!("{process}: {error}")), [process.as_str()]);
        let job = started(&cluster, &process, &job_type, &json!({ "labels": 2 })).await;
        assert_eq!(job.headers["elementTemplateId"], json!(variant.template_id(&definition)));
        let inputs = Value::Object(schema.declared_only(&job.variables));
        let done = dispatcher.dispatch("postage", "ship", &inputs, &Fixed::from_variables([])).await;
        let shipment = json!({ "number": format!("P-{UUID}"), "labels": 2 });
        assert_eq!(done.unwrap_or_else(|error| panic!("{process}: {error}")), shipment);
        seen += 1;
    }
    assert_eq!(seen, 12, "six elements, each with a fixed job type and with one to enter");
}

/// The instance that takes a message, if one waits for it or is started by it.
async fn correlated(name: &str, key: &str) -> Option<String> {
    let body = json!({ "name": name, "correlationKey": key, "variables": { "seen": true } });
    let url = format!("{}/v2/messages/correlation", address());
    let request = Request::json("POST", url, Some(body.to_string()));
    let answer = HttpClient::new().expect("a client").send(&request).await.expect("an answer");
    let body: Value = serde_json::from_slice(&answer.body).expect("JSON");
    match answer.status {
        200 => Some(
            body["processInstanceKey"].as_str().map_or_else(|| body["processInstanceKey"].to_string(), str::to_owned),
        ),
        404 => None,
        status => panic!("{status}: {body}"),
    }
}

/// The same of an element that may not wait yet.
async fn soon_correlated(name: &str, key: &str) -> String {
    for _ in 0..50 {
        if let Some(instance) = correlated(name, key).await {
            return instance;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("nothing waits for {name} with the key {key}")
}

#[tokio::test]
async fn the_example_process_waits_for_the_end_of_its_flow_run() {
    let cluster = cluster();
    let (process, event_type) = ("power-automate-flow-run-finished", "io.opwright:power-automate:flow-run-finished:1");
    deploy(&cluster, process).await;
    let session = format!("bb2a1f33-e5b9-ed11-83fe-{:012x}", std::process::id());
    let instance = cluster.start_instance(process, &json!({ "flowSessionId": session })).await.expect("an instance");
    assert_eq!(correlated(event_type, "another").await, None);
    assert_eq!(soon_correlated(event_type, &session).await, instance);
    assert_eq!(correlated(event_type, &session).await, None, "it has ended");
}

#[tokio::test]
async fn every_element_that_waits_takes_its_message() {
    let cluster = cluster();
    let mut definition = events::definition();
    let (event_type, key) = (format!("io.example:delivered:{}", std::process::id()), "P-17");
    // A message of its own: whoever else runs these tests takes none.
    definition.events[0].event_type.clone_from(&event_type);
    let mut seen = 0;
    // The one that is started by any message comes last.
    for variant in definition.events.iter().flat_map(Variant::waiting_for) {
        let Role::Inbound { element, .. } = variant.role else { panic!("{variant:?}") };
        let generated = build(&definition, variant).unwrap_or_else(|error| panic!("{error}"));
        let bpmn = waiting_process(&definition, variant, &generated).expect("a process");
        let process = format!("parcels{}", variant.suffix());
        let deployed = cluster.deploy(&format!("{process}.bpmn"), &bpmn).await;
        assert_eq!(deployed.unwrap_or_else(|error| panic!("{process}: {error}")), [process.as_str()]);
        if element == EventElement::MessageStartEvent {
            soon_correlated(&event_type, "any key").await;
        } else {
            let variables = json!({ "shipment": { "number": key } });
            let instance = cluster.start_instance(&process, &variables).await.expect("an instance");
            assert_eq!(soon_correlated(&event_type, key).await, instance, "{process}");
        }
        seen += 1;
    }
    assert_eq!(seen, EventElement::ALL.len());
}

#[tokio::test]
async fn no_id_leaves_its_segment_on_the_engine() {
    let _turn = TURN.lock().await;
    let cluster = cluster();
    let process = "power-automate-hosted-get-flow-outputs";
    deploy(&cluster, process).await;
    for id in [
        "a/b",
        "x)/other(",
        "..",
        "bb2a1f33-e5b9-ed11-83fe-000d3ab4f483\n",
        "bb2a1f33-e5b9-ed11-83fe-000d3ab4f483\u{2028}",
    ] {
        let job = started(
            &cluster,
            process,
            HOSTED,
            &json!({ "organizationUri": "https://o.example.org", "flowSessionId": id }),
        )
        .await;
        assert_eq!(job.variables["url"], Value::Null, "{id:?}");
    }
}

fn merged(one: &Value, other: &Value) -> Value {
    [one, other].iter().flat_map(|value| value.as_object().cloned().unwrap_or_default()).collect::<Map<_, _>>().into()
}
