//! The attribute macros of opwright: `#[connector]`, `#[operation]`, `#[event]` and `#[input]`.
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
mod event;
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
/// | `category(id = "..", name = "..")` | heading in Modeler's chooser; `Connectors` without it |
/// | `deprecated = ".."`, `deprecated(message = "..", documentation = "..")` | no longer offered, and why |
/// | `camunda` | the oldest version that it is meant for, such as `"8.8"`; what its templates need is derived |
/// | `elements = [..]` | a template for each: `ServiceTask` (the only one without this), `SendTask`, `ScriptTask`, `BusinessRuleTask`, `MessageThrowEvent`, `MessageEndEvent` |
/// | `hybrid` | templates, too, whose job type the designer enters |
/// | `extension_properties = [("name", "value"), ..]` | constants in the BPMN that no job sees |
/// | `operations = [..]` | the operation types, in the order of the dropdown |
/// | `events = [..]` | the types of what processes can wait for: [`macro@event`] |
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
/// | `keywords = [..]` | words that Modeler's menus find it by |
/// | `result_variable` | name of the process variable for the whole result, which the template fills in |
/// | `result_expression`, `error_expression` | FEEL that the template fills in, starting with `=` |
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

/// Declares something that happens in the connector's system, and that processes wait for, on the struct of what happened.
///
/// | argument | meaning |
/// |---|---|
/// | `id` | last part of the URL that is called, `/inbound/{id}`, and name on the command line and of the generated files |
/// | `name` | what Modeler shows after the connector's name |
/// | `version` | version of its element templates, a whole number |
/// | `event_type` | `inbound.type` of an element that waits for it, and the name of the message that the element is sent |
/// | `keywords = [..]` | words that Modeler's search finds it by, besides the connector's |
/// | `elements = [..]` | a template for each: `IntermediateCatchEvent`, `ReceiveTask`, `BoundaryEvent`, `MessageStartEvent` |
/// | `correlation_key` | FEEL over the process's variables that the template fills in, starting with `=`: what an instance waits for |
/// | `correlation_description` | what that is, in words; shown at the field |
/// | `result_variable` | name of the process variable for all of what happened, which the template fills in |
/// | `result_expression` | FEEL over `request` that the template fills in, starting with `=`; `request.body` is what happened |
///
/// Implement `opwright::Confirm` for the struct: an operation of the connector that is asked whether it has happened.
/// The doc comment is the event's description. Fields are read by serde, whose attributes they take, as camelCase unless
/// the struct says `#[serde(rename_all = "..")]`; members that are not listed are ignored. `#[schemars(example = ..)]` goes
/// to schema and docs.
#[proc_macro_attribute]
pub fn event(arguments: TokenStream, item: TokenStream) -> TokenStream {
    event::expand(arguments.into(), item.into()).into()
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
