//! The four operations.

use super::events::FlowRunFinished;
use super::outputs::{FlowOutputs, FlowRunStarted, FlowRunState, NoContent};
use super::values::{CallbackUrl, ConnectionType, FlowId, FlowSessionId, RunMode};
use opwright::{Event, JsonObjectText, operation};

/// Starts a desktop flow and returns at once with the ID of its flow session.
///
/// Dataverse knows no key that would make a repetition harmless: a request whose answer was lost
/// may have started the flow.
#[operation(
    id = "trigger-flow-run",
    name = "Trigger a flow run",
    post = "/api/data/v9.2/workflows({workflow_id})/Microsoft.Dynamics.CRM.RunDesktopFlow",
    output = FlowRunStarted,
    result_expression = "= {flowSessionId: response.body.flowsessionId}"
)]
pub struct TriggerFlowRun {
    /// The ID of the Power Automate desktop flow.
    #[input(
        label = "Workflow ID",
        tooltip = "Also called flow ID: the GUID in the address of the flow's details page.",
        example = "0a1b2c3d-1111-2222-3333-444455556666"
    )]
    pub workflow_id: FlowId,

    /// The connection to be used with the desktop flow script: a connection's name, or the logical
    /// name of a connection reference. In the latter case set the connection type accordingly.
    #[input(label = "Connection name", body, example = "shared-uiflow-0a1b2c3d-1111-2222-3333-444455556666")]
    #[schemars(length(min = 1))]
    pub connection_name: String,

    /// Which type of connection the connection name is.
    #[input(label = "Connection type", body)]
    #[serde(default)]
    pub connection_type: ConnectionType,

    /// Attended or unattended.
    #[input(label = "Run mode", body, example = RunMode::Unattended)]
    pub run_mode: RunMode,

    /// `normal`, `high`, or a priority of your own.
    #[input(
        label = "Run priority",
        body,
        tooltip = "How soon a queued run gets its turn: normal, high, or your own.",
        example = "high"
    )]
    #[serde(default = "normal_priority")]
    #[schemars(length(min = 1))]
    pub run_priority: String,

    /// Seconds after which the run is ended, at most 24 hours. Microsoft's default is 3 hours.
    #[input(label = "Timeout", body, example = 7200)]
    #[schemars(range(min = 1, max = 86_400))]
    pub timeout: Option<u32>,

    /// The desktop flow script's input parameters: a JSON object, serialised as text.
    #[input(body, example = r#"{"Invoice":"4711"}"#)]
    pub inputs: Option<JsonObjectText<2_097_152>>,

    /// URL that is called once the desktop flow script is complete. Microsoft calls HTTPS only, by
    /// DNS name; the call is unauthenticated, so read the status again before you trust it.
    #[input(label = "Callback URL", body, example = format!("https://example.org/inbound/{}", FlowRunFinished::ID))]
    pub callback_url: Option<CallbackUrl>,
}

fn normal_priority() -> String {
    "normal".to_owned()
}

/// Reads how far a flow run is.
#[operation(
    id = "get-flow-run-status",
    name = "Get the status of a flow run",
    get = "/api/data/v9.2/flowsessions({flow_session_id})?$select=statuscode,statecode,startedon,completedon",
    output = FlowRunState,
    result_expression = "= {statusCode: response.body.statuscode}"
)]
pub struct GetFlowRunStatus {
    /// The flow run, as "Trigger a flow run" returned it.
    #[input(label = "Flow session ID", example = "bb2a1f33-e5b9-ed11-83fe-000d3ab4f483")]
    pub flow_session_id: FlowSessionId,
}

/// Reads what a finished flow run returned.
#[operation(
    id = "get-flow-outputs",
    name = "Get flow outputs",
    get = "/api/data/v9.2/flowsessions({flow_session_id})/outputs/$value",
    output = FlowOutputs,
    result_expression = "= {flowOutputs: response.body}"
)]
pub struct GetFlowOutputs {
    /// The flow run, as "Trigger a flow run" returned it.
    #[input(label = "Flow session ID", example = "bb2a1f33-e5b9-ed11-83fe-000d3ab4f483")]
    pub flow_session_id: FlowSessionId,
}

/// Cancels a flow run that is queued or running.
#[operation(
    id = "cancel-flow-run",
    name = "Cancel a flow run",
    post = "/api/data/v9.2/flowsessions({flow_session_id})/Microsoft.Dynamics.CRM.CancelDesktopFlowRun",
    output = NoContent,
    result_expression = "= {cancelAccepted: response.status = 204}",
    idempotent
)]
pub struct CancelFlowRun {
    /// The flow run, as "Trigger a flow run" returned it.
    #[input(label = "Flow session ID", example = "bb2a1f33-e5b9-ed11-83fe-000d3ab4f483")]
    pub flow_session_id: FlowSessionId,
}
