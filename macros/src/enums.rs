//! Enums: unit variants become a dropdown's choices, struct variants a discriminated set of fields.

use crate::attributes::{Scheme, TypeArguments, VariantArguments};
use crate::derives::{add_derives, share_attributes};
use crate::diagnostics::{Diagnostics, suggestion};
use crate::fields::{self, Places};
use crate::names;
use crate::url_template::to_wire_names;
use darling::FromAttributes;
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Fields, ItemEnum, Variant, parse_quote};

/// Expands an enum of unit variants, with or without discriminants.
pub(crate) fn expand_choices(mut item: ItemEnum, faults: &mut Diagnostics) -> TokenStream {
    let numbered = item.variants.iter().any(|variant| variant.discriminant.is_some());
    let mut choices = Vec::new();
    for variant in &mut item.variants {
        let arguments = take_arguments(variant, faults);
        if let Some(scheme) = &arguments.scheme {
            faults.fault_at(scheme.span(), "a choice authenticates nothing: use an enum of struct variants");
        }
        let name = variant.ident.to_string();
        let label = arguments.label.map_or_else(|| names::variant_label(&name), |label| label.to_string());
        let description = names::doc_comment(&variant.attrs);
        if description.is_empty() {
            faults.fault(&variant.ident, "every choice needs a doc comment: it is its description");
        }
        if numbered && variant.discriminant.is_none() {
            faults.fault(&variant.ident, "either all choices have a number or none");
        }
        let ident = &variant.ident;
        let value = if numbered {
            quote!(Self::#ident as i64)
        } else {
            let wire = names::serde_rename(&variant.attrs).unwrap_or_else(|| names::variant_camel_case(&name));
            quote!(#wire)
        };
        choices.push((ident.clone(), value, label, description));
    }
    let ident = &item.ident;
    let type_name = ident.to_string();
    let description = names::doc_comment(&item.attrs);
    let values = choices.iter().map(|(_, value, ..)| value);
    let entries = choices.iter().map(
        |(_, value, label, description)| quote!({ "value": #value, "label": #label, "description": #description }),
    );
    let json_type = if numbered { "integer" } else { "string" };
    let schema = quote! {
        impl ::opwright::__private::schemars::JsonSchema for #ident {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                #type_name.into()
            }
            fn inline_schema() -> bool {
                true
            }
            fn json_schema(_: &mut ::opwright::__private::schemars::SchemaGenerator) -> ::opwright::__private::schemars::Schema {
                ::opwright::__private::schemars::json_schema!({
                    "description": #description,
                    "type": #json_type,
                    "enum": [#(#values),*],
                    "x-choices": [#(#entries),*],
                })
            }
        }
    };
    let serde = if numbered {
        add_derives(&mut item.attrs, &["Debug", "Clone", "Copy", "PartialEq", "Eq"]);
        number_serde(&item, &choices.iter().map(|(ident, ..)| ident.clone()).collect::<Vec<_>>())
    } else {
        add_derives(&mut item.attrs, &["Debug", "Clone", "Copy", "PartialEq", "Eq", "Serialize", "Deserialize"]);
        item.attrs.push(parse_quote!(#[serde(rename_all = "camelCase", crate = "::opwright::__private::serde")]));
        TokenStream::new()
    };
    let idents = choices.iter().map(|(ident, ..)| ident);
    let visibility = &item.vis;
    let all = quote! {
        impl #ident {
            /// Every choice, in the order of the definition.
            #[allow(dead_code)]
            #visibility const ALL: &'static [Self] = &[#(Self::#idents),*];
        }
    };
    quote!(#item #all #schema #serde)
}

/// Numbers on the wire instead of variant names.
fn number_serde(item: &ItemEnum, variants: &[syn::Ident]) -> TokenStream {
    let ident = &item.ident;
    quote! {
        impl ::opwright::__private::serde::Serialize for #ident {
            fn serialize<S: ::opwright::__private::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_i64(*self as i64)
            }
        }
        impl<'de> ::opwright::__private::serde::Deserialize<'de> for #ident {
            fn deserialize<D: ::opwright::__private::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                let number = <i64 as ::opwright::__private::serde::Deserialize>::deserialize(deserializer)?;
                #(if number == Self::#variants as i64 {
                    return ::std::result::Result::Ok(Self::#variants);
                })*
                ::std::result::Result::Err(<D::Error as ::opwright::__private::serde::de::Error>::custom("no choice has this number"))
            }
        }
    }
}

/// Expands an enum of struct variants that a tag tells apart.
///
/// `arguments` are `None` if they could not be read, which is a fault already.
pub(crate) fn expand_variants(
    mut item: ItemEnum,
    arguments: Option<&TypeArguments>,
    faults: &mut Diagnostics,
) -> TokenStream {
    let tag = arguments.and_then(|arguments| arguments.tag.as_ref());
    if arguments.is_some() && tag.is_none() {
        faults
            .fault(&item.ident, "an enum with fields needs `#[input(tag = \"type\")]`: the name of its discriminator");
    }
    let tag = tag.map_or("type", |tag| tag.as_str());
    for variant in &mut item.variants {
        let arguments = take_arguments(variant, faults);
        if let Fields::Unnamed(fields) = &variant.fields {
            faults.fault(fields, "a variant's fields have names");
        }
        let facts = fields::rewrite(
            &mut variant.fields,
            Places::Refused("a variant's fields are no part of the request"),
            faults,
        );
        let name = variant.ident.to_string();
        if names::doc_comment(&variant.attrs).is_empty() {
            faults.fault(&variant.ident, "every variant needs a doc comment: it is its description");
        }
        let label = arguments.label.as_ref().map_or_else(|| names::variant_label(&name), |label| label.to_string());
        let mut extensions = Vec::new();
        if let Some(scheme) = &arguments.scheme {
            let known: Vec<&str> = facts.iter().map(|field| field.name.as_str()).collect();
            for needed in scheme.fields() {
                if !known.contains(needed) {
                    let free = known.iter().copied().filter(|name| !scheme.fields().contains(name));
                    faults.fault(
                        &variant.ident,
                        format!("the scheme `{}` reads a field `{needed}`{}", scheme.name(), suggestion(needed, free)),
                    );
                }
            }
            let scheme_name = scheme.name();
            let mut pairs = vec![quote!("name": #scheme_name)];
            match (&arguments.scope, **scheme) {
                (Some(scope), Scheme::OAuthClientCredentials) => {
                    let scope = to_wire_names(&scope.value());
                    pairs.push(quote!("scope": #scope));
                }
                (None, Scheme::OAuthClientCredentials) => faults.fault_at(scheme.span(), "the scheme needs a `scope`"),
                (Some(scope), Scheme::Bearer) => faults.fault(scope, "a bearer token has no scope"),
                (None, Scheme::Bearer) => {}
            }
            extensions.push(quote!("x-scheme" = ::opwright::__private::serde_json::json!({ #(#pairs),* })));
        }
        variant.attrs.push(parse_quote!(#[schemars(title = #label #(, extend(#extensions))*)]));
    }
    add_derives(&mut item.attrs, &["Debug", "Clone", "Deserialize", "JsonSchema"]);
    item.attrs.push(parse_quote!(#[serde(
        tag = #tag,
        rename_all = "camelCase",
        rename_all_fields = "camelCase",
        deny_unknown_fields,
        crate = "::opwright::__private::serde"
    )]));
    share_attributes(&mut item.attrs);
    item.attrs.push(parse_quote!(#[schemars(extend("x-tag" = #tag))]));
    quote!(#item)
}

fn take_arguments(variant: &mut Variant, faults: &mut Diagnostics) -> VariantArguments {
    let (own, others): (Vec<Attribute>, Vec<Attribute>) =
        variant.attrs.drain(..).partition(|attribute| attribute.path().is_ident("input"));
    variant.attrs = others;
    faults.handle(VariantArguments::from_attributes(&own)).unwrap_or_default()
}
