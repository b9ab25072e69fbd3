//! The token endpoint: client credentials in, opaque access tokens out. Knows nothing of flows.

use super::TENANT_ID;
use super::odata::Answer;
use super::state::Shared;
use axum::http::HeaderMap;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::percent_decode_str;
use secrecy::ExposeSecret;
use serde_json::json;
use std::collections::{HashMap, VecDeque};
use std::time::Duration;
use uuid::Uuid;

/// How many tokens are remembered; beyond that the oldest is no longer valid.
const MOST_TOKENS: usize = 10_000;

/// Why a request has no valid token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenFault {
    /// It has none.
    Missing,
    /// Its token was never issued, or is revoked.
    Unknown,
    /// Its token was valid once.
    Expired,
}

/// The tokens that are out.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    /// Client and end of validity by token.
    issued: HashMap<String, (String, Duration)>,
    /// Oldest first.
    order: VecDeque<String>,
}

impl Tokens {
    /// A new token for a client.
    pub(super) fn issue(&mut self, client: &str, valid_until: Duration) -> String {
        let token = format!("emulator.{}.{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        self.issued.insert(token.clone(), (client.to_owned(), valid_until));
        self.order.push_back(token.clone());
        while self.order.len() > MOST_TOKENS {
            if let Some(oldest) = self.order.pop_front() {
                self.issued.remove(&oldest);
            }
        }
        token
    }

    /// The client that a token was issued to.
    pub(super) fn client(&self, token: &str, now: Duration) -> Result<String, TokenFault> {
        match self.issued.get(token) {
            Some((client, valid_until)) if now < *valid_until => Ok(client.clone()),
            Some(_) => Err(TokenFault::Expired),
            None => Err(TokenFault::Unknown),
        }
    }

    /// Makes all tokens invalid and tells how many there were.
    pub(super) fn revoke(&mut self) -> usize {
        self.order.clear();
        std::mem::take(&mut self.issued).len()
    }
}

/// What a request for a token says.
#[derive(Default)]
struct Form {
    grant_type: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    scope: Option<String>,
}

impl Form {
    fn read(headers: &HeaderMap, body: &[u8]) -> Self {
        let mut form = Self::default();
        for (name, value) in url::form_urlencoded::parse(body) {
            let field = match name.as_ref() {
                "grant_type" => &mut form.grant_type,
                "client_id" => &mut form.client_id,
                "client_secret" => &mut form.client_secret,
                "scope" => &mut form.scope,
                _ => continue,
            };
            *field = Some(value.into_owned());
        }
        if let Some((id, secret)) = basic(headers) {
            form.client_id.get_or_insert(id);
            form.client_secret.get_or_insert(secret);
        }
        form
    }
}

/// Client ID and secret of HTTP Basic authentication, where both are percent-encoded.
fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let encoded = headers.get("authorization")?.to_str().ok()?.strip_prefix("Basic ")?;
    let decoded = String::from_utf8(BASE64_STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    let decode = |text| percent_decode_str(text).decode_utf8().ok().map(std::borrow::Cow::into_owned);
    Some((decode(id)?, decode(secret)?))
}

/// Answers a request for a token, and tells which client it named.
pub(super) fn answer(shared: &Shared, tenant: &str, headers: &HeaderMap, body: &[u8]) -> (Answer, Option<String>) {
    let form = Form::read(headers, body);
    (respond(shared, tenant, &form), form.client_id)
}

fn respond(shared: &Shared, tenant: &str, form: &Form) -> Answer {
    let failed = |status, error, code, message: &str| failure(shared, status, error, code, message);
    if !tenant.eq_ignore_ascii_case(TENANT_ID) {
        return failed(
            400,
            "invalid_request",
            90_002,
            "The tenant is not known. The emulator's only tenant stands in its token endpoint.",
        );
    }
    let missing = |name| {
        failed(
            400,
            "invalid_request",
            900_144,
            &format!("The request body must contain the following parameter: '{name}'."),
        )
    };
    let Some(grant_type) = &form.grant_type else { return missing("grant_type") };
    if grant_type != "client_credentials" {
        return failed(400, "unsupported_grant_type", 70_003, "The only supported grant type is 'client_credentials'.");
    }
    let Some(client_id) = &form.client_id else { return missing("client_id") };
    if *client_id != shared.settings.client_id {
        return failed(400, "unauthorized_client", 700_016, "The tenant has no application with this client ID.");
    }
    let Some(secret) = &form.client_secret else {
        return failed(
            401,
            "invalid_client",
            7_000_218,
            "The request body must contain the following parameter: 'client_secret'.",
        );
    };
    if secret != shared.settings.client_secret.expose_secret() {
        return failed(401, "invalid_client", 7_000_215, "The client secret is not the one of this application.");
    }
    let Some(scope) = &form.scope else { return missing("scope") };
    let expected = format!("{}/.default", shared.organization_uri);
    if *scope != expected {
        let scope = super::ledger::shortened(scope);
        return failed(
            400,
            "invalid_scope",
            70_011,
            &format!("The scope '{scope}' is not valid. The only scope is '{expected}'."),
        );
    }
    let lifetime = shared.settings.token_lifetime_seconds;
    let valid_until = shared.clock.now() + Duration::from_secs(lifetime.into());
    let token = shared.world().tokens.issue(client_id, valid_until);
    Answer::plain_json(
        200,
        &json!({ "token_type": "Bearer", "expires_in": lifetime, "ext_expires_in": lifetime, "access_token": token }),
    )
}

/// An error as the identity platform writes it.
pub(super) fn failure(shared: &Shared, status: u16, error: &str, code: u32, message: &str) -> Answer {
    let body = json!({
        "error": error,
        "error_description": format!("AADSTS{code}: {message}"),
        "error_codes": [code],
        "timestamp": shared.clock.seconds(shared.clock.now()).replace('T', " "),
        "trace_id": Uuid::new_v4().to_string(),
        "correlation_id": Uuid::new_v4().to_string(),
    });
    let answer = Answer { message: Some(message.to_owned()), ..Answer::plain_json(status, &body) };
    if status == 401 { answer.with("www-authenticate", "Basic realm=\"emulator\"") } else { answer }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Duration = Duration::from_secs(100);

    #[test]
    fn a_token_is_valid_until_its_end_or_its_revocation() {
        let mut tokens = Tokens::default();
        let token = tokens.issue("one", NOON);
        assert_eq!(tokens.client(&token, Duration::from_secs(99)), Ok("one".to_owned()));
        assert_eq!(tokens.client(&token, NOON), Err(TokenFault::Expired));
        assert_eq!(tokens.client("other", Duration::ZERO), Err(TokenFault::Unknown));
        assert_eq!(tokens.revoke(), 1);
        assert_eq!(tokens.client(&token, Duration::ZERO), Err(TokenFault::Unknown));
    }

    #[test]
    fn the_oldest_tokens_are_forgotten() {
        let mut tokens = Tokens::default();
        let first = tokens.issue("one", NOON);
        for _ in 0..MOST_TOKENS {
            tokens.issue("one", NOON);
        }
        assert_eq!(tokens.client(&first, Duration::ZERO), Err(TokenFault::Unknown));
        assert_eq!((tokens.issued.len(), tokens.order.len()), (MOST_TOKENS, MOST_TOKENS));
    }

    #[test]
    fn basic_authentication_is_decoded() {
        let mut headers = HeaderMap::new();
        let value = format!("Basic {}", BASE64_STANDARD.encode("client:a%3Ab:c"));
        headers.insert("authorization", value.parse().expect("a header"));
        assert_eq!(basic(&headers), Some(("client".to_owned(), "a:b:c".to_owned())));
        headers.insert("authorization", "Basic !".parse().expect("a header"));
        assert_eq!(basic(&headers), None);
    }
}
