//! Who may call: everybody, who knows a password or a key, or who has a token.

use super::super::Received;
use super::answer::{Denial, failed_in_secret};
use super::formula::Formula;
use super::jwt::{self, KeySets};
use super::request::Call;
use crate::worker::inbound::Answer;
use crate::worker::inbound::engine::apart;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::fmt;

/// Who may call.
pub(super) enum Authorization {
    /// Everybody.
    Nobody,
    /// Who knows the name and the password.
    Basic { user: SecretString, password: SecretString },
    /// Who knows the key, which the expression finds in the call.
    ApiKey { key: SecretString, locator: Formula },
    /// Who has a token that one of the keys at this address has signed, with these permissions.
    Jwt { keys: String, permissions: Option<Formula>, required: Vec<String> },
}

impl fmt::Debug for Authorization {
    /// Its type alone.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Nobody => "NONE",
            Self::Basic { .. } => "BASIC",
            Self::ApiKey { .. } => "APIKEY",
            Self::Jwt { .. } => "JWT",
        })
    }
}

/// Where the key is, unless it is said: behind the first blank of the header `Authorization`.
pub(super) const DEFAULT_LOCATOR: &str = "=split(request.headers.authorization, \" \")[2]";

impl Authorization {
    /// Where the keys for tokens are, if there are any.
    pub(super) fn key_address(&self) -> Option<&str> {
        if let Self::Jwt { keys, .. } = self { Some(keys) } else { None }
    }

    /// Whether who made the call may.
    pub(super) async fn check(&self, received: &Received, call: &mut Call, key_sets: &KeySets) -> Result<(), Answer> {
        let denied = |denial: Denial| Err(denial.answer());
        match self {
            Self::Nobody => Ok(()),
            Self::Basic { user, password } => match basic(received) {
                _ if received.header("authorization").is_none() => {
                    denied(Denial::InvalidCredentials("Basic auth header is missing"))
                }
                Some((given, secret)) if same(user, &given) & same(password, &secret) => Ok(()),
                _ => denied(Denial::InvalidCredentials("Basic auth header is invalid")),
            },
            Self::ApiKey { key, locator } => match apart(|| locator.text(call.context_for(received, locator))).await {
                Err(error) => Err(failed_in_secret("inbound.auth.apiKeyLocator", &error)),
                Ok(None) => denied(Denial::InvalidCredentials("API key is missing")),
                Ok(Some(given)) if same(key, &given) => Ok(()),
                Ok(Some(_)) => denied(Denial::InvalidCredentials("API key is invalid")),
            },
            Self::Jwt { keys, permissions, required } => {
                let Some(token) = bearer(received) else {
                    return denied(Denial::InvalidCredentials("JWT auth failed"));
                };
                let claims = match jwt::verify(token, keys, key_sets).await {
                    Ok(claims) => claims,
                    Err(jwt::Refusal::NoKeys) => {
                        return denied(Denial::Unknown("The keys that verify the token cannot be fetched"));
                    }
                    Err(jwt::Refusal::Token(why)) => {
                        tracing::debug!(why, "a token is refused");
                        return denied(Denial::InvalidCredentials("JWT auth failed"));
                    }
                };
                if apart(|| has_all(required, permissions.as_ref(), &claims)).await {
                    return Ok(());
                }
                denied(Denial::Forbidden("Missing required permissions"))
            }
        }
    }
}

fn has_all(required: &[String], permissions: Option<&Formula>, claims: &Value) -> bool {
    if required.is_empty() {
        return true;
    }
    let given = match permissions.map(|formula| formula.evaluate(claims)) {
        Some(Ok(Value::Array(given))) => given,
        Some(Ok(one @ Value::String(_))) => vec![one],
        Some(Err(error)) => {
            tracing::warn!(
                reason = error.reason,
                expression = error.expression,
                "a token's permissions cannot be told"
            );
            return false;
        }
        Some(Ok(_)) | None => return false,
    };
    required.iter().all(|one| given.iter().any(|given| given == one.as_str()))
}

/// The scheme of the header `Authorization`, and what follows.
fn credentials<'a>(received: &'a Received, scheme: &str) -> Option<&'a str> {
    let (given, rest) = received.header("authorization")?.trim().split_once(' ')?;
    given.eq_ignore_ascii_case(scheme).then(|| rest.trim())
}

fn bearer(received: &Received) -> Option<&str> {
    credentials(received, "Bearer").filter(|token| !token.is_empty())
}

/// Name and password, where they can be read.
fn basic(received: &Received) -> Option<(String, String)> {
    let decoded = STANDARD.decode(credentials(received, "Basic")?).ok()?;
    let pair = String::from_utf8(decoded).ok()?;
    pair.split_once(':').map(|(user, password)| (user.to_owned(), password.to_owned()))
}

/// Whether two texts are the same, in a time that tells nothing of them: their digests are compared.
fn same(known: &SecretString, given: &str) -> bool {
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"comparison");
    let tag = hmac::sign(&key, known.expose_secret().as_bytes());
    hmac::verify(&key, given.as_bytes(), tag.as_ref()).is_ok()
}
