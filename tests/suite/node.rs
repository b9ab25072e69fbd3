//! Camunda's npm packages, through the scripts in `tests/npm`. A test that needs them fails without them.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

fn script(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/npm");
    assert!(
        folder.join("node_modules").is_dir(),
        "the npm packages are not installed: run `npm ci` in tests/npm, or scripts/test"
    );
    folder.join(name)
}

/// Validates element templates; one report each, `{file, valid, errors, warnings}`.
pub(crate) fn validate(files: &[PathBuf]) -> Vec<Value> {
    let output = Command::new("node").arg(script("validate.mjs")).args(files).output().expect("Node.js is installed");
    String::from_utf8(output.stdout)
        .expect("UTF-8")
        .lines()
        .map(|line| serde_json::from_str(line).expect("a report in JSON"))
        .collect()
}

/// A FEEL engine in a process of its own.
pub(crate) struct Feel {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Feel {
    pub(crate) fn start() -> Self {
        let mut child = Command::new("node")
            .arg(script("feel.mjs"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Node.js is installed");
        let input = child.stdin.take().expect("piped");
        let output = BufReader::new(child.stdout.take().expect("piped"));
        Self { child, input, output }
    }

    /// The value of an expression that starts with `=`.
    pub(crate) fn evaluate(&mut self, expression: &str, context: &Value) -> Value {
        let request = json!({ "id": 1, "expression": expression, "context": context });
        writeln!(self.input, "{request}").expect("the engine reads");
        self.input.flush().expect("the engine reads");
        let mut line = String::new();
        self.output.read_line(&mut line).expect("the engine answers");
        let answer: Value = serde_json::from_str(&line).expect("an answer in JSON");
        assert!(answer.get("error").is_none(), "{expression}: {answer}");
        answer["result"].clone()
    }
}

impl Drop for Feel {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
