//! What commands have found, in every format: a file for each. Knows no command.

mod explain;
mod github;
mod junit;
mod places;
mod sarif;
mod text;

pub(super) use explain::explain;

use super::Console;
use crate::lint::{Level, Rule};
use clap::ValueEnum;
use opwright_feel::Position;
use serde::Serialize;
use serde_json::{Value, json};

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
    /// The lines of the file, for those who do not see them where they are told.
    pub(super) excerpt: Vec<String>,
    /// Lines that tell what happens.
    pub(super) shown: Vec<String>,
    pub(super) reason: String,
    /// What to do; empty if there is nothing to be done here.
    pub(super) mend: String,
    /// Whether the command ends badly because of it.
    pub(super) fails: bool,
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

/// Why a check could not be made: that is no check without findings.
#[derive(Debug, Serialize)]
pub(super) struct Failure {
    /// The command.
    pub(super) check: &'static str,
    pub(super) message: String,
}

/// What is printed as one.
#[derive(Debug)]
pub(super) struct Report<'a> {
    sections: &'a [Section],
    failures: &'a [Failure],
    /// Whether it is the report of several commands, however few of them could be made.
    is_joint: bool,
}

impl<'a> Report<'a> {
    /// Of one command, which reports nothing if it fails.
    pub(super) fn of(section: &'a Section) -> Self {
        Self { sections: std::slice::from_ref(section), failures: &[], is_joint: false }
    }

    /// Of several commands.
    pub(super) fn of_all(sections: &'a [Section], failures: &'a [Failure]) -> Self {
        Self { sections, failures, is_joint: true }
    }

    fn told(&self) -> impl Iterator<Item = &'a Told> {
        self.sections.iter().flat_map(|section| &section.told)
    }

    /// Why checks could not be made, each reason once.
    fn reasons(&self) -> Vec<&'a str> {
        let mut reasons: Vec<&str> = self.failures.iter().map(|failure| failure.message.as_str()).collect();
        reasons.dedup();
        reasons
    }

    fn json(&self) -> Value {
        if let ([section], false) = (self.sections, self.is_joint) {
            return section.json.clone();
        }
        let parts = self.sections.iter().map(|part| (part.name.to_owned(), part.json.clone()));
        Value::Object(parts.chain([("failures".to_owned(), json!(self.failures))]).collect())
    }

    /// Prints it.
    pub(super) fn print(&self, format: Format, console: Console) {
        match format {
            Format::Text => text::print(self, console),
            Format::Json => console.json(&self.json()),
            Format::Sarif => sarif::print(self, console),
            Format::Github => github::print(self, console),
            Format::Junit => junit::print(self, console),
        }
    }

    /// Tells people why checks could not be made, beside the report.
    pub(super) fn tell_failures(&self, console: Console) {
        self.reasons().into_iter().for_each(|reason| console.error(reason));
    }
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

/// "2 errors, 1 warning", or what is said of nothing.
pub(super) fn counted(counts: &[(usize, &str, &str)], nothing: &str) -> String {
    let counts: Vec<String> = counts
        .iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, many)| format!("{count} {}", if *count == 1 { one } else { many }))
        .collect();
    if counts.is_empty() { nothing.to_owned() } else { counts.join(", ") }
}
