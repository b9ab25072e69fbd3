//! feel-scala in a process of its own, by `scripts/feel-oracle`. A test that needs it fails without it.

use std::{
    io::{BufRead, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::LazyLock,
    thread,
};

use serde_json::Value;

use crate::case::{Case, Outcome};

const HELP: &str = "scripts/feel-oracle must run: it needs Java 21 and Maven (scripts/feel-oracle --help)";

pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn script(argument: &str) -> Command {
    let mut command = Command::new(workspace().join("scripts/feel-oracle"));
    command.arg(argument).current_dir(workspace());
    command
}

/// Built once, before any test runs it.
static BUILT: LazyLock<bool> = LazyLock::new(|| {
    let built = script("build").stdout(Stdio::null()).status();
    built.is_ok_and(|status| status.success())
});

struct Running(Child);

impl Running {
    fn start() -> Running {
        assert!(*BUILT, "{HELP}");
        let child = script("run").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        Running(child.unwrap_or_else(|error| panic!("{HELP}: {error}")))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What feel-scala makes of each case.
pub(crate) fn outcomes(cases: &[Case]) -> Vec<Outcome> {
    let mut outcomes = Vec::with_capacity(cases.len());
    while outcomes.len() < cases.len() {
        let rest = cases.get(outcomes.len()..).unwrap_or_default();
        outcomes.extend(run(rest));
    }
    outcomes
}

/// The outcomes up to the end, or to a case that ran out of time: what follows wants another process.
fn run(cases: &[Case]) -> Vec<Outcome> {
    let mut running = Running::start();
    let mut input = BufWriter::new(running.0.stdin.take().expect("piped"));
    let output = BufReader::new(running.0.stdout.take().expect("piped"));
    let outcomes = thread::scope(|scope| {
        scope.spawn(move || {
            for case in cases {
                // The reader ends early after a timeout.
                if writeln!(input, "{}", case.request()).is_err() {
                    return;
                }
            }
            let _ = input.flush();
        });
        let mut outcomes = Vec::with_capacity(cases.len());
        for line in output.lines() {
            let line = line.expect("the oracle writes UTF-8");
            let answer: Value = serde_json::from_str(&without_halves(&line)).unwrap_or_else(|error| {
                panic!("scripts/feel-oracle gave no answer but {line}: {error}");
            });
            let outcome = Outcome::of(&answer);
            let late = matches!(&outcome, Outcome::Ended(error) if error == "timeout");
            outcomes.push(outcome);
            if late {
                break;
            }
        }
        // The writer may wait for a process that nobody listens to.
        let _ = running.0.kill();
        outcomes
    });
    assert!(!outcomes.is_empty(), "{HELP}: it gave no answer");
    outcomes
}

/// The JSON with U+FFFD where a surrogate stands alone, which no Rust string can hold.
fn without_halves(json: &str) -> String {
    let unit = |at: usize| {
        let digits = json.get(at..at + 6).and_then(|escape| escape.strip_prefix("\\u"));
        digits.and_then(|digits| u16::from_str_radix(digits, 16).ok())
    };
    let mut out = String::with_capacity(json.len());
    let mut at = 0;
    while let Some(rest) = json.get(at..).filter(|rest| !rest.is_empty()) {
        let length = match rest.find('\\') {
            None => rest.len(),
            Some(0) => match (unit(at), unit(at + 6)) {
                (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
                (Some(0xd800..=0xdfff), _) => {
                    out.push_str("\\ufffd");
                    at += 6;
                    continue;
                }
                _ => 2,
            },
            Some(plain) => plain,
        };
        out.push_str(rest.get(..length).unwrap_or(rest));
        at += length;
    }
    out
}

#[test]
fn halves_are_replaced() {
    assert_eq!(without_halves(r#""\ud83d\ude00 \ud83dx \ude00 \\ud83d""#), r#""\ud83d\ude00 \ufffdx \ufffd \\ud83d""#);
}
