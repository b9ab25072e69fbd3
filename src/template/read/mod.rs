//! Reads a template: every key, strictly, so that nothing that is there counts for nothing without being told.
//!
//! What cannot be read is told and left out, so that the rest is still looked at.

mod members;
mod property;

use super::fault::Fault;
use super::model::{
    Category, ConfigurationTemplate, Deprecated, ElementTemplate, ElementType, EntriesVisible, Group, Icon, Preset,
    Step,
};
use super::tree::{Kind, Node, Path};
use members::{Faults, Members};

/// The templates of a file, which holds one or an array of them, each with its place; and what is wrong with their form.
#[must_use]
pub(super) fn read(tree: &Node) -> (Vec<(Path, ElementTemplate)>, Vec<Fault>) {
    let (mut faults, root) = (Faults::default(), Path::default());
    let templates = match tree.items() {
        Some(items) => {
            let items = items.iter().enumerate().map(|(index, item)| (root.index(index), item));
            items.filter_map(|(path, item)| Some((path.clone(), template(item, &path, &mut faults)?))).collect()
        }
        None => template(tree, &root, &mut faults).map(|template| (root, template)).into_iter().collect(),
    };
    (templates, faults.0)
}

fn template(node: &Node, path: &Path, faults: &mut Faults) -> Option<ElementTemplate> {
    let mut members = Members::of(node, path, faults)?;
    for key in ["name", "id", "appliesTo", "properties"] {
        members.require(key, "a template", faults);
    }
    let template = ElementTemplate {
        schema: members.text("$schema", faults),
        name: members.text("name", faults),
        id: members.text("id", faults),
        description: members.text("description", faults),
        version: members.integer("version", faults),
        documentation_ref: url(&mut members, faults),
        keywords: members.texts("keywords", faults),
        category: members.take("category").and_then(|(node, path)| category(node, &path, faults)),
        is_default: members.flag("isDefault", faults),
        applies_to: members.list("appliesTo", faults, element),
        element_type: members.take("elementType").and_then(|(node, path)| element_type(node, &path, faults)),
        engines: engines(&mut members, faults),
        icon: members.take("icon").and_then(|(node, path)| icon(node, &path, faults)),
        deprecated: members.take("deprecated").and_then(|(node, path)| deprecated(node, &path, faults)),
        metadata: members.object("metadata", faults),
        entries_visible: members.take("entriesVisible").and_then(|(node, path)| entries(node, &path, faults)),
        groups: members.list("groups", faults, group),
        steps: members.list("steps", faults, step),
        presets: members.list("presets", faults, preset),
        configuration_templates: members.list("configurationTemplates", faults, configuration),
        properties: members.list("properties", faults, property::property).unwrap_or_default(),
    };
    members.end(faults);
    Some(template)
}

fn url(members: &mut Members<'_>, faults: &mut Faults) -> Option<String> {
    let url = members.text("documentationRef", faults)?;
    if !url.starts_with("https://") && !url.starts_with("http://") {
        faults.refuse(&members.path.key("documentationRef"), "this must be a URL that starts with https:// or http://");
    }
    Some(url)
}

/// A BPMN type, such as `bpmn:Task`.
fn element(node: &Node, path: &Path, faults: &mut Faults) -> Option<String> {
    let element = members::text(node, path, faults)?;
    let is_name =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !element.split_once(':').is_some_and(|(prefix, name)| is_name(prefix) && is_name(name)) {
        faults.refuse(path, format!("`{element}` must be a BPMN type, such as `bpmn:Task`"));
    }
    Some(element)
}

fn category(node: &Node, path: &Path, faults: &mut Faults) -> Option<Category> {
    let mut members = Members::of(node, path, faults)?;
    for key in ["id", "name"] {
        members.require(key, "a category", faults);
    }
    let category = Category { id: members.text("id", faults), name: members.text("name", faults) };
    members.end(faults);
    Some(category)
}

fn element_type(node: &Node, path: &Path, faults: &mut Faults) -> Option<ElementType> {
    let mut members = Members::of(node, path, faults)?;
    members.require("value", "an element type", faults);
    let value = members.take("value").and_then(|(node, path)| element(node, &path, faults));
    let event_definition = members.text("eventDefinition", faults);
    members.end(faults);
    Some(ElementType { value, event_definition })
}

fn engines(members: &mut Members<'_>, faults: &mut Faults) -> Option<serde_json::Map<String, serde_json::Value>> {
    let engines = members.object("engines", faults)?;
    for key in ["camunda", "camundaDesktopModeler", "camundaWebModeler"] {
        if engines.get(key).is_some_and(|range| !range.is_string()) {
            let path = members.path.key("engines").key(key);
            faults.refuse(&path, "an engine's versions must be a string, such as \"^8.6\"");
        }
    }
    Some(engines)
}

fn icon(node: &Node, path: &Path, faults: &mut Faults) -> Option<Icon> {
    let mut members = Members::of(node, path, faults)?;
    members.require("contents", "an icon", faults);
    let contents = members.text("contents", faults);
    if let Some(contents) = &contents
        && !["https:", "http:", "data:"].iter().any(|scheme| contents.starts_with(scheme))
    {
        faults.refuse(&path.key("contents"), "an icon must be a URL that starts with https:, http: or data:");
    }
    members.end(faults);
    Some(Icon { contents })
}

fn deprecated(node: &Node, path: &Path, faults: &mut Faults) -> Option<Deprecated> {
    if let Kind::Boolean(flag) = node.kind {
        return Some(Deprecated::Flag(flag));
    }
    let mut members = Members::of(node, path, faults)?;
    let message = members.text("message", faults);
    let documentation_ref = url(&mut members, faults);
    members.end(faults);
    Some(Deprecated::Because { message, documentation_ref })
}

fn entries(node: &Node, path: &Path, faults: &mut Faults) -> Option<EntriesVisible> {
    if let Kind::Boolean(flag) = node.kind {
        return Some(EntriesVisible::All(flag));
    }
    let mut members = Members::of(node, path, faults)?;
    let mut each = serde_json::Map::new();
    for key in ["outputs", "executionListeners", "taskListeners"] {
        if let Some(flag) = members.flag(key, faults) {
            each.insert(key.to_owned(), flag.into());
        }
    }
    members.closed("entriesVisible", faults);
    Some(EntriesVisible::Each(each))
}

fn group(node: &Node, path: &Path, faults: &mut Faults) -> Option<Group> {
    let mut members = Members::of(node, path, faults)?;
    for key in ["id", "label"] {
        members.require(key, "a group", faults);
    }
    let group = Group {
        id: members.text("id", faults),
        label: members.text("label", faults),
        tooltip: members.text("tooltip", faults),
        open_by_default: members.flag("openByDefault", faults),
    };
    members.end(faults);
    Some(group)
}

fn step(node: &Node, path: &Path, faults: &mut Faults) -> Option<Step> {
    let mut members = Members::of(node, path, faults)?;
    members.require("name", "a step", faults);
    if members.has("steps") == members.has("presetId") {
        faults.refuse(path, "a step needs either `steps` or `presetId`");
    }
    let step = Step {
        name: members.text("name", faults),
        description: members.text("description", faults),
        keywords: members.texts("keywords", faults),
        preset_id: members.text("presetId", faults),
        steps: members.list("steps", faults, step),
    };
    members.end(faults);
    Some(step)
}

fn preset(node: &Node, path: &Path, faults: &mut Faults) -> Option<Preset> {
    let mut members = Members::of(node, path, faults)?;
    for key in ["id", "properties"] {
        members.require(key, "a preset", faults);
    }
    let preset = Preset { id: members.text("id", faults), properties: members.object("properties", faults) };
    members.end(faults);
    Some(preset)
}

fn configuration(node: &Node, path: &Path, faults: &mut Faults) -> Option<ConfigurationTemplate> {
    let mut members = Members::of(node, path, faults)?;
    for key in ["name", "id", "kind", "version", "properties"] {
        members.require(key, "a configuration template", faults);
    }
    let template = ConfigurationTemplate {
        schema: members.text("$schema", faults),
        name: members.text("name", faults),
        id: members.text("id", faults),
        description: members.text("description", faults),
        kind: members.text("kind", faults),
        version: members.integer("version", faults),
        documentation_ref: url(&mut members, faults),
        keywords: members.texts("keywords", faults),
        groups: members.list("groups", faults, group),
        properties: members.list("properties", faults, property::of_configuration).unwrap_or_default(),
    };
    if template.kind.as_deref() == Some("") {
        faults.refuse(&path.key("kind"), "a kind must not be empty");
    }
    members.end(faults);
    Some(template)
}
