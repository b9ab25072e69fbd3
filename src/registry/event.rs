//! Inbound events bound to what confirms them: an operation that asks the system itself.

use super::{described, schema_of, texts, untitled};
use crate::definition::{EventDefinition, EventElement, Journey};
use crate::failure::ErrorDetail;
use schemars::JsonSchema;
use schemars::generate::Contract;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::fmt;

/// A struct with `#[event]`: what a process can wait for.
#[diagnostic::on_unimplemented(message = "`{Self}` is no event: put `#[event(..)]` on it", label = "no event")]
pub trait Event {
    /// The last part of the URL that is called, `/inbound/{ID}`.
    const ID: &'static str;

    /// Reads the definition and binds what confirms it.
    fn bind() -> BoundEvent;
}

/// How an event of a system is known to have happened.
///
/// A call that tells of it proves nothing: anybody may send it. So the worker asks the system, by an operation of the
/// connector, and publishes what that answers. The same question is asked again and again of what is watched, so that an
/// event is found whose call was lost.
///
/// The struct is the payload, as the call carries it and as `request.body` is for the result expression.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is an event, and nothing confirms that it has happened: implement `Confirm` for it",
    label = "no `impl Confirm for {Self}`"
)]
pub trait Confirm: JsonSchema + Serialize + DeserializeOwned + 'static {
    /// The id of the operation that asks.
    const OPERATION: &'static str;

    /// What a call is about by its body, such as the id of a flow session; none if the body tells of nothing that there can
    /// be. It is the message's correlation key, so the same thing has one spelling, of 1 to 256 bytes. Nothing else of the
    /// body is believed.
    fn subject(call: &Value) -> Option<String>;

    /// The operation's own inputs for a subject.
    fn inputs(subject: &str) -> Value;

    /// What the operation's result says of the subject.
    fn confirm(subject: &str, result: &Value) -> Standing<Self>
    where
        Self: Sized;

    /// Whether this failure of the operation says that there is no such subject, rather than that the system could not be
    /// asked. A call that tells of something nobody knows is dropped after some more looks; what the worker itself has begun
    /// is asked for all the same. A 404 says so, unless the system tells more precisely.
    #[must_use]
    fn is_unknown(error: &ErrorDetail) -> bool {
        error.code.as_deref() == Some("404")
    }

    /// What an operation of the connector has begun, of which an event will follow: by the operation's id, its own inputs
    /// and its result.
    #[must_use]
    fn begun(_operation: &str, _inputs: &Map<String, Value>, _result: &Value) -> Option<Begun> {
        None
    }
}

/// What the system says of a subject.
#[derive(Debug, Clone, PartialEq)]
pub enum Standing<E> {
    /// It has not happened yet.
    Pending,
    /// It has happened.
    Happened {
        /// What happened.
        event: E,
        /// How it ended, such as a status code: with the subject it is the message's id, so that the same end is told once.
        end: String,
    },
    /// The result is none that this is known of.
    Unreadable,
}

/// Something that has been begun, and of whose end an event tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// What it is, as [`Confirm::subject`] has it.
    pub subject: String,
    /// Whether a call was ordered for its end.
    pub calls_back: bool,
}

/// An event with what confirms it.
#[derive(Clone)]
pub struct BoundEvent {
    pub(super) definition: EventDefinition,
    pub(super) confirmation: Confirmation,
}

/// [`Confirm`] of an event, its type forgotten.
#[derive(Clone, Copy)]
pub struct Confirmation {
    /// The id of the operation that asks.
    pub operation: &'static str,
    subject: fn(&Value) -> Option<String>,
    inputs: fn(&str) -> Value,
    confirm: fn(&str, &Value) -> Standing<Value>,
    is_unknown: fn(&ErrorDetail) -> bool,
    begun: fn(&str, &Map<String, Value>, &Value) -> Option<Begun>,
}

impl Confirmation {
    fn of<E: Confirm>() -> Self {
        Self {
            operation: E::OPERATION,
            subject: E::subject,
            inputs: E::inputs,
            confirm: |subject, result| match E::confirm(subject, result) {
                Standing::Pending => Standing::Pending,
                Standing::Unreadable => Standing::Unreadable,
                Standing::Happened { event, end } => match serde_json::to_value(event) {
                    Ok(event) => Standing::Happened { event, end },
                    Err(_) => Standing::Unreadable,
                },
            },
            is_unknown: E::is_unknown,
            begun: E::begun,
        }
    }

    /// What a call is about.
    #[must_use]
    pub fn subject(&self, call: &Value) -> Option<String> {
        (self.subject)(call).filter(|subject| can_be(subject))
    }

    /// The operation's own inputs for a subject.
    #[must_use]
    pub fn inputs(&self, subject: &str) -> Value {
        (self.inputs)(subject)
    }

    /// What the operation's result says of the subject.
    #[must_use]
    pub fn confirm(&self, subject: &str, result: &Value) -> Standing<Value> {
        (self.confirm)(subject, result)
    }

    /// Whether a failure of the operation says that there is no such subject.
    #[must_use]
    pub fn is_unknown(&self, error: &ErrorDetail) -> bool {
        (self.is_unknown)(error)
    }

    /// What an operation has begun.
    #[must_use]
    pub fn begun(&self, operation: &str, inputs: &Map<String, Value>, result: &Value) -> Option<Begun> {
        (self.begun)(operation, inputs, result).filter(|begun| can_be(&begun.subject))
    }
}

/// The longest subject, in bytes. Each is kept in memory and in the journal, and anybody may send it.
const LONGEST_SUBJECT: usize = 256;

fn can_be(subject: &str) -> bool {
    (1..=LONGEST_SUBJECT).contains(&subject.len())
}

impl fmt::Debug for Confirmation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Confirmation(by {})", self.operation)
    }
}

impl fmt::Debug for BoundEvent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("BoundEvent").field("id", &self.definition.id).finish_non_exhaustive()
    }
}

/// The arguments of `#[event]`. For the macro.
#[doc(hidden)]
#[derive(Debug)]
pub struct EventFacts<'a> {
    pub id: &'a str,
    pub name: &'a str,
    pub version: u32,
    pub event_type: &'a str,
    pub keywords: &'a [&'a str],
    pub elements: &'a [EventElement],
    pub correlation_key: &'a str,
    pub correlation_description: Option<&'a str>,
    pub result_variable: Option<&'a str>,
    pub result_expression: Option<&'a str>,
    pub journey: Option<JourneyFacts<'a>>,
}

/// The argument `journey` of `#[event]`. For the macro.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct JourneyFacts<'a> {
    pub begin: &'a str,
    pub inputs: &'a [&'a str],
    pub patience: &'a str,
    pub well: &'a str,
    pub then: &'a str,
}

impl BoundEvent {
    /// An event that is confirmed by an operation. For the macro.
    #[doc(hidden)]
    #[must_use]
    pub fn new<E: Confirm>(facts: &EventFacts<'_>) -> Self {
        let (description, payload) = described(schema_of::<E>(Contract::Serialize));
        let definition = EventDefinition {
            id: facts.id.to_owned(),
            name: facts.name.to_owned(),
            description,
            version: facts.version,
            event_type: facts.event_type.to_owned(),
            operation: E::OPERATION.to_owned(),
            keywords: texts(facts.keywords),
            elements: facts.elements.to_vec(),
            correlation_key: facts.correlation_key.to_owned(),
            correlation_description: facts.correlation_description.map(str::to_owned),
            result_variable: facts.result_variable.map(str::to_owned),
            result_expression: facts.result_expression.map(str::to_owned),
            payload: untitled(payload),
            journey: facts.journey.map(|journey| Journey {
                begin: journey.begin.to_owned(),
                inputs: texts(journey.inputs),
                patience: journey.patience.to_owned(),
                well: journey.well.to_owned(),
                then: journey.then.to_owned(),
            }),
        };
        Self { definition, confirmation: Confirmation::of::<E>() }
    }
}
