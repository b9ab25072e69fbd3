//! Printing: results to standard output, everything else to standard error.

use super::Exit;
use anstyle::{AnsiColor, Style};
use serde::Serialize;
use std::fmt::Display;
use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Why something could not be written to standard output, the first time. There is one for the whole process, as there is
/// one standard output.
static LOST: Mutex<Option<io::Error>> = Mutex::new(None);

/// How a command prints its result.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum OutputFormat {
    /// For people.
    #[default]
    Text,
    /// For scripts: one JSON value on standard output.
    Json,
}

/// A terminal, a pipe or a file; colours only where they are wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Console {}

/// Prints what clap has to say: help, or what is wrong with the arguments.
pub(super) fn told_by_clap(error: &clap::Error) {
    let printed = error.print();
    // Where there is no standard error, there is nobody to tell.
    if !error.use_stderr() {
        remember(printed);
    }
}

/// A closed pipe is no error: the reader has had enough.
fn remember(written: io::Result<()>) {
    if let Err(error) = written
        && error.kind() != io::ErrorKind::BrokenPipe
    {
        lost().get_or_insert(error);
    }
}

fn lost() -> MutexGuard<'static, Option<io::Error>> {
    LOST.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Errors.
const RED: Style = AnsiColor::Red.on_default().bold();
/// Warnings.
const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
/// What is well, and what is added.
const GREEN: Style = AnsiColor::Green.on_default();
/// What is removed.
const DIM_RED: Style = AnsiColor::Red.on_default();
/// Names and headings.
const BOLD: Style = Style::new().bold();

impl Console {
    /// A line of the result. What cannot be written is told when the command ends.
    pub fn line(self, text: impl Display) {
        remember(writeln!(anstream::stdout().lock(), "{text}"));
    }

    /// The result without a line break of its own.
    pub fn raw(self, bytes: &[u8]) {
        remember(anstream::stdout().lock().write_all(bytes));
    }

    /// A file as it is: nothing in it is taken for a colour.
    pub fn file(self, bytes: &[u8]) {
        remember(io::stdout().lock().write_all(bytes));
    }

    /// How a command ends, once all that it has printed is written.
    pub(super) fn end(self, exit: Exit) -> Exit {
        remember(io::stdout().lock().flush());
        match lost().take() {
            Some(error) => {
                self.error(&format!("cannot write to standard output: {error}"));
                Exit::Unexpected
            }
            None => exit,
        }
    }

    /// The result as JSON.
    pub fn json(self, value: &impl Serialize) {
        match serde_json::to_string_pretty(value) {
            Ok(text) => self.line(text),
            Err(error) => self.error(&error.to_string()),
        }
    }

    /// Something beside the result.
    pub fn note(self, text: impl Display) {
        let _ = writeln!(anstream::stderr().lock(), "{text}");
    }

    /// What went wrong.
    pub fn error(self, text: &str) {
        self.note(format_args!("{RED}error:{RED:#} {text}"));
    }

    /// Something that may not be as it was meant.
    pub fn warning(self, text: &str) {
        self.note(format_args!("{YELLOW}warning:{YELLOW:#} {text}"));
    }

    /// A line of a text and a line of carets under it, for standard error.
    pub fn snippet(self, snippet: &str) {
        let (line, carets) = snippet.rsplit_once('\n').unwrap_or((snippet, ""));
        self.note(format_args!("  {line}\n  {RED}{carets}{RED:#}"));
    }

    /// What a finding begins with, by its level.
    #[must_use]
    pub fn level(self, level: crate::lint::Level, text: &str) -> String {
        let style = match level {
            crate::lint::Level::Error => RED,
            crate::lint::Level::Warning => YELLOW,
            crate::lint::Level::Info => BOLD,
        };
        format!("{style}{text}{style:#}")
    }

    /// A name or a heading.
    #[must_use]
    pub fn bold(self, text: &str) -> String {
        format!("{BOLD}{text}{BOLD:#}")
    }

    /// Something that is well.
    #[must_use]
    pub fn good(self, text: &str) -> String {
        format!("{GREEN}{text}{GREEN:#}")
    }

    /// A line of a diff, by its sign.
    #[must_use]
    pub fn diff(self, line: &str) -> String {
        let style = if line.starts_with('+') { GREEN } else { DIM_RED };
        format!("{style}{line}{style:#}")
    }
}
