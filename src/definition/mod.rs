//! What a connector is: its facts, its operations, their input and output schemas.
//!
//! Plain data, read from the JSON Schema that schemars derives from an author's structs. This
//! module knows nothing of the rest of the crate; everything else is a function of it.

mod condition;
mod connector;
mod element;
mod error;
mod event;
mod field;
mod group;
mod read;
mod url_template;
mod values;

pub use condition::{Condition, Expected, Found, Test, Tested};
pub use connector::{
    Category, ConnectorDefinition, Deprecation, ExtensionProperty, Header, HttpBase, HttpRequest, Method,
    OperationDefinition,
};
pub use element::Element;
pub(crate) use error::Faults;
pub use error::{DefinitionError, DefinitionFault};
pub use event::{EventDefinition, EventElement, Journey};
pub use field::{Choice, Control, Feel, Field, Kind, Place, Scheme, Variant};
pub use group::Group;
pub use url_template::{Piece, UrlTemplate};
pub use values::{JsonObjectText, LinkedResource, Secret};
