//! Where files are for those who read a report elsewhere: below the repository's root.

use crate::cli::git;
use std::env;
use std::path::{Component, Path, PathBuf};

/// What paths of a report begin at.
pub(super) struct Places {
    here: PathBuf,
    root: Option<PathBuf>,
}

impl Places {
    /// The repository's root, or where the workflow works; without either, paths stay as they are.
    pub(super) fn new() -> Self {
        let here = env::current_dir().unwrap_or_default();
        let workspace = || env::var_os("GITHUB_WORKSPACE").filter(|path| !path.is_empty()).map(PathBuf::from);
        let root = git::root(&here).or_else(workspace);
        Self { here, root }
    }

    /// A file, as it is found from the root.
    pub(super) fn of(&self, file: &str) -> String {
        let full = plain(&self.here.join(file));
        match self.root.as_ref().and_then(|root| full.strip_prefix(root).ok()) {
            Some(below) => below.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/"),
            None => file.strip_prefix("./").unwrap_or(file).to_owned(),
        }
    }
}

/// A path without `.` and `..`; it need not be there.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(plain.pop()),
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_from_the_root() {
        let places = |root: Option<&str>| Places { here: PathBuf::from("/a/b"), root: root.map(PathBuf::from) };
        for (file, inside, outside) in [
            ("c.json", "b/c.json", "c.json"),
            ("./c.json", "b/c.json", "c.json"),
            ("../d/c.json", "d/c.json", "../d/c.json"),
            ("/a/c.json", "c.json", "/a/c.json"),
            ("/e/c.json", "/e/c.json", "/e/c.json"),
        ] {
            assert_eq!(places(Some("/a")).of(file), inside, "{file}");
            assert_eq!(places(None).of(file), outside, "{file}");
        }
    }
}
