//! Evaluating never panics and keeps its limits, whatever the expression and the variables are.
//!
//! The input is an expression and, after a line `---`, the variables as JSON.
#![no_main]

use libfuzzer_sys::fuzz_target;
use opwright_feel::{Engine, Expression, Limits, Variables, connector};

fuzz_target!(|input: &str| {
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
});
