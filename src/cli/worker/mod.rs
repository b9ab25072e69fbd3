//! `worker`: executes the jobs of a Camunda 8 cluster.

mod keys;
mod layers;

use super::run::input::secrets;
use super::{Context, Exit};
use crate::cluster::{Cluster, Connection, Credentials};
use crate::dispatch::secrets::{Admitted, SecretSource};
use crate::dispatch::{Dispatcher, duration};
use crate::http::oauth::ClientCredentials;
use crate::worker::{JobTypes, Overrides, SecretFilter, Settings, Worker, serve};
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use layers::Layers;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

pub(super) const ABOUT: &str = "Executes the jobs of a Camunda 8 cluster";
pub(super) const EXAMPLES: &str = "\
Takes the jobs of every connector (`list` shows their types), executes each operation once, and
answers with variables, a BPMN error, a retry or an incident. Start as many workers as you like.

Each setting is a flag, an environment variable and a key of the config file, by the same name:
a flag wins over the environment, that over the file, that over the default. Client secret and
password are no flags, since other users of the machine see those: they are CAMUNDA_CLIENT_SECRET
and CAMUNDA_BASIC_AUTH_PASSWORD, or keys of the file. Durations are written as PT30S or PT5M.
In the file, [connectors.ID] may hold job-type, job-timeout and max-jobs for one connector; so do
CONNECTOR_NAME_TYPE and CONNECTOR_NAME_TIMEOUT (milliseconds), as for Camunda's runtime.

Secrets: {{secrets.NAME}} in an input stands for the environment variable SECRET_NAME, for that
line of the env file, or for the file NAME of the secrets directory.

SIGTERM or Ctrl-C: no more jobs are taken, running ones are finished; a second signal ends at once.

Examples:
  opwright worker --rest-address http://127.0.0.1:8080 --env-file .env
  CAMUNDA_CLIENT_ID=… CAMUNDA_CLIENT_SECRET=… opwright worker --rest-address https://bru-2.zeebe.camunda.io/…
  opwright worker --config worker.toml --print-config";

/// What was given, not yet understood.
#[derive(Debug)]
pub(super) struct Arguments {
    flags: BTreeMap<&'static str, String>,
    config: Option<PathBuf>,
    print_config: bool,
}

impl Args for Arguments {
    fn augment_args(command: Command) -> Command {
        command
            .arg(
                Arg::new("config")
                    .long("config")
                    .value_name("FILE")
                    .env("OPWRIGHT_CONFIG")
                    .value_parser(clap::value_parser!(PathBuf))
                    .help("Config file (TOML)"),
            )
            .arg(
                Arg::new("print-config")
                    .long("print-config")
                    .action(ArgAction::SetTrue)
                    .help("Print all settings, where each is from, secrets masked; and end"),
            )
            .args(layers::flags())
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Arguments {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Ok(Self {
            flags: layers::given(matches),
            config: matches.get_one::<PathBuf>("config").cloned(),
            print_config: matches.get_flag("print-config"),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

pub(super) fn run(arguments: &Arguments, context: &Context) -> Exit {
    match attempt(arguments, context) {
        Ok(exit) => exit,
        Err(problem) => {
            context.console.error(&problem);
            Exit::Unexpected
        }
    }
}

fn attempt(arguments: &Arguments, context: &Context) -> Result<Exit, String> {
    let text = match &arguments.config {
        Some(path) => Some(
            std::fs::read_to_string(path)
                .map_err(|error| format!("cannot read the config file {}: {error}", path.display()))?,
        ),
        None => None,
    };
    let file = arguments.config.as_deref().zip(text.as_deref());
    let layers = Layers::read(&arguments.flags, |name| std::env::var(name).ok(), file)?;
    // Also with `--print-config`, so that what is printed is known to be sound.
    let settings = settings(&layers, context)?;
    let connection = connection(&layers)?;
    if arguments.print_config {
        context.console.raw(layers.print().as_bytes());
        return Ok(Exit::Success);
    }
    log(&layers)?;
    let secrets = secrets(path(&layers, keys::ENV_FILE), path(&layers, keys::SECRETS_DIRECTORY))?;
    let secrets: Arc<dyn SecretSource> = match list(&layers, keys::ALLOWED_SECRETS) {
        allowed if allowed.is_empty() => Arc::new(secrets),
        allowed => {
            let admits = move |name: &str| allowed.iter().any(|pattern| wildcard_matches(pattern, name));
            Arc::new(Admitted::new(secrets, admits))
        }
    };
    let told = |error: &dyn std::fmt::Display| error.to_string();
    let cluster = Cluster::new(connection).map_err(|error| told(&error))?;
    let dispatcher = Dispatcher::new(context.registry.clone()).map_err(|error| told(&error))?;
    let worker = Worker::new(cluster, dispatcher, secrets, settings).map_err(|error| told(&error))?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| told(&error))?;
    let listen = layers.get(keys::LISTEN).filter(|address| *address != "none").map(str::to_owned);
    let left = runtime.block_on(work(worker, listen))?;
    runtime.shutdown_background();
    Ok(if left == 0 { Exit::Success } else { Exit::Unexpected })
}

async fn work(worker: Worker, listen: Option<String>) -> Result<usize, String> {
    let (stop, ended) = (CancellationToken::new(), CancellationToken::new());
    let server = match listen {
        Some(address) => {
            let listener = tokio::net::TcpListener::bind(&address).await.map_err(|error| {
                format!("cannot listen on {address}: {error}; choose another address by --listen, or `none`")
            })?;
            let address = listener.local_addr().map_err(|error| error.to_string())?;
            tracing::info!(%address, "health and metrics are served");
            let (cluster, meters) = (worker.cluster().clone(), worker.meters());
            Some(tokio::spawn(serve(listener, cluster, meters, stop.clone(), ended.clone().cancelled_owned())))
        }
        None => None,
    };
    for subscription in worker.subscriptions() {
        tracing::info!(
            connector = subscription.connector,
            job_type = subscription.job_type,
            max_jobs = subscription.max_jobs,
            cluster = worker.cluster().address(),
            "taking jobs"
        );
    }
    let mut signals = Signals::new().map_err(|error| format!("cannot listen for signals: {error}"))?;
    let mut working = tokio::spawn(worker.run(stop.clone()));
    signals.next().await;
    stop.cancel();
    let left = tokio::select! {
        left = &mut working => left.map_err(|error| error.to_string())?,
        () = signals.next() => {
            tracing::warn!("told a second time: ending at once");
            1
        }
    };
    ended.cancel();
    if let Some(server) = server {
        // A client that keeps its connection open is not waited for.
        let _ = tokio::time::timeout(Duration::from_millis(200), server).await;
    }
    Ok(left)
}

/// SIGTERM and Ctrl-C.
struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            terminate: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
    }
}

fn path<'a>(layers: &'a Layers, name: &str) -> Option<&'a Path> {
    layers.get(name).map(Path::new)
}

const A_DURATION: &str = "a duration such as PT30S";

fn a_duration(text: &str) -> Option<Duration> {
    duration::parse(text).filter(|duration| !duration.is_zero())
}

fn a_count(text: &str) -> Option<usize> {
    text.parse().ok().filter(|count| (1..=10_000).contains(count))
}

fn settings(layers: &Layers, context: &Context) -> Result<Settings, String> {
    let defaults = Settings::default();
    let duration = |name, default| Ok::<_, String>(layers.parsed(name, A_DURATION, a_duration)?.unwrap_or(default));
    let settings = Settings {
        name: layers.get(keys::NAME).map(str::to_owned),
        max_jobs: layers.parsed(keys::MAX_JOBS, "a number from 1 to 10000", a_count)?.unwrap_or(defaults.max_jobs),
        job_timeout: duration(keys::JOB_TIMEOUT, defaults.job_timeout)?,
        wait: duration(keys::POLL_TIMEOUT, defaults.wait)?,
        grace: duration(keys::GRACE, defaults.grace)?,
        repeat_client_errors: layers
            .parsed(keys::REPEAT_CLIENT_ERRORS, "`true` or `false`", |text| text.parse().ok())?
            .unwrap_or(defaults.repeat_client_errors),
        secret_filter: layers
            .parsed(keys::SECRET_FILTER, "`disabled`, `lax` or `strict`", |text| match text.to_lowercase().as_str() {
                "disabled" => Some(SecretFilter::Disabled),
                "lax" => Some(SecretFilter::Lax),
                "strict" => Some(SecretFilter::Strict),
                _ => None,
            })?
            .unwrap_or_default(),
        job_types: match (list(layers, keys::ENABLED_TYPES), list(layers, keys::DISABLED_TYPES)) {
            (enabled, disabled) if !enabled.is_empty() && !disabled.is_empty() => {
                return Err(format!(
                    "`{}` and `{}` are both set: unset one",
                    keys::ENABLED_TYPES,
                    keys::DISABLED_TYPES
                ));
            }
            (enabled, _) if !enabled.is_empty() => JobTypes::Only(enabled),
            (_, disabled) => JobTypes::AllBut(disabled),
        },
        overrides: overrides(layers, context)?,
    };
    let subscriptions =
        crate::worker::subscriptions(&context.registry, &settings).map_err(|error| error.to_string())?;
    if subscriptions.is_empty() {
        let types: Vec<_> =
            context.registry.connectors().iter().map(|connector| connector.definition().job_type.as_str()).collect();
        return Err(format!("there is no job type left to take; this program has {}", types.join(", ")));
    }
    Ok(settings)
}

/// What stands between commas.
fn list(layers: &Layers, name: &str) -> Vec<String> {
    let text = layers.get(name).unwrap_or_default();
    text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

/// Whether a name is as a pattern says in which `*` stands for any letters.
fn wildcard_matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, rest)) => name.strip_prefix(start).is_some_and(|tail| {
            let ends = tail.char_indices().map(|(index, _)| index).chain([tail.len()]);
            ends.into_iter().any(|index| wildcard_matches(rest, &tail[index..]))
        }),
    }
}

/// What the environment says of a connector wins over what the file says.
fn overrides(layers: &Layers, context: &Context) -> Result<BTreeMap<String, Overrides>, String> {
    let mut all = BTreeMap::new();
    for (id, section) in &layers.connectors {
        let fault = |name: &str, expected: &str| format!("`{name}` of the connector `{id}` must be {expected}");
        let job_timeout =
            section.get("job-timeout").map(|text| a_duration(text).ok_or_else(|| fault("job-timeout", A_DURATION)));
        let max_jobs = section
            .get("max-jobs")
            .map(|text| a_count(text).ok_or_else(|| fault("max-jobs", "a number from 1 to 10000")));
        let overrides = Overrides {
            job_type: section.get("job-type").cloned(),
            job_timeout: job_timeout.transpose()?,
            max_jobs: max_jobs.transpose()?,
        };
        all.insert(id.clone(), overrides);
    }
    for connector in context.registry.connectors() {
        let definition = connector.definition();
        let variable = |suffix: &str| {
            let name = format!("CONNECTOR_{}_{suffix}", environment_name(&definition.name));
            let text = std::env::var(&name).ok().filter(|text| !text.is_empty())?;
            Some((name, text))
        };
        let (job_type, timeout) = (variable("TYPE"), variable("TIMEOUT"));
        if job_type.is_none() && timeout.is_none() {
            continue;
        }
        let own: &mut Overrides = all.entry(definition.id.clone()).or_default();
        if let Some((_, text)) = job_type {
            own.job_type = Some(text);
        }
        if let Some((name, text)) = timeout {
            let millis = text.parse().ok().filter(|millis| *millis > 0);
            let millis = millis.ok_or_else(|| format!("{name} is \"{text}\", but must be a number of milliseconds"))?;
            own.job_timeout = Some(Duration::from_millis(millis));
        }
    }
    Ok(all)
}

/// A connector's name as Camunda's runtime has it in the names of environment variables (contract, section 5.1).
fn environment_name(name: &str) -> String {
    let kept = name.trim().chars().filter(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | ' '));
    kept.map(|letter| if letter == ' ' { '_' } else { letter.to_ascii_uppercase() }).collect()
}

fn connection(layers: &Layers) -> Result<Connection, String> {
    let address = layers.parsed(keys::REST_ADDRESS, "an http or https URL", |text| {
        let sound = crate::http::parse_url(text).is_ok();
        let text = text.trim_end_matches('/');
        sound.then(|| text.strip_suffix("/v2").unwrap_or(text).to_owned())
    })?;
    let text = |name| layers.get(name).map(str::to_owned);
    let missing = |name: &str, other: &str| format!("`{name}` is set, but `{other}` is not");
    let credentials = match (
        text(keys::CLIENT_ID),
        text(keys::CLIENT_SECRET),
        text(keys::BASIC_USER),
        text(keys::BASIC_PASSWORD),
    ) {
        (Some(client_id), Some(client_secret), None, None) => Credentials::OAuth(ClientCredentials {
            token_endpoint: text(keys::OAUTH_URL).unwrap_or_default(),
            client_id,
            client_secret,
            scope: text(keys::TOKEN_SCOPE),
            audience: text(keys::TOKEN_AUDIENCE),
        }),
        (None, None, Some(user), Some(password)) => Credentials::Basic { user, password: password.into() },
        (None, None, None, None) => Credentials::None,
        (Some(_), None, ..) => return Err(missing(keys::CLIENT_ID, keys::CLIENT_SECRET)),
        (None, Some(_), ..) => return Err(missing(keys::CLIENT_SECRET, keys::CLIENT_ID)),
        (.., Some(_), None) => return Err(missing(keys::BASIC_USER, keys::BASIC_PASSWORD)),
        (.., None, Some(_)) => return Err(missing(keys::BASIC_PASSWORD, keys::BASIC_USER)),
        _ => return Err("there are an OAuth client and a user with a password for the cluster: unset one".to_owned()),
    };
    let roots = match layers.get(keys::CA_CERTIFICATE) {
        Some(path) => {
            vec![
                std::fs::read_to_string(path)
                    .map_err(|error| format!("cannot read the certificates {path}: {error}"))?,
            ]
        }
        None => Vec::new(),
    };
    Ok(Connection { address: address.unwrap_or_default(), credentials, tenants: list(layers, keys::TENANT_IDS), roots })
}

fn log(layers: &Layers) -> Result<(), String> {
    use tracing_subscriber::EnvFilter;
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
    let builder = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_writer(|| anstream::AutoStream::auto(std::io::stderr()));
    let installed = if json { builder.json().flatten_event(true).try_init() } else { builder.try_init() };
    installed.map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::{environment_name, wildcard_matches};

    #[test]
    fn a_wildcard_stands_for_any_letters() {
        for (pattern, name, expected) in [
            ("A", "A", true),
            ("A", "AB", false),
            ("A_*", "A_", true),
            ("A_*", "A_B", true),
            ("A_*", "B_A_", false),
            ("*_TOKEN", "A_TOKEN_TOKEN", true),
            ("*a*b*", "xaxxb", true),
            ("*a*b*", "ba", false),
            ("*", "", true),
        ] {
            assert_eq!(wildcard_matches(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn names_in_the_environment_are_those_of_camundas_runtime() {
        assert_eq!(environment_name("HTTP REST"), "HTTP_REST");
        assert_eq!(environment_name(" Power-Automate (x)  "), "POWERAUTOMATE_X");
    }
}
