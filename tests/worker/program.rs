//! `opwright worker` as a process of its own, with what it logs.

use opwright::emulator::{Emulator, Settings};
use opwright::http::{HttpClient, Request};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long the machine may be busy with something else.
const PATIENCE: Duration = Duration::from_secs(30);

/// The secrets that processes of Power Automate ask for, for an emulator with its own client.
pub(crate) fn secrets(emulator: &Emulator) -> Vec<(&'static str, String)> {
    let settings = Settings::default();
    vec![
        ("SECRET_POWER_AUTOMATE_CLIENT_ID", settings.client_id.clone()),
        ("SECRET_POWER_AUTOMATE_CLIENT_SECRET", settings.client_secret.expose_secret().to_owned()),
        ("SECRET_POWER_AUTOMATE_TOKEN_ENDPOINT", emulator.token_endpoint()),
    ]
}

/// How long every call of a flow takes.
pub(crate) async fn latency(emulator: &Emulator, milliseconds: u64) {
    faults(emulator, &json!({ "latency-ms": milliseconds })).await;
}

/// What goes wrong at an emulator from now on.
pub(crate) async fn faults(emulator: &Emulator, faults: &Value) {
    let body = faults.to_string();
    let request = Request::json("POST", format!("{}/emulator/faults", emulator.organization_uri()), Some(body));
    let response = HttpClient::new().expect("a client").send(&request).await.expect("an answer");
    assert_eq!(response.status, 200, "{response:?}");
}

/// Ends all runs at once.
pub(crate) async fn end_runs(emulator: &Emulator) {
    let request = Request::json("POST", format!("{}/emulator/runs/end", emulator.organization_uri()), None);
    let response = HttpClient::new().expect("a client").send(&request).await.expect("an answer");
    assert_eq!(response.status, 200, "{response:?}");
}

/// A running `opwright worker`; killed if a test fails.
pub(crate) struct Program {
    child: Child,
    /// Where it serves its health and metrics.
    pub(crate) address: String,
    log: Arc<Mutex<Vec<String>>>,
    _config: TempDir,
}

impl Program {
    /// Starts it for jobs of this type, with these arguments more and these variables of the environment.
    pub(crate) fn start(job_type: &str, arguments: &[&str], environment: &[(&str, String)]) -> Self {
        Self::configured(&format!("[connectors.power-automate]\njob-type = \"{job_type}\"\n"), arguments, environment)
    }

    /// Starts it with this config file.
    pub(crate) fn configured(config_file: &str, arguments: &[&str], environment: &[(&str, String)]) -> Self {
        let directory = TempDir::new().expect("a directory");
        let config = directory.path().join("worker.toml");
        std::fs::write(&config, config_file).expect("a file");
        let mut child = Command::new(env!("CARGO_BIN_EXE_opwright"))
            .args(["worker", "--listen", "127.0.0.1:0", "--log-format", "json", "--config"])
            .arg(config)
            .args(arguments)
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
        let mut log = Vec::new();
        let address = loop {
            let line = lines.next().unwrap_or_else(|| panic!("it tells no address: {log:#?}")).expect("text");
            let logged: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
            log.push(line);
            if let Some(address) = logged["address"].as_str() {
                break address.to_owned();
            }
        };
        let log = Arc::new(Mutex::new(log));
        let kept = Arc::clone(&log);
        // Whatever it logs must not block it.
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                kept.lock().expect("no panic").push(line);
            }
        });
        Self { child, address, log, _config: directory }
    }

    /// What it answers to a GET, and with which status.
    pub(crate) async fn get(&self, path: &str) -> (u16, String) {
        let url = format!("http://{}{path}", self.address);
        let request = Request { method: "GET", url, headers: Vec::new(), body: None };
        let response = HttpClient::new().expect("a client").send(&request).await.expect("an answer");
        (response.status, String::from_utf8(response.body).expect("text"))
    }

    /// How many jobs it executes.
    pub(crate) async fn running(&self) -> usize {
        let (_, metrics) = self.get("/metrics").await;
        let running = metrics.lines().find(|line| line.starts_with("camunda_connector_outbound_running{"));
        running.and_then(|line| line.rsplit(' ').next()?.parse::<usize>().ok()).unwrap_or_default()
    }

    /// Waits until it executes so many jobs.
    pub(crate) async fn executes(&self, jobs: usize) {
        let begun = Instant::now();
        loop {
            let running = self.running().await;
            if running >= jobs {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "it executes {running} jobs");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// What it has logged so far.
    pub(crate) fn log(&self) -> String {
        let log = self.log.lock().expect("no panic").clone();
        for line in &log {
            // Of two members of one name a reader would keep one.
            assert!(line.matches(",\"message\":").count() <= 1, "{line}");
        }
        log.join("\n")
    }

    /// Waits until it has logged this.
    pub(crate) async fn logs(&self, text: &str) {
        let begun = Instant::now();
        while !self.log().contains(text) {
            assert!(begun.elapsed() < PATIENCE, "it does not log {text:?}: {}", self.log());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// The most memory that it has had so far, in MiB.
    #[allow(dead_code, reason = "for tests/resilience")]
    pub(crate) fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("Linux");
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
        peak.trim().trim_end_matches(" kB").trim().parse::<u64>().expect("a number") / 1024
    }

    /// Where it takes calls from outside.
    pub(crate) async fn takes_calls(&self) -> String {
        const TOLD: &str = "calls are taken";
        self.logs(TOLD).await;
        let log = self.log();
        let line = log.lines().find(|line| line.contains(TOLD)).expect("logged");
        let line: Value = serde_json::from_str(line).expect("JSON");
        line["inbound"].as_str().expect("an address").to_owned()
    }

    /// Tells it to stop.
    pub(crate) fn terminate(&self) {
        self.signal("-TERM");
    }

    /// Sends it a signal, such as `-KILL`.
    pub(crate) fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status().expect("kill runs");
        assert!(sent.success());
    }

    /// Waits for its end.
    pub(crate) async fn ends(&mut self) -> ExitStatus {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a process") {
                return status;
            }
            assert!(begun.elapsed() < PATIENCE, "it does not end: {}", self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
