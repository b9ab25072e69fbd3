//! Camunda 8 connectors from one definition.
//!
//! Operations are Rust structs. From them opwright generates element templates, JSON Schemas, docs
//! and example processes, and its dispatcher executes the very same definitions.
//!
//! ```text
//! definition → generate   artefacts as pure functions of the definition
//!            → check      what on disk differs from them
//!            → dispatch   one job's inputs → request or code → result
//! template   → lint       what is wrong with an element template, anyone's
//!            → compat     what a newer version of it does to those who use an older one
//!            → diagram    the elements of BPMN files that have one, moved to another one
//!            → migrate    what becomes of those elements on the way
//! ```

extern crate self as opwright;

pub mod check;
pub mod cli;
pub mod cluster;
pub mod compat;
pub mod definition;
pub mod diagram;
pub mod dispatch;
#[cfg(feature = "power-automate")]
pub mod emulator;
mod failure;
pub mod generate;
pub mod history;
pub mod http;
pub mod lint;
pub mod migrate;
#[cfg(feature = "power-automate")]
pub mod power_automate;
pub mod registry;
pub mod request;
pub mod schema;
pub mod template;
mod text;
#[cfg(feature = "worker")]
pub mod worker;

pub use definition::{DefinitionError, Element, EventElement, Group, JsonObjectText, LinkedResource, Method, Secret};
pub use failure::{ErrorDetail, ErrorType, Failure};
pub use opwright_macros::{connector, event, input, operation};
pub use registry::{Begun, BoundEvent, Confirm, Event, Standing};
pub use registry::{BoundOperation, Connector, ConnectorInputs, Execute, Operation, Registry};
#[doc(hidden)]
pub use registry::{ConnectorFacts, EventFacts, JourneyFacts, OperationFacts};

/// The README's program compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// The program of the authors' guide compiles.
#[cfg(doctest)]
#[doc = include_str!("../docs/definitions.md")]
struct Definitions;

/// What the macros' expansions name. No part of the public interface.
#[doc(hidden)]
pub mod __private {
    pub use schemars;
    pub use serde;
    pub use serde_json;

    /// Lets the compiler check that a field's group is one.
    #[must_use]
    pub const fn group(group: &super::Group) -> &super::Group {
        group
    }
}
