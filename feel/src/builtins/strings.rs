//! Strings; positions and lengths are counted in UTF-16 units.

use std::rc::Rc;

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::{Builtin, Given, binary, nullary, quaternary, ternary, unary};
use crate::{
    evaluate::{EvaluationErrorReason, Evaluator, Stop, impossible},
    number::Number,
    pattern::{Flags, Pattern, PatternError},
    value::{Text, Value, text_length, text_slice},
};

pub(super) const FUNCTIONS: &[Builtin] = &[
    binary("substring", &["string", "start position"], |e, string, start| substring(e, string, start, None)),
    ternary("substring", &["string", "start position", "length"], |e, string, start, length| {
        substring(e, string, start, Some(length))
    }),
    unary("string length", &["string"], |_, string| of_text(string, |text| count(text_length(text)))),
    unary("upper case", &["string"], |e, string| made(e, string, str::to_uppercase)),
    unary("lower case", &["string"], |e, string| made(e, string, str::to_lowercase)),
    binary("substring before", &["string", "match"], |e, string, part| {
        part_of(e, string, part, |text, part| text.find(part).and_then(|at| text.get(..at)))
    }),
    binary("substring after", &["string", "match"], |e, string, part| {
        part_of(e, string, part, |text, part| text.find(part).and_then(|at| text.get(at + part.len()..)))
    }),
    ternary("replace", &["input", "pattern", "replacement"], |e, input, pattern, replacement| {
        replace(e, input, pattern, replacement, &Value::text(""))
    }),
    quaternary("replace", &["input", "pattern", "replacement", "flags"], replace),
    binary("contains", &["string", "match"], |e, string, part| {
        holds(e, string, part, |text, part| text.contains(part))
    }),
    binary("starts with", &["string", "match"], |e, string, part| {
        holds(e, string, part, |text, part| text.starts_with(part))
    }),
    binary("ends with", &["string", "match"], |e, string, part| {
        holds(e, string, part, |text, part| text.ends_with(part))
    }),
    binary("matches", &["input", "pattern"], |e, input, pattern| matches(e, input, pattern, &Value::text(""))),
    ternary("matches", &["input", "pattern", "flags"], matches),
    binary("split", &["string", "delimiter"], |e, string, delimiter| pieces(e, string, delimiter, Pattern::split)),
    binary("extract", &["input", "pattern"], |e, input, pattern| pieces(e, input, pattern, Pattern::find_all)),
    unary("trim", &["string"], |e, string| made(e, string, |text| text.trim_matches(|c| c <= ' ').to_owned())),
    nullary("uuid", |e| e.text(uuid::Uuid::now_v7().to_string()).map(Some)),
    unary("to base64", &["value"], |e, value| made(e, value, |text| BASE64_STANDARD.encode(text))),
    unary("is blank", &["string"], |_, string| {
        of_text(string, |text| Value::Boolean(text.chars().all(is_java_whitespace)))
    }),
];

fn count<'a>(length: usize) -> Value<'a> {
    Value::Number(Number::from(length))
}

fn of_text<'a>(value: &Value<'a>, function: impl FnOnce(&Text<'a>) -> Value<'a>) -> Given<'a> {
    Ok(match value {
        Value::Text(text) => Some(function(text)),
        _ => None,
    })
}

/// A string made of a string.
fn made<'a>(evaluator: &mut Evaluator<'_, 'a>, value: &Value<'a>, function: impl FnOnce(&str) -> String) -> Given<'a> {
    let Value::Text(text) = value else { return Ok(None) };
    read(evaluator, text)?;
    evaluator.text(function(text)).map(Some)
}

/// Charges for reading a string.
fn read(evaluator: &mut Evaluator<'_, '_>, text: &str) -> Result<(), Stop> {
    evaluator.budget.step(text.len() as u64 / 256)
}

fn holds<'a>(
    evaluator: &mut Evaluator<'_, 'a>,
    text: &Value<'a>,
    part: &Value<'a>,
    function: impl FnOnce(&str, &str) -> bool,
) -> Given<'a> {
    let (Value::Text(text), Value::Text(part)) = (text, part) else { return Ok(None) };
    read(evaluator, text)?;
    Ok(Some(Value::Boolean(function(text, part))))
}

fn part_of<'a>(
    evaluator: &mut Evaluator<'_, 'a>,
    text: &Value<'a>,
    part: &Value<'a>,
    function: impl for<'t> FnOnce(&'t str, &str) -> Option<&'t str>,
) -> Given<'a> {
    let (Value::Text(text), Value::Text(part)) = (text, part) else { return Ok(None) };
    read(evaluator, text)?;
    let found = function(text, part).unwrap_or_default().to_owned();
    evaluator.text(found).map(Some)
}

fn substring<'a>(
    evaluator: &mut Evaluator<'_, 'a>,
    text: &Value<'a>,
    start: &Value<'a>,
    length: Option<&Value<'a>>,
) -> Given<'a> {
    let (Value::Text(text), Value::Number(start)) = (text, start) else { return Ok(None) };
    read(evaluator, text)?;
    let units = i64::try_from(text_length(text)).unwrap_or(i64::MAX);
    let start = i64::from(start.to_i32_wrapping());
    let first = if start > 0 { start - 1 } else { units + start };
    let end = match length {
        None => units,
        // Java adds in 32 bits, and wraps.
        Some(Value::Number(length)) => {
            let sum = i32::try_from(first).unwrap_or(i32::MAX).wrapping_add(length.to_i32_wrapping());
            i64::from(sum).min(units)
        }
        Some(_) => return Ok(None),
    };
    match (usize::try_from(first), usize::try_from(end)) {
        (Ok(first), Ok(end)) if first <= end && i64::try_from(first).is_ok_and(|first| first <= units) => {
            let part = text_slice(text, first, end);
            evaluator.text(part).map(Some)
        }
        _ => Err(impossible(evaluator.call, "substring: the position is outside of the string")),
    }
}

// ----- regular expressions -----

fn compiled<'a>(
    evaluator: &mut Evaluator<'_, 'a>,
    pattern: &str,
    flags: &str,
) -> Result<Result<Rc<Pattern>, Value<'a>>, Stop> {
    const KEPT: usize = 64;
    let key = (Box::from(pattern), Box::from(flags));
    if let Some(known) = evaluator.patterns.get(&key) {
        return Ok(Ok(known.clone()));
    }
    evaluator.budget.step(1_000 + pattern.len() as u64)?;
    let compiled = match Pattern::compile(pattern, Flags::parse(flags)) {
        Ok(compiled) => Rc::new(compiled),
        Err(error) => return refused(evaluator, &error).map(Err),
    };
    if evaluator.patterns.len() >= KEPT {
        evaluator.patterns.clear();
    }
    evaluator.patterns.insert(key, compiled.clone());
    Ok(Ok(compiled))
}

/// Charges for a search. What reading the input takes anyway is cheap; steps beyond that are those of a pattern that tries
/// again and again.
fn charge(evaluator: &mut Evaluator<'_, '_>, pattern: &Pattern, input: &str) -> Result<(), Stop> {
    const ORDINARY_STEPS_PER_BYTE: u64 = 8;
    let work = pattern.take_work();
    let ordinary = work.min(ORDINARY_STEPS_PER_BYTE * input.len() as u64);
    evaluator.budget.step(ordinary / 128 + (work - ordinary) / 8)
}

/// A pattern that is none becomes null; one that costs too much ends the evaluation.
fn refused<'a>(evaluator: &Evaluator<'_, 'a>, error: &PatternError) -> Result<Value<'a>, Stop> {
    match error {
        PatternError::TooMuchWork => Err(Stop::at(evaluator.call, EvaluationErrorReason::Pattern)),
        PatternError::TooLarge => Err(impossible(evaluator.call, error.to_string())),
        _ => Ok(Value::error(error.to_string())),
    }
}

fn matches<'a>(
    evaluator: &mut Evaluator<'_, 'a>,
    input: &Value<'a>,
    pattern: &Value<'a>,
    flags: &Value<'a>,
) -> Given<'a> {
    let (Value::Text(input), Value::Text(pattern), Value::Text(flags)) = (input, pattern, flags) else {
        return Ok(None);
    };
    read(evaluator, input)?;
    let pattern = match compiled(evaluator, pattern, flags)? {
        Ok(pattern) => pattern,
        Err(refused) => return Ok(Some(refused)),
    };
    let found = pattern.is_match(input);
    charge(evaluator, &pattern, input)?;
    match found {
        Ok(found) => Ok(Some(Value::Boolean(found))),
        Err(error) => refused(evaluator, &error).map(Some),
    }
}

fn replace<'a>(
    evaluator: &mut Evaluator<'_, 'a>,
    input: &Value<'a>,
    pattern: &Value<'a>,
    replacement: &Value<'a>,
    flags: &Value<'a>,
) -> Given<'a> {
    let (Value::Text(input), Value::Text(pattern), Value::Text(replacement), Value::Text(flags)) =
        (input, pattern, replacement, flags)
    else {
        return Ok(None);
    };
    read(evaluator, input)?;
    let pattern = match compiled(evaluator, pattern, flags)? {
        Ok(pattern) => pattern,
        Err(refused) => return Ok(Some(refused)),
    };
    let replaced = pattern.replace_all(input, replacement, evaluator.budget.memory_left());
    charge(evaluator, &pattern, input)?;
    match replaced {
        Ok(text) => evaluator.text(text).map(Some),
        Err(PatternError::TooLarge) => Err(evaluator.budget.memory_error()),
        Err(error) => refused(evaluator, &error).map(Some),
    }
}

fn pieces<'a>(
    evaluator: &mut Evaluator<'_, 'a>,
    input: &Value<'a>,
    pattern: &Value<'a>,
    function: for<'p, 't> fn(&'p Pattern, &'t str) -> Result<Vec<&'t str>, PatternError>,
) -> Given<'a> {
    let (Value::Text(input), Value::Text(pattern)) = (input, pattern) else { return Ok(None) };
    read(evaluator, input)?;
    let pattern = match compiled(evaluator, pattern, "")? {
        Ok(pattern) => pattern,
        Err(refused) => return Ok(Some(refused)),
    };
    let found = function(&pattern, input);
    charge(evaluator, &pattern, input)?;
    let found = match found {
        Ok(found) => found,
        Err(error) => return refused(evaluator, &error).map(Some),
    };
    let mut items = Vec::with_capacity(found.len());
    for piece in found {
        items.push(evaluator.text(piece.to_owned())?);
    }
    evaluator.list(items).map(Some)
}

/// Java's `Character.isWhitespace`: Unicode's space separators without the non-breaking ones, and some controls.
fn is_java_whitespace(c: char) -> bool {
    matches!(c, '\t'..='\r' | '\u{1c}'..='\u{1f}')
        || (matches!(c, ' ' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{2028}' | '\u{2029}' | '\u{205f}' | '\u{3000}')
            && c != '\u{2007}')
}
