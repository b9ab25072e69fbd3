//! The one place that names the HTTP client: a request out, a response back, nothing more. What gRPC is carried by is in
//! `http2.rs`.
//!
//! Knows neither connectors nor engines. Redirects are not followed and nothing is repeated: both would send a call that nobody asked for.

#[cfg(feature = "grpc")]
pub(crate) mod http2;
pub mod oauth;

use std::fmt;
use std::sync::Once;
use std::time::Duration;

/// How long a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);
/// After how much silence a peer is asked whether it is still there, how often it is asked again, and after which time
/// without a sign of it the connection is given up. Only so is a network that loses packets in silence noticed.
const SILENCE: Duration = Duration::from_secs(5);
const ASKED_AGAIN: (Duration, u32) = (Duration::from_secs(3), 3);
const UNACKNOWLEDGED: Duration = Duration::from_secs(15);
/// How long a connection is kept that nobody uses. Shorter than any exchange may take, so that who repeats a request
/// that got no answer does not get another connection that was lost together with the first one.
const IDLE: Duration = Duration::from_secs(10);
/// How long the whole exchange may take, unless the request says otherwise.
const EXCHANGE_TIMEOUT: Duration = Duration::from_secs(60);
/// The largest response body that is read, in bytes.
const LARGEST_BODY: usize = 64 * 1024 * 1024;

/// A request as it goes on the wire.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// Upper-case method.
    pub method: &'static str,
    /// Absolute http(s) URL, percent-encoded.
    pub url: String,
    /// Names and values, in order.
    pub headers: Vec<(String, String)>,
    /// The body; `None` for none.
    pub body: Option<String>,
}

impl Request {
    /// A request with a JSON body, which asks for JSON.
    #[must_use]
    pub fn json(method: &'static str, url: String, body: Option<String>) -> Self {
        let mut headers = vec![("Accept".to_owned(), "application/json".to_owned())];
        if body.is_some() {
            headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
        }
        Self { method, url, headers, body }
    }
}

impl fmt::Debug for Request {
    /// Without headers and body, which may hold secrets.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.method, self.url)
    }
}

/// A response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The words that belong to it; HTTP/2 does not send them.
    pub reason: Option<String>,
    /// Names in lower case, and values, in the server's order.
    pub headers: Vec<(String, String)>,
    /// The body's bytes.
    pub body: Vec<u8>,
}

impl Response {
    /// The first header with this lower-case name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Why there is no response.
#[derive(Debug, Clone, thiserror::Error)]
pub enum TransportError {
    /// The URL or a header is none that can be sent; nothing was sent.
    #[error("the request cannot be made: {0}")]
    Url(String),
    /// No connection: nothing was sent.
    #[error("no connection to {host}: {reason}")]
    Connect {
        /// Host and port.
        host: String,
        /// What went wrong.
        reason: String,
    },
    /// The connection was up, but no complete response came: the server may have acted.
    #[error("no response from {host}: {reason}")]
    Exchange {
        /// Host and port.
        host: String,
        /// What went wrong.
        reason: String,
    },
}

/// Pools of connections.
#[derive(Debug, Clone)]
pub struct HttpClient {
    /// By way of the system's proxies.
    proxied: reqwest::Client,
    /// To this machine, which no proxy reaches.
    direct: reqwest::Client,
}

impl HttpClient {
    /// A client that honours `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, but for loopback addresses.
    pub fn new() -> Result<Self, TransportError> {
        Self::trusting(&[])
    }

    /// As [`HttpClient::new`], and it trusts these certificates too, each text being PEM.
    pub fn trusting(roots: &[String]) -> Result<Self, TransportError> {
        let (proxied, direct) = clients(roots, |builder| builder)?;
        Ok(Self { proxied, direct })
    }

    /// Sends a request once.
    pub async fn send(&self, request: &Request) -> Result<Response, TransportError> {
        self.send_within(request, EXCHANGE_TIMEOUT).await
    }

    /// Sends a request once and waits so long for the whole response.
    pub async fn send_within(&self, request: &Request, timeout: Duration) -> Result<Response, TransportError> {
        let (url, host) = parse_url(&request.url)?;
        let method = reqwest::Method::from_bytes(request.method.as_bytes())
            .map_err(|error| TransportError::Url(error.to_string()))?;
        let client = if is_loopback(&url) { &self.direct } else { &self.proxied };
        let mut builder = client.request(method, url).timeout(timeout);
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        if let Some(body) = &request.body {
            builder = builder.body(body.clone());
        } else if request.method != "GET" && request.method != "DELETE" {
            builder = builder.header("content-length", "0");
        }
        let failed = |error: &reqwest::Error| failed(error, &host);
        let mut response = builder.send().await.map_err(|error| failed(&error.without_url()))?;
        let status = response.status().as_u16();
        let reason = response.status().canonical_reason().map(str::to_owned);
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| failed(&error.without_url()))? {
            body.extend_from_slice(&chunk);
            if body.len() > LARGEST_BODY {
                let reason = format!("its body is larger than {LARGEST_BODY} bytes");
                return Err(TransportError::Exchange { host, reason });
            }
        }
        Ok(Response { status, reason, headers, body })
    }
}

/// A client that goes by way of the system's proxies and one that does not, alike in all else.
fn clients(
    roots: &[String],
    adjust: impl Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder,
) -> Result<(reqwest::Client, reqwest::Client), TransportError> {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        // An error means that the program has installed one already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    let mut certificates = Vec::new();
    for root in roots {
        let read = reqwest::Certificate::from_pem_bundle(root.as_bytes());
        let read = read.map_err(|error| TransportError::Url(innermost(&error)))?;
        if read.is_empty() {
            return Err(TransportError::Url("a file of certificates to trust holds none (PEM)".to_owned()));
        }
        certificates.extend(read);
    }
    let builder = || {
        let builder = reqwest::Client::builder();
        #[cfg(any(target_os = "linux", target_os = "android", target_os = "fuchsia"))]
        let builder = builder.tcp_user_timeout(UNACKNOWLEDGED);
        adjust(
            builder
                .tls_certs_merge(certificates.clone())
                .redirect(reqwest::redirect::Policy::none())
                .retry(reqwest::retry::never())
                .connect_timeout(CONNECT_TIMEOUT)
                .pool_idle_timeout(IDLE)
                .tcp_keepalive(SILENCE)
                .tcp_keepalive_interval(ASKED_AGAIN.0)
                .tcp_keepalive_retries(ASKED_AGAIN.1)
                .user_agent(concat!("opwright/", env!("CARGO_PKG_VERSION"))),
        )
    };
    let build =
        |builder: reqwest::ClientBuilder| builder.build().map_err(|error| TransportError::Url(innermost(&error)));
    Ok((build(builder())?, build(builder().no_proxy())?))
}

/// Scheme, host and port of a URL.
#[cfg(feature = "worker")]
pub(crate) fn origin(url: &str) -> Option<String> {
    Some(reqwest::Url::parse(url).ok()?.origin().ascii_serialization())
}

/// The URL with `host:port` for messages, which must not show a path or a query.
pub(crate) fn parse_url(text: &str) -> Result<(reqwest::Url, String), TransportError> {
    let url = reqwest::Url::parse(text).map_err(|error| TransportError::Url(error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(TransportError::Url("only http and https are spoken".to_owned()));
    }
    let host = match (url.host_str(), url.port_or_known_default()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        _ => return Err(TransportError::Url("it names no host".to_owned())),
    };
    Ok((url, host))
}

/// Whether a URL leads to this machine by its very name.
pub(crate) fn is_loopback(url: &reqwest::Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn failed(error: &reqwest::Error, host: &str) -> TransportError {
    let (host, reason) = (host.to_owned(), innermost(error));
    if error.is_builder() {
        TransportError::Url(reason)
    } else if error.is_connect() {
        TransportError::Connect { host, reason }
    } else {
        TransportError::Exchange { host, reason }
    }
}

/// The cause that says something: the outer ones repeat the URL.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
