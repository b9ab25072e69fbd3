//! `run`: executes one operation, anywhere.

use super::json::{OnlyOnce, changed_number};
use super::{Context, Exit, OutputFormat};
use crate::dispatch::secrets::{ENVIRONMENT_PREFIX, Environment, Fixed, SecretSource};
use crate::dispatch::{DispatchError, Dispatcher, DryRun};
use crate::failure::{ErrorDetail, Failure};
use clap::Args;
use serde_json::error::Category;
use serde_json::{Value, json};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

pub(super) const ABOUT: &str = "Executes one operation and prints its result";
pub(super) const EXAMPLES: &str = "\
Secrets: {{secrets.NAME}} in the input stands for the environment variable SECRET_NAME, or for the
line SECRET_NAME='…' of the env file, where single quotes keep blanks, # and $ as they are. They are
never printed.

Examples:
  opwright describe power-automate trigger-flow-run --example > input.json
  opwright run power-automate trigger-flow-run --input input.json --dry-run
  opwright run power-automate trigger-flow-run --input - --env-file .env < input.json";

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Id of the connector, as `list` shows it
    connector: String,
    /// Id of the operation
    operation: String,
    /// File with the input, a JSON object; `-` reads standard input
    #[arg(long, short, value_name = "FILE")]
    input: PathBuf,
    /// File of lines `SECRET_NAME='value'`; it wins over the environment
    #[arg(long, value_name = "FILE", env = "OPWRIGHT_ENV_FILE")]
    env_file: Option<PathBuf>,
    /// Print the request, secrets masked, and send nothing
    #[arg(long)]
    dry_run: bool,
    /// How the result is printed; with json, errors too are JSON on standard output
    #[arg(long, value_enum, default_value_t)]
    format: OutputFormat,
}

/// What keeps `run` from trying.
enum Problem {
    /// A file, the runtime or the client. Nothing was sent.
    Unexpected(String),
    /// The input's text. Nothing was sent.
    Input(String),
    Dispatch(DispatchError),
}

pub(super) fn run(arguments: &Arguments, context: &Context) -> Exit {
    match outcome(arguments, context) {
        Ok(()) => Exit::Success,
        Err(problem) => report(&problem, arguments.format, context),
    }
}

fn outcome(arguments: &Arguments, context: &Context) -> Result<(), Problem> {
    let secrets = secrets(arguments.env_file.as_deref()).map_err(Problem::Unexpected)?;
    let input = read_input(&arguments.input)?;
    let unexpected = |error: &dyn std::fmt::Display| Problem::Unexpected(error.to_string());
    let dispatcher = Dispatcher::new(context.registry.clone()).map_err(|error| unexpected(&error))?;
    let prepared =
        dispatcher.prepare(&arguments.connector, &arguments.operation, &input, &secrets).map_err(Problem::Dispatch)?;
    if arguments.dry_run {
        print_dry_run(&prepared.dry_run(), arguments.format, context);
        return Ok(());
    }
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| unexpected(&error))?;
    let (result, mask) = runtime.block_on(dispatcher.execute(prepared)).map_err(Problem::Dispatch)?;
    context.console.json(&mask.value(&result));
    Ok(())
}

fn secrets(env_file: Option<&Path>) -> Result<Vec<Box<dyn SecretSource>>, String> {
    let mut sources: Vec<Box<dyn SecretSource>> = Vec::new();
    if let Some(path) = env_file {
        let lines = dotenvy::from_path_iter(path).map_err(|error| match error {
            dotenvy::Error::Io(error) => format!("cannot read the env file {}: {error}", path.display()),
            _ => format!("cannot read the env file {}", path.display()),
        })?;
        let mut variables = Vec::new();
        for (index, line) in lines.enumerate() {
            // The parser's own message would print the line.
            variables.push(line.map_err(|_| {
                format!(
                    "the env file {} is malformed at its assignment {}: write NAME='value' on each line",
                    path.display(),
                    index + 1
                )
            })?);
        }
        sources.push(Box::new(Fixed::from_variables(variables)));
    }
    sources.push(Box::new(Environment));
    Ok(sources)
}

fn read_input(path: &Path) -> Result<Value, Problem> {
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin().read_to_end(&mut bytes).map(drop)
    } else {
        fs::read(path).map(|content| bytes = content)
    };
    read.map_err(|error| Problem::Unexpected(format!("cannot read the input {}: {error}", path.display())))?;
    // serde_json's own messages could quote the input.
    let input = serde_json::from_slice(&bytes).map(|OnlyOnce(input)| input).map_err(|error| {
        let reason = match error.classify() {
            Category::Eof => "is no JSON: it ends too early",
            Category::Data => "names a member twice",
            _ if error.to_string().starts_with("recursion limit") => "is nested too deeply",
            _ => "is no JSON: it is malformed",
        };
        Problem::Input(format!("the input {reason}, at line {} column {}", error.line(), error.column()))
    })?;
    match changed_number(&String::from_utf8_lossy(&bytes)) {
        Some((line, column)) => Err(Problem::Input(format!(
            "the input holds a number that cannot be kept digit by digit, at line {line} column {column}: write it as text"
        ))),
        None => Ok(input),
    }
}

fn print_dry_run(dry_run: &DryRun, format: OutputFormat, context: &Context) {
    if format == OutputFormat::Json {
        context.console.json(dry_run);
        return;
    }
    let parts = [("Without a token at hand, first:", &dry_run.token_request), ("The request:", &dry_run.request)];
    for (heading, request) in
        parts.into_iter().filter_map(|(heading, request)| request.as_ref().map(|request| (heading, request)))
    {
        context.console.note(context.console.bold(heading));
        context.console.line(format_args!("{} {}", request.method, request.url));
        for (name, value) in &request.headers {
            context.console.line(format_args!("{name}: {}", value.as_str().unwrap_or_default()));
        }
        match &request.body {
            Some(Value::String(text)) => context.console.line(format_args!("\n{text}\n")),
            Some(body) => {
                context.console.line("");
                context.console.json(body);
            }
            None => context.console.line(""),
        }
    }
    if let Some(inputs) = &dry_run.inputs {
        context.console.note(context.console.bold("The operation is code; its inputs:"));
        context.console.json(inputs);
    }
    context.console.note("Nothing was sent.");
}

fn report(problem: &Problem, format: OutputFormat, context: &Context) -> Exit {
    let (exit, kind) = match problem {
        Problem::Unexpected(_) => (Exit::Unexpected, "unexpected"),
        Problem::Input(_) | Problem::Dispatch(DispatchError::Refused(_)) => (Exit::Refused, "refused"),
        Problem::Dispatch(DispatchError::Unknown(_)) => (Exit::Usage, "unknown"),
        Problem::Dispatch(DispatchError::Secrets(_)) => (Exit::Refused, "missingSecret"),
        Problem::Dispatch(DispatchError::Failed(Failure::Retryable { .. })) => (Exit::Retryable, "retryable"),
        Problem::Dispatch(DispatchError::Failed(Failure::Terminal { .. })) => (Exit::Failed, "terminal"),
        Problem::Dispatch(DispatchError::Failed(Failure::Bpmn { .. })) => (Exit::BpmnError, "bpmnError"),
    };
    let message = match problem {
        Problem::Dispatch(error @ DispatchError::Failed(_)) => error.to_string(),
        Problem::Dispatch(DispatchError::Secrets(missing)) => {
            let mut lines: Vec<String> = Vec::new();
            for (name, paths) in &missing.0 {
                lines.extend(paths.iter().map(|path| format!("{path}: Secret with name '{name}' is not available")));
            }
            let variables: Vec<String> = missing.0.keys().map(|name| format!("{ENVIRONMENT_PREFIX}{name}")).collect();
            lines.push(format!("Set {} in the environment or in the env file.", variables.join(", ")));
            lines.join("\n") + "\nNothing was sent."
        }
        Problem::Dispatch(error) => format!("{error}\nNothing was sent."),
        Problem::Unexpected(message) | Problem::Input(message) => format!("{message}\nNothing was sent."),
    };
    if format == OutputFormat::Json {
        context.console.json(&json!({ "error": machine_readable(problem, kind, &message) }));
        return exit;
    }
    context.console.error(&message);
    if let Problem::Dispatch(DispatchError::Failed(failure)) = problem {
        explain(failure, context);
    }
    exit
}

fn machine_readable(problem: &Problem, kind: &str, message: &str) -> Value {
    let mut error = json!({ "kind": kind, "message": message });
    let details = match problem {
        Problem::Dispatch(DispatchError::Refused(refusal)) => json!({ "faults": refusal.faults }),
        Problem::Dispatch(DispatchError::Secrets(missing)) => json!({ "secrets": missing.0 }),
        Problem::Dispatch(DispatchError::Failed(Failure::Retryable { error, after })) => {
            json!({ "code": error.code, "variables": error.variables, "retryAfterSeconds": after.map(|after| after.as_secs()) })
        }
        Problem::Dispatch(DispatchError::Failed(Failure::Terminal { error })) => {
            json!({ "code": error.code, "variables": error.variables })
        }
        Problem::Dispatch(DispatchError::Failed(Failure::Bpmn { code, variables, .. })) => {
            json!({ "code": code, "variables": variables })
        }
        _ => json!({}),
    };
    if let (Some(error), Value::Object(details)) = (error.as_object_mut(), details) {
        error.extend(details);
    }
    error
}

/// What else is known of a failure, for the operator.
fn explain(failure: &Failure, context: &Context) {
    let console = context.console;
    let detail = |error: &ErrorDetail| {
        if let Some(code) = &error.code {
            console.note(format_args!("code: {code}"));
        }
        if let Some(body) = error
            .variables
            .as_ref()
            .and_then(|variables| variables.pointer("/response/body"))
            .filter(|body| !body.is_null())
        {
            console.note(format_args!("response: {body}"));
        }
    };
    match failure {
        Failure::Retryable { error, after } => {
            detail(error);
            match after {
                Some(after) => console.note(format_args!("A repetition may succeed after {} s.", after.as_secs())),
                None => console.note("A repetition may succeed."),
            }
        }
        Failure::Terminal { error } => {
            detail(error);
            console.note("No repetition mends this.");
        }
        Failure::Bpmn { code, .. } => console.note(format_args!("BPMN error code: {code}")),
    }
}
