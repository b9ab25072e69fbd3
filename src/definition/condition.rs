//! When a field is shown, by the values of the fields beside it and of what they hold.

use super::field::{Field, Kind, Variant};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A field is shown only while all these tests hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Condition {
    /// The tests, of which there is at least one.
    pub all_match: Vec<Test>,
}

/// A test of another field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Test {
    /// Its name in JSON, beside the field that is shown; dots lead into objects and variants.
    pub field: String,
    /// What is asked of it.
    #[serde(flatten)]
    pub expected: Expected,
}

/// What a test asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Expected {
    /// Whether its value is one of these.
    OneOf(Vec<Value>),
    /// Whether it is shown itself, or not.
    IsActive(bool),
    /// Whether it is empty, or not.
    IsEmpty(bool),
}

/// What a test looks at.
#[derive(Debug, Clone, PartialEq)]
pub enum Tested<'a> {
    /// A field of a single property.
    Field(&'a Field),
    /// Which variant is chosen.
    Tag(&'a [Variant]),
}

impl Test {
    /// What it looks at among the fields beside it, and where in a template that is: the id of the property, without
    /// what stands before all ids of these fields. `None` where no such property is.
    #[must_use]
    pub fn tested<'a>(&self, fields: &'a [Field]) -> Option<(Tested<'a>, String)> {
        let names: Vec<&str> = self.field.split('.').collect();
        find(fields, &names, "")
    }
}

fn find<'a>(fields: &'a [Field], names: &[&str], before: &str) -> Option<(Tested<'a>, String)> {
    let (name, rest) = names.split_first()?;
    let field = fields.iter().find(|field| field.name == *name)?;
    let id = format!("{before}{name}");
    match (&field.kind, rest) {
        (Kind::Object { fields, .. }, rest) => find(fields, rest, &format!("{id}.")),
        (Kind::Variants { tag, variants }, []) => Some((Tested::Tag(variants), format!("{id}.{tag}"))),
        (Kind::Variants { tag, variants }, [name]) if name == tag => {
            Some((Tested::Tag(variants), format!("{id}.{tag}")))
        }
        (Kind::Variants { variants, .. }, [name, rest @ ..]) => {
            let variant = variants.iter().find(|variant| variant.value == *name)?;
            find(&variant.fields, rest, &format!("{id}.{name}."))
        }
        (_, []) => Some((Tested::Field(field), id)),
        _ => None,
    }
}
