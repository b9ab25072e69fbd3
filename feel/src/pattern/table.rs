//! Whether there is a match at all, for patterns of the linear engine: all its threads at a place of the text are one
//! state, and what a character makes of a state is worked out once.
//!
//! It knows conditions at the beginning and at the end of the text, and leaves the last characters, before which a `$`
//! may hold, to the threads. So it does where there get to be too many states.

use std::collections::HashMap;

use super::ast::Assert;
use super::backtrack::Spent;
use super::linear::{Linear, Op, spend};
use super::program::Starts;
use super::text::{char_at, char_before};

/// How many entries the table may have, and its states together.
const MAX_ENTRIES: usize = 1 << 18;
/// How many classes of characters beyond ASCII there may be.
const MAX_CLASSES: usize = 4_096;
const ASCII: usize = 128;
/// Characters before the end where `$` may hold: `\r\n`.
const LAST: usize = 2;

/// An entry that is not worked out yet.
const UNKNOWN: u32 = u32::MAX;
/// What every match leads to.
const FOUND: u32 = u32::MAX - 1;

/// How far the table told.
pub(super) enum Told {
    Found,
    /// There is none; nor can any start later.
    Nothing,
    /// These threads are alive at this place, and none has come to a match.
    Until(usize, Vec<usize>),
}

struct Table<'l> {
    linear: &'l Linear,
    anchored: bool,
    bounds: &'l [char],
    /// A row of entries for each state.
    rows: Vec<u32>,
    states: Vec<Box<[u32]>>,
    numbers: HashMap<Box<[u32]>, u32>,
    /// What all states hold together.
    held: usize,
    seen: Vec<u32>,
    round: u32,
    pending: Vec<usize>,
    /// Operations looked at since the last state.
    work: usize,
}

/// Where the classes of characters begin that these operations tell apart; none where there are too many, or conditions
/// that the table does not know.
pub(super) fn bounds(ops: &[Op]) -> Option<Vec<char>> {
    let mut bounds = Vec::new();
    for op in ops {
        match op {
            Op::Char(c) if !c.is_ascii() => bounds.extend([Some(*c), after(*c)]),
            Op::Set(set) => bounds.extend(set.beyond().flat_map(|(low, high)| [Some(low), after(high)])),
            Op::Assert(Assert::Start | Assert::End | Assert::LastLineEnd { .. }) => {}
            Op::Assert(_) => return None,
            _ => {}
        }
        if bounds.len() > 16 * MAX_CLASSES {
            return None;
        }
    }
    let mut bounds: Vec<char> = bounds.into_iter().flatten().filter(|c| !c.is_ascii()).collect();
    bounds.sort_unstable();
    bounds.dedup();
    (bounds.len() <= MAX_CLASSES).then_some(bounds)
}

/// Looks for a match from `from` on; none where the table cannot tell anything.
pub(super) fn look(
    linear: &Linear,
    starts: &Starts,
    text: &str,
    from: usize,
    fuel: &mut u64,
) -> Result<Option<Told>, Spent> {
    let Some(bounds) = &linear.bounds else { return Ok(None) };
    let mut stop = text.len();
    for _ in 0..=LAST {
        stop -= char_before(text, stop).map_or(0, char::len_utf8);
    }
    if stop <= from || starts.anchored && from > 0 {
        return Ok(None);
    }
    spend(fuel, (stop - from) / 8)?;
    let mut table = Table::new(linear, bounds, starts.anchored);
    let (mut at, mut state) = (from, table.first(from == 0, fuel)?);
    let bytes = text.as_bytes();
    while state != FOUND && at < stop {
        let byte = bytes.get(at).copied().unwrap_or_default();
        let (class, c) = if byte.is_ascii() {
            (usize::from(byte), char::from(byte))
        } else {
            let c = char_at(text, at).unwrap_or_default();
            (ASCII + bounds.partition_point(|bound| *bound <= c), c)
        };
        let mut next = table.entry(state, class);
        if next == UNKNOWN {
            if table.is_full() {
                break;
            }
            next = table.work_out(state, class, c, fuel)?;
        }
        (state, at) = (next, at + c.len_utf8());
    }
    if state == FOUND {
        return Ok(Some(Told::Found));
    }
    let threads = table.threads(state);
    Ok(Some(if threads.is_empty() && starts.anchored { Told::Nothing } else { Told::Until(at, threads) }))
}

impl<'l> Table<'l> {
    fn new(linear: &'l Linear, bounds: &'l [char], anchored: bool) -> Self {
        Self {
            linear,
            anchored,
            bounds,
            rows: Vec::new(),
            states: Vec::new(),
            numbers: HashMap::new(),
            held: 0,
            seen: vec![0; linear.ops.len()],
            round: 0,
            pending: Vec::new(),
            work: 0,
        }
    }

    fn width(&self) -> usize {
        ASCII + 1 + self.bounds.len()
    }

    fn is_full(&self) -> bool {
        self.rows.len() + self.width() > MAX_ENTRIES || self.held > MAX_ENTRIES
    }

    fn threads(&self, state: u32) -> Vec<usize> {
        let threads = self.states.get(state as usize / self.width());
        threads.into_iter().flatten().map(|pc| *pc as usize).collect()
    }

    /// Where a state leads; it is known by where its row starts.
    fn entry(&self, state: u32, class: usize) -> u32 {
        self.rows.get(state as usize + class).copied().unwrap_or(UNKNOWN)
    }

    /// The state that the search begins with.
    fn first(&mut self, at_start: bool, fuel: &mut u64) -> Result<u32, Spent> {
        let mut threads = Vec::new();
        self.round += 1;
        let found = self.follow(0, at_start, &mut threads);
        self.number(found, threads, fuel)
    }

    fn work_out(&mut self, state: u32, class: usize, c: char, fuel: &mut u64) -> Result<u32, Spent> {
        let mut threads = Vec::new();
        self.round += 1;
        let mut found = !self.anchored && self.follow(0, false, &mut threads);
        for pc in self.threads(state) {
            self.work += 1;
            let taken = match self.linear.ops.get(pc) {
                Some(Op::Char(own)) => *own == c,
                Some(Op::Set(set)) => set.contains(c),
                _ => false,
            };
            found |= taken && self.follow(pc + 1, false, &mut threads);
        }
        let next = self.number(found, threads, fuel)?;
        if let Some(entry) = self.rows.get_mut(state as usize + class) {
            *entry = next;
        }
        Ok(next)
    }

    /// Adds all that can be reached from `pc` without taking a character; whether the end of a match can.
    fn follow(&mut self, pc: usize, at_start: bool, threads: &mut Vec<u32>) -> bool {
        let mut found = false;
        self.pending.push(pc);
        while let Some(pc) = self.pending.pop() {
            self.work += 1;
            match self.seen.get_mut(pc) {
                Some(seen) if *seen != self.round => *seen = self.round,
                _ => continue,
            }
            match self.linear.ops.get(pc) {
                Some(Op::Jump(target)) => self.pending.push(*target),
                Some(Op::Split(first, second)) => self.pending.extend([*second, *first]),
                Some(Op::Save(_)) => self.pending.push(pc + 1),
                Some(Op::Assert(Assert::Start)) if at_start => self.pending.push(pc + 1),
                Some(Op::Assert(_)) | None => {}
                Some(Op::Match) => found = true,
                Some(Op::Char(_) | Op::Set(_)) => threads.extend(u32::try_from(pc)),
            }
        }
        found
    }

    /// The state of these threads.
    fn number(&mut self, found: bool, mut threads: Vec<u32>, fuel: &mut u64) -> Result<u32, Spent> {
        spend(fuel, 16 + std::mem::take(&mut self.work))?;
        if found {
            return Ok(FOUND);
        }
        threads.sort_unstable();
        let threads = threads.into_boxed_slice();
        if let Some(known) = self.numbers.get(&threads) {
            return Ok(*known);
        }
        spend(fuel, self.width() / 4)?;
        let state = u32::try_from(self.rows.len()).map_err(|_| Spent)?;
        self.rows.resize(self.rows.len() + self.width(), UNKNOWN);
        self.held += threads.len();
        self.states.push(threads.clone());
        self.numbers.insert(threads, state);
        Ok(state)
    }
}

/// The next character; the surrogates are none.
fn after(c: char) -> Option<char> {
    if c == '\u{d7ff}' { Some('\u{e000}') } else { char::from_u32(u32::from(c) + 1) }
}
