//! A connector and its operations as data.

use super::element::Element;
use super::error::DefinitionError;
use super::event::EventDefinition;
use super::field::{Field, Scheme};
use super::read::{read_fields, read_schema};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Everything that the generators and the dispatcher know of a connector.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConnectorDefinition {
    /// Name on the command line and of the generated files.
    pub id: String,
    /// What Modeler shows.
    pub name: String,
    /// The shared struct's doc comment.
    pub description: String,
    /// Id of the element template; the hosted one appends `.hosted`.
    pub template_id: String,
    /// Version of the element template.
    pub version: u32,
    /// The Zeebe job type that opwright's worker subscribes to.
    pub job_type: String,
    /// Link in Modeler's panel.
    pub documentation: Option<String>,
    /// Words that Modeler's search finds the connector by.
    pub keywords: Vec<String>,
    /// SVG text.
    pub icon: Option<String>,
    /// The heading that Modeler lists it under.
    pub category: Category,
    /// Why it is no longer offered, if it is not.
    pub deprecated: Option<Deprecation>,
    /// The oldest version of Camunda that it is meant for, such as `8.8`, where that is newer than what its templates need.
    pub camunda: Option<String>,
    /// The elements that it can be, a template for each. The templates of the first have no suffix.
    pub elements: Vec<Element>,
    /// Whether there are templates, too, whose job type the designer enters.
    pub hybrid: bool,
    /// Constants of the element that the runtime does not see.
    pub extension_properties: Vec<ExtensionProperty>,
    /// Markdown that the generated docs carry: what no field or operation says.
    pub guide: String,
    /// How the values of another template lead to this connector's, in TOML: [`crate::migrate::Succession`].
    pub succeeds: Option<String>,
    /// What all HTTP operations share; `None` when all operations are code.
    pub http: Option<HttpBase>,
    /// Schema of the shared inputs, as schemars derives it, with `x-` extensions.
    pub input: Value,
    /// The operations, in the order of the dropdown.
    pub operations: Vec<OperationDefinition>,
    /// What processes can wait for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<EventDefinition>,
}

/// A heading of Modeler's chooser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// Not shown.
    pub id: String,
    /// The heading.
    pub name: String,
}

impl Default for Category {
    fn default() -> Self {
        Self { id: "connectors".to_owned(), name: "Connectors".to_owned() }
    }
}

/// Why a connector is no longer offered to those who do not use it yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deprecation {
    /// What those who use it are told.
    pub message: String,
    /// Where they can read more.
    pub documentation: Option<String>,
}

/// A `zeebe:property`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExtensionProperty {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// What all HTTP operations of a connector share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HttpBase {
    /// Start of every request's URL; `{field}` takes a shared input, trailing slashes trimmed.
    pub base_url: String,
    /// Sent with every request.
    pub headers: Vec<Header>,
}

/// A constant request header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// One operation of a connector.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OperationDefinition {
    /// Value of the `operation` task header, and name on the command line.
    pub id: String,
    /// The choice in Modeler's dropdown.
    pub name: String,
    /// The struct's doc comment.
    pub description: String,
    /// Words that Modeler's menus find the operation by.
    pub keywords: Vec<String>,
    /// Name of the process variable that the template fills in for the whole result.
    pub result_variable: Option<String>,
    /// FEEL that the template fills in, starting with `=`.
    pub result_expression: Option<String>,
    /// FEEL that the template fills in for errors, starting with `=`.
    pub error_expression: Option<String>,
    /// Schema of the operation's own inputs, as schemars derives it, with `x-` extensions.
    pub input: Value,
    /// Schema of what the operation returns: the response's body (HTTP), or the whole result (code).
    pub output: Value,
    /// The request, for an operation that is declared rather than coded.
    pub http: Option<HttpRequest>,
}

/// An HTTP request as an operation declares it. Which field goes where is in the input schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HttpRequest {
    /// The method.
    pub method: Method,
    /// Path and constant query, after the base URL; `{field}` takes one of the operation's inputs.
    pub path: String,
    /// A repetition does no harm.
    pub idempotent: bool,
}

/// An HTTP method. The ones that `io.camunda:http-json:1` knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[expect(missing_docs, reason = "the methods are what they are called")]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    /// The method with this upper-case name. For the macro, which knows no other names.
    #[doc(hidden)]
    #[must_use]
    pub const fn named(name: &str) -> Self {
        match name.as_bytes() {
            b"POST" => Self::Post,
            b"PUT" => Self::Put,
            b"PATCH" => Self::Patch,
            b"DELETE" => Self::Delete,
            _ => Self::Get,
        }
    }

    /// The upper-case name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// Whether a request of this method carries a body.
    #[must_use]
    pub const fn has_body(self) -> bool {
        matches!(self, Self::Post | Self::Put | Self::Patch)
    }
}

impl ConnectorDefinition {
    /// The shared inputs.
    pub fn fields(&self) -> Result<Vec<Field>, DefinitionError> {
        read_fields(&self.input, &self.id)
    }

    /// The minor version of [`Self::camunda`].
    #[must_use]
    pub fn least_minor(&self) -> Option<u32> {
        self.camunda.as_deref()?.strip_prefix("8.")?.parse().ok()
    }

    /// The operation with this id.
    #[must_use]
    pub fn operation(&self, id: &str) -> Option<&OperationDefinition> {
        self.operations.iter().find(|operation| operation.id == id)
    }

    /// The event with this id.
    #[must_use]
    pub fn event(&self, id: &str) -> Option<&EventDefinition> {
        self.events.iter().find(|event| event.id == id)
    }

    /// The inputs of one operation as a job carries them: shared fields first, then its own.
    pub fn job_fields(&self, operation: &OperationDefinition) -> Result<Vec<Field>, DefinitionError> {
        let mut fields = self.fields()?;
        fields.extend(operation.fields(&self.id)?);
        Ok(fields)
    }
}

impl OperationDefinition {
    /// The operation's own inputs.
    pub fn fields(&self, connector: &str) -> Result<Vec<Field>, DefinitionError> {
        read_fields(&self.input, &format!("{connector}/{}", self.id))
    }

    /// The shape of the output, for docs.
    pub fn output_fields(&self, connector: &str) -> Result<Field, DefinitionError> {
        read_schema(&self.output, &format!("{connector}/{}/output", self.id))
    }
}

impl Scheme {
    /// The names, in JSON, of the fields that a scheme reads from its variant.
    #[must_use]
    pub const fn credential_fields(&self) -> &'static [&'static str] {
        match self {
            Self::Bearer => &["token"],
            Self::OAuthClientCredentials { .. } => &["clientId", "clientSecret", "oauthTokenEndpoint"],
        }
    }
}
