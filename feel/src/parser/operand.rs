//! A single operand: literals, names, calls, brackets, and the `.name` and `[filter]` steps after it.

use std::sync::Arc;

use super::{ParseErrorReason, Parser, expression::Operand};
use crate::{
    builtins,
    number::Number,
    span::Span,
    syntax::{
        Arguments, Boundary, Call, Comparator, Filter, FilterBy, FunctionDefinition, Kind, Node, Range, Step, Test,
    },
    temporal::Temporal,
};

/// Names of functions that hold a reserved word. As prefixes they also hide functions such as `order(…)`, as in
/// feel-scala.
const NAMES_WITH_RESERVED_WORDS: [&str; 5] = ["and", "or", "date and time", "years and months duration", "get or else"];

impl Parser<'_> {
    /// An operand with its steps.
    pub(super) fn value(&mut self) -> Option<Node> {
        let start = self.at;
        let operand = match self.peek() {
            Some(b'[' | b'(') => match self.bracket()? {
                Operand::Value(value) => value,
                // A range is no operand of an operator.
                Operand::Range(_) => {
                    self.at = start;
                    return None;
                }
            },
            _ => self.terminal()?,
        };
        Some(self.steps(start, operand))
    }

    fn terminal(&mut self) -> Option<Node> {
        let start = self.at;
        let Some(byte) = self.peek() else { return self.no_operand() };
        match byte {
            b'"' => {
                let text = self.string()?;
                Some(self.node(start, Kind::Text(text)))
            }
            b'0'..=b'9' | b'-' | b'.' => self.number(),
            b'@' => {
                self.at += 1;
                self.blanks();
                let text = self.quoted()?;
                Some(self.temporal(start, Temporal::literal(text.of(self.source))))
            }
            b'{' => self.context(),
            b'?' => {
                self.at += 1;
                Some(self.node(start, Kind::Input))
            }
            _ => self
                .temporal_constructor(start)
                .or_else(|| self.named(start))
                .or_else(|| self.word(start))
                .or_else(|| self.function_definition(start)),
        }
    }

    fn word(&mut self, start: usize) -> Option<Node> {
        for (word, kind) in [("null", Kind::Null), ("true", Kind::Boolean(true)), ("false", Kind::Boolean(false))] {
            if self.starts_with(word) {
                self.at += word.len();
                return Some(self.node(start, kind));
            }
        }
        None
    }

    fn number(&mut self) -> Option<Node> {
        let start = self.at;
        let mut end = start + usize::from(self.peek() == Some(b'-'));
        let digits = |from: usize| {
            self.bytes.get(from..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count()
        };
        let whole = digits(end);
        end += whole;
        let fraction = if self.bytes.get(end) == Some(&b'.') { digits(end + 1) } else { 0 };
        if fraction > 0 {
            end += 1 + fraction;
        } else if whole == 0 {
            return self.no_operand();
        }
        self.at = end;
        let span = Span::new(start, end);
        if let Ok(number) = Number::parse(span.of(self.source)) {
            return Some(self.node(start, Kind::Number(number)));
        }
        self.give_up_at(span, ParseErrorReason::NumberTooLong);
        None
    }

    fn temporal(&self, start: usize, temporal: Option<Temporal>) -> Node {
        self.node(start, temporal.map_or(Kind::Null, |temporal| Kind::Temporal(Arc::new(temporal))))
    }

    /// `date("2026-11-24")` and the like, with a literal: constant.
    fn temporal_constructor(&mut self, start: usize) -> Option<Node> {
        type Literal = fn(&str) -> Option<Temporal>;
        let (name, literal): (_, Literal) = match self.peek()? {
            b'd' if self.starts_with("duration") => ("duration", Temporal::duration_literal),
            b'd' if self.starts_with("date and time") => ("date and time", Temporal::date_time_literal),
            b'd' if self.starts_with("date") => ("date", Temporal::date_literal),
            b't' if self.starts_with("time") => ("time", Temporal::time_literal),
            _ => return None,
        };
        self.at += name.len();
        if self.take_quietly(b'(')
            && self.peek_after_blanks() == Some(b'"')
            && let Some(text) = self.quoted()
            && self.take_quietly(b')')
        {
            return Some(self.temporal(start, literal(text.of(self.source))));
        }
        self.at = start;
        None
    }

    fn peek_after_blanks(&mut self) -> Option<u8> {
        self.blanks();
        self.peek()
    }

    fn take_quietly(&mut self, sign: u8) -> bool {
        let found = self.peek_after_blanks() == Some(sign);
        self.at += usize::from(found);
        found
    }

    // ----- names and calls -----

    /// A variable, or a call of a function.
    fn named(&mut self, start: usize) -> Option<Node> {
        if let Some(name) = self.spaced_name() {
            if let Some(node) = self.call(start, None, name) {
                return Some(node);
            }
        } else if matches!(self.peek(), Some(b'a' | b'o' | b'd' | b'y' | b'g'))
            && let Some(name) = NAMES_WITH_RESERVED_WORDS.iter().find(|name| self.starts_with(name))
        {
            self.at += name.len();
            let name = Span::new(start, self.at);
            if let Some(node) = self.call(start, None, name) {
                return Some(node);
            }
        } else {
            let names = self.qualified_name()?;
            let end = self.at;
            if self.peek_after_blanks() == Some(b'(')
                && let Some(name) = names.last().copied()
            {
                let of = (names.len() > 1).then(|| {
                    let path = names.get(..names.len() - 1).unwrap_or_default().to_vec();
                    let span = Span::new(start, path.last().map_or(start, |name| name.end()));
                    Node { kind: Kind::Reference(path), span }
                });
                if let Some(node) = self.call(start, of, name) {
                    return Some(node);
                }
            }
            self.at = end;
            return Some(self.node(start, Kind::Reference(names)));
        }
        self.at = start;
        let names = self.qualified_name()?;
        Some(self.node(start, Kind::Reference(names)))
    }

    /// Names with points between them.
    pub(super) fn qualified_name(&mut self) -> Option<Vec<Span>> {
        let mut names = Vec::with_capacity(4);
        names.push(self.property_name()?);
        let mut end = self.at;
        loop {
            self.blanks();
            if self.peek() != Some(b'.') {
                break;
            }
            self.at += 1;
            self.blanks();
            let Some(name) = self.property_name() else { break };
            names.push(name);
            end = self.at;
        }
        self.at = end;
        Some(names)
    }

    /// What follows the name of a function.
    fn call(&mut self, start: usize, of: Option<Node>, name: Span) -> Option<Node> {
        self.blanks();
        if self.peek() != Some(b'(') {
            return None;
        }
        self.at += 1;
        let arguments = self.arguments()?;
        if !self.take(")", "`)`") {
            return None;
        }
        let builtins = builtins::named(name.of(self.source));
        Some(self.node(start, Kind::Call(Box::new(Call { of, name, arguments, builtins }))))
    }

    fn arguments(&mut self) -> Option<Arguments> {
        self.blanks();
        let start = self.at;
        if self.peek() == Some(b')') {
            return Some(Arguments::Positional(Vec::new()));
        }
        let mut named = Vec::new();
        let mut end = start;
        while let Some(argument) = self.named_argument() {
            named.push(argument);
            end = self.at;
            if !self.take(",", "`,`") {
                break;
            }
        }
        self.at = end;
        if self.given_up.is_some() {
            return None;
        }
        if !named.is_empty() {
            return Some(Arguments::Named(named));
        }
        let mut positional = Vec::new();
        while let Some(argument) = self.argument() {
            positional.push(argument);
            end = self.at;
            if !self.take(",", "`,`") {
                break;
            }
        }
        self.at = end;
        Some(Arguments::Positional(positional))
    }

    fn named_argument(&mut self) -> Option<(Span, Node)> {
        self.blanks();
        let name = self.parameter_name()?;
        if self.peek_after_blanks() != Some(b':') {
            return None;
        }
        self.at += 1;
        Some((name, self.argument()?))
    }

    fn parameter_name(&mut self) -> Option<Span> {
        self.spaced_name().or_else(|| self.name())
    }

    fn function_definition(&mut self, start: usize) -> Option<Node> {
        if !self.starts_with("function") {
            return self.no_operand();
        }
        self.at += "function".len();
        if !self.take("(", "`(`") {
            return None;
        }
        let mut parameters = Vec::new();
        loop {
            self.blanks();
            if parameters.is_empty() && self.peek() == Some(b')') {
                break;
            }
            parameters.push(self.parameter_name()?);
            if !self.take_or_stay(",", "`,`") {
                break;
            }
        }
        if !self.take(")", "`)`") {
            return None;
        }
        let body = self.at;
        self.blanks();
        if self.starts_with("external") {
            self.at += "external".len();
            if self.peek_after_blanks() == Some(b'{') {
                self.refuse_external(start);
                return None;
            }
        }
        self.at = body;
        let body = self.expression()?;
        Some(self.node(start, Kind::Function(Box::new(FunctionDefinition { parameters, body }))))
    }

    // ----- brackets -----

    /// A list, a range, or an expression in parentheses. Read once: what follows its first expression tells which.
    pub(super) fn bracket(&mut self) -> Option<Operand> {
        let start = self.at;
        let square = self.peek() == Some(b'[');
        self.at += 1;
        self.blanks();
        // `[]` is an empty list, `[]1..2]]` one of a range that begins with `]`.
        if square && self.peek() == Some(b']') && !self.begins_range() {
            self.at += 1;
            return Some(Operand::Value(self.node(start, Kind::List(Vec::new()))));
        }
        let place = self.at;
        let first = self.expression()?;
        self.blanks();
        if self.starts_with("..") && is_arithmetic(&first, place) {
            let start = Boundary { value: first, closed: square };
            return self.range_end(start).map(Operand::Range);
        }
        if !square {
            // The node keeps its own span, so that one in parentheses can be told from one that is not.
            return self.take(")", "`)`").then_some(Operand::Value(first));
        }
        let mut items = vec![first];
        while self.take_or_stay(",", "`,`") {
            items.push(self.expression()?);
        }
        if !self.take("]", "`]`") {
            return None;
        }
        Some(Operand::Value(self.node(start, Kind::List(items))))
    }

    /// `]1..3]`
    pub(super) fn open_range(&mut self) -> Option<Range> {
        self.at += 1;
        self.blanks();
        let value = self.sum()?;
        self.blanks();
        self.range_end(Boundary { value, closed: false })
    }

    fn begins_range(&mut self) -> bool {
        let (start, furthest, expected) = (self.at, self.furthest, self.expected);
        let begins = self.open_range().is_some();
        (self.at, self.furthest, self.expected) = (start, furthest, expected);
        begins
    }

    fn range_end(&mut self, start: Boundary) -> Option<Range> {
        if !self.take("..", "`..`") {
            return None;
        }
        self.blanks();
        let value = self.sum()?;
        self.blanks();
        let closed = match self.peek() {
            Some(b']') => true,
            Some(b')' | b'[') => false,
            _ => {
                self.fail("`]` or `)`");
                return None;
            }
        };
        self.at += 1;
        Some(Range { start, end: Boundary { value, closed } })
    }

    fn context(&mut self) -> Option<Node> {
        let start = self.at;
        self.at += 1;
        self.blanks();
        let mut entries = Vec::new();
        if self.peek() != Some(b'}') {
            loop {
                let key = self.key()?;
                if !self.take(":", "`:`") {
                    return None;
                }
                entries.push((key, self.expression()?));
                if !self.take_or_stay(",", "`,`") {
                    break;
                }
            }
        }
        if !self.take("}", "`}`") {
            return None;
        }
        Some(self.node(start, Kind::Context(entries)))
    }

    // ----- steps -----

    /// The `.name` and `[filter]` steps after an operand.
    pub(super) fn steps(&mut self, start: usize, operand: Node) -> Node {
        let mut steps = Vec::new();
        let mut end = self.at;
        loop {
            self.blanks();
            let step_start = self.at;
            match self.peek() {
                Some(b'.') => {
                    self.at += 1;
                    self.blanks();
                    let Some(name) = self.property_name() else { break };
                    steps.push(Step::Path(name));
                }
                Some(b'[') => {
                    self.at += 1;
                    let Some(node) = self.expression() else { break };
                    if !self.take("]", "`]`") {
                        break;
                    }
                    let by = filter_by(&node);
                    steps.push(Step::Filter(Filter { node, by, span: Span::new(step_start, self.at) }));
                }
                _ => break,
            }
            end = self.at;
        }
        self.at = end;
        if steps.is_empty() {
            return operand;
        }
        self.node(start, Kind::Chain(Box::new(operand), steps))
    }
}

fn filter_by(node: &Node) -> FilterBy {
    match &node.kind {
        Kind::Number(number) => FilterBy::Position(number.clone()),
        Kind::Negation(operand) => match &operand.kind {
            Kind::Number(number) => number.negate().map_or(FilterBy::Either, FilterBy::Position),
            _ => FilterBy::Either,
        },
        Kind::Comparison(comparison) if comparison.1 != Comparator::NotEqual => FilterBy::Item,
        Kind::Call(_) => FilterBy::Item,
        _ => FilterBy::Either,
    }
}

/// Whether this could be the start of a range: an operand or arithmetic, but no comparison, logic or keyword.
fn is_arithmetic(node: &Node, place: usize) -> bool {
    // One that begins later than its place is in parentheses: a value, whatever it is.
    node.span.start() != place
        || match &node.kind {
            Kind::Comparison(_)
            | Kind::Between(_)
            | Kind::InstanceOf(..)
            | Kind::In(_)
            | Kind::Conjunction(_)
            | Kind::Disjunction(_)
            | Kind::If(_)
            | Kind::For(_)
            | Kind::Quantified(..) => false,
            Kind::Test(test) => !matches!(**test, Test::InRange(_) | Test::Comparison(..)),
            _ => true,
        }
}
