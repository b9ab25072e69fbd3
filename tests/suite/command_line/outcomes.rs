//! `run` tells what a process would receive, or what an engine would be told.

use super::emulated::{EmulatorProcess, run};
use super::{Ended, SESSION, Untouched, end_with_input, opwright, session_input};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread::JoinHandle;

/// An emulator that knows `canary-token`.
fn emulator() -> EmulatorProcess {
    EmulatorProcess::start(&["--bearer-token", "canary-token", "--waiting-seconds", "0", "--running-seconds", "0"])
}

fn triggered(emulator: &EmulatorProcess, arguments: &[&str]) -> Ended {
    let mut input = session_input(&emulator.uri(), SESSION);
    let members = input.as_object_mut().expect("an object");
    members.remove("flowSessionId");
    members.insert("workflowId".to_owned(), json!("0a1b2c3d-1111-2222-3333-444455556666"));
    members.insert("connectionName".to_owned(), json!("shared-uiflow"));
    members.insert("runMode".to_owned(), json!("attended"));
    run("trigger-flow-run", &input, &[], arguments)
}

/// Asks for a session that there is not.
fn not_found(emulator: &EmulatorProcess, arguments: &[&str]) -> Ended {
    run("get-flow-outputs", &session_input(&emulator.uri(), SESSION), &[], arguments)
}

#[test]
fn a_process_receives_what_the_template_sets() {
    let emulator = emulator();
    let by_default = triggered(&emulator, &[]);
    assert_eq!((by_default.code, by_default.err.as_str()), (0, ""), "{by_default:?}");
    let variables = by_default.json();
    assert_eq!(variables.as_object().map(serde_json::Map::len), Some(1), "{variables}");
    assert!(variables["flowSessionId"].is_string(), "{variables}");

    let both = triggered(&emulator, &["--result-variable", "answer"]).json();
    assert_eq!(both["flowSessionId"], both["answer"]["body"]["flowsessionId"]);
    assert_eq!(both["answer"]["status"], 200);

    let own = triggered(&emulator, &["--result-expression", "= {code: status, unprefixed: body.flowsessionId}"]).json();
    assert_eq!((&own["code"], own["unprefixed"].is_string()), (&json!(200), true));

    let dropped = triggered(&emulator, &["--result-expression", " "]);
    assert_eq!((dropped.code, dropped.json()), (0, json!({})));
    assert!(dropped.err.contains("the response is dropped. --raw shows it."), "{}", dropped.err);

    let raw = triggered(&emulator, &["--raw"]).json();
    assert_eq!((&raw["status"], raw["body"]["flowsessionId"].is_string()), (&json!(200), true));

    let json = triggered(&emulator, &["--format", "json"]).json();
    assert_eq!((&json["outcome"], &json["warnings"]), (&json!("complete"), &json!([])));
    assert!(json["variables"]["flowSessionId"].is_string(), "{json}");
}

#[test]
fn what_becomes_null_in_silence_is_told() {
    let emulator = emulator();
    let expression = "= {\n  id: response.boddy,\n  order: orderId\n}";
    let text = triggered(&emulator, &["--result-expression", expression]);
    assert_eq!((text.code, text.json()), (0, json!({ "id": null, "order": null })));
    assert_eq!(
        text.err,
        "warning: resultExpression, line 2, column 16: `response.boddy` is missing: did you mean `body`?\n  \
         \x20 id: response.boddy,\n  \
         \x20              ^^^^^\n\
         warning: resultExpression, line 3, column 10: there is no variable `orderId`\n  \
         \x20 order: orderId\n  \
         \x20        ^^^^^^^\n"
    );
    let deeper = triggered(&emulator, &["--format", "json", "--result-expression", "= {id: body.flowsesionId}"]).json();
    let message = "`body.flowsesionId` is missing: did you mean `flowsessionId`?";
    assert_eq!(
        deeper["warnings"],
        json!([{ "header": "resultExpression", "line": 1, "column": 13, "message": message }])
    );
}

/// A server that gives one answer, with a body of JSON.
fn answering(body: &'static str) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let uri = format!("http://{}", listener.local_addr().expect("an address"));
    let served = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        let _ = stream.read(&mut [0; 4096]).expect("a request");
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
        stream.write_all(format!("{head}{body}").as_bytes()).expect("an answer");
    });
    (uri, served)
}

#[test]
fn a_member_that_is_not_declared_is_no_fault_once_it_is_there() {
    let expression = ["--result-expression", "= {surplus: body.surplus}"];
    let (uri, served) = answering("{ \"surplus\": 1 }");
    let input = session_input(&uri, SESSION);
    let dry = run("get-flow-run-status", &input, &[], &[&expression[..], &["--dry-run"]].concat());
    assert!(dry.err.contains("`body` has no `surplus`"), "{}", dry.err);
    let sent = run("get-flow-run-status", &input, &[], &expression);
    served.join().expect("a server");
    assert_eq!((sent.code, sent.err.as_str()), (0, ""), "{sent:?}");
    assert_eq!(sent.json(), json!({ "surplus": 1 }));
}

#[test]
fn a_result_that_can_be_no_context_is_told_before_anything_is_sent() {
    let input = session_input("http://127.0.0.1:9", SESSION);
    let dry = run("get-flow-run-status", &input, &[], &["--result-expression", "= status", "--dry-run"]);
    assert_eq!(dry.code, 0, "{dry:?}");
    assert!(dry.err.contains("it gives a number, but only a context's entries become variables"), "{}", dry.err);
}

#[test]
fn an_error_expression_decides_what_an_engine_is_told() {
    let emulator = emulator();
    let caught = "= if error.code = \"404\" then bpmnError(\"NO_RUN\", \"no run \" + error.message, {status: error.code}) else null";
    let text = not_found(&emulator, &["--error-expression", caught]);
    assert_eq!((text.code, text.out.as_str()), (7, ""), "{text:?}");
    assert_eq!(text.err, "error: BPMN error NO_RUN: no run Not Found\nvariables: {\n  \"status\": \"404\"\n}\n");
    let json = not_found(&emulator, &["--format", "json", "--error-expression", caught]);
    assert_eq!((json.code, json.err.as_str()), (7, ""));
    assert_eq!(
        json.json(),
        json!({
            "outcome": "bpmnError", "code": "NO_RUN", "message": "no run Not Found",
            "variables": { "status": "404" }, "warnings": [],
        })
    );
    // It is evaluated after a success too, where it finds nothing, and nothing to warn of.
    let succeeded = triggered(&emulator, &["--error-expression", caught]);
    assert_eq!((succeeded.code, succeeded.err.as_str()), (0, ""), "{succeeded:?}");

    let ignored = not_found(&emulator, &["--error-expression", "= ignoreError({outputs: []})"]);
    assert_eq!((ignored.code, ignored.json()), (0, json!({ "outputs": [] })));
    assert_eq!(ignored.err, "The operation failed, and the error expression ignores it.\n");

    let failed = "= jobError(\"later\", {seen: job.retries}, job.retries - 1, @\"PT1M30S\")";
    let repeated = not_found(&emulator, &["--retries", "2", "--error-expression", failed]);
    assert_eq!((repeated.code, repeated.out.as_str()), (5, ""), "{repeated:?}");
    assert_eq!(
        repeated.err,
        "error: later\nvariables: {\n  \"seen\": 2,\n  \"error\": \"later\"\n}\n1 retry is left: the job is repeated after 90 s.\n"
    );
    let last = not_found(&emulator, &["--retries", "1", "--error-expression", failed]);
    assert_eq!(last.code, 6, "{last:?}");

    let on_success = triggered(
        &emulator,
        &["--error-expression", "= if response.flowSessionId != null then bpmnError(\"STARTED\") else null"],
    );
    assert_eq!((on_success.code, on_success.err.as_str()), (7, "error: BPMN error STARTED\n"), "{on_success:?}");
}

#[test]
fn a_slip_in_an_error_expression_is_told_after_a_failure() {
    let emulator = emulator();
    let slip = "= if eror.code = \"404\" then bpmnError(\"X\") else null";
    let ended = not_found(&emulator, &["--error-expression", slip]);
    assert_eq!(ended.code, 6, "{ended:?}");
    let told = "warning: errorExpression, line 1, column 6: there is no variable `eror`: did you mean `error`?";
    assert!(
        ended.err.starts_with(&format!("{told}\n  {slip}\n       ^^^^\nerror: Not Found (code 404)\n")),
        "{ended:?}"
    );
}

#[test]
fn an_expression_that_fails_is_pointed_at() {
    let emulator = emulator();
    let ended = not_found(&emulator, &["--error-expression", "= bpmnError(404)"]);
    assert_eq!(ended.code, 6, "{ended:?}");
    let told =
        "Parameter 'errorCode' of function 'bpmnError' must be a String. It was to judge this: Not Found (code 404)";
    let expected = format!(
        "error: Error expression failed at line 1, column 3: {told}\n  = bpmnError(404)\n    ^^^^^^^^^^^^^^\nvariables: "
    );
    assert!(ended.err.starts_with(&expected), "{}", ended.err);
    let ended = triggered(&emulator, &["--result-expression", "= {a: boddy,\n b: modulo(1, 0)}"]);
    assert_eq!(ended.code, 6, "{ended:?}");
    assert!(
        ended.err.contains("there is no variable `boddy`: did you mean `body`?\n  = {a: boddy,\n"),
        "{}",
        ended.err
    );
    assert!(ended.err.contains(".\n   b: modulo(1, 0)}\n      ^^^^^^^^^^^^\nvariables: "), "{}", ended.err);
}

#[test]
fn a_result_that_is_no_object_is_an_incident_that_tells_no_value() {
    let emulator = emulator();
    let ended = triggered(&emulator, &["--result-expression", "= response.body.flowsessionId"]);
    assert_eq!((ended.code, ended.out.as_str()), (6, ""), "{ended:?}");
    assert!(
        ended.err.starts_with("error: Result expression must return a JSON object, but got string.\n"),
        "{}",
        ended.err
    );
}

#[test]
fn expressions_are_read_before_anything_is_sent() {
    let server = Untouched::new();
    let input = session_input(&server.uri(), SESSION);
    let faulty = ["--result-expression", "= {a: canary-token", "--error-expression", "= error.code = \"404\""];
    for dry in [&[][..], &["--dry-run"]] {
        let text = run("get-flow-outputs", &input, &[], &[&faulty[..], dry].concat());
        assert_eq!((text.code, text.out.as_str()), (3, ""), "{text:?}");
        assert_eq!(
            text.err,
            "error: Result expression is no FEEL expression: line 1, column 19: expected `,` or `}`, found the end\n  \
             = {a: ***\n                    ^\n\
             error: Error expression must return a JSON object, but it can only return boolean\nNothing was sent.\n"
        );
    }
    let json = run("get-flow-outputs", &input, &[], &[&faulty[..], &["--format", "json"]].concat());
    assert_eq!((json.code, json.err.as_str()), (3, ""));
    let error = &json.json()["error"];
    assert_eq!(error["kind"], "expression");
    assert_eq!(
        (&error["expressions"][0]["header"], &error["expressions"][0]["column"], &error["expressions"][1]["line"]),
        (&json!("resultExpression"), &json!(19), &Value::Null)
    );
    assert!(!error["message"].as_str().unwrap_or_default().contains("Nothing was sent"), "{error}");
}

#[test]
fn a_dry_run_checks_the_expressions() {
    let server = Untouched::new();
    let input = session_input(&server.uri(), SESSION);
    let expressions =
        ["--result-expression", "= {a: sttus}", "--error-expression", "= bpmError(error.kode, eror.code)"];
    let text = run("get-flow-outputs", &input, &[], &[&expressions[..], &["--dry-run"]].concat());
    assert_eq!(text.code, 0, "{text:?}");
    for expected in [
        "warning: resultExpression, line 1, column 7: there is no `sttus` here: did you mean `status`?\n",
        "there is no function `bpmError`: did you mean `bpmnError`?\n",
        "`error` has no `kode`: did you mean `code`?\n",
        "warning: errorExpression, line 1, column 24: there is no `eror` here: did you mean `error`?\n",
    ] {
        assert!(text.err.contains(expected), "{expected}: {}", text.err);
    }
    let json = run("get-flow-outputs", &input, &[], &[&expressions[..], &["--dry-run", "--format", "json"]].concat());
    assert_eq!((json.code, json.json()["warnings"].as_array().map(Vec::len)), (0, Some(4)), "{json:?}");
}

#[test]
fn a_secret_is_masked_in_whatever_an_expression_makes_of_it() {
    let emulator = emulator();
    let mut input = session_input(&emulator.uri(), SESSION);
    let members = input.as_object_mut().expect("an object");
    members["authentication"]["token"] = json!("{{secrets.TOKEN}}");
    let expressions = [
        "= bpmnError(\"canary-token\", \"canary-token\", {x: \"canary-token\"})",
        "= jobError(\"canary-token\", {x: [\"canary-token\"]}, 2)",
        "= ignoreError({x: \"canary-token\"})",
        "= assert(1, false, \"canary-token\")",
        "= {\"canary-token\": nothing}",
    ];
    for expression in expressions {
        for format in ["text", "json"] {
            let mut command = opwright(&["run", "power-automate", "get-flow-outputs", "-i", "-", "--format", format]);
            command.args(["--error-expression", expression]).env("SECRET_TOKEN", "canary-token");
            let ended = end_with_input(&mut command, input.to_string().as_bytes());
            assert!(!ended.printed().contains("canary"), "{expression}: {ended:?}");
            assert_eq!(ended.printed().contains("***"), expression.contains("Error("), "{expression}: {ended:?}");
        }
    }
}
