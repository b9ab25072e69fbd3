//! A Zeebe broker that a test may kill and restart.

use crate::records;
use opwright::cluster::{Cluster, Connection};
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use tokio::sync::{Mutex, MutexGuard};

// Below the ports that Linux gives to outgoing connections, which could be there first.
pub(crate) const ADDRESS: &str = "http://127.0.0.1:28180";
pub(crate) const GRPC_ADDRESS: &str = "http://127.0.0.1:28600";
const RECORDS: &str = "http://127.0.0.1:28280";

/// One broker at a time, however many tests run.
static ALONE: Mutex<()> = Mutex::const_new(());

/// A broker, stopped when it is dropped.
pub(crate) struct Broker {
    _alone: MutexGuard<'static, ()>,
}

impl Broker {
    /// Starts a broker with so many partitions, and receives its records.
    pub(crate) async fn start(partitions: usize) -> Self {
        let alone = ALONE.lock().await;
        records::listen_at(RECORDS);
        // Should a test program have been killed.
        script("stop", partitions).await;
        records::forget();
        let broker = Self { _alone: alone };
        script("start", partitions).await;
        broker
    }

    /// Ends it as a crash does.
    pub(crate) async fn kill(&self) {
        script("kill", 0).await;
    }

    /// Ends it, if it runs, starts it on its data, and waits until it is ready.
    pub(crate) async fn restart(&self) {
        script("restart", 0).await;
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        // A failure is told by the next test, which cannot start its own.
        let _ = zeebe("stop", 0).output();
    }
}

fn zeebe(command: &str, partitions: usize) -> Command {
    let mut zeebe = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/zeebe"));
    zeebe.arg(command).envs([
        ("ZEEBE_PORT_REST", "28180"),
        ("ZEEBE_PORT_MANAGEMENT", "29700"),
        ("ZEEBE_PORT_GATEWAY", "28600"),
        ("ZEEBE_JAVA_OPTS", "-Xmx512m"),
        ("ZEEBE_RECORDS_URL", RECORDS),
        ("ZEEBE_PARTITIONS", &partitions.to_string()),
    ]);
    zeebe
}

async fn script(command: &'static str, partitions: usize) {
    let run = tokio::task::spawn_blocking(move || zeebe(command, partitions).output());
    let output = run.await.expect("no panic").expect("scripts/zeebe runs");
    assert!(output.status.success(), "scripts/zeebe {command}: {}", String::from_utf8_lossy(&output.stderr));
}

pub(crate) fn cluster() -> Cluster {
    Cluster::new(Connection { address: ADDRESS.to_owned(), ..Connection::default() }).expect("a client")
}

/// Deploys a process; a broker that is just ready may refuse for a moment.
pub(crate) async fn deploy(cluster: &Cluster, bpmn: &str) {
    let mut attempts = 0;
    while let Err(error) = cluster.deploy("process.bpmn", bpmn).await {
        attempts += 1;
        assert!(attempts < 20 && error.may_pass(), "{error}\n{bpmn}");
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
}
