//! What a call is answered: refusals, errors of the cluster, and what expressions say.

use super::super::Answer;
use super::formula::FormulaError;
use super::request::media_type;
use crate::cluster::{ClusterError, Code, Problem};
use crate::text::bare;
use serde_json::{Value, json};

/// Why a call is not let in, as Camunda's runtime names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Denial {
    /// Its signature is not the right one.
    InvalidSignature(&'static str),
    /// Who calls is not who may.
    InvalidCredentials(&'static str),
    /// Who calls may not do this.
    Forbidden(&'static str),
    /// It cannot be told at the moment.
    Unknown(&'static str),
}

impl Denial {
    pub(super) fn answer(self) -> Answer {
        let (status, reason, details) = match self {
            Self::InvalidSignature(details) => (401, "INVALID_SIGNATURE", details),
            Self::InvalidCredentials(details) => (401, "INVALID_CREDENTIALS", details),
            Self::Forbidden(details) => (403, "FORBIDDEN", details),
            Self::Unknown(details) => return Answer::refused(503, details),
        };
        Answer::refused(status, &format!("Reason: {reason}. Details: {details}"))
    }
}

/// The input is not what the element needs.
pub(super) fn invalid(message: &str) -> Answer {
    Answer::json(422, &json!({ "message": message })).because(message)
}

/// An expression failed.
pub(super) fn failed(error: &FormulaError) -> Answer {
    Answer::json(422, &json!({ "reason": error.reason, "expression": error.expression })).because(told(error))
}

/// An expression failed whose text is not for everybody: it is evaluated before anybody is let in.
pub(super) fn failed_in_secret(property: &str, error: &FormulaError) -> Answer {
    Answer::json(422, &json!({ "reason": "The expression failed", "expression": property }))
        .because(format!("`{property}`: {}", told(error)))
}

fn told(error: &FormulaError) -> String {
    format!("the expression `{}` failed: {}", error.expression, error.cause)
}

/// The cluster did not do what it was asked.
pub(super) fn of_cluster(error: &ClusterError) -> Answer {
    // Hosts, and what token endpoints say, are not for everybody.
    let kept = |status, name, message: &str| {
        Answer::json(status, &json!({ "status": name, "message": message })).because(error.to_string())
    };
    let (code, name) = match error {
        ClusterError::Transport(_) => return kept(503, "UNAVAILABLE", "the cluster does not answer"),
        ClusterError::Token { .. } => return kept(503, "UNAVAILABLE", "there is no access to the cluster"),
        ClusterError::Answer(_) => return kept(500, "INTERNAL", "the cluster's answer is not understood"),
        ClusterError::Busy(_) => (429, "RESOURCE_EXHAUSTED"),
        ClusterError::NotFound(problem) | ClusterError::Unable(problem) | ClusterError::Refused(problem) => {
            status(problem)
        }
    };
    // What it says may hold what came with the call.
    let why = format!("the cluster does not do what it is asked: {name}");
    Answer::json(code, &json!({ "status": name, "message": error.to_string() })).because(why)
}

/// The statuses of gRPC as those of HTTP.
const STATUSES: [(u16, &str); 16] = [
    (400, "INVALID_ARGUMENT"),
    (401, "UNAUTHENTICATED"),
    (403, "PERMISSION_DENIED"),
    (404, "NOT_FOUND"),
    (409, "ALREADY_EXISTS"),
    (409, "ABORTED"),
    (412, "FAILED_PRECONDITION"),
    (416, "OUT_OF_RANGE"),
    (429, "RESOURCE_EXHAUSTED"),
    (499, "CANCELLED"),
    (500, "INTERNAL"),
    (500, "UNKNOWN"),
    (500, "DATA_LOSS"),
    (501, "UNIMPLEMENTED"),
    (503, "UNAVAILABLE"),
    (504, "DEADLINE_EXCEEDED"),
];

fn status(problem: &Problem) -> (u16, &'static str) {
    let known = |is: &dyn Fn(&(u16, &str)) -> bool| STATUSES.into_iter().find(is);
    match problem.code {
        Code::Grpc(name) => known(&|(_, known)| *known == name).unwrap_or((500, "UNKNOWN")),
        // A status that is no error, such as that of a page behind a redirect, is no answer of a cluster.
        Code::Http(status @ 400..) => {
            (status, known(&|(known, _)| *known == status).map_or("UNKNOWN", |(_, name)| name))
        }
        Code::Http(_) => (502, "UNKNOWN"),
    }
}

/// What the transport itself writes.
const OWN_HEADERS: [&str; 5] = ["content-length", "transfer-encoding", "connection", "keep-alive", "upgrade"];

/// What an expression says that gives `{body, headers, statusCode}`, each of which may be missing.
pub(super) fn of_expression(given: &Value) -> Result<Answer, String> {
    let Value::Object(members) = given else {
        return Err("it gives no context with body, headers and statusCode".to_owned());
    };
    let status = match members.get("statusCode") {
        None | Some(Value::Null) => 200,
        Some(status) => status
            .as_u64()
            .and_then(|status| u16::try_from(status).ok())
            .filter(|status| (200..=599).contains(status))
            .ok_or("its statusCode is no number from 200 to 599")?,
    };
    let mut answer = Answer::empty(status);
    match members.get("headers") {
        None | Some(Value::Null) => {}
        Some(Value::Object(headers)) => {
            for (name, value) in headers.iter().filter(|(_, value)| !value.is_null()) {
                answer.headers.push((name.to_ascii_lowercase().into(), header(name, value)?));
            }
            answer.headers.retain(|(name, _)| !OWN_HEADERS.contains(&name.as_ref()));
        }
        Some(_) => return Err("its headers are no context".to_owned()),
    }
    let mut own = answer.headers.iter().filter(|(name, _)| name == "content-type").map(|(_, kind)| media_type(kind));
    let (own, another) = (own.next(), own.next());
    if another.is_some() {
        return Err("its headers have a content type twice".to_owned());
    }
    let kind = match members.get("body") {
        None | Some(Value::Null) => return Ok(answer),
        Some(Value::String(text)) => {
            // What came in may go out again, to a browser.
            let is_xml = matches!(own.as_deref(), Some("text/xml" | "application/xml"));
            let text = if is_xml { text.clone() } else { escaped(text) };
            answer.body = text.into_bytes();
            "text/plain; charset=utf-8"
        }
        Some(body) => {
            // A browser must not find markup in it.
            let is_data = own
                .as_deref()
                .is_none_or(|kind| kind == "text/plain" || kind == "application/json" || kind.ends_with("+json"));
            let text = body.to_string();
            answer.body = if is_data { text } else { escaped(&text) }.into_bytes();
            "application/json"
        }
    };
    if own.is_none() {
        answer.headers.push(("content-type".into(), kind.to_owned()));
    }
    Ok(answer)
}

/// The text of a header that can be sent.
fn header(name: &str, value: &Value) -> Result<String, String> {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(is_token) {
        return Err("one of its headers has a name that cannot be sent".to_owned());
    }
    let text = match value {
        Value::String(_) | Value::Number(_) | Value::Bool(_) => bare(value),
        _ => return Err(format!("its header `{name}` is no text")),
    };
    if text.chars().any(|one| !one.is_ascii() || one.is_control() && one != '\t') {
        return Err(format!("its header `{name}` has a value that cannot be sent"));
    }
    Ok(text)
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for one in text.chars() {
        match one {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            one => escaped.push(one),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(value: &Value) -> (u16, String, String) {
        let answer = of_expression(value).expect("an answer");
        let kind = answer.headers.iter().find(|(name, _)| name == "content-type").map(|(_, kind)| kind.clone());
        (answer.status, kind.unwrap_or_default(), String::from_utf8(answer.body).expect("text"))
    }

    #[test]
    fn text_is_escaped_unless_it_is_xml() {
        let plain = "text/plain; charset=utf-8".to_owned();
        assert_eq!(
            given(&json!({ "body": "<a b='\"&'>" })),
            (200, plain, "&lt;a b=&#39;&quot;&amp;&#39;&gt;".to_owned())
        );
        let xml =
            json!({ "body": "<a/>", "headers": { "Content-Type": "text/xml; charset=utf-8" }, "statusCode": 202 });
        assert_eq!(given(&xml), (202, "text/xml; charset=utf-8".to_owned(), "<a/>".to_owned()));
        assert_eq!(given(&json!({ "body": { "a": "<" } })).2, r#"{"a":"<"}"#);
        for (kind, body, expected) in [
            ("text/html", json!({ "a": "<" }), "{&quot;a&quot;:&quot;&lt;&quot;}"),
            ("image/svg+xml", json!(["<"]), "[&quot;&lt;&quot;]"),
            ("image/svg+xml", json!("<"), "&lt;"),
            ("application/problem+json; charset=utf-8", json!({ "a": "<" }), r#"{"a":"<"}"#),
        ] {
            let value = json!({ "body": body, "headers": { "content-type": kind } });
            assert_eq!(given(&value), (200, kind.to_owned(), expected.to_owned()));
        }
        assert_eq!(given(&json!({ "statusCode": 204 })), (204, String::new(), String::new()));
    }

    #[test]
    fn what_cannot_be_sent_is_refused() {
        for value in [
            json!("text"),
            json!({ "statusCode": 100 }),
            json!({ "statusCode": "200" }),
            json!({ "headers": { "a b": "1" } }),
            json!({ "headers": { "a": "1\r\nset-cookie: x" } }),
            json!({ "headers": { "a": [] } }),
            json!({ "headers": [] }),
            json!({ "headers": { "a": "ä" } }),
            json!({ "body": "<a>", "headers": { "content-type": "text/xml", "Content-Type": "text/html" } }),
        ] {
            assert!(of_expression(&value).is_err(), "{value}");
        }
        let own = of_expression(&json!({ "headers": { "Content-Length": 5, "X-A": 1 } })).expect("an answer");
        assert_eq!(own.headers, [("x-a".into(), "1".to_owned())]);
    }

    #[test]
    fn statuses_of_either_protocol_become_those_of_http() {
        let status = |code| of_cluster(&ClusterError::Refused(Problem { code, text: String::new() })).status;
        for (http, name) in STATUSES {
            assert_eq!(status(Code::Grpc(name)), http, "{name}");
        }
        assert_eq!([Code::Http(404), Code::Http(503), Code::Http(302)].map(status), [404, 503, 502]);
        let lost = crate::http::TransportError::Connect { host: "canary".to_owned(), reason: "r".to_owned() };
        for (error, status, message) in [
            (ClusterError::Transport(lost), 503, "the cluster does not answer"),
            (
                ClusterError::Token { reason: "canary".to_owned(), refused: true },
                503,
                "there is no access to the cluster",
            ),
            (ClusterError::Answer("canary".to_owned()), 500, "the cluster's answer is not understood"),
        ] {
            let answer = of_cluster(&error);
            let body: Value = serde_json::from_slice(&answer.body).expect("JSON");
            assert_eq!((answer.status, &body["message"]), (status, &json!(message)));
        }
    }
}
