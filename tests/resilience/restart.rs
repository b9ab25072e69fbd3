//! A broker that crashes and comes back: the worker waits for it, tells it what it has done meanwhile, and takes jobs again
//! within a second.

use crate::broker;
use crate::program;
use crate::records;
use crate::site::Site;
use std::time::{Duration, Instant};

const JOB_TYPE: &str = "test:restart";
/// A second is what the worker promises from the broker's being ready; an instance's way to a job and its records' way here
/// are the broker's, and as slow as a loaded machine is. A pause for a busy cluster would be five seconds.
const AT_ONCE: Duration = Duration::from_millis(2500);

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_takes_up_work_by_itself_when_its_broker_has_crashed_and_is_back() {
    let site = Site::new(JOB_TYPE, 1).await;
    let mut worker = site.worker(JOB_TYPE, broker::ADDRESS, &["--log", "info,opwright::worker=debug"]);
    site.completes_within(0).await;

    // Its flow is started, and answered when there is nobody whom it could be told.
    program::latency(&site.emulator, 1500).await;
    let running = site.start(1).await;
    worker.executes(1).await;
    site.broker.kill().await;
    worker.logs("no jobs can be taken").await;
    worker.logs("answering the job is tried again").await;
    program::latency(&site.emulator, 0).await;
    site.broker.restart().await;

    let ready = Instant::now();
    let instance = site.start(2).await;
    records::ended(&instance).await.variables();
    let took = ready.elapsed();
    assert!(took < AT_ONCE, "work is taken up {took:?} after the broker is ready: {}", worker.log());

    records::ended(&running).await.variables();
    let runs = site.runs();
    assert_eq!(runs.values().copied().collect::<Vec<_>>(), [1, 1, 1], "no flow is started twice: {runs:?}");
    worker.terminate();
    assert_eq!(worker.ends().await.code(), Some(0), "{}", worker.log());
}
