//! `completions` and `man`.

use super::{Context, Exit};
use clap::Args;
use clap_complete::Shell;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(super) struct CompletionsArguments {
    /// The shell
    shell: Shell,
}

#[derive(Debug, Args)]
pub(super) struct ManArguments {
    /// Write a page for each command into this directory instead
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn completions(arguments: &CompletionsArguments, context: &Context) -> Exit {
    let mut command = context.command.clone();
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, name, &mut script);
    context.console.raw(&script);
    Exit::Success
}

pub(super) fn man(arguments: &ManArguments, context: &Context) -> Exit {
    let command = context.command.clone();
    let mut page = Vec::new();
    let written = match &arguments.out {
        Some(directory) => {
            std::fs::create_dir_all(directory).and_then(|()| clap_mangen::generate_to(command, directory))
        }
        None => clap_mangen::Man::new(command).render(&mut page),
    };
    match written {
        Ok(()) => {
            context.console.raw(&page);
            Exit::Success
        }
        Err(error) => {
            context.console.error(&format!("cannot write the manual page: {error}"));
            Exit::Unexpected
        }
    }
}
