//! What Camunda's schema 0.46 asks of keys together, beyond the form of each: written anew from its rules, and compared
//! with its verdicts on official and mutated templates.

mod bindings;
mod property;
mod template;

use super::fault::{Fault, Problem};
use super::model::ElementTemplate;
use super::tree::Path;

/// Adds what is wrong with a template at this place.
pub(super) fn check(template: &ElementTemplate, path: &Path, faults: &mut Vec<Fault>) {
    let mut report = Report { faults };
    for (index, property) in template.properties.iter().enumerate() {
        property::check(property, &path.key("properties").index(index), &mut report);
    }
    for (index, configuration) in template.configuration_templates.iter().flatten().enumerate() {
        let path = path.key("configurationTemplates").index(index).key("properties");
        for (index, property) in configuration.properties.iter().enumerate() {
            template::check_configured(property, &path.index(index), &mut report);
        }
    }
    template::check(template, path, &mut report);
}

/// What has been found.
struct Report<'a> {
    faults: &'a mut Vec<Fault>,
}

impl Report<'_> {
    fn add(&mut self, path: &Path, problem: Problem) {
        self.faults.push(Fault { path: path.clone(), problem });
    }

    fn refuse(&mut self, path: &Path, reason: impl Into<String>) {
        self.add(path, Problem::Refused { reason: reason.into() });
    }

    fn missing(&mut self, path: &Path, key: &'static str, by: &str) {
        self.add(path, Problem::Missing { key, by: by.to_owned() });
    }

    /// Whether a key is there though it could not be read, which has been told.
    fn is_there(&self, path: &Path, key: &str) -> bool {
        let at = path.key(key);
        self.faults.iter().any(|fault| fault.path == at)
    }
}
