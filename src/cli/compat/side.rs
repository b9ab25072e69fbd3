//! One side of a comparison: the templates of some files, each in all of its versions.

pub(in crate::cli) use crate::cli::versions::Version;

use crate::cli::template_files;
use crate::cli::versions::{Versions, parsed};
use crate::compat::{OperationSchema, OperationSchemas};
use crate::lint::Level;
use serde_json::Value;
use std::collections::BTreeMap;

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
    /// Of what happened, by the ids of events.
    pub(super) events: BTreeMap<String, Value>,
}

impl Side {
    /// Reads the templates of these files, whose names begin with `folder` in messages.
    pub(in crate::cli) fn of(files: &BTreeMap<String, String>, folder: &str) -> Result<Self, String> {
        let mut versions = Versions::default();
        for (name, text) in files {
            let file = shown(folder, name);
            if template_files::is_template(text) {
                versions.add(&file, name, text)?;
            } else if files.len() == 1 {
                // It is what somebody means, and of any other that is no JSON nobody knows what it is.
                parsed(&file, text)?;
            }
        }
        let templates = versions.into_templates();
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

/// The schemas among files: `schemas/CONNECTOR/OPERATION.input.json`, the same of the output, and `EVENT.event.json`.
fn schemas(files: &BTreeMap<String, String>, folder: &str) -> Result<BTreeMap<String, Schemas>, String> {
    let mut schemas: BTreeMap<String, Schemas> = BTreeMap::new();
    for (name, text) in files {
        let mut parts = name.rsplit('/');
        let (Some(file), Some(connector), Some("schemas")) = (parts.next(), parts.next(), parts.next()) else {
            continue;
        };
        let parsed = |name: &str, text: &str| -> Result<Value, String> {
            serde_json::from_str(text).map_err(|error| format!("{} is no JSON: {error}", shown(folder, name)))
        };
        let in_folder = || shown(folder, name.trim_end_matches(file).trim_end_matches('/'));
        if let Some(event) = file.strip_suffix(".event.json") {
            let entry = schemas.entry(connector.to_owned()).or_default();
            entry.folder = in_folder();
            entry.events.insert(event.to_owned(), parsed(name, text)?);
            continue;
        }
        let Some(operation) = file.strip_suffix(".input.json") else { continue };
        let other = name.replace(".input.json", ".output.json");
        let output = files.get(&other).ok_or_else(|| format!("there is no {}", shown(folder, &other)))?;
        let schema = OperationSchema { input: parsed(name, text)?, output: parsed(&other, output)? };
        let entry = schemas.entry(connector.to_owned()).or_default();
        entry.folder = in_folder();
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
