//! Printing: results to standard output, everything else to standard error.

use anstyle::{AnsiColor, Style};
use serde::Serialize;
use std::fmt::Display;
use std::io::Write;

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
    /// A line of the result. A closed pipe is no error: the reader has had enough.
    pub fn line(self, text: impl Display) {
        let _ = writeln!(anstream::stdout().lock(), "{text}");
    }

    /// The result without a line break of its own.
    pub fn raw(self, bytes: &[u8]) {
        let _ = anstream::stdout().lock().write_all(bytes);
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
