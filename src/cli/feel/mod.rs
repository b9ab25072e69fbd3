//! `feel`: evaluates, checks and tests expressions, with the engine that jobs have.

mod cases;
mod check;
mod eval;
mod evaluated;
mod finding;
mod given;

use super::json::whole_number_beyond_64_bits;
use super::{Context, Exit};
use clap::{Args, Subcommand};

pub(super) const ABOUT: &str = "Evaluates, checks and tests FEEL expressions";
pub(super) const EXAMPLES: &str = "\
The functions for connectors are there: bpmnError, jobError, ignoreError, backoff. An expression may
start with `=`, as in a template. Errors and warnings go to standard error, or with --format json
into the one object or list on standard output.

Exit codes:
  0  done: there is a value, nothing was found, every case is as expected
  1  no expression, no value, something found, a case that is not as expected, or no such file
  2  the arguments are wrong

Examples:
  opwright feel '= {id: response.body.id}' --context context.json
  opwright run power-automate get-flow-outputs --input input.json --raw > response.json
  opwright feel '= {id: body.id}' --response response.json
  opwright feel check result.feel --response response.json
  opwright feel check --error error.feel
  opwright feel test cases.jsonl";

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, arg_required_else_help = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Option<FeelCommand>,
    #[command(flatten)]
    eval: Option<eval::EvalArguments>,
}

#[derive(Debug, Subcommand)]
enum FeelCommand {
    /// Evaluates an expression and prints its value as JSON; the word `eval` can be left out
    #[command(after_help = eval::EXAMPLES)]
    Eval(eval::EvalArguments),
    /// Checks that files hold expressions, and that the names and functions in them exist
    #[command(after_help = check::EXAMPLES)]
    Check(check::Arguments),
    /// Runs unit tests of expressions, one case a line
    #[command(after_help = cases::EXAMPLES)]
    Test(cases::Arguments),
}

pub(super) fn run(arguments: &Arguments, context: &Context) -> Exit {
    match (&arguments.command, &arguments.eval) {
        (Some(FeelCommand::Check(arguments)), _) => check::run(arguments, context),
        (Some(FeelCommand::Test(arguments)), _) => cases::run(arguments, context),
        (Some(FeelCommand::Eval(arguments)), _) | (None, Some(arguments)) => eval::run(arguments, context),
        (None, None) => Exit::Usage,
    }
}

/// Refuses what would not be the number that is written.
fn exact(json: &[u8]) -> Result<(), String> {
    match whole_number_beyond_64_bits(&String::from_utf8_lossy(json)) {
        Some((line, column)) => {
            Err(format!("holds a whole number beyond 64 bits, at line {line} column {column}: write it as text"))
        }
        None => Ok(()),
    }
}
