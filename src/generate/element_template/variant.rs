//! The templates that a connector has: for each runtime and each element one.

use crate::definition::{ConnectorDefinition, Element};

/// Which runtime a template is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Runtime {
    /// opwright's worker, by the connector's own job type.
    Own,
    /// opwright's worker, by a job type that the designer enters.
    Hybrid,
    /// Camunda's HTTP connector, whose inputs hidden FEEL computes.
    Hosted,
}

/// One template of a connector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variant {
    /// What executes its jobs.
    pub runtime: Runtime,
    /// What it makes of an element.
    pub element: Element,
    /// Whether the element is the connector's first, whose templates are not named after it.
    is_first: bool,
}

impl Variant {
    /// The connector's own template for its first element, and the hosted one if all of its operations are declared.
    #[must_use]
    pub fn first(connector: &ConnectorDefinition, runtime: Runtime) -> Self {
        let element = connector.elements.first().copied().unwrap_or(Element::ServiceTask);
        Self { runtime, element, is_first: true }
    }

    /// All templates of a connector. A hosted one needs every operation to be declared.
    pub fn of(connector: &ConnectorDefinition) -> impl Iterator<Item = Self> + use<> {
        let declared = connector.operations.iter().all(|operation| operation.http.is_some());
        let hybrid = connector.hybrid;
        let runtimes =
            [Runtime::Own, Runtime::Hybrid, Runtime::Hosted].into_iter().filter(move |runtime| match runtime {
                Runtime::Own => true,
                Runtime::Hybrid => hybrid,
                Runtime::Hosted => declared,
            });
        let elements = connector.elements.clone();
        runtimes.flat_map(move |runtime| {
            let elements = elements.clone().into_iter().enumerate();
            elements.map(move |(index, element)| Self { runtime, element, is_first: index == 0 })
        })
    }

    /// What sets it apart from the connector's first template, such as `hosted` and `send-task`.
    fn marks(self) -> impl Iterator<Item = &'static str> {
        let runtime = match self.runtime {
            Runtime::Own => None,
            Runtime::Hybrid => Some("hybrid"),
            Runtime::Hosted => Some("hosted"),
        };
        runtime.into_iter().chain((!self.is_first).then(|| self.element.suffix()))
    }

    /// What its file names add to the connector's id.
    #[must_use]
    pub fn suffix(self) -> String {
        self.marks().map(|mark| format!("-{mark}")).collect()
    }

    /// Its template's id.
    #[must_use]
    pub fn template_id(self, connector: &ConnectorDefinition) -> String {
        let marks: String = self.marks().map(|mark| format!(".{mark}")).collect();
        format!("{}{marks}", connector.template_id)
    }

    /// Its template's name.
    #[must_use]
    pub fn name(self, connector: &ConnectorDefinition) -> String {
        let marks: Vec<String> = self.marks().map(|mark| mark.replace('-', " ")).collect();
        if marks.is_empty() { connector.name.clone() } else { format!("{} ({})", connector.name, marks.join(", ")) }
    }
}
