//! `opwright`: the command line of the connectors that come with the crate, their emulator and a demo.

mod demo;
mod emulator;

use opwright::Registry;
use opwright::cli::Program;
use opwright::power_automate::PowerAutomate;
use std::process::ExitCode;

fn main() -> ExitCode {
    Program::new("opwright", Registry::new().with::<PowerAutomate>())
        .with("emulator", emulator::ABOUT, emulator::run)
        .with("demo", demo::ABOUT, demo::run)
        .main()
}
