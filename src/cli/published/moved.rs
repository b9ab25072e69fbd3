//! Where templates were that a commit has elsewhere: what is moved or renamed is still published.

use super::{Base, Origin, TEMPLATES, readable, templates};
use crate::cli::git::{Commit, Tracked};
use crate::cli::template_files;
use crate::template::ElementTemplate;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The ids of templates, each with the names of its files.
type Ids<'a> = BTreeMap<String, Vec<&'a str>>;

/// A file that has templates of the ids.
struct Found {
    path: String,
    text: String,
    templates: Vec<ElementTemplate>,
}

/// Some files, and what is said of where they are.
type Chosen = (BTreeMap<String, String>, String);

impl Base {
    /// The same with what it has of these files at other paths; none if there is no need. If it has no template at the path,
    /// that is the directory that they were in; else, the highest versions of the ids that it lacks.
    pub(in crate::cli) fn followed(
        &self,
        newer: &BTreeMap<String, String>,
        is_directory: bool,
    ) -> Result<Option<Self>, String> {
        if !is_directory && self.has_templates() {
            // A file that is there is the same one, even if its id has changed.
            return Ok(None);
        }
        self.elsewhere(newer, |found, ids, roots, unclear| {
            if is_directory && !roots.is_empty() {
                return Err(unclear());
            }
            let files = highest(found, ids).ok_or_else(unclear)?;
            let names = files.keys().cloned().collect::<Vec<_>>().join(", ");
            // A path below the directory may be one of the whole commit, too.
            let name = |path: String| if self.files.contains_key(&path) { format!("./{path}") } else { path };
            Ok((files.into_iter().map(|(path, text)| (name(path), text)).collect(), names))
        })
    }

    /// The same of an output directory: whatever it has of the ids is published.
    pub(in crate::cli) fn followed_output(&self, newer: &BTreeMap<String, String>) -> Result<Option<Self>, String> {
        self.elsewhere(newer, |found, _, _, _| {
            // By names that nothing is generated or archived by.
            let files = found.iter().map(|one| (format!("{TEMPLATES}/of/{}", one.path), one.text.clone()));
            Ok((files.collect(), paths(found)))
        })
    }

    fn elsewhere(
        &self,
        newer: &BTreeMap<String, String>,
        chosen: impl FnOnce(&[Found], &Ids<'_>, &BTreeSet<&str>, &dyn Fn() -> String) -> Result<Chosen, String>,
    ) -> Result<Option<Self>, String> {
        let Origin::Revision { tracked, commit, is_here } = &self.origin else { return Ok(None) };
        let (mut missing, known) = (ids(newer), ids(&self.files));
        missing.retain(|id, _| !known.contains_key(id));
        let found = found(tracked, commit, &missing)?;
        let unclear = || unclear(tracked, commit, &found);
        let roots = if self.has_templates() { BTreeSet::new() } else { roots(&found, &missing) };
        let (files, remark) = if let Some(root) = roots.first().filter(|_| roots.len() == 1) {
            let shown = if root.is_empty() { "." } else { root };
            let files = readable(tracked.files_below(commit, root)?, shown, commit)?;
            (files, format!(", where they are in {shown}"))
        } else if !found.is_empty() {
            let (mut files, paths) = chosen(&found, &missing, &roots, &unclear)?;
            let templates: Vec<&str> = missing.keys().map(String::as_str).filter(|id| has(&found, id)).collect();
            files.extend(self.files.clone());
            (files, format!(", where {} is in {paths}", templates.join(", ")))
        } else if self.has_templates() {
            return Ok(None);
        } else {
            (self.files.clone(), format!(", which has no element templates in {} yet", tracked.shown()))
        };
        let origin = Origin::Revision { tracked: tracked.clone(), commit: commit.clone(), is_here: *is_here };
        let followed = Self { shown: self.shown.clone(), files, remark: Some(remark), origin };
        // What has been found has to be there when it is read.
        if found.is_empty() || followed.has_templates() { Ok(Some(followed)) } else { Err(unclear()) }
    }
}

/// Whether one of the files has this id.
fn has(found: &[Found], id: &str) -> bool {
    found.iter().flat_map(|one| &one.templates).any(|template| template.id.as_deref() == Some(id))
}

/// The ids of files. What cannot be read is told by whoever compares it.
fn ids(newer: &BTreeMap<String, String>) -> Ids<'_> {
    let mut ids = Ids::new();
    for (name, text) in newer.iter().filter(|(_, text)| template_files::is_template(text)) {
        for id in templates(Path::new(name), text, true).unwrap_or_default().into_iter().filter_map(|one| one.id) {
            ids.entry(id).or_default().push(name);
        }
    }
    ids
}

/// The files of a commit that have one of the ids.
fn found(tracked: &Tracked, commit: &Commit, ids: &Ids<'_>) -> Result<Vec<Found>, String> {
    let mut found = Vec::new();
    if ids.is_empty() {
        return Ok(found);
    }
    let quoted: Vec<String> = ids.keys().map(|id| format!("\"{id}\"")).collect();
    for (path, text) in tracked.all_files(commit)? {
        if !template_files::is_template(&text) || !quoted.iter().any(|id| text.contains(id)) {
            continue;
        }
        let mut templates = templates(Path::new(&path), &text, true)
            .map_err(|error| format!("{error} (published: {})", commit.shown()))?;
        templates.retain(|template| template.id.as_ref().is_some_and(|id| ids.contains_key(id)));
        if !templates.is_empty() {
            found.push(Found { path, text, templates });
        }
    }
    Ok(found)
}

/// The directories below which files have the names that they have now.
fn roots<'a>(found: &'a [Found], ids: &Ids<'_>) -> BTreeSet<&'a str> {
    let mut roots = BTreeSet::new();
    for Found { path, templates, .. } in found {
        let names = templates.iter().filter_map(|template| ids.get(template.id.as_ref()?)).flatten();
        let above = |name: &&str| path.strip_suffix(*name).filter(|above| above.is_empty() || above.ends_with('/'));
        roots.extend(names.filter_map(above).map(|above| above.trim_end_matches('/')));
    }
    roots
}

/// The files with the highest version of each id; none if two differ in it.
fn highest(found: &[Found], ids: &Ids<'_>) -> Option<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    for id in ids.keys() {
        let of_id = |one: &Found| {
            let templates = one.templates.iter().filter(|template| template.id.as_ref() == Some(id));
            templates.map(|template| template.version).max()
        };
        let Some(version) = found.iter().filter_map(of_id).max() else { continue };
        let mut texts = BTreeSet::new();
        for one in found.iter().filter(|one| of_id(one) == Some(version)) {
            if texts.insert(&one.text) {
                files.insert(one.path.clone(), one.text.clone());
            }
        }
        if texts.len() > 1 {
            return None;
        }
    }
    Some(files)
}

fn unclear(tracked: &Tracked, commit: &Commit, found: &[Found]) -> String {
    format!(
        "{} has templates of the same ids outside of {}, and which of them count is not clear: {}. Name what is published by --against FILE|DIR; `git worktree add` makes files of a commit",
        commit.shown(),
        tracked.shown(),
        paths(found)
    )
}

fn paths(found: &[Found]) -> String {
    found.iter().map(|one| one.path.as_str()).collect::<Vec<_>>().join(", ")
}
