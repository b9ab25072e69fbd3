//! Traces of jobs, sent to an OpenTelemetry collector (OTLP over HTTP, as JSON).
//!
//! The one place that names OpenTelemetry. Its own variables say where to and how: `OTEL_EXPORTER_OTLP_ENDPOINT`,
//! `OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_SERVICE_NAME`, `OTEL_TRACES_SAMPLER` and so on.

use crate::http;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use std::fmt;
use std::pin::Pin;
use tokio::runtime::Handle;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::{Layer, Registry};

const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];

/// What collects spans and sends them.
pub(super) struct Traces(SdkTracerProvider);

type Spans = Box<dyn Layer<Registry> + Send + Sync>;

/// Starts to send, if there is somewhere to send to.
pub(super) fn start(runtime: &Handle) -> Result<Option<(Traces, Spans)>, String> {
    if !ENDPOINTS.iter().any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty())) {
        return Ok(None);
    }
    let told = |error: &dyn fmt::Display| format!("traces cannot be sent: {error}");
    let client = http::HttpClient::new().map_err(|error| told(&error))?;
    let exporter = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpJson)
        .with_http_client(Client { client, runtime: runtime.clone() })
        .build()
        .map_err(|error| told(&error))?;
    let resource = match std::env::var_os("OTEL_SERVICE_NAME") {
        Some(_) => Resource::builder(),
        None => Resource::builder().with_service_name("opwright-worker"),
    };
    let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource.build()).build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("opwright")).with_filter(LevelFilter::INFO);
    Ok(Some((Traces(provider), layer.boxed())))
}

impl Traces {
    /// Sends what has not been sent.
    pub(super) fn end(self) {
        if let Err(error) = self.0.shutdown() {
            tracing::warn!(%error, "the last traces are not sent");
        }
    }
}

/// Our client, as OpenTelemetry wants one. It is called by a thread of its own, outside the runtime.
struct Client {
    client: http::HttpClient,
    runtime: Handle,
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Client")
    }
}

type Sending<'a> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'a>>;

impl HttpClient for Client {
    fn send_bytes<'a, 'b>(&'a self, request: Request<Bytes>) -> Sending<'b>
    where
        'a: 'b,
        Self: 'b,
    {
        let client = self.client.clone();
        let sent = self.runtime.spawn(async move { client.send(&translated(request)?).await.map_err(HttpError::from) });
        Box::pin(async move {
            let response = sent.await??;
            let body = Bytes::from(response.body);
            Ok(Response::builder().status(response.status).body(body)?)
        })
    }
}

fn translated(request: Request<Bytes>) -> Result<http::Request, HttpError> {
    let (parts, body) = request.into_parts();
    let mut headers = Vec::new();
    for (name, value) in &parts.headers {
        headers.push((name.as_str().to_owned(), value.to_str()?.to_owned()));
    }
    Ok(http::Request {
        method: "POST",
        url: parts.uri.to_string(),
        headers,
        body: Some(String::from_utf8(body.to_vec())?),
    })
}
