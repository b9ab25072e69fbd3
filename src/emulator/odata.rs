//! Answers as Dataverse writes them, and the codes of its errors. Knows nothing of what was asked.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

/// An answer before it goes on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    /// The status code.
    pub(super) status: u16,
    /// Lower-case names and values.
    pub(super) headers: Vec<(&'static str, String)>,
    /// The body; `None` for none.
    pub(super) body: Option<String>,
    /// The message of an error, for the ledger.
    pub(super) message: Option<String>,
}

impl Answer {
    /// JSON with the headers of Dataverse.
    pub(super) fn json(status: u16, body: &Value) -> Self {
        let headers = vec![
            ("content-type", "application/json; odata.metadata=minimal".to_owned()),
            ("odata-version", "4.0".to_owned()),
        ];
        Self { status, headers, body: Some(body.to_string()), message: None }
    }

    /// JSON of the emulator's own, or of the token endpoint.
    pub(super) fn plain_json(status: u16, body: &Value) -> Self {
        let headers = vec![
            ("content-type", "application/json; charset=utf-8".to_owned()),
            ("cache-control", "no-store".to_owned()),
        ];
        Self { status, headers, body: Some(body.to_string()), message: None }
    }

    /// Status 204.
    pub(super) fn no_content() -> Self {
        Self { status: 204, headers: vec![("odata-version", "4.0".to_owned())], body: None, message: None }
    }

    /// An error in the form of `OData`. Its code need not be unique, and says nothing of the status.
    pub(super) fn error(status: u16, code: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        let body = json!({ "error": { "code": code, "message": message } });
        Self { message: Some(message), ..Self::json(status, &body) }
    }

    /// The same with a further header.
    pub(super) fn with(mut self, name: &'static str, value: impl std::fmt::Display) -> Self {
        self.headers.push((name, format!("{value}")));
        self
    }

    /// The response of the HTTP server.
    pub(super) fn into_response(self) -> Response<Body> {
        let mut response = Response::new(self.body.map_or_else(Body::empty, Body::from));
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().append(HeaderName::from_static(name), value);
            }
        }
        response
    }
}

/// A parameter that the action does not take as it is.
pub(super) fn bad_argument(message: impl Into<String>) -> Answer {
    Answer::error(400, "0x80040203", message)
}

/// A body that is no JSON, or whose members have the wrong names or types.
pub(super) fn bad_payload(message: impl Into<String>) -> Answer {
    Answer::error(400, "0x80048d19", message)
}

/// A URL whose syntax or query is wrong.
pub(super) fn bad_query(message: impl Into<String>) -> Answer {
    Answer::error(400, "0x80060888", message)
}

/// No such row.
pub(super) fn no_row(table: &str, id: uuid::Uuid) -> Answer {
    Answer::error(404, "0x80040217", format!("Entity '{table}' With Id = {id} Does Not Exist"))
}

/// No such path.
pub(super) fn no_path(segment: &str) -> Answer {
    Answer::error(404, "0x8006088a", format!("Resource not found for the segment '{segment}'."))
}

/// The path exists, for other methods.
pub(super) fn wrong_method(method: &str, allowed: &str) -> Answer {
    Answer::error(405, "0x0", format!("The requested resource does not support http method '{method}'."))
        .with("allow", allowed)
}

/// Too many requests.
pub(super) fn throttled(code: &str, message: impl Into<String>, retry_after: u64) -> Answer {
    Answer::error(429, code, message).with("retry-after", retry_after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_have_the_form_of_odata() {
        let answer = throttled("0x80072322", "Too many.", 7);
        assert_eq!(answer.status, 429);
        assert_eq!(answer.body.as_deref(), Some(r#"{"error":{"code":"0x80072322","message":"Too many."}}"#));
        assert!(answer.headers.contains(&("retry-after", "7".to_owned())));
        assert_eq!(answer.message.as_deref(), Some("Too many."));
    }

    #[test]
    fn what_is_no_header_or_status_is_no_panic() {
        let answer = Answer { status: 9, ..Answer::no_content() }.with("allow", "GET\nPOST");
        let response = answer.into_response();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(response.headers().get("allow").is_none());
    }
}
