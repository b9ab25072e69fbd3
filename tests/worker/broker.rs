//! A world for one test: an engine, an emulator, a worker for a job type that no other test uses.

pub(crate) use crate::bpmn::Process;
use crate::endings::End;
use crate::records::{self, Ended};
use opwright::Registry;
use opwright::cluster::{Cluster, Connection, Protocol};
use opwright::dispatch::Dispatcher;
use opwright::dispatch::secrets::{Fixed, SecretSource};
use opwright::emulator::{Emulator, Settings as EmulatorSettings};
use opwright::power_automate::PowerAutomate;
use opwright::worker::{Meters, Overrides, Settings, Worker};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Which engine, and how it is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    /// The broker over REST.
    Rest,
    /// The broker over gRPC.
    Grpc,
    /// A newer engine, which speaks gRPC only.
    Newer,
}

impl Engine {
    pub(crate) fn cluster(self) -> Cluster {
        let (variable, protocol) = match self {
            Self::Rest => ("ZEEBE_REST_ADDRESS", Protocol::Rest),
            Self::Grpc => ("ZEEBE_GRPC_ADDRESS", Protocol::Grpc),
            Self::Newer => ("ZEEBE_TEST_ENGINE_ADDRESS", Protocol::Grpc),
        };
        let address = std::env::var(variable)
            .unwrap_or_else(|_| panic!("this test needs {variable}: run scripts/test, or see tests/worker/main.rs"));
        Cluster::new(Connection { protocol, address, ..Connection::default() }).expect("a client")
    }

    /// What comes before the keys of this engine's instances, so that they are not taken for another's.
    fn prefix(self) -> &'static str {
        match self {
            Self::Rest | Self::Grpc => "",
            Self::Newer => "/zeebe-test-engine/",
        }
    }

    /// The job type of a test's world on this engine. Jobs of an earlier run may still wait for their back-off.
    pub(crate) fn job_type(self, test: &str) -> String {
        format!("test:{test}:{self:?}:{}", std::process::id())
    }

    /// Deploys a process and starts an instance, to be looked for in the records by what is returned.
    pub(crate) async fn start(self, process: &Process, job_type: &str, variables: &Value) -> String {
        let (cluster, bpmn) = (self.cluster(), process.bpmn(job_type));
        cluster.deploy("process.bpmn", &bpmn).await.unwrap_or_else(|error| panic!("{error}\n{bpmn}"));
        let key = cluster.start_instance(&process.id, variables).await.unwrap_or_else(|error| panic!("{error}"));
        format!("{}{key}", self.prefix())
    }
}

pub(crate) struct World {
    engine: Engine,
    pub(crate) cluster: Cluster,
    pub(crate) emulator: Emulator,
    pub(crate) job_type: String,
    pub(crate) meters: Arc<Meters>,
    stop: CancellationToken,
    worker: JoinHandle<usize>,
}

/// The type of the jobs of the connector that ends as it is told.
fn end_type(job_type: &str) -> String {
    format!("{job_type}:end")
}

pub(crate) fn cluster() -> Cluster {
    Engine::Rest.cluster()
}

impl World {
    pub(crate) async fn new(name: &str) -> Self {
        Self::with(name, |_| {}).await
    }

    pub(crate) async fn with(name: &str, adjust: impl FnOnce(&mut Settings)) -> Self {
        Self::on(Engine::Rest, name, EmulatorSettings::default(), adjust).await
    }

    /// A worker with other settings, beside an emulator with other settings.
    pub(crate) async fn beside(name: &str, emulator: EmulatorSettings, adjust: impl FnOnce(&mut Settings)) -> Self {
        Self::on(Engine::Rest, name, emulator, adjust).await
    }

    /// The same on this engine.
    pub(crate) async fn on(
        engine: Engine,
        name: &str,
        emulator: EmulatorSettings,
        adjust: impl FnOnce(&mut Settings),
    ) -> Self {
        records::listen();
        let cluster = engine.cluster();
        let settings = EmulatorSettings {
            port: 0,
            waiting_seconds: 0.0,
            running_seconds: 0.0,
            bearer_token: Some("a-token".into()),
            ..emulator
        };
        let emulator = Emulator::start(settings.clone()).await.expect("an emulator");
        let secrets = Fixed::from_variables(
            [
                ("SECRET_POWER_AUTOMATE_CLIENT_ID", settings.client_id.clone()),
                ("SECRET_POWER_AUTOMATE_CLIENT_SECRET", settings.client_secret.expose_secret().to_owned()),
                ("SECRET_POWER_AUTOMATE_TOKEN_ENDPOINT", emulator.token_endpoint()),
                ("SECRET_POWER_AUTOMATE_TOKEN", "a-token".to_owned()),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
        let job_type = engine.job_type(name);
        let own = |job_type: String| Overrides { job_type: Some(job_type), ..Overrides::default() };
        let overrides = [("power-automate", job_type.clone()), ("end", end_type(&job_type))];
        let mut settings = Settings {
            // So that the end of a test does not wait for a poll's.
            wait: Duration::from_millis(500),
            overrides: BTreeMap::from(overrides.map(|(id, job_type)| (id.to_owned(), own(job_type)))),
            ..Settings::default()
        };
        adjust(&mut settings);
        let registry =
            Registry::new().with::<PowerAutomate>().and_then(Registry::with::<End>).expect("sound definitions");
        let dispatcher = Dispatcher::new(registry).expect("a client");
        let secrets: Arc<dyn SecretSource> = Arc::new(secrets);
        let worker = Worker::new(cluster.clone(), dispatcher, secrets, settings).expect("sound settings");
        let (stop, meters) = (CancellationToken::new(), worker.meters());
        let worker = tokio::spawn(worker.run(stop.clone()));
        Self { engine, cluster, emulator, job_type, meters, stop, worker }
    }

    /// Deploys a process, starts an instance and waits for its end.
    pub(crate) async fn run(&self, process: &Process, variables: &Value) -> Ended {
        records::ended(&self.start(process, variables).await).await
    }

    /// Deploys a process and starts an instance.
    pub(crate) async fn start(&self, process: &Process, variables: &Value) -> String {
        let job_type = if process.ends { end_type(&self.job_type) } else { self.job_type.clone() };
        self.engine.start(process, &job_type, variables).await
    }

    /// The variables that the generated processes want, for this emulator.
    pub(crate) fn variables(&self) -> Value {
        json!({
            "organizationUri": self.emulator.organization_uri(),
            "workflowId": "0a1b2c3d-1111-2222-3333-444455556666",
            "connectionName": "shared-uiflow",
        })
    }

    pub(crate) async fn end(self) {
        self.stop.cancel();
        assert_eq!(self.worker.await.expect("no panic"), 0, "all jobs are finished");
        self.emulator.shutdown().await;
    }
}
