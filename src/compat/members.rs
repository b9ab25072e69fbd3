//! The members of an input's schema, in whichever depth: which is the same one in another version, and what is said of it that
//! decides nothing of acceptance.

use crate::schema::{is_written_only, mentions_secrets};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Deeper members are not looked at.
const DEPTH: usize = 64;

/// A member of an input: where, and of which variant.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) path: String,
    variant: usize,
}

/// Variants by what is around them and the constants that tell them apart. All else is of none.
#[derive(Default)]
pub(super) struct Variants(HashMap<(usize, Vec<String>), usize>);

impl Variants {
    fn number(&mut self, outer: usize, tags: Vec<String>) -> usize {
        let next = self.0.len() + 1;
        if tags.is_empty() { outer } else { *self.0.entry((outer, tags)).or_insert(next) }
    }
}

#[derive(Debug, PartialEq)]
pub(super) struct Member<'s> {
    schema: &'s Value,
    pub(super) is_required: bool,
    /// Whether it is within what is written only.
    is_within_secret: bool,
}

impl<'s> Member<'s> {
    pub(super) fn default(&self) -> Option<&'s Value> {
        self.schema.get("default")
    }

    /// The secret that it should be given as.
    pub(super) fn secret(&self) -> Option<&'s str> {
        let (_, rest) = self.schema.get("$comment")?.as_str()?.split_once("{{secrets.")?;
        rest.split_once("}}").map(|(name, _)| name)
    }

    fn says(&self) -> (Option<&Value>, Option<&str>, bool) {
        (self.default(), self.secret(), self.is_required)
    }
}

/// The members that differ, of those that stand at one place in variants that nothing tells apart.
pub(super) fn others<'m, 's>(old: &'m [Member<'s>], new: &'m [Member<'s>]) -> Vec<(&'m Member<'s>, &'m Member<'s>)> {
    if let ([old], [new]) = (old, new) {
        return vec![(old, new)];
    }
    let mut left: Vec<&Member<'s>> = new.iter().collect();
    let mut changed = Vec::new();
    for old in old {
        match left.iter().position(|new| new.says() == old.says()) {
            Some(index) => drop(left.remove(index)),
            None => changed.push(old),
        }
    }
    changed.into_iter().zip(left).collect()
}

/// The members of an input, in whichever depth.
pub(super) struct Members<'s> {
    root: &'s Value,
    mentions_secrets: bool,
    pub(super) found: BTreeMap<Key, Vec<Member<'s>>>,
}

impl<'s> Members<'s> {
    pub(super) fn of(root: &'s Value, variants: &mut Variants) -> Self {
        let mut members = Self { root, mentions_secrets: mentions_secrets(root), found: BTreeMap::new() };
        members.add(root, &Key::default(), false, DEPTH, variants);
        members
    }

    pub(super) fn is_secret(&self, member: &Member<'_>) -> bool {
        self.mentions_secrets && (member.is_within_secret || is_written_only(self.root, member.schema))
    }

    fn add(&mut self, schema: &'s Value, key: &Key, is_secret: bool, depth: usize, variants: &mut Variants) {
        let Some(depth) = depth.checked_sub(1) else { return };
        let is_secret = is_secret || schema.get("writeOnly") == Some(&Value::Bool(true));
        let required = schema.get("required").and_then(Value::as_array);
        let required: HashSet<&str> = required.into_iter().flatten().filter_map(Value::as_str).collect();
        for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let path = if key.path.is_empty() { name.clone() } else { format!("{}.{name}", key.path) };
            let key = Key { path, variant: key.variant };
            self.add(property, &key, is_secret, depth, variants);
            let is_required = required.contains(name.as_str());
            let member = Member { schema: property, is_required, is_within_secret: is_secret };
            self.found.entry(key).or_default().push(member);
        }
        for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            self.add(part, key, is_secret, depth, variants);
        }
        for keyword in ["anyOf", "oneOf"] {
            for option in schema.get(keyword).and_then(Value::as_array).into_iter().flatten() {
                // Of variants, a member is the one of the variant.
                let variant = variants.number(key.variant, tags(option));
                self.add(option, &Key { variant, ..key.clone() }, is_secret, depth, variants);
            }
        }
        if let Some(items) = schema.get("items") {
            self.add(items, &Key { path: format!("{}[]", key.path), ..*key }, is_secret, depth, variants);
        }
    }
}

/// What tells a variant from others: the members that it must have and that have one value, or may have if there are none.
fn tags(variant: &Value) -> Vec<String> {
    let required = variant.get("required").and_then(Value::as_array);
    let is_required = |name: &str| required.is_some_and(|required| required.iter().any(|required| required == name));
    let properties = variant.get("properties").and_then(Value::as_object);
    let tags = properties.into_iter().flatten().filter_map(|(name, property)| Some((name, constant(property)?)));
    let (must, may): (Vec<_>, Vec<_>) = tags.partition(|(name, _)| is_required(name));
    let tags = if must.is_empty() { may } else { must };
    tags.into_iter().map(|(name, value)| format!("{name}: {value}")).collect()
}

/// The one value that a member may have.
fn constant(property: &Value) -> Option<&Value> {
    let listed = property.get("enum").and_then(Value::as_array);
    property.get("const").or_else(|| listed.filter(|values| values.len() == 1)?.first())
}
