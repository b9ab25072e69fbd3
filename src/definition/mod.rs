//! What a connector is: its facts, its operations, their input and output schemas.
//!
//! Plain data, read from the JSON Schema that schemars derives from an author's structs. This
//! module knows nothing of the rest of the crate; everything else is a function of it.

mod connector;
mod error;
mod field;
mod group;
mod read;
mod url_template;
mod values;

pub use connector::{ConnectorDefinition, Header, HttpBase, HttpRequest, Method, OperationDefinition};
pub(crate) use error::Faults;
pub use error::{DefinitionError, DefinitionFault};
pub use field::{Choice, Condition, Feel, Field, Kind, Place, Scheme, Variant};
pub use group::Group;
pub use url_template::{Piece, UrlTemplate};
pub use values::{JsonObjectText, Secret};
