//! What is found, and by which rule.

use crate::template::Path;
use serde::Serialize;
use std::fmt;
use std::ops::Range;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Level {
    /// It is told where it is asked for.
    Info,
    /// Something is not as it was meant, most likely.
    Warning,
    /// The template, or what it writes, does not work.
    Error,
}

impl Level {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// Something that templates get wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Its name, for configuration and suppressions.
    pub code: &'static str,
    /// How bad it is, unless it is configured otherwise.
    pub level: Level,
    /// What it finds, in a line.
    pub summary: &'static str,
    /// What happens because of it.
    pub reason: &'static str,
    /// What to do about it.
    pub mend: &'static str,
}

/// Something found.
#[derive(Debug, Clone)]
pub struct Finding {
    /// By which rule.
    pub rule: &'static Rule,
    /// How bad it is here.
    pub level: Level,
    /// Where it is in the file.
    pub path: Path,
    /// Where that is in the text, in bytes.
    pub span: Range<usize>,
    /// What is wrong here.
    pub message: String,
}

impl Finding {
    pub(super) fn of(rule: &'static Rule, path: Path, message: String) -> Self {
        Self { rule, level: rule.level, path, span: 0..0, message }
    }

    pub(super) fn at(rule: &'static Rule, span: Range<usize>, message: String) -> Self {
        Self { span, ..Self::of(rule, Path::default(), message) }
    }
}

/// What has been found so far.
#[derive(Debug, Default)]
pub(super) struct Findings(pub(super) Vec<Finding>);

impl Findings {
    pub(super) fn add(&mut self, rule: &'static Rule, path: &Path, message: impl Into<String>) {
        self.0.push(Finding::of(rule, path.clone(), message.into()));
    }

    /// Where a rule is less bad than usual.
    pub(super) fn add_as(&mut self, level: Level, rule: &'static Rule, path: &Path, message: impl Into<String>) {
        self.0.push(Finding { level, ..Finding::of(rule, path.clone(), message.into()) });
    }
}
