//! Where the two engines differ, and are meant to: a closed list, as in `docs/deviations.md`.

use std::{cmp::Ordering, fmt};

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
    /// Java finds an empty match between the halves of a surrogate pair, and so cuts it in two.
    MatchInAPair,
    /// feel-scala's functions and errors leave as JSON of their Java objects; here they are null, or no entry.
    ObjectOfJava,
    /// A number of JSON text beyond 64 bits, or a negative zero, is a double.
    NumberOfJson,
    /// `number` takes the digits of all scripts in Java.
    DigitOfAScript,
    /// Scala does not round what `product` multiplies by one of its ready-made numbers.
    ProductOfOne,
    /// Powers, `exp` and `log` of doubles are the C library's, and Java's may differ from them in the last digit.
    LastDigit,
    /// A pattern with `\N{…}`, a character by its name, is none.
    CharacterByName,
    /// One engine ran into a limit, or feel-scala out of stack, memory or time.
    Limit,
}

impl Deviation {
    pub(crate) const ALL: &[Deviation] = &[
        Deviation::HalfOfAPair,
        Deviation::MatchInAPair,
        Deviation::ObjectOfJava,
        Deviation::NumberOfJson,
        Deviation::DigitOfAScript,
        Deviation::ProductOfOne,
        Deviation::LastDigit,
        Deviation::CharacterByName,
        Deviation::Limit,
    ];
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Deviation::HalfOfAPair => "half of a surrogate pair",
            Deviation::MatchInAPair => "an empty match in a surrogate pair",
            Deviation::ObjectOfJava => "a function or an error as JSON",
            Deviation::NumberOfJson => "a number of JSON that is a double",
            Deviation::DigitOfAScript => "a digit of another script",
            Deviation::ProductOfOne => "a product of one",
            Deviation::LastDigit => "the last digit of a double",
            Deviation::CharacterByName => "a character by its name",
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
            of_values(case, &value, &their_value)
        }
        _ => None,
    }
}

fn of_values(case: &Case, ours: &Rendered, theirs: &Rendered) -> Option<Deviation> {
    let calls = |names: &[&str]| names.iter().any(|name| case.expression.contains(name));
    let exactly = |ours: f64, theirs: f64| ours.partial_cmp(&theirs).is_some_and(Ordering::is_eq);
    let nearly = |ours: f64, theirs: f64| (ours - theirs).abs() <= 4.0 * f64::EPSILON * theirs.abs();
    let has = |text: &str, fits: fn(char) -> bool| text.chars().any(fits);
    let is_digit = |c: char| !c.is_ascii() && c.is_numeric();
    let in_pairs = |c: char| c.len_utf16() == 2;
    if ours.same_as(theirs, &same_but_halves) {
        Some(Deviation::HalfOfAPair)
    } else if calls(&["from json("]) && ours.same_as(theirs, &|ours, theirs| same_numbers(ours, theirs, exactly)) {
        Some(Deviation::NumberOfJson)
    } else if calls(&["product("]) && ours.same_as(theirs, &|ours, theirs| same_numbers(ours, theirs, exactly)) {
        Some(Deviation::ProductOfOne)
    } else if calls(&["exp(", "log(", "**"]) && ours.same_as(theirs, &|ours, theirs| same_numbers(ours, theirs, nearly))
    {
        Some(Deviation::LastDigit)
    } else if calls(&["extract(", "split(", "replace("])
        && has(&case.request().to_string(), in_pairs)
        && (matches_of(ours) == matches_of(theirs) || theirs.any(&has_half))
    {
        Some(Deviation::MatchInAPair)
    } else if calls(&["number("]) && has(&case.request().to_string(), is_digit) && ours.is_null() {
        Some(Deviation::DigitOfAScript)
    } else if calls(&["\\N{"]) && ours.is_null() {
        Some(Deviation::CharacterByName)
    } else {
        None
    }
}

fn has_half(value: &Rendered) -> bool {
    matches!(value, Rendered::Text(units) if char::decode_utf16(units.iter().copied()).any(|unit| unit.is_err()))
}

/// The same text but for U+FFFD here where surrogates are there.
fn same_but_halves(ours: &Rendered, theirs: &Rendered) -> bool {
    let (Rendered::Text(ours), Rendered::Text(theirs)) = (ours, theirs) else { return false };
    let same = |(ours, theirs): (&u16, &u16)| ours == theirs || *ours == 0xfffd && (0xd800..=0xdfff).contains(theirs);
    ours.len() == theirs.len() && ours.iter().zip(theirs).all(same)
}

fn same_numbers(ours: &Rendered, theirs: &Rendered, same: impl Fn(f64, f64) -> bool) -> bool {
    ours.number().zip(theirs.number()).is_some_and(|(ours, theirs)| same(ours, theirs))
}

/// The value without the empty texts of its lists.
fn matches_of(value: &Rendered) -> Rendered {
    match value {
        Rendered::List(items) => {
            Rendered::List(items.iter().map(matches_of).filter(|item| *item != Rendered::Text(Vec::new())).collect())
        }
        other => other.clone(),
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
