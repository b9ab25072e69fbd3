//! `run`: executes one operation, anywhere, and tells what a process would receive.

mod conclusion;
pub(super) mod input;
mod problem;

use super::{Context, Exit, OutputFormat, panics};
use crate::definition::OperationDefinition;
use crate::dispatch::outcome::{Expressions, Header, Headers, Remark};
use crate::dispatch::secrets::Mask;
use crate::dispatch::{DispatchError, Dispatcher, DryRun};
use crate::registry::response;
use clap::Args;
use problem::Problem;
use serde_json::{Value, json};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

pub(super) const ABOUT: &str = "Executes one operation and prints what a process would receive";
pub(super) const EXAMPLES: &str = "\
What is printed: the variables that a process receives, as JSON on standard output; or, on standard
error, the BPMN error or the failure that an engine would be told. Expressions see what they see in
a job: `response`, or `error`, and `job.retries`; process variables they do not see. They are read
before anything is sent, and what they turn into null in silence is told as a warning. An input that
is refused ends `run` at once; a job would show the refusal to its error expression.

With --format json, one object on standard output:
  {\"outcome\": \"complete\", \"variables\", \"warnings\"}
  {\"outcome\": \"bpmnError\", \"code\", \"message\", \"variables\", \"warnings\"}
  {\"outcome\": \"fail\", \"message\", \"retries\", \"retryBackoffMillis\", \"variables\", \"warnings\"}
  {\"error\": {\"kind\", \"message\", …}}  nothing was sent
and with --dry-run, of these members those that there are; an operation that is code has `inputs`:
  {\"tokenRequest\", \"request\": {\"method\", \"url\", \"headers\", \"body\"}, \"inputs\", \"warnings\"}

Secrets: {{secrets.NAME}} in the input stands for the environment variable SECRET_NAME, or for the
line SECRET_NAME='…' of the env file, where single quotes keep blanks, # and $ as they are. They are
never printed.

Examples:
  opwright describe power-automate trigger-flow-run --example > input.json
  opwright run power-automate trigger-flow-run --input input.json --dry-run
  opwright run power-automate trigger-flow-run --input - --env-file .env < input.json
  opwright run power-automate get-flow-outputs --input input.json --result-variable outputs \\
    --error-expression '= if error.code = \"404\" then bpmnError(\"NO_RUN\") else null'";

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
    /// Print the request, secrets masked, check the expressions, and send nothing
    #[arg(long)]
    dry_run: bool,
    /// Variable that takes the response as it is; without it the operation's own, as the template fills it in
    #[arg(long, value_name = "NAME")]
    result_variable: Option<String>,
    /// FEEL for the variables; without it the operation's own, as the template fills it in
    #[arg(long, value_name = "FEEL")]
    result_expression: Option<String>,
    /// FEEL that turns an error or a response into a BPMN error, a failure, or nothing; without it the operation's own
    #[arg(long, value_name = "FEEL")]
    error_expression: Option<String>,
    /// Retries that the job has left: `job.retries`
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(i32).range(1..))]
    retries: i32,
    /// Print the response itself rather than what becomes of it
    #[arg(long, conflicts_with_all = ["result_variable", "result_expression", "error_expression"])]
    raw: bool,
    /// How the outcome is printed; with json, errors too are JSON on standard output
    #[arg(long, value_enum, default_value_t)]
    format: OutputFormat,
}

pub(super) fn run(arguments: &Arguments, context: &Context) -> Exit {
    match attempt(arguments, context) {
        Ok(exit) => exit,
        Err(problem) => problem::report(&problem, arguments.format, context),
    }
}

fn attempt(arguments: &Arguments, context: &Context) -> Result<Exit, Problem> {
    let secrets = input::secrets(arguments.env_file.as_deref(), None).map_err(Problem::Unexpected)?;
    let input = input::read(&arguments.input)?;
    let unexpected = |error: &dyn std::fmt::Display| Problem::Unexpected(error.to_string());
    let dispatcher = Dispatcher::new(context.registry.clone()).map_err(|error| unexpected(&error))?;
    let prepared =
        dispatcher.prepare(&arguments.connector, &arguments.operation, &input, &secrets).map_err(Problem::Dispatch)?;
    let mask = prepared.mask().clone();
    let connector = context
        .registry
        .connector(&arguments.connector)
        .map_err(|error| Problem::Dispatch(DispatchError::Unknown(error)))?;
    let (operation, ..) =
        connector.operation(&arguments.operation).map_err(|error| Problem::Dispatch(DispatchError::Unknown(error)))?;
    let expressions = Expressions::parse(&headers(arguments, operation))
        .map_err(|faults| Problem::Expressions(faults, mask.clone()))?;
    let mut remarks = expressions.check(&response(operation));
    if arguments.dry_run {
        remarks.extend(expressions.slips());
        print_dry_run(&prepared.dry_run(), &remarks, &mask, arguments.format, context);
        return Ok(Exit::Success);
    }
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| unexpected(&error))?;
    let console = context.console;
    let execute = || catch_unwind(AssertUnwindSafe(|| runtime.block_on(dispatcher.execute(prepared))));
    let executed = panics::told_by(move |told| console.error(told), execute);
    let (result, mask) = match executed {
        Ok(Ok((response, mask))) => (Ok(response), mask),
        Ok(Err(error)) => (Err(error.into_failure()), mask),
        // As in the worker: what it had done is not known.
        Err(_) => (Err(std::io::Error::other("The operation crashed").into()), mask),
    };
    if let (true, Ok(response)) = (arguments.raw, &result) {
        context.console.json(&mask.value(response));
        return Ok(Exit::Success);
    }
    let failed = result.is_err();
    let mut conclusion = expressions.conclude(result, arguments.retries, &mask);
    // A response may hold more than is declared, and has been seen by now.
    remarks.retain(|remark| remark.header == Header::ErrorExpression);
    conclusion.remarks = together(remarks, conclusion.remarks);
    Ok(conclusion::print(&conclusion, failed, expressions.drop_response(), &mask, arguments.format, context))
}

/// The headers that a job of the template would have, but for what the arguments say.
fn headers(arguments: &Arguments, operation: &OperationDefinition) -> Headers {
    if arguments.raw {
        return Headers::default();
    }
    let own = Headers::of(operation);
    Headers {
        result_variable: arguments.result_variable.clone().or(own.result_variable),
        result_expression: arguments.result_expression.clone().or(own.result_expression),
        error_expression: arguments.error_expression.clone().or(own.error_expression),
    }
}

/// What was seen before the operation and after it, each place once.
fn together(mut before: Vec<Remark>, after: Vec<Remark>) -> Vec<Remark> {
    for remark in after {
        if !before.iter().any(|known| known.header == remark.header && known.position == remark.position) {
            before.push(remark);
        }
    }
    before
}

fn print_remarks(remarks: &[Remark], mask: &Mask, context: &Context) {
    for remark in remarks {
        context.console.warning(&mask.text(&remark.to_string()));
        context.console.snippet(&mask.text(&remark.snippet));
    }
}

fn remarks_json(remarks: &[Remark], mask: &Mask) -> Value {
    let remark = |remark: &Remark| {
        json!({
            "header": remark.header.name(),
            "line": remark.position.line,
            "column": remark.position.column,
            "message": mask.text(&remark.message),
        })
    };
    remarks.iter().map(remark).collect()
}

fn print_dry_run(dry_run: &DryRun, remarks: &[Remark], mask: &Mask, format: OutputFormat, context: &Context) {
    if format == OutputFormat::Json {
        let mut printed = json!(dry_run);
        printed["warnings"] = remarks_json(remarks, mask);
        context.console.json(&printed);
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
    print_remarks(remarks, mask, context);
    context.console.note("Nothing was sent.");
}
