//! `#[input]` on types: structs, newtypes and enums that inputs are made of.

use crate::attributes::TypeArguments;
use crate::derives::{add_derives, share_attributes};
use crate::diagnostics::Diagnostics;
use crate::fields::{self, Places};
use crate::{enums, names};
use darling::{FromMeta, ast::NestedMeta};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Attribute, Fields, Item, ItemStruct, parse_quote};

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut faults = Diagnostics::new();
    let arguments: Option<TypeArguments> = parse_arguments(arguments, &mut faults);
    let item = match syn::parse2::<Item>(item) {
        Ok(item) => item,
        Err(error) => return error.into_compile_error(),
    };
    let expanded = match item {
        Item::Struct(item) => expand_struct(item, &mut faults),
        Item::Enum(mut item)
            if item.variants.iter().all(|variant| matches!(variant.fields, Fields::Unit))
                && arguments.as_ref().is_none_or(|arguments| arguments.tag.is_none()) =>
        {
            refuse_serde_rules(&mut item.attrs, &mut faults);
            enums::expand_choices(item, &mut faults)
        }
        Item::Enum(mut item) => {
            refuse_serde_rules(&mut item.attrs, &mut faults);
            enums::expand_variants(item, arguments.as_ref(), &mut faults)
        }
        other => {
            faults.fault_at(Span::call_site(), "an input is a struct or an enum");
            quote!(#other)
        }
    };
    with_faults(&expanded, faults)
}

fn expand_struct(mut item: ItemStruct, faults: &mut Diagnostics) -> TokenStream {
    refuse_serde_rules(&mut item.attrs, faults);
    match &mut item.fields {
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
            fields::rewrite_newtype(&mut fields.unnamed[0], faults);
            add_derives(&mut item.attrs, &["Debug", "Clone", "PartialEq", "Serialize", "Deserialize", "JsonSchema"]);
            item.attrs.push(parse_quote!(#[serde(crate = "::opwright::__private::serde")]));
            share_attributes(&mut item.attrs);
        }
        Fields::Named(_) => {
            fields::rewrite(&mut item.fields, Places::Refused("only an operation's own fields have one"), faults);
            derive_object(&mut item);
        }
        _ => faults.fault(&item.ident, "an input has named fields, or exactly one unnamed field"),
    }
    quote!(#item)
}

/// The derives and serde settings of a struct whose fields are inputs.
pub(crate) fn derive_object(item: &mut ItemStruct) {
    add_derives(&mut item.attrs, &["Debug", "Clone", "Deserialize", "JsonSchema"]);
    item.attrs.push(
        parse_quote!(#[serde(rename_all = "camelCase", deny_unknown_fields, crate = "::opwright::__private::serde")]),
    );
    share_attributes(&mut item.attrs);
}

/// Placeholders and conditions are checked against camelCase names, so no other rule may hold.
///
/// What is refused is removed, so that serde does not complain of it a second time.
pub(crate) fn refuse_serde_rules(attributes: &mut [Attribute], faults: &mut Diagnostics) {
    const CASE: &str = "names are camelCase; use `rename` on one field or variant";
    for (key, advice) in [
        ("rename_all", CASE),
        ("rename_all_fields", CASE),
        ("deny_unknown_fields", "remove it here"),
        ("tag", "use `#[input(tag = \"…\")]`"),
        ("untagged", "variants are told apart by `#[input(tag = \"…\")]`"),
    ] {
        if let Some(item) = names::serde_item(attributes, key) {
            faults.fault(&item, format!("`{key}` is set by the attribute: {advice}"));
            names::remove_serde_item(attributes, key);
        }
    }
}

/// Reads an attribute's arguments.
pub(crate) fn parse_arguments<T: FromMeta>(arguments: TokenStream, faults: &mut Diagnostics) -> Option<T> {
    let items = faults.handle(NestedMeta::parse_meta_list(arguments).map_err(Into::into))?;
    faults.handle(T::from_list(&items).map_err(without_follow_ups))
}

/// The faults but for the arguments that are missing only because they are misspelt.
fn without_follow_ups(error: darling::Error) -> darling::Error {
    let faults: Vec<darling::Error> = error.into_iter().collect();
    let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
    let is_misspelt = |name: &str| told.iter().any(|fault| fault.ends_with(&format!("Did you mean {name}?")));
    let is_follow_up =
        |fault: &darling::Error| fault.to_string().strip_prefix("Missing field ").is_some_and(is_misspelt);
    darling::Error::multiple(faults.into_iter().filter(|fault| !is_follow_up(fault)).collect())
}

/// The expansion, followed by an error for each fault.
pub(crate) fn with_faults(expanded: &TokenStream, faults: Diagnostics) -> TokenStream {
    let errors = faults.finish().map(ToTokens::into_token_stream);
    quote!(#expanded #errors)
}
