//! FEEL in attributes: read as the runtime reads it, so that what it would refuse is no program.

use crate::diagnostics::Diagnostics;
use opwright_feel::{Expression, Shape, connector};
use syn::LitStr;

/// Checks a FEEL text. Its variables depend on schemas, so they are checked when the connector is bound.
pub(crate) fn check(literal: &LitStr, what: &str, faults: &mut Diagnostics) {
    let text = literal.value();
    if !text.starts_with('=') {
        faults.fault(literal, format!("{what} is FEEL: start it with `=`"));
        return;
    }
    let expression = match Expression::parse(&text) {
        Ok(expression) => expression,
        Err(error) => return faults.fault(literal, format!("{what} is no FEEL: {}", error.explain(&text))),
    };
    for diagnostic in expression.analyze(&Shape::Any, connector::engine()).diagnostics {
        faults.fault(literal, format!("{what}: {}", diagnostic.explain(&text)));
    }
}
