//! A template as rules look at it.

use super::activity::Activity;
use crate::template::{Binding, BindingKind, ElementTemplate, Path, Property, PropertyKind, Test, Value};

/// A template, its place, and what rules ask of it time and again.
pub(super) struct Subject<'a> {
    pub(super) template: &'a ElementTemplate,
    pub(super) path: Path,
    pub(super) activity: Activity<'a>,
}

impl<'a> Subject<'a> {
    pub(super) fn new(template: &'a ElementTemplate, path: &Path) -> Self {
        Self { template, path: path.clone(), activity: Activity::new(&template.properties) }
    }

    pub(super) fn properties(&self) -> impl Iterator<Item = (usize, &'a Property)> + use<'a> {
        self.template.properties.iter().enumerate()
    }

    /// Where a property is.
    pub(super) fn at(&self, index: usize) -> Path {
        self.path.key("properties").index(index)
    }

    /// The first property of this id: the one that conditions see.
    pub(super) fn by_id(&self, id: &str) -> Option<&'a Property> {
        self.template.properties.get(self.activity.index_of(id)?)
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = &'a str> {
        self.activity.ids()
    }

    /// Each test of a property's condition, with its place.
    pub(super) fn tests(&self, index: usize, property: &'a Property) -> Vec<(Path, &'a Test)> {
        let at = self.at(index).key("condition");
        let Some(condition) = &property.condition else { return Vec::new() };
        match condition {
            crate::template::Condition::Simple(test) => vec![(at, test)],
            crate::template::Condition::All { all_match } => {
                let at = at.key("allMatch");
                all_match.iter().enumerate().map(|(index, test)| (at.index(index), test)).collect()
            }
        }
    }

    /// The element that the template makes.
    pub(super) fn element(&self) -> Option<&'a str> {
        let only = match self.template.applies_to.as_deref() {
            Some([only]) => Some(only.as_str()),
            _ => None,
        };
        self.template.element_type.as_ref().and_then(|element| element.value.as_deref()).or(only)
    }
}

/// How a property is called in messages.
pub(super) fn name(property: &Property) -> String {
    let named = property.id.as_deref().or(property.label.as_deref());
    let bound = || match (&property.binding, &property.value) {
        (Some(binding), Some(value)) => format!("`{binding}` with the value {value}"),
        (Some(binding), None) => format!("`{binding}`"),
        (None, _) => "the property".to_owned(),
    };
    named.map_or_else(bound, |name| format!("`{name}`"))
}

/// The type that a property has without saying so.
pub(super) fn kind(property: &Property) -> PropertyKind {
    property.kind.unwrap_or(PropertyKind::String)
}

pub(super) fn text(property: &Property) -> Option<&str> {
    property.value.as_ref().and_then(Value::text)
}

/// The name of a property's input.
pub(super) fn input(property: &Property) -> Option<&str> {
    bound(property, BindingKind::Input).and_then(|binding| binding.name.as_deref())
}

/// The key of a property's task header.
pub(super) fn header(property: &Property) -> Option<&str> {
    bound(property, BindingKind::TaskHeader).and_then(|binding| binding.key.as_deref())
}

fn bound(property: &Property, kind: BindingKind) -> Option<&Binding> {
    property.binding.as_ref().filter(|binding| binding.kind == kind)
}
