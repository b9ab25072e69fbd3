//! The smallest values of sets, and those that two sets have in common.

use super::budget::{Budget, MOST, weight};
use super::given::Given;
use super::set::{Alternative, Bound, List, Object, Range, Set, Text, whole_number};
use super::text::{Answer, Texts, Wanted};
use crate::schema::validator::Validator;
use serde_json::{Map, Number, Value, json};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// A list of more items is not made.
const ITEMS: u64 = 10_000;
/// So many values that the algebra suggests are made.
const SUGGESTED: usize = 20;

/// Makes values, and remembers what it has made.
#[derive(Debug, Default)]
pub(super) struct Examples {
    given: Rc<Given>,
    budget: Rc<Budget>,
    texts: Rc<Texts>,
    /// By the addresses of the two sets, which live as long as the comparison.
    known: RefCell<HashMap<(usize, usize), Option<Value>>>,
}

impl Examples {
    pub(super) fn new(given: Rc<Given>, budget: Rc<Budget>) -> Self {
        let texts = Rc::new(Texts::new(Rc::clone(&budget)));
        Self { given, budget, texts, known: RefCell::default() }
    }

    /// The same for other sets, which live less long.
    pub(super) fn beside(&self) -> Self {
        let (given, budget, texts) = (Rc::clone(&self.given), Rc::clone(&self.budget), Rc::clone(&self.texts));
        Self { given, budget, texts, known: RefCell::default() }
    }

    /// A value of a set, and of another one too if they have one in common.
    pub(super) fn common(&self, one: &Set<'_>, other: Option<&Set<'_>>) -> Option<Value> {
        let address = |set: &Set<'_>| std::ptr::from_ref(set).addr();
        let key = (address(one), other.map_or(0, address));
        if let Some(known) = self.known.borrow().get(&key) {
            return known.clone();
        }
        let made = one.alternatives.iter().find_map(|one| self.of_both(one, other?));
        let made = made.or_else(|| one.alternatives.iter().find_map(|one| self.alternative(one, None)));
        let made = made.filter(|made| self.budget.keep(weight(made)).is_some());
        self.known.borrow_mut().insert(key, made.clone());
        made
    }

    /// A value of an alternative that is in a set, too.
    fn of_both(&self, one: &Alternative<'_>, other: &Set<'_>) -> Option<Value> {
        self.budget.compare(other.alternatives.len().max(1))?;
        match one {
            Alternative::Const(value) => (other.has(value) == Some(true)).then(|| (*value).clone()),
            one => other.alternatives.iter().find_map(|other| self.alternative(one, Some(other))),
        }
    }

    /// Values of the alternatives of a set, up to some number.
    pub(super) fn each(&self, set: &Set<'_>) -> Vec<Value> {
        let made = set.alternatives.iter().filter_map(|alternative| self.alternative(alternative, None));
        made.take(SUGGESTED).collect()
    }

    fn alternative(&self, one: &Alternative<'_>, other: Option<&Alternative<'_>>) -> Option<Value> {
        match (one, other) {
            (Alternative::Any, Some(Alternative::Any) | None) => Some(json!("x")),
            (Alternative::Any, Some(other)) => self.alternative(other, None),
            (any, Some(Alternative::Any)) => self.alternative(any, None),
            (Alternative::Const(value), None) => Some((*value).clone()),
            (Alternative::Const(value), Some(other)) => (other.has(value) == Some(true)).then(|| (*value).clone()),
            (any, Some(Alternative::Const(value))) => (any.has(value) == Some(true)).then(|| (*value).clone()),
            (Alternative::Opaque(schema), _) => {
                let taking = Validator::new(schema)?;
                anything().into_iter().find(|value| taking.is_valid(value))
            }
            (Alternative::Number(one), None) => numbers(one).into_iter().next(),
            (Alternative::Number(one), Some(Alternative::Number(other))) => {
                let both = numbers(one).into_iter().chain(numbers(other));
                let is_both =
                    |value: &Value| value.as_number().is_some_and(|number| one.has(number) && other.has(number));
                both.into_iter().find(is_both)
            }
            (Alternative::Text(one), None) => self.text(one, &Wanted::default()).found(),
            (Alternative::Text(one), Some(Alternative::Text(other))) => {
                let both = Text { json: one.json.min(other.json).or(one.json).or(other.json), ..one.clone() };
                let wanted =
                    Wanted { matching: other.patterns.clone(), low: other.low, high: other.high, ..Wanted::default() };
                self.text(&both, &wanted).found()
            }
            (Alternative::List(one), other) => {
                let other = match other {
                    Some(Alternative::List(other)) => Some(other),
                    Some(_) => return None,
                    None => None,
                };
                let count = one.low.max(other.map_or(0, |other| other.low));
                self.list(one, other, count.min(one.high.unwrap_or(count)))
            }
            (Alternative::Object(one), other) => {
                let other = match other {
                    Some(Alternative::Object(other)) => Some(other),
                    Some(_) => return None,
                    None => None,
                };
                // Of two variants the members have nothing in common.
                let is_apart = other.is_some_and(|other| tags_apart(one, other));
                if is_apart { None } else { self.object(one, other, None).map(Value::Object) }
            }
            _ => None,
        }
    }

    /// A list of so many items.
    pub(super) fn list(&self, one: &List<'_>, other: Option<&List<'_>>, count: u64) -> Option<Value> {
        if count == 0 {
            return Some(json!([]));
        }
        let item = self.common(&one.items, other.map(|other| &other.items))?;
        if !one.is_unique || count == 1 {
            let count = usize::try_from(count.min(ITEMS + 1)).ok().filter(|count| *count as u64 <= ITEMS)?;
            return (weight(&item).saturating_mul(count) <= MOST).then(|| Value::Array(vec![item; count]));
        }
        let items: Vec<Value> = self.several(&one.items, count)?;
        Some(Value::Array(items))
    }

    /// Different values of a set, as far as they are easily made.
    fn several(&self, set: &Set<'_>, count: u64) -> Option<Vec<Value>> {
        let mut made: Vec<Value> = Vec::new();
        let count = usize::try_from(count.min(ITEMS)).ok()?;
        for alternative in &set.alternatives {
            match alternative {
                Alternative::Const(value) => made.push((*value).clone()),
                Alternative::Number(range) => {
                    let first = numbers(range).into_iter().next().and_then(|number| number.as_i64())?;
                    let next = (0_i64..1_000).filter_map(|step| first.checked_add(step)).map(Number::from);
                    made.extend(next.filter(|number| range.has(number)).map(Value::Number));
                }
                Alternative::Text(text) => {
                    for length in 1..=8 {
                        made.extend(self.text(text, &Wanted { low: length, ..Wanted::default() }).found());
                    }
                }
                _ => {}
            }
            made.dedup();
            if made.len() >= count {
                made.truncate(count);
                return Some(made);
            }
        }
        None
    }

    /// The members that an object must have, and those that the other one asks for, but for one of them.
    pub(super) fn object(
        &self,
        one: &Object<'_>,
        other: Option<&Object<'_>>,
        without: Option<&str>,
    ) -> Option<Map<String, Value>> {
        let is_wanted = |name: &str| {
            Some(name) != without
                && (one.requires(name) || other.is_some_and(|other| other.requires(name)) && one.member(name).is_some())
        };
        self.budget.compare(one.properties.len() / 4)?;
        let listed = one.properties.names();
        let others = one.required.iter().chain(other.into_iter().flat_map(|other| &other.required)).copied();
        let others = others.filter(|name| !one.lists(name));
        let mut made = Map::new();
        let mut bytes = 0;
        for name in listed.chain(others).filter(|name| is_wanted(name)) {
            let value = self.common(one.member(name)?, other.and_then(|other| other.member(name)));
            match value {
                Some(value) => {
                    bytes += weight(&value);
                    if bytes > MOST {
                        return None;
                    }
                    made.insert(name.to_owned(), value);
                }
                None if one.requires(name) => return None,
                None => {}
            }
        }
        Some(made)
    }

    /// A text of a set that is also wanted.
    pub(super) fn text<'a>(&self, set: &Text<'a>, wanted: &Wanted<'a>) -> Answer {
        let low = set.low.max(wanted.low);
        let high = match (set.high, wanted.high) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        if let Some(bytes) = set.json {
            let length = low.max(2);
            if high.is_some_and(|high| length > high) || length > bytes {
                return Answer::None;
            }
            return usize::try_from(length).map_or(Answer::Unknown, |length| Answer::Text(json_text(length)));
        }
        let mut matching = set.patterns.clone();
        matching.extend(wanted.matching.iter().filter(|pattern| !set.patterns.contains(pattern)));
        let mut all = Wanted { matching, low, high, ..wanted.clone() };
        // Of what takes anything, a letter is easier to see than nothing.
        let is_plain = all.matching.is_empty() && all.not_matching.is_empty();
        if is_plain && all.low == 0 && all.high != Some(0) && set.formats.is_empty() {
            all.low = 1;
        }
        let found = match self.texts.find(&all) {
            Answer::Unknown => self.hint(set, &all),
            found => found,
        };
        match (set.formats.first().and_then(|format| formatted(format)), found) {
            (Some(text), Answer::Text(_) | Answer::Unknown) => Answer::Text(text.to_owned()),
            (_, found) => found,
        }
    }

    /// A text that somebody gave as an example, where none can be made.
    fn hint(&self, set: &Text<'_>, wanted: &Wanted<'_>) -> Answer {
        let one = Text { patterns: wanted.matching.clone(), low: wanted.low, high: wanted.high, ..set.clone() };
        let one = Alternative::Text(one);
        let is_wanted = |text: &&Value| {
            let is_not = |pattern: &&str| crate::schema::is_valid(&json!({ "pattern": pattern }), text) == Some(false);
            one.has(text) == Some(true)
                && wanted.not_matching.iter().all(is_not)
                && !wanted.not.iter().any(|other| *text == other)
        };
        let text = self.given.hints.iter().filter(|hint| hint.is_string()).find(is_wanted).and_then(Value::as_str);
        text.map_or(Answer::Unknown, |text| Answer::Text(text.to_owned()))
    }
}

impl Answer {
    /// The text, if one was found.
    pub(super) fn found(self) -> Option<Value> {
        match self {
            Self::Text(text) => Some(Value::String(text)),
            Self::None | Self::Unknown => None,
        }
    }
}

/// Whether two objects are told apart by a member that is one of several constants.
pub(super) fn tags_apart(one: &Object<'_>, other: &Object<'_>) -> bool {
    one.properties.iter().any(|(name, set)| is_tag(one, other, name, set))
}

/// Whether a member tells an object from another one.
pub(super) fn is_tag(one: &Object<'_>, other: &Object<'_>, name: &str, set: &Set<'_>) -> bool {
    (one.requires(name) || other.requires(name))
        && set.is_listed()
        && other.properties.get(name).is_some_and(|other| other.is_listed() && set.is_apart(other))
}

/// Values of all types.
pub(super) fn anything() -> Vec<Value> {
    vec![
        json!("x"),
        json!(1),
        json!(true),
        json!({}),
        json!([]),
        Value::Null,
        json!(0),
        json!(-1),
        json!(0.5),
        json!(2),
        json!(3),
        json!(4),
        json!(6),
        json!(12),
        json!(60),
        json!(-2),
        json!(-60),
        json!(false),
        json!(""),
        json!({ "x": "x" }),
        json!(["x"]),
        json!([1]),
    ]
}

/// Numbers of a range: those at its bounds first.
pub(super) fn numbers(range: &Range) -> Vec<Value> {
    let ends = [range.low.as_ref(), range.high.as_ref()].into_iter().flatten();
    let near = ends.flat_map(|bound: &Bound| beside(&bound.number));
    let all = [0, 1].map(Number::from).into_iter().chain(near).chain(Number::from_f64(0.5));
    let mut all: Vec<Number> = all.filter(|number| range.has(number)).collect();
    // The bound itself is the best that one can show.
    if let Some(low) = &range.low {
        all.sort_by_key(|number| super::set::order(number, &low.number));
    }
    all.into_iter().map(Value::Number).collect()
}

/// A number and those around it.
pub(super) fn beside(number: &Number) -> Vec<Number> {
    let mut all = vec![number.clone()];
    if let Some(exact) = whole_number(number) {
        let around = [exact - 1, exact + 1, exact - 2, exact + 2];
        all.extend(around.into_iter().filter_map(Number::from_i128));
        if let Some(lowest) = number.as_f64() {
            all.extend([lowest - 0.5, lowest + 0.5].into_iter().filter_map(Number::from_f64));
        }
    } else if let Some(fraction) = number.as_f64() {
        let around =
            [fraction.floor(), fraction.ceil(), fraction - 1.0, fraction + 1.0, fraction * 2.0, fraction / 2.0];
        all.extend(around.into_iter().filter_map(Number::from_f64));
    }
    all
}

/// A JSON object as a text of this length, which is two at least.
pub(super) fn json_text(length: usize) -> String {
    match length.checked_sub(8) {
        Some(rest) => format!("{{\"a\":\"{}\"}}", "x".repeat(rest)),
        None => format!("{{{}}}", " ".repeat(length.saturating_sub(2))),
    }
}

/// A text of a format.
fn formatted(format: &str) -> Option<&'static str> {
    Some(match format {
        "date" => "2000-01-01",
        "date-time" => "2000-01-01T00:00:00Z",
        "time" => "00:00:00Z",
        "duration" => "P1D",
        "email" | "idn-email" => "a@b.c",
        "ipv4" => "127.0.0.1",
        "ipv6" => "::1",
        "uri" | "iri" => "a:b",
        "hostname" | "idn-hostname" | "uri-reference" | "iri-reference" | "uri-template" | "regex" => "a",
        "uuid" => "00000000-0000-0000-0000-000000000000",
        "json-pointer" => "/a",
        "relative-json-pointer" => "0",
        _ => return None,
    })
}
