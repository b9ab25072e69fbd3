//! What can be wrong with a definition, for its author.

use std::fmt;

/// Everything that is wrong with a connector's definition, found before anything is generated or run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct DefinitionError {
    /// Every fault, in the order of the definition.
    pub faults: Vec<DefinitionFault>,
}

/// One fault of a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefinitionFault {
    /// Connector, operation and field, such as `power-automate/trigger-flow-run/runMode`.
    pub path: String,
    /// What is wrong and how to mend it.
    pub message: String,
}

impl fmt::Display for DefinitionError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.faults.iter().enumerate() {
            if index > 0 {
                formatter.write_str("\n")?;
            }
            write!(formatter, "{}: {}", fault.path, fault.message)?;
        }
        Ok(())
    }
}

/// Collects faults while a definition is walked.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<DefinitionFault>);

impl Faults {
    pub(crate) fn add(&mut self, path: &str, message: impl Into<String>) {
        self.0.push(DefinitionFault { path: path.to_owned(), message: message.into() });
    }

    pub(crate) fn finish(self) -> Result<(), DefinitionError> {
        if self.0.is_empty() { Ok(()) } else { Err(DefinitionError { faults: self.0 }) }
    }
}
