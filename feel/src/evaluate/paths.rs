//! Variables, paths and filters.

use super::{Evaluator, Frame, Outcome, Scope, WarningKind, a, or_null};
use crate::{
    nearest::nearest,
    number::{Number, Rounding},
    span::Span,
    syntax::{Filter, FilterBy, Kind, Node, Step},
    temporal::{Property, Temporal},
    value::{List, Value, ValueRef, deeper},
};

impl<'a> Evaluator<'_, 'a> {
    #[inline(never)]
    pub(super) fn reference(&mut self, names: &'a [Span], scope: &Scope<'_, 'a>) -> Outcome<'a> {
        let Some((found, rest)) = self.follow(names, scope) else {
            self.no_variable(names, scope);
            return Ok(Value::Null);
        };
        let mut value = found.value();
        for name in rest {
            let next = self.path(&value, *name, names.first().map_or(0, |first| first.start()))?;
            if is_dead_end(&value, name.of(self.source), &next) {
                return Ok(next);
            }
            value = next;
        }
        Ok(value)
    }

    /// Where a path leads as far as it goes through contexts, and the names that are left; none without the variable.
    #[expect(clippy::inline_always, reason = "3 % of an evaluation with filters")]
    #[inline(always)]
    fn follow<'s>(&self, names: &'a [Span], scope: &Scope<'s, 'a>) -> Option<(ValueRef<'s, 'a>, &'a [Span])> {
        let (first, mut rest) = names.split_first()?;
        let mut found = scope.variable(first.of(self.source))?;
        while let Some((name, further)) = rest.split_first()
            && let Some(entry) = found.entry(name.of(self.source))
        {
            (found, rest) = (entry, further);
        }
        Some((found, rest))
    }

    /// The string that a literal or a path gives, where it stands.
    #[inline]
    pub(super) fn string<'s>(&self, node: &'a Node, scope: &Scope<'s, 'a>) -> Option<&'s str> {
        match &node.kind {
            Kind::Text(text) => Some(text.of(self.source)),
            Kind::Reference(names) => match self.follow(names, scope)? {
                (found, []) => found.text(),
                _ => None,
            },
            _ => None,
        }
    }

    fn no_variable(&mut self, names: &'a [Span], scope: &Scope<'_, 'a>) {
        let Some(span) = names.first() else { return };
        let name = span.of(self.source);
        self.warn(WarningKind::NoVariableFound, *span, || {
            let known = scope.variable_names();
            match nearest(name, known.iter().map(String::as_str)) {
                Some(meant) => format!("there is no variable `{name}`: did you mean `{meant}`?"),
                None => format!("there is no variable `{name}`"),
            }
        });
    }

    pub(super) fn chain(
        &mut self,
        operand: &'a Node,
        steps: &'a [Step],
        start: usize,
        scope: &Scope<'_, 'a>,
    ) -> Outcome<'a> {
        let mut value = self.evaluate(operand, scope)?;
        for step in steps {
            self.budget.step(1)?;
            value = match (step, value) {
                (Step::Path(_), error @ Value::Error(_)) => error,
                (Step::Path(name), value) => {
                    let next = self.path(&value, *name, start)?;
                    if is_dead_end(&value, name.of(self.source), &next) {
                        return Ok(next);
                    }
                    next
                }
                (Step::Filter(_), Value::Error(error)) => or_null(Value::Error(error)),
                (Step::Filter(filter), Value::List(list)) => or_null(self.filter(&list, filter, scope)?),
                (Step::Filter(filter), other) => {
                    self.warn(WarningKind::InvalidType, filter.span, || {
                        format!("only a list can be filtered, not {}", a(&other))
                    });
                    Value::Null
                }
            };
        }
        Ok(value)
    }

    /// The entry or property of this name; of a list, those of its items.
    fn path(&mut self, value: &Value<'a>, name_span: Span, start: usize) -> Outcome<'a> {
        let source = self.source;
        let name = name_span.of(source);
        match value {
            Value::Context(context) => {
                if let Some(entry) = context.get(name) {
                    return Ok(entry);
                }
                self.warn(WarningKind::NoContextEntryFound, name_span, || match nearest(name, context.names()) {
                    Some(meant) => {
                        format!("`{}` is missing: did you mean `{meant}`?", path_text(source, start, name_span))
                    }
                    None => format!("`{}` is missing", path_text(source, start, name_span)),
                });
                Ok(Value::Null)
            }
            Value::List(list) => {
                let mut entries = Vec::with_capacity(list.len());
                for item in list.references() {
                    self.budget.step(1)?;
                    entries.push(match item.entry(name) {
                        Some(entry) => entry.value(),
                        None => deeper(|| self.path(&item.value(), name_span, start))?,
                    });
                }
                self.list(entries)
            }
            Value::Null => {
                self.warn(WarningKind::NoContextEntryFound, name_span, || {
                    format!("`{}` is missing: what should hold it is null", path_text(source, start, name_span))
                });
                Ok(Value::Null)
            }
            Value::Error(_) => Ok(value.clone()),
            Value::Temporal(temporal) if temporal.property(name).is_some() => {
                Ok(temporal.property(name).map_or(Value::Null, property))
            }
            other => {
                self.warn(WarningKind::NoPropertyFound, name_span, || format!("{} has no `{name}`", a(other)));
                Ok(Value::Null)
            }
        }
    }

    fn filter(&mut self, list: &List<'a>, filter: &'a Filter, scope: &Scope<'_, 'a>) -> Outcome<'a> {
        match &filter.by {
            FilterBy::Position(position) => Ok(at_position(list, position)),
            FilterBy::Item => self.filter_items(list, &filter.node, scope),
            FilterBy::Either => match self.muted(|evaluator| evaluator.evaluate(&filter.node, scope))? {
                Value::Number(position) => Ok(at_position(list, &position)),
                _ => self.filter_items(list, &filter.node, scope),
            },
        }
    }

    /// The items for which the filter is true; if the first item gives a number, the item at that position.
    fn filter_items(&mut self, list: &List<'a>, node: &'a Node, scope: &Scope<'_, 'a>) -> Outcome<'a> {
        let mut kept = Vec::with_capacity(list.len().min(16));
        for (index, item) in list.references().enumerate() {
            let verdict = self.evaluate(node, &scope.with(Frame::Item(item)))?;
            match verdict {
                Value::Number(position) if index == 0 => return Ok(at_position(list, &position)),
                Value::Boolean(true) => {
                    let item = item.value();
                    if index == 0 || !is_underscore(&item) {
                        kept.push(item);
                    }
                }
                Value::Error(_) => return Ok(verdict),
                _ => {}
            }
        }
        self.list(kept)
    }
}

/// The text of a path up to this name, or the name alone where that would be long.
fn path_text(source: &str, start: usize, name: Span) -> &str {
    const LONGEST: usize = 60;
    let path = Span::new(start, name.end()).of(source);
    if path.len() > LONGEST || path.contains(['\n', '[', '(', '{']) { name.of(source) } else { path }
}

/// Whether a path ends in null because something is missing: that is told once, and all further steps give null too.
fn is_dead_end(value: &Value<'_>, name: &str, next: &Value<'_>) -> bool {
    match (next, value) {
        (Value::Null, Value::Context(context)) => context.get(name).is_none(),
        (Value::Null, Value::Temporal(temporal)) => temporal.property(name).is_none(),
        (Value::Null, _) => true,
        _ => false,
    }
}

/// feel-scala marks what is filtered out by this string, and so loses items that are it.
fn is_underscore(item: &Value<'_>) -> bool {
    matches!(item, Value::Text(text) if text.as_str() == "_")
}

/// The item at a position: from 1 on, or from -1 backwards. One between two items, such as 1.5, is that of the first.
fn at_position<'a>(list: &List<'a>, position: &Number) -> Value<'a> {
    let length = Number::from(list.len());
    let index = if position.signum() > 0 { position.subtract(&Number::ONE) } else { length.add(position) };
    index
        .ok()
        .filter(|index| index.signum() >= 0 && *index < length)
        .and_then(|index| index.set_scale(0, Rounding::Down).ok()?.to_i64_exact())
        .and_then(|index| list.get(usize::try_from(index).ok()?))
        .unwrap_or(Value::Null)
}

fn property<'a>(property: Property) -> Value<'a> {
    match property {
        Property::Number(number) => Value::Number(Number::from(number)),
        Property::Duration(duration) => Value::temporal(Temporal::DaysTime(duration)),
        Property::Text(text) => Value::text(text),
        Property::Null => Value::Null,
    }
}
