//! `feel eval`: the value of an expression.

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

With --format json: {\"ok\": true, \"result\", \"warnings\"} or {\"ok\": false, \"error\"}; errors and
warnings are {\"line\", \"column\", \"message\"}.

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

/// Why there is no value.
enum Problem {
    /// What the arguments name, rather than the expression.
    Outside(String),
    Inside(Finding),
}

pub(super) fn run(arguments: &EvalArguments, context: &Context) -> Exit {
    let console = context.console;
    let problem = match value(arguments) {
        Ok((result, warnings)) => {
            if arguments.format == OutputFormat::Json {
                let warnings: Vec<Value> = warnings.iter().map(Finding::json).collect();
                console.json(&json!({ "ok": true, "result": result, "warnings": warnings }));
            } else {
                for warning in &warnings {
                    warning.print_warning(console);
                }
                console.json(&result);
            }
            return Exit::Success;
        }
        Err(problem) => problem,
    };
    match (problem, arguments.format) {
        (Problem::Outside(message), OutputFormat::Json) => {
            console.json(&json!({ "ok": false, "error": { "line": null, "column": null, "message": message } }));
        }
        (Problem::Outside(message), OutputFormat::Text) => console.error(&message),
        (Problem::Inside(finding), OutputFormat::Json) => {
            console.json(&json!({ "ok": false, "error": finding.json() }));
        }
        (Problem::Inside(finding), OutputFormat::Text) => finding.print_error(None, console),
    }
    Exit::Unexpected
}

fn value(arguments: &EvalArguments) -> Result<(Value, Vec<Finding>), Problem> {
    let source = arguments.expression.as_str();
    let parsed = if arguments.unary.is_some() { Expression::parse_unary_tests(source) } else { engine().parse(source) };
    let expression = parsed.map_err(|error| Problem::Inside(Finding::of_parse(source, &error)))?;
    let given = Given::read(arguments.context.as_deref(), arguments.response.as_deref()).map_err(Problem::Outside)?;
    let input = arguments.unary.as_deref().map(input).transpose().map_err(Problem::Outside)?;
    let mut variables = given.variables();
    if let Some(input) = &input {
        variables = variables.with("cellInput", input);
    }
    let evaluation = engine()
        .evaluate(&expression, &variables)
        .map_err(|error| Problem::Inside(Finding::of_evaluation(source, &error)))?;
    let warnings = evaluation.warnings().iter().map(|warning| Finding::of_warning(source, warning)).collect();
    Ok((evaluation.to_json(), warnings))
}

fn input(text: &str) -> Result<Value, String> {
    let input = crate::cli::json::read(text.as_bytes()).map_err(|reason| format!("the input of the test {reason}"))?;
    super::exact(text.as_bytes()).map_err(|reason| format!("the input of the test {reason}"))?;
    Ok(input)
}
