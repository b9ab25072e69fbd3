//! What one dispatch costs us: CPU time of this process per call of "Get the status of a flow run",
//! one after the other over one connection, against an emulator in a process of its own.
//!
//! The CPU time is what Linux counts for this process, so other load on the machine changes it little.

use opwright::dispatch::Dispatcher;
use opwright::dispatch::secrets::Fixed;
use opwright::power_automate::PowerAutomate;
use opwright::{Registry, dispatch::DispatchError};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const CALLS: u32 = 2000;
const ROUNDS: usize = 5;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut emulator = Command::new(env!("CARGO_BIN_EXE_opwright"))
        .args([
            "emulator",
            "--port",
            "0",
            "--runs-per-minute",
            "0",
            "--max-requests",
            "0",
            "--max-execution-seconds",
            "0",
        ])
        .stdout(Stdio::piped())
        .spawn()?;
    let outcome = measure(emulator.stdout.take().map(BufReader::new));
    emulator.kill()?;
    emulator.wait()?;
    outcome
}

fn measure(announcement: Option<impl BufRead>) -> Result<(), Box<dyn std::error::Error>> {
    let mut lines = announcement.ok_or("no announcement")?.lines();
    let mut address = |label: &str| -> Result<String, Box<dyn std::error::Error>> {
        for line in lines.by_ref() {
            if let Some((_, value)) = line?.split_once(label) {
                return Ok(value.trim().to_owned());
            }
        }
        Err(format!("the emulator names no {label}").into())
    };
    let organization_uri = address("Organization URI:")?;
    let token_endpoint = address("endpoint:")?;
    let secrets = Fixed::from_variables(
        [("SECRET_ID", "demo-client"), ("SECRET_SECRET", "demo-secret"), ("SECRET_ENDPOINT", &token_endpoint)]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    let input = |own: Value| {
        let mut input = json!({
            "authentication": {
                "type": "oauth-client-credentials-flow",
                "clientId": "{{secrets.ID}}",
                "clientSecret": "{{secrets.SECRET}}",
                "oauthTokenEndpoint": "{{secrets.ENDPOINT}}",
            },
            "organizationUri": organization_uri,
        });
        if let (Some(input), Value::Object(own)) = (input.as_object_mut(), own) {
            input.extend(own);
        }
        input
    };
    let dispatcher = Dispatcher::new(Registry::new().with::<PowerAutomate>()?)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let trigger = input(json!({ "workflowId": "0a1b2c3d-1111-2222-3333-444455556666", "connectionName": "c", "runMode": "attended" }));
        let started = dispatcher.dispatch("power-automate", "trigger-flow-run", &trigger, &secrets).await?;
        let status = input(json!({ "flowSessionId": started["body"]["flowsessionId"] }));
        let mut rounds = Vec::new();
        for _ in 0..ROUNDS {
            let (cpu, wall) = (cpu_time()?, Instant::now());
            for _ in 0..CALLS {
                dispatcher.dispatch("power-automate", "get-flow-run-status", &status, &secrets).await?;
            }
            rounds.push((cpu_time()?.saturating_sub(cpu) / CALLS, wall.elapsed() / CALLS));
        }
        rounds.sort();
        let (cpu, wall) = rounds[ROUNDS / 2];
        report(&format!("{CALLS} dispatches, {ROUNDS} rounds, per dispatch:"));
        report(&format!("  CPU of this process  median {cpu:?}, from {:?} to {:?}", rounds[0].0, rounds[ROUNDS - 1].0));
        report(&format!("  elapsed              median {wall:?}"));
        Ok::<(), Box<dyn std::error::Error>>(())
    })
    .map_err(|error| error.downcast::<DispatchError>().map_or_else(|error| error, |error| error.to_string().into()))
}

#[expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
fn report(line: &str) {
    println!("{line}");
}

/// User and system time of this process, from `/proc`, in ticks of 10 ms.
fn cpu_time() -> Result<Duration, Box<dyn std::error::Error>> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks: u64 = fields[11].parse::<u64>()? + fields[12].parse::<u64>()?;
    Ok(Duration::from_millis(ticks * 10))
}
