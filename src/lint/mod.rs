//! Finds what is wrong with element templates, ours or anyone's, and what Modeler hides of it.
//!
//! ```text
//! text → template/ (tree, model, faults of the form) ┐
//!                                                    ├→ findings: rule, place, what is wrong, how to mend it
//! rules/   a file for each subject, each rule a row  ┘
//! activity which properties can be active together: a search over the conditions
//! ```
//!
//! Pure: reads no files and prints nothing; `cli/lint/` does. Knows no definitions.

mod activity;
mod finding;
mod rules;
mod subject;

pub(crate) use activity::Activity;
pub use finding::{Finding, Level, Rule};
pub(crate) use rules::is_secret_value;
pub use rules::{all as rules, rule};

use crate::template::{self, ElementTemplate, Node, Path, read};
use finding::Findings;
use std::collections::BTreeMap;
use subject::Subject;

/// A file that has been looked at.
#[derive(Debug)]
pub struct Linted {
    /// What has been found, in the order of the text.
    pub findings: Vec<Finding>,
    /// The templates' ids and versions, each with its place in the file: those of all files must differ.
    pub identities: Vec<(Identity, Path)>,
    /// How many templates there are.
    pub templates: usize,
    tree: Option<Node>,
}

/// By what Modeler tells templates apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity {
    /// The template's id.
    pub id: String,
    /// Its version, if it has one.
    pub version: Option<i64>,
}

/// Looks at the text of a file.
#[must_use]
pub fn lint(text: &str) -> Linted {
    let tree = match Node::parse(text) {
        Ok(tree) => tree,
        Err(fault) => {
            let finding = Finding::at(&rules::form::NO_JSON, fault.at..fault.at, format!("no JSON: {fault}"));
            return Linted { findings: vec![finding], identities: Vec::new(), templates: 0, tree: None };
        }
    };
    let (templates, faults) = read(&tree);
    let mut findings = Findings::default();
    for fault in &faults {
        rules::form::tell(fault, &mut findings);
    }
    for (path, template) in &templates {
        rules::check(&Subject::new(template, path), &mut findings);
    }
    let mut findings = findings.0;
    for finding in &mut findings {
        finding.span = tree.find(&finding.path);
    }
    findings.sort_by_key(|finding| finding.span.start);
    let identities = templates.iter().filter_map(|(path, template)| {
        let identity = Identity { id: template.id.clone()?, version: template.version };
        Some((identity, path.key("id")))
    });
    Linted { findings, identities: identities.collect(), templates: templates.len(), tree: Some(tree) }
}

/// Looks at a template that no file holds yet.
#[must_use]
pub fn lint_template(template: &ElementTemplate) -> Vec<Finding> {
    let mut findings = Findings::default();
    for fault in &template::faults(template) {
        rules::form::tell(fault, &mut findings);
    }
    rules::check(&Subject::new(template, &Path::default()), &mut findings);
    findings.0
}

/// Adds what files have wrong together: two templates of one id and version, of which Modeler loads the first.
pub fn lint_together(files: &mut [(String, Linted)]) {
    let mut first: BTreeMap<Identity, String> = BTreeMap::new();
    for (name, linted) in files {
        for (identity, path) in linted.identities.clone() {
            let Some(other) = first.get(&identity) else {
                first.insert(identity, name.clone());
                continue;
            };
            let version = identity.version.map_or("no version".to_owned(), |version| format!("version {version}"));
            let mut finding = Finding::of(
                &rules::loader::SAME_ID_AND_VERSION,
                path.clone(),
                format!("`{}`, {version}, is in {other} too", identity.id),
            );
            finding.span = linted.tree.as_ref().map_or(0..0, |tree| tree.find(&path));
            linted.findings.push(finding);
            linted.findings.sort_by_key(|finding| finding.span.start);
        }
    }
}
