//! The command line of connectors that live outside opwright's own crate.

use opwright::Registry;
use opwright::cli::Program;
use postage::{Postage, Tracking};
use std::process::ExitCode;

fn main() -> ExitCode {
    let registry = Registry::new().with::<Postage>().and_then(Registry::with::<Tracking>);
    Program::new("postage", registry).version(env!("CARGO_PKG_VERSION")).main()
}
