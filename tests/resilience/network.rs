//! A network between worker and broker that is cut, and one that loses every byte in silence.

use crate::program;
use crate::proxy::{Network, Proxy};
use crate::records;
use crate::site::{Site, flow};
use std::time::{Duration, Instant};

const JOB_TYPE: &str = "test:network";
/// What a worker promises after a network's return is a second; the rest is for the broker and a loaded machine.
const AT_ONCE: Duration = Duration::from_millis(2500);
/// A silence is noticed when a poll is not answered: its own second, and what the worker waits for it beyond that.
const SILENCE_NOTICED: Duration = Duration::from_secs(1 + 10);
/// A poll that was under way goes on at the gateway, and would take a job that nobody receives: it has to time out then.
const POLL_OVER: Duration = Duration::from_millis(2500);

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_survives_a_network_that_is_cut_or_silent() {
    let site = Site::new(JOB_TYPE, 1).await;
    let proxy = Proxy::start("127.0.0.1:28180").await;
    let mut worker = site.worker(JOB_TYPE, &proxy.address, &["--log", "info,opwright::worker=debug"]);
    site.completes_within(0).await;

    proxy.set(Network::Cut);
    worker.logs("no jobs can be taken").await;
    tokio::time::sleep(POLL_OVER).await;
    let waiting = site.start(1).await;
    // Long enough for the worker's pauses to have grown.
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(records::jobs(&waiting).iter().all(|job| job["intent"] == "CREATED"));
    let back = Instant::now();
    proxy.set(Network::Up);
    records::ended(&waiting).await.variables();
    let took = back.elapsed();
    assert!(took < AT_ONCE, "work is taken up {took:?} after the network is back: {}", worker.log());

    // What it has done is told into the silence.
    program::latency(&site.emulator, 500).await;
    let running = site.start(2).await;
    worker.executes(1).await;
    proxy.set(Network::Silent);
    let silent = Instant::now();
    tokio::time::sleep(POLL_OVER).await;
    let waiting = site.start(3).await;
    proxy.set(Network::Up);
    records::ended(&waiting).await.variables();
    let took = silent.elapsed();
    assert!(took < SILENCE_NOTICED + AT_ONCE, "the silence is noticed after {took:?}: {}", worker.log());
    records::ended(&running).await.variables();
    let runs = site.runs();
    assert_eq!(runs.get(&flow(2)), Some(&1), "what was told into the silence is told again: {runs:?}");
    assert_eq!(runs.values().sum::<usize>(), 4, "{runs:?}");
    worker.terminate();
    assert_eq!(worker.ends().await.code(), Some(0), "{}", worker.log());
}
