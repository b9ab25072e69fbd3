//! What the schema asks of a template as a whole: which bindings go with which elements, and with which others.

use super::Report;
use super::property;
use crate::template::model::{
    Binding, BindingKind as Kind, ElementTemplate, EntriesVisible, Feel, Property, PropertyKind, Value,
};
use crate::template::tree::Path;

const EVENTS: [&str; 5] = [
    "bpmn:StartEvent",
    "bpmn:IntermediateCatchEvent",
    "bpmn:IntermediateThrowEvent",
    "bpmn:BoundaryEvent",
    "bpmn:EndEvent",
];
const CATCHING: [&str; 3] = ["bpmn:StartEvent", "bpmn:IntermediateCatchEvent", "bpmn:BoundaryEvent"];
const RESOURCES: [Kind; 4] = [Kind::CalledDecision, Kind::FormDefinition, Kind::CalledElement, Kind::LinkedResource];

pub(super) fn check(template: &ElementTemplate, path: &Path, report: &mut Report<'_>) {
    let subject = Subject::of(template);
    check_element(&subject, path, report);
    check_events(&subject, path, report);
    check_tasks(&subject, path, report);
    check_resources(&subject, path, report);
    check_entries(&subject, path, report);
    check_ad_hoc(&subject, path, report);
    check_agents(&subject, path, report);
}

/// A template, asked for what its rules are about.
struct Subject<'a> {
    template: &'a ElementTemplate,
    element: Option<&'a str>,
    event: Option<&'a str>,
}

impl<'a> Subject<'a> {
    fn of(template: &'a ElementTemplate) -> Self {
        let element = template.element_type.as_ref();
        Self {
            template,
            element: element.and_then(|element| element.value.as_deref()),
            event: element.and_then(|element| element.event_definition.as_deref()),
        }
    }

    fn bound(&self) -> impl Iterator<Item = (usize, &'a Property, &'a Binding)> + use<'a> {
        let properties = self.template.properties.iter().enumerate();
        properties.filter_map(|(index, property)| Some((index, property, property.binding.as_ref()?)))
    }

    /// Whether a property is bound so.
    fn has(&self, kind: Kind, member: Option<&str>) -> bool {
        self.bound().any(|(_, _, binding)| is(binding, kind, member))
    }

    /// Whether a binding of whatever kind names this property.
    fn names(&self, property: &str) -> bool {
        self.bound().any(|(_, _, binding)| binding.property.as_deref() == Some(property))
    }

    /// Whether the template is for this element, and no other.
    fn is_for(&self, element: &str) -> bool {
        self.element == Some(element) || matches!(self.template.applies_to.as_deref(), Some([only]) if only == element)
    }
}

fn is(binding: &Binding, kind: Kind, member: Option<&str>) -> bool {
    let given = if matches!(kind, Kind::Property | Kind::Timer) { &binding.name } else { &binding.property };
    binding.kind == kind && (member.is_none() || given.as_deref() == member)
}

fn check_element(subject: &Subject<'_>, path: &Path, report: &mut Report<'_>) {
    let (Some(event), at) = (subject.event, path.key("elementType")) else { return };
    let allowed = match event {
        "bpmn:MessageEventDefinition" | "bpmn:SignalEventDefinition" => &EVENTS[..],
        "bpmn:TimerEventDefinition" | "bpmn:ConditionalEventDefinition" => &CATCHING[..],
        other => {
            report.refuse(&at.key("eventDefinition"), format!("`{other}` is no event definition of a template"));
            return;
        }
    };
    if !subject.element.is_some_and(|element| allowed.contains(&element)) {
        report.refuse(&at, format!("with `{event}` an element type must be {}", allowed.join(", ")));
    }
}

fn check_events(subject: &Subject<'_>, path: &Path, report: &mut Report<'_>) {
    let at = path.key("elementType");
    let messages =
        [(Kind::Message, &["bpmn:ReceiveTask", "bpmn:SendTask"][..]), (Kind::Subscription, &["bpmn:ReceiveTask"][..])];
    for (kind, tasks) in messages {
        let is_event = subject.element.is_some_and(|element| EVENTS.contains(&element));
        let is_task = subject.element.is_some_and(|element| tasks.contains(&element));
        if subject.has(kind, None) && !(is_task || is_event && subject.event.is_some()) {
            let tasks = tasks.join(", ");
            report.refuse(&at, format!("`{}` needs the element type {tasks}, or an event with a message", kind.name()));
        }
    }
    let signal = "bpmn:SignalEventDefinition";
    let is_signal = subject.event == Some(signal) && subject.element.is_some_and(|element| EVENTS.contains(&element));
    if subject.has(Kind::Signal, None) && !is_signal {
        report.refuse(&at, "`bpmn:Signal#property` needs a signal event as its element type");
    }
    if subject.event == Some(signal) && !subject.has(Kind::Signal, None) {
        report.refuse(path, "a signal event needs a property bound to `bpmn:Signal#property name`");
    }
    let timer = "bpmn:TimerEventDefinition";
    let moments = ["timeDate", "timeCycle", "timeDuration"];
    let given = moments.into_iter().filter(|time| subject.has(Kind::Timer, Some(time))).count();
    let is_timer = subject.event == Some(timer) && subject.element.is_some_and(|element| CATCHING.contains(&element));
    if given > 0 && !is_timer {
        report.refuse(&at, "`bpmn:TimerEventDefinition#property` needs a timer event as its element type");
    }
    if subject.event == Some(timer) {
        if given != 1 {
            report.refuse(path, "a timer event needs exactly one of `timeDate`, `timeCycle` and `timeDuration`");
        }
        if subject.element == Some("bpmn:IntermediateCatchEvent") && subject.has(Kind::Timer, Some("timeCycle")) {
            report.refuse(path, "an intermediate timer event has no `timeCycle`");
        }
    }
}

fn check_tasks(subject: &Subject<'_>, path: &Path, report: &mut Report<'_>) {
    if subject.has(Kind::CalledElement, None) {
        needs_element(subject, Kind::CalledElement, "bpmn:CallActivity", path, report);
        if !subject.has(Kind::CalledElement, Some("processId")) {
            report.refuse(path, "a call activity needs a property bound to `zeebe:calledElement processId`");
        }
    }
    if subject.has(Kind::UserTask, None) && subject.element != Some("bpmn:UserTask") {
        report.refuse(&path.key("elementType"), "`zeebe:userTask` needs the element type `bpmn:UserTask`");
    }
    for kind in [Kind::FormDefinition, Kind::AssignmentDefinition, Kind::PriorityDefinition, Kind::TaskSchedule] {
        if subject.has(kind, None) && !subject.has(Kind::UserTask, None) {
            report.refuse(path, format!("`{}` needs a property bound to `zeebe:userTask`", kind.name()));
        }
    }
    for (kind, element, member) in
        [(Kind::CalledDecision, "bpmn:BusinessRuleTask", "decisionId"), (Kind::Script, "bpmn:ScriptTask", "expression")]
    {
        if !subject.has(kind, None) {
            continue;
        }
        needs_element(subject, kind, element, path, report);
        for member in [member, "resultVariable"] {
            if !subject.names(member) {
                report.refuse(path, format!("`{0}` needs a property bound to `{0} {member}`", kind.name()));
            }
        }
        if subject.has(Kind::TaskDefinition, None) || subject.has(Kind::TaskDefinitionType, None) {
            report.refuse(path, format!("`{}` goes without a task definition", kind.name()));
        }
    }
    if subject.has(Kind::TaskListener, None) {
        needs_element(subject, Kind::TaskListener, "bpmn:UserTask", path, report);
    }
    if subject.has(Kind::JobPriorityDefinition, None) && !may_have_priority(subject) {
        report.refuse(path, "`zeebe:jobPriorityDefinition` needs an element that makes a job");
    }
}

fn needs_element(subject: &Subject<'_>, kind: Kind, element: &str, path: &Path, report: &mut Report<'_>) {
    if !subject.is_for(element) {
        report.refuse(path, format!("`{}` needs the element type `{element}`", kind.name()));
    }
}

fn may_have_priority(subject: &Subject<'_>) -> bool {
    const ELEMENTS: [&str; 6] = [
        "bpmn:ScriptTask",
        "bpmn:BusinessRuleTask",
        "bpmn:ServiceTask",
        "bpmn:SendTask",
        "bpmn:AdHocSubProcess",
        "bpmn:Process",
    ];
    let throws = subject.event == Some("bpmn:MessageEventDefinition")
        && matches!(subject.element, Some("bpmn:IntermediateThrowEvent" | "bpmn:EndEvent"));
    let applies = subject.template.applies_to.as_deref().unwrap_or_default();
    throws
        || subject.element.is_some_and(|element| ELEMENTS.contains(&element))
        || !applies.is_empty() && applies.iter().all(|element| ELEMENTS.contains(&element.as_str()))
}

fn check_resources(subject: &Subject<'_>, path: &Path, report: &mut Report<'_>) {
    let tagged = Some("versionTag");
    let is_value = |property: &Property| property.value.as_ref().and_then(Value::text) == tagged;
    let of_resource = |binding: &Binding, member| RESOURCES.iter().any(|kind| is(binding, *kind, member));
    let wants_tag = |(_, property, binding): (usize, &Property, &Binding)| {
        of_resource(binding, Some("bindingType")) && is_value(property)
    };
    let is_tag = |(_, _, binding): (usize, &Property, &Binding)| of_resource(binding, tagged);
    let always_tag = |(_, property, binding): (usize, &Property, &Binding)| {
        of_resource(binding, tagged) && property.condition.is_none()
    };
    if subject.bound().any(wants_tag) && !subject.bound().any(is_tag) {
        report.refuse(path, "`bindingType` is `versionTag`, which needs a property bound to `versionTag`");
    }
    let fixed = |(_, property, binding): (usize, &Property, &Binding)| {
        binding.property.as_deref() == Some("bindingType")
            && is_value(property)
            && property.kind == Some(PropertyKind::Hidden)
    };
    if subject.bound().any(always_tag) && !subject.bound().any(fixed) {
        report
            .refuse(path, "`versionTag` without a condition needs a hidden `bindingType` with the value `versionTag`");
    }
    let form = |member| subject.has(Kind::FormDefinition, Some(member));
    if form("bindingType") && !form("formId") {
        report.refuse(path, "a form's `bindingType` needs a property bound to `zeebe:formDefinition formId`");
    }
    if form("formId") && form("externalReference") {
        report.refuse(path, "a form has either `formId` or `externalReference`");
    }
}

fn check_entries(subject: &Subject<'_>, path: &Path, report: &mut Report<'_>) {
    let visible = |entry: &str| match &subject.template.entries_visible {
        Some(EntriesVisible::Each(each)) => each.get(entry).and_then(serde_json::Value::as_bool),
        Some(EntriesVisible::All(_)) | None => None,
    };
    let outputs = subject.has(Kind::Output, None);
    let propagates = subject.bound().any(|(_, property, binding)| {
        is(binding, Kind::CalledElement, Some("propagateAllChildVariables"))
            && property.value == Some(Value::Boolean(true))
    });
    if outputs && propagates {
        report.refuse(path, "`zeebe:output` goes without `propagateAllChildVariables`");
    }
    if outputs && visible("outputs") == Some(true) {
        report.refuse(&path.key("entriesVisible"), "`zeebe:output` goes without visible outputs");
    }
    if subject.has(Kind::ExecutionListener, None) && visible("executionListeners") != Some(false) {
        let reason = "`zeebe:executionListener` needs `\"entriesVisible\": {\"executionListeners\": false}`";
        report.refuse(path, reason);
    }
    if subject.has(Kind::TaskListener, None) && visible("taskListeners") == Some(true) {
        report.refuse(&path.key("entriesVisible"), "`zeebe:taskListener` goes without visible task listeners");
    }
}

fn check_ad_hoc(subject: &Subject<'_>, path: &Path, report: &mut Report<'_>) {
    let process = "bpmn:AdHocSubProcess";
    if subject.has(Kind::AdHoc, None) {
        needs_element(subject, Kind::AdHoc, process, path, report);
    }
    let outputs = ["outputCollection", "outputElement"].map(|member| subject.has(Kind::AdHoc, Some(member)));
    if outputs[0] != outputs[1] {
        report.refuse(path, "`outputCollection` and `outputElement` need each other");
    }
    if subject.is_for(process) && subject.has(Kind::TaskDefinition, Some("type")) {
        for (index, _, binding) in subject.bound() {
            let refused = is(binding, Kind::Property, Some("cancelRemainingInstances"))
                || is(binding, Kind::Property, Some("completionCondition"))
                || is(binding, Kind::AdHoc, Some("activeElementsCollection"));
            if refused {
                let at = path.key("properties").index(index);
                report.refuse(&at, format!("`{binding}` goes without a task definition"));
            }
        }
    }
    for (element, attribute) in [
        (process, "completionCondition"),
        ("bpmn:SequenceFlow", "conditionExpression"),
        ("bpmn:ComplexGateway", "activationCondition"),
    ] {
        for (index, property, binding) in subject.bound().filter(|_| subject.is_for(element)) {
            let writes = matches!(property.kind, Some(PropertyKind::String | PropertyKind::Text));
            let evaluated = is(binding, Kind::Property, Some(attribute))
                || element == process && writes && is(binding, Kind::AdHoc, Some("outputElement"));
            if evaluated && property.feel != Some(Feel::Required) {
                let at = path.key("properties").index(index);
                report.refuse(&at, format!("a property bound to `{binding}` must have `\"feel\": \"required\"`"));
            }
        }
    }
}

fn check_agents(subject: &Subject<'_>, path: &Path, report: &mut Report<'_>) {
    if !subject.has(Kind::AgentDefinition, None) {
        return;
    }
    let elements = ["bpmn:ServiceTask", "bpmn:AdHocSubProcess"];
    if !elements.iter().any(|element| subject.is_for(element)) {
        report.refuse(
            path,
            "`zeebe:agentDefinition` needs the element type `bpmn:ServiceTask` or `bpmn:AdHocSubProcess`",
        );
    }
    for (element, agent) in elements.into_iter().zip(["aiAgentTask", "aiAgentSubProcess"]) {
        let fits = |value: &str| value == agent || value == "external";
        let agents = subject.bound().filter(|(_, _, binding)| is(binding, Kind::AgentDefinition, Some("agentType")));
        for (index, property, _) in agents.filter(|_| subject.is_for(element)) {
            let at = path.key("properties").index(index);
            property::check_texts(property, &at, &format!("`{agent}` or `external`"), fits, report);
        }
    }
}

/// A property of a configuration template: it writes attributes, and never FEEL.
pub(super) fn check_configured(property: &Property, path: &Path, report: &mut Report<'_>) {
    property::check_kind(property, path, report);
    if property.kind == Some(PropertyKind::Configuration) {
        report.refuse(&path.key("type"), "a configuration holds no other");
    }
    for (key, there) in [("feel", property.feel.is_some()), ("optional", property.optional.is_some())] {
        if there {
            report.refuse(&path.key(key), format!("a property of a configuration has no `{key}`"));
        }
    }
    let Some(binding) = &property.binding else { return };
    if binding.kind != Kind::Property || binding.name.is_none() {
        report.refuse(&path.key("binding"), "a property of a configuration is bound to `property` and a name");
    }
}
