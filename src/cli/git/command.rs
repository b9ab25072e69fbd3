//! Runs `git`, and tells what it has not found from what it cannot read.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::thread;

/// What a hook is told of its repository: paths that hold in another directory.
const OF_HOOKS: [&str; 5] = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX"];

/// What may not be set beside `GIT_LITERAL_PATHSPECS`.
const PATHSPECS: [&str; 3] = ["GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS"];

/// The `git` of a directory.
#[derive(Debug, Clone)]
pub(super) struct Git {
    pub(super) directory: PathBuf,
    /// Whether the environment names the repository.
    pub(super) is_named: bool,
}

impl Git {
    /// What it prints; none if it has not found what it was asked for, which it tells by 1 and without a word.
    pub(super) fn found(&self, arguments: &[impl AsRef<OsStr>]) -> Result<Option<String>, String> {
        let output = self.run(arguments)?;
        match output.status.code() {
            Some(0) => Ok(Some(trimmed(&output.stdout))),
            Some(1) if output.stderr.is_empty() => Ok(None),
            _ => Err(failure(arguments, &output)),
        }
    }

    /// What it prints, which it has to.
    pub(super) fn succeed(&self, arguments: &[impl AsRef<OsStr>]) -> Result<Vec<u8>, String> {
        let output = self.run(arguments)?;
        if output.status.success() { Ok(output.stdout) } else { Err(failure(arguments, &output)) }
    }

    /// What it prints for this input.
    pub(super) fn answered(&self, arguments: &[&str], input: String) -> Result<Vec<u8>, String> {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| unavailable(&error))?;
        let writer = child.stdin.take().map(|mut stdin| thread::spawn(move || stdin.write_all(input.as_bytes())));
        let output = child.wait_with_output().map_err(|error| unavailable(&error))?;
        if let Some(writer) = writer {
            // What git has not read, it has not answered: that is told by whoever reads the answer.
            let _ = writer.join();
        }
        Ok(output.stdout)
    }

    fn run(&self, arguments: &[impl AsRef<OsStr>]) -> Result<Output, String> {
        self.command(arguments).output().map_err(|error| unavailable(&error))
    }

    fn command(&self, arguments: &[impl AsRef<OsStr>]) -> Command {
        let mut command = Command::new("git");
        command.arg("-C").arg(&self.directory).args(arguments);
        // Paths are no patterns, whatever they begin with; and what is looked at is not changed.
        command.env("GIT_LITERAL_PATHSPECS", "1").env("GIT_OPTIONAL_LOCKS", "0");
        for variable in PATHSPECS {
            command.env_remove(variable);
        }
        // A trace would be taken for a complaint.
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"GIT_TRACE")) {
            command.env_remove(name);
        }
        for variable in OF_HOOKS.iter().filter(|_| !self.is_named) {
            command.env_remove(variable);
        }
        command
    }
}

/// A line of git's.
pub(super) fn trimmed(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim().to_owned()
}

fn failure(arguments: &[impl AsRef<OsStr>], output: &Output) -> String {
    let arguments: Vec<_> = arguments.iter().map(|argument| argument.as_ref().to_string_lossy()).collect();
    let told = trimmed(&output.stderr);
    let told = if told.is_empty() { output.status.to_string() } else { told };
    format!("`git {}` fails: {told}", arguments.join(" "))
}

fn unavailable(error: &io::Error) -> String {
    format!("git cannot be run, and only it knows what is published: {error}")
}
