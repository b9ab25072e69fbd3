//! What has to do with time: how long a job is the worker's, and when it is tried again.

use crate::broker::{Process, World};
use crate::records;
use opwright::emulator::{Faults, Settings as EmulatorSettings};
use serde_json::json;
use std::time::Duration;

fn intents(instance: &str) -> Vec<String> {
    let jobs = records::jobs(instance).into_iter();
    jobs.map(|record| record["intent"].as_str().expect("text").to_owned()).collect()
}

#[tokio::test]
async fn a_job_that_takes_longer_than_its_time_is_taken_again_and_completes_once() {
    let world = World::with("slow", |settings| settings.job_timeout = Duration::from_millis(200)).await;
    let process = Process::ending("slow", "4000 ms").header("resultVariable", "answer");
    let instance = world.start(&process, &json!({})).await;
    assert_eq!(records::ended(&instance).await.variables()["answer"], json!("4000 ms"));
    let intents = intents(&instance);
    assert!(intents.contains(&"TIMED_OUT".to_owned()), "{intents:?}");
    assert_eq!(intents.iter().filter(|intent| *intent == "COMPLETED").count(), 1);
    world.end().await;
}

#[tokio::test]
async fn a_task_gives_its_job_more_time() {
    let world = World::with("patient", |settings| settings.job_timeout = Duration::from_millis(200)).await;
    let process = Process::ending("patient", "4000 ms").header("resultVariable", "answer").header("jobTimeout", "PT1M");
    let instance = world.start(&process, &json!({})).await;
    assert_eq!(records::ended(&instance).await.variables()["answer"], json!("4000 ms"));
    let intents = intents(&instance);
    assert_eq!(intents, ["CREATED", "UPDATED", "COMPLETED"]);
    world.end().await;
}

#[tokio::test]
async fn a_target_that_asks_to_be_spared_is() {
    let faults = Faults { throttle_rate: 1.0, throttle_seconds: 70, ..Faults::default() };
    let world = World::beside("spared", EmulatorSettings { faults, ..EmulatorSettings::default() }, |_| {}).await;
    let process = Process::new("spared", "trigger-flow-run").header("retryBackoff", "PT1S");
    let instance = world.start(&process, &world.variables()).await;
    let failure = &records::failed(&instance, 1).await[0];
    assert_eq!((&failure["retries"], &failure["retryBackoff"]), (&json!(2), &json!(70_000)), "{failure}");
    assert_eq!(failure["errorMessage"], json!("Too Many Requests (code 429)"));
    let ledger = world.emulator.ledger();
    let refused = ledger.iter().filter(|entry| entry.status == Some(429)).count();
    assert_eq!(refused, 1, "it is not asked a second time: {ledger:?}");
    world.end().await;
}
