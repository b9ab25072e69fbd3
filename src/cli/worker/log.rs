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
    let (filter, json) = (filter(layers)?, is_json(layers)?);
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

/// What is logged.
pub(super) fn filter(layers: &Layers) -> Result<String, String> {
    let expected = "a filter such as `info` or `warn,opwright::worker=debug`";
    let filter = layers.parsed(keys::LOG, expected, |text| {
        let is_sound = text.split(',').all(|part| part.contains(['=', ':', '[']) || is_level(part.trim()));
        EnvFilter::try_new(text).ok().filter(|_| is_sound).map(|_| text.to_owned())
    })?;
    Ok(filter.unwrap_or_default())
}

/// A word of its own: what is no level would be taken for a target, and nothing else be logged.
fn is_level(word: &str) -> bool {
    word.is_empty() || word.starts_with("opwright") || word.parse::<tracing_subscriber::filter::LevelFilter>().is_ok()
}

/// Whether lines are JSON.
pub(super) fn is_json(layers: &Layers) -> Result<bool, String> {
    let json = layers.parsed(keys::LOG_FORMAT, "`text` or `json`", |text| match text {
        "text" => Some(false),
        "json" => Some(true),
        _ => None,
    })?;
    Ok(json.unwrap_or(false))
}

impl Logging {
    /// Sends what has not been sent.
    #[cfg_attr(not(feature = "opentelemetry"), expect(clippy::unused_self, reason = "without traces there is nothing"))]
    pub(super) fn end(self) {
        #[cfg(feature = "opentelemetry")]
        if let Some(traces) = self.traces {
            traces.end();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn a_word_that_is_no_level_is_refused() {
        let filter = |text: &str| {
            let flags = BTreeMap::from([("log", text.to_owned())]);
            let layers = Layers::read(&flags, |_| None, None).expect("sound");
            filter(&layers).is_ok()
        };
        for text in ["info", "off", "WARN", "warn,opwright::worker=debug", "opwright", "hyper=trace", ""] {
            assert!(filter(text), "{text}");
        }
        for text in ["nonsense", "inof", "warn,degub", "foo=bar=x"] {
            assert!(!filter(text), "{text}");
        }
    }
}
