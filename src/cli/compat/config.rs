//! Levels and accepted changes, from a file.

use crate::cli::config_file;
use crate::cli::published::{self, Base};
use crate::compat::{Change, KINDS, Severity};
use crate::text::{suggestion, wildcard_matches};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// The file that is read if none is named and it is there.
pub(in crate::cli) const DEFAULT: &str = "opwright-compat.toml";

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// What is published, unless `--against` says otherwise.
    against: Option<String>,
    #[serde(default)]
    levels: BTreeMap<String, Setting>,
    #[serde(default)]
    accept: Vec<Accept>,
}

/// The level of a kind of change.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Setting {
    level: Severity,
    reason: String,
}

/// A change that is known and wanted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Accept {
    code: String,
    /// The template's id; `*` stands for anything.
    template: String,
    /// The version that brings it.
    version: i64,
    /// The label or id of the property, if it is about one alone.
    property: Option<String>,
    reason: String,
}

/// What is configured.
#[derive(Debug, Default)]
pub(in crate::cli) struct Config {
    name: String,
    file: File,
}

/// What is configured of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct Verdict {
    pub(in crate::cli) severity: Severity,
    /// Why the level is another one than the kind's.
    pub(in crate::cli) because: Option<String>,
    /// Why the change is accepted.
    pub(in crate::cli) accepted: Option<String>,
}

impl Config {
    /// Reads the file, or the one that is read by default.
    pub(in crate::cli) fn read(path: Option<&Path>) -> Result<Self, String> {
        match config_file(path, DEFAULT)? {
            Some((name, text)) => Self::parse(name, &text),
            None => Ok(Self::default()),
        }
    }

    fn parse(name: String, text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| format!("{name}: {error}"))?;
        for code in file.levels.keys().chain(file.accept.iter().map(|accept| &accept.code)) {
            if !KINDS.iter().any(|kind| kind.code == code) {
                let hint = suggestion(code, KINDS.iter().map(|kind| kind.code));
                return Err(format!("{name}: there is no kind of change `{code}`{hint}"));
            }
        }
        let levels = file.levels.iter().map(|(code, setting)| (code, &setting.reason));
        let reasons = levels.chain(file.accept.iter().map(|accept| (&accept.code, &accept.reason)));
        if let Some((code, _)) = reasons.into_iter().find(|(_, reason)| reason.trim().is_empty()) {
            return Err(format!("{name}: the reason for `{code}` is empty: it is shown in the changelog"));
        }
        Ok(Self { name, file })
    }

    /// What is published of `place`: what `against` names, or else this file.
    pub(in crate::cli) fn base(&self, against: Option<&str>, place: &Path) -> Result<Option<Base>, String> {
        published::base(against.or(self.file.against.as_deref()), place)
    }

    /// What is said of a change that a version of a template brings.
    pub(in crate::cli) fn judge(&self, template: &str, version: Option<i64>, change: &Change) -> Verdict {
        let setting = self.file.levels.get(change.kind.code);
        let is_meant = |accept: &&Accept| {
            let names = [&change.property, &change.id];
            accept.code == change.kind.code
                && wildcard_matches(&accept.template, template)
                && Some(accept.version) == version
                && accept.property.as_ref().is_none_or(|property| names.contains(&&Some(property.clone())))
        };
        Verdict {
            severity: setting.map_or(change.kind.severity, |setting| setting.level),
            because: setting.map(|setting| setting.reason.clone()),
            accepted: self.file.accept.iter().find(is_meant).map(|accept| accept.reason.clone()),
        }
    }

    /// What is accepted of a version that is compared, and was not found there.
    pub(in crate::cli) fn unused(&self, template: &str, version: Option<i64>, changes: &[&Change]) -> Vec<String> {
        let of_version = self
            .file
            .accept
            .iter()
            .filter(|accept| wildcard_matches(&accept.template, template) && Some(accept.version) == version);
        of_version
            .filter(|accept| !changes.iter().any(|change| change.kind.code == accept.code))
            .map(|accept| {
                format!(
                    "{}: version {} of {template} has no `{}` to be accepted",
                    self.name, accept.version, accept.code
                )
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        Config::parse("compat.toml".to_owned(), text).map(drop).expect_err("it is unsound")
    }

    #[test]
    fn unsound_files_are_told() {
        let hint = "there is no kind of change `choice-remved`; did you mean `choice-removed`?";
        assert!(told("[levels]\nchoice-remved = { level = \"safe\", reason = \"r\" }").ends_with(hint));
        assert!(
            told("[levels]\nchoice-removed = { level = \"off\", reason = \"r\" }").contains("unknown variant `off`")
        );
        assert!(told("[levels]\nchoice-removed = { level = \"safe\" }").contains("missing field `reason`"));
        let accept = "[[accept]]\ncode = \"choice-removed\"\ntemplate = \"i\"\n";
        assert!(told(&format!("{accept}reason = \"r\"")).contains("missing field `version`"));
        assert!(
            told(&format!("{accept}version = 2\nreason = \" \"")).contains("the reason for `choice-removed` is empty")
        );
    }
}
