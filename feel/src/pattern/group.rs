//! Parsing groups of every kind, and inline flags.

use super::ast::{Node, Stride};
use super::parse::{
    COMMENTS, DOT_ALL, IGNORE_CASE, MULTI_LINE, Parsed, Parser, UNICODE_CASE, UNICODE_CLASSES, UNIX_LINES, invalid,
};
use super::{PatternError, study};

impl Parser {
    /// A group with its quantifier; none for flags that stay on until the group around them ends.
    pub(super) fn group(&mut self) -> Parsed<Option<Node>> {
        let outside = self.mode;
        let group = if self.next() == '?' {
            match self.skip() {
                ':' => self.plain(None)?,
                '=' => self.ahead(false)?,
                '!' => self.ahead(true)?,
                '>' => Node::Atomic(Box::new(self.plain(None)?)),
                '<' => match self.read() {
                    '=' => self.behind(false)?,
                    '!' => self.behind(true)?,
                    first => {
                        let name = self.group_name(first)?;
                        if self.names.iter().any(|(known, _)| *known == name) {
                            return invalid("named capturing group is already defined");
                        }
                        self.groups += 1;
                        self.names.push((name, self.groups));
                        self.plain(Some(self.groups))?
                    }
                },
                '$' | '@' => return invalid("unknown group type"),
                _ => {
                    self.unread();
                    self.inline_flags()?;
                    match self.read() {
                        ')' => return Ok(None),
                        ':' => self.plain(None)?,
                        _ => return invalid("unknown inline modifier"),
                    }
                }
            }
        } else {
            self.groups += 1;
            self.plain(Some(self.groups))?
        };
        if self.read() != ')' {
            return invalid("unclosed group");
        }
        self.mode = outside;
        self.quantified(group).map(Some)
    }

    fn plain(&mut self, number: Option<usize>) -> Parsed<Node> {
        Ok(Node::Group { number, body: Box::new(self.alternatives()?) })
    }

    fn ahead(&mut self, negate: bool) -> Parsed<Node> {
        Ok(Node::Ahead { negate, body: Box::new(self.alternatives()?) })
    }

    fn behind(&mut self, negate: bool) -> Parsed<Node> {
        let stride = if self.at < self.supplementary { Stride::Characters } else { Stride::Units };
        let body = self.alternatives()?;
        match study::reach(&body) {
            Some(reach) => Ok(Node::Behind { negate, body: Box::new(body), reach, stride }),
            None => invalid("look-behind group does not have an obvious maximum length"),
        }
    }

    /// The name of a group that starts with `first`, up to the `>` behind it.
    pub(super) fn group_name(&mut self, first: char) -> Parsed<String> {
        if !first.is_ascii_alphabetic() {
            return invalid("capturing group name does not start with a Latin letter");
        }
        let (mut name, mut c) = (String::new(), first);
        while c.is_ascii_alphanumeric() {
            name.push(c);
            c = self.read();
        }
        if c != '>' {
            return invalid("named capturing group is missing trailing '>'");
        }
        Ok(name)
    }

    fn inline_flags(&mut self) -> Parsed<()> {
        let mut on = true;
        let mut c = self.peek();
        loop {
            let bits = match c {
                'i' => IGNORE_CASE,
                'm' => MULTI_LINE,
                's' => DOT_ALL,
                'd' => UNIX_LINES,
                'u' => UNICODE_CASE,
                'x' => COMMENTS,
                'U' => UNICODE_CLASSES | UNICODE_CASE,
                'c' => return Err(PatternError::Unsupported("canonical equivalence (?c)")),
                '-' if on => {
                    on = false;
                    0
                }
                _ => return Ok(()),
            };
            if on {
                self.mode |= bits;
            } else {
                self.mode &= !bits;
            }
            c = self.next();
        }
    }
}
