//! From a tree and variables to a value, as feel-scala's interpreter goes.
//!
//! Three outcomes are kept apart: a value (null among them), an error value, which most operations turn into null, and
//! a stop, which ends the evaluation.

mod arithmetic;
mod budget;
mod calls;
mod compare;
mod error;
mod iteration;
mod paths;
mod scope;
#[cfg(test)]
mod tests;
mod unary;

use std::{collections::HashMap, rc::Rc, sync::Arc};

pub use self::error::{EvaluationError, EvaluationErrorReason, Warning, WarningKind};
pub(crate) use self::{
    budget::{Budget, Stop},
    calls::fits,
    compare::{feel_equals, has_order, same},
    scope::{Captured, Frame, Scope},
};
use crate::{
    engine::Engine,
    number::{ArithmeticError, MAX_RESULT_DIGITS},
    pattern::Pattern,
    span::Span,
    syntax::{Boundary as BoundaryNode, Kind, Node, Quantifier, Range as RangeNode},
    value::{Boundary, Entries, Function, Range, Text, Value},
};

/// A value, or why the evaluation ends here.
pub(crate) type Outcome<'a> = Result<Value<'a>, Stop>;

/// Warnings beyond this number are not kept.
const WARNINGS: usize = 100;

/// One evaluation.
pub(crate) struct Evaluator<'e, 'a> {
    pub(crate) engine: &'e Engine,
    pub(crate) source: &'a str,
    pub(crate) budget: Budget,
    pub(crate) warnings: Vec<Warning>,
    /// Above zero while a filter is tried out, whose warnings would mislead.
    muted: usize,
    pub(crate) assertion: Option<(Span, String)>,
    /// The call that is being made, for what goes wrong in it.
    pub(crate) call: Span,
    /// Regular expressions that were compiled.
    pub(crate) patterns: HashMap<(Box<str>, Box<str>), Rc<Pattern>>,
}

impl<'e, 'a> Evaluator<'e, 'a> {
    pub(crate) fn new(engine: &'e Engine, source: &'a str) -> Evaluator<'e, 'a> {
        Evaluator {
            engine,
            source,
            budget: Budget::new(engine.limits()),
            warnings: Vec::new(),
            muted: 0,
            assertion: None,
            call: Span::default(),
            patterns: HashMap::new(),
        }
    }

    /// Evaluates a part of the expression.
    #[inline]
    pub(crate) fn evaluate(&mut self, node: &'a Node, scope: &Scope<'_, 'a>) -> Outcome<'a> {
        self.budget.step(1)?;
        match &node.kind {
            Kind::Null => Ok(Value::Null),
            Kind::Boolean(value) => Ok(Value::Boolean(*value)),
            Kind::Number(number) => Ok(Value::Number(number.clone())),
            Kind::Text(text) => Ok(Value::Text(Text::Borrowed(text.of(self.source)))),
            Kind::Temporal(temporal) => Ok(Value::Temporal(temporal.clone())),
            Kind::Reference(names) => self.reference(names, scope),
            Kind::Input => Ok(Self::input_by_symbol(scope)),
            // The most frequent filter; it goes no deeper.
            Kind::Comparison(parts) if parts.0.is_simple() && parts.2.is_simple() => {
                self.comparison(&parts.0, parts.1, &parts.2, node.span, scope)
            }
            _ => self.nested(node, scope),
        }
    }

    #[inline(never)]
    fn nested(&mut self, node: &'a Node, scope: &Scope<'_, 'a>) -> Outcome<'a> {
        self.budget.enter()?;
        let outcome = if self.budget.depth().is_multiple_of(8) {
            stacker::maybe_grow(256 * 1024, 1024 * 1024, || self.compound(node, scope))
        } else {
            self.compound(node, scope)
        };
        self.budget.leave();
        outcome
    }

    #[inline]
    fn compound(&mut self, node: &'a Node, scope: &Scope<'_, 'a>) -> Outcome<'a> {
        match &node.kind {
            Kind::List(items) => self.list_literal(items, scope),
            Kind::Context(entries) => self.context_literal(entries, scope),
            Kind::Range(range) => self.range(range, node.span, scope),
            Kind::Chain(operand, steps) => self.chain(operand, steps, node.span.start(), scope),
            Kind::Sum(first, rest) => self.sum(first, rest, scope),
            Kind::Product(first, rest) => self.product(first, rest, scope),
            Kind::Power(base, exponents) => self.power(base, exponents, scope),
            Kind::Negation(operand) => self.negation(operand, scope),
            Kind::Comparison(parts) => self.comparison(&parts.0, parts.1, &parts.2, node.span, scope),
            Kind::Between(parts) => self.between(parts, node.span, scope),
            Kind::InstanceOf(operand, name) => self.instance_of(operand, *name, scope),
            Kind::In(parts) => self.is_in(&parts.0, &parts.1, scope),
            Kind::Conjunction(operands) => self.all(operands, scope),
            Kind::Disjunction(operands) => self.any(operands, scope),
            Kind::If(parts) => self.conditional(parts, scope),
            Kind::For(iteration) => self.for_each(iteration, scope),
            Kind::Quantified(Quantifier::Some, iteration) => self.some(iteration, scope),
            Kind::Quantified(Quantifier::Every, iteration) => self.every(iteration, scope),
            Kind::Call(call) => self.invoke(call, node.span, scope),
            Kind::Function(definition) => self.define(definition, scope),
            Kind::Test(test) => self.test(test, node.span, scope),
            // The others are no compounds: `evaluate` has them.
            Kind::Null
            | Kind::Boolean(_)
            | Kind::Number(_)
            | Kind::Text(_)
            | Kind::Temporal(_)
            | Kind::Reference(_)
            | Kind::Input => Ok(Value::Null),
        }
    }

    fn list_literal(&mut self, items: &'a [Node], scope: &Scope<'_, 'a>) -> Outcome<'a> {
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            match self.evaluate(item, scope)? {
                error @ Value::Error(_) => return Ok(no_longer_fatal(error)),
                value => values.push(value),
            }
        }
        self.list(values)
    }

    fn context_literal(&mut self, nodes: &'a [(Span, Node)], scope: &Scope<'_, 'a>) -> Outcome<'a> {
        let mut entries = Entries::with_capacity(nodes.len());
        entries.literal = true;
        for (key, node) in nodes {
            let value = {
                let inner = scope.with(Frame::Entries(&entries));
                self.evaluate(node, &inner)?
            };
            let key = Text::Borrowed(key.of(self.source));
            match value {
                error @ Value::Error(_) => return Ok(no_longer_fatal(error)),
                Value::Function(function) => entries.insert_function(key, function),
                value => entries.insert(key, value),
            }
        }
        self.context(entries)
    }

    fn range(&mut self, range: &'a RangeNode, span: Span, scope: &Scope<'_, 'a>) -> Outcome<'a> {
        let start = self.evaluate(&range.start.value, scope)?;
        let end = self.evaluate(&range.end.value, scope)?;
        for value in [&start, &end] {
            if matches!(value, Value::Error(_)) {
                return Ok(value.clone());
            }
        }
        let valid = start.is_comparable_with(&end) && !matches!(start, Value::Text(_));
        if !valid {
            return Ok(self.invalid(span, || {
                format!("a range goes between two numbers, dates or durations, not from {} to {}", a(&start), a(&end))
            }));
        }
        let boundary = |node: &BoundaryNode, value| Boundary { value, closed: node.closed };
        Ok(Value::Range(Arc::new(Range { start: boundary(&range.start, start), end: boundary(&range.end, end) })))
    }

    fn conditional(
        &mut self,
        (condition, then, otherwise): &'a (Node, Node, Node),
        scope: &Scope<'_, 'a>,
    ) -> Outcome<'a> {
        let met = match self.evaluate(condition, scope)? {
            Value::Boolean(met) => met,
            Value::Error(error) if error.fatal => return Ok(Value::Error(error)),
            Value::Error(_) => false,
            other => {
                self.warn(WarningKind::InvalidType, condition.span, || {
                    format!("a condition is true or false, but this is {}: `else` counts", a(&other))
                });
                false
            }
        };
        if met {
            match self.evaluate(then, scope)? {
                // feel-scala goes on with `else` when `then` is an error.
                Value::Error(error) if !error.fatal => {}
                value => return Ok(value),
            }
        }
        self.evaluate(otherwise, scope)
    }

    fn define(&mut self, definition: &'a crate::syntax::FunctionDefinition, scope: &Scope<'_, 'a>) -> Outcome<'a> {
        let (captured, copied) = scope.capture();
        self.budget.step(copied as u64)?;
        self.budget.allocate(copied.saturating_mul(64))?;
        let parameters = definition.parameters.iter().map(|name| name.of(self.source)).collect();
        let function = Function { parameters, body: &definition.body, scope: captured };
        self.budget.check_nesting(function.depth())?;
        Ok(Value::Function(Arc::new(function)))
    }

    // ----- what operations share -----

    /// A list, charged.
    pub(crate) fn list(&mut self, values: Vec<Value<'a>>) -> Outcome<'a> {
        self.budget.allocate(48 + values.capacity().saturating_mul(size_of::<Value<'_>>()))?;
        let list = Value::list(values);
        self.budget.check_nesting(list.depth())?;
        Ok(list)
    }

    /// A context, charged.
    pub(crate) fn context(&mut self, entries: Entries<'a>) -> Outcome<'a> {
        self.budget.allocate(96 + entries.len().saturating_mul(size_of::<(Text<'_>, Value<'_>)>()))?;
        let context = Value::context(entries);
        self.budget.check_nesting(context.depth())?;
        Ok(context)
    }

    /// A string, charged.
    pub(crate) fn text(&mut self, text: String) -> Outcome<'a> {
        self.budget.allocate(32 + text.len())?;
        Ok(Value::Text(text.into()))
    }

    /// Notes what is turned into null.
    pub(crate) fn warn(&mut self, kind: WarningKind, span: Span, message: impl FnOnce() -> String) {
        if self.muted > 0 || self.warnings.len() >= WARNINGS {
            return;
        }
        // The same place in a loop is told once.
        if self.warnings.iter().any(|known| known.span == span && known.kind == kind) {
            return;
        }
        self.warnings.push(Warning { kind, span, message: message() });
    }

    /// Notes that an operation cannot be done with its operands; unless one of them is null because of something that was
    /// told already.
    pub(crate) fn warn_of_operands(
        &mut self,
        kind: WarningKind,
        span: Span,
        operands: [&Value<'a>; 2],
        message: impl FnOnce() -> String,
    ) {
        let within = |known: &Warning| span.start() <= known.span.start() && known.span.end() <= span.end();
        let follows = operands.iter().any(|operand| matches!(operand, Value::Null)) && self.warnings.iter().any(within);
        if !follows {
            self.warn(kind, span, message);
        }
    }

    /// Notes that a type does not fit, and gives the error value.
    pub(crate) fn invalid(&mut self, span: Span, message: impl Fn() -> String) -> Value<'a> {
        self.warn(WarningKind::InvalidType, span, &message);
        Value::error(message())
    }

    pub(crate) fn muted<T>(&mut self, act: impl FnOnce(&mut Self) -> T) -> T {
        self.muted += 1;
        let result = act(self);
        self.muted -= 1;
        result
    }
}

/// An operation that cannot be done; it ends the evaluation, as a Java exception does.
pub(crate) fn impossible(span: Span, message: impl Into<String>) -> Stop {
    Stop::at(span, EvaluationErrorReason::Impossible(message.into()))
}

/// Arithmetic that cannot be done; it ends the evaluation, as a Java exception does.
pub(crate) fn no_number(span: Span, error: ArithmeticError) -> Stop {
    Stop::at(
        span,
        match error {
            ArithmeticError::TooLarge => EvaluationErrorReason::Digits(MAX_RESULT_DIGITS),
            error => EvaluationErrorReason::Impossible(error.to_string()),
        },
    )
}

/// An error value becomes null, as most operations do it.
pub(crate) fn or_null(value: Value<'_>) -> Value<'_> {
    match value {
        Value::Error(error) if !error.fatal => Value::Null,
        value => value,
    }
}

/// Inside a list or a context, an error is an ordinary one.
fn no_longer_fatal(error: Value<'_>) -> Value<'_> {
    match &error {
        Value::Error(inner) if inner.fatal => Value::error(inner.message.clone()),
        _ => error,
    }
}

/// The type with its article, for messages.
pub(crate) fn a(value: &Value<'_>) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Error(_) => "an error".to_owned(),
        other => format!("a {}", other.type_name()),
    }
}
