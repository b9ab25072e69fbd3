//! The walk over an expression that finds its reads, its mistakes and its shape.

use super::{Analysis, Diagnostic, Read, Shape, results};
use crate::{
    Engine, Expression, builtins,
    engine::HostFunction,
    evaluate::fits,
    nearest::nearest,
    span::Span,
    syntax::{Arguments, Call, Filter, FilterBy, Iteration, IterationSource, Kind, Node, Range, Step, Test},
};

pub(super) fn analyze(expression: &Expression, variables: &Shape, engine: &Engine) -> Analysis {
    let mut walk = Walk { source: expression.source(), engine, reads: Vec::new(), diagnostics: Vec::new() };
    let shape = walk.node(expression.root(), &Scope { frame: Frame::Variables(variables), outer: None });
    Analysis { reads: walk.reads, diagnostics: walk.diagnostics, shape }
}

#[derive(Clone, Copy)]
struct Scope<'s> {
    frame: Frame<'s>,
    outer: Option<&'s Scope<'s>>,
}

#[derive(Clone, Copy)]
enum Frame<'s> {
    Variables(&'s Shape),
    Bindings(&'s [(&'s str, Shape)]),
    Item(&'s Shape),
    /// The value that a unary test is about.
    Input,
}

impl Scope<'_> {
    fn with<'t>(&'t self, frame: Frame<'t>) -> Scope<'t> {
        Scope { frame, outer: Some(self) }
    }
}

/// Where a name was found.
struct Found {
    shape: Shape,
    /// Whether it is one of the expression's variables, so that reading it is a read.
    variable: bool,
    in_filter: bool,
}

struct Walk<'e> {
    source: &'e str,
    engine: &'e Engine,
    reads: Vec<Read>,
    diagnostics: Vec<Diagnostic>,
}

impl<'e> Walk<'e> {
    fn node(&mut self, node: &'e Node, scope: &Scope<'_>) -> Shape {
        // As deep as the parser let it be nested.
        stacker::maybe_grow(128 * 1024, 1024 * 1024, || self.kind(node, scope))
    }

    fn kind(&mut self, node: &'e Node, scope: &Scope<'_>) -> Shape {
        match &node.kind {
            Kind::Null => Shape::Null,
            Kind::Input => Shape::Any,
            Kind::Boolean(_) => Shape::Boolean,
            Kind::Number(_) => Shape::Number,
            Kind::Text(_) => Shape::Text,
            Kind::Temporal(_) => Shape::Temporal,
            Kind::Reference(names) => self.reference(names, node.span, scope),
            Kind::List(items) => {
                Shape::list(items.iter().fold(Shape::Null, |shape, item| shape.or(self.node(item, scope))))
            }
            Kind::Context(entries) => self.context(entries, scope),
            Kind::Range(range) => self.range(range, scope, Shape::Range),
            Kind::Chain(operand, steps) => self.chain(operand, steps, scope),
            Kind::Sum(first, rest) => {
                let first = self.node(first, scope);
                rest.iter().fold(first, |shape, (_, node)| arithmetic(shape, &self.node(node, scope)))
            }
            Kind::Product(first, rest) => {
                let first = self.node(first, scope);
                rest.iter().fold(first, |shape, (_, node)| arithmetic(shape, &self.node(node, scope)))
            }
            Kind::Power(first, rest) => self.all([&**first].into_iter().chain(rest), scope, Shape::Number),
            Kind::Negation(operand) => match self.node(operand, scope) {
                shape @ (Shape::Number | Shape::Temporal) => shape,
                _ => Shape::Any,
            },
            Kind::Comparison(parts) => self.all([&parts.0, &parts.2], scope, Shape::Boolean),
            Kind::Between(parts) => self.all([&parts.0, &parts.1, &parts.2], scope, Shape::Boolean),
            Kind::InstanceOf(operand, _) => self.all([&**operand], scope, Shape::Boolean),
            Kind::In(parts) => {
                self.node(&parts.0, scope);
                self.node(&parts.1, &scope.with(Frame::Input));
                Shape::Boolean
            }
            Kind::Conjunction(operands) | Kind::Disjunction(operands) => self.all(operands, scope, Shape::Boolean),
            Kind::If(parts) => {
                self.node(&parts.0, scope);
                self.node(&parts.1, scope).or(self.node(&parts.2, scope))
            }
            Kind::For(iteration) => Shape::list(self.iteration(iteration, scope)),
            Kind::Quantified(_, iteration) => {
                self.iteration(iteration, scope);
                Shape::Boolean
            }
            Kind::Call(call) => self.call(call, scope),
            Kind::Function(definition) => {
                let names: Vec<&str> = definition.parameters.iter().map(|name| name.of(self.source)).collect();
                let bindings: Vec<_> = names.iter().map(|name| (*name, Shape::Any)).collect();
                self.node(&definition.body, &scope.with(Frame::Bindings(&bindings)));
                Shape::Function(names.into_iter().map(str::to_owned).collect())
            }
            Kind::Test(test) => self.test(test, scope),
        }
    }

    fn all(&mut self, nodes: impl IntoIterator<Item = &'e Node>, scope: &Scope<'_>, shape: Shape) -> Shape {
        for node in nodes {
            self.node(node, scope);
        }
        shape
    }

    fn range(&mut self, range: &'e Range, scope: &Scope<'_>, shape: Shape) -> Shape {
        self.all([&range.start.value, &range.end.value], scope, shape)
    }

    fn test(&mut self, test: &'e Test, scope: &Scope<'_>) -> Shape {
        match test {
            Test::Boolean(_) => Shape::Boolean,
            Test::Comparison(_, node) | Test::Expression(node) | Test::Not(node) => {
                self.all([node], scope, Shape::Boolean)
            }
            Test::InRange(range) => self.range(range, scope, Shape::Boolean),
            Test::Any(tests) => self.all(tests, scope, Shape::Boolean),
        }
    }

    fn context(&mut self, nodes: &'e [(Span, Node)], scope: &Scope<'_>) -> Shape {
        let mut entries: Vec<(&str, Shape)> = Vec::with_capacity(nodes.len());
        for (key, node) in nodes {
            let shape = self.node(node, &scope.with(Frame::Bindings(&entries)));
            entries.push((key.of(self.source), shape));
        }
        Shape::context(entries)
    }

    fn iteration(&mut self, iteration: &'e Iteration, scope: &Scope<'_>) -> Shape {
        let mut bindings = vec![("partial", Shape::list(Shape::Any))];
        for iterator in &iteration.iterators {
            let item = match &iterator.source {
                IterationSource::List(node) => match self.node(node, scope) {
                    Shape::List(item) => *item,
                    _ => Shape::Any,
                },
                IterationSource::Numbers(ends) => self.all([&ends.0, &ends.1], scope, Shape::Number),
            };
            bindings.push((iterator.name.of(self.source), item));
        }
        self.node(&iteration.body, &scope.with(Frame::Bindings(&bindings)))
    }

    // ----- names and paths -----

    fn reference(&mut self, names: &'e [Span], span: Span, scope: &Scope<'_>) -> Shape {
        let Some((first, rest)) = names.split_first() else { return Shape::Null };
        let name = first.of(self.source);
        let Some(found) = find(name, scope) else {
            let known = visible(scope);
            self.unknown(*first, format!("there is no `{name}` here"), known.iter().map(String::as_str));
            return Shape::Any;
        };
        if found.variable {
            let path = names.iter().map(|name| name.of(self.source).to_owned()).collect();
            self.reads.push(Read { path, span, in_filter: found.in_filter });
        }
        let mut shape = found.shape;
        for name in rest {
            shape = self.entry(&shape, *name, Span::new(first.start(), name.start()));
        }
        shape
    }

    /// The entry of a shape; `of` is the text that leads to it.
    fn entry(&mut self, shape: &Shape, name_span: Span, of: Span) -> Shape {
        let name = name_span.of(self.source);
        if let Some(entry) = shape.entry(name) {
            return entry.clone();
        }
        let of = of.of(self.source).trim_end().trim_end_matches('.').trim_end().to_owned();
        match shape {
            Shape::Any | Shape::Temporal | Shape::Context { open: true, .. } => Shape::Any,
            // No item at all: what is read of an empty list is an empty list.
            Shape::List(item) if **item == Shape::Null => Shape::list(Shape::Null),
            Shape::List(item) => {
                Shape::list(self.entry(item, name_span, Span::new(name_span.start(), name_span.start())))
            }
            Shape::Context { entries, .. } => {
                let message =
                    if of.is_empty() { format!("there is no `{name}`") } else { format!("`{of}` has no `{name}`") };
                self.unknown(name_span, message, entries.iter().map(|(name, _)| name.as_str()));
                Shape::Any
            }
            other => {
                let what = other.name();
                let message = if of.is_empty() {
                    format!("{what} has no `{name}`")
                } else {
                    format!("`{of}` is {what}, which has no `{name}`")
                };
                self.diagnostics.push(Diagnostic { span: name_span, message, suggestion: None });
                Shape::Any
            }
        }
    }

    /// Tells of an unknown name, with the known one that was probably meant, or else with those that there are.
    fn unknown<'n>(&mut self, span: Span, mut message: String, known: impl Iterator<Item = &'n str>) {
        const FEW: usize = 12;
        let known: Vec<&str> = known.collect();
        let suggestion = nearest(span.of(self.source), known.iter().copied());
        if suggestion.is_none() && (1..=FEW).contains(&known.len()) {
            let names: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
            message = format!("{message}; there is {}", names.join(", "));
        }
        self.diagnostics.push(Diagnostic { span, message, suggestion });
    }

    fn chain(&mut self, operand: &'e Node, steps: &'e [Step], scope: &Scope<'_>) -> Shape {
        let mut shape = self.node(operand, scope);
        for step in steps {
            shape = match step {
                Step::Path(name) => self.entry(&shape, *name, Span::new(operand.span.start(), name.start())),
                Step::Filter(filter) => self.filter(shape, filter, scope),
            };
        }
        shape
    }

    fn filter(&mut self, shape: Shape, filter: &'e Filter, scope: &Scope<'_>) -> Shape {
        let item = match shape {
            Shape::List(item) => *item,
            _ => Shape::Any,
        };
        let verdict = self.node(&filter.node, &scope.with(Frame::Item(&item)));
        match (&filter.by, verdict) {
            (FilterBy::Position(_), _) | (_, Shape::Number) => item,
            (_, Shape::Boolean) => Shape::list(item),
            _ => Shape::Any,
        }
    }

    // ----- calls -----

    fn call(&mut self, call: &'e Call, scope: &Scope<'_>) -> Shape {
        let arguments: Vec<Shape> = match &call.arguments {
            Arguments::Positional(nodes) => nodes.iter().map(|node| self.node(node, scope)).collect(),
            Arguments::Named(named) => named.iter().map(|(_, node)| self.node(node, scope)).collect(),
        };
        if let Some(of) = &call.of {
            self.node(of, scope);
            return Shape::Any;
        }
        let name = call.name.of(self.source);
        // A function of the expression's own may have any parameters: it is enough that there is one. Variables hold none.
        if matches!(
            find(name, scope),
            Some(Found { shape: Shape::Function(_), .. } | Found { shape: Shape::Any, variable: false, .. })
        ) {
            return Shape::Any;
        }
        let fits_builtin = call
            .builtins
            .iter()
            .any(|builtin| fits(&call.arguments, builtin.parameters, builtin.takes_any_number, self.source));
        if fits_builtin {
            return results::of_builtin(name, &arguments);
        }
        let hosts: Vec<&HostFunction> =
            self.engine.functions().iter().filter(|function| function.name() == name).collect();
        if hosts.iter().any(|function| fits(&call.arguments, function.parameters(), false, self.source)) {
            return Shape::Any;
        }
        let (message, suggestion) = if call.builtins.is_empty() && hosts.is_empty() {
            let known = builtins::names().chain(self.engine.functions().iter().map(HostFunction::name));
            (format!("there is no function `{name}`"), nearest(name, known))
        } else {
            let forms: Vec<String> = call
                .builtins
                .iter()
                .map(|builtin| builtin.parameters.join(", "))
                .chain(hosts.iter().map(|host| host.parameters().join(", ")))
                .map(|parameters| format!("`{name}({parameters})`"))
                .collect();
            (format!("`{name}` does not take these arguments; there is {}", forms.join(", ")), None)
        };
        self.diagnostics.push(Diagnostic { span: call.name, message, suggestion });
        Shape::Any
    }
}

fn arithmetic(left: Shape, right: &Shape) -> Shape {
    if left == *right && matches!(left, Shape::Number | Shape::Text) { left } else { Shape::Any }
}

/// Looks a name up; none if it is certain that there is no such name.
fn find(name: &str, scope: &Scope<'_>) -> Option<Found> {
    let mut next = Some(scope);
    let mut in_filter = false;
    while let Some(scope) = next {
        match scope.frame {
            Frame::Variables(shape) => {
                return match (shape.entry(name), shape) {
                    (Some(shape), _) => Some(Found { shape: shape.clone(), variable: true, in_filter }),
                    (None, Shape::Any | Shape::Context { open: true, .. }) => {
                        Some(Found { shape: Shape::Any, variable: true, in_filter })
                    }
                    // It may still be an entry of an item that nothing is known of.
                    (None, _) if in_filter => Some(Found { shape: Shape::Any, variable: false, in_filter }),
                    (None, _) => None,
                };
            }
            Frame::Bindings(bindings) => {
                if let Some((_, shape)) = bindings.iter().rfind(|(known, _)| *known == name) {
                    return Some(Found { shape: shape.clone(), variable: false, in_filter });
                }
            }
            Frame::Item(item) => {
                let shape = item.entry(name).or((name == "item").then_some(item));
                if let Some(shape) = shape {
                    return Some(Found { shape: shape.clone(), variable: false, in_filter });
                }
                in_filter |= matches!(item, Shape::Any | Shape::Context { open: true, .. });
            }
            Frame::Input => {
                if matches!(name, "cellInput" | "inputVariableName") {
                    return Some(Found { shape: Shape::Any, variable: false, in_filter });
                }
            }
        }
        next = scope.outer;
    }
    None
}

/// The names that can be seen, for hints.
fn visible(scope: &Scope<'_>) -> Vec<String> {
    let mut names = Vec::new();
    let mut next = Some(scope);
    while let Some(scope) = next {
        match scope.frame {
            Frame::Variables(Shape::Context { entries, .. }) | Frame::Item(Shape::Context { entries, .. }) => {
                names.extend(entries.iter().map(|(name, _)| name.clone()));
            }
            Frame::Bindings(bindings) => names.extend(bindings.iter().map(|(name, _)| (*name).to_owned())),
            Frame::Variables(_) | Frame::Item(_) | Frame::Input => {}
        }
        next = scope.outer;
    }
    names
}
