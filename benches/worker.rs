//! The worker end to end: instances of "Trigger a flow run" (OAuth) on a real Zeebe broker, beside the broker's own ceiling.
//!
//! ```sh
//! export $(scripts/zeebe start)
//! cargo bench --bench worker
//! ```
//!
//! A turn starts so many instances, then a worker, and waits until the last is answered. The ceiling is a bare loop over the
//! same client with the same settings that completes each job with the same variables and calls nobody. Turns of the two
//! alternate. The CPU time and the memory are what Linux counts for the worker's process, from its start to its end.
//!
//! `--instances N` (2000), `--pairs N` (5), `--max-jobs N` (100, the worker's own
//! default), `--latency-ms N` (0 and 200, one after the other).

#![expect(clippy::print_stdout, reason = "it prints figures")]

#[path = "worker/bare.rs"]
mod bare;
#[path = "worker/figures.rs"]
mod figures;
#[path = "worker/load.rs"]
mod load;
#[path = "worker/program.rs"]
mod program;

use figures::Figures;
use opwright::cluster::{Cluster, Connection};
use opwright::emulator::{Emulator, Faults, What};
use program::Program;
use std::time::{Duration, Instant};

type Failed = Box<dyn std::error::Error>;

/// What a turn is.
struct Workload {
    instances: u32,
    pairs: u32,
    max_jobs: u32,
    latency_ms: u64,
}

fn main() -> Result<(), Failed> {
    let number = |name: &str, default: u32| {
        let mut arguments = std::env::args().skip_while(|argument| argument != name).skip(1);
        arguments.next().map_or(Ok(default), |text| text.parse())
    };
    let address =
        std::env::var("ZEEBE_REST_ADDRESS").map_err(|_| "this needs a Zeebe broker: export $(scripts/zeebe start)")?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let cluster = Cluster::new(Connection { address, ..Connection::default() })?;
        ready(&cluster).await?;
        let only = std::env::args().any(|argument| argument == "--latency-ms");
        let latencies = if only { vec![number("--latency-ms", 0)?] } else { vec![0, 200] };
        for latency_ms in latencies {
            let workload = Workload {
                instances: number("--instances", 2000)?,
                pairs: number("--pairs", 5)?,
                max_jobs: number("--max-jobs", 100)?,
                latency_ms: latency_ms.into(),
            };
            compare(&cluster, &workload).await?;
        }
        Ok(())
    })
}

/// From the program's start to its first answer that it is ready.
async fn ready(cluster: &Cluster) -> Result<(), Failed> {
    let emulator = load::emulator(Faults::default()).await?;
    let mut took = Figures::default();
    for _ in 0..11 {
        let begun = Instant::now();
        let program = Program::start(cluster, &emulator, "bench:none", 100)?;
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

/// The figures of all pairs of turns.
#[derive(Default)]
struct Comparison {
    ceiling: Figures,
    worker: Figures,
    share: Figures,
    steady: Figures,
    cpu: Figures,
    memory: Figures,
    first: Figures,
}

async fn compare(cluster: &Cluster, workload: &Workload) -> Result<(), Failed> {
    let &Workload { instances, pairs, max_jobs, latency_ms } = workload;
    println!("\n{instances} instances a turn, {max_jobs} jobs side by side, the target answers after {latency_ms} ms:");
    let emulator = load::emulator(Faults { latency_ms, ..Faults::default() }).await?;
    let count = f64::from(instances);
    let mut all = Comparison::default();
    // The first turn warms the broker up, and counts for nothing.
    for turn in 0..=pairs {
        let job_type = format!("bench:{}:{max_jobs}:{latency_ms}:{turn}", std::process::id());
        let own_type = format!("{job_type}:own");
        let (mut bare, mut own) = (None, None);
        for ceiling in [turn % 2 == 0, turn % 2 == 1] {
            if ceiling {
                start(cluster, &emulator, &job_type, instances).await?;
                bare = Some(bare::drain(cluster, &job_type, instances, max_jobs).await?);
            } else {
                start(cluster, &emulator, &own_type, instances).await?;
                let program = Program::start(cluster, &emulator, &own_type, max_jobs)?;
                let spent = program.drain(instances).await?;
                own = Some((spent, program.end()?));
            }
        }
        let (Some(bare), Some((spent, usage)), 1..) = (bare, own, turn) else { continue };
        println!("  ceiling {:.0}/s, worker {:.0}/s", count / bare.as_secs_f64(), count / spent.working.as_secs_f64());
        all.ceiling.add(count / bare.as_secs_f64());
        all.worker.add(count / spent.working.as_secs_f64());
        all.share.add(100.0 * bare.as_secs_f64() / spent.working.as_secs_f64());
        // What a process needs to begin with, its first token and its first call, is not the ceiling's to pay.
        let steady = (count - 1.0) / spent.working.saturating_sub(spent.first).as_secs_f64();
        all.steady.add(100.0 * steady * bare.as_secs_f64() / count);
        all.cpu.add(usage.cpu_seconds * 1000.0 / count);
        all.memory.add(usage.peak_mib);
        all.first.add(spent.first.as_secs_f64() * 1000.0);
    }
    let entries = emulator.ledger();
    let requests = |what: What| entries.iter().filter(|entry| entry.what == what).count();
    let Comparison { ceiling, worker, share, steady, cpu, memory, first } = all;
    println!("  ceiling                {ceiling} jobs a second");
    println!("  worker                 {worker} jobs a second, its start included");
    println!("  of the ceiling         {share} %");
    println!("  from its first answer  {steady} %");
    println!("  CPU                    {cpu} ms a job, its start included");
    println!("  peak resident memory   {memory} MiB");
    println!("  start to first answer  {first} ms");
    println!(
        "  requests               {} for tokens, {} for runs, by {} processes",
        requests(What::Token),
        requests(What::Run),
        pairs + 1
    );
    emulator.shutdown().await;
    Ok(())
}

/// Starts instances of the generated process with a job type of this turn's own.
async fn start(cluster: &Cluster, emulator: &Emulator, job_type: &str, instances: u32) -> Result<(), Failed> {
    let (process, variables) = (load::deploy(cluster, job_type).await?, load::variables(emulator));
    let mut started = tokio::task::JoinSet::new();
    for number in 0..instances {
        let (cluster, process, variables) = (cluster.clone(), process.clone(), variables.clone());
        started.spawn(async move { load::start(&cluster, &process, &variables).await });
        if number >= 16 {
            started.join_next().await.ok_or("no task")???;
        }
    }
    while let Some(result) = started.join_next().await {
        result??;
    }
    Ok(())
}
