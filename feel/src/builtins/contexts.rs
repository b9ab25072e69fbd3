//! Contexts: entries by name, changed copies.

use super::{Builtin, Given, binary, ternary, unary, variadic};
use crate::{
    evaluate::{Evaluator, Stop},
    value::{Context, Entries, List, Text, Value},
};

pub(super) const FUNCTIONS: &[Builtin] = &[
    unary("get entries", &["context"], get_entries),
    unary("get entries", &["m"], get_entries),
    binary("get value", &["m", "key"], get_value),
    binary("get value", &["context", "key"], get_value),
    binary("get value", &["context", "keys"], |e, context, keys| only_keys(keys, || get_value(e, context, keys))),
    ternary("context put", &["context", "key", "value"], context_put),
    ternary("context put", &["context", "keys", "value"], |e, context, keys, value| {
        only_keys(keys, || context_put(e, context, keys, value))
    }),
    // Deprecated names of `context put` and `context merge`.
    ternary("put", &["context", "key", "value"], context_put),
    variadic(unary("context merge", &["contexts"], context_merge)),
    variadic(unary("put all", &["contexts"], context_merge)),
    unary("context", &["entries"], context),
];

fn get_entries<'a>(evaluator: &mut Evaluator<'_, 'a>, context: &Value<'a>) -> Given<'a> {
    let Value::Context(context) = context else { return Ok(None) };
    let mut list = Vec::with_capacity(context.len());
    for (name, value) in context.entries() {
        let mut entry = Entries::with_capacity(2);
        entry.insert(Text::Borrowed("key"), Value::Text(name));
        entry.insert(Text::Borrowed("value"), value);
        list.push(evaluator.context(entry)?);
    }
    evaluator.list(list).map(Some)
}

/// The strings of a list; none if it holds anything else.
fn strings<'a>(list: &List<'a>) -> Option<Vec<Text<'a>>> {
    list.iter().map(|item| if let Value::Text(text) = item { Some(text) } else { None }).collect()
}

/// By the name `keys`, only a list is taken.
fn only_keys<'a>(keys: &Value<'a>, function: impl FnOnce() -> Given<'a>) -> Given<'a> {
    if matches!(keys, Value::List(_)) { function() } else { Ok(None) }
}

fn get_value<'a>(_: &mut Evaluator<'_, 'a>, context: &Value<'a>, key: &Value<'a>) -> Given<'a> {
    let Value::Context(context) = context else { return Ok(None) };
    Ok(match key {
        Value::Text(key) => Some(context.get(key).unwrap_or(Value::Null)),
        Value::List(keys) => {
            let Some(keys) = strings(keys) else { return Ok(Some(Value::Null)) };
            let Some((last, path)) = keys.split_last() else { return Ok(Some(Value::Null)) };
            let mut inner = context.clone();
            for key in path {
                match inner.get(key) {
                    Some(Value::Context(next)) => inner = next,
                    _ => return Ok(Some(Value::Null)),
                }
            }
            Some(inner.get(last).unwrap_or(Value::Null))
        }
        _ => None,
    })
}

fn context_put<'a>(
    evaluator: &mut Evaluator<'_, 'a>,
    context: &Value<'a>,
    key: &Value<'a>,
    value: &Value<'a>,
) -> Given<'a> {
    let Value::Context(context) = context else { return Ok(None) };
    match key {
        Value::Text(key) => put(evaluator, context, key.clone(), value.clone()).map(Some),
        Value::List(keys) if keys.is_empty() => Ok(Some(Value::Null)),
        Value::List(keys) => match strings(keys) {
            Some(keys) => put_nested(evaluator, context, &keys, value).map(Some),
            None => Ok(None),
        },
        _ => Ok(None),
    }
}

fn put<'a>(
    evaluator: &mut Evaluator<'_, 'a>,
    context: &Context<'a>,
    key: Text<'a>,
    value: Value<'a>,
) -> Result<Value<'a>, Stop> {
    evaluator.budget.step(context.len() as u64)?;
    let mut entries = Entries::with_capacity(context.len() + 1);
    for (name, value) in context.entries() {
        entries.insert(name, value);
    }
    entries.insert(key, value);
    evaluator.context(entries)
}

/// Puts a value at the end of a path; what is no context on the way becomes one.
fn put_nested<'a>(
    evaluator: &mut Evaluator<'_, 'a>,
    context: &Context<'a>,
    keys: &[Text<'a>],
    value: &Value<'a>,
) -> Result<Value<'a>, Stop> {
    let mut outer = vec![context.clone()];
    for key in keys.get(..keys.len().saturating_sub(1)).unwrap_or_default() {
        let inner = match outer.last().and_then(|context| context.get(key)) {
            Some(Value::Context(inner)) => inner,
            _ => Context::Shared(std::sync::Arc::default()),
        };
        outer.push(inner);
    }
    let mut value = value.clone();
    for (context, key) in outer.iter().zip(keys).rev() {
        value = put(evaluator, context, key.clone(), value)?;
    }
    Ok(value)
}

fn context_merge<'a>(evaluator: &mut Evaluator<'_, 'a>, contexts: &Value<'a>) -> Given<'a> {
    let Value::List(contexts) = contexts else { return Ok(Some(Value::Null)) };
    let mut merged = Entries::default();
    for context in contexts.iter() {
        let Value::Context(context) = context else { return Ok(Some(Value::Null)) };
        evaluator.budget.step(context.len() as u64)?;
        evaluator.budget.allocate(context.len().saturating_mul(size_of::<Value<'_>>()))?;
        for (name, value) in context.entries() {
            merged.insert(name, value);
        }
    }
    evaluator.context(merged).map(Some)
}

fn context<'a>(evaluator: &mut Evaluator<'_, 'a>, entries: &Value<'a>) -> Given<'a> {
    let Value::List(list) = entries else { return Ok(Some(Value::Null)) };
    let mut entries = Entries::default();
    for entry in list.iter() {
        let Value::Context(entry) = entry else { return Ok(Some(Value::Null)) };
        let (Some(Value::Text(key)), Some(value)) = (entry.get("key"), entry.get("value")) else {
            return Ok(Some(Value::Null));
        };
        entries.insert(key, value);
    }
    evaluator.context(entries).map(Some)
}
