//! The config file: settings by their names, and sections that no flag can say.

use super::keys::KEYS;
use crate::text::suggestion;
use std::collections::BTreeMap;
use toml::{Table, Value};

/// The section with settings for single connectors.
pub(super) const CONNECTORS: &str = "connectors";
/// The section with what the worker itself asks systems with.
const ACCOUNTS: &str = "accounts";
/// The section with webhooks that no process tells of.
const WEBHOOKS: &str = "webhooks";

pub(super) type Settings = BTreeMap<String, String>;

/// What a config file holds.
#[derive(Debug, Default)]
pub(super) struct ConfigFile {
    pub(super) settings: Settings,
    /// By connector.
    pub(super) connectors: BTreeMap<String, Settings>,
    pub(super) sections: Sections,
}

/// Sections that are read by whoever needs them.
#[derive(Debug, Default)]
pub(super) struct Sections {
    /// By name.
    pub(super) accounts: Table,
    /// By context.
    pub(super) webhooks: Table,
}

impl Sections {
    /// The sections as a config file has them.
    pub(super) fn print(&self) -> String {
        let sections = [(ACCOUNTS, &self.accounts), (WEBHOOKS, &self.webhooks)];
        let sections = sections.into_iter().filter(|(_, section)| !section.is_empty());
        let sections = sections.map(|(name, section)| (name.to_owned(), Value::Table(section.clone())));
        let sections: Table = sections.collect();
        if sections.is_empty() { String::new() } else { format!("\n{sections}") }
    }
}

impl ConfigFile {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let table: Table = text.parse().map_err(|error| told(text, &error))?;
        let mut file = Self::default();
        for (name, value) in table {
            match (name.as_str(), value) {
                (CONNECTORS, Value::Table(sections)) => {
                    for (id, section) in sections {
                        file.connectors.insert(id.clone(), connector(&id, section)?);
                    }
                }
                (ACCOUNTS, Value::Table(accounts)) => file.sections.accounts = accounts,
                (WEBHOOKS, Value::Table(webhooks)) => file.sections.webhooks = webhooks,
                (CONNECTORS | ACCOUNTS | WEBHOOKS, _) => return Err(format!("`{name}` is no section")),
                (_, Value::Table(_)) => {
                    let hint = suggestion(&name, [ACCOUNTS, CONNECTORS, WEBHOOKS].into_iter());
                    return Err(format!("there is no section `{name}`{hint}"));
                }
                (_, value) => {
                    known(&name)?;
                    let text = scalar(&value).ok_or_else(|| format!("`{name}` is no text, number or list of texts"))?;
                    file.settings.insert(name, text);
                }
            }
        }
        Ok(file)
    }
}

fn known(name: &str) -> Result<(), String> {
    if KEYS.iter().any(|key| key.name == name) {
        return Ok(());
    }
    let near = KEYS
        .iter()
        .map(|key| key.name)
        .max_by(|left, right| strsim::jaro(name, left).total_cmp(&strsim::jaro(name, right)));
    Err(format!("there is no setting `{name}`; the nearest is `{}`", near.unwrap_or_default()))
}

fn connector(id: &str, section: Value) -> Result<Settings, String> {
    let Value::Table(section) = section else {
        return Err(format!("`{CONNECTORS}.{id}` is no section"));
    };
    let mut own = Settings::new();
    for (name, value) in section {
        let known = ["job-type", "job-timeout", "max-jobs"];
        if !known.contains(&name.as_str()) {
            return Err(format!("a connector has no setting `{name}`{}", suggestion(&name, known.into_iter())));
        }
        let text = scalar(&value).ok_or_else(|| format!("`{name}` of `{id}` is no text or number"))?;
        own.insert(name, text);
    }
    Ok(own)
}

/// What is wrong and where, without the line: it may hold a secret.
fn told(text: &str, error: &toml::de::Error) -> String {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|letter| *letter != '\n').count() + 1;
    format!("line {line}, column {column}: {}", error.message().replace('\n', ", "))
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Boolean(value) => Some(value.to_string()),
        Value::Array(items) => {
            items.iter().map(|item| item.as_str()).collect::<Option<Vec<_>>>().map(|all| all.join(","))
        }
        _ => None,
    }
}
