//! Any schemas: what is told of two that were made at random, held against many values.

use opwright::schema::{Inclusion, inclusion, output_inclusion};
use serde_json::{Map, Value, json};
use std::io::Write;

struct Maker(fastrand::Rng);

impl Maker {
    fn pick<T: Clone>(&mut self, values: &[T]) -> T {
        values[self.0.usize(0..values.len())].clone()
    }

    fn leaf(&mut self) -> Value {
        let leaves = [
            json!(null),
            json!(true),
            json!(false),
            json!(0),
            json!(1),
            json!(2),
            json!(3),
            json!(0.5),
            json!(-1),
            json!(1.0),
            json!(""),
            json!("a"),
            json!("b"),
            json!("ab"),
            json!("aa"),
            json!("1"),
            json!("é"),
            json!("{}"),
            json!("{\"a\":1}"),
        ];
        self.pick(&leaves)
    }

    fn value(&mut self, depth: usize) -> Value {
        match self.0.u8(0..4) {
            0 if depth > 0 => (0..self.0.usize(0..4)).map(|_| self.value(depth - 1)).collect(),
            1 if depth > 0 => {
                let mut members = Map::new();
                for _ in 0..self.0.usize(0..4) {
                    let name = self.pick(&["a", "b", "c", "other"]);
                    let value = self.value(depth - 1);
                    members.insert(name.to_owned(), value);
                }
                Value::Object(members)
            }
            _ => self.leaf(),
        }
    }

    fn count(&mut self) -> Value {
        json!(self.0.u8(0..4))
    }

    fn schema(&mut self, depth: usize) -> Value {
        let kind = if depth == 0 { self.0.u8(0..9) } else { self.0.u8(0..20) };
        match kind {
            0 => json!({ "const": self.leaf() }),
            1 | 2 => json!({ "enum": (0..self.0.usize(1..4)).map(|_| self.leaf()).collect::<Vec<_>>() }),
            3 | 4 => self.constrained("string", &["minLength", "maxLength", "pattern"]),
            5 | 6 => {
                let kind = self.pick(&["integer", "number"]);
                self.constrained(kind, &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"])
            }
            7 => json!({ "type": self.pick(&["null", "boolean", "string", "object", "array"]) }),
            8 => self.pick(&[json!({}), json!(true), json!({ "type": ["string", "null"] }), json!({ "minimum": 1, "minLength": 1 })]),
            9..=11 => {
                let mut schema = self.constrained("array", &["minItems", "maxItems", "uniqueItems"]);
                schema["items"] = self.schema(depth - 1);
                schema
            }
            12..=15 => {
                let mut schema = json!({ "type": "object", "properties": {} });
                for name in ["a", "b"] {
                    if self.0.bool() {
                        schema["properties"][name] = self.schema(depth - 1);
                    }
                }
                if self.0.bool() {
                    schema["required"] = json!([self.pick(&["a", "b", "c"])]);
                }
                match self.0.u8(0..4) {
                    0 => {}
                    1 => schema["additionalProperties"] = self.schema(depth - 1),
                    _ => schema["additionalProperties"] = json!(false),
                }
                schema
            }
            16 | 17 => {
                let keyword = self.pick(&["anyOf", "anyOf", "oneOf", "allOf"]);
                json!({ keyword: (0..self.0.usize(1..4)).map(|_| self.schema(depth - 1)).collect::<Vec<_>>() })
            }
            18 => {
                let variant = |maker: &mut Self, name: &str| {
                    json!({ "type": "object", "properties": { "a": { "const": name }, "b": maker.schema(depth - 1) }, "required": ["a"], "additionalProperties": false })
                };
                json!({ "oneOf": [variant(self, "a"), variant(self, "b")] })
            }
            _ => self.pick(&[
                json!({ "not": { "type": "string" } }),
                json!({ "type": "object", "minProperties": 1 }),
                json!({ "type": "array", "contains": { "type": "integer" } }),
                json!({ "anyOf": [{ "type": "string", "maxLength": 7, "contentMediaType": "application/json", "contentSchema": { "type": "object" } }, { "type": "object" }] }),
                json!({ "patternProperties": { "^a": { "type": "integer" } }, "additionalProperties": false }),
            ]),
        }
    }

    fn constrained(&mut self, kind: &str, keywords: &[&str]) -> Value {
        let mut schema = json!({ "type": kind });
        for keyword in keywords.iter().filter(|_| self.0.u8(0..3) == 0).collect::<Vec<_>>() {
            schema[keyword] = match *keyword {
                "pattern" => {
                    json!(self.pick(&["^a*$", "^[ab]*$", "b", "^.$", r"^\w+$", "^(?:a|b)?$", "^[^a]*$", r"^\D*$"]))
                }
                "uniqueItems" => json!(true),
                "multipleOf" => json!(self.0.u8(1..3)),
                _ => self.count(),
            };
        }
        schema
    }

    /// The same schema with a part of it made anew.
    fn changed(&mut self, schema: &Value) -> Value {
        let mut changed = schema.clone();
        let mut place = &mut changed;
        loop {
            let inner: Vec<String> = [
                "properties/a",
                "properties/b",
                "items",
                "anyOf/0",
                "anyOf/1",
                "oneOf/0",
                "oneOf/1",
                "additionalProperties",
            ]
            .iter()
            .map(|path| format!("/{path}"))
            .filter(|path| place.pointer(path).is_some_and(Value::is_object))
            .collect();
            if inner.is_empty() || self.0.u8(0..4) == 0 {
                break;
            }
            let path = self.pick(&inner);
            place = place.pointer_mut(&path).expect("it is there");
        }
        if !self.is_altered(place) {
            *place = self.schema(1);
        }
        changed
    }

    /// Alters one keyword of a schema, now and then, if there is one that can be.
    fn is_altered(&mut self, schema: &mut Value) -> bool {
        let Some(object) = schema.as_object_mut().filter(|object| !object.is_empty() && self.0.u8(0..4) > 0) else {
            return false;
        };
        let keywords: Vec<String> = object.keys().cloned().collect();
        let keyword = self.pick(&keywords);
        let more = self.0.bool();
        match object.get_mut(&keyword) {
            Some(Value::Number(number)) => {
                let bound = number.as_i64().unwrap_or_default();
                object[&keyword] = json!(if more { bound + 1 } else { (bound - 1).max(1) });
            }
            Some(Value::Array(values)) if values.len() > 1 => {
                values.remove(0);
            }
            _ if keyword == "type" => return false,
            _ => {
                object.shift_remove(&keyword);
            }
        }
        true
    }
}

#[test]
fn what_is_told_of_random_schemas_is_so() {
    let rounds = 30_000 / super::stride();
    let seed = std::env::var("OPWRIGHT_INCLUSION_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(5);
    let mut maker = Maker(fastrand::Rng::with_seed(seed));
    let values: Vec<Value> = (0..1200).map(|_| maker.value(3)).collect();
    let (mut included, mut lost, mut not_proven, mut algebra) = (0, 0, 0, 0);
    let mut wrong = Vec::new();
    for round in 0..rounds {
        let old = maker.schema(3);
        let new = if round % 3 == 0 { maker.schema(3) } else { maker.changed(&old) };
        let (Ok(takes_old), Ok(takes_new)) = (validator(&old), validator(&new)) else { continue };
        match inclusion(&old, &new) {
            Inclusion::Included => {
                included += 1;
                let shown = values
                    .iter()
                    .find(|value| takes_old.is_valid(value) && !takes_new.is_valid(value) && !is_json_text(&old, &new));
                wrong.extend(shown.map(|value| format!("included, but {value}:\n{old}\n{new}")));
                if super::algebra_denies(&new, &old) && !is_json_text(&old, &new) {
                    wrong.push(format!("included, which the algebra denies:\n{old}\n{new}"));
                }
            }
            Inclusion::Lost { values, .. } => {
                lost += 1;
                let shown = values.iter().find(|lost| {
                    (!takes_old.is_valid(&lost.value) || takes_new.is_valid(&lost.value)) && !is_json_text(&old, &new)
                });
                wrong.extend(shown.map(|lost| format!("{lost:?} shows nothing:\n{old}\n{new}")));
            }
            Inclusion::NotProven(_) => {
                not_proven += 1;
                algebra += usize::from(super::algebra_denies(&new, &old));
            }
        }
        if let Inclusion::Lost { values, .. } = output_inclusion(&old, &new) {
            let shown = values.iter().find(|lost| {
                (!takes_new.is_valid(&lost.value) || takes_old.is_valid(&lost.value)) && !is_json_text(&old, &new)
            });
            wrong.extend(shown.map(|lost| format!("{lost:?} shows nothing of results:\n{old}\n{new}")));
        }
    }
    let _ = writeln!(
        std::io::stderr(),
        "random: {included} included, {lost} lost, {not_proven} not proven, of these the algebra denies {algebra}"
    );
    assert!(
        wrong.is_empty(),
        "{} of {rounds}:\n{}",
        wrong.len(),
        wrong.iter().take(8).cloned().collect::<Vec<_>>().join("\n")
    );
    assert!(included * 5 > rounds && lost * 5 > rounds && not_proven * 20 < rounds);
}

fn validator(schema: &Value) -> Result<jsonschema::Validator, ()> {
    jsonschema::draft202012::options().should_validate_formats(true).build(schema).map_err(drop)
}

/// What is published of such a text takes more than what is enforced.
fn is_json_text(one: &Value, other: &Value) -> bool {
    [one, other].iter().any(|schema| schema.to_string().contains("contentSchema"))
}
