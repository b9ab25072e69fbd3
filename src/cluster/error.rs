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
    #[error("no token for the cluster: {0}")]
    Token(String),
    /// It asks to be spared for a while (429, 503 or `RESOURCE_EXHAUSTED`).
    #[error("the cluster is busy: {0}")]
    Busy(Problem),
    /// There is no such job, process or endpoint (any more).
    #[error("not found: {0}")]
    NotFound(Problem),
    /// It refuses.
    #[error("the cluster refuses: {0}")]
    Refused(Problem),
    /// The answer is not what the API says.
    #[error("the cluster's answer is not understood: {0}")]
    Answer(String),
}

/// An answer with a status of 300 or more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The status.
    pub status: u16,
    /// What the cluster says about it (RFC 9457).
    pub text: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} (status {})", self.text, self.status)
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
        let text = match (details.title, details.detail) {
            (Some(title), Some(detail)) => format!("{title}: {detail}"),
            (Some(text), None) | (None, Some(text)) => text,
            (None, None) => response.reason.clone().unwrap_or_else(|| "no reason given".to_owned()),
        };
        let problem = Problem { status: response.status, text };
        match response.status {
            429 | 503 => Self::Busy(problem),
            _ if exhausted => Self::Busy(problem),
            404 => Self::NotFound(problem),
            _ => Self::Refused(problem),
        }
    }

    pub(super) fn of_token(error: TokenError) -> Self {
        Self::Token(match error {
            TokenError::Transport(error) => error.to_string(),
            TokenError::Refused(response) => {
                format!("its endpoint answers {} {}", response.status, response.reason.unwrap_or_default())
            }
            TokenError::NoToken => "the answer of its endpoint holds none".to_owned(),
        })
    }

    /// Whether it is certain that the cluster did nothing: otherwise it may have done what it was asked.
    #[must_use]
    pub fn nothing_was_done(&self) -> bool {
        match self {
            Self::Transport(error) => !matches!(error, TransportError::Exchange { .. }),
            Self::Token(_) | Self::Busy(_) | Self::NotFound(_) => true,
            Self::Refused(problem) => problem.status < 500,
            Self::Answer(_) => false,
        }
    }

    /// Whether the same command may succeed a little later.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Transport(TransportError::Url(_)) | Self::NotFound(_) | Self::Answer(_) => false,
            Self::Transport(_) | Self::Token(_) | Self::Busy(_) => true,
            Self::Refused(problem) => matches!(problem.status, 500 | 502 | 504),
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
        assert!(matches!(error(503, "<html>"), ClusterError::Busy(_)));
        assert!(matches!(error(500, r#"{"title":"RESOURCE_EXHAUSTED"}"#), ClusterError::Busy(_)));
        assert!(matches!(error(404, "{}"), ClusterError::NotFound(_)));
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
        assert!(error(503, "").nothing_was_done());
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
        assert!(!error(404, "").may_pass());
        assert!(!error(409, "").may_pass());
        assert!(!ClusterError::Transport(TransportError::Url(String::new())).may_pass());
    }
}
