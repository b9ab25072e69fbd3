//! An operation's inputs: accepted or refused as a whole.

use super::accepted::accepted_object;
use super::fault::{self, Refusal};
use super::{coerce, validator};
use crate::definition::Field;
use serde_json::{Map, Value};
use std::sync::{Arc, OnceLock};

/// The schema of one operation's inputs as a job carries them.
#[derive(Debug, Clone)]
pub struct InputSchema {
    shared: Vec<Field>,
    own: Vec<Field>,
    validator: Arc<OnceLock<Option<validator::Validator>>>,
}

/// Accepted inputs in their declared form.
#[derive(Debug, Clone, PartialEq)]
pub struct Inputs {
    /// The connector's shared inputs.
    pub shared: Map<String, Value>,
    /// The operation's own.
    pub own: Map<String, Value>,
}

impl InputSchema {
    pub(crate) fn new(shared: Vec<Field>, own: Vec<Field>) -> Self {
        Self { shared, own, validator: Arc::default() }
    }

    /// The connector's shared fields.
    #[must_use]
    pub fn shared(&self) -> &[Field] {
        &self.shared
    }

    /// The operation's own fields.
    #[must_use]
    pub fn own(&self) -> &[Field] {
        &self.own
    }

    /// All fields: the shared ones first.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.shared.iter().chain(&self.own)
    }

    /// The schema that is enforced: published, but for keywords starting with `x-`.
    #[must_use]
    pub fn accepted(&self) -> Value {
        accepted_object(&self.fields().cloned().collect::<Vec<_>>())
    }

    /// Takes a job's inputs, or says everything that is wrong with them.
    pub fn accept(&self, input: &Value) -> Result<Inputs, Refusal> {
        let validator = self.validator.get_or_init(|| validator::Validator::new(&self.accepted()));
        match input.as_object().filter(|_| validator.as_ref().is_some_and(|validator| validator.is_valid(input))) {
            Some(members) => {
                Ok(Inputs { shared: coerce::object(&self.shared, members), own: coerce::object(&self.own, members) })
            }
            None => Err(fault::explain(&self.fields().cloned().collect::<Vec<_>>(), input)),
        }
    }

    /// An example in its declared form. Its placeholders of secrets are no values, so it is not validated.
    pub(crate) fn accept_example(&self, input: &Value) -> Option<Inputs> {
        let members = input.as_object()?;
        Some(Inputs { shared: coerce::object(&self.shared, members), own: coerce::object(&self.own, members) })
    }

    /// Only those of a job's variables that are inputs: a process may have others of any name.
    #[must_use]
    pub fn declared_only(&self, variables: &Map<String, Value>) -> Map<String, Value> {
        self.fields()
            .filter_map(|field| variables.get(&field.name).map(|value| (field.name.clone(), value.clone())))
            .collect()
    }
}
