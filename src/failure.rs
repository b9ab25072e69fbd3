//! How an execution can fail, as the one who called it must tell it apart.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;
use std::time::Duration;

/// What failed, as `errorExpression` sees it: `error.type`, `error.message`, `error.code`, `error.variables`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ErrorDetail {
    /// What kind of failure it is.
    #[serde(rename = "type", default)]
    pub kind: ErrorType,
    /// What happened, for the operator.
    pub message: String,
    /// An HTTP status or a code of the operation's own; always text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// For HTTP `{response: {headers, body}}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variables: Option<Value>,
}

/// What kind of failure it is, by the names of Camunda's runtime: error expressions test them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ErrorType {
    /// The operation was tried and failed.
    #[default]
    #[serde(rename = "io.camunda.connector.api.error.ConnectorException")]
    Operation,
    /// What the process gave is refused: an input, a secret's name, or what an expression returned.
    #[serde(rename = "io.camunda.connector.api.error.ConnectorInputException")]
    Input,
    /// An expression could not be evaluated.
    #[serde(rename = "io.camunda.connector.feel.FeelEngineWrapperException")]
    Feel,
}

/// An execution that gave no result.
///
/// Any error becomes [`Failure::Retryable`] by `?`; the others are said explicitly.
#[derive(Debug, Clone, PartialEq)]
pub enum Failure {
    /// A repetition may succeed.
    Retryable {
        /// What failed.
        error: Box<ErrorDetail>,
        /// Wait this long first, rather than the job's own back-off.
        after: Option<Duration>,
    },
    /// No repetition mends it: an incident.
    Terminal {
        /// What failed.
        error: Box<ErrorDetail>,
    },
    /// The process has a boundary event for this.
    Bpmn {
        /// The code that the boundary event waits for.
        code: String,
        /// For the operator.
        message: String,
        /// Set where the error is caught.
        variables: Box<Value>,
    },
}

impl Failure {
    /// A failure that no repetition mends.
    #[must_use]
    pub fn terminal(message: impl Into<String>) -> Self {
        Self::Terminal { error: Box::new(ErrorDetail::new(message)) }
    }

    /// A failure of this kind that no repetition mends.
    pub(crate) fn terminal_as(kind: ErrorType, message: impl Into<String>) -> Self {
        Self::Terminal { error: Box::new(ErrorDetail { kind, ..ErrorDetail::new(message) }) }
    }

    /// A failure that a repetition may mend, after a delay of its own.
    #[must_use]
    pub fn retry_after(message: impl Into<String>, after: Duration) -> Self {
        Self::Retryable { error: Box::new(ErrorDetail::new(message)), after: Some(after) }
    }

    /// An error that the process catches.
    #[must_use]
    pub fn bpmn(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Bpmn {
            code: code.into(),
            message: message.into(),
            variables: Box::new(Value::Object(serde_json::Map::new())),
        }
    }

    /// The same failure with a code, for `error.code`.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        match &mut self {
            Self::Retryable { error, .. } | Self::Terminal { error } => error.code = Some(code.into()),
            Self::Bpmn { code: own, .. } => *own = code.into(),
        }
        self
    }

    /// What happened, for the operator.
    #[must_use]
    pub fn message(&self) -> &str {
        match self {
            Self::Retryable { error, .. } | Self::Terminal { error } => &error.message,
            Self::Bpmn { message, .. } => message,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.message())
    }
}

impl ErrorDetail {
    /// An error without code or variables.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self { kind: ErrorType::default(), message: message.into(), code: None, variables: None }
    }
}

// `Failure` is no `std::error::Error` itself, so that this cannot overlap with `From<T> for T`.
impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        let mut message = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            message = format!("{message}: {cause}");
            source = cause.source();
        }
        Self::Retryable { error: Box::new(ErrorDetail::new(message)), after: None }
    }
}
