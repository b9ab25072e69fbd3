//! Wire names: what serde will call a field or variant, known at expansion time so that
//! `{placeholders}` and conditions can be checked and rewritten.

use syn::{Attribute, Expr, ExprLit, Lit, Meta, parse_quote, punctuated::Punctuated, token::Comma};

/// `organization_uri` → `organizationUri`.
pub(crate) fn camel_case(field: &str) -> String {
    let mut words = field.trim_start_matches("r#").split('_').filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| name + &capitalised(word))
}

/// `TriggerFlow` → `triggerFlow`, the name of a variant on the wire.
pub(crate) fn variant_camel_case(variant: &str) -> String {
    let mut letters = variant.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

/// `workflow_id` → `Workflow id`, the label of a field that declares none.
pub(crate) fn field_label(field: &str) -> String {
    capitalised(&field.trim_start_matches("r#").replace('_', " "))
}

/// `ConnectionReference` → `Connection reference`, the label of a variant that declares none.
pub(crate) fn variant_label(variant: &str) -> String {
    let mut label = String::new();
    for (index, letter) in variant.chars().enumerate() {
        if letter.is_uppercase() && index > 0 {
            label.push(' ');
            label.extend(letter.to_lowercase());
        } else {
            label.push(letter);
        }
    }
    label
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The name given by `#[serde(rename = "…")]`, if there is one.
pub(crate) fn serde_rename(attributes: &[Attribute]) -> Option<String> {
    serde_string(attributes, "rename")
}

/// The string given by `#[serde(key = "…")]`.
pub(crate) fn serde_string(attributes: &[Attribute], key: &str) -> Option<String> {
    serde_items(attributes).find_map(|meta| match meta {
        Meta::NameValue(pair) if pair.path.is_ident(key) => match pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    })
}

/// The `key` item of a `#[serde(..)]` attribute, to point at.
pub(crate) fn serde_item(attributes: &[Attribute], key: &str) -> Option<Meta> {
    serde_items(attributes).find(|meta| meta.path().is_ident(key))
}

/// Takes the `key` items out of the `#[serde(..)]` attributes.
pub(crate) fn remove_serde_item(attributes: &mut [Attribute], key: &str) {
    for attribute in attributes.iter_mut().filter(|attribute| attribute.path().is_ident("serde")) {
        if let Ok(items) = attribute.parse_args_with(Punctuated::<Meta, Comma>::parse_terminated) {
            let items = items.into_iter().filter(|item| !item.path().is_ident(key));
            *attribute = parse_quote!(#[serde(#(#items),*)]);
        }
    }
}

fn serde_items(attributes: &[Attribute]) -> impl Iterator<Item = Meta> {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("serde"))
        .filter_map(|attribute| attribute.parse_args_with(Punctuated::<Meta, Comma>::parse_terminated).ok())
        .flatten()
}

/// The doc comment as schemars reads it: lines joined, outer blank lines dropped.
pub(crate) fn doc_comment(attributes: &[Attribute]) -> String {
    let lines: Vec<String> = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("doc"))
        .filter_map(|attribute| match &attribute.meta {
            Meta::NameValue(pair) => match &pair.value {
                Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
                _ => None,
            },
            _ => None,
        })
        .collect();
    lines.iter().map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_serde() {
        assert_eq!(camel_case("organization_uri"), "organizationUri");
        assert_eq!(camel_case("r#type"), "type");
        assert_eq!(variant_camel_case("ConnectionReference"), "connectionReference");
    }

    #[test]
    fn labels_are_sentence_case() {
        assert_eq!(field_label("run_mode"), "Run mode");
        assert_eq!(variant_label("ConnectionReference"), "Connection reference");
    }
}
