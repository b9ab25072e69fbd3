//! Whether the worker's memory stays flat: instances of "Trigger a flow run" without a pause, for minutes.
//!
//! ```sh
//! export $(scripts/zeebe start)
//! cargo bench --bench soak -- --seconds 300
//! ```
//!
//! Four starters keep the broker busy; a fifth of the target's calls fails. The resident memory of the worker's process is read
//! every five seconds. It fails if the median of the last third is more than a tenth above that of the middle third.

#![expect(clippy::print_stdout, reason = "it prints figures")]

#[path = "worker/figures.rs"]
mod figures;
#[path = "worker/load.rs"]
mod load;
#[path = "worker/program.rs"]
mod program;

use figures::Figures;
use opwright::cluster::{Cluster, Connection};
use opwright::emulator::Faults;
use program::Program;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

type Failed = Box<dyn std::error::Error>;

const STARTERS: usize = 4;
const SAMPLE: Duration = Duration::from_secs(5);

fn main() -> Result<(), Failed> {
    let seconds: u64 =
        std::env::args().skip_while(|argument| argument != "--seconds").nth(1).map_or(Ok(300), |text| text.parse())?;
    let address =
        std::env::var("ZEEBE_REST_ADDRESS").map_err(|_| "this needs a Zeebe broker: export $(scripts/zeebe start)")?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(soak(Cluster::new(Connection { address, ..Connection::default() })?, Duration::from_secs(seconds)))
}

async fn soak(cluster: Cluster, lasts: Duration) -> Result<(), Failed> {
    let faults = Faults { error_rate: 0.1, reset_rate: 0.1, latency_ms: 20, ..Faults::default() };
    let emulator = load::emulator(faults).await?;
    let job_type = format!("soak:{}", std::process::id());
    let process = load::deploy(&cluster, &job_type).await?;
    let program = Program::start(&cluster, &emulator, &job_type, 100)?;
    let (stop, started) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let variables = load::variables(&emulator);
    let starters: Vec<_> = (0..STARTERS)
        .map(|_| {
            let (cluster, process, variables) = (cluster.clone(), process.clone(), variables.clone());
            let (stop, started) = (Arc::clone(&stop), Arc::clone(&started));
            tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    load::start(&cluster, &process, &variables).await?;
                    started.fetch_add(1, Ordering::Relaxed);
                }
                Ok::<_, opwright::cluster::ClusterError>(())
            })
        })
        .collect();
    let (begun, mut samples) = (Instant::now(), Vec::new());
    while begun.elapsed() < lasts {
        tokio::time::sleep(SAMPLE).await;
        let memory = program.memory_mib()?;
        println!("{:>4} s  {:>7} started  {memory:.1} MiB", begun.elapsed().as_secs(), started.load(Ordering::Relaxed));
        samples.push(memory);
    }
    stop.store(true, Ordering::Relaxed);
    for starter in starters {
        starter.await??;
    }
    program.end()?;
    emulator.shutdown().await;
    let third = samples.len() / 3;
    let (middle, last) = (Figures::of(&samples[third..2 * third]), Figures::of(&samples[2 * third..]));
    println!("middle third {middle} MiB, last third {last} MiB");
    if last.median() > 1.1 * middle.median() {
        return Err("the memory grows".into());
    }
    Ok(())
}
