//! What is told of the headers' expressions: before anything is sent, and when they were evaluated.

use super::{INPUT_EXCEPTION, conclusion, headers, incident, not_found};
use opwright::Failure;
use opwright::dispatch::outcome::{Expressions, HeaderFaults, Headers, Outcome};
use opwright_feel::Shape;
use serde_json::{Value, json};

#[test]
fn what_is_wrong_with_expressions_is_found_before_anything_is_sent() {
    let HeaderFaults(faults) =
        Expressions::parse(&headers("", "= {a:", "= error.code = \"404\"")).expect_err("two faults");
    assert_eq!(
        faults.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "Result expression is no FEEL expression: line 1, column 6: expected an expression, found the end",
            "Error expression must return a JSON object, but it can only return boolean",
        ]
    );
    let (position, snippet) = faults[0].place().expect("a place");
    assert_eq!((position.column, snippet.as_str()), (6, "= {a:\n     ^"));
    assert_eq!(faults[1].place(), None);
    for (expression, kind) in [
        ("[response]", "array"),
        ("\"a\"", "string"),
        ("if x then date(y) else null", "string"),
        ("1 + 1", "number"),
        ("for i in [1] return i", "array"),
    ] {
        let faults = Expressions::parse(&headers("", expression, "")).expect_err(expression);
        let message = format!("Result expression must return a JSON object, but it can only return {kind}");
        assert_eq!(faults.outcome(), incident(INPUT_EXCEPTION, &message), "{expression}");
    }
    for expression in ["response", "null", "if x then {} else 1", "get or else(x, {})", "x[1]", "[{}][1]", "f(1)"] {
        assert!(Expressions::parse(&headers("", expression, expression)).is_ok(), "{expression}");
    }
}

#[test]
fn what_becomes_null_in_silence_is_remarked_but_for_what_always_does() {
    let remarks = |result: &str, error: &str, ended| {
        let told = conclusion(&headers("", result, error), ended, 3).remarks;
        told.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let response = || Ok(json!({ "body": { "id": 1 } }));
    assert_eq!(
        remarks("= {a: response.boddy}", "", response()),
        ["resultExpression, line 1, column 16: `response.boddy` is missing: did you mean `body`?"]
    );
    assert_eq!(
        remarks("= {a: 1}", "= frobnicate(1)", response()),
        ["errorExpression, line 1, column 3: there is no function `frobnicate`"]
    );
    // One of the two is missing whenever the other is there.
    let both = "= if error.code = \"404\" or response.status = 202 or body.x > 1 then bpmnError(\"A\") else null";
    assert_eq!(remarks("= {status: 200, body: {x: 1}}", both, response()), Vec::<String>::new());
    assert_eq!(remarks("", both, Err(not_found())), Vec::<String>::new());
    let misspelt = "= if error.kode = \"404\" then bpmnError(\"A\") else null";
    assert_eq!(remarks("", misspelt, response()), Vec::<String>::new());
    assert_eq!(
        remarks("", misspelt, Err(not_found())),
        ["errorExpression, line 1, column 12: `error.kode` is missing: did you mean `code`?"]
    );
    assert_eq!(
        remarks("", "= if job.retry > 1 then null else {}", Err(not_found()))[0],
        "errorExpression, line 1, column 10: `job.retry` is missing: did you mean `retries`?"
    );
}

/// What is told of an error expression, without its header's name.
fn told(headers: &Headers, ended: Result<Value, Failure>) -> Vec<String> {
    let remarks = conclusion(headers, ended, 3).remarks;
    remarks.iter().map(|remark| remark.to_string().replace("errorExpression, line 1, ", "")).collect()
}

#[test]
fn mistakes_in_an_error_expression_are_told_after_a_failure() {
    for (expression, expected) in [
        ("if eror.code = \"404\" then {} else null", "column 6: there is no variable `eror`: did you mean `error`?"),
        ("if Error.code = \"404\" then {} else null", "column 6: there is no variable `Error`: did you mean `error`?"),
        (
            "if respons.error.code = \"404\" then {} else null",
            "there is no variable `respons`: did you mean `response`?",
        ),
        ("if response.eror.code = \"404\" then {} else null", "`response.eror` is missing: did you mean `error`?"),
        ("if error.code = 404 then {} else null", "column 6: a string cannot be compared with a number"),
        ("if error.code then {} else null", "a condition is true or false, but this is a string: `else` counts"),
        ("jobError(\"X\", {a: errr.message})", "column 21: there is no variable `errr`: did you mean `error`?"),
        ("jobError(\"X\", {a: error.message + job.retries})", "column 21: cannot add a number to a string"),
        ("jobError(\"X\", {a: error.message.text})", "column 35: a string has no `text`"),
        ("jobError(\"X\", {a: error.variables.respons.body})", "`error.variables.respons` is missing: did you mean"),
        ("jobError(\"X\", {a: error.variables.list[1].x})", "column 37: `error.variables.list` is missing"),
        ("jobError(\"X\", {}, jb.retries - 1)", "column 21: there is no variable `jb`"),
        ("jobError(\"X\", {a: substring(error.code, \"1\")})", "substring: it does not take a string, a string"),
    ] {
        let remarks = told(&headers("", "", &format!("= {expression}")), Err(not_found()));
        assert!(remarks.len() == 1 && remarks[0].contains(expected), "{expression}: {remarks:?}");
    }
}

#[test]
fn mistakes_in_an_error_expression_are_told_after_a_success() {
    for (expression, expected) in [
        ("if respons.r = 1 then {} else null", "column 6: there is no variable `respons`: did you mean `response`?"),
        ("if response.state > 3 then {} else null", "column 6: a string cannot be compared with a number"),
        ("if response.stat = 1 then {} else null", "`response.stat` is missing: did you mean `state`?"),
        ("if jb.retries > 1 then {} else null", "column 6: there is no variable `jb`"),
        ("jobError(\"X\", {}, response.stat + 1)", "`response.stat` is missing: did you mean `state`?"),
    ] {
        let remarks = told(&headers("", "", &format!("= {expression}")), Ok(json!({ "state": "done" })));
        assert!(remarks.len() == 1 && remarks[0].contains(expected), "{expression}: {remarks:?}");
    }
}

#[test]
fn what_only_the_other_end_has_is_not_told() {
    let of_success = "= {e: body.items[1].name, f: response.body.count > 3 and -flowOutputs, g: response.stattus, \
                      h: if string length(errors.text) > 1 then 1 else 2, i: for x in orders return x, j: jobs.a}";
    let produces = "= {errors: body, jobs: body}";
    assert_eq!(told(&headers("orders", produces, of_success), Err(not_found())), Vec::<String>::new());
    let of_failure = "= {e: error.variables.items[1].name, f: response.error.code > \"3\" and -error.code, \
                      g: if string length(error.message) > 1 then 1 else 2, h: for x in error.variables.x return x}";
    assert_eq!(told(&headers("", "", of_failure), Ok(json!({}))), Vec::<String>::new());
    // A connection that fails gives no code.
    let by_code =
        "= if error.code = \"404\" or response.error.code > \"5\" then {a: error.variables.response} else null";
    assert_eq!(told(&headers("", "", by_code), Err(Failure::terminal("refused"))), Vec::<String>::new());
}

#[test]
fn an_expression_that_fails_tells_what_was_null_before_and_where_it_is() {
    let ended = conclusion(&headers("", "", "= jobError(\"X\", {}, jb.retries - 1)"), Err(not_found()), 3);
    assert!(matches!(&ended.outcome, Outcome::Fail { message, .. } if message.contains("'retries'")), "{ended:?}");
    let failed_at = ended.failed_at.expect("a place");
    assert_eq!(
        (failed_at.position.column, failed_at.message.as_str()),
        (3, "Parameter 'retries' of function 'jobError' must be a Number")
    );
    assert_eq!(failed_at.snippet.lines().last(), Some("  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^"));

    let ended = conclusion(&headers("", "= {a: boddy, b: modulo(1, 0)}", ""), Ok(json!({ "body": 1 })), 3);
    assert_eq!(ended.remarks[0].message, "there is no variable `boddy`: did you mean `body`?");
    assert_eq!(ended.failed_at.map(|place| place.position.column), Some(17));
    // What an error expression makes of it tells no place.
    let ended = conclusion(&headers("", "= {b: modulo(1, 0)}", "= jobError(\"X\")"), Ok(json!({})), 3);
    assert_eq!(ended.failed_at, None);
    let both = conclusion(&headers("", "= {b: modulo(1, 0)}", "= bpmnError(1)"), Ok(json!({})), 3);
    assert_eq!(both.failed_at.map(|place| place.header.name()), Some("errorExpression"));
    let kept = conclusion(&headers("", "= {b: modulo(1, 0)}", "= null"), Ok(json!({})), 3);
    assert_eq!(kept.failed_at.map(|place| place.header.name()), Some("resultExpression"));
}

#[test]
fn the_example_of_the_docs_repeats_whatever_retries_a_job_has() {
    let page = include_str!("../../../docs/expressions.md");
    let (_, from) = page.split_once("```feel\n").expect("an example");
    let (example, _) = from.split_once("```").expect("its end");
    for (retries, least) in [(1, 36), (3, 9), (4, 9), (10, 9)] {
        let failure = Failure::terminal("Too Many Requests").with_code("429");
        let ended = conclusion(&headers("", "", example), Err(failure), retries);
        assert_eq!(ended.remarks, []);
        let Outcome::Fail { message, retries: left, backoff: Some(backoff), .. } = ended.outcome else {
            panic!("{ended:?}")
        };
        assert_eq!((message.as_str(), left), ("busy", retries - 1));
        assert!(backoff.as_secs() >= least && backoff.as_secs() < 45, "{retries}: {backoff:?}");
    }
    let not_caught = conclusion(&headers("", "", example), Err(Failure::terminal("refused")), 3);
    assert_eq!((&not_caught.remarks, &not_caught.failed_at), (&Vec::new(), &None));
}

#[test]
fn slips_are_found_before_there_is_a_response() {
    let slips = |variable: &str, result: &str, error: &str| {
        let expressions =
            Expressions::parse(&headers(variable, result, error)).unwrap_or_else(|faults| panic!("{faults}"));
        expressions.slips().iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let expression = "= if eror.code = \"404\" or body.x or jobs.a or error.items[errr = 1].a then {a: jb} else null";
    assert_eq!(
        slips("", "= {jobs: body}", expression),
        [
            "errorExpression, line 1, column 6: there is no `eror` here: did you mean `error`?",
            "errorExpression, line 1, column 80: there is no `jb` here: did you mean `job`?",
        ]
    );
    assert_eq!(slips("eror", "= {jb: body, jobs: body}", expression), Vec::<String>::new());
    assert_eq!(slips("", "= {a: eror}", ""), Vec::<String>::new());
}

#[test]
fn a_check_needs_no_response() {
    let checked = |result: &str, error: &str, response: &Shape| {
        let expressions = Expressions::parse(&headers("", result, error)).unwrap_or_else(|faults| panic!("{faults}"));
        expressions.check(response).iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let members = [("status", Shape::Number), ("body", Shape::Any)];
    let response = Shape::context(members.clone());
    let response = Shape::context(members.into_iter().chain([("response", response)]));
    assert_eq!(
        checked("= {a: stattus, b: response.boddy, c: body.x.y, d: orderId}", "= {errorType: error.kind}", &response),
        [
            "resultExpression, line 1, column 7: there is no `stattus` here: did you mean `status`?",
            "resultExpression, line 1, column 28: `response` has no `boddy`: did you mean `body`?",
            "resultExpression, line 1, column 51: there is no `orderId` here; there is `a`, `b`, `c`, `status`, \
             `body`, `response`",
            "errorExpression, line 1, column 21: `error` has no `kind`; there is `type`, `message`, `code`, \
             `variables`",
        ]
    );
    assert_eq!(checked("= {a: anything}", "= {errorType: anything}", &Shape::Any), Vec::<String>::new());
    assert_eq!(
        checked("= status", "= error.code", &response),
        [
            "resultExpression, line 1, column 3: it gives a number, but only a context's entries become variables: \
             write `= {name: …}`",
            "errorExpression, line 1, column 3: it gives a string, but only a context is an error: write \
             `= bpmnError(…)`, `jobError(…)` or `ignoreError(…)`",
        ]
    );
    for sound in ["= body", "= response", "= if status = 204 then null else {a: status}", "= null"] {
        assert_eq!(checked(sound, "= null", &response), Vec::<String>::new(), "{sound}");
    }
}

#[test]
fn headers_are_read_by_their_names() {
    let known = |name: &str| (name != "retryBackoff").then(|| name.to_owned());
    assert_eq!(Headers::read(known), headers("resultVariable", "resultExpression", "errorExpression"));
}
