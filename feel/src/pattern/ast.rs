//! The tree of a parsed pattern.

use std::sync::Arc;

use super::set::CharSet;

/// The count that stands for "without end", and the largest one that Java's quantifiers take.
pub(super) const ENDLESS: u32 = i32::MAX.unsigned_abs();

#[derive(Debug)]
pub(super) enum Node {
    Empty,
    Atom(Atom),
    /// `\R`.
    Newline,
    /// `\X`.
    Grapheme,
    Assert(Assert),
    BackRef {
        group: usize,
        fold: Fold,
    },
    Cat(Vec<Node>),
    Alt(Vec<Node>),
    /// `(…)` with its number, or `(?:…)`.
    Group {
        number: Option<usize>,
        body: Box<Node>,
    },
    Ahead {
        negate: bool,
        body: Box<Node>,
    },
    Behind {
        negate: bool,
        body: Box<Node>,
        reach: Reach,
        stride: Stride,
    },
    /// `(?>…)`.
    Atomic(Box<Node>),
    Repeat {
        body: Box<Node>,
        min: u32,
        max: u32,
        mode: Mode,
        form: Form,
    },
}

/// One character.
#[derive(Debug, Clone)]
pub(super) enum Atom {
    Char(char),
    Set(Arc<CharSet>),
}

impl Atom {
    pub(super) fn takes(&self, c: char) -> bool {
        match self {
            Atom::Char(own) => *own == c,
            Atom::Set(set) => set.contains(c),
        }
    }
}

#[derive(Debug, Clone)]
pub(super) enum Assert {
    /// `^` and `\A`.
    Start,
    /// `^` with MULTILINE.
    LineStart { unix: bool },
    /// `\z`.
    End,
    /// `$` and `\Z`: at the end, or before a line terminator that ends the input.
    LastLineEnd { unix: bool },
    /// `$` with MULTILINE.
    LineEnd { unix: bool },
    /// `\b` and `\B`; with the word characters where they are not the ASCII ones.
    Word { negate: bool, word: Option<Arc<CharSet>> },
    /// `\G`.
    LastMatch,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fold {
    Exact,
    Ascii,
    Unicode,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Greedy,
    Lazy,
    Possessive,
}

/// How a quantifier was written, which decides how Java runs and measures it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `?` and `{0,1}`
    Optional,
    /// `*`, `+` and `{n,}`
    Open,
    /// `{n}` and `{n,m}`
    Counted,
}

/// In what a look-behind steps back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stride {
    /// UTF-16 units.
    Units,
    Characters,
}

/// How far a look-behind steps back, as Java computes it (in 32 bits that wrap).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Reach {
    pub(super) min: i32,
    pub(super) max: i32,
}
