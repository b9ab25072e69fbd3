//! `#[operation]`: a struct of inputs with what is done with them.

use crate::attributes::OperationArguments;
use crate::connector::option;
use crate::diagnostics::Diagnostics;
use crate::feel;
use crate::fields::{self, Place, Places};
use crate::input::{derive_object, parse_arguments, refuse_serde_rules, with_faults};
use crate::names;
use crate::url_template::UrlTemplate;
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Fields, ItemStruct, LitStr};

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut item = match syn::parse2::<ItemStruct>(item) {
        Ok(item) => item,
        Err(error) => {
            return syn::Error::new(error.span(), "an operation is a struct of its inputs").into_compile_error();
        }
    };
    let mut faults = Diagnostics::new();
    let arguments = parse_arguments::<OperationArguments>(arguments, &mut faults);
    refuse_serde_rules(&mut item.attrs, &mut faults);
    if matches!(item.fields, Fields::Unnamed(_)) {
        faults.fault(&item.ident, "an operation's inputs have names");
    }
    if names::doc_comment(&item.attrs).is_empty() {
        faults.fault(&item.ident, "an operation needs a doc comment: it is its description");
    }
    let http = arguments.as_ref().is_none_or(|arguments| !methods(arguments).is_empty());
    let places = if http { Places::Allowed } else { Places::Refused("the operation declares no HTTP method") };
    let facts = fields::rewrite(&mut item.fields, places, &mut faults);
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
        impl<C> ::opwright::Operation<C> for #ident {
            fn bind() -> ::opwright::BoundOperation {
                ::std::unreachable!()
            }
        }
    }
}

fn methods(arguments: &OperationArguments) -> Vec<(&'static str, &LitStr)> {
    [
        ("GET", &arguments.get),
        ("POST", &arguments.post),
        ("PUT", &arguments.put),
        ("PATCH", &arguments.patch),
        ("DELETE", &arguments.delete),
    ]
    .into_iter()
    .filter_map(|(method, path)| path.as_ref().map(|path| (method, path)))
    .collect()
}

fn implement(
    item: &ItemStruct,
    arguments: &OperationArguments,
    fields: &[fields::FieldFacts],
    faults: &mut Diagnostics,
) -> TokenStream {
    let ident = &item.ident;
    check_id(&arguments.id, faults);
    for (expression, what) in
        [(&arguments.result_expression, "the result expression"), (&arguments.error_expression, "the error expression")]
    {
        if let Some(expression) = expression {
            feel::check(expression, what, faults);
        }
    }
    let facts = facts(arguments);
    let methods = methods(arguments);
    match methods.as_slice() {
        [] => {
            if let Some(output) = &arguments.output {
                faults.fault(output, "a code operation's output is `Execute::Output`");
            }
            if arguments.idempotent.is_present() {
                faults
                    .fault_at(arguments.idempotent.span(), "a code operation says with `Failure` what may be repeated");
            }
            quote! {
                impl<C> ::opwright::Operation<C> for #ident
                where
                    C: ::opwright::__private::serde::de::DeserializeOwned + ::std::marker::Send + ::std::marker::Sync + 'static,
                    Self: ::opwright::Execute<C>,
                {
                    fn bind() -> ::opwright::BoundOperation {
                        ::opwright::BoundOperation::code::<C, Self>(&#facts)
                    }
                }
            }
        }
        [(method, path)] => {
            let template = http_path(method, path, fields, faults);
            let Some(output) = &arguments.output else {
                faults.fault(*path, "an HTTP operation needs `output = Type`: what its response's body is");
                return stand_in(item);
            };
            let idempotent = *method == "GET" || arguments.idempotent.is_present();
            quote! {
                impl<C> ::opwright::Operation<C> for #ident {
                    fn bind() -> ::opwright::BoundOperation {
                        ::opwright::BoundOperation::http::<Self, #output>(
                            &#facts,
                            ::opwright::Method::named(#method),
                            #template,
                            #idempotent,
                        )
                    }
                }
            }
        }
        [_, (_, second), ..] => {
            faults.fault(second, "an operation has one HTTP method");
            stand_in(item)
        }
    }
}

/// What an operation says of itself, however it is executed.
fn facts(arguments: &OperationArguments) -> TokenStream {
    let (id, name) = (arguments.id.as_str(), arguments.name.as_str());
    let keywords = arguments.keywords.as_ref().map_or_else(|| quote!([]), |keywords| quote!(#keywords));
    let result_variable = option(arguments.result_variable.as_ref());
    let result_expression = option(arguments.result_expression.as_ref());
    let error_expression = option(arguments.error_expression.as_ref());
    quote! {
        ::opwright::OperationFacts {
            id: #id,
            name: #name,
            keywords: &#keywords,
            result_variable: #result_variable,
            result_expression: #result_expression,
            error_expression: #error_expression,
        }
    }
}

/// Checks the path's placeholders and that every field has exactly one place.
fn http_path(method: &str, path: &LitStr, fields: &[fields::FieldFacts], faults: &mut Diagnostics) -> String {
    if !path.value().starts_with('/') {
        faults.fault(path, "a path starts with `/`: it follows the connector's base URL");
    }
    let known: Vec<(String, String)> = fields.iter().map(|field| (field.name.clone(), field.wire.clone())).collect();
    let template = UrlTemplate::parse(path, &known, faults);
    for field in fields {
        let in_path = template.fields.contains(&field.name);
        match field.place {
            None if !in_path && field.readable => faults.fault_at(
                field.span,
                format!(
                    "`{}` has no place in the request: add `#[input(query)]`, `#[input(header = \"…\")]` or `#[input(body)]`, or use `{{{}}}` in the path",
                    field.name, field.name
                ),
            ),
            Some(_) if in_path => faults.fault_at(field.span, format!("`{}` is in the path already", field.name)),
            Some(Place::Body) if method == "GET" || method == "DELETE" => {
                faults.fault_at(field.span, format!("a {method} request has no body"));
            }
            _ => {}
        }
    }
    template.text
}

/// An id goes into file names, headers and the command line.
pub(crate) fn check_id(id: &darling::util::SpannedValue<String>, faults: &mut Diagnostics) {
    let sound = id.starts_with(|letter: char| letter.is_ascii_lowercase())
        && id.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-');
    if !sound {
        faults.fault_at(id.span(), "an id is made of a-z, 0-9 and `-`, and starts with a letter");
    }
}
