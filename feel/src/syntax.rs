//! What a parsed expression is made of.
//!
//! Chains of operators are flat lists, so that the depth of the tree is the depth of the brackets and keywords in the
//! text, which the parser bounds. Names and plain strings are stretches of the text and cost no allocation.

use std::sync::Arc;

use crate::{builtins::Candidates, number::Number, span::Span, temporal::Temporal};

/// A part of an expression with its place.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    pub(crate) span: Span,
}

impl Node {
    /// Whether it is evaluated without going deeper: a literal or a variable with its path.
    #[inline]
    pub(crate) fn is_simple(&self) -> bool {
        matches!(
            self.kind,
            Kind::Null
                | Kind::Input
                | Kind::Boolean(_)
                | Kind::Number(_)
                | Kind::Text(_)
                | Kind::Temporal(_)
                | Kind::Reference(_)
        )
    }
}

#[derive(Debug)]
pub(crate) enum Kind {
    Null,
    /// `?`, the value that a unary test is about.
    Input,
    Boolean(bool),
    Number(Number),
    Text(Text),
    Temporal(Arc<Temporal>),
    List(Vec<Node>),
    Context(Vec<(Span, Node)>),
    Range(Box<Range>),
    Reference(Vec<Span>),
    Chain(Box<Node>, Vec<Step>),
    Sum(Box<Node>, Vec<(SumOperator, Node)>),
    Product(Box<Node>, Vec<(ProductOperator, Node)>),
    Power(Box<Node>, Vec<Node>),
    Negation(Box<Node>),
    Comparison(Box<(Node, Comparator, Node)>),
    /// `x between a and b`.
    Between(Box<(Node, Node, Node)>),
    InstanceOf(Box<Node>, Span),
    In(Box<(Node, Node)>),
    Conjunction(Vec<Node>),
    Disjunction(Vec<Node>),
    If(Box<(Node, Node, Node)>),
    For(Box<Iteration>),
    Quantified(Quantifier, Box<Iteration>),
    Call(Box<Call>),
    Function(Box<FunctionDefinition>),
    Test(Box<Test>),
}

/// A string, with its escape sequences resolved where it has some.
#[derive(Debug)]
pub(crate) enum Text {
    Source(Span),
    Owned(Box<str>),
}

impl Text {
    pub(crate) fn of<'a>(&'a self, source: &'a str) -> &'a str {
        match self {
            Text::Source(span) => span.of(source),
            Text::Owned(text) => text,
        }
    }
}

#[derive(Debug)]
pub(crate) struct Range {
    pub(crate) start: Boundary,
    pub(crate) end: Boundary,
}

#[derive(Debug)]
pub(crate) struct Boundary {
    pub(crate) value: Node,
    pub(crate) closed: bool,
}

/// What follows a value: `.name` or `[filter]`.
#[derive(Debug)]
pub(crate) enum Step {
    Path(Span),
    Filter(Filter),
}

#[derive(Debug)]
pub(crate) struct Filter {
    pub(crate) node: Node,
    pub(crate) by: FilterBy,
    pub(crate) span: Span,
}

/// How a filter is applied; its form decides, as in feel-scala.
#[derive(Debug)]
pub(crate) enum FilterBy {
    /// A literal number: the item at this position.
    Position(Number),
    /// A comparison or a call: evaluated for each item.
    Item,
    /// Anything else: evaluated once outside; if it is no number, for each item.
    Either,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SumOperator {
    Add,
    Subtract,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProductOperator {
    Multiply,
    Divide,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quantifier {
    Some,
    Every,
}

#[derive(Debug)]
pub(crate) struct Iteration {
    pub(crate) iterators: Vec<Iterator>,
    pub(crate) body: Node,
    /// Whether the text of the body has the word `partial`: only then is the list so far kept at hand.
    pub(crate) reads_partial: bool,
}

#[derive(Debug)]
pub(crate) struct Iterator {
    pub(crate) name: Span,
    pub(crate) source: IterationSource,
}

#[derive(Debug)]
pub(crate) enum IterationSource {
    List(Node),
    /// `1..n`.
    Numbers(Box<(Node, Node)>),
}

#[derive(Debug)]
pub(crate) struct Call {
    /// The context that the function is looked up in; none for a plain call.
    pub(crate) of: Option<Node>,
    pub(crate) name: Span,
    pub(crate) arguments: Arguments,
    /// The built-in functions of this name.
    pub(crate) builtins: Candidates,
}

#[derive(Debug)]
pub(crate) enum Arguments {
    Positional(Vec<Node>),
    Named(Vec<(Span, Node)>),
}

#[derive(Debug)]
pub(crate) struct FunctionDefinition {
    pub(crate) parameters: Vec<Span>,
    pub(crate) body: Node,
}

/// A unary test: what follows `in`, or an entry of a decision table.
#[derive(Debug)]
pub(crate) enum Test {
    /// `true` or `false` at the very end of the text.
    Boolean(bool),
    Comparison(Comparator, Node),
    InRange(Range),
    /// Any other expression.
    Expression(Node),
    Any(Vec<Node>),
    Not(Node),
}
