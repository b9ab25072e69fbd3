//! SARIF 2.1.0, which code scanning reads.

use super::Report;
use crate::cli::Console;
use crate::lint::{self, Level};
use serde_json::{Value, json};

pub(super) fn print(report: &Report<'_>, console: Console) {
    let results: Vec<Value> = report
        .told()
        .map(|(subject, judged)| {
            let position = judged.position(&subject.file.text);
            json!({
                "ruleId": judged.finding.rule.code,
                "level": level(judged.level),
                "message": { "text": judged.line() },
                "locations": [{
                    "physicalLocation": {
                        "artifactLocation": { "uri": uri(&subject.file.name) },
                        "region": { "startLine": position.line, "startColumn": position.column },
                    },
                    "logicalLocations": [{ "fullyQualifiedName": judged.finding.path.to_string() }],
                }],
            })
        })
        .collect();
    let rules: Vec<Value> = lint::rules()
        .map(|rule| {
            json!({
                "id": rule.code,
                "shortDescription": { "text": rule.summary },
                "fullDescription": { "text": rule.reason },
                "help": { "text": rule.mend },
                "defaultConfiguration": { "level": level(rule.level) },
            })
        })
        .collect();
    console.json(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "opwright",
                "version": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules,
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    }));
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Info => "note",
    }
}

/// A relative or absolute path as a URI.
fn uri(name: &str) -> String {
    use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
    const ESCAPED: &AsciiSet =
        &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'<').add(b'>').add(b'?').add(b'`').add(b'{').add(b'}');
    let name = name.strip_prefix("./").unwrap_or(name).replace('\\', "/");
    utf8_percent_encode(&name, ESCAPED).to_string()
}
