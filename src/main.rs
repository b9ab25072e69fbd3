//! `opwright`: the command line of the connectors that come with the crate.

use opwright::Registry;
use opwright::cli::Program;
use std::process::ExitCode;

fn main() -> ExitCode {
    Program::new("opwright", Registry::new().with::<opwright::power_automate::PowerAutomate>()).main()
}
