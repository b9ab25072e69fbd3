//! A parsed expression and what its evaluation gives.

use crate::{
    Engine, EvaluationError, ParseError, Warning, evaluate::Budget, limits::Limits, parser, syntax::Node, value::Value,
    variables::Variables,
};

/// A parsed expression: parse once, evaluate many times, from any thread.
///
/// ```
/// use opwright_feel::{Expression, Variables};
/// use serde_json::json;
///
/// let expression = Expression::parse("= {flowSessionId: response.body.flowsessionId}").unwrap();
/// let variables = json!({"response": {"body": {"flowsessionId": "abc-1"}}});
/// let evaluation = expression.evaluate(&Variables::from(&variables)).unwrap();
/// assert_eq!(evaluation.to_json(), json!({"flowSessionId": "abc-1"}));
/// ```
#[derive(Debug)]
pub struct Expression {
    source: Box<str>,
    root: Node,
}

impl Expression {
    /// Parses an expression. One `=` before it, with blanks around, is left out, as in element templates.
    ///
    /// Places in errors and warnings are those of the text as it is given here.
    pub fn parse(text: &str) -> Result<Expression, ParseError> {
        Expression::parse_within(text, &Limits::default())
    }

    /// Parses unary tests, such as `< 3, [5..7]`, as decision tables have them. The variable `cellInput` holds the value
    /// that they are about, or the one that the variable `inputVariableName` names.
    pub fn parse_unary_tests(text: &str) -> Result<Expression, ParseError> {
        let root = parser::parse_unary_tests(text, &Limits::default())?;
        Ok(Expression { source: text.into(), root })
    }

    pub(crate) fn parse_within(text: &str, limits: &Limits) -> Result<Expression, ParseError> {
        let root = parser::parse_expression(text, limits)?;
        Ok(Expression { source: text.into(), root })
    }

    /// Evaluates it with the default engine; see [`Engine::evaluate`].
    pub fn evaluate<'a>(&'a self, variables: &Variables<'a>) -> Result<Evaluation<'a>, EvaluationError> {
        static DEFAULT: std::sync::LazyLock<Engine> = std::sync::LazyLock::new(Engine::new);
        DEFAULT.evaluate(self, variables)
    }

    /// The text that was parsed.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    pub(crate) fn root(&self) -> &Node {
        &self.root
    }
}

/// What an evaluation gives: a value, and what was turned into null on the way.
#[derive(Debug)]
pub struct Evaluation<'a> {
    value: Value<'a>,
    warnings: Vec<Warning>,
    steps: u64,
    memory: usize,
}

impl<'a> Evaluation<'a> {
    pub(crate) fn new(value: Value<'a>, warnings: Vec<Warning>, budget: &Budget) -> Evaluation<'a> {
        Evaluation { value, warnings, steps: budget.steps(), memory: budget.memory() }
    }

    /// The value.
    #[must_use]
    pub fn value(&self) -> &Value<'a> {
        &self.value
    }

    /// The value as JSON; see [`Value::to_json`].
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        self.value.to_json()
    }

    /// What was turned into null, each place once, at most a hundred.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// The steps that it took; see [`Limits::steps`].
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// The bytes of values that it made; see [`Limits::memory`].
    #[must_use]
    pub fn memory(&self) -> usize {
        self.memory
    }
}
