//! Element templates: valid by Camunda's own rules, and the hosted one describes the dispatcher's requests.

use crate::bookshop;
use crate::node::validate;
use opwright::definition::ConnectorDefinition;
use opwright::generate::apply::{Applied, apply};
use opwright::generate::element_template::{Runtime, Variant, build};
use opwright::power_automate::PowerAutomate;
use opwright::request::{self, Credentials, RequestPlan};
use opwright::template::{BindingKind, ElementTemplate};
use opwright::{Connector, ConnectorInputs};
use opwright_feel::{Expression, Variables, WarningKind};
use serde_json::{Map, Value, json};
use std::path::PathBuf;

fn power_automate() -> Connector {
    PowerAutomate::bind().unwrap_or_else(|error| panic!("{error}"))
}

fn template(definition: &ConnectorDefinition, runtime: Runtime) -> ElementTemplate {
    build(definition, Variant::first(definition, runtime)).unwrap_or_else(|error| panic!("{error}")).template
}

#[test]
fn templates_are_valid_by_camundas_rules() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut files: Vec<PathBuf> = Vec::new();
    for connector in [power_automate(), bookshop::connector()] {
        let definition = connector.definition();
        for variant in Variant::of(definition) {
            let file = folder.path().join(format!("{}{}.json", definition.id, variant.suffix()));
            let generated = build(definition, variant).unwrap_or_else(|error| panic!("{error}"));
            std::fs::write(&file, serde_json::to_string(&generated.template).expect("JSON")).expect("a file");
            files.push(file);
        }
    }
    let reports = validate(&files);
    assert_eq!(reports.len(), 7, "two connectors, each with a hosted template, and three elements that wait");
    for report in &reports {
        assert_eq!(report["errors"], json!([]), "{}", report["file"]);
        for warning in report["warnings"].as_array().expect("a list") {
            let text = warning.as_str().expect("text");
            // Optional inputs must have no mapping before 8.8, and result expressions are no deprecated values.
            let known = ["'optional' with 'zeebe:input' binding is deprecated", "Value is deprecated"];
            assert!(known.iter().any(|known| text.contains(known)), "{text}");
        }
    }
}

#[test]
fn the_validator_refuses_what_it_should() {
    let mut broken = serde_json::to_value(template(power_automate().definition(), Runtime::Own)).expect("JSON");
    broken["properties"][3]["binding"]["type"] = json!("zeebe:taskHaeder");
    let file = tempfile::Builder::new().suffix(".json").tempfile().expect("a file");
    std::fs::write(file.path(), broken.to_string()).expect("a file");
    assert_ne!(validate(&[file.path().to_owned()])[0]["errors"], json!([]));
}

/// The value of an expression that starts with `=`. A function that there is not is no mere null.
fn evaluate(text: &str, context: &Value) -> Value {
    let expression = Expression::parse(text).unwrap_or_else(|error| panic!("{}", error.explain(text)));
    let evaluation =
        expression.evaluate(&Variables::from(context)).unwrap_or_else(|error| panic!("{}", error.explain(text)));
    let unknown = evaluation.warnings().iter().find(|warning| warning.kind() == WarningKind::NoFunctionFound);
    assert_eq!(unknown, None, "{text}");
    evaluation.to_json()
}

/// The variables that a job has after its input mappings, evaluated top-down.
fn variables(applied: &Applied, process: &Value) -> Map<String, Value> {
    let mut local = Map::new();
    for (target, source) in &applied.inputs {
        let mut context = process.as_object().cloned().unwrap_or_default();
        context.extend(local.clone());
        let value = if source.starts_with('=') { evaluate(source, &Value::Object(context)) } else { json!(source) };
        let mut members = &mut local;
        let (parents, name) = target.rsplit_once('.').unwrap_or(("", target));
        for parent in parents.split('.').filter(|parent| !parent.is_empty()) {
            members = members.entry(parent).or_insert_with(|| json!({})).as_object_mut().expect("an object");
        }
        members.insert(name.to_owned(), value);
    }
    local
}

/// What a designer enters: the operation, and sources by the names of inputs.
struct Case {
    operation: &'static str,
    entered: Value,
    process: Value,
}

fn applied(template: &ElementTemplate, case: &Case) -> Applied {
    apply(template, |property| {
        if property.id.as_deref() == Some("operation") {
            return Some(case.operation.to_owned());
        }
        let binding = property.binding.as_ref().filter(|binding| binding.kind == BindingKind::Input)?;
        case.entered.get(binding.name.as_deref()?).and_then(Value::as_str).map(str::to_owned)
    })
}

fn planned(connector: &Connector, operation: &str, variables: &Map<String, Value>) -> RequestPlan {
    let (operation, schema, _) = connector.operation(operation).expect("the operation");
    let inputs = schema.accept(&Value::Object(variables.clone())).unwrap_or_else(|refusal| panic!("{refusal}"));
    request::plan(connector.definition(), operation, schema.shared(), schema.own(), &inputs).expect("an HTTP operation")
}

/// The URL with the query parameters that Camunda's connector appends.
fn url(variables: &Map<String, Value>) -> String {
    let mut url = url::Url::parse(variables["url"].as_str().expect("a URL")).expect("a URL");
    for (name, value) in variables.get("queryParameters").and_then(Value::as_object).into_iter().flatten() {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        url.query_pairs_mut().append_pair(name, &text);
    }
    url.to_string()
}

/// The same URL whichever of `+` and `%20` stands for a blank.
fn pairs(url: &str) -> (String, Vec<(String, String)>) {
    let url = url::Url::parse(url).expect("a URL");
    (url.as_str().split('?').next().unwrap_or_default().to_owned(), url.query_pairs().into_owned().collect())
}

fn assert_same_request(connector: &Connector, case: &Case) {
    let own = variables(&applied(&template(connector.definition(), Runtime::Own), case), &case.process);
    let hosted = variables(&applied(&template(connector.definition(), Runtime::Hosted), case), &case.process);
    let plan = planned(connector, case.operation, &own);
    let about = format!("{} {}", case.operation, case.entered);
    assert_eq!(hosted["method"], json!(plan.method.name()), "{about}");
    assert_eq!(pairs(&url(&hosted)), pairs(&plan.url), "{about}");
    let headers: Map<String, Value> =
        plan.headers.iter().map(|header| (header.name.clone(), json!(header.value))).collect();
    assert_eq!(hosted["headers"], Value::Object(headers), "{about}");
    assert_eq!(hosted.get("body").cloned(), plan.body.map(Value::Object), "{about}");
    match plan.credentials.expect("both connectors authenticate") {
        Credentials::Bearer { token } => {
            assert_eq!(
                json!(token),
                *hosted.values().find_map(|value| value.get("token")).expect("a token"),
                "{about}"
            );
        }
        Credentials::OAuthClientCredentials(credentials) => {
            let expected = json!({
                "type": "oauth-client-credentials-flow",
                "clientId": credentials.client_id,
                "clientSecret": credentials.client_secret,
                "oauthTokenEndpoint": credentials.token_endpoint,
                "scopes": credentials.scope,
                "clientAuthentication": "credentialsBody",
            });
            assert_eq!(hosted["authentication"], expected, "{about}");
        }
    }
}

const SESSION: &str = "bb2a1f33-e5b9-ed11-83fe-000d3ab4f483";
const WORKFLOW: &str = "0a1b2c3d-1111-2222-3333-444455556666";

fn merged(parts: &[Value]) -> Value {
    parts.iter().flat_map(|part| part.as_object().cloned().unwrap_or_default()).collect::<Map<_, _>>().into()
}

#[test]
fn hosted_requests_are_the_dispatchers() {
    let connector = power_automate();
    let oauth = json!({
        "authentication.type": "oauth-client-credentials-flow",
        "authentication.clientId": "id",
        "authentication.clientSecret": "secret",
        "authentication.oauthTokenEndpoint": "https://login.example.org/t/oauth2/v2.0/token",
    });
    let bearer = json!({ "authentication.type": "bearer", "authentication.token": "token" });
    let trigger = json!({ "workflowId": WORKFLOW, "connectionName": "c", "runMode": "attended" });
    let every = json!({
        "connectionType": "2", "runPriority": "own", "timeout": "60", "inputs": "{\"a\": \"b\"}", "callbackUrl": "https://example.org/back?x=y",
    });
    let expressions = json!({ "workflowId": "=workflow", "timeout": "=seconds", "inputs": "=inputText", "callbackUrl": "=null", "runPriority": "=null" });
    let process = json!({ "workflow": WORKFLOW, "seconds": "7200", "inputText": "{}" });
    let mut count = 0;
    for authentication in [&oauth, &bearer] {
        for uri in ["https://org.example.org", "https://org.example.org/", "http://127.0.0.1:8137//"] {
            let shared = merged(&[authentication.clone(), json!({ "organizationUri": uri })]);
            let mut cases = vec![
                Case {
                    operation: "trigger-flow-run",
                    entered: merged(&[shared.clone(), trigger.clone()]),
                    process: json!({}),
                },
                Case {
                    operation: "trigger-flow-run",
                    entered: merged(&[shared.clone(), trigger.clone(), every.clone()]),
                    process: json!({}),
                },
                Case {
                    operation: "trigger-flow-run",
                    entered: merged(&[shared.clone(), trigger.clone(), expressions.clone()]),
                    process: process.clone(),
                },
            ];
            for operation in ["get-flow-run-status", "get-flow-outputs", "cancel-flow-run"] {
                cases.push(Case {
                    operation,
                    entered: merged(&[shared.clone(), json!({ "flowSessionId": SESSION })]),
                    process: json!({}),
                });
            }
            count += cases.len();
            for case in &cases {
                assert_same_request(&connector, case);
            }
        }
    }
    assert_eq!(count, 36);
}

#[test]
fn hosted_requests_of_the_bookshop_are_the_dispatchers() {
    let connector = bookshop::connector();
    let shared = json!({ "login.type": "bearer", "login.token": "t", "shop": "https://shop.example.org/" });
    let order = json!({ "book": "=4711", "pieces": "2", "address.name": "A \"B\" C" });
    let lists = json!({
        "gift": "=true", "card": "Best", "address.code": "12345", "labels": "=[\"a\", \"b\"]", "speed": "next-day", "limit": "=1.5",
        "extra": "= {a: [1, null]}",
    });
    for (operation, own) in [
        ("find-books", json!({})),
        ("find-books", json!({ "title": "Moby & Dick+", "size": "=5", "inStock": "=true", "language": "de" })),
        ("order-book", order.clone()),
        ("order-book", merged(&[order, lists])),
        ("cancel-order", json!({ "order": "=-7" })),
    ] {
        let case = Case { operation, entered: merged(&[shared.clone(), own]), process: json!({}) };
        assert_same_request(&connector, &case);
    }
}

/// What the dispatcher refuses because of its type gives no request in the hosted template either.
#[test]
fn the_hosted_template_requests_nothing_that_is_not_declared() {
    let connector = power_automate();
    let sound = json!({
        "authentication.type": "bearer", "authentication.token": "t", "organizationUri": "https://o",
        "workflowId": WORKFLOW, "connectionName": "c", "runMode": "attended",
    });
    let process = json!({ "value": null });
    let url = |entered: &Value, process: &Value| {
        let case = Case {
            operation: "trigger-flow-run",
            entered: merged(&[sound.clone(), entered.clone()]),
            process: process.clone(),
        };
        variables(&applied(&template(connector.definition(), Runtime::Hosted), &case), &case.process)["url"].clone()
    };
    assert!(url(&json!({ "inputs": "=value" }), &process).is_string());
    for (name, value) in [
        ("inputs", json!({ "Invoice": "4711" })),
        ("timeout", json!("abc")),
        ("timeout", json!(0)),
        ("timeout", json!("86401")),
        ("connectionType", json!(9)),
        ("runMode", json!("canary")),
    ] {
        let entered = json!({ name: "=value" });
        assert_eq!(url(&entered, &json!({ "value": value })), Value::Null, "{name} {value}");
    }
}

/// The hosted template cannot refuse an input, so what would leave its path segment gives no URL at all.
#[test]
fn no_id_leaves_its_segment_in_the_hosted_template() {
    let connector = power_automate();
    for id in ["a/b", "x)/other(", "?", "#", "%2F", "..", "", "bb2a1f33-e5b9-ed11-83fe-000d3ab4f483\n"] {
        let case = Case {
            operation: "get-flow-outputs",
            entered: json!({ "authentication.type": "bearer", "authentication.token": "t", "organizationUri": "https://o", "flowSessionId": "=id" }),
            process: json!({ "id": id }),
        };
        let hosted = variables(&applied(&template(connector.definition(), Runtime::Hosted), &case), &case.process);
        assert_eq!(hosted["url"], Value::Null, "{id}");
    }
}
