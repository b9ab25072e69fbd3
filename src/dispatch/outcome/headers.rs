//! The task headers that decide an outcome, read before anything is sent.

use super::Outcome;
use crate::definition::OperationDefinition;
use crate::failure::{ErrorType, Failure};
use crate::registry::{ONLY_ENTRIES, ONLY_ERRORS, error_variables, no_context};
use opwright_feel::connector::engine;
use opwright_feel::{Diagnostic, Engine, Expression, ParseError, Position, Shape, Span, Warning, snippet};
use std::fmt;

/// The headers as a job carries them. A blank one counts as absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Headers {
    /// The variable that takes the response as it is.
    pub result_variable: Option<String>,
    /// FEEL that gives the variables to set.
    pub result_expression: Option<String>,
    /// FEEL that gives an error, or null.
    pub error_expression: Option<String>,
}

impl Headers {
    /// What the template of an operation fills in.
    #[must_use]
    pub fn of(operation: &OperationDefinition) -> Self {
        Self {
            result_variable: operation.result_variable.clone(),
            result_expression: operation.result_expression.clone(),
            error_expression: operation.error_expression.clone(),
        }
    }

    /// Reads them from a job's custom headers.
    pub fn read(header: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            result_variable: header("resultVariable"),
            result_expression: header(Header::ResultExpression.name()),
            error_expression: header(Header::ErrorExpression.name()),
        }
    }
}

/// A header that holds an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Header {
    /// `resultExpression`
    ResultExpression,
    /// `errorExpression`
    ErrorExpression,
}

impl Header {
    /// The header's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ResultExpression => "resultExpression",
            Self::ErrorExpression => "errorExpression",
        }
    }

    /// What messages call it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::ResultExpression => "Result expression",
            Self::ErrorExpression => "Error expression",
        }
    }
}

impl Header {
    /// Why its expression must give a context.
    const fn demand(self) -> &'static str {
        match self {
            Self::ResultExpression => ONLY_ENTRIES,
            Self::ErrorExpression => ONLY_ERRORS,
        }
    }
}

/// The headers, understood.
#[derive(Debug)]
pub struct Expressions {
    pub(super) variable: Option<String>,
    pub(super) result: Option<Expression>,
    pub(super) error: Option<Expression>,
    pub(super) engine: &'static Engine,
}

impl Expressions {
    /// Finds everything that is wrong with the headers themselves.
    pub fn parse(headers: &Headers) -> Result<Self, HeaderFaults> {
        let mut faults = Vec::new();
        let mut read = |header, text: &Option<String>| match sound(header, present(text.as_deref())?) {
            Ok(expression) => Some(expression),
            Err(fault) => {
                faults.push(fault);
                None
            }
        };
        let expressions = Self {
            variable: present(headers.result_variable.as_deref()).map(str::to_owned),
            result: read(Header::ResultExpression, &headers.result_expression),
            error: read(Header::ErrorExpression, &headers.error_expression),
            engine: engine(),
        };
        if faults.is_empty() { Ok(expressions) } else { Err(HeaderFaults(faults)) }
    }

    /// The same, evaluated by an engine with other limits.
    #[must_use]
    pub fn evaluated_by(self, engine: &'static Engine) -> Self {
        Self { engine, ..self }
    }

    /// Whether there is neither a result variable nor a result expression, so that a response is dropped.
    #[must_use]
    pub fn drop_response(&self) -> bool {
        self.variable.is_none() && self.result.is_none()
    }

    /// What in the expressions is null in every response of this shape, such as a function that there is not, and what they
    /// give if that can be no context. The shape is that of all that the result expression sees: `response` and its members.
    #[must_use]
    pub fn check(&self, seen: &Shape) -> Vec<Remark> {
        let mut remarks = Vec::new();
        let mut look = |header, expression: &Option<Expression>, variables: &Shape| {
            if let Some(expression) = expression {
                let analysis = expression.analyze(variables, engine());
                remarks
                    .extend(analysis.diagnostics.iter().map(|found| Remark::of_diagnostic(header, expression, found)));
                if let Some(what) = no_context(&analysis.shape) {
                    let message = format!("it gives {what}, {}", header.demand());
                    remarks.push(Remark::new(header, expression, analysis.span, message));
                }
            }
        };
        look(Header::ResultExpression, &self.result, seen);
        look(Header::ErrorExpression, &self.error, &error_variables());
        remarks
    }
}

fn present(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.trim().is_empty())
}

fn sound(header: Header, text: &str) -> Result<Expression, HeaderFault> {
    let fault = |problem| HeaderFault { header, text: text.to_owned(), problem };
    let expression = Expression::parse(text).map_err(|error| fault(HeaderProblem::Syntax(error)))?;
    // It may be null as well, and then adds nothing; it never adds anything.
    let kind = match expression.analyze(&Shape::Any, engine()).shape {
        Shape::Boolean => "boolean",
        Shape::Number => "number",
        Shape::Text | Shape::Temporal => "string",
        Shape::List(_) => "array",
        Shape::Any | Shape::Null | Shape::Range | Shape::Function | Shape::Context(_) => return Ok(expression),
    };
    Err(fault(HeaderProblem::NoObject { kind }))
}

/// A header whose expression cannot work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderFault {
    /// The header.
    pub header: Header,
    /// The expression.
    pub text: String,
    /// What is wrong with it.
    pub problem: HeaderProblem,
}

/// What is wrong with an expression, whatever the operation gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeaderProblem {
    /// It is no FEEL.
    Syntax(ParseError),
    /// It never gives an object.
    NoObject {
        /// What it gives: `array`, `string`, `number` or `boolean`.
        kind: &'static str,
    },
}

impl HeaderFault {
    /// Where it is, and the line of the expression with carets under the place.
    #[must_use]
    pub fn place(&self) -> Option<(Position, String)> {
        match &self.problem {
            HeaderProblem::Syntax(error) => Some((error.position(), snippet(&self.text, error.span()))),
            HeaderProblem::NoObject { .. } => None,
        }
    }
}

impl fmt::Display for HeaderFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let label = self.header.label();
        match &self.problem {
            HeaderProblem::Syntax(error) => write!(formatter, "{label} is no FEEL expression: {error}"),
            HeaderProblem::NoObject { kind } => {
                write!(formatter, "{label} must return a JSON object, but it can only return {kind}")
            }
        }
    }
}

/// Headers that cannot work, all of them. Nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct HeaderFaults(pub Vec<HeaderFault>);

impl HeaderFaults {
    /// What a job with such headers comes to: an incident, since every repetition has the same headers.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        Outcome::of_failure(Failure::terminal_as(ErrorType::Input, self.to_string()), 0)
    }
}

/// Something in an expression that its author should know. It tells names and types, never values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// The header that holds the expression.
    pub header: Header,
    /// Where.
    pub position: Position,
    /// What, and what may have been meant.
    pub message: String,
    /// The line of the expression, with carets under the place.
    pub snippet: String,
}

impl Remark {
    pub(super) fn of_warning(header: Header, expression: &Expression, warning: &Warning) -> Self {
        Self::new(header, expression, warning.span(), warning.message().to_owned())
    }

    fn of_diagnostic(header: Header, expression: &Expression, diagnostic: &Diagnostic) -> Self {
        Self::new(header, expression, diagnostic.span, diagnostic.to_string())
    }

    fn new(header: Header, expression: &Expression, span: Span, message: String) -> Self {
        let source = expression.source();
        Self { header, position: Position::at(source, span.start()), message, snippet: snippet(source, span) }
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}, {}: {}", self.header.name(), self.position, self.message)
    }
}
