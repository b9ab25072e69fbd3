//! Properties, read one after the other: what each means, with its secrets, and every fault that it has.

use super::authorization::{Authorization, DEFAULT_LOCATOR};
use super::formula::Formula;
use super::hmac::{Scope, Signature, algorithm};
use super::jwt;
use super::properties::{METHODS, NAMES, Origin, Starts};
use super::{Correlation, Gate, Key, Target};
use crate::dispatch::duration;
use crate::dispatch::outcome::{Expressions, Headers, Remark};
use crate::dispatch::secrets::{self, Mask, SecretSource, replace};
use crate::text::{bare, suggestion};
use crate::worker::inbound::engine::engine;
use opwright_feel::Shape;
use ring::hmac;
use secrecy::SecretString;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

/// The only properties that may hold secrets: what they hold is compared, and told to nobody. Anywhere else whoever may deploy
/// could have a secret sent to himself.
const SECRET: [&str; 4] =
    ["inbound.hmacSecret", "inbound.auth.username", "inbound.auth.password", "inbound.auth.apiKey"];

/// What a signature needs.
const HMAC: [&str; 4] = ["inbound.hmacSecret", "inbound.hmacHeader", "inbound.hmacAlgorithm", "inbound.hmacScopes"];

/// What the types of authorization need.
const AUTHORIZATION: [&str; 7] = [
    "inbound.auth.username",
    "inbound.auth.password",
    "inbound.auth.apiKey",
    "inbound.auth.apiKeyLocator",
    "inbound.auth.jwt.jwkUrl",
    "inbound.auth.jwt.permissionsExpression",
    "inbound.auth.jwt.requiredPermissions",
];

/// Whether a name is about who may call. Nothing of that is passed over: a slip would leave the door open.
fn guards(name: &str) -> bool {
    let name = name.to_lowercase();
    ["auth", "hmac", "jwt", "apikey", "password"].iter().any(|word| name.contains(word))
}

/// Properties as they are read, and what is wrong with them.
pub(super) struct Reading<'a> {
    raw: &'a BTreeMap<String, String>,
    /// With their secrets.
    values: BTreeMap<String, String>,
    mask: Arc<Mask>,
    /// Each with its property.
    pub(super) faults: Vec<(String, String)>,
    /// What can hardly be as it was meant, each with its property.
    pub(super) remarks: Vec<(String, String)>,
}

/// What expressions see.
static CALL: LazyLock<Shape> = LazyLock::new(|| Shape::context(seen_of_call()));
static RESULT: LazyLock<Shape> =
    LazyLock::new(|| Shape::context(seen_of_call().into_iter().chain([("response", CALL.clone())])));
static RESPONSE: LazyLock<Shape> = LazyLock::new(|| {
    let told = ["processInstanceKey", "messageKey", "tenantId", "activatedElement", "variables"];
    let correlation = Shape::context(told.map(|name| (name, Shape::Any)));
    Shape::context(seen_of_call().into_iter().chain([("correlation", correlation)]))
});

fn seen_of_call() -> [(&'static str, Shape); 3] {
    let request = Shape::context(["body", "headers", "params"].map(|name| (name, Shape::Any)));
    [("request", request), ("connectorData", Shape::Any), ("documents", Shape::Any)]
}

impl<'a> Reading<'a> {
    pub(super) fn of(raw: &'a BTreeMap<String, String>, secrets: &dyn SecretSource) -> Self {
        let mut reading =
            Self { raw, values: BTreeMap::new(), mask: Arc::default(), faults: Vec::new(), remarks: Vec::new() };
        reading.fill(secrets);
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

    /// Takes the values as they are, and secrets where they may be.
    fn fill(&mut self, secrets: &dyn SecretSource) {
        self.values.clone_from(self.raw);
        let held = SECRET.iter().filter_map(|name| Some(((*name).to_owned(), json!(self.raw.get(*name)?))));
        match replace(&Value::Object(held.collect()), secrets) {
            Ok((values, mask)) => {
                let held = values.as_object().into_iter().flatten();
                self.values.extend(held.map(|(name, value)| (name.clone(), bare(value))));
                self.mask = Arc::new(mask);
            }
            Err(missing) => {
                for (name, paths) in missing.0 {
                    for path in paths {
                        self.fault(&path, format!("Secret with name '{name}' is not available"));
                    }
                }
            }
        }
        for (property, text) in self.raw {
            let names = || secrets::names(text);
            if !SECRET.contains(&property.as_str()) {
                if let Some(name) = names().next().filter(|_| NAMES.contains(&property.as_str())) {
                    let only = SECRET.map(|name| format!("`{name}`")).join(", ");
                    let why = format!(
                        "it names the secret '{name}', which could leave the worker here: secrets are for {only} alone"
                    );
                    self.fault(property, why);
                }
                continue;
            }
            // Left as text they would be a password that everybody knows who sees the diagram.
            for name in names().filter(|name| !secrets.admits(name)) {
                self.fault(
                    property,
                    format!("Secret with name '{name}' is not among those that are allowed (`allowed-secrets`)"),
                );
            }
            if text.contains("{{") && text.contains("secrets.") && names().next().is_none() {
                self.fault(property, "its placeholder names no secret: it is `{{secrets.NAME}}`");
            }
        }
    }

    /// What guards nothing, because nothing says how it is used, is no guard that somebody left out: it is a fault.
    fn idle(&mut self, switch: &str, properties: &[&str]) {
        for property in properties {
            if self.get(property).is_some() {
                self.fault(property, format!("it guards nothing without `{switch}`"));
            }
        }
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

    /// An expression, which sees this.
    fn formula(&mut self, name: &str, sees: &Shape) -> Option<Formula> {
        let text = self.get(name)?.to_owned();
        let told = self.raw.get(name).map_or("", String::as_str);
        match Formula::parse(told, &text, &self.mask) {
            Ok(formula) => {
                let remarks = formula.remarks(sees).into_iter();
                self.remarks.extend(remarks.map(|remark| (name.to_owned(), self.mask.text(&remark))));
                Some(formula)
            }
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
        match self.formula(name, &Shape::Any)?.evaluate(&json!({})) {
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
            Some(value @ (Value::String(_) | Value::Number(_) | Value::Bool(_))) => bare(&value),
            _ => String::new(),
        };
        if text.is_empty() && self.faults.len() == before {
            self.fault(name, "it is needed here, and missing or empty");
        }
        Some(text).filter(|text| !text.is_empty())
    }

    /// A list of texts, as an expression or without the `=`.
    fn fixed_list(&mut self, name: &str) -> Vec<String> {
        let Some(formula) = self.formula(name, &Shape::Any) else { return Vec::new() };
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
        match bare(&value).as_str() {
            "true" => true,
            "false" => false,
            _ => {
                self.fault(name, "it must be `true` or `false`");
                false
            }
        }
    }

    pub(super) fn gate(&mut self) -> Option<(String, Gate)> {
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
        let verification = self.formula("inbound.verificationExpression", &CALL);
        Some((context?, Gate { method, signature, authorization, verification }))
    }

    fn signature(&mut self) -> Option<Signature> {
        match self.get("inbound.shouldValidateHmac") {
            None => {
                self.idle("inbound.shouldValidateHmac", &HMAC);
                return None;
            }
            Some("disabled") => return None,
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
            None => {
                self.idle("inbound.auth.type", &AUTHORIZATION);
                Some(Authorization::Nobody)
            }
            Some("NONE") => Some(Authorization::Nobody),
            Some("BASIC") => {
                let (user, password) =
                    (self.fixed_text("inbound.auth.username"), self.fixed_text("inbound.auth.password"));
                Some(Authorization::Basic { user: secret(user?), password: secret(password?) })
            }
            Some("APIKEY") => {
                let key = self.fixed_text("inbound.auth.apiKey");
                let locator = match self.get("inbound.auth.apiKeyLocator") {
                    Some(_) => self.formula("inbound.auth.apiKeyLocator", &CALL),
                    None => Formula::parse(DEFAULT_LOCATOR, DEFAULT_LOCATOR, &self.mask).ok(),
                };
                Some(Authorization::ApiKey { key: secret(key?), locator: locator? })
            }
            Some("JWT") => {
                let keys = self.fixed_text("inbound.auth.jwt.jwkUrl");
                if let Some(keys) = &keys
                    && !jwt::is_address(keys)
                {
                    self.fault(
                        "inbound.auth.jwt.jwkUrl",
                        "it is no https address: who is between could send other keys",
                    );
                }
                let permissions = self.formula("inbound.auth.jwt.permissionsExpression", &Shape::Any);
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

    pub(super) fn target(&mut self, origin: &Origin<'_>) -> Option<Target> {
        let condition =
            ["activationCondition", "inbound.activationCondition"].into_iter().find(|name| self.get(name).is_some());
        let condition = condition.and_then(|name| self.formula(name, &CALL));
        let result = Headers {
            result_variable: self.get("resultVariable").map(str::to_owned),
            result_expression: self.get("resultExpression").map(str::to_owned),
            error_expression: None,
        };
        let result = match Expressions::parse(&result) {
            Ok(result) => {
                let told = |remark: Remark| {
                    (remark.header.name().to_owned(), format!("{}: {}", remark.position, remark.message))
                };
                self.remarks.extend(result.check(&RESULT).into_iter().map(told));
                Some(result.evaluated_by(engine()))
            }
            Err(faults) => {
                self.fault("resultExpression", faults.to_string());
                None
            }
        };
        let key = self.formula("correlationKeyExpression", &CALL);
        let id = self.formula("messageIdExpression", &CALL);
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
        let response = self.formula("inbound.responseExpression", &RESPONSE);
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

/// Whether a text is one segment of a path, of letters and digits with single `-` or `_` between.
fn is_context(text: &str) -> bool {
    #[expect(clippy::unwrap_used, reason = "a constant pattern, covered by every test of this module")]
    static CONTEXT: LazyLock<regex::Regex> =
        LazyLock::new(|| regex::Regex::new("^[a-zA-Z0-9]+([-_][a-zA-Z0-9]+)*$").unwrap());
    CONTEXT.is_match(text)
}
