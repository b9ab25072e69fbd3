//! Reads files of a git revision, by the `git` that is installed: it alone knows all that a repository can be.

mod command;
mod files;

use command::{Git, trimmed};
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

/// What names the main branch: first what the remote itself calls so.
const REMOTE_HEAD: &str = "refs/remotes/origin/HEAD";

/// The branches that others start from, the most likely first.
const MAIN: [&str; 4] =
    ["refs/remotes/origin/main", "refs/remotes/origin/master", "refs/heads/main", "refs/heads/master"];

/// A directory or file in a git work tree.
#[derive(Debug, Clone)]
pub(super) struct Tracked {
    git: Git,
    /// The directory of the work tree.
    root: PathBuf,
    /// The path below it, with `/` between names.
    path: OsString,
}

/// A commit, and what people call it.
#[derive(Debug, Clone)]
pub(super) struct Commit {
    hash: String,
    name: String,
}

/// What of a repository is published.
#[derive(Debug)]
pub(super) enum Main {
    /// Nothing: it has no commit yet.
    Nothing,
    /// What the work tree has left the main branch at.
    At(Commit),
    /// The same, and nothing has been done since.
    Here(Commit),
}

impl Commit {
    /// Such as `main (08f0ec3)`.
    pub(super) fn shown(&self) -> String {
        format!("{} ({})", self.name, self.hash.get(..7).unwrap_or(&self.hash))
    }
}

/// The root of the work tree that a full path is in, as far as that can be seen without git.
pub(super) fn root(path: &Path) -> Option<PathBuf> {
    let is_root = |ancestor: &&Path| ancestor.join(".git").symlink_metadata().is_ok();
    path.ancestors().find(is_root).map(Path::to_owned)
}

impl Tracked {
    /// None if the path is in no work tree; it need not be there.
    pub(super) fn of(path: &Path) -> Result<Option<Self>, String> {
        let cannot = |error: io::Error| format!("cannot find {}: {error}", path.display());
        let full = std::path::absolute(path).map_err(cannot)?;
        let Some(there) = full.ancestors().find(|ancestor| ancestor.exists()) else { return Ok(None) };
        let rest = full.strip_prefix(there).unwrap_or(Path::new("")).to_owned();
        let there = there.canonicalize().map_err(cannot)?;
        let full = there.join(rest);
        let git = if root(&there).is_some() {
            let directory = there.ancestors().find(|ancestor| ancestor.is_dir()).unwrap_or(Path::new("/"));
            Git { directory: directory.to_owned(), is_named: false }
        } else if std::env::var_os("GIT_DIR").is_some() {
            // What it says holds where this program has been started.
            Git { directory: std::env::current_dir().map_err(cannot)?, is_named: true }
        } else {
            return Ok(None);
        };
        // The first of the two fails where there is no work tree.
        let told = git.succeed(&["rev-parse", "--show-toplevel", "--show-cdup"])?;
        let told = String::from_utf8_lossy(&told).into_owned();
        let up = told.strip_suffix('\n').unwrap_or(&told).rsplit('\n').next().unwrap_or_default().trim_end();
        let root = git.directory.join(up).canonicalize().map_err(cannot)?;
        match full.strip_prefix(&root) {
            Ok(below) => {
                let path = below.iter().collect::<Vec<_>>().join("/".as_ref());
                Ok(Some(Self { git, root, path }))
            }
            Err(_) if git.is_named => Ok(None),
            Err(_) => Err(format!("{} is not below {}", path.display(), root.display())),
        }
    }

    /// The commit of a revision; none if there is no such revision.
    pub(super) fn commit(&self, revision: &str) -> Result<Option<Commit>, String> {
        Ok(self.resolved(revision)?.map(|hash| Commit { hash, name: revision.to_owned() }))
    }

    /// A name of a revision that nothing else can have.
    pub(super) fn full_name(&self, revision: &str, commit: &Commit) -> Result<String, String> {
        let name = trimmed(&self.git.succeed(&["rev-parse", "--symbolic-full-name", revision])?);
        Ok(if name.starts_with("refs/") { name } else { commit.hash.clone() })
    }

    /// Where the work tree has left the main branch.
    pub(super) fn main(&self) -> Result<Main, String> {
        let head = self.head()?;
        if head.is_none() && self.git.succeed(&["rev-list", "--max-count=1", "--all"])?.is_empty() {
            return Ok(Main::Nothing);
        }
        let remote = self.git.found(&["symbolic-ref", "--quiet", REMOTE_HEAD])?;
        for full in remote.iter().map(String::as_str).chain(MAIN) {
            let Some(hash) = self.resolved(full)? else {
                if remote.as_deref() == Some(full) {
                    return Err(format!(
                        "origin/HEAD names {}, which is not there: fetch it, or correct it by `git remote set-head origin --auto`",
                        short(full)
                    ));
                }
                continue;
            };
            let name = short(full).to_owned();
            // A branch without a commit of its own has left nothing yet.
            let Some(head) = head else { return Ok(Main::At(Commit { hash, name })) };
            let Some(base) = self.git.found(&["merge-base", &head, &hash])? else {
                return Err(format!(
                    "git knows no common commit of HEAD and {name}: fetch the whole history (`fetch-depth: 0` with actions/checkout, `git fetch --unshallow`), or name the published revision by --against"
                ));
            };
            let is_here = base == head && self.is_untouched()?;
            let commit = Commit { hash: base, name };
            return Ok(if is_here { Main::Here(commit) } else { Main::At(commit) });
        }
        let names = [&[REMOTE_HEAD][..], &MAIN].concat().into_iter().map(|full| short(full).to_owned());
        Err(format!(
            "there is no {}: fetch the main branch, or name the published revision by --against or by `against` in {}",
            crate::text::alternatives(&names.collect::<Vec<_>>()),
            super::compat::config::DEFAULT
        ))
    }

    /// The commit of HEAD; none if its branch has none yet.
    fn head(&self) -> Result<Option<String>, String> {
        let head = self.resolved("HEAD")?;
        if head.is_some() {
            return Ok(head);
        }
        // A branch that is broken is not one that has no commit.
        let branch = self.git.succeed(&["symbolic-ref", "HEAD"]);
        let branch = branch.map_err(|error| format!("HEAD cannot be read, `git fsck` tells more: {error}"))?;
        self.resolved(&trimmed(&branch))
    }

    /// Whether the path is as HEAD has it.
    fn is_untouched(&self) -> Result<bool, String> {
        let arguments = ["status", "--porcelain", "--untracked-files=all", "--"].map(OsString::from);
        let path = self.root.join(&self.path).into_os_string();
        Ok(self.git.succeed(&[&arguments[..], &[path]].concat())?.is_empty())
    }

    /// The hash of a commit; none if there is no such revision.
    fn resolved(&self, revision: &str) -> Result<Option<String>, String> {
        let asked =
            |revision: &str| self.git.found(&["rev-parse", "--verify", "--quiet", "--end-of-options", revision]);
        let Some(hash) = asked(revision)? else { return Ok(None) };
        // That a name has a hash does not tell that anything of this hash is there.
        let commit = asked(&format!("{hash}^{{commit}}"))?;
        commit.map(Some).ok_or_else(|| {
            format!(
                "git cannot read the commit of {revision} ({hash}): it is no commit, or it is missing, of which `git fsck` tells more"
            )
        })
    }
}

/// What people call a branch.
fn short(full: &str) -> &str {
    full.strip_prefix("refs/remotes/").or_else(|| full.strip_prefix("refs/heads/")).unwrap_or(full)
}
