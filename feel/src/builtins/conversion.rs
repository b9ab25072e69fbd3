//! From one type to another: dates, times, durations, numbers, strings.

use super::{Builtin, Given, binary, quaternary, ternary, unary};
use crate::{
    evaluate::{Evaluator, Stop, impossible},
    number::Number,
    temporal::{Date, LocalTime, Temporal, TemporalError, ZonedTime},
    value::{Value, feel_string},
};

pub(super) const FUNCTIONS: &[Builtin] = &[
    unary("date", &["from"], date),
    ternary("date", &["year", "month", "day"], date_of),
    unary("date and time", &["from"], |_, from| parsed(from, Temporal::parse_date_time, "date and time")),
    binary("date and time", &["date", "time"], date_and_time),
    unary("time", &["from"], time),
    ternary("time", &["hour", "minute", "second"], |_, hour, minute, second| {
        let (Value::Number(hour), Value::Number(minute), Value::Number(second)) = (hour, minute, second) else {
            return Ok(None);
        };
        Ok(Some(or_error(local_time(hour, minute, second).map(Temporal::LocalTime), "time")))
    }),
    quaternary("time", &["hour", "minute", "second", "offset"], time_with_offset),
    unary("number", &["from"], |e, from| {
        let Value::Text(from) = from else { return Ok(None) };
        number(e, from).map(Some)
    }),
    binary("number", &["from", "grouping separator"], |e, from, grouping| {
        let (Value::Text(_), Value::Text(_)) = (from, grouping) else { return Ok(None) };
        number_with(e, from, grouping, &Value::Null)
    }),
    ternary("number", &["from", "grouping separator", "decimal separator"], |e, from, grouping, decimal| {
        if matches!((grouping, decimal), (Value::Null, Value::Null)) {
            return Ok(None);
        }
        number_with(e, from, grouping, decimal)
    }),
    unary("string", &["from"], string),
    unary("duration", &["from"], |_, from| parsed(from, Temporal::parse_duration, "duration")),
    binary("years and months duration", &["from", "to"], years_and_months),
];

fn parsed<'a>(from: &Value<'a>, parse: fn(&str) -> Option<Temporal>, what: &str) -> Given<'a> {
    let Value::Text(from) = from else { return Ok(None) };
    Ok(Some(or_error(parse(from), what)))
}

fn or_error<'a>(temporal: Option<Temporal>, what: &str) -> Value<'a> {
    temporal.map_or_else(|| Value::error(format!("this is no {what}")), Value::temporal)
}

fn date<'a>(_: &mut Evaluator<'_, 'a>, from: &Value<'a>) -> Given<'a> {
    match from {
        Value::Temporal(temporal) => Ok(temporal.date().map(|date| Value::temporal(Temporal::Date(date)))),
        from => parsed(from, Temporal::parse_date, "date"),
    }
}

fn date_of<'a>(_: &mut Evaluator<'_, 'a>, year: &Value<'a>, month: &Value<'a>, day: &Value<'a>) -> Given<'a> {
    let (Value::Number(year), Value::Number(month), Value::Number(day)) = (year, month, day) else { return Ok(None) };
    let date = Date::new(year.to_i32_wrapping(), month.to_i32_wrapping(), day.to_i32_wrapping());
    Ok(Some(or_error(date.map(Temporal::Date), "date")))
}

fn date_and_time<'a>(evaluator: &mut Evaluator<'_, 'a>, date: &Value<'a>, time: &Value<'a>) -> Given<'a> {
    let Value::Temporal(date) = date else { return Ok(None) };
    let combined = match time {
        Value::Temporal(time) => date.with_time(time),
        Value::Text(zone) => date.in_zone(zone),
        _ => return Ok(None),
    };
    combined
        .map(|combined| combined.map(Value::temporal))
        .map_err(|error: TemporalError| impossible(evaluator.call, error.to_string()))
}

fn time<'a>(_: &mut Evaluator<'_, 'a>, from: &Value<'a>) -> Given<'a> {
    match from {
        Value::Temporal(temporal) => Ok(temporal.time().map(Value::temporal)),
        from => parsed(from, Temporal::parse_time, "time"),
    }
}

fn local_time(hour: &Number, minute: &Number, second: &Number) -> Option<LocalTime> {
    let nanos = second
        .remainder(&Number::ONE)
        .and_then(|fraction| fraction.multiply(&Number::from(1_000_000_000_i64)))
        .map_or(0, |nanos| nanos.to_i32_wrapping());
    LocalTime::new(hour.to_i32_wrapping(), minute.to_i32_wrapping(), second.to_i32_wrapping(), nanos)
}

fn time_with_offset<'a>(
    _: &mut Evaluator<'_, 'a>,
    hour: &Value<'a>,
    minute: &Value<'a>,
    second: &Value<'a>,
    offset: &Value<'a>,
) -> Given<'a> {
    let (Value::Number(hour), Value::Number(minute), Value::Number(second)) = (hour, minute, second) else {
        return Ok(None);
    };
    let time = match offset {
        Value::Temporal(offset) => {
            let Temporal::DaysTime(offset) = &**offset else { return Ok(None) };
            local_time(hour, minute, second).and_then(|time| ZonedTime::with_offset(time, offset)).map(Temporal::Time)
        }
        // Here the fraction of the seconds is left out.
        Value::Null => local_time(hour, minute, &Number::from(second.to_i32_wrapping())).map(Temporal::LocalTime),
        _ => return Ok(None),
    };
    Ok(Some(or_error(time, "time")))
}

fn number<'a>(evaluator: &mut Evaluator<'_, 'a>, text: &str) -> Result<Value<'a>, Stop> {
    evaluator.budget.step(text.len() as u64 / 16)?;
    // Reading digits is as much work as writing them.
    let words = text.len() as u64 / 19;
    evaluator.budget.step(words.saturating_mul(words) / 64)?;
    Ok(Number::parse(text).map_or_else(|_| Value::error("this is no number"), Value::Number))
}

/// A number with separators; null stands for none.
fn number_with<'a>(
    evaluator: &mut Evaluator<'_, 'a>,
    from: &Value<'a>,
    grouping: &Value<'a>,
    decimal: &Value<'a>,
) -> Given<'a> {
    let Value::Text(from) = from else { return Ok(None) };
    let separator = |value: &Value<'a>| match value {
        Value::Null => Some(None),
        Value::Text(text) => Some(Some(text.as_str().to_owned())),
        _ => None,
    };
    let (Some(grouping), Some(decimal)) = (separator(grouping), separator(decimal)) else { return Ok(None) };
    let sound = grouping.as_deref().is_none_or(|text| matches!(text, " " | "," | "."))
        && decimal.as_deref().is_none_or(|text| matches!(text, "," | "."))
        && (grouping.is_none() || grouping != decimal);
    if !sound {
        return Ok(Some(Value::error("a separator is ',' or '.', or for grouping ' ', and not twice the same")));
    }
    let mut text = from.as_str().to_owned();
    if let Some(grouping) = grouping {
        text = text.replace(&grouping, "");
    }
    if let Some(decimal) = decimal {
        text = text.replace(&decimal, ".");
    }
    number(evaluator, &text).map(Some)
}

fn string<'a>(evaluator: &mut Evaluator<'_, 'a>, from: &Value<'a>) -> Given<'a> {
    match from {
        Value::Null | Value::Text(_) => Ok(Some(from.clone())),
        from => {
            evaluator.budget.step_through(from)?;
            match feel_string(from, evaluator.budget.memory_left()) {
                Ok(text) => evaluator.text(text).map(Some),
                Err(_) => Err(evaluator.budget.memory_error()),
            }
        }
    }
}

fn years_and_months<'a>(evaluator: &mut Evaluator<'_, 'a>, from: &Value<'a>, to: &Value<'a>) -> Given<'a> {
    let (Value::Temporal(from), Value::Temporal(to)) = (from, to) else { return Ok(None) };
    Temporal::years_and_months(from, to)
        .map(|period| period.map(Value::temporal))
        .map_err(|error| impossible(evaluator.call, error.to_string()))
}
