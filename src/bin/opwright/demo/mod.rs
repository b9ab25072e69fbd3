//! `demo`: the whole way of a flow run against the emulator. Needs no account, engine or configuration.

#[cfg(feature = "worker")]
mod engine;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use opwright::Registry;
use opwright::cli::{Console, Context, Exit};
use opwright::dispatch::outcome::{Expressions, HeaderFaults, Headers, Outcome};
use opwright::dispatch::secrets::Fixed;
use opwright::dispatch::{DispatchError, Dispatcher, Prepared};
use opwright::emulator::{Emulator, Entry, Settings};
use opwright::power_automate::FlowRunStatus;
use secrecy::ExposeSecret;
use serde_json::{Map, Value, json};
use std::time::Duration;

pub(crate) const ABOUT: &str =
    "Triggers, watches, reads and cancels flow runs against the emulator: the first thing to run";

/// The connector that the demo executes.
const CONNECTOR: &str = "power-automate";
/// A workflow ID; the emulator knows every one.
const WORKFLOW: &str = "0a1b2c3d-1111-2222-3333-444455556666";
/// Retries that a job has at first.
const RETRIES: i32 = 3;
/// How often the status is asked for.
const INTERVAL: Duration = Duration::from_millis(250);
/// A run that takes longer than this beyond its settings is given up.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, Args)]
pub(crate) struct Arguments {
    /// Seconds that a run waits in the queue
    #[arg(long, value_name = "SECONDS", default_value_t = 1.0, value_parser = seconds)]
    waiting_seconds: f64,
    /// Seconds that a run takes
    #[arg(long, value_name = "SECONDS", default_value_t = 3.0, value_parser = seconds)]
    running_seconds: f64,
    /// Runs a whole process on the Camunda 8 cluster at this REST address: a flow run is triggered, waited for and read
    #[cfg(feature = "worker")]
    #[arg(long, value_name = "ADDRESS")]
    engine: Option<String>,
    /// With --engine: the flow run's call is lost, and the worker finds out by itself
    #[cfg(feature = "worker")]
    #[arg(long, requires = "engine")]
    lose_callback: bool,
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if (0.0..=600.0).contains(&seconds) => Ok(seconds),
        _ => Err("write seconds, from 0 to 600".to_owned()),
    }
}

/// What ends a demo early.
#[derive(Debug, thiserror::Error)]
enum DemoError {
    #[error("the emulator cannot serve: {0}")]
    Emulator(#[from] std::io::Error),
    #[error("there is no HTTP client: {0}")]
    Client(#[from] opwright::http::TransportError),
    #[error("{0}")]
    Operation(#[from] DispatchError),
    #[error("{0}")]
    Expressions(#[from] HeaderFaults),
    #[error("{0}")]
    Failed(String),
    #[error("the operation set no variable `{0}`")]
    Variable(&'static str),
    #[error("the run was not finished in time")]
    Patience,
    #[cfg(feature = "worker")]
    #[error(transparent)]
    Engine(#[from] engine::EngineError),
}

pub(crate) fn run(arguments: Arguments, context: &Context) -> Exit {
    let outcome = tokio::runtime::Runtime::new()
        .map_err(DemoError::from)
        .and_then(|runtime| runtime.block_on(demo(arguments, context)));
    match outcome {
        Ok(()) => Exit::Success,
        Err(error) => {
            context.console.error(&error.to_string());
            Exit::Unexpected
        }
    }
}

async fn demo(arguments: Arguments, context: &Context) -> Result<(), DemoError> {
    let settings = Settings {
        port: 0,
        waiting_seconds: arguments.waiting_seconds,
        running_seconds: arguments.running_seconds,
        ..Settings::default()
    };
    #[cfg(feature = "worker")]
    if let Some(address) = arguments.engine {
        return Ok(engine::demo(&address, arguments.lose_callback, settings, context).await?);
    }
    let emulator = Emulator::start(settings.clone()).await?;
    let secrets = secrets(&settings, &emulator);
    let steps = Steps {
        console: context.console,
        dispatcher: Dispatcher::new(Registry::clone(&context.registry))?,
        secrets,
        organization_uri: emulator.organization_uri().to_owned(),
        patience: PATIENCE + Duration::from_secs_f64(arguments.waiting_seconds + arguments.running_seconds),
    };
    let outcome = steps.take().await;
    if outcome.is_ok() {
        ledger(&emulator, context.console);
        epilogue(context.console);
    }
    emulator.shutdown().await;
    outcome
}

/// What the processes ask for, for an emulator.
fn secrets(settings: &Settings, emulator: &Emulator) -> Fixed {
    Fixed::from_variables(
        [
            ("SECRET_POWER_AUTOMATE_CLIENT_ID", settings.client_id.clone()),
            ("SECRET_POWER_AUTOMATE_CLIENT_SECRET", settings.client_secret.expose_secret().to_owned()),
            ("SECRET_POWER_AUTOMATE_TOKEN_ENDPOINT", emulator.token_endpoint()),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    )
}

/// What all operations share, for an emulator at this address.
fn shared(organization_uri: &str) -> Map<String, Value> {
    let authentication = json!({
        "type": "oauth-client-credentials-flow",
        "clientId": "{{secrets.POWER_AUTOMATE_CLIENT_ID}}",
        "clientSecret": "{{secrets.POWER_AUTOMATE_CLIENT_SECRET}}",
        "oauthTokenEndpoint": "{{secrets.POWER_AUTOMATE_TOKEN_ENDPOINT}}",
    });
    Map::from_iter([
        ("authentication".to_owned(), authentication),
        ("organizationUri".to_owned(), json!(organization_uri)),
    ])
}

/// What the steps share.
struct Steps {
    console: Console,
    dispatcher: Dispatcher,
    secrets: Fixed,
    organization_uri: String,
    patience: Duration,
}

impl Steps {
    async fn take(&self) -> Result<(), DemoError> {
        let console = self.console;
        console.line(format_args!("An emulated Dataverse answers at {}", self.organization_uri));

        console.line(format_args!("\n{}", console.bold("1. Trigger a flow run, with OAuth 2.0")));
        let trigger = json!({
            "workflowId": WORKFLOW,
            "connectionName": "shared-uiflow-demo",
            "runMode": "unattended",
            "inputs": { "Invoice": "4711" },
        });
        let prepared = self.dispatcher.prepare(CONNECTOR, "trigger-flow-run", &self.input(&trigger), &self.secrets)?;
        if let Some(request) = prepared.dry_run().request {
            console.line(format_args!("   {} {}", request.method, request.url));
            console.line(format_args!("   {}", request.body.unwrap_or_default()));
        }
        let variables = self.conclude("trigger-flow-run", prepared).await?;
        self.receives(&variables);
        let session = text(&variables, "flowSessionId")?;

        console.line(format_args!("\n{}", console.bold("2. Get its status until it is finished")));
        let (status, variables) = self.watch(&session).await?;
        console.line(format_args!("   {}", console.good(&format!("{status:?}"))));
        self.receives(&variables);

        console.line(format_args!("\n{}", console.bold("3. Get its outputs")));
        self.receives(&self.operate("get-flow-outputs", &json!({ "flowSessionId": session })).await?);

        console.line(format_args!("\n{}", console.bold("4. Trigger a second run and cancel it")));
        let session = text(&self.operate("trigger-flow-run", &trigger).await?, "flowSessionId")?;
        let cancelled = self.operate("cancel-flow-run", &json!({ "flowSessionId": session })).await?;
        console.line(format_args!("   flow session {session}"));
        self.receives(&cancelled);
        let (status, _) = self.status(&session).await?;
        console.line(format_args!("   {}\n", console.good(&format!("{status:?}"))));
        Ok(())
    }

    /// The variables that the process of a job would receive.
    fn receives(&self, variables: &Map<String, Value>) {
        self.console.line(format_args!("   a process receives {}", json!(variables)));
    }

    /// An input: what all operations share, and the operation's own.
    fn input(&self, own: &Value) -> Value {
        let mut input = shared(&self.organization_uri);
        input.extend(own.as_object().cloned().unwrap_or_default());
        Value::Object(input)
    }

    async fn operate(&self, operation: &str, own: &Value) -> Result<Map<String, Value>, DemoError> {
        let prepared = self.dispatcher.prepare(CONNECTOR, operation, &self.input(own), &self.secrets)?;
        self.conclude(operation, prepared).await
    }

    /// Executes an operation, and makes variables of the response as the template does.
    async fn conclude(&self, operation: &str, prepared: Prepared) -> Result<Map<String, Value>, DemoError> {
        let connector = self.dispatcher.registry().connector(CONNECTOR).map_err(DispatchError::Unknown)?;
        let (definition, ..) = connector.operation(operation).map_err(DispatchError::Unknown)?;
        let expressions = Expressions::parse(&Headers::of(definition))?;
        let (response, mask) = self.dispatcher.execute(prepared).await?;
        match expressions.conclude(Ok(response), RETRIES, &mask).outcome {
            Outcome::Complete { variables } => Ok(variables),
            Outcome::Fail { message, .. } => Err(DemoError::Failed(message)),
            Outcome::BpmnError { code, .. } => Err(DemoError::Failed(code)),
        }
    }

    async fn status(&self, session: &str) -> Result<(FlowRunStatus, Map<String, Value>), DemoError> {
        let variables = self.operate("get-flow-run-status", &json!({ "flowSessionId": session })).await?;
        let status = variables.get("statusCode").and_then(Value::as_i64).and_then(FlowRunStatus::from_code);
        Ok((status.ok_or(DemoError::Variable("statusCode"))?, variables))
    }

    async fn watch(&self, session: &str) -> Result<(FlowRunStatus, Map<String, Value>), DemoError> {
        let progress = spinner();
        let watched = tokio::time::timeout(self.patience, async {
            loop {
                let (status, variables) = self.status(session).await?;
                if status.finished() {
                    return Ok((status, variables));
                }
                progress.set_message(format!("{status:?}"));
                tokio::time::sleep(INTERVAL).await;
            }
        })
        .await;
        progress.finish_and_clear();
        watched.unwrap_or(Err(DemoError::Patience))
    }
}

/// Shows that something goes on, and for how long.
#[cfg(feature = "worker")]
async fn spinning<T>(waited_for: impl Future<Output = T>) -> T {
    let progress = spinner();
    let outcome = waited_for.await;
    progress.finish_and_clear();
    outcome
}

fn spinner() -> ProgressBar {
    let style = ProgressStyle::with_template("   {spinner} {msg} {elapsed}")
        .unwrap_or_else(|_| ProgressStyle::default_spinner());
    let progress = ProgressBar::new_spinner().with_style(style);
    progress.enable_steady_tick(Duration::from_millis(100));
    progress
}

fn text(variables: &Map<String, Value>, name: &'static str) -> Result<String, DemoError> {
    variables.get(name).and_then(Value::as_str).map(str::to_owned).ok_or(DemoError::Variable(name))
}

/// What the emulator says that it was asked.
fn ledger(emulator: &Emulator, console: Console) {
    console.line(console.bold("What the emulator was asked"));
    let mut lines: Vec<(String, usize)> = Vec::new();
    for entry in emulator.ledger() {
        let line = summary(&entry);
        match lines.last_mut() {
            Some((last, times)) if *last == line => *times += 1,
            _ => lines.push((line, 1)),
        }
    }
    for (line, times) in lines {
        let times = if times > 1 { format!(" ({times} times)") } else { String::new() };
        console.line(format_args!("   {line}{times}"));
    }
}

/// An entry without what changes from one to the next.
fn summary(entry: &Entry) -> String {
    let session = entry.session_id.as_deref().map(|id| format!(" {id}")).unwrap_or_default();
    // A call that never was has a reason instead.
    let status = match (entry.status, &entry.note) {
        (Some(status), _) => format!(" → {status}"),
        (None, Some(note)) => format!(": {note}"),
        (None, None) => String::new(),
    };
    let client = entry.client.as_deref().map(|client| format!(", by {client}")).unwrap_or_default();
    format!("{:?}{session}{status}{client}", entry.what)
}

fn epilogue(console: Console) {
    console.note("\nNext:");
    console.note("  opwright generate --out DIR   writes the element templates to import into Modeler");
    console.note("  opwright describe power-automate trigger-flow-run");
    console.note("  opwright feel '= {total: sum([1, 2, 3])}'");
    console.note("  opwright demo --engine http://127.0.0.1:8080   runs a whole process on a cluster");
    console.note("  opwright emulator");
}
