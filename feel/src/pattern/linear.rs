//! The engine for patterns without look-around, back references and the like, where backtracking has cost too much: it
//! follows all choices at once, in time proportional to the input.

use std::sync::Arc;

use super::ast::{Assert, Atom, ENDLESS, Mode, Node};
use super::backtrack::{Spent, UNSET};
use super::program::{Starts, may_be_empty};
use super::set::CharSet;
use super::study;
use super::table::{self, Told};
use super::text::{char_at, holds};

/// How long a program may get with its counted repetitions written out.
const MAX_OPS: usize = 20_000;

#[derive(Debug)]
pub(super) enum Op {
    Char(char),
    Set(Arc<CharSet>),
    Assert(Assert),
    /// Prefers the first way.
    Split(usize, usize),
    Jump(usize),
    Save(usize),
    Match,
}

#[derive(Debug)]
pub(super) struct Linear {
    pub(super) ops: Vec<Op>,
    slots: usize,
    /// Whether matches and groups are where Java has them, and not just found where Java finds some.
    pub(super) exact: bool,
    /// Where the classes of characters beyond ASCII begin that the pattern tells apart; none where a table cannot tell
    /// whether there is a match.
    pub(super) bounds: Option<Vec<char>>,
}

impl Linear {
    /// None where the pattern needs the other engine, or gets too long.
    pub(super) fn new(root: &Node, groups: usize) -> Option<Self> {
        let mut maker = Maker { ops: Vec::new() };
        maker.node(root)?;
        maker.push(Op::Match)?;
        let bounds = table::bounds(&maker.ops);
        Some(Self { ops: maker.ops, slots: 2 * groups + 2, exact: exact(root), bounds })
    }

    /// The first match from `from` on: where it and its groups start and end.
    pub(super) fn find(
        &self,
        starts: &Starts,
        text: &str,
        (from, last_end): (usize, usize),
        fuel: &mut u64,
    ) -> Result<Option<Vec<u32>>, Spent> {
        let mut search = Search::new(self, text, last_end, self.slots);
        search.run(starts, from, Threads::new(self), fuel)
    }

    /// Whether there is a match from `from` on.
    pub(super) fn any(
        &self,
        starts: &Starts,
        text: &str,
        (from, last_end): (usize, usize),
        fuel: &mut u64,
    ) -> Result<bool, Spent> {
        let mut threads = Threads::new(self);
        let from = match table::look(self, starts, text, from, fuel)? {
            Some(Told::Found) => return Ok(true),
            Some(Told::Nothing) => return Ok(false),
            Some(Told::Until(at, alive)) => {
                threads.list = alive;
                at
            }
            None => from,
        };
        // Without slots, nothing is noted of where a match and its groups are.
        Ok(Search::new(self, text, last_end, 0).run(starts, from, threads, fuel)?.is_some())
    }
}

/// Positions fit, since no engine starts on a text of 4 GiB.
#[expect(clippy::cast_possible_truncation, reason = "checked where a search starts")]
fn position(at: usize) -> u32 {
    at as u32
}

pub(super) fn spend(fuel: &mut u64, steps: usize) -> Result<(), Spent> {
    *fuel = fuel.checked_sub(steps as u64).ok_or(Spent)?;
    Ok(())
}

/// The places in the program that are alive at one place of the text, the preferred one first.
struct Threads {
    list: Vec<usize>,
    slots: Vec<u32>,
    /// In which round a place was last seen.
    seen: Vec<u64>,
    round: u64,
}

impl Threads {
    fn new(linear: &Linear) -> Self {
        Self { list: Vec::new(), slots: Vec::new(), seen: vec![0; linear.ops.len()], round: 1 }
    }

    fn clear(&mut self) {
        self.list.clear();
        self.slots.clear();
        self.round += 1;
    }

    fn slots_of(&self, index: usize, width: usize) -> &[u32] {
        self.slots.get(index * width..(index + 1) * width).unwrap_or_default()
    }
}

enum Pending {
    Go(usize),
    Restore(usize, u32),
}

struct Search<'l> {
    linear: &'l Linear,
    text: &'l str,
    last_end: usize,
    /// The slots of the thread that is followed.
    slots: Vec<u32>,
    pending: Vec<Pending>,
}

impl<'l> Search<'l> {
    fn new(linear: &'l Linear, text: &'l str, last_end: usize, slots: usize) -> Self {
        Self { linear, text, last_end, slots: vec![UNSET; slots], pending: Vec::new() }
    }

    /// The first match that starts at `from` or later, or that `now` leads to; its slots.
    fn run(
        &mut self,
        starts: &Starts,
        from: usize,
        mut now: Threads,
        fuel: &mut u64,
    ) -> Result<Option<Vec<u32>>, Spent> {
        spend(fuel, self.linear.ops.len() / 16)?;
        let mut next = Threads::new(self.linear);
        let mut best: Option<Vec<u32>> = None;
        let mut at = from;
        loop {
            if best.is_none() && !(starts.anchored && at > 0) {
                if let (true, Some(first)) = (now.list.is_empty(), starts.first) {
                    let rest = self.text.as_bytes().get(at..).unwrap_or_default();
                    let fits = |byte: &u8| if byte.is_ascii() { first.ascii >> *byte & 1 == 1 } else { first.beyond };
                    let Some(skipped) = rest.iter().position(fits) else { return Ok(None) };
                    at += skipped;
                    // What was seen, was seen at another place.
                    now.clear();
                    // The first byte that fits may be one inside of a character.
                    while !self.text.is_char_boundary(at) {
                        at += 1;
                    }
                }
                spend(fuel, self.slots.len() / 8)?;
                self.slots.fill(UNSET);
                self.put(0, position(at));
                self.add(&mut now, 0, at, fuel)?;
            }
            if now.list.is_empty() && (best.is_some() || starts.anchored) {
                break;
            }
            let c = char_at(self.text, at);
            let after = at + c.map_or(0, char::len_utf8);
            for index in 0..now.list.len() {
                spend(fuel, 1)?;
                let Some(&pc) = now.list.get(index) else { break };
                let taken = match (self.linear.ops.get(pc), c) {
                    (Some(Op::Char(own)), Some(c)) => *own == c,
                    (Some(Op::Set(set)), Some(c)) => set.contains(c),
                    (Some(Op::Match), _) if self.slots.is_empty() => return Ok(Some(Vec::new())),
                    (Some(Op::Match), _) => {
                        let mut slots = now.slots_of(index, self.slots.len()).to_vec();
                        if let Some(end) = slots.get_mut(1) {
                            *end = position(at);
                        }
                        best = Some(slots);
                        break;
                    }
                    _ => false,
                };
                if taken {
                    let width = self.slots.len();
                    self.slots.copy_from_slice(now.slots_of(index, width));
                    self.add(&mut next, pc + 1, after, fuel)?;
                }
            }
            if c.is_none() {
                break;
            }
            std::mem::swap(&mut now, &mut next);
            next.clear();
            at = after;
        }
        Ok(best)
    }

    fn put(&mut self, slot: usize, value: u32) -> u32 {
        self.slots.get_mut(slot).map_or(UNSET, |slot| std::mem::replace(slot, value))
    }

    /// Adds all that can be reached from `pc` without taking a character.
    fn add(&mut self, threads: &mut Threads, pc: usize, at: usize, fuel: &mut u64) -> Result<(), Spent> {
        self.pending.push(Pending::Go(pc));
        while let Some(pending) = self.pending.pop() {
            let pc = match pending {
                Pending::Go(pc) => pc,
                Pending::Restore(slot, value) => {
                    self.put(slot, value);
                    continue;
                }
            };
            spend(fuel, 1)?;
            match threads.seen.get_mut(pc) {
                Some(seen) if *seen != threads.round => *seen = threads.round,
                _ => continue,
            }
            match self.linear.ops.get(pc) {
                Some(Op::Jump(target)) => self.pending.push(Pending::Go(*target)),
                Some(Op::Split(first, second)) => {
                    self.pending.extend([Pending::Go(*second), Pending::Go(*first)]);
                }
                Some(Op::Save(slot)) => {
                    let old = self.put(*slot, position(at));
                    self.pending.extend([Pending::Restore(*slot, old), Pending::Go(pc + 1)]);
                }
                Some(Op::Assert(assert)) => {
                    if holds(assert, self.text, at, self.last_end) {
                        self.pending.push(Pending::Go(pc + 1));
                    }
                }
                _ => {
                    spend(fuel, self.slots.len() / 4)?;
                    threads.list.push(pc);
                    threads.slots.extend_from_slice(&self.slots);
                }
            }
        }
        Ok(())
    }
}

/// A repeated body that may be empty, and a group inside of one that Java does not go back into, end in their own way.
fn exact(node: &Node) -> bool {
    match node {
        Node::Cat(nodes) | Node::Alt(nodes) => nodes.iter().all(exact),
        Node::Group { body, .. } => exact(body),
        Node::Repeat { body, max, .. } => match &**body {
            Node::Group { body, .. } if *max > 1 => {
                exact(body) && !may_be_empty(body) && !(study::deterministic(body) && captures(body))
            }
            body => exact(body),
        },
        _ => true,
    }
}

fn captures(node: &Node) -> bool {
    match node {
        Node::Cat(nodes) | Node::Alt(nodes) => nodes.iter().any(captures),
        Node::Group { number, body } => number.is_some() || captures(body),
        Node::Repeat { body, .. } => captures(body),
        _ => false,
    }
}

struct Maker {
    ops: Vec<Op>,
}

impl Maker {
    fn push(&mut self, op: Op) -> Option<()> {
        self.ops.push(op);
        (self.ops.len() <= MAX_OPS).then_some(())
    }

    fn set(&mut self, index: usize, op: Op) {
        if let Some(slot) = self.ops.get_mut(index) {
            *slot = op;
        }
    }

    fn node(&mut self, node: &Node) -> Option<()> {
        match node {
            Node::Empty => Some(()),
            Node::Atom(Atom::Char(c)) => self.push(Op::Char(*c)),
            Node::Atom(Atom::Set(set)) => self.push(Op::Set(set.clone())),
            Node::Assert(assert) => self.push(Op::Assert(assert.clone())),
            Node::Cat(nodes) => nodes.iter().try_for_each(|node| self.node(node)),
            Node::Alt(branches) => self.alternatives(branches),
            Node::Group { number: None, body } => self.node(body),
            Node::Group { number: Some(group), body } => {
                self.push(Op::Save(2 * group))?;
                self.node(body)?;
                self.push(Op::Save(2 * group + 1))
            }
            Node::Repeat { body, min, max, mode, .. } => {
                let plain = matches!(**body, Node::Atom(_) | Node::Group { .. } | Node::Empty);
                if *mode == Mode::Possessive || !plain {
                    return None;
                }
                self.repeat(body, *min, *max, *mode == Mode::Lazy)
            }
            Node::Newline
            | Node::Grapheme
            | Node::BackRef { .. }
            | Node::Ahead { .. }
            | Node::Behind { .. }
            | Node::Atomic(_) => None,
        }
    }

    fn alternatives(&mut self, branches: &[Node]) -> Option<()> {
        let (last, others) = branches.split_last()?;
        let mut jumps = Vec::with_capacity(others.len());
        for branch in others {
            let split = self.ops.len();
            self.push(Op::Match)?;
            self.node(branch)?;
            jumps.push(self.ops.len());
            self.push(Op::Match)?;
            self.set(split, Op::Split(split + 1, self.ops.len()));
        }
        self.node(last)?;
        let end = self.ops.len();
        for jump in jumps {
            self.set(jump, Op::Jump(end));
        }
        Some(())
    }

    fn repeat(&mut self, body: &Node, min: u32, max: u32, lazy: bool) -> Option<()> {
        if matches!(body, Node::Empty) {
            return Some(());
        }
        let split = |first, second| if lazy { Op::Split(second, first) } else { Op::Split(first, second) };
        let endless = max == ENDLESS;
        for _ in 0..if endless { min.saturating_sub(1) } else { min } {
            self.counted(body)?;
        }
        if endless {
            // A turn at least, in a loop that is entered at its body: the order of choices is right for empty turns too.
            let optional = (min == 0).then_some(self.ops.len());
            if optional.is_some() {
                self.push(Op::Match)?;
            }
            let start = self.ops.len();
            self.node(body)?;
            let end = self.ops.len() + 1;
            self.push(split(start, end))?;
            if let Some(index) = optional {
                self.set(index, split(start, end));
            }
            return Some(());
        }
        let mut exits = Vec::new();
        for _ in min..max {
            exits.push(self.ops.len());
            self.push(Op::Match)?;
            self.counted(body)?;
        }
        let end = self.ops.len();
        for index in exits {
            self.set(index, split(index + 1, end));
        }
        Some(())
    }

    /// One turn of a counted repetition; one without operations would never reach the limit.
    fn counted(&mut self, body: &Node) -> Option<()> {
        let start = self.ops.len();
        self.node(body)?;
        if self.ops.len() == start { self.push(Op::Jump(start + 1)) } else { Some(()) }
    }
}
