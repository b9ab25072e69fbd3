//! Reading a pattern character by character the way Java does, with the blanks and comments of COMMENTS passed over.

use super::parse::{COMMENTS, Parser, UNIX_LINES};

/// What stands behind the end of the pattern, as in Java.
pub(super) const END: char = '\0';

/// The pattern with every `\Q…\E` replaced by escapes.
pub(super) fn unquoted(pattern: &str) -> Vec<char> {
    let mut out = Vec::with_capacity(pattern.len());
    let mut chars = pattern.chars().peekable();
    let (mut quoted, mut first) = (false, false);
    while let Some(c) = chars.next() {
        let start = std::mem::take(&mut first);
        match c {
            '\\' if quoted => {
                if chars.next_if_eq(&'E').is_some() {
                    quoted = false;
                } else {
                    out.extend(['\\', '\\']);
                }
            }
            '\\' => {
                if chars.next_if_eq(&'Q').is_some() {
                    (quoted, first) = (true, true);
                } else {
                    out.push(c);
                    out.extend(chars.next());
                }
            }
            // A digit must not become part of an escape that stands before the quotation.
            '0'..='9' if quoted && start => out.extend(['\\', 'x', '3', c]),
            _ if quoted && c.is_ascii() && !c.is_ascii_alphanumeric() => out.extend(['\\', c]),
            _ => out.push(c),
        }
    }
    out
}

impl Parser {
    /// The character at `index`, `END` behind the pattern.
    pub(super) fn char_at(&self, index: usize) -> char {
        self.text.get(index).copied().unwrap_or(END)
    }

    pub(super) fn at_end(&self) -> bool {
        self.at >= self.text.len()
    }

    /// The next character that counts; the position moves up to it.
    pub(super) fn peek(&mut self) -> char {
        if self.has(COMMENTS) {
            self.pass_blanks();
        }
        self.char_at(self.at)
    }

    /// Passes one character and peeks.
    pub(super) fn next(&mut self) -> char {
        self.at += 1;
        self.peek()
    }

    /// Takes the next character that counts.
    pub(super) fn read(&mut self) -> char {
        let c = self.peek();
        self.at += 1;
        c
    }

    /// Passes one character and takes the one behind it, whatever it is.
    pub(super) fn skip(&mut self) -> char {
        let c = self.char_at(self.at + 1);
        self.at += 2;
        c
    }

    pub(super) fn unread(&mut self) {
        self.at = self.at.saturating_sub(1);
    }

    fn pass_blanks(&mut self) {
        loop {
            match self.char_at(self.at) {
                ' ' | '\t'..='\r' => self.at += 1,
                '#' => {
                    while !self.at_end() && !self.ends_comment(self.char_at(self.at)) {
                        self.at += 1;
                    }
                }
                _ => return,
            }
        }
    }

    fn ends_comment(&self, c: char) -> bool {
        // Java takes this character for its own end of the pattern.
        c == END || c == '\n' || !self.has(UNIX_LINES) && is_line_end(c)
    }
}

/// Whether Java ends a line here.
pub(super) fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}
