//! From a text to a tree: feel-scala's grammar, by recursive descent.
//!
//! Its grammar is ordered choice with backtracking. This parser makes the same choices, but reads a bracket once where
//! ordered choice would read it first as a range and then as a list. What backtracking is left is bounded by a budget.

mod error;
mod expression;
mod operand;
mod scan;
#[cfg(test)]
mod tests;

pub use error::{Found, ParseError, ParseErrorReason};

use crate::{
    limits::Limits,
    span::Span,
    syntax::{Kind, Node},
};

/// Parses an expression that fills the whole text but for one `=` before it.
pub(crate) fn parse_expression(source: &str, limits: &Limits) -> Result<Node, ParseError> {
    // As the connector runtime trims it: blanks and all controls, before and after the `=`.
    Parser::run(source.trim_end_matches(is_trimmed), limits, |parser| {
        parser.trim();
        if parser.peek() == Some(b'=') {
            parser.at += 1;
            parser.trim();
        }
        parser.expression()
    })
}

/// Parses unary tests, such as `< 3, [5..7]` or `not("a")`, that fill the whole text.
pub(crate) fn parse_unary_tests(source: &str, limits: &Limits) -> Result<Node, ParseError> {
    Parser::run(source, limits, Parser::unary_tests)
}

/// What Java's `String.trim` takes away.
fn is_trimmed(c: char) -> bool {
    c <= ' '
}

struct Parser<'s> {
    source: &'s str,
    bytes: &'s [u8],
    at: usize,
    depth: usize,
    depth_limit: usize,
    work: usize,
    /// The furthest place at which something was expected, and what.
    furthest: usize,
    expected: Expected,
    /// Why parsing was given up; every method returns `None` from then on.
    given_up: Option<(ParseErrorReason, Span)>,
    unclosed: bool,
}

impl<'s> Parser<'s> {
    fn run(
        source: &'s str,
        limits: &Limits,
        rule: impl FnOnce(&mut Parser<'s>) -> Option<Node>,
    ) -> Result<Node, ParseError> {
        if source.len() > limits.source {
            return Err(ParseError::new(source, Span::new(limits.source, source.len()), ParseErrorReason::TooLong));
        }
        let mut parser = Parser {
            source,
            bytes: source.as_bytes(),
            at: 0,
            depth: 0,
            depth_limit: limits.nesting,
            // Each byte is looked at a few times; more than this is backtracking that grows with every bracket.
            work: 10_000 + source.len().saturating_mul(16),
            furthest: 0,
            expected: Expected::default(),
            given_up: None,
            unclosed: false,
        };
        parser.blanks();
        let node = rule(&mut parser);
        parser.blanks();
        match node {
            Some(node) if parser.at == source.len() && !parser.unclosed && parser.given_up.is_none() => Ok(node),
            Some(_) => {
                parser.fail("the end");
                Err(parser.error())
            }
            None => Err(parser.error()),
        }
    }

    fn trim(&mut self) {
        while self.peek().is_some_and(|byte| is_trimmed(char::from(byte))) {
            self.at += 1;
        }
    }

    fn error(mut self) -> ParseError {
        if let Some((reason, span)) = self.given_up.take() {
            return ParseError::new(self.source, span, reason);
        }
        let rest = self.source.get(self.furthest..).unwrap_or_default();
        let word = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').take(40).collect::<String>();
        let found = match rest.chars().next() {
            None => Found::End,
            Some(sign) if sign.is_control() => Found::Text(sign.escape_debug().to_string()),
            Some(sign) if word.is_empty() => Found::Text(sign.to_string()),
            Some(_) => Found::Text(word),
        };
        let length = match &found {
            Found::End => 0,
            Found::Text(text) => text.len(),
        };
        let span = Span::new(self.furthest, self.furthest + length.min(rest.len()));
        let mut expected = self.expected.labels();
        // Where an operator could go on, so could many: the list would only hide what was meant.
        if expected.len() > 1 {
            expected.retain(|what| *what != OPERATOR);
        }
        // An expression may be a name.
        if expected.contains(&EXPRESSION) {
            expected.retain(|what| *what != NAME);
        }
        ParseError::new(self.source, span, ParseErrorReason::Expected { expected, found })
    }

    /// Notes that this was expected here.
    fn fail(&mut self, label: &'static str) {
        self.fail_at(self.at, label);
    }

    fn fail_at(&mut self, at: usize, label: &'static str) {
        if at < self.furthest || self.unclosed {
            return;
        }
        if at > self.furthest {
            self.furthest = at;
            self.expected.count = 0;
        }
        self.expected.add(label);
    }

    fn give_up(&mut self, reason: ParseErrorReason) {
        self.give_up_at(Span::new(self.at, self.at + usize::from(self.at < self.source.len())), reason);
    }

    fn give_up_at(&mut self, span: Span, reason: ParseErrorReason) {
        if self.given_up.is_none() {
            self.given_up = Some((reason, span));
        }
    }

    /// Goes one bracket or keyword deeper.
    fn nested<T>(&mut self, rule: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        if self.given_up.is_some() || self.unclosed {
            return None;
        }
        if self.depth >= self.depth_limit {
            self.give_up(ParseErrorReason::TooDeep);
            return None;
        }
        if self.work == 0 {
            self.give_up(ParseErrorReason::TooComplex);
            return None;
        }
        self.work -= 1;
        self.depth += 1;
        let result = if self.depth.is_multiple_of(16) {
            stacker::maybe_grow(256 * 1024, 1024 * 1024, || rule(self))
        } else {
            rule(self)
        };
        self.depth -= 1;
        result
    }

    /// Counts a long stretch that was read, so that reading it again and again comes to an end.
    fn spend(&mut self, length: usize) {
        self.work = self.work.saturating_sub(length / 64);
    }

    fn node(&self, start: usize, kind: Kind) -> Node {
        Node { kind, span: Span::new(start, self.at) }
    }
}

/// What was expected at one place; without an allocation, for most of it is forgotten.
#[derive(Clone, Copy, Default)]
struct Expected {
    labels: [&'static str; 8],
    count: usize,
}

impl Expected {
    fn add(&mut self, label: &'static str) {
        let known = self.labels.iter().take(self.count).any(|known| std::ptr::eq(*known, label));
        if !known && let Some(place) = self.labels.get_mut(self.count) {
            *place = label;
            self.count += 1;
        }
    }

    fn labels(&self) -> Vec<&'static str> {
        let mut labels = Vec::new();
        for label in self.labels.iter().take(self.count) {
            if !labels.contains(label) {
                labels.push(*label);
            }
        }
        labels
    }
}

const EXPRESSION: &str = "an expression";
const NAME: &str = "a name";
const OPERATOR: &str = "an operator";
