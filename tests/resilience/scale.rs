//! Three workers, three partitions, one worker killed in mid-load: the others finish what it had taken.

use crate::broker;
use crate::causes;
use crate::program;
use crate::records;
use crate::site::{self, Site};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const JOB_TYPE: &str = "test:scale";
const INSTANCES: usize = 300;
/// How many jobs a worker executes side by side.
const EACH: usize = 10;

#[tokio::test(flavor = "multi_thread")]
async fn of_three_workers_for_three_partitions_one_is_killed_and_every_instance_ends() {
    let site = Site::new(JOB_TYPE, 3).await;
    // So long that jobs are under way when the worker is killed.
    program::latency(&site.emulator, 400).await;
    let worker = |name: &str| {
        let limits = ["--name", name, "--max-jobs", "10", "--job-timeout", "PT8S"];
        site.worker(JOB_TYPE, broker::ADDRESS, &limits)
    };
    let (mut first, mut second, mut killed) = (worker("first"), worker("second"), worker("killed"));
    let (mut instances, mut killed_at) = (Vec::new(), 0);
    for number in 0..INSTANCES {
        instances.push(site.start(number).await);
        // As soon after the half as it has something to do.
        if number >= INSTANCES / 2 && killed_at == 0 && killed.running().await > 0 {
            killed_at = causes::now();
            killed.signal("-KILL");
        }
    }
    assert!(killed_at > 0, "it has had nothing to do since the half");
    assert_eq!(killed.ends().await.code(), None, "it is killed");
    let mut completed_by: BTreeMap<String, usize> = BTreeMap::new();
    let (mut timed_out, mut left_behind) = (BTreeSet::new(), BTreeSet::new());
    for (number, instance) in instances.iter().enumerate() {
        records::ended(instance).await.variables();
        for job in records::jobs(instance) {
            match job["intent"].as_str() {
                Some("COMPLETED") => *completed_by.entry(text(&job["value"]["worker"])).or_default() += 1,
                Some("TIMED_OUT") => {
                    timed_out.insert(site::flow(number));
                    // On a slow machine, others time out too.
                    if job["value"]["worker"] == "killed" && job["timestamp"].as_i64() >= Some(killed_at) {
                        left_behind.insert(instance);
                    }
                }
                _ => {}
            }
        }
    }
    let partitions: BTreeSet<u64> = instances.iter().map(|key| key.parse::<u64>().expect("a key") >> 51).collect();
    assert_eq!(partitions, BTreeSet::from([1, 2, 3]), "instances are everywhere");
    assert_eq!(completed_by.values().sum::<usize>(), INSTANCES, "each job once: {completed_by:?}");
    assert_eq!(completed_by.len(), 3, "all three have worked: {completed_by:?}");
    // As many again may have been on the way to the broker.
    assert!(
        (1..=2 * EACH).contains(&left_behind.len()),
        "what the killed one had taken is taken again: {left_behind:?}"
    );
    let again: BTreeSet<_> = site.runs().into_iter().filter_map(|(flow, runs)| (runs > 1).then_some(flow)).collect();
    assert!(again.is_subset(&timed_out), "{again:?} were started again, {timed_out:?} timed out");
    for worker in [&mut first, &mut second] {
        worker.terminate();
        assert_eq!(worker.ends().await.code(), Some(0), "{}", worker.log());
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
