//! Secrets: where they come from, how placeholders are replaced, how values are masked.
//!
//! Placeholders are `{{secrets.NAME}}` and the older `secrets.NAME`, as Camunda's runtime has them.
//! Unlike there, both are replaced in one pass over the texts of the input: a secret's own value is
//! never searched for placeholders.

use crate::failure::{ErrorDetail, Failure};
use crate::request::RESERVED;
use crate::schema::Refusal;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use regex::{Captures, Regex};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::LazyLock;
use url::form_urlencoded::byte_serialize;

/// Put before a secret's name to get the name of its environment variable.
pub const ENVIRONMENT_PREFIX: &str = "SECRET_";

/// What stands for a secret in anything that is shown.
pub const MASK: &str = "***";

/// Where secrets come from.
pub trait SecretSource: Send + Sync {
    /// The secret of this name; an empty one is a value.
    fn secret(&self, name: &str) -> Option<String>;

    /// Whether a placeholder of this name stands for a secret. One that does not is text like any other.
    fn admits(&self, _name: &str) -> bool {
        true
    }
}

impl<S: SecretSource + ?Sized> SecretSource for &S {
    fn secret(&self, name: &str) -> Option<String> {
        (**self).secret(name)
    }

    fn admits(&self, name: &str) -> bool {
        (**self).admits(name)
    }
}

/// A source that gives only secrets whose names are admitted.
pub struct Admitted<S, F> {
    source: S,
    admits: F,
}

impl<S: SecretSource, F: Fn(&str) -> bool + Send + Sync> Admitted<S, F> {
    /// Of what this source admits, only these names.
    pub fn new(source: S, admits: F) -> Self {
        Self { source, admits }
    }
}

impl<S: SecretSource, F: Fn(&str) -> bool + Send + Sync> SecretSource for Admitted<S, F> {
    fn secret(&self, name: &str) -> Option<String> {
        self.source.secret(name)
    }

    fn admits(&self, name: &str) -> bool {
        (self.admits)(name) && self.source.admits(name)
    }
}

/// Environment variables `SECRET_NAME`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Environment;

impl SecretSource for Environment {
    fn secret(&self, name: &str) -> Option<String> {
        std::env::var(format!("{ENVIRONMENT_PREFIX}{name}")).ok()
    }
}

/// Secrets by name, the prefix removed.
#[derive(Clone, Default)]
pub struct Fixed(BTreeMap<String, String>);

impl Fixed {
    /// Takes variables as an env file has them; only those that start with the prefix are secrets.
    pub fn from_variables(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(
            variables
                .into_iter()
                .filter_map(|(name, value)| Some((name.strip_prefix(ENVIRONMENT_PREFIX)?.to_owned(), value)))
                .collect(),
        )
    }
}

impl std::fmt::Debug for Fixed {
    /// Names only.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

impl SecretSource for Fixed {
    fn secret(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }
}

/// A directory with one file for each secret, by its name, as Kubernetes mounts them. Read anew each time, so that a secret
/// that is exchanged counts at once.
#[derive(Debug, Clone)]
pub struct Directory(pub PathBuf);

impl SecretSource for Directory {
    /// One line break at the end of the file is no part of the secret.
    fn secret(&self, name: &str) -> Option<String> {
        // A name leads nowhere else.
        if name.contains(['/', '\\', '\0']) || name.starts_with('.') {
            return None;
        }
        let text = std::fs::read_to_string(self.0.join(name)).ok()?;
        Some(text.strip_suffix('\n').map_or(text.as_str(), |text| text.strip_suffix('\r').unwrap_or(text)).to_owned())
    }
}

/// The first of several sources that knows a name wins; what one of them does not admit is not looked for there.
impl SecretSource for Vec<Box<dyn SecretSource>> {
    fn secret(&self, name: &str) -> Option<String> {
        self.iter().filter(|source| source.admits(name)).find_map(|source| source.secret(name))
    }

    fn admits(&self, name: &str) -> bool {
        self.iter().any(|source| source.admits(name))
    }
}

/// Secrets that no source knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.0.keys().map(|name| format!("Secret with name '{name}' is not available")).collect::<Vec<_>>().join("\n"))]
pub struct MissingSecrets(
    /// Names, each with the paths of the inputs that ask for it.
    pub BTreeMap<String, BTreeSet<String>>,
);

#[expect(clippy::unwrap_used, reason = "a constant pattern, covered by every test of this module")]
static PLACEHOLDER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\{\{\s*secrets\.(\S+?)\s*\}\}|secrets\.((?:[a-zA-Z0-9]+[/._-])*[a-zA-Z0-9]+)").unwrap()
});

/// Replaces the placeholders in every text of `input`, names of members included.
///
/// Returns the values that were put in, for masking.
pub fn replace(input: &Value, source: &dyn SecretSource) -> Result<(Value, Mask), MissingSecrets> {
    let mut pass = Replacer { source, path: Vec::new(), missing: BTreeMap::new(), mask: Mask::default() };
    let output = pass.value(input);
    if pass.missing.is_empty() { Ok((output, pass.mask)) } else { Err(MissingSecrets(pass.missing)) }
}

/// The names that the placeholders of a text ask for.
pub fn names(text: &str) -> impl Iterator<Item = &str> {
    PLACEHOLDER.captures_iter(text).map(|captures| name_of(&captures))
}

fn name_of<'t>(captures: &Captures<'t>) -> &'t str {
    captures.get(1).or_else(|| captures.get(2)).map_or("", |name| name.as_str())
}

struct Replacer<'a> {
    source: &'a dyn SecretSource,
    /// Where it is, such as `authentication.token` or `items[2].content`.
    path: Vec<String>,
    missing: BTreeMap<String, BTreeSet<String>>,
    mask: Mask,
}

impl Replacer<'_> {
    fn value(&mut self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text)),
            Value::Array(items) => items
                .iter()
                .enumerate()
                .map(|(index, item)| self.at(format!("[{index}]"), |pass| pass.value(item)))
                .collect(),
            Value::Object(members) => {
                let mut output = Map::new();
                for (name, value) in members {
                    let separator = if self.path.is_empty() { "" } else { "." };
                    let member = self.at(format!("{separator}{name}"), |pass| (pass.text(name), pass.value(value)));
                    output.insert(member.0, member.1);
                }
                Value::Object(output)
            }
            other => other.clone(),
        }
    }

    fn at<T>(&mut self, step: String, visit: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(step);
        let visited = visit(self);
        self.path.pop();
        visited
    }

    fn text(&mut self, text: &str) -> String {
        if !text.contains("secrets.") {
            return text.to_owned();
        }
        PLACEHOLDER
            .replace_all(text, |captures: &Captures<'_>| {
                let name = name_of(captures);
                if !self.source.admits(name) {
                    return captures[0].to_owned();
                }
                if let Some(secret) = self.source.secret(name) {
                    self.mask.add(&secret);
                    secret
                } else {
                    self.missing.entry(name.to_owned()).or_default().insert(self.path.concat());
                    String::new()
                }
            })
            .into_owned()
    }
}

/// Values that must not be shown.
#[derive(Clone, Default)]
pub struct Mask(BTreeSet<String>);

impl std::fmt::Debug for Mask {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Mask({} values)", self.0.len())
    }
}

impl Mask {
    /// Adds a value in the forms in which it may turn up: as it is, percent-encoded in a URL or in a
    /// form, escaped in JSON.
    pub fn add(&mut self, secret: &str) {
        if secret.is_empty() {
            return;
        }
        let json = Value::from(secret).to_string();
        let encoded = [NON_ALPHANUMERIC, RESERVED].map(|set| utf8_percent_encode(secret, set).to_string());
        self.0.extend(encoded);
        self.0.extend([
            secret.to_owned(),
            byte_serialize(secret.as_bytes()).collect(),
            json[1..json.len() - 1].to_owned(),
        ]);
    }

    /// The text with every value replaced, longer ones first.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        let mut values: Vec<&String> = self.0.iter().collect();
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        values.into_iter().fold(text.to_owned(), |text, value| {
            if text.contains(value.as_str()) { text.replace(value.as_str(), MASK) } else { text }
        })
    }

    /// The JSON with every text masked, names of members included.
    #[must_use]
    pub fn value(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text)),
            Value::Array(items) => items.iter().map(|item| self.value(item)).collect(),
            Value::Object(members) => Value::Object(
                members.iter().map(|(name, value)| (self.text(name), self.value(value))).collect::<Map<_, _>>(),
            ),
            // A secret may be all digits.
            Value::Number(number) if self.0.contains(&number.to_string()) => Value::String(MASK.to_owned()),
            other => other.clone(),
        }
    }

    /// The refusal with every path masked: a secret may have been put in for the name of a member.
    #[must_use]
    pub(super) fn refusal(&self, mut refusal: Refusal) -> Refusal {
        for fault in &mut refusal.faults {
            fault.path = self.text(&fault.path);
        }
        refusal
    }

    /// The failure with every text masked, but for the code of a BPMN error.
    #[must_use]
    pub fn failure(&self, failure: Failure) -> Failure {
        let detail = |error: Box<ErrorDetail>| {
            let variables = error.variables.as_ref().map(|variables| self.value(variables));
            Box::new(ErrorDetail { message: self.text(&error.message), variables, ..*error })
        };
        match failure {
            Failure::Retryable { error, after } => Failure::Retryable { error: detail(error), after },
            Failure::Terminal { error } => Failure::Terminal { error: detail(error) },
            Failure::Bpmn { code, message, variables } => {
                Failure::Bpmn { code, message: self.text(&message), variables: Box::new(self.value(&variables)) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Fault, Problem};
    use serde_json::json;

    fn source(secrets: &[(&str, &str)]) -> Fixed {
        Fixed::from_variables(secrets.iter().map(|(name, value)| (format!("SECRET_{name}"), (*value).to_owned())))
    }

    fn replaced(text: &str, secrets: &[(&str, &str)]) -> Value {
        replace(&json!(text), &source(secrets)).expect("all secrets are known").0
    }

    #[test]
    fn both_forms_are_replaced() {
        let secrets = [("A", "one"), ("a.b-c/d", "two"), ("odd:name", "three")];
        for (text, expected) in [
            ("{{secrets.A}}", "one"),
            ("{{ secrets.A }}", "one"),
            ("secrets.A", "one"),
            ("secrets.a.b-c/d", "two"),
            ("{{secrets.odd:name}}", "three"),
            ("x {{secrets.A}} secrets.A, y", "x one one, y"),
            ("mysecrets.A", "myone"),
            ("secrets._A secrets. {{secrets.}}", "secrets._A secrets. {{secrets.}}"),
        ] {
            assert_eq!(replaced(text, &secrets), json!(expected), "{text}");
        }
    }

    #[test]
    fn a_secret_is_not_searched_for_placeholders() {
        assert_eq!(replaced("{{secrets.A}}", &[("A", "secrets.B {{secrets.B}}")]), json!("secrets.B {{secrets.B}}"));
    }

    #[test]
    fn quotes_in_a_secret_stay_inside_the_text() {
        let input = json!({ "a": ["{{secrets.A}}"], "{{secrets.A}}": 1 });
        let (output, _) = replace(&input, &source(&[("A", "\",\"b\":\"")])).expect("known");
        assert_eq!(output, json!({ "a": ["\",\"b\":\""], "\",\"b\":\"": 1 }));
    }

    #[test]
    fn what_is_not_admitted_is_text() {
        let source = source(&[("A", "one"), ("B", "two")]);
        let admitted = Admitted::new(&source, |name: &str| name == "A");
        let (output, _) =
            replace(&json!("{{secrets.A}} {{secrets.B}} secrets.B {{ secrets.NONE }}"), &admitted).expect("known");
        assert_eq!(output, json!("one {{secrets.B}} secrets.B {{ secrets.NONE }}"));
    }

    #[test]
    fn all_missing_names_are_told_and_an_empty_secret_is_none_of_them() {
        let error = replace(&json!(["{{secrets.B}} secrets.A", "secrets.E"]), &source(&[("E", "")]))
            .expect_err("two are missing");
        assert_eq!(error.to_string(), "Secret with name 'A' is not available\nSecret with name 'B' is not available");
    }

    #[test]
    fn a_secret_in_the_name_of_a_member_is_masked_in_a_refusal() {
        let (_, mask) = replace(&json!({ "{{secrets.A}}": 1 }), &source(&[("A", "canary")])).expect("known");
        let problem = Problem::Unknown { hint: String::new() };
        let refusal = mask.refusal(Refusal { faults: vec![Fault { path: "a.canary".to_owned(), problem }] });
        assert_eq!(refusal.faults[0].path, "a.***");
    }

    #[test]
    fn masks_every_form() {
        let mut mask = Mask::default();
        mask.add("p\"ss/w");
        mask.add("");
        assert_eq!(mask.text(r#"p"ss/w p%22ss%2Fw p\"ss/w"#), "*** *** ***");
        assert_eq!(mask.value(&json!({ "p\"ss/w": ["x p\"ss/w"] })), json!({ "***": ["x ***"] }));
        mask.add("a-b/c d*");
        assert_eq!(mask.text("a-b%2Fc%20d%2A a%2Db%2Fc%20d%2A a-b%2Fc+d*"), "*** *** ***");
        mask.add("4711");
        assert_eq!(mask.value(&json!(4711)), json!("***"));
    }
}
