//! The types of the inputs.

use opwright::input;

/// The address of an environment.
#[input]
pub struct OrganizationUri(
    #[input(pattern_message = "must be an http(s) URL without query, such as https://org11aaa11a.crm4.dynamics.com")]
    #[schemars(regex(pattern = r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)*/*$"))]
    pub String,
);

/// Where access tokens are fetched.
#[input]
pub struct TokenEndpoint(
    #[input(
        pattern_message = "must be an http(s) URL, such as https://login.microsoftonline.com/{tenantID}/oauth2/v2.0/token"
    )]
    #[schemars(regex(pattern = r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[^\s?#]*)?([?][^\s#]*)?$"))]
    pub String,
);

/// Where the end of a run is reported. The column holds at most 2000 characters.
#[input]
pub struct CallbackUrl(
    #[input(pattern_message = "must be an https URL; http only reaches an emulator on 127.0.0.1 or localhost")]
    #[schemars(
        length(max = 2000),
        regex(
            pattern = r"^(https://[A-Za-z0-9.-]+|http://(127[.]0[.]0[.]1|localhost))(:([0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?([/?][^\s#]*)?$"
        )
    )]
    pub String,
);

/// A GUID in the form that Dataverse prints.
const GUID: &str = "^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$";

/// The id of a desktop flow.
#[input]
pub struct FlowId(
    #[input(pattern_message = "must be a GUID, such as 0a1b2c3d-1111-2222-3333-444455556666")]
    #[schemars(regex(pattern = GUID))]
    pub String,
);

/// The id of a run.
#[input]
pub struct FlowSessionId(
    #[input(pattern_message = "must be a GUID, such as bb2a1f33-e5b9-ed11-83fe-000d3ab4f483")]
    #[schemars(regex(pattern = GUID))]
    pub String,
);

/// Which type of connection is used in the connection name parameter.
#[input]
#[derive(Default)]
pub enum ConnectionType {
    /// The connection name is the name of a connection.
    #[default]
    Connection = 1,
    /// The connection name is the logical name of a connection reference.
    #[input(label = "Connection reference")]
    Reference = 2,
}

/// Who is at the machine while the flow runs.
#[input]
pub enum RunMode {
    /// In the session of a user who is signed in.
    Attended,
    /// On a machine where nobody is signed in.
    Unattended,
}
