//! Rounding, remainders, roots.

use super::{Builtin, Given, binary, nullary, ternary, unary};
use crate::{
    evaluate::{Evaluator, impossible, no_number},
    number::{ArithmeticError, Number, Rounding},
    temporal::Temporal,
    value::Value,
};

pub(super) const FUNCTIONS: &[Builtin] = &[
    binary("decimal", &["n", "scale"], |e, n, scale| round(e, n, scale, Rounding::HalfEven)),
    ternary("decimal", &["n", "scale", "mode"], decimal),
    unary("floor", &["n"], |e, n| round(e, n, &Value::Number(Number::ZERO), Rounding::Floor)),
    // feel-scala calls this parameter `scala`.
    binary("floor", &["n", "scala"], |e, n, scale| round(e, n, scale, Rounding::Floor)),
    unary("ceiling", &["n"], |e, n| round(e, n, &Value::Number(Number::ZERO), Rounding::Ceiling)),
    binary("ceiling", &["n", "scale"], |e, n, scale| round(e, n, scale, Rounding::Ceiling)),
    unary("abs", &["number"], abs),
    unary("abs", &["n"], abs),
    binary("modulo", &["dividend", "divisor"], modulo),
    unary("sqrt", &["number"], sqrt),
    unary("log", &["number"], |e, n| double(e, n, f64::ln)),
    unary("exp", &["number"], |e, n| double(e, n, f64::exp)),
    unary("odd", &["number"], |e, n| remainder_of_two_is(e, n, 1)),
    unary("even", &["number"], |e, n| remainder_of_two_is(e, n, 0)),
    binary("round up", &["n", "scale"], |e, n, scale| round(e, n, scale, Rounding::Up)),
    binary("round down", &["n", "scale"], |e, n, scale| round(e, n, scale, Rounding::Down)),
    binary("round half up", &["n", "scale"], |e, n, scale| round(e, n, scale, Rounding::HalfUp)),
    // Here too the parameter is `scala`.
    binary("round half down", &["n", "scala"], |e, n, scale| round(e, n, scale, Rounding::HalfDown)),
    nullary("random number", |e| Ok(Number::from_f64(e.engine.random_number()).map(Value::Number))),
];

fn round<'a>(evaluator: &mut Evaluator<'_, 'a>, n: &Value<'a>, scale: &Value<'a>, rounding: Rounding) -> Given<'a> {
    let (Value::Number(n), Value::Number(scale)) = (n, scale) else { return Ok(None) };
    match n.set_scale(scale.to_i32_wrapping(), rounding) {
        Ok(rounded) => Ok(Some(Value::Number(rounded))),
        // Beyond this many digits Java's own integers end, and feel-scala takes that for a wrong argument.
        Err(ArithmeticError::TooLarge) if scale.to_i32_wrapping().unsigned_abs() < 600_000_000 => {
            Err(no_number(evaluator.call, ArithmeticError::TooLarge))
        }
        Err(error) => Ok(Some(Value::error(error.to_string()))),
    }
}

fn decimal<'a>(evaluator: &mut Evaluator<'_, 'a>, n: &Value<'a>, scale: &Value<'a>, mode: &Value<'a>) -> Given<'a> {
    let (Value::Number(_), Value::Number(_), Value::Text(mode)) = (n, scale, mode) else { return Ok(None) };
    let rounding = match mode.to_uppercase().as_str() {
        "UP" => Rounding::Up,
        "DOWN" => Rounding::Down,
        "CEILING" => Rounding::Ceiling,
        "FLOOR" => Rounding::Floor,
        "HALF_UP" => Rounding::HalfUp,
        "HALF_DOWN" => Rounding::HalfDown,
        "HALF_EVEN" => Rounding::HalfEven,
        "UNNECESSARY" => Rounding::Unnecessary,
        _ => {
            return Ok(Some(Value::error(
                "the mode is one of UP, DOWN, CEILING, FLOOR, HALF_UP, HALF_DOWN, HALF_EVEN, UNNECESSARY",
            )));
        }
    };
    round(evaluator, n, scale, rounding)
}

fn abs<'a>(evaluator: &mut Evaluator<'_, 'a>, n: &Value<'a>) -> Given<'a> {
    let absolute = match n {
        Value::Number(n) => n.abs().map(Value::Number).map_err(|error| error.to_string()),
        Value::Temporal(temporal) => match &**temporal {
            Temporal::YearsMonths(period) if period.is_negative() => period
                .negate()
                .map(|period| Value::temporal(Temporal::YearsMonths(period)))
                .map_err(|error| error.to_string()),
            Temporal::YearsMonths(_) => Ok(n.clone()),
            Temporal::DaysTime(duration) => duration
                .abs()
                .map(|duration| Value::temporal(Temporal::DaysTime(duration)))
                .map_err(|error| error.to_string()),
            _ => return Ok(None),
        },
        _ => return Ok(None),
    };
    absolute.map(Some).map_err(|message| impossible(evaluator.call, message))
}

fn modulo<'a>(evaluator: &mut Evaluator<'_, 'a>, dividend: &Value<'a>, divisor: &Value<'a>) -> Given<'a> {
    let (Value::Number(dividend), Value::Number(divisor)) = (dividend, divisor) else { return Ok(None) };
    dividend
        .remainder(divisor)
        .and_then(|remainder| remainder.add(divisor))
        .and_then(|shifted| shifted.remainder(divisor))
        .map(|result| Some(Value::Number(result)))
        .map_err(|error| no_number(evaluator.call, error))
}

fn sqrt<'a>(evaluator: &mut Evaluator<'_, 'a>, n: &Value<'a>) -> Given<'a> {
    match n {
        Value::Number(number) if number.signum() < 0 => Ok(Some(Value::Null)),
        _ => double(evaluator, n, f64::sqrt),
    }
}

/// A function of doubles; a result that is no number cannot be had.
fn double<'a>(evaluator: &mut Evaluator<'_, 'a>, n: &Value<'a>, function: fn(f64) -> f64) -> Given<'a> {
    let Value::Number(n) = n else { return Ok(None) };
    match Number::from_f64(function(n.to_f64())) {
        Some(result) => Ok(Some(Value::Number(result))),
        None => Err(impossible(evaluator.call, "the result is no number")),
    }
}

fn remainder_of_two_is<'a>(evaluator: &mut Evaluator<'_, 'a>, n: &Value<'a>, wanted: i64) -> Given<'a> {
    let Value::Number(n) = n else { return Ok(None) };
    n.abs()
        .and_then(|n| n.remainder(&Number::from(2_i64)))
        .map(|remainder| Some(Value::Boolean(remainder == Number::from(wanted))))
        .map_err(|error| no_number(evaluator.call, error))
}
