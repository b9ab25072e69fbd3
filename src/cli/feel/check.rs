//! `feel check`: faults of expressions, without evaluating them.

use super::finding::Finding;
use super::given::Given;
use crate::cli::{Context, Exit, OutputFormat, json};
use crate::dispatch::outcome::{Expressions, Headers};
use clap::{ArgGroup, Args};
use opwright_feel::Shape;
use opwright_feel::connector::engine;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

pub(super) const EXAMPLES: &str = "\
A file holds one expression. With --context or --response, every name that the expression reads is
looked up in this example of its variables: what the example lacks is a fault. With --error, it is an
error expression: `error`, `job` and `response` are known, and other names may be variables of a
success. Without any of them any name may exist, and only syntax and functions are checked.

With --format json: a list of {\"file\", \"line\", \"column\", \"message\"}.

Examples:
  opwright feel check expressions/*.feel
  opwright feel check --expression '= {id: response.boddy.id}' --context context.json
  opwright feel check --error --expression '= if eror.code = \"404\" then bpmnError(\"GONE\") else null'
  git show HEAD:result.feel | opwright feel check -";

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("subject").required(true).args(["files", "expression"])))]
pub(super) struct Arguments {
    /// Files with an expression each; `-` reads standard input
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Check this expression
    #[arg(long, value_name = "FEEL")]
    expression: Option<String>,
    /// File with the variables, a JSON object; `-` reads standard input
    #[arg(long, short, value_name = "FILE")]
    context: Option<PathBuf>,
    /// File with a response, as `run --raw` prints it: the variables are what a result expression sees
    #[arg(long, value_name = "FILE", conflicts_with = "context")]
    response: Option<PathBuf>,
    /// Check error expressions, which see `error`, `job` and `response`
    #[arg(long, conflicts_with_all = ["context", "response"])]
    error: bool,
    /// How the findings are printed
    #[arg(long, value_enum, default_value_t)]
    format: OutputFormat,
}

/// A text to check, by its file.
struct Subject<'a> {
    file: Option<&'a Path>,
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
        let file = subject.file;
        let findings = match &subject.text {
            Ok(text) if arguments.error => of_error_expression(text),
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
                finding.print_error(file.map(json::shown).as_deref(), console);
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

fn subjects(arguments: &Arguments) -> Vec<Subject<'_>> {
    if let Some(text) = &arguments.expression {
        return vec![Subject { file: None, text: Ok(text.clone()) }];
    }
    arguments.files.iter().map(|path| Subject { file: Some(path), text: text(path) }).collect()
}

fn text(path: &Path) -> Result<String, String> {
    let shown = json::shown(path);
    let bytes = json::bytes(path).map_err(|error| format!("cannot read {shown}: {error}"))?;
    String::from_utf8(bytes).map_err(|_| format!("{shown} is no UTF-8 text"))
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

/// What a job's header of this text would be refused for, and what would be null in it.
fn of_error_expression(text: &str) -> Vec<Finding> {
    if let Err(error) = engine().parse(text) {
        return vec![Finding::of_parse(text, &error)];
    }
    let headers = Headers { error_expression: Some(text.to_owned()), ..Headers::default() };
    let mut findings: Vec<Finding> = match Expressions::parse(&headers) {
        Ok(expressions) => {
            let remarks = expressions.check(&Shape::Any).into_iter().chain(expressions.slips());
            remarks.map(Finding::of_remark).collect()
        }
        Err(faults) => faults.0.iter().map(Finding::of_fault).collect(),
    };
    findings.sort_by_key(Finding::place);
    findings
}

fn outside(file: Option<&Path>, message: &str) -> Value {
    json!({ "file": file, "line": null, "column": null, "message": message })
}
