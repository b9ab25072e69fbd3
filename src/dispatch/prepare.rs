//! Everything that happens before anything is sent.

use super::DispatchError;
use super::secrets::{self, MASK, Mask, SecretSource};
use crate::definition::{ConnectorDefinition, Field, Kind, Place, UrlTemplate};
use crate::failure::Failure;
use crate::http::{TransportError, parse_url};
use crate::registry::{Executor, Registry};
use crate::request::{self, Credentials, RequestPlan};
use crate::schema::{Fault, InputSchema, Inputs, Problem, Refusal};
use serde::Serialize;
use serde_json::{Map, Value};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::SystemTime;

/// An operation whose input is accepted: ready to be executed.
#[derive(Debug)]
pub struct Prepared {
    work: Work,
    mask: Mask,
    deadline: Option<SystemTime>,
}

type Code = Arc<dyn Fn(Value, Value) -> Pin<Box<dyn Future<Output = Result<Value, Failure>> + Send>> + Send + Sync>;

/// What will be done.
pub(super) enum Work {
    Http(Box<RequestPlan>),
    Code(Code, Inputs),
}

impl fmt::Debug for Work {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http(plan) => plan.fmt(formatter),
            Self::Code(..) => formatter.write_str("Code"),
        }
    }
}

/// What would be done, with secrets masked.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DryRun {
    /// Sent first, if no token is at hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_request: Option<DryRequest>,
    /// The operation's request; `None` for a code operation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<DryRequest>,
    /// A code operation's inputs, as its struct takes them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inputs: Option<Value>,
}

/// A request that is not sent.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DryRequest {
    /// Upper-case method.
    pub method: &'static str,
    /// Absolute URL.
    pub url: String,
    /// Names and values.
    pub headers: Map<String, Value>,
    /// JSON, or a form as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
}

pub(super) fn prepare(
    registry: &Registry,
    connector: &str,
    operation: &str,
    input: &Value,
    source: &dyn SecretSource,
) -> Result<Prepared, DispatchError> {
    let connector = registry.connector(connector).map_err(DispatchError::Unknown)?;
    let (operation, schema, executor) = connector.operation(operation).map_err(DispatchError::Unknown)?;
    let (input, mut mask) = secrets::replace(input, source).map_err(DispatchError::Secrets)?;
    let inputs = schema.accept(&input).map_err(|refusal| DispatchError::Refused(mask.refusal(refusal)))?;
    for field in schema.fields() {
        if let Some(value) = inputs.shared.get(&field.name).or_else(|| inputs.own.get(&field.name)) {
            mask_sensitive(field, value, &mut mask);
        }
    }
    let refuses =
        |_| DispatchError::Failed(Failure::terminal("the operation's struct refuses what its schema accepts"));
    let work = match executor {
        Executor::Http { decode } => {
            decode(&Value::Object(inputs.own.clone())).map_err(refuses)?;
            let plan = request::plan(connector.definition(), operation, schema.shared(), schema.own(), &inputs)
                .ok_or_else(|| {
                    DispatchError::Failed(Failure::terminal("the definition names a field that the input lacks"))
                })?;
            let mut faults = unsound_addresses(connector.definition(), schema.shared(), &plan);
            faults.extend(unsound_headers(schema, &inputs, &plan));
            if !faults.is_empty() {
                return Err(DispatchError::Refused(Refusal { faults }));
            }
            Work::Http(Box::new(plan))
        }
        Executor::Code(run) => Work::Code(Arc::clone(run), inputs),
    };
    Ok(Prepared { work, mask, deadline: None })
}

/// What only the parsing of addresses shows, such as a port beyond 65535. The paths of operations are
/// percent-encoded, so it is the base URL or the token endpoint.
fn unsound_addresses(definition: &ConnectorDefinition, shared: &[Field], plan: &RequestPlan) -> Vec<Fault> {
    let base = definition.http.as_ref().and_then(|http| UrlTemplate::parse(&http.base_url));
    let base = base.map(|base| base.fields().collect::<Vec<_>>().join(", ")).unwrap_or_default();
    let mut addresses = vec![(base, plan.url.as_str())];
    if let Some(Credentials::OAuthClientCredentials(credentials)) = &plan.credentials {
        addresses.push((format!("{}.oauthTokenEndpoint", authentication(shared)), &credentials.token_endpoint));
    }
    let fault = |(path, address): (String, &str)| match parse_url(address) {
        Err(TransportError::Url(reason)) => {
            Some(Fault { path, problem: Problem::Invalid { expected: format!("must be a sound URL: {reason}") } })
        }
        _ => None,
    };
    addresses.into_iter().filter_map(fault).collect()
}

/// Values that no header can hold, such as a token read from a file with its line break.
fn unsound_headers(schema: &InputSchema, inputs: &Inputs, plan: &RequestPlan) -> Vec<Fault> {
    let unsound = |text: &str| text.bytes().any(|byte| byte.is_ascii_control() && byte != b'\t');
    let mut paths: Vec<String> = schema
        .own()
        .iter()
        .filter(|field| matches!(field.place, Some(Place::Header { .. })))
        .filter(|field| inputs.own.get(&field.name).and_then(Value::as_str).is_some_and(unsound))
        .map(|field| field.name.clone())
        .collect();
    if let Some(Credentials::Bearer { token }) = &plan.credentials
        && unsound(token)
    {
        paths.push(format!("{}.token", authentication(schema.shared())));
    }
    let expected = "must be one line without control characters, as it goes into a header".to_owned();
    paths.into_iter().map(|path| Fault { path, problem: Problem::Invalid { expected: expected.clone() } }).collect()
}

/// The name of the shared field that authenticates requests.
fn authentication(shared: &[Field]) -> &str {
    let authenticates = |field: &&Field| matches!(&field.kind, Kind::Variants { variants, .. } if variants.iter().any(|variant| variant.scheme.is_some()));
    shared.iter().find(authenticates).map(|field| field.name.as_str()).unwrap_or_default()
}

/// A value of a sensitive field is masked even when it came without a placeholder.
fn mask_sensitive(field: &Field, value: &Value, mask: &mut Mask) {
    match (&field.kind, value) {
        (_, Value::String(text)) if field.sensitive => mask.add(text),
        (Kind::Object { fields, .. }, Value::Object(members)) => mask_members(fields, members, mask),
        (Kind::Variants { variants, .. }, Value::Object(members)) => {
            for variant in variants {
                mask_members(&variant.fields, members, mask);
            }
        }
        (Kind::List { item, .. }, Value::Array(items)) => {
            for value in items {
                mask_sensitive(item, value, mask);
            }
        }
        _ => {}
    }
}

fn mask_members(fields: &[Field], members: &Map<String, Value>, mask: &mut Mask) {
    for field in fields {
        if let Some(value) = members.get(&field.name) {
            mask_sensitive(field, value, mask);
        }
    }
}

impl Prepared {
    /// Where the request goes; none of a code operation.
    #[must_use]
    pub fn url(&self) -> Option<&str> {
        match &self.work {
            Work::Http(plan) => Some(&plan.url),
            Work::Code(..) => None,
        }
    }

    /// What masks the secrets of this execution in anything that is shown.
    #[must_use]
    pub fn mask(&self) -> &Mask {
        &self.mask
    }

    /// The same, to be begun until then or not at all.
    #[must_use]
    pub fn until(self, deadline: SystemTime) -> Self {
        Self { deadline: Some(deadline), ..self }
    }

    pub(super) fn into_parts(self) -> (Work, Mask, Option<SystemTime>) {
        (self.work, self.mask, self.deadline)
    }

    /// What would be sent, secrets masked. Sends nothing.
    #[must_use]
    pub fn dry_run(&self) -> DryRun {
        match &self.work {
            Work::Code(_, inputs) => {
                let inputs: Map<String, Value> = inputs
                    .shared
                    .iter()
                    .chain(&inputs.own)
                    .map(|(name, value)| (name.clone(), value.clone()))
                    .collect();
                DryRun { token_request: None, request: None, inputs: Some(self.mask.value(&Value::Object(inputs))) }
            }
            Work::Http(plan) => {
                let mut headers: Map<String, Value> = plan
                    .headers
                    .iter()
                    .map(|header| (header.name.clone(), Value::String(self.mask.text(&header.value))))
                    .collect();
                if plan.credentials.is_some() {
                    headers.insert("Authorization".to_owned(), Value::String(format!("Bearer {MASK}")));
                }
                let body = plan.body.as_ref().map(|body| self.mask.value(&Value::Object(body.clone())));
                let request = DryRequest { method: plan.method.name(), url: self.mask.text(&plan.url), headers, body };
                let token_request = plan.credentials.as_ref().and_then(|credentials| self.token_request(credentials));
                DryRun { token_request, request: Some(request), inputs: None }
            }
        }
    }

    fn token_request(&self, credentials: &Credentials) -> Option<DryRequest> {
        let Credentials::OAuthClientCredentials(credentials) = credentials else { return None };
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", MASK),
            ("client_secret", MASK),
            ("scope", credentials.scope.as_deref().unwrap_or_default()),
        ];
        let body = form.map(|(name, value)| format!("{name}={}", self.mask.text(value))).join("&");
        let content_type = ("Content-Type".to_owned(), Value::from("application/x-www-form-urlencoded"));
        Some(DryRequest {
            method: "POST",
            url: self.mask.text(&credentials.token_endpoint),
            headers: Map::from_iter([content_type]),
            body: Some(Value::String(body)),
        })
    }
}
