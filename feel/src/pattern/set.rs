//! Sets of characters: the form the engines ask, the Unicode data they come from, and Java's case mappings.

use std::sync::OnceLock;

use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, HirKind};

/// What one character may be: a bit for each of ASCII, and sorted ranges above it.
#[derive(Debug)]
pub(super) struct CharSet {
    ascii: u128,
    ranges: Box<[(char, char)]>,
}

impl CharSet {
    pub(super) fn new(class: &ClassUnicode) -> Self {
        let low = class.iter().take_while(|range| range.start().is_ascii());
        let ascii =
            low.flat_map(|range| range.start()..=range.end().min('\x7f')).fold(0, |bits, c| bits | 1 << u32::from(c));
        let above = class.iter().filter(|range| !range.end().is_ascii());
        Self { ascii, ranges: above.map(|range| (range.start(), range.end())).collect() }
    }

    pub(super) fn contains(&self, c: char) -> bool {
        if c.is_ascii() {
            return self.ascii >> u32::from(c) & 1 == 1;
        }
        let after = self.ranges.partition_point(|&(_, end)| end < c);
        self.ranges.get(after).is_some_and(|&(start, _)| start <= c)
    }

    /// The members below 128, as bits.
    pub(super) fn ascii(&self) -> u128 {
        self.ascii
    }

    /// The ranges above 127; the first may begin lower.
    pub(super) fn beyond(&self) -> impl Iterator<Item = (char, char)> {
        self.ranges.iter().copied()
    }

    pub(super) fn beyond_ascii(&self) -> bool {
        !self.ranges.is_empty()
    }
}

pub(super) fn union(mut left: ClassUnicode, right: &ClassUnicode) -> ClassUnicode {
    left.union(right);
    left
}

pub(super) fn negated(mut class: ClassUnicode) -> ClassUnicode {
    class.negate();
    class
}

/// The class of some ranges of code points; what is no character (a lone surrogate) falls out.
pub(super) fn class_of(ranges: impl IntoIterator<Item = (u32, u32)>) -> ClassUnicode {
    let inside = ranges.into_iter().filter_map(|(low, high)| {
        let low = if (0xD800..=0xDFFF).contains(&low) { 0xE000 } else { low };
        let high = if (0xD800..=0xDFFF).contains(&high) { 0xD7FF } else { high };
        if low > high {
            return None;
        }
        Some(ClassUnicodeRange::new(char::from_u32(low)?, char::from_u32(high)?))
    });
    ClassUnicode::new(inside)
}

pub(super) fn class_of_chars(chars: &str) -> ClassUnicode {
    class_of(chars.chars().map(|c| (u32::from(c), u32::from(c))))
}

/// The class that the regex crates' Unicode tables know by `name`, as in `gc=Lu`, `sc=Latin` or `Alphabetic`.
pub(super) fn unicode(name: &str) -> Option<ClassUnicode> {
    let tree = regex_syntax::Parser::new().parse(&format!("[\\p{{{name}}}]")).ok()?;
    match tree.into_kind() {
        HirKind::Class(Class::Unicode(class)) => Some(class),
        // A class of one character comes back as that character.
        HirKind::Literal(literal) => Some(class_of_chars(std::str::from_utf8(&literal.0).ok()?)),
        _ => None,
    }
}

/// `unicode` for a name known to be there.
pub(super) fn known(name: &str) -> ClassUnicode {
    unicode(name).unwrap_or_else(ClassUnicode::empty)
}

/// The non-spacing marks, which `\b` reads together with their base.
pub(super) fn is_mark(c: char) -> bool {
    static MARKS: OnceLock<CharSet> = OnceLock::new();
    !c.is_ascii() && MARKS.get_or_init(|| CharSet::new(&known("gc=Mn"))).contains(c)
}

/// `Character.isLetterOrDigit`.
pub(super) fn is_letter_or_digit(c: char) -> bool {
    static LETTERS: OnceLock<CharSet> = OnceLock::new();
    let letters = || CharSet::new(&union(known("gc=L"), &known("gc=Nd")));
    c.is_ascii_alphanumeric() || !c.is_ascii() && LETTERS.get_or_init(letters).contains(c)
}

/// `Character.toUpperCase`: the simple mapping, where Rust's gives the full one.
pub(super) fn upper(c: char) -> char {
    let mut mapped = c.to_uppercase();
    match (mapped.next(), mapped.next()) {
        (Some(one), None) => one,
        // Small Greek letters with an iota below have a capital of one character that the full mapping passes over.
        _ => match u32::from(c) {
            code @ (0x1F80..=0x1F87 | 0x1F90..=0x1F97 | 0x1FA0..=0x1FA7) => char::from_u32(code + 8).unwrap_or(c),
            code @ (0x1FB3 | 0x1FC3 | 0x1FF3) => char::from_u32(code + 9).unwrap_or(c),
            _ => c,
        },
    }
}

/// `Character.toLowerCase`, likewise.
pub(super) fn lower(c: char) -> char {
    let mut mapped = c.to_lowercase();
    match (mapped.next(), mapped.next()) {
        (Some(one), None) => one,
        _ => {
            if c == '\u{130}' {
                'i'
            } else {
                c
            }
        }
    }
}

/// What Java compares when case does not count in all of Unicode.
pub(super) fn fold(c: char) -> char {
    if c.is_ascii() { c.to_ascii_lowercase() } else { lower(upper(c)) }
}

/// The characters that have another case, by what they fold to.
fn cased() -> &'static [(char, char)] {
    static CASED: OnceLock<Vec<(char, char)>> = OnceLock::new();
    CASED.get_or_init(|| {
        let letters = union(known("Changes_When_Casemapped"), &known("gc=Lt"));
        let chars = letters.iter().flat_map(|range| range.start()..=range.end());
        let mut pairs: Vec<_> = chars.map(|c| (fold(c), c)).collect();
        pairs.sort_unstable();
        pairs
    })
}

/// A range, with the characters whose upper case, or the lower case of that, lies in it.
pub(super) fn with_other_cases(low: u32, high: u32, unicode_case: bool) -> ClassUnicode {
    let inside = |c: char| (low..=high).contains(&u32::from(c));
    let mut ranges = vec![(low, high)];
    if unicode_case {
        let other = cased().iter().filter(|&&(folded, c)| inside(folded) || inside(upper(c)));
        ranges.extend(other.map(|&(_, c)| (u32::from(c), u32::from(c))));
    } else {
        let letters = ('A'..='Z').chain('a'..='z');
        let other = letters.filter(|c| inside(c.to_ascii_uppercase()) || inside(c.to_ascii_lowercase()));
        ranges.extend(other.map(|c| (u32::from(c), u32::from(c))));
    }
    class_of(ranges)
}

/// Every character that folds as `c` does.
pub(super) fn same_fold(c: char) -> ClassUnicode {
    let goal = fold(c);
    let cased = cased();
    let first = cased.partition_point(|&(folded, _)| folded < goal);
    let same = cased.iter().skip(first).take_while(|&&(folded, _)| folded == goal).map(|&(_, c)| c);
    class_of(same.chain([c, goal]).map(|c| (u32::from(c), u32::from(c))))
}
