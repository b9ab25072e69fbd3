//! The worker's inbound side, out of the settings' texts and the file's accounts.

use super::keys;
use super::layers::Layers;
use super::settings::{duration, flag};
use crate::definition::{Field, Kind};
use crate::dispatch::secrets;
use crate::registry::Registry;
use crate::text::suggestion;
use crate::worker::inbound::webhook::routes;
use crate::worker::inbound::{Account, EventSettings, Limits, Pace, Settings, Watch, discovery};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::{Map, Value};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// What is told of a secret in a file of settings.
const A_SECRET: &str = "is a secret: write it as {{secrets.NAME}}, and give that to the worker as other secrets";

/// Where calls are taken, and how.
pub(super) struct Listening {
    pub(super) address: String,
    pub(super) tls: Option<Arc<rustls::ServerConfig>>,
    pub(super) limits: Limits,
}

/// How calls from outside are served, if there is anything to serve. `listens` tells whether they are taken anywhere,
/// `searches` whether the cluster can be asked for its processes.
pub(super) fn settings(layers: &Layers, registry: &Registry, searches: bool) -> Result<Option<Settings>, String> {
    let listens = layers.get(keys::INBOUND_LISTEN).is_some_and(|address| address != "none");
    let events = events(layers, registry)?;
    let mut processes = Vec::new();
    for file in layers.list(keys::INBOUND_PROCESSES) {
        let text = std::fs::read_to_string(&file).map_err(|error| format!("cannot read {file}: {error}"))?;
        processes.push((file, text));
    }
    let routes = layers.sections.webhooks.clone();
    if let Some((context, setting)) = routes::clear_secrets(&routes).first() {
        return Err(format!("[webhooks.{context}]: `{setting}` {A_SECRET}"));
    }
    let asks = flag(layers, keys::INBOUND_DISCOVERY, true)?;
    let interval = duration(layers, keys::INBOUND_DISCOVERY_INTERVAL, discovery::INTERVAL)?;
    let discovery = (asks && searches).then_some(interval);
    let base_url = layers.parsed(keys::INBOUND_BASE_URL, "an http or https URL", |text| {
        crate::http::parse_url(text).is_ok().then(|| text.trim_end_matches('/').to_owned())
    })?;
    let time_to_live = duration(layers, keys::INBOUND_MESSAGE_TTL, Duration::from_secs(3600))?;
    let anything = events.is_some() || !processes.is_empty() || !routes.is_empty() || discovery.is_some();
    if listens && !anything {
        return Err(format!(
            "`{}` is set, but there is nothing to be served there: add [accounts.NAME] or [webhooks.CONTEXT] to the config \
             file, or give BPMN files by `{}`; a cluster is asked for its processes over REST only",
            keys::INBOUND_LISTEN,
            keys::INBOUND_PROCESSES
        ));
    }
    if !listens && (!routes.is_empty() || (events.is_none() && !processes.is_empty())) {
        return Err(format!("there are webhooks, but calls are taken nowhere: set `{}`", keys::INBOUND_LISTEN));
    }
    let settings = Settings { events, processes, routes, discovery, time_to_live, base_url };
    Ok((listens || settings.events.is_some()).then_some(settings))
}

/// How events are served; none are without accounts.
fn events(layers: &Layers, registry: &Registry) -> Result<Option<EventSettings>, String> {
    let accounts = accounts(layers, registry)?;
    let journal = layers.get(keys::INBOUND_JOURNAL).map(PathBuf::from);
    let pace = Pace::default();
    let shortest = duration(layers, keys::INBOUND_WATCH_INTERVAL, pace.shortest)?;
    let pace = Pace { shortest, longest: pace.longest.max(shortest), ..pace };
    let watch = layers
        .parsed(keys::INBOUND_WATCH, "`called`, `all` or `none`", |text| match text {
            "called" => Some(Watch::Called),
            "all" => Some(Watch::All),
            "none" => Some(Watch::Nothing),
            _ => None,
        })?
        .unwrap_or_default();
    match (accounts.is_empty(), journal) {
        (false, Some(journal)) => Ok(Some(EventSettings { accounts, journal, pace, watch })),
        (true, None) => Ok(None),
        (false, None) => Err(format!(
            "[accounts.{}] has events served, and there is no file to write them down in: set `{}` to one on a disk that \
             outlives the worker",
            accounts.first().map_or("", |account| account.name.as_str()),
            keys::INBOUND_JOURNAL
        )),
        (true, Some(_)) => Err(format!(
            "`{}` is set, but there is no account to ask a system with: add [accounts.NAME] to the config file",
            keys::INBOUND_JOURNAL
        )),
    }
}

/// Where calls are taken, if they are.
pub(super) fn listening(layers: &Layers) -> Result<Option<Listening>, String> {
    let address = layers.get(keys::INBOUND_LISTEN).filter(|address| *address != "none");
    let tls = match (layers.get(keys::INBOUND_CERTIFICATE), layers.get(keys::INBOUND_KEY)) {
        (Some(certificate), Some(key)) => Some(Arc::new(tls(certificate, key)?)),
        (None, None) => None,
        _ => {
            return Err(format!(
                "`{}` and `{}` belong together: one of them is not set",
                keys::INBOUND_CERTIFICATE,
                keys::INBOUND_KEY
            ));
        }
    };
    let body = layers
        .parsed(keys::INBOUND_MAX_BODY, "a number of bytes from 1024 to 16777216", |text| {
            text.parse().ok().filter(|bytes: &usize| (1024..=16 * 1024 * 1024).contains(bytes))
        })?
        .unwrap_or(Limits::default().body);
    let limits = Limits { body, ..Limits::default() };
    Ok(address.map(|address| Listening { address: address.to_owned(), tls, limits }))
}

fn tls(certificate: &str, key: &str) -> Result<rustls::ServerConfig, String> {
    let unread = |path: &str, reason: String| format!("cannot use {path} for TLS: {reason}");
    let certificates = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unread(certificate, error.to_string()))?;
    if certificates.is_empty() {
        return Err(unread(certificate, "it holds no certificate (PEM)".to_owned()));
    }
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| unread(key, error.to_string()))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(certificates, private))
        .map_err(|error| unread(certificate, error.to_string()))
}

fn accounts(layers: &Layers, registry: &Registry) -> Result<Vec<Account>, String> {
    let mut accounts = Vec::new();
    for (name, section) in &layers.sections.accounts {
        let fault = |problem: String| format!("[accounts.{name}]: {problem}");
        let toml::Value::Table(section) = section else { return Err(format!("`accounts.{name}` is no section")) };
        let (mut connector, mut input) = (None, None);
        for (key, value) in section {
            match (key.as_str(), value) {
                ("connector", toml::Value::String(id)) => connector = Some(id.clone()),
                ("input", toml::Value::Table(_)) => input = serde_json::to_value(value).ok(),
                ("connector", _) => return Err(fault("`connector` is no text".to_owned())),
                ("input", _) => return Err(fault("`input` is no section".to_owned())),
                (other, _) => {
                    let hint = suggestion(other, ["connector", "input"].into_iter());
                    return Err(fault(format!("there is no setting `{other}`{hint}")));
                }
            }
        }
        let connector = connector.ok_or_else(|| fault("`connector` is missing".to_owned()))?;
        let Some(Value::Object(input)) = input else { return Err(fault("the section `input` is missing".to_owned())) };
        if let Ok(known) = registry.connector(&connector) {
            let fields = known.definition().fields().map_err(|error| fault(error.to_string()))?;
            let clear = clear_secrets(&fields, &input, "");
            if let Some(path) = clear.first() {
                return Err(fault(format!("`input.{path}` {A_SECRET}")));
            }
        }
        accounts.push(Account { name: name.clone(), connector, input });
    }
    Ok(accounts)
}

/// The paths of secrets that stand there as they are. A file of settings is no place for them.
fn clear_secrets(fields: &[Field], input: &Map<String, Value>, path: &str) -> Vec<String> {
    let mut found = Vec::new();
    for field in fields {
        let Some(value) = input.get(&field.name) else { continue };
        let path = format!("{path}{}", field.name);
        let inner: Vec<&[Field]> = match &field.kind {
            Kind::Object { fields, .. } => vec![fields],
            Kind::Variants { variants, .. } => variants.iter().map(|variant| variant.fields.as_slice()).collect(),
            _ => Vec::new(),
        };
        match value {
            Value::Object(members) => {
                let inner = inner.into_iter().flat_map(|fields| clear_secrets(fields, members, &format!("{path}.")));
                found.extend(inner);
            }
            Value::String(text) if field.sensitive => {
                let is_placeholder = secrets::names(text).next().is_some();
                found.extend((!is_placeholder).then_some(path));
            }
            _ => {}
        }
    }
    found
}
