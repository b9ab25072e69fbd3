//! What an error expression passed over in silence that its author should know.
//!
//! It is evaluated after successes and after failures, and each time lacks what only the other end has: `error` after a
//! success, the response or the process's variables after a failure. That is as it should be, and so is what follows
//! from it; a slip is not.

use super::headers::{Expressions, Header, Remark};
use opwright_feel::connector::engine;
use opwright_feel::{Expression, Position, Read, Shape, Span, Warning, WarningKind, snippet};

/// The variables that there are after a failure.
const AFTER_FAILURE: [&str; 3] = ["error", "job", "response"];
/// What an error need not have.
const OPTIONAL: [&str; 2] = ["code", "variables"];

impl Expressions {
    /// Of the warnings of the error expression, those that are news.
    pub(super) fn unexpected<'w>(
        &self,
        expression: &Expression,
        warnings: &'w [Warning],
        failed: bool,
    ) -> Vec<&'w Warning> {
        if warnings.is_empty() {
            return Vec::new();
        }
        let end = End {
            source: expression.source(),
            reads: expression.reads(),
            failed,
            produced: if failed { self.produced() } else { Vec::new() },
            warnings,
        };
        let missing = |warning: &&Warning| is_missing(warning) && end.lacks(warning);
        let expected: Vec<Span> = warnings.iter().filter(missing).map(Warning::span).collect();
        let news = |warning: &&Warning| match warning.kind() {
            WarningKind::NoFunctionFound => true,
            WarningKind::FunctionInvocationFailure => expected.is_empty() || !tells_null(warning),
            _ if is_missing(warning) => !expected.contains(&warning.span()) && !end.is_optional(warning),
            _ => !tells_null(warning),
        };
        warnings.iter().filter(news).collect()
    }

    /// Variables of the error expression that are probably slips for `error`, `job` or `response`. This needs no
    /// response, and so cannot tell whether one has a member of that name.
    #[must_use]
    pub fn slips(&self) -> Vec<Remark> {
        let Some(expression) = &self.error else { return Vec::new() };
        let source = expression.source();
        let produced = self.produced();
        let slip = |read: &Read| {
            let name = read.path.first().filter(|name| !read.in_filter && !produced.contains(name))?;
            let known = meant(name)?;
            let span = Span::new(read.span.start(), read.span.start() + name.len());
            Some(Remark {
                header: Header::ErrorExpression,
                position: Position::at(source, span.start()),
                message: format!("there is no `{name}` here: did you mean `{known}`?"),
                snippet: snippet(source, span),
            })
        };
        expression.reads().iter().filter_map(slip).collect()
    }

    /// Names of variables that only a success has, as far as the headers tell them.
    fn produced(&self) -> Vec<String> {
        let shape = self.result.as_ref().map(|result| result.analyze(&Shape::Any, engine()).shape);
        let entries = match &shape {
            Some(Shape::Context(context)) => context.entries(),
            _ => &[],
        };
        self.variable.iter().cloned().chain(entries.iter().map(|(name, _)| name.to_string())).collect()
    }
}

/// The variable of an error expression that this name is probably meant to be.
fn meant(name: &str) -> Option<&'static str> {
    AFTER_FAILURE.into_iter().find(|known| is_near(name, known))
}

/// Names of a response are unknown here, so a name must be nearer than for a mere hint.
fn is_near(name: &str, known: &str) -> bool {
    name != known && strsim::damerau_levenshtein(&name.to_lowercase(), known) <= known.len().div_ceil(3)
}

fn is_missing(warning: &Warning) -> bool {
    matches!(
        warning.kind(),
        WarningKind::NoVariableFound | WarningKind::NoContextEntryFound | WarningKind::NoPropertyFound
    )
}

/// Warnings tell the types of operands.
fn tells_null(warning: &Warning) -> bool {
    warning.message().split(|letter: char| !letter.is_alphanumeric()).any(|word| word == "null")
}

fn holds(outer: Span, inner: Span) -> bool {
    outer.start() <= inner.start() && inner.end() <= outer.end()
}

/// How an operation ended, and what was missing then.
struct End<'w> {
    source: &'w str,
    reads: Vec<Read>,
    failed: bool,
    produced: Vec<String>,
    warnings: &'w [Warning],
}

impl End<'_> {
    /// Whether only the other end has what is missing, or whether that was told where it began.
    fn lacks(&self, warning: &Warning) -> bool {
        let name = warning.span().of(self.source);
        if warning.kind() == WarningKind::NoVariableFound {
            return if self.failed { self.produced(name) || meant(name).is_none() } else { name == "error" };
        }
        let Some(read) = self.read(warning.span()) else { return self.failed };
        let repeated = || self.warnings.iter().any(|other| is_missing(other) && holds(read.span, other.span()));
        if !holds(read.span, warning.span()) && repeated() {
            return true;
        }
        match (names(read).as_slice(), self.failed) {
            (["error", ..] | ["response", "error", ..], failed) => !failed,
            (["job", ..], _) | (_, false) => false,
            (["response", entry, ..], true) => self.produced(entry) || !is_near(entry, "error"),
            (_, true) => true,
        }
    }

    fn produced(&self, name: &str) -> bool {
        self.produced.iter().any(|known| known == name)
    }

    /// Whether an error of an operation may as well be without it.
    fn is_optional(&self, warning: &Warning) -> bool {
        let name = warning.span().of(self.source);
        warning.kind() == WarningKind::NoContextEntryFound
            && self.read(warning.span()).is_some_and(|read| match names(read).as_slice() {
                ["response", "error", entry, ..] | ["error", entry, ..] => *entry == name && OPTIONAL.contains(entry),
                _ => false,
            })
    }

    /// The variable that is read there; after a filter, the last one that was read before.
    fn read(&self, place: Span) -> Option<&Read> {
        let around = self.reads.iter().find(|read| holds(read.span, place));
        around.or_else(|| self.reads.iter().rfind(|read| read.span.end() <= place.start()))
    }
}

fn names(read: &Read) -> Vec<&str> {
    read.path.iter().map(String::as_str).collect()
}
