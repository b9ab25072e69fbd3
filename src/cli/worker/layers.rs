//! From flags, environment, config file and defaults to one value for each setting, and where it is from.

use super::config_file::{CONNECTORS, ConfigFile, Sections};
use super::keys::{KEYS, Key};
use crate::dispatch::secrets::MASK;
use clap::{Arg, ArgMatches};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use toml::Value;

/// Where a value is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    Flag,
    Environment(&'static str),
    File(PathBuf),
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => formatter.write_str("flag"),
            Self::Environment(name) => formatter.write_str(name),
            Self::File(path) => path.display().fmt(formatter),
            Self::Default => formatter.write_str("default"),
        }
    }
}

/// One value for each setting that has one.
#[derive(Debug)]
pub(super) struct Layers {
    values: Vec<(&'static Key, Option<(String, Origin)>)>,
    /// The file's settings for single connectors: id, key, text.
    pub(super) connectors: BTreeMap<String, BTreeMap<String, String>>,
    /// The file's other sections.
    pub(super) sections: Sections,
}

/// The flags, one for each setting that is no secret.
pub(super) fn flags() -> impl Iterator<Item = Arg> {
    KEYS.iter().filter(|key| !key.secret).map(|key| {
        let default = key.default.map(|default| format!(" [default: {default}]")).unwrap_or_default();
        let environment = if key.env.is_empty() { String::new() } else { format!(" [env: {}]", key.env.join(", ")) };
        let help = format!("{}{default}{environment}", key.help);
        Arg::new(key.name).long(key.name).value_name(key.value_name).help(help)
    })
}

impl Layers {
    /// A flag wins over the environment, that over the file, that over the default. An empty variable counts as unset.
    pub(super) fn read(
        flags: &BTreeMap<&'static str, String>,
        environment: impl Fn(&str) -> Option<String>,
        file: Option<(&Path, &str)>,
    ) -> Result<Self, String> {
        let ConfigFile { settings: table, connectors, sections } = match file {
            Some((path, text)) => {
                ConfigFile::parse(text).map_err(|problem| format!("{}: {problem}", path.display()))?
            }
            None => ConfigFile::default(),
        };
        let value = |key: &'static Key| {
            let flag = flags.get(key.name).map(|text| (text.clone(), Origin::Flag));
            let variable = || {
                let set = |name: &&'static str| {
                    let text = environment(name).filter(|text| !text.is_empty())?;
                    Some((text, Origin::Environment(name)))
                };
                key.env.iter().find_map(set)
            };
            let file =
                || table.get(key.name).zip(file).map(|(text, (path, _))| (text.clone(), Origin::File(path.into())));
            let default = || key.default.map(|text| (text.to_owned(), Origin::Default));
            (key, flag.or_else(variable).or_else(file).or_else(default))
        };
        Ok(Self { values: KEYS.iter().map(value).collect(), connectors, sections })
    }

    /// The value of a setting.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.value(name).map(|(text, _)| text.as_str())
    }

    fn value(&self, name: &str) -> Option<&(String, Origin)> {
        self.values.iter().find(|(key, _)| key.name == name)?.1.as_ref()
    }

    /// Whether one setting has its value from a stronger place than another one, such as from a flag and not from the
    /// environment.
    pub(super) fn is_stronger(&self, name: &str, than: &str) -> bool {
        let strength = |name: &str| {
            self.value(name).map(|(_, origin)| match origin {
                Origin::Flag => 3,
                Origin::Environment(_) => 2,
                Origin::File(_) => 1,
                Origin::Default => 0,
            })
        };
        strength(name) > strength(than)
    }

    /// What stands between the commas of a setting's value.
    pub(super) fn list(&self, name: &str) -> Vec<String> {
        let text = self.get(name).unwrap_or_default();
        text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
    }

    /// The value of a setting as something else; the message names the setting and where its value is from.
    pub(super) fn parsed<T>(
        &self,
        name: &str,
        expected: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, String> {
        let Some((text, origin)) = self.value(name) else { return Ok(None) };
        parse(text).map(Some).ok_or_else(|| format!("`{name}` is \"{text}\" ({origin}), but must be {expected}"))
    }

    /// The outcome as a config file, secrets masked, each with its origin.
    pub(super) fn print(&self) -> String {
        let mut text = String::new();
        for (key, value) in &self.values {
            let line = match value {
                Some((value, origin)) => {
                    // Were the mask read again, it would be the secret.
                    let (mark, shown) = if key.secret { ("# ", MASK) } else { ("", value.as_str()) };
                    format!("{mark}{} = {} # {origin}\n", key.name, Value::from(shown))
                }
                None => format!("# {} is not set\n", key.name),
            };
            text.push_str(&line);
        }
        for (id, settings) in &self.connectors {
            text.extend([format!("\n[{CONNECTORS}.{id}]\n")]);
            text.extend(settings.iter().map(|(name, value)| format!("{name} = {}\n", Value::from(value.as_str()))));
        }
        text.push_str(&self.sections.print());
        text
    }
}

/// The flags that were given.
pub(super) fn given(matches: &ArgMatches) -> BTreeMap<&'static str, String> {
    let value = |key: &Key| Some((key.name, matches.get_one::<String>(key.name)?.clone()));
    KEYS.iter().filter(|key| !key.secret).filter_map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(flags: &[(&'static str, &str)], environment: &[(&str, &str)], file: &str) -> Result<Layers, String> {
        let flags = flags.iter().map(|(name, text)| (*name, (*text).to_owned())).collect();
        let variable =
            |name: &str| environment.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned());
        Layers::read(&flags, variable, Some((Path::new("w.toml"), file)))
    }

    #[test]
    fn a_flag_wins_over_the_environment_and_that_over_the_file() {
        let file = "rest-address = \"http://file\"\nmax-jobs = 5\ntenant-ids = [\"a\", \"b\"]\n";
        let environment =
            [("ZEEBE_REST_ADDRESS", "http://old"), ("CAMUNDA_REST_ADDRESS", ""), ("CAMUNDA_CLIENT_ID", "x")];
        let layers = read(&[], &environment, file).expect("sound");
        assert_eq!(layers.get("rest-address"), Some("http://old"));
        assert_eq!(layers.get("max-jobs"), Some("5"));
        assert_eq!(layers.get("tenant-ids"), Some("a,b"));
        assert_eq!(layers.get("job-timeout"), Some("PT5M"));
        let layers = read(&[("rest-address", "http://flag")], &environment, file).expect("sound");
        assert_eq!(layers.get("rest-address"), Some("http://flag"));
    }

    #[test]
    fn the_stronger_of_two_settings_is_told() {
        let environment = [("CAMUNDA_GRPC_ADDRESS", "http://e")];
        let layers = read(&[("rest-address", "http://flag")], &environment, "").expect("sound");
        assert!(layers.is_stronger("rest-address", "grpc-address"));
        let layers = read(&[], &environment, "rest-address = \"http://file\"").expect("sound");
        assert!(!layers.is_stronger("rest-address", "grpc-address"));
        let layers = read(&[], &[environment[0], ("CAMUNDA_REST_ADDRESS", "http://r")], "").expect("sound");
        assert!(!layers.is_stronger("rest-address", "grpc-address"));
    }

    #[test]
    fn a_secret_is_masked_and_has_no_flag() {
        let layers = read(&[], &[("CAMUNDA_CLIENT_SECRET", "canary")], "").expect("sound");
        assert!(layers.print().contains("# client-secret = \"***\" # CAMUNDA_CLIENT_SECRET\n"), "{}", layers.print());
        assert!(!layers.print().contains("canary"));
        // Read again, it is no secret.
        assert_eq!(read(&[], &[], &layers.print()).expect("a config file").get("client-secret"), None);
        assert!(flags().all(|flag| flag.get_id() != "client-secret"));
    }

    #[test]
    fn what_is_printed_can_be_read_again() {
        let layers = read(&[("max-jobs", "7")], &[], "[connectors.postage]\nmax-jobs = 2\n").expect("sound");
        let again = read(&[], &[], &layers.print()).expect("a config file");
        assert_eq!(again.get("max-jobs"), Some("7"));
        assert_eq!(again.connectors["postage"]["max-jobs"], "2");
    }

    #[test]
    fn a_fault_in_the_file_is_told_with_its_place() {
        let told = |file: &str| read(&[], &[], file).expect_err("unsound");
        assert_eq!(told("max-job = 1"), "w.toml: there is no setting `max-job`; the nearest is `max-jobs`");
        let unquoted = told("max-jobs = 1\nclient-secret = s3cr3t");
        assert!(unquoted.starts_with("w.toml: line 2, column 17: "), "{unquoted}");
        assert!(!unquoted.contains("s3cr3t"), "{unquoted}");
        assert_eq!(
            told("[connectors.a]\nmax-job = 1"),
            "w.toml: a connector has no setting `max-job`; did you mean `max-jobs`?"
        );
        assert_eq!(
            told("[acounts.a]\nconnector = \"x\""),
            "w.toml: there is no section `acounts`; did you mean `accounts`?"
        );
    }

    #[test]
    fn a_value_that_cannot_be_read_is_told_with_its_origin() {
        let layers = read(&[], &[], "max-jobs = \"many\"").expect("sound");
        let told = layers.parsed("max-jobs", "a number from 1 on", |text| text.parse::<usize>().ok());
        assert_eq!(told, Err("`max-jobs` is \"many\" (w.toml), but must be a number from 1 on".to_owned()));
    }
}
