//! How an execution can fail, as the one who called it must tell it apart.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;
use std::time::Duration;

/// What failed, as `errorExpression` will see it: `error.code`, `error.message`, `error.variables`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ErrorDetail {
    /// An HTTP status or a code of the operation's own; always text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What happened, for the operator.
    pub message: String,
    /// For HTTP `{response: {headers, body}}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variables: Option<Value>,
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
        Self { code: None, message: message.into(), variables: None }
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
