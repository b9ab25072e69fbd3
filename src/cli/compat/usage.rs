//! Diagrams that use templates: which of their elements a change is seen in.

use super::side::{Side, Version};
use crate::cli::{json, template_files};
use crate::compat::changes::ENGINES_RAISED;
use crate::compat::{Change, Effects, Met, effects, leaves_out, met};
use crate::diagram::{Diagram, TemplatedElement};
use crate::template::Binding;
use serde_json::{Value, json};
use std::path::Path;

/// The diagrams of a directory.
pub(super) struct Diagrams {
    /// What people call the directory.
    pub(super) shown: String,
    diagrams: Vec<(String, Diagram)>,
}

/// An element of a diagram that has an older version of a template, and what the newer one does to it.
pub(super) struct Affected<'a> {
    file: &'a str,
    element: &'a TemplatedElement,
    effects: Effects,
    /// Whether the newer version is not for the version of Camunda that the diagram is for, and the older one is.
    is_left_out: bool,
    /// Whether it has another version than the one that is compared.
    is_older: bool,
}

impl Diagrams {
    /// Reads all `.bpmn` files of a directory, or the file of this name.
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        let files = template_files::candidates(&[path.to_owned()], "bpmn")?;
        if files.is_empty() {
            return Err(format!("there is no .bpmn file in {}", path.display()));
        }
        let mut diagrams = Vec::new();
        for file in files {
            let (name, text) = (json::shown(&file.path), json::text(&file.path)?);
            // A diagram that cannot be read is none that does not use a template.
            let diagram = Diagram::parse(&text).map_err(|error| format!("{name} is no diagram: {error}"))?;
            diagrams.push((name, diagram));
        }
        Ok(Self { shown: path.display().to_string(), diagrams })
    }

    /// The elements that have a template in another version than the newest, and what an update does to them.
    pub(super) fn affected(
        &self,
        published: &Version,
        newest: Option<&Version>,
        sides: [&Side; 2],
    ) -> Vec<Affected<'_>> {
        let id = published.template.id.as_deref().unwrap_or_default();
        let mut affected = Vec::new();
        for (file, diagram) in &self.diagrams {
            for element in diagram.elements().iter().filter(|element| element.template == id) {
                let version = element.version;
                let is_newest = newest.is_some_and(|newest| newest.template.version == version);
                if is_newest && published.template.version != version {
                    continue;
                }
                let own = sides.into_iter().find_map(|side| side.version(id, version)).unwrap_or(published);
                let effects = match newest {
                    Some(newest) => effects(&element.holds, &own.template, &newest.template),
                    None => Effects::default(),
                };
                let is_left_out = newest.is_none_or(|newest| {
                    diagram.platform().is_none_or(|camunda| leaves_out(&own.template, &newest.template, camunda))
                });
                let is_older = published.template.version != version;
                affected.push(Affected { file, element, effects, is_left_out, is_older });
            }
        }
        affected
    }
}

impl Affected<'_> {
    /// Whether a change leaves out versions of Camunda, and the one that the diagram is for is none of them.
    fn is_for_others(&self, change: &Change) -> bool {
        change.kind == &ENGINES_RAISED && change.property.as_deref() == Some("camunda") && !self.is_left_out
    }

    /// What is seen of a change in this element; none if nothing is. With both schemas of its operation's inputs.
    pub(super) fn seen(&self, change: &Change, inputs: Option<[&Value; 2]>) -> Option<Value> {
        let header = self.element.holds.at(&Binding::task_header("operation"));
        let is_other = header.is_some_and(|chosen| change.operation.as_ref().is_some_and(|id| id != chosen.text()));
        if is_other || !self.effects.show(change) || self.is_for_others(change) {
            return None;
        }
        let met = inputs.map_or(Met::Surely, |[old, new]| met(&self.element.holds, change, old, new));
        if met == Met::Never {
            return None;
        }
        let value = self.effects.values.iter().find(|value| Some(&value.place) == change.place.as_ref());
        let error = self.effects.errors.iter().find(|error| Some(&error.place) == change.place.as_ref());
        Some(json!({
            "file": self.file,
            "line": self.element.line,
            "element": self.element.id,
            "name": self.element.name,
            "version": self.is_older.then_some(self.element.version),
            "isCertain": met == Met::Surely,
            "before": value.map(|value| &value.before),
            "after": value.and_then(|value| value.after.as_ref()),
            "error": error.map(|error| &error.message),
        }))
    }
}

/// What is seen of a change in an element, in a line.
pub(super) fn line(seen: &Value) -> String {
    let text = |key: &str| seen[key].as_str();
    let name = text("name").map(|name| format!(" {name:?}")).unwrap_or_default();
    let what = match (text("before"), text("after"), text("error")) {
        (_, _, Some(error)) => format!(": {error}"),
        (Some(before), Some(after), None) => format!(": {before:?} becomes {after:?}"),
        (Some(before), None, None) => format!(": {before:?} is lost"),
        _ if seen["isCertain"] == false => ": what it gives is known at run time only".to_owned(),
        _ => String::new(),
    };
    let version = seen["version"].as_i64().map(|version| format!(" (version {version})")).unwrap_or_default();
    let (file, element) = (text("file").unwrap_or_default(), text("element").unwrap_or_default());
    format!("used by {file}:{} {element}{name}{version}{what}", seen["line"])
}
