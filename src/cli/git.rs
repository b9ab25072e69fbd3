//! Reads files of a git revision, by the `git` that is installed: it alone knows all that a repository can be.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;

/// The branches that others start from, the most likely first.
const MAIN: [&str; 4] = ["origin/main", "origin/master", "main", "master"];

/// A directory or file in a git work tree.
#[derive(Debug)]
pub(super) struct Tracked {
    /// The directory that git is asked in.
    directory: PathBuf,
    /// The path below the work tree's root.
    path: String,
}

/// A commit, and what people call it.
#[derive(Debug, Clone)]
pub(super) struct Commit {
    hash: String,
    name: String,
}

impl Commit {
    /// Such as `main (08f0ec3)`.
    pub(super) fn shown(&self) -> String {
        format!("{} ({})", self.name, self.hash.get(..7).unwrap_or(&self.hash))
    }
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
        if !there.ancestors().any(|ancestor| ancestor.join(".git").exists()) {
            return Ok(None);
        }
        let directory = there.ancestors().find(|ancestor| ancestor.is_dir()).unwrap_or(Path::new("/")).to_owned();
        let mut tracked = Self { directory, path: String::new() };
        let root = tracked.text(&["rev-parse", "--show-toplevel"])?;
        let below =
            Path::new(&root).canonicalize().ok().and_then(|root| full.strip_prefix(root).map(Path::to_owned).ok());
        let below = below.ok_or_else(|| format!("{} is not below {root}", path.display()))?;
        let names: Vec<_> = below.iter().map(OsStr::to_string_lossy).collect();
        tracked.path = names.join("/");
        Ok(Some(tracked))
    }

    /// The commit of a revision.
    pub(super) fn commit(&self, revision: &str) -> Result<Commit, String> {
        let hash = self.resolved(revision)?.ok_or_else(|| {
            format!("there is no file, directory or git revision `{revision}`: fetch it, or correct the name")
        })?;
        Ok(Commit { hash, name: revision.to_owned() })
    }

    /// Where the work tree has left the main branch; none if there is no commit at all.
    pub(super) fn merge_base(&self) -> Result<Option<Commit>, String> {
        if self.resolved("HEAD")?.is_none() {
            return Ok(None);
        }
        let default = self.git(&["symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD"])?;
        let default = default.status.success().then(|| trimmed(&default.stdout));
        for name in default.iter().map(String::as_str).chain(MAIN) {
            let Some(hash) = self.resolved(name)? else { continue };
            let base = self.git(&["merge-base", "HEAD", &hash])?;
            if !base.status.success() {
                return Err(format!(
                    "git knows no common commit of HEAD and {name}: fetch the whole history (`fetch-depth: 0` with actions/checkout, `git fetch --unshallow`), or name the published revision by --against"
                ));
            }
            return Ok(Some(Commit { hash: trimmed(&base.stdout), name: name.to_owned() }));
        }
        Err(format!(
            "there is no branch {}: fetch it, or name the published revision by --against or by `against` in {}",
            crate::text::alternatives(&MAIN.map(str::to_owned)),
            super::compat::config::DEFAULT
        ))
    }

    /// The files at a commit: the path itself, or all below it, each by its path below it.
    pub(super) fn files(&self, commit: &Commit) -> Result<BTreeMap<String, String>, String> {
        let mut arguments = vec!["ls-tree", "-r", "-z", "--full-tree", &commit.hash];
        if !self.path.is_empty() {
            arguments.extend(["--", &self.path]);
        }
        let listed = self.succeed(&arguments)?;
        let mut entries = Vec::new();
        for entry in String::from_utf8_lossy(&listed).split('\0').filter(|entry| !entry.is_empty()) {
            let (about, name) = entry.split_once('\t').unwrap_or((entry, ""));
            let mut about = about.split(' ').skip(1);
            if let (Some("blob"), Some(hash)) = (about.next(), about.next()) {
                entries.push((name.to_owned(), hash.to_owned()));
            }
        }
        let contents = self.contents(entries.iter().map(|(_, hash)| hash.as_str()))?;
        let below = |name: String| match name.strip_prefix(&self.path).map(|rest| rest.trim_start_matches('/')) {
            Some("") | None => name.rsplit('/').next().unwrap_or_default().to_owned(),
            Some(rest) => rest.to_owned(),
        };
        Ok(entries.into_iter().zip(contents).map(|((name, _), text)| (below(name), text)).collect())
    }

    /// The contents of these objects.
    fn contents<'a>(&self, hashes: impl Iterator<Item = &'a str>) -> Result<Vec<String>, String> {
        let asked: String = hashes.map(|hash| format!("{hash}\n")).collect();
        let count = asked.lines().count();
        let mut child = self
            .command(&["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| unavailable(&error))?;
        let writer = child.stdin.take().map(|mut stdin| thread::spawn(move || stdin.write_all(asked.as_bytes())));
        let output = child.wait_with_output().map_err(|error| unavailable(&error))?;
        if let Some(writer) = writer {
            // What git has not read, it has not answered: that is told below.
            let _ = writer.join();
        }
        let mut rest = output.stdout.as_slice();
        let mut contents = Vec::new();
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let head = String::from_utf8_lossy(&rest[..end]).into_owned();
            let size = head.rsplit(' ').next().and_then(|size| size.parse::<usize>().ok());
            let content = size.and_then(|size| rest.get(end + 1..end + 1 + size));
            let Some(content) = content else {
                return Err(format!("git answers `{head}`: the repository is incomplete"));
            };
            contents.push(String::from_utf8_lossy(content).into_owned());
            rest = rest.get(end + 2 + content.len()..).unwrap_or_default();
        }
        if contents.len() == count { Ok(contents) } else { Err("git has read too few files".to_owned()) }
    }

    /// The hash of a commit; none if there is no such revision.
    fn resolved(&self, revision: &str) -> Result<Option<String>, String> {
        let wanted = format!("{revision}^{{commit}}");
        let output = self.git(&["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted])?;
        Ok(output.status.success().then(|| trimmed(&output.stdout)))
    }

    fn text(&self, arguments: &[&str]) -> Result<String, String> {
        self.succeed(arguments).map(|bytes| trimmed(&bytes))
    }

    fn succeed(&self, arguments: &[&str]) -> Result<Vec<u8>, String> {
        let output = self.git(arguments)?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        Err(format!("`git {}` fails: {}", arguments.join(" "), trimmed(&output.stderr)))
    }

    fn git(&self, arguments: &[&str]) -> Result<Output, String> {
        self.command(arguments).output().map_err(|error| unavailable(&error))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.arg("-C").arg(&self.directory).args(arguments);
        // A hook is told of its repository by paths that hold in another directory.
        for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
            command.env_remove(variable);
        }
        command
    }
}

fn trimmed(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim().to_owned()
}

fn unavailable(error: &io::Error) -> String {
    format!("git cannot be run, and only it knows what is published: {error}")
}
