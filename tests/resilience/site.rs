//! What the tests have around a worker: a broker, an emulator that starts flows, a process that calls it.

use crate::bpmn::Process;
use crate::broker::{self, Broker};
use crate::program::{self, Program};
use crate::records;
use opwright::cluster::Cluster;
use opwright::emulator::{Emulator, Limits, Settings, What};
use serde_json::json;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

pub(crate) struct Site {
    pub(crate) broker: Broker,
    pub(crate) cluster: Cluster,
    pub(crate) emulator: Emulator,
    process: String,
}

impl Site {
    /// A broker with so many partitions, and a process whose jobs have this type.
    pub(crate) async fn new(job_type: &str, partitions: usize) -> Self {
        let (broker, cluster) = (Broker::start(partitions).await, broker::cluster());
        let limits = Limits { runs_per_minute: 0, max_concurrent: 0, ..Limits::default() };
        let emulator = Emulator::start(Settings { port: 0, limits, ..Settings::default() }).await.expect("an emulator");
        let process = job_type.replace(':', "-");
        let bpmn = Process::new(&process, "trigger-flow-run").header("resultVariable", "answer").bpmn(job_type);
        broker::deploy(&cluster, &bpmn).await;
        Self { broker, cluster, emulator, process }
    }

    /// A worker that reaches the cluster at this address.
    pub(crate) fn worker(&self, job_type: &str, address: &str, arguments: &[&str]) -> Program {
        let arguments = [&["--rest-address", address, "--poll-timeout", "PT1S"], arguments].concat();
        Program::start(job_type, &arguments, &program::secrets(&self.emulator))
    }

    /// Starts an instance with a flow of its own, as soon as the cluster takes it.
    pub(crate) async fn start(&self, number: usize) -> String {
        let variables = json!({
            "organizationUri": self.emulator.organization_uri(),
            "workflowId": flow(number),
            "connectionName": "shared-uiflow",
        });
        let begun = Instant::now();
        loop {
            match self.cluster.start_instance(&self.process, &variables).await {
                Ok(instance) => return instance,
                Err(error) => assert!(error.may_pass() && begun.elapsed() < Duration::from_secs(20), "{error}"),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Starts an instance and tells how long it takes until it has completed.
    pub(crate) async fn completes_within(&self, number: usize) -> Duration {
        let instance = self.start(number).await;
        let begun = Instant::now();
        records::ended(&instance).await.variables();
        begun.elapsed()
    }

    /// How often each flow was started.
    pub(crate) fn runs(&self) -> BTreeMap<String, usize> {
        let mut runs = BTreeMap::new();
        for entry in self.emulator.ledger().into_iter().filter(|entry| entry.what == What::Run) {
            *runs.entry(entry.workflow_id.expect("a flow")).or_default() += 1;
        }
        runs
    }
}

/// The flow of an instance's number.
pub(crate) fn flow(number: usize) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}
