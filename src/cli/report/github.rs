//! Annotations of GitHub Actions: workflow commands, a line for each finding.

use super::{Section, Told};
use crate::cli::Console;
use crate::lint::Level;

pub(super) fn print(sections: &[Section], console: Console) {
    for told in sections.iter().flat_map(|section| &section.told) {
        let command = match told.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Info => "notice",
        };
        let message = data(&format!("{}\n{}", told.message, told.mend));
        console.line(format_args!("::{command} {},title={}::{message}", place(told), told.code));
    }
}

fn place(told: &Told) -> String {
    let file = property(&told.file);
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
