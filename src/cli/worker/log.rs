//! What the worker logs, and where; with the feature `opentelemetry` also the traces of jobs.

use super::keys;
use super::layers::Layers;
use tokio::runtime::Handle;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, fmt};

/// Logging that goes on until it is ended.
pub(super) struct Logging {
    #[cfg(feature = "opentelemetry")]
    traces: Option<super::traces::Traces>,
}

/// Starts to log. Traces are sent by this runtime.
pub(super) fn start(layers: &Layers, runtime: &Handle) -> Result<Logging, String> {
    let filter = layers
        .parsed(keys::LOG, "a filter such as `info` or `warn,opwright::worker=debug`", |text| {
            EnvFilter::try_new(text).ok().map(|_| text.to_owned())
        })?
        .unwrap_or_default();
    let json = layers
        .parsed(keys::LOG_FORMAT, "`text` or `json`", |text| match text {
            "text" => Some(false),
            "json" => Some(true),
            _ => None,
        })?
        .unwrap_or(false);
    let lines = fmt::layer().with_writer(|| anstream::AutoStream::auto(std::io::stderr()));
    let lines = if json { lines.json().flatten_event(true).boxed() } else { lines.boxed() };
    let registry = tracing_subscriber::registry();
    #[cfg(feature = "opentelemetry")]
    let (traces, spans) = super::traces::start(runtime)?.unzip();
    #[cfg(feature = "opentelemetry")]
    let registry = registry.with(spans);
    #[cfg(not(feature = "opentelemetry"))]
    let _ = runtime;
    let lines = lines.with_filter(EnvFilter::new(filter));
    registry.with(lines).try_init().map_err(|error| error.to_string())?;
    Ok(Logging {
        #[cfg(feature = "opentelemetry")]
        traces,
    })
}

impl Logging {
    /// Sends what has not been sent.
    pub(super) fn end(self) {
        #[cfg(feature = "opentelemetry")]
        if let Some(traces) = self.traces {
            traces.end();
        }
    }
}
