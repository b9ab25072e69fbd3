//! Schemas that are large: what is realistic is decided, and whatever is not is not proven, in little time and memory.

use super::table::told;
use opwright::schema::{Inclusion, inclusion, output_inclusion};
use serde_json::{Map, Value, json};
use std::time::Instant;

fn members(count: usize, member: impl Fn(usize) -> Value) -> Value {
    let members: Map<String, Value> = (0..count).map(|index| (format!("m{index}"), member(index))).collect();
    json!({ "type": "object", "properties": members, "additionalProperties": false })
}

fn words(from: usize, to: usize) -> Vec<Value> {
    (from..to).map(|index| json!(format!("word {index}"))).collect()
}

#[test]
fn long_lists_of_choices_are_decided() {
    let by_enum = |from: usize, to: usize| json!({ "type": "string", "enum": words(from, to) });
    let by_options = |from: usize, to: usize| {
        let option = |word: Value| json!({ "const": word, "title": "A" });
        json!({ "oneOf": words(from, to).into_iter().map(option).collect::<Vec<_>>() })
    };
    let spelled = |from: usize, to: usize| {
        let option = |number: usize| json!({ "enum": [number, number.to_string()] });
        json!({ "anyOf": (from..to).map(option).chain([json!({ "enum": [null, ""] })]).collect::<Vec<_>>() })
    };
    let gone = |word: &str, shown: &str| format!("m0 may not be {word} any more: {{\"m0\":{shown}}}");
    for kind in [by_enum as fn(usize, usize) -> Value, by_options] {
        let with = |from, to| members(1, |_| kind(from, to));
        assert_eq!(inclusion(&with(0, 150), &with(0, 151)), Inclusion::Included);
        let found = told(&inclusion(&with(0, 150), &with(1, 150)), false);
        assert_eq!(found, [gone(r#""word 0""#, r#""word 0""#)]);
    }
    let found = told(&inclusion(&members(1, |_| spelled(0, 200)), &members(1, |_| spelled(1, 200))), false);
    assert_eq!(found, [gone("0", "0")]);
    // Dozens of hundreds, each of which lacks one.
    for kind in [by_enum as fn(usize, usize) -> Value, by_options, spelled] {
        let count = 48;
        let (old, new) = (members(count, |_| kind(0, 90)), members(count, |_| kind(1, 91)));
        assert_eq!(told(&inclusion(&old, &new), false).len(), count);
        let found = inclusion(&old, &members(count, |_| kind(0, 91)));
        assert_eq!(found, Inclusion::Included, "{found:?}");
    }
    let (old, new) = (members(60, |_| by_enum(0, 500)), members(60, |_| by_enum(1, 501)));
    let Inclusion::Lost { values, not_proven } = inclusion(&old, &new) else { panic!("something is lost") };
    assert_eq!((values.len(), not_proven.len()), (60, 0));
    // Choices told apart from choices, and from text that is none of them.
    let old = members(1, |_| json!({ "oneOf": [by_enum(0, 300), { "type": "integer" }, by_enum(300, 600)] }));
    let new = members(1, |_| json!({ "oneOf": [{ "type": "integer" }, by_enum(0, 600)] }));
    assert_eq!(inclusion(&old, &new), Inclusion::Included);
}

fn size(found: &Inclusion) -> usize {
    match found {
        Inclusion::Lost { values, .. } => values.iter().map(|lost| lost.value.to_string().len()).sum(),
        _ => 0,
    }
}

#[test]
fn values_that_are_shown_have_their_bounds() {
    let long = |most: usize| members(150, |_| json!({ "type": "string", "maxLength": most }));
    let found = inclusion(&long(16_000_000), &long(15_999_999));
    assert!(size(&found) > 0 && size(&found) < 100 << 20, "{} bytes", size(&found));
    let Inclusion::Lost { values, not_proven } = found else { panic!("something is lost") };
    assert_eq!(values.len() + not_proven.len(), 150);

    let list = |inner: Value, count: usize| json!({ "type": "array", "minItems": count, "items": inner });
    let text = |most: usize| json!({ "type": "string", "minLength": 5, "maxLength": most });
    let long = |most: usize| json!({ "type": "string", "minLength": 16_000_000, "maxLength": most });
    let pairs = [
        (list(list(text(8), 10_000), 10_000), list(list(text(7), 10_000), 10_000)),
        (list(long(16_000_001), 1_000), list(long(16_000_000), 1_000)),
    ];
    for (old, new) in pairs {
        assert!(matches!(inclusion(&old, &new), Inclusion::NotProven(_)));
    }
    // What is referred to often is as large as often.
    let choices = |from: usize| {
        let mut schema = members(2_400, |_| json!({ "$ref": "#/$defs/choice" }));
        schema["$defs"] = json!({ "choice": { "enum": words(from, 60_000) } });
        schema
    };
    let Inclusion::NotProven(places) = inclusion(&choices(0), &choices(1)) else { panic!("it is too much") };
    assert_eq!(places[0].reason, "the older schema: it has too many values");
}

#[test]
fn no_work_is_done_without_end() {
    let count = 5_000;
    let conditions = |what: &str| {
        let condition = |index: usize| {
            json!({
                "if": { "required": [format!("a{index}")] },
                "then": { "required": [format!("b{index}")] },
                "else": { what: [format!("c{index}")] },
            })
        };
        members(16, |_| json!({ "allOf": (0..24).map(condition).collect::<Vec<_>>() }))
    };
    let automata = |length: usize| {
        members(600, |index| json!({ "type": "string", "pattern": format!("[01]*1[01]{{{length}}}{index}") }))
    };
    let required = |most: usize| {
        let mut schema = members(4_000, |index| json!({ "type": "string", "maxLength": most + index }));
        schema["required"] = (0..4_000).map(|index| json!(format!("m{index}"))).collect();
        schema
    };
    let pairs = [
        (
            "choices that are text",
            members(1, |_| json!({ "type": "string", "enum": words(0, count) })),
            members(1, |_| json!({ "type": "string", "enum": words(0, count + 1) })),
        ),
        (
            "choices that match",
            members(1, |_| json!({ "enum": words(0, count) })),
            members(1, |_| json!({ "type": "string", "pattern": r"^(?:\p{L}{1,150}|w.*)$" })),
        ),
        ("automata", automata(9), automata(10)),
        ("automata that are too large", automata(13), automata(14)),
        ("conditions", conditions("required"), conditions("anyOf")),
        ("members", required(2), required(1)),
    ];
    for (name, old, new) in pairs {
        let begin = Instant::now();
        let _ = (inclusion(&old, &new), output_inclusion(&old, &new));
        assert!(begin.elapsed().as_secs() < 40, "{name} takes {:?}", begin.elapsed());
    }
}

/// One pattern that is too much takes nothing from what is beside it.
#[test]
fn what_is_too_much_leaves_the_rest_decided() {
    // The patterns come first.
    let schema = |length: usize, most: usize| {
        members(180, |index| {
            if index < 80 {
                json!({ "type": "string", "pattern": format!("[01]*1[01]{{{length}}}{index}") })
            } else {
                json!({ "type": "string", "maxLength": most + index })
            }
        })
    };
    let found = inclusion(&schema(9, 2), &schema(10, 1));
    let Inclusion::Lost { values, not_proven } = found else { panic!("something is lost") };
    assert!(!not_proven.is_empty(), "the patterns are not too much");
    let lengths = values.iter().filter(|lost| matches!(lost.loss, opwright::schema::Loss::Longer(_)));
    assert_eq!(lengths.count(), 100);
}
