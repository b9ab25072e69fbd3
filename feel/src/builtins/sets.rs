//! Lists seen as sets: distinct and duplicate values, unions, places of a value.

use std::collections::HashMap;

use super::{
    Builtin, Given, binary,
    lists::{joined, of_list},
    unary, variadic,
};
use crate::{
    evaluate::{Evaluator, Stop, feel_equals},
    number::Number,
    temporal::Temporal,
    value::{List, Text, Value},
};

pub(super) const FUNCTIONS: &[Builtin] = &[
    binary("index of", &["list", "match"], index_of),
    variadic(unary("union", &["lists"], |e, lists| {
        of_list(lists, |lists| {
            let items = joined(e, lists)?;
            let distinct = grouped(e, items.into_iter())?.into_iter().map(|(value, _)| value).collect();
            e.list(distinct)
        })
    })),
    unary("distinct values", &["list"], |e, list| {
        of_list(list, |list| {
            let distinct = grouped(e, list.iter())?.into_iter().map(|(value, _)| value).collect();
            e.list(distinct)
        })
    }),
    unary("duplicate values", &["list"], |e, list| {
        of_list(list, |list| {
            let groups = grouped(e, list.iter())?;
            let duplicates = groups.into_iter().filter(|(_, count)| *count > 1).map(|(value, _)| value).collect();
            e.list(duplicates)
        })
    }),
];

fn index_of<'a>(evaluator: &mut Evaluator<'_, 'a>, list: &Value<'a>, wanted: &Value<'a>) -> Given<'a> {
    of_list(list, |list: &List<'a>| {
        let mut places = Vec::new();
        for (index, item) in list.iter().enumerate() {
            if feel_equals(evaluator, &item, wanted)? {
                places.push(Value::Number(Number::from(index + 1)));
            }
        }
        evaluator.list(places)
    })
}

/// What can be looked up by hashing; values of different types are never equal.
#[derive(PartialEq, Eq, Hash)]
enum Key<'a> {
    Null,
    Boolean(bool),
    Number(Number),
    Text(Text<'a>),
    Temporal(std::sync::Arc<Temporal>),
}

impl<'a> Key<'a> {
    fn of(value: &Value<'a>) -> Option<Key<'a>> {
        Some(match value {
            Value::Null => Key::Null,
            Value::Boolean(value) => Key::Boolean(*value),
            Value::Number(number) => Key::Number(number.clone()),
            Value::Text(text) => Key::Text(text.clone()),
            Value::Temporal(temporal) => Key::Temporal(temporal.clone()),
            _ => return None,
        })
    }
}

/// The values that differ, in the order of their first occurrence, and how often each occurs.
fn grouped<'a>(
    evaluator: &mut Evaluator<'_, 'a>,
    items: impl Iterator<Item = Value<'a>>,
) -> Result<Vec<(Value<'a>, usize)>, Stop> {
    let mut groups: Vec<(Value<'a>, usize)> = Vec::new();
    let mut simple: HashMap<Key<'a>, usize> = HashMap::new();
    let mut compound: Vec<usize> = Vec::new();
    for item in items {
        evaluator.budget.step(1)?;
        if let Value::Number(number) = &item {
            evaluator.budget.step(number.own_effort())?;
        }
        let mut known = None;
        if let Some(key) = Key::of(&item) {
            let place = *simple.entry(key).or_insert(groups.len());
            known = (place < groups.len()).then_some(place);
        } else {
            for place in &compound {
                if let Some((value, _)) = groups.get(*place)
                    && feel_equals(evaluator, value, &item)?
                {
                    known = Some(*place);
                    break;
                }
            }
            if known.is_none() {
                compound.push(groups.len());
            }
        }
        if let Some((_, count)) = known.and_then(|place| groups.get_mut(place)) {
            *count += 1;
        } else {
            groups.push((item, 1));
        }
    }
    Ok(groups)
}
