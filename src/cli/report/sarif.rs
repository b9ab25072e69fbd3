//! SARIF 2.1.0, which code scanning reads.

use super::places::Places;
use super::{Report, Told};
use crate::cli::Console;
use crate::lint::Level;
use serde_json::{Value, json};

pub(super) fn print(report: &Report<'_>, console: Console) {
    let places = Places::new();
    let rules: Vec<Value> = report
        .sections
        .iter()
        .flat_map(|section| &section.rules)
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
    let results: Vec<Value> = report.told().map(|told| result(told, &places)).collect();
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
            "invocations": [invocation(&report.reasons())],
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    }));
}

/// Whether all checks were made; a report without results says nothing otherwise.
fn invocation(reasons: &[&str]) -> Value {
    if reasons.is_empty() {
        return json!({ "executionSuccessful": true });
    }
    let told = |reason: &&str| json!({ "level": "error", "message": { "text": reason } });
    json!({
        "executionSuccessful": false,
        "toolExecutionNotifications": reasons.iter().map(told).collect::<Vec<_>>(),
    })
}

fn result(told: &Told, places: &Places) -> Value {
    let mut physical = json!({ "artifactLocation": { "uri": uri(&places.of(&told.file)) } });
    if let Some(position) = told.position {
        physical["region"] = json!({ "startLine": position.line, "startColumn": position.column });
    }
    let mut location = json!({ "physicalLocation": physical });
    if !told.place.is_empty() {
        location["logicalLocations"] = json!([{ "fullyQualifiedName": told.place }]);
    }
    let lines: Vec<String> = std::iter::once(told.line()).chain(told.shown.iter().cloned()).collect();
    json!({
        "ruleId": told.code,
        "level": level(told.level),
        "message": { "text": lines.join("\n") },
        "locations": [location],
    })
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
    let name = name.replace('\\', "/");
    utf8_percent_encode(&name, ESCAPED).to_string()
}
