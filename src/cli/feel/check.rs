//! `feel check`: faults of expressions, without evaluating them.

use super::finding::Finding;
use super::given::Given;
use crate::cli::{Context, Exit, OutputFormat, json};
use clap::Args;
use opwright_feel::Shape;
use opwright_feel::connector::engine;
use serde_json::{Value, json};
use std::path::PathBuf;

pub(super) const EXAMPLES: &str = "\
A file holds one expression. With --context or --response, every name that the expression reads is
looked up in this example of its variables: what the example lacks is a fault. Without it, any name
may exist, and only syntax and functions are checked.

With --format json: a list of {\"file\", \"line\", \"column\", \"message\"}.

Examples:
  opwright feel check expressions/*.feel
  opwright feel check --expression '= {id: response.boddy.id}' --context context.json
  git show HEAD:result.feel | opwright feel check -";

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Files with an expression each; `-` reads standard input
    #[arg(value_name = "FILE", required_unless_present = "expression")]
    files: Vec<PathBuf>,
    /// Check this expression
    #[arg(long, value_name = "FEEL", conflicts_with = "files")]
    expression: Option<String>,
    /// File with the variables, a JSON object; `-` reads standard input
    #[arg(long, short, value_name = "FILE")]
    context: Option<PathBuf>,
    /// File with a response, as `run --raw` prints it: the variables are what a result expression sees
    #[arg(long, value_name = "FILE", conflicts_with = "context")]
    response: Option<PathBuf>,
    /// How the findings are printed
    #[arg(long, value_enum, default_value_t)]
    format: OutputFormat,
}

/// A text to check, by the name of its file.
struct Subject {
    file: Option<String>,
    text: Result<String, String>,
}

pub(super) fn run(arguments: &Arguments, context: &Context) -> Exit {
    let console = context.console;
    let variables = match Given::read(arguments.context.as_deref(), arguments.response.as_deref()) {
        Ok(given) => given.shape(),
        Err(message) => {
            match arguments.format {
                OutputFormat::Json => console.json(&[outside(None, &message)]),
                OutputFormat::Text => console.error(&message),
            }
            return Exit::Unexpected;
        }
    };
    let subjects = subjects(arguments);
    let mut faulty = 0;
    let mut printed = Vec::new();
    for subject in &subjects {
        let file = subject.file.as_deref();
        let findings = match &subject.text {
            Ok(text) => findings(text, &variables),
            Err(message) => {
                printed.push(outside(file, message));
                if arguments.format == OutputFormat::Text {
                    console.error(message);
                }
                faulty += 1;
                continue;
            }
        };
        faulty += usize::from(!findings.is_empty());
        for finding in &findings {
            printed.push(finding.json_within(file));
            if arguments.format == OutputFormat::Text {
                finding.print_error(file, console);
            }
        }
    }
    match arguments.format {
        OutputFormat::Json => console.json(&printed),
        OutputFormat::Text => console.note(match (subjects.len(), faulty) {
            (1, 0) => "The expression is sound.".to_owned(),
            (1, _) => "The expression has faults.".to_owned(),
            (all, 0) => format!("{all} expressions are sound."),
            (all, faulty) => format!("{faulty} of {all} expressions have faults."),
        }),
    }
    if faulty == 0 { Exit::Success } else { Exit::Unexpected }
}

fn subjects(arguments: &Arguments) -> Vec<Subject> {
    if let Some(text) = &arguments.expression {
        return vec![Subject { file: None, text: Ok(text.clone()) }];
    }
    let read = |path: &PathBuf| {
        let shown = path.display().to_string();
        let text = json::bytes(path)
            .map_err(|error| format!("cannot read {shown}: {error}"))
            .and_then(|bytes| String::from_utf8(bytes).map_err(|_| format!("{shown} is no UTF-8 text")));
        Subject { file: Some(shown), text }
    };
    arguments.files.iter().map(read).collect()
}

fn findings(text: &str, variables: &Shape) -> Vec<Finding> {
    match engine().parse(text) {
        Ok(expression) => {
            let analysis = expression.analyze(variables, engine());
            analysis.diagnostics.iter().map(|diagnostic| Finding::of_diagnostic(text, diagnostic)).collect()
        }
        Err(error) => vec![Finding::of_parse(text, &error)],
    }
}

fn outside(file: Option<&str>, message: &str) -> Value {
    json!({ "file": file, "line": null, "column": null, "message": message })
}
