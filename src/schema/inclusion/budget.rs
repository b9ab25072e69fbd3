//! What a comparison may cost. It is counted in steps and bytes, never in time: the same schemas come to the same end
//! everywhere. Each kind of work has its share, so that one pattern does not leave a hundred lists of choices unread.

use serde_json::Value;
use std::cell::Cell;

/// Steps of reading: so many alternatives are joined or told apart.
const READING: usize = 1_000_000;
/// Steps of comparing: pairs of alternatives, and the parts of values that are tried.
const COMPARING: usize = 4_000_000;
/// Steps of searching: automata and the places that are walked in them, and the validator's algebra.
const SEARCHING: usize = 1_000_000;
/// The bytes of all values that are made or told.
const BYTES: usize = 64 << 20;
/// The bytes of one value.
pub(super) const MOST: usize = 20 << 20;

/// What is left of each share.
#[derive(Debug)]
pub(super) struct Budget {
    reading: Cell<usize>,
    comparing: Cell<usize>,
    searching: Cell<usize>,
    bytes: Cell<usize>,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            reading: Cell::new(READING),
            comparing: Cell::new(COMPARING),
            searching: Cell::new(SEARCHING),
            bytes: Cell::new(BYTES),
        }
    }
}

impl Budget {
    /// Reads so much; none if there is too much of it.
    pub(super) fn read(&self, steps: usize) -> Option<()> {
        spend(&self.reading, steps)
    }

    /// Compares so much; none if there is too much of it.
    pub(super) fn compare(&self, steps: usize) -> Option<()> {
        spend(&self.comparing, steps)
    }

    /// Searches so much; none if there is too much of it.
    pub(super) fn search(&self, steps: usize) -> Option<()> {
        spend(&self.searching, steps)
    }

    /// Gives back what was searched less than it might have been.
    pub(super) fn spare(&self, steps: usize) {
        self.searching.set(self.searching.get().saturating_add(steps));
    }

    /// Keeps so many bytes; none if there are too many.
    pub(super) fn keep(&self, bytes: usize) -> Option<()> {
        spend(&self.bytes, bytes)
    }
}

/// What is not left is not spent, and all that is smaller still may be.
fn spend(share: &Cell<usize>, amount: usize) -> Option<()> {
    share.set(share.get().checked_sub(amount)?);
    Some(())
}

/// About the bytes that a value takes.
pub(super) fn weight(value: &Value) -> usize {
    const NODE: usize = 32;
    NODE + match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(weight).sum(),
        Value::Object(members) => members.iter().map(|(name, value)| NODE + name.len() + weight(value)).sum(),
        _ => 0,
    }
}
