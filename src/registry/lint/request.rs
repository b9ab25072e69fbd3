//! What becomes of an operation's fields: their places in a request, and what no request carries.

use crate::definition::{ConnectorDefinition, Faults, Field, Kind, OperationDefinition, Place, Scheme, UrlTemplate};
use regex_syntax::hir::{Class, Hir, HirKind};
use std::collections::HashSet;

/// Headers that no input may set.
const OWN_HEADERS: [&str; 5] = ["Authorization", "Content-Type", "Content-Length", "Host", "Transfer-Encoding"];

pub(super) fn check_base(definition: &ConnectorDefinition, shared: &[Field], faults: &mut Faults) {
    if let Some(base) = &definition.http {
        check_template(&base.base_url, shared, "base_url", &definition.id, faults);
    }
    for field in shared {
        if let Kind::Variants { variants, .. } = &field.kind {
            for variant in variants {
                if let Some(Scheme::OAuthClientCredentials { scope }) = &variant.scheme {
                    check_template(scope, shared, "scope", &definition.id, faults);
                }
            }
        }
    }
}

fn check_template(text: &str, fields: &[Field], what: &str, path: &str, faults: &mut Faults) {
    let Some(template) = UrlTemplate::parse(text) else {
        faults.add(path, format!("the {what} has a brace without its partner"));
        return;
    };
    for name in template.fields() {
        match fields.iter().find(|field| field.name == name) {
            None => faults.add(path, format!("the {what} names `{name}`, which is no field")),
            Some(field) if !field.required => {
                faults.add(path, format!("the {what} names `{name}`, which a job may lack"));
            }
            Some(_) => {}
        }
    }
}

/// The engine names resources to a job by the fields' names, and only to the job's worker.
pub(super) fn check_linked_resources(operation: &OperationDefinition, own: &[Field], path: &str, faults: &mut Faults) {
    for field in own {
        let path = format!("{path}/{}", field.name);
        if field.is_linked_resource() && operation.http.is_some() {
            faults.add(&path, "no request carries a linked resource: it is for code");
        }
        if has_linked_resource(field) {
            faults.add(&path, "a linked resource is a field of the operation itself");
        }
    }
}

/// Whether a field holds a linked resource, and is none.
pub(super) fn has_linked_resource(field: &Field) -> bool {
    let inside = |fields: &[Field]| fields.iter().any(|field| field.is_linked_resource() || has_linked_resource(field));
    match &field.kind {
        Kind::Object { fields, .. } => inside(fields),
        Kind::Variants { variants, .. } => variants.iter().any(|variant| inside(&variant.fields)),
        Kind::List { item, .. } => item.is_linked_resource() || has_linked_resource(item),
        _ => false,
    }
}

pub(super) fn check_request(
    definition: &ConnectorDefinition,
    operation: &OperationDefinition,
    own: &[Field],
    path: &str,
    faults: &mut Faults,
) {
    let Some(http) = &operation.http else { return };
    if definition.http.is_none() {
        faults.add(path, "an HTTP operation needs the connector's `base_url`");
    }
    check_template(&http.path, own, "path", path, faults);
    if !http.path.starts_with('/') {
        faults.add(path, "the path starts with `/`: it follows the base URL");
    }
    let in_path: Vec<String> = UrlTemplate::parse(&http.path)
        .map(|template| template.fields().map(str::to_owned).collect())
        .unwrap_or_default();
    let mut places = HashSet::new();
    for field in own {
        let path = format!("{path}/{}", field.name);
        if in_path.contains(&field.name) {
            check_path_field(field, &path, faults);
        } else {
            match &field.place {
                None => faults.add(&path, "it has no place in the request"),
                Some(place) if !places.insert(format!("{place:?}")) => {
                    faults.add(&path, "another field has the same place in the request");
                }
                Some(Place::Header { name }) if OWN_HEADERS.iter().any(|own| own.eq_ignore_ascii_case(name)) => {
                    faults.add(&path, "the dispatcher sends this header itself");
                }
                Some(Place::Body { .. }) if !http.method.has_body() => faults.add(&path, "the request has no body"),
                Some(Place::Query { .. } | Place::Header { .. })
                    if matches!(
                        field.kind,
                        Kind::Object { .. } | Kind::List { .. } | Kind::Variants { .. } | Kind::Json
                    ) =>
                {
                    faults.add(&path, "only plain values go into a query or a header");
                }
                Some(_) => {}
            }
        }
    }
}

/// A value in the path must not be able to leave its segment, in the hosted template's FEEL either.
fn check_path_field(field: &Field, path: &str, faults: &mut Faults) {
    match &field.kind {
        Kind::Text { pattern: Some(pattern), .. } if stays_in_segment(pattern) => {}
        Kind::Integer { .. } => {}
        _ => faults.add(
            path,
            "a value in the path needs a pattern of letters, digits, `-`, `_` and `~` only, without backslashes",
        ),
    }
}

/// Whether all that a pattern can match is made of characters that mean nothing in a path.
fn stays_in_segment(pattern: &str) -> bool {
    !pattern.contains('\\') && regex_syntax::parse(pattern).is_ok_and(|pattern| is_harmless(&pattern))
}

fn is_harmless(pattern: &Hir) -> bool {
    let letter = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '~');
    match pattern.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => std::str::from_utf8(&literal.0).is_ok_and(|text| text.chars().all(letter)),
        HirKind::Class(Class::Unicode(class)) => {
            class.ranges().iter().all(|range| range.end().is_ascii() && (range.start()..=range.end()).all(letter))
        }
        HirKind::Class(Class::Bytes(_)) => false,
        HirKind::Repetition(repetition) => is_harmless(&repetition.sub),
        HirKind::Capture(capture) => is_harmless(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().all(is_harmless),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_path_leaves_its_segment() {
        for (pattern, stays) in [
            ("^[0-9A-Fa-f]{8}-(x|y)?$", true),
            ("^x/y$", false),
            ("^[a-z.]+$", false),
            ("^[^a]$", false),
            ("^.*$", false),
            ("^\\w+$", false),
            ("^[ -~]$", false),
        ] {
            assert_eq!(stays_in_segment(pattern), stays, "{pattern}");
        }
    }
}
