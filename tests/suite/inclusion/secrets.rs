//! Of what is written only, nothing is told that a schema holds.

use super::table::told;
use opwright::schema::{Inclusion, inclusion, output_inclusion};
use serde_json::{Value, json};

const SECRET: &str = "hunter2-secret";

#[expect(clippy::needless_pass_by_value, reason = "schemas are written where they are needed")]
fn o(p: Value) -> Value {
    json!({ "type": "object", "properties": { "p": p }, "required": ["p"], "additionalProperties": false })
}

#[test]
fn values_that_are_written_only_are_not_told() {
    let text = json!({ "type": "string" });
    let secret = |mut schema: Value| {
        schema["writeOnly"] = json!(true);
        o(schema)
    };
    let by_reference = json!({
        "type": "object",
        "properties": { "p": { "$ref": "#/$defs/secret", "enum": [SECRET, "x"] } },
        "$defs": { "secret": { "writeOnly": true } },
    });
    let around = |values: Value| json!({ "enum": values, "properties": { "p": { "writeOnly": true } } });
    let ahead = format!("^(?!{})", &SECRET[..3]);
    let rows: Vec<(Value, Value, &[&str])> = vec![
        (
            secret(json!({ "const": SECRET })),
            o(json!({ "const": "x" })),
            &[r#"p may not be all that it could be: {"p":"***"}"#],
        ),
        (
            secret(json!({ "enum": [SECRET, "x"] })),
            secret(json!({ "enum": ["x"] })),
            &[r#"p may not be all that it could be: {"p":"***"}"#],
        ),
        (
            secret(text.clone()),
            secret(json!({ "enum": [SECRET] })),
            &[r#"p may not be all that it could be: {"p":"x"}"#],
        ),
        // By an example it would be proved.
        (
            secret(json!({ "type": "string", "examples": [SECRET] })),
            secret(json!({ "type": "string", "pattern": ahead })),
            &["p not proven"],
        ),
        (
            by_reference,
            json!({ "type": "object", "properties": { "p": { "enum": ["x"] } } }),
            &[r#"p may not be all that it could be: {"p":"***"}"#],
        ),
        (around(json!([{ "p": SECRET }])), around(json!([])), &[r#" may not be all that it could be: {"p":"***"}"#]),
        // What is made up is shown, and what is beside a secret.
        (
            secret(json!({ "type": "string", "examples": [SECRET] })),
            secret(json!({ "type": "string", "maxLength": 2 })),
            &[r#"p may not be longer than 2 characters any more: {"p":"xxx"}"#],
        ),
        (
            json!({ "properties": { "p": { "const": SECRET, "writeOnly": true }, "q": { "enum": ["a", "b"] } }, "required": ["p"], "type": "object" }),
            json!({ "properties": { "q": { "enum": ["b"] } } }),
            &[r#"q may not be "a" any more: {"p":"***","q":"a"}"#],
        ),
    ];
    for (old, new, expected) in rows {
        let found = inclusion(&old, &new);
        assert_eq!(told(&found, false), expected, "\n{old}\n{new}\n{found:#?}");
        for found in [found, inclusion(&new, &old), output_inclusion(&old, &new), output_inclusion(&new, &old)] {
            assert!(!format!("{found:?}").contains(SECRET), "\n{old}\n{new}\n{found:#?}");
        }
    }
    assert_eq!(inclusion(&secret(json!({ "const": SECRET })), &o(text)), Inclusion::Included);
}
