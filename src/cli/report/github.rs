//! Annotations of GitHub Actions: workflow commands, a line for each finding and for each check that could not be made.

use super::places::Places;
use super::{Report, Told};
use crate::cli::Console;
use crate::lint::Level;

pub(super) fn print(report: &Report<'_>, console: Console) {
    let places = Places::new();
    for told in report.told() {
        let command = match told.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Info => "notice",
        };
        let lines = [&told.message].into_iter().chain(&told.shown).chain([&told.mend]);
        let lines: Vec<&str> = lines.map(String::as_str).filter(|line| !line.is_empty()).collect();
        let message = data(&lines.join("\n"));
        console.line(format_args!("::{command} {},title={}::{message}", place(told, &places), told.code));
    }
    for reason in report.reasons() {
        console.line(format_args!("::error::{}", data(reason)));
    }
}

fn place(told: &Told, places: &Places) -> String {
    let file = property(&places.of(&told.file));
    match told.position {
        Some(position) => format!("file={file},line={},col={}", position.line, position.column),
        None => format!("file={file}"),
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
