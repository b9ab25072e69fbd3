//! The variables that an expression is given.

use super::exact;
use crate::cli::json;
use opwright_feel::{Shape, Variables};
use serde_json::Value;
use std::path::Path;

/// What the files hold.
pub(super) enum Given {
    Nothing,
    Context(Value),
    Response(Value),
}

impl Given {
    pub(super) fn read(context: Option<&Path>, response: Option<&Path>) -> Result<Self, String> {
        match (context, response) {
            (Some(path), _) => {
                let context = read("the context", path)?;
                if context.is_object() {
                    return Ok(Self::Context(context));
                }
                let held = json::held("the context", path);
                Err(format!("{held} must be a JSON object: the variables by their names"))
            }
            (None, Some(path)) => Ok(Self::Response(read("the response", path)?)),
            (None, None) => Ok(Self::Nothing),
        }
    }

    pub(super) fn variables(&self) -> Variables<'_> {
        match self {
            Self::Nothing => Variables::new(),
            Self::Context(context) => Variables::from(context),
            Self::Response(response) => Variables::from(response).with("response", response),
        }
    }

    /// What is known of the variables, taking the given ones for an example.
    pub(super) fn shape(&self) -> Shape {
        match self {
            Self::Nothing => Shape::Any,
            Self::Context(context) => Shape::of_example(context),
            Self::Response(response) => {
                let response = Shape::of_example(response);
                let entries = match &response {
                    Shape::Context(context) => context.entries(),
                    _ => &[],
                };
                Shape::context(entries.iter().cloned().chain([("response".into(), response.clone())]))
            }
        }
    }
}

fn read(what: &str, path: &Path) -> Result<Value, String> {
    let held = json::held(what, path);
    let bytes = json::bytes(path).map_err(|error| format!("cannot read {held}: {error}"))?;
    json::read(&bytes).and_then(|value| exact(&bytes).map(|()| value)).map_err(|reason| format!("{held} {reason}"))
}
