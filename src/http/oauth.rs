//! Access tokens of the client credentials grant (RFC 6749, section 4.4).

use super::{HttpClient, Request, Response, TransportError};
use serde_json::Value;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::form_urlencoded;

/// Who asks where, for what, by what right. Not printable: all of it is secret.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ClientCredentials {
    /// Where tokens are asked for.
    pub token_endpoint: String,
    /// For whom.
    pub client_id: String,
    /// By what right.
    pub client_secret: String,
    /// For what, as the standard has it.
    pub scope: Option<String>,
    /// For whom the token is meant, as Camunda's and Auth0's servers have it.
    pub audience: Option<String>,
}

impl fmt::Debug for ClientCredentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ClientCredentials(…)")
    }
}

/// Why there is no token.
#[derive(Debug, Clone)]
pub enum TokenError {
    /// The token endpoint did not answer.
    Transport(TransportError),
    /// It answered with this, a status of 400 or more.
    Refused(Response),
    /// It answered, but without a token.
    NoToken,
}

/// A token is given up this long before it expires, or at 9/10 of a shorter life.
const EARLY: Duration = Duration::from_secs(30);
/// How many credentials are remembered; beyond, those without a live token are forgotten.
const CAPACITY: usize = 1000;

struct Token {
    text: String,
    /// `None`: for the request at hand only.
    until: Option<Instant>,
}

/// What is known of one set of credentials.
#[derive(Default)]
struct Known {
    token: Option<Token>,
    /// How the last fetch failed, and when that was known.
    failed: Option<(Instant, TokenError)>,
}

/// A slot's lock is held while a token is fetched, so that each key has one fetch at a time.
type Slot = Arc<Mutex<Known>>;

/// Tokens by credentials.
#[derive(Clone, Default)]
pub struct TokenCache(Arc<Mutex<HashMap<ClientCredentials, Slot>>>);

impl std::fmt::Debug for TokenCache {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("TokenCache")
    }
}

impl TokenCache {
    /// The token of these credentials, fetched if none is at hand.
    pub async fn token(&self, client: &HttpClient, credentials: &ClientCredentials) -> Result<String, TokenError> {
        let slot = self.slot(credentials).await;
        let asked = Instant::now();
        let mut known = slot.lock().await;
        if let Some(Token { text, until: Some(until) }) = &known.token
            && Instant::now() < *until
        {
            return Ok(text.clone());
        }
        // Who waited for a fetch has its failure too: a hundred that wait would otherwise fail one after the other.
        if let Some((at, error)) = &known.failed
            && asked < *at
        {
            return Err(error.clone());
        }
        match fetch(client, credentials).await {
            Ok(token) => {
                let text = token.text.clone();
                *known = Known { token: Some(token), failed: None };
                Ok(text)
            }
            Err(error) => {
                known.failed = Some((Instant::now(), error.clone()));
                Err(error)
            }
        }
    }

    /// Drops a token that was refused, unless another request has replaced it already.
    pub async fn forget(&self, credentials: &ClientCredentials, refused: &str) {
        let slot = self.slot(credentials).await;
        let mut known = slot.lock().await;
        if known.token.as_ref().is_some_and(|token| token.text == refused) {
            known.token = None;
        }
    }

    async fn slot(&self, key: &ClientCredentials) -> Slot {
        let mut slots = self.0.lock().await;
        if slots.len() >= CAPACITY && !slots.contains_key(key) {
            let now = Instant::now();
            slots.retain(|_, slot| {
                // A slot that somebody holds is fetching: dropping it would let a second fetch begin.
                Arc::strong_count(slot) > 1
                    || slot.try_lock().is_ok_and(|known| {
                        known.token.as_ref().is_some_and(|token| token.until.is_some_and(|until| now < until))
                    })
            });
            if slots.len() >= CAPACITY {
                slots.retain(|_, slot| Arc::strong_count(slot) > 1);
            }
        }
        Arc::clone(slots.entry(key.clone()).or_default())
    }
}

fn token_request(credentials: &ClientCredentials) -> Request {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("grant_type", "client_credentials")
        .append_pair("client_id", &credentials.client_id)
        .append_pair("client_secret", &credentials.client_secret);
    for (name, value) in [("scope", &credentials.scope), ("audience", &credentials.audience)] {
        if let Some(value) = value {
            form.append_pair(name, value);
        }
    }
    Request {
        method: "POST",
        url: credentials.token_endpoint.clone(),
        headers: [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
        body: Some(form.finish()),
    }
}

async fn fetch(client: &HttpClient, credentials: &ClientCredentials) -> Result<Token, TokenError> {
    let asked = Instant::now();
    let response = client.send(&token_request(credentials)).await.map_err(TokenError::Transport)?;
    if response.status >= 400 {
        return Err(TokenError::Refused(response));
    }
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let Some(text) = body.get("access_token").and_then(Value::as_str).filter(|text| !text.is_empty()) else {
        return Err(TokenError::NoToken);
    };
    Ok(Token {
        text: text.to_owned(),
        until: lifetime(body.get("expires_in")).and_then(|lifetime| asked.checked_add(lifetime)),
    })
}

/// How long a token may be used; some servers send the number as text.
fn lifetime(expires_in: Option<&Value>) -> Option<Duration> {
    let seconds = match expires_in? {
        Value::Number(number) => number.as_u64()?,
        Value::String(text) => text.parse().ok()?,
        _ => return None,
    };
    let whole = Duration::from_secs(seconds);
    Some(whole.saturating_sub(EARLY).max(whole.saturating_sub(whole / 10).min(EARLY)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_token_is_given_up_before_it_expires() {
        let seconds = |value: Value| lifetime(Some(&value)).map(|lifetime| lifetime.as_secs());
        assert_eq!(seconds(json!(3600)), Some(3570));
        assert_eq!(seconds(json!("3600")), Some(3570));
        assert_eq!(seconds(json!(10)), Some(9));
        assert_eq!(seconds(json!(0)), Some(0));
        assert_eq!(seconds(json!(-1)), None);
        assert_eq!(seconds(json!(true)), None);
        assert_eq!(lifetime(None), None);
    }

    #[test]
    fn a_huge_lifetime_is_no_panic() {
        assert!(lifetime(Some(&json!(u64::MAX))).is_some());
    }
}
