//! Microsoft Power Automate desktop flows through Dataverse: the definitions, and nothing else.
//!
//! Facts are Microsoft's: "Work with desktop flows using code"
//! (learn.microsoft.com/power-automate/developer/desktop-flow-public-apis) and the reference pages
//! of the `RunDesktopFlow` action and the `flowsession` table.

mod authentication;
mod events;
mod operations;
mod outputs;
mod values;

pub use authentication::Authentication;
pub use events::FlowRunFinished;
pub use operations::{CancelFlowRun, GetFlowOutputs, GetFlowRunStatus, TriggerFlowRun};
pub use outputs::{FlowOutputs, FlowRunStarted, FlowRunState, FlowRunStatus, LicenseCheck, NoContent, RecordState};
pub use values::{CallbackUrl, ConnectionType, FlowId, FlowSessionId, OrganizationUri, RunMode};

use opwright::connector;

/// Orchestrate desktop flows: trigger a run, get its status, get its outputs, cancel it.
#[connector(
    id = "power-automate",
    name = "Power Automate",
    template_id = "io.opwright.power-automate",
    version = 2,
    job_type = "io.opwright:power-automate:1",
    documentation = "https://learn.microsoft.com/power-automate/developer/desktop-flow-public-apis",
    keywords = ["desktop flow", "rpa", "robot", "microsoft", "dataverse", "power platform", "attended", "unattended"],
    icon = include_str!("icon.svg"),
    guide = include_str!("guide.md"),
    succeeds = include_str!("succession.toml"),
    base_url = "{organization_uri}",
    headers = [("Accept", "application/json"), ("OData-Version", "4.0"), ("OData-MaxVersion", "4.0")],
    operations = [TriggerFlowRun, GetFlowRunStatus, GetFlowOutputs, CancelFlowRun],
    events = [FlowRunFinished]
)]
pub struct PowerAutomate {
    /// How the request proves who sends it.
    pub authentication: Authentication,

    /// Your Dynamics 365 URL, the environment's address. See how to find it in
    /// [the discovery service](https://learn.microsoft.com/power-apps/developer/data-platform/discovery-service)
    /// or among [the environment's details](https://learn.microsoft.com/power-platform/admin/environments-overview#environment-details).
    #[input(label = "Organization URI", example = "https://org11aaa11a.crm4.dynamics.com")]
    pub organization_uri: OrganizationUri,
}
