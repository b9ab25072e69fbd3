//! Applies an element template as Modeler does: which properties are active, and what they write.

use crate::compat::{Element, stored};
use crate::template::{Binding, BindingKind, ElementTemplate, Property};

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
    /// The message that it waits for.
    pub message: Option<Message>,
}

/// A message that an element waits for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Message {
    /// Its name.
    pub name: String,
    /// FEEL that gives what it is correlated by; a message that starts a process has none.
    pub correlation_key: Option<String>,
}

/// Applies a template. `choose` gives the value of a property, or `None` for its default.
pub fn apply(template: &ElementTemplate, choose: impl Fn(&Property) -> Option<String>) -> Applied {
    let mut element = Element::new(template);
    let mut chosen: Vec<*const Property> = Vec::new();
    // What is entered makes others active, above it and below.
    while let Some((property, value)) = element.active(template).into_iter().find_map(|property| {
        let is_new = !chosen.contains(&std::ptr::from_ref(property));
        Some((property, choose(property).filter(|_| is_new)?))
    }) {
        chosen.push(std::ptr::from_ref(property));
        if property.optional == Some(true) && value.is_empty() {
            element.clear(template, property);
        } else {
            element.enter(template, property, &stored(property, &value));
        }
    }
    let mut applied = Applied::default();
    for property in element.active(template) {
        if let (Some(binding), Some(entry)) = (&property.binding, element.get(property)) {
            applied.write(binding, entry.text().to_owned());
        }
    }
    applied
}

impl Applied {
    fn write(&mut self, binding: &Binding, value: String) {
        let named = |name: &Option<String>| name.clone().unwrap_or_default();
        match binding.kind {
            BindingKind::Input => self.inputs.push((named(&binding.name), value)),
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
            BindingKind::Message => self.message.get_or_insert_default().name = value,
            BindingKind::Subscription => self.message.get_or_insert_default().correlation_key = Some(value),
            // The generator writes no other.
            _ => {}
        }
    }
}
