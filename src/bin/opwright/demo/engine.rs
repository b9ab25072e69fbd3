//! `demo --engine`: the generated process of a flow run from beginning to end, on a real cluster, with the emulator calling back.

use super::{CONNECTOR, ledger, secrets, shared};
use opwright::cli::Context;
use opwright::cluster::{Cluster, ClusterError, Connection, Deployed, NewInstance};
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
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// The generated process.
const JOURNEY: &str = "power-automate-flow-run-finished-journey";
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
    let bpmn = journey(&context.registry, &process, &job_type)?;
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

    let variables = json!({
        "organizationUri": emulator.organization_uri(),
        "workflowId": super::WORKFLOW,
        "connectionName": "shared-uiflow-demo",
        "callbackUrl": callback_url,
    });
    console.line(format_args!("\n{}", console.bold("2. Started an instance, and a worker that calls can reach")));
    console.line(format_args!("   POST {callback_url}"));
    let empty = Map::new();
    let variables = variables.as_object().unwrap_or(&empty);
    let instance = NewInstance { process: Deployed::Newest(&process), variables, tenant: None, wait: Some(patience) };
    let ended = super::spinning(cluster.create_instance(&instance)).await;
    stop.cancel();
    let _ = working.await;
    let ended = ended.map_err(told)?;
    console.line(format_args!("\n{}", console.bold("3. The instance has completed")));
    let mut given = ended.variables.unwrap_or_default();
    given.retain(|name, _| !variables.contains_key(name));
    console.line(format_args!("   {} has {}\n", ended.process_instance_key, Value::Object(given)));
    ledger(&emulator, console);
    emulator.shutdown().await;
    Ok(())
}

/// The generated process under another name, with jobs of another type.
fn journey(registry: &Registry, process: &str, job_type: &str) -> Result<String, EngineError> {
    let connector = registry.connectors().iter().map(opwright::Connector::definition);
    let connector = connector.filter(|connector| connector.id == CONNECTOR);
    let own = registry.connector(CONNECTOR).map_err(|_| EngineError::NoProcess)?.definition().job_type.clone();
    let path = format!("bpmn/{JOURNEY}.bpmn");
    let found = artefacts(connector, &DocTemplates::built_in())?.into_iter().find(|artefact| artefact.path == path);
    let content = found.ok_or(EngineError::NoProcess)?.content;
    let (types, of_demo) = (format!("type=\"{own}\""), format!("type=\"{job_type}\""));
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
