//! `+`, `-`, `*`, `/`, `**` and the sign, on numbers, strings, dates and durations.

use super::{Evaluator, Outcome, Scope, WarningKind, a, impossible, no_number, or_null};
use crate::{
    number::{ArithmeticError, Number},
    span::Span,
    syntax::{Node, ProductOperator, SumOperator},
    temporal::{Duration, Period, Temporal},
    value::Value,
};

impl<'a> Evaluator<'_, 'a> {
    pub(super) fn sum(
        &mut self,
        first: &'a Node,
        rest: &'a [(SumOperator, Node)],
        scope: &Scope<'_, 'a>,
    ) -> Outcome<'a> {
        self.operate(first, rest, scope, |evaluator, operator, left, right, span| match operator {
            SumOperator::Add => evaluator.add(left, right, span),
            SumOperator::Subtract => evaluator.subtract(left, right, span),
        })
    }

    pub(super) fn product(
        &mut self,
        first: &'a Node,
        rest: &'a [(ProductOperator, Node)],
        scope: &Scope<'_, 'a>,
    ) -> Outcome<'a> {
        self.operate(first, rest, scope, |evaluator, operator, left, right, span| match operator {
            ProductOperator::Multiply => evaluator.multiply(left, right, span),
            ProductOperator::Divide => evaluator.divide(left, right, span),
        })
    }

    /// Goes along a chain of operators from the left; what cannot be done is null from there on.
    fn operate<O: Copy>(
        &mut self,
        first: &'a Node,
        rest: &'a [(O, Node)],
        scope: &Scope<'_, 'a>,
        apply: impl Fn(&mut Self, O, &Value<'a>, &Value<'a>, Span) -> Outcome<'a>,
    ) -> Outcome<'a> {
        let mut total = self.evaluate(first, scope)?;
        for (operator, node) in rest {
            let operand = self.evaluate(node, scope)?;
            let span = Span::new(first.span.start(), node.span.end());
            total = or_null(apply(self, *operator, &total, &operand, span)?);
        }
        Ok(total)
    }

    pub(super) fn power(&mut self, base: &'a Node, exponents: &'a [Node], scope: &Scope<'_, 'a>) -> Outcome<'a> {
        let mut total = self.evaluate(base, scope)?;
        for node in exponents {
            let exponent = self.evaluate(node, scope)?;
            let span = Span::new(base.span.start(), node.span.end());
            total = or_null(match (&total, &exponent) {
                (Value::Error(_), _) => total,
                (_, Value::Error(_)) => exponent,
                (Value::Number(base), Value::Number(exponent)) => {
                    self.budget.step(64 + base.own_effort().saturating_mul(64))?;
                    self.number(base.power(exponent), span)?
                }
                _ => self.cannot("raise", &total, "to", &exponent, span),
            });
        }
        Ok(total)
    }

    pub(super) fn negation(&mut self, node: &'a Node, scope: &Scope<'_, 'a>) -> Outcome<'a> {
        let operand = self.evaluate(node, scope)?;
        Ok(or_null(match operand {
            Value::Number(number) => {
                self.budget.step(number.effort_side_by_side(&number))?;
                self.number(number.negate(), node.span)?
            }
            Value::Error(_) => operand,
            _ => self.invalid(node.span, || format!("only a number has a sign, not {}", a(&operand))),
        }))
    }

    fn add(&mut self, left: &Value<'a>, right: &Value<'a>, span: Span) -> Outcome<'a> {
        match (left, right) {
            (Value::Number(left), Value::Number(right)) => {
                self.budget.step(left.effort_side_by_side(right))?;
                self.number(left.add(right), span)
            }
            (Value::Text(left), Value::Text(right)) => {
                self.budget.allocate(left.len() + right.len() + 32)?;
                let mut text = String::with_capacity(left.len() + right.len());
                text.push_str(left);
                text.push_str(right);
                Ok(Value::Text(text.into()))
            }
            (Value::Temporal(first), Value::Temporal(second)) => match first.add(second) {
                Ok(Some(sum)) => Ok(Value::temporal(sum)),
                Ok(None) => Ok(self.cannot("add", right, "to", left, span)),
                Err(error) => Err(impossible(span, error.to_string())),
            },
            (Value::Error(_), _) => Ok(left.clone()),
            (_, Value::Error(_)) => Ok(right.clone()),
            _ => Ok(self.cannot("add", right, "to", left, span)),
        }
    }

    fn subtract(&mut self, left: &Value<'a>, right: &Value<'a>, span: Span) -> Outcome<'a> {
        match (left, right) {
            (Value::Number(left), Value::Number(right)) => {
                self.budget.step(left.effort_side_by_side(right))?;
                self.number(left.subtract(right), span)
            }
            (Value::Temporal(first), Value::Temporal(second)) => match first.subtract(second) {
                Ok(Some(difference)) => Ok(Value::temporal(difference)),
                Ok(None) => Ok(self.cannot("subtract", right, "from", left, span)),
                Err(error) => Err(impossible(span, error.to_string())),
            },
            (Value::Error(_), _) => Ok(left.clone()),
            (_, Value::Error(_)) => Ok(right.clone()),
            _ => Ok(self.cannot("subtract", right, "from", left, span)),
        }
    }

    fn multiply(&mut self, left: &Value<'a>, right: &Value<'a>, span: Span) -> Outcome<'a> {
        match (left, right) {
            (Value::Number(left), Value::Number(right)) => {
                self.budget.step(left.effort(right))?;
                self.number(left.multiply(right), span)
            }
            (Value::Number(factor), Value::Temporal(duration)) | (Value::Temporal(duration), Value::Number(factor)) => {
                match duration.multiply(factor.to_i32_wrapping()) {
                    Ok(Some(product)) => Ok(Value::temporal(product)),
                    Ok(None) => Ok(self.cannot("multiply", left, "by", right, span)),
                    Err(error) => Err(impossible(span, error.to_string())),
                }
            }
            (Value::Error(_), _) => Ok(left.clone()),
            (_, Value::Error(_)) => Ok(right.clone()),
            _ => Ok(self.cannot("multiply", left, "by", right, span)),
        }
    }

    fn divide(&mut self, left: &Value<'a>, right: &Value<'a>, span: Span) -> Outcome<'a> {
        match (left, right) {
            (Value::Number(dividend), Value::Number(divisor)) if !divisor.is_zero() => {
                self.budget.step(dividend.effort(divisor).saturating_mul(4))?;
                self.number(dividend.divide(divisor), span)
            }
            (Value::Temporal(dividend), Value::Number(divisor)) if !divisor.is_zero() => {
                match divide_duration(dividend, divisor) {
                    Some(Ok(quotient)) => Ok(Value::temporal(quotient)),
                    Some(Err(message)) => Err(impossible(span, message)),
                    None => Ok(self.cannot("divide", left, "by", right, span)),
                }
            }
            (Value::Temporal(dividend), Value::Temporal(divisor)) => match divide_durations(dividend, divisor) {
                Some(Ok(quotient)) => Ok(Value::Number(quotient)),
                Some(Err(message)) => Err(impossible(span, message)),
                None => Ok(self.cannot("divide", left, "by", right, span)),
            },
            (Value::Error(_), _) => Ok(left.clone()),
            (_, Value::Error(_)) => Ok(right.clone()),
            (Value::Number(_), Value::Number(_)) => Ok(self.invalid(span, || "division by zero".to_owned())),
            _ => Ok(self.cannot("divide", left, "by", right, span)),
        }
    }

    /// A number, charged.
    #[inline]
    fn number(&mut self, number: Result<Number, ArithmeticError>, span: Span) -> Outcome<'a> {
        match number {
            Ok(number) => {
                self.budget.allocate_number(&number)?;
                Ok(Value::Number(number))
            }
            Err(error) => Err(no_number(span, error)),
        }
    }

    fn cannot(&mut self, verb: &str, left: &Value<'a>, preposition: &str, right: &Value<'a>, span: Span) -> Value<'a> {
        let message = || format!("cannot {verb} {} {preposition} {}", a(left), a(right));
        self.warn_of_operands(WarningKind::InvalidType, span, [left, right], message);
        Value::error(message())
    }
}

/// A duration divided by a number: whole months, or whole milliseconds in 32 bits, as in feel-scala.
fn divide_duration(dividend: &Temporal, divisor: &Number) -> Option<Result<Temporal, String>> {
    let whole = |amount: i64| {
        Number::from(amount)
            .divide(divisor)
            .map(|quotient| quotient.to_i32_wrapping())
            .map_err(|error| error.to_string())
    };
    match dividend {
        Temporal::YearsMonths(period) => Some(whole(period.total_months()).and_then(|months| {
            Period::of_months(i64::from(months)).map(Temporal::YearsMonths).map_err(|error| error.to_string())
        })),
        Temporal::DaysTime(duration) => Some(
            duration
                .to_millis()
                .map_err(|error| error.to_string())
                .and_then(whole)
                .map(|millis| Temporal::DaysTime(Duration::of_millis(i64::from(millis)))),
        ),
        _ => None,
    }
}

/// How often a duration goes into another, rounded towards zero.
fn divide_durations(dividend: &Temporal, divisor: &Temporal) -> Option<Result<Number, String>> {
    let quotient = |dividend: i64, divisor: i64| {
        if divisor == 0 { Err("division by zero".to_owned()) } else { Ok(Number::from(dividend.wrapping_div(divisor))) }
    };
    match (dividend, divisor) {
        (Temporal::YearsMonths(left), Temporal::YearsMonths(right)) if !right.is_zero() => {
            Some(quotient(left.total_months(), right.total_months()))
        }
        (Temporal::DaysTime(left), Temporal::DaysTime(right)) if !right.is_zero() => {
            Some(match (left.to_millis(), right.to_millis()) {
                (Ok(left), Ok(right)) => quotient(left, right),
                (Err(error), _) | (_, Err(error)) => Err(error.to_string()),
            })
        }
        _ => None,
    }
}
