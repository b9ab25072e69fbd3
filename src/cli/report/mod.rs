//! What commands have found, in every format: a file for each. Knows no command.

mod explain;
mod github;
mod junit;
mod sarif;
mod text;

pub(super) use explain::explain;

use super::Console;
use crate::lint::{Level, Rule};
use clap::ValueEnum;
use opwright_feel::Position;
use serde_json::{Map, Value};

/// How findings are printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people
    #[default]
    Text,
    /// For scripts: one JSON object
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of GitHub Actions
    Github,
    /// `JUnit` XML, a case for each file
    Junit,
}

/// Something that is found.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) code: &'static str,
    pub(super) level: Level,
    /// What is said before the code, such as `error` or `breaking`.
    pub(super) called: &'static str,
    /// The file that it is about.
    pub(super) file: String,
    /// Where in it; none if it is about the whole file, or one that is not there.
    pub(super) position: Option<Position>,
    /// Where in its JSON.
    pub(super) place: String,
    /// What is wrong; more lines than the first are for people only.
    pub(super) message: String,
    /// Lines that show it: of the file, or of what happens.
    pub(super) shown: Vec<String>,
    pub(super) reason: String,
    pub(super) mend: String,
}

/// What one command has found.
#[derive(Debug)]
pub(super) struct Section {
    /// The command.
    pub(super) name: &'static str,
    /// All that it could find.
    pub(super) rules: Vec<Rule>,
    /// The files that it has looked at.
    pub(super) files: Vec<String>,
    pub(super) told: Vec<Told>,
    /// In a line.
    pub(super) summary: String,
    /// All of it, for scripts.
    pub(super) json: Value,
}

impl Told {
    /// Where it is, as compilers write it.
    fn location(&self) -> String {
        match self.position {
            Some(position) => format!("{}:{}:{}", self.file, position.line, position.column),
            None => self.file.clone(),
        }
    }

    /// The message in a line, for formats that have no other room.
    fn line(&self) -> String {
        let lines = self.message.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.take_while(|line| !line.starts_with('^')).collect::<Vec<_>>().join(" ")
    }
}

/// Prints what several commands have found as one.
pub(super) fn print(sections: &[Section], format: Format, console: Console) {
    match format {
        Format::Text => text::print(sections, console),
        Format::Json => console.json(&match sections {
            [section] => section.json.clone(),
            sections => Value::Object(
                sections.iter().map(|part| (part.name.to_owned(), part.json.clone())).collect::<Map<_, _>>(),
            ),
        }),
        Format::Sarif => sarif::print(sections, console),
        Format::Github => github::print(sections, console),
        Format::Junit => junit::print(sections, console),
    }
}

/// "2 errors, 1 warning", or what is said of nothing.
pub(super) fn counted(counts: &[(usize, &str, &str)], nothing: &str) -> String {
    let counts: Vec<String> = counts
        .iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, many)| format!("{count} {}", if *count == 1 { one } else { many }))
        .collect();
    if counts.is_empty() { nothing.to_owned() } else { counts.join(", ") }
}
