//! Executes one operation: secrets, validation, then a declared request or an author's code; and what a
//! job comes to by it.
//!
//! Knows nothing of brokers, files or terminals: the worker and the command line call it.

pub mod duration;
pub mod outcome;
mod prepare;
mod response;
pub mod secrets;

pub use prepare::{DryRequest, DryRun, Prepared};

use crate::failure::{ErrorType, Failure};
use crate::http::oauth::TokenCache;
use crate::http::{self, HttpClient, Request, TransportError};
use crate::registry::{Registry, UnknownName};
use crate::request::{Credentials, RequestPlan};
use crate::schema::Refusal;
use prepare::Work;
use secrets::{Mask, MissingSecrets, SecretSource};
use serde_json::Value;
use std::time::SystemTime;
use tracing::Instrument;

/// Why an operation gave no result. Secrets are masked in all of it.
#[derive(Debug)]
pub enum DispatchError {
    /// There is no such connector or operation. Nothing was sent.
    Unknown(UnknownName),
    /// Secrets are not available. Nothing was sent.
    Secrets(MissingSecrets),
    /// The input is not accepted. Nothing was sent.
    Refused(Refusal),
    /// Its time was over before anything was begun.
    Late,
    /// It was tried, or the definition does not hold what it promises.
    Failed(Failure),
}

impl std::fmt::Display for DispatchError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unknown(error) => error.fmt(formatter),
            Self::Secrets(error) => error.fmt(formatter),
            Self::Refused(error) => error.fmt(formatter),
            Self::Late => formatter.write_str("its time was over before it was begun"),
            Self::Failed(failure) => failure.fmt(formatter),
        }
    }
}

impl std::error::Error for DispatchError {}

impl DispatchError {
    /// The same as a failure, for [`outcome::Expressions::conclude`]: what was refused before anything was sent is
    /// refused again by every repetition.
    #[must_use]
    pub fn into_failure(self) -> Failure {
        match self {
            Self::Failed(failure) => failure,
            refused => Failure::terminal_as(ErrorType::Input, refused.to_string()),
        }
    }
}

/// Executes the operations of a registry, with one pool of connections and one cache of tokens.
#[derive(Debug, Clone)]
pub struct Dispatcher {
    registry: Registry,
    client: HttpClient,
    tokens: TokenCache,
}

impl Dispatcher {
    /// A dispatcher of these connectors.
    pub fn new(registry: Registry) -> Result<Self, TransportError> {
        Ok(Self { registry, client: HttpClient::new()?, tokens: TokenCache::default() })
    }

    /// The connectors.
    #[must_use]
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Finds everything that is wrong before anything is sent.
    pub fn prepare(
        &self,
        connector: &str,
        operation: &str,
        input: &Value,
        secrets: &dyn SecretSource,
    ) -> Result<Prepared, DispatchError> {
        prepare::prepare(&self.registry, connector, operation, input, secrets)
    }

    /// Executes what has been prepared, once. The result is as it came; the mask knows the access token too.
    pub async fn execute(&self, prepared: Prepared) -> Result<(Value, Mask), DispatchError> {
        let (work, mut mask, deadline) = prepared.into_parts();
        let late = || deadline.is_some_and(|deadline| deadline < SystemTime::now());
        let result = match work {
            Work::Http(plan) => {
                // It may have to wait for its token.
                let token = self.token(&plan, &mut mask).await;
                if late() {
                    return Err(DispatchError::Late);
                }
                match token {
                    Ok(token) => match self.send(&plan, token, &mut mask, late).await {
                        Some(result) => result,
                        None => return Err(DispatchError::Late),
                    },
                    Err(failure) => Err(failure),
                }
            }
            Work::Code(..) if late() => return Err(DispatchError::Late),
            Work::Code(run, inputs) => run(Value::Object(inputs.shared), Value::Object(inputs.own)).await,
        };
        match result {
            Ok(result) => Ok((result, mask)),
            Err(failure) => Err(DispatchError::Failed(mask.failure(failure))),
        }
    }

    /// Prepares and executes one operation, once.
    pub async fn dispatch(
        &self,
        connector: &str,
        operation: &str,
        input: &Value,
        secrets: &dyn SecretSource,
    ) -> Result<Value, DispatchError> {
        self.execute(self.prepare(connector, operation, input, secrets)?).await.map(|(result, _)| result)
    }

    /// Sends a request; a 401 drops the token that was used and is answered once with a fresh one,
    /// for a request that was not let in has run nothing. No result if that is too late.
    async fn send(
        &self,
        plan: &RequestPlan,
        token: Option<String>,
        mask: &mut Mask,
        late: impl Fn() -> bool,
    ) -> Option<Result<Value, Failure>> {
        let response = match self.exchange(plan, token.as_deref()).await {
            Ok(response) => response,
            Err(failure) => return Some(Err(failure)),
        };
        if let (401, Some(Credentials::OAuthClientCredentials(credentials)), Some(token)) =
            (response.status, &plan.credentials, &token)
        {
            self.tokens.forget(credentials, token).await;
            let token = self.token(plan, mask).await;
            if late() {
                return None;
            }
            return Some(match token {
                Ok(token) => {
                    self.exchange(plan, token.as_deref()).await.and_then(|response| response::result(&response))
                }
                Err(failure) => Err(failure),
            });
        }
        Some(response::result(&response))
    }

    async fn token(&self, plan: &RequestPlan, mask: &mut Mask) -> Result<Option<String>, Failure> {
        let Some(credentials) = &plan.credentials else { return Ok(None) };
        let token = match credentials {
            Credentials::Bearer { token } => token.clone(),
            Credentials::OAuthClientCredentials(credentials) => {
                self.tokens.token(&self.client, credentials).await.map_err(response::no_token)?
            }
        };
        mask.add(&token);
        Ok(Some(token))
    }

    async fn exchange(&self, plan: &RequestPlan, token: Option<&str>) -> Result<http::Response, Failure> {
        let mut headers: Vec<(String, String)> =
            plan.headers.iter().map(|header| (header.name.clone(), header.value.clone())).collect();
        headers.extend(token.map(|token| ("Authorization".to_owned(), format!("Bearer {token}"))));
        let body = plan.body.as_ref().map(|body| Value::Object(body.clone()).to_string());
        let request = Request { method: plan.method.name(), url: plan.url.clone(), headers, body };
        let span = tracing::info_span!("call", method = request.method, status = tracing::field::Empty);
        let sent = self.client.send(&request).instrument(span.clone()).await;
        if let Ok(response) = &sent {
            span.record("status", response.status);
        }
        sent.map_err(response::transport)
    }
}
