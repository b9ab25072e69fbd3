//! What has been published of a file or directory: at a git revision, or in another file or directory.

use super::git::Tracked;
use super::template_files;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Something published.
#[derive(Debug)]
pub(super) struct Base {
    /// What people call it.
    pub(super) shown: String,
    /// Its files, by path below the directory, or by name.
    pub(super) files: BTreeMap<String, String>,
    /// Whether it is a git revision.
    pub(super) is_revision: bool,
}

/// What `against` names, or the commit at which the work tree has left the main branch; none if nobody keeps versions of
/// `place`.
pub(super) fn base(against: Option<&str>, place: &Path) -> Result<Option<Base>, String> {
    if let Some(path) = against.map(Path::new).filter(|path| path.exists()) {
        let files = json_files(path)?;
        return Ok(Some(Base { shown: path.display().to_string(), files, is_revision: false }));
    }
    let tracked = Tracked::of(place)?;
    let commit = match (against, &tracked) {
        (Some(against), None) => {
            return Err(format!(
                "there is no file or directory `{against}`, and {} is in no git repository that could have such a revision",
                place.display()
            ));
        }
        (Some(against), Some(tracked)) => Some(tracked.commit(against)?),
        (None, Some(tracked)) => tracked.merge_base()?,
        (None, None) => None,
    };
    let (Some(tracked), Some(commit)) = (tracked, commit) else { return Ok(None) };
    Ok(Some(Base { shown: commit.shown(), files: tracked.files(&commit)?, is_revision: true }))
}

/// The file of this name, or the `.json` files below this directory.
pub(super) fn json_files(path: &Path) -> Result<BTreeMap<String, String>, String> {
    let files = template_files::json(&[PathBuf::from(path)])?;
    let below = |name: &str| {
        let rest = Path::new(name).strip_prefix(path).ok().filter(|rest| !rest.as_os_str().is_empty());
        let rest = rest.map_or_else(|| Path::new(name).file_name().map(PathBuf::from), |rest| Some(rest.to_owned()));
        let rest = rest.unwrap_or_else(|| PathBuf::from(name));
        rest.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
    };
    Ok(files.into_iter().map(|file| (below(&file.name), file.text)).collect())
}
