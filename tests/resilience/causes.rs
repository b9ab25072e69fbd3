//! Why a flow was started again: out of the emulator's ledger and the broker's records. Pure.

use opwright::emulator::{Entry, Fault, What};
use serde_json::Value;
use std::collections::BTreeMap;

/// Milliseconds since 1970, as the broker counts.
pub(crate) type Millis = i64;

/// When there was no broker.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outage {
    pub(crate) from: Millis,
    pub(crate) to: Millis,
}

/// A flow that was started although it had been before.
#[derive(Debug)]
#[allow(dead_code, reason = "shown when there is no cause")]
pub(crate) struct Repetition {
    flow: String,
    pub(crate) cause: Option<&'static str>,
    entries: Vec<Entry>,
    jobs: Vec<String>,
}

pub(crate) fn now() -> Millis {
    jiff::Timestamp::now().as_millisecond()
}

fn time(entry: &Entry) -> Millis {
    entry.time.parse::<jiff::Timestamp>().expect("a time").as_millisecond()
}

/// All flows that were started again, for each time.
pub(crate) fn of_repetitions(ledger: &[Entry], outage: Outage, jobs: &BTreeMap<String, Vec<Value>>) -> Vec<Repetition> {
    let mut runs: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
    // What has a session was carried out.
    for entry in ledger.iter().filter(|entry| entry.what == What::Run && entry.session_id.is_some()) {
        runs.entry(entry.workflow_id.as_deref().expect("a flow")).or_default().push(entry);
    }
    let mut repetitions = Vec::new();
    for (flow, runs) in runs {
        let jobs = jobs.get(flow).map(Vec::as_slice).unwrap_or_default();
        repetitions.extend(runs.windows(2).map(|pair| Repetition {
            flow: flow.to_owned(),
            cause: cause(pair[0], time(pair[1]), outage, jobs),
            entries: runs.iter().copied().cloned().collect(),
            jobs: brief(jobs),
        }));
    }
    repetitions
}

/// What happened between a run and the next.
fn cause(run: &Entry, next: Millis, outage: Outage, jobs: &[Value]) -> Option<&'static str> {
    let ran = time(run);
    let between = |intent: &'static str| {
        move |record: &&Value| {
            let at = record["timestamp"].as_i64().unwrap_or_default();
            record["intent"] == intent && (ran..=next).contains(&at)
        }
    };
    let failed = jobs.iter().find(between("FAILED"));
    let timed_out = jobs.iter().find(between("TIMED_OUT"));
    match (run.fault, failed, timed_out) {
        (Some(Fault::LostAnswer), Some(_), _) => {
            Some("the flow's answer was lost on a reset: the job failed and was tried again")
        }
        (Some(Fault::LostAnswer), None, Some(_)) => {
            Some("the flow's answer was lost on a reset, and the job's failure while the broker was away: it timed out")
        }
        (_, _, Some(timed_out)) if ran < outage.to && timed_out["timestamp"].as_i64() > Some(outage.from) => {
            Some("the job's answer was lost while the broker was away: it timed out and was taken again")
        }
        (_, _, Some(_)) => Some("the machine was slow: the job's time was over before its answer was taken"),
        _ => None,
    }
}

/// Whether the last that is known of an instance's job is a failure whose back-off has been over for a while.
pub(crate) fn is_forgotten(records: &[Value]) -> bool {
    let Some(last) = records.iter().rfind(|record| record["valueType"] == "JOB") else { return false };
    let over =
        last["timestamp"].as_i64().unwrap_or_default() + last["value"]["retryBackoff"].as_i64().unwrap_or_default();
    last["intent"] == "FAILED" && last["value"]["retryBackoff"] != 0 && over + 5000 < now()
}

/// What records tell, in a few words each.
pub(crate) fn brief(records: &[Value]) -> Vec<String> {
    let brief = |record: &Value| {
        let value = &record["value"];
        format!("{} {} {} {}", record["timestamp"], record["valueType"], record["intent"], value["errorMessage"])
    };
    records.iter().map(brief).collect()
}
