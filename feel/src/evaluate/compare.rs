//! Equality, order, logic and `instance of`.

use std::{cmp::Ordering, sync::Arc};

use super::{Budget, Evaluator, Frame, Outcome, Scope, Stop, WarningKind, a, impossible, or_null};
use crate::{
    span::Span,
    syntax::{Comparator, Node},
    value::{Context, List, Value, deeper},
};

impl<'a> Evaluator<'_, 'a> {
    #[inline(never)]
    pub(super) fn comparison(
        &mut self,
        left: &'a Node,
        comparator: Comparator,
        right: &'a Node,
        span: Span,
        scope: &Scope<'_, 'a>,
    ) -> Outcome<'a> {
        // The most frequent filter, `[status = "open"]`, needs no values. The literal is mostly on the right.
        if matches!(comparator, Comparator::Equal | Comparator::NotEqual)
            && let Some(right) = self.string(right, scope)
            && let Some(left) = self.string(left, scope)
        {
            self.budget.step(2 + left.len() as u64 / 1024)?;
            return Ok(Value::Boolean((left == right) == (comparator == Comparator::Equal)));
        }
        let left = self.evaluate(left, scope)?;
        let right = self.evaluate(right, scope)?;
        self.compare(&left, comparator, &right, span)
    }

    #[inline]
    pub(super) fn compare(
        &mut self,
        left: &Value<'a>,
        comparator: Comparator,
        right: &Value<'a>,
        span: Span,
    ) -> Outcome<'a> {
        match comparator {
            Comparator::Equal => self.equality(left, right, span),
            Comparator::NotEqual => Ok(match self.equality(left, right, span)? {
                Value::Boolean(equal) => Value::Boolean(!equal),
                Value::Error(error) if error.fatal => Value::Error(error),
                _ => Value::Null,
            }),
            _ => self.order(left, comparator, right, span),
        }
    }

    /// `=`: true, false, or null with a warning when the types differ.
    #[inline]
    pub(super) fn equality(&mut self, left: &Value<'a>, right: &Value<'a>, span: Span) -> Outcome<'a> {
        if let Some(error) = [left, right].into_iter().find(|value| matches!(value, Value::Error(_))) {
            return Ok(error.clone());
        }
        if let Some(equal) = equals(left, right, &mut self.budget)? {
            return Ok(Value::Boolean(equal));
        }
        self.not_comparable(left, right, span);
        Ok(Value::Null)
    }

    fn order(&mut self, left: &Value<'a>, comparator: Comparator, right: &Value<'a>, span: Span) -> Outcome<'a> {
        for value in [left, right] {
            if matches!(value, Value::Error(_)) {
                return Ok(value.clone());
            }
        }
        if let (Value::Number(left), Value::Number(right)) = (left, right) {
            self.budget.step(left.effort_side_by_side(right))?;
        }
        match left.is_comparable_with(right).then(|| left.order(right)).flatten() {
            Some(order) => Ok(Value::Boolean(fits(order, comparator))),
            None if are_lists_with_order(left, right) => {
                Err(impossible(span, "lists have no order: compare their items"))
            }
            None => {
                self.not_comparable(left, right, span);
                Ok(Value::Null)
            }
        }
    }

    fn not_comparable(&mut self, left: &Value<'a>, right: &Value<'a>, span: Span) {
        self.warn_of_operands(WarningKind::NotComparable, span, [left, right], || {
            format!("{} cannot be compared with {}", a(left), a(right))
        });
    }

    pub(super) fn between(
        &mut self,
        (operand, low, high): &'a (Node, Node, Node),
        span: Span,
        scope: &Scope<'_, 'a>,
    ) -> Outcome<'a> {
        let operand = self.evaluate(operand, scope)?;
        let low = self.evaluate(low, scope)?;
        let above = self.compare(&operand, Comparator::GreaterOrEqual, &low, span)?;
        match self.conjoin(Value::Boolean(true), &above, span) {
            Value::Boolean(false) => Ok(Value::Boolean(false)),
            Value::Error(error) => Ok(Value::Error(error)),
            so_far => {
                let high = self.evaluate(high, scope)?;
                let below = self.compare(&operand, Comparator::LessOrEqual, &high, span)?;
                Ok(self.conjoin(so_far, &below, span))
            }
        }
    }

    pub(super) fn all(&mut self, operands: &'a [Node], scope: &Scope<'_, 'a>) -> Outcome<'a> {
        let mut result = Value::Boolean(true);
        for node in operands {
            let value = self.evaluate(node, scope)?;
            result = self.conjoin(result, &value, node.span);
            if matches!(result, Value::Boolean(false) | Value::Error(_)) {
                break;
            }
        }
        Ok(result)
    }

    pub(super) fn any(&mut self, operands: &'a [Node], scope: &Scope<'_, 'a>) -> Outcome<'a> {
        let mut result = Value::Boolean(false);
        for node in operands {
            let value = self.evaluate(node, scope)?;
            result = self.disjoin(result, &value, node.span);
            if matches!(result, Value::Boolean(true) | Value::Error(_)) {
                break;
            }
        }
        Ok(result)
    }

    /// `and` of what is known so far, true or null, and one more value.
    pub(super) fn conjoin(&mut self, so_far: Value<'a>, value: &Value<'a>, span: Span) -> Value<'a> {
        match (value, so_far) {
            (Value::Boolean(false), _) => Value::Boolean(false),
            (Value::Error(error), _) if error.fatal => Value::Error(error.clone()),
            (Value::Boolean(true), Value::Boolean(true)) => Value::Boolean(true),
            (_, so_far) => self.unknown(&so_far, value, span),
        }
    }

    /// `or` of what is known so far, false or null, and one more value.
    pub(super) fn disjoin(&mut self, so_far: Value<'a>, value: &Value<'a>, span: Span) -> Value<'a> {
        match (value, so_far) {
            (Value::Boolean(true), _) => Value::Boolean(true),
            (Value::Error(error), _) if error.fatal => Value::Error(error.clone()),
            (Value::Boolean(false), Value::Boolean(false)) => Value::Boolean(false),
            (_, so_far) => self.unknown(&so_far, value, span),
        }
    }

    fn unknown(&mut self, so_far: &Value<'a>, value: &Value<'a>, span: Span) -> Value<'a> {
        if !matches!((so_far, value), (Value::Null, _) | (_, Value::Boolean(_) | Value::Error(_))) {
            self.warn_of_operands(WarningKind::InvalidType, span, [value, value], || {
                format!("true or false is expected, not {}", a(value))
            });
        }
        Value::Null
    }

    pub(super) fn instance_of(&mut self, operand: &'a Node, name: Span, scope: &Scope<'_, 'a>) -> Outcome<'a> {
        let value = self.evaluate(operand, scope)?;
        if matches!(value, Value::Error(_)) {
            return Ok(value);
        }
        let actual = value.type_name();
        Ok(Value::Boolean(match name.of(self.source) {
            "Any" => !matches!(value, Value::Null),
            "date time" => actual == "date and time",
            "year-month-duration" => actual == "years and months duration",
            "day-time-duration" => actual == "days and time duration",
            name => name == actual,
        }))
    }

    pub(super) fn is_in(&mut self, operand: &'a Node, test: &'a Node, scope: &Scope<'_, 'a>) -> Outcome<'a> {
        let value = self.evaluate(operand, scope)?;
        if matches!(value, Value::Error(_)) {
            return Ok(value);
        }
        if matches!(value, Value::Function(_)) {
            // A function is no variable: the test does not see it.
            return self.evaluate(test, scope);
        }
        let bindings = [(Self::input_name(scope), value)];
        self.evaluate(test, &scope.with(Frame::Bindings(&bindings)))
    }

    /// A value that is to be true or false; anything else becomes null.
    pub(super) fn negated(&mut self, value: Value<'a>, span: Span) -> Value<'a> {
        match value {
            Value::Boolean(value) => Value::Boolean(!value),
            Value::Error(_) => or_null(value),
            other => {
                self.warn(WarningKind::InvalidType, span, || format!("true or false is expected, not {}", a(&other)));
                Value::Null
            }
        }
    }
}

pub(super) fn fits(order: Ordering, comparator: Comparator) -> bool {
    match comparator {
        Comparator::Less => order.is_lt(),
        Comparator::LessOrEqual => order.is_le(),
        Comparator::Greater => order.is_gt(),
        Comparator::GreaterOrEqual => order.is_ge(),
        Comparator::Equal => order.is_eq(),
        Comparator::NotEqual => order.is_ne(),
    }
}

/// Whether both are lists that feel-scala takes for comparable, and then fails on.
pub(super) fn are_lists_with_order(left: &Value<'_>, right: &Value<'_>) -> bool {
    has_order(left) && has_order(right)
}

/// Whether feel-scala takes a list for comparable: all of its items are of one type that has an order.
pub(crate) fn has_order(value: &Value<'_>) -> bool {
    let Value::List(list) = value else { return false };
    let Some(first) = list.get(0) else { return false };
    match &first {
        Value::List(_) => deeper(|| has_order(&first)) && list.iter().all(|item| matches!(item, Value::List(_))),
        _ => list.iter().all(|item| first.is_comparable_with(&item)),
    }
}

/// The equality of `=`; none where two values cannot be compared.
fn equals(left: &Value<'_>, right: &Value<'_>, budget: &mut Budget) -> Result<Option<bool>, Stop> {
    let mut equal = |left: &Value<'_>, right: &Value<'_>| {
        budget.step(1)?;
        Ok::<_, Stop>(deeper(|| equals(left, right, budget))? == Some(true))
    };
    Ok(match (left, right) {
        (Value::Null, other) | (other, Value::Null) => Some(matches!(other, Value::Null | Value::Error(_))),
        (Value::Number(left), Value::Number(right)) => {
            budget.step(left.effort_side_by_side(right))?;
            Some(left == right)
        }
        (Value::Boolean(left), Value::Boolean(right)) => Some(left == right),
        (Value::Text(left), Value::Text(right)) => {
            budget.step(left.len() as u64 / 1024)?;
            Some(left == right)
        }
        (Value::Temporal(left), Value::Temporal(right)) if left.kind() == right.kind() => Some(left == right),
        (Value::List(left), Value::List(right)) => {
            if left.len() != right.len() {
                return Ok(Some(false));
            }
            for (left, right) in left.iter().zip(right.iter()) {
                if !equal(&left, &right)? {
                    return Ok(Some(false));
                }
            }
            Some(true)
        }
        (Value::Context(left), Value::Context(right)) => {
            if left.len() != right.len() {
                return Ok(Some(false));
            }
            for name in left.names() {
                let (Some(left), Some(right)) = (left.get(name), right.get(name)) else { return Ok(Some(false)) };
                if !equal(&left, &right)? {
                    return Ok(Some(false));
                }
            }
            Some(true)
        }
        _ => None,
    })
}

/// The equality of `=` where "cannot be compared" counts as different: `index of`, `distinct values`.
pub(crate) fn feel_equals<'a>(
    evaluator: &mut Evaluator<'_, 'a>,
    left: &Value<'a>,
    right: &Value<'a>,
) -> Result<bool, Stop> {
    evaluator.budget.step(1)?;
    Ok(equals(left, right, &mut evaluator.budget)? == Some(true))
}

/// The equality of Scala's values: `list contains`, and a list as a unary test. Contexts that the expression wrote are
/// the same only if they are one.
pub(crate) fn same(left: &Value<'_>, right: &Value<'_>, budget: &mut Budget) -> Result<bool, Stop> {
    budget.step(1)?;
    Ok(match (left, right) {
        (Value::Null, Value::Null) => true,
        (Value::Number(left), Value::Number(right)) => {
            budget.step(left.effort_side_by_side(right))?;
            left == right
        }
        (Value::Boolean(left), Value::Boolean(right)) => left == right,
        (Value::Text(left), Value::Text(right)) => left == right,
        (Value::Temporal(left), Value::Temporal(right)) => left == right,
        (Value::List(left), Value::List(right)) => same_lists(left, right, budget)?,
        (Value::Context(left), Value::Context(right)) => same_contexts(left, right, budget)?,
        (Value::Function(left), Value::Function(right)) => Arc::ptr_eq(left, right),
        (Value::Range(left), Value::Range(right)) => {
            left.start.closed == right.start.closed
                && left.end.closed == right.end.closed
                && same(&left.start.value, &right.start.value, budget)?
                && same(&left.end.value, &right.end.value, budget)?
        }
        _ => false,
    })
}

fn same_lists(left: &List<'_>, right: &List<'_>, budget: &mut Budget) -> Result<bool, Stop> {
    if left.len() != right.len() {
        return Ok(false);
    }
    for (left, right) in left.iter().zip(right.iter()) {
        if !deeper(|| same(&left, &right, budget))? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn same_contexts(left: &Context<'_>, right: &Context<'_>, budget: &mut Budget) -> Result<bool, Stop> {
    if let (Context::Shared(left), Context::Shared(right)) = (left, right)
        && Arc::ptr_eq(left, right)
    {
        return Ok(true);
    }
    let written = |context: &Context<'_>| matches!(context, Context::Shared(entries) if entries.literal);
    if written(left) || written(right) || left.len() != right.len() {
        return Ok(false);
    }
    for name in left.names() {
        match (left.get(name), right.get(name)) {
            (Some(left), Some(right)) if deeper(|| same(&left, &right, budget))? => {}
            _ => return Ok(false),
        }
    }
    Ok(true)
}
