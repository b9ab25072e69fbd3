//! Input schemas in the two forms that matter, and what happens to a job's variables between them.
//!
//! *Accepted* is what an engine delivers for what Modeler wrote: choices as text, blanks as null or
//! `""`, numbers as text. It is enforced and published. *Declared* is what the author's struct
//! says. Coercion leads from the first to the second, and what coerces always deserialises.
//!
//! Of an output's schema, FEEL is checked against the shape.

mod accepted;
mod coerce;
mod digits;
mod fault;
mod inclusion;
mod input;
mod shape;
mod validator;

pub use accepted::{accepted_object, declared_leaf, declared_object, published};
pub(crate) use coerce::NUMBER_TEXT;
pub(crate) use digits::pattern as digits_pattern;
pub use fault::{Fault, Problem, Refusal, expectation, what_it_is};
pub use inclusion::{Inclusion, Loss, LostValue, NotProven, inclusion, output_inclusion};
pub(crate) use inclusion::{is_written_only, mentions_secrets};
pub use input::{InputSchema, Inputs};
pub(crate) use shape::shape;
pub use validator::is_valid;
