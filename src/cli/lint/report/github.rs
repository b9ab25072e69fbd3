//! Annotations of GitHub Actions: workflow commands, a line for each finding.

use super::Report;
use crate::cli::Console;
use crate::lint::Level;

pub(super) fn print(report: &Report<'_>, console: Console) {
    for (subject, judged) in report.told() {
        let position = judged.position(&subject.file.text);
        let command = match judged.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Info => "notice",
        };
        let (file, code) = (property(&subject.file.name), judged.finding.rule.code);
        let message = data(&format!("{}\n{}", judged.finding.message, judged.finding.rule.mend));
        console.line(format_args!(
            "::{command} file={file},line={},col={},title={code}::{message}",
            position.line, position.column
        ));
    }
}

/// What a message may not hold as it is.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// What a property may not hold as it is.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
