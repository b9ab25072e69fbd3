//! SARIF 2.1.0, which code scanning reads.

use super::{Section, Told};
use crate::cli::Console;
use crate::lint::Level;
use serde_json::{Value, json};

pub(super) fn print(sections: &[Section], console: Console) {
    let rules: Vec<Value> = sections
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
    let results: Vec<Value> = sections.iter().flat_map(|section| &section.told).map(result).collect();
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

fn result(told: &Told) -> Value {
    let mut physical = json!({ "artifactLocation": { "uri": uri(&told.file) } });
    if let Some(position) = told.position {
        physical["region"] = json!({ "startLine": position.line, "startColumn": position.column });
    }
    let mut location = json!({ "physicalLocation": physical });
    if !told.place.is_empty() {
        location["logicalLocations"] = json!([{ "fullyQualifiedName": told.place }]);
    }
    json!({
        "ruleId": told.code,
        "level": level(told.level),
        "message": { "text": told.line() },
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
    let name = name.strip_prefix("./").unwrap_or(name).replace('\\', "/");
    utf8_percent_encode(&name, ESCAPED).to_string()
}
