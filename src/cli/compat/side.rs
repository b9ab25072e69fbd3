//! One side of a comparison: the templates of some files, each in all of its versions.

use crate::cli::template_files;
use crate::compat::{OperationSchema, OperationSchemas};
use crate::lint::Level;
use crate::template::{Binding, ElementTemplate, Node, Path, read};
use opwright_feel::Position;
use serde_json::Value;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A version of a template, and where it is written.
#[derive(Debug)]
pub(in crate::cli) struct Version {
    pub(in crate::cli) template: ElementTemplate,
    pub(in crate::cli) file: String,
    source: Rc<(Node, String)>,
    path: Path,
}

/// The templates of some files.
#[derive(Debug)]
pub(in crate::cli) struct Side {
    /// By id, the latest version last.
    pub(in crate::cli) templates: BTreeMap<String, Vec<Version>>,
    /// The schemas of connectors, by the connectors' ids.
    pub(super) schemas: BTreeMap<String, Schemas>,
    /// What people call the revision that it is read from: its files are not where they are said to be.
    pub(super) revision: Option<String>,
}

/// The schemas of a connector.
#[derive(Debug, Default)]
pub(super) struct Schemas {
    /// The folder that they are in.
    pub(super) folder: String,
    pub(super) operations: OperationSchemas,
}

impl Side {
    /// Reads the templates of these files, whose names begin with `folder` in messages.
    pub(in crate::cli) fn of(files: &BTreeMap<String, String>, folder: &str) -> Result<Self, String> {
        let mut templates: BTreeMap<String, Vec<Version>> = BTreeMap::new();
        for (name, text) in files {
            if !template_files::is_template(text) {
                continue;
            }
            let file = shown(folder, name);
            let tree = Node::parse(text).map_err(|fault| format!("{file} is no JSON: {fault}"))?;
            let found = read(&tree).0;
            let source = Rc::new((tree, text.clone()));
            for (path, template) in found {
                let id = template.id.clone().unwrap_or_default();
                let version = Version { template, file: file.clone(), source: Rc::clone(&source), path };
                templates.entry(id).or_default().push(version);
            }
        }
        for versions in templates.values_mut() {
            versions.sort_by_key(|version| version.template.version);
        }
        Ok(Self { templates, schemas: schemas(files, folder)?, revision: None })
    }

    /// This version of a template.
    pub(in crate::cli) fn version(&self, id: &str, version: Option<i64>) -> Option<&Version> {
        self.templates.get(id)?.iter().find(|known| known.template.version == version)
    }

    /// The latest version of a template.
    pub(in crate::cli) fn latest(&self, id: &str) -> Option<&Version> {
        self.templates.get(id)?.last()
    }
}

impl Version {
    /// Whether it is an older version that is kept.
    pub(super) fn is_archived(&self) -> bool {
        self.file.rsplit('/').nth(1) == Some("archive")
    }

    /// Where in its file a property is, by where it is bound; the template itself if none is bound there.
    pub(in crate::cli) fn place(&self, bound: Option<&Binding>) -> (Path, Position) {
        let is_it = |place: &Binding| bound == Some(place);
        let index = self.template.properties.iter().position(|property| property.place().as_deref().is_some_and(is_it));
        let path = match index {
            Some(index) => self.path.key("properties").index(index),
            None => self.path.clone(),
        };
        let (tree, text) = &*self.source;
        let position = Position::at(text, tree.find(&path).start);
        (path, position)
    }
}

/// The schemas among files: `schemas/CONNECTOR/OPERATION.input.json`, and the same of the output.
fn schemas(files: &BTreeMap<String, String>, folder: &str) -> Result<BTreeMap<String, Schemas>, String> {
    let mut schemas: BTreeMap<String, Schemas> = BTreeMap::new();
    for (name, text) in files {
        let mut parts = name.rsplit('/');
        let (Some(file), Some(connector), Some("schemas")) = (parts.next(), parts.next(), parts.next()) else {
            continue;
        };
        let Some(operation) = file.strip_suffix(".input.json") else { continue };
        let parsed = |name: &str, text: &str| -> Result<Value, String> {
            serde_json::from_str(text).map_err(|error| format!("{} is no JSON: {error}", shown(folder, name)))
        };
        let other = name.replace(".input.json", ".output.json");
        let output = files.get(&other).ok_or_else(|| format!("there is no {}", shown(folder, &other)))?;
        let schema = OperationSchema { input: parsed(name, text)?, output: parsed(&other, output)? };
        let entry = schemas.entry(connector.to_owned()).or_default();
        entry.folder = shown(folder, name.trim_end_matches(file).trim_end_matches('/'));
        entry.operations.insert(operation.to_owned(), schema);
    }
    Ok(schemas)
}

/// The name of a file in messages.
fn shown(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// The level of findings that a severity stands for.
pub(in crate::cli) fn level(severity: crate::compat::Severity) -> Level {
    match severity {
        crate::compat::Severity::Breaking => Level::Error,
        crate::compat::Severity::Risky => Level::Warning,
        crate::compat::Severity::Safe => Level::Info,
    }
}
