//! The contract's tables row by row: what becomes of a job by its error expression (section 3.2) and by the kind of its
//! failure (section 4.1).

use crate::broker::{Process, World};
use crate::records::{self, Ended};
use serde_json::{Value, json};

/// What a row promises.
enum Promised {
    /// The instance completes with these variables, among others.
    Variables(Value),
    /// The boundary event catches it; the variables are set.
    Caught(Value),
    /// An incident with a message that begins so, after one failure.
    Incident(&'static str),
    /// The first failure has so many retries left, this message and this back-off in milliseconds.
    Failed(i64, &'static str, u64),
}
use Promised::{Caught, Failed, Incident, Variables};

/// A row's name, how its operation ends, its task headers, what it promises.
type Row = (&'static str, &'static str, &'static [(&'static str, &'static str)], Promised);

const KEPT: (&str, &str) = ("resultVariable", "answer");
const BACKOFF: (&str, &str) = ("retryBackoff", "PT80S");

/// All rows side by side.
async fn check(world: &World, rows: Vec<Row>) {
    let mut started = Vec::new();
    for (name, how, headers, promised) in rows {
        let id = format!("{}-{name}", world.job_type.replace(':', "-"));
        let process = Process::ending(&id, how);
        let process = headers.iter().fold(process, |process, (name, value)| process.header(name, value));
        started.push((name, world.start(&process, &json!({})).await, promised));
    }
    for (name, instance, promised) in started {
        match promised {
            Variables(expected) => {
                hold(name, &expected, &records::ended(&instance).await);
                assert_eq!(records::caught(&instance), None, "{name}");
            }
            Caught(expected) => {
                records::ended(&instance).await;
                let caught = records::caught(&instance).unwrap_or_else(|| panic!("{name}: it is not caught"));
                assert_eq!(Value::Object(caught), expected, "{name}");
            }
            Incident(message) => {
                let ended = records::ended(&instance).await;
                let Ended::Incident { message: told, .. } = ended else { panic!("{name}: {ended:?}") };
                assert!(told.starts_with(message), "{name}: {told}");
                assert_eq!(records::failures(&instance).len(), 1, "{name}");
            }
            Failed(retries, message, backoff) => {
                let failure = &records::failed(&instance, 1).await[0];
                let told = (&failure["retries"], &failure["errorMessage"], &failure["retryBackoff"]);
                assert_eq!(told, (&json!(retries), &json!(message), &json!(backoff)), "{name}");
                assert!(failure["variables"]["error"].is_object() || name.contains("jobError"), "{name}: {failure}");
            }
        }
    }
}

/// The expected variables are there; those that are null are not.
fn hold(name: &str, expected: &Value, ended: &Ended) {
    let Ended::Completed(variables) = ended else { panic!("{name}: {ended:?}") };
    for (variable, value) in expected.as_object().expect("an object") {
        assert_eq!(variables.get(variable).unwrap_or(&Value::Null), value, "{name}: {variable} of {variables:?}");
    }
}

#[tokio::test]
async fn an_error_expression_has_the_last_word() {
    let world = World::new("words").await;
    let rows: Vec<Row> = vec![
        ("null-well", "well", &[KEPT, ("errorExpression", "= null")], Variables(json!({ "answer": "well" }))),
        ("null-failed", "broken", &[("errorExpression", "= null")], Failed(2, "broken", 0)),
        ("empty-well", "well", &[KEPT, ("errorExpression", "= {}")], Variables(json!({ "answer": "well" }))),
        ("empty-failed", "broken", &[("errorExpression", "= {}")], Failed(2, "broken", 0)),
        (
            "bpmn-well",
            "well",
            &[
                KEPT,
                ("errorExpression", r#"= if response.answer = "well" then bpmnError("CAUGHT", "x", {a: 1}) else null"#),
            ],
            Caught(json!({ "a": 1 })),
        ),
        (
            "bpmn-failed",
            "broken",
            &[KEPT, ("errorExpression", r#"= bpmnError("CAUGHT", error.message, {told: error.message})"#)],
            Caught(json!({ "told": "broken" })),
        ),
        ("bpmn-one", "broken", &[KEPT, ("errorExpression", r#"= bpmnError("CAUGHT")"#)], Caught(json!({}))),
        (
            "bpmn-context",
            "broken",
            &[KEPT, ("errorExpression", r#"= {errorType: "bpmnError", errorCode: "CAUGHT"}"#)],
            Caught(json!({})),
        ),
        (
            "no-code-well",
            "well",
            &[KEPT, ("errorExpression", r#"= {errorType: "bpmnError", errorMessage: "x"}"#)],
            Variables(json!({ "answer": "well" })),
        ),
        (
            "no-code-failed",
            "broken",
            &[KEPT, ("errorExpression", r#"= {errorType: "bpmnError"}"#)],
            Failed(2, "broken", 0),
        ),
        (
            "jobError-well",
            "well",
            &[KEPT, ("errorExpression", r#"= jobError("no", {}, 7, @"PT60S")"#)],
            Failed(7, "no", 60_000),
        ),
        (
            "jobError-failed",
            "broken",
            &[KEPT, ("errorExpression", r#"= jobError(error.message + "!", {}, job.retries + 1)"#)],
            Failed(4, "broken!", 0),
        ),
        ("jobError-final", "broken", &[KEPT, ("errorExpression", r#"= jobError("the end")"#)], Incident("the end")),
        (
            "ignore-well",
            "well",
            &[KEPT, ("errorExpression", "= ignoreError({forgiven: true})")],
            Variables(json!({ "forgiven": true, "answer": null })),
        ),
        (
            "ignore-failed",
            "broken",
            &[KEPT, ("errorExpression", "= ignoreError()")],
            Variables(json!({ "answer": null })),
        ),
        (
            "unknown",
            "well",
            &[KEPT, ("errorExpression", r#"= {errorType: "oddError"}"#)],
            Incident("Error expression must return an error or null: there is no such `errorType`"),
        ),
        (
            "untyped",
            "broken",
            &[KEPT, ("errorExpression", "= {a: 1}")],
            Incident("Error expression must return an error or null: `errorType` must be"),
        ),
        (
            "number",
            "well",
            &[KEPT, ("errorExpression", "= job.retries")],
            Incident("Error expression must return a JSON object, but got number."),
        ),
        (
            "list",
            "broken",
            &[KEPT, ("errorExpression", "= [error]")],
            Incident("Error expression must return a JSON object, but it can only return array"),
        ),
        (
            "fails",
            "broken",
            &[KEPT, ("errorExpression", r#"= bpmnError(error.code, "no code")"#)],
            Incident("Error expression"),
        ),
    ];
    check(&world, rows).await;
    world.end().await;
}

#[tokio::test]
async fn the_kind_of_a_failure_decides_on_retries_and_back_off() {
    let world = World::new("kinds").await;
    let rows: Vec<Row> = vec![
        ("any", "broken", &[], Failed(2, "broken", 0)),
        ("any-backoff", "broken", &[BACKOFF], Failed(2, "broken", 80_000)),
        ("own-backoff", "later", &[BACKOFF], Failed(2, "not now", 90_000)),
        ("terminal", "terminal", &[BACKOFF], Incident("it cannot be mended (code T1)")),
        ("bpmn", "bpmn", &[], Caught(json!({}))),
        ("input", "=17", &[BACKOFF], Incident("the input is refused:")),
        ("secret", "{{secrets.NOWHERE}}", &[BACKOFF], Incident("Secret with name 'NOWHERE' is not available")),
        (
            "backoff-header",
            "well",
            &[("retryBackoff", " ")],
            Incident("Failed to parse retry backoff header. Expected ISO-8601 duration, e.g. PT5M, got: "),
        ),
        (
            "timeout-header",
            "well",
            &[("jobTimeout", "1h")],
            Incident("Failed to parse job timeout header. Expected ISO-8601 duration, e.g. PT10M, got: 1h"),
        ),
        (
            "result",
            "well",
            &[BACKOFF, ("resultExpression", "= response")],
            Incident("Result expression must return a JSON object, but got string."),
        ),
        (
            "error-expression",
            "broken",
            &[BACKOFF, ("errorExpression", "= {a: 1}")],
            Incident("Error expression must return"),
        ),
    ];
    check(&world, rows).await;
    world.end().await;
}
