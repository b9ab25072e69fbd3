//! What a newer version of an element template does to what older versions have written.
//!
//! ```text
//! conditions  which properties are active for values that an element holds
//! element     those values, and what Modeler makes of them: when one is entered, when the template is updated
//! ```
//!
//! Pure; knows templates, no definitions and no files.

mod conditions;
mod element;

pub use element::{Element, Entry};
