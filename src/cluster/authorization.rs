//! What proves to a cluster who asks, over either protocol.

use super::{ClusterError, Connection, Credentials};
use crate::http::HttpClient;
use crate::http::oauth::TokenCache;
use base64::Engine as _;
use secrecy::ExposeSecret;
use std::sync::Arc;
use std::time::Duration;

/// Makes the value of the header `Authorization`, by the same tokens for all that ask.
#[derive(Debug, Clone)]
pub(super) struct Authorization {
    connection: Arc<Connection>,
    client: HttpClient,
    tokens: TokenCache,
}

/// The header's value, and the token that is in it.
pub(super) struct Proof {
    pub(super) header: Option<String>,
    token: Option<String>,
}

impl Authorization {
    /// Fetches tokens by this client.
    pub(super) fn new(connection: Arc<Connection>, client: HttpClient) -> Self {
        Self { connection, client, tokens: TokenCache::default() }
    }

    pub(super) async fn proof(&self) -> Result<Proof, ClusterError> {
        let (header, token) = match &self.connection.credentials {
            Credentials::None => (None, None),
            Credentials::Basic { user, password } => {
                let pair = format!("{user}:{}", password.expose_secret());
                (Some(format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))), None)
            }
            Credentials::OAuth(credentials) => {
                let token = self.tokens.token(&self.client, credentials).await.map_err(ClusterError::of_token)?;
                (Some(format!("Bearer {token}")), Some(token))
            }
        };
        Ok(Proof { header, token })
    }

    /// The same, unless it takes longer than this.
    pub(super) async fn proof_within(&self, timeout: Duration) -> Result<Proof, ClusterError> {
        let late = |_| ClusterError::no_token(format!("it is not there after {} s", timeout.as_secs()));
        tokio::time::timeout(timeout, self.proof()).await.map_err(late)?
    }

    /// The cluster does not accept this. Whether another one can be made, which is worth one more attempt.
    pub(super) async fn refused(&self, proof: &Proof) -> bool {
        match (&self.connection.credentials, &proof.token) {
            (Credentials::OAuth(credentials), Some(token)) => {
                self.tokens.forget(credentials, token).await;
                true
            }
            _ => false,
        }
    }
}
