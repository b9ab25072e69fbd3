//! Calls: of functions that the expression defines, of the host's, and of the built-in ones.

use std::sync::Arc;

use super::{Evaluator, Frame, Outcome, Scope, Stop, WarningKind, a, impossible, or_null, scope::function_among};
use crate::{
    builtins::{self, Body, Builtin},
    engine::HostFunction,
    nearest::nearest,
    span::Span,
    syntax::{Arguments, Call, Node},
    value::{Function, Value},
};

/// What a call calls.
enum Callee<'e, 'a> {
    Defined(Arc<Function<'a>>),
    Builtin(&'static Builtin),
    Host(&'e HostFunction),
}

impl<'e, 'a> Evaluator<'e, 'a> {
    pub(super) fn invoke(&mut self, call: &'a Call, span: Span, scope: &Scope<'_, 'a>) -> Outcome<'a> {
        let name = call.name.of(self.source);
        if let Some(of) = &call.of {
            return self.invoke_entry(of, name, call, span, scope);
        }
        let Some(callee) = self.callee(call, name, scope) else {
            self.not_found(call, name);
            return Ok(Value::Null);
        };
        let result = self.apply(&callee, &call.arguments, span, scope)?;
        if let Value::Error(error) = &result
            && !error.fatal
        {
            if name == "assert" {
                self.assertion.get_or_insert((span, error.message.clone()));
            } else {
                self.warn(WarningKind::FunctionInvocationFailure, span, || format!("{name}: {}", error.message));
            }
        }
        Ok(or_null(result))
    }

    /// `context.function(…)`: its error stays one.
    fn invoke_entry(
        &mut self,
        of: &'a Node,
        name: &'a str,
        call: &'a Call,
        span: Span,
        scope: &Scope<'_, 'a>,
    ) -> Outcome<'a> {
        let context = match self.evaluate(of, scope)? {
            Value::Context(context) => context,
            error @ Value::Error(_) => return Ok(error),
            other => return Ok(self.invalid(of.span, || format!("{} has no function `{name}`", a(&other)))),
        };
        let fits = |function: &Function<'a>| fits_defined(function, &call.arguments, self.source);
        if let Some(function) = function_among(context.functions(), name, &fits) {
            return self.apply(&Callee::Defined(function), &call.arguments, span, scope);
        }
        self.not_found(call, name);
        Ok(Value::error(format!("there is no function `{name}` with these arguments")))
    }

    fn callee(&self, call: &Call, name: &str, scope: &Scope<'_, 'a>) -> Option<Callee<'e, 'a>> {
        let source = self.source;
        if let Some(function) = scope.function(name, &|function| fits_defined(function, &call.arguments, source)) {
            return Some(Callee::Defined(function));
        }
        let builtin = call
            .builtins
            .iter()
            .find(|builtin| fits(&call.arguments, builtin.parameters, builtin.takes_any_number, source));
        if let Some(builtin) = builtin {
            return Some(Callee::Builtin(builtin));
        }
        self.engine
            .functions()
            .iter()
            .find(|function| function.name() == name && fits(&call.arguments, function.parameters(), false, source))
            .map(Callee::Host)
    }

    fn not_found(&mut self, call: &Call, name: &str) {
        let engine = self.engine;
        let known = !call.builtins.is_empty() || engine.functions().iter().any(|function| function.name() == name);
        self.warn(WarningKind::NoFunctionFound, call.name, || {
            if known {
                return format!("`{name}` does not take these arguments");
            }
            let names = builtins::names().chain(engine.functions().iter().map(HostFunction::name));
            match nearest(name, names) {
                Some(meant) => format!("there is no function `{name}`: did you mean `{meant}`?"),
                None => format!("there is no function `{name}`"),
            }
        });
    }

    fn apply(
        &mut self,
        callee: &Callee<'e, 'a>,
        arguments: &'a Arguments,
        span: Span,
        scope: &Scope<'_, 'a>,
    ) -> Outcome<'a> {
        let values = match arguments {
            Arguments::Positional(nodes) => {
                let mut values = Vec::with_capacity(nodes.len());
                for node in nodes {
                    values.push(self.evaluate(node, scope)?);
                }
                values
            }
            Arguments::Named(named) => {
                let parameters: Vec<&str> = match callee {
                    Callee::Defined(function) => function.parameters.clone(),
                    Callee::Builtin(builtin) => builtin.parameters.to_vec(),
                    Callee::Host(function) => function.parameters().to_vec(),
                };
                let mut values = Vec::with_capacity(parameters.len());
                for parameter in parameters {
                    // Of two arguments of one name, the last counts; a missing one is null.
                    let node = named.iter().rfind(|(name, _)| name.of(self.source) == parameter);
                    values.push(match node {
                        Some((_, node)) => self.evaluate(node, scope)?,
                        None => Value::Null,
                    });
                }
                values
            }
        };
        // An error among the arguments that become a list is an item of that list.
        let values = match (callee, arguments) {
            (Callee::Builtin(builtin), Arguments::Positional(_)) if builtin.takes_any_number => {
                self.gather(values, builtin.parameters.len())?
            }
            _ => values,
        };
        for fatal in [true, false] {
            let error = values.iter().find(|value| matches!(value, Value::Error(error) if error.fatal == fatal));
            if let Some(error) = error {
                return Ok(error.clone());
            }
        }
        let outer = std::mem::replace(&mut self.call, span);
        let result = match callee {
            Callee::Defined(function) => self.call(function, values),
            Callee::Builtin(builtin) => self.call_builtin(builtin, &values),
            Callee::Host(function) => {
                let result = function.call(&values).map_err(|error| impossible(span, error.to_string()));
                result.and_then(|value| self.budget.check_nesting(value.depth()).map(|()| value))
            }
        };
        self.call = outer;
        result
    }

    fn call_builtin(&mut self, builtin: &'static Builtin, values: &[Value<'a>]) -> Outcome<'a> {
        // A list argument may be looked at as a whole.
        for value in values {
            match value {
                Value::List(list) => self.budget.step(list.len() as u64)?,
                Value::Number(_) | Value::Range(_) => self.budget.step_through(value)?,
                _ => {}
            }
        }
        let result = match (builtin.body, values) {
            (Body::Nullary(body), []) => body(self),
            (Body::Unary(body), [value]) => body(self, value),
            (Body::Binary(body), [first, second]) => body(self, first, second),
            (Body::Ternary(body), [first, second, third]) => body(self, first, second, third),
            (Body::Quaternary(body), [first, second, third, fourth]) => body(self, first, second, third, fourth),
            _ => Ok(None),
        };
        match result? {
            Some(Value::Number(number)) => {
                self.budget.step(number.own_effort())?;
                self.budget.allocate_number(&number)?;
                Ok(Value::Number(number))
            }
            Some(value) => Ok(value),
            None => Ok(Value::error(illegal_arguments(values))),
        }
    }

    /// Calls a function that the expression defined.
    pub(crate) fn call(&mut self, function: &Arc<Function<'a>>, values: Vec<Value<'a>>) -> Outcome<'a> {
        let mut bindings: Vec<_> = function.parameters.iter().copied().zip(values).collect();
        // Of two parameters of one name, the last counts.
        bindings.reverse();
        let surroundings = Scope::of_function(&function.scope);
        self.evaluate(function.body, &surroundings.with(Frame::Bindings(&bindings)))
    }

    /// The last parameter takes all arguments that are left, as a list; the only one takes a single list as it is.
    fn gather(&mut self, mut values: Vec<Value<'a>>, parameters: usize) -> Result<Vec<Value<'a>>, Stop> {
        let first = parameters.saturating_sub(1);
        if first == 0 && matches!(values.as_slice(), [Value::List(_)]) {
            return Ok(values);
        }
        let rest = values.split_off(first.min(values.len()));
        values.push(self.list(rest)?);
        Ok(values)
    }
}

fn fits_defined(function: &Function<'_>, arguments: &Arguments, source: &str) -> bool {
    fits(arguments, &function.parameters, false, source)
}

/// Whether a function with these parameters can be called with these arguments.
pub(crate) fn fits(arguments: &Arguments, parameters: &[&str], takes_any_number: bool, source: &str) -> bool {
    match arguments {
        Arguments::Positional(nodes) => {
            nodes.len() == parameters.len() || (takes_any_number && nodes.len() > parameters.len())
        }
        Arguments::Named(named) => named.iter().all(|(name, _)| parameters.contains(&name.of(source))),
    }
}

fn illegal_arguments(values: &[Value<'_>]) -> String {
    let types: Vec<String> = values.iter().map(a).collect();
    format!("it does not take {}", types.join(", "))
}
