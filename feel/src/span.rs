//! Places in an expression's text, and what is told of them.

use std::fmt;

/// A stretch of an expression's text, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Span {
    start: u32,
    end: u32,
}

impl Span {
    /// From this byte to that one, exclusive.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Span {
        // Texts are refused before they are longer than this can count.
        let clamp = |offset| u32::try_from(offset).unwrap_or(u32::MAX);
        Span { start: clamp(start), end: clamp(end) }
    }

    /// Where it begins.
    #[must_use]
    pub fn start(self) -> usize {
        self.start as usize
    }

    /// Where it ends, exclusive.
    #[must_use]
    pub fn end(self) -> usize {
        self.end as usize
    }

    /// The text that it covers.
    #[must_use]
    pub fn of(self, source: &str) -> &str {
        source.get(self.start()..self.end()).unwrap_or_default()
    }
}

/// A line and a column, both counted from 1, the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Position {
    /// The position of the byte at this offset.
    #[must_use]
    pub fn at(source: &str, offset: usize) -> Position {
        let before = source.get(..offset).unwrap_or(source);
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        Position {
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// The line that holds this stretch, with carets under it: two lines, for a terminal or a compiler's message.
#[must_use]
pub fn snippet(source: &str, span: Span) -> String {
    const WIDTH: usize = 100;
    let start = source.get(..span.start()).map_or(source.len(), str::len);
    let line_start = source.get(..start).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
    let line = source.get(line_start..).unwrap_or_default().lines().next().unwrap_or_default();
    let column = source.get(line_start..start).unwrap_or_default().chars().count();
    // A long line is cut to the part around the place.
    let skip = column.saturating_sub(WIDTH * 2 / 3);
    let shown: String = line.chars().skip(skip).take(WIDTH).map(|c| if c == '\t' { ' ' } else { c }).collect();
    let rest = shown.chars().count().saturating_sub(column - skip).max(1);
    let width = source.get(start..span.end()).map_or(1, |text| text.chars().count()).clamp(1, rest);
    format!("{shown}\n{}{}", " ".repeat(column - skip), "^".repeat(width))
}

/// What is wrong with an expression, and where.
///
/// [`fmt::Display`] gives one line; [`Located::explain`] adds the line of the text with a caret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located<R> {
    reason: R,
    span: Span,
    position: Position,
}

impl<R> Located<R> {
    pub(crate) fn new(source: &str, span: Span, reason: R) -> Located<R> {
        Located { reason, span, position: Position::at(source, span.start()) }
    }

    /// What is wrong.
    #[must_use]
    pub fn reason(&self) -> &R {
        &self.reason
    }

    /// The place, as bytes of the text that was parsed.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// The place, as line and column.
    #[must_use]
    pub fn position(&self) -> Position {
        self.position
    }
}

impl<R: fmt::Display> Located<R> {
    /// The message with the line of the text that it is about, and carets under the place.
    #[must_use]
    pub fn explain(&self, source: &str) -> String {
        format!("{self}\n{}", snippet(source, self.span))
    }
}

impl<R: fmt::Display> fmt::Display for Located<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.position, self.reason)
    }
}

impl<R: fmt::Debug + fmt::Display> std::error::Error for Located<R> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_counts_characters() {
        assert_eq!(Position::at("é\nab", 4), Position { line: 2, column: 2 });
        assert_eq!(Position::at("é\nab", 2), Position { line: 1, column: 2 });
    }

    #[test]
    fn a_snippet_points_at_the_place() {
        assert_eq!(snippet("{\n  a: rés.x\n}", Span::new(7, 11)), "  a: rés.x\n     ^^^");
    }

    #[test]
    fn a_snippet_of_the_end_has_a_caret() {
        assert_eq!(snippet("1 +", Span::new(3, 3)), "1 +\n   ^");
    }

    #[test]
    fn a_long_line_is_cut() {
        let source = format!("{}?{}", "x".repeat(500), "y".repeat(500));
        let text = snippet(&source, Span::new(500, 501));
        let (line, carets) = text.split_once('\n').expect("two lines");
        assert_eq!(line.chars().count(), 100);
        assert_eq!(line.chars().nth(carets.len() - 1), Some('?'));
    }
}
