//! What `jsonschema`'s algebra knows of two schemas, and what it costs to ask: it may take long.

use super::document::refers;
use crate::schema::accepted::JSON_OBJECT_BYTES;
pub(super) use crate::schema::validator::{Proof, prove};
use serde_json::{Map, Value};

/// It is asked of schemas of so many parts,
const PARTS: usize = 600;
/// which are, written out, so many alternatives.
const WRITTEN_OUT: u64 = 20_000;

/// The steps of asking; none if it is not asked at all.
pub(super) fn cost(one: &Value, other: &Value) -> Option<usize> {
    let mut left = PARTS;
    count(one, &mut left)?;
    left = PARTS;
    count(other, &mut left)?;
    // Our own keyword is unknown to it, and a reference leads to what it is not given.
    if has_own_keyword(other) || refers(one) || refers(other) {
        return None;
    }
    let (one, other) = (Forms::of(one), Forms::of(other));
    let all = one.takes.saturating_add(other.takes).saturating_add(one.takes.saturating_mul(other.refuses));
    if all > WRITTEN_OUT { None } else { usize::try_from(all).ok() }
}

fn count(schema: &Value, left: &mut usize) -> Option<()> {
    *left = left.checked_sub(1)?;
    match schema {
        Value::Object(object) => object.values().try_for_each(|value| count(value, left)),
        Value::Array(items) => items.iter().try_for_each(|item| count(item, left)),
        _ => Some(()),
    }
}

fn has_own_keyword(schema: &Value) -> bool {
    match schema {
        Value::Object(object) => object.contains_key(JSON_OBJECT_BYTES) || object.values().any(has_own_keyword),
        Value::Array(items) => items.iter().any(has_own_keyword),
        _ => false,
    }
}

/// As how many alternatives a schema is written out, and what it refuses.
#[derive(Clone, Copy)]
struct Forms {
    takes: u64,
    refuses: u64,
}

impl Forms {
    const ONE: Self = Self { takes: 1, refuses: 1 };

    fn of(schema: &Value) -> Self {
        let Value::Object(object) = schema else { return Self::ONE };
        let mut all = Self { takes: 1, refuses: 0 };
        for (keyword, value) in object {
            all = all.and(Self::of_keyword(keyword, value, object));
        }
        Self { takes: all.takes, refuses: all.refuses.max(1) }
    }

    fn of_keyword(keyword: &str, value: &Value, object: &Map<String, Value>) -> Self {
        match (keyword, value) {
            ("allOf", Value::Array(parts)) => parts.iter().map(Self::of).fold(Self { takes: 1, refuses: 0 }, Self::and),
            ("anyOf", Value::Array(parts)) => {
                parts.iter().map(|part| Self::of(part).not()).fold(Self { takes: 1, refuses: 0 }, Self::and).not()
            }
            ("oneOf", Value::Array(parts)) => {
                // One of them, and none of all others.
                let parts: Vec<Self> = parts.iter().map(Self::of).collect();
                let none = parts.iter().fold(1_u64, |product, part| product.saturating_mul(part.refuses));
                let takes = parts.iter().map(|part| none.saturating_mul(part.takes)).fold(0, u64::saturating_add);
                let pairs = (parts.len() as u64).saturating_mul(parts.len() as u64);
                Self { takes, refuses: none.saturating_add(pairs) }
            }
            ("not", part) => Self::of(part).not(),
            ("if", condition) => {
                let condition = Self::of(condition);
                let branch = |keyword: &str| object.get(keyword).map_or(Self::ONE, Self::of);
                let (then, otherwise) = (branch("then"), branch("else"));
                let both = |one: u64, other: u64, two: u64, three: u64| {
                    one.saturating_mul(other).saturating_add(two.saturating_mul(three))
                };
                Self {
                    takes: both(condition.takes, then.takes, condition.refuses, otherwise.takes),
                    refuses: both(condition.takes, then.refuses, condition.refuses, otherwise.refuses),
                }
            }
            ("then" | "else", _) => Self { takes: 1, refuses: 0 },
            ("dependentSchemas", Value::Object(parts)) => {
                let one = |part: &Value| Self::of(part).not().and(Self::ONE).not();
                parts.values().map(one).fold(Self { takes: 1, refuses: 0 }, Self::and)
            }
            // What is refused of members is refused of any of them.
            ("properties" | "patternProperties", Value::Object(parts)) => {
                let refuses = parts.values().map(|part| Self::of(part).refuses).fold(0, u64::saturating_add);
                let takes = parts.values().map(|part| Self::of(part).takes).fold(0, u64::saturating_add);
                Self { takes: takes.max(1), refuses: refuses.max(1) }
            }
            ("items" | "contains" | "additionalProperties" | "propertyNames", part) => Self::of(part),
            ("prefixItems", Value::Array(parts)) => {
                let refuses = parts.iter().map(|part| Self::of(part).refuses).fold(0, u64::saturating_add);
                let takes = parts.iter().map(|part| Self::of(part).takes).fold(0, u64::saturating_add);
                Self { takes: takes.max(1), refuses: refuses.max(1) }
            }
            _ => Self::ONE,
        }
    }

    fn not(self) -> Self {
        Self { takes: self.refuses, refuses: self.takes }
    }

    fn and(self, other: Self) -> Self {
        Self { takes: self.takes.saturating_mul(other.takes), refuses: self.refuses.saturating_add(other.refuses) }
    }
}
