//! What an expression reads, calls and gives, told without evaluating it.

mod calls;
mod combine;
mod example;
mod names;
mod paths;
mod results;
mod shape;
#[cfg(test)]
mod tests;
mod walk;

pub use shape::{ContextShape, ListShape, Shape};

use crate::{
    Engine, Expression,
    span::{Position, Span, snippet},
};

/// A variable that an expression reads, with the path of names that follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// The variable, and the entries read of it.
    pub path: Vec<String>,
    /// Where.
    pub span: Span,
    /// Whether it may be an entry of the item that a filter looks at instead.
    pub in_filter: bool,
}

/// Something in an expression that cannot be as it was meant: it is null whenever it is evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Where.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// The known name that was probably meant.
    pub suggestion: Option<String>,
}

impl Diagnostic {
    /// How many are told of one expression.
    pub const MOST: usize = 100;

    /// The message with its place, the line of the text, and carets under the place.
    #[must_use]
    pub fn explain(&self, source: &str) -> String {
        format!("{}: {}\n{}", Position::at(source, self.span.start()), self, snippet(source, self.span))
    }
}

impl std::fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)?;
        match &self.suggestion {
            Some(meant) => write!(f, ": did you mean `{meant}`?"),
            None => Ok(()),
        }
    }
}

/// What [`Expression::analyze`] finds.
#[derive(Clone, Debug)]
pub struct Analysis {
    /// The variables that are read, in the order of the text.
    pub reads: Vec<Read>,
    /// What cannot be as it was meant, in the order of the text, at most [`Diagnostic::MOST`].
    pub diagnostics: Vec<Diagnostic>,
    /// What the expression gives.
    pub shape: Shape,
    /// Where it stands, without what is around it: blanks, comments, parentheses and the `=`.
    pub span: Span,
}

impl Expression {
    /// Looks through the expression, given the shape of its variables and the engine that would evaluate it.
    ///
    /// ```
    /// use opwright_feel::{Engine, Expression, Shape};
    ///
    /// let body = Shape::context([("flowsessionId", Shape::Text)]);
    /// let variables = Shape::context([("response", Shape::context([("body", body)]))]);
    /// let expression = Expression::parse("= {id: response.body.flowsesionId}").unwrap();
    /// let analysis = expression.analyze(&variables, &Engine::new());
    /// assert_eq!(
    ///     analysis.diagnostics[0].to_string(),
    ///     "`response.body` has no `flowsesionId`: did you mean `flowsessionId`?",
    /// );
    /// ```
    #[must_use]
    pub fn analyze(&self, variables: &Shape, engine: &Engine) -> Analysis {
        walk::analyze(self, variables, engine)
    }

    /// The variables that it reads.
    #[must_use]
    pub fn reads(&self) -> Vec<Read> {
        self.analyze(&Shape::Any, &Engine::new()).reads
    }
}
