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
        sources.push(Box::new(Fixed::from_variables(variables(path)?)));
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

/// The variables of an env file. Messages tell lines by their numbers: they may hold secrets.
fn variables(path: &Path) -> Result<Vec<(String, String)>, String> {
    let name = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| format!("cannot read the env file {name}: {error}"))?;
    for (index, line) in text.lines().enumerate() {
        let value = line.split_once('=').map(|(_, value)| value.trim());
        let is_replaced = value.is_some_and(|value| value.contains('$') && !value.starts_with('\''));
        if is_replaced && !line.trim_start().starts_with('#') {
            return Err(format!(
                "the env file {name} has a `$` at line {}, which would stand for a variable: write NAME='value'",
                index + 1
            ));
        }
    }
    let mut variables = Vec::new();
    for line in dotenvy::from_read_iter(text.as_bytes()) {
        variables.push(line.map_err(|error| {
            let at = match &error {
                dotenvy::Error::LineParse(wrong, _) => text.lines().position(|line| wrong.starts_with(line)),
                _ => None,
            };
            let at = at.map(|index| format!(" at line {}", index + 1)).unwrap_or_default();
            format!("the env file {name} is malformed{at}: write NAME='value' on each line")
        })?);
    }
    Ok(variables)
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
