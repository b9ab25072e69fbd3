//! `for`, `some` and `every`.

use std::sync::Arc;

use super::{Evaluator, Frame, Outcome, Scope, Stop, WarningKind, a, no_number};
use crate::{
    number::{Number, Rounding},
    syntax::{Iteration, IterationSource, Node},
    value::{Items, List, Value},
};

/// What an iterator goes over.
enum Source<'a> {
    List(List<'a>),
    Numbers { first: Number, count: u64, descending: bool },
}

impl<'a> Source<'a> {
    fn len(&self) -> u64 {
        match self {
            Source::List(list) => list.len() as u64,
            Source::Numbers { count, .. } => *count,
        }
    }

    #[inline]
    fn get(&self, index: u64) -> Option<Value<'a>> {
        match self {
            Source::List(list) => list.get(usize::try_from(index).ok()?),
            Source::Numbers { first, count, descending } => {
                let distance = (index < *count).then(|| Number::from(index))?;
                let number = if *descending { first.subtract(&distance) } else { first.add(&distance) };
                Some(number.map_or(Value::Null, Value::Number))
            }
        }
    }
}

/// The combinations of what several iterators go over, the last one turning fastest.
struct Combinations<'a> {
    /// What each goes over, and how far it is.
    sources: Vec<(Source<'a>, u64)>,
    bindings: Vec<(&'a str, Value<'a>)>,
    done: bool,
}

impl<'a> Combinations<'a> {
    fn new(sources: Vec<(&'a str, Source<'a>)>) -> Combinations<'a> {
        let first = |(name, source): &(&'a str, Source<'a>)| source.get(0).map(|value| (*name, value));
        let bindings: Option<Vec<_>> = sources.iter().map(first).collect();
        let done = bindings.is_none();
        let sources = sources.into_iter().map(|(_, source)| (source, 0)).collect();
        Combinations { sources, bindings: bindings.unwrap_or_default(), done }
    }

    #[inline]
    fn advance(&mut self) {
        let mut index = self.sources.len();
        while index > 0
            && let Some((source, place)) = self.sources.get_mut(index - 1)
            && let Some((_, value)) = self.bindings.get_mut(index - 1)
        {
            *place += 1;
            if let Some(next) = source.get(*place) {
                *value = next;
                return;
            }
            *place = 0;
            if let Some(first) = source.get(0) {
                *value = first;
            }
            index -= 1;
        }
        self.done = true;
    }

    fn count(&self) -> u64 {
        self.sources.iter().fold(1, |count: u64, (source, _)| count.saturating_mul(source.len()))
    }
}

impl<'a> Evaluator<'_, 'a> {
    pub(super) fn for_each(&mut self, iteration: &'a Iteration, scope: &Scope<'_, 'a>) -> Outcome<'a> {
        let mut combinations = match self.combinations(iteration, scope)? {
            Ok(combinations) => combinations,
            Err(value) => return Ok(value),
        };
        if iteration.reads_partial {
            return self.for_each_with_partial(&iteration.body, combinations, scope);
        }
        // Only a hint: what is really made is charged as it grows.
        let mut results = Vec::with_capacity(usize::try_from(combinations.count()).unwrap_or(usize::MAX).min(1024));
        while !combinations.done {
            results.push(self.evaluate(&iteration.body, &scope.with(Frame::Bindings(&combinations.bindings)))?);
            self.budget.allocate(size_of::<Value<'_>>())?;
            combinations.advance();
        }
        self.list(results)
    }

    /// As [`Evaluator::for_each`], and the body sees the results so far as `partial`.
    fn for_each_with_partial(
        &mut self,
        body: &'a Node,
        mut combinations: Combinations<'a>,
        scope: &Scope<'_, 'a>,
    ) -> Outcome<'a> {
        let mut partial = Arc::new(Items::new(Vec::new()));
        while !combinations.done {
            let value = {
                let seen = [("partial", Value::List(List::Shared(partial.clone())))];
                let outer = scope.with(Frame::Bindings(&combinations.bindings));
                self.evaluate(body, &outer.with(Frame::Bindings(&seen)))?
            };
            self.budget.allocate(size_of::<Value<'_>>())?;
            let depth = value.depth() + 1;
            self.budget.check_nesting(depth)?;
            if let Some(items) = Arc::get_mut(&mut partial) {
                items.values.push(value);
                items.depth = items.depth.max(depth);
            } else {
                // A result holds the list so far: it must stay as it is.
                self.budget.allocate(partial.values.len().saturating_mul(size_of::<Value<'_>>()))?;
                self.budget.step(partial.values.len() as u64)?;
                let mut values = partial.values.clone();
                values.push(value);
                partial = Arc::new(Items { values, depth: partial.depth.max(depth) });
            }
            combinations.advance();
        }
        Ok(Value::List(List::Shared(partial)))
    }

    pub(super) fn some(&mut self, iteration: &'a Iteration, scope: &Scope<'_, 'a>) -> Outcome<'a> {
        let mut combinations = match self.combinations(iteration, scope)? {
            Ok(combinations) => combinations,
            Err(value) => return Ok(value),
        };
        let mut result = Value::Boolean(false);
        while !combinations.done {
            let value = self.evaluate(&iteration.body, &scope.with(Frame::Bindings(&combinations.bindings)))?;
            result = self.disjoin(result, &value, iteration.body.span);
            if matches!(result, Value::Boolean(true) | Value::Error(_)) {
                break;
            }
            combinations.advance();
        }
        Ok(result)
    }

    pub(super) fn every(&mut self, iteration: &'a Iteration, scope: &Scope<'_, 'a>) -> Outcome<'a> {
        let mut combinations = match self.combinations(iteration, scope)? {
            Ok(combinations) => combinations,
            Err(value) => return Ok(value),
        };
        let mut result = Value::Boolean(true);
        while !combinations.done {
            let value = self.evaluate(&iteration.body, &scope.with(Frame::Bindings(&combinations.bindings)))?;
            result = self.conjoin(result, &value, iteration.body.span);
            if matches!(result, Value::Boolean(false) | Value::Error(_)) {
                break;
            }
            combinations.advance();
        }
        Ok(result)
    }

    /// What the iterators go over; null, with a warning, if one of them has no list.
    fn combinations(
        &mut self,
        iteration: &'a Iteration,
        scope: &Scope<'_, 'a>,
    ) -> Result<Result<Combinations<'a>, Value<'a>>, Stop> {
        let mut sources = Vec::with_capacity(iteration.iterators.len());
        let mut failure = None;
        for iterator in &iteration.iterators {
            let source = match &iterator.source {
                IterationSource::List(node) => match self.evaluate(node, scope)? {
                    Value::List(list) => Some(Source::List(list)),
                    Value::Error(error) => {
                        failure.get_or_insert(if error.fatal { Value::Error(error) } else { Value::Null });
                        None
                    }
                    other => {
                        self.warn(WarningKind::InvalidType, node.span, || {
                            format!("an iteration goes over a list, not over {}", a(&other))
                        });
                        None
                    }
                },
                IterationSource::Numbers(ends) => self.numbers(&ends.0, &ends.1, scope)?,
            };
            match source {
                Some(source) => sources.push((iterator.name.of(self.source), source)),
                None => {
                    failure.get_or_insert(Value::Null);
                }
            }
        }
        Ok(match failure {
            Some(failure) => Err(failure),
            None => Ok(Combinations::new(sources)),
        })
    }

    fn numbers(&mut self, start: &'a Node, end: &'a Node, scope: &Scope<'_, 'a>) -> Result<Option<Source<'a>>, Stop> {
        let first = self.evaluate(start, scope)?;
        let last = self.evaluate(end, scope)?;
        let (Value::Number(first), Value::Number(last)) = (&first, &last) else {
            let (node, other) = if matches!(first, Value::Number(_)) { (end, &last) } else { (start, &first) };
            if !matches!(other, Value::Error(_)) {
                self.warn(WarningKind::InvalidType, node.span, || {
                    format!("an iteration goes from number to number, but this is {}", a(other))
                });
            }
            return Ok(None);
        };
        let descending = first >= last;
        let distance = if descending { first.subtract(last) } else { last.subtract(first) };
        let count = distance
            .map_err(|error| no_number(start.span, error))?
            .set_scale(0, Rounding::Floor)
            .ok()
            .and_then(|whole| whole.to_i64_exact())
            .and_then(|whole| u64::try_from(whole).ok())
            .map_or(u64::MAX, |whole| whole.saturating_add(1));
        Ok(Some(Source::Numbers { first: first.clone(), count, descending }))
    }
}
