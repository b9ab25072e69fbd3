//! A property of a template: a field of the panel, or a constant.

use super::{Binding, Condition, Test};
use serde::Serialize;
use serde_json::Number;
use std::borrow::Cow;
use std::fmt;

/// A property.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the keys are those of Camunda's schema")]
pub struct Property {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tooltip: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub placeholder: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(rename = "type")]
    pub kind: Option<PropertyKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feel: Option<Feel>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub editable: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub optional: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generated_value: Option<GeneratedValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub choices: Option<Vec<Choice>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub constraints: Option<Constraints>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub configuration_template: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub configuration_template_version: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub binding: Option<Binding>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<Condition>,
}

impl Property {
    /// A property of this type and binding, and of nothing else.
    #[must_use]
    pub fn new(id: impl Into<String>, kind: PropertyKind, binding: Binding) -> Self {
        Self { id: Some(id.into()), kind: Some(kind), binding: Some(binding), ..Self::default() }
    }

    /// A constant.
    #[must_use]
    pub fn hidden(id: impl Into<String>, binding: Binding, value: impl Into<Value>) -> Self {
        Self { value: Some(value.into()), ..Self::new(id, PropertyKind::Hidden, binding) }
    }

    /// The tests of its condition.
    #[must_use]
    pub fn tests(&self) -> &[Test] {
        self.condition.as_ref().map(Condition::tests).unwrap_or_default()
    }

    /// Where its value goes in the BPMN, by which Modeler knows it again.
    #[must_use]
    pub fn place(&self) -> Option<Cow<'_, Binding>> {
        self.binding.as_ref().map(Binding::place)
    }
}

/// A default value.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
#[expect(missing_docs, reason = "the types are those of JSON")]
pub enum Value {
    String(String),
    Number(Number),
    Boolean(bool),
}

impl Value {
    /// The text of a string.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            Self::Number(_) | Self::Boolean(_) => None,
        }
    }

    /// The value as the BPMN holds it.
    #[must_use]
    pub fn bare(&self) -> String {
        match self {
            Self::String(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Boolean(value) => value.to_string(),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::String(text) => write!(formatter, "{text:?}"),
            Self::Number(number) => write!(formatter, "{number}"),
            Self::Boolean(value) => write!(formatter, "{value}"),
        }
    }
}

/// A property's control.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are those of Camunda's schema")]
pub enum PropertyKind {
    String,
    Text,
    Hidden,
    Dropdown,
    Boolean,
    Number,
    Configuration,
}

impl PropertyKind {
    /// All, by their names.
    pub const ALL: [(&'static str, Self); 7] = [
        ("String", Self::String),
        ("Text", Self::Text),
        ("Hidden", Self::Hidden),
        ("Dropdown", Self::Dropdown),
        ("Boolean", Self::Boolean),
        ("Number", Self::Number),
        ("Configuration", Self::Configuration),
    ];
}

/// Whether a value is FEEL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Feel {
    /// As the designer likes.
    Optional,
    /// Always.
    Required,
    /// It is written as FEEL, though the field shows none.
    Static,
}

impl Feel {
    /// All, by their names.
    pub const ALL: [(&'static str, Self); 3] =
        [("optional", Self::Optional), ("required", Self::Required), ("static", Self::Static)];
}

/// A value that is made when the template is applied: `uuid` is all that there is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct GeneratedValue {
    /// What is made.
    #[serde(rename = "type")]
    pub kind: String,
}

/// An entry of a dropdown.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the keys are those of Camunda's schema")]
pub struct Choice {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<Condition>,
}

/// What Modeler checks of a value.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the keys are those of Camunda's schema")]
pub struct Constraints {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_empty: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_length: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_length: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<Pattern>,
}

/// A regular expression of JavaScript that a value has to match somewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Pattern {
    /// The expression alone.
    Plain(String),
    /// With what is told where a value does not match.
    Told {
        /// The expression.
        #[serde(skip_serializing_if = "Option::is_none")]
        value: Option<String>,
        /// The end of the sentence `<label> …`.
        #[serde(skip_serializing_if = "Option::is_none")]
        message: Option<String>,
    },
}

impl Pattern {
    /// An expression, and the end of the sentence `<label> …` that is told where a value does not match it.
    #[must_use]
    pub fn told(value: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Told { value: Some(value.into()), message: Some(message.into()) }
    }

    /// The expression.
    #[must_use]
    pub fn expression(&self) -> Option<&str> {
        match self {
            Self::Plain(value) => Some(value),
            Self::Told { value, .. } => value.as_deref(),
        }
    }
}
