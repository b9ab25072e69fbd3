//! How requests to Dataverse are authenticated.

use opwright::{Secret, input};

use super::values::TokenEndpoint;

/// The two ways to authenticate. The names in JSON are those of Camunda's HTTP connector.
#[input(tag = "type")]
pub enum Authentication {
    /// Credentials of an application user. The token is fetched when it is needed and reused until
    /// shortly before it expires.
    #[serde(rename = "oauth-client-credentials-flow")]
    #[input(label = "OAuth 2.0", scheme = "oauth-client-credentials", scope = "{organization_uri}/.default")]
    OAuth {
        /// Application (client) ID of the Microsoft Entra application.
        #[input(label = "Client ID", secret = "POWER_AUTOMATE_CLIENT_ID")]
        client_id: Secret,
        /// A client secret of that application.
        #[input(label = "Client secret", secret = "POWER_AUTOMATE_CLIENT_SECRET")]
        client_secret: Secret,
        /// `{tenantID}/oauth2/v2.0/token` at `https://login.microsoftonline.com/`. See
        /// [how to find your tenant ID](https://learn.microsoft.com/entra/fundamentals/how-to-find-tenant).
        #[input(
            label = "OAuth Token Endpoint",
            secret = "POWER_AUTOMATE_TOKEN_ENDPOINT",
            example = "https://login.microsoftonline.com/00000000-0000-0000-0000-000000000000/oauth2/v2.0/token"
        )]
        oauth_token_endpoint: TokenEndpoint,
    },

    /// A token that you fetched yourself. It expires after about an hour, which may be sooner than
    /// a queued run starts.
    #[input(label = "Bearer Token", scheme = "bearer")]
    Bearer {
        /// The access token, without the word `Bearer`.
        #[input(label = "Bearer", secret = "POWER_AUTOMATE_BEARER_TOKEN")]
        token: Secret,
    },
}
