//! The one place that names the `jsonschema` crate, which moves fast.

use super::accepted::JSON_OBJECT_BYTES;
use jsonschema::paths::Location;
use jsonschema::{Keyword, ValidationError};
use serde_json::{Map, Value};
use std::fmt;

/// A schema that is sound, ready to be asked.
#[derive(Clone)]
pub(super) struct Validator(jsonschema::Validator);

impl fmt::Debug for Validator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Validator")
    }
}

impl Validator {
    /// None if the schema is not sound: that is not the same as one that takes nothing.
    pub(super) fn new(schema: &Value) -> Option<Self> {
        let options = jsonschema::draft202012::options()
            .should_validate_formats(true)
            .with_keyword(JSON_OBJECT_BYTES, JsonObjectBytes::factory);
        options.build(schema).ok().map(Self)
    }

    pub(super) fn is_valid(&self, value: &Value) -> bool {
        self.0.is_valid(value)
    }
}

/// Whether `schema` accepts `value`; none if the schema is not sound.
#[must_use]
pub fn is_valid(schema: &Value, value: &Value) -> Option<bool> {
    Validator::new(schema).map(|validator| validator.is_valid(value))
}

/// What the algebra knows of two schemas.
pub(super) enum Proof {
    /// The one accepts all that the other accepts.
    Covered,
    /// A schema of what it does not accept, as far as that is known.
    Difference(Value),
    /// Nothing.
    Unknown,
}

/// Whether `outer` accepts all that `inner` accepts. Our own keyword is unknown to the algebra: `outer` may not have it.
pub(super) fn prove(outer: &Value, inner: &Value) -> Proof {
    let canonical = |schema: &Value| {
        let options = jsonschema::canonical::options().with_draft(jsonschema::Draft::Draft202012);
        options.should_validate_formats(true).offline().canonicalize(schema).ok()
    };
    let prove = || {
        let (outer, inner) = (canonical(outer)?, canonical(inner)?);
        if matches!(outer.covers(&inner), Ok(jsonschema::canonical::Containment::Yes)) {
            return Some(Proof::Covered);
        }
        Some(Proof::Difference(inner.subtract(&outer).ok()?.to_json_schema()))
    };
    // It is marked experimental: what it stumbles over is not proved.
    let proof = std::panic::catch_unwind(std::panic::AssertUnwindSafe(prove));
    proof.ok().flatten().unwrap_or(Proof::Unknown)
}

/// Text that is a JSON object, or the object itself, of at most so many bytes.
struct JsonObjectBytes(u64);

impl JsonObjectBytes {
    #[expect(clippy::unnecessary_wraps, reason = "the signature is jsonschema's")]
    fn factory<'a>(
        _: &'a Map<String, Value>,
        limit: &'a Value,
        _: Location,
    ) -> Result<Box<dyn for<'i> Keyword<'i>>, ValidationError<'a>> {
        Ok(Box::new(Self(limit.as_u64().unwrap_or(0))))
    }

    fn accepts(&self, instance: &Value) -> bool {
        match instance {
            Value::String(text) => {
                text.len() as u64 <= self.0 && serde_json::from_str::<Map<String, Value>>(text).is_ok()
            }
            Value::Object(_) => instance.to_string().len() as u64 <= self.0,
            _ => true,
        }
    }
}

impl<'i> Keyword<'i> for JsonObjectBytes {
    fn validate(&self, instance: &'i Value) -> Result<(), ValidationError<'i>> {
        if self.accepts(instance) {
            Ok(())
        } else {
            Err(ValidationError::custom("no JSON object of the permitted size"))
        }
    }

    fn is_valid(&self, instance: &'i Value) -> bool {
        self.accepts(instance)
    }
}
