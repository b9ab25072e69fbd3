//! Values that are listed, found without going through the list.

use super::set::{Alternative, order, whole_number};
use serde_json::Value;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Which of some alternatives are values, and which are more.
#[derive(Debug, Clone)]
pub(super) struct Constants {
    /// Where the values are, by their hashes.
    places: HashMap<u64, Vec<usize>>,
    /// Where the others are.
    pub(super) others: Vec<usize>,
    /// Whether no value is there twice.
    pub(super) are_different: bool,
}

impl Constants {
    pub(super) fn of(alternatives: &[Alternative<'_>]) -> Self {
        let mut made = Self { places: HashMap::new(), others: Vec::new(), are_different: true };
        for (index, alternative) in alternatives.iter().enumerate() {
            if let Alternative::Const(value) = alternative {
                made.are_different &= made.find(alternatives, value).is_none();
                made.places.entry(hash(value)).or_default().push(index);
            } else {
                made.others.push(index);
            }
        }
        made
    }

    /// The value that is the same as this one.
    pub(super) fn find<'s>(&self, alternatives: &[Alternative<'s>], value: &Value) -> Option<&'s Value> {
        let places = self.places.get(&hash(value)).into_iter().flatten();
        places.filter_map(|index| alternatives.get(*index)).find_map(|alternative| match alternative {
            Alternative::Const(listed) if same(listed, value) => Some(*listed),
            _ => None,
        })
    }
}

/// Whether two values are the same for a schema, to which `1` is `1.0`.
pub(super) fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => order(one, other).is_eq(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, value)| other.get(name).is_some_and(|other| same(value, other)))
        }
        (one, other) => one == other,
    }
}

/// What is the same has the same hash.
fn hash(value: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    match value {
        Value::Null => 0.hash(&mut hasher),
        Value::Bool(value) => value.hash(&mut hasher),
        Value::Number(number) => match whole_number(number) {
            Some(whole) => whole.hash(&mut hasher),
            None => number.as_f64().unwrap_or_default().to_bits().hash(&mut hasher),
        },
        Value::String(text) => text.hash(&mut hasher),
        Value::Array(items) => items.iter().for_each(|item| hash(item).hash(&mut hasher)),
        // In any order.
        Value::Object(members) => members
            .iter()
            .fold(0_u64, |sum, (name, value)| {
                let mut hasher = DefaultHasher::new();
                (name, hash(value)).hash(&mut hasher);
                sum.wrapping_add(hasher.finish())
            })
            .hash(&mut hasher),
    }
    hasher.finish()
}
