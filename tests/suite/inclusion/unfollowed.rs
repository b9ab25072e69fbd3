//! What a reader of schemas easily passes over: of each pair something is lost, or nobody knows; or nothing is, and that
//! must not be told.

use super::table::told;
use opwright::schema::{Inclusion, inclusion, output_inclusion};
use serde_json::{Value, json};

/// A closed object with one member.
#[expect(clippy::needless_pass_by_value, reason = "schemas are written where they are needed")]
fn o(p: Value) -> Value {
    json!({ "type": "object", "properties": { "p": p }, "additionalProperties": false })
}

fn pattern(pattern: &str) -> Value {
    o(json!({ "type": "string", "pattern": pattern }))
}

fn check(rows: Vec<(Value, Value, &[&str])>) {
    for (old, new, expected) in rows {
        let found = inclusion(&old, &new);
        assert_eq!(told(&found, false), expected, "\n{old}\n{new}\n{found:#?}");
        assert_eq!(inclusion(&old, &old), Inclusion::Included, "{old}");
        assert_eq!(inclusion(&new, &new), Inclusion::Included, "{new}");
    }
}

#[test]
fn references_that_are_not_followed_are_told() {
    let dynamic = |keyword: &str, kind: &str| {
        json!({
            "properties": { "a": { keyword: "#x" } },
            "$defs": { "x": { "$dynamicAnchor": "x", "$recursiveAnchor": true, "type": kind } },
        })
    };
    let within = |kind: &str| {
        json!({
            "properties": { "p": { "$id": "http://x.y/z", "$ref": "#/$defs/k", "$defs": { "k": { "type": kind } } } },
            "$defs": { "k": { "type": "string" } },
        })
    };
    // The reference passes through what has an `$id`, and what it leads to has one beside it.
    let through = json!({
        "properties": { "p": { "$ref": "#/$defs/outer/$defs/inner" } },
        "$defs": {
            "k": { "type": "string" },
            "outer": { "$id": "http://x.y/z", "$defs": { "k": { "type": "integer" }, "inner": { "$ref": "#/$defs/k" } } },
        },
    });
    let text = o(json!({ "type": "string" }));
    check(vec![
        (dynamic("$dynamicRef", "string"), dynamic("$dynamicRef", "integer"), &[" not proven", " not proven"]),
        (dynamic("$recursiveRef", "string"), dynamic("$recursiveRef", "integer"), &[" not proven", " not proven"]),
        (within("integer"), text.clone(), &[" not proven"]),
        (through, text.clone(), &[" not proven"]),
        // What only looks like it is none.
        (
            json!({ "properties": { "$id": { "type": "string" }, "$dynamicRef": { "type": "string" } } }),
            json!({ "properties": { "$id": { "type": "string" } } }),
            &[],
        ),
        (o(json!({ "const": { "$id": "x" } })), o(json!({ "const": { "$id": "x" }, "title": "X" })), &[]),
    ]);
    let found = inclusion(&dynamic("$dynamicRef", "string"), &text);
    let Inclusion::NotProven(places) = found else { panic!("{found:?}") };
    assert_eq!(places[0].reason, "the older schema: it has `$dynamicRef`, which is not followed");
}

#[test]
fn values_beside_references_are_not_nothing() {
    let beside = |reference: &str| {
        json!({
            "properties": { "p": { "enum": [{ "a": 1 }], "properties": { "a": { "$ref": reference } } } },
            "$defs": { "r": { "properties": { "x": { "$ref": "#/$defs/r" } } } },
        })
    };
    let text = json!({ "properties": { "p": { "type": "string" } } });
    check(vec![
        (beside("#/$defs/r"), text.clone(), &["p not proven"]),
        (beside("#"), text.clone(), &["p not proven"]),
        (
            o(json!({ "enum": [1, "x", "xyz"], "maxLength": 2 })),
            o(json!({ "enum": ["x"] })),
            &[r#"p may not be 1 any more: {"p":1}"#],
        ),
        (o(json!({ "const": "x", "enum": ["y"] })), o(json!({ "type": "integer" })), &[]),
    ]);
}

#[test]
fn what_is_evaluated_counts() {
    let a = json!({ "a": {} });
    check(vec![
        (
            json!({ "properties": a, "additionalProperties": true, "unevaluatedProperties": false }),
            json!({ "properties": a, "additionalProperties": false }),
            &[r#" may not be {"x":"x"} any more: {"x":"x"}"#],
        ),
        (
            json!({ "items": {}, "unevaluatedItems": false }),
            json!({ "items": false }),
            &[r#" may not be ["x"] any more: ["x"]"#],
        ),
        // Nothing is lost: both take any member.
        (
            json!({ "type": "object", "properties": a }),
            json!({ "type": "object", "properties": a, "additionalProperties": {}, "unevaluatedProperties": false }),
            &[],
        ),
        // What a reference evaluates is evaluated beside it.
        (
            json!({ "$ref": "#/$defs/a", "unevaluatedProperties": false, "$defs": { "a": { "properties": { "x": {} } } } }),
            json!({ "additionalProperties": false }),
            &[r#" may not be {"x":"x"} any more: {"x":"x"}"#],
        ),
    ]);
}

#[test]
fn repetitions_of_repetitions_are_not_walked() {
    check(vec![
        (pattern("^a+a$"), pattern("^a++a$"), &["p not proven"]),
        (pattern("^a{4}$"), pattern("^a{2}{2}$"), &["p not proven"]),
        (o(json!({ "enum": ["aa"] })), pattern("^a++a$"), &[r#"p may not be "aa" any more: {"p":"aa"}"#]),
        (pattern("^(?:a{2}){2}$"), pattern("^a{4}$"), &[]),
    ]);
}

/// What is data in a schema is no schema.
#[test]
fn identical_schemas_are_never_told() {
    let recursive = json!({ "properties": { "x": { "$ref": "#" } } });
    let schemas = [
        o(json!({ "const": { "$ref": "x" } })),
        o(json!({ "enum": [{ "$ref": "#/$defs/x" }], "not": { "const": { "$ref": "" } } })),
        json!({ "properties": { "x": recursive, "p": { "const": { "$ref": "#" } } } }),
        json!({ "properties": { "a": { "$dynamicRef": "#x" } }, "$defs": { "x": { "$dynamicAnchor": "x" } } }),
        json!({ "$schema": "http://json-schema.org/draft-07/schema#", "items": [{ "type": "string" }] }),
        json!({ "$ref": "https://example.org/schema" }),
    ];
    for schema in schemas {
        assert_eq!(inclusion(&schema, &schema), Inclusion::Included, "{schema}");
        assert_eq!(output_inclusion(&schema, &schema), Inclusion::Included, "{schema}");
    }
    // Nor are those that differ in words only.
    let data = |title: &str| o(json!({ "const": { "$ref": "x" }, "title": title, "default": { "$ref": title } }));
    assert_eq!(inclusion(&data("a"), &data("b")), Inclusion::Included);
    assert_eq!(output_inclusion(&data("a"), &data("b")), Inclusion::Included);
}
