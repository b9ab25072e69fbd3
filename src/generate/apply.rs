//! Applies an element template as Modeler does: which properties are active, and what they write.

use crate::template::{Binding, BindingKind, ElementTemplate, Expected, Property, PropertyKind, Test, Value};
use std::collections::HashMap;

/// What applying a template to an element writes, in the order in which the engine reads it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// The job type.
    pub job_type: String,
    /// How often the job is tried.
    pub retries: Option<String>,
    /// Input mappings, target and source.
    pub inputs: Vec<(String, String)>,
    /// Task headers, key and value.
    pub headers: Vec<(String, String)>,
    /// Extension properties, name and value.
    pub properties: Vec<(String, String)>,
    /// Linked resources, each by its name, with attributes and their values.
    pub linked_resources: Vec<(String, Vec<(String, String)>)>,
}

/// Applies a template. `choose` gives the value of a property, or `None` for its default.
pub fn apply(template: &ElementTemplate, choose: impl Fn(&Property) -> Option<String>) -> Applied {
    let entered: Vec<String> = template.properties.iter().map(|property| entered(property, &choose)).collect();
    let mut active = vec![true; template.properties.len()];
    // A condition may be about a property below it, and each round settles at least one.
    for _ in 0..template.properties.len() {
        let state = State::of(template, &entered, &active);
        let now: Vec<bool> = template.properties.iter().map(|property| state.holds_all(property)).collect();
        if now == active {
            break;
        }
        active = now;
    }
    let mut applied = Applied::default();
    let written = template.properties.iter().zip(entered).zip(active).filter(|(_, active)| *active);
    for ((property, value), _) in written {
        if let Some(binding) = &property.binding
            && !(value.is_empty() && property.optional == Some(true))
        {
            applied.write(property, binding, value);
        }
    }
    applied
}

/// What stands in a property's field.
fn entered(property: &Property, choose: impl Fn(&Property) -> Option<String>) -> String {
    choose(property).or_else(|| property.value.as_ref().map(Value::bare)).unwrap_or_default()
}

/// What conditions see.
struct State<'a> {
    values: HashMap<&'a str, &'a str>,
}

impl<'a> State<'a> {
    fn of(template: &'a ElementTemplate, entered: &'a [String], active: &[bool]) -> Self {
        let properties = template.properties.iter().zip(entered).zip(active).filter(|(_, active)| **active);
        let mut values = HashMap::new();
        for ((property, value), _) in properties {
            // Conditions see the first property of an id.
            values.entry(property.id.as_deref().unwrap_or_default()).or_insert(value.as_str());
        }
        Self { values }
    }

    fn holds_all(&self, property: &Property) -> bool {
        property.tests().iter().all(|test| self.holds(test))
    }

    fn holds(&self, test: &Test) -> bool {
        let value = self.values.get(test.property.as_str()).copied();
        let is = |expected: &Value| value.is_some_and(|value| value.trim_start_matches('=') == expected.bare());
        match &test.expected {
            Expected::Equals(expected) => is(expected),
            Expected::OneOf(expected) => expected.iter().any(is),
            Expected::IsActive(wanted) => value.is_some() == *wanted,
            Expected::IsEmpty(wanted) => value.unwrap_or_default().is_empty() == *wanted,
        }
    }
}

impl Applied {
    fn write(&mut self, property: &Property, binding: &Binding, value: String) {
        let named = |name: &Option<String>| name.clone().unwrap_or_default();
        match binding.kind {
            BindingKind::Input => self.inputs.push((named(&binding.name), source(property, value))),
            BindingKind::TaskHeader => self.headers.push((named(&binding.key), value)),
            BindingKind::ZeebeProperty => self.properties.push((named(&binding.name), value)),
            BindingKind::TaskDefinitionType => self.job_type = value,
            BindingKind::TaskDefinition if binding.property.as_deref() == Some("type") => self.job_type = value,
            BindingKind::TaskDefinition => self.retries = Some(value),
            BindingKind::LinkedResource => {
                let (name, attribute) = (named(&binding.link_name), named(&binding.property));
                match self.linked_resources.iter_mut().find(|(known, _)| *known == name) {
                    Some((_, attributes)) => attributes.push((attribute, value)),
                    None => self.linked_resources.push((name, vec![(attribute, value)])),
                }
            }
            // The generator writes no other.
            _ => {}
        }
    }
}

/// Modeler stores check boxes and numbers as FEEL.
fn source(property: &Property, value: String) -> String {
    let literal = matches!(property.kind, Some(PropertyKind::Boolean | PropertyKind::Number));
    if literal && !value.is_empty() && !value.starts_with('=') { format!("={value}") } else { value }
}
