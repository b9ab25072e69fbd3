//! The engine for all patterns: it goes through the choices of a match in Java's order, with a count of its steps.
//!
//! What Java matches as a whole (look-around, atomic groups, repeated groups that can match in one way only) runs as an
//! inner match here too. Its choices are dropped with its end, and with them the groups' former values: Java does not put
//! those back either.

use super::ast::Fold;
use super::program::{Op, Program};
use super::text::{char_before, holds, width_at};
use super::{grapheme, set};

/// The budget is used up.
#[derive(Debug)]
pub(super) struct Spent;

/// How many choices may be open at once.
const MAX_OPEN: usize = 1 << 20;

/// A start or an end that is not there.
pub(super) const UNSET: u32 = u32::MAX;

/// Where a group starts and ends.
pub(super) type Span = (u32, u32);

#[derive(Debug, Clone, Copy)]
pub(super) enum Frame {
    /// Go on at an operation.
    Choice {
        pc: u32,
        at: u32,
    },
    /// Give back one character of a run that may shrink to `low`.
    Shrink {
        pc: u32,
        low: u32,
        at: u32,
    },
    /// Take one more turn of a lazy run or body.
    Grow {
        pc: u32,
        at: u32,
        count: u32,
    },
    /// Leave a repeated group after a turn; `seal` where that turn was not one of those it must take.
    Leave {
        pc: u32,
        at: u32,
        seal: bool,
    },
    /// What a group is set to once the match is complete.
    Seal {
        index: u32,
        span: Span,
    },
    /// Put a former value back.
    Local {
        index: u32,
        old: u32,
    },
    Group {
        index: u32,
        old: Span,
    },
}

/// What one operation leads to.
pub(super) enum Step {
    To(usize, usize),
    Fail,
    Done,
}

pub(super) struct Machine<'p, 't> {
    pub(super) program: &'p Program,
    pub(super) text: &'t str,
    /// The groups of the last match from number 1.
    pub(super) groups: Vec<Span>,
    locals: Vec<u32>,
    stack: Vec<Frame>,
    fuel: u64,
    last_end: usize,
    /// Where the innermost look-behind has to end.
    goal: usize,
}

/// Positions fit, since no engine starts on a text of 4 GiB.
#[expect(clippy::cast_possible_truncation, reason = "checked where a search starts")]
pub(super) fn short(at: usize) -> u32 {
    at as u32
}

impl<'p, 't> Machine<'p, 't> {
    pub(super) fn new(program: &'p Program, groups: usize, text: &'t str, fuel: u64) -> Self {
        Self {
            program,
            text,
            groups: vec![(UNSET, UNSET); groups],
            locals: vec![0; program.locals],
            stack: Vec::new(),
            fuel,
            last_end: 0,
            goal: 0,
        }
    }

    /// The first match from `from` on.
    pub(super) fn find(&mut self, from: usize, last_end: usize) -> Result<Option<(usize, usize)>, Spent> {
        self.last_end = last_end;
        self.spend(self.groups.len() / 8)?;
        self.groups.fill((UNSET, UNSET));
        let starts = &self.program.starts;
        let mut at = from;
        loop {
            if let Some(first) = starts.first {
                let rest = self.text.as_bytes().get(at..).unwrap_or_default();
                let fits = |byte: &u8| if byte.is_ascii() { first.ascii >> *byte & 1 == 1 } else { first.beyond };
                match rest.iter().position(fits) {
                    Some(skipped) => at += skipped,
                    None => return Ok(None),
                }
            }
            // A continuation byte is no place to start.
            if self.text.is_char_boundary(at) {
                if starts.anchored && at > 0 {
                    return Ok(None);
                }
                self.stack.clear();
                if let Some(end) = self.run(0, at)? {
                    return Ok(Some((at, end)));
                }
            }
            at += 1;
            if at > self.text.len() {
                return Ok(None);
            }
        }
    }

    /// The steps that are left.
    pub(super) fn fuel(&self) -> u64 {
        self.fuel
    }

    pub(super) fn refuel(&mut self, fuel: u64) {
        self.fuel = fuel;
    }

    pub(super) fn spend(&mut self, steps: usize) -> Result<(), Spent> {
        self.fuel = self.fuel.checked_sub(steps as u64).ok_or(Spent)?;
        Ok(())
    }

    pub(super) fn push(&mut self, frame: Frame) -> Result<(), Spent> {
        if self.stack.len() >= MAX_OPEN {
            return Err(Spent);
        }
        self.stack.push(frame);
        Ok(())
    }

    /// Sets where the innermost look-behind has to end; where the one around it has to.
    pub(super) fn aim(&mut self, goal: usize) -> usize {
        std::mem::replace(&mut self.goal, goal)
    }

    pub(super) fn choice(&mut self, pc: usize, at: usize) -> Result<(), Spent> {
        self.push(Frame::Choice { pc: short(pc), at: short(at) })
    }

    fn local(&self, index: usize) -> u32 {
        self.locals.get(index).copied().unwrap_or_default()
    }

    pub(super) fn set_local(&mut self, index: usize, value: u32) -> Result<(), Spent> {
        if let Some(local) = self.locals.get_mut(index) {
            let old = std::mem::replace(local, value);
            self.push(Frame::Local { index: short(index), old })?;
        }
        Ok(())
    }

    pub(super) fn set_group(&mut self, number: usize, span: Span) -> Result<(), Spent> {
        let index = number.wrapping_sub(1);
        if let Some(group) = self.groups.get_mut(index) {
            let old = std::mem::replace(group, span);
            self.push(Frame::Group { index: short(index), old })?;
        }
        Ok(())
    }

    /// Runs from an operation to the end of its body; the end of the match. Choices inside are dropped.
    pub(super) fn run(&mut self, pc: usize, at: usize) -> Result<Option<usize>, Spent> {
        let base = self.stack.len();
        let (mut pc, mut at) = (pc, at);
        loop {
            self.spend(1)?;
            match self.step(pc, at)? {
                Step::To(next, place) => (pc, at) = (next, place),
                Step::Done => {
                    self.close(base);
                    return Ok(Some(at));
                }
                Step::Fail => match self.resume(base)? {
                    Some((next, place)) => (pc, at) = (next, place),
                    None => return Ok(None),
                },
            }
        }
    }

    /// Drops what is above `base` with the end of a match.
    fn close(&mut self, base: usize) {
        // Java sets a repeated group once more on its way back from the end, so that its first pass has the last word.
        if self.program.seals {
            for frame in self.stack.iter().skip(base).rev() {
                if let Frame::Seal { index, span } = frame
                    && let Some(group) = self.groups.get_mut(*index as usize)
                {
                    *group = *span;
                }
            }
        }
        self.stack.truncate(base);
    }

    /// Notes that a match sets the group to what it is now.
    pub(super) fn seal(&mut self, group: usize) -> Result<(), Spent> {
        let index = group.wrapping_sub(1);
        match self.groups.get(index) {
            Some(&span) => self.push(Frame::Seal { index: short(index), span }),
            None => Ok(()),
        }
    }

    /// Goes back to the latest choice above `base`.
    fn resume(&mut self, base: usize) -> Result<Option<(usize, usize)>, Spent> {
        while self.stack.len() > base {
            match self.stack.pop() {
                None | Some(Frame::Seal { .. }) => {}
                Some(Frame::Leave { pc, at, seal }) => {
                    if let Some(Op::Iterate { group, end, .. }) = self.program.ops.get(pc as usize) {
                        if let (true, Some(group)) = (seal, group) {
                            self.seal(*group)?;
                        }
                        return Ok(Some((*end, at as usize)));
                    }
                }
                Some(Frame::Choice { pc, at }) => return Ok(Some((pc as usize, at as usize))),
                Some(Frame::Local { index, old }) => {
                    if let Some(local) = self.locals.get_mut(index as usize) {
                        *local = old;
                    }
                }
                Some(Frame::Group { index, old }) => {
                    if let Some(group) = self.groups.get_mut(index as usize) {
                        *group = old;
                    }
                }
                Some(Frame::Shrink { pc, low, at }) => {
                    self.spend(1)?;
                    let width = char_before(self.text, at as usize).map_or(1, char::len_utf8);
                    let at = at.saturating_sub(short(width)).max(low);
                    if at > low {
                        self.push(Frame::Shrink { pc, low, at })?;
                    }
                    return Ok(Some((pc as usize, at as usize)));
                }
                Some(Frame::Grow { pc, at, count }) => {
                    self.spend(1)?;
                    if let Some(next) = self.grow(pc as usize, at as usize, count)? {
                        return Ok(Some(next));
                    }
                }
            }
        }
        Ok(None)
    }

    fn step(&mut self, pc: usize, at: usize) -> Result<Step, Spent> {
        let program = self.program;
        let Some(op) = program.ops.get(pc) else { return Ok(Step::Fail) };
        let after = |width: Option<usize>| width.map_or(Step::Fail, |width| Step::To(pc + 1, at + width));
        let when = |holds: bool, next: usize| if holds { Step::To(next, at) } else { Step::Fail };
        Ok(match op {
            Op::Char(own) => after(width_at(self.text, at, |c| c == *own)),
            Op::Set(set) => after(width_at(self.text, at, |c| set.contains(c))),
            Op::Run { atom, min, max, mode } => self.run_of(atom, *min, *max, *mode, pc, at)?,
            Op::Split(later) => {
                self.choice(*later, at)?;
                Step::To(pc + 1, at)
            }
            Op::SplitLazy(first) => {
                self.choice(pc + 1, at)?;
                Step::To(*first, at)
            }
            Op::Jump(target) => Step::To(*target, at),
            Op::Open(local) => {
                self.set_local(*local, short(at))?;
                Step::To(pc + 1, at)
            }
            Op::Close { local, group } => {
                self.set_group(*group, (self.local(*local), short(at)))?;
                Step::To(pc + 1, at)
            }
            Op::Assert(assert) => when(holds(assert, self.text, at, self.last_end), pc + 1),
            Op::BackRef { group, fold } => after(self.again(*group, *fold, at)?),
            Op::Grapheme => {
                let end = grapheme::end_of(self.text, at);
                self.spend(end.map_or(0, |end| end - at))?;
                after(end.map(|end| end - at))
            }
            Op::Ahead { negate, end } => when(self.run(pc + 1, at)?.is_some() != *negate, *end),
            Op::Behind { negate, reach, stride, end } => {
                when(self.behind(pc + 1, *reach, *stride, at)? != *negate, *end)
            }
            Op::Atomic { end } => match self.run(pc + 1, at)? {
                Some(place) => Step::To(*end, place),
                None => Step::Fail,
            },
            Op::Iterate { min, max, mode, group, end } => self.iterate(pc, at, (*min, *max), *mode, *group, *end)?,
            Op::LoopStart { count, min, max, lazy, end } => {
                if *max == 0 {
                    return Ok(Step::To(*end, at));
                }
                self.turn((pc, at), *count, 0, (*min, *lazy), (pc + 1, *end))?
            }
            Op::LoopEnd { count, min, max, lazy, body } => {
                let turns = self.local(*count);
                // A turn that took nothing is the last one.
                if at <= self.local(count + 1) as usize || turns >= *max {
                    return Ok(Step::To(pc + 1, at));
                }
                self.turn((pc, at), *count, turns, (*min, *lazy), (*body, pc + 1))?
            }
            Op::Accept => Step::Done,
            Op::AcceptHere if at == self.goal => Step::Done,
            Op::AcceptHere => Step::Fail,
        })
    }

    /// The width of what a group matched, where it stands here again.
    fn again(&mut self, group: usize, fold: Fold, at: usize) -> Result<Option<usize>, Spent> {
        let (start, end) = match group.checked_sub(1).and_then(|index| self.groups.get(index)) {
            Some(&(start, end)) if start != UNSET => (start as usize, end as usize),
            _ => return Ok(None),
        };
        if start == end {
            return Ok(Some(0));
        }
        let (Some(own), Some(rest)) = (self.text.get(start..end), self.text.get(at..)) else { return Ok(None) };
        self.spend(own.len() / 4)?;
        if fold == Fold::Exact {
            return Ok(rest.starts_with(own).then_some(own.len()));
        }
        let mut width = 0;
        let mut there = rest.chars();
        for c in own.chars() {
            let Some(other) = there.next() else { return Ok(None) };
            let same = match fold {
                Fold::Unicode => set::fold(c) == set::fold(other),
                _ => c.eq_ignore_ascii_case(&other),
            };
            if !same {
                return Ok(None);
            }
            width += other.len_utf8();
        }
        Ok(Some(width))
    }
}
