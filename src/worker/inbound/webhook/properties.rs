//! From the properties of an element to a webhook, each fault told with its place.

use super::authorization::{Authorization, DEFAULT_LOCATOR};
use super::formula::Formula;
use super::hmac::{Scope, Signature, algorithm};
use super::{Correlation, Gate, Key, Target, Webhook};
use crate::dispatch::duration;
use crate::dispatch::outcome::{Expressions, Headers};
use crate::dispatch::secrets::{Mask, SecretSource, replace};
use crate::text::suggestion;
use crate::worker::inbound::discovery::KnownElement;
use crate::worker::inbound::elements::{INBOUND_TYPE, InboundElement, InboundKind};
use ring::hmac;
use secrecy::SecretString;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

/// The type of elements that are webhooks.
pub const WEBHOOK_TYPE: &str = "io.camunda:webhook:1";

/// Why a webhook is not served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The element, or the section of the route table.
    pub place: String,
    /// The property that is at fault, if it is one.
    pub property: Option<String>,
    /// What is wrong, and how it is mended.
    pub problem: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: ", self.place)?;
        if let Some(property) = &self.property {
            write!(formatter, "`{property}`: ")?;
        }
        formatter.write_str(&self.problem)
    }
}

/// What is told of an element beside its properties.
pub(super) struct Origin<'a> {
    pub(super) place: String,
    /// Elements of one scope may share a context.
    pub(super) scope: String,
    pub(super) tenant: Option<String>,
    pub(super) starts: Starts<'a>,
    /// What a response expression sees of it.
    pub(super) activated: Value,
}

/// What a call comes to.
pub(super) enum Starts<'a> {
    /// An instance of a process, pinned if the key is known.
    Process { id: &'a str, key: Option<&'a str> },
    /// A message, with a key or, where nobody needs one, without.
    Message { name: &'a str, key_is_optional: bool },
}

/// The webhook of an element; none if it is another connector's. `known` tells where it was found in the cluster.
#[must_use]
pub fn of_element(
    element: &InboundElement,
    known: Option<&KnownElement>,
    secrets: &dyn SecretSource,
) -> Option<Result<Webhook, Vec<Fault>>> {
    if element.inbound_type() != WEBHOOK_TYPE {
        return None;
    }
    let version =
        known.and_then(|known| known.version).map(|version| format!(" version {version}")).unwrap_or_default();
    let place = format!("process `{}`{version}, element `{}`", element.process_id, element.element_id);
    let refused =
        |problem: &str| Some(Err(vec![Fault { place: place.clone(), property: None, problem: problem.to_owned() }]));
    let starts = match (element.kind, &element.message) {
        (InboundKind::Start, _) => {
            let key = known.map(|known| known.process_definition_key.as_str());
            Starts::Process { id: &element.process_id, key }
        }
        (InboundKind::InnerStart, _) => {
            return refused(
                "nothing from outside begins a sub-process: use the start event of the process, or a message",
            );
        }
        (_, None) => return refused("it waits for no message: choose one in its properties"),
        (_, Some(message)) if message.starts_with('=') => {
            return refused(
                "its message has an expression for a name, which only the cluster can evaluate: write the name",
            );
        }
        (kind, Some(message)) => Starts::Message { name: message, key_is_optional: kind == InboundKind::MessageStart },
    };
    let tenant = known.and_then(|known| known.tenant.clone());
    let origin = Origin {
        scope: format!("{}\n{}", tenant.as_deref().unwrap_or_default(), element.process_id),
        activated: json!({
            "bpmnProcessId": element.process_id,
            "elementId": element.element_id,
            "elementType": element.kind.tag(),
            "messageName": element.message,
            "version": known.and_then(|known| known.version),
            "processDefinitionKey": known.map(|known| &known.process_definition_key),
            "tenantId": tenant,
        }),
        place,
        tenant,
        starts,
    };
    Some(webhook(origin, &element.properties, secrets))
}

/// The names of all properties that a webhook has, beside its context.
pub(super) const NAMES: [&str; 31] = [
    INBOUND_TYPE,
    "inbound.context",
    "inbound.method",
    "inbound.shouldValidateHmac",
    "inbound.hmacSecret",
    "inbound.hmacHeader",
    "inbound.hmacAlgorithm",
    "inbound.hmacScopes",
    "inbound.auth.type",
    "inbound.auth.username",
    "inbound.auth.password",
    "inbound.auth.apiKey",
    "inbound.auth.apiKeyLocator",
    "inbound.auth.jwt.jwkUrl",
    "inbound.auth.jwt.permissionsExpression",
    "inbound.auth.jwt.requiredPermissions",
    "inbound.verificationExpression",
    "inbound.responseExpression",
    "inbound.activationCondition",
    "activationCondition",
    "consumeUnmatchedEvents",
    "synchronousResponse",
    "correlationKeyExpression",
    "messageIdExpression",
    "messageTtl",
    "resultVariable",
    "resultExpression",
    "deduplicationMode",
    "deduplicationId",
    "deduplicationModeManualFlag",
    "correlationRequired",
];

/// The webhook that properties tell of.
pub(super) fn webhook(
    origin: Origin<'_>,
    raw: &BTreeMap<String, String>,
    secrets: &dyn SecretSource,
) -> Result<Webhook, Vec<Fault>> {
    let mut reading = Reading::of(raw, secrets);
    let gate = reading.gate();
    let target = reading.target(&origin);
    match (gate, target) {
        (Some((context, gate)), Some(target)) if reading.faults.is_empty() => {
            // Elements whose calls are checked alike may share a context.
            let shared = |name: &str| name.starts_with("inbound.") && !ELEMENT_SCOPED.contains(&name);
            let shared = raw.iter().filter(|(name, _)| shared(name)).map(|(name, value)| (name.clone(), value.clone()));
            Ok(Webhook {
                context,
                scope: origin.scope,
                shared: shared.collect(),
                gate: Arc::new(gate),
                target: Arc::new(target),
            })
        }
        _ => {
            let place = origin.place;
            let fault = |(property, problem)| Fault { place: place.clone(), property: Some(property), problem };
            Err(reading.faults.into_iter().map(fault).collect())
        }
    }
}

/// Properties that only the element has to do with, though their names begin like those of the whole connector.
const ELEMENT_SCOPED: [&str; 2] = ["inbound.responseExpression", "inbound.activationCondition"];

/// Whether a name is about who may call. Nothing of that is passed over: a slip would leave the door open.
fn guards(name: &str) -> bool {
    let name = name.to_lowercase();
    ["auth", "hmac", "jwt", "apikey", "password"].iter().any(|word| name.contains(word))
}

struct Reading<'a> {
    raw: &'a BTreeMap<String, String>,
    /// With their secrets.
    values: BTreeMap<String, String>,
    mask: Arc<Mask>,
    faults: Vec<(String, String)>,
}

impl<'a> Reading<'a> {
    fn of(raw: &'a BTreeMap<String, String>, secrets: &dyn SecretSource) -> Self {
        let mut reading = Self { raw, values: BTreeMap::new(), mask: Arc::default(), faults: Vec::new() };
        match replace(&json!(raw), secrets) {
            Ok((Value::Object(values), mask)) => {
                let text = |(name, value): (String, Value)| (name, crate::text::bare(&value));
                reading.values = values.into_iter().map(text).collect();
                reading.mask = Arc::new(mask);
            }
            Ok(_) => {}
            Err(missing) => {
                for (name, paths) in missing.0 {
                    for path in paths {
                        reading.fault(&path, format!("Secret with name '{name}' is not available"));
                    }
                }
                reading.values.clone_from(raw);
            }
        }
        for name in raw.keys().filter(|name| name.starts_with("inbound.") && !NAMES.contains(&name.as_str())) {
            let problem = match name.as_str() {
                "inbound.responseBodyExpression" => {
                    "it is out of date: `inbound.responseExpression` gives the whole answer, as in `={body: …}`"
                        .to_owned()
                }
                _ if guards(name) => format!("there is no such property{}", suggestion(name, NAMES.into_iter())),
                _ => continue,
            };
            reading.faults.push((name.clone(), problem));
        }
        reading
    }

    fn fault(&mut self, property: &str, problem: impl Into<String>) {
        let problem = self.mask.text(&problem.into());
        self.faults.push((property.to_owned(), problem));
    }

    /// What a property holds; a blank one counts as absent.
    fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str).filter(|value| !value.trim().is_empty())
    }

    fn required(&mut self, name: &str) -> Option<String> {
        let value = self.get(name).map(str::to_owned);
        if value.is_none() {
            self.fault(name, "it is needed here, and missing or empty");
        }
        value
    }

    fn formula(&mut self, name: &str) -> Option<Formula> {
        let text = self.get(name)?.to_owned();
        let told = self.raw.get(name).map_or("", String::as_str);
        match Formula::parse(told, &text, &self.mask) {
            Ok(formula) => Some(formula),
            Err(problem) => {
                self.fault(name, problem);
                None
            }
        }
    }

    /// What a property gives that may be an expression without variables.
    fn fixed(&mut self, name: &str) -> Option<Value> {
        let text = self.get(name)?.to_owned();
        // A secret that begins like an expression is none.
        if !self.raw.get(name).is_some_and(|raw| raw.trim_start().starts_with('=')) {
            return Some(Value::String(text));
        }
        match self.formula(name)?.evaluate(&json!({})) {
            Ok(Value::Null) => {
                self.fault(name, "its expression gives null: only what is written in it can be read here, and secrets");
                None
            }
            Ok(value) => Some(value),
            Err(error) => {
                self.fault(name, error.reason);
                None
            }
        }
    }

    fn fixed_text(&mut self, name: &str) -> Option<String> {
        let before = self.faults.len();
        let text = match self.fixed(name) {
            Some(value @ (Value::String(_) | Value::Number(_) | Value::Bool(_))) => crate::text::bare(&value),
            _ => String::new(),
        };
        if text.is_empty() && self.faults.len() == before {
            self.fault(name, "it is needed here, and missing or empty");
        }
        Some(text).filter(|text| !text.is_empty())
    }

    /// A list of texts, as an expression or without the `=`.
    fn fixed_list(&mut self, name: &str) -> Vec<String> {
        let Some(formula) = self.formula(name) else { return Vec::new() };
        let texts = match formula.evaluate(&json!({})) {
            Ok(Value::Array(items)) => items.into_iter().map(|item| item.as_str().map(str::to_owned)).collect(),
            Ok(Value::String(text)) => Some(vec![text]),
            _ => None,
        };
        texts.unwrap_or_else(|| {
            self.fault(name, "it must be a list of texts, such as `=[\"body\"]`");
            Vec::new()
        })
    }

    fn flag(&mut self, name: &str) -> bool {
        let Some(value) = self.fixed(name) else { return false };
        match crate::text::bare(&value).as_str() {
            "true" => true,
            "false" => false,
            _ => {
                self.fault(name, "it must be `true` or `false`");
                false
            }
        }
    }

    fn gate(&mut self) -> Option<(String, Gate)> {
        let context = self.required("inbound.context");
        if let Some(context) = &context
            && !is_context(context)
        {
            let rule = "can only contain letters, numbers, or single underscores/hyphens and cannot begin or end with an underscore/hyphen";
            self.fault("inbound.context", rule);
        }
        let method = match self.get("inbound.method").map(str::to_uppercase).as_deref() {
            None | Some("ANY") => None,
            Some(method) => {
                let known = METHODS.into_iter().find(|known| *known == method);
                if known.is_none() {
                    self.fault("inbound.method", "it must be `any`, `get`, `post`, `put` or `delete`");
                }
                known
            }
        };
        let signature = self.signature();
        let authorization = self.authorization()?;
        let verification = self.formula("inbound.verificationExpression");
        Some((context?, Gate { method, signature, authorization, verification }))
    }

    fn signature(&mut self) -> Option<Signature> {
        match self.get("inbound.shouldValidateHmac") {
            None | Some("disabled") => return None,
            Some("enabled") => {}
            Some(_) => {
                self.fault("inbound.shouldValidateHmac", "it must be `enabled` or `disabled`");
                return None;
            }
        }
        let secret = self.required("inbound.hmacSecret");
        let header = self.required("inbound.hmacHeader");
        let algorithm = algorithm(self.get("inbound.hmacAlgorithm").unwrap_or("sha_256"));
        if algorithm.is_none() {
            self.fault("inbound.hmacAlgorithm", "it must be `sha_1`, `sha_256` or `sha_512`");
        }
        let scope = Scope::of(&self.fixed_list("inbound.hmacScopes"));
        if scope.is_none() {
            let rule = "it must be `=[\"body\"]`, or `\"url\"` with `\"body\"`, with `\"parameters\"`, or with both";
            self.fault("inbound.hmacScopes", rule);
        }
        let key = hmac::Key::new(algorithm?, secret?.as_bytes());
        Some(Signature { key, header: header?.trim().to_lowercase(), scope: scope? })
    }

    fn authorization(&mut self) -> Option<Authorization> {
        let secret = |text: String| SecretString::from(text);
        match self.get("inbound.auth.type").map(str::to_uppercase).as_deref() {
            None | Some("NONE") => Some(Authorization::Nobody),
            Some("BASIC") => {
                let (user, password) =
                    (self.fixed_text("inbound.auth.username"), self.fixed_text("inbound.auth.password"));
                Some(Authorization::Basic { user: secret(user?), password: secret(password?) })
            }
            Some("APIKEY") => {
                let key = self.fixed_text("inbound.auth.apiKey");
                let locator = match self.get("inbound.auth.apiKeyLocator") {
                    Some(_) => self.formula("inbound.auth.apiKeyLocator"),
                    None => Formula::parse(DEFAULT_LOCATOR, DEFAULT_LOCATOR, &self.mask).ok(),
                };
                Some(Authorization::ApiKey { key: secret(key?), locator: locator? })
            }
            Some("JWT") => {
                let keys = self.fixed_text("inbound.auth.jwt.jwkUrl");
                if let Some(keys) = &keys
                    && !url::Url::parse(keys).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
                {
                    self.fault("inbound.auth.jwt.jwkUrl", "it is no http(s) address");
                }
                let permissions = self.formula("inbound.auth.jwt.permissionsExpression");
                let required = match self.get("inbound.auth.jwt.requiredPermissions") {
                    Some(_) => self.fixed_list("inbound.auth.jwt.requiredPermissions"),
                    None => Vec::new(),
                };
                if !required.is_empty() && permissions.is_none() {
                    let rule = "it is needed where permissions are required: it finds them in the token's claims";
                    self.fault("inbound.auth.jwt.permissionsExpression", rule);
                }
                Some(Authorization::Jwt { keys: keys?, permissions, required })
            }
            Some(_) => {
                self.fault("inbound.auth.type", "it must be `NONE`, `BASIC`, `APIKEY` or `JWT`");
                None
            }
        }
    }

    fn target(&mut self, origin: &Origin<'_>) -> Option<Target> {
        let condition =
            ["activationCondition", "inbound.activationCondition"].into_iter().find(|name| self.get(name).is_some());
        let condition = condition.and_then(|name| self.formula(name));
        let result = Headers {
            result_variable: self.get("resultVariable").map(str::to_owned),
            result_expression: self.get("resultExpression").map(str::to_owned),
            error_expression: None,
        };
        let result = match Expressions::parse(&result) {
            Ok(result) => Some(result),
            Err(faults) => {
                self.fault("resultExpression", faults.to_string());
                None
            }
        };
        let key = self.formula("correlationKeyExpression");
        let id = self.formula("messageIdExpression");
        let ttl = self.ttl();
        let correlation = match origin.starts {
            Starts::Process { id, key } => {
                Some(Correlation::Create { process: id.to_owned(), key: key.map(str::to_owned) })
            }
            Starts::Message { name, key_is_optional } => {
                let key = match (key, key_is_optional) {
                    (Some(key), false) => Some(Key::Needed(key)),
                    (key, true) => Some(Key::Optional(key)),
                    (None, false) => {
                        let told = self.faults.iter().any(|(property, _)| property == "correlationKeyExpression");
                        if !told {
                            self.required("correlationKeyExpression");
                        }
                        None
                    }
                };
                key.map(|key| Correlation::Message { name: name.to_owned(), key, id, ttl })
            }
        };
        let (consumes_unmatched, waits) = (self.flag("consumeUnmatchedEvents"), self.flag("synchronousResponse"));
        let response = self.formula("inbound.responseExpression");
        let published =
            ["resultExpression", "resultVariable", "correlationKeyExpression", "messageIdExpression", "messageTtl"];
        Some(Target {
            place: origin.place.clone(),
            element: origin.activated["elementId"].as_str().map(str::to_owned),
            activated: origin.activated.clone(),
            tenant: origin.tenant.clone(),
            condition,
            consumes_unmatched,
            waits,
            correlation: correlation?,
            result: result?,
            result_told: self.raw.get("resultExpression").cloned().unwrap_or_default(),
            published: published.map(|name| (name, self.raw.get(name).cloned().unwrap_or_default())),
            response,
            mask: Arc::clone(&self.mask),
        })
    }

    fn ttl(&mut self) -> Option<Duration> {
        let text = match self.fixed("messageTtl")? {
            Value::String(text) => text,
            _ => String::new(),
        };
        let ttl = duration::parse(text.trim());
        if ttl.is_none() {
            self.fault("messageTtl", "it must be a duration such as `PT1H`");
        }
        ttl
    }
}

/// The methods that a webhook takes.
pub(super) const METHODS: [&str; 5] = ["GET", "HEAD", "POST", "PUT", "DELETE"];

/// Whether a text is one segment of a path, of letters and digits with single `-` or `_` between.
fn is_context(text: &str) -> bool {
    #[expect(clippy::unwrap_used, reason = "a constant pattern, covered by every test of this module")]
    static CONTEXT: LazyLock<regex::Regex> =
        LazyLock::new(|| regex::Regex::new("^[a-zA-Z0-9]+([-_][a-zA-Z0-9]+)*$").unwrap());
    CONTEXT.is_match(text)
}

#[cfg(test)]
mod tests;
