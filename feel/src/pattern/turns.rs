//! Repetition in the backtracking engine: of one character, of a body that is not gone back into, and of any body.

use super::ast::{Atom, Mode};
use super::backtrack::{Frame, Machine, Spent, Step, short};
use super::program::Op;
use super::text::width_at;

/// How many turns that take nothing are run before the others are left out.
const EMPTY_TURNS: u32 = 64;

impl Machine<'_, '_> {
    /// A repeated character: as many as it may take, or as few.
    pub(super) fn run_of(
        &mut self,
        atom: &Atom,
        min: u32,
        max: u32,
        mode: Mode,
        pc: usize,
        at: usize,
    ) -> Result<Step, Spent> {
        let wanted = if mode == Mode::Lazy { min } else { max };
        let (mut taken, mut place, mut low) = (0, at, at);
        // Behind the first half of a surrogate pair, the second one comes first.
        if wanted > 0
            && !self.text.is_char_boundary(at)
            && let Some(half) = width_at(self.text, at, |c| atom.takes(c))
        {
            (taken, place) = (1, at + half);
            low = if min == 1 { place } else { low };
        }
        for c in self.text.get(place..).unwrap_or_default().chars() {
            if taken == wanted || !atom.takes(c) {
                break;
            }
            taken += 1;
            place += c.len_utf8();
            if taken == min {
                low = place;
            }
        }
        self.spend((place - at) / 4)?;
        if taken < min {
            return Ok(Step::Fail);
        }
        match mode {
            Mode::Greedy if place > low => {
                self.push(Frame::Shrink { pc: short(pc + 1), low: short(low), at: short(place) })?;
            }
            Mode::Lazy if taken < max => {
                self.push(Frame::Grow { pc: short(pc), at: short(place), count: taken })?;
            }
            _ => {}
        }
        Ok(Step::To(pc + 1, place))
    }

    /// Repeats a body turn by turn, each as an inner match.
    pub(super) fn iterate(
        &mut self,
        pc: usize,
        at: usize,
        (min, max): (u32, u32),
        mode: Mode,
        group: Option<usize>,
        end: usize,
    ) -> Result<Step, Spent> {
        let (mut turns, mut at, mut empty) = (0, at, false);
        while turns < max && (turns < min || mode != Mode::Lazy) {
            let Some(place) = self.run(pc + 1, at)? else { break };
            if place == at && turns >= min {
                empty = true;
                break;
            }
            if turns >= min && mode == Mode::Greedy {
                self.push(Frame::Leave { pc: short(pc), at: short(at), seal: turns > min })?;
            }
            if let Some(group) = group {
                self.set_group(group, (short(at), short(place)))?;
            }
            // A turn that takes nothing may change a group that the next one refers to, but not for ever.
            turns = if place == at && turns > EMPTY_TURNS { min } else { turns + 1 };
            at = place;
        }
        if turns < min {
            return Ok(Step::Fail);
        }
        match (mode, group) {
            (Mode::Lazy, _) if turns < max => {
                self.push(Frame::Grow { pc: short(pc), at: short(at), count: turns })?;
            }
            (Mode::Greedy, Some(group)) if turns > min && !empty => self.seal(group)?,
            _ => {}
        }
        Ok(Step::To(end, at))
    }

    /// Decides between one more turn of a loop and its end, after `turns` of them.
    pub(super) fn turn(
        &mut self,
        (pc, at): (usize, usize),
        count: usize,
        turns: u32,
        (min, lazy): (u32, bool),
        (body, end): (usize, usize),
    ) -> Result<Step, Spent> {
        if turns >= min && lazy {
            self.push(Frame::Grow { pc: short(pc), at: short(at), count: turns })?;
            return Ok(Step::To(end, at));
        }
        if turns >= min {
            self.choice(end, at)?;
        }
        self.begin_turn(count, turns, at)?;
        Ok(Step::To(body, at))
    }

    fn begin_turn(&mut self, count: usize, turns: u32, at: usize) -> Result<(), Spent> {
        self.set_local(count, turns + 1)?;
        self.set_local(count + 1, short(at))
    }

    /// One more turn of a lazy run or body after `count` of them.
    pub(super) fn grow(&mut self, pc: usize, at: usize, count: u32) -> Result<Option<(usize, usize)>, Spent> {
        let (place, max, end) = match self.program.ops.get(pc) {
            Some(Op::Run { atom, max, .. }) if count < *max => {
                (width_at(self.text, at, |c| atom.takes(c)).map(|width| at + width), *max, pc + 1)
            }
            Some(Op::Iterate { max, group, end, .. }) if count < *max => {
                let place = self.run(pc + 1, at)?.filter(|place| *place != at);
                if let (Some(place), Some(group)) = (place, group) {
                    self.set_group(*group, (short(at), short(place)))?;
                }
                (place, *max, *end)
            }
            Some(Op::LoopStart { count: local, .. }) => {
                self.begin_turn(*local, count, at)?;
                return Ok(Some((pc + 1, at)));
            }
            Some(Op::LoopEnd { count: local, body, .. }) => {
                self.begin_turn(*local, count, at)?;
                return Ok(Some((*body, at)));
            }
            _ => return Ok(None),
        };
        let Some(place) = place else { return Ok(None) };
        if count + 1 < max {
            self.push(Frame::Grow { pc: short(pc), at: short(place), count: count + 1 })?;
        }
        Ok(Some((end, place)))
    }
}
