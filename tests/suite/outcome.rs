//! What a job comes to: result variable, result expression, error expression, and which of them wins.

mod headers;

use opwright::Failure;
use opwright::dispatch::DispatchError;
use opwright::dispatch::outcome::{Conclusion, Expressions, Headers, Outcome};
use opwright::dispatch::secrets::{Mask, MissingSecrets};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

const CONNECTOR_EXCEPTION: &str = "io.camunda.connector.api.error.ConnectorException";
const INPUT_EXCEPTION: &str = "io.camunda.connector.api.error.ConnectorInputException";
const FEEL_EXCEPTION: &str = "io.camunda.connector.feel.FeelEngineWrapperException";

/// Headers; a blank one is as good as none.
fn headers(variable: &str, result: &str, error: &str) -> Headers {
    let header = |text: &str| Some(text.to_owned());
    Headers { result_variable: header(variable), result_expression: header(result), error_expression: header(error) }
}

fn conclusion(headers: &Headers, result: Result<Value, Failure>, retries: i32) -> Conclusion {
    let mut mask = Mask::default();
    mask.add("canary");
    Expressions::parse(headers).unwrap_or_else(|faults| panic!("{faults}")).conclude(result, retries, &mask)
}

/// The outcome of a success.
fn success(variable: &str, result: &str, error: &str, response: Value) -> Outcome {
    conclusion(&headers(variable, result, error), Ok(response), 3).outcome
}

/// The outcome of a failure, with three retries left.
fn failed(error: &str, failure: Failure) -> Outcome {
    conclusion(&headers("r", "= {a: 1}", error), Err(failure), 3).outcome
}

fn not_found() -> Failure {
    let mut failure = Failure::terminal("Not Found").with_code("404");
    if let Failure::Terminal { error } = &mut failure {
        error.variables = Some(json!({ "response": { "body": { "detail": "none such" } } }));
    }
    failure
}

fn object(value: Value) -> Map<String, Value> {
    if let Value::Object(members) = value { members } else { panic!("{value} is no object") }
}

fn complete(variables: Value) -> Outcome {
    Outcome::Complete { variables: object(variables) }
}

fn bpmn_error(code: &str, message: Option<&str>, variables: Value) -> Outcome {
    Outcome::BpmnError { code: code.to_owned(), message: message.map(str::to_owned), variables: object(variables) }
}

/// An incident, of an exception of this type.
fn incident(kind: &str, message: &str) -> Outcome {
    Outcome::Fail {
        message: message.to_owned(),
        retries: 0,
        backoff: None,
        variables: object(json!({ "error": { "type": kind, "message": message } })),
    }
}

#[test]
fn the_headers_make_the_variables() {
    let response = json!({ "status": 200, "body": { "id": 17 } });
    for (variable, expression, expected) in [
        ("", "", json!({})),
        (" \t\n", " \n", json!({})),
        ("r", "", json!({ "r": response })),
        (" r.x ", "", json!({ " r.x ": response })),
        ("", "= {id: response.body.id}", json!({ "id": 17 })),
        ("", "{id: body.id, status: status}", json!({ "id": 17, "status": 200 })),
        ("r", "{id: body.id}", json!({ "r": response, "id": 17 })),
        ("r", "{r: body.id, x: null}", json!({ "r": 17, "x": null })),
        ("", "null", json!({})),
        ("", "= nothing", json!({})),
        ("", "= frobnicate(1)", json!({})),
        ("", "{}", json!({})),
        // Nothing but the response is seen.
        (
            "",
            "{job: job, error: error, resultVariable: resultVariable}",
            json!({ "job": null, "error": null, "resultVariable": null }),
        ),
    ] {
        let outcome = success(variable, expression, "", response.clone());
        assert_eq!(outcome, complete(expected), "{variable:?} {expression:?}");
    }
}

#[test]
fn a_response_is_what_it_is() {
    for (response, expression, expected) in [
        (Value::Null, "{a: response, b: x}", json!({ "a": null, "b": null })),
        (json!([1, 2]), "{a: response[2]}", json!({ "a": 2 })),
        (json!("text"), "{a: response}", json!({ "a": "text" })),
        // The whole wins over a member of its name.
        (json!({ "response": 1, "x": 2 }), "{a: response.x, b: response.response}", json!({ "a": 2, "b": 1 })),
    ] {
        assert_eq!(success("", expression, "", response.clone()), complete(expected), "{response}");
        assert_eq!(success("r", "", "", response.clone()), complete(json!({ "r": response })));
    }
}

#[test]
fn a_result_that_is_no_object_is_refused_without_its_value() {
    for (value, kind) in
        [(json!(["v"]), "array"), (json!("v"), "string"), (json!(4711), "number"), (json!(true), "boolean")]
    {
        let expected =
            incident(INPUT_EXCEPTION, &format!("Result expression must return a JSON object, but got {kind}."));
        assert_eq!(success("", "= response", "", value.clone()), expected);
        assert_eq!(success("r", "= response", "", value), expected);
    }
}

#[test]
fn a_result_never_calls_a_function() {
    let refused =
        incident(INPUT_EXCEPTION, "The connector result contains a forbidden literal 'camunda.function.type'.");
    let call = json!({ "x": [{ "camunda.function.type": "getText", "params": [] }] });
    assert_eq!(success("", "= {a: response}", "", call.clone()), refused);
    assert_eq!(success("r", "", "", call.clone()), refused);
    assert_eq!(success("", "= {\"camunda.function.type\": 1}", "", json!({})), refused);
    assert_eq!(success("", "= {a: \"{\\\"camunda.function.type\\\": 1}\"}", "", json!({})), refused);
    assert_eq!(success("", "", "= ignoreError(response)", call.clone()), refused);
    // What the process does not receive may hold it.
    assert_eq!(success("", "= {a: 1}", "", call), complete(json!({ "a": 1 })));
}

#[test]
fn an_expression_that_fails_is_final_since_the_operation_was_executed() {
    let message = "Result expression failed at line 1, column 7: too *** small.";
    assert_eq!(
        success("", "= {a: assert(body, false, \"too canary small\")}", "", json!({})),
        incident(FEEL_EXCEPTION, message)
    );
    // The error expression still judges it.
    let judged = success("", "= {a: assert(1, false)}", "= ignoreError({kind: error.type})", json!({}));
    assert_eq!(judged, complete(json!({ "kind": FEEL_EXCEPTION })));
}

#[test]
fn failures_without_an_error_expression() {
    let error = json!({
        "type": CONNECTOR_EXCEPTION, "message": "Not Found", "code": "404",
        "variables": { "response": { "body": { "detail": "none such" } } },
    });
    assert_eq!(
        failed("", not_found()),
        Outcome::Fail {
            message: "Not Found (code 404)".to_owned(),
            retries: 0,
            backoff: None,
            variables: object(json!({ "error": error })),
        }
    );
    for (left, expected) in [(3, 2), (1, 0), (0, 0), (i32::MIN, 0)] {
        for after in [None, Some(Duration::from_secs(7))] {
            let failure =
                after.map_or_else(|| std::io::Error::other("busy").into(), |after| Failure::retry_after("busy", after));
            let Outcome::Fail { retries, backoff, .. } = conclusion(&Headers::default(), Err(failure), left).outcome
            else {
                panic!("a failure");
            };
            assert_eq!((retries, backoff), (expected, after), "{left}");
        }
    }
    assert_eq!(failed("", Failure::bpmn("GONE", "it is gone")), bpmn_error("GONE", Some("it is gone"), json!({})));
    let missing = DispatchError::Secrets(MissingSecrets(BTreeMap::from([("A".to_owned(), ["x".to_owned()].into())])));
    assert_eq!(failed("", missing.into_failure()), incident(INPUT_EXCEPTION, "Secret with name 'A' is not available"));
}

#[test]
fn what_an_error_expression_sees() {
    let seen = "= ignoreError({error: error, response: response, job: job, status: status, r: r, a: a})";
    let error = json!({
        "type": CONNECTOR_EXCEPTION, "message": "Not Found", "code": "404",
        "variables": { "response": { "body": { "detail": "none such" } } },
    });
    assert_eq!(
        failed(seen, not_found()),
        complete(json!({
            "error": error, "response": { "error": error }, "job": { "retries": 3 },
            "status": null, "r": null, "a": null,
        }))
    );
    let response = json!({ "status": 200, "job": "theirs" });
    for (variable, expression, sees) in [
        // The raw response if no variable is set …
        ("", "", json!({ "response": response, "status": 200, "r": null, "a": null })),
        ("", "null", json!({ "response": response, "status": 200, "r": null, "a": null })),
        // … and otherwise the variables.
        ("r", "", json!({ "response": { "r": response }, "status": null, "r": response, "a": null })),
        (
            "",
            "= {a: 1, response: 2}",
            json!({ "response": { "a": 1, "response": 2 }, "status": null, "r": null, "a": 1 }),
        ),
    ] {
        let mut expected = object(json!({ "error": null, "job": { "retries": 3 } }));
        expected.append(&mut object(sees));
        let outcome = success(variable, expression, seen, response.clone());
        assert_eq!(outcome, complete(Value::Object(expected)), "{variable:?} {expression:?}");
    }
    let thrown = failed(
        "= ignoreError({code: error.code, x: error.variables.x})",
        Failure::Bpmn { code: "GONE".to_owned(), message: String::new(), variables: Box::new(json!({ "x": 1 })) },
    );
    assert_eq!(thrown, complete(json!({ "code": "GONE", "x": 1 })));
}

#[test]
fn what_an_error_expression_says_wins() {
    let incident = failed("", not_found());
    let zero = Some(Duration::ZERO);
    let fail = |message: &str, retries, backoff, variables| Outcome::Fail {
        message: message.to_owned(),
        retries,
        backoff,
        variables: object(variables),
    };
    for (expression, expected) in [
        ("null", None),
        ("{}", None),
        ("if error.code = \"500\" then bpmnError(\"B\") else null", None),
        ("bpmnError(\"a\", \"b\", {}, 1)", None),
        ("bpmnError(\"A\")", Some(bpmn_error("A", None, json!({})))),
        ("bpmnError(\"A\", \"because\")", Some(bpmn_error("A", Some("because"), json!({})))),
        ("bpmnError(\"A\", \"because\", {x: 1})", Some(bpmn_error("A", Some("because"), json!({ "x": 1 })))),
        (
            "{errorType: \"bpmnError\", errorCode: 404, errorMessage: true}",
            Some(bpmn_error("404", Some("true"), json!({}))),
        ),
        ("{errorType: \"bpmnError\", errorMessage: \"no code\"}", None),
        ("{errorType: \"bpmnError\", errorCode: \" \"}", None),
        ("jobError(\"m\")", Some(fail("m", 0, zero, json!({ "error": "m" })))),
        ("jobError(\"m\", {x: 1, error: 2})", Some(fail("m", 0, zero, json!({ "x": 1, "error": "m" })))),
        ("jobError(\"m\", {}, job.retries - 1)", Some(fail("m", 2, zero, json!({ "error": "m" })))),
        ("jobError(\"m\", {}, -5)", Some(fail("m", 0, zero, json!({ "error": "m" })))),
        ("jobError(\"m\", {}, 1.9)", Some(fail("m", 1, zero, json!({ "error": "m" })))),
        ("jobError(\"m\", {}, 99999999999)", Some(fail("m", i32::MAX, zero, json!({ "error": "m" })))),
        (
            "jobError(\"m\", {}, 5, duration(\"PT10S\"))",
            Some(fail("m", 5, Some(Duration::from_secs(10)), json!({ "error": "m" }))),
        ),
        (
            "{errorType: \"jobError\", retryBackoff: \"PT0.5S\", retries: null}",
            Some(fail("", 0, Some(Duration::from_millis(500)), json!({ "error": "" }))),
        ),
        ("ignoreError()", Some(complete(json!({})))),
        ("ignoreError({x: error.code})", Some(complete(json!({ "x": "404" })))),
    ] {
        assert_eq!(
            failed(expression, not_found()),
            expected.clone().unwrap_or_else(|| incident.clone()),
            "{expression}"
        );
        // After a success too, where `error` is null.
        let outcome = success("", "= {ok: true}", expression, json!({}));
        match (&expected, &outcome) {
            (None, _) => assert_eq!(outcome, complete(json!({ "ok": true })), "{expression}"),
            (Some(Outcome::Complete { .. }), Outcome::Complete { .. }) => {}
            (Some(expected), outcome) => assert_eq!(outcome, expected, "{expression}"),
        }
    }
}

#[test]
fn an_error_expression_that_says_nothing_sound_is_an_incident() {
    let rule = "Error expression must return an error or null: ";
    for (expression, kind, message) in [
        ("= response", INPUT_EXCEPTION, "Error expression must return a JSON object, but got array."),
        (
            "= {errorType: \"bpmError\"}",
            INPUT_EXCEPTION,
            &format!("{rule}there is no such `errorType`; did you mean `bpmnError`."),
        ),
        ("= {a: 1}", INPUT_EXCEPTION, &format!("{rule}`errorType` must be `bpmnError`, `jobError` or `ignoreError`.")),
        (
            "= {errorType: 1}",
            INPUT_EXCEPTION,
            &format!("{rule}`errorType` must be `bpmnError`, `jobError` or `ignoreError`."),
        ),
        ("= {errorType: \"bpmnError\", errorCode: []}", INPUT_EXCEPTION, &format!("{rule}`errorCode` must be text.")),
        (
            "= {errorType: \"jobError\", variables: 1}",
            INPUT_EXCEPTION,
            &format!("{rule}`variables` must be a context."),
        ),
        ("= {errorType: \"jobError\", retries: \"1\"}", INPUT_EXCEPTION, &format!("{rule}`retries` must be a number.")),
        (
            "= {errorType: \"jobError\", retryBackoff: \"P1M\"}",
            INPUT_EXCEPTION,
            &format!("{rule}`retryBackoff` must be a days-time duration such as `@\"PT10S\"`."),
        ),
        (
            "= bpmnError(1)",
            FEEL_EXCEPTION,
            "Error expression failed at line 1, column 3: Parameter 'errorCode' of function 'bpmnError' must be a String.",
        ),
    ] {
        assert_eq!(success("", "", expression, json!(["v"])), incident(kind, message), "{expression}");
    }
    // What it was to judge is not lost.
    let message = "Error expression failed at line 1, column 3: the condition is not fulfilled. It was to judge this: Not Found (code 404)";
    assert_eq!(failed("= assert({}, false)", not_found()), incident(FEEL_EXCEPTION, message));
}

#[test]
fn messages_are_masked_and_as_long_as_a_broker_takes_them() {
    let told = |outcome: &Outcome| match outcome {
        Outcome::Fail { message, variables, .. } => (message.clone(), variables["error"].clone()),
        Outcome::BpmnError { message, .. } => (message.clone().unwrap_or_default(), Value::Null),
        Outcome::Complete { .. } => panic!("{outcome:?}"),
    };
    let (message, error) = told(&failed("", Failure::terminal("the canary sings")));
    assert_eq!((message.as_str(), &error["message"]), ("the *** sings", &json!("the *** sings")));
    let (message, error) = told(&success("", "", "= jobError(response)", json!("the canary sings")));
    assert_eq!((message.as_str(), &error), ("the *** sings", &json!("the *** sings")));
    let (message, _) = told(&success("", "", "= bpmnError(\"A\", response)", json!("the canary sings")));
    assert_eq!(message, "the *** sings");

    // Two units each, after one of one: no pair is cut apart.
    let long = format!("a{}", "\u{1f916}".repeat(4000));
    let cut = format!("a{}", "\u{1f916}".repeat(2999));
    let (message, error) = told(&failed("", Failure::terminal(long.clone())));
    assert_eq!((&message, &error["message"]), (&cut, &json!(cut)));
    assert_eq!(told(&failed("", Failure::bpmn("A", long.clone()))).0, cut);
    let (message, error) = told(&success("", "", "= jobError(response)", json!(long)));
    assert_eq!((&message, &error), (&cut, &json!(long)));
    assert_eq!(told(&success("", "", "= bpmnError(\"A\", response)", json!(long))).0, cut);
    // A secret at the end is masked before it could be cut apart.
    let (message, _) = told(&failed("", Failure::terminal(format!("{}canary", "a".repeat(5997)))));
    assert!(message.ends_with("a***"), "{}", &message[5990..]);
}
