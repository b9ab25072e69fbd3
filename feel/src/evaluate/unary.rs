//! Unary tests: what follows `in`, and the entries of decision tables.

use std::sync::Arc;

use super::{
    Evaluator, Frame, Outcome, Scope, WarningKind,
    compare::{self, are_lists_with_order, same},
    impossible,
};
use crate::{
    span::Span,
    syntax::{Comparator, Node, Range, Test},
    value::{ErrorValue, Text, Value, ValueRef},
};

/// The variable that names the variable that holds the input.
const NAME_OF_INPUT: &str = "inputVariableName";
/// The variable that holds the input unless another is named.
const INPUT: &str = "cellInput";
/// The name by which a test that has to see the input sees it.
const SYMBOL: &str = "?";

impl<'a> Evaluator<'_, 'a> {
    pub(super) fn input_name(scope: &Scope<'_, 'a>) -> &'a str {
        match scope.variable(NAME_OF_INPUT) {
            Some(ValueRef::Json(serde_json::Value::String(name))) => name,
            Some(ValueRef::Value(Value::Text(Text::Borrowed(name)))) => name,
            _ => INPUT,
        }
    }

    pub(super) fn input_by_symbol(scope: &Scope<'_, 'a>) -> Value<'a> {
        let missing = || {
            Value::Error(Arc::new(ErrorValue {
                message: "`?` stands for the value of a unary test, and there is none here".to_owned(),
                fatal: true,
            }))
        };
        scope.variable(SYMBOL).map_or_else(missing, ValueRef::value)
    }

    fn input(&mut self, span: Span, scope: &Scope<'_, 'a>) -> Value<'a> {
        let missing = || {
            self.warn(WarningKind::NoVariableFound, span, || "there is no input value for this test".to_owned());
            Value::Null
        };
        scope.variable(Self::input_name(scope)).map_or_else(missing, ValueRef::value)
    }

    pub(super) fn test(&mut self, test: &'a Test, span: Span, scope: &Scope<'_, 'a>) -> Outcome<'a> {
        match test {
            Test::Boolean(value) => {
                let input = self.input(span, scope);
                self.equality(&input, &Value::Boolean(*value), span)
            }
            Test::Comparison(comparator, node) => {
                let input = self.input(span, scope);
                let operand = self.evaluate(node, scope)?;
                self.compare(&input, *comparator, &operand, span)
            }
            Test::InRange(range) => self.in_range(range, span, scope),
            Test::Expression(node) => self.test_expression(node, scope),
            Test::Any(tests) => self.any(tests, scope),
            Test::Not(node) => {
                let value = self.evaluate(node, scope)?;
                Ok(self.negated(value, span))
            }
        }
    }

    fn in_range(&mut self, range: &'a Range, span: Span, scope: &Scope<'_, 'a>) -> Outcome<'a> {
        let start = self.evaluate(&range.start.value, scope)?;
        let end = self.evaluate(&range.end.value, scope)?;
        let input = self.input(span, scope);
        if matches!(input, Value::Error(_)) {
            return Ok(input);
        }
        if are_lists_with_order(&input, &start) && are_lists_with_order(&input, &end) {
            return Err(impossible(span, "lists have no order: compare their items"));
        }
        if !input.is_comparable_with(&start) || !input.is_comparable_with(&end) {
            self.warn(WarningKind::NotComparable, span, || {
                format!(
                    "{} cannot be compared with a range from {} to {}",
                    super::a(&input),
                    super::a(&start),
                    super::a(&end)
                )
            });
            return Ok(Value::Null);
        }
        let holds =
            |value: &Value<'a>, comparator| input.order(value).is_some_and(|order| compare::fits(order, comparator));
        let after_start =
            holds(&start, if range.start.closed { Comparator::GreaterOrEqual } else { Comparator::Greater });
        let before_end = holds(&end, if range.end.closed { Comparator::LessOrEqual } else { Comparator::Less });
        Ok(Value::Boolean(after_start && before_end))
    }

    /// An expression as a test: true, or equal to the input, or a list that holds it.
    fn test_expression(&mut self, node: &'a Node, scope: &Scope<'_, 'a>) -> Outcome<'a> {
        let input = self.input(node.span, scope);
        if matches!(input, Value::Error(_)) {
            return Ok(input);
        }
        let value = self.evaluate(node, scope)?;
        match &value {
            // It has to see the input: `? > 3`.
            Value::Error(error) if error.fatal => {
                let bindings = [(SYMBOL, input)];
                let value = self.evaluate(node, &scope.with(Frame::Bindings(&bindings)))?;
                return Ok(if matches!(value, Value::Boolean(_)) { value } else { Value::Null });
            }
            Value::Boolean(true) => return Ok(value),
            Value::List(list) => {
                for item in list.iter() {
                    if same(&item, &input, &mut self.budget)? {
                        return Ok(Value::Boolean(true));
                    }
                }
            }
            _ => {}
        }
        let equal = self.equality(&input, &value, node.span)?;
        Ok(match (equal, &value) {
            (Value::Boolean(true), _) => Value::Boolean(true),
            (_, Value::Boolean(false) | Value::List(_)) => Value::Boolean(false),
            (Value::Null, _) => Value::Null,
            _ => Value::Boolean(false),
        })
    }
}
