//! The templates of files, each in all of its versions: whole, and each version once.

use crate::history::ARCHIVE;
use crate::template::{Binding, ElementTemplate, Node, Path, read_whole};
use crate::text::with_version;
use opwright_feel::Position;
use std::collections::BTreeMap;
use std::rc::Rc;

/// How many faults of a file are told; `lint` tells all.
const TOLD: usize = 5;

/// A version of a template, and where it is written.
#[derive(Debug)]
pub(in crate::cli) struct Version {
    pub(in crate::cli) template: ElementTemplate,
    /// What messages call the file.
    pub(in crate::cli) file: String,
    is_archived: bool,
    source: Rc<(Node, String)>,
    path: Path,
}

/// The templates of some files: by id, the latest version last.
#[derive(Debug, Default)]
pub(in crate::cli) struct Versions(BTreeMap<String, Vec<Version>>);

impl Versions {
    /// Adds the templates of a file, which is called `file` in messages and `name` below the directory that was asked for.
    /// What is read in part, or is there twice and not the same, is refused: nobody could tell what is meant.
    pub(in crate::cli) fn add(&mut self, file: &str, name: &str, text: &str) -> Result<(), String> {
        let (tree, found) = templates(file, text)?;
        // Below the directory that was asked for, which may be the one of the templates.
        let folder = file.strip_suffix(name).unwrap_or_default().trim_end_matches('/').rsplit('/').next();
        let below =
            if folder == Some("element-templates") { format!("element-templates/{name}") } else { name.to_owned() };
        let is_archived = below.starts_with(ARCHIVE) || below.contains(&format!("/{ARCHIVE}"));
        let source = Rc::new((tree, text.to_owned()));
        for (path, template) in found {
            let id = template.id.clone().unwrap_or_default();
            let versions = self.0.entry(id.clone()).or_default();
            let version = template.version;
            let added = Version { template, file: file.to_owned(), is_archived, source: Rc::clone(&source), path };
            match versions.binary_search_by_key(&version, |known| known.template.version) {
                Err(index) => versions.insert(index, added),
                Ok(index) => {
                    let Some(known) = versions.get_mut(index) else { continue };
                    if known.template != added.template {
                        return Err(format!(
                            "{file} has `{id}` {}, and so has {}, with other content: leave one of them out",
                            with_version(version),
                            known.file
                        ));
                    }
                    // What is kept is generated, too.
                    if known.is_archived {
                        *known = added;
                    }
                }
            }
        }
        Ok(())
    }

    pub(in crate::cli) fn into_templates(self) -> BTreeMap<String, Vec<Version>> {
        self.0
    }
}

impl Version {
    /// Whether it is an older version that is kept.
    pub(in crate::cli) const fn is_archived(&self) -> bool {
        self.is_archived
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

/// A text as JSON, or what is wrong with it and where.
pub(in crate::cli) fn parsed(file: &str, text: &str) -> Result<Node, String> {
    Node::parse(text).map_err(|fault| {
        let Position { line, column } = Position::at(text, fault.at);
        format!("{file} is no JSON: {fault}, at line {line} column {column}")
    })
}

/// The templates of a file. Where they can only be read in part, that is an error.
fn templates(file: &str, text: &str) -> Result<(Node, Vec<(Path, ElementTemplate)>), String> {
    let tree = parsed(file, text)?;
    match read_whole(&tree) {
        Ok(templates) => Ok((tree, templates)),
        Err(faults) => {
            let told = faults.iter().take(TOLD);
            let told = told.map(|fault| {
                let Position { line, column } = Position::at(text, tree.find(&fault.path).start);
                format!("{file}:{line}:{column}: {} of the template: {}", fault.path, fault.problem)
            });
            let told = told.collect::<Vec<_>>().join("\n");
            let more = faults.len().saturating_sub(TOLD);
            let more = if more > 0 { format!("\nand {more} more") } else { String::new() };
            Err(format!("{told}{more}\nparts of it would be left out: mend it, as `opwright lint {file}` tells"))
        }
    }
}
