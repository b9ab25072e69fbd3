use serde_json::json;

use super::{Read, Shape};
use crate::{Engine, Expression, connector};

/// What a response is, with a list of items, a null, and headers of which nothing is known.
fn variables() -> Shape {
    let item = Shape::context([("name", Shape::Text), ("price", Shape::Number)]);
    let body = Shape::context([
        ("flowsessionId", Shape::Text),
        ("@odata.context", Shape::Text),
        ("items", Shape::list(item)),
        ("tags", Shape::list(Shape::Any)),
    ]);
    let response = Shape::context([
        ("status", Shape::Number),
        ("body", body),
        ("headers", Shape::open_context([("x-id", Shape::Text)])),
        ("document", Shape::Null),
    ]);
    Shape::context([("response", response), ("limit", Shape::Number)])
}

fn told(text: &str) -> Vec<String> {
    let expression = Expression::parse(text).unwrap_or_else(|error| panic!("{}", error.explain(text)));
    let engine = Engine::new().with_functions(connector::functions());
    expression.analyze(&variables(), &engine).diagnostics.iter().map(ToString::to_string).collect()
}

fn shape(text: &str) -> Shape {
    let expression = Expression::parse(text).unwrap_or_else(|error| panic!("{}", error.explain(text)));
    expression.analyze(&variables(), &Engine::new()).shape
}

#[test]
fn what_can_be_right_is_not_told() {
    for text in [
        "response.body.flowsessionId",
        "response.body.`@odata.context`",
        "response.body.items[price > limit].name",
        "response.body.items[item.price > 1][1].name",
        "response.body.items.name[1]",
        "response.body.tags[colour = \"red\"].shade",
        "response.headers.anything",
        "for i in response.body.items return {n: i.name, before: partial}",
        "some i in response.body.items satisfies i.price > limit",
        "{a: response.status, b: a + 1}.b",
        "{f: function(x) x + 1, r: f(1)}.r",
        "{twice: function(g, x) g(g(x)), r: twice(function(y) y * 2, 1)}",
        "(-duration(\"PT1S\")).seconds",
        "[].name",
        "bpmnError(\"CODE\", \"text\")",
        "get or else(response.body.flowsessionId, \"none\")",
        "upper case(string: response.body.flowsessionId)",
    ] {
        assert_eq!(told(text), [""; 0], "{text}");
    }
}

#[test]
fn what_is_always_null_is_told() {
    for (text, expected) in [
        ("response.boddy.flowsessionId", "`response` has no `boddy`: did you mean `body`?"),
        ("response.body.flowsesionId", "`response.body` has no `flowsesionId`: did you mean `flowsessionId`?"),
        ("response.body.items[1].nmae", "`response.body.items[1]` has no `nmae`: did you mean `name`?"),
        ("response.body.items.prize", "there is no `prize`: did you mean `price`?"),
        ("response.body.items[prise > 1]", "there is no `prise` here: did you mean `price`?"),
        ("for i in response.body.items return i.nam", "`i` has no `nam`: did you mean `name`?"),
        ("respnse.status", "there is no `respnse` here: did you mean `response`?"),
        ("response.status.code", "`response.status` is a number, which has no `code`"),
        ("response.document.name", "`response.document` is null, which has no `name`"),
        ("uper case(\"a\")", "there is no function `uper case`: did you mean `upper case`?"),
        ("limit(1)", "there is no function `limit`"),
        ("{a: {b: 1}}.a.c", "`{a: {b: 1}}.a` has no `c`; there is `b`"),
        ("process.id", "there is no `process` here; there is `response`, `limit`"),
    ] {
        assert_eq!(told(text), [expected], "{text}");
    }
}

#[test]
fn one_mistake_is_told_once() {
    assert_eq!(told("response.boddy.items[nam = 1].prize.x").len(), 1);
    assert_eq!(told("{a: respnse, b: a.x.y}").len(), 1);
}

#[test]
fn shapes_are_those_of_the_values() {
    let both = Shape::context([("a", Shape::Number), ("b", Shape::Text)]);
    for (text, expected) in [
        ("{a: response.status}", Shape::context([("a", Shape::Number)])),
        ("response.body.flowsessionId + \"x\"", Shape::Text),
        ("response.status = 204", Shape::Boolean),
        ("response.body.items.name", Shape::list(Shape::Text)),
        ("response.body.items[price > 1].price", Shape::list(Shape::Number)),
        ("response.body.items[1].price", Shape::Number),
        ("if limit > 1 then {a: 1} else {b: \"x\"}", both),
        ("if limit > 1 then {a: 1} else null", Shape::context([("a", Shape::Number)])),
        ("if limit > 1 then {a: 1} else 1", Shape::Any),
        ("-limit", Shape::Number),
        ("now()", Shape::Temporal),
        // A function is neither a variable nor an entry, and hides none.
        ("{limit: function(x) x, r: limit}", Shape::context([("r", Shape::Number)])),
        ("{a: 1, a: function(x) x}.a", Shape::Number),
        ("for partial in [1] return partial", Shape::list(Shape::list(Shape::Any))),
        ("assert(condition: limit > 1, value: limit)", Shape::Number),
        ("get or else(default: 1, value: limit)", Shape::Number),
        ("get or else(value: null, default: null)", Shape::Null),
        ("abs(limit)", Shape::Number),
        ("abs(now() - now())", Shape::Any),
        ("max(response.body.items.price)", Shape::Number),
        ("min(1, limit)", Shape::Number),
        ("min(1, \"a\")", Shape::Any),
        ("max(list: [\"a\"])", Shape::Text),
        ("max(response.body.items)", Shape::Any),
    ] {
        assert_eq!(shape(text), expected, "{text}");
    }
}

/// It is evaluated outside first, and for each item only if that gives no number.
#[test]
fn a_filter_is_looked_at_from_outside_as_well() {
    for (text, expected) in [
        ("{i: 1, r: [{i: true}][i]}.r", Shape::Any),
        ("{i: 1, r: [{i: 1}][i]}.r", Shape::context([("i", Shape::Number)])),
        ("{i: true, r: [{i: 1}][i]}.r", Shape::context([("i", Shape::Number)])),
        ("{i: true, r: [1][i]}.r", Shape::list(Shape::Number)),
        ("{f: function() 1, r: [{b: true}][if f() = 1 then b else b]}.r", Shape::Any),
        ("[{ok: true}][ok]", Shape::list(Shape::context([("ok", Shape::Boolean)]))),
        ("response.body.items[limit].price", Shape::Number),
        ("response.body.items[limit - 1].price", Shape::Number),
        ("response.body.items[-limit * 2].price", Shape::Number),
        ("response.body.items[price - 1].price", Shape::Any),
        ("response.body.items[price > 1 and name = \"a\"].price", Shape::list(Shape::Number)),
        // An item of which nothing is known may have an entry of this name.
        ("{ok: true, r: response.body.tags[ok]}.r", Shape::Any),
    ] {
        assert_eq!(shape(text), expected, "{text}");
    }
}

#[test]
fn reads_have_their_paths() {
    let read = |text: &str| -> Vec<(String, bool)> {
        let reads = Expression::parse(text).unwrap_or_else(|error| panic!("{error}")).reads();
        reads.iter().map(|Read { path, in_filter, .. }| (path.join("."), *in_filter)).collect()
    };
    let outside = |path: &str| (path.to_owned(), false);
    assert_eq!(read("a.b + (if c = null then {d: 1, e: d} else f)"), ["a.b", "c", "f"].map(outside));
    assert_eq!(read("for x in a return x + y"), ["a", "y"].map(outside));
    assert_eq!(read("a[b > 1]"), [outside("a"), ("b".to_owned(), true)]);
}

#[test]
fn an_example_tells_names_and_types() {
    let item = Shape::context([("a", Shape::Number), ("b", Shape::Any), ("c", Shape::list(Shape::Text))]);
    assert_eq!(
        Shape::of_example(
            &json!({ "items": [{ "a": 1, "b": "x" }, { "b": 2, "c": ["y"] }], "none": [], "null": null })
        ),
        Shape::context([("items", Shape::list(item)), ("none", Shape::list(Shape::Any)), ("null", Shape::Any)])
    );
    assert_eq!(
        Shape::from(&json!({ "some": [1, null], "none": [], "null": null })),
        Shape::context([
            ("some", Shape::list(Shape::Number)),
            ("none", Shape::list(Shape::Null)),
            ("null", Shape::Null)
        ])
    );
}

#[test]
fn two_shapes_are_one() {
    let (a, b) = (|| Shape::context([("a", Shape::Text)]), || Shape::open_context([("b", Shape::Number)]));
    assert_eq!(a().and(b()), Shape::open_context([("a", Shape::Text), ("b", Shape::Number)]));
    // The other one may have an entry of this name, and of any type.
    assert_eq!(a().or(b()), Shape::open_context([("a", Shape::Any), ("b", Shape::Number)]));
    assert_eq!(b().or(a()), Shape::open_context([("b", Shape::Number), ("a", Shape::Any)]));
    let (one, other) = (Shape::context([("a", Shape::Any)]), Shape::context([("a", Shape::Null)]));
    assert_eq!(a().or(one.clone()), one);
    assert_eq!(a().and(one), a());
    assert_eq!(a().or(other.clone()), a());
    assert_eq!(a().and(other), Shape::context([("a", Shape::Any)]));
    // Many entries are not looked through one by one.
    let many = |first: u32| Shape::context((first..first + 40).map(|name| (name.to_string(), Shape::Text)));
    assert_eq!(many(0).or(many(20)).nodes(), 61);
}

/// These functions are there to ask whether there is such a name.
#[test]
fn what_is_asked_for_may_be_missing() {
    for text in [
        "is defined(zz)",
        "is defined((zz))",
        "is defined(zz.a.b)",
        "is defined(response.boddy)",
        "is defined(response.boddy.id)",
        "is defined(response.status.code)",
        "is defined(response.body.items[1].nmae.x)",
        "is defined((response.boddy[1]).id)",
        "is defined(value: zz)",
        "get or else(zz, 1)",
        "get or else(default: 1, value: zz)",
        "get or else(response.boddy.id, response.body.flowsessionId)",
        "get or else(get or else(aa, zz), 1)",
        "is defined(get or else(aa, zz))",
    ] {
        assert_eq!(told(text), [""; 0], "{text}");
    }
    for (text, name) in [
        ("is defined(zz + 1)", "zz"),
        ("is defined(response.body.items[zz = 1].nmae)", "zz"),
        ("is defined([zz])", "zz"),
        ("is defined(string(zz))", "zz"),
        ("get or else(1, zz)", "zz"),
        ("get or else(value: 1, default: zz)", "zz"),
        ("{is defined: function(x) x, r: is defined(zz)}.r", "zz"),
        ("string(zz)", "zz"),
    ] {
        assert!(told(text).concat().contains(&format!("there is no `{name}` here")), "{text}: {:?}", told(text));
        assert_eq!(told(text).len(), 1, "{text}");
    }
}

#[test]
fn places_are_quoted_whole() {
    for (text, expected) in [
        ("(response.body.items[price = 1])[1].zz", "`(response.body.items[price = 1])[1]` has no `zz`; there is"),
        ("((response.body)).zz", "`((response.body))` has no `zz`; there is"),
        ("response.`z z`", "`response` has no `z z`; there is"),
        ("`response`.zz", "``response`` has no `zz`; there is"),
    ] {
        assert!(told(text).concat().starts_with(expected), "{text}: {:?}", told(text));
    }
    let long = format!("(if limit > 1{} then response else null).zz", " + 1".repeat(30));
    assert!(told(&long).concat().starts_with("there is no `zz`; there is"), "{:?}", told(&long));
}
