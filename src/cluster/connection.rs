//! How a cluster is reached.

use crate::http::oauth::ClientCredentials;
use secrecy::SecretString;

/// How a cluster is reached.
#[derive(Debug, Clone, Default)]
pub struct Connection {
    /// What is spoken there.
    pub protocol: Protocol,
    /// The address without a slash at its end; the REST API's is without `/v2`.
    pub address: String,
    /// What proves who asks.
    pub credentials: Credentials,
    /// The tenants whose jobs are wanted; none named means the default tenant.
    pub tenants: Vec<String>,
    /// Certificates, as PEM, that are trusted besides those that are trusted everywhere.
    pub roots: Vec<String>,
}

/// What is spoken with a cluster.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Protocol {
    /// The Orchestration Cluster REST API. Jobs are polled for.
    #[default]
    Rest,
    /// gRPC. Jobs are streamed, too.
    #[cfg(feature = "grpc")]
    Grpc,
}

/// What proves who asks.
#[derive(Debug, Clone, Default)]
pub enum Credentials {
    /// Nothing: a cluster without authentication.
    #[default]
    None,
    /// A name and a password.
    Basic {
        /// The name.
        user: String,
        /// The password.
        password: SecretString,
    },
    /// A token, fetched and renewed.
    OAuth(ClientCredentials),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::Cluster;

    #[test]
    fn a_file_without_a_certificate_is_refused() {
        let connection = Connection { roots: vec!["SECRET_ID='a'\n".to_owned()], ..Connection::default() };
        let error = Cluster::new(connection).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains("a file of certificates to trust holds none (PEM)"), "{error}");
    }
}
