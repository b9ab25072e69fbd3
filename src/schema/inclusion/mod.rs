//! Whether a newer schema takes every value that an older one takes, and if not, which ones it does not.
//!
//! ```text
//! document  a schema without what decides nothing
//! read      what it takes, as alternatives; both: what two of them have in common
//! set       what alternatives are; constants: those that are values
//! compare   two sets → what is lost, place by place; leaves: of numbers and texts; algebra: what jsonschema knows
//! example   the smallest value that shows it
//! text      texts by patterns
//! given     what authors give: hints, and secrets, which are not told
//! place     where something was found
//! budget    how much of all this is done
//! loss      what is lost, in words
//! ```
//!
//! What is told to be lost has been tried with the validator. What is told to be included has been proved, by the rules
//! of `compare` or by `jsonschema`'s algebra. Whatever is neither is not proven, and is told so.

mod algebra;
mod both;
mod budget;
mod compare;
mod constants;
mod document;
mod example;
mod given;
mod leaves;
mod loss;
mod place;
mod read;
mod set;
mod text;

pub(crate) use given::{is_written_only, mentions_secrets};
pub use loss::Loss;

use compare::Pair;
use given::Given;
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
    if old == new {
        return Inclusion::Included;
    }
    match read(old, new) {
        Err(why) => Inclusion::NotProven(why),
        Ok((taken, taking)) => {
            let (old_tried, new_tried) = (document::enforced(old), document::enforced(new));
            decide(&taken, &taking, [&[&old_tried], &[&new_tried]], Given::new(old, new))
        }
    }
}

/// Whether everything that the newer version of an operation returns is what the older one promised. Members that nobody
/// knew before hurt nobody; what the newer version does not list it does not return.
#[must_use]
pub fn output_inclusion(old: &Value, new: &Value) -> Inclusion {
    if old == new {
        return Inclusion::Included;
    }
    match read(old, new) {
        Err(why) => Inclusion::NotProven(why),
        Ok((promised, returned)) if promised == returned => Inclusion::Included,
        Ok((promised, returned)) => {
            let (taken, taking) = (document::closed(returned), document::opened(promised));
            let (old_tried, new_tried) = (document::enforced(old), document::enforced(new));
            decide(&taken, &taking, [&[&taken, &new_tried], &[&taking, &old_tried]], Given::new(new, old))
        }
    }
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

/// Whether `taken` is within `taking`; what is told to be lost, all of the first schemas take and the second ones refuse.
fn decide(taken: &Value, taking: &Value, tried: [&[&Value]; 2], given: Given) -> Inclusion {
    if taken == taking {
        return Inclusion::Included;
    }
    let found = Pair::new([taken, taking], tried, given).compare();
    match (found.lost.is_empty(), found.not_proven.is_empty()) {
        (true, true) => Inclusion::Included,
        (true, false) => Inclusion::NotProven(found.not_proven),
        (false, _) => Inclusion::Lost { values: found.lost, not_proven: found.not_proven },
    }
}
