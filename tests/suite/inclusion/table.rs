//! Known cases: what is told of two small schemas.

use opwright::schema::{Inclusion, inclusion, output_inclusion};
use serde_json::{Value, json};
use std::io::Write;

/// What is told, in a line for each cause.
pub(super) fn told(found: &Inclusion, is_output: bool) -> Vec<String> {
    let lines = |values: &[opwright::schema::LostValue]| -> Vec<String> {
        let line = |lost: &opwright::schema::LostValue| {
            let words = if is_output { lost.loss.of_output() } else { lost.loss.of_input() };
            format!("{} {words}: {}", lost.path, lost.value)
        };
        values.iter().map(line).collect()
    };
    match found {
        Inclusion::Included => Vec::new(),
        Inclusion::Lost { values, not_proven } => {
            let mut told = lines(values);
            told.extend(not_proven.iter().map(|place| format!("{} not proven", place.path)));
            told
        }
        Inclusion::NotProven(places) => places.iter().map(|place| format!("{} not proven", place.path)).collect(),
    }
}

/// A closed object whose one member is required.
#[expect(clippy::needless_pass_by_value, reason = "schemas are written where they are needed")]
fn with(a: Value) -> Value {
    json!({ "type": "object", "properties": { "a": a }, "required": ["a"], "additionalProperties": false })
}

#[expect(clippy::needless_pass_by_value, reason = "schemas are written where they are needed")]
fn optional(a: Value) -> Value {
    json!({ "type": "object", "properties": { "a": a }, "additionalProperties": false })
}

fn json_text(bytes: u64) -> Value {
    json!({ "anyOf": [
        { "type": "string", "maxLength": bytes, "contentMediaType": "application/json", "contentSchema": { "type": "object" } },
        { "type": "object" },
    ] })
}

fn variants(names: &[&str], member: &str) -> Value {
    let variant = |name: &&str| {
        json!({
            "type": "object",
            "properties": { "kind": { "const": name }, member: { "type": "string", "minLength": 1 } },
            "required": ["kind", member],
            "additionalProperties": false,
        })
    };
    json!({ "oneOf": names.iter().map(variant).collect::<Vec<_>>() })
}

#[test]
#[expect(clippy::too_many_lines, reason = "it is a table")]
fn inputs_are_judged_as_they_are() {
    let whole = |low: i64, high: i64| json!({ "type": "integer", "minimum": low, "maximum": high });
    let text = json!({ "type": "string" });
    let choice =
        |values: &[&str]| json!({ "anyOf": values.iter().map(|value| json!({ "const": value })).collect::<Vec<_>>() });
    let blank = |schema: Value| json!({ "anyOf": [schema, { "enum": [null, ""] }] });
    let rows: Vec<(Value, Value, &[&str])> = vec![
        // Nothing decides but what is taken.
        (
            with(json!({ "type": "string", "title": "A", "default": "x", "$comment": "c", "writeOnly": true })),
            with(text.clone()),
            &[],
        ),
        // Lengths.
        (with(json!({ "type": "string", "maxLength": 9 })), with(json!({ "type": "string", "maxLength": 10 })), &[]),
        (
            with(json!({ "type": "string", "maxLength": 10 })),
            with(json!({ "type": "string", "maxLength": 3 })),
            &[r#"a may not be longer than 3 characters any more: {"a":"xxxx"}"#],
        ),
        (
            with(text.clone()),
            with(json!({ "type": "string", "minLength": 1 })),
            &[r#"a may not be blank any more: {"a":""}"#],
        ),
        (
            with(text.clone()),
            with(json!({ "type": "string", "minLength": 2, "maxLength": 3 })),
            &[
                r#"a may not be longer than 3 characters any more: {"a":"xxxx"}"#,
                r#"a may not be shorter than 2 characters any more: {"a":"x"}"#,
            ],
        ),
        // Choices.
        (with(choice(&["a", "b"])), with(choice(&["b", "c", "a"])), &[]),
        (with(choice(&["a", "b", "c"])), with(choice(&["b"])), &[r#"a may not be "a" or "c" any more: {"a":"a"}"#]),
        (
            with(json!({ "anyOf": [{ "enum": [1, "1"] }, { "enum": [2, "2"] }] })),
            with(json!({ "anyOf": [{ "enum": [1, "1"] }] })),
            &[r#"a may not be 2 any more: {"a":2}"#],
        ),
        (with(text.clone()), with(choice(&["x", "y"])), &[r#"a must be "x" or "y": {"a":"z"}"#]),
        (with(choice(&["x", "y"])), with(text.clone()), &[]),
        // Members.
        (optional(blank(text.clone())), with(text.clone()), &[r"a must be given: {}"]),
        (with(text.clone()), optional(blank(text.clone())), &[]),
        (optional(blank(text.clone())), with(blank(text.clone())), &[r"a must be given: {}"]),
        (optional(blank(text.clone())), optional(text.clone()), &[r#"a may not be blank any more: {"a":null}"#]),
        (optional(text.clone()), with(text.clone()), &[r"a must be given: {}"]),
        (
            with(text.clone()),
            json!({ "type": "object", "properties": { "b": { "type": "boolean" } }, "additionalProperties": false }),
            &[r#"a is no input any more: {"a":"x"}"#],
        ),
        (
            json!({ "type": "object", "properties": { "a": text, "c": text }, "required": ["a"], "additionalProperties": false }),
            json!({ "type": "object", "properties": { "c": { "type": "integer" }, "d": text }, "required": ["d"], "additionalProperties": false }),
            &[
                r#"a is no input any more: {"a":"x"}"#,
                r#"c may not be text any more: {"a":"x","c":"x"}"#,
                r#"d must be given: {"a":"x"}"#,
            ],
        ),
        (
            json!({ "type": "object", "properties": { "a": text } }),
            json!({ "type": "object", "properties": { "a": text }, "additionalProperties": false }),
            &[r#"other is no input any more: {"other":"x"}"#],
        ),
        (
            json!({ "type": "object", "properties": { "a": text }, "additionalProperties": false }),
            json!({ "type": "object", "properties": { "a": text } }),
            &[],
        ),
        // Numbers.
        (with(whole(1, 9)), with(whole(0, 10)), &[]),
        (
            with(whole(1, 9)),
            with(whole(2, 5)),
            &[r#"a may not be more than 5 any more: {"a":6}"#, r#"a may not be less than 2 any more: {"a":1}"#],
        ),
        (with(whole(1, 9)), with(json!({ "type": "number", "minimum": 0.5 })), &[]),
        (
            with(json!({ "type": "number" })),
            with(json!({ "type": "integer" })),
            &[r#"a must be a whole number: {"a":0.5}"#],
        ),
        (
            with(json!({ "type": "number", "maximum": 2 })),
            with(json!({ "type": "number", "exclusiveMaximum": 2 })),
            &[r#"a may not be 2 or more any more: {"a":2}"#],
        ),
        (with(whole(1, 3)), with(json!({ "enum": [1, 2, 3] })), &[]),
        (with(whole(1, 3)), with(json!({ "enum": [1, 2] })), &[r#"a must be 1 or 2: {"a":3}"#]),
        (
            with(json!({ "anyOf": [whole(1, 9), { "type": "string", "pattern": "^(?:[1-9])$" }] })),
            with(json!({ "anyOf": [whole(1, 5), { "type": "string", "pattern": "^(?:[1-5])$" }] })),
            &[r#"a may not be more than 5 any more: {"a":6}"#],
        ),
        (
            with(json!({ "anyOf": [whole(1, 9), { "type": "string", "pattern": "^(?:[1-9])$" }] })),
            with(whole(1, 9)),
            &[r#"a may not be text any more: {"a":"1"}"#],
        ),
        // Types, and null.
        (with(text.clone()), with(whole(1, 2)), &[r#"a may not be text any more: {"a":"x"}"#]),
        (
            with(json!({ "type": ["string", "null"] })),
            with(text.clone()),
            &[r#"a may not be blank any more: {"a":null}"#],
        ),
        (with(text.clone()), with(json!({ "type": ["string", "null"] })), &[]),
        (with(json!({})), with(text.clone()), &[r#"a may not be anything any more: {"a":1}"#]),
        (with(text.clone()), with(json!({})), &[]),
        // Variants.
        (with(variants(&["one"], "x")), with(variants(&["two", "one"], "x")), &[]),
        (
            with(variants(&["one", "two"], "x")),
            with(variants(&["one"], "x")),
            &[r#"a.kind may not be "two" any more: {"a":{"kind":"two","x":"x"}}"#],
        ),
        (
            with(variants(&["one"], "x")),
            with(variants(&["one"], "y")),
            &[
                r#"a.x is no input any more: {"a":{"kind":"one","x":"x"}}"#,
                r#"a.y must be given: {"a":{"kind":"one","x":"x"}}"#,
            ],
        ),
        // Lists.
        (
            with(json!({ "type": "array", "items": text, "maxItems": 4 })),
            with(
                json!({ "type": "array", "items": { "type": "string", "maxLength": 2 }, "minItems": 1, "maxItems": 3 }),
            ),
            &[
                r#"a[0] may not be longer than 2 characters any more: {"a":["xxx"]}"#,
                r#"a may not have more than 3 items any more: {"a":["x","x","x","x"]}"#,
                r#"a may not have fewer than 1 item any more: {"a":[]}"#,
            ],
        ),
        (
            with(json!({ "type": "array", "items": text })),
            with(json!({ "type": "array", "items": text, "uniqueItems": true })),
            &[r#"a may not have the same item twice: {"a":["x","x"]}"#],
        ),
        // JSON as text.
        (with(json_text(20)), with(json_text(21)), &[]),
        (
            with(json_text(20)),
            with(json_text(10)),
            &[r#"a may not be a JSON object of more than 10 bytes any more: {"a":"{\"a\":\"xxx\"}"}"#],
        ),
        (
            with(text.clone()),
            with(json_text(10)),
            &[
                r#"a must be a JSON object: {"a":"x"}"#,
                r#"a may not be longer than 10 characters any more: {"a":"xxxxxxxxxxx"}"#,
            ],
        ),
        (with(json_text(10)), with(text.clone()), &[r#"a may not be an object any more: {"a":{}}"#]),
        // Patterns.
        (
            with(json!({ "type": "string", "pattern": "^[a-c]{2}$" })),
            with(json!({ "type": "string", "pattern": r"^[a-z]+$" })),
            &[],
        ),
        (
            with(json!({ "type": "string", "pattern": "^[a-c]{2}$" })),
            with(json!({ "type": "string", "pattern": "^[a-b]{2}$" })),
            &[r#"a must match ^[a-b]{2}$: {"a":"ac"}"#],
        ),
        (
            with(json!({ "type": "string", "pattern": "^[a-c]{2}$" })),
            with(json!({ "type": "string", "maxLength": 2 })),
            &[],
        ),
        (
            with(text.clone()),
            with(json!({ "type": "string", "pattern": r"^\S*$" })),
            &[r#"a must match ^\S*$: {"a":" "}"#],
        ),
        // What is looked at ahead is not walked: neither is shown.
        (
            with(json!({ "type": "string", "pattern": "^(?!x)[a-z]$" })),
            with(json!({ "type": "string", "pattern": "^[a-z]$" })),
            &["a not proven"],
        ),
        // Unless an author's example shows it.
        (
            with(json!({ "type": "string", "pattern": "^(?!x)[a-z0-9]$", "examples": ["b", "7"] })),
            with(json!({ "type": "string", "pattern": "^(?!x)[a-z]$" })),
            &[r#"a must match ^(?!x)[a-z]$: {"a":"7"}"#],
        ),
        // Objects within.
        (
            with(with(with(text.clone()))),
            with(with(with(json!({ "type": "string", "maxLength": 1 })))),
            &[r#"a.a.a may not be longer than 1 character any more: {"a":{"a":{"a":"xx"}}}"#],
        ),
        // Formats.
        (with(text.clone()), with(json!({ "type": "string", "format": "date" })), &[r#"a must be a date: {"a":"x"}"#]),
        (with(json!({ "type": "string", "format": "date" })), with(text.clone()), &[]),
        (with(text.clone()), with(json!({ "type": "string", "format": "words" })), &[]),
        // What is not understood is tried.
        (
            with(json!({ "not": { "type": "string" } })),
            with(whole(0, 1)),
            &[r#"a may not be true any more: {"a":true}"#],
        ),
        (
            with(json!({ "type": "array", "contains": whole(1, 2) })),
            with(json!({ "type": "array", "contains": whole(2, 2) })),
            &[r#"a may not be [1] any more: {"a":[1]}"#],
        ),
        (
            with(json!({ "type": "integer", "minimum": 4 })),
            with(json!({ "type": "integer", "multipleOf": 2 })),
            &[r#"a may not be all that it could be: {"a":5}"#],
        ),
        // What our rules do not know, the algebra may.
        (with(json!({ "type": "integer", "multipleOf": 4 })), with(json!({ "type": "integer", "multipleOf": 2 })), &[]),
    ];
    let mut wrong = Vec::new();
    for (old, new, expected) in rows {
        let told = told(&inclusion(&old, &new), false);
        if told != expected {
            wrong.push(format!("{old}\n{new}\n  told     {told:?}\n  expected {expected:?}"));
        }
        assert_eq!(inclusion(&old, &old), Inclusion::Included, "{old}");
        assert_eq!(inclusion(&new, &new), Inclusion::Included, "{new}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn results_are_judged_as_they_are() {
    let object = |properties: Value, required: &[&str]| json!({ "type": "object", "properties": properties, "required": required });
    let text = json!({ "type": "string" });
    let rows: Vec<(Value, Value, &[&str])> = vec![
        // A member that is new hurts nobody, also where nothing else was promised.
        (object(json!({ "a": text }), &["a"]), object(json!({ "a": text, "b": text }), &["a", "b"]), &[]),
        (
            json!({ "type": "object", "properties": { "a": text }, "additionalProperties": false }),
            json!({ "type": "object", "properties": { "b": text }, "additionalProperties": false }),
            &[],
        ),
        (object(json!({ "a": text }), &["a"]), object(json!({}), &[]), &["a may be missing: {}"]),
        (object(json!({ "a": text }), &["a"]), object(json!({ "a": text }), &[]), &["a may be missing: {}"]),
        (
            object(json!({ "a": text }), &["a"]),
            object(json!({ "a": { "type": ["string", "null"] } }), &["a"]),
            &[r#"a may be null: {"a":null}"#],
        ),
        (
            object(json!({ "a": text }), &["a"]),
            object(json!({ "a": { "type": "integer" } }), &["a"]),
            &[r#"a may be a number: {"a":0}"#],
        ),
        (
            object(json!({ "a": { "type": "integer", "oneOf": [{ "const": 1, "title": "One" }] } }), &["a"]),
            object(json!({ "a": { "type": "integer", "oneOf": [{ "const": 1 }, { "const": 2 }] } }), &["a"]),
            &[r#"a may be 2: {"a":2}"#],
        ),
        (
            object(json!({ "a": { "type": "array", "items": object(json!({ "b": text }), &["b"]) } }), &["a"]),
            object(json!({ "a": { "type": "array", "items": object(json!({ "b": text }), &[]) } }), &["a"]),
            &[r#"a[0].b may be missing: {"a":[{}]}"#],
        ),
        (
            object(json!({ "a": { "type": "integer", "maximum": 5 } }), &["a"]),
            object(json!({ "a": { "type": "integer" } }), &["a"]),
            &[r#"a may be more than 5: {"a":6}"#],
        ),
        (
            object(json!({ "a": { "type": "integer" } }), &["a"]),
            object(json!({ "a": { "type": "integer", "maximum": 5 } }), &["a"]),
            &[],
        ),
        (text.clone(), json!({ "type": ["string", "null"] }), &[" may be null: null"]),
    ];
    for (old, new, expected) in rows {
        let found = output_inclusion(&old, &new);
        assert_eq!(told(&found, true), expected, "\n{old}\n{new}\n{found:#?}");
        assert_eq!(output_inclusion(&old, &old), Inclusion::Included, "{old}");
    }
}

#[test]
fn what_cannot_be_read_is_not_proven() {
    let text = json!({ "type": "string" });
    let draft = json!({ "$schema": "http://json-schema.org/draft-07/schema#", "type": "string" });
    let elsewhere = json!({ "$ref": "https://example.org/schema" });
    let deep = (0..500).fold(text.clone(), |schema, _| json!({ "type": "array", "items": schema }));
    let mut definitions = serde_json::Map::new();
    for level in 0..60 {
        let next = json!({ "$ref": format!("#/$defs/{}", level + 1) });
        definitions.insert(level.to_string(), json!({ "type": "object", "properties": { "a": next, "b": next } }));
    }
    definitions.insert("60".to_owned(), text.clone());
    let wide = json!({ "$ref": "#/$defs/0", "$defs": definitions });
    for schema in [&draft, &elsewhere, &deep, &wide, &json!(3), &json!([])] {
        for (old, new) in [(&text, schema), (schema, &text)] {
            let found = inclusion(old, new);
            assert!(matches!(&found, Inclusion::NotProven(why) if why.len() == 1), "{found:?}");
            assert!(matches!(output_inclusion(old, new), Inclusion::NotProven(_)));
        }
    }
    for unsound in [json!({ "type": "text" }), json!({ "type": "string", "pattern": "(" }), json!({ "minLength": "1" })]
    {
        assert!(matches!(inclusion(&unsound, &text), Inclusion::NotProven(_)), "{unsound}");
        assert!(matches!(inclusion(&text, &unsound), Inclusion::NotProven(_)), "{unsound}");
    }
}

#[test]
fn references_are_what_they_lead_to() {
    let named = |length: u64| json!({ "type": "object", "properties": { "a": { "$ref": "#/$defs/Name" } }, "$defs": { "Name": { "type": "string", "maxLength": length } } });
    assert_eq!(inclusion(&named(2), &named(3)), Inclusion::Included);
    assert_eq!(
        told(&inclusion(&named(2), &named(1)), false),
        [r#"a may not be longer than 1 character any more: {"a":"xx"}"#]
    );
    // What leads into itself is taken as a whole.
    let tree = |length: u64, other: u64| {
        json!({
            "type": "object",
            "properties": { "tree": { "$ref": "#/$defs/Tree" }, "other": { "type": "string", "maxLength": other } },
            "$defs": { "Tree": {
                "type": "object",
                "properties": { "name": { "type": "string", "maxLength": length }, "next": { "$ref": "#/$defs/Tree" } },
            } },
        })
    };
    assert_eq!(inclusion(&tree(2, 2), &tree(2, 3)), Inclusion::Included);
    assert_eq!(output_inclusion(&tree(2, 3), &tree(2, 2)), Inclusion::Included);
    let expected = [r#"other may not be longer than 1 character any more: {"other":"xx"}"#];
    assert_eq!(told(&inclusion(&tree(2, 2), &tree(2, 1)), false), expected);
    assert_ne!(inclusion(&tree(2, 2), &tree(1, 2)), Inclusion::Included);
    let whole = |length: u64| json!({ "type": "object", "properties": { "a": { "type": "string", "maxLength": length }, "next": { "$ref": "#" } }, "additionalProperties": false });
    assert_ne!(inclusion(&whole(2), &whole(1)), Inclusion::Included);
    assert!(matches!(inclusion(&whole(1), &whole(2)), Inclusion::NotProven(_)));
}

/// Schemas that could take for ever: of each it is known in time, or not at all.
#[test]
fn no_pair_of_schemas_takes_long() {
    let wide = |count: usize, bound: usize| {
        let option = |index: usize| {
            with(json!({ "type": "integer", "minimum": index, "maximum": index + bound, "multipleOf": 3 }))
        };
        json!({ "anyOf": (0..count).map(option).collect::<Vec<_>>() })
    };
    let nested = |depth: usize, bound: u64| {
        (0..depth).fold(json!({ "type": "string", "maxLength": bound }), |schema, level| {
            json!({ "anyOf": [with(schema.clone()), with(json!({ "type": "array", "items": schema, "minItems": level }))] })
        })
    };
    let parts = |count: usize, step: usize| {
        let part = |index: usize| json!({ "anyOf": (0..9).map(|option| optional(json!({ "enum": [index * step, option, option + 1] }))).collect::<Vec<_>>() });
        json!({ "allOf": (0..count).map(part).collect::<Vec<_>>() })
    };
    let refused = |count: usize, bound: usize| {
        let members =
            (0..count).map(|index| (format!("m{index}"), json!({ "not": { "type": "integer", "minimum": bound } })));
        json!({ "type": "object", "properties": members.collect::<serde_json::Map<_, _>>(), "minProperties": bound })
    };
    let pattern = |count: usize| {
        with(
            json!({ "type": "string", "pattern": format!("^(?:[a-z]{{0,{count}}}[0-9]{{0,{count}}}|x(?:ab|cd)*[^a]{{{count}}})$") }),
        )
    };
    let pairs = [
        ("wide", wide(60, 5), wide(60, 4)),
        ("wider", wide(400, 5), wide(400, 4)),
        ("nested", nested(9, 3), nested(9, 2)),
        ("nested deeper", nested(12, 3), nested(12, 2)),
        ("parts", parts(4, 2), parts(4, 3)),
        ("more parts", parts(30, 2), parts(30, 3)),
        ("refused", refused(30, 2), refused(30, 3)),
        ("more refused", refused(400, 2), refused(400, 3)),
        ("pattern", pattern(30), pattern(20)),
        ("longer pattern", pattern(900), pattern(800)),
        (
            "long texts",
            with(json!({ "type": "string", "minLength": u64::MAX })),
            with(json!({ "type": "string", "maxLength": 3 })),
        ),
        (
            "long lists",
            with(json!({ "type": "array", "minItems": 1_000_000_000 })),
            with(json!({ "type": "array", "maxItems": 3 })),
        ),
    ];
    for (name, old, new) in pairs {
        let begin = std::time::Instant::now();
        let found = [inclusion(&old, &new), inclusion(&new, &old), output_inclusion(&old, &new)];
        let _ = writeln!(
            std::io::stderr(),
            "{name}: {:?}, {:?}",
            begin.elapsed(),
            found.map(|found| match found {
                Inclusion::Included => "included".to_owned(),
                Inclusion::Lost { values, not_proven } =>
                    format!("{} lost, {} not proven", values.len(), not_proven.len()),
                Inclusion::NotProven(places) => format!("{} not proven", places.len()),
            })
        );
        assert!(begin.elapsed().as_secs() < 20, "{name} takes {:?}", begin.elapsed());
    }
}
