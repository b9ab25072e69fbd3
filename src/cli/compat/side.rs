//! One side of a comparison: the templates of some files, each in all of its versions.

use crate::cli::template_files;
use crate::lint::Level;
use crate::template::{Binding, ElementTemplate, Node, Path, read};
use opwright_feel::Position;
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
}

impl Side {
    /// Reads the templates of these files, whose names begin with `folder` in messages.
    pub(in crate::cli) fn of(files: &BTreeMap<String, String>, folder: &str) -> Result<Self, String> {
        let mut templates: BTreeMap<String, Vec<Version>> = BTreeMap::new();
        for (name, text) in files {
            if !template_files::is_template(text) {
                continue;
            }
            let file = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
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
        Ok(Self { templates })
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

/// The level of findings that a severity stands for.
pub(in crate::cli) fn level(severity: crate::compat::Severity) -> Level {
    match severity {
        crate::compat::Severity::Breaking => Level::Error,
        crate::compat::Severity::Risky => Level::Warning,
        crate::compat::Severity::Safe => Level::Info,
    }
}
