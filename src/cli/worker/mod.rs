//! `worker`: executes the jobs of a Camunda 8 cluster.

mod config_file;
mod connection;
mod inbound;
mod keys;
mod layers;
mod log;
mod settings;
#[cfg(feature = "opentelemetry")]
mod traces;

use super::run::input::secrets;
use super::signals::Signals;
use super::{Context, Exit, panics};
use crate::cluster::{Cluster, Protocol};
use crate::dispatch::Dispatcher;
use crate::dispatch::secrets::{Admitted, SecretSource};
use crate::worker::inbound::Inbound;
use crate::worker::{SecretFilter, Settings, Worker, serve};
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use inbound::Listening;
use layers::Layers;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
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

Calls from outside are taken at --inbound-listen. A call that tells of an event, such as the end of
a flow run, is written to the journal, verified with an account of the file and told to the process:
  [accounts.contoso]
  connector = \"power-automate\"
  input.organizationUri = \"https://contoso.crm4.dynamics.com\"
  input.authentication = { type = \"bearer\", token = \"{{secrets.CONTOSO_TOKEN}}\" }
Webhooks are those of BPMN files, of [webhooks.CONTEXT] in the file, and of the cluster's processes.

With a gRPC address, jobs are streamed and come a few milliseconds sooner than by polling over REST.
Where both addresses are set, gRPC is spoken, unless the REST address is set at a stronger place.

Secrets: {{secrets.NAME}} in an input stands for the environment variable SECRET_NAME, for that
line of the env file, or for the file NAME of the secrets directory.

SIGTERM or Ctrl-C: no more jobs are taken, running ones are finished; a second signal ends at once.

Examples:
  opwright worker --rest-address http://127.0.0.1:8080 --env-file .env
  CAMUNDA_CLIENT_ID=… CAMUNDA_CLIENT_SECRET=… \\
    opwright worker --rest-address https://bru-2.zeebe.camunda.io/…
  opwright worker --config worker.toml --inbound-listen 127.0.0.1:8443 --inbound-journal journal
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
    context.ended(attempt(arguments, context))
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
    let environment = |name: &str| std::env::var(name).ok();
    let mut layers = Layers::read(&arguments.flags, environment, file)?;
    settings::add_environment(&mut layers, &context.registry, environment)?;
    // Also with `--print-config`, so that what is printed is known to be sound.
    let connection = connection::connection(&layers)?;
    let searches = connection.protocol == Protocol::Rest;
    let settings = settings::settings(&layers, context)?;
    let settings = Settings { inbound: inbound::settings(&layers, &context.registry, searches)?, ..settings };
    if connection.protocol != Protocol::Rest && settings.secret_filter != SecretFilter::Disabled {
        return Err(format!(
            "`{}` reads processes from the cluster, which gRPC cannot: set `{}` to `none`, so that REST is spoken",
            keys::SECRET_FILTER,
            keys::GRPC_ADDRESS
        ));
    }
    let listening = inbound::listening(&layers)?;
    log::filter(&layers)?;
    log::is_json(&layers)?;
    if arguments.print_config {
        context.console.raw(layers.print().as_bytes());
        return Ok(Exit::Success);
    }
    let secrets = secrets(path(&layers, keys::ENV_FILE), path(&layers, keys::SECRETS_DIRECTORY))?;
    let secrets: Arc<dyn SecretSource> = if layers.get(keys::ALLOWED_SECRETS).is_some() {
        // An empty list is a list.
        let allowed = layers.list(keys::ALLOWED_SECRETS);
        let admits = move |name: &str| {
            let admitted = allowed.iter().any(|pattern| crate::text::wildcard_matches(pattern, name));
            if !admitted {
                tracing::warn!(secret = name, "not handed out, so its placeholder stays: `{}`", keys::ALLOWED_SECRETS);
            }
            admitted
        };
        Arc::new(Admitted::new(secrets, admits))
    } else {
        Arc::new(secrets)
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
    let logging = log::start(&layers, runtime.handle())?;
    let left = panics::told_by(|told| tracing::error!("{told}"), || runtime.block_on(work(worker, listen, listening)))?;
    logging.end();
    runtime.shutdown_background();
    Ok(if left == 0 { Exit::Success } else { Exit::Unexpected })
}

/// A socket at an address; what is told otherwise ends in how another one is chosen.
async fn bound(address: &str, choose: &str) -> Result<(TcpListener, SocketAddr), String> {
    let listener = TcpListener::bind(address).await;
    let bound = listener.and_then(|listener| listener.local_addr().map(|address| (listener, address)));
    bound.map_err(|error| format!("cannot listen on {address}: {error}; choose another address by {choose}"))
}

/// Takes calls from outside until it is told to stop.
fn take_calls(
    inbound: Arc<Inbound>,
    listening: Listening,
    (listener, address): (TcpListener, SocketAddr),
    stop: CancellationToken,
) -> tokio::task::JoinHandle<()> {
    let Listening { tls, limits, .. } = listening;
    // Those of processes that are deployed are told of as they are found.
    let paths: Vec<String> = inbound.contexts().iter().map(|context| format!("/inbound/{context}")).collect();
    tracing::info!(inbound = %address, tls = tls.is_some(), ?paths, "calls are taken");
    tokio::spawn(crate::worker::inbound::serve(listener, tls, inbound, limits, stop))
}

async fn work(worker: Worker, listen: Option<String>, listening: Option<Listening>) -> Result<usize, String> {
    let (stop, ended) = (CancellationToken::new(), CancellationToken::new());
    // Before anything is told or taken, so that an address in use costs no job.
    let calls = match (worker.inbound(), listening) {
        (Some(inbound), Some(listening)) => {
            let bound = bound(&listening.address, &format!("--{}", keys::INBOUND_LISTEN)).await?;
            Some((inbound, listening, bound))
        }
        _ => None,
    };
    let server = match listen {
        Some(address) => {
            let (listener, address) = bound(&address, "--listen, or `none`").await?;
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
    let calls = calls.map(|(inbound, listening, bound)| take_calls(inbound, listening, bound, stop.clone()));
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
    if let Some(calls) = calls {
        // It bounds its own end.
        let _ = calls.await;
    }
    ended.cancel();
    if let Some(server) = server {
        // A client that keeps its connection open is not waited for.
        let _ = tokio::time::timeout(Duration::from_millis(200), server).await;
    }
    Ok(left)
}

fn path<'a>(layers: &'a Layers, name: &str) -> Option<&'a Path> {
    layers.get(name).map(Path::new)
}
