//! How findings are printed: a file for each format.

mod github;
mod json;
mod junit;
mod sarif;
mod text;

use super::Format;
use crate::cli::Console;
use crate::cli::template_files::File;
use crate::lint::{Finding, Level};
use opwright_feel::Position;

/// A finding and its level, as configured.
pub(in crate::cli) struct Judged<'a> {
    pub(in crate::cli) finding: &'a Finding,
    pub(in crate::cli) level: Level,
}

/// A file with its findings.
pub(super) struct Subject<'a> {
    pub(super) file: &'a File,
    pub(super) findings: Vec<Judged<'a>>,
}

/// All that is told.
pub(super) struct Report<'a> {
    pub(super) subjects: &'a [Subject<'a>],
    pub(super) templates: usize,
    /// Files in directories that are no templates.
    pub(super) others: usize,
    pub(super) accepted: usize,
    /// What is less is not told.
    pub(super) least: Level,
}

impl<'a> Report<'a> {
    /// The findings that are told, file by file.
    fn told(&self) -> impl Iterator<Item = (&'a Subject<'a>, &'a Judged<'a>)> + '_ {
        let subjects = self.subjects.iter();
        subjects
            .flat_map(|subject| subject.findings.iter().map(move |finding| (subject, finding)))
            .filter(|(_, finding)| finding.level >= self.least)
    }

    fn count(&self, level: Level) -> usize {
        self.subjects.iter().flat_map(|subject| &subject.findings).filter(|finding| finding.level == level).count()
    }
}

impl Judged<'_> {
    fn position(&self, text: &str) -> Position {
        Position::at(text, self.finding.span.start)
    }

    /// The message in a line, for formats that have no other room.
    fn line(&self) -> String {
        let lines = self.finding.message.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.take_while(|line| !line.starts_with('^')).collect::<Vec<_>>().join(" ")
    }
}

pub(super) fn print(report: &Report<'_>, format: Format, console: Console) {
    match format {
        Format::Text => text::print(report, console),
        Format::Json => json::print(report, console),
        Format::Sarif => sarif::print(report, console),
        Format::Github => github::print(report, console),
        Format::Junit => junit::print(report, console),
    }
}
