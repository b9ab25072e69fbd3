//! The versions of Camunda that run what a template writes, derived from what it uses.

use crate::template::{BindingKind, ElementTemplate, Property, PropertyKind};
use serde_json::{Map, Value, json};

/// A minor version of Camunda 8.
type Minor = u32;

/// The oldest engine that the generated processes were run on is 8.6.0 (`tests/suite/engine.rs`).
const OLDEST: Minor = 6;

/// The template's `engines`. `least` is the oldest minor version that its author wants.
pub(super) fn of(template: &ElementTemplate, least: Option<Minor>) -> Map<String, Value> {
    let used = template.properties.iter().map(since);
    let minor = used.chain(least).fold(OLDEST, Minor::max);
    Map::from_iter([("camunda".to_owned(), json!(format!("^8.{minor}")))])
}

/// Since when Camunda has what a property needs, by the rules of bpmnlint-plugin-camunda-compat 2.61, which Modeler lints
/// with, and by what Camunda's own templates ask for.
fn since(property: &Property) -> Minor {
    if property.kind == Some(PropertyKind::Configuration) {
        return 10;
    }
    match property.binding.as_ref().map(|binding| binding.kind) {
        Some(BindingKind::LinkedResource) => 7,
        _ => OLDEST,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::Binding;

    fn engines(kind: BindingKind, least: Option<Minor>) -> Value {
        let property = Property::new("one", PropertyKind::String, Binding::of(kind));
        of(&ElementTemplate { properties: vec![property], ..ElementTemplate::default() }, least)["camunda"].clone()
    }

    #[test]
    fn what_needs_most_decides() {
        assert_eq!(engines(BindingKind::Input, None), "^8.6");
        assert_eq!(engines(BindingKind::LinkedResource, None), "^8.7");
        assert_eq!(engines(BindingKind::LinkedResource, Some(10)), "^8.10");
        assert_eq!(engines(BindingKind::Input, Some(3)), "^8.6");
    }
}
