//! What only the hosted template has: the inputs of Camunda's HTTP connector, computed by hidden FEEL.
//!
//! The requests that they describe are those of [`crate::request::plan`]; tests compare the two.

use super::feel;
use super::fields::{Writer, operation_tests};
use crate::definition::{ConnectorDefinition, Field, Kind, OperationDefinition, Place, Scheme};
use crate::template::{Binding, Condition, Property, Test};

/// What the HTTP connector wants to know of OAuth beyond what the designer fills in.
pub(super) fn write_credentials(writer: &mut Writer, shared: &[Field]) {
    for field in shared {
        let Kind::Variants { tag, variants, .. } = &field.kind else { continue };
        for variant in variants {
            let Some(Scheme::OAuthClientCredentials { scope }) = &variant.scheme else { continue };
            let condition = Condition::all(&[Test::equals(format!("{}.{tag}", field.name), variant.value.as_str())]);
            for (name, value) in [
                ("scopes", format!("= {}", feel::trimmed(scope))),
                ("clientAuthentication", "credentialsBody".to_owned()),
            ] {
                let id = format!("{}.{}.{name}", field.name, variant.value);
                let property = Property::hidden(id, Binding::input(format!("{}.{name}", field.name)), value);
                writer.hidden(Property { condition: condition.clone(), ..property });
            }
        }
    }
}

/// Method, URL, headers, query and body of one operation.
pub(super) fn write_request(
    writer: &mut Writer,
    connector: &ConnectorDefinition,
    operation: &OperationDefinition,
    own: &[Field],
) {
    let (Some(base), Some(http)) = (&connector.http, &operation.http) else { return };
    let url = format!("{} + {}", feel::trimmed(&base.base_url), feel::path(&http.path));
    let url = match feel::guard(&http.path, own) {
        Some(guard) => format!("= if {guard} then {url} else null"),
        None => format!("= {url}"),
    };
    let mut headers: Vec<String> = base
        .headers
        .iter()
        .map(|header| format!("{{{}: {}}}", feel::string(&header.name), feel::string(&header.value)))
        .collect();
    let (mut query, mut body) = (Vec::new(), Vec::new());
    for field in own {
        match &field.place {
            Some(Place::Header { name }) => headers.push(feel::entry(name, field)),
            Some(Place::Query { name }) => query.push(feel::entry(name, field)),
            Some(Place::Body { name }) => body.push(feel::entry(name, field)),
            None => {}
        }
    }
    if !body.is_empty() {
        headers.push(format!("{{{}: {}}}", feel::string("Content-Type"), feel::string("application/json")));
    }
    let mut inputs = vec![("method", http.method.name().to_owned()), ("url", url)];
    for (name, entries) in [("headers", headers), ("queryParameters", query), ("body", body)] {
        if !entries.is_empty() {
            inputs.push((name, format!("= {}", feel::merged(&entries))));
        }
    }
    for (name, value) in inputs {
        let property = Property::hidden(format!("{}:{name}", operation.id), Binding::input(name), value);
        writer.hidden(Property { condition: Condition::all(&operation_tests(Some(operation))), ..property });
    }
}
