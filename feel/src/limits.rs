//! What an expression may cost.

use std::time::Duration;

/// Bounds of parsing and evaluating. Each has an error of its own; none can be switched off.
///
/// The defaults leave room for any expression that a person writes, and end hostile ones within a tenth of a second on
/// an ordinary machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Longest text of an expression, in bytes.
    pub source: usize,
    /// Deepest nesting of brackets, keywords and functions in a text, and of lists and contexts in a value.
    pub nesting: usize,
    /// Parts of an expression that one evaluation may evaluate, and items that functions may look at.
    pub steps: u64,
    /// Bytes of values that one evaluation may make, whether they are still in use or not, and that its result may
    /// have when it is written out.
    pub memory: usize,
    /// Deepest nesting of parts that are being evaluated at once.
    pub depth: usize,
    /// Time that one evaluation may take. Steps bound it too, and give the same answer on every machine.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            source: 16 * 1024 * 1024,
            nesting: 1_000,
            steps: 1_000_000,
            memory: 32 * 1024 * 1024,
            depth: 3_000,
            time: Duration::from_secs(5),
        }
    }
}
