//! Java's regular expressions: `java.util.regex` of JDK 25, as `matches`, `replace`, `split` and `extract` use it.
//!
//! A pattern is parsed as Java parses it (`scan`, `parse`, `group`, `escape`, `class`, `property`) and runs on an
//! engine that makes its choices in Java's order and counts its steps (`program`, `backtrack`, `turns`, `behind`).
//! Where that takes too many, a pattern without look-around, back references, atomic groups, possessive quantifiers,
//! `\R` and `\X` goes on in linear time (`linear`), after a table of the characters seen so far has told whether there
//! is a match at all (`table`); all others end with [`PatternError::TooMuchWork`]. So do those that repeat what may be
//! empty, when it counts where a match ends and not just that there is one, since only Java's order tells. All engines
//! work under a budget for the whole call, which does not grow any more beyond some megabytes of input. The `regex`
//! crates know neither Java's `$`, which looks ahead for a line terminator, nor a budget that holds for several
//! searches, so that of them only the Unicode tables are used.
//!
//! It differs from Java where
//! - a match would start or end inside of a surrogate pair: Java finds an empty match between the halves of `😀`;
//! - a group in a look-behind takes the second half of a surrogate pair: U+FFFD stands for it;
//! - a class that names surrogates or unassigned characters, such as `\p{Cs}` and `\P{Cn}`, meets such a half;
//! - `\N{…}`, `\b{g}`, `(?c)` and `\p{javaMirrored}` are used: they are [`PatternError::Unsupported`];
//! - a name of a script leaves out its `_`, as `\p{IsOldItalic}` does: it is taken;
//! - more than 30 combining marks in a row stand before a `\b`: it takes those further on for marks without a base;
//! - groups nest deeper than 100, or the pattern has more than 65,536 bytes: it is [`PatternError::TooLarge`];
//! - a back reference in a repeated atomic group refers to a group in that same one, which was empty a turn before.
//!
//! JDK 17 differs from JDK 25 in `\b`, which took letters and digits of all scripts for word characters up to JDK 18,
//! and has neither the emoji properties nor the characters and scripts of Unicode 14 to 16.

mod ast;
mod backtrack;
mod behind;
mod blocks;
mod class;
mod escape;
mod grapheme;
mod group;
mod linear;
mod parse;
mod program;
mod property;
mod replacement;
mod scan;
mod set;
mod study;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod turns;

use std::cell::Cell;
use std::fmt;
use std::sync::OnceLock;

use backtrack::{Machine, Spent, UNSET};
use linear::Linear;
use program::Program;
use replacement::Part;

/// Steps of backtracking, each of some 3 ns, after which the linear engine takes over if it can; some more for each
/// byte of the input.
const FIRST_STEPS: u64 = 100_000;
/// Steps that backtracking may take if not.
const MORE_STEPS: u64 = 1_000_000;
const STEPS_PER_BYTE: u64 = 16;
/// Steps of the linear engine, which are longer.
const LINEAR_STEPS: u64 = 4_000_000;
const LINEAR_STEPS_PER_BYTE: u64 = 64;
/// Steps of either engine however long the input is, which end within some tenth of a second.
const MOST_STEPS: u64 = 40_000_000;
/// From so many bytes on it pays to ask first what the linear engine can do.
const LONG: usize = 1 << 16;

fn steps(least: u64, per_byte: u64, input: &str) -> u64 {
    MOST_STEPS.min(least + per_byte * input.len() as u64)
}

/// Runs what recurses as deep as a pattern nests; the evaluator may have used up most of its own stack by then.
fn on_enough_stack<T>(work: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(512 * 1024, 1024 * 1024, work)
}

/// A compiled pattern.
#[derive(Debug)]
pub(crate) struct Pattern {
    root: ast::Node,
    groups: usize,
    names: Vec<(String, usize)>,
    program: Program,
    linear: OnceLock<Option<Linear>>,
    /// Steps of searches that nobody has charged for yet.
    work: Cell<u64>,
}

/// The flags of a pattern.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "they are independent of each other")]
pub(crate) struct Flags {
    /// `s`: `.` takes line terminators too.
    pub(crate) dot_all: bool,
    /// `m`: `^` and `$` match at every line.
    pub(crate) multi_line: bool,
    /// `i`: the case of ASCII letters does not count.
    pub(crate) case_insensitive: bool,
    /// `x`: blanks and `#` comments in the pattern do not count.
    pub(crate) comments: bool,
}

impl Flags {
    /// The flags that `flags` names; other characters in it count for nothing.
    #[must_use]
    pub(crate) fn parse(flags: &str) -> Self {
        Self {
            dot_all: flags.contains('s'),
            multi_line: flags.contains('m'),
            case_insensitive: flags.contains('i'),
            comments: flags.contains('x'),
        }
    }
}

/// Why a pattern or its use failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PatternError {
    /// Java refuses the pattern, or the replacement, for this reason.
    Invalid(&'static str),
    /// Java takes the pattern, but this is not implemented.
    Unsupported(&'static str),
    /// The pattern or the output is over its limit.
    TooLarge,
    /// The search takes more steps than it may.
    TooMuchWork,
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(why) => write!(f, "invalid pattern: {why}"),
            Self::Unsupported(what) => write!(f, "the pattern uses {what}, which is not supported"),
            Self::TooLarge => f.write_str("the pattern or its result is too large"),
            Self::TooMuchWork => f.write_str("the pattern takes too many steps on this input"),
        }
    }
}

impl std::error::Error for PatternError {}

impl From<Spent> for PatternError {
    fn from(Spent: Spent) -> Self {
        Self::TooMuchWork
    }
}

impl Pattern {
    /// `Pattern.compile`.
    pub(crate) fn compile(pattern: &str, flags: Flags) -> Result<Self, PatternError> {
        on_enough_stack(|| {
            let tree = parse::parse(pattern, flags)?;
            let program = program::program(&tree.root);
            Ok(Self {
                root: tree.root,
                groups: tree.groups,
                names: tree.names,
                program,
                linear: OnceLock::new(),
                work: Cell::new(0),
            })
        })
    }

    /// `Matcher.find`.
    pub(crate) fn is_match(&self, input: &str) -> Result<bool, PatternError> {
        let mut matches = Matches::new(self, input)?;
        Ok(on_enough_stack(|| matches.any())?)
    }

    /// `Matcher.replaceAll`; the result may have `limit` bytes.
    pub(crate) fn replace_all(&self, input: &str, replacement: &str, limit: usize) -> Result<String, PatternError> {
        let mut out = String::new();
        let mut append = |part: &str| {
            if out.len() + part.len() > limit {
                return Err(PatternError::TooLarge);
            }
            out.push_str(part);
            Ok(())
        };
        // Java reads the replacement when it first needs it.
        let mut parts = None;
        let mut matches = Matches::new(self, input)?;
        let mut copied = 0;
        while let Some((start, end)) = matches.next()? {
            append(input.get(copied..start).unwrap_or_default())?;
            if parts.is_none() {
                parts = Some(replacement::parse(replacement, self.groups, &self.names)?);
            }
            for part in parts.iter().flatten() {
                match part {
                    Part::Text(text) => append(text)?,
                    Part::Group(0) => append(input.get(start..end).unwrap_or_default())?,
                    Part::Group(group) => matches.group(*group).into_iter().try_for_each(&mut append)?,
                }
            }
            copied = end;
        }
        append(input.get(copied..).unwrap_or_default())?;
        Ok(out)
    }

    /// `Pattern.split` with the limit -1: what lies between the matches, empty pieces at the end included.
    pub(crate) fn split<'t>(&self, input: &'t str) -> Result<Vec<&'t str>, PatternError> {
        let mut pieces = Vec::new();
        let mut matches = Matches::new(self, input)?;
        let mut copied = 0;
        while let Some((start, end)) = matches.next()? {
            // An empty match at the beginning splits nothing off.
            if end > 0 {
                pieces.push(input.get(copied..start).unwrap_or_default());
                copied = end;
            }
        }
        pieces.push(input.get(copied..).unwrap_or_default());
        Ok(pieces)
    }

    /// All matches that do not overlap, from left to right.
    pub(crate) fn find_all<'t>(&self, input: &'t str) -> Result<Vec<&'t str>, PatternError> {
        let mut found = Vec::new();
        let mut matches = Matches::new(self, input)?;
        while let Some((start, end)) = matches.next()? {
            found.push(input.get(start..end).unwrap_or_default());
        }
        Ok(found)
    }

    /// The steps, of some 10 ns, of all searches since this was last asked.
    pub(crate) fn take_work(&self) -> u64 {
        self.work.take()
    }

    fn linear(&self) -> Option<&Linear> {
        self.linear.get_or_init(|| Linear::new(&self.root, self.groups)).as_ref()
    }
}

/// The matches in one input, one after the other, under one budget.
struct Matches<'p, 't> {
    pattern: &'p Pattern,
    input: &'t str,
    machine: Machine<'p, 't>,
    /// What the machine was given last, and what it has used up of what it was given before.
    given: u64,
    used: u64,
    /// Whether the budget of the machine may still be raised.
    more: bool,
    /// The groups by the linear engine, once that has taken over.
    slots: Option<Vec<u32>>,
    linear_fuel: u64,
    next: usize,
    last_end: usize,
}

impl Drop for Matches<'_, '_> {
    fn drop(&mut self) {
        let linear = steps(LINEAR_STEPS, LINEAR_STEPS_PER_BYTE, self.input) - self.linear_fuel;
        let work = self.used + (self.given - self.machine.fuel()) + linear;
        self.pattern.work.set(self.pattern.work.get().saturating_add(work));
    }
}

impl<'p, 't> Matches<'p, 't> {
    fn new(pattern: &'p Pattern, input: &'t str) -> Result<Self, PatternError> {
        if u32::try_from(input.len()).is_err() {
            return Err(PatternError::TooMuchWork);
        }
        let alone = input.len() >= LONG && pattern.linear().is_none();
        let fuel = if alone {
            steps(FIRST_STEPS + MORE_STEPS, 2 * STEPS_PER_BYTE, input)
        } else {
            steps(FIRST_STEPS, STEPS_PER_BYTE, input)
        };
        let machine = Machine::new(&pattern.program, pattern.groups, input, fuel);
        let linear_fuel = steps(LINEAR_STEPS, LINEAR_STEPS_PER_BYTE, input);
        Ok(Self {
            pattern,
            input,
            machine,
            given: fuel,
            used: 0,
            more: !alone,
            slots: None,
            linear_fuel,
            next: 0,
            last_end: 0,
        })
    }

    /// Where the next match starts and ends.
    fn next(&mut self) -> Result<Option<(usize, usize)>, PatternError> {
        if self.next > self.input.len() {
            return Ok(None);
        }
        let found = on_enough_stack(|| match &self.slots {
            Some(_) => self.find_linear(),
            None => self.machine.find(self.next, self.last_end).or_else(|Spent| self.find_again()),
        })?;
        let Some((start, end)) = found else {
            self.next = self.input.len() + 1;
            return Ok(None);
        };
        self.last_end = end;
        // After an empty match the search goes on one character later.
        let step = if start == end { text::char_at(self.input, end).map_or(1, char::len_utf8) } else { 0 };
        self.next = end + step;
        Ok(Some((start, end)))
    }

    /// The search for one match once more, after it cost too much.
    fn find_again(&mut self) -> Result<Option<(usize, usize)>, Spent> {
        if let Some(linear) = self.pattern.linear() {
            if linear.bounds.is_some() && !self.any_linear(linear)? {
                return Ok(None);
            }
            if linear.exact {
                return self.find_linear();
            }
        }
        self.find_with_more()
    }

    fn refuel(&mut self, fuel: u64) {
        self.used += self.given - self.machine.fuel();
        self.given = fuel;
        self.machine.refuel(fuel);
    }

    fn find_with_more(&mut self) -> Result<Option<(usize, usize)>, Spent> {
        if !std::mem::take(&mut self.more) {
            return Err(Spent);
        }
        self.refuel(steps(MORE_STEPS, STEPS_PER_BYTE, self.input));
        self.machine.find(self.next, self.last_end)
    }

    /// Whether there is a match, where it does not count where it ends.
    fn any(&mut self) -> Result<bool, Spent> {
        let is_tabular = |linear: &Linear| linear.bounds.is_some();
        if self.input.len() >= LONG && self.pattern.linear().is_some_and(is_tabular) {
            self.refuel(FIRST_STEPS);
        }
        if let Ok(found) = self.machine.find(0, 0) {
            return Ok(found.is_some());
        }
        match self.pattern.linear() {
            Some(linear) => self.any_linear(linear),
            None => Ok(self.find_with_more()?.is_some()),
        }
    }

    /// Whether there is one more match.
    fn any_linear(&mut self, linear: &Linear) -> Result<bool, Spent> {
        linear.any(&self.pattern.program.starts, self.input, (self.next, self.last_end), &mut self.linear_fuel)
    }

    fn find_linear(&mut self) -> Result<Option<(usize, usize)>, Spent> {
        let linear = self.pattern.linear().ok_or(Spent)?;
        let starts = &self.pattern.program.starts;
        let places = (self.next, self.last_end);
        let slots = linear.find(starts, self.input, places, &mut self.linear_fuel)?.unwrap_or_default();
        let found = slots.first().zip(slots.get(1)).map(|(start, end)| (*start as usize, *end as usize));
        self.slots = Some(slots);
        Ok(found)
    }

    /// What a group of the last match took; nothing where it took no part. A half of a surrogate pair stands first.
    fn group(&self, number: usize) -> [&'t str; 2] {
        let span = match &self.slots {
            Some(slots) => slots.get(2 * number).zip(slots.get(2 * number + 1)).map(|(start, end)| (*start, *end)),
            None => self.machine.groups.get(number.wrapping_sub(1)).copied(),
        };
        let Some((start, end)) = span.filter(|&(start, _)| start != UNSET) else { return [""; 2] };
        let (start, end) = (start as usize, end as usize);
        if start == end || self.input.is_char_boundary(start) {
            [self.input.get(start..end).unwrap_or_default(), ""]
        } else {
            ["\u{fffd}", self.input.get(start + text::HALF..end).unwrap_or_default()]
        }
    }
}
