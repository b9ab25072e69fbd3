//! `#[event]`: a struct of what happened, with what waits for it.

use crate::attributes::{EventArguments, Journey};
use crate::connector::option;
use crate::derives::{add_derives, share_attributes};
use crate::diagnostics::Diagnostics;
use crate::feel;
use crate::input::{parse_arguments, with_faults};
use crate::names;
use crate::operation::check_id;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Fields, ItemStruct, parse_quote};

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut item = match syn::parse2::<ItemStruct>(item) {
        Ok(item) => item,
        Err(error) => {
            return syn::Error::new(error.span(), "an event is a struct of what happened").into_compile_error();
        }
    };
    let mut faults = Diagnostics::new();
    let arguments = parse_arguments::<EventArguments>(arguments, &mut faults);
    if !matches!(item.fields, Fields::Named(_)) {
        faults.fault(&item.ident, "what happened has named fields");
    }
    if names::doc_comment(&item.attrs).is_empty() {
        faults.fault(&item.ident, "an event needs a doc comment: it is its description");
    }
    if let Some(rule) = names::serde_item(&item.attrs, "deny_unknown_fields") {
        faults.fault(&rule, "a call may carry more than what is listed, now or one day: remove it");
        names::remove_serde_item(&mut item.attrs, "deny_unknown_fields");
    }
    let implementation = match &arguments {
        Some(arguments) => implement(&item, arguments, &mut faults),
        None => stand_in(&item),
    };
    derive_payload(&mut item);
    with_faults(&quote!(#item #implementation), faults)
}

/// An implementation beside the errors, so that nothing else complains of its absence.
fn stand_in(item: &ItemStruct) -> TokenStream {
    let ident = &item.ident;
    quote! {
        impl ::opwright::Event for #ident {
            const ID: &'static str = "";

            fn bind() -> ::opwright::BoundEvent {
                ::std::unreachable!()
            }
        }
    }
}

/// The derives and serde settings of what happened. Its names are the other system's, so another rule may hold.
fn derive_payload(item: &mut ItemStruct) {
    add_derives(&mut item.attrs, &["Debug", "Clone", "PartialEq", "Serialize", "Deserialize", "JsonSchema"]);
    if names::serde_item(&item.attrs, "rename_all").is_none() {
        item.attrs.push(parse_quote!(#[serde(rename_all = "camelCase")]));
    }
    item.attrs.push(parse_quote!(#[serde(crate = "::opwright::__private::serde")]));
    share_attributes(&mut item.attrs);
}

fn implement(item: &ItemStruct, arguments: &EventArguments, faults: &mut Diagnostics) -> TokenStream {
    let ident = &item.ident;
    check_id(&arguments.id, faults);
    feel::check(&arguments.correlation_key, "the correlation key", faults);
    if let Some(expression) = &arguments.result_expression {
        feel::check(expression, "the result expression", faults);
    }
    let (id, name, version) = (arguments.id.as_str(), arguments.name.as_str(), arguments.version);
    let event_type = arguments.event_type.as_str();
    let keywords = arguments.keywords.as_ref().map_or_else(|| quote!([]), |keywords| quote!(#keywords));
    let elements = &arguments.elements.0;
    let correlation_key = &arguments.correlation_key;
    let correlation_description = option(arguments.correlation_description.as_ref());
    let result_variable = option(arguments.result_variable.as_ref());
    let result_expression = option(arguments.result_expression.as_ref());
    let journey = option(arguments.journey.as_ref().map(|journey| {
        feel::check(&journey.well, "what tells whether it ended well", faults);
        let Journey { begin, inputs, patience, well, then } = journey;
        let inputs = inputs.as_ref().map_or_else(|| quote!([]), |inputs| quote!(#inputs));
        quote!(::opwright::JourneyFacts { begin: #begin, inputs: &#inputs, patience: #patience, well: #well, then: #then })
    }));
    // Whoever has not implemented `Confirm` is told so at the struct's name.
    let new = quote_spanned!(ident.span()=> ::opwright::BoundEvent::new::<#ident>);
    quote! {
        impl ::opwright::Event for #ident {
            const ID: &'static str = #id;

            fn bind() -> ::opwright::BoundEvent {
                #new(&::opwright::EventFacts {
                    id: Self::ID,
                    name: #name,
                    version: #version,
                    event_type: #event_type,
                    keywords: &#keywords,
                    elements: &[#(::opwright::EventElement::named(#elements)),*],
                    correlation_key: #correlation_key,
                    correlation_description: #correlation_description,
                    result_variable: #result_variable,
                    result_expression: #result_expression,
                    journey: #journey,
                })
            }
        }
    }
}
