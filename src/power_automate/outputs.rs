//! What Dataverse answers. Members that are not listed here are kept.

use opwright::input;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The answer to "Trigger a flow run".
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({
    "@odata.context": "https://org11aaa11a.crm4.dynamics.com/api/data/v9.2/$metadata#Microsoft.Dynamics.CRM.RunDesktopFlowResponse",
    "flowsessionId": "bb2a1f33-e5b9-ed11-83fe-000d3ab4f483",
}))]
pub struct FlowRunStarted {
    /// Where the answer's metadata is described.
    #[serde(rename = "@odata.context")]
    #[schemars(title = "Context")]
    pub context: String,
    /// The ID of the flow session. Note the capital I; the callback spells it `flowsessionid`.
    #[serde(rename = "flowsessionId")]
    #[schemars(title = "Flow session ID")]
    pub flow_session_id: String,
    /// Present in some environments; Microsoft's reference does not list it.
    #[serde(rename = "licenseCheck", default, skip_serializing_if = "Option::is_none")]
    #[schemars(title = "License check")]
    pub license_check: Option<LicenseCheck>,
}

/// Whether the run is covered by a licence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LicenseCheck {
    /// Such as `ValidLicenseCoverage`.
    #[schemars(title = "Code")]
    pub code: String,
    /// The same in words.
    #[schemars(title = "Message")]
    pub message: String,
}

/// The answer to "Get the status of a flow run".
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({
    "@odata.context": "https://org11aaa11a.crm4.dynamics.com/api/data/v9.2/$metadata#flowsessions(statuscode,statecode,startedon,completedon)/$entity",
    "@odata.etag": "W/\"1276122\"",
    "statuscode": 4,
    "statecode": 0,
    "startedon": "2022-06-16T12:54:40Z",
    "completedon": "2022-06-16T12:57:46Z",
}))]
pub struct FlowRunState {
    /// Where the answer's metadata is described.
    #[serde(rename = "@odata.context")]
    #[schemars(title = "Context")]
    pub context: String,
    /// The version of the row.
    #[serde(rename = "@odata.etag")]
    #[schemars(title = "Version")]
    pub etag: String,
    /// How far the run is.
    #[serde(rename = "statuscode")]
    #[schemars(title = "Status")]
    pub status: FlowRunStatus,
    /// Whether the row is active. It does not tell whether the run is finished: a succeeded, a failed
    /// and a cancelled run are all active.
    #[serde(rename = "statecode")]
    #[schemars(title = "Row state")]
    pub state: RecordState,
    /// When the run started, in UTC (ISO 8601); null while it waits.
    #[serde(rename = "startedon")]
    #[schemars(title = "Started")]
    pub started_on: Option<String>,
    /// When the run ended, in UTC (ISO 8601); null until then.
    #[serde(rename = "completedon")]
    #[schemars(title = "Completed")]
    pub completed_on: Option<String>,
}

/// The answer to "Get flow outputs": a member for each output of the flow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({ "Output1": "My output value" }))]
pub struct FlowOutputs(pub Map<String, Value>);

/// The answer to "Cancel a flow run": status 204 without a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NoContent(pub ());

/// The status of a flow run, `statuscode` of Dataverse's `flowsession` table.
#[input]
pub enum FlowRunStatus {
    /// The table does not say.
    #[input(label = "NotSpecified")]
    NotSpecified = 0,
    /// The run is interrupted and will go on.
    Paused = 1,
    /// The run is under way.
    Running = 2,
    /// The run is queued.
    Waiting = 3,
    /// The run ended well.
    Succeeded = 4,
    /// The run was left out.
    Skipped = 5,
    /// The run is held back and may go on.
    Suspended = 6,
    /// The run was cancelled.
    Cancelled = 7,
    /// The run ended with an error.
    Failed = 8,
    /// The run broke off.
    Faulted = 9,
    /// The run took longer than its timeout.
    #[input(label = "TimedOut")]
    TimedOut = 10,
    /// The run was aborted.
    Aborted = 11,
    /// The run was ignored.
    Ignored = 12,
    /// The run was deleted.
    Deleted = 13,
    /// The run was terminated.
    Terminated = 14,
}

impl FlowRunStatus {
    /// The status with this code.
    #[must_use]
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.iter().copied().find(|status| status.code() == code)
    }

    /// The number that Dataverse sends.
    #[must_use]
    pub const fn code(self) -> i64 {
        self as i64
    }

    /// Whether the run is over. Microsoft documents no list of final codes; this reads their names.
    #[must_use]
    pub const fn finished(self) -> bool {
        !matches!(self, Self::NotSpecified | Self::Paused | Self::Running | Self::Waiting | Self::Suspended)
    }

    /// Whether the run is over and did what it should.
    #[must_use]
    pub const fn succeeded(self) -> bool {
        matches!(self, Self::Succeeded)
    }

    /// The `statecode` that the table gives a run of this status.
    #[must_use]
    pub const fn record_state(self) -> RecordState {
        match self {
            Self::NotSpecified | Self::Deleted | Self::Terminated => RecordState::Inactive,
            _ => RecordState::Active,
        }
    }
}

/// Whether a row of Dataverse is active, `statecode`.
#[input]
pub enum RecordState {
    /// An active row.
    Active = 0,
    /// An inactive row.
    Inactive = 1,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_microsofts() {
        for (code, status) in FlowRunStatus::ALL.iter().copied().enumerate() {
            assert_eq!(usize::try_from(status.code()), Ok(code));
            assert_eq!(FlowRunStatus::from_code(status.code()), Some(status));
            assert_eq!(serde_json::to_value(status).ok(), Some(json!(code)));
            assert_eq!(serde_json::from_value::<FlowRunStatus>(json!(code)).ok(), Some(status));
        }
        assert_eq!((FlowRunStatus::from_code(15), FlowRunStatus::from_code(-1)), (None, None));
        assert!(serde_json::from_value::<FlowRunStatus>(json!(15)).is_err());
    }

    /// Succeeded, cancelled and failed runs are all active rows: `statecode` tells nothing of the end.
    #[test]
    fn finished_does_not_follow_the_row() {
        let finished: Vec<i64> =
            FlowRunStatus::ALL.iter().copied().filter(|status| status.finished()).map(FlowRunStatus::code).collect();
        assert_eq!(finished, [4, 5, 7, 8, 9, 10, 11, 12, 13, 14]);
        let inactive: Vec<i64> = FlowRunStatus::ALL
            .iter()
            .copied()
            .filter(|status| status.record_state() == RecordState::Inactive)
            .map(FlowRunStatus::code)
            .collect();
        assert_eq!(inactive, [0, 13, 14]);
        assert_eq!(
            FlowRunStatus::ALL.iter().copied().filter(|status| status.succeeded()).collect::<Vec<_>>(),
            [FlowRunStatus::Succeeded]
        );
    }
}
