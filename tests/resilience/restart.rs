//! A broker that crashes and comes back: the worker waits for it, tells it what it has done meanwhile, and takes jobs again
//! within a second.

use crate::broker;
use crate::program;
use crate::records;
use crate::site::Site;
use opwright::cluster::{Activation, Cluster};
use std::time::{Duration, Instant};

const JOB_TYPE: &str = "test:restart";
/// A second is what the worker promises once the broker answers activations; the rest is for a loaded machine.
/// `a_gateway_that_is_not_there_yet_is_waited_for` in `tests/worker` is stricter about the pauses.
const AT_ONCE: Duration = Duration::from_secs(4);

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
    let taken_up = async {
        let answered = activations_are_answered(&site.cluster).await;
        worker.logs("the cluster answers again").await;
        answered.elapsed()
    };
    let ((), took) = tokio::join!(site.broker.restart(), taken_up);
    assert!(took < AT_ONCE, "jobs are asked for {took:?} after the broker answers: {}", worker.log());
    let instance = site.start(2).await;
    records::ended(&instance).await.variables();
    records::ended(&running).await.variables();
    let runs = site.runs();
    assert_eq!(runs.values().copied().collect::<Vec<_>>(), [1, 1, 1], "no flow is started twice: {runs:?}");
    worker.terminate();
    assert_eq!(worker.ends().await.code(), Some(0), "{}", worker.log());
}

/// When activations are answered again. Those are of jobs that there are not.
async fn activations_are_answered(cluster: &Cluster) -> Instant {
    let wait = Duration::from_millis(100);
    let activation =
        Activation { job_type: "test:none", worker: "test", timeout: wait, limit: 1, variables: &[], wait };
    while cluster.activate(&activation).await.is_err() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Instant::now()
}
