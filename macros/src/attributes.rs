//! The arguments of the attributes, as darling reads them.

use crate::diagnostics::suggestion;
use darling::util::{Flag, Override, SpannedValue, parse_expr};
use darling::{Error, FromAttributes, FromMeta, Result};
use syn::{Expr, Ident, Lit, LitStr, Meta, Path};

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
    #[darling(default, with = "parse_expr::preserve_str_literal", map = "Some")]
    pub(crate) guide: Option<Expr>,
    pub(crate) operations: SpannedValue<Paths>,
    pub(crate) base_url: Option<LitStr>,
    #[darling(default, with = "parse_expr::preserve_str_literal", map = "Some")]
    pub(crate) headers: Option<Expr>,
}

/// `#[operation(..)]`
#[derive(FromMeta)]
pub(crate) struct OperationArguments {
    pub(crate) id: SpannedValue<String>,
    pub(crate) name: SpannedValue<String>,
    pub(crate) result_expression: Option<LitStr>,
    pub(crate) get: Option<LitStr>,
    pub(crate) post: Option<LitStr>,
    pub(crate) put: Option<LitStr>,
    pub(crate) patch: Option<LitStr>,
    pub(crate) delete: Option<LitStr>,
    pub(crate) output: Option<syn::Type>,
    pub(crate) idempotent: Flag,
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
    pub(crate) text: Flag,
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

/// `when(field = "value")` or `when(field = ["one", "other"])`.
pub(crate) struct When {
    pub(crate) field: Ident,
    pub(crate) values: Vec<Lit>,
}

impl FromMeta for When {
    fn from_list(items: &[darling::ast::NestedMeta]) -> Result<Self> {
        let shape = || Error::custom("expected `when(field = \"value\")` or `when(field = [\"one\", \"other\"])`");
        let [darling::ast::NestedMeta::Meta(Meta::NameValue(pair))] = items else {
            return Err(shape());
        };
        let field = pair.path.get_ident().ok_or_else(shape)?.clone();
        let values = match &pair.value {
            Expr::Lit(literal) => vec![literal.lit.clone()],
            Expr::Array(array) => array
                .elems
                .iter()
                .map(|element| match element {
                    Expr::Lit(literal) => Ok(literal.lit.clone()),
                    other => Err(shape().with_span(other)),
                })
                .collect::<Result<_>>()?,
            other => return Err(shape().with_span(other)),
        };
        Ok(Self { field, values })
    }
}

/// `[TriggerFlowRun, GetFlowOutputs]`
pub(crate) struct Paths(pub(crate) Vec<Path>);

impl FromMeta for Paths {
    fn from_expr(expression: &Expr) -> Result<Self> {
        let Expr::Array(array) = expression else {
            return Err(Error::custom("expected a list of operation types in brackets").with_span(expression));
        };
        array
            .elems
            .iter()
            .map(|element| match element {
                Expr::Path(path) => Ok(path.path.clone()),
                other => Err(Error::custom("expected an operation's type").with_span(other)),
            })
            .collect::<Result<_>>()
            .map(Self)
    }
}
