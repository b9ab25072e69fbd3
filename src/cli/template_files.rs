//! Which files are looked at, of those that somebody names and of whole directories.

use super::json;
use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// A file that is looked at.
pub(super) struct File {
    pub(super) name: String,
    pub(super) text: String,
}

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    pub(super) files: Vec<File>,
    /// How many .json files of directories hold no element templates.
    pub(super) others: usize,
}

/// The files of these names, and those of these directories that hold element templates.
pub(super) fn find(paths: &[PathBuf]) -> Result<Found, String> {
    let mut found = Found { files: Vec::new(), others: 0 };
    for candidate in candidates(paths, "json")? {
        let file = read(&candidate.path)?;
        if candidate.is_named || is_template(&file.text) {
            found.files.push(file);
        } else {
            found.others += 1;
        }
    }
    if found.files.is_empty() {
        let names: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
        return Err(format!("there is no element template in {}", names.join(", ")));
    }
    Ok(found)
}

/// A file that may be looked at.
pub(super) struct Candidate {
    pub(super) path: PathBuf,
    /// Somebody says that it does.
    is_named: bool,
}

/// The files of these names, and those of these directories whose names end so: each directory once, wherever links lead.
pub(super) fn candidates(paths: &[PathBuf], extension: &str) -> Result<Vec<Candidate>, String> {
    let mut search = Search { extension: OsStr::new(extension), seen: HashSet::new(), candidates: Vec::new() };
    for path in paths {
        if path.is_dir() {
            search.directory(path)?;
        } else {
            search.candidates.push(Candidate { path: path.clone(), is_named: true });
        }
    }
    Ok(search.candidates)
}

struct Search<'a> {
    extension: &'a OsStr,
    /// The directories that were looked into, behind all links.
    seen: HashSet<PathBuf>,
    candidates: Vec<Candidate>,
}

impl Search<'_> {
    fn directory(&mut self, directory: &Path) -> Result<(), String> {
        let cannot = |error: std::io::Error| format!("cannot read {}: {error}", directory.display());
        if !self.seen.insert(directory.canonicalize().map_err(cannot)?) {
            return Ok(());
        }
        let entries = fs::read_dir(directory).map_err(cannot)?;
        let mut paths: Vec<PathBuf> =
            entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>().map_err(cannot)?;
        // What is here before what is elsewhere, which a link may lead back from.
        paths.sort_by_cached_key(|path| (path.is_symlink(), path.clone()));
        for path in paths {
            if path.is_dir() {
                if path.file_name() != Some(OsStr::new("node_modules")) {
                    self.directory(&path)?;
                }
            } else if path.extension() == Some(self.extension) && path.is_file() {
                self.candidates.push(Candidate { path, is_named: false });
            }
        }
        Ok(())
    }
}

/// Whether a text looks like one that is meant to be an element template, however wrong it is.
pub(super) fn is_template(text: &str) -> bool {
    text.contains("element-templates-json-schema") || text.contains("\"appliesTo\"")
}

fn read(path: &Path) -> Result<File, String> {
    Ok(File { name: json::shown(path), text: json::text(path)? })
}
