//! The files of a commit: which there are, and what is in them.

use super::{Commit, Tracked};
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

/// The folder in which every `.json` file is meant to be a template.
const TEMPLATES: &str = "element-templates";

/// The folder that nobody looks into: there are packages of others.
const PACKAGES: &str = "node_modules";

/// What a pointer of Git LFS begins with.
const POINTER: &str = "version https://git-lfs.github.com/spec/";

const INSTEAD: &str = "name what is published by --against FILE|DIR";

/// Something in the tree of a commit.
struct Entry {
    /// Below the work tree's root.
    path: Vec<u8>,
    kind: Kind,
    hash: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    File,
    Link,
    Submodule,
}

impl Entry {
    /// Of an entry such as `100644 blob 0967ef4…\tpath`.
    fn read(entry: &[u8]) -> Option<Self> {
        let tab = entry.iter().position(|byte| *byte == b'\t')?;
        let (about, path) = (std::str::from_utf8(entry.get(..tab)?).ok()?, entry.get(tab + 1..)?.to_vec());
        let mut about = about.split(' ');
        let kind = match about.next()? {
            "120000" => Kind::Link,
            "160000" => Kind::Submodule,
            _ => Kind::File,
        };
        Some(Self { path, kind, hash: about.nth(1)?.to_owned() })
    }

    /// The path, which no other one is shown as.
    fn shown(&self) -> String {
        String::from_utf8(self.path.clone()).unwrap_or_else(|_| self.path.escape_ascii().to_string())
    }

    fn is_json(&self) -> bool {
        self.path.ends_with(b".json")
    }

    /// Whether it is one of those folders, or in one.
    fn is_surely_template(&self) -> bool {
        has_name(&self.path, TEMPLATES)
    }
}

impl Tracked {
    /// The path, as people write it.
    pub(in crate::cli) fn shown(&self) -> String {
        if self.path.is_empty() { ".".to_owned() } else { self.path.to_string_lossy().into_owned() }
    }

    /// The files at a commit: the path itself, or the `.json` files below it, each by its path below it, or by its name.
    pub(in crate::cli) fn files(&self, commit: &Commit) -> Result<BTreeMap<String, String>, String> {
        self.files_of(commit, &self.path)
    }

    /// The same of another directory.
    pub(in crate::cli) fn files_below(&self, commit: &Commit, path: &str) -> Result<BTreeMap<String, String>, String> {
        self.files_of(commit, OsStr::new(path))
    }

    /// The `.json` files of a commit, wherever they are, by their paths. Those of no use are left out.
    pub(in crate::cli) fn all_files(&self, commit: &Commit) -> Result<BTreeMap<String, String>, String> {
        let mut entries = self.entries(commit, OsStr::new(""))?;
        entries.retain(|entry| entry.kind == Kind::File && entry.is_json() && !has_name(&entry.path, PACKAGES));
        let mut files = BTreeMap::new();
        for (entry, content) in entries.iter().zip(self.contents(&entries)?) {
            match text(entry, content, commit) {
                Ok(text) => drop(files.insert(entry.shown(), text)),
                Err(message) if entry.is_surely_template() => return Err(message),
                Err(_) => {}
            }
        }
        Ok(files)
    }

    fn files_of(&self, commit: &Commit, path: &OsStr) -> Result<BTreeMap<String, String>, String> {
        let asked = path.as_encoded_bytes();
        let mut entries = Vec::new();
        for entry in self.entries(commit, path)? {
            let is_it = entry.path == asked;
            if has_name(below(&entry.path, asked), PACKAGES) {
                continue;
            }
            self.refuse(&entry, is_it, commit)?;
            if entry.kind == Kind::File && (is_it || entry.is_json()) {
                entries.push(entry);
            }
        }
        let mut files = BTreeMap::new();
        for (entry, content) in entries.iter().zip(self.contents(&entries)?) {
            let Ok(name) = std::str::from_utf8(below(&entry.path, asked)) else {
                return Err(format!("the name of {} in {} is no UTF-8: {INSTEAD}", entry.shown(), commit.shown()));
            };
            files.insert(name.to_owned(), text(entry, content, commit)?);
        }
        Ok(files)
    }

    /// What holds no file, though it might lead to one.
    fn refuse(&self, entry: &Entry, is_it: bool, commit: &Commit) -> Result<(), String> {
        let what = match entry.kind {
            Kind::File => return Ok(()),
            Kind::Submodule => "a submodule",
            Kind::Link => {
                // Links to directories are followed nowhere; here is one no more.
                let now = self.root.join(entry.shown());
                let is_directory = now.is_dir() && !now.is_symlink();
                if !is_it && !entry.is_json() && !entry.is_surely_template() && !is_directory {
                    return Ok(());
                }
                "a symbolic link"
            }
        };
        Err(format!("{} is {what} in {}, which does not hold its files: {INSTEAD}", entry.shown(), commit.shown()))
    }

    /// What a commit holds: the path itself, or all below it.
    fn entries(&self, commit: &Commit, path: &OsStr) -> Result<Vec<Entry>, String> {
        let mut arguments = ["ls-tree", "-r", "-z", "--full-tree", &commit.hash].map(OsString::from).to_vec();
        if !path.is_empty() {
            arguments.extend([OsString::from("--"), path.to_owned()]);
        }
        let listed = self.git.succeed(&arguments)?;
        let entries = listed.split(|byte| *byte == 0).filter(|entry| !entry.is_empty());
        entries
            .map(|entry| {
                let unknown = || format!("git lists `{}`, which is no entry", String::from_utf8_lossy(entry));
                Entry::read(entry).ok_or_else(unknown)
            })
            .collect()
    }

    /// What is in these files.
    fn contents(&self, entries: &[Entry]) -> Result<Vec<Vec<u8>>, String> {
        let asked: String = entries.iter().map(|entry| format!("{}\n", entry.hash)).collect();
        let answer = self.git.answered(&["cat-file", "--batch"], asked)?;
        let mut rest = answer.as_slice();
        let mut contents = Vec::new();
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let head = String::from_utf8_lossy(&rest[..end]).into_owned();
            let size = head.rsplit(' ').next().and_then(|size| size.parse::<usize>().ok());
            let content = size.and_then(|size| rest.get(end + 1..end + 1 + size));
            let Some(content) = content else {
                return Err(format!("git answers `{head}`: the repository is incomplete"));
            };
            contents.push(content.to_vec());
            rest = rest.get(end + 2 + content.len()..).unwrap_or_default();
        }
        if contents.len() == entries.len() { Ok(contents) } else { Err("git has read too few files".to_owned()) }
    }
}

/// Whether one of a path's names is this one.
fn has_name(path: &[u8], wanted: &str) -> bool {
    path.split(|byte| *byte == b'/').any(|name| name == wanted.as_bytes())
}

/// The rest of a path below another one; its last name if it is the same.
fn below<'a>(path: &'a [u8], asked: &[u8]) -> &'a [u8] {
    let rest = path.strip_prefix(asked).unwrap_or(path);
    let rest = rest.strip_prefix(b"/").unwrap_or(rest);
    if rest.is_empty() { path.rsplit(|byte| *byte == b'/').next().unwrap_or(path) } else { rest }
}

fn text(entry: &Entry, content: Vec<u8>, commit: &Commit) -> Result<String, String> {
    let (name, commit) = (entry.shown(), commit.shown());
    match String::from_utf8(content) {
        Ok(text) if text.starts_with(POINTER) => {
            Err(format!("{name} in {commit} is a pointer of Git LFS, not the file: {INSTEAD}"))
        }
        Ok(text) => Ok(text),
        Err(_) => Err(format!("{name} in {commit} is no UTF-8 text: {INSTEAD}")),
    }
}
