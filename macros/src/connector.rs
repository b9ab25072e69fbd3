//! `#[connector]`: the shared inputs, and the list of operations.

use crate::attributes::{Category, ConnectorArguments, Deprecated};
use crate::diagnostics::Diagnostics;
use crate::fields::{self, Places};
use crate::input::{derive_object, parse_arguments, refuse_serde_rules, with_faults};
use crate::names;
use crate::operation::check_id;
use crate::url_template::UrlTemplate;
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Fields, ItemStruct};

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut item = match syn::parse2::<ItemStruct>(item) {
        Ok(item) => item,
        Err(error) => {
            return syn::Error::new(error.span(), "a connector is a struct of the inputs that its operations share")
                .into_compile_error();
        }
    };
    let mut faults = Diagnostics::new();
    let arguments = parse_arguments::<ConnectorArguments>(arguments, &mut faults);
    refuse_serde_rules(&mut item.attrs, &mut faults);
    if matches!(item.fields, Fields::Unnamed(_)) {
        faults.fault(&item.ident, "a connector's inputs have names");
    }
    if names::doc_comment(&item.attrs).is_empty() {
        faults.fault(&item.ident, "a connector needs a doc comment: it is its description");
    }
    let facts = fields::rewrite(
        &mut item.fields,
        Places::Refused("the connector's `base_url` and `scheme`s use its fields"),
        &mut faults,
    );
    let implementation = match &arguments {
        Some(arguments) => implement(&item, arguments, &facts, &mut faults),
        None => stand_in(&item),
    };
    derive_object(&mut item);
    with_faults(&quote!(#item #implementation), faults)
}

/// An implementation beside the errors, so that nothing else complains of its absence.
fn stand_in(item: &ItemStruct) -> TokenStream {
    let ident = &item.ident;
    quote! {
        impl ::opwright::ConnectorInputs for #ident {
            fn bind() -> ::std::result::Result<::opwright::Connector, ::opwright::DefinitionError> {
                ::std::unreachable!()
            }
        }
    }
}

fn implement(
    item: &ItemStruct,
    arguments: &ConnectorArguments,
    fields: &[fields::FieldFacts],
    faults: &mut Diagnostics,
) -> TokenStream {
    let ident = &item.ident;
    check_id(&arguments.id, faults);
    let known: Vec<(String, String)> = fields.iter().map(|field| (field.name.clone(), field.wire.clone())).collect();
    let base_url = arguments.base_url.as_ref().map(|literal| UrlTemplate::parse(literal, &known, faults).text);
    let base_url = option(base_url);
    let documentation = option(arguments.documentation.as_ref());
    let keywords = arguments.keywords.as_ref().map_or_else(|| quote!([]), |keywords| quote!(#keywords));
    let headers = arguments.headers.as_ref().map_or_else(|| quote!([]), |headers| quote!(#headers));
    let icon = option(arguments.icon.as_ref());
    let category = option(arguments.category.as_ref().map(|Category { id, name }| quote!((#id, #name))));
    let deprecated = option(arguments.deprecated.as_ref().map(|Deprecated { message, documentation }| {
        let documentation = option(documentation.as_ref());
        quote!((#message, #documentation))
    }));
    let camunda = option(arguments.camunda.as_ref());
    let service_task = vec!["ServiceTask".to_owned()];
    let elements = arguments.elements.as_ref().map_or(&service_task, |elements| &elements.0);
    let hybrid = arguments.hybrid.is_present();
    let properties = arguments.extension_properties.as_ref();
    let properties = properties.map_or_else(|| quote!([]), |properties| quote!(#properties));
    let guide = arguments.guide.as_ref().map_or_else(|| quote!(""), |guide| quote!(#guide));
    let succeeds = option(arguments.succeeds.as_ref());
    let (id, name) = (arguments.id.as_str(), arguments.name.as_str());
    let (template_id, version, job_type) =
        (arguments.template_id.as_str(), arguments.version, arguments.job_type.as_str());
    let events = arguments.events.as_ref().map(|events| events.0.as_slice()).unwrap_or_default();
    let operations = &arguments.operations.0;
    if operations.is_empty() {
        faults.fault_at(arguments.operations.span(), "a connector has at least one operation");
    }
    quote! {
        impl ::opwright::ConnectorInputs for #ident {
            fn bind() -> ::std::result::Result<::opwright::Connector, ::opwright::DefinitionError> {
                let facts = ::opwright::ConnectorFacts {
                    id: #id,
                    name: #name,
                    template_id: #template_id,
                    version: #version,
                    job_type: #job_type,
                    documentation: #documentation,
                    keywords: &#keywords,
                    icon: #icon,
                    category: #category,
                    deprecated: #deprecated,
                    camunda: #camunda,
                    elements: &[#(::opwright::Element::named(#elements)),*],
                    hybrid: #hybrid,
                    extension_properties: &#properties,
                    guide: #guide,
                    succeeds: #succeeds,
                    base_url: #base_url,
                    headers: &#headers,
                };
                ::opwright::Connector::new::<Self>(
                    &facts,
                    ::std::vec![#(<#operations as ::opwright::Operation<Self>>::bind()),*],
                    ::std::vec![#(<#events as ::opwright::Event>::bind()),*],
                )
            }
        }
    }
}

pub(crate) fn option<T: quote::ToTokens>(value: Option<T>) -> TokenStream {
    value.map_or_else(|| quote!(::std::option::Option::None), |value| quote!(::std::option::Option::Some(#value)))
}
