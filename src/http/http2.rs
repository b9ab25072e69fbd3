//! HTTP/2 and nothing older, with responses that are read as they come: what gRPC is carried by.
//!
//! The same client, roots and proxies as for everything else; knows no gRPC. A plaintext address is reached without a
//! proxy, since proxies pass plaintext HTTP/1 only.

use super::{TransportError, clients, failed, is_loopback, parse_url};
use bytes::Bytes;
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;
use std::time::Duration;

/// A connection on which nothing came for so long is asked whether it is still there. Zeebe's gateway allows a question
/// every 30 s.
const KEEP_ALIVE: Duration = Duration::from_secs(35);
/// How long the answer to that may take.
const KEEP_ALIVE_TIMEOUT: Duration = Duration::from_secs(10);
/// So much of a response is taken from the network before it is read: the least that HTTP/2 has without asking.
const RESPONSE_WINDOW: u32 = 65_535;
/// And of all responses of a connection, so that one that nobody reads holds up no other.
const CONNECTION_WINDOW: u32 = 16 * 1024 * 1024;

/// A response's body, trailers included.
pub(crate) type Body = UnsyncBoxBody<Bytes, TransportError>;

/// One connection for each address, shared by all requests to it.
#[derive(Debug, Clone)]
pub(crate) struct Http2Client {
    proxied: reqwest::Client,
    direct: reqwest::Client,
}

impl Http2Client {
    /// A client that trusts these certificates besides the usual ones, each text being PEM.
    pub(crate) fn trusting(roots: &[String]) -> Result<Self, TransportError> {
        let (proxied, direct) = clients(roots, |builder| {
            builder
                .http2_prior_knowledge()
                .http2_keep_alive_interval(KEEP_ALIVE)
                .http2_keep_alive_timeout(KEEP_ALIVE_TIMEOUT)
                .http2_initial_stream_window_size(RESPONSE_WINDOW)
                .http2_initial_connection_window_size(CONNECTION_WINDOW)
        })?;
        Ok(Self { proxied, direct })
    }

    /// Sends a request once and returns the response when its headers are there. How long it may take is the caller's.
    pub(crate) async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Body>, TransportError> {
        let (url, host) = parse_url(&request.uri().to_string())?;
        let proxied = url.scheme() == "https" && !is_loopback(&url);
        let client = if proxied { &self.proxied } else { &self.direct };
        let request = reqwest::Request::try_from(request).map_err(|error| failed(&error.without_url(), &host))?;
        let response = client.execute(request).await.map_err(|error| failed(&error.without_url(), &host))?;
        let response = http::Response::<reqwest::Body>::from(response);
        Ok(response.map(|body| body.map_err(move |error| failed(&error.without_url(), &host)).boxed_unsync()))
    }
}
