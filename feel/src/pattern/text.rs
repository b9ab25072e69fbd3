//! What both engines ask of the input: characters, and whether a condition holds at a place.

use super::ast::Assert;
use super::scan::is_line_end;
use super::set;

/// How many marks in a row are passed over in search of their base: those that Unicode's stream-safe text has at most.
const MAX_MARKS: usize = 30;

/// The bytes of a half of a surrogate pair, of the four of its character.
pub(super) const HALF: usize = 2;

pub(super) fn char_at(text: &str, at: usize) -> Option<char> {
    match text.as_bytes().get(at) {
        Some(byte) if byte.is_ascii() => Some(char::from(*byte)),
        Some(_) => text.get(at..)?.chars().next(),
        None => None,
    }
}

pub(super) fn char_before(text: &str, at: usize) -> Option<char> {
    match text.as_bytes().get(at.checked_sub(1)?) {
        Some(byte) if byte.is_ascii() => Some(char::from(*byte)),
        _ => text.get(..at)?.chars().next_back(),
    }
}

/// The width of the character at `at`, if `takes` says so.
///
/// Between the halves of a surrogate pair it is the second half. That is no character, and is taken where the last
/// character before the surrogates and the first one behind them are.
pub(super) fn width_at(text: &str, at: usize, takes: impl Fn(char) -> bool) -> Option<usize> {
    match char_at(text, at) {
        Some(c) => takes(c).then(|| c.len_utf8()),
        None if text.is_char_boundary(at) => None,
        None => (takes('\u{d7ff}') && takes('\u{e000}')).then_some(HALF),
    }
}

/// Whether `assert` holds at `at`; `last_end` is where the match before this one ended.
pub(super) fn holds(assert: &Assert, text: &str, at: usize, last_end: usize) -> bool {
    let bytes = text.as_bytes();
    let ends_line = |unix: bool| {
        // A pair of \r\n ends a line before the pair only.
        let in_pair = !unix && bytes.get(at) == Some(&b'\n') && at > 0 && bytes.get(at - 1) == Some(&b'\r');
        !in_pair && char_at(text, at).is_some_and(|c| if unix { c == '\n' } else { is_line_end(c) })
    };
    match assert {
        Assert::Start => at == 0,
        Assert::End => at == text.len(),
        Assert::LastMatch => at == last_end,
        Assert::LineStart { unix } => {
            let pair = !unix && bytes.get(at) == Some(&b'\n') && at > 0 && bytes.get(at - 1) == Some(&b'\r');
            let ends = |c: char| if *unix { c == '\n' } else { is_line_end(c) };
            let after = at == 0 || char_before(text, at).is_some_and(ends);
            at < text.len() && after && !pair
        }
        Assert::LineEnd { unix } => at == text.len() || ends_line(*unix),
        Assert::LastLineEnd { unix } => {
            let last = char_at(text, at).map_or(0, char::len_utf8);
            let pair = !unix && bytes.get(at..) == Some(b"\r\n");
            at == text.len() || ends_line(*unix) && (at + last == text.len() || pair)
        }
        Assert::Word { negate, word } => {
            let is_word = |c: char| match word {
                Some(word) => word.contains(c),
                None => c.is_ascii_alphanumeric() || c == '_',
            };
            let before =
                char_before(text, at).is_some_and(|c| is_word(c) || set::is_mark(c) && has_base(text, at, false));
            let after = char_at(text, at).is_some_and(|c| is_word(c) || set::is_mark(c) && has_base(text, at, true));
            (before == after) == *negate
        }
    }
}

/// Whether the mark behind `at` (or before it) stands on a letter or digit, perhaps with other marks between.
///
/// Java walks back in UTF-16 and stops at the second half of a pair, except for the mark that it starts from.
fn has_base(text: &str, at: usize, behind: bool) -> bool {
    let start = if behind { at + char_at(text, at).map_or(0, char::len_utf8) } else { at };
    let mut chars = text.get(..start).unwrap_or_default().chars().rev();
    if behind {
        chars.next();
    }
    for c in chars.take(MAX_MARKS + usize::from(!behind)) {
        if c.len_utf16() == 2 {
            return false;
        }
        if set::is_letter_or_digit(c) {
            return true;
        }
        if !set::is_mark(c) {
            return false;
        }
    }
    false
}
