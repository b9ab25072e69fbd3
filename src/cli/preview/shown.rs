//! What the page is told of templates: a line for each in its list, and everything of the one that is looked at.

use super::source::{File, Origin, Source};
use crate::cli::lint::config::Config;
use crate::lint::{self, Level, Linted};
use crate::template::Node;
use opwright_feel::Position;
use pulldown_cmark::{Options, Parser, html};
use serde_json::{Value, json};

/// The templates as they were when they were last read.
pub(super) struct Shown {
    templates: Vec<Template>,
    /// Why there are none.
    problem: Option<String>,
}

struct Template {
    /// By which the page knows it again.
    key: String,
    summary: Value,
    details: Value,
}

impl Shown {
    /// Reads the templates.
    pub(super) fn read(source: &Source) -> Self {
        let read = source.files().and_then(|files| Ok((files, Config::read(None)?)));
        match read {
            Ok((files, mut config)) => {
                let mut linted: Vec<(String, Linted)> =
                    files.iter().map(|file| (file.name.clone(), lint::lint(&file.text))).collect();
                lint::lint_together(&mut linted);
                let both = files.iter().zip(&linted);
                let templates = both.flat_map(|(file, (_, linted))| templates(file, linted, &mut config)).collect();
                Self { templates, problem: None }
            }
            Err(problem) => Self { templates: Vec::new(), problem: Some(problem) },
        }
    }

    /// The list, or why there is none.
    pub(super) fn list(&self) -> Value {
        let templates: Vec<&Value> = self.templates.iter().map(|template| &template.summary).collect();
        json!({ "problem": self.problem, "templates": templates })
    }

    /// All of one template.
    pub(super) fn details(&self, key: &str) -> Option<&Value> {
        self.templates.iter().find(|template| template.key == key).map(|template| &template.details)
    }
}

/// The templates of a file; a file that cannot be read as JSON counts as one.
fn templates(file: &File, linted: &Linted, config: &mut Config) -> Vec<Template> {
    let mut findings = Vec::new();
    for finding in &linted.findings {
        if let Some(judged) = config.judge(&file.name, finding) {
            let position = Position::at(&file.text, finding.span.start);
            let told = json!({
                "code": finding.rule.code,
                "level": judged.level,
                "line": position.line,
                "column": position.column,
                "message": finding.message,
                "reason": finding.rule.reason,
                "mend": finding.rule.mend,
            });
            findings.push((finding.path.to_string(), judged.level, told));
        }
    }
    let value = Node::parse(&file.text).map_or(Value::Null, |tree| tree.to_value());
    let several = value.as_array().cloned();
    let is_one = several.is_none();
    let values = several.unwrap_or_else(|| vec![value]);
    values
        .into_iter()
        .enumerate()
        .map(|(index, template)| {
            let at = format!("/{index}");
            // What is wrong with a file as a whole is told of each of its templates.
            let is_here = |path: &str| is_one || path == "/" || path == at || path.starts_with(&format!("{at}/"));
            let own = || findings.iter().filter(|(path, ..)| is_here(path));
            let count = |level| own().filter(|(_, found, _)| *found == level).count();
            let key = if is_one { file.name.clone() } else { format!("{}#{index}", file.name) };
            Template {
                summary: json!({
                    "key": key,
                    "name": template["name"],
                    "id": template["id"],
                    "version": template["version"],
                    "file": file.name,
                    "errors": count(Level::Error),
                    "warnings": count(Level::Warning),
                }),
                details: json!({
                    "template": template,
                    "text": file.text,
                    "findings": own().map(|(.., told)| told).collect::<Vec<_>>(),
                    "connector": file.origin.as_ref().map(connector),
                }),
                key,
            }
        })
        .collect()
}

/// What else is generated for the connector of a template.
fn connector(origin: &Origin) -> Value {
    let Origin { definition, artefacts } = origin;
    let content = |path: &str| {
        let artefact = artefacts.iter().find(|artefact| artefact.path == path);
        artefact.map(|artefact| artefact.content.clone()).unwrap_or_default()
    };
    let operations: Vec<Value> = definition
        .operations
        .iter()
        .map(|operation| {
            let schema = |side| content(&format!("schemas/{}/{}.{side}.json", definition.id, operation.id));
            json!({ "id": operation.id, "name": operation.name, "input": schema("input"), "output": schema("output") })
        })
        .collect();
    let events: Vec<Value> = definition
        .events
        .iter()
        .map(|event| {
            let schema = content(&format!("schemas/{}/{}.event.json", definition.id, event.id));
            json!({ "type": event.event_type, "name": event.name, "event": schema })
        })
        .collect();
    let mut docs = String::new();
    html::push_html(
        &mut docs,
        Parser::new_ext(&content(&format!("docs/{}.md", definition.id)), Options::ENABLE_TABLES),
    );
    json!({ "docs": docs, "operations": operations, "events": events })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn shown(files: &[(&str, &str)]) -> (tempfile::TempDir, Shown) {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).expect("a file");
        }
        let shown = Shown::read(&Source::Files(vec![PathBuf::from(folder.path())]));
        (folder, shown)
    }

    const SOUND: &str = r#"{
        "$schema": "https://unpkg.com/@camunda/zeebe-element-templates-json-schema/resources/schema.json",
        "id": "one", "name": "One", "appliesTo": ["bpmn:Task"],
        "properties": [{ "type": "Hidden", "value": "t", "binding": { "type": "zeebe:taskDefinition", "property": "type" } }]
    }"#;

    #[test]
    fn each_template_of_a_file_has_its_own_findings() {
        let other = SOUND.replace("\"one\"", "\"two\"").replace("\"properties\"", "\"propertys\"");
        let (_folder, shown) = shown(&[("all.json", &format!("[{SOUND}, {other}]"))]);
        let list = shown.list();
        let told = |index: usize| (&list["templates"][index]["id"], &list["templates"][index]["errors"]);
        assert_eq!(told(0), (&json!("one"), &json!(0)));
        assert_eq!(told(1).0, &json!("two"));
        assert_ne!(told(1).1, &json!(0));
        let key = list["templates"][1]["key"].as_str().expect("a key");
        let findings = shown.details(key).expect("details")["findings"].as_array().expect("a list").clone();
        assert!(findings.iter().all(|finding| finding["line"].as_u64() > Some(4)), "{findings:?}");
    }

    #[test]
    fn what_is_no_json_is_a_finding_of_the_file() {
        let broken = SOUND.replace("\"One\",", "\"One\" ");
        let (_folder, shown) = shown(&[("broken.json", &broken)]);
        let list = shown.list();
        let key = list["templates"][0]["key"].as_str().expect("a key");
        let details = shown.details(key).expect("details");
        assert_eq!((&details["template"], &details["findings"][0]["line"]), (&Value::Null, &json!(3)));
        assert_eq!(shown.details("none"), None);
    }

    #[test]
    fn without_a_template_the_reason_is_told() {
        let (_folder, shown) = shown(&[("other.json", "{}")]);
        assert!(
            shown.list()["problem"].as_str().is_some_and(|told| told.starts_with("there is no element template in"))
        );
    }
}
