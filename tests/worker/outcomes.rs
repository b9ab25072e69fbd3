//! What becomes of a job: variables, BPMN errors, failures, incidents.

use crate::broker::{Process, World};
use crate::records::{self, Ended};
use crate::rest_gateway::wait_for;
use serde_json::json;

#[tokio::test]
async fn results_become_variables() {
    let world = World::new("results").await;
    let variables = world.variables();
    for (about, result_variable, result_expression, expected) in [
        ("neither", None, None, json!({ "status": null, "kept": null })),
        ("variable", Some("answer"), None, json!({ "status": 200, "kept": null })),
        ("expression", None, Some("= {kept: response.status}"), json!({ "status": null, "kept": 200 })),
        ("both", Some("answer"), Some("= {kept: status}"), json!({ "status": 200, "kept": 200 })),
        ("null", None, Some("= response.nothing"), json!({ "status": null, "kept": null })),
    ] {
        let mut process = Process::new(&format!("results-{about}"), "trigger-flow-run");
        for (name, value) in [("resultVariable", result_variable), ("resultExpression", result_expression)] {
            if let Some(value) = value {
                process = process.header(name, value);
            }
        }
        let ended = world.run(&process, &variables).await.variables();
        let got = json!({
            "status": ended.get("answer").map(|answer| answer["status"].clone()),
            "kept": ended.get("kept"),
        });
        assert_eq!(got, expected, "{about}: {ended:?}");
    }
    world.end().await;
}

#[tokio::test]
async fn a_bpmn_error_is_caught_by_a_boundary_event() {
    let world = World::new("bpmn-error").await;
    let process = Process::new("bpmn-error", "get-flow-run-status").header(
        "errorExpression",
        r#"= if error.code = "404" then bpmnError("CAUGHT", "no such run", {why: error.message}) else null"#,
    );
    let mut variables = world.variables();
    variables["flowSessionId"] = json!("bb2a1f33-e5b9-ed11-83fe-000d3ab4f483");
    let instance = world.start(&process, &variables).await;
    records::ended(&instance).await.variables();
    let caught = records::caught(&instance).expect("it is caught");
    assert_eq!(caught["why"], json!("Not Found"), "{caught:?}");
    // The broker tells its records before the worker has its answer.
    wait_for(|| world.meters.text().contains(r#"action="bpmn-error""#)).await;
    world.end().await;
}

#[tokio::test]
async fn a_failure_that_no_repetition_mends_is_an_incident_at_once() {
    let world = World::new("terminal").await;
    let process = Process::new("terminal", "get-flow-run-status");
    let mut variables = world.variables();
    variables["flowSessionId"] = json!("bb2a1f33-e5b9-ed11-83fe-000d3ab4f483");
    let instance = world.start(&process, &variables).await;
    let incident = records::ended(&instance).await;
    assert_eq!(
        incident,
        Ended::Incident { kind: "JOB_NO_RETRIES".to_owned(), message: "Not Found (code 404)".to_owned() }
    );
    assert_eq!(records::failures(&instance).len(), 1);
    world.end().await;
}

#[tokio::test]
async fn what_is_wrong_before_the_call_is_an_incident_and_nothing_is_sent() {
    let world = World::new("refused").await;
    let process = |name: &str| Process::new(&format!("refused-{name}"), "trigger-flow-run");
    for (process, expected) in [
        (
            process("secret").input("connectionName", "{{secrets.NOWHERE}}"),
            "Secret with name 'NOWHERE' is not available",
        ),
        (
            process("backoff").header("retryBackoff", "5m"),
            "Failed to parse retry backoff header. Expected ISO-8601 duration, e.g. PT5M, got: 5m",
        ),
        (process("syntax").header("resultExpression", "= {a: }"), "Result expression is no FEEL expression: line 1"),
        (process("list").header("resultExpression", "= [1]"), "Result expression must return a JSON object"),
        (
            process("input").input("workflowId", "=17").without("runMode"),
            "the input is refused:\n  workflowId must be a GUID, such as 0a1b2c3d-1111-2222-3333-444455556666\n  runMode is missing",
        ),
        (process("operation").header("operation", "no-such"), "no-such"),
    ] {
        let id = process.id.clone();
        let incident = world.run(&process, &world.variables()).await.incident();
        assert!(incident.contains(expected), "{id}: {incident}");
    }
    assert_eq!(world.emulator.ledger().len(), 0, "nothing was sent");
    world.end().await;
}

#[tokio::test]
async fn an_error_expression_gives_retries_of_its_own_and_forgives() {
    let world = World::new("job-error").await;
    let mut variables = world.variables();
    variables["flowSessionId"] = json!("bb2a1f33-e5b9-ed11-83fe-000d3ab4f483");
    let process = Process::new("job-error", "get-flow-run-status").header(
        "errorExpression",
        r#"= if job.retries > 2 then jobError("again", {}, job.retries - 1) else ignoreError({gone: true})"#,
    );
    let instance = world.start(&process, &variables).await;
    let ended = records::ended(&instance).await.variables();
    assert_eq!(ended["gone"], json!(true), "{ended:?}");
    let failed = records::failures(&instance);
    assert_eq!(failed.len(), 1, "{failed:#?}");
    assert_eq!(failed[0]["retries"], json!(2));
    assert_eq!(failed[0]["errorMessage"], json!("again"));
    world.end().await;
}

#[tokio::test]
async fn a_failure_tells_the_back_off_of_its_error_expression_before_that_of_the_task() {
    let world = World::with("backoff", |settings| settings.repeat_client_errors = true).await;
    let mut variables = world.variables();
    variables["flowSessionId"] = json!("bb2a1f33-e5b9-ed11-83fe-000d3ab4f483");
    for (name, error_expression, expected) in [
        ("header", "= null", 300),
        ("expression", r#"= jobError("later", {}, 2, @"PT0.2S")"#, 200),
        ("no-delay", r#"= jobError("at once", {}, 2)"#, 0),
    ] {
        let process = Process::new(&format!("backoff-{name}"), "get-flow-run-status")
            .header("retryBackoff", "PT0.3S")
            .header("errorExpression", error_expression);
        let instance = world.start(&process, &variables).await;
        assert_eq!(records::failed(&instance, 1).await[0]["retryBackoff"], json!(expected), "{name}");
    }
    world.end().await;
}

#[tokio::test]
async fn a_refusal_uses_up_the_retries_where_that_is_wanted() {
    let world = World::with("repeated", |settings| settings.repeat_client_errors = true).await;
    let process = Process::new("repeated", "get-flow-run-status");
    let mut variables = world.variables();
    variables["flowSessionId"] = json!("bb2a1f33-e5b9-ed11-83fe-000d3ab4f483");
    let instance = world.start(&process, &variables).await;
    assert_eq!(records::ended(&instance).await.incident(), "Not Found (code 404)");
    let failed = records::failures(&instance);
    let told = |name: &str| failed.iter().map(|failure| failure[name].clone()).collect::<Vec<_>>();
    assert_eq!(told("retries"), [json!(2), json!(1), json!(0)]);
    world.end().await;
}
