//! What Camunda's connector runtime asks of what a template writes.

use super::super::finding::{Findings, Level, Rule};
use super::super::subject::{Subject, header, input, kind, text};
use crate::template::{Binding, Property, PropertyKind};

/// The rules.
pub(super) static RULES: &[&Rule] = &[&TEMPLATE_VERSION_HEADER, &TEMPLATE_ID_HEADER, &HTTP_AUTHENTICATION];

/// The header `elementTemplateVersion` is not the template's version.
pub(crate) static TEMPLATE_VERSION_HEADER: Rule = Rule {
    code: "template-version-header",
    level: Level::Error,
    summary: "the header `elementTemplateVersion` is not the template's version",
    reason: "The runtime and its logs tell of another version than the one that is used.",
    mend: "Write the template's `version` into the header.",
};

/// The header `elementTemplateId` is not the template's id.
pub(crate) static TEMPLATE_ID_HEADER: Rule = Rule {
    code: "template-id-header",
    level: Level::Warning,
    summary: "the header `elementTemplateId` is not the template's id",
    reason: "The runtime and its logs tell of another template than the one that is used.",
    mend: "Write the template's `id` into the header.",
};

/// The HTTP connector's inputs lack what its authentication needs.
pub(crate) static HTTP_AUTHENTICATION: Rule = Rule {
    code: "http-authentication",
    level: Level::Error,
    summary: "the HTTP connector's inputs lack what its authentication needs",
    reason: "The connector refuses each job: its inputs are checked before anything is sent.",
    mend: "Add the inputs that the message names, hidden where they are constant.",
};

/// What each type of authentication needs: the fields of the HTTP connector's inputs that must not be empty.
const AUTHENTICATION: [(&str, &[&str]); 4] = [
    ("basic", &["username", "password"]),
    ("bearer", &["token"]),
    ("apiKey", &["apiKeyLocation", "name", "value"]),
    ("oauth-client-credentials-flow", &["oauthTokenEndpoint", "clientId", "clientSecret", "clientAuthentication"]),
];

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for (index, property) in subject.properties().filter(|(_, property)| kind(property) == PropertyKind::Hidden) {
        let at = subject.at(index).key("value");
        let Some(written) = text(property) else { continue };
        match header(property) {
            Some("elementTemplateVersion") => {
                let version = subject.template.version.map(|version| version.to_string());
                if version.as_deref() != Some(written) {
                    let version = version.unwrap_or_else(|| "none".to_owned());
                    let message = format!("the header says {written}, the template's version is {version}");
                    findings.add(&TEMPLATE_VERSION_HEADER, &at, message);
                }
            }
            Some("elementTemplateId") => {
                let id = subject.template.id.as_deref().unwrap_or_default();
                if id != written {
                    findings.add(
                        &TEMPLATE_ID_HEADER,
                        &at,
                        format!("the header says `{written}`, the template's id is `{id}`"),
                    );
                }
            }
            _ => {}
        }
    }
    if is_for_http(subject) {
        check_authentication(subject, findings);
    }
}

fn is_for_http(subject: &Subject<'_>) -> bool {
    let job_type = Binding::task_definition("type");
    subject.properties().any(|(_, property)| {
        property.place().as_deref() == Some(&job_type)
            && text(property).is_some_and(|text| text.starts_with("io.camunda:http-json:"))
    })
}

/// Each type that can be chosen, or is fixed, has its inputs.
fn check_authentication(subject: &Subject<'_>, findings: &mut Findings) {
    for (index, property) in subject.properties().filter(|(_, property)| input(property) == Some("authentication.type"))
    {
        let choices = property.choices.iter().flatten().filter_map(|choice| choice.value.as_deref());
        let fixed = text(property).filter(|_| kind(property) == PropertyKind::Hidden);
        for offered in choices.chain(fixed) {
            let Some((_, fields)) = AUTHENTICATION.iter().find(|(kind, _)| *kind == offered) else { continue };
            let has = |field: &&&str| {
                let name = format!("authentication.{field}");
                let is = |(_, property): (usize, &Property)| input(property) == Some(name.as_str());
                subject.properties().any(is)
            };
            let missing: Vec<String> =
                fields.iter().filter(|field| !has(field)).map(|field| format!("`authentication.{field}`")).collect();
            if !missing.is_empty() {
                let message = format!("`{offered}` needs the inputs {}", missing.join(", "));
                findings.add(&HTTP_AUTHENTICATION, &subject.at(index), message);
            }
        }
    }
}
