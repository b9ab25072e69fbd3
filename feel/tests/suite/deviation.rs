//! Where the two engines differ, and are meant to: a closed list.

use std::fmt;

use serde_json::Value;

use crate::{
    case::{Case, Outcome},
    compare::same_results,
    rendering::Rendered,
};

/// A reason why the two differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deviation {
    /// feel-scala cuts surrogate pairs in half, and no Rust string holds a half: U+FFFD stands there.
    HalfOfAPair,
    /// feel-scala's functions and errors leave as JSON of their Java objects; here they are null, or no entry.
    ObjectOfJava,
    /// A match in Java may lie between the halves of a surrogate pair.
    MatchInAPair,
    /// Java reads digits of all scripts.
    Digit,
    /// Whole numbers of JSON beyond 64 bits, and its negative zero, are doubles here.
    NumberOfJson,
    /// Scala multiplies by its ready-made one without rounding.
    OneTimes,
    /// `\N{…}` in a regular expression is not supported.
    NamedCharacter,
    /// A fault of ours that is known, in one expression each.
    KnownFault,
    /// One engine ran into a limit, or feel-scala out of stack, memory or time.
    Limit,
}

impl Deviation {
    pub(crate) const ALL: &[Deviation] = &[
        Deviation::HalfOfAPair,
        Deviation::ObjectOfJava,
        Deviation::MatchInAPair,
        Deviation::Digit,
        Deviation::NumberOfJson,
        Deviation::OneTimes,
        Deviation::NamedCharacter,
        Deviation::KnownFault,
        Deviation::Limit,
    ];
}

/// A look-behind over a group that repeats something possibly empty.
const KNOWN_FAULTS: &[&str] = &[r#"extract("éEE", "(?<=(bbaa)??ß*+)[^a]??")"#];

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Deviation::HalfOfAPair => "half of a surrogate pair",
            Deviation::ObjectOfJava => "a function or an error as JSON",
            Deviation::MatchInAPair => "a match between the halves of a surrogate pair",
            Deviation::Digit => "a digit of another script",
            Deviation::NumberOfJson => "a number of JSON",
            Deviation::OneTimes => "a product with Scala's own one",
            Deviation::NamedCharacter => "a character by its name",
            Deviation::KnownFault => "a known fault",
            Deviation::Limit => "a limit",
        })
    }
}

/// Why the two differ, if it is for a reason of the list.
pub(crate) fn deviation(case: &Case, ours: &Outcome, theirs: &Outcome) -> Option<Deviation> {
    match (ours, theirs) {
        (Outcome::Ended(why), _) if !why.starts_with("panic") => Some(Deviation::Limit),
        (_, Outcome::Ended(_)) => Some(Deviation::Limit),
        (Outcome::Value { value, result }, Outcome::Value { value: their_value, result: their_result }) => {
            let (value, their_value) = (Rendered::of(value), Rendered::of(their_value));
            if value == their_value {
                let theirs = their_result.clone().map(without_objects);
                return same_results(result.as_ref(), theirs.as_ref()).then_some(Deviation::ObjectOfJava);
            }
            if has_half(&their_value) || same_but_halves(&value, &their_value) {
                return Some(Deviation::HalfOfAPair);
            }
            by_expression(case)
        }
        _ => None,
    }
}

/// Reasons that show in the expression.
fn by_expression(case: &Case) -> Option<Deviation> {
    let text = case.expression.as_str();
    let calls = |names: &[&str]| names.iter().any(|name| text.contains(&format!("{name}(")));
    let pairs = case.request().to_string().chars().any(|c| c > '\u{ffff}');
    if KNOWN_FAULTS.contains(&text) {
        Some(Deviation::KnownFault)
    } else if pairs && calls(&["split", "extract", "replace", "matches"]) {
        Some(Deviation::MatchInAPair)
    } else if calls(&["number"]) && text.chars().any(|c| c.is_numeric() && !c.is_ascii()) {
        Some(Deviation::Digit)
    } else if calls(&["from json"]) {
        Some(Deviation::NumberOfJson)
    } else if calls(&["product"]) {
        Some(Deviation::OneTimes)
    } else if text.contains("\\N{") {
        Some(Deviation::NamedCharacter)
    } else {
        None
    }
}

/// Whether a surrogate stands alone in it.
fn has_half(value: &Rendered) -> bool {
    match value {
        Rendered::Text(units) => char::decode_utf16(units.iter().copied()).any(|unit| unit.is_err()),
        Rendered::List(items) => items.iter().any(has_half),
        Rendered::Context(entries) => entries.values().any(has_half),
        _ => false,
    }
}

/// Whether the two are the same but for U+FFFD here where surrogates are there.
fn same_but_halves(ours: &Rendered, theirs: &Rendered) -> bool {
    match (ours, theirs) {
        (Rendered::Text(ours), Rendered::Text(theirs)) => {
            let same =
                |(ours, theirs): (&u16, &u16)| ours == theirs || *ours == 0xfffd && (0xd800..=0xdfff).contains(theirs);
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(same)
        }
        (Rendered::List(ours), Rendered::List(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| same_but_halves(ours, theirs))
        }
        (Rendered::Context(ours), Rendered::Context(theirs)) => {
            ours.len() == theirs.len()
                && ours
                    .iter()
                    .zip(theirs)
                    .all(|((key, ours), (their_key, theirs))| key == their_key && same_but_halves(ours, theirs))
        }
        (ours, theirs) => ours == theirs,
    }
}

fn without_objects(json: Value) -> Value {
    let is_object = |json: &Value| {
        json.as_object().is_some_and(|map| map.contains_key("properties") && map.contains_key("comparable"))
    };
    match json {
        json if is_object(&json) => Value::Null,
        Value::Array(items) => items.into_iter().map(without_objects).collect(),
        Value::Object(map) => {
            let kept = map.into_iter().filter(|(_, value)| !is_object(value));
            Value::Object(kept.map(|(key, value)| (key, without_objects(value))).collect())
        }
        other => other,
    }
}
