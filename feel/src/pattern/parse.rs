//! The parser of Java's regex syntax: alternatives, sequences, single characters and quantifiers.

use std::sync::Arc;

use regex_syntax::hir::ClassUnicode;

use super::ast::{Assert, Atom, ENDLESS, Form, Mode, Node};
use super::escape::Escape;
use super::set::{self, CharSet};
use super::{Flags, PatternError, scan};

pub(super) const IGNORE_CASE: u8 = 1;
pub(super) const MULTI_LINE: u8 = 2;
pub(super) const DOT_ALL: u8 = 4;
pub(super) const COMMENTS: u8 = 8;
pub(super) const UNIX_LINES: u8 = 16;
pub(super) const UNICODE_CASE: u8 = 32;
pub(super) const UNICODE_CLASSES: u8 = 64;

/// How many characters a pattern may have.
const MAX_LENGTH: usize = 1 << 16;
/// How deep groups and classes may nest; the parser and all that walks the tree recurse no deeper.
const MAX_DEPTH: usize = 100;
/// How many character ranges all classes of a pattern may have together.
const MAX_RANGES: usize = 500_000;

pub(super) type Parsed<T> = Result<T, PatternError>;

pub(super) fn invalid<T>(why: &'static str) -> Parsed<T> {
    Err(PatternError::Invalid(why))
}

pub(super) struct Parser {
    pub(super) text: Vec<char>,
    pub(super) at: usize,
    pub(super) mode: u8,
    /// How many capturing groups have been opened.
    pub(super) groups: usize,
    pub(super) names: Vec<(String, usize)>,
    /// The end of what has characters beyond U+FFFF.
    pub(super) supplementary: usize,
    depth: usize,
    ranges: usize,
}

pub(super) struct Tree {
    pub(super) root: Node,
    pub(super) groups: usize,
    pub(super) names: Vec<(String, usize)>,
}

pub(super) fn parse(pattern: &str, flags: Flags) -> Parsed<Tree> {
    if pattern.len() > MAX_LENGTH {
        return Err(PatternError::TooLarge);
    }
    let set = [
        (flags.case_insensitive, IGNORE_CASE),
        (flags.multi_line, MULTI_LINE),
        (flags.dot_all, DOT_ALL),
        (flags.comments, COMMENTS),
    ];
    let mode = set.iter().filter(|(on, _)| *on).fold(0, |mode, (_, bit)| mode | bit);
    let text = scan::unquoted(pattern);
    let supplementary = text.iter().rposition(|c| c.len_utf16() == 2).map_or(0, |last| last + 1);
    let mut parser = Parser { text, at: 0, mode, groups: 0, names: Vec::new(), supplementary, depth: 0, ranges: 0 };
    let root = parser.alternatives()?;
    // Also where an escape has read on behind the end.
    if parser.at != parser.text.len() {
        return invalid("unmatched closing ')'");
    }
    Ok(Tree { root, groups: parser.groups, names: parser.names })
}

impl Parser {
    pub(super) fn has(&self, mode: u8) -> bool {
        self.mode & mode != 0
    }

    /// Goes one level deeper for `inner`.
    pub(super) fn nested<T>(&mut self, inner: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= MAX_DEPTH {
            return Err(PatternError::TooLarge);
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    pub(super) fn alternatives(&mut self) -> Parsed<Node> {
        let first = self.sequence()?;
        if self.peek() != '|' {
            return Ok(first);
        }
        let mut branches = vec![first];
        while self.peek() == '|' {
            self.next();
            branches.push(self.sequence()?);
        }
        Ok(Node::Alt(branches))
    }

    fn sequence(&mut self) -> Parsed<Node> {
        let mut nodes = Vec::new();
        loop {
            let c = self.peek();
            let node = match c {
                '|' | ')' => break,
                scan::END if self.at_end() => break,
                '(' => match self.nested(Self::group)? {
                    Some(group) => group,
                    // Inline flags alone take no quantifier.
                    None => continue,
                },
                '?' | '*' | '+' => return invalid("dangling meta character"),
                _ => {
                    let single = self.single(c)?;
                    self.quantified(single)?
                }
            };
            nodes.push(node);
        }
        Ok(match nodes.len() {
            0 => Node::Empty,
            1 => nodes.swap_remove(0),
            _ => Node::Cat(nodes),
        })
    }

    /// What stands between two quantifiers and is no group.
    fn single(&mut self, c: char) -> Parsed<Node> {
        let unix = self.has(UNIX_LINES);
        let node = match c {
            '[' => {
                let class = self.nested(|parser| parser.class(true))?;
                return self.set(&class);
            }
            '\\' => {
                return match self.escape(false, false)? {
                    Escape::Code(code) => self.literal(code),
                    Escape::Class(class) => self.set(&class),
                    Escape::Node(node) => Ok(node),
                };
            }
            // Java takes a counted quantifier after nothing for one of nothing.
            '{' => return Ok(Node::Empty),
            '^' if self.has(MULTI_LINE) => Node::Assert(Assert::LineStart { unix }),
            '^' => Node::Assert(Assert::Start),
            '$' if self.has(MULTI_LINE) => Node::Assert(Assert::LineEnd { unix }),
            '$' => Node::Assert(Assert::LastLineEnd { unix }),
            '.' => self.dot()?,
            _ => self.literal(u32::from(c))?,
        };
        self.next();
        Ok(node)
    }

    fn dot(&mut self) -> Parsed<Node> {
        let excluded = match () {
            () if self.has(DOT_ALL) => "",
            () if self.has(UNIX_LINES) => "\n",
            () => "\n\r\u{85}\u{2028}\u{2029}",
        };
        self.set(&set::negated(set::class_of_chars(excluded)))
    }

    fn literal(&mut self, code: u32) -> Parsed<Node> {
        let Some(c) = char::from_u32(code) else {
            // A lone surrogate is in no text.
            return self.set(&ClassUnicode::empty());
        };
        if self.has(IGNORE_CASE) && (c.is_ascii_alphabetic() || self.has(UNICODE_CASE)) {
            let class = self.either_case(c);
            return self.set(&class);
        }
        Ok(Node::Atom(Atom::Char(c)))
    }

    /// `c` and what `IGNORE_CASE` takes for it.
    pub(super) fn either_case(&self, c: char) -> ClassUnicode {
        if self.has(UNICODE_CASE) {
            // A character without another case stays alone in Java, even where others fold to it.
            return if set::upper(c) == set::fold(c) {
                set::class_of_chars(c.encode_utf8(&mut [0; 4]))
            } else {
                set::same_fold(c)
            };
        }
        set::class_of([c.to_ascii_lowercase(), c.to_ascii_uppercase()].map(|c| (u32::from(c), u32::from(c))))
    }

    /// Counts ranges of classes, or work that costs as much.
    pub(super) fn charge(&mut self, ranges: usize) -> Parsed<()> {
        self.ranges += ranges;
        if self.ranges > MAX_RANGES { Err(PatternError::TooLarge) } else { Ok(()) }
    }

    fn set(&mut self, class: &ClassUnicode) -> Parsed<Node> {
        self.charge(class.ranges().len())?;
        Ok(match class.ranges() {
            [one] if one.start() == one.end() => Node::Atom(Atom::Char(one.start())),
            _ => Node::Atom(Atom::Set(Arc::new(CharSet::new(class)))),
        })
    }

    /// `body` with the quantifier that follows, if one does.
    pub(super) fn quantified(&mut self, body: Node) -> Parsed<Node> {
        let (min, max, form) = match self.peek() {
            '?' => (0, 1, Form::Optional),
            '*' => (0, ENDLESS, Form::Open),
            '+' => (1, ENDLESS, Form::Open),
            '{' => self.counts()?,
            _ => return Ok(body),
        };
        let mode = match self.next() {
            '?' => Mode::Lazy,
            '+' => Mode::Possessive,
            _ => Mode::Greedy,
        };
        if mode != Mode::Greedy {
            self.next();
        }
        Ok(Node::Repeat { body: Box::new(body), min, max, mode, form })
    }

    /// Reads `{n`, `{n,` or `{n,m` up to the brace that closes it.
    fn counts(&mut self) -> Parsed<(u32, u32, Form)> {
        let first = self.char_at(self.at + 1);
        if !first.is_ascii_digit() {
            return invalid("illegal repetition");
        }
        self.skip();
        let (min, mut c) = self.number(first)?;
        let (mut max, mut form) = (min, Form::Counted);
        if c == ',' {
            c = self.read();
            if c == '}' {
                (max, form) = (ENDLESS, Form::Open);
            } else if c.is_ascii_digit() {
                (max, c) = self.number(c)?;
            } else {
                return invalid("illegal repetition");
            }
        }
        if (min, max) == (0, 1) {
            form = Form::Optional;
        }
        if c != '}' {
            return invalid("unclosed counted closure");
        }
        if max < min {
            return invalid("illegal repetition range");
        }
        self.unread();
        Ok((min, max, form))
    }

    /// The number that starts with `digit`, and what follows it.
    fn number(&mut self, digit: char) -> Parsed<(u32, char)> {
        let (mut value, mut c) = (0u32, digit);
        while let Some(digit) = c.to_digit(10) {
            let longer = value.checked_mul(10).and_then(|tens| tens.checked_add(digit));
            match longer.filter(|&longer| longer <= ENDLESS) {
                Some(longer) => value = longer,
                None => return invalid("illegal repetition range"),
            }
            c = self.read();
        }
        Ok((value, c))
    }
}
