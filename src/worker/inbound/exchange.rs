//! What was received and what is answered, without sockets.

use std::borrow::Cow;

/// A call, read as a whole and within the limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Upper case.
    pub method: String,
    /// What follows `/inbound/`.
    pub context: String,
    /// Path and query as they came, for signatures that are about them.
    pub target: String,
    /// Names in lower case; a name may come more than once.
    pub headers: Vec<(String, String)>,
    /// Decoded; a name may come more than once.
    pub query: Vec<(String, String)>,
    /// The body's bytes.
    pub body: Vec<u8>,
}

impl Received {
    /// The first header with this lower-case name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Whom a call is for, as its context tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Recipient {
    /// An event.
    Event,
    /// A webhook.
    Webhook,
    /// Nobody: this is the answer.
    Nobody(Answer),
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Names and values.
    pub headers: Vec<(Cow<'static, str>, String)>,
    /// The body's bytes.
    pub body: Vec<u8>,
    /// Why the call is refused, if it is: for whoever operates the worker. It is not sent, and tells nothing of the call's body
    /// and headers.
    pub refusal: Option<String>,
}

impl Answer {
    /// An answer without a body.
    #[must_use]
    pub fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new(), refusal: None }
    }

    /// An answer with a JSON body.
    #[must_use]
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        let headers = vec![("content-type".into(), "application/json".to_owned())];
        Self { status, headers, body: body.to_string().into_bytes(), refusal: None }
    }

    /// A refusal that tells its reason to who calls as well.
    #[must_use]
    pub fn refused(status: u16, reason: &str) -> Self {
        Self::json(status, &serde_json::json!({ "reason": reason })).because(reason)
    }

    /// A refusal, for this reason.
    #[must_use]
    pub fn because(self, reason: impl Into<String>) -> Self {
        Self { refusal: Some(reason.into()), ..self }
    }
}
