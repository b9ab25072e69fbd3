//! What authors give in a schema, and which of it is written only: secrets, of which nothing is told.

use super::document::follow;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashSet};

/// So many values are taken as hints, and so many of one list of examples.
const HINTS: usize = 200;
const EXAMPLES: usize = 20;
/// So many subschemas are looked at, and so deep ones; beyond them everything may be a secret.
const NODES: usize = 20_000;
const DEPTH: usize = 64;
/// What is told in place of a secret.
const HIDDEN: &str = "***";

/// What two schemas give.
#[derive(Debug, Default)]
pub(super) struct Given {
    /// Values for what has to be guessed; none of them is a secret.
    pub(super) hints: Vec<Value>,
    root: Spot,
    /// The texts and numbers that schemas hold of what is written only.
    secrets: HashSet<String>,
}

/// A place in a value, with those within.
#[derive(Debug, Default)]
pub(super) struct Spot {
    pub(super) is_secret: bool,
    members: BTreeMap<String, Spot>,
    others: Option<Box<Spot>>,
    items: Option<Box<Spot>>,
}

impl Given {
    /// By two schemas.
    pub(super) fn new(one: &Value, other: &Value) -> Self {
        let mut given = Self::default();
        for root in [one, other] {
            if mentions_secrets(root) {
                Walk { root, nodes: NODES, references: Vec::new() }.mark(root, &mut given.root, DEPTH);
            }
        }
        for root in [one, other] {
            let mut walk = Walk { root, nodes: NODES, references: Vec::new() };
            walk.collect(root, &[&given.root], DEPTH, &mut given.hints, &mut given.secrets);
        }
        given
    }

    /// The place that all others are in.
    pub(super) fn root(&self) -> &Spot {
        &self.root
    }

    /// A value without what is given as a secret in a schema. What was made up stays.
    pub(super) fn masked(&self, mut value: Value) -> Value {
        if !self.secrets.is_empty() {
            self.mask(&mut value, &[&self.root]);
        }
        value
    }

    fn mask(&self, value: &mut Value, spots: &[&Spot]) {
        if spots.iter().any(|spot| spot.is_secret) {
            each_word(value, &mut |word| {
                if self.secrets.contains(&word.to_string()) {
                    *word = Value::from(HIDDEN);
                }
            });
            return;
        }
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    self.mask(value, &members_of(spots, name));
                }
            }
            Value::Array(items) => {
                let spots = items_of(spots);
                for item in items {
                    self.mask(item, &spots);
                }
            }
            _ => {}
        }
    }
}

/// What is known of a member.
pub(super) fn members_of<'g>(spots: &[&'g Spot], name: &str) -> Vec<&'g Spot> {
    spots.iter().flat_map(|spot| spot.members.get(name).into_iter().chain(spot.others.as_deref())).collect()
}

/// What is known of a list's items.
pub(super) fn items_of<'g>(spots: &[&'g Spot]) -> Vec<&'g Spot> {
    spots.iter().filter_map(|spot| spot.items.as_deref()).collect()
}

impl Spot {
    /// Whether it is a secret, or has one within.
    pub(super) fn has_secret(&self) -> bool {
        let within = [&self.others, &self.items].into_iter().flatten().map(|spot| &**spot);
        self.is_secret || self.members.values().chain(within).any(Self::has_secret)
    }
}

/// Whether something at a schema is written only, itself or within; of a document that mentions such things.
pub(crate) fn is_written_only(root: &Value, schema: &Value) -> bool {
    let mut spot = Spot::default();
    Walk { root, nodes: NODES, references: Vec::new() }.mark(schema, &mut spot, DEPTH);
    spot.has_secret()
}

/// Whether a schema says of anything that it is written only.
pub(crate) fn mentions_secrets(schema: &Value) -> bool {
    match schema {
        Value::Object(object) => {
            object.get("writeOnly") == Some(&Value::Bool(true)) || object.values().any(mentions_secrets)
        }
        Value::Array(items) => items.iter().any(mentions_secrets),
        _ => false,
    }
}

/// The texts and numbers in a value. Blanks and truth values are no secrets.
fn each_word(value: &mut Value, visit: &mut impl FnMut(&mut Value)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| each_word(item, visit)),
        Value::Object(members) => members.values_mut().for_each(|member| each_word(member, visit)),
        Value::String(text) if text.is_empty() => {}
        Value::String(_) | Value::Number(_) => visit(value),
        _ => {}
    }
}

/// Where the subschemas of a keyword stand.
enum Where<'n> {
    Here,
    Member(&'n str),
    Others,
    Items,
}

/// What a schema refers to.
enum Target<'s> {
    None,
    Schema(&'s Value),
    /// It leads into itself, or nowhere.
    Unknown,
}

struct Walk<'s> {
    root: &'s Value,
    nodes: usize,
    references: Vec<&'s str>,
}

impl<'s> Walk<'s> {
    /// The schemas that apply at a place and within, references followed; none if there is no end to them.
    fn parts(&mut self, object: &'s Map<String, Value>) -> Option<Vec<(Where<'s>, &'s Value)>> {
        let mut parts = Vec::new();
        for (keyword, value) in object {
            match (keyword.as_str(), value) {
                ("properties", Value::Object(schemas)) => {
                    parts.extend(schemas.iter().map(|(name, schema)| (Where::Member(name), schema)));
                }
                ("patternProperties", Value::Object(schemas)) => {
                    parts.extend(schemas.values().map(|schema| (Where::Others, schema)));
                }
                ("dependentSchemas" | "dependencies", Value::Object(schemas)) => {
                    parts.extend(schemas.values().map(|schema| (Where::Here, schema)));
                }
                ("additionalProperties" | "unevaluatedProperties", schema) => parts.push((Where::Others, schema)),
                ("items" | "contains" | "unevaluatedItems", schema) => parts.push((Where::Items, schema)),
                ("prefixItems", Value::Array(schemas)) => {
                    parts.extend(schemas.iter().map(|schema| (Where::Items, schema)));
                }
                ("anyOf" | "oneOf" | "allOf", Value::Array(schemas)) => {
                    parts.extend(schemas.iter().map(|schema| (Where::Here, schema)));
                }
                ("not" | "if" | "then" | "else", schema) => parts.push((Where::Here, schema)),
                _ => {}
            }
        }
        self.nodes = self.nodes.checked_sub(parts.len() + 1)?;
        Some(parts)
    }

    /// What a reference leads to, and takes note of it.
    fn target(&mut self, object: &'s Map<String, Value>) -> Target<'s> {
        let Some(reference) = object.get("$ref") else { return Target::None };
        let reference = reference.as_str().filter(|reference| !self.references.contains(reference));
        let Some((reference, target)) = reference.and_then(|found| Some((found, follow(self.root, found)?))) else {
            return Target::Unknown;
        };
        self.references.push(reference);
        Target::Schema(target)
    }

    /// Marks what is written only.
    fn mark(&mut self, schema: &'s Value, spot: &mut Spot, depth: usize) {
        let Value::Object(object) = schema else { return };
        spot.is_secret |= object.get("writeOnly") == Some(&Value::Bool(true));
        let Some((depth, parts)) = depth.checked_sub(1).and_then(|depth| Some((depth, self.parts(object)?))) else {
            spot.is_secret = true;
            return;
        };
        match self.target(object) {
            Target::None => {}
            Target::Unknown => spot.is_secret = true,
            Target::Schema(target) => {
                self.mark(target, spot, depth);
                self.references.pop();
            }
        }
        for (at, schema) in parts {
            let spot = match at {
                Where::Here => &mut *spot,
                Where::Member(name) => spot.members.entry(name.to_owned()).or_default(),
                Where::Others => spot.others.get_or_insert_default(),
                Where::Items => spot.items.get_or_insert_default(),
            };
            self.mark(schema, spot, depth);
        }
    }

    /// Takes values as hints or as secrets.
    fn collect(
        &mut self,
        schema: &'s Value,
        spots: &[&Spot],
        depth: usize,
        hints: &mut Vec<Value>,
        secrets: &mut HashSet<String>,
    ) {
        let Value::Object(object) = schema else { return };
        let lists = ["enum", "examples"].into_iter().filter_map(|keyword| object.get(keyword)?.as_array()).flatten();
        let given: Vec<&Value> = ["const", "default"].iter().filter_map(|keyword| object.get(*keyword)).collect();
        if spots.iter().any(|spot| spot.has_secret()) {
            given.into_iter().chain(lists).for_each(|value| secrets_in(value, spots, secrets));
        } else if hints.len() < HINTS {
            let examples = object.get("examples").and_then(Value::as_array);
            hints.extend(examples.into_iter().flatten().take(EXAMPLES).cloned());
            hints.extend(object.get("default").cloned());
        }
        let Some((depth, parts)) = depth.checked_sub(1).and_then(|depth| Some((depth, self.parts(object)?))) else {
            return;
        };
        if let Target::Schema(target) = self.target(object) {
            self.collect(target, spots, depth, hints, secrets);
            self.references.pop();
        }
        for (at, schema) in parts {
            let spots = match at {
                // What is within a secret is one.
                Where::Here => spots.to_vec(),
                _ if spots.iter().any(|spot| spot.is_secret) => spots.to_vec(),
                Where::Member(name) => members_of(spots, name),
                Where::Others => spots.iter().filter_map(|spot| spot.others.as_deref()).collect(),
                Where::Items => items_of(spots),
            };
            self.collect(schema, &spots, depth, hints, secrets);
        }
    }
}

fn secrets_in(value: &Value, spots: &[&Spot], secrets: &mut HashSet<String>) {
    if spots.iter().any(|spot| spot.is_secret) {
        each_word(&mut value.clone(), &mut |word| {
            secrets.insert(word.to_string());
        });
        return;
    }
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| secrets_in(value, &members_of(spots, name), secrets));
        }
        Value::Array(items) => {
            let spots = items_of(spots);
            for item in items {
                secrets_in(item, &spots, secrets);
            }
        }
        _ => {}
    }
}
