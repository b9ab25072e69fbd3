//! One run of a flow as a function of time. Pure: the time comes in as an argument, and every time
//! is a duration since the emulator's start.

use opwright::power_automate::{FlowRunStatus, RunMode};
use serde_json::{Map, Value};
use std::time::Duration;
use uuid::Uuid;

/// Member of a run's inputs that decides how the run ends.
const RESULT_MEMBER: &str = "emulatorResult";
/// Member of a run's inputs that holds its outputs.
const OUTPUTS_MEMBER: &str = "emulatorOutputs";
/// Output that every run has unless its inputs say otherwise.
const CONSTANT_OUTPUT: (&str, &str) = ("emulatedBy", "opwright");

/// Why a run failed, as the columns `errorcode` and `errormessage` of its row say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RunError {
    /// Microsoft's name of the error.
    pub(super) code: &'static str,
    /// The same in words.
    pub(super) message: String,
}

/// How a run ends unless it is cancelled or takes too long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ending {
    /// In Succeeded.
    Succeeds,
    /// In Failed.
    Fails(RunError),
}

/// One run of a flow.
#[derive(Debug, Clone)]
pub(super) struct Session {
    /// The flow session's ID.
    pub(super) id: Uuid,
    /// The flow.
    pub(super) workflow: Uuid,
    /// Who is at the machine.
    pub(super) run_mode: RunMode,
    /// The inputs as they were sent: a JSON object as text.
    pub(super) inputs: String,
    /// When it was asked for.
    pub(super) asked_at: Duration,
    /// How long it waits.
    pub(super) waiting: Duration,
    /// How long it runs.
    pub(super) running: Duration,
    /// How long it may run.
    pub(super) timeout: Duration,
    /// How it ends.
    pub(super) ending: Ending,
    /// When it was cancelled.
    pub(super) cancelled_at: Option<Duration>,
}

impl Session {
    fn starts_at(&self) -> Duration {
        self.asked_at + self.waiting
    }

    /// When it ends, as far as is known now.
    pub(super) fn ends_at(&self) -> Duration {
        self.cancelled_at.unwrap_or_else(|| self.starts_at() + self.running.min(self.timeout))
    }

    /// How far it is.
    pub(super) fn status(&self, now: Duration) -> FlowRunStatus {
        if now >= self.ends_at() {
            if self.cancelled_at.is_some() {
                FlowRunStatus::Cancelled
            } else if self.running > self.timeout {
                FlowRunStatus::TimedOut
            } else if self.ending == Ending::Succeeds {
                FlowRunStatus::Succeeded
            } else {
                FlowRunStatus::Failed
            }
        } else if now < self.starts_at() {
            FlowRunStatus::Waiting
        } else {
            FlowRunStatus::Running
        }
    }

    /// When it left Waiting; `None` if it has not, or was cancelled before.
    pub(super) fn started_at(&self, now: Duration) -> Option<Duration> {
        let start = self.starts_at();
        (now >= start && self.cancelled_at.is_none_or(|cancelled| cancelled >= start)).then_some(start)
    }

    /// When it ended; `None` if it has not.
    pub(super) fn completed_at(&self, now: Duration) -> Option<Duration> {
        self.status(now).finished().then(|| self.ends_at())
    }

    /// Cancels it. A run that is over stays as it is.
    pub(super) fn cancel(&mut self, now: Duration) {
        if !self.status(now).finished() {
            self.cancelled_at = Some(now);
        }
    }

    /// Ends it as it would have ended by itself; `false` if it is over.
    pub(super) fn end(&mut self, now: Duration) -> bool {
        if self.status(now).finished() {
            return false;
        }
        self.waiting = self.waiting.min(now.saturating_sub(self.asked_at));
        self.running = now.saturating_sub(self.starts_at());
        true
    }

    /// Why it did not succeed.
    pub(super) fn error(&self, now: Duration) -> Option<RunError> {
        match (self.status(now), &self.ending) {
            (FlowRunStatus::Failed, Ending::Fails(error)) => Some(error.clone()),
            (FlowRunStatus::TimedOut, _) => Some(RunError {
                code: "DesktopFlowsActionTimeout",
                message: format!("The run took longer than its timeout of {} seconds.", self.timeout.as_secs()),
            }),
            _ => None,
        }
    }

    /// What it returned; `None` unless it succeeded.
    pub(super) fn outputs(&self, now: Duration) -> Option<Map<String, Value>> {
        (self.status(now) == FlowRunStatus::Succeeded).then(|| {
            let mut inputs: Map<String, Value> = serde_json::from_str(&self.inputs).unwrap_or_default();
            if let Some(Value::Object(outputs)) = inputs.remove(OUTPUTS_MEMBER) {
                return outputs;
            }
            inputs.remove(RESULT_MEMBER);
            inputs.insert(CONSTANT_OUTPUT.0.to_owned(), CONSTANT_OUTPUT.1.into());
            inputs
        })
    }
}

/// Whether a run's inputs ask for its failure.
pub(super) fn inputs_ask_to_fail(inputs: &Map<String, Value>) -> bool {
    inputs.get(RESULT_MEMBER).and_then(Value::as_str) == Some("fail")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// Asked for at 10, runs from 12 to 17.
    fn session() -> Session {
        Session {
            id: Uuid::nil(),
            workflow: Uuid::nil(),
            run_mode: RunMode::Unattended,
            inputs: r#"{"Invoice":"4711"}"#.to_owned(),
            asked_at: at(10),
            waiting: at(2),
            running: at(5),
            timeout: at(100),
            ending: Ending::Succeeds,
            cancelled_at: None,
        }
    }

    fn failing() -> Session {
        let error = RunError { code: "Code", message: "words".to_owned() };
        Session { ending: Ending::Fails(error), ..session() }
    }

    #[test]
    fn a_run_waits_runs_and_succeeds() {
        let session = session();
        let expected = [
            (10, FlowRunStatus::Waiting, None, None),
            (11, FlowRunStatus::Waiting, None, None),
            (12, FlowRunStatus::Running, Some(12), None),
            (16, FlowRunStatus::Running, Some(12), None),
            (17, FlowRunStatus::Succeeded, Some(12), Some(17)),
            (9999, FlowRunStatus::Succeeded, Some(12), Some(17)),
        ];
        for (second, status, started, completed) in expected {
            let now = at(second);
            assert_eq!(
                (session.status(now), session.started_at(now), session.completed_at(now)),
                (status, started.map(at), completed.map(at)),
                "at {second}"
            );
        }
    }

    #[test]
    fn a_run_is_ended_where_it_is() {
        for (second, started) in [(11, 11), (14, 12)] {
            let mut session = session();
            assert!(session.end(at(second)));
            let now = at(second);
            assert_eq!(session.status(now), FlowRunStatus::Succeeded);
            assert_eq!((session.started_at(now), session.completed_at(now)), (Some(at(started)), Some(now)));
        }
        assert!(!session().end(at(17)));
    }

    #[test]
    fn a_run_that_fails_tells_why_and_returns_nothing() {
        let session = failing();
        assert_eq!((session.status(at(16)), session.error(at(16))), (FlowRunStatus::Running, None));
        assert_eq!(session.status(at(17)), FlowRunStatus::Failed);
        assert_eq!(session.error(at(17)).map(|error| error.code), Some("Code"));
        assert_eq!(session.outputs(at(17)), None);
    }

    #[test]
    fn a_run_longer_than_its_timeout_times_out_when_the_timeout_is_over() {
        let session = Session { timeout: at(3), ..failing() };
        assert_eq!(session.status(at(14)), FlowRunStatus::Running);
        assert_eq!((session.status(at(15)), session.completed_at(at(15))), (FlowRunStatus::TimedOut, Some(at(15))));
        assert_eq!(session.error(at(15)).map(|error| error.code), Some("DesktopFlowsActionTimeout"));
    }

    #[test]
    fn a_run_as_long_as_its_timeout_does_not_time_out() {
        assert_eq!(Session { timeout: at(5), ..session() }.status(at(17)), FlowRunStatus::Succeeded);
    }

    #[test]
    fn a_run_cancelled_while_it_waits_never_started() {
        let mut session = session();
        session.cancel(at(11));
        assert_eq!(session.status(at(11)), FlowRunStatus::Cancelled);
        assert_eq!((session.started_at(at(50)), session.completed_at(at(50))), (None, Some(at(11))));
    }

    #[test]
    fn a_run_cancelled_while_it_runs_keeps_its_start() {
        let mut session = session();
        session.cancel(at(13));
        assert_eq!(session.status(at(17)), FlowRunStatus::Cancelled);
        assert_eq!((session.started_at(at(50)), session.completed_at(at(50))), (Some(at(12)), Some(at(13))));
        assert_eq!(session.outputs(at(50)), None);
    }

    #[test]
    fn cancelling_again_or_after_the_end_changes_nothing() {
        let mut cancelled = session();
        cancelled.cancel(at(13));
        cancelled.cancel(at(14));
        assert_eq!(cancelled.completed_at(at(50)), Some(at(13)));
        let mut over = session();
        over.cancel(at(17));
        assert_eq!(over.status(at(18)), FlowRunStatus::Succeeded);
    }

    #[test]
    fn outputs_echo_the_inputs_with_a_constant() {
        let outputs = session().outputs(at(17)).map(Value::Object);
        assert_eq!(outputs, Some(json!({ "Invoice": "4711", "emulatedBy": "opwright" })));
        assert_eq!(session().outputs(at(16)), None);
    }

    #[test]
    fn inputs_may_name_the_outputs_and_the_failure() {
        let named = Session { inputs: r#"{"a":1,"emulatorOutputs":{"b":2}}"#.to_owned(), ..session() };
        assert_eq!(named.outputs(at(17)).map(Value::Object), Some(json!({ "b": 2 })));
        let told = Session { inputs: r#"{"a":1,"emulatorResult":"succeed"}"#.to_owned(), ..session() };
        assert_eq!(told.outputs(at(17)).map(Value::Object), Some(json!({ "a": 1, "emulatedBy": "opwright" })));
        let inputs = json!({ "emulatorResult": "fail" });
        assert!(inputs_ask_to_fail(inputs.as_object().expect("an object")));
        assert!(!inputs_ask_to_fail(&Map::new()));
    }
}
