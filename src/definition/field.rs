//! One input field, as everything but JSON Schema itself wants to see it.

use super::condition::Condition;
use super::group::Group;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An input field read from its schema.
#[expect(clippy::struct_excessive_bools, reason = "each says something of its own")]
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Name in JSON.
    pub name: String,
    /// What Modeler and the docs call it.
    pub label: String,
    /// The doc comment, in Markdown.
    pub description: String,
    /// A job without it is refused.
    pub required: bool,
    /// It may be null, which of an input is as good as none.
    pub nullable: bool,
    /// Used when a job carries none.
    pub default: Option<Value>,
    /// Example values, for docs.
    pub examples: Vec<Value>,
    /// Section of the properties panel.
    pub group: Option<Group>,
    /// Shown when the pointer rests on the label.
    pub tooltip: Option<String>,
    /// Shown in the empty field.
    pub placeholder: Option<String>,
    /// Whether Modeler lets it hold an expression; `None` leaves it to the field's kind.
    pub feel: Option<Feel>,
    /// Which control Modeler shows; `None` leaves it to the field's kind.
    pub control: Option<Control>,
    /// Modeler fills in a new UUID when the template is applied.
    pub generated: bool,
    /// Shown only while other fields are as it says.
    pub condition: Option<Condition>,
    /// Where it goes in the request, unless the path or the base URL names it.
    pub place: Option<Place>,
    /// The end of the sentence `<label> …` that Modeler shows when the pattern does not match.
    pub pattern_message: Option<String>,
    /// The name of the secret that should hold the value, for docs and example processes.
    pub secret: Option<String>,
    /// Never printed.
    pub sensitive: bool,
    /// What it holds.
    pub kind: Kind,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Text.
    Text {
        /// Fewest characters.
        min_length: Option<u64>,
        /// Most characters.
        max_length: Option<u64>,
        /// ECMAScript and Rust regular expression, anchored at both ends.
        pattern: Option<String>,
        /// A format of JSON Schema.
        format: Option<String>,
    },
    /// Text that is a JSON object.
    JsonObjectText {
        /// Most bytes.
        max_bytes: u64,
    },
    /// A whole number.
    Integer {
        /// Smallest value.
        minimum: i64,
        /// Largest value.
        maximum: i64,
    },
    /// A number.
    Number {
        /// Smallest value.
        minimum: Option<f64>,
        /// Largest value.
        maximum: Option<f64>,
    },
    /// True or false.
    Boolean,
    /// One of several values.
    Choice(Vec<Choice>),
    /// Fields that depend on a tag.
    Variants {
        /// Name of the tag in JSON.
        tag: String,
        /// The variants, in the order of the dropdown, which starts with the first.
        variants: Vec<Variant>,
    },
    /// Nested fields.
    Object {
        /// The fields.
        fields: Vec<Field>,
        /// Members that no field declares are refused.
        closed: bool,
    },
    /// A list.
    List {
        /// What each item is.
        item: Box<Field>,
        /// Fewest items.
        min_items: Option<u64>,
        /// Most items.
        max_items: Option<u64>,
    },
    /// A deployed resource, whose key the engine tells the job in a header.
    LinkedResource {
        /// Its type, such as `RPA`.
        resource_type: String,
    },
    /// Nothing: JSON's null.
    Null,
    /// Any JSON.
    Json,
}

/// One value of a choice.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// The value in JSON: text or a whole number.
    pub value: Value,
    /// What the dropdown shows.
    pub label: String,
    /// The variant's doc comment.
    pub description: String,
}

impl Choice {
    /// The value as a template writes it: choice values are always text there.
    #[must_use]
    pub fn text(&self) -> String {
        crate::text::bare(&self.value)
    }
}

/// One set of fields of [`Kind::Variants`].
#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    /// The tag's value.
    pub value: String,
    /// What the dropdown shows.
    pub label: String,
    /// The variant's doc comment.
    pub description: String,
    /// What it does to a request.
    pub scheme: Option<Scheme>,
    /// Its fields, without the tag.
    pub fields: Vec<Field>,
}

/// How a variant's fields authenticate a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Scheme {
    /// `Authorization: Bearer` with the field `token`.
    Bearer,
    /// OAuth 2.0 client credentials, sent in the body of the token request (RFC 6749, section 2.3.1).
    #[serde(rename = "oauth-client-credentials")]
    OAuthClientCredentials {
        /// Scope; `{field}` takes a shared input, trailing slashes trimmed.
        scope: String,
    },
}

/// The control of a field, where its kind leaves a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Control {
    /// A text area rather than a line.
    Text,
    /// An editor for JSON.
    Json,
    /// A number field, which takes nothing but digits and no secret.
    Number,
    /// None: the field's default is a constant.
    Hidden,
}

/// How Modeler lets a field hold a FEEL expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Feel {
    /// Never.
    None,
    /// By a toggle.
    Optional,
    /// Always.
    Required,
    /// A plain control whose value is stored as FEEL.
    Static,
}

/// A place in an HTTP request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "in", rename_all = "lowercase", deny_unknown_fields)]
pub enum Place {
    /// A query parameter.
    Query {
        /// Its name.
        name: String,
    },
    /// A header.
    Header {
        /// Its name.
        name: String,
    },
    /// A member of the JSON body.
    Body {
        /// Its name.
        name: String,
    },
}

impl Field {
    /// Whether `""` could be a value of its own rather than a blank.
    #[must_use]
    pub fn takes_empty_text(&self) -> bool {
        match &self.kind {
            Kind::Text { min_length, pattern, format, .. } => {
                min_length.unwrap_or(0) == 0
                    && format.is_none()
                    && pattern
                        .as_deref()
                        .is_none_or(|pattern| regex::Regex::new(pattern).is_ok_and(|regex| regex.is_match("")))
            }
            _ => false,
        }
    }

    /// Whether the element names it and the engine tells it, so that it is no variable.
    #[must_use]
    pub fn is_linked_resource(&self) -> bool {
        matches!(self.kind, Kind::LinkedResource { .. })
    }

    /// The fields that it holds, if it is an object.
    #[must_use]
    pub fn fields(&self) -> &[Self] {
        match &self.kind {
            Kind::Object { fields, .. } => fields,
            _ => &[],
        }
    }
}
