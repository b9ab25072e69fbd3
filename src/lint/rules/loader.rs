//! What Modeler's loader asks beyond the schema.

use super::super::finding::{Findings, Level, Rule};
use super::super::subject::Subject;
use nodejs_semver::Range;
use serde_json::Value;

/// The rules.
pub(super) static RULES: &[&Rule] =
    &[&SCHEMA_REFERENCE, &ELEMENT_TYPE, &ENGINES_RANGE, &NO_VERSION, &SAME_ID_AND_VERSION];

/// `$schema` does not name the schema of element templates, or names a newer one.
pub(crate) static SCHEMA_REFERENCE: Rule = Rule {
    code: "schema-reference",
    level: Level::Error,
    summary: "`$schema` does not name the schema of element templates, or names a newer one",
    reason: "Modeler refuses the template: it must name `@camunda/zeebe-element-templates-json-schema`, in a version that it knows.",
    mend: "Write `https://unpkg.com/@camunda/zeebe-element-templates-json-schema/resources/schema.json`.",
};

/// The element type is not among the elements that the template applies to, or they cannot become it.
pub(crate) static ELEMENT_TYPE: Rule = Rule {
    code: "element-type",
    level: Level::Error,
    summary: "the element type is not among the elements that the template applies to, or they cannot become it",
    reason: "Modeler refuses the template.",
    mend: "List in `appliesTo` the element type or one that it is a kind of: activities become activities, events events, gateways gateways.",
};

/// A range of versions cannot be read.
pub(crate) static ENGINES_RANGE: Rule = Rule {
    code: "engines-range",
    level: Level::Error,
    summary: "a range of versions cannot be read",
    reason: "Modeler drops the template without a message.",
    mend: "Write a range as npm has it, such as `^8.6` or `>=8.6 <8.9`.",
};

/// The template has no version.
pub(crate) static NO_VERSION: Rule = Rule {
    code: "no-version",
    level: Level::Info,
    summary: "the template has no version",
    reason: "It cannot be told from another one without a version, and any version counts as newer.",
    mend: "Give it `\"version\": 1`, and raise that when it changes.",
};

/// Two templates have one id and version.
pub(crate) static SAME_ID_AND_VERSION: Rule = Rule {
    code: "same-id-and-version",
    level: Level::Error,
    summary: "two templates have one id and version",
    reason: "Modeler loads one of them and reports the other.",
    mend: "Raise the version of one, or give it an id of its own.",
};

const SCHEMA: &str = "@camunda/zeebe-element-templates-json-schema";
/// The newest version that Modeler knows.
const NEWEST: (u64, u64, u64) = (0, 46, 0);

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let (template, path) = (subject.template, &subject.path);
    match template.schema.as_deref() {
        None => findings.add(&SCHEMA_REFERENCE, path, "`$schema` is missing"),
        Some(schema) => match schema.split_once(SCHEMA) {
            None => findings.add(&SCHEMA_REFERENCE, &path.key("$schema"), format!("`{schema}` does not name {SCHEMA}")),
            Some((_, rest)) => {
                if let Some(asked) = rest.strip_prefix('@').and_then(version).filter(|asked| *asked > NEWEST) {
                    let (major, minor, last) = asked;
                    let message =
                        format!("version {major}.{minor}.{last} is newer than 0.46.0, the newest that is known");
                    findings.add(&SCHEMA_REFERENCE, &path.key("$schema"), message);
                }
            }
        },
    }
    if template.version.is_none() {
        findings.add(&NO_VERSION, path, "the template has no `version`");
    }
    for (engine, range) in template.engines.iter().flatten() {
        if let Value::String(range) = range
            && Range::parse(range).is_err()
        {
            let at = path.key("engines").key(engine);
            findings.add(&ENGINES_RANGE, &at, format!("`{range}` is no range of versions"));
        }
    }
    check_element(subject, findings);
}

/// `1.2.3` at the beginning of a text.
fn version(text: &str) -> Option<(u64, u64, u64)> {
    let text = text.split('/').next()?;
    let mut parts = text.split('.').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next()??, parts.next()??))
}

fn check_element(subject: &Subject<'_>, findings: &mut Findings) {
    let template = subject.template;
    let Some(element) = template.element_type.as_ref().and_then(|element| element.value.as_deref()) else { return };
    let applies = template.applies_to.as_deref().unwrap_or_default();
    let at = subject.path.key("appliesTo");
    if !applies.iter().any(|target| is_a(element, target)) {
        findings.add(&ELEMENT_TYPE, &at, format!("`{element}` is none of {}", applies.join(", ")));
    }
    for (index, target) in applies.iter().enumerate() {
        if family(target) != family(element) {
            findings.add(&ELEMENT_TYPE, &at.index(index), format!("a `{target}` cannot become a `{element}`"));
        }
    }
}

/// Activities, events, gateways, or something that becomes nothing else.
fn family(element: &str) -> &str {
    let name = element.rsplit(':').next().unwrap_or(element);
    if name.ends_with("Event") {
        "event"
    } else if name.ends_with("Gateway") {
        "gateway"
    } else if ["Task", "SubProcess", "Transaction", "CallActivity", "Activity"].iter().any(|end| name.ends_with(end)) {
        "activity"
    } else {
        name
    }
}

/// Whether an element is of a type, or of one derived from it.
fn is_a(element: &str, target: &str) -> bool {
    let general = match family(element) {
        "event" => "bpmn:Event",
        "gateway" => "bpmn:Gateway",
        "activity" => "bpmn:Activity",
        _ => "",
    };
    let kind = if element.ends_with("Task") {
        "bpmn:Task"
    } else if element.ends_with("SubProcess") || element.ends_with("Transaction") {
        "bpmn:SubProcess"
    } else {
        ""
    };
    target == element || !target.is_empty() && [general, kind, "bpmn:FlowNode"].contains(&target)
}
