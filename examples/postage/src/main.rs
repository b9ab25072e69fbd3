//! The command line of a connector that lives outside opwright's own crate.

use opwright::Registry;
use opwright::cli::Program;
use postage::Postage;
use std::process::ExitCode;

fn main() -> ExitCode {
    Program::new("postage", Registry::new().with::<Postage>()).version(env!("CARGO_PKG_VERSION")).main()
}
