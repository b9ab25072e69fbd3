//! What an evaluation has used of its limits.

use std::time::{Duration, Instant};

use super::EvaluationErrorReason;
use crate::{
    limits::Limits,
    number::Number,
    span::Span,
    value::{Unwritable, Value, deeper},
};

/// Why an evaluation ends before its end.
#[derive(Debug)]
pub(crate) struct Stop(Box<(Option<Span>, EvaluationErrorReason)>);

impl Stop {
    pub(crate) fn at(span: Span, reason: EvaluationErrorReason) -> Stop {
        Stop(Box::new((Some(span), reason)))
    }

    /// Whether a limit was reached, so that nothing may go on.
    pub(crate) fn is_limit(&self) -> bool {
        !matches!(self.0.1, EvaluationErrorReason::Impossible(_))
    }

    fn limit(reason: EvaluationErrorReason) -> Stop {
        Stop(Box::new((None, reason)))
    }

    pub(crate) fn into_parts(self) -> (Option<Span>, EvaluationErrorReason) {
        *self.0
    }
}

/// Looks at the clock once in so many steps.
const STEPS_A_LOOK: u64 = 4_096;

pub(crate) struct Budget {
    steps: u64,
    step_limit: u64,
    next_look: u64,
    memory: usize,
    memory_limit: usize,
    depth: usize,
    depth_limit: usize,
    nesting_limit: usize,
    started: Option<Instant>,
    time_limit: Duration,
}

impl Budget {
    pub(crate) fn new(limits: &Limits) -> Budget {
        Budget {
            steps: 0,
            step_limit: limits.steps,
            next_look: STEPS_A_LOOK.min(limits.steps),
            memory: 0,
            memory_limit: limits.memory,
            depth: 0,
            depth_limit: limits.depth,
            nesting_limit: limits.nesting,
            // Most evaluations end before the clock is first looked at.
            started: None,
            time_limit: limits.time,
        }
    }

    #[inline]
    pub(crate) fn step(&mut self, count: u64) -> Result<(), Stop> {
        self.steps = self.steps.saturating_add(count);
        if self.steps < self.next_look { Ok(()) } else { self.look() }
    }

    #[cold]
    fn look(&mut self) -> Result<(), Stop> {
        if self.steps > self.step_limit {
            return Err(Stop::limit(EvaluationErrorReason::Steps(self.step_limit)));
        }
        self.next_look = self.steps.saturating_add(STEPS_A_LOOK).min(self.step_limit.saturating_add(1));
        let started = *self.started.get_or_insert_with(Instant::now);
        if started.elapsed() > self.time_limit {
            return Err(Stop::limit(EvaluationErrorReason::Time(self.time_limit)));
        }
        Ok(())
    }

    #[inline]
    pub(crate) fn allocate(&mut self, bytes: usize) -> Result<(), Stop> {
        self.memory = self.memory.saturating_add(bytes);
        if self.memory > self.memory_limit {
            return Err(Stop::limit(EvaluationErrorReason::Memory(self.memory_limit)));
        }
        Ok(())
    }

    /// Counts the digits of a long number; a short one takes no more than its value does.
    #[inline]
    pub(crate) fn allocate_number(&mut self, number: &Number) -> Result<(), Stop> {
        match number.written_length() {
            0..=16 => Ok(()),
            length => self.allocate(length),
        }
    }

    /// Counts the work of writing a value out, level by level.
    pub(crate) fn step_through(&mut self, value: &Value<'_>) -> Result<(), Stop> {
        match value {
            Value::Number(number) => self.step(number.own_effort()),
            Value::List(list) => {
                self.step(list.len() as u64)?;
                list.iter().try_for_each(|item| deeper(|| self.step_through(&item)))
            }
            Value::Context(context) => {
                self.step(context.len() as u64)?;
                context.names().try_for_each(|name| match context.get(name) {
                    Some(value) => deeper(|| self.step_through(&value)),
                    None => Ok(()),
                })
            }
            Value::Range(range) => {
                self.step_through(range.start().0)?;
                self.step_through(range.end().0)
            }
            _ => Ok(()),
        }
    }

    /// The bytes that may still be made.
    pub(crate) fn memory_left(&self) -> usize {
        self.memory_limit.saturating_sub(self.memory)
    }

    pub(crate) fn memory_error(&self) -> Stop {
        Stop::limit(EvaluationErrorReason::Memory(self.memory_limit))
    }

    #[inline]
    pub(crate) fn enter(&mut self) -> Result<(), Stop> {
        self.depth += 1;
        if self.depth > self.depth_limit {
            return Err(Stop::limit(EvaluationErrorReason::Depth(self.depth_limit)));
        }
        Ok(())
    }

    #[inline]
    pub(crate) fn leave(&mut self) {
        self.depth -= 1;
    }

    #[inline]
    pub(crate) fn depth(&self) -> usize {
        self.depth
    }

    /// Checks how deep lists and contexts are nested in a value.
    #[inline]
    pub(crate) fn check_nesting(&self, depth: usize) -> Result<(), Stop> {
        if depth > self.nesting_limit {
            return Err(Stop::limit(EvaluationErrorReason::Nesting(self.nesting_limit)));
        }
        Ok(())
    }

    /// Checks that a value can leave the evaluation; what is shared in it counts each time.
    pub(crate) fn check_result(&self, value: &Value<'_>) -> Result<(), Stop> {
        value.measure(&mut { self.memory_limit }).map_err(|unwritable| match unwritable {
            Unwritable::TooLarge => self.memory_error(),
            Unwritable::Range => {
                let message = "a range cannot leave an expression: there is no JSON for it".to_owned();
                Stop::limit(EvaluationErrorReason::Impossible(message))
            }
        })
    }

    pub(crate) fn steps(&self) -> u64 {
        self.steps
    }

    pub(crate) fn memory(&self) -> usize {
        self.memory
    }
}
