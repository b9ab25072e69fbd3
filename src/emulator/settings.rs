//! What the emulator can be told at its start. Knows clap and nothing of HTTP.

use super::faults::Faults;
use clap::{Args, ValueEnum};
use secrecy::SecretString;
use std::time::Duration;
use uuid::Uuid;

/// The longest time that a run may be told to wait or to run: Microsoft's longest timeout.
const LONGEST_SECONDS: f64 = 86_400.0;

/// What the emulator can be told at its start.
#[derive(Debug, Clone, Args)]
pub struct Settings {
    /// Port on 127.0.0.1; no other address is ever listened on. 0 takes any free port.
    #[arg(long, value_name = "PORT", default_value_t = 8137)]
    pub port: u16,

    /// How long a run stays in Waiting before it is Running, in seconds; decimals are allowed.
    #[arg(long, value_name = "SECONDS", default_value_t = 1.0, value_parser = seconds)]
    pub waiting_seconds: f64,

    /// How long a run stays in Running before it ends, in seconds. A run whose own timeout is
    /// shorter is timed out instead.
    #[arg(long, value_name = "SECONDS", default_value_t = 3.0, value_parser = seconds)]
    pub running_seconds: f64,

    /// Client ID that the token endpoint accepts.
    #[arg(long, value_name = "ID", default_value = DEFAULT_CLIENT_ID)]
    pub client_id: String,

    /// Client secret that the token endpoint accepts. Do not use one of a real tenant.
    #[arg(long, value_name = "SECRET", default_value = DEFAULT_CLIENT_SECRET)]
    pub client_secret: SecretString,

    /// How long an access token is valid, in seconds. Choose a small number to watch how a client
    /// renews its token.
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    pub token_lifetime_seconds: u32,

    /// A token that is always valid, for clients that authenticate with a bearer token instead of
    /// OAuth 2.0. Without this there is none.
    #[arg(long, value_name = "TOKEN")]
    pub bearer_token: Option<SecretString>,

    /// A flow whose runs end in Failed; repeat it for more. A single run also fails when its inputs
    /// hold "emulatorResult": "fail".
    #[arg(long = "failing-flow", value_name = "WORKFLOW_ID")]
    pub failing_flows: Vec<Uuid>,

    /// A flow that does not exist: running it answers 404; repeat it for more. Every other GUID
    /// counts as a flow.
    #[arg(long = "missing-flow", value_name = "WORKFLOW_ID")]
    pub missing_flows: Vec<Uuid>,

    /// Pause between the attempts to deliver a callback, in milliseconds. Microsoft pauses a second.
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(0..=600_000))]
    pub callback_retry_ms: u32,

    /// Makes the random faults the same at every start.
    #[arg(long, value_name = "NUMBER")]
    pub seed: Option<u64>,

    /// How many runs are remembered; beyond that the oldest is forgotten and answers 404.
    #[arg(long, value_name = "COUNT", default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1..))]
    pub max_sessions: u32,

    /// How many MiB the inputs of the remembered runs may take together; beyond that the oldest run
    /// is forgotten.
    #[arg(long, value_name = "MIB", default_value_t = 256, value_parser = clap::value_parser!(u32).range(4..))]
    pub max_inputs_mib: u32,

    /// How many entries the ledger keeps; beyond that the oldest is dropped.
    #[arg(long, value_name = "COUNT", default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1..))]
    pub max_ledger_entries: u32,

    /// The limits that Microsoft documents.
    #[command(flatten)]
    pub limits: Limits,

    /// What goes wrong on purpose.
    #[command(flatten)]
    pub faults: Faults,
}

/// The limits that Microsoft documents. 0 switches a limit off.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[command(next_help_heading = "Limits")]
pub struct Limits {
    /// Runs that one connection may start within a minute; 0 for no limit.
    #[arg(long, value_name = "COUNT", default_value_t = 70)]
    pub runs_per_minute: u32,

    /// What becomes of a run beyond the runs per minute.
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = ExcessRuns::Fail)]
    pub excess_runs: ExcessRuns,

    /// Service protection: requests of one client within 300 seconds, beyond which they are
    /// answered 429 with Retry-After; 0 for no limit.
    #[arg(long, value_name = "COUNT", default_value_t = 6000)]
    pub max_requests: u32,

    /// Service protection: requests of one client at the same time; 0 for no limit.
    #[arg(long, value_name = "COUNT", default_value_t = 52)]
    pub max_concurrent: u32,

    /// Service protection: seconds that the requests of one client may take together within 300
    /// seconds; injected latency counts; 0 for no limit.
    #[arg(long, value_name = "SECONDS", default_value_t = 1200)]
    pub max_execution_seconds: u32,
}

impl Limits {
    /// All of them switched off.
    pub const NONE: Self = Self {
        runs_per_minute: 0,
        excess_runs: ExcessRuns::Fail,
        max_requests: 0,
        max_concurrent: 0,
        max_execution_seconds: 0,
    };
}

/// What becomes of a run beyond the runs per minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExcessRuns {
    /// The run is accepted and ends at once in Failed, with error code `DesktopFlowsActionThrottled`.
    Fail,
    /// The request is answered 429 with Retry-After, and nothing runs.
    Refuse,
}

const DEFAULT_CLIENT_ID: &str = "demo-client";
/// Known to everybody, and so no secret.
pub(super) const DEFAULT_CLIENT_SECRET: &str = "demo-secret";

impl Default for Settings {
    fn default() -> Self {
        Self {
            port: 8137,
            waiting_seconds: 1.0,
            running_seconds: 3.0,
            client_id: DEFAULT_CLIENT_ID.to_owned(),
            client_secret: SecretString::from(DEFAULT_CLIENT_SECRET),
            token_lifetime_seconds: 3600,
            bearer_token: None,
            failing_flows: Vec::new(),
            missing_flows: Vec::new(),
            callback_retry_ms: 1000,
            seed: None,
            max_sessions: 100_000,
            max_inputs_mib: 256,
            max_ledger_entries: 100_000,
            limits: Limits::default(),
            faults: Faults::default(),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            runs_per_minute: 70,
            excess_runs: ExcessRuns::Fail,
            max_requests: 6000,
            max_concurrent: 52,
            max_execution_seconds: 1200,
        }
    }
}

impl Settings {
    /// How long a run waits.
    pub(super) fn waiting(&self) -> Duration {
        duration(self.waiting_seconds)
    }

    /// How long a run runs.
    pub(super) fn running(&self) -> Duration {
        duration(self.running_seconds)
    }
}

/// Code may set any number; what makes no sense counts as the nearest that does.
fn duration(seconds: f64) -> Duration {
    let seconds = if seconds.is_nan() { 0.0 } else { seconds.clamp(0.0, LONGEST_SECONDS) };
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if (0.0..=LONGEST_SECONDS).contains(&seconds) => Ok(seconds),
        _ => Err(format!("must be a number of seconds from 0 to {LONGEST_SECONDS}, such as 0.5")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use secrecy::ExposeSecret;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        settings: Settings,
    }

    fn parse(arguments: &[&str]) -> Result<Settings, clap::Error> {
        Line::try_parse_from([&["emulator"], arguments].concat()).map(|line| line.settings)
    }

    #[test]
    fn defaults_are_those_of_the_command_line() {
        let parsed = parse(&[]).expect("no flag is required");
        let default = Settings::default();
        assert_eq!(format!("{parsed:?}"), format!("{default:?}"));
        assert_eq!(parsed.client_secret.expose_secret(), default.client_secret.expose_secret());
    }

    #[test]
    fn debug_shows_no_secret() {
        let settings = parse(&["--client-secret", "s3cr3t", "--bearer-token", "t0k3n"]).expect("valid flags");
        let shown = format!("{settings:?}");
        assert!(!shown.contains("s3cr3t") && !shown.contains("t0k3n"), "{shown}");
    }

    #[test]
    fn numbers_outside_their_range_are_refused() {
        for arguments in [
            ["--waiting-seconds", "-1"],
            ["--running-seconds", "NaN"],
            ["--error-rate", "1.5"],
            ["--error-status", "200"],
            ["--max-sessions", "0"],
            ["--missing-flow", "no-guid"],
        ] {
            let joined = format!("{}={}", arguments[0], arguments[1]);
            assert!(parse(&[&joined]).is_err(), "{joined}");
        }
    }

    #[test]
    fn senseless_durations_count_as_the_nearest_sensible() {
        assert_eq!(duration(f64::NAN), Duration::ZERO);
        assert_eq!(duration(-1.0), Duration::ZERO);
        assert_eq!(duration(f64::INFINITY), Duration::from_secs(86_400));
        assert_eq!(duration(0.25), Duration::from_millis(250));
    }
}
