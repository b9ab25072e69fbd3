//! An inbound event of a connector as data: what elements of a process wait for.

use super::error::DefinitionError;
use super::field::Field;
use super::read::read_schema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Something that happens in the system of a connector, and that a process waits for.
///
/// When it happens, a message is published: its name is [`EventDefinition::event_type`], its correlation key what the
/// event is about, and its variables what the result expression makes of `request.body`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EventDefinition {
    /// Last part of the URL that is called, `/inbound/{id}`, and of the generated files' names.
    pub id: String,
    /// What Modeler shows.
    pub name: String,
    /// The struct's doc comment.
    pub description: String,
    /// Version of its element templates.
    pub version: u32,
    /// `inbound.type` of an element that waits for it, and the name of the message that the element is sent.
    pub event_type: String,
    /// The id of the operation that is asked whether it has happened.
    pub operation: String,
    /// Words that Modeler's search finds it by.
    pub keywords: Vec<String>,
    /// The elements that can wait for it, a template for each.
    pub elements: Vec<EventElement>,
    /// FEEL over the process's variables, starting with `=`: what the instance waits for.
    pub correlation_key: String,
    /// What that is, in words.
    #[serde(default)]
    pub correlation_description: Option<String>,
    /// Name of the process variable that the template fills in for all of what happened.
    pub result_variable: Option<String>,
    /// FEEL over `request` that the template fills in, starting with `=`.
    pub result_expression: Option<String>,
    /// Schema of what happened, as schemars derives it: `request.body`.
    pub payload: Value,
    /// A process from what begins it to what follows, generated as an example.
    #[serde(default)]
    pub journey: Option<Journey>,
}

/// A process from the operation that begins something, over the event of its end, to the operation that follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Journey {
    /// The id of the operation that begins it.
    pub begin: String,
    /// Inputs of that operation that are not required, and that the process needs: each takes the variable of its name.
    pub inputs: Vec<String>,
    /// How long the end is waited for: a duration of ISO 8601.
    pub patience: String,
    /// FEEL over the process's variables, starting with `=`: whether it ended well.
    pub well: String,
    /// The id of the operation that follows if it did.
    pub then: String,
}

impl EventDefinition {
    /// The shape of what happened, for docs.
    pub fn payload_fields(&self, connector: &str) -> Result<Field, DefinitionError> {
        read_schema(&self.payload, &format!("{connector}/{}/payload", self.id))
    }

    /// An example of what happened, if its schema has one.
    #[must_use]
    pub fn example(&self) -> Option<&Value> {
        self.payload.pointer("/examples/0")
    }

    /// What the correlation key is, in words.
    #[must_use]
    pub fn what_correlates(&self) -> &str {
        self.correlation_description.as_deref().unwrap_or("FEEL that gives what is waited for.")
    }
}

/// An element that waits for a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the elements are those of BPMN")]
pub enum EventElement {
    IntermediateCatchEvent,
    ReceiveTask,
    BoundaryEvent,
    /// A start event, whose process is started by every event of this type.
    MessageStartEvent,
}

impl EventElement {
    /// All, by their names in `#[event(elements = [..])]`.
    pub const ALL: [(&'static str, Self); 4] = [
        ("IntermediateCatchEvent", Self::IntermediateCatchEvent),
        ("ReceiveTask", Self::ReceiveTask),
        ("BoundaryEvent", Self::BoundaryEvent),
        ("MessageStartEvent", Self::MessageStartEvent),
    ];

    /// The element of this name. For the macro, which knows no other names.
    #[doc(hidden)]
    #[must_use]
    pub const fn named(name: &str) -> Self {
        match name.as_bytes() {
            b"IntermediateCatchEvent" => Self::IntermediateCatchEvent,
            b"ReceiveTask" => Self::ReceiveTask,
            b"BoundaryEvent" => Self::BoundaryEvent,
            b"MessageStartEvent" => Self::MessageStartEvent,
            _ => panic!("the macro knows other elements"),
        }
    }

    /// Its type in BPMN.
    #[must_use]
    pub const fn bpmn_type(self) -> &'static str {
        match self {
            Self::IntermediateCatchEvent => "bpmn:IntermediateCatchEvent",
            Self::ReceiveTask => "bpmn:ReceiveTask",
            Self::BoundaryEvent => "bpmn:BoundaryEvent",
            Self::MessageStartEvent => "bpmn:StartEvent",
        }
    }

    /// Whether it is an event, which has a message's definition.
    #[must_use]
    pub const fn is_event(self) -> bool {
        !matches!(self, Self::ReceiveTask)
    }

    /// What Modeler turns into it.
    #[must_use]
    pub const fn applies_to(self) -> &'static [&'static str] {
        match self {
            // An event that is appended to something is one that throws until it is told otherwise.
            Self::IntermediateCatchEvent => &["bpmn:IntermediateCatchEvent", "bpmn:IntermediateThrowEvent"],
            Self::ReceiveTask => &["bpmn:Task"],
            Self::BoundaryEvent => &["bpmn:BoundaryEvent"],
            Self::MessageStartEvent => &["bpmn:StartEvent"],
        }
    }

    /// What it adds to the ids and file names of templates, after the first of an event.
    #[must_use]
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::IntermediateCatchEvent => "intermediate-catch-event",
            Self::ReceiveTask => "receive-task",
            Self::BoundaryEvent => "boundary-event",
            Self::MessageStartEvent => "message-start-event",
        }
    }

    /// What people call it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::IntermediateCatchEvent => "intermediate catch event",
            Self::ReceiveTask => "receive task",
            Self::BoundaryEvent => "boundary event",
            Self::MessageStartEvent => "message start event",
        }
    }
}
