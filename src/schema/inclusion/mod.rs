//! Whether a newer schema takes every value that an older one takes, and if not, which ones it does not.
//!
//! ```text
//! document  a schema without what decides nothing
//! set       what it takes, as alternatives; both: what two sets have in common
//! compare   two sets → what is lost, place by place; leaves: of numbers and texts
//! example   the smallest value that shows it
//! text      texts by patterns
//! loss      what is lost, in words
//! ```
//!
//! What is told to be lost has been tried with the validator. What is told to be included has been proved, by the rules
//! of `compare` or by `jsonschema`'s algebra. Whatever is neither is not proven, and is told so.

mod both;
mod compare;
mod document;
mod example;
mod leaves;
mod loss;
mod set;
mod text;

pub use loss::Loss;

use compare::Comparison;
use serde::Serialize;
use serde_json::Value;

/// Whether one schema takes all that another takes.
#[derive(Debug, Clone, PartialEq)]
pub enum Inclusion {
    /// It does.
    Included,
    /// It does not.
    Lost {
        /// For each cause the smallest value that shows it.
        values: Vec<LostValue>,
        /// Of what else that is not known.
        not_proven: Vec<NotProven>,
    },
    /// Neither could be shown.
    NotProven(Vec<NotProven>),
}

/// A value that the one schema takes and the other refuses.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LostValue {
    /// Where in the value the cause is, such as `authentication.clientId` or `items[0].weight`; empty for all of it.
    pub path: String,
    /// The whole value, as small as it may be.
    pub value: Value,
    /// What is lost.
    #[serde(skip)]
    pub loss: Loss,
}

/// A place of which it is not known whether something is lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotProven {
    /// Where; empty for all of it.
    pub path: String,
    /// Why.
    pub reason: String,
}

/// Whether the newer version of an operation accepts every input that the older one accepts.
#[must_use]
pub fn inclusion(old: &Value, new: &Value) -> Inclusion {
    let hints = hints(old, new);
    read(old, new).map_or_else(Inclusion::NotProven, |(old, new)| decide(&old, &new, &old, hints))
}

/// Whether everything that the newer version of an operation returns is what the older one promised. Members that nobody
/// knew before hurt nobody; what the newer version does not list it does not return.
#[must_use]
pub fn output_inclusion(old: &Value, new: &Value) -> Inclusion {
    let hints = hints(new, old);
    read(old, new).map_or_else(Inclusion::NotProven, |(old, new)| {
        if old == new {
            return Inclusion::Included;
        }
        decide(&document::closed(new.clone()), &document::opened(old), &new, hints)
    })
}

/// Values that authors give, for what has to be guessed.
fn hints(one: &Value, other: &Value) -> Vec<Value> {
    let mut hints = Vec::new();
    document::examples(one, &mut hints);
    document::examples(other, &mut hints);
    hints
}

/// Both schemas as they are compared, or why one is not.
fn read(old: &Value, new: &Value) -> Result<(Value, Value), Vec<NotProven>> {
    match (document::document(old), document::document(new)) {
        (Ok(old), Ok(mut new)) => {
            if !document::agree(&old, &new) {
                document::part(&mut new);
            }
            Ok((old, new))
        }
        (old, new) => Err(unreadable(old.err(), new.err())),
    }
}

fn unreadable(old: Option<String>, new: Option<String>) -> Vec<NotProven> {
    let told = [old.map(|why| format!("the older schema: {why}")), new.map(|why| format!("the newer schema: {why}"))];
    told.into_iter().flatten().map(|reason| NotProven { path: String::new(), reason }).collect()
}

/// Whether `taken`, which is all or a part of `published`, is within `taking`.
fn decide(taken: &Value, taking: &Value, published: &Value, hints: Vec<Value>) -> Inclusion {
    if taken == taking {
        return Inclusion::Included;
    }
    let found = Comparison::new(taken, taking, published, hints).compare();
    match (found.lost.is_empty(), found.not_proven.is_empty()) {
        (true, true) => Inclusion::Included,
        (true, false) => Inclusion::NotProven(found.not_proven),
        (false, _) => Inclusion::Lost { values: found.lost, not_proven: found.not_proven },
    }
}

/// Whether two values are the same for a schema, to which `1` is `1.0`.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => set::order(one, other).is_eq(),
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
