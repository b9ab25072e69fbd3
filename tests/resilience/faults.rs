//! The fault run: thousands of instances while the target answers with errors, resets, delays and 429, and the broker is
//! restarted once. At the end every instance has completed or stands at an incident that says why, and for every flow that
//! was started twice there is a cause, found in the emulator's ledger and the broker's records.

use crate::bpmn::Process;
use crate::broker::{self, Broker};
use crate::causes::{self, Outage};
use crate::program::{self, Program};
use crate::records::{self, Ended};
use opwright::cluster::{Activation, Cluster};
use opwright::emulator::{Emulator, Entry, Faults, Limits, Settings};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const INSTANCES: usize = 2000;
const STARTERS: usize = 8;
/// How many are started before the broker is restarted.
const BEFORE: usize = 900;
const JOB_TYPE: &str = "test:fault-run";
const PROCESS: &str = "fault-run";
/// Nothing that waits only for time waits longer: a job's timeout, and some slack for a loaded machine.
const STANDSTILL: Duration = Duration::from_secs(40);

#[tokio::test(flavor = "multi_thread")]
async fn every_instance_ends_though_a_fifth_of_the_calls_fails_and_the_broker_is_restarted() {
    let broker = Broker::start(1).await;
    let cluster = broker::cluster();
    let emulator = Emulator::start(settings()).await.expect("an emulator");
    let process = Process::new(PROCESS, "trigger-flow-run").header("resultVariable", "answer");
    broker::deploy(&cluster, &process.bpmn(JOB_TYPE)).await;
    let arguments = ["--rest-address", broker::ADDRESS, "--poll-timeout", "PT2S", "--job-timeout", "PT20S"];
    let mut worker = Program::start(JOB_TYPE, &arguments, &program::secrets(&emulator));

    let begun = Instant::now();
    let load = Arc::new(Load { started: AtomicUsize::new(0), asked: AtomicUsize::new(0) });
    let starting: Vec<_> = (0..STARTERS)
        .map(|_| tokio::spawn(start(Arc::clone(&load), cluster.clone(), emulator.organization_uri().to_owned())))
        .collect();
    while load.started.load(Ordering::Relaxed) < BEFORE {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let stopped = causes::now();
    broker.restart().await;
    let outage = Outage { from: stopped, to: causes::now() };
    let mut told = BTreeSet::new();
    for starting in starting {
        told.extend(starting.await.expect("no panic"));
    }
    let help = all_end(&broker, &cluster, &told).await;
    let took = begun.elapsed();
    worker.terminate();
    assert_eq!(worker.ends().await.code(), Some(0), "{}", worker.log());

    let ledger = emulator.ledger();
    let (ends, handed_back) = ends();
    let told_lost: Vec<_> = told.iter().filter(|instance| !ends.contains_key(*instance)).collect();
    assert!(told_lost.is_empty(), "lost: {told_lost:?}");
    let twice = causes::of_repetitions(&ledger, outage, &by_flow());
    let report = report(&ends, &ledger, &twice, took, told.len(), outage, handed_back, &help);
    // Shown whether the test fails or not: it is what the run is for.
    std::io::stderr().write_all(report.as_bytes()).expect("standard error");
    check(&ends, &ledger, &twice);
    emulator.shutdown().await;
}

/// A fifth of the calls fails or is late. No limit of Dataverse's: what fails is to fail on purpose.
fn settings() -> Settings {
    let faults = Faults {
        latency_ms: 100,
        error_rate: 0.06,
        throttle_rate: 0.05,
        throttle_seconds: 1,
        reset_rate: 0.03,
        lost_answer_rate: 0.03,
        delay_rate: 0.055,
        delay_ms: 1500,
        ..Faults::default()
    };
    Settings {
        port: 0,
        seed: Some(20),
        waiting_seconds: 0.0,
        running_seconds: 0.0,
        limits: Limits::NONE,
        faults,
        ..Settings::default()
    }
}

struct Load {
    /// Instances whose start the cluster has told.
    started: AtomicUsize,
    asked: AtomicUsize,
}

/// Starts one starter's share of the instances, each with a flow of its own, by which the ledger tells them apart. A start
/// without an answer may have happened: such an instance is one more.
async fn start(load: Arc<Load>, cluster: Cluster, organization: String) -> Vec<String> {
    let mut instances = Vec::new();
    while instances.len() < INSTANCES / STARTERS {
        let number = load.asked.fetch_add(1, Ordering::Relaxed);
        let variables = json!({
            "organizationUri": organization,
            "workflowId": format!("00000000-0000-4000-8000-{number:012}"),
            "connectionName": "shared-uiflow",
        });
        match cluster.start_instance(PROCESS, &variables).await {
            Ok(instance) => {
                load.started.fetch_add(1, Ordering::Relaxed);
                instances.push(instance);
            }
            Err(error) => {
                assert!(error.may_pass(), "{error}");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
    instances
}

/// What was done so that forgotten jobs were taken: 8.6.0 forgets some that wait for their back-off (camunda/camunda#16884).
#[derive(Default)]
struct Help {
    woken: usize,
    restarts: usize,
    forgotten: usize,
}

/// Waits until all instances have ended, those that were told and those whose start got no answer.
async fn all_end(broker: &Broker, cluster: &Cluster, told: &BTreeSet<String>) -> Help {
    let (mut help, mut ended, mut progress) = (Help::default(), 0, Instant::now());
    loop {
        let (ends, _) = ends();
        let open: Vec<_> = ends.iter().filter(|(_, end)| end.is_none()).map(|(instance, _)| instance).collect();
        if open.is_empty() && told.iter().all(|instance| ends.contains_key(instance)) {
            return help;
        }
        if ends.len() - open.len() > ended {
            (ended, progress) = (ends.len() - open.len(), Instant::now());
        }
        let forgotten = open.iter().filter(|instance| causes::is_forgotten(&records::of_instance(instance))).count();
        if forgotten == open.len() && help.woken < 3 {
            wake(cluster).await;
            help.woken += 1;
            help.forgotten += forgotten;
        } else if progress.elapsed() > STANDSTILL && help.restarts == 0 {
            help.restarts = 1;
            broker.restart().await;
            progress = Instant::now();
        }
        let states = || open.iter().map(|instance| causes::brief(&records::of_instance(instance))).collect::<Vec<_>>();
        assert!(progress.elapsed() < STANDSTILL + Duration::from_secs(20), "{} are stuck: {:#?}", open.len(), states());
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// Fails a job of another process with a back-off, so that the broker looks at all whose back-off is over.
async fn wake(cluster: &Cluster) {
    let process = Process::new("wake", "trigger-flow-run").without("organizationUri").input("workflowId", "none");
    broker::deploy(cluster, &process.input("connectionName", "none").bpmn("test:wake")).await;
    cluster.start_instance("wake", &json!({})).await.expect("it starts");
    let activation = Activation {
        job_type: "test:wake",
        worker: "wake",
        timeout: Duration::from_secs(5),
        limit: 1,
        variables: &[],
        wait: Duration::from_secs(5),
    };
    for job in cluster.activate(&activation).await.expect("a job") {
        let backoff = Some(Duration::from_millis(100));
        cluster.fail(&job.key, 1, "to wake the others", backoff, &Map::new()).await.expect("it fails");
    }
}

/// How the instances have ended that the broker tells of, and how often the gateway has handed a job back.
fn ends() -> (BTreeMap<String, Option<Ended>>, usize) {
    let (mut ends, mut handed_back) = (BTreeMap::new(), 0);
    records::each_instance(PROCESS, |instance, records| {
        ends.insert(instance.to_owned(), records::end_of(instance, records));
        handed_back += records.iter().filter(|record| records::handed_back(record)).count();
    });
    (ends, handed_back)
}

/// The records of the jobs, by the flow that they start.
fn by_flow() -> BTreeMap<String, Vec<Value>> {
    let mut flows = BTreeMap::new();
    records::each_instance(PROCESS, |_, records| {
        let named = |record: &&Value| record["valueType"] == "VARIABLE" && record["value"]["name"] == "workflowId";
        let flow =
            records.iter().find(named).and_then(|record| serde_json::from_str(record["value"]["value"].as_str()?).ok());
        let jobs = records.iter().filter(|record| record["valueType"] == "JOB").cloned().collect();
        flows.insert(flow.unwrap_or_default(), jobs);
    });
    flows
}

#[allow(clippy::too_many_arguments, reason = "all that a report tells")]
fn report(
    ends: &BTreeMap<String, Option<Ended>>,
    ledger: &[Entry],
    twice: &[causes::Repetition],
    took: Duration,
    told: usize,
    outage: Outage,
    handed_back: usize,
    help: &Help,
) -> String {
    let mut report = String::new();
    let mut line = |text: String| writeln!(report, "fault run: {text}").expect("a text");
    let completed = ends.values().filter(|end| matches!(end, Some(Ended::Completed(_)))).count();
    line(format!("{} instances ended within {} s", ends.len(), took.as_secs()));
    line(format!("{told} starts were answered, {} were not and happened", ends.len() - told));
    line(format!("the broker was away for {} ms", outage.to - outage.from));
    line(format!("{completed} completed, {} stand at an incident:", ends.len() - completed));
    for (message, count) in count(ends.values().flatten().filter_map(incident)) {
        line(format!("  {count} × {message}"));
    }
    let fault = |entry: &Entry| entry.fault.map_or("none".to_owned(), |fault| format!("{fault:?}"));
    line(format!("{} calls, by fault:", ledger.len()));
    for (fault, count) in count(ledger.iter().map(fault)) {
        line(format!("  {count} × {fault}"));
    }
    line(format!("{} flows were started again:", twice.len()));
    let cause = |repetition: &causes::Repetition| repetition.cause.unwrap_or("NO CAUSE FOUND").to_owned();
    for (cause, count) in count(twice.iter().map(cause)) {
        line(format!("  {count} × {cause}"));
    }
    line(format!("the gateway handed {handed_back} jobs back that it could not deliver"));
    let Help { woken, restarts, forgotten } = help;
    line(format!(
        "the broker had forgotten the back-off of {forgotten} jobs: woken {woken} times, restarted {restarts} times"
    ));
    report
}

fn incident(end: &Ended) -> Option<String> {
    let Ended::Incident { message, .. } = end else { return None };
    Some(message.clone())
}

fn count(texts: impl Iterator<Item = String>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for text in texts {
        *counts.entry(text).or_default() += 1;
    }
    counts
}

fn check(ends: &BTreeMap<String, Option<Ended>>, ledger: &[Entry], twice: &[causes::Repetition]) {
    assert!(ends.len() >= INSTANCES);
    assert!(ends.values().all(Option::is_some));
    let struck = ledger.iter().filter(|entry| entry.fault.is_some()).count();
    let share = struck * 100 / ledger.len();
    assert!((17..=24).contains(&share), "{share} % of the calls were struck");
    for message in ends.values().flatten().filter_map(incident) {
        let says_why =
            ["Service Unavailable (code 503)", "Too Many Requests (code 429)", "no response from 127.0.0.1:"];
        assert!(says_why.iter().any(|why| message.starts_with(why)), "{message}");
    }
    let unknown: Vec<_> = twice.iter().filter(|repetition| repetition.cause.is_none()).collect();
    assert!(unknown.is_empty(), "started again without a cause: {unknown:#?}");
    assert!(twice.len() < INSTANCES / 10, "{} flows were started again", twice.len());
}
