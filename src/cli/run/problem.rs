//! What keeps `run` from sending anything.

use crate::cli::{Context, Exit, OutputFormat};
use crate::dispatch::DispatchError;
use crate::dispatch::outcome::{HeaderFault, HeaderFaults};
use crate::dispatch::secrets::{ENVIRONMENT_PREFIX, Mask};
use serde_json::{Value, json};

/// Why nothing was sent.
pub(super) enum Problem {
    /// A file, the runtime or the client.
    Unexpected(String),
    /// The input's text.
    Input(String),
    /// An expression.
    Expressions(HeaderFaults, Mask),
    /// The input, a secret, or a name.
    Dispatch(DispatchError),
}

pub(super) fn report(problem: &Problem, format: OutputFormat, context: &Context) -> Exit {
    let (exit, kind) = match problem {
        Problem::Unexpected(_) => (Exit::Unexpected, "unexpected"),
        Problem::Input(_) | Problem::Dispatch(DispatchError::Refused(_)) => (Exit::Refused, "refused"),
        Problem::Expressions(..) => (Exit::Refused, "expression"),
        Problem::Dispatch(DispatchError::Unknown(_)) => (Exit::Usage, "unknown"),
        Problem::Dispatch(DispatchError::Secrets(_)) => (Exit::Refused, "missingSecret"),
        // The definition does not hold what it promises.
        Problem::Dispatch(DispatchError::Failed(_) | DispatchError::Late) => (Exit::Failed, "terminal"),
    };
    let message = match problem {
        Problem::Expressions(faults, mask) if format == OutputFormat::Text => {
            for fault in &faults.0 {
                context.console.error(&mask.text(&fault.to_string()));
                if let Some((_, snippet)) = fault.place() {
                    context.console.snippet(&mask.text(&snippet));
                }
            }
            context.console.note("Nothing was sent.");
            return exit;
        }
        Problem::Expressions(faults, mask) => mask.text(&faults.to_string()),
        Problem::Dispatch(DispatchError::Secrets(missing)) => {
            let mut lines: Vec<String> = Vec::new();
            for (name, paths) in &missing.0 {
                lines.extend(paths.iter().map(|path| format!("{path}: Secret with name '{name}' is not available")));
            }
            let variables: Vec<String> = missing.0.keys().map(|name| format!("{ENVIRONMENT_PREFIX}{name}")).collect();
            lines.push(format!("Set {} in the environment or in the env file.", variables.join(", ")));
            lines.join("\n")
        }
        Problem::Dispatch(error) => error.to_string(),
        Problem::Unexpected(message) | Problem::Input(message) => message.clone(),
    };
    match format {
        OutputFormat::Json => context.console.json(&json!({ "error": machine_readable(problem, kind, &message) })),
        OutputFormat::Text => {
            context.console.error(&message);
            context.console.note("Nothing was sent.");
        }
    }
    exit
}

fn machine_readable(problem: &Problem, kind: &str, message: &str) -> Value {
    let mut error = json!({ "kind": kind, "message": message });
    match problem {
        Problem::Dispatch(DispatchError::Refused(refusal)) => error["faults"] = json!(refusal.faults),
        Problem::Dispatch(DispatchError::Secrets(missing)) => error["secrets"] = json!(missing.0),
        Problem::Expressions(faults, mask) => {
            error["expressions"] = faults.0.iter().map(|fault| fault_json(fault, mask)).collect();
        }
        _ => {}
    }
    error
}

fn fault_json(fault: &HeaderFault, mask: &Mask) -> Value {
    let position = fault.place().map(|(position, _)| position);
    json!({
        "header": fault.header.name(),
        "line": position.map(|position| position.line),
        "column": position.map(|position| position.column),
        "message": mask.text(&fault.to_string()),
    })
}
