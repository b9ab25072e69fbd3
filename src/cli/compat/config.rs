//! Levels and accepted changes, from a file.

use crate::cli::config_file;
use crate::cli::published::{self, Base};
use crate::compat::changes::{HEADER_REMOVED, JOB_TYPE_CHANGED};
use crate::compat::{Audience, Change, KINDS, Severity};
use crate::text::{suggestion, version_or_none, wildcard_matches};
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
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
#[derive(Debug)]
struct Setting {
    level: Severity,
    reason: String,
}

impl<'de> Deserialize<'de> for Setting {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Table {
            level: Severity,
            reason: String,
        }

        struct OnlyTable;

        impl<'de> Visitor<'de> for OnlyTable {
            type Value = Table;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                // Of the linter's levels, this one has another form.
                formatter.write_str("{ level = \"safe\", reason = \"…\" }")
            }

            fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Table, A::Error> {
                Table::deserialize(MapAccessDeserializer::new(members))
            }
        }

        let Table { level, reason } = deserializer.deserialize_any(OnlyTable)?;
        Ok(Self { level, reason })
    }
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
    /// The id or label of the property, or `operation.field`; `*` stands for anything. All, if none is named.
    property: Option<String>,
    reason: String,
}

impl Accept {
    fn meets(&self, change: &Change) -> bool {
        self.code == change.kind.code
            && self
                .property
                .as_ref()
                .is_none_or(|wanted| names(change).iter().any(|name| wildcard_matches(wanted, name)))
    }
}

/// What the property of a change may be called, the recommended name first.
fn names(change: &Change) -> Vec<String> {
    let mut names: Vec<String> = [&change.id, &change.property].into_iter().flatten().cloned().collect();
    // Of templates that are generated, ids are `operation:field`; places in an operation's schemas have a dot.
    let other = match &change.operation {
        Some(_) => change.property.as_ref().map(|place| place.replacen('.', ":", 1)),
        None => change.id.as_ref().map(|id| id.replacen(':', ".", 1)),
    };
    names.extend(other);
    names
}

/// What has been compared of a template.
pub(in crate::cli) struct Seen<'a> {
    pub(in crate::cli) template: &'a str,
    pub(in crate::cli) old: Option<i64>,
    /// The newer version, or the last one of a template that is gone.
    pub(in crate::cli) version: Option<i64>,
    /// Whether the connector's schemas have been compared, too.
    pub(in crate::cli) has_schemas: bool,
    pub(in crate::cli) changes: Vec<&'a Change>,
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
        match (against, &self.file.against) {
            (None, Some(against)) => published::base(Some(against), place)
                .map_err(|message| format!("`against` in {}: {message}", self.name)),
            (against, _) => published::base(against, place),
        }
    }

    /// Whether it names what is published.
    pub(in crate::cli) fn has_base(&self) -> bool {
        self.file.against.is_some()
    }

    /// What is said of a change that a version of a template brings.
    pub(in crate::cli) fn judge(&self, template: &str, version: Option<i64>, change: &Change) -> Verdict {
        let setting = self.file.levels.get(change.kind.code);
        let is_meant = |accept: &&Accept| {
            accept.meets(change) && wildcard_matches(&accept.template, template) && Some(accept.version) == version
        };
        Verdict {
            severity: setting.map_or(change.kind.severity, |setting| setting.level),
            because: setting.map(|setting| setting.reason.clone()),
            accepted: self.file.accept.iter().find(is_meant).map(|accept| accept.reason.clone()),
        }
    }

    /// What is accepted and was not found, where it could have been found. `known` are the ids of all templates that there
    /// are, if everything was compared.
    pub(in crate::cli) fn unused(&self, seen: &[Seen<'_>], known: Option<&BTreeSet<&str>>) -> Vec<String> {
        let told = self.file.accept.iter().filter_map(|accept| unused(accept, seen, known));
        told.map(|told| format!("{}: {told}", self.name)).collect()
    }
}

/// Why an entry meets nothing; none if it does, or if that is not known.
fn unused(accept: &Accept, seen: &[Seen<'_>], known: Option<&BTreeSet<&str>>) -> Option<String> {
    let Accept { code, template, version, property, .. } = accept;
    let is_meant = |id: &str| wildcard_matches(template, id);
    let its: Vec<&Seen<'_>> = seen.iter().filter(|seen| is_meant(seen.template)).collect();
    let name = if let [one] = its.as_slice() { one.template } else { template };
    if its.is_empty() {
        let known = known.filter(|known| !known.iter().any(|id| is_meant(id)))?;
        let hint = suggestion(template, known.iter().copied());
        return Some(format!("there is no template `{template}` whose changes could be accepted{hint}"));
    }
    let newest = its.iter().map(|seen| seen.version).max().flatten();
    if newest < Some(*version) {
        let newest = version_or_none(newest);
        return Some(format!("there is no version {version} of {name} yet: its newest is {newest}"));
    }
    // What earlier versions have brought is accepted for the notes. What is published already, nobody compares again.
    let step = || its.iter().filter(|seen| seen.version == Some(*version) && seen.old != seen.version);
    let changes = || step().flat_map(|seen| &seen.changes);
    let is_compared = !is_of_schemas(code) || seen.iter().any(|seen| seen.has_schemas);
    if step().next().is_none() || !is_compared || changes().any(|change| accept.meets(change)) {
        return None;
    }
    let Some(property) = property else {
        return Some(format!("version {version} of {name} has no `{code}` to be accepted"));
    };
    let of_kind = changes().filter(|change| change.kind.code == code);
    let there: Vec<String> = of_kind.filter_map(|change| names(change).into_iter().next()).collect();
    let hint = suggestion(property, there.iter().map(String::as_str));
    Some(format!("version {version} of {name} has no `{code}` of `{property}` to be accepted{hint}"))
}

/// Whether a kind of change is found by comparing the schemas of connectors.
fn is_of_schemas(code: &str) -> bool {
    let of_templates = [&JOB_TYPE_CHANGED, &HEADER_REMOVED];
    KINDS.iter().any(|kind| kind.code == code && kind.audience == Audience::Deployed && !of_templates.contains(kind))
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
