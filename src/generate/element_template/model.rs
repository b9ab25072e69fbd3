//! An element template as Camunda's schema 0.46 has it: the part that opwright writes.

use crate::definition::{Feel, Group};
use serde::Serialize;
use serde_json::Value;

/// An element template.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the keys are those of Camunda's schema")]
pub struct ElementTemplate {
    #[serde(rename = "$schema")]
    pub schema: &'static str,
    pub name: String,
    pub id: String,
    pub description: String,
    pub version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub documentation_ref: Option<String>,
    pub keywords: Vec<String>,
    pub category: Category,
    pub applies_to: Vec<&'static str>,
    pub element_type: ElementType,
    pub engines: Engines,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon: Option<Icon>,
    pub metadata: Metadata,
    pub groups: Vec<Group>,
    pub properties: Vec<Property>,
}

/// The heading in Modeler's chooser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Category {
    /// Not shown.
    pub id: &'static str,
    /// The heading.
    pub name: &'static str,
}

/// What the element is turned into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ElementType {
    /// A BPMN type.
    pub value: &'static str,
}

/// The engines that run what the template writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Engines {
    /// A semantic version range.
    pub camunda: &'static str,
}

/// The element's picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Icon {
    /// A data URL.
    pub contents: String,
}

/// Read by nobody but people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Metadata {
    /// What generates the file.
    pub comment: String,
}

/// One property of a template.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the keys are those of Camunda's schema")]
pub struct Property {
    pub id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tooltip: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub placeholder: Option<String>,
    #[serde(rename = "type")]
    pub kind: PropertyKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feel: Option<Feel>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub optional: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub choices: Option<Vec<ChoiceEntry>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub constraints: Option<Constraints>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    pub binding: Binding,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<TemplateCondition>,
    /// What an example process fills in where the template has no value.
    #[serde(skip)]
    pub example: Option<String>,
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
}

/// An entry of a dropdown. Its value is always text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChoiceEntry {
    /// What the dropdown shows.
    pub name: String,
    /// What is written.
    pub value: String,
}

/// What Modeler checks of a value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the keys are those of Camunda's schema")]
pub struct Constraints {
    /// Must be said of an optional property with other constraints, or the template is invalid.
    pub not_empty: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_length: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<Pattern>,
}

/// A regular expression of ECMAScript.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pattern {
    /// The expression.
    pub value: String,
    /// The end of the sentence `<label> …`.
    pub message: String,
}

/// Where a value goes in the BPMN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type")]
pub enum Binding {
    /// A variable of the job.
    #[serde(rename = "zeebe:input")]
    Input {
        /// Its name; dots nest.
        name: String,
    },
    /// A task header.
    #[serde(rename = "zeebe:taskHeader")]
    TaskHeader {
        /// Its key.
        key: String,
    },
    /// The job's type or number of retries.
    #[serde(rename = "zeebe:taskDefinition")]
    TaskDefinition {
        /// `type` or `retries`.
        property: &'static str,
    },
}

/// When a property is active.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum TemplateCondition {
    /// One test.
    Simple(Test),
    /// Several tests.
    All {
        /// All of them must hold.
        #[serde(rename = "allMatch")]
        all_match: Vec<Test>,
    },
}

/// A test of another property's value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Test {
    /// Always `simple`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The other property's id.
    pub property: String,
    /// What its value must be.
    #[serde(flatten)]
    pub expected: Expected,
}

/// The value that a test waits for.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Expected {
    /// This value.
    Equals(Value),
    /// One of these.
    OneOf(Vec<Value>),
}

impl TemplateCondition {
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

impl Test {
    /// A test for one value.
    #[must_use]
    pub fn equals(property: impl Into<String>, value: impl Into<Value>) -> Self {
        Self { kind: "simple", property: property.into(), expected: Expected::Equals(value.into()) }
    }
}

impl Property {
    /// A property without label, group or constraints.
    #[must_use]
    pub fn new(id: impl Into<String>, kind: PropertyKind, binding: Binding) -> Self {
        Self {
            id: id.into(),
            label: None,
            description: None,
            tooltip: None,
            placeholder: None,
            kind,
            feel: None,
            optional: None,
            value: None,
            choices: None,
            constraints: None,
            group: None,
            binding,
            condition: None,
            example: None,
        }
    }

    /// A constant.
    #[must_use]
    pub fn hidden(id: impl Into<String>, binding: Binding, value: impl Into<Value>) -> Self {
        Self { value: Some(value.into()), ..Self::new(id, PropertyKind::Hidden, binding) }
    }
}
