//! What is in two sets: schemas composed of parts.

use super::budget::Budget;
use super::set::{Alternative, Bound, List, Object, Once, Range, Set, Text, order};
use std::cmp::Ordering;

/// What is in both; none if that is not expressed as alternatives.
pub(super) fn both<'s>(
    one: &[Alternative<'s>],
    other: &[Alternative<'s>],
    budget: &Budget,
) -> Option<Vec<Alternative<'s>>> {
    if let ([Alternative::Any], all) | (all, [Alternative::Any]) = (one, other) {
        return Some(all.to_vec());
    }
    let (one, other) = (Set::of(one.to_vec(), None), Set::of(other.to_vec(), None));
    let (listed, others) = (one.constants().count(), other.constants().count());
    let pairs = one.others().count().saturating_mul(other.others().count());
    budget.read(
        pairs.saturating_add(listed.saturating_mul(other.cost())).saturating_add(others.saturating_mul(one.cost())),
    )?;
    let mut found = Vec::new();
    for value in one.constants() {
        found.extend(other.has(value)?.then_some(Alternative::Const(value)));
    }
    for value in other.constants().filter(|value| !one.lists(value)) {
        found.extend(one.has(value)?.then_some(Alternative::Const(value)));
    }
    for one in one.others() {
        for other in other.others() {
            found.extend(one.and(other, budget)?);
        }
    }
    Some(found)
}

fn less<T: Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

fn joined<'s>(one: &[&'s str], other: &[&'s str]) -> Vec<&'s str> {
    let mut joined = one.to_vec();
    joined.extend(other.iter().filter(|text| !one.contains(text)));
    joined
}

/// Of two bounds the one that allows less; `wanted` tells how its number stands to the other.
pub(super) fn tighter(one: Option<&Bound>, other: Option<&Bound>, wanted: Ordering) -> Option<Bound> {
    let (Some(one), Some(other)) = (one, other) else { return one.or(other).cloned() };
    Some(match order(&one.number, &other.number) {
        Ordering::Equal => Bound { number: one.number.clone(), is_exclusive: one.is_exclusive || other.is_exclusive },
        order if order == wanted => one.clone(),
        _ => other.clone(),
    })
}

impl Alternative<'_> {
    /// What is in both: nothing, or one alternative; `None` if it is not expressed so.
    fn and(&self, other: &Self, budget: &Budget) -> Option<Vec<Self>> {
        let made = match (self, other) {
            (Self::Any, any) | (any, Self::Any) => Some(any.clone()),
            (Self::Const(value), any) | (any, Self::Const(value)) => any.has(value)?.then_some(Self::Const(value)),
            (Self::Opaque(_), _) | (_, Self::Opaque(_)) => return None,
            (Self::Number(one), Self::Number(other)) => Some(Self::Number(Range {
                is_whole: one.is_whole || other.is_whole,
                low: tighter(one.low.as_ref(), other.low.as_ref(), Ordering::Greater),
                high: tighter(one.high.as_ref(), other.high.as_ref(), Ordering::Less),
            })),
            (Self::Text(one), Self::Text(other)) => Some(Self::Text(Text {
                low: one.low.max(other.low),
                high: less(one.high, other.high),
                patterns: joined(&one.patterns, &other.patterns),
                formats: joined(&one.formats, &other.formats),
                json: less(one.json, other.json),
                compiled: Once::default(),
            })),
            (Self::List(one), Self::List(other)) => Some(Self::List(List {
                items: Set::of(both(&one.items.alternatives, &other.items.alternatives, budget)?, None),
                low: one.low.max(other.low),
                high: less(one.high, other.high),
                is_unique: one.is_unique || other.is_unique,
            })),
            (Self::Object(one), Self::Object(other)) => return one.and(other, budget),
            _ => None,
        };
        Some(made.into_iter().collect())
    }
}

impl<'s> Object<'s> {
    fn and(&self, other: &Self, budget: &Budget) -> Option<Vec<Alternative<'s>>> {
        let mut made = Object {
            required: self.required.union(&other.required).copied().collect(),
            bytes: less(self.bytes, other.bytes),
            others: match (&self.others, &other.others) {
                (Some(one), Some(other)) => {
                    Some(Box::new(Set::of(both(&one.alternatives, &other.alternatives, budget)?, None)))
                }
                _ => None,
            },
            ..Object::default()
        };
        let others = other.properties.names().filter(|name| !self.lists(name));
        let names: Vec<&'s str> = self.properties.names().chain(others).collect();
        // Every member is another set that is kept.
        budget.read(names.len().saturating_mul(8).saturating_add(8))?;
        let mut members = Vec::new();
        for name in names {
            let set = match (self.member(name), other.member(name)) {
                (Some(one), Some(other)) if one == other => one.clone(),
                (Some(one), Some(other)) => Set::of(both(&one.alternatives, &other.alternatives, budget)?, None),
                // It may not be there.
                _ if made.others.is_none() => continue,
                _ => Set::of(Vec::new(), None),
            };
            members.push((name, set));
        }
        made.properties = members.into_iter().collect();
        if made.required.iter().any(|name| made.member(name).is_none_or(|set| set.alternatives.is_empty())) {
            return Some(Vec::new());
        }
        Some(vec![Alternative::Object(made)])
    }
}
