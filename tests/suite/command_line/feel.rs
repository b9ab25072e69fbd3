//! `feel`: evaluates, checks and tests expressions.

use super::{Ended, end, end_with_input, opwright};
use serde_json::{Value, json};
use std::fs;

fn feel(arguments: &[&str]) -> Ended {
    end(opwright(&["feel"]).args(arguments))
}

fn feel_with_input(arguments: &[&str], input: &str) -> Ended {
    end_with_input(opwright(&["feel"]).args(arguments), input.as_bytes())
}

#[test]
fn an_expression_is_evaluated() {
    let context = r#"{ "response": { "body": { "id": 17, "items": [{ "price": 1.5 }, { "price": 2 }] } } }"#;
    for (expression, expected) in [
        ("= {id: response.body.id, total: sum(response.body.items.price)}", json!({ "id": 17, "total": 3.5 })),
        ("bpmnError(\"GONE\")", json!({ "errorType": "bpmnError", "errorCode": "GONE" })),
        ("-1", json!(-1)),
        ("response.body.items[price > 1.7].price", json!([2])),
    ] {
        for arguments in [&["eval", expression, "--context", "-"][..], &[expression, "-c", "-"]] {
            let ended = feel_with_input(arguments, context);
            assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{arguments:?}: {ended:?}");
            assert_eq!(ended.json(), expected, "{arguments:?}");
        }
    }
    assert_eq!(feel(&["1 + 1"]).out, "2\n");
}

#[test]
fn a_response_is_seen_as_a_result_expression_sees_it() {
    let response = r#"{ "status": 200, "body": { "id": 17 }, "response": 1 }"#;
    let expression = "= {whole: response.body.id, by_name: body.id}";
    let ended = feel_with_input(&[expression, "--response", "-"], response);
    assert_eq!((ended.code, ended.json()), (0, json!({ "whole": 17, "by_name": 17 })), "{ended:?}");
    let ended = feel_with_input(&["= {a: response[2]}", "--response", "-"], "[1, 2]");
    assert_eq!((ended.code, ended.json()), (0, json!({ "a": 2 })), "{ended:?}");

    let sound = feel_with_input(&["check", "--expression", expression, "--response", "-"], response);
    assert_eq!((sound.code, sound.err.as_str()), (0, "The expression is sound.\n"));
    let arguments =
        ["check", "--expression", "= {a: body.ids, b: response.boddy}", "--response", "-", "--format", "json"];
    let faulty = feel_with_input(&arguments, response);
    assert_eq!((faulty.code, faulty.json().as_array().map(Vec::len)), (1, Some(2)), "{faulty:?}");
    let list = feel_with_input(&["check", "--expression", "= {a: response.b, c: d}", "--response", "-"], "[]");
    assert!(list.code == 1 && list.err.contains("column 22: there is no `d` here"), "{list:?}");
}

#[test]
fn unary_tests_are_evaluated_for_an_input() {
    for (tests, input, expected) in
        [("< 3, [5..7]", "6", true), ("< 3, [5..7]", "4", false), ("\"a\", \"b\"", "\"b\"", true), ("< 0", "-1", true)]
    {
        let ended = feel(&["eval", tests, "--unary", input]);
        assert_eq!((ended.code, ended.out), (0, format!("{expected}\n")), "{tests} {input}");
    }
    let ended = feel(&["< 3", "--unary", "six"]);
    assert_eq!((ended.code, ended.out.as_str()), (1, ""));
    assert_eq!(ended.err, "error: the input of the test is no JSON: it is malformed, at line 1 column 1\n");
}

#[test]
fn what_is_wrong_is_pointed_at() {
    let context = r#"{ "response": { "body": 1 } }"#;
    let missing = feel_with_input(&["= response.boddy", "-c", "-"], context);
    assert_eq!((missing.code, missing.out.as_str()), (0, "null\n"));
    let told = "line 1, column 12: `response.boddy` is missing: did you mean `body`?";
    assert_eq!(missing.err, format!("warning: {told}\n  = response.boddy\n             ^^^^^\n"));
    let json = feel_with_input(&["= response.boddy", "-c", "-", "--format", "json"], context).json();
    let warning = json!({ "line": 1, "column": 12, "message": "`response.boddy` is missing: did you mean `body`?" });
    assert_eq!(json, json!({ "ok": true, "result": null, "warnings": [warning] }));

    let malformed = feel(&["= {\n  a: }"]);
    assert_eq!((malformed.code, malformed.out.as_str()), (1, ""));
    assert_eq!(malformed.err, "error: line 2, column 6: expected an expression, found `}`\n    a: }\n       ^\n");
    let failing = feel(&["--format", "json", "= assert(1, 1 > 2)"]);
    assert_eq!(failing.code, 1);
    assert_eq!(
        failing.json(),
        json!({
            "ok": false,
            "error": { "line": 1, "column": 3, "message": "the condition is not fulfilled" },
            "warnings": [],
        })
    );
}

#[test]
fn what_a_function_takes_is_told() {
    let forms = "`substring` does not take these arguments; there is `substring(string, start position)`, \
                 `substring(string, start position, length)`";
    let ended = feel(&["= substring(\"a\")"]);
    assert_eq!((ended.code, ended.out.as_str()), (0, "null\n"));
    assert_eq!(ended.err, format!("warning: line 1, column 3: {forms}\n  = substring(\"a\")\n    ^^^^^^^^^\n"));
    let json = feel(&["= bpmnError(code: 1)", "--format", "json"]).json();
    let told = json["warnings"][0]["message"].as_str().unwrap_or_default();
    assert!(told.contains("there is `bpmnError(errorCode)`, `bpmnError(errorCode, errorMessage)`"), "{json}");
}

#[test]
fn what_was_null_before_an_expression_failed_is_told() {
    let expression = "= jobError(\"busy\", {}, jb.retries - 1)";
    let text = feel(&[expression]);
    assert_eq!((text.code, text.out.as_str()), (1, ""));
    let lines: Vec<&str> = text.err.lines().filter(|line| !line.starts_with(' ')).collect();
    assert_eq!(
        lines,
        [
            "warning: line 1, column 24: there is no variable `jb`",
            "error: line 1, column 3: Parameter 'retries' of function 'jobError' must be a Number",
        ]
    );
    let json = feel(&[expression, "--format", "json"]);
    assert_eq!((json.code, json.json()["warnings"].as_array().map(Vec::len)), (1, Some(1)), "{json:?}");
}

#[test]
fn a_context_that_cannot_be_taken_is_told() {
    for (context, expected) in [
        ("[1]", "must be a JSON object: the variables by their names"),
        ("{", "is no JSON: it ends too early, at line 1 column 1"),
        ("{\"a\": 1, \"a\": 2}", "names a member twice, at line 1 column 12"),
        (
            "{\"a\":\n 12345678901234567890123}",
            "holds a whole number beyond 64 bits, at line 2 column 2: write it as text",
        ),
    ] {
        let text = feel_with_input(&["= a", "-c", "-"], context);
        assert_eq!((text.code, text.out.as_str()), (1, ""), "{context}");
        let told = format!("the context on standard input {expected}");
        assert_eq!(text.err, format!("error: {told}\n"));
        let check = feel_with_input(&["check", "--expression", "= a", "-c", "-"], context);
        assert_eq!((check.code, check.err), (1, text.err), "{context}");
        let json = feel_with_input(&["= a", "-c", "-", "--format", "json"], context);
        assert_eq!((json.code, &json.json()["error"]["message"]), (1, &json!(told)));
    }
    let absent = feel(&["= a", "-c", "absent.json"]);
    assert_eq!((absent.code, absent.out.as_str()), (1, ""));
    assert!(absent.err.starts_with("error: cannot read the context absent.json: "), "{}", absent.err);
    // These are doubles to Camunda's engine too.
    let ended = feel_with_input(&["= a", "-c", "-"], "{\"a\": 0.1234567890123456789012}");
    assert_eq!((ended.code, ended.out.as_str()), (0, "0.12345678901234568\n"));
}

#[test]
fn files_of_expressions_are_checked() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("a file");
    file("good.feel", "= {\n  // The order.\n  id: response.body.id\n}\n");
    file("names.feel", "= {id: response.boddy.id, sum: summ([1]), each: response.body.items.pirce}\n");
    file("syntax.feel", "= {id: }\n");
    file("context.json", r#"{ "response": { "body": { "id": 1, "items": [{}, { "price": 2 }], "note": null } } }"#);
    let check = |arguments: &[&str]| end(opwright(&["feel", "check"]).args(arguments).current_dir(&folder));

    let good = check(&["good.feel", "-c", "context.json"]);
    assert_eq!((good.code, good.printed().as_str()), (0, "The expression is sound.\n"));
    let all = check(&["good.feel", "names.feel", "syntax.feel", "absent.feel", "--context", "context.json"]);
    assert_eq!((all.code, all.out.as_str()), (1, ""), "{all:?}");
    let lines: Vec<&str> = all.err.lines().filter(|line| !line.starts_with(' ')).collect();
    assert_eq!(
        lines[..4],
        [
            "error: names.feel, line 1, column 17: `response` has no `boddy`: did you mean `body`?",
            "error: names.feel, line 1, column 32: there is no function `summ`: did you mean `sum`?",
            "error: names.feel, line 1, column 69: there is no `pirce`: did you mean `price`?",
            "error: syntax.feel, line 1, column 8: expected an expression, found `}`",
        ]
    );
    assert!(lines[4].starts_with("error: cannot read absent.feel: "), "{lines:?}");
    assert_eq!(lines[5..], ["3 of 4 expressions have faults."]);
    assert!(all.err.contains("\n  = {id: }\n         ^\n"), "{}", all.err);

    // Without an example any name may exist.
    let without = check(&["good.feel", "names.feel", "--format", "json"]);
    assert_eq!((without.code, without.err.as_str()), (1, ""));
    let message = "there is no function `summ`: did you mean `sum`?";
    assert_eq!(without.json(), json!([{ "file": "names.feel", "line": 1, "column": 32, "message": message }]));
    assert_eq!(check(&["good.feel", "--format", "json"]).json(), json!([]));
    // Of what is null in the example, nothing is known.
    let note = check(&["--expression", "= response.body.note.text", "-c", "context.json"]);
    assert_eq!(note.code, 0, "{note:?}");
    let input = end_with_input(&mut opwright(&["feel", "check", "-"]), b"= 1 +");
    assert_eq!(input.code, 1);
    assert!(input.err.starts_with("error: standard input, line 1, column 6: expected "), "{}", input.err);
}

#[test]
fn a_check_needs_something_to_check() {
    let ended = feel(&["check"]);
    assert_eq!(ended.code, 2);
    let usage = ended.err.lines().find(|line| line.starts_with("Usage: ")).unwrap_or_default();
    assert!(usage.contains("FILE") && usage.contains("--expression <FEEL>"), "{}", ended.err);
    assert_eq!(feel(&["check", "a.feel", "--expression", "1"]).code, 2);
}

#[test]
fn an_error_expression_is_checked_for_what_it_sees() {
    let check = |expression: &str| feel(&["check", "--error", "--expression", expression]);
    let sound =
        check("= if error.code = \"404\" or body.x = orderId then jobError(\"x\", {}, job.retries - 1) else null");
    assert_eq!((sound.code, sound.printed().as_str()), (0, "The expression is sound.\n"));
    let faulty =
        check("= if error.kode = \"404\" or eror.code = \"5\" then jobError(\"x\", {}, job.retry) else frob()");
    assert_eq!((faulty.code, faulty.out.as_str()), (1, ""));
    let lines: Vec<&str> = faulty.err.lines().filter(|line| !line.starts_with(' ')).collect();
    assert_eq!(
        lines,
        [
            "error: line 1, column 12: `error` has no `kode`: did you mean `code`?",
            "error: line 1, column 28: there is no `eror` here: did you mean `error`?",
            "error: line 1, column 71: `job` has no `retry`: did you mean `retries`?",
            "error: line 1, column 83: there is no function `frob`",
            "The expression has faults.",
        ]
    );
    let no_error = check("= error.code = \"404\"");
    assert_eq!((no_error.code, no_error.out.as_str()), (1, ""));
    assert_eq!(
        no_error.err,
        "error: line 1, column 1: Error expression must return a JSON object, but it can only return boolean\n  \
         = error.code = \"404\"\n  ^^^^^^^^^^^^^^^^^^^^\nThe expression has faults.\n"
    );
    assert_eq!(check(" = {").code, 1);
    assert_eq!(feel(&["check", "--error", "--expression", "1", "-c", "absent.json"]).code, 2);
}

fn case(case: &Value) -> String {
    case.to_string() + "\n"
}

#[test]
fn cases_that_are_as_expected_pass() {
    let cases = [
        json!({ "id": "a", "expression": "= x + 1", "context": { "x": 1 }, "ok": true, "result": 2.0 }),
        json!({ "expression": "{a: [1.50], b: null}", "ok": true, "result": { "b": null, "a": [1.5] } }),
        json!({ "id": 3, "expression": "1 +", "ok": false, "error": "any" }),
        json!({ "expression": "assert(1, false)", "ok": false }),
        json!({ "expression": "jobError(\"x\").retries", "ok": true, "result": 0 }),
        json!({ "expression": "missing", "ok": true, "result": null }),
    ];
    let ended = feel_with_input(&["test", "-"], &cases.iter().map(case).collect::<String>());
    assert_eq!((ended.code, ended.printed().as_str()), (0, "6 cases: 6 as expected, 0 not\n"));
    let spaced = feel_with_input(&["test", "-"], &(case(&cases[0]).replace('\n', "\r\n") + "\n\r\n \n"));
    assert_eq!((spaced.code, spaced.printed().as_str()), (0, "1 case: 1 as expected, 0 not\n"));
    let json = feel_with_input(&["test", "-", "--format", "json"], &case(&cases[0]));
    assert_eq!(
        json.json(),
        json!({ "cases": 1, "passed": 1, "failed": 0, "broken": 0, "disagreements": [], "brokenLines": [] })
    );
}

#[test]
fn disagreements_are_shown_with_both_values() {
    let cases = [
        json!({ "id": "a", "expression": "x.y", "context": { "x": {} }, "ok": true, "result": [1, { "b": 2 }] }),
        json!({ "expression": "1 + 1", "ok": false }),
        json!({ "expression": "1 + 1", "ok": true, "result": "2" }),
        json!({ "id": "fails", "expression": "1 +", "ok": true, "result": 1 }),
        json!({ "expression": "9007199254740993", "ok": true, "result": 9_007_199_254_740_992.0 }),
        json!({ "expression": "[2, 1]", "ok": true, "result": [1, 2] }),
        json!({ "expression": "{a: 1}", "ok": true, "result": { "a": 1, "b": null } }),
        json!({ "expression": "1", "ok": true, "result": 1 }),
    ];
    let lines = cases.iter().map(case).collect::<String>();
    let ended = feel_with_input(&["test", "-"], &lines);
    assert_eq!((ended.code, ended.err.as_str()), (1, ""), "{ended:?}");
    assert_eq!(
        ended.out,
        "standard input:1 a: x.y\n  + expected [1,{\"b\":2}]\n  - got      null\n    line 1, column 3: `x.y` is missing\n\
         standard input:2: 1 + 1\n  + expected no value\n  - got      2\n\
         standard input:3: 1 + 1\n  + expected \"2\"\n  - got      2\n\
         standard input:4 fails: 1 +\n  + expected 1\n  - got      no value, line 1, column 4: expected an expression, found the end\n\
         standard input:5: 9007199254740993\n  + expected 9007199254740992.0\n  - got      9007199254740993\n\
         standard input:6: [2, 1]\n  + expected [1,2]\n  - got      [2,1]\n\
         standard input:7: {a: 1}\n  + expected {\"a\":1,\"b\":null}\n  - got      {\"a\":1}\n\
         8 cases: 1 as expected, 7 not\n"
    );
    let json = feel_with_input(&["test", "-", "--format", "json"], &lines);
    assert_eq!((json.code, json.err.as_str()), (1, ""));
    let told = json.json();
    assert_eq!((&told["passed"], &told["failed"]), (&json!(1), &json!(7)));
    assert_eq!(told["disagreements"][1]["expected"], json!({ "ok": false }));
    assert_eq!(told["disagreements"][1]["actual"], json!({ "ok": true, "result": 2 }));
    assert_eq!(told["disagreements"][3]["actual"]["error"]["column"], 4);
    assert_eq!(told["disagreements"][3]["place"], "standard input:4");
}

#[test]
fn what_is_expected_is_green_and_what_there_is_instead_is_red() {
    let mut command = opwright(&["feel", "test", "-"]);
    command.env("CLICOLOR_FORCE", "1");
    let ended = end_with_input(&mut command, br#"{"expression": "1", "ok": true, "result": 2}"#);
    assert!(ended.out.contains("  \u{1b}[32m+ expected 2\u{1b}[0m\n  \u{1b}[31m- got      1\u{1b}[0m\n"), "{ended:?}");
}

#[test]
fn lines_without_a_case_are_named() {
    let lines = "\
{\"expression\": \"1\", \"ok\": true, \"result\": 1}

{\"expression\": \"1\"
{\"expression\": 1, \"ok\": true, \"result\": 1}
{\"expression\": \"1\", \"ok\": \"yes\", \"result\": 1}
{\"expression\": \"1\", \"ok\": true, \"reslut\": 1}
{\"expression\": \"1\", \"context\": [], \"ok\": true, \"result\": 1}
{\"expression\": \"1\", \"ok\": true, \"result\": 1, \"result\": 2}
{\"expression\": \"x\", \"context\": {\"x\": 12345678901234567890123}, \"ok\": true, \"result\": 1}
[]
{\"expression\": \"1\", \"ok\": true}
{\"expression\": \"1\", \"contex\": {}, \"ok\": true, \"result\": 1}
{\"expression\": \"1\", \"context\": {}, \"ok\": true, \"result\": 1, \"stage\": 1}
";
    let ended = feel_with_input(&["test", "-", "absent.jsonl"], lines);
    assert_eq!((ended.code, ended.out.as_str()), (1, "1 case: 1 as expected, 0 not, and 13 that could not be read\n"));
    assert_eq!(
        ended.err.lines().take(12).collect::<Vec<_>>(),
        [
            "error: standard input:2 is blank: write a case on each line",
            "error: standard input:3 is no JSON: it ends too early, at column 18",
            "error: standard input:4 is no case: `expression` must be text",
            "error: standard input:5 is no case: `ok` must be true or false",
            "error: standard input:6 is no case: `reslut` is no member of one; did you mean `result`?",
            "error: standard input:7 is no case: `context` must be an object",
            "error: standard input:8 names a member twice, at column 53",
            "error: standard input:9 holds a whole number beyond 64 bits, at column 38: write it as text",
            "error: standard input:10 is no case: it must be a JSON object",
            "error: standard input:11 is no case: `result` is missing",
            "error: standard input:12 is no case: `contex` is no member of one; did you mean `context`?",
            "error: standard input:13 is no case: `stage` is no member of one; there is `id`, `expression`, `context`, \
             `ok`, `result`, `error`",
        ]
    );
    assert!(ended.err.contains("error: cannot read absent.jsonl: "), "{}", ended.err);
    let none = feel_with_input(&["test", "-"], "");
    assert_eq!((none.code, none.out.as_str()), (1, "0 cases: 0 as expected, 0 not, and 1 that could not be read\n"));
}
