//! The BPMN elements that a connector can be.

use serde::{Deserialize, Serialize};

/// An element whose job a connector executes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the elements are those of BPMN")]
pub enum Element {
    ServiceTask,
    SendTask,
    ScriptTask,
    BusinessRuleTask,
    /// An intermediate event that throws a message.
    MessageThrowEvent,
    /// An end event that throws a message.
    MessageEndEvent,
}

impl Element {
    /// All, by their names in `#[connector(elements = [..])]`.
    pub const ALL: [(&'static str, Self); 6] = [
        ("ServiceTask", Self::ServiceTask),
        ("SendTask", Self::SendTask),
        ("ScriptTask", Self::ScriptTask),
        ("BusinessRuleTask", Self::BusinessRuleTask),
        ("MessageThrowEvent", Self::MessageThrowEvent),
        ("MessageEndEvent", Self::MessageEndEvent),
    ];

    /// The element of this name. For the macro, which knows no other names.
    #[doc(hidden)]
    #[must_use]
    pub const fn named(name: &str) -> Self {
        match name.as_bytes() {
            b"SendTask" => Self::SendTask,
            b"ScriptTask" => Self::ScriptTask,
            b"BusinessRuleTask" => Self::BusinessRuleTask,
            b"MessageThrowEvent" => Self::MessageThrowEvent,
            b"MessageEndEvent" => Self::MessageEndEvent,
            b"ServiceTask" => Self::ServiceTask,
            _ => panic!("the macro knows other elements"),
        }
    }

    /// Its type in BPMN.
    #[must_use]
    pub const fn bpmn_type(self) -> &'static str {
        match self {
            Self::ServiceTask => "bpmn:ServiceTask",
            Self::SendTask => "bpmn:SendTask",
            Self::ScriptTask => "bpmn:ScriptTask",
            Self::BusinessRuleTask => "bpmn:BusinessRuleTask",
            Self::MessageThrowEvent => "bpmn:IntermediateThrowEvent",
            Self::MessageEndEvent => "bpmn:EndEvent",
        }
    }

    /// Whether it is an event, which throws a message.
    #[must_use]
    pub const fn is_event(self) -> bool {
        matches!(self, Self::MessageThrowEvent | Self::MessageEndEvent)
    }

    /// What Modeler turns into it.
    #[must_use]
    pub const fn applies_to(self) -> &'static str {
        if self.is_event() { self.bpmn_type() } else { "bpmn:Task" }
    }

    /// What it adds to the ids and file names of templates, after the first of a connector.
    #[must_use]
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::ServiceTask => "service-task",
            Self::SendTask => "send-task",
            Self::ScriptTask => "script-task",
            Self::BusinessRuleTask => "business-rule-task",
            Self::MessageThrowEvent => "message-throw-event",
            Self::MessageEndEvent => "message-end-event",
        }
    }

    /// What people call it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::ServiceTask => "service task",
            Self::SendTask => "send task",
            Self::ScriptTask => "script task",
            Self::BusinessRuleTask => "business rule task",
            Self::MessageThrowEvent => "message throw event",
            Self::MessageEndEvent => "message end event",
        }
    }
}
