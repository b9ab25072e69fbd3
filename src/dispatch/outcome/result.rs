//! From a response to variables for the process.

use super::headers::{Expressions, Header};
use super::notes::Notes;
use super::size::refuse_large;
use super::{FUNCTION_LITERAL, calls_function, kind};
use crate::failure::{ErrorType, Failure};
use opwright_feel::{Engine, Evaluation, Expression, Variables};
use serde_json::{Map, Value};

/// What a success gives.
pub(super) struct Produced {
    /// The variables, or the response if there are none: what the error expression sees.
    pub(super) seen: Value,
    pub(super) any_variables: bool,
}

impl Expressions {
    /// The variables: the response by the result variable's name, then what the result expression gives.
    ///
    /// The operation has been executed, so a fault here is final: a repetition would execute it again.
    pub(super) fn produce(&self, response: Value, notes: &mut Notes) -> Result<Produced, Failure> {
        let mut added = match &self.result {
            Some(expression) => added(self.engine, expression, &response, notes)?,
            None => Map::new(),
        };
        if let Some(name) = &self.variable {
            // The response may come from anybody.
            refuse_functions(&response)?;
            let mut variables = Map::from_iter([(name.clone(), response)]);
            variables.append(&mut added);
            refuse_large(&variables)?;
            return Ok(Produced { seen: Value::Object(variables), any_variables: true });
        }
        if added.is_empty() {
            return Ok(Produced { seen: response, any_variables: false });
        }
        refuse_large(&added)?;
        Ok(Produced { seen: Value::Object(added), any_variables: true })
    }
}

fn added(
    engine: &Engine,
    expression: &Expression,
    response: &Value,
    notes: &mut Notes,
) -> Result<Map<String, Value>, Failure> {
    const HEADER: Header = Header::ResultExpression;
    let variables = Variables::from(response).with("response", response);
    let mut passed_over = Vec::new();
    let evaluation = engine.evaluate_with_warnings(expression, &variables, &mut passed_over);
    notes.warn(HEADER, expression, evaluation.as_ref().map_or(passed_over.as_slice(), Evaluation::warnings));
    let evaluation = evaluation.map_err(|error| notes.unevaluated(HEADER, expression, &error))?;
    Ok(object(HEADER, &evaluation)?.unwrap_or_default())
}

/// The object that an expression gave; none if it gave null.
pub(super) fn object(header: Header, evaluation: &Evaluation<'_>) -> Result<Option<Map<String, Value>>, Failure> {
    let given = evaluation.to_json();
    refuse_functions(&given)?;
    match given {
        Value::Null => Ok(None),
        Value::Object(members) => Ok(Some(members)),
        other => {
            let message = format!("{} must return a JSON object, but got {}.", header.label(), kind(&other));
            Err(Failure::terminal_as(ErrorType::Input, message))
        }
    }
}

fn refuse_functions(value: &Value) -> Result<(), Failure> {
    if calls_function(value) {
        let message = format!("The connector result contains a forbidden literal '{FUNCTION_LITERAL}'.");
        return Err(Failure::terminal_as(ErrorType::Input, message));
    }
    Ok(())
}
