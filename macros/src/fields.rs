//! Fields of any struct or variant: reads `#[input(..)]` and rewrites it to schemars attributes.

use crate::attributes::{Expected, FieldArguments, PlaceName, Test};
use crate::diagnostics::{Diagnostics, suggestion};
use crate::names;
use darling::FromAttributes;
use darling::util::Override;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Attribute, Field, Fields, parse_quote, spanned::Spanned};

/// Where a field goes in a request.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Query,
    Header,
    Body,
}

/// A place as an author gives it.
struct GivenPlace {
    place: Place,
    name: String,
    span: proc_macro2::Span,
}

/// What the macros know of one field.
pub(crate) struct FieldFacts {
    /// The Rust name.
    pub(crate) name: String,
    /// The name in JSON.
    pub(crate) wire: String,
    /// Where `#[input(..)]` puts it, if anywhere.
    pub(crate) place: Option<Place>,
    /// Whether `#[input(..)]` could be read, so that what it lacks is no further fault.
    pub(crate) readable: bool,
    pub(crate) span: proc_macro2::Span,
}

/// Whether places in a request mean something here.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Places {
    Allowed,
    Refused(&'static str),
}

/// Rewrites the attributes of all named fields and returns what they say.
pub(crate) fn rewrite(fields: &mut Fields, places: Places, faults: &mut Diagnostics) -> Vec<FieldFacts> {
    let known: Vec<(String, String)> = fields.iter().filter_map(wire_names).collect();
    let mut facts = Vec::new();
    for field in fields.iter_mut() {
        let Some((name, wire)) = wire_names(field) else { continue };
        if let Some(item) = names::serde_item(&field.attrs, "flatten") {
            faults.fault(&item, "a flattened field has no property of its own: nest it, or list its fields here");
        }
        let arguments = take_arguments(field, faults);
        let readable = arguments.is_some();
        let arguments = arguments.unwrap_or_default();
        let place = place(&arguments, &wire, faults);
        if let (Some(place), Places::Refused(reason)) = (&place, places) {
            faults.fault_at(place.span, format!("a place in the request means nothing here: {reason}"));
        }
        let extensions = extensions(&arguments, &name, place.as_ref(), &known, faults);
        let label = arguments.label.as_ref().map_or_else(|| names::field_label(&name), |label| (**label).clone());
        field.attrs.push(parse_quote!(#[schemars(title = #label, #(extend(#extensions)),*)]));
        let span = field.ident.as_ref().map_or_else(|| field.span(), Spanned::span);
        facts.push(FieldFacts { name, wire, place: place.map(|place| place.place), readable, span });
    }
    facts
}

/// Rewrites the one field of a newtype, whose facts become the type's.
pub(crate) fn rewrite_newtype(field: &mut Field, faults: &mut Diagnostics) {
    let arguments = take_arguments(field, faults).unwrap_or_default();
    let place = place(&arguments, "", faults).map(|place| place.span);
    let group = arguments.group.as_ref().map(Spanned::span);
    let condition = arguments.when.as_ref().and_then(|when| when.0.first()).map(|test| test.field.span());
    for span in [place, group, condition].into_iter().flatten() {
        faults.fault_at(span, "a newtype has no place, group or condition: give them where it is used");
    }
    let mut extensions = extensions(&arguments, "", None, &[], faults);
    if let Some(label) = &arguments.label {
        let label = label.as_str();
        extensions.push(quote!("title" = #label));
    }
    if !extensions.is_empty() {
        field.attrs.push(parse_quote!(#[schemars(#(extend(#extensions)),*)]));
    }
}

fn wire_names(field: &Field) -> Option<(String, String)> {
    let name = field.ident.as_ref()?.to_string();
    let wire = names::serde_rename(&field.attrs).unwrap_or_else(|| names::camel_case(&name));
    Some((name, wire))
}

fn take_arguments(field: &mut Field, faults: &mut Diagnostics) -> Option<FieldArguments> {
    let (own, others): (Vec<Attribute>, Vec<Attribute>) =
        field.attrs.drain(..).partition(|attribute| attribute.path().is_ident("input"));
    field.attrs = others;
    faults.handle(FieldArguments::from_attributes(&own))
}

fn place(arguments: &FieldArguments, wire: &str, faults: &mut Diagnostics) -> Option<GivenPlace> {
    let given: Vec<(Place, &PlaceName)> =
        [(Place::Query, &arguments.query), (Place::Header, &arguments.header), (Place::Body, &arguments.body)]
            .into_iter()
            .filter_map(|(place, argument)| argument.as_ref().map(|name| (place, name)))
            .collect();
    if let [_, (_, second), ..] = given.as_slice() {
        faults.fault_at(second.span(), "a field has one place in the request");
    }
    given.first().map(|(place, name)| GivenPlace {
        place: *place,
        name: match &***name {
            Override::Explicit(name) => name.value(),
            Override::Inherit => wire.to_owned(),
        },
        span: name.span(),
    })
}

/// The `"x-…" = value` pairs that carry the arguments in the schema.
fn extensions(
    arguments: &FieldArguments,
    name: &str,
    place: Option<&GivenPlace>,
    known: &[(String, String)],
    faults: &mut Diagnostics,
) -> Vec<TokenStream> {
    let mut pairs = Vec::new();
    if let Some(group) = &arguments.group {
        // The call makes rustc say "expected `&Group`", the span that it says so at the author's path.
        let group = quote_spanned!(group.span()=> ::opwright::__private::group(&#group));
        pairs.push(quote!("x-group" = #group));
    }
    for (key, text) in [
        ("x-tooltip", &arguments.tooltip),
        ("x-placeholder", &arguments.placeholder),
        ("x-pattern-message", &arguments.pattern_message),
        ("x-linked-resource", &arguments.linked_resource),
    ] {
        if let Some(text) = text {
            pairs.push(quote!(#key = #text));
        }
    }
    if let Some(example) = &arguments.example {
        pairs.push(quote!("examples" = [#example]));
    }
    if let Some(feel) = arguments.feel {
        let feel = feel.name();
        pairs.push(quote!("x-feel" = #feel));
    }
    if let Some(control) = arguments.control {
        let control = control.name();
        pairs.push(quote!("x-control" = #control));
    }
    if arguments.generated.is_present() {
        pairs.push(quote!("x-generated" = true));
    }
    if let Some(secret) = &arguments.secret {
        let secret = &secret.0;
        pairs.push(quote!("x-secret" = #secret));
    }
    if let Some(when) = &arguments.when {
        let tests: Vec<TokenStream> =
            when.0.iter().filter_map(|test| condition_test(test, name, known, faults)).collect();
        pairs.push(quote!("x-when" = ::opwright::__private::serde_json::json!({ "allMatch": [#(#tests),*] })));
    }
    if let Some(GivenPlace { place, name, .. }) = place {
        let place = match place {
            Place::Query => "query",
            Place::Header => "header",
            Place::Body => "body",
        };
        pairs.push(quote!("x-place" = ::opwright::__private::serde_json::json!({ "in": #place, "name": #name })));
    }
    pairs
}

/// A test of a condition as JSON. Names that lead into another type are those that it has by default.
fn condition_test(
    test: &Test,
    name: &str,
    known: &[(String, String)],
    faults: &mut Diagnostics,
) -> Option<TokenStream> {
    let mut names = test.field.segments.iter().map(|segment| segment.ident.to_string());
    let first = names.next().unwrap_or_default();
    if first == name {
        faults.fault(&test.field, "a field cannot depend on itself");
        return None;
    }
    let Some((_, wire)) = known.iter().find(|(rust, _)| *rust == first) else {
        let known = known.iter().map(|(rust, _)| rust.as_str());
        faults.fault(&test.field, format!("no field is called `{first}`{}", suggestion(&first, known)));
        return None;
    };
    let wire: Vec<String> = [wire.clone()].into_iter().chain(names.map(|name| names::camel_case(&name))).collect();
    let wire = wire.join(".");
    let expected = match &test.expected {
        Expected::OneOf(values) => quote!("oneOf": [#(#values),*]),
        Expected::IsActive(wanted) => quote!("isActive": #wanted),
        Expected::IsEmpty(wanted) => quote!("isEmpty": #wanted),
    };
    Some(quote!({ "field": #wire, #expected }))
}
