//! The templates that a connector has: for each runtime and each element one, and for each element that waits for an event.

use crate::definition::{ConnectorDefinition, Element, EventDefinition, EventElement};

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

impl Runtime {
    /// What sets its templates apart from the connector's own.
    const fn mark(self) -> Option<&'static str> {
        match self {
            Self::Own => None,
            Self::Hybrid => Some("hybrid"),
            Self::Hosted => Some("hosted"),
        }
    }
}

/// What a template makes of an element.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Role<'d> {
    /// One whose jobs are executed: any of the connector's operations.
    Outbound {
        /// What executes them.
        runtime: Runtime,
        /// The element.
        element: Element,
    },
    /// One that waits for an event.
    Inbound {
        /// The event.
        event: &'d EventDefinition,
        /// The element.
        element: EventElement,
    },
}

/// One template of a connector.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Variant<'d> {
    /// What it makes of an element.
    pub role: Role<'d>,
    /// Whether the element is the first of its list, whose templates are not named after it.
    is_first: bool,
}

impl<'d> Variant<'d> {
    /// The template for the connector's first element, and the hosted one if all of its operations are declared.
    #[must_use]
    pub fn first(connector: &'d ConnectorDefinition, runtime: Runtime) -> Self {
        let element = connector.elements.first().copied().unwrap_or(Element::ServiceTask);
        Self { role: Role::Outbound { runtime, element }, is_first: true }
    }

    /// All templates of a connector.
    pub fn of(connector: &'d ConnectorDefinition) -> impl Iterator<Item = Self> {
        let inbound = connector.events.iter().flat_map(Self::waiting_for);
        Self::outbound(connector).chain(inbound)
    }

    /// Those of its operations. A hosted one needs every operation to be declared.
    pub fn outbound(connector: &'d ConnectorDefinition) -> impl Iterator<Item = Self> {
        let declared = connector.operations.iter().all(|operation| operation.http.is_some());
        let is_there = move |runtime: &Runtime| match runtime {
            Runtime::Own => true,
            Runtime::Hybrid => connector.hybrid,
            Runtime::Hosted => declared,
        };
        let runtimes = [Runtime::Own, Runtime::Hybrid, Runtime::Hosted].into_iter().filter(is_there);
        runtimes.flat_map(|runtime| {
            let role = move |element| Role::Outbound { runtime, element };
            listed(&connector.elements).map(move |(element, is_first)| Self { role: role(element), is_first })
        })
    }

    /// Those of one of its events.
    pub fn waiting_for(event: &'d EventDefinition) -> impl Iterator<Item = Self> {
        let role = move |element| Role::Inbound { event, element };
        listed(&event.elements).map(move |(element, is_first)| Self { role: role(element), is_first })
    }

    /// Whether its element is the first of its list: that of an event has the event's example process.
    #[must_use]
    pub const fn is_first(self) -> bool {
        self.is_first
    }

    /// What sets it apart from the connector's first template, such as `hosted` and `send-task`.
    fn marks(self) -> impl Iterator<Item = &'d str> {
        let (kind, element) = match self.role {
            Role::Outbound { runtime, element } => (runtime.mark(), element.suffix()),
            Role::Inbound { event, element } => (Some(event.id.as_str()), element.suffix()),
        };
        kind.into_iter().chain((!self.is_first).then_some(element))
    }

    /// What its file names add to the connector's id.
    #[must_use]
    pub fn suffix(self) -> String {
        self.marks().map(|mark| format!("-{mark}")).collect()
    }

    /// Its template's file, below the output directory.
    #[must_use]
    pub fn path(self, connector: &ConnectorDefinition) -> String {
        format!("element-templates/{}{}.json", connector.id, self.suffix())
    }

    /// Its template's id.
    #[must_use]
    pub fn template_id(self, connector: &ConnectorDefinition) -> String {
        let marks: String = self.marks().map(|mark| format!(".{mark}")).collect();
        format!("{}{marks}", connector.template_id)
    }

    /// Its template's version.
    #[must_use]
    pub const fn version(self, connector: &ConnectorDefinition) -> u32 {
        match self.role {
            Role::Outbound { .. } => connector.version,
            Role::Inbound { event, .. } => event.version,
        }
    }

    /// Its template's name.
    #[must_use]
    pub fn name(self, connector: &ConnectorDefinition) -> String {
        let (name, runtime, element) = match self.role {
            Role::Outbound { runtime, element } => (connector.name.clone(), runtime.mark(), element.title()),
            Role::Inbound { event, element } => (format!("{}: {}", connector.name, event.name), None, element.title()),
        };
        let marks: Vec<&str> = runtime.into_iter().chain((!self.is_first).then_some(element)).collect();
        if marks.is_empty() { name } else { format!("{name} ({})", marks.join(", ")) }
    }

    /// Whether an event of this id could have the template of operations.
    #[must_use]
    pub(crate) fn is_taken(id: &str) -> bool {
        let of_element = |id: &str| Element::ALL.iter().any(|(_, element)| element.suffix() == id);
        let mut runtimes = [Runtime::Hybrid, Runtime::Hosted].into_iter().filter_map(Runtime::mark);
        let of_runtime = |rest: &str| rest.is_empty() || rest.strip_prefix('-').is_some_and(of_element);
        of_element(id) || runtimes.any(|mark| id.strip_prefix(mark).is_some_and(of_runtime))
    }
}

/// Each element, and whether it is the first.
fn listed<T: Copy>(elements: &[T]) -> impl Iterator<Item = (T, bool)> {
    elements.iter().enumerate().map(|(index, element)| (*element, index == 0))
}
