//! Where a property's value goes in the BPMN.

use serde::Serialize;
use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};

/// Where a property's value goes in the BPMN. Which of the members a kind has is in `template/bindings.rs`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the keys are those of Camunda's schema")]
pub struct Binding {
    #[serde(rename = "type")]
    pub kind: BindingKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub property: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retries: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headers: Option<Vec<ListenerHeader>>,
}

/// A header of a listener's job.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct ListenerHeader {
    /// Its key.
    pub key: String,
    /// Its value.
    pub value: String,
}

/// The kinds of bindings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[expect(missing_docs, reason = "the names are those of Camunda's schema")]
pub enum BindingKind {
    #[serde(rename = "property")]
    Property,
    #[serde(rename = "zeebe:taskDefinition:type")]
    TaskDefinitionType,
    #[serde(rename = "zeebe:input")]
    Input,
    #[serde(rename = "zeebe:output")]
    Output,
    #[serde(rename = "zeebe:property")]
    ZeebeProperty,
    #[serde(rename = "zeebe:taskHeader")]
    TaskHeader,
    #[serde(rename = "bpmn:Message#property")]
    Message,
    #[serde(rename = "bpmn:Message#zeebe:subscription#property")]
    Subscription,
    #[serde(rename = "zeebe:taskDefinition")]
    TaskDefinition,
    #[serde(rename = "zeebe:calledElement")]
    CalledElement,
    #[serde(rename = "zeebe:linkedResource")]
    LinkedResource,
    #[serde(rename = "zeebe:userTask")]
    UserTask,
    #[serde(rename = "zeebe:formDefinition")]
    FormDefinition,
    #[serde(rename = "zeebe:calledDecision")]
    CalledDecision,
    #[serde(rename = "zeebe:script")]
    Script,
    #[serde(rename = "zeebe:assignmentDefinition")]
    AssignmentDefinition,
    #[serde(rename = "zeebe:priorityDefinition")]
    PriorityDefinition,
    #[serde(rename = "zeebe:jobPriorityDefinition")]
    JobPriorityDefinition,
    #[serde(rename = "zeebe:adHoc")]
    AdHoc,
    #[serde(rename = "zeebe:taskSchedule")]
    TaskSchedule,
    #[serde(rename = "zeebe:executionListener")]
    ExecutionListener,
    #[serde(rename = "zeebe:taskListener")]
    TaskListener,
    #[serde(rename = "bpmn:Signal#property")]
    Signal,
    #[serde(rename = "bpmn:TimerEventDefinition#property")]
    Timer,
    #[serde(rename = "bpmn:ConditionalEventDefinition#property")]
    Conditional,
    #[serde(rename = "bpmn:ConditionalEventDefinition#zeebe:conditionalFilter#property")]
    ConditionalFilter,
    #[serde(rename = "zeebe:agentDefinition")]
    AgentDefinition,
}

impl BindingKind {
    /// All, by their names.
    pub const ALL: [(&'static str, Self); 27] = [
        ("property", Self::Property),
        ("zeebe:taskDefinition:type", Self::TaskDefinitionType),
        ("zeebe:input", Self::Input),
        ("zeebe:output", Self::Output),
        ("zeebe:property", Self::ZeebeProperty),
        ("zeebe:taskHeader", Self::TaskHeader),
        ("bpmn:Message#property", Self::Message),
        ("bpmn:Message#zeebe:subscription#property", Self::Subscription),
        ("zeebe:taskDefinition", Self::TaskDefinition),
        ("zeebe:calledElement", Self::CalledElement),
        ("zeebe:linkedResource", Self::LinkedResource),
        ("zeebe:userTask", Self::UserTask),
        ("zeebe:formDefinition", Self::FormDefinition),
        ("zeebe:calledDecision", Self::CalledDecision),
        ("zeebe:script", Self::Script),
        ("zeebe:assignmentDefinition", Self::AssignmentDefinition),
        ("zeebe:priorityDefinition", Self::PriorityDefinition),
        ("zeebe:jobPriorityDefinition", Self::JobPriorityDefinition),
        ("zeebe:adHoc", Self::AdHoc),
        ("zeebe:taskSchedule", Self::TaskSchedule),
        ("zeebe:executionListener", Self::ExecutionListener),
        ("zeebe:taskListener", Self::TaskListener),
        ("bpmn:Signal#property", Self::Signal),
        ("bpmn:TimerEventDefinition#property", Self::Timer),
        ("bpmn:ConditionalEventDefinition#property", Self::Conditional),
        ("bpmn:ConditionalEventDefinition#zeebe:conditionalFilter#property", Self::ConditionalFilter),
        ("zeebe:agentDefinition", Self::AgentDefinition),
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }
}

impl Binding {
    /// A binding of this kind without members.
    #[must_use]
    pub const fn of(kind: BindingKind) -> Self {
        Self {
            kind,
            name: None,
            key: None,
            source: None,
            property: None,
            link_name: None,
            event_type: None,
            retries: None,
            headers: None,
        }
    }

    /// A binding that a name completes.
    #[must_use]
    pub fn with_name(kind: BindingKind, name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..Self::of(kind) }
    }

    /// An input variable of the job; dots nest.
    #[must_use]
    pub fn input(name: impl Into<String>) -> Self {
        Self::with_name(BindingKind::Input, name)
    }

    /// A header of the job.
    #[must_use]
    pub fn task_header(key: impl Into<String>) -> Self {
        Self { key: Some(key.into()), ..Self::of(BindingKind::TaskHeader) }
    }

    /// The job's `type` or its `retries`.
    #[must_use]
    pub fn task_definition(property: impl Into<String>) -> Self {
        Self { property: Some(property.into()), ..Self::of(BindingKind::TaskDefinition) }
    }

    /// An attribute of a linked resource.
    #[must_use]
    pub fn linked_resource(link_name: impl Into<String>, attribute: impl Into<String>) -> Self {
        let (link_name, property) = (Some(link_name.into()), Some(attribute.into()));
        Self { property, link_name, ..Self::of(BindingKind::LinkedResource) }
    }

    /// The place that a text names as [`Display`](fmt::Display) writes it, such as `zeebe:input url`.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        let (kind, member) = text.split_once(' ')?;
        let (_, kind) = BindingKind::ALL.into_iter().find(|(name, _)| *name == kind)?;
        let member = Some(member.trim().to_owned()).filter(|member| !member.is_empty())?;
        let of = Self::of(kind);
        let binding = match kind {
            BindingKind::Input
            | BindingKind::ZeebeProperty
            | BindingKind::Property
            | BindingKind::Message
            | BindingKind::Subscription
            | BindingKind::Signal
            | BindingKind::Timer
            | BindingKind::Conditional
            | BindingKind::ConditionalFilter => Self { name: Some(member), ..of },
            BindingKind::Output => Self { source: Some(member), ..of },
            BindingKind::TaskHeader => Self { key: Some(member), ..of },
            BindingKind::LinkedResource => {
                let (link, property) = member.rsplit_once(' ')?;
                Self::linked_resource(link, property)
            }
            BindingKind::TaskDefinitionType
            | BindingKind::UserTask
            | BindingKind::ExecutionListener
            | BindingKind::TaskListener => return None,
            _ => Self { property: Some(member), ..of },
        };
        Some(binding)
    }

    /// The place in the BPMN, by which Modeler knows properties again: two bindings of one place are one value. What else a
    /// binding says counts for nothing.
    #[must_use]
    pub fn place(&self) -> Cow<'_, Self> {
        let (name, key, source) = match self.kind {
            BindingKind::TaskDefinitionType => return Cow::Owned(Self::task_definition("type")),
            BindingKind::Input | BindingKind::ZeebeProperty => (&self.name, &None, &None),
            BindingKind::Output => (&None, &None, &self.source),
            BindingKind::TaskHeader => (&None, &self.key, &None),
            _ => return Cow::Borrowed(self),
        };
        // Mostly nothing else is there.
        let others = [&self.property, &self.link_name, &self.event_type, &self.retries];
        let is_place = others.iter().all(|member| member.is_none())
            && self.headers.is_none()
            && [(name, &self.name), (key, &self.key), (source, &self.source)].iter().all(|(one, other)| one == other);
        if is_place {
            return Cow::Borrowed(self);
        }
        Cow::Owned(Self { name: name.clone(), key: key.clone(), source: source.clone(), ..Self::of(self.kind) })
    }
}

/// Most of a binding is absent, mostly: what is there tells bindings apart.
impl Hash for Binding {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.kind.hash(state);
        let members = [&self.name, &self.key, &self.source, &self.property, &self.link_name, &self.event_type];
        members.into_iter().flatten().for_each(|member| member.hash(state));
    }
}

impl fmt::Display for Binding {
    /// Such as `zeebe:input url`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.kind.name())?;
        let members = [&self.link_name, &self.name, &self.key, &self.source, &self.property, &self.event_type];
        members.into_iter().flatten().try_for_each(|member| write!(formatter, " {member}"))
    }
}
