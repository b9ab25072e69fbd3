//! The walk over an expression that finds its reads, its mistakes and its shape.
//!
//! Each part is visited once. What is not linear in that, such as looking through the entries of contexts, has a budget:
//! beyond it anything may be, so that nothing more is told, but for the reads, which are always complete.

use super::{
    Analysis, Diagnostic, Read, Shape,
    combine::{How, combine},
    names::Names,
};
use crate::{
    Engine, Expression,
    nearest::nearest,
    span::Span,
    syntax::{Iteration, IterationSource, Kind, Node, Range, Step, Test},
};

pub(super) fn analyze<'e>(expression: &'e Expression, variables: &'e Shape, engine: &'e Engine) -> Analysis {
    /// How many names are compared with those that may have been meant.
    const HINTS: usize = 10_000;
    let mut walk = Walk {
        source: expression.source(),
        engine,
        names: Names::new(variables),
        reads: Vec::new(),
        doubts: 0,
        diagnostics: Vec::new(),
        quiet: false,
        hints: HINTS,
    };
    let root = expression.root();
    let shape = walk.node(root);
    Analysis { reads: walk.reads, diagnostics: walk.diagnostics, shape, span: root.span }
}

pub(super) struct Walk<'e> {
    pub(super) source: &'e str,
    pub(super) engine: &'e Engine,
    pub(super) names: Names<'e>,
    pub(super) reads: Vec<Read>,
    /// How many names may have been entries of an item of which too little is known.
    pub(super) doubts: usize,
    diagnostics: Vec<Diagnostic>,
    /// Whether what is missing may be missing.
    quiet: bool,
    /// How many more names are compared.
    hints: usize,
}

impl<'e> Walk<'e> {
    pub(super) fn node(&mut self, node: &'e Node) -> Shape {
        // As deep as the parser let it be nested.
        stacker::maybe_grow(128 * 1024, 1024 * 1024, || self.kind(node))
    }

    /// Walks through what may be missing: each name of a path, but not what its filters read.
    pub(super) fn asked(&mut self, node: &'e Node) -> Shape {
        match &node.kind {
            Kind::Reference(names) => self.quietly(|walk| walk.reference(names, node.span)),
            Kind::Chain(operand, steps) => stacker::maybe_grow(128 * 1024, 1024 * 1024, || {
                let operand = self.asked(operand);
                steps.iter().fold(operand, |shape, step| match step {
                    Step::Path(_) => self.quietly(|walk| walk.step(node.span.start(), &shape, step)),
                    Step::Filter(_) => self.step(node.span.start(), &shape, step),
                })
            }),
            Kind::Call(call) => stacker::maybe_grow(128 * 1024, 1024 * 1024, || self.call(call, true)),
            _ => self.node(node),
        }
    }

    fn kind(&mut self, node: &'e Node) -> Shape {
        match &node.kind {
            Kind::Null => Shape::Null,
            Kind::Input => Shape::Any,
            Kind::Boolean(_) => Shape::Boolean,
            Kind::Number(_) => Shape::Number,
            Kind::Text(_) => Shape::Text,
            Kind::Temporal(_) => Shape::Temporal,
            Kind::Reference(names) => self.reference(names, node.span),
            Kind::List(items) => {
                let mut all = Shape::Null;
                for item in items {
                    let item = self.node(item);
                    all = self.either(all, item);
                }
                Shape::list(all)
            }
            Kind::Context(entries) => self.context(entries),
            Kind::Range(range) => self.range(range, Shape::Range),
            Kind::Chain(operand, steps) => {
                let operand = self.node(operand);
                // The operand's own place leaves out its parentheses.
                steps.iter().fold(operand, |shape, step| self.step(node.span.start(), &shape, step))
            }
            Kind::Sum(first, rest) => {
                let first = self.node(first);
                rest.iter().fold(first, |shape, (_, node)| arithmetic(shape, &self.node(node)))
            }
            Kind::Product(first, rest) => {
                let first = self.node(first);
                rest.iter().fold(first, |shape, (_, node)| arithmetic(shape, &self.node(node)))
            }
            Kind::Power(first, rest) => self.all([&**first].into_iter().chain(rest), Shape::Number),
            Kind::Negation(operand) => match self.node(operand) {
                shape @ (Shape::Number | Shape::Temporal) => shape,
                _ => Shape::Any,
            },
            Kind::Comparison(parts) => self.all([&parts.0, &parts.2], Shape::Boolean),
            Kind::Between(parts) => self.all([&parts.0, &parts.1, &parts.2], Shape::Boolean),
            Kind::InstanceOf(operand, _) => self.all([&**operand], Shape::Boolean),
            Kind::In(parts) => {
                self.node(&parts.0);
                self.within(Names::enter_test, |walk| walk.node(&parts.1));
                Shape::Boolean
            }
            Kind::Conjunction(operands) | Kind::Disjunction(operands) => self.all(operands, Shape::Boolean),
            Kind::If(parts) => {
                self.node(&parts.0);
                let (then, otherwise) = (self.node(&parts.1), self.node(&parts.2));
                self.either(then, otherwise)
            }
            Kind::For(iteration) => Shape::list(self.iteration(iteration)),
            Kind::Quantified(_, iteration) => {
                self.iteration(iteration);
                Shape::Boolean
            }
            Kind::Call(call) => self.call(call, false),
            Kind::Function(definition) => {
                let bind = |names: &mut Names<'e>, source: &'e str| {
                    for name in &definition.parameters {
                        names.bind(name.of(source), Shape::Any);
                    }
                };
                let source = self.source;
                self.within(|names| bind(names, source), |walk| walk.node(&definition.body));
                Shape::Function
            }
            Kind::Test(test) => self.test(test),
        }
    }

    /// Walks with further names.
    pub(super) fn within<T>(&mut self, enter: impl FnOnce(&mut Names<'e>), walk: impl FnOnce(&mut Self) -> T) -> T {
        self.names.open();
        enter(&mut self.names);
        let result = walk(self);
        self.names.close();
        result
    }

    pub(super) fn either(&self, one: Shape, other: Shape) -> Shape {
        self.names.spending(|budget| combine(one, other, How::Either, budget))
    }

    pub(super) fn all(&mut self, nodes: impl IntoIterator<Item = &'e Node>, shape: Shape) -> Shape {
        for node in nodes {
            self.node(node);
        }
        shape
    }

    fn range(&mut self, range: &'e Range, shape: Shape) -> Shape {
        self.all([&range.start.value, &range.end.value], shape)
    }

    fn test(&mut self, test: &'e Test) -> Shape {
        match test {
            Test::Boolean(_) => Shape::Boolean,
            Test::Comparison(_, node) | Test::Expression(node) | Test::Not(node) => self.all([node], Shape::Boolean),
            Test::InRange(range) => self.range(range, Shape::Boolean),
            Test::Any(tests) => self.all(tests, Shape::Boolean),
        }
    }

    fn context(&mut self, nodes: &'e [(Span, Node)]) -> Shape {
        let mut entries = Vec::with_capacity(nodes.len());
        self.within(
            |_| {},
            |walk| {
                for (key, node) in nodes {
                    let name = key.of(walk.source);
                    let shape = match (walk.node(node), &node.kind) {
                        // A context has its functions beside its values, which they do not hide.
                        (_, Kind::Function(_)) => {
                            walk.names.define(name);
                            continue;
                        }
                        // Perhaps null, perhaps a function.
                        (Shape::Function, _) => Shape::Any,
                        (shape, _) => shape,
                    };
                    walk.names.bind(name, shape.clone());
                    entries.push((name, shape));
                }
            },
        );
        Shape::context(entries)
    }

    fn iteration(&mut self, iteration: &'e Iteration) -> Shape {
        let mut bindings = Vec::with_capacity(iteration.iterators.len() + 1);
        for iterator in &iteration.iterators {
            let item = match &iterator.source {
                IterationSource::List(node) => match self.node(node) {
                    Shape::List(list) => list.items().clone(),
                    _ => Shape::Any,
                },
                IterationSource::Numbers(ends) => self.all([&ends.0, &ends.1], Shape::Number),
            };
            bindings.push((iterator.name.of(self.source), item));
        }
        // It hides an iterator of its name.
        bindings.push(("partial", Shape::list(Shape::Any)));
        let bind = |names: &mut Names<'e>| bindings.into_iter().for_each(|(name, shape)| names.bind(name, shape));
        self.within(bind, |walk| walk.node(&iteration.body))
    }

    // ----- what is told -----

    /// Whether no more is told.
    pub(super) fn is_silent(&self) -> bool {
        self.quiet || self.diagnostics.len() >= Diagnostic::MOST
    }

    fn quietly<T>(&mut self, walk: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.quiet, true);
        let result = walk(self);
        self.quiet = before;
        result
    }

    /// Tells of something, unless there is too much of that already.
    pub(super) fn tell(&mut self, span: Span, message: String, suggestion: Option<String>) {
        if !self.is_silent() {
            self.diagnostics.push(Diagnostic { span, message, suggestion });
        }
    }

    /// The known name that was probably meant.
    pub(super) fn meant<'n>(&mut self, name: &str, known: impl Iterator<Item = &'n str>) -> Option<String> {
        let mut compared = 0;
        let suggestion = nearest(name, known.take(self.hints).inspect(|_| compared += 1));
        self.hints -= compared;
        suggestion
    }

    /// Tells of an unknown name, with the known one that was probably meant, or else with those that there are.
    pub(super) fn unknown(&mut self, span: Span, mut message: String, known: &[&str]) {
        const FEW: usize = 12;
        const SHORT: usize = 100;
        if self.is_silent() {
            return;
        }
        let suggestion = self.meant(span.of(self.source), known.iter().copied());
        let tellable = (1..=FEW).contains(&known.len()) && known.iter().all(|name| name.len() <= SHORT);
        if suggestion.is_none() && tellable {
            let names: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
            message = format!("{message}; there is {}", names.join(", "));
        }
        self.tell(span, message, suggestion);
    }
}

fn arithmetic(left: Shape, right: &Shape) -> Shape {
    match (&left, right) {
        (Shape::Number, Shape::Number) | (Shape::Text, Shape::Text) => left,
        _ => Shape::Any,
    }
}
