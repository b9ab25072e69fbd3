//! The arguments of the attributes, as darling reads them.

use crate::diagnostics::suggestion;
use darling::ast::NestedMeta;
use darling::util::{Flag, Override, SpannedValue, parse_expr};
use darling::{Error, FromAttributes, FromMeta, Result};
use syn::{Expr, LitStr, Meta, Path, UnOp};

/// `#[connector(..)]`
#[derive(FromMeta)]
pub(crate) struct ConnectorArguments {
    pub(crate) id: SpannedValue<String>,
    pub(crate) name: SpannedValue<String>,
    pub(crate) template_id: SpannedValue<String>,
    pub(crate) version: u32,
    pub(crate) job_type: SpannedValue<String>,
    pub(crate) documentation: Option<LitStr>,
    #[darling(default, with = "parse_expr::preserve_str_literal", map = "Some")]
    pub(crate) keywords: Option<Expr>,
    #[darling(default, with = "parse_expr::preserve_str_literal", map = "Some")]
    pub(crate) icon: Option<Expr>,
    pub(crate) category: Option<Category>,
    pub(crate) deprecated: Option<Deprecated>,
    pub(crate) camunda: Option<LitStr>,
    pub(crate) elements: Option<Elements>,
    pub(crate) hybrid: Flag,
    #[darling(default, with = "parse_expr::preserve_str_literal", map = "Some")]
    pub(crate) extension_properties: Option<Expr>,
    #[darling(default, with = "parse_expr::preserve_str_literal", map = "Some")]
    pub(crate) guide: Option<Expr>,
    #[darling(default, with = "parse_expr::preserve_str_literal", map = "Some")]
    pub(crate) succeeds: Option<Expr>,
    pub(crate) operations: SpannedValue<Paths>,
    pub(crate) events: Option<Paths>,
    pub(crate) base_url: Option<LitStr>,
    #[darling(default, with = "parse_expr::preserve_str_literal", map = "Some")]
    pub(crate) headers: Option<Expr>,
}

/// `#[operation(..)]`
#[derive(FromMeta)]
pub(crate) struct OperationArguments {
    pub(crate) id: SpannedValue<String>,
    pub(crate) name: SpannedValue<String>,
    #[darling(default, with = "parse_expr::preserve_str_literal", map = "Some")]
    pub(crate) keywords: Option<Expr>,
    pub(crate) result_variable: Option<LitStr>,
    pub(crate) result_expression: Option<LitStr>,
    pub(crate) error_expression: Option<LitStr>,
    pub(crate) get: Option<LitStr>,
    pub(crate) post: Option<LitStr>,
    pub(crate) put: Option<LitStr>,
    pub(crate) patch: Option<LitStr>,
    pub(crate) delete: Option<LitStr>,
    pub(crate) output: Option<syn::Type>,
    pub(crate) idempotent: Flag,
}

/// `#[event(..)]`
#[derive(FromMeta)]
pub(crate) struct EventArguments {
    pub(crate) id: SpannedValue<String>,
    pub(crate) name: SpannedValue<String>,
    pub(crate) version: u32,
    pub(crate) event_type: SpannedValue<String>,
    #[darling(default, with = "parse_expr::preserve_str_literal", map = "Some")]
    pub(crate) keywords: Option<Expr>,
    pub(crate) elements: EventElements,
    pub(crate) correlation_key: LitStr,
    pub(crate) correlation_description: Option<LitStr>,
    pub(crate) result_variable: Option<LitStr>,
    pub(crate) result_expression: Option<LitStr>,
    pub(crate) journey: Option<Journey>,
}

/// `journey(..)` in `#[event(..)]`: operations, and what is between them.
#[derive(FromMeta)]
pub(crate) struct Journey {
    pub(crate) begin: LitStr,
    #[darling(default, with = "parse_expr::preserve_str_literal", map = "Some")]
    pub(crate) inputs: Option<Expr>,
    pub(crate) patience: LitStr,
    pub(crate) well: LitStr,
    pub(crate) then: LitStr,
}

/// `#[input(..)]` on a type.
#[derive(FromMeta, Default)]
#[darling(default)]
pub(crate) struct TypeArguments {
    pub(crate) tag: Option<SpannedValue<String>>,
}

/// `#[input(..)]` on a field.
#[derive(FromAttributes, Default)]
#[darling(attributes(input), default)]
pub(crate) struct FieldArguments {
    pub(crate) label: Option<SpannedValue<String>>,
    pub(crate) group: Option<Path>,
    pub(crate) tooltip: Option<LitStr>,
    pub(crate) placeholder: Option<LitStr>,
    #[darling(with = "parse_expr::preserve_str_literal", map = "Some")]
    pub(crate) example: Option<Expr>,
    pub(crate) feel: Option<Feel>,
    pub(crate) control: Option<Control>,
    pub(crate) generated: Flag,
    pub(crate) linked_resource: Option<LitStr>,
    pub(crate) when: Option<When>,
    pub(crate) pattern_message: Option<LitStr>,
    pub(crate) secret: Option<SecretName>,
    pub(crate) query: Option<PlaceName>,
    pub(crate) header: Option<PlaceName>,
    pub(crate) body: Option<PlaceName>,
}

/// A place in the request, with or without a name of its own, and where it is written.
pub(crate) type PlaceName = SpannedValue<Override<LitStr>>;

/// A secret's name, such as both placeholder forms can spell.
pub(crate) struct SecretName(pub(crate) String);

impl FromMeta for SecretName {
    fn from_string(text: &str) -> Result<Self> {
        let sound = !text.is_empty()
            && text.chars().all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_');
        if sound {
            Ok(Self(text.to_owned()))
        } else {
            Err(Error::custom("a secret's name is made of A-Z, 0-9 and `_`"))
        }
    }
}

/// `#[input(..)]` on a variant.
#[derive(FromAttributes, Default)]
#[darling(attributes(input), default)]
pub(crate) struct VariantArguments {
    pub(crate) label: Option<SpannedValue<String>>,
    pub(crate) scheme: Option<SpannedValue<Scheme>>,
    pub(crate) scope: Option<LitStr>,
}

/// How Modeler lets a field hold a FEEL expression.
#[derive(Clone, Copy)]
pub(crate) enum Feel {
    None,
    Optional,
    Required,
    Static,
}

impl Feel {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Optional => "optional",
            Self::Required => "required",
            Self::Static => "static",
        }
    }
}

impl FromMeta for Feel {
    fn from_string(text: &str) -> Result<Self> {
        one_of(
            text,
            &[
                ("none", Self::None),
                ("optional", Self::Optional),
                ("required", Self::Required),
                ("static", Self::Static),
            ],
        )
    }
}

/// Which control Modeler shows.
#[derive(Clone, Copy)]
pub(crate) enum Control {
    Text,
    Json,
    Number,
    Hidden,
}

impl Control {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Number => "number",
            Self::Hidden => "hidden",
        }
    }
}

impl FromMeta for Control {
    fn from_string(text: &str) -> Result<Self> {
        one_of(text, &[("text", Self::Text), ("json", Self::Json), ("number", Self::Number), ("hidden", Self::Hidden)])
    }
}

/// What a variant's fields do to a request.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    Bearer,
    OAuthClientCredentials,
}

impl Scheme {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bearer => "bearer",
            Self::OAuthClientCredentials => "oauth-client-credentials",
        }
    }

    /// The fields that the scheme reads.
    pub(crate) fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Bearer => &["token"],
            Self::OAuthClientCredentials => &["client_id", "client_secret", "oauth_token_endpoint"],
        }
    }
}

impl FromMeta for Scheme {
    fn from_string(text: &str) -> Result<Self> {
        one_of(text, &[("bearer", Self::Bearer), ("oauth-client-credentials", Self::OAuthClientCredentials)])
    }
}

fn one_of<T: Copy>(text: &str, known: &[(&str, T)]) -> Result<T> {
    known.iter().find(|(name, _)| *name == text).map(|(_, value)| *value).ok_or_else(|| {
        Error::custom(format!("no such value `{text}`{}", suggestion(text, known.iter().map(|(name, _)| *name))))
    })
}

/// `category(id = "…", name = "…")`
#[derive(FromMeta)]
pub(crate) struct Category {
    pub(crate) id: LitStr,
    pub(crate) name: LitStr,
}

/// `deprecated = "why"` or `deprecated(message = "why", documentation = "https://…")`
pub(crate) struct Deprecated {
    pub(crate) message: String,
    pub(crate) documentation: Option<LitStr>,
}

#[derive(FromMeta)]
struct DeprecatedArguments {
    message: String,
    documentation: Option<LitStr>,
}

impl FromMeta for Deprecated {
    fn from_string(message: &str) -> Result<Self> {
        Ok(Self { message: message.to_owned(), documentation: None })
    }

    fn from_list(items: &[NestedMeta]) -> Result<Self> {
        let DeprecatedArguments { message, documentation } = DeprecatedArguments::from_list(items)?;
        Ok(Self { message, documentation })
    }
}

/// `[ServiceTask, MessageThrowEvent]`
pub(crate) struct Elements(pub(crate) Vec<String>);

/// The elements that a connector can be, as `opwright::Element` has them.
const ELEMENTS: [&str; 6] =
    ["ServiceTask", "SendTask", "ScriptTask", "BusinessRuleTask", "MessageThrowEvent", "MessageEndEvent"];

impl FromMeta for Elements {
    fn from_expr(expression: &Expr) -> Result<Self> {
        elements(expression, &ELEMENTS, "a connector is at least one element").map(Self)
    }
}

/// `[IntermediateCatchEvent, ReceiveTask]`
pub(crate) struct EventElements(pub(crate) Vec<String>);

/// The elements that can wait for an event, as `opwright::EventElement` has them.
const EVENT_ELEMENTS: [&str; 4] = ["IntermediateCatchEvent", "ReceiveTask", "BoundaryEvent", "MessageStartEvent"];

impl FromMeta for EventElements {
    fn from_expr(expression: &Expr) -> Result<Self> {
        elements(expression, &EVENT_ELEMENTS, "an event is waited for by at least one element").map(Self)
    }
}

/// A list of some of the known elements, each at most once.
fn elements(expression: &Expr, known: &[&str], at_least_one: &str) -> Result<Vec<String>> {
    let Expr::Array(array) = expression else {
        return Err(Error::custom("expected a list of elements in brackets").with_span(expression));
    };
    let mut names: Vec<String> = Vec::new();
    for element in &array.elems {
        let name = match element {
            Expr::Path(path) => path.path.get_ident().map(ToString::to_string).unwrap_or_default(),
            _ => String::new(),
        };
        if !known.contains(&name.as_str()) {
            let hint = suggestion(&name, known.iter().copied());
            return Err(Error::custom(format!("no such element `{name}`{hint}")).with_span(element));
        }
        if names.contains(&name) {
            return Err(Error::custom(format!("`{name}` is there already")).with_span(element));
        }
        names.push(name);
    }
    if names.is_empty() {
        return Err(Error::custom(at_least_one).with_span(expression));
    }
    Ok(names)
}

/// `when(field = "value", other = ["one", "other"], filled(third))`: all of it must hold.
pub(crate) struct When(pub(crate) Vec<Test>);

/// One test of a condition.
pub(crate) struct Test {
    /// The field, and the names that lead into it.
    pub(crate) field: Path,
    pub(crate) expected: Expected,
}

/// What a test asks of the field.
pub(crate) enum Expected {
    OneOf(Vec<Expr>),
    IsActive(bool),
    IsEmpty(bool),
}

impl FromMeta for When {
    fn from_list(items: &[NestedMeta]) -> Result<Self> {
        let tests = items.iter().map(|item| match item {
            NestedMeta::Meta(Meta::NameValue(pair)) => {
                let expected = Expected::OneOf(literals(&pair.value)?);
                Ok(Test { field: pair.path.clone(), expected })
            }
            NestedMeta::Meta(Meta::List(list)) => {
                let name = list.path.get_ident().map(ToString::to_string).unwrap_or_default();
                let expected = match name.as_str() {
                    "active" => Expected::IsActive(true),
                    "inactive" => Expected::IsActive(false),
                    "empty" => Expected::IsEmpty(true),
                    "filled" => Expected::IsEmpty(false),
                    _ => return Err(shape().with_span(&list.path)),
                };
                let field = list
                    .parse_args::<Path>()
                    .map_err(|error| Error::custom("expected a field").with_span(&error.span()))?;
                Ok(Test { field, expected })
            }
            NestedMeta::Meta(Meta::Path(path)) => Err(shape().with_span(path)),
            other => Err(shape().with_span(other)),
        });
        let tests: Vec<Test> = tests.collect::<Result<_>>()?;
        if tests.is_empty() { Err(shape()) } else { Ok(Self(tests)) }
    }
}

fn shape() -> Error {
    Error::custom(
        "expected tests such as `field = \"value\"`, `field = [\"one\", \"other\"]`, `active(field)`, `inactive(field)`, `empty(field)` or `filled(field)`",
    )
}

fn literals(expression: &Expr) -> Result<Vec<Expr>> {
    let literal = |expression: &Expr| match expression {
        Expr::Lit(_) => Ok(expression.clone()),
        // A number below zero is none to Rust.
        Expr::Unary(negative) if matches!((&negative.op, &*negative.expr), (UnOp::Neg(_), Expr::Lit(_))) => {
            Ok(expression.clone())
        }
        other => Err(shape().with_span(other)),
    };
    match expression {
        Expr::Array(array) => array.elems.iter().map(literal).collect(),
        single => literal(single).map(|value| vec![value]),
    }
}

/// `[TriggerFlowRun, GetFlowOutputs]`: operations or events.
pub(crate) struct Paths(pub(crate) Vec<Path>);

impl FromMeta for Paths {
    fn from_expr(expression: &Expr) -> Result<Self> {
        let Expr::Array(array) = expression else {
            return Err(Error::custom("expected a list of types in brackets").with_span(expression));
        };
        array
            .elems
            .iter()
            .map(|element| match element {
                Expr::Path(path) => Ok(path.path.clone()),
                other => Err(Error::custom("expected a type").with_span(other)),
            })
            .collect::<Result<_>>()
            .map(Self)
    }
}
