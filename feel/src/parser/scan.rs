//! Blanks, comments, names, words and strings: what the grammar treats as one piece.
//!
//! The grammar has no tokens: a word such as `in` is recognised where it may stand, even inside `xs inlist`.

use unicode_general_category::{GeneralCategory, get_general_category};

use super::{NAME, Parser};
use crate::{span::Span, syntax::Text};

/// Whether this is a word that is no name by itself, though a name may begin with it.
fn is_reserved(word: &str) -> bool {
    matches!(
        word,
        "null" | "true" | "false" | "function" | "in" | "return" | "then" | "else" | "satisfies" | "and" | "or"
    )
}

/// Which ASCII characters a name may go on with. Controls are part of a name to Java.
const NAME_PART: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0_u8;
    while byte < 0x80 {
        table[byte as usize] = byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | 0..=8 | 0x0e..=0x1b | 0x7f);
        byte += 1;
    }
    table
};

impl Parser<'_> {
    #[inline]
    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(super) fn peek_char(&self) -> Option<char> {
        self.source.get(self.at..).and_then(|rest| rest.chars().next())
    }

    #[inline]
    pub(super) fn starts_with(&self, text: &str) -> bool {
        self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(text.as_bytes()))
    }

    /// Skips blanks and comments. A comment that is not closed is an error wherever it stands.
    #[inline]
    pub(super) fn blanks(&mut self) {
        if matches!(self.peek(), Some(b' ' | b'\t'..=b'\r' | b'/' | 0x80..)) {
            self.blanks_and_comments();
        }
    }

    fn blanks_and_comments(&mut self) {
        loop {
            match self.peek() {
                Some(b' ' | b'\t'..=b'\r') => self.at += 1,
                Some(b'/') if self.starts_with("//") => {
                    let rest = self.bytes.get(self.at..).unwrap_or_default();
                    self.at += rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |end| end + 1);
                }
                Some(b'/') if self.starts_with("/*") => {
                    let body = self.source.get(self.at + 2..).unwrap_or_default();
                    if let Some(end) = body.find("*/") {
                        self.at += 2 + end + 2;
                        self.spend(end);
                    } else {
                        self.fail_at(self.source.len(), "`*/`");
                        self.unclosed = true;
                        return;
                    }
                }
                Some(0x80..) => match self.peek_char() {
                    Some(c) if is_blank(c) => self.at += c.len_utf8(),
                    _ => return,
                },
                _ => return,
            }
        }
    }

    /// Takes this sign or word after blanks, as the grammar's `~ "…"` does; puts nothing back that was not there.
    pub(super) fn take(&mut self, text: &'static str, label: &'static str) -> bool {
        self.blanks();
        if self.starts_with(text) {
            self.at += text.len();
            return true;
        }
        self.fail(label);
        false
    }

    /// As [`Parser::take`], and stays where it was if the text is not there.
    pub(super) fn take_or_stay(&mut self, text: &'static str, label: &'static str) -> bool {
        let start = self.at;
        if self.take(text, label) {
            return true;
        }
        self.at = start;
        false
    }

    /// A name that is no reserved word, without blanks.
    pub(super) fn identifier(&mut self) -> Option<Span> {
        let start = self.at;
        let end = self.identifier_end(start)?;
        self.at = end;
        Some(Span::new(start, end))
    }

    fn identifier_end(&self, start: usize) -> Option<usize> {
        let mut end = start;
        match self.bytes.get(start)? {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$' => end += 1,
            0x80.. => {
                let c = self.source.get(start..)?.chars().next()?;
                if !is_name_start(c) {
                    return None;
                }
                end += c.len_utf8();
            }
            _ => return None,
        }
        loop {
            match self.bytes.get(end) {
                Some(byte) if NAME_PART.get(usize::from(*byte)).is_some_and(|part| *part) => end += 1,
                Some(0x80..) => match self.source.get(end..).and_then(|rest| rest.chars().next()) {
                    Some(c) if is_name_part(c) => end += c.len_utf8(),
                    _ => break,
                },
                _ => break,
            }
        }
        let text = self.source.get(start..end)?;
        if is_reserved(text) { None } else { Some(end) }
    }

    /// `` `any text` ``; the span is what stands between the backticks.
    fn quoted_name(&mut self) -> Option<Span> {
        if self.peek() != Some(b'`') {
            return None;
        }
        let start = self.at + 1;
        let length = self.source.get(start..)?.find('`')?;
        if length == 0 {
            return None;
        }
        self.at = start + length + 1;
        Some(Span::new(start, start + length))
    }

    /// A name, in backticks or not.
    pub(super) fn name(&mut self) -> Option<Span> {
        let name = self.identifier().or_else(|| self.quoted_name());
        if name.is_none() {
            self.fail(NAME);
        }
        name
    }

    /// What may follow a point: a name or `time offset`.
    pub(super) fn property_name(&mut self) -> Option<Span> {
        const TIME_OFFSET: &str = "time offset";
        if self.peek() == Some(b't') && self.starts_with(TIME_OFFSET) {
            let start = self.at;
            self.at += TIME_OFFSET.len();
            return Some(Span::new(start, self.at));
        }
        self.name()
    }

    /// At least two names with spaces between, as `string length`.
    pub(super) fn spaced_name(&mut self) -> Option<Span> {
        let start = self.at;
        let mut end = self.identifier_end(start)?;
        let mut words = 1;
        loop {
            let mut next = end;
            while self.bytes.get(next) == Some(&b' ') {
                next += 1;
            }
            if next == end {
                break;
            }
            match self.identifier_end(next) {
                Some(found) => end = found,
                None => break,
            }
            words += 1;
        }
        if words == 1 {
            return None;
        }
        self.at = end;
        Some(Span::new(start, end))
    }

    /// The text between double quotes, escape sequences as they are.
    pub(super) fn quoted(&mut self) -> Option<Span> {
        if self.peek() != Some(b'"') {
            self.fail("a string");
            return None;
        }
        let start = self.at + 1;
        let mut end = start;
        loop {
            match self.bytes.get(end) {
                Some(b'"') => break,
                Some(b'\\') => {
                    let escaped = self.source.get(end + 1..).and_then(|rest| rest.chars().next());
                    end += 1 + escaped.map_or(1, char::len_utf8);
                }
                Some(_) => end += 1,
                None => {
                    self.fail_at(self.source.len(), "`\"`");
                    return None;
                }
            }
        }
        self.at = end + 1;
        self.spend(end - start);
        Some(Span::new(start, end))
    }

    /// A string literal.
    pub(super) fn string(&mut self) -> Option<Text> {
        let span = self.quoted()?;
        let raw = span.of(self.source);
        Some(if raw.contains('\\') { Text::Owned(unescape(raw).into()) } else { Text::Source(span) })
    }

    /// A key of a context: any text up to a colon, a name in backticks, or a string.
    pub(super) fn key(&mut self) -> Option<Span> {
        self.blanks();
        match self.peek() {
            Some(b'"') => self.quoted(),
            Some(b'`') => self.name(),
            _ => {
                let start = self.at;
                let mut end = start;
                while let Some(c) = self.peek_char() {
                    if matches!(c, '"' | '{' | '}' | ':' | ',' | '[' | ']' | '`') {
                        break;
                    }
                    self.at += c.len_utf8();
                    // Most keys are plain names.
                    while self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric()) {
                        self.at += 1;
                    }
                    end = self.at;
                    self.blanks();
                    if self.unclosed {
                        return None;
                    }
                }
                self.at = end;
                self.spend(end - start);
                if end == start {
                    self.fail("a key");
                    return None;
                }
                Some(Span::new(start, end))
            }
        }
    }
}

/// Resolves escape sequences as feel-scala does: a sequence whose backslash follows another backslash is none, and two
/// backslashes become one at the end. `\u` sequences stay as they are.
fn unescape(raw: &str) -> String {
    let mut resolved = String::with_capacity(raw.len());
    let mut previous = None;
    let mut characters = raw.chars().peekable();
    while let Some(c) = characters.next() {
        let escape = if c == '\\' && previous != Some('\\') {
            characters.peek().and_then(|next| {
                Some(match next {
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    'b' => '\u{8}',
                    'f' => '\u{c}',
                    '\'' => '\'',
                    '"' => '"',
                    _ => return None,
                })
            })
        } else {
            None
        };
        if let Some(escape) = escape {
            resolved.push(escape);
            previous = characters.next();
        } else {
            resolved.push(c);
            previous = Some(c);
        }
    }
    resolved.replace("\\\\", "\\")
}

fn is_blank(c: char) -> bool {
    matches!(
        c,
        '\u{85}' | '\u{a0}' | '\u{1680}' | '\u{180e}' | '\u{2000}'
            ..='\u{200b}' | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}' | '\u{feff}'
    )
}

/// Java's `Character.isJavaIdentifierStart`, which looks at one UTF-16 unit: nothing outside the first plane.
fn is_name_start(c: char) -> bool {
    use GeneralCategory as Category;
    c <= '\u{ffff}'
        && matches!(
            get_general_category(c),
            Category::UppercaseLetter
                | Category::LowercaseLetter
                | Category::TitlecaseLetter
                | Category::ModifierLetter
                | Category::OtherLetter
                | Category::LetterNumber
                | Category::CurrencySymbol
                | Category::ConnectorPunctuation
        )
}

/// Java's `Character.isJavaIdentifierPart`, without blanks.
fn is_name_part(c: char) -> bool {
    use GeneralCategory as Category;
    c <= '\u{ffff}'
        && !is_blank(c)
        && (is_name_start(c)
            || matches!(c, '\u{80}'..='\u{9f}')
            || matches!(
                get_general_category(c),
                Category::DecimalNumber | Category::NonspacingMark | Category::SpacingMark | Category::Format
            ))
}
