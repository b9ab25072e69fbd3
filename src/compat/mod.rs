//! What a newer version of an element template does to what older versions have written.
//!
//! ```text
//! conditions  which properties are active for values that an element holds
//! element     those values, and what Modeler makes of them: when one is entered, when the template is updated
//! compare     two versions → changes, a closed list of kinds
//! places      which places of both decide what is active at which
//! contexts    elements in which a field is active: what values are entered into
//! values      by what becomes of entered values
//! constraints by what is asked of them
//! details     by whatever else differs
//! engines     by the versions of Camunda that they are for
//! errors      what Modeler says against what an element holds
//! changelog   release notes of a template, from changes
//! effects     what an update does to one element of a diagram
//! jobs        which deployed elements a change of what a worker accepts meets
//! deployed    two versions of a connector's schemas, by what its worker accepts and returns → changes of the same list
//! members     the members of an input's schema, and which of two versions are the same one
//! ```
//!
//! Pure; knows templates and schemas, and of the linter what can be active and what is a secret; no definitions and no files.

pub mod changelog;
pub mod changes;
mod compare;
mod conditions;
mod constraints;
mod contexts;
mod deployed;
mod details;
mod effects;
mod element;
mod engines;
mod errors;
mod jobs;
mod members;
mod places;
mod values;

pub use changes::{Audience, Bump, KINDS, Kind, Severity};
pub(crate) use compare::name;
pub use compare::{Change, Witness, compare};
pub use deployed::{OperationSchema, OperationSchemas, compare_event, compare_schemas};
pub use effects::{Effects, ValueEffect, effects};
pub use element::{Element, Entry, GENERATED, default, stored};
pub use engines::leaves_out;
pub use errors::{ShownError, errors};
pub use jobs::{Met, met};
