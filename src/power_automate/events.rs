//! What processes wait for.

use super::outputs::{FlowRunState, FlowRunStatus, RecordState};
use opwright::{Begun, Confirm, ErrorDetail, Standing, event};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// A flow run is over: succeeded, failed, cancelled or otherwise.
///
/// Power Automate calls the callback URL that "Trigger a flow run" was given. The call is unauthenticated, so the flow
/// session is read from Dataverse before any process goes on, and a call that is lost is made up for by reading it now and
/// then.
#[event(
    id = "flow-run-finished",
    name = "Flow run finished",
    version = 2,
    event_type = "io.opwright:power-automate:flow-run-finished:1",
    keywords = ["callback", "webhook"],
    elements = [IntermediateCatchEvent, ReceiveTask, BoundaryEvent],
    correlation_key = "= flowSessionId",
    correlation_description = "The flow session ID, which \"Trigger a flow run\" puts into the variable `flowSessionId`.",
    result_expression = "= {flowSessionId: request.body.flowsessionid, statusCode: request.body.statuscode}",
    journey(
        begin = "trigger-flow-run",
        inputs = ["callbackUrl"],
        patience = "PT25H",
        well = "= statusCode = 4",
        then = "get-flow-outputs"
    )
)]
#[schemars(example = json!({
    "statuscode": 4,
    "statecode": 0,
    "startedon": "2022-06-16T12:54:40Z",
    "completedon": "2022-06-16T12:57:46Z",
    "flowsessionid": "bb2a1f33-e5b9-ed11-83fe-000d3ab4f483",
}))]
pub struct FlowRunFinished {
    /// How the run ended.
    #[serde(rename = "statuscode")]
    #[schemars(title = "Status")]
    pub status: FlowRunStatus,
    /// Whether the row is active. It does not tell how the run ended.
    #[serde(rename = "statecode")]
    #[schemars(title = "Row state")]
    pub state: RecordState,
    /// When the run started, in UTC (ISO 8601); null if it never did.
    #[serde(rename = "startedon")]
    #[schemars(title = "Started")]
    pub started_on: Option<String>,
    /// When the run ended, in UTC (ISO 8601).
    #[serde(rename = "completedon")]
    #[schemars(title = "Completed")]
    pub completed_on: Option<String>,
    /// The flow session. Note the lower-case i; "Trigger a flow run" returns it as `flowsessionId`.
    #[serde(rename = "flowsessionid")]
    #[schemars(title = "Flow session ID")]
    pub flow_session_id: String,
}

impl Confirm for FlowRunFinished {
    const OPERATION: &'static str = "get-flow-run-status";

    fn subject(call: &Value) -> Option<String> {
        session(&call["flowsessionid"])
    }

    fn inputs(subject: &str) -> Value {
        json!({ "flowSessionId": subject })
    }

    fn confirm(subject: &str, result: &Value) -> Standing<Self> {
        let Ok(run) = FlowRunState::deserialize(&result["body"]) else { return Standing::Unreadable };
        if !run.status.finished() {
            return Standing::Pending;
        }
        let event = Self {
            status: run.status,
            state: run.state,
            started_on: run.started_on,
            completed_on: run.completed_on,
            flow_session_id: subject.to_owned(),
        };
        Standing::Happened { event, end: run.status.code().to_string() }
    }

    /// Dataverse's own 404 is an `OData` error; whatever else answers 404, such as a token endpoint or a proxy, says nothing
    /// about the session.
    fn is_unknown(error: &ErrorDetail) -> bool {
        let body = error.variables.as_ref().map(|variables| &variables["response"]["body"]);
        error.code.as_deref() == Some("404") && body.is_some_and(|body| body["error"]["code"].is_string())
    }

    fn begun(operation: &str, inputs: &Map<String, Value>, result: &Value) -> Option<Begun> {
        if operation != "trigger-flow-run" {
            return None;
        }
        let subject = session(&result["body"]["flowsessionId"])?;
        let calls_back = inputs.get("callbackUrl").and_then(Value::as_str).is_some_and(|url| !url.is_empty());
        Some(Begun { subject, calls_back })
    }
}

/// A flow session's id as Dataverse prints it.
fn session(value: &Value) -> Option<String> {
    Uuid::parse_str(value.as_str()?).ok().map(|id| id.hyphenated().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_dataverse_knows_that_there_is_no_such_session() {
        let is_unknown = |code: &str, body: Value| {
            let variables = Some(json!({ "response": { "headers": {}, "body": body } }));
            let code = Some(code.to_owned());
            FlowRunFinished::is_unknown(&ErrorDetail { code, variables, ..ErrorDetail::new("Not Found") })
        };
        let unknown = json!({ "error": { "code": "0x80040217", "message": "flowsession With Id = … Does Not Exist" } });
        assert!(is_unknown("404", unknown.clone()));
        assert!(!is_unknown("403", unknown));
        // A token endpoint, a proxy.
        assert!(!is_unknown("404", json!({ "error": "invalid_request", "error_description": "…" })));
        assert!(!is_unknown("404", json!("<html>404</html>")) && !is_unknown("404", Value::Null));
        assert!(!FlowRunFinished::is_unknown(&ErrorDetail::new("Not Found")));
    }
}
