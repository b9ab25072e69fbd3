//! Variables, paths and filters.

use super::{
    Read, Shape,
    names::{Entry, Found},
    walk::Walk,
};
use crate::{
    span::Span,
    syntax::{Filter, FilterBy, Kind, Node, Step},
};

/// The longest path that is told whole.
const LONGEST: usize = 80;

impl<'e> Walk<'e> {
    pub(super) fn reference(&mut self, names: &'e [Span], span: Span) -> Shape {
        let Some((first, rest)) = names.split_first() else { return Shape::Null };
        let name = first.of(self.source);
        let Some(found) = self.names.find(name) else {
            self.unknown_variable(*first);
            return Shape::Any;
        };
        self.doubts += usize::from(found.in_filter);
        if found.variable {
            let path = names.iter().map(|name| name.of(self.source).to_owned()).collect();
            self.reads.push(Read { path, span, in_filter: found.in_filter });
        }
        let mut shape = found.shape;
        for name in rest {
            shape = self.entry(&shape, *name, Span::new(span.start(), name.start()));
        }
        shape
    }

    fn unknown_variable(&mut self, name: Span) {
        const MOST: usize = 1_000;
        if self.is_silent() {
            return;
        }
        let message = format!("there is no `{}` here", name.of(self.source));
        let known: Vec<String> = self.names.visible(MOST).into_iter().map(str::to_owned).collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        self.unknown(name, message, &known);
    }

    /// The entry of a shape; `of` is the text that leads to it.
    fn entry(&mut self, shape: &Shape, name_span: Span, of: Span) -> Shape {
        let name = name_span.of(self.source);
        match self.names.entry(shape, name) {
            Entry::Known(shape) => return shape,
            Entry::Possible => return Shape::Any,
            Entry::None => {}
        }
        let of = of.of(self.source).trim_end();
        // A name in backticks begins after the first of them.
        let of = of.strip_suffix('`').unwrap_or(of).trim_end().trim_end_matches('.').trim_end();
        let of = if of.len() > LONGEST { "" } else { of };
        match shape {
            Shape::Temporal => {}
            // No item at all: what is read of an empty list is an empty list.
            Shape::List(list) if *list.items() == Shape::Null => return Shape::list(Shape::Null),
            Shape::List(list) => {
                let nothing = Span::new(name_span.start(), name_span.start());
                return Shape::list(self.entry(list.items(), name_span, nothing));
            }
            Shape::Context(_) => {
                let message =
                    if of.is_empty() { format!("there is no `{name}`") } else { format!("`{of}` has no `{name}`") };
                self.unknown(name_span, message, &shape.names().collect::<Vec<_>>());
            }
            other => {
                let what = other.name();
                let message = if of.is_empty() {
                    format!("{what} has no `{name}`")
                } else {
                    format!("`{of}` is {what}, which has no `{name}`")
                };
                self.tell(name_span, message, None);
            }
        }
        Shape::Any
    }

    /// What follows a value; `start` is where the text that leads to it begins.
    pub(super) fn step(&mut self, start: usize, shape: &Shape, step: &'e Step) -> Shape {
        match step {
            Step::Path(name) => self.entry(shape, *name, Span::new(start, name.start())),
            Step::Filter(filter) => self.filter(shape, filter),
        }
    }

    fn filter(&mut self, shape: &Shape, filter: &'e Filter) -> Shape {
        let item = match shape {
            Shape::List(list) => list.items().clone(),
            _ => Shape::Any,
        };
        let outside = match filter.by {
            FilterBy::Either => self.outside(&filter.node),
            FilterBy::Position(_) | FilterBy::Item => Shape::Null,
        };
        let doubts = self.doubts;
        let verdict = self.within(|names| names.enter(item.clone()), |walk| walk.node(&filter.node));
        match (&filter.by, outside, verdict) {
            (FilterBy::Position(_), ..) => item,
            _ if is_verdict(&filter.node) => Shape::list(item),
            _ if self.doubts > doubts => Shape::Any,
            // Where the two differ, so does what the filter is.
            (_, Shape::Any, _) => Shape::Any,
            (_, Shape::Number, verdict) if verdict != Shape::Number => Shape::Any,
            // If it is null after all, there is no item, and nothing is read of it.
            (.., Shape::Number) => item,
            (.., Shape::Boolean) => Shape::list(item),
            _ => Shape::Any,
        }
    }

    /// What a filter gives where it is evaluated first, as far as that is told without walking through it once more.
    fn outside(&self, node: &'e Node) -> Shape {
        match &node.kind {
            Kind::Reference(names) => self.variable_outside(names),
            Kind::Number(_) => Shape::Number,
            _ if is_verdict(node) => Shape::Boolean,
            _ if stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.is_calculated(node)) => Shape::Number,
            _ => Shape::Any,
        }
    }

    /// Whether it is made of numbers that can be seen outside.
    fn is_calculated(&self, node: &'e Node) -> bool {
        let is_number = |node| self.outside(node) == Shape::Number;
        match &node.kind {
            Kind::Negation(operand) => is_number(operand),
            Kind::Sum(first, rest) => is_number(first) && rest.iter().all(|(_, node)| is_number(node)),
            Kind::Product(first, rest) => is_number(first) && rest.iter().all(|(_, node)| is_number(node)),
            _ => false,
        }
    }

    fn variable_outside(&self, names: &'e [Span]) -> Shape {
        let Some((first, rest)) = names.split_first() else { return Shape::Null };
        let Some(Found { mut shape, in_filter, .. }) = self.names.find(first.of(self.source)) else {
            return Shape::Null;
        };
        if in_filter {
            return Shape::Any;
        }
        for name in rest {
            let Entry::Known(entry) = self.names.entry(&shape, name.of(self.source)) else { return Shape::Any };
            shape = entry;
        }
        shape
    }
}

/// Whether it is true, false or null wherever it is evaluated.
fn is_verdict(node: &Node) -> bool {
    matches!(
        node.kind,
        Kind::Boolean(_)
            | Kind::Comparison(_)
            | Kind::Between(_)
            | Kind::InstanceOf(..)
            | Kind::In(_)
            | Kind::Conjunction(_)
            | Kind::Disjunction(_)
            | Kind::Quantified(..)
            | Kind::Test(_)
    )
}
