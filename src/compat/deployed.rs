//! What the worker of a newer version does to processes that are deployed with an older one: by the schemas of both.

use super::changes::{
    EVENT_CHANGED, EVENT_NOT_PROVEN, EVENT_REMOVED, INPUT_DEFAULT_CHANGED, INPUT_IGNORED, INPUT_NOT_PROVEN,
    INPUT_REFUSED, Kind, OPERATION_REMOVED, RESULT_CHANGED, RESULT_NOT_PROVEN, SECRET_CHANGED,
};
use super::compare::{Change, Witness};
use super::members::{Member, Members, Variants, others};
use crate::schema::{Inclusion, Loss, LostValue, NotProven, inclusion, output_inclusion};
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
    let mut bytes = SHOWN;
    for (id, old) in old {
        let mut operation = Operation { id, found: &mut changes, bytes: &mut bytes };
        match new.get(id) {
            None => {
                // What was accepted is not any more: the smallest of it shows that.
                let gone = parts(inclusion(&old.input, &Value::Bool(false)));
                let smallest = gone.0.into_iter().next().map(|lost| lost.value);
                operation.add(&OPERATION_REMOVED, "", format!("the operation `{id}` is gone"), smallest);
            }
            Some(new) => {
                operation.inputs(inclusion(&old.input, &new.input));
                let found = output_inclusion(&old.output, &new.output);
                operation.tells(found, "the result", [&RESULT_CHANGED, &RESULT_NOT_PROVEN]);
                operation.words(&old.input, &new.input);
            }
        }
    }
    changes
}

/// What the worker of a newer definition tells processes that wait for an older one's event; none if that is gone.
#[must_use]
pub fn compare_event(id: &str, old: &Value, new: Option<&Value>) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut bytes = SHOWN;
    let mut event = Operation { id, found: &mut changes, bytes: &mut bytes };
    match new {
        None => event.add(&EVENT_REMOVED, "", format!("the event `{id}` is gone"), None),
        Some(new) => event.tells(output_inclusion(old, new), "what happened", [&EVENT_CHANGED, &EVENT_NOT_PROVEN]),
    }
    changes
}

/// The values that are shown have so many bytes in all; what is told beyond has none.
const SHOWN: usize = 64 << 20;

/// An operation, or an event.
struct Operation<'a> {
    id: &'a str,
    found: &'a mut Vec<Change>,
    bytes: &'a mut usize,
}

impl Operation<'_> {
    fn add(&mut self, kind: &'static Kind, path: &str, message: String, value: Option<Value>) {
        let property = if path.is_empty() { self.id.to_owned() } else { format!("{}.{path}", self.id) };
        let value = value.filter(|value| match self.bytes.checked_sub(bytes(value)) {
            Some(left) => {
                *self.bytes = left;
                true
            }
            None => false,
        });
        let witness = value.map(|value| Witness { value: Some(value), ..Witness::default() });
        let change = Change::of(kind, None, message);
        self.found.push(Change { property: Some(property), operation: Some(self.id.to_owned()), witness, ..change });
    }

    fn inputs(&mut self, found: Inclusion) {
        let (values, not_proven) = parts(found);
        for lost in values {
            // A worker takes of a job's variables those that are inputs, and nothing is said of others.
            let is_variable = !lost.path.contains(['.', '[']);
            let kind = if lost.loss == Loss::Member && is_variable { &INPUT_IGNORED } else { &INPUT_REFUSED };
            let message = format!("{} {}", named(&lost.path, "the input"), lost.loss.of_input());
            self.add(kind, &lost.path, message, Some(lost.value));
        }
        for place in not_proven {
            let message = format!("not proven: {}", place.reason);
            self.add(&INPUT_NOT_PROVEN, &place.path, message, None);
        }
    }

    /// What it gives, and was promised.
    fn tells(&mut self, found: Inclusion, whole: &str, [changed, unproven]: [&'static Kind; 2]) {
        let (values, not_proven) = parts(found);
        for lost in values {
            let message = format!("{} {}", named(&lost.path, whole), lost.loss.of_output());
            self.add(changed, &lost.path, message, Some(lost.value));
        }
        for place in not_proven {
            let message = format!("not proven: {}", place.reason);
            self.add(unproven, &place.path, message, None);
        }
    }

    /// What decides nothing of acceptance: defaults, and the names of secrets.
    fn words(&mut self, old: &Value, new: &Value) {
        let mut variants = Variants::default();
        let before = Members::of(old, &mut variants);
        let now = Members::of(new, &mut variants);
        for (key, old) in &before.found {
            let Some(new) = now.found.get(key) else { continue };
            for (old, new) in others(old, new) {
                self.word(&key.path, (&before, old), (&now, new));
            }
        }
    }

    fn word(
        &mut self,
        path: &str,
        (before, old): (&Members<'_>, &Member<'_>),
        (now, new): (&Members<'_>, &Member<'_>),
    ) {
        let (was, is) = (old.default(), new.default());
        if !old.is_required && !new.is_required && was != is {
            let word = |default: Option<&Value>| default.map_or("none".to_owned(), Value::to_string);
            let message = if before.is_secret(old) || now.is_secret(new) {
                format!("the default of `{path}` is another; it is written only, and not shown")
            } else {
                format!("the default of `{path}` was {} and is {}", word(was), word(is))
            };
            self.add(&INPUT_DEFAULT_CHANGED, path, message, None);
        }
        let (was, is) = (old.secret(), new.secret());
        if let Some(is) = is
            && was != Some(is)
        {
            let was = was.map_or("none".to_owned(), |name| format!("`{name}`"));
            self.add(&SECRET_CHANGED, path, format!("the secret of `{path}` was {was} and is `{is}`"), None);
        }
    }
}

fn parts(found: Inclusion) -> (Vec<LostValue>, Vec<NotProven>) {
    match found {
        Inclusion::Included => (Vec::new(), Vec::new()),
        Inclusion::Lost { values, not_proven } => (values, not_proven),
        Inclusion::NotProven(not_proven) => (Vec::new(), not_proven),
    }
}

/// About the bytes of a value.
fn bytes(value: &Value) -> usize {
    const EACH: usize = 32;
    EACH + match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(bytes).sum(),
        Value::Object(members) => members.iter().map(|(name, value)| EACH + name.len() + bytes(value)).sum(),
        _ => 0,
    }
}

fn named(path: &str, whole: &str) -> String {
    if path.is_empty() { whole.to_owned() } else { format!("`{path}`") }
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
            ("operation-removed", "order", "the operation `order` is gone", Some(json!({ "book": "x" })), |new| {
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
        let of_events = ["event-removed", "event-changed", "event-not-proven"];
        let all = KINDS.iter().filter(|kind| kind.audience == Audience::Deployed).map(|kind| kind.code);
        let elsewhere = [&of_templates[..], &of_events].concat();
        assert_eq!(shown, all.filter(|code| !elsewhere.contains(code)).collect());
    }

    #[test]
    fn what_happened_is_told_as_it_was_promised() {
        let old = object(&json!({ "by": { "type": "string" }, "note": { "type": "string" } }), &["by"]);
        let told = |new: Option<Value>| {
            let told = |change: Change| {
                let witness = change.witness.and_then(|witness| witness.value);
                (change.kind.code, change.property.unwrap_or_default(), change.message, witness)
            };
            compare_event("delivered", &old, new.as_ref()).into_iter().map(told).collect::<Vec<Told>>()
        };
        let row = |code, property: &str, message: &str, witness| {
            vec![(code, property.to_owned(), message.to_owned(), witness)]
        };
        let by = |schema: Value, required: &[&str]| Some(object(&json!({ "by": schema, "more": {} }), required));
        let (text, may_be_null) = (json!({ "type": "string" }), json!({ "type": ["string", "null"] }));
        assert_eq!(told(by(text.clone(), &["by", "more"])), []);
        let gone = row("event-removed", "delivered", "the event `delivered` is gone", None);
        assert_eq!(told(None), gone);
        let missing = row("event-changed", "delivered.by", "`by` may be missing", Some(json!({})));
        assert_eq!(told(by(text, &[])), missing);
        let null = row("event-changed", "delivered.by", "`by` may be null", Some(json!({ "by": null })));
        assert_eq!(told(by(may_be_null, &["by"])), null);
        let deep = (0..99).fold(json!({}), |schema, _| json!({ "items": schema }));
        let not_proven = row("event-not-proven", "delivered", "not proven: the newer schema: it is too deep", None);
        assert_eq!(told(Some(deep)), not_proven);
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

    fn messages(old: Value, new: Value) -> Vec<String> {
        let (old, new) = (order(old, json!({ "type": "null" })), order(new, json!({ "type": "null" })));
        told(&old, &new).into_iter().map(|(_, _, message, _)| message).collect()
    }

    type Variant<'v> = &'v dyn Fn(&str, &str) -> Value;

    #[test]
    fn defaults_of_variants_are_compared_however_these_are_told_apart() {
        let with = |default: &str| json!({ "type": "string", "default": default });
        let by_const =
            |kind: &str, default: &str| object(&json!({ "kind": { "const": kind }, "t": with(default) }), &["kind"]);
        let by_enum =
            |kind: &str, default: &str| object(&json!({ "kind": { "enum": [kind] }, "t": with(default) }), &["kind"]);
        let by_type =
            |kind: &str, default: &str| object(&json!({ "kind": { "type": kind }, "t": with(default) }), &["kind"]);
        let by_nothing = |_: &str, default: &str| object(&json!({ "t": with(default) }), &[]);
        let login = |options: [Value; 2]| object(&json!({ "login": { "anyOf": options } }), &["login"]);
        let variants: [Variant<'_>; 4] = [&by_const, &by_enum, &by_type, &by_nothing];
        for variant in variants {
            let pair = |one: &str, other: &str| login([variant("string", one), variant("boolean", other)]);
            assert_eq!(messages(pair("a", "b"), pair("a", "b")), [""; 0]);
            let expected = [r#"the default of `login.t` was "a" and is "c""#];
            assert_eq!(messages(pair("a", "b"), pair("c", "b")), expected);
            let expected = [r#"the default of `login.t` was "b" and is "c""#];
            assert_eq!(messages(pair("a", "b"), pair("a", "c")), expected);
            // In another order they are the same.
            let other = login([variant("boolean", "b"), variant("string", "a")]);
            assert_eq!(messages(pair("a", "b"), other), [""; 0]);
        }
        // What has a tag is compared with its own only: both have changed.
        for variant in &variants[..2] {
            let pair = |one: &str, other: &str| login([variant("string", one), variant("boolean", other)]);
            assert_eq!(messages(pair("a", "b"), pair("b", "a")).len(), 2);
        }
        // Beside a constant that tells nothing apart, a default is still one.
        let beside =
            |version: i64, default: &str| object(&json!({ "version": { "const": version }, "t": with(default) }), &[]);
        let found = messages(beside(1, "a"), beside(2, "b"));
        assert_eq!(found.last().map(String::as_str), Some(r#"the default of `t` was "a" and is "b""#), "{found:?}");
    }

    #[test]
    fn what_is_written_only_is_not_printed() {
        let secret = |default: &str| json!({ "type": "string", "writeOnly": true, "default": default });
        let input = |login: Value, reference: Value| {
            let mut input = object(&json!({ "login": login, "reference": reference }), &[]);
            input["$defs"] = json!({ "secret": { "type": "string", "writeOnly": true } });
            input
        };
        let within = |value: &str| {
            let mut login = object(&json!({ "token": secret(value) }), &[]);
            login["default"] = json!({ "token": value });
            input(login, json!({ "$ref": "#/$defs/secret", "default": value }))
        };
        let below = |value: &str| {
            let mut login = object(&json!({ "token": { "type": "string", "default": value } }), &[]);
            login["writeOnly"] = json!(true);
            input(login, json!({ "type": "string", "default": "x" }))
        };
        let told = |path: &str| format!("the default of `{path}` is another; it is written only, and not shown");
        let found = messages(within("hunter2"), within("hunter3"));
        assert_eq!(found, [told("login"), told("login.token"), told("reference")]);
        assert_eq!(messages(below("hunter2"), below("hunter3")), [told("login.token")]);
    }

    #[test]
    fn many_members_and_long_values_take_little() {
        let many = |default: usize| {
            let member =
                |index: usize| (format!("p{index}"), json!({ "const": format!("value {index}"), "default": default }));
            json!({ "type": "object", "properties": (0..20_000).map(member).collect::<Map<_, _>>() })
        };
        let begin = std::time::Instant::now();
        assert_eq!(messages(many(1), many(2)).iter().filter(|message| message.contains("the default")).count(), 20_000);
        assert!(begin.elapsed().as_secs() < 20, "{:?}", begin.elapsed());
        // Of several operations the values that are shown are bounded together.
        let long = |most: usize| {
            let input = object(&json!({ "p": { "type": "string", "maxLength": most } }), &[]);
            let schema = OperationSchema { input, output: json!({}) };
            (0..9).map(|index| (format!("o{index}"), schema.clone())).collect::<OperationSchemas>()
        };
        let found = told(&long(16_000_000), &long(15_999_999));
        assert_eq!(found.len(), 9);
        let shown = found.iter().filter(|(_, _, _, witness)| witness.is_some()).count();
        assert!((1..9).contains(&shown), "{shown} are shown");
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
