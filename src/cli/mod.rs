//! The command line: the same for opwright's own connectors and for those of any other program.
//!
//! ```no_run
//! # use opwright::{Registry, cli::Program};
//! fn main() -> std::process::ExitCode {
//!     Program::new("postage", Registry::new()).main()
//! }
//! ```
//!
//! All reading, writing and printing of the crate is here.

mod changelog;
mod ci;
mod compat;
mod describe;
mod exit;
mod feel;
mod generate;
mod git;
mod json;
mod lint;
mod list;
mod migrate;
mod output;
mod panics;
#[cfg(feature = "preview")]
mod preview;
mod published;
mod report;
mod run;
mod shell;
mod signals;
mod template_files;
mod versions;
#[cfg(feature = "worker")]
mod worker;

pub use exit::Exit;
pub use output::{Console, OutputFormat};
pub use signals::Signals;

use crate::definition::DefinitionError;
use crate::registry::Registry;
use clap::{ArgMatches, Args, Command, FromArgMatches};
use std::path::Path;
use std::process::ExitCode;

/// What a subcommand needs of the program.
#[derive(Debug)]
pub struct Context {
    /// The connectors.
    pub registry: Registry,
    /// Where it prints.
    pub console: Console,
    command: Command,
}

type Handler = Box<dyn FnOnce(&ArgMatches, &Context) -> Exit>;

/// A command-line program for a registry of connectors.
pub struct Program {
    name: &'static str,
    version: &'static str,
    registry: Result<Registry, DefinitionError>,
    extra: Vec<(Command, Handler)>,
}

/// A registry, or why there is none: both `Registry::new()` and `Registry::new().with::<C>()`.
pub trait IntoRegistry {
    /// The registry.
    fn into_registry(self) -> Result<Registry, DefinitionError>;
}

impl IntoRegistry for Registry {
    fn into_registry(self) -> Result<Registry, DefinitionError> {
        Ok(self)
    }
}

impl IntoRegistry for Result<Registry, DefinitionError> {
    fn into_registry(self) -> Result<Registry, DefinitionError> {
        self
    }
}

impl Program {
    /// A program of this name.
    #[must_use]
    pub fn new(name: &'static str, registry: impl IntoRegistry) -> Self {
        Self { name, version: env!("CARGO_PKG_VERSION"), registry: registry.into_registry(), extra: Vec::new() }
    }

    /// The version that `--version` prints, usually `env!("CARGO_PKG_VERSION")`.
    #[must_use]
    pub fn version(self, version: &'static str) -> Self {
        Self { version, ..self }
    }

    /// Adds a subcommand of the program's own.
    #[must_use]
    pub fn with<A: Args + FromArgMatches>(
        mut self,
        name: &'static str,
        about: &'static str,
        handler: impl FnOnce(A, &Context) -> Exit + 'static,
    ) -> Self {
        let command = described::<A>(name, about);
        let handler = move |matches: &ArgMatches, context: &Context| match A::from_arg_matches(matches) {
            Ok(arguments) => handler(arguments, context),
            Err(error) => {
                output::told_by_clap(&error);
                Exit::Usage
            }
        };
        self.extra.push((command, Box::new(handler)));
        self
    }

    /// Runs the program with the process's arguments.
    #[must_use]
    pub fn main(self) -> ExitCode {
        self.run_from(std::env::args_os()).into()
    }

    /// Runs the program with these arguments, the first being its name.
    pub fn run_from(self, arguments: impl IntoIterator<Item = impl Into<std::ffi::OsString> + Clone>) -> Exit {
        let console = Console::default();
        console.end(self.dispatch(arguments, console))
    }

    fn dispatch(
        self,
        arguments: impl IntoIterator<Item = impl Into<std::ffi::OsString> + Clone>,
        console: Console,
    ) -> Exit {
        let command = self.command();
        let matches = match command.clone().try_get_matches_from(arguments) {
            Ok(matches) => matches,
            Err(error) => {
                output::told_by_clap(&error);
                return if error.use_stderr() { Exit::Usage } else { Exit::Success };
            }
        };
        let registry = match self.registry {
            Ok(registry) => registry,
            Err(error) => {
                console.error(&format!("the definitions are unsound:\n{error}"));
                return Exit::Unexpected;
            }
        };
        let context = Context { registry, console, command };
        let Some((name, matches)) = matches.subcommand() else { return Exit::Usage };
        match name {
            "generate" => context.parsed(matches, generate::run),
            "run" => context.parsed(matches, run::run),
            "list" => context.parsed(matches, list::run),
            "feel" => context.parsed(matches, feel::run),
            "lint" => context.parsed(matches, lint::run),
            "compat" => context.parsed(matches, compat::run),
            "ci" => context.parsed(matches, ci::run),
            "changelog" => context.parsed(matches, changelog::run),
            "migrate" => context.parsed(matches, migrate::run),
            #[cfg(feature = "preview")]
            "preview" => context.parsed(matches, preview::run),
            #[cfg(feature = "worker")]
            "worker" => context.parsed(matches, worker::run),
            "describe" => context.parsed(matches, describe::run),
            "completions" => context.parsed(matches, shell::completions),
            "man" => context.parsed(matches, shell::man),
            other => match self.extra.into_iter().find(|(command, _)| command.get_name() == other) {
                Some((_, handler)) => handler(matches, &context),
                None => Exit::Usage,
            },
        }
    }

    fn command(&self) -> Command {
        let command = Command::new(self.name)
            .version(self.version)
            .about(
                "Generates Camunda 8 artefacts from connector definitions, checks them, and executes their operations",
            )
            .after_help(exit::HELP)
            .subcommand_required(true)
            .arg_required_else_help(true)
            .subcommand(described::<generate::Arguments>("generate", generate::ABOUT).after_help(generate::EXAMPLES))
            .subcommand(described::<lint::Arguments>("lint", lint::ABOUT).after_help(lint::EXAMPLES))
            .subcommand(described::<compat::Arguments>("compat", compat::ABOUT).after_help(compat::EXAMPLES))
            .subcommand(described::<ci::Arguments>("ci", ci::ABOUT).after_help(ci::EXAMPLES))
            .subcommand(
                described::<changelog::Arguments>("changelog", changelog::ABOUT).after_help(changelog::EXAMPLES),
            )
            .subcommand(described::<migrate::Arguments>("migrate", migrate::ABOUT).after_help(migrate::EXAMPLES))
            .subcommand(described::<run::Arguments>("run", run::ABOUT).after_help(run::EXAMPLES));
        #[cfg(feature = "preview")]
        let command = command
            .subcommand(described::<preview::Arguments>("preview", preview::ABOUT).after_help(preview::EXAMPLES));
        #[cfg(feature = "worker")]
        let command =
            command.subcommand(described::<worker::Arguments>("worker", worker::ABOUT).after_help(worker::EXAMPLES));
        let command = command
            .subcommand(described::<list::Arguments>("list", list::ABOUT))
            .subcommand(described::<describe::Arguments>("describe", describe::ABOUT).after_help(describe::EXAMPLES))
            .subcommand(described::<feel::Arguments>("feel", feel::ABOUT).after_help(feel::EXAMPLES))
            .subcommand(described::<shell::CompletionsArguments>(
                "completions",
                "Prints a completion script for a shell",
            ))
            .subcommand(described::<shell::ManArguments>(
                "man",
                "Prints the manual page, or writes one for each command",
            ));
        self.extra.iter().fold(command, |command, (extra, _)| command.subcommand(extra.clone()))
    }
}

/// A command and what it is for; what its groups of arguments say of themselves is not that.
fn described<A: Args>(name: &'static str, about: &'static str) -> Command {
    A::augment_args(Command::new(name)).about(about)
}

/// The name and the text of a configuration: of the file that is named, or of the usual one if it is there.
fn config_file(named: Option<&Path>, usual: &str) -> Result<Option<(String, String)>, String> {
    let usual = Some(Path::new(usual)).filter(|usual| usual.is_file());
    let Some(path) = named.or(usual) else { return Ok(None) };
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| format!("cannot read {name}: {error}"))?;
    Ok(Some((name, text)))
}

impl Context {
    /// How a command ends that may fail: why is told.
    fn ended(&self, outcome: Result<Exit, String>) -> Exit {
        outcome.unwrap_or_else(|message| {
            self.console.error(&message);
            Exit::Unexpected
        })
    }

    fn parsed<A: FromArgMatches>(&self, matches: &ArgMatches, handler: fn(&A, &Self) -> Exit) -> Exit {
        match A::from_arg_matches(matches) {
            Ok(arguments) => handler(&arguments, self),
            Err(error) => {
                output::told_by_clap(&error);
                Exit::Usage
            }
        }
    }
}

impl std::fmt::Debug for Program {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Program({})", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_has_lines_that_need_no_breaking() {
        // As clap breaks them where there is no terminal.
        const WIDTH: usize = 100;
        let command = Program::new("opwright", Registry::new()).command();
        let mut long = Vec::new();
        for subcommand in command.get_subcommands() {
            let help = subcommand.get_after_help().map(ToString::to_string).unwrap_or_default();
            let lines = help.lines().filter(|line| line.chars().count() > WIDTH);
            long.extend(lines.map(|line| format!("{}: {line}", subcommand.get_name())));
        }
        assert_eq!(long, [""; 0]);
    }
}
