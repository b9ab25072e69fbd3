//! Any schemas: what is told of two that were made at random, held against many values.

use opwright::schema::{Inclusion, inclusion, output_inclusion};
use serde_json::{Map, Value, json};
use std::io::Write;

struct Maker {
    random: fastrand::Rng,
    /// Whether it uses also what connectors do not have.
    has_all_keywords: bool,
}

impl Maker {
    fn pick<T: Clone>(&mut self, values: &[T]) -> T {
        values[self.random.usize(0..values.len())].clone()
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
        match self.random.u8(0..4) {
            0 if depth > 0 => (0..self.random.usize(0..4)).map(|_| self.value(depth - 1)).collect(),
            1 if depth > 0 => {
                let mut members = Map::new();
                for _ in 0..self.random.usize(0..4) {
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
        json!(self.random.u8(0..4))
    }

    fn schema(&mut self, depth: usize) -> Value {
        if self.has_all_keywords && depth > 0 && self.random.u8(0..3) == 0 {
            return self.uncommon(depth);
        }
        let kind = if depth == 0 { self.random.u8(0..9) } else { self.random.u8(0..20) };
        match kind {
            0 => json!({ "const": self.leaf() }),
            1 | 2 => json!({ "enum": (0..self.random.usize(1..4)).map(|_| self.leaf()).collect::<Vec<_>>() }),
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
                    if self.random.bool() {
                        schema["properties"][name] = self.schema(depth - 1);
                    }
                }
                if self.random.bool() {
                    schema["required"] = json!([self.pick(&["a", "b", "c"])]);
                }
                match self.random.u8(0..4) {
                    0 => {}
                    1 => schema["additionalProperties"] = self.schema(depth - 1),
                    _ => schema["additionalProperties"] = json!(false),
                }
                schema
            }
            16 | 17 => {
                let keyword = self.pick(&["anyOf", "anyOf", "oneOf", "allOf"]);
                json!({ keyword: (0..self.random.usize(1..4)).map(|_| self.schema(depth - 1)).collect::<Vec<_>>() })
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

    /// A schema of keywords that connectors do not have.
    fn uncommon(&mut self, depth: usize) -> Value {
        let name = self.pick(&["a", "b"]);
        match self.random.u8(0..11) {
            0 => json!({ "$ref": self.pick(&["#/$defs/x", "#/$defs/y"]) }),
            1 => {
                let mut schema = self.schema(depth - 1);
                if let Some(object) = schema.as_object_mut() {
                    object.insert("$ref".to_owned(), json!(self.pick(&["#/$defs/x", "#/$defs/y"])));
                    if self.random.bool() {
                        object.insert("unevaluatedProperties".to_owned(), json!(false));
                    }
                }
                schema
            }
            2 => {
                let mut schema = self.schema(depth - 1);
                if let Some(object) = schema.as_object_mut() {
                    let values = (0..self.random.usize(1..5)).map(|_| self.value(1)).collect::<Vec<_>>();
                    object.insert("enum".to_owned(), json!(values));
                }
                schema
            }
            3 => {
                let part = json!({ "properties": { name: self.schema(depth - 1) } });
                let others = self.pick(&[json!(true), json!({}), json!(false), json!({ "type": "integer" })]);
                let mut schema =
                    json!({ "type": "object", "properties": { "a": self.schema(depth - 1) }, "allOf": [part] });
                if self.random.u8(0..3) == 0 {
                    schema["additionalProperties"] = others.clone();
                }
                schema["unevaluatedProperties"] = self.pick(&[json!(false), others]);
                schema
            }
            4 => {
                let mut schema = json!({ "type": "array", "prefixItems": [self.schema(depth - 1)] });
                let keyword = self.pick(&["items", "unevaluatedItems", "contains"]);
                schema[keyword] = self.pick(&[json!(true), json!(false), json!({ "type": "integer" })]);
                if self.random.u8(0..3) == 0 {
                    schema["unevaluatedItems"] = json!(false);
                }
                schema
            }
            5 => {
                let mut schema = json!({ "if": { "properties": { name: self.schema(0) } } });
                schema["then"] = self.schema(depth - 1);
                if self.random.bool() {
                    schema["else"] = self.schema(depth - 1);
                }
                schema
            }
            6 => json!({ "type": "object", "dependentRequired": { name: [self.pick(&["a", "b", "c"])] } }),
            7 => json!({ "type": "object", "dependentSchemas": { name: self.schema(depth - 1) } }),
            8 => {
                let format = self.pick(&["date", "email", "ipv4", "uri", "uri-reference", "uuid", "regex", "words"]);
                json!({ "type": "string", "format": format })
            }
            9 => json!({ "not": self.schema(depth - 1) }),
            _ => {
                json!({ "propertyNames": { "maxLength": self.random.u8(0..3) }, "minProperties": self.random.u8(0..3) })
            }
        }
    }

    /// A schema, with what its references lead to; these lead into themselves below a member or an item only.
    fn document(&mut self) -> Value {
        let mut schema = self.schema(3);
        if !self.has_all_keywords {
            return schema;
        }
        let mut definition = || {
            self.has_all_keywords = false;
            let mut made = self.schema(1);
            self.has_all_keywords = true;
            if let Some(object) = made.as_object_mut()
                && self.random.u8(0..3) == 0
            {
                let reference = json!({ "$ref": self.pick(&["#/$defs/x", "#/$defs/y"]) });
                object.insert(self.pick(&["items", "additionalProperties"]).to_owned(), reference);
            }
            made
        };
        let definitions = json!({ "x": definition(), "y": definition() });
        if let Some(object) = schema.as_object_mut() {
            object.insert("$defs".to_owned(), definitions);
        }
        schema
    }

    fn constrained(&mut self, kind: &str, keywords: &[&str]) -> Value {
        let mut schema = json!({ "type": kind });
        for keyword in keywords.iter().filter(|_| self.random.u8(0..3) == 0).collect::<Vec<_>>() {
            schema[keyword] = match *keyword {
                "pattern" => {
                    json!(self.pick(&["^a*$", "^[ab]*$", "b", "^.$", r"^\w+$", "^(?:a|b)?$", "^[^a]*$", r"^\D*$"]))
                }
                "uniqueItems" => json!(true),
                "multipleOf" => json!(self.random.u8(1..3)),
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
                "unevaluatedProperties",
                "allOf/0",
                "prefixItems/0",
                "if",
                "then",
                "not",
                "$defs/x",
                "$defs/y",
            ]
            .iter()
            .map(|path| format!("/{path}"))
            .filter(|path| place.pointer(path).is_some_and(Value::is_object))
            .collect();
            if inner.is_empty() || self.random.u8(0..4) == 0 {
                break;
            }
            let path = self.pick(&inner);
            place = place.pointer_mut(&path).expect("it is there");
        }
        if !self.is_altered(place) {
            let has_all_keywords = std::mem::replace(&mut self.has_all_keywords, false);
            *place = self.schema(1);
            self.has_all_keywords = has_all_keywords;
        }
        changed
    }

    /// Alters one keyword of a schema, now and then, if there is one that can be.
    fn is_altered(&mut self, schema: &mut Value) -> bool {
        let Some(object) = schema.as_object_mut().filter(|object| !object.is_empty() && self.random.u8(0..4) > 0)
        else {
            return false;
        };
        let keywords: Vec<String> = object.keys().cloned().collect();
        let keyword = self.pick(&keywords);
        let more = self.random.bool();
        match object.get_mut(&keyword) {
            Some(Value::Number(number)) => {
                let bound = number.as_i64().unwrap_or_default();
                object[&keyword] = json!(if more { bound + 1 } else { (bound - 1).max(1) });
            }
            Some(Value::Array(values)) if values.len() > 1 => {
                values.remove(0);
            }
            _ if keyword == "type" || keyword == "$defs" => return false,
            _ => {
                object.shift_remove(&keyword);
            }
        }
        true
    }
}

/// What came of some rounds.
#[derive(Default)]
struct Rounds {
    all: usize,
    included: usize,
    lost: usize,
    not_proven: usize,
    /// Of what is not proven, what the algebra denies.
    denied: usize,
    results_included: usize,
    /// Values that were tried of what is told to be included.
    tried: usize,
    wrong: Vec<String>,
}

fn seed() -> u64 {
    std::env::var("OPWRIGHT_INCLUSION_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(5)
}

fn rounds(has_all_keywords: bool, count: usize) -> Rounds {
    let mut maker = Maker { random: fastrand::Rng::with_seed(seed()), has_all_keywords };
    let values: Vec<Value> = (0..1200).map(|_| maker.value(3)).collect();
    let mut rounds = Rounds::default();
    for round in 0..count {
        let old = maker.document();
        let new = if round % 3 == 0 { maker.document() } else { maker.changed(&old) };
        if let (Ok(takes_old), Ok(takes_new)) = (validator(&old), validator(&new)) {
            rounds.all += 1;
            rounds.inputs((&old, &takes_old), (&new, &takes_new), &values);
            rounds.results((&old, &takes_old), (&new, &takes_new), &values);
        }
    }
    let _ = writeln!(
        std::io::stderr(),
        "random: {} included, {} lost, {} not proven, of these the algebra denies {}; {} of results included, {} values",
        rounds.included,
        rounds.lost,
        rounds.not_proven,
        rounds.denied,
        rounds.results_included,
        rounds.tried,
    );
    assert!(
        rounds.wrong.is_empty(),
        "{} of {count}:\n{}",
        rounds.wrong.len(),
        rounds.wrong.iter().take(8).cloned().collect::<Vec<_>>().join("\n")
    );
    rounds
}

type Taking<'v> = (&'v Value, &'v jsonschema::Validator);

impl Rounds {
    fn inputs(&mut self, (old, takes_old): Taking<'_>, (new, takes_new): Taking<'_>, values: &[Value]) {
        match inclusion(old, new) {
            Inclusion::Included => {
                self.included += 1;
                if is_json_text(old, new) {
                    return;
                }
                let mut taken = values.iter().filter(|value| takes_old.is_valid(value)).inspect(|_| self.tried += 1);
                let shown = taken.find(|value| !takes_new.is_valid(value));
                self.wrong.extend(shown.map(|value| format!("included, but {value}:\n{old}\n{new}")));
                if super::algebra_denies(new, old) {
                    self.wrong.push(format!("included, which the algebra denies:\n{old}\n{new}"));
                }
            }
            Inclusion::Lost { values, .. } => {
                self.lost += 1;
                let shown = values.iter().find(|lost| {
                    (!takes_old.is_valid(&lost.value) || takes_new.is_valid(&lost.value)) && !is_json_text(old, new)
                });
                self.wrong.extend(shown.map(|lost| format!("{lost:?} shows nothing:\n{old}\n{new}")));
            }
            Inclusion::NotProven(_) => {
                self.not_proven += 1;
                self.denied += usize::from(super::algebra_denies(new, old));
            }
        }
    }

    fn results(&mut self, (old, takes_old): Taking<'_>, (new, takes_new): Taking<'_>, values: &[Value]) {
        match output_inclusion(old, new) {
            Inclusion::Lost { values, .. } => {
                let shown = values.iter().find(|lost| {
                    (!takes_new.is_valid(&lost.value) || takes_old.is_valid(&lost.value)) && !is_json_text(old, new)
                });
                self.wrong.extend(shown.map(|lost| format!("{lost:?} shows nothing of results:\n{old}\n{new}")));
            }
            Inclusion::Included if !is_json_text(old, new) => {
                self.results_included += 1;
                let mut promised = old.clone();
                open(&mut promised);
                let promised = validator(&promised).expect("an open schema");
                let mut returned = values
                    .iter()
                    .filter(|value| takes_new.is_valid(value) && is_listed(new, value))
                    .inspect(|_| self.tried += 1);
                let shown = returned.find(|value| !promised.is_valid(value));
                self.wrong.extend(shown.map(|value| format!("included, but {value} is a result:\n{old}\n{new}")));
            }
            _ => {}
        }
    }
}

/// Opens what lists its members, and lets several alternatives be.
fn open(schema: &mut Value) {
    let Value::Object(object) = schema else { return };
    object.retain(|keyword, value| {
        !(matches!(keyword.as_str(), "additionalProperties" | "unevaluatedProperties") && *value == false)
    });
    for (keyword, value) in object.iter_mut() {
        match (keyword.as_str(), value) {
            ("properties" | "patternProperties" | "$defs", Value::Object(schemas)) => {
                schemas.values_mut().for_each(open);
            }
            ("anyOf" | "oneOf" | "allOf" | "prefixItems", Value::Array(schemas)) => schemas.iter_mut().for_each(open),
            ("items" | "additionalProperties", schema) => open(schema),
            _ => {}
        }
    }
    if let Some(options) = object.shift_remove("oneOf") {
        object.insert("anyOf".to_owned(), options);
    }
}

/// Whether a schema lists all members of a value by itself; of composed ones that is not known.
fn is_listed(schema: &Value, value: &Value) -> bool {
    const COMPOSED: [&str; 9] = [
        "allOf",
        "anyOf",
        "oneOf",
        "if",
        "$ref",
        "dependentSchemas",
        "patternProperties",
        "not",
        "unevaluatedProperties",
    ];
    if !value.is_object() && !value.is_array() {
        return true;
    }
    if COMPOSED.iter().any(|keyword| schema.get(keyword).is_some()) {
        return false;
    }
    match value {
        Value::Object(members) => members.iter().all(|(name, value)| {
            let listed = schema.get("properties").map(|properties| properties.get(name));
            match (listed, schema.get("additionalProperties")) {
                (Some(Some(listed)), _) | (_, Some(listed)) => is_listed(listed, value),
                (Some(None), None) => false,
                (None, None) => true,
            }
        }),
        Value::Array(items) => {
            schema.get("prefixItems").is_none()
                && schema.get("items").is_none_or(|schema| items.iter().all(|item| is_listed(schema, item)))
        }
        _ => true,
    }
}

#[test]
fn what_is_told_of_random_schemas_is_so() {
    let rounds = rounds(false, 30_000 / super::stride());
    let Rounds { all, included, lost, not_proven, .. } = rounds;
    assert!(included * 5 > all && lost * 5 > all && not_proven * 20 < all);
    assert!(rounds.results_included * 10 > all && rounds.tried > all * 50);
}

#[test]
fn what_is_told_of_uncommon_schemas_is_so() {
    let rounds = rounds(true, 30_000 / super::stride());
    let Rounds { all, included, lost, not_proven, .. } = rounds;
    assert!(included * 10 > all && lost * 5 > all && not_proven * 3 < all);
    assert!(rounds.results_included * 20 > all && rounds.tried > all * 20);
}

fn validator(schema: &Value) -> Result<jsonschema::Validator, ()> {
    jsonschema::draft202012::options().should_validate_formats(true).build(schema).map_err(drop)
}

/// What is published of such a text takes more than what is enforced.
fn is_json_text(one: &Value, other: &Value) -> bool {
    [one, other].iter().any(|schema| schema.to_string().contains("contentSchema"))
}
