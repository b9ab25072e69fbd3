//! What the worker of a newer version does to processes that are deployed with an older one: by the schemas of both.

use super::changes::{
    INPUT_DEFAULT_CHANGED, INPUT_IGNORED, INPUT_NOT_PROVEN, INPUT_REFUSED, Kind, OPERATION_REMOVED, RESULT_CHANGED,
    RESULT_NOT_PROVEN, SECRET_CHANGED,
};
use super::compare::{Change, Witness};
use crate::schema::{Inclusion, Loss, inclusion, output_inclusion};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A connector's published schemas, by the ids of its operations.
pub type OperationSchemas = BTreeMap<String, OperationSchema>;

/// An operation's published schemas.
#[derive(Debug, Clone, PartialEq)]
pub struct OperationSchema {
    /// Of what it takes.
    pub input: Value,
    /// Of what it returns.
    pub output: Value,
}

/// What a worker of the newer definition does to processes that carry the older one.
#[must_use]
pub fn compare_schemas(old: &OperationSchemas, new: &OperationSchemas) -> Vec<Change> {
    let mut changes = Vec::new();
    for (id, old) in old {
        let mut operation = Operation { id, found: &mut changes };
        match new.get(id) {
            None => operation.add(&OPERATION_REMOVED, "", format!("the operation `{id}` is gone"), None),
            Some(new) => {
                operation.inputs(&inclusion(&old.input, &new.input));
                operation.outputs(&output_inclusion(&old.output, &new.output));
                operation.words(&old.input, &new.input);
            }
        }
    }
    changes
}

struct Operation<'a> {
    id: &'a str,
    found: &'a mut Vec<Change>,
}

impl Operation<'_> {
    fn add(&mut self, kind: &'static Kind, path: &str, message: String, value: Option<Value>) {
        let property = if path.is_empty() { self.id.to_owned() } else { format!("{}.{path}", self.id) };
        let witness = value.map(|value| Witness { value: Some(value), ..Witness::default() });
        let change = Change::of(kind, None, message);
        self.found.push(Change { property: Some(property), operation: Some(self.id.to_owned()), witness, ..change });
    }

    fn inputs(&mut self, found: &Inclusion) {
        let (values, not_proven) = parts(found);
        for lost in values {
            // A worker takes of a job's variables those that are inputs, and nothing is said of others.
            let is_variable = !lost.path.contains(['.', '[']);
            let kind = if lost.loss == Loss::Member && is_variable { &INPUT_IGNORED } else { &INPUT_REFUSED };
            let message = format!("{} {}", named(&lost.path, "the input"), lost.loss.of_input());
            self.add(kind, &lost.path, message, Some(lost.value.clone()));
        }
        for place in not_proven {
            let message = format!("not proven: {}", place.reason);
            self.add(&INPUT_NOT_PROVEN, &place.path, message, None);
        }
    }

    fn outputs(&mut self, found: &Inclusion) {
        let (values, not_proven) = parts(found);
        for lost in values {
            let message = format!("{} {}", named(&lost.path, "the result"), lost.loss.of_output());
            self.add(&RESULT_CHANGED, &lost.path, message, Some(lost.value.clone()));
        }
        for place in not_proven {
            let message = format!("not proven: {}", place.reason);
            self.add(&RESULT_NOT_PROVEN, &place.path, message, None);
        }
    }

    /// What decides nothing of acceptance: defaults, and the names of secrets.
    fn words(&mut self, old: &Value, new: &Value) {
        let (mut before, mut now) = (BTreeMap::new(), BTreeMap::new());
        members(old, &Key::default(), DEPTH, &mut before);
        members(new, &Key::default(), DEPTH, &mut now);
        for (key, old) in &before {
            let Some(new) = now.get(key) else { continue };
            let (was, is) = (old.schema.get("default"), new.schema.get("default"));
            if !old.is_required && !new.is_required && was != is {
                let word = |default: Option<&Value>| default.map_or("none".to_owned(), Value::to_string);
                let message = format!("the default of `{}` was {} and is {}", key.path, word(was), word(is));
                self.add(&INPUT_DEFAULT_CHANGED, &key.path, message, None);
            }
            let (was, is) = (secret(old.schema), secret(new.schema));
            if let Some(is) = is
                && was != Some(is)
            {
                let was = was.map_or("none".to_owned(), |name| format!("`{name}`"));
                let message = format!("the secret of `{}` was {was} and is `{is}`", key.path);
                self.add(&SECRET_CHANGED, &key.path, message, None);
            }
        }
    }
}

fn parts(found: &Inclusion) -> (&[crate::schema::LostValue], &[crate::schema::NotProven]) {
    match found {
        Inclusion::Included => (&[], &[]),
        Inclusion::Lost { values, not_proven } => (values, not_proven),
        Inclusion::NotProven(not_proven) => (&[], not_proven),
    }
}

fn named(path: &str, whole: &str) -> String {
    if path.is_empty() { whole.to_owned() } else { format!("`{path}`") }
}

/// Deeper members are not looked at.
const DEPTH: usize = 64;

/// A member of an input: where, and of which variants.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    path: String,
    variants: Vec<String>,
}

struct Member<'s> {
    schema: &'s Value,
    is_required: bool,
}

fn members<'s>(schema: &'s Value, key: &Key, depth: usize, found: &mut BTreeMap<Key, Member<'s>>) {
    let Some(depth) = depth.checked_sub(1) else { return };
    let required = schema.get("required").and_then(Value::as_array);
    let properties = schema.get("properties").and_then(Value::as_object);
    let mut inner = key.clone();
    // Of variants, a member is the one of the variant.
    inner.variants.extend(properties.into_iter().flatten().filter_map(|(_, property)| constant(property)));
    for (name, property) in properties.into_iter().flatten() {
        let path = if key.path.is_empty() { name.clone() } else { format!("{}.{name}", key.path) };
        let key = Key { path, ..inner.clone() };
        members(property, &key, depth, found);
        let is_required = required.is_some_and(|required| required.iter().any(|required| required == name));
        found.insert(key, Member { schema: property, is_required });
    }
    for keyword in ["anyOf", "oneOf", "allOf"] {
        for option in schema.get(keyword).and_then(Value::as_array).into_iter().flatten() {
            members(option, &inner, depth, found);
        }
    }
    if let Some(items) = schema.get("items") {
        members(items, &Key { path: format!("{}[]", key.path), ..inner }, depth, found);
    }
}

fn constant(property: &Value) -> Option<String> {
    property.get("const").map(Value::to_string)
}

/// The secret that a member should be given as.
fn secret(schema: &Value) -> Option<&str> {
    let (_, rest) = schema.get("$comment")?.as_str()?.split_once("{{secrets.")?;
    rest.split_once("}}").map(|(name, _)| name)
}

/// Writes a value whose long texts and lists are cut off.
#[expect(clippy::ref_option, reason = "the signature is serde's")]
pub(super) fn cut_off<S: Serializer>(value: &Option<Value>, serializer: S) -> Result<S::Ok, S::Error> {
    value.as_ref().map(short).serialize(serializer)
}

fn short(value: &Value) -> Value {
    const CHARACTERS: usize = 200;
    const ITEMS: usize = 20;
    match value {
        Value::String(text) => {
            let count = text.chars().count();
            if count <= CHARACTERS {
                return value.clone();
            }
            let head: String = text.chars().take(24).collect();
            Value::String(format!("{head}… ({count} characters)"))
        }
        Value::Array(items) => {
            let mut shown: Vec<Value> = items.iter().take(ITEMS).map(short).collect();
            if items.len() > ITEMS {
                shown.truncate(3);
                shown.push(Value::String(format!("… ({} items)", items.len())));
            }
            Value::Array(shown)
        }
        Value::Object(members) => {
            Value::Object(members.iter().map(|(name, value)| (name.clone(), short(value))).collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compat::{Audience, KINDS};
    use serde_json::json;
    use std::collections::BTreeSet;

    fn object(properties: &Value, required: &[&str]) -> Value {
        json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
    }

    fn order(input: Value, output: Value) -> OperationSchemas {
        OperationSchemas::from([("order".to_owned(), OperationSchema { input, output })])
    }

    fn small() -> OperationSchemas {
        let book = json!({ "type": "string", "maxLength": 5, "$comment": "Give it as {{secrets.BOOK}}." });
        let gift = json!({ "anyOf": [{ "type": "boolean" }, { "type": "null" }], "default": false });
        let buyer = object(&json!({ "name": { "type": "string" } }), &[]);
        let output = object(&json!({ "price": { "type": "number" } }), &["price"]);
        order(object(&json!({ "book": book, "gift": gift, "buyer": buyer }), &["book"]), output)
    }

    /// A kind, the property that it is told of, the message and the witness.
    type Told = (&'static str, String, String, Option<Value>);

    fn told(old: &OperationSchemas, new: &OperationSchemas) -> Vec<Told> {
        let told = |change: Change| {
            let witness = change.witness.and_then(|witness| witness.value);
            (change.kind.code, change.property.unwrap_or_default(), change.message, witness)
        };
        compare_schemas(old, new).into_iter().map(told).collect()
    }

    #[test]
    fn each_kind_has_a_smallest_pair() {
        type Row = (&'static str, &'static str, &'static str, Option<Value>, fn(&mut OperationSchemas));
        fn input(schemas: &mut OperationSchemas) -> &mut Value {
            &mut schemas.get_mut("order").expect("an operation").input
        }
        fn output(schemas: &mut OperationSchemas) -> &mut Value {
            &mut schemas.get_mut("order").expect("an operation").output
        }
        let rows: [Row; 15] = [
            (
                "input-refused",
                "order.book",
                "`book` may not be longer than 3 characters any more",
                Some(json!({ "book": "xxxx" })),
                |new| input(new)["properties"]["book"]["maxLength"] = json!(3),
            ),
            ("input-refused", "order.gift", "`gift` must be given", Some(json!({ "book": "x" })), |new| {
                input(new)["required"] = json!(["book", "gift"]);
            }),
            (
                "input-refused",
                "order.buyer.name",
                "`buyer.name` is no input any more",
                Some(json!({ "book": "x", "buyer": { "name": "x" } })),
                |new| input(new)["properties"]["buyer"]["properties"] = json!({}),
            ),
            (
                "input-ignored",
                "order.gift",
                "`gift` is no input any more",
                Some(json!({ "book": "x", "gift": true })),
                |new| drop(input(new)["properties"].as_object_mut().expect("members").shift_remove("gift")),
            ),
            (
                "input-not-proven",
                "order.book",
                "not proven: perhaps it must match ^(?!zq): the patterns are too much",
                None,
                |new| input(new)["properties"]["book"]["pattern"] = json!("^(?!zq)"),
            ),
            (
                "input-not-proven",
                "order",
                "not proven: the newer schema: it is written in http://json-schema.org/draft-07/schema, and only draft \
                 2020-12 is understood",
                None,
                |new| input(new)["$schema"] = json!("http://json-schema.org/draft-07/schema#"),
            ),
            ("operation-removed", "order", "the operation `order` is gone", None, |new| {
                let operation = new.remove("order").expect("an operation");
                new.insert("buy".to_owned(), operation);
            }),
            ("result-changed", "order.price", "`price` may be null", Some(json!({ "price": null })), |new| {
                output(new)["properties"]["price"]["type"] = json!(["number", "null"]);
            }),
            ("result-changed", "order.price", "`price` may be missing", Some(json!({})), |new| {
                *output(new) = object(&json!({}), &[]);
            }),
            ("result-not-proven", "order", "not proven: the newer schema: it is too deep", None, |new| {
                *output(new) = (0..99).fold(json!({}), |schema, _| json!({ "items": schema }));
            }),
            ("input-default-changed", "order.gift", "the default of `gift` was false and is true", None, |new| {
                input(new)["properties"]["gift"]["default"] = json!(true);
            }),
            ("input-default-changed", "order.gift", "the default of `gift` was false and is none", None, |new| {
                drop(input(new)["properties"]["gift"].as_object_mut().expect("a schema").shift_remove("default"));
            }),
            ("secret-changed", "order.book", "the secret of `book` was `BOOK` and is `TITLE`", None, |new| {
                input(new)["properties"]["book"]["$comment"] = json!("Give it as {{secrets.TITLE}}.");
            }),
            // What hurts nobody.
            ("", "", "", None, |new| {
                input(new)["properties"]["more"] = json!({ "type": "string", "default": "x" });
                input(new)["properties"]["book"]["maxLength"] = json!(6);
                input(new)["properties"]["book"]["title"] = json!("Title");
                output(new)["properties"]["more"] = json!({ "type": "string" });
            }),
            ("", "", "", None, |new| drop(new.insert("find".to_owned(), new["order"].clone()))),
        ];
        let mut shown = BTreeSet::new();
        for (code, property, message, witness, change) in rows {
            let mut new = small();
            change(&mut new);
            let expected = (code, property.to_owned(), message.to_owned(), witness);
            let expected: Vec<Told> = Some(expected).filter(|_| !code.is_empty()).into_iter().collect();
            assert_eq!(told(&small(), &new), expected);
            shown.extend(Some(code).filter(|code| !code.is_empty()));
        }
        // These two are told of templates, whose pairs are in `tests/suite/compat.rs`.
        let of_templates = ["header-removed", "job-type-changed"];
        let all = KINDS.iter().filter(|kind| kind.audience == Audience::Deployed).map(|kind| kind.code);
        assert_eq!(shown, all.filter(|code| !of_templates.contains(code)).collect());
    }

    #[test]
    fn members_of_variants_are_compared_with_their_own() {
        let variant = |kind: &str, secret: &str| {
            let token = json!({ "type": "string", "$comment": format!("Give it as {{{{secrets.{secret}}}}}.") });
            object(&json!({ "type": { "const": kind }, "token": token }), &["type", "token"])
        };
        let schemas = |one: &str, other: &str| {
            let login = json!({ "oneOf": [variant("a", one), variant("b", other)] });
            order(object(&json!({ "login": login }), &["login"]), json!({ "type": "null" }))
        };
        assert_eq!(told(&schemas("A", "B"), &schemas("A", "B")), []);
        let changed = told(&schemas("A", "B"), &schemas("A", "C"));
        let message = "the secret of `login.token` was `B` and is `C`".to_owned();
        assert_eq!(changed, [("secret-changed", "order.login.token".to_owned(), message, None)]);
    }

    #[test]
    fn long_values_are_written_short() {
        let value = json!({ "a": "x".repeat(300), "b": vec![1; 30], "c": "y" });
        let witness = Witness { value: Some(value.clone()), ..Witness::default() };
        let expected = json!({
            "entered": [], "before": null, "after": null,
            "value": {
                "a": format!("{}… (300 characters)", "x".repeat(24)),
                "b": [1, 1, 1, "… (30 items)"],
                "c": "y",
            },
        });
        assert_eq!(json!(witness), expected);
        assert_eq!(witness.value, Some(value));
    }
}
