//! What Modeler shows of a connector before any of its fields.

use crate::definition::{ConnectorDefinition, Faults};
use crate::migrate::Succession;
use quick_xml::events::Event;
use std::collections::HashSet;

/// What Modeler shows of a connector before any of its fields.
pub(super) fn check_head(definition: &ConnectorDefinition, faults: &mut Faults) {
    let path = definition.id.as_str();
    if let Some(version) = &definition.camunda
        && definition.least_minor().is_none()
    {
        faults.add(path, format!("`{version}` is no version of Camunda 8, such as `8.8`"));
    }
    if let Some(fault) = definition.icon.as_deref().and_then(fault_of_icon) {
        faults.add(path, format!("its icon {fault}"));
    }
    if let Some(Err(fault)) = definition.succeeds.as_deref().map(Succession::parse) {
        faults.add(path, format!("what it succeeds cannot be read: {fault}"));
    }
    if definition.elements.is_empty() {
        faults.add(path, "it is no element: give it at least one");
    }
    for (index, element) in definition.elements.iter().enumerate() {
        if definition.elements[..index].contains(element) {
            faults.add(path, format!("it is a {} twice", element.title()));
        }
    }
    let mut names = HashSet::new();
    for property in &definition.extension_properties {
        if property.name.is_empty() || !names.insert(property.name.as_str()) {
            faults.add(path, format!("the extension property `{}` has no name of its own", property.name));
        }
    }
}

/// Why Modeler could not draw an icon.
fn fault_of_icon(svg: &str) -> Option<String> {
    let mut reader = quick_xml::Reader::from_str(svg);
    let (mut root, mut depth) = (None, 0_usize);
    loop {
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => return Some(format!("is no SVG: {error}")),
        };
        match &event {
            Event::Eof if depth > 0 => return Some("is no SVG: it ends within an element".to_owned()),
            Event::Eof => break,
            Event::Start(element) | Event::Empty(element) if root.is_none() => {
                root = Some(element.name().as_ref() == "svg");
            }
            _ => {}
        }
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    match root {
        Some(true) if svg.contains("http://www.w3.org/2000/svg") => None,
        Some(true) => Some("needs `xmlns=\"http://www.w3.org/2000/svg\"`, or nothing is drawn".to_owned()),
        _ => Some("is no SVG: the outermost element must be `svg`".to_owned()),
    }
}
