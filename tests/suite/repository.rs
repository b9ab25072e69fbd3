//! A git repository of a test's own.

use std::path::Path;
use std::process::Command;

pub(crate) struct Repository(tempfile::TempDir);

impl Repository {
    /// An empty one, whose branch is `main`.
    pub(crate) fn new() -> Self {
        let repository = Self(tempfile::tempdir().expect("a folder"));
        repository.git(&["init", "--quiet", "--initial-branch", "main"]);
        repository
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn put(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    /// Commits all that there is.
    pub(crate) fn commit(&self, message: &str) {
        assert_eq!(self.try_commit(message), Some(0), "{message}");
    }

    /// The same, with git's exit code.
    pub(crate) fn try_commit(&self, message: &str) -> Option<i32> {
        self.git(&["add", "--all"]);
        self.command(&["commit", "--quiet", "--message", message]).output().expect("git").status.code()
    }

    pub(crate) fn git(&self, arguments: &[&str]) {
        assert!(self.command(arguments).status().expect("git").success(), "git {arguments:?}");
    }

    /// What git prints.
    pub(crate) fn told(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().expect("git");
        assert!(output.status.success(), "git {arguments:?}: {output:?}");
        String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        // Of nobody's configuration, and in no hook's environment.
        let mut command = Command::new("git");
        command
            .args(["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"])
            .args(arguments)
            .current_dir(self.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env_remove("GIT_DIR")
            .env_remove("GIT_INDEX_FILE");
        command
    }
}
