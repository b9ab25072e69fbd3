//! A process instance to be created, and what becomes of messages and instances that are waited for.

use super::ClusterError;
use super::job;
use serde_json::{Map, Value};
use std::time::Duration;

/// A process instance to be created.
#[derive(Debug, Clone, Copy)]
pub struct NewInstance<'a> {
    /// Of which process.
    pub process: Deployed<'a>,
    /// Set at its start.
    pub variables: &'a Map<String, Value>,
    /// Whose process; the default tenant's if none.
    pub tenant: Option<&'a str>,
    /// How long its end is waited for, for the variables that it has then; not at all if none.
    pub wait: Option<Duration>,
}

/// Which version of a process.
#[derive(Debug, Clone, Copy)]
pub enum Deployed<'a> {
    /// The newest of this id.
    Newest(&'a str),
    /// The one with this key.
    Pinned(&'a str),
}

/// A process instance that was created.
#[derive(Debug, Clone, PartialEq)]
pub struct Created {
    /// Its key.
    pub process_instance_key: String,
    /// The variables at its end, if that was waited for.
    pub variables: Option<Map<String, Value>>,
}

/// A message that an instance has taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correlated {
    /// The message's key.
    pub message_key: String,
    /// The instance that took it.
    pub process_instance_key: String,
}

impl Created {
    pub(super) fn read(answer: &mut Value, waited: bool) -> Result<Self, ClusterError> {
        let process_instance_key = job::key(answer, &["processInstanceKey"]).map_err(ClusterError::Answer)?;
        let variables = waited.then(|| match answer["variables"].take() {
            Value::Object(variables) => variables,
            _ => Map::new(),
        });
        Ok(Self { process_instance_key, variables })
    }
}

impl Correlated {
    pub(super) fn read(answer: &Value) -> Result<Self, ClusterError> {
        let key = |name| job::key(answer, &[name]).map_err(ClusterError::Answer);
        Ok(Self { message_key: key("messageKey")?, process_instance_key: key("processInstanceKey")? })
    }
}
