//! What is in two sets: schemas composed of parts.

use super::set::{Alternative, Bound, List, Object, Range, Set, Text, Work, order};
use std::cmp::Ordering;

/// Takes work away; none if there is too much of it.
pub(super) fn spend(work: &Work, amount: usize) -> Option<()> {
    work.set(work.get().checked_sub(amount)?);
    Some(())
}

/// What is in both; none if that is not expressed as alternatives.
pub(super) fn both<'s>(
    one: &[Alternative<'s>],
    other: &[Alternative<'s>],
    work: &Work,
) -> Option<Vec<Alternative<'s>>> {
    if let ([Alternative::Any], all) | (all, [Alternative::Any]) = (one, other) {
        return Some(all.to_vec());
    }
    spend(work, one.len().saturating_mul(other.len()))?;
    let mut found = Vec::new();
    for one in one {
        for other in other {
            found.extend(one.and(other, work)?);
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
pub(super) fn narrower(one: Option<&Bound>, other: Option<&Bound>, wanted: Ordering) -> Option<Bound> {
    let (Some(one), Some(other)) = (one, other) else { return one.or(other).cloned() };
    Some(match order(&one.number, &other.number) {
        Ordering::Equal => Bound { number: one.number.clone(), is_exclusive: one.is_exclusive || other.is_exclusive },
        order if order == wanted => one.clone(),
        _ => other.clone(),
    })
}

impl Alternative<'_> {
    /// What is in both: nothing, or one alternative; `None` if it is not expressed so.
    fn and(&self, other: &Self, work: &Work) -> Option<Vec<Self>> {
        let made = match (self, other) {
            (Self::Any, any) | (any, Self::Any) => Some(any.clone()),
            (Self::Const(value), any) | (any, Self::Const(value)) => {
                any.has(value)?.then(|| Self::Const(value.clone()))
            }
            (Self::Opaque(_), _) | (_, Self::Opaque(_)) => return None,
            (Self::Number(one), Self::Number(other)) => Some(Self::Number(Range {
                is_whole: one.is_whole || other.is_whole,
                low: narrower(one.low.as_ref(), other.low.as_ref(), Ordering::Greater),
                high: narrower(one.high.as_ref(), other.high.as_ref(), Ordering::Less),
            })),
            (Self::Text(one), Self::Text(other)) => Some(Self::Text(Text {
                low: one.low.max(other.low),
                high: less(one.high, other.high),
                patterns: joined(&one.patterns, &other.patterns),
                formats: joined(&one.formats, &other.formats),
                json: less(one.json, other.json),
            })),
            (Self::List(one), Self::List(other)) => Some(Self::List(List {
                items: Set {
                    alternatives: both(&one.items.alternatives, &other.items.alternatives, work)?,
                    schema: None,
                },
                low: one.low.max(other.low),
                high: less(one.high, other.high),
                is_unique: one.is_unique || other.is_unique,
            })),
            (Self::Object(one), Self::Object(other)) => return one.and(other, work),
            _ => None,
        };
        Some(made.into_iter().collect())
    }
}

impl<'s> Object<'s> {
    fn and(&self, other: &Self, work: &Work) -> Option<Vec<Alternative<'s>>> {
        let mut made = Object {
            required: joined(&self.required, &other.required),
            bytes: less(self.bytes, other.bytes),
            others: match (&self.others, &other.others) {
                (Some(one), Some(other)) => Some(Box::new(Set {
                    alternatives: both(&one.alternatives, &other.alternatives, work)?,
                    schema: None,
                })),
                _ => None,
            },
            ..Object::default()
        };
        let names = joined(
            &self.properties.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
            &other.properties.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
        );
        for name in names {
            let set = match (self.member(name), other.member(name)) {
                (Some(one), Some(other)) if one == other => one.clone(),
                (Some(one), Some(other)) => {
                    Set { alternatives: both(&one.alternatives, &other.alternatives, work)?, schema: None }
                }
                // It may not be there.
                _ if made.others.is_none() => continue,
                _ => Set { alternatives: Vec::new(), schema: None },
            };
            made.properties.push((name, set));
        }
        if made.required.iter().any(|name| made.member(name).is_none_or(|set| set.alternatives.is_empty())) {
            return Some(Vec::new());
        }
        Some(vec![Alternative::Object(made)])
    }
}
