//! URL templates such as `/flowsessions({flow_session_id})/outputs/$value`: checks the
//! `{placeholders}` against the struct's fields and rewrites them to wire names.

use crate::diagnostics::{Diagnostics, suggestion};
use syn::LitStr;

/// A template whose placeholders are wire names, with the fields that it uses.
#[derive(Default)]
pub(crate) struct UrlTemplate {
    pub(crate) text: String,
    pub(crate) fields: Vec<String>,
}

impl UrlTemplate {
    /// Reads `literal`; `fields` are (Rust name, wire name).
    pub(crate) fn parse(literal: &LitStr, fields: &[(String, String)], faults: &mut Diagnostics) -> Self {
        let mut template = Self::default();
        let text = literal.value();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            template.text.push_str(before);
            let Some((name, after)) = after.split_once('}') else {
                faults.fault(literal, "a `{` is never closed");
                return template;
            };
            if let Some((_, wire)) = fields.iter().find(|(rust, _)| rust == name) {
                template.text.push('{');
                template.text.push_str(wire);
                template.text.push('}');
                template.fields.push(name.to_owned());
            } else {
                let known = fields.iter().map(|(rust, _)| rust.as_str());
                faults.fault(literal, format!("no field is called `{name}`{}", suggestion(name, known)));
            }
            rest = after;
        }
        if rest.contains('}') {
            faults.fault(literal, "a `}` was never opened");
        }
        template.text.push_str(rest);
        template
    }
}

/// Rewrites placeholders to wire names without a list of fields to check them against: the fields
/// are those of another struct, and the definition is checked when it is registered.
pub(crate) fn to_wire_names(text: &str) -> String {
    let mut pieces = text.split('{');
    let mut rewritten = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once('}').map_or((piece, None), |(name, rest)| (name, Some(rest)));
        rewritten.push('{');
        rewritten.push_str(&crate::names::camel_case(name));
        if let Some(rest) = rest {
            rewritten.push('}');
            rewritten.push_str(rest);
        }
    }
    rewritten
}
