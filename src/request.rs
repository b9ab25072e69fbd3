//! The request of an HTTP operation, from its declaration and accepted inputs. Pure: nothing is sent.

use crate::definition::{
    ConnectorDefinition, Field, Header, Kind, Method, OperationDefinition, Piece, Place, Scheme, UrlTemplate,
};
use crate::http::oauth::ClientCredentials;
use crate::schema::Inputs;
use crate::text::bare;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};
use std::fmt;

/// Everything but the unreserved characters of RFC 3986, section 2.3.
pub(crate) const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A request before it is authenticated.
#[derive(Clone, PartialEq)]
pub struct RequestPlan {
    /// The method.
    pub method: Method,
    /// The absolute URL.
    pub url: String,
    /// Constant headers first, then those that inputs fill in.
    pub headers: Vec<Header>,
    /// The JSON body, without the members that are unset; `None` if the operation declares none.
    pub body: Option<Map<String, Value>>,
    /// What proves who sends it.
    pub credentials: Option<Credentials>,
}

impl fmt::Debug for RequestPlan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.method.name(), self.url)
    }
}

/// What proves who sends a request. Not printable: all of it is secret.
#[derive(Clone, PartialEq, Eq)]
pub enum Credentials {
    /// A token that is known.
    Bearer {
        /// The token.
        token: String,
    },
    /// A token that must be fetched.
    OAuthClientCredentials(ClientCredentials),
}

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Bearer { .. } => "Bearer(…)",
            Self::OAuthClientCredentials(_) => "OAuthClientCredentials(…)",
        })
    }
}

/// The request that an operation's declaration makes of its inputs; `None` for a code operation.
///
/// `own` are the operation's own fields and `shared` the connector's, as the definition reads them.
#[must_use]
pub fn plan(
    connector: &ConnectorDefinition,
    operation: &OperationDefinition,
    shared: &[Field],
    own: &[Field],
    inputs: &Inputs,
) -> Option<RequestPlan> {
    let (base, http) = (connector.http.as_ref()?, operation.http.as_ref()?);
    let mut url = fill(&base.base_url, &inputs.shared, without_trailing_slashes)?;
    url.push_str(&fill(&http.path, &inputs.own, |text| utf8_percent_encode(text, RESERVED).to_string())?);
    let mut headers = base.headers.clone();
    let mut body = Map::new();
    let mut declares_body = false;
    for field in own {
        let value = inputs.own.get(&field.name);
        match &field.place {
            Some(Place::Body { name }) => {
                declares_body = true;
                if let Some(value) = value {
                    body.insert(name.clone(), value.clone());
                }
            }
            Some(Place::Query { name }) => {
                if let Some(value) = value {
                    let separator = if url.contains('?') { '&' } else { '?' };
                    let pair =
                        [name.as_str(), &bare(value)].map(|text| utf8_percent_encode(text, RESERVED).to_string());
                    url.push(separator);
                    url.push_str(&pair.join("="));
                }
            }
            Some(Place::Header { name }) => {
                if let Some(value) = value {
                    headers.push(Header { name: name.clone(), value: bare(value) });
                }
            }
            None => {}
        }
    }
    if declares_body {
        headers.push(Header { name: "Content-Type".to_owned(), value: "application/json".to_owned() });
    }
    Some(RequestPlan {
        method: http.method,
        url,
        headers,
        body: declares_body.then_some(body),
        credentials: shared.iter().find_map(|field| credentials(field, &inputs.shared)),
    })
}

fn fill(template: &str, values: &Map<String, Value>, encode: impl Fn(&str) -> String) -> Option<String> {
    UrlTemplate::parse(template)?
        .0
        .iter()
        .map(|piece| match piece {
            Piece::Literal(text) => Some(text.clone()),
            Piece::Field(name) => values.get(name).map(|value| encode(&bare(value))),
        })
        .collect()
}

fn without_trailing_slashes(text: &str) -> String {
    text.trim_end_matches('/').to_owned()
}

fn credentials(field: &Field, shared: &Map<String, Value>) -> Option<Credentials> {
    let Kind::Variants { tag, variants, .. } = &field.kind else { return None };
    let members = shared.get(&field.name)?.as_object()?;
    let text = |name: &str| members.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let chosen = variants.iter().find(|variant| variant.value == text(tag))?;
    match chosen.scheme.as_ref()? {
        Scheme::Bearer => Some(Credentials::Bearer { token: text("token") }),
        Scheme::OAuthClientCredentials { scope } => Some(Credentials::OAuthClientCredentials(ClientCredentials {
            token_endpoint: text("oauthTokenEndpoint"),
            client_id: text("clientId"),
            client_secret: text("clientSecret"),
            scope: Some(fill(scope, shared, without_trailing_slashes)?),
            audience: None,
        })),
    }
}
