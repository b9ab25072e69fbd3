//! `opwright worker` as a process of its own, and what Linux counts for it.

use crate::Failed;
use opwright::cluster::Cluster;
use opwright::emulator::Emulator;
use opwright::http::{HttpClient, Request};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub(crate) struct Program {
    child: Child,
    address: String,
    client: HttpClient,
    begun: Instant,
}

/// How long jobs took.
#[allow(dead_code, reason = "each benchmark needs some of it")]
pub(crate) struct Spent {
    /// From the process's start to the first answer that the broker took.
    pub(crate) first: Duration,
    /// From the process's start to the last.
    pub(crate) working: Duration,
}

/// What the process used in all.
#[allow(dead_code, reason = "each benchmark needs some of it")]
pub(crate) struct Usage {
    pub(crate) cpu_seconds: f64,
    pub(crate) peak_mib: f64,
}

#[allow(dead_code, reason = "each benchmark needs some of it")]
impl Program {
    pub(crate) fn start(cluster: &Cluster, emulator: &Emulator, job_type: &str, max_jobs: u32) -> Result<Self, Failed> {
        Self::with(cluster.address(), emulator, |command| {
            command.args(["--max-jobs", &max_jobs.to_string()]).env("CONNECTOR_POWER_AUTOMATE_TYPE", job_type);
        })
    }

    /// With what is added to its command.
    pub(crate) fn with(cluster: &str, emulator: &Emulator, add: impl FnOnce(&mut Command)) -> Result<Self, Failed> {
        let begun = Instant::now();
        let mut command = Command::new(env!("CARGO_BIN_EXE_opwright"));
        command
            .args(["worker", "--listen", "127.0.0.1:0", "--log-format", "json", "--rest-address", cluster])
            // It waits for its last poll when it is told to stop.
            .args(["--poll-timeout", "PT1S"])
            .env("SECRET_POWER_AUTOMATE_CLIENT_ID", "demo-client")
            .env("SECRET_POWER_AUTOMATE_CLIENT_SECRET", "demo-secret")
            .env("SECRET_POWER_AUTOMATE_TOKEN_ENDPOINT", emulator.token_endpoint())
            .stderr(Stdio::piped());
        add(&mut command);
        let mut child = command.spawn()?;
        let mut lines = BufReader::new(child.stderr.take().ok_or("no standard error")?).lines();
        let address = loop {
            let line: serde_json::Value = serde_json::from_str(&lines.next().ok_or("it ended")??)?;
            if let Some(address) = line["address"].as_str() {
                break address.to_owned();
            }
        };
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Self { child, address, client: HttpClient::new()?, begun })
    }

    async fn get(&self, path: &str) -> Option<String> {
        let url = format!("http://{}{path}", self.address);
        let response = self.client.send(&Request { method: "GET", url, headers: Vec::new(), body: None }).await.ok()?;
        (response.status == 200).then(|| String::from_utf8_lossy(&response.body).into_owned())
    }

    pub(crate) async fn is_ready(&self) -> bool {
        self.get("/health/ready").await.is_some()
    }

    /// Waits until it has completed so many jobs. Fails if it has failed one.
    pub(crate) async fn drain(&self, count: u32) -> Result<Spent, Failed> {
        let mut first = None;
        loop {
            let metrics = self.get("/metrics").await.ok_or("no metrics")?;
            let of = |action: &str| -> u32 {
                let wanted = format!("{{action=\"{action}\"");
                let lines = metrics.lines().filter(|line| line.contains("invocations_total") && line.contains(&wanted));
                lines.filter_map(|line| line.rsplit(' ').next()?.parse::<u32>().ok()).sum()
            };
            let completed = of("completed");
            if of("failed") > 0 {
                return Err("a job failed".into());
            }
            let now = self.begun.elapsed();
            if completed > 0 {
                first.get_or_insert(now);
            }
            if completed >= count {
                return Ok(Spent { first: first.unwrap_or(now), working: now });
            }
            // So seldom that it costs little, so often that it is seen; more often until the first.
            tokio::time::sleep(Duration::from_millis(if first.is_some() { 20 } else { 2 })).await;
        }
    }

    /// How much memory is resident.
    pub(crate) fn memory_mib(&self) -> Result<f64, Failed> {
        self.status("VmRSS:")
    }

    fn status(&self, name: &str) -> Result<f64, Failed> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let value = status.lines().find_map(|line| line.strip_prefix(name)).ok_or("no such figure")?;
        Ok(value.trim().trim_end_matches(" kB").parse::<f64>()? / 1024.0)
    }

    /// Stops it.
    pub(crate) fn end(mut self) -> Result<Usage, Failed> {
        let id = self.child.id();
        let peak_mib = self.status("VmHWM:")?;
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat"))?;
        let fields: Vec<&str> = stat.rsplit(')').next().ok_or("no fields")?.split_whitespace().collect();
        let ticks = fields[11].parse::<f64>()? + fields[12].parse::<f64>()?;
        Command::new("kill").args(["-TERM", &id.to_string()]).status()?;
        let status = self.child.wait()?;
        if !status.success() {
            return Err(format!("it ended with {status}").into());
        }
        // Linux counts in hundredths of a second on every architecture that we know.
        Ok(Usage { cpu_seconds: ticks / 100.0, peak_mib })
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}
