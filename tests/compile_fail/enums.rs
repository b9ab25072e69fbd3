//! Enums that are neither choices nor variants.

use opwright::{Secret, input};

/// Speeds.
#[input]
pub enum Speed {
    /// In a week.
    Slow,
    Fast,
}

/// Sizes.
#[input]
pub enum Size {
    /// Fits an envelope.
    Small = 1,
    /// Does not.
    Large,
}

/// Methods of payment.
#[input]
pub enum Payment {
    /// By card.
    Card {
        /// Its number.
        number: Secret,
    },
    /// In cash.
    Cash,
}

/// How the buyer is known.
#[input(tag = "type")]
pub enum Login {
    /// Credentials of an application.
    #[input(scheme = "oauth-client-credentials")]
    OAuth {
        /// The client.
        client_id: Secret,
        /// Its secret.
        secret: Secret,
        /// Where tokens are fetched.
        oauth_token_endpoint: String,
    },
    /// A token.
    #[input(scheme = "bearer", scope = "all")]
    Bearer {
        /// The token.
        bearer: Secret,
    },
    /// No one.
    Guest(String),
}

fn main() {}
