//! Webhooks that a file tells of, for clusters that cannot be asked for their processes.
//!
//! `[webhooks.CONTEXT]` has what an element would say in its properties, under the same names in kebab-case, and in place of
//! the element `message-name` or `process-id`.

use super::Webhook;
use super::properties::{NAMES, Origin, Starts, webhook};
use crate::dispatch::secrets::{self, SecretSource};
use crate::text::{bare, suggestion};
use crate::worker::inbound::fault::Fault;
use serde_json::json;
use std::collections::BTreeMap;
use toml::{Table, Value};

/// What stands in place of the element.
const MESSAGE: &str = "message-name";
const PROCESS: &str = "process-id";
const TENANT: &str = "tenant-id";

/// The webhooks of a table, which has a section for each by its context.
pub fn parse(table: &Table, secrets: &dyn SecretSource) -> Result<Vec<Webhook>, Vec<Fault>> {
    let (mut webhooks, mut faults) = (Vec::new(), Vec::new());
    for (context, section) in table {
        match route(context, section, secrets) {
            Ok(webhook) => webhooks.push(webhook),
            Err(found) => faults.extend(found),
        }
    }
    if faults.is_empty() { Ok(webhooks) } else { Err(faults) }
}

/// The secrets that stand in a table as they are, each as its section and setting: a file of settings is no place for them.
#[must_use]
pub fn clear_secrets(table: &Table) -> Vec<(String, String)> {
    let is_clear = |value: &Value| value.as_str().is_none_or(|text| secrets::names(text).next().is_none());
    let mut found = Vec::new();
    for (context, section) in table {
        let settings = section.as_table().map(flat).unwrap_or_default();
        let clear = settings.into_iter().filter(|(name, value)| SECRET.contains(&name.as_str()) && is_clear(value));
        found.extend(clear.map(|(name, _)| (context.clone(), name)));
    }
    found
}

/// Settings that are secrets.
const SECRET: [&str; 3] = ["hmac-secret", "auth.password", "auth.api-key"];

fn route(context: &str, section: &Value, secrets: &dyn SecretSource) -> Result<Webhook, Vec<Fault>> {
    let place = format!("[webhooks.{context}]");
    let fault = |property: Option<&str>, problem: String| {
        vec![Fault { place: place.clone(), property: property.map(str::to_owned), problem }]
    };
    let Value::Table(section) = section else {
        return Err(fault(None, "it must be a section with settings".to_owned()));
    };
    let settings = settings();
    let (mut own, mut properties, mut faults) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
    for (name, value) in flat(section) {
        let Some(text) = text(&name, value) else {
            faults.extend(fault(
                Some(&name),
                "it must be a text, or a list of texts for scopes and permissions".to_owned(),
            ));
            continue;
        };
        if let Some(known) = [MESSAGE, PROCESS, TENANT].into_iter().find(|known| *known == name) {
            own.insert(known, text);
        } else if let Some(property) = settings.get(name.as_str()) {
            properties.insert((*property).to_owned(), text);
        } else {
            let known = settings.keys().map(String::as_str).chain([MESSAGE, PROCESS, TENANT]);
            faults.extend(fault(Some(&name), format!("there is no such setting{}", suggestion(&name, known))));
        }
    }
    properties.insert("inbound.context".to_owned(), context.to_owned());
    // Who writes down a secret means it.
    if properties.contains_key("inbound.hmacSecret") {
        properties.entry("inbound.shouldValidateHmac".to_owned()).or_insert_with(|| "enabled".to_owned());
    }
    let starts = match (own.get(MESSAGE), own.get(PROCESS)) {
        // A message without a key is for start events, which need none.
        (Some(name), None) => {
            Starts::Message { name, key_is_optional: !properties.contains_key("correlationKeyExpression") }
        }
        (None, Some(id)) => Starts::Process { id, key: None },
        _ => {
            faults
                .extend(fault(None, format!("it needs `{MESSAGE}`, or `{PROCESS}` to create instances, and not both")));
            return Err(faults);
        }
    };
    let tenant = own.get(TENANT).cloned();
    let origin = Origin {
        place: place.clone(),
        scope: place.clone(),
        activated: json!({ "bpmnProcessId": own.get(PROCESS), "messageName": own.get(MESSAGE), "tenantId": tenant }),
        tenant,
        starts,
    };
    match webhook(origin, &properties, secrets) {
        Ok(webhook) if faults.is_empty() => {
            let remarks = webhook.remarks.into_iter().map(|remark| as_setting(remark, &settings)).collect();
            Ok(Webhook { remarks, ..webhook })
        }
        Ok(_) => Err(faults),
        Err(found) => {
            faults.extend(found.into_iter().map(|fault| as_setting(fault, &settings)));
            Err(faults)
        }
    }
}

/// A fault of a property as that of the setting which it is.
fn as_setting(fault: Fault, settings: &BTreeMap<String, &'static str>) -> Fault {
    if fault.property.as_deref() == Some("inbound.context") {
        return Fault { property: None, problem: format!("its name {}", fault.problem), ..fault };
    }
    let setting = |property: String| {
        settings.iter().find(|(_, known)| **known == property).map_or(property, |(name, _)| name.clone())
    };
    let named =
        |problem: String, (name, known): (&String, &&str)| problem.replace(&format!("`{known}`"), &format!("`{name}`"));
    let problem = settings.iter().fold(fault.problem, named);
    Fault { property: fault.property.map(setting), problem, ..fault }
}

/// Settings by their names, and the property that each is.
fn settings() -> BTreeMap<String, &'static str> {
    // What the section itself says, and what is about groups of elements.
    let no_settings = |name: &&&str| {
        !name.starts_with("dedup")
            && !["inbound.type", "inbound.context", "inbound.activationCondition", "correlationRequired"]
                .contains(*name)
    };
    let property = |name: &&'static str| (kebab(name.strip_prefix("inbound.").unwrap_or(name)), *name);
    NAMES.iter().filter(no_settings).map(property).collect()
}

fn kebab(name: &str) -> String {
    let mut kebab = String::new();
    for one in name.chars() {
        if one.is_ascii_uppercase() {
            kebab.push('-');
        }
        kebab.push(one.to_ascii_lowercase());
    }
    kebab
}

/// The settings of a section and of those in it, with dots between their names.
fn flat(section: &Table) -> Vec<(String, &Value)> {
    let mut settings = Vec::new();
    for (name, value) in section {
        match value {
            Value::Table(inner) => {
                settings.extend(flat(inner).into_iter().map(|(rest, value)| (format!("{name}.{rest}"), value)));
            }
            value => settings.push((name.clone(), value)),
        }
    }
    settings
}

/// A setting as a property has it.
fn text(name: &str, value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Boolean(on) if name == "should-validate-hmac" => {
            Some(if *on { "enabled" } else { "disabled" }.to_owned())
        }
        Value::Boolean(on) => Some(on.to_string()),
        Value::Integer(number) => Some(number.to_string()),
        // A list of texts as FEEL writes it.
        Value::Array(items) => {
            let texts: Option<Vec<_>> = items.iter().map(|item| item.as_str().map(serde_json::Value::from)).collect();
            Some(format!("={}", bare(&serde_json::Value::from(texts?))))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispatch::secrets::Fixed;

    fn parsed(text: &str) -> Result<Vec<Webhook>, Vec<String>> {
        let secrets = Fixed::from_variables([("SECRET_KEY".to_owned(), "k".to_owned())]);
        let table = text.parse::<Table>().expect("TOML");
        parse(&table, &secrets).map_err(|faults| faults.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_route_has_what_an_element_would_say() {
        let text = r#"
            [paid]
            message-name = "order-paid"
            correlation-key-expression = "=request.body.id"
            message-ttl = "PT5M"
            synchronous-response = false
            result-expression = "={paid: request.body}"
            method = "post"
            hmac-secret = "{{secrets.KEY}}"
            hmac-header = "X-Signature"
            hmac-scopes = ["url", "body"]
            auth = { type = "APIKEY", api-key = "{{secrets.KEY}}", api-key-locator = "=request.params.key" }

            [order]
            process-id = "order"
            auth.type = "JWT"
            auth.jwt = { jwk-url = "https://keys.example", required-permissions = ["a"], permissions-expression = "=roles" }
        "#;
        let webhooks = parsed(text).expect("sound");
        assert!(webhooks.iter().all(|webhook| webhook.remarks().is_empty()), "{:?}", webhooks[0].remarks());
        let contexts: Vec<&str> = webhooks.iter().map(Webhook::context).collect();
        assert_eq!(contexts, ["order", "paid"]);
        assert!(webhooks[1].gate.signature.is_some());
    }

    #[test]
    fn what_is_not_as_it_was_meant_is_told_with_the_section_and_the_setting() {
        let text = "[a]\nprocess-id = \"p\"\nactivation-condition = \"=request.bdy = 1\"";
        let webhooks = parsed(text).expect("sound");
        let told: Vec<String> = webhooks[0].remarks().iter().map(ToString::to_string).collect();
        let expected =
            "[webhooks.a]: `activation-condition`: line 1, column 10: `request` has no `bdy`: did you mean `body`?";
        assert_eq!(told, [expected]);
    }

    #[test]
    fn faults_tell_the_section_and_the_setting() {
        let text = r#"
            [a]
            message-name = "m"
            corelation-key-expression = "=1"
            [b]
            message-name = "m"
            process-id = "p"
            [c]
            process-id = "p"
            hmac-secret = "{{secrets.NONE}}"
            message-ttl = "1h"
            [e]
            process-id = "p"
            hmac-header = "x"
            auth.api-key = "{{secrets.KEY}}"
            [d-]
            process-id = "p"
            method = ["a", 1]
        "#;
        let expected = [
            "[webhooks.a]: `corelation-key-expression`: there is no such setting; did you mean `correlation-key-expression`?",
            "[webhooks.b]: it needs `message-name`, or `process-id` to create instances, and not both",
            "[webhooks.c]: `hmac-secret`: Secret with name 'NONE' is not available",
            "[webhooks.c]: `hmac-header`: it is needed here, and missing or empty",
            "[webhooks.c]: `message-ttl`: it must be a duration such as `PT1H`",
            "[webhooks.e]: `hmac-header`: it guards nothing without `should-validate-hmac`",
            "[webhooks.e]: `auth.api-key`: it guards nothing without `auth.type`",
            "[webhooks.d-]: `method`: it must be a text, or a list of texts for scopes and permissions",
            "[webhooks.d-]: its name can only contain letters, numbers, or single underscores/hyphens and cannot begin or end with an underscore/hyphen",
        ];
        let told = parsed(text).expect_err("faults");
        for line in expected {
            assert!(told.iter().any(|told| told.ends_with(line)), "{line}\n{told:#?}");
        }
        assert_eq!(told.len(), expected.len(), "{told:#?}");
    }
}
