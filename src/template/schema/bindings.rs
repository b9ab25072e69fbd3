//! What each kind of binding needs, and what it asks of the property that has it.

use crate::template::model::{Binding, BindingKind as Kind, PropertyKind};

/// What a binding needs: a member that has to be there, and the values that it may have, if they are few.
pub(super) struct Needs {
    pub(super) member: &'static str,
    pub(super) values: &'static [&'static str],
}

/// What a kind of binding needs.
pub(super) fn needs(kind: Kind) -> &'static [Needs] {
    macro_rules! needs {
        ($($member:literal $(: $($value:literal)|+)?),*) => {
            &[$(Needs { member: $member, values: &[$($($value),+)?] }),*]
        };
    }
    match kind {
        Kind::Property | Kind::ZeebeProperty | Kind::Input | Kind::Message | Kind::Subscription => needs!["name"],
        Kind::Output => needs!["source"],
        Kind::TaskHeader => needs!["key"],
        Kind::TaskDefinitionType | Kind::UserTask => needs![],
        Kind::TaskDefinition => needs!["property": "type" | "retries"],
        Kind::CalledElement => needs!["property": "processId" | "bindingType" | "versionTag"
            | "propagateAllParentVariables" | "propagateAllChildVariables" | "businessId"],
        Kind::LinkedResource => {
            needs!["linkName", "property": "resourceId" | "resourceType" | "bindingType" | "versionTag"]
        }
        Kind::FormDefinition => needs!["property": "formId" | "externalReference" | "bindingType" | "versionTag"],
        Kind::CalledDecision => needs!["property": "decisionId" | "resultVariable" | "versionTag" | "bindingType"],
        Kind::Script => needs!["property": "expression" | "resultVariable"],
        Kind::AssignmentDefinition => needs!["property": "assignee" | "candidateUsers" | "candidateGroups"],
        Kind::PriorityDefinition | Kind::JobPriorityDefinition => needs!["property": "priority"],
        Kind::AdHoc => needs!["property": "activeElementsCollection" | "outputCollection" | "outputElement"],
        Kind::TaskSchedule => needs!["property": "dueDate" | "followUpDate"],
        Kind::ExecutionListener => needs!["eventType": "start" | "end"],
        Kind::TaskListener => needs!["eventType": "creating" | "assigning" | "updating" | "completing" | "canceling"],
        Kind::Signal => needs!["name": "name"],
        Kind::Timer => needs!["name": "timeCycle" | "timeDate" | "timeDuration"],
        Kind::Conditional => needs!["name": "condition"],
        Kind::ConditionalFilter => needs!["name": "variableEvents"],
        Kind::AgentDefinition => needs!["property": "agentType"],
    }
}

/// What a binding has under this key.
pub(super) fn member<'a>(binding: &'a Binding, name: &str) -> Option<&'a str> {
    match name {
        "name" => binding.name.as_deref(),
        "key" => binding.key.as_deref(),
        "source" => binding.source.as_deref(),
        "property" => binding.property.as_deref(),
        "linkName" => binding.link_name.as_deref(),
        "eventType" => binding.event_type.as_deref(),
        _ => None,
    }
}

/// The types that a property with this binding may have, and whether it has to have one.
pub(super) fn kinds(binding: &Binding) -> (&'static [PropertyKind], bool) {
    use PropertyKind::{Boolean, Configuration, Dropdown, Hidden, Number, String, Text};
    const WRITTEN: &[PropertyKind] = &[String, Text, Hidden, Dropdown];
    match (binding.kind, binding.property.as_deref()) {
        (Kind::UserTask | Kind::ExecutionListener | Kind::TaskListener, _) => (&[Hidden], true),
        (
            Kind::CalledDecision | Kind::FormDefinition | Kind::CalledElement | Kind::LinkedResource,
            Some("bindingType"),
        )
        | (Kind::AgentDefinition, Some("agentType")) => (&[Hidden, Dropdown], true),
        (
            Kind::CalledDecision | Kind::FormDefinition | Kind::CalledElement | Kind::LinkedResource,
            Some("versionTag"),
        )
        | (Kind::FormDefinition, Some("formId" | "externalReference"))
        | (Kind::CalledDecision, Some("decisionId" | "resultVariable"))
        | (Kind::Script, Some("expression" | "resultVariable"))
        | (Kind::AssignmentDefinition, Some("assignee" | "candidateUsers" | "candidateGroups"))
        | (Kind::AdHoc, Some("outputCollection" | "outputElement"))
        | (Kind::TaskSchedule, Some("dueDate" | "followUpDate"))
        | (Kind::Signal, _) => (WRITTEN, true),
        (Kind::PriorityDefinition, Some("priority")) => (&[Hidden, Number, Dropdown, String, Text], true),
        (Kind::JobPriorityDefinition, Some("priority")) => (&[Hidden, Number, Dropdown], true),
        (Kind::CalledElement, Some("propagateAllParentVariables" | "propagateAllChildVariables")) => {
            (&[Hidden, Boolean], true)
        }
        (Kind::Timer | Kind::Conditional | Kind::ConditionalFilter, _) => (&[String, Text, Hidden], true),
        (Kind::Input | Kind::ZeebeProperty, _) => {
            (&[String, Text, Hidden, Dropdown, Boolean, Number, Configuration], false)
        }
        _ => (&[String, Text, Hidden, Dropdown, Boolean, Number], false),
    }
}

/// Whether a property with this binding may not have `feel`.
pub(super) fn refuses_feel(binding: &Binding) -> bool {
    matches!(
        (binding.kind, binding.property.as_deref()),
        (Kind::FormDefinition, Some("formId"))
            | (Kind::CalledDecision | Kind::Script, Some("resultVariable"))
            | (
                Kind::CalledDecision | Kind::FormDefinition | Kind::CalledElement | Kind::LinkedResource,
                Some("versionTag")
            )
            | (Kind::AdHoc, Some("outputCollection"))
            | (Kind::CalledElement, Some("propagateAllParentVariables" | "propagateAllChildVariables"))
    )
}
