//! Levels and accepted findings, from a file.

use crate::cli::config_file;
use crate::lint::{self, Finding, Level};
use crate::text::{suggestion, wildcard_matches};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// The file that is read if none is named and it is there.
pub(in crate::cli) const DEFAULT: &str = "opwright-lint.toml";

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    levels: BTreeMap<String, Setting>,
    #[serde(default)]
    accept: Vec<Accept>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Setting {
    Off,
    Info,
    Warning,
    Error,
}

/// Findings that are known and stay.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Accept {
    code: String,
    file: Option<String>,
    at: Option<String>,
    reason: String,
    #[serde(skip)]
    used: usize,
}

/// A finding and its level, as configured.
pub(in crate::cli) struct Judged<'a> {
    pub(in crate::cli) finding: &'a Finding,
    pub(in crate::cli) level: Level,
}

/// What is configured.
#[derive(Debug, Default)]
pub(in crate::cli) struct Config {
    name: String,
    file: File,
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
        let codes = file.levels.keys().chain(file.accept.iter().map(|accept| &accept.code));
        for code in codes {
            if lint::rule(code).is_none() {
                let hint = suggestion(code, lint::rules().map(|rule| rule.code));
                return Err(format!("{name}: there is no rule `{code}`{hint}"));
            }
        }
        if let Some(accept) = file.accept.iter().find(|accept| accept.reason.trim().is_empty()) {
            return Err(format!("{name}: a finding of `{}` is accepted without a reason", accept.code));
        }
        Ok(Self { name, file })
    }

    /// A finding with its level here; none if it is off or accepted.
    pub(in crate::cli) fn judge<'a>(&mut self, file: &str, finding: &'a Finding) -> Option<Judged<'a>> {
        let level = match self.file.levels.get(finding.rule.code) {
            Some(Setting::Off) => return None,
            Some(Setting::Info) => Level::Info,
            Some(Setting::Warning) => Level::Warning,
            Some(Setting::Error) => Level::Error,
            None => finding.level,
        };
        let at = finding.path.to_string();
        let file = file.strip_prefix("./").unwrap_or(file);
        let mut accepted = false;
        for accept in &mut self.file.accept {
            let matches = |pattern: &Option<String>, text: &str| {
                pattern.as_ref().is_none_or(|pattern| wildcard_matches(pattern, text))
            };
            if accept.code == finding.rule.code && matches(&accept.file, file) && matches(&accept.at, &at) {
                accept.used += 1;
                accepted = true;
            }
        }
        (!accepted).then_some(Judged { finding, level })
    }

    /// How many findings were accepted.
    pub(super) fn accepted(&self) -> usize {
        self.file.accept.iter().map(|accept| accept.used).sum()
    }

    /// What is accepted and was not found.
    pub(super) fn unused(&self) -> Vec<String> {
        let unused = self.file.accept.iter().filter(|accept| accept.used == 0);
        unused.map(|accept| format!("{}: no finding of `{}` is there to be accepted", self.name, accept.code)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        Config::parse("lint.toml".to_owned(), text).map(drop).expect_err("it is unsound")
    }

    #[test]
    fn unsound_files_are_told() {
        assert!(
            told("[levels]\ngroup-ordr = \"off\"")
                .ends_with("there is no rule `group-ordr`; did you mean `group-order`?")
        );
        assert!(told("[levels]\ngroup-order = \"loud\"").contains("unknown variant `loud`"));
        assert!(told("[[accept]]\ncode = \"group-order\"").contains("missing field `reason`"));
        assert!(told("[[accept]]\ncode = \"group-order\"\nreason = \" \"").ends_with("without a reason"));
        assert!(told("[level]").contains("unknown field `level`"));
    }

    #[test]
    fn levels_and_accepted_findings_count() {
        let template = r#"{"$schema": "@camunda/zeebe-element-templates-json-schema", "name": "N", "id": "i", "version": 1,
            "appliesTo": ["bpmn:Task"], "groups": [{"id": "a", "label": "A"}, {"id": "b", "label": "B"}], "properties": []}"#;
        let linted = lint::lint(template);
        let codes: Vec<_> = linted.findings.iter().map(|finding| finding.rule.code).collect();
        assert_eq!(codes, ["empty-group", "empty-group"]);
        let judged = |text: &str, file: &str| {
            let mut config = Config::parse(String::new(), text).expect("it is sound");
            let levels: Vec<_> = linted
                .findings
                .iter()
                .filter_map(|finding| config.judge(file, finding))
                .map(|judged| judged.level)
                .collect();
            (levels, config.accepted(), config.unused().len())
        };
        assert_eq!(judged("[levels]\nempty-group = \"error\"", "a.json").0, [Level::Error, Level::Error]);
        assert_eq!(judged("[levels]\nempty-group = \"off\"", "a.json").0, []);
        let accept = "[[accept]]\ncode = \"empty-group\"\nreason = \"r\"\nfile = \"old/*\"\nat = \"/groups/1\"";
        assert_eq!(judged(accept, "./old/a.json"), (vec![Level::Warning], 1, 0));
        assert_eq!(judged(accept, "new/a.json"), (vec![Level::Warning, Level::Warning], 0, 1));
    }
}
