//! Variables, paths and filters.

use super::{Read, Shape, names::Entry, walk::Walk};
use crate::{
    span::Span,
    syntax::{Filter, FilterBy, Node, Step},
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
        if self.is_full() {
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

    /// The operand may stand in parentheses, which are before it: `start` is where the chain begins.
    pub(super) fn chain(&mut self, start: usize, operand: &'e Node, steps: &'e [Step]) -> Shape {
        let mut shape = self.node(operand);
        for step in steps {
            shape = match step {
                Step::Path(name) => self.entry(&shape, *name, Span::new(start, name.start())),
                Step::Filter(filter) => self.filter(&shape, filter),
            };
        }
        shape
    }

    fn filter(&mut self, shape: &Shape, filter: &'e Filter) -> Shape {
        let item = match shape {
            Shape::List(list) => list.items().clone(),
            _ => Shape::Any,
        };
        let verdict = self.within(|names| names.enter(item.clone()), |walk| walk.node(&filter.node));
        match (&filter.by, verdict) {
            (FilterBy::Position(_), _) | (_, Shape::Number) => item,
            (_, Shape::Boolean) => Shape::list(item),
            _ => Shape::Any,
        }
    }
}
