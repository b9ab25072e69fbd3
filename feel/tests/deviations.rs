//! Every row of `docs/deviations.md` holds: the first cell is evaluated, the second is what comes of it.

use opwright_feel::{Expression, Variables};
use serde_json::Value;

const DOCUMENT: &str = include_str!("../docs/deviations.md");

/// The cells of a table's row.
fn cells(line: &str) -> Vec<&str> {
    line.trim().trim_matches('|').split(" | ").map(str::trim).collect()
}

/// The text of a Markdown code span.
fn code(cell: &str) -> Option<&str> {
    match cell.strip_prefix("`` ") {
        Some(rest) => rest.strip_suffix(" ``"),
        None => cell.strip_prefix('`')?.strip_suffix('`'),
    }
}

#[test]
fn every_row_of_the_deviations_holds() {
    let mut rows = 0;
    for line in DOCUMENT.lines().filter(|line| line.starts_with("| `")) {
        let cells = cells(line);
        let text = code(cells[0]).unwrap_or_else(|| panic!("no expression: {line}"));
        let outcome = Expression::parse(text).map_err(|error| error.to_string()).and_then(|expression| {
            let evaluation = expression.evaluate(&Variables::new()).map_err(|error| error.to_string())?;
            Ok(evaluation.to_json())
        });
        if let Some(json) = code(cells[1]) {
            let expected: Value = serde_json::from_str(json).unwrap_or_else(|error| panic!("{line}: {error}"));
            assert_eq!(outcome, Ok(expected), "{line}");
        } else {
            assert_eq!(cells[1], "error", "{line}");
            assert!(outcome.is_err(), "{line}: {outcome:?}");
        }
        rows += 1;
    }
    assert!(rows >= 60, "only {rows} rows were found");
}
