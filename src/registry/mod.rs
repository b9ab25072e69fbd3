//! The one registry: what is in it is generated and executable, what is not is neither.
//!
//! Binds definitions to what executes them, once they have been found sound.

mod event;
mod expressions;
mod lint;

use crate::definition::{
    Category, ConnectorDefinition, DefinitionError, Deprecation, Element, EventDefinition, ExtensionProperty, Faults,
    Header, HttpBase, HttpRequest, Method, OperationDefinition,
};
use crate::failure::Failure;
use crate::schema::InputSchema;
use schemars::JsonSchema;
use schemars::generate::{Contract, SchemaSettings};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

pub use event::{Begun, BoundEvent, Confirm, Confirmation, Event, Standing};
#[doc(hidden)]
pub use event::{EventFacts, JourneyFacts};
#[cfg(feature = "worker")]
pub(crate) use expressions::request;
pub(crate) use expressions::{ONLY_ENTRIES, ONLY_ERRORS, error_variables, no_context, response};

/// A struct with `#[connector]`: the inputs that all operations of a connector share.
pub trait ConnectorInputs: JsonSchema + DeserializeOwned {
    /// Reads the definition and binds what executes it.
    fn bind() -> Result<Connector, DefinitionError>;
}

/// A struct with `#[operation]`, as an operation of the connector `C`.
pub trait Operation<C> {
    /// Reads the definition and binds what executes it.
    fn bind() -> BoundOperation;
}

/// What a code operation of the connector `C` does.
///
/// Any error may be returned with `?` and is retryable; [`Failure`] says the rest: a failure that
/// no repetition mends, a BPMN error, a retry with a delay of its own.
#[diagnostic::on_unimplemented(
    message = "`{Self}` declares no HTTP method, so it is code: implement `Execute<{C}>` for it",
    label = "no `impl Execute<{C}> for {Self}`"
)]
pub trait Execute<C>: JsonSchema + DeserializeOwned + Send + 'static {
    /// What it returns; its schema is generated as the operation's output.
    type Output: JsonSchema + Serialize + Send;

    /// Executes the operation once.
    fn execute(self, connector: C) -> impl Future<Output = Result<Self::Output, Failure>> + Send;
}

type CodeFuture = Pin<Box<dyn Future<Output = Result<Value, Failure>> + Send>>;

/// How an operation is executed.
#[derive(Clone)]
pub enum Executor {
    /// From its declaration. `decode` proves that the struct takes what the schema took.
    Http {
        /// Deserialises the operation's own inputs.
        decode: fn(&Value) -> Result<(), serde_json::Error>,
    },
    /// By calling [`Execute::execute`] with the connector's and the operation's inputs.
    Code(Arc<dyn Fn(Value, Value) -> CodeFuture + Send + Sync>),
}

impl fmt::Debug for Executor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Http { .. } => "Http",
            Self::Code(_) => "Code",
        })
    }
}

/// An operation with what executes it.
#[derive(Debug, Clone)]
pub struct BoundOperation {
    definition: OperationDefinition,
    executor: Executor,
}

impl BoundOperation {
    /// An operation that is declared. For the macro.
    #[doc(hidden)]
    #[must_use]
    pub fn http<T: JsonSchema + DeserializeOwned, O: JsonSchema>(
        facts: &OperationFacts<'_>,
        method: Method,
        path: &str,
        idempotent: bool,
    ) -> Self {
        let http = HttpRequest { method, path: path.to_owned(), idempotent };
        Self {
            definition: operation::<T, O>(facts, Some(http)),
            executor: Executor::Http { decode: |value| T::deserialize(value).map(drop) },
        }
    }

    /// An operation that is coded. For the macro.
    #[doc(hidden)]
    #[must_use]
    pub fn code<C, T>(facts: &OperationFacts<'_>) -> Self
    where
        C: DeserializeOwned + Send + Sync + 'static,
        T: Execute<C>,
    {
        let run = |connector: Value, inputs: Value| -> CodeFuture {
            Box::pin(async move {
                let decoded = serde_json::from_value::<C>(connector)
                    .and_then(|connector| Ok((connector, serde_json::from_value::<T>(inputs)?)));
                // The schema has accepted the input, so this is a fault of the definition: a repetition mends nothing.
                let (connector, inputs) =
                    decoded.map_err(|_| Failure::terminal("the operation's struct refuses what its schema accepts"))?;
                let output = inputs.execute(connector).await?;
                serde_json::to_value(output)
                    .map_err(|error| Failure::terminal(format!("the output is no JSON: {error}")))
            })
        };
        Self { definition: operation::<T, T::Output>(facts, None), executor: Executor::Code(Arc::new(run)) }
    }
}

fn operation<T: JsonSchema, O: JsonSchema>(
    facts: &OperationFacts<'_>,
    http: Option<HttpRequest>,
) -> OperationDefinition {
    let (description, input) = described(schema_of::<T>(Contract::Deserialize));
    OperationDefinition {
        id: facts.id.to_owned(),
        name: facts.name.to_owned(),
        description,
        keywords: texts(facts.keywords),
        result_variable: facts.result_variable.map(str::to_owned),
        result_expression: facts.result_expression.map(str::to_owned),
        error_expression: facts.error_expression.map(str::to_owned),
        input,
        output: untitled(schema_of::<O>(Contract::Serialize)),
        http,
    }
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().copied().map(str::to_owned).collect()
}

fn schema_of<T: JsonSchema>(contract: Contract) -> Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.inline_subschemas = true;
    settings.meta_schema = None;
    settings.contract = contract;
    settings.into_generator().into_root_schema_for::<T>().to_value()
}

/// Without the type's name, which nobody is shown.
fn untitled(mut schema: Value) -> Value {
    if let Some(object) = schema.as_object_mut() {
        object.shift_remove("title");
    }
    schema
}

/// Splits a struct's doc comment, which describes the operation, from its schema.
fn described(mut schema: Value) -> (String, Value) {
    schema = untitled(schema);
    let description = schema.as_object_mut().and_then(|object| object.shift_remove("description"));
    (description.and_then(|text| text.as_str().map(str::to_owned)).unwrap_or_default(), schema)
}

/// The arguments of `#[operation]` that do not depend on how it is executed. For the macro.
#[doc(hidden)]
#[derive(Debug)]
pub struct OperationFacts<'a> {
    pub id: &'a str,
    pub name: &'a str,
    pub keywords: &'a [&'a str],
    pub result_variable: Option<&'a str>,
    pub result_expression: Option<&'a str>,
    pub error_expression: Option<&'a str>,
}

/// The arguments of `#[connector]`. For the macro.
#[doc(hidden)]
#[derive(Debug)]
pub struct ConnectorFacts<'a> {
    pub id: &'a str,
    pub name: &'a str,
    pub template_id: &'a str,
    pub version: u32,
    pub job_type: &'a str,
    pub documentation: Option<&'a str>,
    pub keywords: &'a [&'a str],
    pub icon: Option<&'a str>,
    pub category: Option<(&'a str, &'a str)>,
    /// Why, and where to read more.
    pub deprecated: Option<(&'a str, Option<&'a str>)>,
    pub camunda: Option<&'a str>,
    pub elements: &'a [Element],
    pub hybrid: bool,
    pub extension_properties: &'a [(&'a str, &'a str)],
    pub guide: &'a str,
    /// How another template's values lead to this connector's.
    pub succeeds: Option<&'a str>,
    pub base_url: Option<&'a str>,
    pub headers: &'a [(&'a str, &'a str)],
}

/// A connector whose definition is sound, with what executes its operations.
#[derive(Debug, Clone)]
pub struct Connector {
    definition: ConnectorDefinition,
    operations: Vec<(InputSchema, Executor)>,
    /// What confirms the events, in their order.
    confirmations: Vec<Confirmation>,
}

impl Connector {
    /// Binds a connector's struct to its operations. For the macro.
    #[doc(hidden)]
    pub fn new<C: JsonSchema>(
        facts: &ConnectorFacts<'_>,
        operations: Vec<BoundOperation>,
        events: Vec<BoundEvent>,
    ) -> Result<Self, DefinitionError> {
        let (description, input) = described(schema_of::<C>(Contract::Deserialize));
        let owned = |text: &str| text.to_owned();
        let headers =
            facts.headers.iter().map(|(name, value)| Header { name: owned(name), value: owned(value) }).collect();
        let (definitions, executors) = operations.into_iter().map(|bound| (bound.definition, bound.executor)).unzip();
        let (events, confirmations) = events.into_iter().map(|bound| (bound.definition, bound.confirmation)).unzip();
        let definition = ConnectorDefinition {
            id: owned(facts.id),
            name: owned(facts.name),
            description,
            template_id: owned(facts.template_id),
            version: facts.version,
            job_type: owned(facts.job_type),
            documentation: facts.documentation.map(str::to_owned),
            keywords: texts(facts.keywords),
            icon: facts.icon.map(str::to_owned),
            category: facts
                .category
                .map_or_else(Category::default, |(id, name)| Category { id: owned(id), name: owned(name) }),
            deprecated: facts.deprecated.map(|(message, documentation)| Deprecation {
                message: owned(message),
                documentation: documentation.map(owned),
            }),
            camunda: facts.camunda.map(owned),
            elements: facts.elements.to_vec(),
            hybrid: facts.hybrid,
            extension_properties: facts
                .extension_properties
                .iter()
                .map(|(name, value)| ExtensionProperty { name: owned(name), value: owned(value) })
                .collect(),
            guide: owned(facts.guide),
            succeeds: facts.succeeds.map(owned),
            http: facts.base_url.map(|base_url| HttpBase { base_url: owned(base_url), headers }),
            input,
            operations: definitions,
            events,
        };
        Self::assemble(definition, executors, confirmations)
    }

    /// A connector that is read as data rather than compiled: its operations are executed from
    /// their declarations, and those without one fail for good.
    pub fn from_definition(definition: ConnectorDefinition) -> Result<Self, DefinitionError> {
        let executors = definition
            .operations
            .iter()
            .map(|operation| match operation.http {
                Some(_) => Executor::Http { decode: |_| Ok(()) },
                None => Executor::Code(Arc::new(|_, _| {
                    Box::pin(async {
                        Err(Failure::terminal("this operation is code, and only its declaration is known"))
                    })
                })),
            })
            .collect();
        // Nothing can confirm an event that only its declaration is known of.
        Self::assemble(definition, executors, Vec::new())
    }

    fn assemble(
        definition: ConnectorDefinition,
        executors: Vec<Executor>,
        confirmations: Vec<Confirmation>,
    ) -> Result<Self, DefinitionError> {
        lint::check(&definition)?;
        let shared = definition.fields()?;
        let operations = definition
            .operations
            .iter()
            .zip(executors)
            .map(|(operation, executor)| {
                let own = operation.fields(&definition.id)?;
                Ok((InputSchema::new(shared.clone(), own), executor))
            })
            .collect::<Result<_, DefinitionError>>()?;
        let connector = Self { definition, operations, confirmations };
        connector.check_examples()?;
        Ok(connector)
    }

    fn check_examples(&self) -> Result<(), DefinitionError> {
        let mut faults = Faults::default();
        for (event, confirmation) in self.events() {
            if let Ok((_, schema, _)) = self.operation(confirmation.operation) {
                let path = format!("{}/{}", self.definition.id, event.id);
                lint::check_example(event, confirmation, schema, &path, &mut faults);
            }
        }
        faults.finish()
    }

    /// The definition.
    #[must_use]
    pub fn definition(&self) -> &ConnectorDefinition {
        &self.definition
    }

    /// The operation with this id: its definition, input schema and executor.
    pub fn operation(&self, id: &str) -> Result<(&OperationDefinition, &InputSchema, &Executor), UnknownName> {
        let position = self.definition.operations.iter().position(|operation| operation.id == id);
        position
            .map(|position| {
                let (schema, executor) = &self.operations[position];
                (&self.definition.operations[position], schema, executor)
            })
            .ok_or_else(|| {
                UnknownName::new(
                    "operation",
                    id,
                    self.definition.operations.iter().map(|operation| operation.id.as_str()),
                )
            })
    }

    /// The events that can be confirmed, with what does so.
    pub fn events(&self) -> impl Iterator<Item = (&EventDefinition, &Confirmation)> {
        self.definition.events.iter().zip(&self.confirmations)
    }

    /// All operations.
    pub fn operations(&self) -> impl Iterator<Item = (&OperationDefinition, &InputSchema)> {
        self.definition.operations.iter().zip(self.operations.iter().map(|(schema, _)| schema))
    }
}

/// The connectors of a program.
#[derive(Debug, Clone, Default)]
pub struct Registry {
    connectors: Vec<Connector>,
}

impl Registry {
    /// An empty registry.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the connector of the struct `C`.
    pub fn with<C: ConnectorInputs>(self) -> Result<Self, DefinitionError> {
        self.with_connector(C::bind()?)
    }

    /// Adds a connector; its ids must be unlike those of all others.
    pub fn with_connector(mut self, connector: Connector) -> Result<Self, DefinitionError> {
        lint::check_unique(self.connectors.iter().map(Connector::definition), connector.definition())?;
        self.connectors.push(connector);
        Ok(self)
    }

    /// All connectors, in the order in which they were added.
    #[must_use]
    pub fn connectors(&self) -> &[Connector] {
        &self.connectors
    }

    /// The connector with this id.
    pub fn connector(&self, id: &str) -> Result<&Connector, UnknownName> {
        self.connectors.iter().find(|connector| connector.definition.id == id).ok_or_else(|| {
            UnknownName::new("connector", id, self.connectors.iter().map(|connector| connector.definition.id.as_str()))
        })
    }
}

/// A connector or operation that the registry does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no {kind} `{name}`{hint}")]
pub struct UnknownName {
    /// `connector` or `operation`.
    pub kind: &'static str,
    /// What was asked for.
    pub name: String,
    /// The nearest name, or all names.
    pub hint: String,
}

impl UnknownName {
    fn new<'a>(kind: &'static str, name: &str, known: impl Iterator<Item = &'a str>) -> Self {
        Self { kind, name: name.to_owned(), hint: crate::text::suggestion(name, known) }
    }
}
