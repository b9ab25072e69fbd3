//! Groups of Modeler's properties panel.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A collapsible section of the properties panel.
///
/// The panel orders groups by their first visible property, so a group has no position of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Group {
    /// Unique within a template; not shown.
    pub id: Cow<'static, str>,
    /// The section's heading.
    pub label: Cow<'static, str>,
    /// Shown when the pointer rests on the heading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tooltip: Option<Cow<'static, str>>,
    /// Whether the section starts unfolded.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub open_by_default: bool,
}

impl Group {
    /// The job type, where the designer enters it.
    pub const WORKER: Self = Self::open("worker", "Worker");
    /// Where the operation dropdown stands.
    pub const OPERATION: Self = Self::open("operation", "Operation");
    /// The group of a discriminated set of credentials that names none.
    pub const AUTHENTICATION: Self = Self::new("authentication", "Authentication");
    /// The group of a connector's shared field that names none.
    pub const CONFIGURATION: Self = Self::new("configuration", "Configuration");
    /// The group of an operation's field that names none.
    pub const INPUT: Self = Self::new("input", "Input");
    /// How an event finds the instance that waits for it.
    pub const CORRELATION: Self = Self::new("correlation", "Correlation");
    /// Result variable and result expression.
    pub const OUTPUT: Self = Self::new("output", "Output mapping");
    /// Error expression.
    pub const ERROR: Self = Self::new("error", "Error handling");
    /// Retries, back-off and job timeout.
    pub const RETRIES: Self = Self::new("retries", "Retries");

    /// A group that starts folded.
    #[must_use]
    pub const fn new(id: &'static str, label: &'static str) -> Self {
        Self { id: Cow::Borrowed(id), label: Cow::Borrowed(label), tooltip: None, open_by_default: false }
    }

    /// A group that starts unfolded.
    #[must_use]
    pub const fn open(id: &'static str, label: &'static str) -> Self {
        Self { id: Cow::Borrowed(id), label: Cow::Borrowed(label), tooltip: None, open_by_default: true }
    }

    /// A group that starts folded and has a tooltip.
    #[must_use]
    pub const fn explained(id: &'static str, label: &'static str, tooltip: &'static str) -> Self {
        let (id, label, tooltip) = (Cow::Borrowed(id), Cow::Borrowed(label), Some(Cow::Borrowed(tooltip)));
        Self { id, label, tooltip, open_by_default: false }
    }
}
