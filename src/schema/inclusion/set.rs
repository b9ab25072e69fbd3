//! What a schema takes, as alternatives of one type each.

use super::constants::{Constants, same};
use crate::schema::accepted::JSON_OBJECT_BYTES;
use crate::schema::validator::Validator;
use serde_json::{Number, Value, json};
use std::cell::OnceCell;
use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};

/// The values that a schema takes.
#[derive(Debug, Clone)]
pub(super) struct Set<'s> {
    pub(super) alternatives: Vec<Alternative<'s>>,
    /// The schema that was read; none if the set was made of several.
    pub(super) schema: Option<&'s Value>,
    constants: OnceCell<Constants>,
}

impl PartialEq for Set<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.alternatives == other.alternatives
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Alternative<'s> {
    Any,
    Const(&'s Value),
    Number(Range),
    Text(Text<'s>),
    List(List<'s>),
    Object(Object<'s>),
    /// A schema that is not understood.
    Opaque(&'s Value),
}

#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Range {
    pub(super) is_whole: bool,
    pub(super) low: Option<Bound>,
    pub(super) high: Option<Bound>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bound {
    pub(super) number: Number,
    /// Whether the number itself is beyond it.
    pub(super) is_exclusive: bool,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Text<'s> {
    pub(super) low: u64,
    pub(super) high: Option<u64>,
    pub(super) patterns: Vec<&'s str>,
    pub(super) formats: Vec<&'s str>,
    /// Text that is a JSON object of at most so many bytes.
    pub(super) json: Option<u64>,
    pub(super) compiled: Once,
}

/// The schema of a text's patterns and formats, once it was asked for. It is of one text only, and no part of what it is.
#[derive(Debug, Default)]
pub(super) struct Once(OnceCell<Option<Validator>>);

impl Clone for Once {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl PartialEq for Once {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct List<'s> {
    pub(super) items: Set<'s>,
    pub(super) low: u64,
    pub(super) high: Option<u64>,
    pub(super) is_unique: bool,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Object<'s> {
    pub(super) properties: Members<'s>,
    pub(super) required: BTreeSet<&'s str>,
    /// What members may be that are not listed; none if there may be no others.
    pub(super) others: Option<Box<Set<'s>>>,
    /// The bytes that it may have when it is written.
    pub(super) bytes: Option<u64>,
}

/// Sets by names, in their order.
#[derive(Debug, Clone, Default)]
pub(super) struct Members<'s> {
    all: Vec<(&'s str, Set<'s>)>,
    places: HashMap<&'s str, usize>,
}

impl PartialEq for Members<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.all == other.all
    }
}

impl<'s> FromIterator<(&'s str, Set<'s>)> for Members<'s> {
    fn from_iter<T: IntoIterator<Item = (&'s str, Set<'s>)>>(members: T) -> Self {
        let all: Vec<_> = members.into_iter().collect();
        let places = all.iter().enumerate().map(|(index, (name, _))| (*name, index)).collect();
        Self { all, places }
    }
}

impl<'s> Members<'s> {
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// Which one of them it is.
    pub(super) fn place(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }

    pub(super) fn get(&self, name: &str) -> Option<&Set<'s>> {
        self.all.get(self.place(name)?).map(|(_, set)| set)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&'s str, &Set<'s>)> {
        self.all.iter().map(|(name, set)| (*name, set))
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &'s str> {
        self.all.iter().map(|(name, _)| *name)
    }
}

impl Default for Set<'_> {
    fn default() -> Self {
        Self::of(vec![Alternative::Any], None)
    }
}

impl<'s> Object<'s> {
    /// What a member may be; none if it may not be there.
    pub(super) fn member(&self, name: &str) -> Option<&Set<'s>> {
        self.properties.get(name).or(self.others.as_deref())
    }

    /// Whether it names a member.
    pub(super) fn lists(&self, name: &str) -> bool {
        self.properties.get(name).is_some()
    }

    pub(super) fn requires(&self, name: &str) -> bool {
        self.required.contains(&name)
    }
}

impl<'s> Set<'s> {
    pub(super) fn of(alternatives: Vec<Alternative<'s>>, schema: Option<&'s Value>) -> Self {
        Self { alternatives, schema, constants: OnceCell::new() }
    }

    pub(super) fn index(&self) -> &Constants {
        self.constants.get_or_init(|| Constants::of(&self.alternatives))
    }

    /// The values that it lists.
    pub(super) fn constants(&self) -> impl Iterator<Item = &'s Value> {
        self.alternatives.iter().filter_map(|alternative| match alternative {
            Alternative::Const(value) => Some(*value),
            _ => None,
        })
    }

    /// The alternatives that are more than one value.
    pub(super) fn others(&self) -> impl Iterator<Item = &Alternative<'s>> {
        self.index().others.iter().filter_map(|index| self.alternatives.get(*index))
    }

    /// Whether it is some values and no others.
    pub(super) fn is_listed(&self) -> bool {
        !self.alternatives.is_empty() && self.index().others.is_empty()
    }

    /// What it costs to look for a value among those that it does not list.
    pub(super) fn cost(&self) -> usize {
        self.others().map(Alternative::cost).sum::<usize>().saturating_add(1)
    }

    /// Whether it lists a value.
    pub(super) fn lists(&self, value: &Value) -> bool {
        self.index().find(&self.alternatives, value).is_some()
    }

    /// Whether it has a value; none if that is not known.
    pub(super) fn has(&self, value: &Value) -> Option<bool> {
        if self.lists(value) {
            return Some(true);
        }
        let mut is_known = true;
        for alternative in self.others() {
            match alternative.has(value) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => is_known = false,
            }
        }
        is_known.then_some(false)
    }

    /// Whether no value is in both, for sure.
    pub(super) fn is_apart(&self, other: &Self) -> bool {
        let is_without = |one: &Self, other: &Self| one.constants().all(|value| other.has(value) == Some(false));
        is_without(self, other)
            && is_without(other, self)
            && self.others().all(|one| other.others().all(|other| one.is_apart(other)))
    }

    /// What it costs to tell it from another one.
    pub(super) fn cost_apart(&self, other: &Self) -> usize {
        let listed = |one: &Self, other: &Self| one.constants().count().saturating_mul(other.cost());
        let others = self.index().others.len().saturating_mul(other.index().others.len());
        listed(self, other).saturating_add(listed(other, self)).saturating_add(others)
    }
}
impl Alternative<'_> {
    /// What it costs to look for a value in it: a pattern that looks around may go back and forth for long.
    fn cost(&self) -> usize {
        const AROUND: usize = 2_000;
        const PATTERN: usize = 8;
        match self {
            Self::Text(text) if text.patterns.iter().any(|pattern| looks_around(pattern)) => AROUND,
            Self::Text(text) if text.is_plain() => 1,
            Self::Text(_) | Self::List(_) | Self::Object(_) => PATTERN,
            _ => 1,
        }
    }

    /// Whether it has a value; none if that is not known.
    pub(super) fn has(&self, value: &Value) -> Option<bool> {
        match (self, value) {
            (Self::Any, _) => Some(true),
            (Self::Const(constant), value) => Some(same(constant, value)),
            (Self::Opaque(_), _) => None,
            (Self::Number(range), Value::Number(number)) => Some(range.has(number)),
            (Self::Text(text), Value::String(value)) => text.has(value),
            (Self::List(list), Value::Array(items)) => {
                let count = items.len() as u64;
                if count < list.low || list.high.is_some_and(|high| count > high) {
                    return Some(false);
                }
                let is_known = !list.is_unique || count < 2;
                all(items.iter().map(|item| list.items.has(item))).filter(|has| !has || is_known)
            }
            (Self::Object(object), Value::Object(members)) => {
                if object.required.iter().any(|name| !members.contains_key(*name)) {
                    return Some(false);
                }
                let members = members.iter().map(|(name, value)| match object.member(name) {
                    Some(set) => set.has(value),
                    None => Some(false),
                });
                all(members).filter(|has| !has || object.bytes.is_none())
            }
            _ => Some(false),
        }
    }

    /// Whether no value is in both, for sure.
    pub(super) fn is_apart(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any | Self::Opaque(_), _)
            | (_, Self::Any | Self::Opaque(_))
            | (Self::Text(_), Self::Text(_))
            | (Self::List(_), Self::List(_)) => false,
            (Self::Const(value), any) | (any, Self::Const(value)) => any.has(value) == Some(false),
            (Self::Number(one), Self::Number(other)) => {
                let is_beyond = |low: &Option<Bound>, high: &Option<Bound>| match (low, high) {
                    (Some(low), Some(high)) => order(&low.number, &high.number) == Ordering::Greater,
                    _ => false,
                };
                is_beyond(&one.low, &other.high) || is_beyond(&other.low, &one.high)
            }
            (Self::Object(one), Self::Object(other)) => one.is_apart(other),
            _ => true,
        }
    }
}

/// All of some answers: one that is no decides.
fn all(answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut is_known = true;
    for answer in answers {
        match answer {
            Some(false) => return Some(false),
            Some(true) => {}
            None => is_known = false,
        }
    }
    is_known.then_some(true)
}

/// Which of two numbers is greater, exactly.
pub(super) fn order(one: &Number, other: &Number) -> Ordering {
    match (whole_number(one), whole_number(other)) {
        (Some(one), Some(other)) => one.cmp(&other),
        // One of them is a fraction, or beyond all whole numbers that are told apart.
        _ => one.as_f64().unwrap_or_default().total_cmp(&other.as_f64().unwrap_or_default()),
    }
}

/// A whole number, however it is written.
#[expect(clippy::cast_possible_truncation, reason = "checked to be whole, and within the range")]
pub(super) fn whole_number(number: &Number) -> Option<i128> {
    let exact = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
    exact.or_else(|| {
        number.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < 1e30).map(|number| number as i128)
    })
}

impl Range {
    pub(super) fn has(&self, number: &Number) -> bool {
        let is_above = |low: &Bound| match order(number, &low.number) {
            Ordering::Greater => true,
            Ordering::Equal => !low.is_exclusive,
            Ordering::Less => false,
        };
        let is_below = |high: &Bound| match order(number, &high.number) {
            Ordering::Less => true,
            Ordering::Equal => !high.is_exclusive,
            Ordering::Greater => false,
        };
        let is_whole = || number.as_f64().is_some_and(|number| number.fract() == 0.0);
        self.low.as_ref().is_none_or(is_above)
            && self.high.as_ref().is_none_or(is_below)
            && (!self.is_whole || is_whole())
    }
}

impl Text<'_> {
    /// Whether it has a text; of patterns and formats the validator knows.
    fn has(&self, text: &str) -> Option<bool> {
        let length = text.chars().count() as u64;
        if length < self.low || self.high.is_some_and(|high| length > high) {
            return Some(false);
        }
        if self.is_plain() {
            return Some(true);
        }
        let taking = self.compiled.0.get_or_init(|| Validator::new(&self.schema()));
        taking.as_ref().map(|taking| taking.is_valid(&json!(text)))
    }

    /// Whether only its length matters.
    fn is_plain(&self) -> bool {
        self.patterns.is_empty() && self.formats.is_empty() && self.json.is_none()
    }

    fn schema(&self) -> Value {
        let mut schema = json!({ "type": "string" });
        if let Some(json) = self.json {
            schema[JSON_OBJECT_BYTES] = json!(json);
        }
        let words = [("pattern", &self.patterns), ("format", &self.formats)];
        let parts =
            words.into_iter().flat_map(|(keyword, words)| words.iter().map(move |word| json!({ keyword: word })));
        schema["allOf"] = parts.chain([json!({})]).collect();
        schema
    }
}

/// Whether a pattern asks for what is before or behind, or came before.
pub(super) fn looks_around(pattern: &str) -> bool {
    let refers = |pair: &[u8]| pair[0] == b'\\' && (pair[1].is_ascii_digit() || pair[1] == b'k');
    ["(?=", "(?!", "(?<"].iter().any(|mark| pattern.contains(mark)) || pattern.as_bytes().windows(2).any(refers)
}

impl Object<'_> {
    fn is_apart(&self, other: &Self) -> bool {
        self.properties.names().chain(other.properties.names()).any(|name| {
            (self.requires(name) || other.requires(name))
                && match (self.member(name), other.member(name)) {
                    (Some(one), Some(other)) => one.is_apart(other),
                    _ => true,
                }
        })
    }
}
