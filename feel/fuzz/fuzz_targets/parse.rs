//! Parsing never panics, its errors point into the text, and analysing what parses never panics.
#![no_main]

use libfuzzer_sys::fuzz_target;
use opwright_feel::{Engine, Expression, Shape};

fuzz_target!(|text: &str| {
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
});
