//! From an HTTP response to a result or a failure.

use crate::failure::{ErrorDetail, Failure};
use crate::http::oauth::TokenError;
use crate::http::{Response, TransportError};
use serde_json::{Map, Value, json};
use std::time::{Duration, SystemTime};

/// Client errors that stay what they are however often the request is repeated.
const FINAL: [u16; 13] = [400, 401, 403, 404, 405, 406, 410, 411, 413, 414, 415, 422, 501];

/// `{status, headers, body, reason, document}` for a status below 400, a failure for the others.
pub(super) fn result(response: &Response) -> Result<Value, Failure> {
    let headers = headers(response);
    let body = body(&response.body);
    if response.status < 400 {
        return Ok(json!({
            "status": response.status,
            "headers": headers,
            "body": body,
            "reason": response.reason,
            "document": null,
        }));
    }
    let message = response.reason.clone().unwrap_or_else(|| format!("HTTP status {}", response.status));
    let error = Box::new(ErrorDetail {
        code: Some(response.status.to_string()),
        variables: Some(json!({ "response": { "headers": headers, "body": body } })),
        ..ErrorDetail::new(message)
    });
    if FINAL.contains(&response.status) {
        return Err(Failure::Terminal { error });
    }
    Err(Failure::Retryable {
        error,
        after: response.header("retry-after").and_then(|value| retry_after(value, SystemTime::now())),
    })
}

/// A request that got no answer may be repeated, but for one that cannot be made at all.
pub(super) fn transport(error: TransportError) -> Failure {
    match error {
        TransportError::Url(_) => Failure::terminal(error.to_string()),
        TransportError::Connect { .. } | TransportError::Exchange { .. } => error.into(),
    }
}

/// A refusal of the token endpoint is told as one of the API is.
pub(super) fn no_token(error: TokenError) -> Failure {
    match error {
        TokenError::Transport(error) => transport(error),
        TokenError::Refused(response) => match result(&response) {
            Err(failure) => failure,
            Ok(_) => no_token(TokenError::NoToken),
        },
        TokenError::NoToken => Failure::terminal("OAuth token response does not contain an access_token field")
            .with_code("OAUTH_TOKEN_ERROR"),
    }
}

/// Names in lower case; one value is text, several are a list.
fn headers(response: &Response) -> Map<String, Value> {
    let mut headers = Map::new();
    for (name, value) in &response.headers {
        match headers.get_mut(name) {
            None => {
                headers.insert(name.clone(), json!(value));
            }
            Some(Value::Array(values)) => values.push(json!(value)),
            Some(single) => *single = json!([single.take(), value]),
        }
    }
    headers
}

/// JSON if it is an object or a list, whatever its type is said to be; otherwise text; null if blank.
fn body(bytes: &[u8]) -> Value {
    let text = String::from_utf8_lossy(bytes);
    if text.trim().is_empty() {
        return Value::Null;
    }
    match serde_json::from_slice::<Value>(bytes) {
        Ok(json @ (Value::Object(_) | Value::Array(_))) => json,
        _ => Value::String(text.into_owned()),
    }
}

/// The longest `Retry-After` that is heeded: a job that waits for days shows no incident.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(3600);

/// `Retry-After` in seconds or as a date (RFC 9110, section 10.2.3). None at all is no wish.
fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    let wish = match value.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => httpdate::parse_http_date(value).ok()?.duration_since(now).unwrap_or_default(),
    };
    Some(wish.min(LONGEST_RETRY_AFTER)).filter(|wish| !wish.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(status: u16, headers: &[(&str, &str)], body: &str) -> Response {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Response { status, reason: Some("Reason".to_owned()), headers, body: body.as_bytes().to_vec() }
    }

    #[test]
    fn all_five_keys_are_always_there() {
        let value = result(&response(204, &[], "")).expect("a success");
        assert_eq!(value, json!({ "status": 204, "headers": {}, "body": null, "reason": "Reason", "document": null }));
    }

    #[test]
    fn only_objects_and_lists_are_parsed() {
        for (text, expected) in [
            ("{\"a\":1}", json!({ "a": 1 })),
            (" [1]", json!([1])),
            ("123", json!("123")),
            ("\"x\"", json!("\"x\"")),
            ("true", json!("true")),
            ("{broken", json!("{broken")),
            (" \n", Value::Null),
        ] {
            assert_eq!(body(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn a_header_that_comes_twice_is_a_list() {
        let value = result(&response(302, &[("a", "1"), ("b", "2"), ("a", "3"), ("a", "4")], ""))
            .expect("a redirect is a success");
        assert_eq!(value["headers"], json!({ "a": ["1", "3", "4"], "b": "2" }));
    }

    #[test]
    fn statuses_decide_what_may_be_repeated() {
        for status in FINAL {
            assert!(matches!(result(&response(status, &[], "")), Err(Failure::Terminal { .. })), "{status}");
        }
        for status in [408, 409, 412, 423, 425, 429, 500, 502, 503, 504] {
            assert!(
                matches!(result(&response(status, &[], "")), Err(Failure::Retryable { after: None, .. })),
                "{status}"
            );
        }
    }

    #[test]
    fn a_failure_carries_the_response() {
        let Err(Failure::Retryable { error, after }) =
            result(&response(429, &[("retry-after", "7")], "{\"error\":{}}"))
        else {
            panic!("a retryable failure");
        };
        assert_eq!(after, Some(Duration::from_secs(7)));
        assert_eq!((error.code.as_deref(), error.message.as_str()), (Some("429"), "Reason"));
        assert_eq!(
            error.variables,
            Some(json!({ "response": { "headers": { "retry-after": "7" }, "body": { "error": {} } } }))
        );
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").expect("a date");
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:50:37 GMT", now), Some(Duration::from_secs(60)));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:40:37 GMT", now), None);
        assert_eq!(retry_after(" 3 ", now), Some(Duration::from_secs(3)));
        assert_eq!(retry_after("0", now), None);
        assert_eq!(retry_after("86400000", now), Some(LONGEST_RETRY_AFTER));
        assert_eq!(retry_after("soon", now), None);
    }
}
