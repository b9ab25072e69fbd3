//! Warnings: each place once, without values, with what was probably meant.

use serde_json::{Value, json};

use crate::{Engine, Expression, Variables, WarningKind};

fn warnings(text: &str, variables: &Value) -> Vec<String> {
    let expression = Expression::parse(text).expect("it parses");
    let evaluation = expression.evaluate(&Variables::from(variables)).expect("a value");
    evaluation.warnings().iter().map(|warning| warning.message().to_owned()).collect()
}

#[test]
fn a_missing_name_is_told_with_the_one_that_was_meant() {
    let variables = json!({"response": {"body": {"flowsessionId": "s"}, "status": 200}});
    assert_eq!(warnings("respones.body", &variables), ["there is no variable `respones`: did you mean `response`?"]);
    assert_eq!(warnings("response.boddy", &variables), ["`response.boddy` is missing: did you mean `body`?"]);
    assert_eq!(warnings("response.price", &variables), ["`response.price` is missing"]);
    assert_eq!(warnings("cuont([1])", &variables), ["there is no function `cuont`: did you mean `count`?"]);
}

#[test]
fn what_follows_a_missing_name_is_not_told_again() {
    let variables = json!({"a": {"n": null}});
    assert_eq!(warnings("a.b.c.d", &variables), ["`a.b` is missing"]);
    assert_eq!(warnings("{x: a}.x.b.c[1].d", &variables), ["`b` is missing"]);
    assert_eq!(warnings("a.n.c.d", &variables), ["`a.n.c` is missing: what should hold it is null"]);
}

#[test]
fn an_operation_with_what_is_missing_is_not_told() {
    let variables = json!({"a": {"n": null}, "t": "x"});
    assert_eq!(warnings("\"x\" + a.b + \"y\" + string(1)", &variables), ["`a.b` is missing"]);
    assert_eq!(warnings("a.b > 1", &variables), ["`a.b` is missing"]);
    assert_eq!(warnings("a.b and true", &variables), ["`a.b` is missing"]);
    // Null that is there is told where it is used, and so is a wrong type beside something missing.
    assert_eq!(warnings("a.n > 1", &variables), ["null cannot be compared with a number"]);
    assert_eq!(warnings("[a.b, t > 1]", &variables), ["`a.b` is missing", "a string cannot be compared with a number"]);
}

#[test]
fn a_path_is_told_with_its_brackets() {
    let variables = json!({"items": [{"a": 1}]});
    assert_eq!(warnings("(items)[1].zz", &variables), ["`zz` is missing"]);
    assert_eq!(warnings("(items[a=1])[1].zz", &variables), ["`zz` is missing"]);
}

#[test]
fn a_loop_tells_a_place_once() {
    assert_eq!(warnings("for x in 1..50 return x.y", &json!({})), ["a number has no `y`"]);
}

#[test]
fn trying_a_filter_out_tells_nothing() {
    let variables = json!({"items": [{"qty": 2, "price": 1}]});
    assert_eq!(warnings("items[qty > 1 and price != null]", &variables), Vec::<String>::new());
}

#[test]
fn no_value_is_told() {
    let secret = json!({"s": "hunter2", "n": 4711});
    let texts = [
        "s + n",
        "n + s",
        "s < n",
        "s.x",
        "n[1]",
        "for x in s return x",
        "if s then 1 else 2",
        "s and n",
        "count(n)",
        "number(s)",
        "date(s)",
        "-s",
        "s()",
        "some x in n satisfies x",
        "[1..s]",
        "string length(n)",
        "s in [1..3]",
        "matches(s, \"(\")",
        "from json(s)",
        "n / 0",
        "s between 1 and 2",
        "sort([s, n], function(a, b) 1)",
    ];
    let mut told = 0;
    for text in texts {
        for message in warnings(text, &secret) {
            assert!(!message.contains("hunter2") && !message.contains("4711"), "{text}: {message}");
            told += 1;
        }
    }
    assert!(told >= texts.len() - 2, "{told} warnings of {} expressions", texts.len());
    for text in ["modulo(n, 0)", "substring(s, n)", "c.f(s)", "assert(s, false)"] {
        let expression = Expression::parse(text).expect("it parses");
        let variables = Variables::from(&secret);
        let error = Engine::new().evaluate(&expression, &variables).expect_err("it cannot be done");
        let message = error.explain(text);
        assert!(!message.contains("hunter2") && !message.contains("4711"), "{text}: {message}");
    }
}

#[test]
fn warnings_have_feel_scalas_names() {
    for (text, kind) in [
        ("missing", WarningKind::NoVariableFound),
        ("{}.a", WarningKind::NoContextEntryFound),
        ("\"a\".b", WarningKind::NoPropertyFound),
        ("1 < \"a\"", WarningKind::NotComparable),
        ("1 + \"a\"", WarningKind::InvalidType),
        ("nothing()", WarningKind::NoFunctionFound),
        ("number(\"x\")", WarningKind::FunctionInvocationFailure),
    ] {
        let expression = Expression::parse(text).expect("it parses");
        let evaluation = expression.evaluate(&Variables::new()).expect("a value");
        assert_eq!(evaluation.warnings().iter().map(crate::Warning::kind).collect::<Vec<_>>(), [kind], "{text}");
    }
}

#[test]
fn the_clock_and_chance_are_the_engines() {
    let engine = Engine::new()
        .with_clock(|| std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000))
        .with_time_zone("Europe/Berlin")
        .expect("a time zone")
        .with_random(|| 0.25);
    let expression = Expression::parse("[now(), today(), random number()]").expect("it parses");
    let evaluation = engine.evaluate(&expression, &Variables::new()).expect("a value");
    assert_eq!(evaluation.to_json(), json!(["2023-11-14T23:13:20+01:00", "2023-11-14", 0.25]));
}

#[test]
fn expressions_and_engines_are_shared_among_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Expression>();
    shared::<Engine>();
    shared::<crate::Value<'_>>();
}
