//! Dates: the clock, and facts of the calendar.

use super::{Builtin, Given, nullary, unary};
use crate::{
    number::Number,
    temporal::{Date, Temporal},
    value::Value,
};

pub(super) const FUNCTIONS: &[Builtin] = &[
    nullary("now", |e| Ok(Some(Value::temporal(Temporal::DateTime(e.engine.now()))))),
    nullary("today", |e| Ok(Some(Value::temporal(Temporal::Date(e.engine.now().date()))))),
    unary("day of year", &["date"], |_, date| of_date(date, |date| number(date.day_of_year()))),
    unary("day of week", &["date"], |_, date| of_date(date, |date| Value::text(date.weekday_name()))),
    unary("month of year", &["date"], |_, date| of_date(date, |date| Value::text(date.month_name()))),
    unary("week of year", &["date"], |_, date| of_date(date, |date| number(date.week_of_year()))),
    unary("last day of month", &["date"], |_, date| {
        of_date(date, |date| Value::temporal(Temporal::Date(date.last_day_of_month())))
    }),
];

fn number<'a>(number: impl Into<i64>) -> Value<'a> {
    Value::Number(Number::from(number.into()))
}

fn of_date<'a>(value: &Value<'a>, function: impl FnOnce(&Date) -> Value<'a>) -> Given<'a> {
    let Value::Temporal(temporal) = value else { return Ok(None) };
    Ok(temporal.date().map(|date| function(&date)))
}
