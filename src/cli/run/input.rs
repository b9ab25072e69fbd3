//! What `run` reads: the input, and the secrets, as `worker` reads them too.

use super::problem::Problem;
use crate::cli::json::{self, changed_number};
use crate::dispatch::secrets::{Directory, Environment, Fixed, SecretSource};
use serde_json::Value;
use std::path::Path;

/// The env file wins over the directory, and that over the environment.
pub(in crate::cli) fn secrets(
    env_file: Option<&Path>,
    directory: Option<&Path>,
) -> Result<Vec<Box<dyn SecretSource>>, String> {
    let mut sources: Vec<Box<dyn SecretSource>> = Vec::new();
    if let Some(path) = env_file {
        let lines = dotenvy::from_path_iter(path).map_err(|error| match error {
            dotenvy::Error::Io(error) => format!("cannot read the env file {}: {error}", path.display()),
            _ => format!("cannot read the env file {}", path.display()),
        })?;
        let mut variables = Vec::new();
        for (index, line) in lines.enumerate() {
            // The parser's own message would print the line.
            variables.push(line.map_err(|_| {
                format!(
                    "the env file {} is malformed at its assignment {}: write NAME='value' on each line",
                    path.display(),
                    index + 1
                )
            })?);
        }
        sources.push(Box::new(Fixed::from_variables(variables)));
    }
    if let Some(path) = directory {
        if !path.is_dir() {
            return Err(format!("{} is no directory of secrets", path.display()));
        }
        sources.push(Box::new(Directory(path.to_owned())));
    }
    sources.push(Box::new(Environment));
    Ok(sources)
}

pub(super) fn read(path: &Path) -> Result<Value, Problem> {
    let bytes = json::bytes(path)
        .map_err(|error| Problem::Unexpected(format!("cannot read {}: {error}", json::held("the input", path))))?;
    let input = json::read(&bytes).map_err(|reason| Problem::Input(format!("the input {reason}")))?;
    match changed_number(&String::from_utf8_lossy(&bytes)) {
        Some((line, column)) => Err(Problem::Input(format!(
            "the input holds a number that cannot be kept digit by digit, at line {line} column {column}: write it as text"
        ))),
        None => Ok(input),
    }
}
