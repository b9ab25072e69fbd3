//! Why a cluster did not do what it was asked.

use crate::http::oauth::TokenError;
use crate::http::{Response, TransportError};
use serde::Deserialize;

/// Why a cluster did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// There is no answer.
    #[error("the cluster does not answer: {0}")]
    Transport(TransportError),
    /// There is no token, so that nothing was asked.
    #[error("no token for the cluster: {reason}")]
    Token {
        /// Why not.
        reason: String,
        /// Whether its endpoint refuses, as with a wrong secret.
        refused: bool,
    },
    /// It asks to be spared for a while (429 or `RESOURCE_EXHAUSTED`).
    #[error("the cluster is busy: {0}")]
    Busy(Problem),
    /// There is no such job, process or endpoint (any more).
    #[error("not found: {0}")]
    NotFound(Problem),
    /// It is not able to at this moment.
    #[error("the cluster is not able to: {0}")]
    Unable(Problem),
    /// It refuses.
    #[error("the cluster refuses: {0}")]
    Refused(Problem),
    /// The answer is not what the API says.
    #[error("the cluster's answer is not understood: {0}")]
    Answer(String),
}

/// An answer that tells why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Its status.
    pub code: Code,
    /// What the cluster says about it.
    pub text: String,
}

/// The status of an answer, as the protocol has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// An HTTP status of 300 or more.
    Http(u16),
    /// A gRPC status other than `OK`, by its name.
    Grpc(&'static str),
}

impl Code {
    /// There is no such call.
    pub(super) const UNIMPLEMENTED: &'static str = "UNIMPLEMENTED";
    /// Whatever went wrong has no status of its own.
    pub(super) const UNKNOWN: &'static str = "UNKNOWN";
}

impl std::fmt::Display for Code {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Http(status) => write!(formatter, "status {status}"),
            Self::Grpc(name) => formatter.write_str(name),
        }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} ({})", self.text, self.code)
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Details {
    title: Option<String>,
    detail: Option<String>,
}

impl ClusterError {
    pub(super) fn of_response(response: &Response) -> Self {
        let details: Details = serde_json::from_slice(&response.body).unwrap_or_default();
        let exhausted = |text: &Option<String>| text.as_deref().is_some_and(|text| text.contains("RESOURCE_EXHAUSTED"));
        let exhausted = exhausted(&details.title) || exhausted(&details.detail);
        let details_are_there = details.title.is_some() || details.detail.is_some();
        let text = match (details.title, details.detail) {
            (Some(title), Some(detail)) => format!("{title}: {detail}"),
            (Some(text), None) | (None, Some(text)) => text,
            (None, None) => response.reason.clone().unwrap_or_else(|| "no reason given".to_owned()),
        };
        let problem = Problem { code: Code::Http(response.status), text };
        match response.status {
            429 => Self::Busy(problem),
            _ if exhausted => Self::Busy(problem),
            404 if details_are_there => Self::NotFound(problem),
            // Whatever stands before the gateway answers 404 without details while there is no gateway.
            404 => Self::Unable(Problem {
                text: format!("{}: nothing of Camunda's REST API is at this address, or not yet", problem.text),
                ..problem
            }),
            500 | 502 | 503 | 504 => Self::Unable(problem),
            _ => Self::Refused(problem),
        }
    }

    pub(super) fn of_token(error: TokenError) -> Self {
        match error {
            TokenError::Transport(error) => Self::no_token(error.to_string()),
            TokenError::Refused(response) => {
                let reason = response.reason.unwrap_or_default();
                let refused = (400..500).contains(&response.status) && ![408, 429].contains(&response.status);
                Self::Token { reason: format!("its endpoint answers {} {reason}", response.status), refused }
            }
            TokenError::NoToken => Self::no_token("the answer of its endpoint holds none"),
        }
    }

    pub(super) fn no_token(reason: impl Into<String>) -> Self {
        Self::Token { reason: reason.into(), refused: false }
    }

    /// There is no such call in the protocol that is spoken.
    #[cfg(feature = "grpc")]
    pub(super) fn unspoken(text: &str) -> Self {
        Self::Unable(Problem { code: Code::Grpc(Code::UNIMPLEMENTED), text: text.to_owned() })
    }

    /// Whether the gateway, or what stands before it, does not know the call.
    #[must_use]
    pub fn is_unknown_call(&self) -> bool {
        matches!(self, Self::Unable(Problem { code: Code::Grpc(Code::UNIMPLEMENTED), .. }))
    }

    /// Whether it is certain that the cluster did nothing: otherwise it may have done what it was asked.
    #[must_use]
    pub fn nothing_was_done(&self) -> bool {
        match self {
            Self::Transport(error) => !matches!(error, TransportError::Exchange { .. }),
            Self::Token { .. } | Self::Busy(_) | Self::NotFound(_) => true,
            Self::Refused(problem) => match problem.code {
                Code::Http(status) => status < 500,
                Code::Grpc(name) => name != Code::UNKNOWN,
            },
            Self::Unable(_) | Self::Answer(_) => false,
        }
    }

    /// Whether a job is not this worker's, or not there, any more.
    #[must_use]
    pub fn job_is_gone(&self) -> bool {
        match self {
            Self::NotFound(_) => true,
            Self::Refused(problem) => {
                matches!(problem.code, Code::Http(409) | Code::Grpc("FAILED_PRECONDITION" | "ALREADY_EXISTS"))
            }
            _ => false,
        }
    }

    /// Whether a message of the same id is still buffered.
    #[must_use]
    pub fn is_duplicate(&self) -> bool {
        matches!(self, Self::Refused(Problem { code: Code::Http(409) | Code::Grpc("ALREADY_EXISTS"), .. }))
    }

    /// Whether it is the worker that is not let in: not its command, but who it is.
    #[must_use]
    pub fn is_no_admission(&self) -> bool {
        match self {
            Self::Refused(problem) => matches!(
                problem.code,
                Code::Http(401 | 403 | 407) | Code::Grpc("UNAUTHENTICATED" | "PERMISSION_DENIED")
            ),
            Self::Token { refused, .. } => *refused,
            _ => false,
        }
    }

    /// Whether the same command may succeed a little later.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Transport(TransportError::Url(_)) | Self::NotFound(_) | Self::Refused(_) | Self::Answer(_) => false,
            Self::Transport(_) | Self::Token { .. } | Self::Busy(_) | Self::Unable(_) => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(status: u16, body: &str) -> ClusterError {
        let reason = Some("Reason".to_owned());
        ClusterError::of_response(&Response { status, reason, headers: Vec::new(), body: body.as_bytes().to_vec() })
    }

    #[test]
    fn what_is_busy_is_told_apart() {
        assert!(matches!(error(429, ""), ClusterError::Busy(_)));
        assert!(matches!(error(503, r#"{"title":"RESOURCE_EXHAUSTED"}"#), ClusterError::Busy(_)));
        assert!(matches!(error(503, "<html>"), ClusterError::Unable(_)));
        assert!(matches!(error(500, r#"{"title":"RESOURCE_EXHAUSTED"}"#), ClusterError::Busy(_)));
        assert!(matches!(error(404, r#"{"title":"NOT_FOUND"}"#), ClusterError::NotFound(_)));
        assert!(matches!(error(404, "<html>"), ClusterError::Unable(_)));
        assert!(matches!(error(409, "{}"), ClusterError::Refused(_)));
    }

    #[test]
    fn the_clusters_words_are_kept() {
        let told = error(400, r#"{"title":"INVALID_ARGUMENT","detail":"no type","status":400}"#).to_string();
        assert_eq!(told, "the cluster refuses: INVALID_ARGUMENT: no type (status 400)");
        assert_eq!(error(409, "").to_string(), "the cluster refuses: Reason (status 409)");
    }

    #[test]
    fn what_a_cluster_may_have_done_is_told_apart() {
        assert!(error(429, "").nothing_was_done());
        assert!(!error(503, "").nothing_was_done());
        assert!(error(409, "").nothing_was_done());
        assert!(!error(504, "").nothing_was_done());
        let lost = TransportError::Exchange { host: String::new(), reason: String::new() };
        assert!(!ClusterError::Transport(lost).nothing_was_done());
        let refused = TransportError::Connect { host: String::new(), reason: String::new() };
        assert!(ClusterError::Transport(refused).nothing_was_done());
    }

    #[test]
    fn what_a_repetition_mends() {
        assert!(error(503, "").may_pass());
        assert!(error(504, "").may_pass());
        assert!(!error(404, r#"{"title":"NOT_FOUND"}"#).may_pass());
        assert!(!error(409, "").may_pass());
        assert!(!ClusterError::Transport(TransportError::Url(String::new())).may_pass());
    }
}
