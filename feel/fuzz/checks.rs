//! What the fuzz targets try, and what replays the inputs that they have kept.

use opwright_feel::{Engine, Expression, Limits, Shape, Variables, connector};

/// Parsing never panics, its errors point into the text, and analysing what parses never panics.
pub(crate) fn parse(text: &str) {
    match Expression::parse(text) {
        Ok(expression) => {
            let analysis = expression.analyze(&Shape::context([("a", Shape::Any)]), &Engine::new());
            for diagnostic in analysis.diagnostics {
                assert!(diagnostic.span.end() <= text.len());
                let _ = diagnostic.explain(text);
            }
        }
        Err(error) => {
            assert!(error.span().start() <= text.len());
            let _ = error.explain(text);
        }
    }
    let _ = Expression::parse_unary_tests(text);
}

/// Evaluating never panics and keeps its limits, whatever the expression and the variables are.
///
/// The input is an expression and, after a line `---`, the variables as JSON.
pub(crate) fn evaluate(input: &str) {
    let (text, json) = input.split_once("\n---\n").unwrap_or((input, "{}"));
    let Ok(expression) = Expression::parse(text) else { return };
    let variables: serde_json::Value = serde_json::from_str(json).unwrap_or_default();
    // Small, so that many inputs are tried in a second.
    let limits = Limits { steps: 20_000, memory: 4 * 1024 * 1024, ..Limits::default() };
    let engine = Engine::new().with_limits(limits).with_functions(connector::functions());
    match engine.evaluate(&expression, &Variables::from(&variables)) {
        Ok(evaluation) => {
            let _ = evaluation.to_json().to_string();
            let _ = format!("{:?}", evaluation.value());
            for warning in evaluation.warnings() {
                let _ = warning.explain(text);
            }
        }
        Err(error) => {
            let _ = error.explain(text);
        }
    }
}
