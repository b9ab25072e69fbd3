//! The derives that an attribute stands for.

use quote::{format_ident, quote};
use syn::{Attribute, Path, parse_quote, punctuated::Punctuated, token::Comma};

/// What every type of a definition has: where schemars' derive finds schemars, and that fields need
/// not be read in Rust, for what is declared is executed from its schema.
pub(crate) fn share_attributes(attributes: &mut Vec<Attribute>) {
    attributes.push(parse_quote!(#[schemars(crate = "::opwright::__private::schemars")]));
    attributes.push(parse_quote!(#[allow(dead_code)]));
}

/// Adds derives, except those that the author already asks for.
pub(crate) fn add_derives(attributes: &mut Vec<Attribute>, wanted: &[&str]) {
    let present: Vec<String> = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("derive"))
        .filter_map(|attribute| attribute.parse_args_with(Punctuated::<Path, Comma>::parse_terminated).ok())
        .flatten()
        .filter_map(|path| path.segments.last().map(|segment| segment.ident.to_string()))
        .collect();
    let paths = wanted.iter().filter(|name| !present.iter().any(|known| known == *name)).map(|name| {
        let ident = format_ident!("{name}");
        match *name {
            "Serialize" | "Deserialize" => quote!(::opwright::__private::serde::#ident),
            "JsonSchema" => quote!(::opwright::__private::schemars::#ident),
            _ => quote!(#ident),
        }
    });
    // In front of the author's `#[serde(..)]` and `#[schemars(..)]`, which mean nothing before it.
    attributes.insert(0, parse_quote!(#[derive(#(#paths),*)]));
}
