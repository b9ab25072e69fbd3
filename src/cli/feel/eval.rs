//! `feel eval`: the value of an expression.

use super::evaluated::Evaluated;
use super::finding::Finding;
use super::given::Given;
use crate::cli::{Context, Exit, OutputFormat};
use clap::Args;
use opwright_feel::Expression;
use opwright_feel::connector::engine;
use serde_json::{Value, json};
use std::path::PathBuf;

pub(super) const EXAMPLES: &str = "\
What FEEL turns into null in silence, such as a name that there is not, is a warning.

With --format json: {\"ok\": true, \"result\", \"warnings\"} or {\"ok\": false, \"error\", \"warnings\"};
errors and warnings are {\"line\", \"column\", \"message\"}.

Examples:
  opwright feel eval '= sum(items.price) * 1.19' --context order.json
  opwright feel eval '= bpmnError(\"GONE\", \"no such order\")'
  echo '{\"a\": 1}' | opwright feel eval '= a + 1' --context -
  opwright feel eval '< 3, [5..7]' --unary 6";

#[derive(Debug, Args)]
pub(super) struct EvalArguments {
    /// The expression
    #[arg(allow_negative_numbers = true)]
    expression: String,
    /// File with the variables, a JSON object; `-` reads standard input
    #[arg(long, short, value_name = "FILE")]
    context: Option<PathBuf>,
    /// File with a response, as `run --raw` prints it: the variables are what a result expression sees
    #[arg(long, value_name = "FILE", conflicts_with = "context")]
    response: Option<PathBuf>,
    /// Read unary tests, as decision tables have them, and test this JSON value
    #[arg(long, value_name = "INPUT", allow_hyphen_values = true)]
    unary: Option<String>,
    /// How the value is printed
    #[arg(long, value_enum, default_value_t)]
    format: OutputFormat,
}

pub(super) fn run(arguments: &EvalArguments, context: &Context) -> Exit {
    let console = context.console;
    let Evaluated { result, warnings } = match evaluate(arguments) {
        Ok(evaluated) => evaluated,
        Err(message) => {
            match arguments.format {
                OutputFormat::Json => {
                    console.json(&failure(&json!({ "line": null, "column": null, "message": message }), &[]));
                }
                OutputFormat::Text => console.error(&message),
            }
            return Exit::Unexpected;
        }
    };
    let exit = if result.is_ok() { Exit::Success } else { Exit::Unexpected };
    if arguments.format == OutputFormat::Json {
        let warnings: Vec<Value> = warnings.iter().map(Finding::json).collect();
        console.json(&match result {
            Ok(result) => json!({ "ok": true, "result": result, "warnings": warnings }),
            Err(finding) => failure(&finding.json(), &warnings),
        });
        return exit;
    }
    for warning in &warnings {
        warning.print_warning(console);
    }
    match result {
        Ok(result) => console.json(&result),
        Err(finding) => finding.print_error(None, console),
    }
    exit
}

fn failure(error: &Value, warnings: &[Value]) -> Value {
    json!({ "ok": false, "error": error, "warnings": warnings })
}

/// Evaluates it; an error is about what the arguments name, rather than about the expression.
fn evaluate(arguments: &EvalArguments) -> Result<Evaluated, String> {
    let source = arguments.expression.as_str();
    let parsed = if arguments.unary.is_some() { Expression::parse_unary_tests(source) } else { engine().parse(source) };
    let expression = match parsed {
        Ok(expression) => expression,
        Err(error) => return Ok(Evaluated::unread(source, &error)),
    };
    let given = Given::read(arguments.context.as_deref(), arguments.response.as_deref())?;
    let input = arguments.unary.as_deref().map(input).transpose()?;
    let mut variables = given.variables();
    if let Some(input) = &input {
        variables = variables.with("cellInput", input);
    }
    Ok(Evaluated::of(&expression, &variables))
}

fn input(text: &str) -> Result<Value, String> {
    let input = crate::cli::json::read(text.as_bytes()).map_err(|reason| format!("the input of the test {reason}"))?;
    super::exact(text.as_bytes()).map_err(|reason| format!("the input of the test {reason}"))?;
    Ok(input)
}
