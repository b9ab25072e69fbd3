//! What a process would receive, or what an engine would be told.

use super::{print_remarks, remarks_json};
use crate::cli::{Context, Exit, OutputFormat};
use crate::dispatch::outcome::{Conclusion, Outcome};
use crate::dispatch::secrets::Mask;
use serde_json::{Value, json};
use std::time::Duration;

pub(super) fn print(
    conclusion: &Conclusion,
    failed: bool,
    dropped: bool,
    mask: &Mask,
    format: OutputFormat,
    context: &Context,
) -> Exit {
    let variables = mask.value(&Value::Object(conclusion.outcome.variables().clone()));
    if format == OutputFormat::Json {
        context.console.json(&machine_readable(conclusion, &variables, mask));
        return exit(&conclusion.outcome);
    }
    let console = context.console;
    print_remarks(&conclusion.remarks, mask, context);
    match &conclusion.outcome {
        Outcome::Complete { .. } => {
            console.json(&variables);
            if failed {
                console.note("The operation failed, and the error expression ignores it.");
            } else if dropped {
                console.note(
                    "There is no result variable and no result expression: the response is dropped. --raw shows it.",
                );
            }
        }
        Outcome::BpmnError { code, message, .. } => {
            let message = message.as_ref().map(|message| format!(": {message}")).unwrap_or_default();
            console.error(&format!("BPMN error {}{message}", mask.text(code)));
            print_variables(&variables, context);
        }
        Outcome::Fail { message, retries, backoff, .. } => {
            console.error(message);
            if let Some(place) = &conclusion.failed_at {
                console.snippet(&mask.text(&place.snippet));
            }
            print_variables(&variables, context);
            console.note(advice(*retries, *backoff));
        }
    }
    exit(&conclusion.outcome)
}

fn exit(outcome: &Outcome) -> Exit {
    match outcome {
        Outcome::Complete { .. } => Exit::Success,
        Outcome::BpmnError { .. } => Exit::BpmnError,
        Outcome::Fail { retries: 0, .. } => Exit::Failed,
        Outcome::Fail { .. } => Exit::Retryable,
    }
}

fn print_variables(variables: &Value, context: &Context) {
    if variables.as_object().is_some_and(|members| !members.is_empty()) {
        context.console.note(format_args!("variables: {variables:#}"));
    }
}

fn advice(retries: i32, backoff: Option<Duration>) -> String {
    let left = match retries {
        0 => return "No retries are left: an incident.".to_owned(),
        1 => "1 retry is".to_owned(),
        retries => format!("{retries} retries are"),
    };
    match backoff {
        Some(backoff) => format!("{left} left: the job is repeated after {} s.", backoff.as_secs_f64()),
        None => format!("{left} left: the job is repeated after its own back-off."),
    }
}

fn machine_readable(conclusion: &Conclusion, variables: &Value, mask: &Mask) -> Value {
    let mut printed = match &conclusion.outcome {
        Outcome::Complete { .. } => json!({ "outcome": "complete" }),
        Outcome::BpmnError { code, message, .. } => {
            json!({ "outcome": "bpmnError", "code": mask.text(code), "message": message })
        }
        Outcome::Fail { message, retries, backoff, .. } => json!({
            "outcome": "fail",
            "message": message,
            "retries": retries,
            "retryBackoffMillis": backoff.map(|backoff| u64::try_from(backoff.as_millis()).unwrap_or(u64::MAX)),
        }),
    };
    printed["variables"] = variables.clone();
    printed["warnings"] = remarks_json(&conclusion.remarks, mask);
    printed
}
