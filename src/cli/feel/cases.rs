//! `feel test`: unit tests of expressions, one case a line.

use super::evaluated::Evaluated;
use super::finding::Finding;
use crate::cli::{Console, Context, Exit, OutputFormat, json};
use crate::text::suggestion;
use clap::Args;
use opwright_feel::Variables;
use opwright_feel::connector::engine;
use serde_json::{Map, Value, json};
use std::path::PathBuf;

pub(super) const EXAMPLES: &str = "\
A case is a JSON object on a line of its own:
  {\"id\": \"total\", \"expression\": \"= a + 1\", \"context\": {\"a\": 2}, \"ok\": true, \"result\": 3}
`ok: false` expects that there is no value: the text is no expression, or its evaluation fails; a
member `error` may say why, for readers. `id` and `context` can be left out. Numbers are compared by
value, objects without regard to the order of their members.

With --format json: {\"cases\", \"passed\", \"failed\", \"broken\", \"disagreements\", \"brokenLines\"}.

Examples:
  opwright feel test cases.jsonl
  opwright feel test tests/*.jsonl --format json";

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Files of cases; `-` reads standard input
    #[arg(value_name = "CASES", required = true)]
    files: Vec<PathBuf>,
    /// How the outcome is printed
    #[arg(long, value_enum, default_value_t)]
    format: OutputFormat,
}

/// The members of a case. What `error` says is not compared: it is for the reader.
const MEMBERS: [&str; 6] = ["id", "expression", "context", "ok", "result", "error"];

/// What a line asks for.
struct Case {
    id: Option<String>,
    expression: String,
    context: Value,
    /// The value; none if there should be none.
    expected: Option<Value>,
}

struct Disagreement {
    place: String,
    case: Case,
    actual: Evaluated,
}

#[derive(Default)]
struct Tally {
    cases: usize,
    disagreements: Vec<Disagreement>,
    /// Lines and files that hold no case.
    broken: Vec<String>,
}

pub(super) fn run(arguments: &Arguments, context: &Context) -> Exit {
    let mut tally = Tally::default();
    for path in &arguments.files {
        let shown = json::shown(path);
        match json::bytes(path) {
            Ok(bytes) => test(&shown, &bytes, &mut tally),
            Err(error) => tally.broken.push(format!("cannot read {shown}: {error}")),
        }
    }
    match arguments.format {
        OutputFormat::Json => context.console.json(&tally.json()),
        OutputFormat::Text => tally.print(context.console),
    }
    if tally.disagreements.is_empty() && tally.broken.is_empty() { Exit::Success } else { Exit::Unexpected }
}

fn test(file: &str, bytes: &[u8], tally: &mut Tally) {
    for (index, line) in bytes.trim_ascii_end().split(|byte| *byte == b'\n').enumerate() {
        let place = format!("{file}:{}", index + 1);
        let case = match read(line) {
            Ok(case) => case,
            Err(reason) => {
                tally.broken.push(format!("{place} {reason}"));
                continue;
            }
        };
        tally.cases += 1;
        let actual = evaluate(&case);
        let agrees = match (&case.expected, &actual.result) {
            (Some(expected), Ok(actual)) => same(expected, actual),
            (None, Err(_)) => true,
            _ => false,
        };
        if !agrees {
            tally.disagreements.push(Disagreement { place, case, actual });
        }
    }
}

fn read(line: &[u8]) -> Result<Case, String> {
    if line.trim_ascii().is_empty() {
        return Err("is blank: write a case on each line".to_owned());
    }
    let Value::Object(mut members) = json::read(line).map_err(|reason| without_line(&reason))? else {
        return Err("is no case: it must be a JSON object".to_owned());
    };
    super::exact(line).map_err(|reason| without_line(&reason))?;
    if let Some(name) = members.keys().find(|name| !MEMBERS.contains(&name.as_str())) {
        return Err(format!("is no case: `{name}` is no member of one{}", suggestion(name, MEMBERS.into_iter())));
    }
    let Some(Value::String(expression)) = members.remove("expression") else {
        return Err("is no case: `expression` must be text".to_owned());
    };
    let Some(Value::Bool(ok)) = members.remove("ok") else {
        return Err("is no case: `ok` must be true or false".to_owned());
    };
    let context = members.remove("context").unwrap_or_else(|| Value::Object(Map::new()));
    if !context.is_object() {
        return Err("is no case: `context` must be an object".to_owned());
    }
    let expected = match (ok, members.remove("result")) {
        (true, None) => return Err("is no case: `result` is missing".to_owned()),
        (true, result) => result,
        (false, _) => None,
    };
    let id = members.remove("id").map(|id| crate::text::bare(&id));
    Ok(Case { id, expression, context, expected })
}

/// A case is one line, so its own count says nothing.
fn without_line(reason: &str) -> String {
    reason.replace(", at line 1 column ", ", at column ")
}

fn evaluate(case: &Case) -> Evaluated {
    match engine().parse(&case.expression) {
        Ok(expression) => Evaluated::of(&expression, &Variables::from(&case.context)),
        Err(error) => Evaluated::unread(&case.expression, &error),
    }
}

/// Whether two values are the same, whatever the spelling of numbers and the order of members.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => match (one.as_i128(), other.as_i128()) {
            (Some(one), Some(other)) => one == other,
            // A double is compared with a whole number as what it is exactly.
            (Some(whole), None) => other.as_f64().is_some_and(|double| is(double, whole)),
            (None, Some(whole)) => one.as_f64().is_some_and(|double| is(double, whole)),
            (None, None) => one.as_f64() == other.as_f64(),
        },
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, value)| other.get(name).is_some_and(|other| same(value, other)))
        }
        _ => one == other,
    }
}

fn is(double: f64, whole: i128) -> bool {
    #[expect(clippy::cast_possible_truncation, reason = "it has no fraction and is smaller than what 64 bits hold")]
    let truncated = (double.fract() == 0.0 && double.abs() < 1e20).then_some(double as i128);
    truncated == Some(whole)
}

impl Tally {
    fn passed(&self) -> usize {
        self.cases - self.disagreements.len()
    }

    fn print(&self, console: Console) {
        for disagreement in &self.disagreements {
            disagreement.print(console);
        }
        for broken in &self.broken {
            console.error(broken);
        }
        let broken = match self.broken.len() {
            0 => String::new(),
            broken => format!(", and {broken} that could not be read"),
        };
        let (cases, passed, failed) = (self.cases, self.passed(), self.disagreements.len());
        let noun = if cases == 1 { "case" } else { "cases" };
        console.line(format_args!("{cases} {noun}: {passed} as expected, {failed} not{broken}"));
    }

    fn json(&self) -> Value {
        let disagreements: Vec<Value> = self.disagreements.iter().map(Disagreement::json).collect();
        json!({
            "cases": self.cases,
            "passed": self.passed(),
            "failed": self.disagreements.len(),
            "broken": self.broken.len(),
            "disagreements": disagreements,
            "brokenLines": self.broken,
        })
    }
}

impl Disagreement {
    fn print(&self, console: Console) {
        let id = self.case.id.as_deref().map(|id| format!(" {id}")).unwrap_or_default();
        console.line(format_args!("{}: {}", console.bold(&format!("{}{id}", self.place)), self.case.expression));
        let expected = self.case.expected.as_ref().map_or_else(|| "no value".to_owned(), Value::to_string);
        let actual = match &self.actual.result {
            Ok(value) => value.to_string(),
            Err(finding) => format!("no value, {}", finding.line()),
        };
        console.line(format_args!("  {}", console.diff(&format!("+ expected {expected}"))));
        console.line(format_args!("  {}", console.diff(&format!("- got      {actual}"))));
        for warning in &self.actual.warnings {
            console.line(format_args!("    {}", warning.line()));
        }
    }

    fn json(&self) -> Value {
        let actual = match &self.actual.result {
            Ok(value) => json!({ "ok": true, "result": value }),
            Err(finding) => json!({ "ok": false, "error": finding.json() }),
        };
        let expected = match &self.case.expected {
            Some(value) => json!({ "ok": true, "result": value }),
            None => json!({ "ok": false }),
        };
        json!({
            "place": self.place,
            "id": self.case.id,
            "expression": self.case.expression,
            "expected": expected,
            "actual": actual,
            "warnings": self.actual.warnings.iter().map(Finding::json).collect::<Vec<_>>(),
        })
    }
}
