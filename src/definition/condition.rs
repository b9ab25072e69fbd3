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
    /// What it looks at among the fields beside it, and where in a template that is. `None` where no such property is.
    #[must_use]
    pub fn tested<'a>(&self, fields: &'a [Field]) -> Option<Found<'a>> {
        let names: Vec<&str> = self.field.split('.').collect();
        find(fields, &names, "", false)
    }
}

/// A field that a test names.
#[derive(Debug, Clone, PartialEq)]
pub struct Found<'a> {
    /// What it is.
    pub tested: Tested<'a>,
    /// The id of its property in a template, without what stands before all ids of the fields beside it.
    pub id: String,
    /// Whether it is a variant's, so that it may not be there, while another's stands at its place.
    pub of_variant: bool,
}

fn find<'a>(fields: &'a [Field], names: &[&str], before: &str, of_variant: bool) -> Option<Found<'a>> {
    let (name, rest) = names.split_first()?;
    let field = fields.iter().find(|field| field.name == *name)?;
    let id = format!("{before}{name}");
    let tag_of = |variants, tag: &str| Found { tested: Tested::Tag(variants), id: format!("{id}.{tag}"), of_variant };
    match (&field.kind, rest) {
        (Kind::Object { fields, .. }, rest) => find(fields, rest, &format!("{id}."), of_variant),
        (Kind::Variants { tag, variants }, []) => Some(tag_of(variants, tag)),
        (Kind::Variants { tag, variants }, [name]) if name == tag => Some(tag_of(variants, tag)),
        (Kind::Variants { variants, .. }, [name, rest @ ..]) => {
            let variant = variants.iter().find(|variant| variant.value == *name)?;
            find(&variant.fields, rest, &format!("{id}.{name}."), true)
        }
        // It has several properties, and none of this name.
        (Kind::LinkedResource { .. }, _) => None,
        (_, []) => Some(Found { tested: Tested::Field(field), id, of_variant }),
        _ => None,
    }
}
