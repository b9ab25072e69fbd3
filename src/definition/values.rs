//! Types that connector authors use for inputs.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use secrecy::{ExposeSecret, SecretString};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// Text that is never printed: a token, a password, a key.
///
/// Its `Debug` form is redacted and there is no `Display`. Empty text is refused by the schema.
#[derive(Debug, Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// The text itself. Keep it out of errors, logs and results.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(SecretString::from(text))
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(SecretString::from(text)))
    }
}

impl JsonSchema for Secret {
    fn schema_name() -> Cow<'static, str> {
        "Secret".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1, "writeOnly": true })
    }
}

/// A JSON object that travels as text, of at most `MAX_BYTES` bytes.
///
/// A job may carry the text, or the object itself, which is then serialised.
#[derive(Debug, Clone, PartialEq)]
pub struct JsonObjectText<const MAX_BYTES: u64>(Map<String, Value>);

impl<const MAX_BYTES: u64> JsonObjectText<MAX_BYTES> {
    /// The object.
    #[must_use]
    pub fn object(&self) -> &Map<String, Value> {
        &self.0
    }
}

impl<'de, const MAX_BYTES: u64> Deserialize<'de> for JsonObjectText<MAX_BYTES> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.len() as u64 > MAX_BYTES {
            return Err(D::Error::custom(format_args!("more than {MAX_BYTES} bytes")));
        }
        serde_json::from_str(&text).map(Self).map_err(|_| D::Error::custom("not a JSON object"))
    }
}

impl<const MAX_BYTES: u64> JsonSchema for JsonObjectText<MAX_BYTES> {
    fn schema_name() -> Cow<'static, str> {
        format!("JsonObjectText{MAX_BYTES}").into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "contentMediaType": "application/json",
            "contentSchema": { "type": "object" },
            "x-max-bytes": MAX_BYTES,
        })
    }
}

/// A deployed resource that the element names, such as an RPA script: a field `#[input(linked_resource = "RPA")]` of a code
/// operation.
///
/// In Modeler, the designer enters its id and how its version is found; Zeebe (8.7 or newer) tells the job its key, by
/// which the cluster hands it out. A dispatch without a job is given `{"resourceKey": "…"}`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkedResource {
    /// The key of the deployed version.
    pub resource_key: String,
}

impl JsonSchema for LinkedResource {
    fn schema_name() -> Cow<'static, str> {
        "LinkedResource".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "properties": { "resourceKey": { "type": "string" } },
            "required": ["resourceKey"],
            "x-resource": true,
        })
    }
}
