//! What has been published of a file or directory: at a git revision, or in another file or directory.

mod moved;

use super::git::{Commit, Main, Tracked};
use super::versions::parsed;
use super::{json, template_files};
use crate::template::{ElementTemplate, read};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

/// The folder of templates in an output directory.
const TEMPLATES: &str = "element-templates";

/// Something published.
#[derive(Debug)]
pub(super) struct Base {
    /// What people call it.
    pub(super) shown: String,
    /// Its files, by path below the directory, or by name.
    pub(super) files: BTreeMap<String, String>,
    /// What has to be known of it: how a sentence goes on after its name.
    remark: Option<String>,
    origin: Origin,
}

/// Where it is from.
#[derive(Debug)]
enum Origin {
    /// A repository without a commit.
    Nowhere,
    /// A file or directory.
    Path,
    Revision {
        tracked: Tracked,
        commit: Commit,
        /// Whether the work tree is the same.
        is_here: bool,
    },
}

impl Base {
    /// What people call it, and what has to be known of it.
    pub(super) fn told(&self) -> String {
        format!("{}{}", self.shown, self.remark.as_deref().unwrap_or_default())
    }

    /// Whether it is a git revision.
    pub(super) fn is_revision(&self) -> bool {
        matches!(self.origin, Origin::Revision { .. })
    }

    /// Whether nothing can have been published.
    pub(super) fn is_nothing(&self) -> bool {
        matches!(self.origin, Origin::Nowhere)
    }

    /// What is to be known before one believes that nothing has changed.
    pub(super) fn note(&self) -> Option<String> {
        let is_here = matches!(self.origin, Origin::Revision { is_here: true, .. });
        is_here.then(|| {
            format!(
                "HEAD is {}, and nothing has changed since: to look at the last commit, name the one before it by --against HEAD~1",
                self.shown
            )
        })
    }

    /// An output directory holds templates where `generate` writes them; else nothing of it would be found.
    pub(super) fn as_output(&self) -> Result<&Self, String> {
        let is_template = |(path, text): (&String, &String)| {
            Path::new(path).starts_with(TEMPLATES) && template_files::is_template(text)
        };
        if !matches!(self.origin, Origin::Path) || self.files.iter().any(is_template) {
            return Ok(self);
        }
        Err(format!(
            "{} is no output directory, as it holds no {TEMPLATES}/ with templates: name the directory that does",
            self.shown
        ))
    }

    fn has_templates(&self) -> bool {
        self.files.values().any(|text| template_files::is_template(text))
    }
}

/// What `against` names, or the commit at which the work tree has left the main branch; none if nobody keeps versions of
/// `place`.
pub(super) fn base(against: Option<&str>, place: &Path) -> Result<Option<Base>, String> {
    let Some(against) = against else {
        let Some(tracked) = Tracked::of(place)? else { return Ok(None) };
        return match tracked.main()? {
            Main::Nothing => Ok(Some(Base {
                shown: "nothing, as the repository has no commit yet".to_owned(),
                files: BTreeMap::new(),
                remark: None,
                origin: Origin::Nowhere,
            })),
            Main::At(commit) => of_revision(tracked, commit, false).map(Some),
            Main::Here(commit) => of_revision(tracked, commit, true).map(Some),
        };
    };
    let path = Path::new(against);
    let is_there = path.symlink_metadata().is_ok();
    let is_spelled_as_path = !matches!(path.components().next(), Some(Component::Normal(_)) | None);
    if is_spelled_as_path {
        return if is_there {
            of_path(path).map(Some)
        } else {
            Err(format!("there is no file or directory `{against}`"))
        };
    }
    let hint = |error: String| if is_there { format!("{error}; if you mean the path, say ./{against}") } else { error };
    let Some(tracked) = Tracked::of(place).map_err(hint)? else {
        if is_there {
            return of_path(path).map(Some);
        }
        return Err(format!(
            "there is no file or directory `{against}`, and {} is in no git repository that could have such a revision",
            place.display()
        ));
    };
    match (tracked.commit(against).map_err(hint)?, is_there) {
        (Some(commit), true) => Err(format!(
            "`{against}` is a path and a git revision: say ./{against} or {}",
            tracked.full_name(against, &commit)?
        )),
        (Some(commit), false) => of_revision(tracked, commit, false).map(Some),
        (None, true) => of_path(path).map(Some),
        (None, false) => {
            Err(format!("there is no file, directory or git revision `{against}`: fetch it, or correct the name"))
        }
    }
}

fn of_revision(tracked: Tracked, commit: Commit, is_here: bool) -> Result<Base, String> {
    let files = readable(tracked.files(&commit)?, &tracked.shown(), &commit)?;
    let shown = commit.shown();
    Ok(Base { shown, files, remark: None, origin: Origin::Revision { tracked, commit, is_here } })
}

/// The files of a place in a commit, if those that have to can be read.
fn readable(files: BTreeMap<String, String>, place: &str, commit: &Commit) -> Result<BTreeMap<String, String>, String> {
    let place = Path::new(place);
    for (name, text) in &files {
        let is_it = place.file_name() == Some(name.as_ref());
        let path = if is_it { place.to_owned() } else { place.join(name) };
        templates(&path, text, is_it).map_err(|error| {
            format!("{error} (published: {}); name what is published by --against FILE|DIR", commit.shown())
        })?;
    }
    Ok(files)
}

fn of_path(path: &Path) -> Result<Base, String> {
    let files = json_files(path)?;
    let mut count = 0;
    for (name, text) in &files {
        let is_it = !path.is_dir();
        let path = if is_it { path.to_owned() } else { path.join(name) };
        count += templates(&path, text, is_it)?.len();
    }
    if count == 0 {
        return Err(format!("there is no element template in {}, which is named as published", path.display()));
    }
    Ok(Base { shown: path.display().to_string(), files, remark: None, origin: Origin::Path })
}

/// The templates of a published file; an error if it has to hold one and cannot be read: it is named, it is where templates
/// are, or it looks like one.
fn templates(path: &Path, text: &str, is_named: bool) -> Result<Vec<ElementTemplate>, String> {
    let is_meant = template_files::is_template(text);
    if !is_named && !is_meant && !path.iter().any(|name| name == TEMPLATES) {
        return Ok(Vec::new());
    }
    let tree = parsed(&path.display().to_string(), text)?;
    Ok(if is_meant { read(&tree).0.into_iter().map(|(_, template)| template).collect() } else { Vec::new() })
}

/// The file of this name, or the `.json` files below this directory.
pub(super) fn json_files(path: &Path) -> Result<BTreeMap<String, String>, String> {
    let mut files = BTreeMap::new();
    for candidate in template_files::candidates(&[PathBuf::from(path)], "json")? {
        let below = candidate.path.strip_prefix(path).unwrap_or(&candidate.path);
        let name = if below.as_os_str().is_empty() {
            let shown = json::shown(path);
            Path::new(&shown).file_name().map_or_else(|| shown.clone(), |name| name.to_string_lossy().into_owned())
        } else {
            let names: Option<Vec<&str>> = below.iter().map(OsStr::to_str).collect();
            names.ok_or_else(|| format!("the name of {} is no UTF-8: rename it", candidate.path.display()))?.join("/")
        };
        files.insert(name, json::text(&candidate.path)?);
    }
    Ok(files)
}
