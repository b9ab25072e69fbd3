//! A template that the linter finds fault with is not generated.

use super::model::ElementTemplate;
use crate::definition::{DefinitionError, Faults};
use crate::lint::{Level, lint};

/// Checks a finished template; `name` is its file's, for the faults.
pub(super) fn check(name: &str, template: &ElementTemplate) -> Result<(), DefinitionError> {
    let mut faults = Faults::default();
    match serde_json::to_string(template) {
        Ok(text) => {
            for finding in lint(&text).findings.into_iter().filter(|finding| finding.level > Level::Info) {
                let property = finding.path.item_of("properties").and_then(|index| template.properties.get(index));
                let place = property.map_or_else(|| finding.path.to_string(), |property| format!("/{}", property.id));
                faults.add(&format!("{name}{place}"), format!("{} [{}]", finding.message, finding.rule.code));
            }
        }
        Err(error) => faults.add(name, format!("the template cannot be written: {error}")),
    }
    faults.finish()
}
