//! `demo --engine`: the generated process of a flow run from beginning to end, on a real cluster, with the emulator calling back.

use super::{CONNECTOR, ledger, secrets, shared};
use opwright::cli::{Context, Signals};
use opwright::cluster::{Activation, Cluster, ClusterError, Connection};
use opwright::dispatch::Dispatcher;
use opwright::emulator::{Emulator, Faults, Settings};
use opwright::generate::docs::DocTemplates;
use opwright::generate::{GenerateError, artefacts};
use opwright::power_automate::FlowRunFinished;
use opwright::worker::inbound::{self, Account, EventSettings, Limits, Pace, Watch};
use opwright::worker::{Overrides, Settings as WorkerSettings, Worker, WorkerError};
use opwright::{Event, Registry};
use serde_json::{Map, Value, json};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// The generated process.
const JOURNEY: &str = "power-automate-flow-run-finished-journey";
/// How long the end is asked for at a time.
const POLL: Duration = Duration::from_secs(10);
/// A run that takes longer than this beyond its settings is given up.
const PATIENCE: Duration = Duration::from_secs(60);

/// What ends it early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EngineError {
    #[error("the demo cannot serve: {0}")]
    Serve(#[from] io::Error),
    #[error("{0}")]
    Transport(#[from] opwright::http::TransportError),
    #[error("{address}: {error}; a Camunda 8 cluster without authentication has to answer there, over REST")]
    Cluster {
        address: String,
        #[source]
        error: ClusterError,
    },
    #[error("{0}")]
    Worker(#[from] WorkerError),
    #[error("{0}")]
    Generate(#[from] GenerateError),
    #[error("the instance was not completed in time")]
    Patience,
    #[error("stopped before the instance was completed")]
    Stopped,
    #[error("{reason}; the instance {instance} is cancelled")]
    Cancelled { reason: Box<EngineError>, instance: String },
    #[error("{reason}; the instance {instance} is still there and has to be cancelled by hand: {error}")]
    NotCancelled { reason: Box<EngineError>, instance: String, error: ClusterError },
    #[error("there is no process `{JOURNEY}` among what is generated")]
    NoProcess,
}

/// Deploys the process and runs one instance, with a worker of its own that ends with it.
pub(super) async fn demo(
    address: &str,
    lose_callback: bool,
    settings: Settings,
    context: &Context,
) -> Result<(), EngineError> {
    let console = context.console;
    let rate = if lose_callback { 1.0 } else { 0.0 };
    let settings = Settings { faults: Faults { lost_callback_rate: rate, ..settings.faults.clone() }, ..settings };
    let patience = PATIENCE + Duration::from_secs_f64(settings.waiting_seconds + settings.running_seconds);
    let address = address.trim_end_matches('/').to_owned();
    let told = |error| EngineError::Cluster { address: address.clone(), error };
    let cluster = Cluster::new(Connection { address: address.clone(), ..Connection::default() })?;
    cluster.topology().await.map_err(told)?;
    let emulator = Emulator::start(settings.clone()).await?;
    console.line(format_args!("An emulated Dataverse answers at {}", emulator.organization_uri()));

    // Another worker's jobs and processes are left alone.
    let number = Uuid::new_v4().simple().to_string();
    let (process, job_type) = (format!("opwright-demo-{number}"), format!("opwright:demo:{number}"));
    let end_type = format!("{job_type}:end");
    let bpmn = journey(&context.registry, &process, &job_type, &end_type)?;
    cluster.deploy("opwright-demo.bpmn", &bpmn).await.map_err(told)?;
    console
        .line(format_args!("\n{}", console.bold("1. Deployed: trigger, wait until the run is over, read its outputs")));
    console.line(format_args!("   {process}"));

    let directory = Scratch::new(&number)?;
    let worker = worker(&cluster, &settings, &emulator, &job_type, &directory, &context.registry)?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let callback_url = format!("http://{}/inbound/{}", listener.local_addr()?, FlowRunFinished::ID);
    let stop = CancellationToken::new();
    if let Some(inbound) = worker.inbound() {
        tokio::spawn(inbound::serve(listener, None, inbound, Limits::default(), stop.clone()));
    }
    let working = tokio::spawn(worker.run(stop.clone()));

    let mut signals = Signals::new()?;
    let variables = json!({
        "organizationUri": emulator.organization_uri(),
        "workflowId": super::WORKFLOW,
        "connectionName": "shared-uiflow-demo",
        "callbackUrl": callback_url,
    });
    console.line(format_args!("\n{}", console.bold("2. Started a worker that calls can reach, and an instance")));
    let lost = if lose_callback { ", which is lost on purpose: the worker asks by itself" } else { "" };
    console.line(format_args!("   at its end the flow run calls {callback_url}{lost}"));
    let instance = cluster.start_instance(&process, &variables).await.map_err(told)?;
    let ended = tokio::select! {
        ended = super::spinning(end(&cluster, &end_type, patience)) => ended,
        () = signals.next() => Err(EngineError::Stopped),
    };
    let ended = match ended {
        Ok(variables) => Ok(variables),
        Err(reason) => Err(cancelled(&cluster, &instance, reason).await),
    };
    stop.cancel();
    let _ = working.await;
    let mut given = ended?;
    console.line(format_args!("\n{}", console.bold("3. The instance has completed")));
    given.retain(|name, _| variables.get(name).is_none());
    console.line(format_args!("   {instance} has {}\n", Value::Object(given)));
    ledger(&emulator, console);
    emulator.shutdown().await;
    Ok(())
}

/// Waits for the instance's end, of which its process tells by a job, and returns the variables that it has then.
async fn end(cluster: &Cluster, end_type: &str, patience: Duration) -> Result<Map<String, Value>, EngineError> {
    let told = |error| EngineError::Cluster { address: cluster.address().to_owned(), error };
    let begin = Instant::now();
    while begin.elapsed() < patience {
        let activation = Activation {
            job_type: end_type,
            worker: "opwright-demo",
            timeout: POLL,
            limit: 1,
            variables: &[],
            wait: POLL.min(patience.saturating_sub(begin.elapsed())),
        };
        if let Some(job) = cluster.activate(&activation).await.map_err(told)?.pop() {
            cluster.complete(&job.key, &Map::new()).await.map_err(told)?;
            return Ok(job.variables);
        }
    }
    Err(EngineError::Patience)
}

/// Leaves nothing behind that waits for nobody.
async fn cancelled(cluster: &Cluster, instance: &str, reason: EngineError) -> EngineError {
    let (reason, instance) = (Box::new(reason), instance.to_owned());
    match cluster.cancel_instance(&instance).await {
        Ok(()) => EngineError::Cancelled { reason, instance },
        Err(error) => EngineError::NotCancelled { reason, instance, error },
    }
}

/// The generated process under another name, with jobs of another type, and with one at its end.
fn journey(registry: &Registry, process: &str, job_type: &str, end_type: &str) -> Result<String, EngineError> {
    let connector = registry.connectors().iter().map(opwright::Connector::definition);
    let connector = connector.filter(|connector| connector.id == CONNECTOR);
    let own = registry.connector(CONNECTOR).map_err(|_| EngineError::NoProcess)?.definition().job_type.clone();
    let path = format!("bpmn/{JOURNEY}.bpmn");
    let found = artefacts(connector, &DocTemplates::built_in())?.into_iter().find(|artefact| artefact.path == path);
    let content = found.ok_or(EngineError::NoProcess)?.content;
    let (types, of_demo) = (format!("type=\"{own}\""), format!("type=\"{job_type}\""));
    // 8.6 tells of an instance's end only whoever has waited since its beginning, and gives them no key to cancel it by.
    let listener = format!(
        "</bpmn:documentation><bpmn:extensionElements><zeebe:executionListeners><zeebe:executionListener eventType=\"end\" \
         type=\"{end_type}\"/></zeebe:executionListeners></bpmn:extensionElements>"
    );
    let content = content.replacen("</bpmn:documentation>", &listener, 1);
    Ok(content.replace(&format!("\"{JOURNEY}\""), &format!("\"{process}\"")).replace(&types, &of_demo))
}

fn worker(
    cluster: &Cluster,
    settings: &Settings,
    emulator: &Emulator,
    job_type: &str,
    directory: &Scratch,
    registry: &Registry,
) -> Result<Worker, EngineError> {
    let input = shared(emulator.organization_uri());
    let events = EventSettings {
        accounts: vec![Account { name: "demo".to_owned(), connector: CONNECTOR.to_owned(), input }],
        journal: directory.0.join("journal"),
        pace: Pace { shortest: Duration::from_secs(2), ..Pace::default() },
        watch: Watch::Called,
    };
    let inbound = inbound::Settings {
        events: Some(events),
        processes: Vec::new(),
        routes: toml::Table::new(),
        discovery: None,
        time_to_live: Duration::from_secs(600),
        base_url: None,
    };
    let overrides = Overrides { job_type: Some(job_type.to_owned()), ..Overrides::default() };
    let settings_of_worker = WorkerSettings {
        wait: Duration::from_secs(2),
        grace: Duration::from_secs(5),
        overrides: [(CONNECTOR.to_owned(), overrides)].into(),
        inbound: Some(inbound),
        ..WorkerSettings::default()
    };
    let dispatcher = Dispatcher::new(registry.clone())?;
    Ok(Worker::new(cluster.clone(), dispatcher, Arc::new(secrets(settings, emulator)), settings_of_worker)?)
}

/// A directory that goes with the demo.
struct Scratch(PathBuf);

impl Scratch {
    fn new(number: &str) -> io::Result<Self> {
        let path = std::env::temp_dir().join(format!("opwright-demo-{number}"));
        std::fs::create_dir(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What is left is a file of some kilobytes in a place for such.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
