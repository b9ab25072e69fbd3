//! Parsing what follows a backslash.

use std::sync::Arc;

use regex_syntax::hir::ClassUnicode;

use super::ast::{Assert, Fold, Node};
use super::parse::{IGNORE_CASE, Parsed, Parser, UNICODE_CASE, UNICODE_CLASSES, UNIX_LINES, invalid};
use super::set::{self, CharSet};
use super::{PatternError, property};

/// What an escape stands for.
pub(super) enum Escape {
    /// A code point, or a lone surrogate.
    Code(u32),
    Class(ClassUnicode),
    Node(Node),
}

impl Parser {
    /// The escape at the backslash here. In a class, `before_range` says that it may be an end of a range.
    pub(super) fn escape(&mut self, in_class: bool, before_range: bool) -> Parsed<Escape> {
        let unix = self.has(UNIX_LINES);
        let c = self.skip();
        let code = match c {
            'p' | 'P' => {
                self.unread();
                return self.property(c == 'P').map(Escape::Class);
            }
            '0' => self.octal()?,
            'a' => 7,
            'e' => 0x1B,
            'f' => 0x0C,
            'n' => 0x0A,
            'r' => 0x0D,
            't' => 0x09,
            'v' if before_range => 0x0B,
            'c' if !self.at_end() => u32::from(self.read()) ^ 64,
            'c' => return invalid("illegal control escape sequence"),
            'u' => self.utf16()?,
            'x' => self.hexadecimal()?,
            'N' if self.read() == '{' => return Err(PatternError::Unsupported("characters by name \\N{…}")),
            'd' | 'D' | 'h' | 'H' | 's' | 'S' | 'v' | 'V' | 'w' | 'W' => return Ok(Escape::Class(self.predefined(c))),
            '1'..='9' | 'A' | 'B' | 'b' | 'G' | 'k' | 'R' | 'X' | 'Z' | 'z' if !in_class => {
                let node = match c {
                    'A' => Node::Assert(Assert::Start),
                    'B' => Node::Assert(self.word_edge(true)),
                    'b' => Node::Assert(self.boundary()?),
                    'G' => Node::Assert(Assert::LastMatch),
                    'R' => Node::Newline,
                    'X' => Node::Grapheme,
                    'Z' => Node::Assert(Assert::LastLineEnd { unix }),
                    'z' => Node::Assert(Assert::End),
                    'k' => self.named_reference()?,
                    _ => self.reference(c),
                };
                return Ok(Escape::Node(node));
            }
            '\0' if self.at > self.text.len() => return invalid("unescaped trailing backslash"),
            _ if c.is_ascii_alphanumeric() => return invalid("illegal/unsupported escape sequence"),
            _ => u32::from(c),
        };
        Ok(Escape::Code(code))
    }

    fn predefined(&self, c: char) -> ClassUnicode {
        let unicode = self.has(UNICODE_CLASSES);
        let class = match c.to_ascii_lowercase() {
            'd' if unicode => set::known("gc=Nd"),
            'd' => set::class_of([(0x30, 0x39)]),
            's' if unicode => set::known("White_Space"),
            's' => set::class_of([(0x09, 0x0D), (0x20, 0x20)]),
            'w' if unicode => property::word(),
            'w' => set::class_of([(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)]),
            'h' => set::class_of_chars("\t \u{a0}\u{1680}\u{180e}\u{202f}\u{205f}\u{3000}").also(0x2000, 0x200A),
            _ => set::class_of_chars("\u{85}\u{2028}\u{2029}").also(0x0A, 0x0D),
        };
        if c.is_ascii_uppercase() { set::negated(class) } else { class }
    }

    fn word_edge(&self, negate: bool) -> Assert {
        let word = self.has(UNICODE_CLASSES).then(|| Arc::new(CharSet::new(&property::word())));
        Assert::Word { negate, word }
    }

    /// `\b`, behind which a quantifier may stand, or `\b{g}`.
    fn boundary(&mut self) -> Parsed<Assert> {
        if self.peek() != '{' || self.char_at(self.at + 1) != 'g' {
            return Ok(self.word_edge(false));
        }
        self.skip();
        if self.read() == '}' {
            return Err(PatternError::Unsupported("boundaries of grapheme clusters \\b{g}"));
        }
        invalid("illegal/unsupported escape sequence")
    }

    fn fold(&self) -> Fold {
        match (self.has(IGNORE_CASE), self.has(UNICODE_CASE)) {
            (false, _) => Fold::Exact,
            (true, false) => Fold::Ascii,
            (true, true) => Fold::Unicode,
        }
    }

    /// A back reference takes as many digits as name a group that was opened before it.
    fn reference(&mut self, first: char) -> Node {
        let mut group = first.to_digit(10).map_or(0, |digit| digit as usize);
        while let Some(digit) = self.peek().to_digit(10) {
            let longer = group.saturating_mul(10).saturating_add(digit as usize);
            if longer > self.groups {
                break;
            }
            group = longer;
            self.read();
        }
        Node::BackRef { group, fold: self.fold() }
    }

    fn named_reference(&mut self) -> Parsed<Node> {
        if self.read() != '<' {
            return invalid("\\k is not followed by '<' for named capturing group");
        }
        let first = self.read();
        let name = self.group_name(first)?;
        match self.names.iter().find(|(known, _)| *known == name) {
            Some(&(_, group)) => Ok(Node::BackRef { group, fold: self.fold() }),
            None => invalid("named capturing group does not exist"),
        }
    }

    fn octal(&mut self) -> Parsed<u32> {
        let Some(mut value) = self.read().to_digit(8) else {
            return invalid("illegal octal escape sequence");
        };
        // A third digit only keeps the value below 256.
        let more = if value <= 3 { 2 } else { 1 };
        for _ in 0..more {
            let Some(digit) = self.read().to_digit(8) else {
                self.unread();
                break;
            };
            value = value * 8 + digit;
        }
        Ok(value)
    }

    fn hexadecimal(&mut self) -> Parsed<u32> {
        let first = self.read();
        if let Some(high) = first.to_digit(16)
            && let Some(low) = self.read().to_digit(16)
        {
            return Ok(high * 16 + low);
        }
        if first != '{' || !self.peek().is_ascii_hexdigit() {
            return invalid("illegal hexadecimal escape sequence");
        }
        let mut value = 0;
        loop {
            let c = self.read();
            match c.to_digit(16) {
                Some(digit) => value = value << 4 | digit,
                None if c == '}' => return Ok(value),
                None => return invalid("unclosed hexadecimal escape sequence"),
            }
            if value > 0x10_FFFF {
                return invalid("hexadecimal code point is too big");
            }
        }
    }

    /// `\uhhhh`; two of them that are a surrogate pair stand for one character.
    fn utf16(&mut self) -> Parsed<u32> {
        let unit = self.four_digits()?;
        if (0xD800..0xDC00).contains(&unit) {
            let after = self.at;
            if self.read() == '\\' && self.read() == 'u' {
                let low = self.four_digits()?;
                if (0xDC00..0xE000).contains(&low) {
                    return Ok(0x1_0000 + ((unit - 0xD800) << 10) + (low - 0xDC00));
                }
            }
            self.at = after;
        }
        Ok(unit)
    }

    fn four_digits(&mut self) -> Parsed<u32> {
        (0..4).try_fold(0, |value, _| match self.read().to_digit(16) {
            Some(digit) => Ok(value * 16 + digit),
            None => invalid("illegal Unicode escape sequence"),
        })
    }
}

trait Also {
    fn also(self, low: u32, high: u32) -> Self;
}

impl Also for ClassUnicode {
    fn also(self, low: u32, high: u32) -> Self {
        set::union(self, &set::class_of([(low, high)]))
    }
}
