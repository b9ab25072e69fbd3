//! The worker end to end: instances of "Trigger a flow run" (OAuth) on a real Zeebe broker, beside the broker's own ceiling.
//!
//! ```sh
//! export "$(scripts/zeebe start)"
//! cargo bench --bench worker
//! ```
//!
//! A turn starts so many instances, then a worker, and waits until the last is answered. The ceiling is a bare loop over the
//! same client with the same settings that completes each job with the same variables and calls nobody. Turns of the two
//! alternate. The CPU time and the memory are what Linux counts for the worker's process, from its start to its end.
//!
//! `--instances N` (1000), `--pairs N` (5).

#[path = "worker/bare.rs"]
mod bare;
#[path = "worker/figures.rs"]
mod figures;
#[path = "worker/program.rs"]
mod program;

use figures::Figures;
use opwright::cluster::{Cluster, Connection};
use opwright::emulator::{Emulator, Faults, Limits, Settings};
use program::Program;
use serde_json::json;
use std::time::{Duration, Instant};

type Failed = Box<dyn std::error::Error>;

/// How many jobs are worked on side by side: the worker's own default.
const MAX_JOBS: usize = 100;

/// One turn's process.
const PROCESS: &str = include_str!("../generated/bpmn/power-automate-trigger-flow-run.bpmn");

fn main() -> Result<(), Failed> {
    let number = |name: &str, default: usize| {
        let mut arguments = std::env::args().skip_while(|argument| argument != name).skip(1);
        arguments.next().map_or(Ok(default), |text| text.parse())
    };
    let (instances, pairs) = (number("--instances", 1000)?, number("--pairs", 5)?);
    let address = std::env::var("ZEEBE_REST_ADDRESS")
        .map_err(|_| "this needs a Zeebe broker: export \"$(scripts/zeebe start)\"")?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let cluster = Cluster::new(Connection { address, ..Connection::default() })?;
        ready(&cluster).await?;
        for latency_ms in [0, 200] {
            println!("\n{instances} instances a turn, the target answers after {latency_ms} ms:");
            compare(&cluster, instances, pairs, latency_ms).await?;
        }
        Ok(())
    })
}

/// From the program's start to its first answer that it is ready.
async fn ready(cluster: &Cluster) -> Result<(), Failed> {
    let emulator = emulator(0).await?;
    let mut took = Figures::default();
    for _ in 0..11 {
        let begun = Instant::now();
        let program = Program::start(cluster, &emulator, "bench:none")?;
        while !program.is_ready().await {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        took.add(begun.elapsed().as_secs_f64() * 1000.0);
        program.end()?;
    }
    println!("from the process's start to ready: {took} ms");
    emulator.shutdown().await;
    Ok(())
}

async fn compare(cluster: &Cluster, instances: usize, pairs: usize, latency_ms: u64) -> Result<(), Failed> {
    let emulator = emulator(latency_ms).await?;
    let (mut ceiling, mut rate, mut share) = (Figures::default(), Figures::default(), Figures::default());
    let (mut cpu, mut memory, mut first) = (Figures::default(), Figures::default(), Figures::default());
    for turn in 0..pairs {
        let job_type = format!("bench:{}:{latency_ms}:{turn}", std::process::id());
        start(cluster, &emulator, &job_type, instances).await?;
        let bare = bare::drain(cluster, &job_type, instances).await?;
        let begun = Instant::now();
        let own_type = format!("{job_type}:own");
        start(cluster, &emulator, &own_type, instances).await?;
        let program = Program::start(cluster, &emulator, &own_type)?;
        let spent = program.drain(instances).await?;
        let usage = program.end()?;
        let count = instances as f64;
        println!(
            "  ceiling {:.0}/s, worker {:.0}/s; the pair took {:.0} s",
            count / bare.as_secs_f64(),
            count / spent.working.as_secs_f64(),
            begun.elapsed().as_secs_f64() + bare.as_secs_f64()
        );
        ceiling.add(count / bare.as_secs_f64());
        rate.add(count / spent.working.as_secs_f64());
        share.add(100.0 * bare.as_secs_f64() / spent.working.as_secs_f64());
        cpu.add(usage.cpu_seconds * 1000.0 / count);
        memory.add(usage.peak_mib);
        first.add(spent.first.as_secs_f64() * 1000.0);
    }
    let entries = emulator.ledger();
    let tokens = entries.iter().filter(|entry| entry.what == opwright::emulator::What::Token).count();
    let runs = entries.iter().filter(|entry| entry.what == opwright::emulator::What::Run).count();
    println!("  ceiling                {ceiling} jobs a second");
    println!("  worker                 {rate} jobs a second");
    println!("  of the ceiling         {share} %");
    println!("  CPU                    {cpu} ms a job");
    println!("  peak resident memory   {memory} MiB");
    println!("  start to first job     {first} ms");
    println!("  requests               {tokens} for tokens, {runs} for runs, by {pairs} processes");
    emulator.shutdown().await;
    Ok(())
}

/// An emulator without limits.
async fn emulator(latency_ms: u64) -> Result<Emulator, Failed> {
    let limits = Limits {
        runs_per_minute: 0,
        max_requests: 0,
        max_concurrent: 0,
        max_execution_seconds: 0,
        ..Settings::default().limits
    };
    let faults = Faults { latency_ms, ..Faults::default() };
    Ok(Emulator::start(Settings { port: 0, limits, faults, ..Settings::default() }).await?)
}

/// Starts instances of the generated process with a job type of this turn's own.
async fn start(cluster: &Cluster, emulator: &Emulator, job_type: &str, instances: usize) -> Result<(), Failed> {
    let id = job_type.replace(':', "-");
    let bpmn = PROCESS
        .replace("io.opwright:power-automate:1", job_type)
        .replace("\"power-automate-trigger-flow-run\"", &format!("\"{id}\""));
    cluster.deploy("bench.bpmn", &bpmn).await?;
    let variables = json!({
        "organizationUri": emulator.organization_uri(),
        "workflowId": "0a1b2c3d-1111-2222-3333-444455556666",
        "connectionName": "shared-uiflow",
    });
    let begun = Instant::now();
    let mut started = tokio::task::JoinSet::new();
    for number in 0..instances {
        let (cluster, id, variables) = (cluster.clone(), id.clone(), variables.clone());
        started.spawn(async move {
            while let Err(error) = cluster.start_instance(&id, &variables).await {
                if !error.may_pass() {
                    return Err(error);
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Ok(())
        });
        if number >= 16 {
            started.join_next().await.ok_or("no task")???;
        }
    }
    while let Some(result) = started.join_next().await {
        result??;
    }
    eprintln!("  started after {:.1} s", begun.elapsed().as_secs_f64());
    Ok(())
}
