//! Everything above a single operand: keywords, logic, comparisons, arithmetic, unary tests.

use super::{EXPRESSION, OPERATOR, ParseErrorReason, Parser};
use crate::{
    span::Span,
    syntax::{
        Comparator, Iteration, IterationSource, Iterator, Kind, Node, ProductOperator, Quantifier, Range, SumOperator,
        Test,
    },
};

/// Names of types that hold blanks; other types are plain names.
const SPACED_TYPES: [&str; 4] = ["years and months duration", "days and time duration", "date and time", "function"];

/// What may stand where a bracket begins: a value, or the start of a range.
pub(super) enum Operand {
    Value(Node),
    Range(Range),
}

/// Whether a unary test that stands first ends the expression, as it does after `in`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum AfterTest {
    GoOn,
    Stop,
}

impl Parser<'_> {
    pub(super) fn expression(&mut self) -> Option<Node> {
        self.nested(|parser| parser.choice(AfterTest::GoOn))
    }

    fn choice(&mut self, after: AfterTest) -> Option<Node> {
        self.blanks();
        let start = self.at;
        let keyword = match self.peek() {
            Some(b'i') if self.starts_with("if") => self.conditional(),
            Some(b'f') if self.starts_with("for") => self.iteration("for", "return"),
            Some(b's') if self.starts_with("some") => self.iteration("some", "satisfies"),
            Some(b'e') if self.starts_with("every") => self.iteration("every", "satisfies"),
            _ => None,
        };
        if keyword.is_some() {
            return keyword;
        }
        // Not that keyword after all: a name such as `iffy` or a function `for(…)`.
        self.at = start;
        self.disjunction(after)
    }

    fn conditional(&mut self) -> Option<Node> {
        let start = self.at;
        self.at += "if".len();
        let condition = self.expression()?;
        let then = self.take("then", "`then`").then(|| self.expression())??;
        let otherwise = self.take("else", "`else`").then(|| self.expression())??;
        Some(self.node(start, Kind::If(Box::new((condition, then, otherwise)))))
    }

    fn iteration(&mut self, keyword: &'static str, before_body: &'static str) -> Option<Node> {
        let start = self.at;
        self.at += keyword.len();
        let mut iterators = Vec::new();
        loop {
            iterators.push(self.iterator()?);
            if !self.take_or_stay(",", "`,`") {
                break;
            }
        }
        let label = if before_body == "return" { "`return`" } else { "`satisfies`" };
        let body = self.take(before_body, label).then(|| self.expression())??;
        let reads_partial = body.span.of(self.source).contains("partial");
        let iteration = Box::new(Iteration { iterators, body, reads_partial });
        Some(self.node(
            start,
            match keyword {
                "for" => Kind::For(iteration),
                "some" => Kind::Quantified(Quantifier::Some, iteration),
                _ => Kind::Quantified(Quantifier::Every, iteration),
            },
        ))
    }

    fn iterator(&mut self) -> Option<Iterator> {
        self.blanks();
        let name = self.name()?;
        if !self.take("in", "`in`") {
            return None;
        }
        self.blanks();
        let start = self.at;
        let negative = self.peek() == Some(b'-');
        let first = if negative { self.negation()? } else { self.value()? };
        let after_first = self.at;
        let whole = self.sum_from(start, first);
        if self.take_or_stay("..", "`..`") {
            self.blanks();
            let end = self.sum()?;
            return Some(Iterator { name, source: IterationSource::Numbers(Box::new((whole, end))) });
        }
        if negative {
            self.at = start;
            return self.value().map(|value| Iterator { name, source: IterationSource::List(value) });
        }
        // Without `..` it is a single value: an operator after it belongs to nothing.
        (self.at == after_first).then_some(Iterator { name, source: IterationSource::List(whole) })
    }

    /// A run of `and`s or `or`s; one operand stands for itself.
    fn logic(
        &mut self,
        word: &'static str,
        label: &'static str,
        after: AfterTest,
        operand: fn(&mut Self, AfterTest) -> Option<Node>,
        kind: fn(Vec<Node>) -> Kind,
    ) -> Option<Node> {
        self.blanks();
        let start = self.at;
        let first = operand(self, after)?;
        if after == AfterTest::Stop && is_simple_test(&first, start) {
            return Some(first);
        }
        if self.operand_ends() {
            self.fail(label);
            return Some(first);
        }
        let mut operands = vec![];
        let mut end = self.at;
        while self.take(word, label) {
            self.blanks();
            let Some(next) = operand(self, AfterTest::GoOn) else { break };
            end = self.at;
            operands.push(next);
        }
        self.at = end;
        if operands.is_empty() {
            return Some(first);
        }
        operands.insert(0, first);
        Some(self.node(start, kind(operands)))
    }

    fn disjunction(&mut self, after: AfterTest) -> Option<Node> {
        self.logic("or", OPERATOR, after, Self::conjunction, Kind::Disjunction)
    }

    fn conjunction(&mut self, after: AfterTest) -> Option<Node> {
        self.logic("and", OPERATOR, after, Self::comparison, Kind::Conjunction)
    }

    /// A comparison, or a unary test such as `< 5` or `[1..3]`.
    fn comparison(&mut self, _: AfterTest) -> Option<Node> {
        let start = self.at;
        let left = match self.peek() {
            Some(b'<' | b'>') => return self.unary_comparison(),
            Some(b']') => {
                // Far more often it closes a list that ends too early: what a range would need is not told.
                let known = (self.furthest, self.expected);
                if let Some(range) = self.open_range() {
                    return Some(self.node(start, Kind::Test(Box::new(Test::InRange(range)))));
                }
                (self.furthest, self.expected) = known;
                self.at = start;
                return self.no_operand();
            }
            Some(b'[' | b'(') => match self.bracket()? {
                Operand::Range(range) => return Some(self.node(start, Kind::Test(Box::new(Test::InRange(range))))),
                Operand::Value(value) => {
                    let value = self.steps(start, value);
                    self.sum_from(start, value)
                }
            },
            _ => self.sum()?,
        };
        if self.operand_ends() {
            self.fail(OPERATOR);
            return Some(left);
        }
        let end = self.at;
        self.blanks();
        match self.comparison_with(start, left) {
            Ok(node) => Some(node),
            Err(left) => {
                self.at = end;
                Some(left)
            }
        }
    }

    /// The second half of a comparison; gives the first half back if there is none.
    fn comparison_with(&mut self, start: usize, left: Node) -> Result<Node, Node> {
        let here = self.at;
        if let Some(comparator) = self.comparator() {
            self.blanks();
            return match self.sum() {
                Some(right) => Ok(self.node(start, Kind::Comparison(Box::new((left, comparator, right))))),
                None => Err(left),
            };
        }
        if self.starts_with("between") {
            self.at += "between".len();
            self.blanks();
            if let Some(low) = self.sum()
                && self.take("and", "`and`")
            {
                self.blanks();
                if let Some(high) = self.sum() {
                    return Ok(self.node(start, Kind::Between(Box::new((left, low, high)))));
                }
            }
            self.at = here;
        }
        if self.starts_with("instance") {
            self.at += "instance".len();
            if self.take("of", "`of`")
                && let Some(name) = self.type_name()
            {
                return Ok(self.node(start, Kind::InstanceOf(Box::new(left), name)));
            }
            self.at = here;
        }
        if self.starts_with("in") {
            self.at += "in".len();
            if let Some(test) = self.test_after_in() {
                return Ok(self.node(start, Kind::In(Box::new((left, test)))));
            }
            self.at = here;
        }
        self.fail(OPERATOR);
        Err(left)
    }

    fn comparator(&mut self) -> Option<Comparator> {
        let (length, comparator) = match (self.peek()?, self.bytes.get(self.at + 1)) {
            (b'<', Some(b'=')) => (2, Comparator::LessOrEqual),
            (b'>', Some(b'=')) => (2, Comparator::GreaterOrEqual),
            (b'!', Some(b'=')) => (2, Comparator::NotEqual),
            (b'<', _) => (1, Comparator::Less),
            (b'>', _) => (1, Comparator::Greater),
            (b'=', _) => (1, Comparator::Equal),
            _ => return None,
        };
        self.at += length;
        Some(comparator)
    }

    fn type_name(&mut self) -> Option<Span> {
        self.blanks();
        let start = self.at;
        for spaced in SPACED_TYPES {
            if self.starts_with(spaced) {
                self.at += spaced.len();
                return Some(Span::new(start, self.at));
            }
        }
        match self.qualified_name()?.as_slice() {
            [name] => Some(*name),
            _ => Some(Span::new(start, self.at)),
        }
    }

    // ----- unary tests -----

    fn test_after_in(&mut self) -> Option<Node> {
        self.blanks();
        let start = self.at;
        if self.peek() == Some(b'(') {
            self.at += 1;
            if let Some(tests) = self.positive_unary_tests()
                && self.take(")", "`)`")
            {
                return Some(tests);
            }
            self.at = start;
        }
        self.positive_unary_test()
    }

    pub(super) fn unary_tests(&mut self) -> Option<Node> {
        self.blanks();
        let start = self.at;
        if self.starts_with("not") {
            self.at += "not".len();
            if self.take("(", "`(`")
                && let Some(tests) = self.positive_unary_tests()
                && self.take(")", "`)`")
            {
                return Some(self.node(start, Kind::Test(Box::new(Test::Not(tests)))));
            }
            self.at = start;
        }
        if let Some(tests) = self.positive_unary_tests() {
            return Some(tests);
        }
        self.at = start;
        if self.peek() == Some(b'-') {
            self.at += 1;
            return Some(self.node(start, Kind::Boolean(true)));
        }
        None
    }

    fn positive_unary_tests(&mut self) -> Option<Node> {
        self.blanks();
        let start = self.at;
        let first = self.positive_unary_test()?;
        let mut tests = Vec::new();
        let mut end = self.at;
        while self.take(",", OPERATOR) {
            let Some(next) = self.positive_unary_test() else { break };
            end = self.at;
            tests.push(next);
        }
        self.at = end;
        if tests.is_empty() {
            return Some(first);
        }
        tests.insert(0, first);
        Some(self.node(start, Kind::Test(Box::new(Test::Any(tests)))))
    }

    fn positive_unary_test(&mut self) -> Option<Node> {
        self.nested(|parser| {
            parser.blanks();
            let start = parser.at;
            for (word, value) in [("true", true), ("false", false)] {
                if parser.starts_with(word) {
                    parser.at += word.len();
                    let end = parser.at;
                    parser.blanks();
                    if parser.at == parser.source.len() {
                        parser.at = end;
                        return Some(parser.node(start, Kind::Test(Box::new(Test::Boolean(value)))));
                    }
                    parser.at = start;
                }
            }
            let node = parser.choice(AfterTest::Stop)?;
            if is_simple_test(&node, start) {
                return Some(node);
            }
            let span = node.span;
            Some(Node { kind: Kind::Test(Box::new(Test::Expression(node))), span })
        })
    }

    fn unary_comparison(&mut self) -> Option<Node> {
        let start = self.at;
        let comparator = self.comparator()?;
        self.blanks();
        let operand = self.sum()?;
        Some(self.node(start, Kind::Test(Box::new(Test::Comparison(comparator, operand)))))
    }

    // ----- arithmetic -----

    pub(super) fn sum(&mut self) -> Option<Node> {
        let start = self.at;
        let first = self.negation()?;
        Some(self.sum_from(start, first))
    }

    /// Goes on with arithmetic after its first operand.
    pub(super) fn sum_from(&mut self, start: usize, first: Node) -> Node {
        if self.operand_ends() {
            return first;
        }
        let first = self.product_from(start, first);
        let mut operands = Vec::new();
        let mut end = self.at;
        loop {
            self.blanks();
            let operator = match self.peek() {
                Some(b'+') => SumOperator::Add,
                Some(b'-') => SumOperator::Subtract,
                _ => break,
            };
            self.at += 1;
            self.blanks();
            let operand_start = self.at;
            let Some(operand) = self.negation().map(|first| self.product_from(operand_start, first)) else {
                break;
            };
            operands.push((operator, operand));
            end = self.at;
        }
        self.at = end;
        if operands.is_empty() {
            return first;
        }
        self.node(start, Kind::Sum(Box::new(first), operands))
    }

    fn product_from(&mut self, start: usize, first: Node) -> Node {
        let first = self.power_from(start, first);
        let mut operands = Vec::new();
        let mut end = self.at;
        loop {
            self.blanks();
            let operator = match self.peek() {
                Some(b'*') => ProductOperator::Multiply,
                Some(b'/') => ProductOperator::Divide,
                _ => break,
            };
            self.at += 1;
            self.blanks();
            let operand_start = self.at;
            let Some(operand) = self.negation().map(|first| self.power_from(operand_start, first)) else { break };
            operands.push((operator, operand));
            end = self.at;
        }
        self.at = end;
        if operands.is_empty() {
            return first;
        }
        self.node(start, Kind::Product(Box::new(first), operands))
    }

    fn power_from(&mut self, start: usize, first: Node) -> Node {
        let mut exponents = Vec::new();
        let mut end = self.at;
        loop {
            self.blanks();
            if !self.starts_with("**") {
                break;
            }
            self.at += 2;
            self.blanks();
            let Some(exponent) = self.negation() else { break };
            exponents.push(exponent);
            end = self.at;
        }
        self.at = end;
        if exponents.is_empty() {
            return first;
        }
        self.node(start, Kind::Power(Box::new(first), exponents))
    }

    pub(super) fn negation(&mut self) -> Option<Node> {
        let start = self.at;
        if self.peek() != Some(b'-') {
            return self.value();
        }
        self.at += 1;
        self.blanks();
        let operand = self.value()?;
        Some(self.node(start, Kind::Negation(Box::new(operand))))
    }

    // ----- what operands need -----

    /// Whether here, without blanks, stands a sign that no operator begins with.
    #[inline]
    fn operand_ends(&self) -> bool {
        matches!(self.peek(), None | Some(b'}' | b')' | b']' | b',' | b':'))
    }

    /// An expression; a range if it stands alone in its place, as an argument may.
    pub(super) fn argument(&mut self) -> Option<Node> {
        self.nested(|parser| {
            parser.blanks();
            let start = parser.at;
            let node = parser.choice(AfterTest::Stop)?;
            if !is_simple_test(&node, start) {
                return Some(node);
            }
            match node.kind {
                Kind::Test(test) if matches!(*test, Test::InRange(_)) => {
                    let Test::InRange(range) = *test else { return None };
                    Some(Node { kind: Kind::Range(Box::new(range)), span: node.span })
                }
                // `f(< 3 and x)`: the test is an expression like any other.
                _ => {
                    parser.at = start;
                    parser.choice(AfterTest::GoOn)
                }
            }
        })
    }

    pub(super) fn refuse_external(&mut self, start: usize) {
        self.give_up_at(Span::new(start, self.at), ParseErrorReason::ExternalFunction);
    }

    pub(super) fn no_operand<T>(&mut self) -> Option<T> {
        self.fail(EXPRESSION);
        None
    }
}

/// Whether this is `< 3` or `[1..3]` as it stands, not in parentheses.
fn is_simple_test(node: &Node, start: usize) -> bool {
    node.span.start() == start
        && matches!(&node.kind, Kind::Test(test) if matches!(**test, Test::Comparison(..) | Test::InRange(_)))
}
