//! An element template as Modeler reads it: each key of Camunda's schema 0.46, in the order in which it is written.
//!
//! What a file lacks, or has in a form that the schema refuses, is absent. Knows neither files nor rules.

mod binding;
mod condition;
mod property;

pub use binding::{Binding, BindingKind, ListenerHeader};
pub use condition::{Condition, Expected, Test};
pub use property::{Choice, Constraints, Feel, GeneratedValue, Pattern, Property, PropertyKind, Value};

use serde::Serialize;
use serde_json::Map;

/// An element template.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the keys are those of Camunda's schema")]
pub struct ElementTemplate {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(rename = "$schema")]
    pub schema: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub documentation_ref: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keywords: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_default: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub applies_to: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub element_type: Option<ElementType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engines: Option<Map<String, serde_json::Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon: Option<Icon>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<Deprecated>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Map<String, serde_json::Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entries_visible: Option<EntriesVisible>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<Group>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<Vec<Step>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub presets: Option<Vec<Preset>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub configuration_templates: Option<Vec<ConfigurationTemplate>>,
    pub properties: Vec<Property>,
}

/// The heading in Modeler's chooser.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the keys are those of Camunda's schema")]
pub struct Category {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// What the element is turned into.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the keys are those of Camunda's schema")]
pub struct ElementType {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_definition: Option<String>,
}

/// The element's picture: a data URL, or one of the web.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the keys are those of Camunda's schema")]
pub struct Icon {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contents: Option<String>,
}

impl ElementTemplate {
    /// Whether it is no longer offered.
    #[must_use]
    pub const fn is_deprecated(&self) -> bool {
        !matches!(self.deprecated, None | Some(Deprecated::Flag(false)))
    }
}

/// Whether the template is no longer offered, and what is told to those who use it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Deprecated {
    /// Whether it is.
    Flag(bool),
    /// It is, for this reason.
    #[serde(rename_all = "camelCase")]
    Because {
        /// The reason.
        #[serde(skip_serializing_if = "Option::is_none")]
        message: Option<String>,
        /// Where to read more.
        #[serde(skip_serializing_if = "Option::is_none")]
        documentation_ref: Option<String>,
    },
}

/// Which entries of the panel stay visible beside the template's own.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum EntriesVisible {
    /// All or none.
    All(bool),
    /// Each by itself.
    Each(Map<String, serde_json::Value>),
}

/// A group of the panel.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the keys are those of Camunda's schema")]
pub struct Group {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tooltip: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open_by_default: Option<bool>,
}

/// An entry of the menus that create and append elements: it leads to a preset, or to more entries.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the keys are those of Camunda's schema")]
pub struct Step {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keywords: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preset_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<Vec<Step>>,
}

/// Values that a step fills in, by the ids of properties.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the keys are those of Camunda's schema")]
pub struct Preset {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub properties: Option<Map<String, serde_json::Value>>,
}

/// What a property of the type `Configuration` is chosen from.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the keys are those of Camunda's schema")]
pub struct ConfigurationTemplate {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(rename = "$schema")]
    pub schema: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub documentation_ref: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keywords: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<Group>>,
    pub properties: Vec<Property>,
}
