//! `not`, `is defined`, `get or else`, `assert`.

use super::{Builtin, Given, binary, ternary, unary};
use crate::{evaluate::Evaluator, value::Value};

pub(super) const FUNCTIONS: &[Builtin] = &[
    unary("not", &["negand"], not),
    unary("is defined", &["value"], is_defined),
    binary("get or else", &["value", "default"], get_or_else),
    binary("assert", &["value", "condition"], assert),
    ternary("assert", &["value", "condition", "cause"], assert_with_cause),
];

fn not<'a>(_: &mut Evaluator<'_, 'a>, negand: &Value<'a>) -> Given<'a> {
    Ok(Some(match negand {
        Value::Boolean(negand) => Value::Boolean(!negand),
        _ => Value::Null,
    }))
}

fn is_defined<'a>(_: &mut Evaluator<'_, 'a>, value: &Value<'a>) -> Given<'a> {
    Ok(Some(Value::Boolean(!matches!(value, Value::Null))))
}

fn get_or_else<'a>(_: &mut Evaluator<'_, 'a>, value: &Value<'a>, default: &Value<'a>) -> Given<'a> {
    Ok(Some(if matches!(value, Value::Null) { default.clone() } else { value.clone() }))
}

fn assert<'a>(_: &mut Evaluator<'_, 'a>, value: &Value<'a>, condition: &Value<'a>) -> Given<'a> {
    Ok(Some(match condition {
        Value::Boolean(true) => value.clone(),
        _ => Value::error("the condition is not fulfilled"),
    }))
}

fn assert_with_cause<'a>(
    _: &mut Evaluator<'_, 'a>,
    value: &Value<'a>,
    condition: &Value<'a>,
    cause: &Value<'a>,
) -> Given<'a> {
    Ok(match (condition, cause) {
        (Value::Boolean(true), _) => Some(value.clone()),
        (_, Value::Text(cause)) => Some(Value::error(cause.as_str())),
        _ => None,
    })
}
