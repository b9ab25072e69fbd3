//! Camunda's npm packages, through the scripts in `tests/npm`. A test that needs them fails without them.

use serde::Deserialize;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

fn script(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/npm");
    assert!(
        folder.join("node_modules").is_dir(),
        "the npm packages are not installed: run `npm ci` in tests/npm, or scripts/test"
    );
    folder.join(name)
}

/// What Camunda's validator and its parser of FEEL say of element templates; one report each, `{file, errors, warnings}`.
pub(crate) fn validate(files: &[PathBuf]) -> Vec<Value> {
    let output = Command::new("node").arg(script("validate.mjs")).args(files).output().expect("Node.js is installed");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let reports: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("a report in JSON")).collect();
    assert_eq!(reports.len(), files.len(), "{}", String::from_utf8_lossy(&output.stderr));
    reports
}

/// An element template, and what Camunda's validator says of it.
#[derive(Debug, Deserialize)]
pub(crate) struct Judged {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) valid: bool,
    /// Why it is not.
    pub(crate) told: Vec<String>,
}

/// The official element templates, those of our own, and so many mutants.
pub(crate) fn mutants(count: usize) -> impl Iterator<Item = Judged> {
    let output = Command::new("node").arg(script("mutants.mjs")).arg(count.to_string()).output();
    let output = output.expect("Node.js is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let lines: Vec<Judged> = text.lines().map(|line| serde_json::from_str(line).expect("a verdict")).collect();
    lines.into_iter()
}
