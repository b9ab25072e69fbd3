//! For scripts: one JSON object.

use super::Report;
use crate::cli::Console;
use serde_json::json;

pub(super) fn print(report: &Report<'_>, console: Console) {
    let findings: Vec<_> = report
        .told()
        .map(|(subject, judged)| {
            let position = judged.position(&subject.file.text);
            json!({
                "code": judged.finding.rule.code,
                "level": judged.level,
                "file": subject.file.name,
                "line": position.line,
                "column": position.column,
                "path": judged.finding.path.to_string(),
                "message": judged.finding.message,
                "reason": judged.finding.rule.reason,
                "mend": judged.finding.rule.mend,
            })
        })
        .collect();
    console.json(&json!({
        "templates": report.templates,
        "files": report.subjects.len(),
        "accepted": report.accepted,
        "findings": findings,
    }));
}
