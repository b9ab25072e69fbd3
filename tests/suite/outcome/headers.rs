//! What is told of the headers' expressions: before anything is sent, and when they were evaluated.

use super::{INPUT_EXCEPTION, conclusion, headers, incident, not_found};
use opwright::dispatch::outcome::{Expressions, HeaderFaults, Headers};
use opwright_feel::Shape;
use serde_json::json;

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
}

#[test]
fn headers_are_read_by_their_names() {
    let known = |name: &str| (name != "retryBackoff").then(|| name.to_owned());
    assert_eq!(Headers::read(known), headers("resultVariable", "resultExpression", "errorExpression"));
}
