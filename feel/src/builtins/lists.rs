//! Lists: parts, order, joining.

use std::sync::Arc;

use super::{Builtin, Given, binary, quaternary, ternary, unary, variadic};
use crate::{
    evaluate::{Evaluator, Stop, same},
    number::Number,
    value::{Function, List, Value, deeper},
};

pub(super) const FUNCTIONS: &[Builtin] = &[
    binary("list contains", &["list", "element"], list_contains),
    unary("count", &["list"], |_, list| of_list(list, |list| Ok(Value::Number(Number::from(list.len()))))),
    unary("is empty", &["list"], |_, list| of_list(list, |list| Ok(Value::Boolean(list.is_empty())))),
    variadic(unary("and", &["list"], |_, list| of_list(list, |list| Ok(all(list))))),
    variadic(unary("all", &["list"], |_, list| of_list(list, |list| Ok(all(list))))),
    variadic(unary("or", &["list"], |_, list| of_list(list, |list| Ok(any(list))))),
    variadic(unary("any", &["list"], |_, list| of_list(list, |list| Ok(any(list))))),
    binary("sublist", &["list", "start"], |e, list, start| sublist(e, list, start, None)),
    ternary("sublist", &["list", "start", "length"], |e, list, start, length| sublist(e, list, start, Some(length))),
    variadic(binary("append", &["list", "items"], append)),
    variadic(unary("concatenate", &["lists"], concatenate)),
    ternary("insert before", &["list", "position", "newItem"], insert_before),
    binary("remove", &["list", "position"], remove),
    unary("reverse", &["list"], |e, list| of_list(list, |list| e.list(list.iter().rev().collect()))),
    unary("flatten", &["list"], |e, list| {
        of_list(list, |list| {
            let mut flat = Vec::new();
            flatten(e, list, &mut flat)?;
            e.list(flat)
        })
    }),
    binary("sort", &["list", "precedes"], sort),
    unary("string join", &["list"], |e, list| join(e, list, &Value::Null, &Value::Null, &Value::Null)),
    binary("string join", &["list", "delimiter"], |e, list, delimiter| {
        join(e, list, delimiter, &Value::Null, &Value::Null)
    }),
    quaternary("string join", &["list", "delimiter", "prefix", "suffix"], join),
    binary("partition", &["list", "size"], partition),
];

pub(super) fn of_list<'a>(value: &Value<'a>, function: impl FnOnce(&List<'a>) -> Result<Value<'a>, Stop>) -> Given<'a> {
    match value {
        Value::List(list) => function(list).map(Some),
        _ => Ok(None),
    }
}

fn list_contains<'a>(evaluator: &mut Evaluator<'_, 'a>, list: &Value<'a>, element: &Value<'a>) -> Given<'a> {
    of_list(list, |list| {
        for item in list.iter() {
            if same(&item, element, &mut evaluator.budget)? {
                return Ok(Value::Boolean(true));
            }
        }
        Ok(Value::Boolean(false))
    })
}

fn all<'a>(list: &List<'a>) -> Value<'a> {
    let mut result = Value::Boolean(true);
    for item in list.iter() {
        result = match (result, item) {
            (Value::Boolean(false), _) | (Value::Null, Value::Boolean(false)) => return Value::Boolean(false),
            (Value::Boolean(true), Value::Boolean(item)) => Value::Boolean(item),
            _ => Value::Null,
        };
    }
    result
}

fn any<'a>(list: &List<'a>) -> Value<'a> {
    let mut result = Value::Boolean(false);
    for item in list.iter() {
        result = match (result, item) {
            (Value::Boolean(true), _) | (Value::Null, Value::Boolean(true)) => return Value::Boolean(true),
            (Value::Boolean(false), Value::Boolean(item)) => Value::Boolean(item),
            _ => Value::Null,
        };
    }
    result
}

/// The index, from 0, of a position counted from 1 or from -1 backwards; it may lie outside.
fn index_of(list: &List<'_>, position: i32) -> i64 {
    if position > 0 {
        i64::from(position) - 1
    } else {
        i64::try_from(list.len()).unwrap_or(i64::MAX) + i64::from(position)
    }
}

/// A number of items within the list.
fn within(list: &List<'_>, index: i64) -> usize {
    usize::try_from(index.max(0)).unwrap_or(usize::MAX).min(list.len())
}

fn slice<'a>(evaluator: &mut Evaluator<'_, 'a>, list: &List<'a>, start: i64, end: i64) -> Result<Value<'a>, Stop> {
    let (start, end) = (within(list, start), within(list, end));
    evaluator.list((start..end).filter_map(|index| list.get(index)).collect())
}

fn sublist<'a>(
    evaluator: &mut Evaluator<'_, 'a>,
    list: &Value<'a>,
    start: &Value<'a>,
    length: Option<&Value<'a>>,
) -> Given<'a> {
    let (Value::List(list), Value::Number(position)) = (list, start) else { return Ok(None) };
    let start = index_of(list, position.to_i32_wrapping());
    let end = match length {
        None => i64::MAX,
        // Java adds in 32 bits, and wraps.
        Some(Value::Number(length)) => {
            i64::from(i32::try_from(start).unwrap_or(i32::MAX).wrapping_add(length.to_i32_wrapping()))
        }
        Some(_) => return Ok(None),
    };
    if position.is_zero() {
        return Ok(Some(Value::error("the start position is not 0")));
    }
    slice(evaluator, list, start, end).map(Some)
}

fn append<'a>(evaluator: &mut Evaluator<'_, 'a>, list: &Value<'a>, items: &Value<'a>) -> Given<'a> {
    let (Value::List(list), Value::List(items)) = (list, items) else { return Ok(None) };
    evaluator.list(list.iter().chain(items.iter()).collect()).map(Some)
}

/// The items of the lists, and whatever is no list.
pub(super) fn joined<'a>(evaluator: &mut Evaluator<'_, 'a>, lists: &List<'a>) -> Result<Vec<Value<'a>>, Stop> {
    let mut items = Vec::new();
    for list in lists.iter() {
        match list {
            Value::List(list) => {
                evaluator.budget.step(list.len() as u64)?;
                evaluator.budget.allocate(list.len().saturating_mul(size_of::<Value<'_>>()))?;
                items.extend(list.iter());
            }
            item => items.push(item),
        }
    }
    Ok(items)
}

fn concatenate<'a>(evaluator: &mut Evaluator<'_, 'a>, lists: &Value<'a>) -> Given<'a> {
    of_list(lists, |lists| {
        let items = joined(evaluator, lists)?;
        evaluator.list(items)
    })
}

fn insert_before<'a>(
    evaluator: &mut Evaluator<'_, 'a>,
    list: &Value<'a>,
    position: &Value<'a>,
    item: &Value<'a>,
) -> Given<'a> {
    let (Value::List(list), Value::Number(position)) = (list, position) else { return Ok(None) };
    if position.is_zero() {
        return Ok(Some(Value::error("the position is not 0")));
    }
    let place = within(list, index_of(list, position.to_i32_wrapping()));
    let mut items: Vec<Value<'a>> = list.iter().collect();
    items.insert(place, item.clone());
    evaluator.list(items).map(Some)
}

fn remove<'a>(evaluator: &mut Evaluator<'_, 'a>, list: &Value<'a>, position: &Value<'a>) -> Given<'a> {
    let (Value::List(list), Value::Number(number)) = (list, position) else { return Ok(None) };
    if number.is_zero() {
        return Ok(Some(Value::error("the position is not 0")));
    }
    let position = number.to_i32_wrapping();
    let before = within(list, index_of(list, position));
    let after = within(list, index_of(list, position.wrapping_add(1)));
    let kept = (0..before).chain(after..list.len()).filter_map(|index| list.get(index));
    evaluator.list(kept.collect()).map(Some)
}

fn flatten<'a>(evaluator: &mut Evaluator<'_, 'a>, list: &List<'a>, flat: &mut Vec<Value<'a>>) -> Result<(), Stop> {
    for item in list.iter() {
        evaluator.budget.step(1)?;
        match item {
            Value::List(inner) => deeper(|| flatten(evaluator, &inner, flat))?,
            item => {
                evaluator.budget.allocate(size_of::<Value<'_>>())?;
                flat.push(item);
            }
        }
    }
    Ok(())
}

fn sort<'a>(evaluator: &mut Evaluator<'_, 'a>, list: &Value<'a>, precedes: &Value<'a>) -> Given<'a> {
    let (Value::List(list), Value::Function(precedes)) = (list, precedes) else { return Ok(None) };
    if precedes.parameters().len() != 2 {
        return Ok(Some(Value::error("the function that tells which item precedes takes two of them")));
    }
    let items: Vec<Value<'a>> = list.iter().collect();
    match merge_sort(evaluator, items, precedes)? {
        Some(sorted) => evaluator.list(sorted).map(Some),
        None => Ok(Some(Value::error("the function that tells which item precedes gives true or false"))),
    }
}

/// Sorts stably by a function that may give nonsense, which the standard library's sort must not see.
fn merge_sort<'a>(
    evaluator: &mut Evaluator<'_, 'a>,
    mut items: Vec<Value<'a>>,
    precedes: &Arc<Function<'a>>,
) -> Result<Option<Vec<Value<'a>>>, Stop> {
    let mut width = 1;
    while width < items.len() {
        let mut merged = Vec::with_capacity(items.len());
        for run in items.chunks(width * 2) {
            let (left, right) = run.split_at(width.min(run.len()));
            let (mut left, mut right) = (left.iter().peekable(), right.iter().peekable());
            while let (Some(first), Some(second)) = (left.peek(), right.peek()) {
                let verdict = evaluator.call(precedes, vec![(*second).clone(), (*first).clone()]);
                let second_precedes = match verdict {
                    Ok(Value::Boolean(second_precedes)) => second_precedes,
                    Err(stop) if stop.is_limit() => return Err(stop),
                    // feel-scala catches what such a function throws.
                    _ => return Ok(None),
                };
                merged.extend(if second_precedes { right.next() } else { left.next() }.cloned());
            }
            merged.extend(left.chain(right).cloned());
        }
        items = merged;
        width *= 2;
    }
    Ok(Some(items))
}

fn join<'a>(
    evaluator: &mut Evaluator<'_, 'a>,
    list: &Value<'a>,
    delimiter: &Value<'a>,
    prefix: &Value<'a>,
    suffix: &Value<'a>,
) -> Given<'a> {
    let Value::List(list) = list else { return Ok(None) };
    let (delimiter, prefix, suffix) = match (delimiter, prefix, suffix) {
        (Value::Null, Value::Text(prefix), Value::Text(suffix)) => ("", prefix.as_str(), suffix.as_str()),
        (Value::Text(delimiter), Value::Text(prefix), Value::Text(suffix)) => {
            (delimiter.as_str(), prefix.as_str(), suffix.as_str())
        }
        (Value::Text(delimiter), Value::Null, Value::Null) => (delimiter.as_str(), "", ""),
        (Value::Null, Value::Null, Value::Null) => ("", "", ""),
        _ => return Ok(None),
    };
    let mut text = String::from(prefix);
    let mut first = true;
    for item in list.iter() {
        match item {
            Value::Text(item) => {
                if !first {
                    text.push_str(delimiter);
                }
                text.push_str(&item);
                first = false;
                if text.len() > evaluator.budget.memory_left() {
                    return Err(evaluator.budget.memory_error());
                }
            }
            Value::Null => {}
            _ => return Ok(Some(Value::error("only strings can be joined"))),
        }
    }
    text.push_str(suffix);
    evaluator.text(text).map(Some)
}

fn partition<'a>(evaluator: &mut Evaluator<'_, 'a>, list: &Value<'a>, size: &Value<'a>) -> Given<'a> {
    let (Value::List(list), Value::Number(size)) = (list, size) else { return Ok(None) };
    let size = match usize::try_from(size.to_i32_wrapping()) {
        Ok(size) if size > 0 => size,
        _ => return Ok(Some(Value::error("the size is greater than 0"))),
    };
    let mut parts = Vec::with_capacity(list.len().div_ceil(size));
    let mut start = 0;
    while start < list.len() {
        let end = start.saturating_add(size).min(list.len());
        parts.push(evaluator.list((start..end).filter_map(|index| list.get(index)).collect())?);
        start = end;
    }
    evaluator.list(parts).map(Some)
}
