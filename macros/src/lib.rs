//! The attribute macros of opwright: `#[connector]`, `#[operation]` and `#[input]`.
//!
//! They check what an author wrote and rewrite it to serde and schemars attributes, so that the
//! JSON Schema which schemars derives carries every fact of the definition. They know syntax only,
//! FEEL's too: what a fact means to an element template or a request is decided in `opwright` itself.
//!
//! Use them through `opwright`, which re-exports them and documents their attributes.

mod attributes;
mod connector;
mod derives;
mod diagnostics;
mod enums;
mod feel;
mod fields;
mod input;
mod names;
mod operation;
mod url_template;

use proc_macro::TokenStream;

/// Declares a connector on the struct that holds the inputs all of its operations share.
///
/// | argument | meaning |
/// |---|---|
/// | `id` | name on the command line and of the generated files, such as `"power-automate"` |
/// | `name` | what Modeler shows |
/// | `template_id` | id of the element template |
/// | `version` | version of the element template, a whole number |
/// | `job_type` | Zeebe job type that the worker subscribes to |
/// | `documentation` | link in Modeler's panel |
/// | `keywords = [..]` | words that Modeler's search finds it by |
/// | `icon` | SVG text, usually `include_str!(..)` |
/// | `guide` | Markdown that the generated docs carry, usually `include_str!(..)` |
/// | `succeeds` | how the values of a template that this one succeeds lead here, in TOML, usually `include_str!(..)`; for `migrate` |
/// | `operations = [..]` | the operation types, in the order of the dropdown |
/// | `base_url` | start of every request's URL, such as `"{organization_uri}"` (HTTP operations) |
/// | `headers = [("Name", "value"), ..]` | sent with every request (HTTP operations) |
///
/// The doc comment is the connector's description. Fields take the attributes of [`macro@input`].
#[proc_macro_attribute]
pub fn connector(arguments: TokenStream, item: TokenStream) -> TokenStream {
    connector::expand(arguments.into(), item.into()).into()
}

/// Declares one operation on the struct that holds its inputs.
///
/// | argument | meaning |
/// |---|---|
/// | `id` | value of the `operation` task header, and name on the command line |
/// | `name` | the choice in Modeler's operation dropdown |
/// | `result_expression` | FEEL that the template fills in, starting with `=` |
/// | `get`, `post`, `put`, `patch`, `delete` | the HTTP method, with the path; `{field}` puts a field in it |
/// | `output` | type of the response's body (HTTP operations) |
/// | `idempotent` | a repetition does no harm (HTTP operations; `get` is so by itself) |
///
/// Without a method it is a code operation: implement `opwright::Execute` for the struct.
/// The doc comment is the operation's description. Fields take the attributes of [`macro@input`].
#[proc_macro_attribute]
pub fn operation(arguments: TokenStream, item: TokenStream) -> TokenStream {
    operation::expand(arguments.into(), item.into()).into()
}

/// Declares a type that inputs are made of: a nested struct, a newtype, a choice or a set of variants.
///
/// | item | what it becomes |
/// |---|---|
/// | struct with named fields | nested input: properties with dotted bindings |
/// | struct with one unnamed field | the field's type with constraints of its own |
/// | enum of unit variants | a dropdown of strings |
/// | enum of unit variants with discriminants | a dropdown whose choices are whole numbers |
/// | enum of struct variants, `#[input(tag = "type")]` | a discriminator with conditional fields |
///
/// On fields: `label`, `group`, `tooltip`, `placeholder`, `example`, `feel`, `text`,
/// `when(other_field = "value")`, `pattern_message`, `secret`, and for HTTP operations the place in the
/// request: `query`, `header` or `body`, each with an optional name of its own.
/// On variants: `label`, and `scheme` for those that authenticate a request. A template starts with
/// the first variant.
#[proc_macro_attribute]
pub fn input(arguments: TokenStream, item: TokenStream) -> TokenStream {
    input::expand(arguments.into(), item.into()).into()
}
