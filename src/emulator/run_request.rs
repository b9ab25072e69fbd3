//! The body of `RunDesktopFlow`, read as strictly as Dataverse documents it. Pure.

use super::odata::{Answer, bad_argument, bad_payload};
use opwright::power_automate::{ConnectionType, RunMode};
use serde_json::{Map, Value};
use std::time::Duration;
use url::Url;

/// The members that the action has.
const MEMBERS: [&str; 7] =
    ["runMode", "connectionName", "connectionType", "runPriority", "timeout", "inputs", "callbackUrl"];
/// The longest inputs, in bytes: 2 MB.
const LARGEST_INPUTS: usize = 2 * 1024 * 1024;
/// The longest callback URL, in characters.
const LONGEST_CALLBACK_URL: usize = 2000;
/// The timeout without one, and the longest, in seconds.
const DEFAULT_TIMEOUT: i32 = 3 * 60 * 60;
const LONGEST_TIMEOUT: i32 = 24 * 60 * 60;

/// What the body says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RunRequest {
    /// Who is at the machine.
    pub(super) run_mode: RunMode,
    /// The connection, or the logical name of a reference to it.
    pub(super) connection_name: String,
    /// The inputs as they were sent.
    pub(super) inputs: String,
    /// The same, parsed.
    pub(super) input_members: Map<String, Value>,
    /// How long the run may take.
    pub(super) timeout: Duration,
    /// Where its end is to be reported.
    pub(super) callback_url: Option<Url>,
}

impl RunRequest {
    /// Reads a body, or says what is wrong with it.
    pub(super) fn parse(body: &[u8]) -> Result<Self, Answer> {
        let members: Map<String, Value> = serde_json::from_slice(body)
            .map_err(|error| bad_payload(format!("The body is not a JSON object: {error}.")))?;
        if let Some(name) = members.keys().find(|name| !MEMBERS.contains(&name.as_str())) {
            let name = super::ledger::shortened(name);
            return Err(bad_payload(format!(
                "The parameter '{name}' in the request payload is not a valid parameter for the operation 'RunDesktopFlow'."
            )));
        }
        let required =
            |name| text(&members, name)?.ok_or_else(|| bad_argument(format!("Required field '{name}' is missing.")));
        let run_mode = required("runMode")?;
        let run_mode = serde_json::from_value(run_mode.into())
            .map_err(|_| bad_argument("runMode must be 'attended' or 'unattended'."))?;
        let connection_name = required("connectionName")?;
        if connection_name.is_empty() {
            return Err(bad_argument("connectionName must not be empty."));
        }
        if let Some(number) = integer(&members, "connectionType")? {
            serde_json::from_value::<ConnectionType>(number.into())
                .map_err(|_| bad_argument("connectionType must be 1 (connection) or 2 (connection reference)."))?;
        }
        if text(&members, "runPriority")?.is_some_and(|priority| priority.is_empty()) {
            return Err(bad_argument("runPriority must not be empty."));
        }
        let timeout = integer(&members, "timeout")?.unwrap_or(DEFAULT_TIMEOUT);
        let timeout = match u64::try_from(timeout) {
            Ok(seconds) if (1..=LONGEST_TIMEOUT).contains(&timeout) => Duration::from_secs(seconds),
            _ => return Err(bad_argument(format!("timeout must be from 1 to {LONGEST_TIMEOUT} seconds."))),
        };
        let inputs = text(&members, "inputs")?.unwrap_or_else(|| "{}".to_owned());
        if inputs.len() > LARGEST_INPUTS {
            return Err(bad_argument(format!("inputs must not be larger than 2 MB ({LARGEST_INPUTS} bytes).")));
        }
        let input_members = serde_json::from_str(&inputs)
            .map_err(|error| bad_argument(format!("inputs must be a JSON object, serialised as a string: {error}.")))?;
        let callback_url = text(&members, "callbackUrl")?.map(|url| parse_callback_url(&url)).transpose()?;
        Ok(Self { run_mode, connection_name, inputs, input_members, timeout, callback_url })
    }
}

fn parse_callback_url(text: &str) -> Result<Url, Answer> {
    if text.chars().count() > LONGEST_CALLBACK_URL {
        return Err(bad_argument(format!("callbackUrl must not be longer than {LONGEST_CALLBACK_URL} characters.")));
    }
    Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))
        .ok_or_else(|| bad_argument("callbackUrl must be an absolute http(s) URL."))
}

/// A member of type `Edm.String`; null counts as absent.
fn text(members: &Map<String, Value>, name: &str) -> Result<Option<String>, Answer> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(other) => Err(wrong_type(other, name, "Edm.String")),
    }
}

/// A member of type `Edm.Int32`; null counts as absent.
fn integer(members: &Map<String, Value>, name: &str) -> Result<Option<i32>, Answer> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value
            .as_i64()
            .and_then(|number| i32::try_from(number).ok())
            .map(Some)
            .ok_or_else(|| wrong_type(value, name, "Edm.Int32")),
    }
}

fn wrong_type(value: &Value, name: &str, expected: &str) -> Answer {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number that does not fit",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    };
    bad_payload(format!("The parameter '{name}' must be of type {expected}, and is {kind}."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn with(member: &str, value: Value) -> Vec<u8> {
        let mut body = json!({ "runMode": "unattended", "connectionName": "c" });
        body[member] = value;
        body.to_string().into_bytes()
    }

    #[test]
    fn the_least_and_the_most_that_a_body_says() {
        let least = RunRequest::parse(br#"{"runMode":"attended","connectionName":"c"}"#).expect("valid");
        assert_eq!((least.run_mode, least.timeout), (RunMode::Attended, Duration::from_secs(10_800)));
        assert_eq!((least.inputs.as_str(), least.callback_url), ("{}", None));
        let most = json!({
            "runMode": "unattended", "connectionName": "c", "connectionType": 2, "runPriority": "urgent", "timeout": 86_400,
            "inputs": "{\"a\":1}", "callbackUrl": "https://example.org/x",
        });
        let most = RunRequest::parse(most.to_string().as_bytes()).expect("valid");
        assert_eq!(most.input_members, json!({ "a": 1 }).as_object().cloned().unwrap_or_default());
        assert_eq!(most.callback_url.as_ref().map(Url::as_str), Some("https://example.org/x"));
    }

    #[test]
    fn null_is_taken_where_the_reference_says_so() {
        for name in ["connectionType", "runPriority", "timeout", "inputs", "callbackUrl"] {
            assert!(RunRequest::parse(&with(name, Value::Null)).is_ok(), "{name}");
        }
    }

    #[test]
    fn whatever_the_reference_does_not_allow_is_refused() {
        let object_of = |length: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(length - 8));
        let url_of = |length: usize| format!("http://localhost/{}", "x".repeat(length - 17));
        assert!(RunRequest::parse(&with("inputs", object_of(LARGEST_INPUTS).into())).is_ok());
        assert!(RunRequest::parse(&with("callbackUrl", url_of(LONGEST_CALLBACK_URL).into())).is_ok());
        let cases = [
            ("runMode", Value::Null, "Required field 'runMode'"),
            ("runMode", json!("Attended"), "runMode must"),
            ("runMode", json!(1), "'runMode' must be of type Edm.String"),
            ("connectionName", Value::Null, "Required field 'connectionName'"),
            ("connectionName", json!(""), "connectionName must"),
            ("connectionType", json!("1"), "'connectionType' must be of type Edm.Int32, and is a string"),
            ("connectionType", json!(1.5), "'connectionType' must be of type Edm.Int32"),
            ("connectionType", json!(3), "connectionType must be 1"),
            ("connectionType", json!(4_294_967_297_i64), "'connectionType' must be of type Edm.Int32"),
            ("runPriority", json!(""), "runPriority must"),
            ("timeout", json!("7200"), "'timeout' must be of type Edm.Int32"),
            ("timeout", json!(0), "timeout must"),
            ("timeout", json!(-1), "timeout must"),
            ("timeout", json!(86_401), "timeout must"),
            ("inputs", json!({ "a": 1 }), "'inputs' must be of type Edm.String, and is an object"),
            ("inputs", json!("[1]"), "inputs must be a JSON object"),
            ("inputs", json!(""), "inputs must be a JSON object"),
            ("inputs", object_of(LARGEST_INPUTS + 1).into(), "inputs must not be larger"),
            ("callbackUrl", url_of(LONGEST_CALLBACK_URL + 1).into(), "callbackUrl must not be longer"),
            ("callbackUrl", json!("ftp://localhost/"), "callbackUrl must be an absolute"),
            ("callbackUrl", json!("/relative"), "callbackUrl must be an absolute"),
            ("priority", json!("high"), "'priority' in the request payload"),
        ];
        for (name, value, message) in cases {
            let answer = RunRequest::parse(&with(name, value)).expect_err(message);
            assert_eq!(answer.status, 400);
            let said = answer.message.unwrap_or_default();
            assert!(said.contains(message), "{name}: {said}");
        }
        for body in ["", "null", "[]", "{", "\"text\""] {
            assert_eq!(RunRequest::parse(body.as_bytes()).map_err(|answer| answer.status), Err(400), "{body}");
        }
    }
}
