//! Files that change, and the program that is built anew.
//!
//! Looks at sizes and times rather than waiting for the system's events: that is the same everywhere, network drives
//! included, and a few hundred files take a millisecond.

use super::PORT_OF_BEFORE;
use super::server::Served;
use super::source::Stamp;
use crate::cli::Console;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

/// How often is looked.
const INTERVAL: Duration = Duration::from_millis(300);
/// How long a new build may take to tell whether it is sound.
const PATIENCE: Duration = Duration::from_secs(30);

/// Watches until it is dropped, or does not return because a new build of this program goes on in its place.
pub(super) async fn watch(served: Arc<Served>, console: Console, port: u16) {
    // Where the program cannot be found, it cannot be started anew either.
    let program = std::env::current_exe().ok();
    let mut build = program.clone().map(Stamp::of);
    let mut files = Vec::new();
    loop {
        tokio::time::sleep(INTERVAL).await;
        let now = served.source.stamps();
        // The first look reads again what may have changed since the program began.
        if now != files {
            files = now;
            served.refresh();
        }
        let now = program.clone().map(Stamp::of);
        if let Some(program) = program.as_ref().filter(|_| now != build) {
            // A linker takes its time to write a program: it is whole when it stays as it is.
            if !settles(program.clone()).await {
                continue;
            }
            let whole = Stamp::of(program.clone());
            build = Some(whole.clone());
            let (path, judged) = (program.clone(), whole.clone());
            let answer = tokio::task::spawn_blocking(move || fault_of(&path));
            let told = match tokio::time::timeout(PATIENCE, answer).await {
                Ok(Ok(Some(fault))) => fault,
                // Another build in the meantime has not been asked.
                Ok(Ok(None)) if judged == Stamp::of(program.clone()) => replace(program, port),
                Ok(Ok(None)) => continue,
                Ok(Err(error)) => error.to_string(),
                Err(_) => "it does not answer".to_owned(),
            };
            console.warning(&format!("the program was built anew, and this is the one before it: {told}"));
            served.tell_of_build(Some(told));
        }
    }
}

/// Whether a program is there and stays as it is for a while.
async fn settles(program: PathBuf) -> bool {
    let before = Stamp::of(program.clone());
    tokio::time::sleep(INTERVAL).await;
    before.exists() && before == Stamp::of(program)
}

/// Why a new build could not go on in this one's place.
fn fault_of(program: &PathBuf) -> Option<String> {
    // A program whose definitions are unsound, or that was built without the preview, ends at once: the page would be gone.
    for question in [&["list", "--format", "json"][..], &["preview", "--help"]] {
        match Command::new(program).args(question).output() {
            Err(error) => return Some(format!("it cannot be started: {error}")),
            Ok(output) if !output.status.success() => {
                return Some(String::from_utf8_lossy(&output.stderr).trim().to_owned());
            }
            Ok(_) => {}
        }
    }
    None
}

#[cfg(unix)]
fn replace(program: &PathBuf, port: u16) -> String {
    use std::os::unix::process::CommandExt;
    let arguments = std::env::args_os().skip(1);
    let error = Command::new(program).args(arguments).env(PORT_OF_BEFORE, port.to_string()).exec();
    format!("it cannot be started: {error}")
}

#[cfg(not(unix))]
fn replace(_: &PathBuf, _: u16) -> String {
    "stop this one and start it".to_owned()
}
