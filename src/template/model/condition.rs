//! When a property is active.

use super::Value;
use serde::Serialize;

/// When a property is active.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Condition {
    /// One test.
    Simple(Test),
    /// Several tests.
    All {
        /// All of them must hold.
        #[serde(rename = "allMatch")]
        all_match: Vec<Test>,
    },
}

/// A test of another property.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Test {
    /// `simple`, or nothing.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The other property's id.
    pub property: String,
    /// What is asked of it.
    #[serde(flatten)]
    pub expected: Expected,
}

/// What a test asks.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Expected {
    /// Whether its value is this one.
    Equals(Value),
    /// Whether its value is one of these.
    OneOf(Vec<Value>),
    /// Whether it is active or not.
    IsActive(bool),
    /// Whether it is empty or not.
    IsEmpty(bool),
}

impl Test {
    /// A test of another property, by its id.
    #[must_use]
    pub fn of(property: impl Into<String>, expected: Expected) -> Self {
        Self { kind: Some("simple".to_owned()), property: property.into(), expected }
    }

    /// A test for one value.
    #[must_use]
    pub fn equals(property: impl Into<String>, value: impl Into<Value>) -> Self {
        Self::of(property, Expected::Equals(value.into()))
    }
}

impl Condition {
    /// The condition that all tests hold; `None` without any.
    #[must_use]
    pub fn all(tests: &[Test]) -> Option<Self> {
        match tests {
            [] => None,
            [test] => Some(Self::Simple(test.clone())),
            several => Some(Self::All { all_match: several.to_vec() }),
        }
    }

    /// The tests.
    #[must_use]
    pub fn tests(&self) -> &[Test] {
        match self {
            Self::Simple(test) => std::slice::from_ref(test),
            Self::All { all_match } => all_match,
        }
    }
}
