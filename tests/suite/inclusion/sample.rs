//! Inputs that a dispatcher accepts, at random and at the bounds of each field.

use opwright::definition::{Field, Kind};
use opwright::schema::InputSchema;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Map, Value, json};
use std::collections::HashMap;

pub(crate) struct Sampler {
    random: fastrand::Rng,
    /// Texts that match a pattern.
    texts: HashMap<String, Vec<String>>,
}

impl Sampler {
    pub(crate) fn new(seed: u64) -> Self {
        Self { random: fastrand::Rng::with_seed(seed), texts: HashMap::new() }
    }

    /// So many inputs that are accepted, unless they are hard to find.
    pub(crate) fn inputs(&mut self, schema: &InputSchema, count: usize) -> Vec<Value> {
        let fields: Vec<Field> = schema.fields().cloned().collect();
        let mut inputs = Vec::new();
        for _ in 0..count * 20 {
            let input = Value::Object(self.object(&fields));
            if schema.accept(&input).is_ok() {
                inputs.push(input);
            }
            if inputs.len() == count {
                break;
            }
        }
        inputs
    }

    fn object(&mut self, fields: &[Field]) -> Map<String, Value> {
        let mut members = Map::new();
        for field in fields {
            if let Some(value) = self.field(field) {
                members.insert(field.name.clone(), value);
            }
        }
        members
    }

    fn field(&mut self, field: &Field) -> Option<Value> {
        if !field.required {
            match self.random.u8(0..10) {
                0 | 1 => return None,
                2 => return Some(Value::Null),
                3 if !field.takes_empty_text() => return Some(json!("")),
                _ => {}
            }
        }
        if !field.examples.is_empty() && self.random.u8(0..10) == 0 {
            return self.random.choice(field.examples.clone());
        }
        Some(self.value(field))
    }

    fn pick<T>(&mut self, values: impl IntoIterator<Item = T>) -> T {
        let mut values: Vec<T> = values.into_iter().collect();
        values.swap_remove(self.random.usize(0..values.len()))
    }

    fn value(&mut self, field: &Field) -> Value {
        match &field.kind {
            Kind::Text { pattern: Some(pattern), .. } => json!(self.matching(pattern)),
            Kind::Text { min_length, max_length, .. } => {
                let low = min_length.unwrap_or(0);
                let high = max_length.unwrap_or(low + 40);
                let near = [low, low + 1, high, high.saturating_sub(1), low + 7];
                let length = self.pick(near.into_iter().filter(|length| (low..=high).contains(length)));
                let letters = self.pick(["x", "ß", " ", "7"]);
                json!(letters.repeat(usize::try_from(length).expect("a length")))
            }
            Kind::JsonObjectText { max_bytes } => {
                if self.random.u8(0..200) == 0 {
                    let bytes = usize::try_from(*max_bytes).expect("a length");
                    return json!(format!("{{\"a\":\"{}\"}}", "x".repeat(bytes.saturating_sub(8))));
                }
                self.pick([json!("{}"), json!("{\"a\": [1]}"), json!({ "a": 1 }), json!({})])
            }
            Kind::Integer { minimum, maximum } => {
                let near = [*minimum, *maximum, minimum.saturating_add(1), maximum.saturating_sub(1)];
                let number = if self.random.bool() { self.pick(near) } else { self.random.i64(*minimum..=*maximum) };
                match self.random.u8(0..4) {
                    0 | 1 => json!(number),
                    2 => json!(number.to_string()),
                    #[expect(clippy::cast_precision_loss, reason = "what is lost by it is not accepted")]
                    _ => json!(number as f64),
                }
            }
            Kind::Number { minimum, maximum } => {
                let (low, high) = (minimum.unwrap_or(-1e6), maximum.unwrap_or(1e6));
                let number = low + self.random.f64() * (high - low);
                let near = [json!(low), json!(high), json!(number)];
                if minimum.is_none() && maximum.is_none() && self.random.bool() {
                    return self.pick([json!("1.5"), json!("-0"), json!("12"), json!("9".repeat(300))]);
                }
                self.pick(near)
            }
            Kind::Boolean => self.pick([json!(true), json!(false), json!("true"), json!("false")]),
            Kind::Choice(choices) => {
                let choice = self.pick(choices);
                if self.random.bool() { choice.value.clone() } else { json!(choice.text()) }
            }
            Kind::Variants { tag, variants } => {
                let variant = self.pick(variants);
                let mut members = self.object(&variant.fields);
                members.insert(tag.clone(), json!(variant.value));
                Value::Object(members)
            }
            Kind::Object { fields, .. } => Value::Object(self.object(fields)),
            Kind::List { item, min_items, max_items } => {
                let low = min_items.unwrap_or(0);
                let high = max_items.unwrap_or(low + 3);
                let count = self.pick([low, high, (low + 1).min(high)]);
                (0..count).map(|_| self.value(item)).collect()
            }
            Kind::LinkedResource { .. } => json!({ "resourceKey": "1", "linkName": "other" }),
            Kind::Null => Value::Null,
            Kind::Json => self.pick([json!(0), json!("x"), json!([]), json!({ "a": null }), json!(true)]),
        }
    }

    /// A value of an output's schema, with the members that it lists.
    pub(crate) fn output(&mut self, schema: &Value) -> Value {
        if let Some(value) = schema.get("const") {
            return value.clone();
        }
        for keyword in ["enum", "oneOf", "anyOf"] {
            if let Some(options) = schema.get(keyword).and_then(Value::as_array) {
                let option = self.pick(options);
                return if keyword == "enum" { option.clone() } else { self.output(option) };
            }
        }
        let types = match &schema["type"] {
            Value::Array(types) => types.clone(),
            one => vec![one.clone()],
        };
        match self.pick(types).as_str() {
            Some("object") => {
                let required = |name: &str| {
                    schema["required"].as_array().is_some_and(|required| required.iter().any(|known| known == name))
                };
                let mut members = Map::new();
                for (name, member) in schema["properties"].as_object().into_iter().flatten() {
                    if required(name) || self.random.bool() {
                        members.insert(name.clone(), self.output(member));
                    }
                }
                if schema["additionalProperties"].is_object() {
                    members.insert("other".to_owned(), self.output(&schema["additionalProperties"]));
                }
                Value::Object(members)
            }
            Some("array") => (0..self.random.usize(0..4)).map(|_| self.output(&schema["items"])).collect(),
            Some("string") => json!(self.pick(["", "x", "7", "some words"])),
            Some("integer" | "number") => {
                let low = schema["minimum"].as_i64().unwrap_or(-3);
                let high = schema["maximum"].as_i64().unwrap_or(low + 9);
                json!(self.random.i64(low..=high.max(low)))
            }
            Some("boolean") => json!(self.random.bool()),
            Some("null") => Value::Null,
            _ => self.pick([json!(0), json!("x"), json!([]), json!({ "a": null }), json!(true), Value::Null]),
        }
    }

    fn matching(&mut self, pattern: &str) -> String {
        let texts = self.texts.entry(pattern.to_owned()).or_insert_with(|| {
            let body = pattern.trim_start_matches('^').trim_end_matches('$');
            let strategy = proptest::string::string_regex(body).expect("a pattern that proptest knows");
            let random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
            let mut runner = TestRunner::new_with_rng(Config::default(), random);
            (0..60).map(|_| strategy.new_tree(&mut runner).expect("a text").current()).collect()
        });
        let texts = texts.clone();
        self.pick(texts)
    }
}
