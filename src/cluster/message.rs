//! A message for waiting process instances.

use serde_json::{Map, Value};
use std::time::Duration;

/// The tenant of clusters that know no others, as the engine calls it.
#[cfg(feature = "worker")]
pub(crate) const DEFAULT_TENANT: &str = "<default>";

/// A message for waiting process instances.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// What elements wait for.
    pub name: &'a str,
    /// Which instance waits; empty for a start event that takes any.
    pub correlation_key: &'a str,
    /// While a message of this id is buffered, a second one is refused.
    pub id: Option<&'a str>,
    /// How long it is buffered for instances that do not wait for it yet.
    pub time_to_live: Duration,
    /// Set where the instance goes on.
    pub variables: &'a Map<String, Value>,
    /// Whose instances; the default tenant's if none.
    pub tenant: Option<&'a str>,
}
