//! Camunda's npm packages, through the scripts in `tests/npm`. A test that needs them fails without them.

use opwright::template::{ElementTemplate, Node};
use serde::Deserialize;
use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

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

/// The official element templates, read and as they are.
pub(crate) fn official_templates() -> Vec<(ElementTemplate, Value)> {
    let folder = script("node_modules/@camunda/connectors-element-templates/src/element-templates");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    let mut templates = Vec::new();
    for file in files {
        let tree = Node::parse(&std::fs::read_to_string(file).expect("text")).expect("JSON");
        let value = tree.to_value();
        let values = value.as_array().cloned().unwrap_or_else(|| vec![value]);
        let (read, _) = opwright::template::read(&tree);
        assert_eq!(read.len(), values.len());
        templates.extend(read.into_iter().map(|(_, template)| template).zip(values));
    }
    templates
}

/// What Modeler's own Update makes of elements: a case a line, and an answer for each.
pub(crate) fn updated_by_modeler(cases: String) -> Vec<Value> {
    in_modeler("update", cases)
}

/// What Modeler does with cases, one a line, by a function of `values.js`: an answer for each.
pub(crate) fn in_modeler(how: &str, cases: String) -> Vec<Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/update.mjs");
    let mut child = Command::new("node")
        .arg(script)
        .arg(how)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Node.js");
    let mut stdin = child.stdin.take().expect("a pipe");
    let writer = std::thread::spawn(move || stdin.write_all(cases.as_bytes()));
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("no panic").expect("all of it is read");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("an answer in JSON")).collect()
}
