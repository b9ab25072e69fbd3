//! The property of a single field: its control, its value, its constraints.

use crate::definition::{self, Control, Field, Kind};
use crate::generate::{example, markdown};
use crate::schema::{NUMBER_TEXT, digits_pattern, expectation};
use crate::template::{Binding, Choice, Constraints, Feel, GeneratedValue, Pattern, Property, PropertyKind, Value};
use crate::text::bare;
use serde_json::Number;

/// What stands for a secret; it is replaced where the job is executed, so Modeler cannot check the value.
const PLACEHOLDER: &str = ".*\\{\\{\\s*secrets\\.\\S+\\s*\\}\\}.*|secrets\\..+";

/// How a property's field stands among the others.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    /// A job may lack it.
    pub(super) optional: bool,
    /// The engine computes with the value, so it must be there and not stand for a secret.
    pub(super) computed: bool,
}

/// A pattern that takes an empty field too: Modeler's linting checks it of the empty text, its panel of what JavaScript
/// makes of no value (bpmn-js-element-templates 2.37).
pub(super) fn or_empty(pattern: &str) -> String {
    format!("^(?:undefined)?$|{pattern}")
}

/// A property must be filled in.
pub(super) fn not_empty() -> Constraints {
    Constraints { not_empty: Some(true), ..Constraints::default() }
}

pub(super) fn text(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// A leaf's property, without id, binding and condition.
pub(super) fn property(field: &Field, standing: Standing) -> Property {
    let (kind, feel) = control(field);
    if kind == PropertyKind::Hidden {
        return Property { value: constant(field), ..Property::hidden("", Binding::input(""), "") };
    }
    let mut property = Property {
        label: text(&field.label),
        description: text(&description(field, standing.computed)),
        tooltip: field.tooltip.clone(),
        placeholder: placeholder(field),
        feel: field.feel.map_or(feel, template_feel),
        language: (field.control == Some(Control::Json)).then(|| "json".to_owned()),
        value: initial(field),
        generated_value: field.generated.then(|| GeneratedValue { kind: "uuid".to_owned() }),
        ..Property::new("", kind, Binding::input(""))
    };
    if let Kind::Choice(choices) = &field.kind {
        let blank = standing.optional && field.default.is_none();
        let about = choices.iter().map(|choice| (choice.label.as_str(), choice.description.as_str()));
        return Property {
            tooltip: tooltip(field, about),
            choices: Some(choices.iter().map(|choice| named(&choice.label, choice.text())).collect()),
            optional: blank.then_some(true),
            constraints: (!blank).then(not_empty),
            ..property
        };
    }
    if let Kind::List { item, .. } = &field.kind {
        let members = item.fields().iter();
        let members: Vec<(&str, String)> =
            members.map(|member| (member.name.as_str(), format!("{}. {}", member.label, member.description))).collect();
        let about = Field { tooltip: field.tooltip.clone().or_else(|| text(&item.description)), ..field.clone() };
        property.tooltip = tooltip(&about, members.iter().map(|(name, meaning)| (*name, meaning.as_str())));
    }
    // A check box is never empty.
    if field.kind == Kind::Boolean && property.feel == Some(Feel::Static) {
        return property;
    }
    Property {
        optional: standing.optional.then_some(true),
        constraints: constraints(field, kind, standing),
        ..property
    }
}

/// An entry of a dropdown.
pub(super) fn named(name: &str, value: impl Into<String>) -> Choice {
    Choice { name: Some(name.to_owned()), value: Some(value.into()), condition: None }
}

/// The field's own tooltip, and what each entry of its dropdown means.
pub(super) fn tooltip<'a>(field: &Field, entries: impl Iterator<Item = (&'a str, &'a str)>) -> Option<String> {
    let own = field.tooltip.as_deref().map(markdown::inline_html).unwrap_or_default();
    text(&format!("{own}{}", markdown::definition_list(entries)))
}

/// What an empty text field shows: an example, or the secret that it should hold.
fn placeholder(field: &Field) -> Option<String> {
    let example = || field.examples.first().map(bare);
    let is_line = matches!(field.kind, Kind::Text { .. } | Kind::JsonObjectText { .. } | Kind::Integer { .. })
        && !matches!(field.control, Some(Control::Number));
    let shows = is_line && field.default.is_none() && field.secret.is_none() && !field.generated;
    field.placeholder.clone().or_else(|| if shows { example() } else { example::secret(field) })
}

const fn template_feel(feel: definition::Feel) -> Option<Feel> {
    match feel {
        definition::Feel::None => None,
        definition::Feel::Optional => Some(Feel::Optional),
        definition::Feel::Required => Some(Feel::Required),
        definition::Feel::Static => Some(Feel::Static),
    }
}

fn control(field: &Field) -> (PropertyKind, Option<Feel>) {
    match field.control {
        Some(Control::Hidden) => return (PropertyKind::Hidden, None),
        Some(Control::Text) => return (PropertyKind::Text, Some(Feel::Optional)),
        // With FEEL, Modeler shows a plain text area (bpmn-js-element-templates 2.37).
        Some(Control::Json) => return (PropertyKind::Text, None),
        Some(Control::Number) => return (PropertyKind::Number, Some(Feel::Static)),
        None => {}
    }
    match &field.kind {
        Kind::JsonObjectText { .. } => (PropertyKind::Text, Some(Feel::Optional)),
        // An empty number field of Modeler's shows 0; and only a text field can check a range.
        Kind::Text { .. } | Kind::Integer { .. } | Kind::Number { minimum: None, maximum: None } => {
            (PropertyKind::String, Some(Feel::Optional))
        }
        // A number as text cannot be held to bounds, so it is FEEL: a number as such.
        Kind::Number { .. } => (PropertyKind::String, Some(Feel::Required)),
        Kind::Boolean => (PropertyKind::Boolean, Some(Feel::Static)),
        Kind::Choice(_) => (PropertyKind::Dropdown, None),
        Kind::List { .. }
        | Kind::Json
        | Kind::Null
        | Kind::Object { .. }
        | Kind::Variants { .. }
        | Kind::LinkedResource { .. } => (PropertyKind::Text, Some(Feel::Required)),
    }
}

/// The description, with the limits that no constraint of a template can carry.
fn description(field: &Field, computed: bool) -> String {
    let text = markdown::inline_html(&field.description);
    let number = field.control == Some(Control::Number);
    match &field.kind {
        Kind::Number { minimum, maximum } if minimum.is_some() || maximum.is_some() => {
            format!("{text} The value {}.", expectation(field))
        }
        Kind::Integer { .. } if number => format!("{text} The value {}.", expectation(field)),
        Kind::List { min_items, max_items, .. } if min_items.is_some() || max_items.is_some() => {
            format!("{text} The value {}.", expectation(field))
        }
        Kind::JsonObjectText { max_bytes } if computed => format!("{text} At most {max_bytes} bytes."),
        Kind::JsonObjectText { .. } => format!("{text} It {}.", expectation(field)),
        _ => text,
    }
}

/// The default as the property holds it: text, but for check boxes and numbers.
fn initial(field: &Field) -> Option<Value> {
    let default = field.default.as_ref()?;
    Some(match (&field.kind, default) {
        (_, serde_json::Value::Number(number)) if field.control == Some(Control::Number) => {
            Value::Number(number.clone())
        }
        (Kind::Choice(_) | Kind::Integer { .. } | Kind::Number { minimum: None, maximum: None }, value) => {
            Value::String(bare(value))
        }
        (Kind::Boolean, serde_json::Value::Bool(value)) => Value::Boolean(*value),
        (Kind::Text { .. } | Kind::JsonObjectText { .. }, serde_json::Value::String(text)) => {
            Value::from(text.as_str())
        }
        (_, value) => Value::String(format!("= {value}")),
    })
}

/// The default as an input mapping without a field writes it.
fn constant(field: &Field) -> Option<Value> {
    Some(match field.default.as_ref()? {
        serde_json::Value::String(text) => Value::from(text.as_str()),
        value => Value::String(format!("= {value}")),
    })
}

fn constraints(field: &Field, kind: PropertyKind, standing: Standing) -> Option<Constraints> {
    let mut constraints = Constraints::default();
    // A number field has no text that a pattern could be about.
    let pattern_of = |shape: &str| (kind != PropertyKind::Number).then(|| pattern(shape, field, standing));
    match &field.kind {
        Kind::Integer { minimum, maximum } => constraints.pattern = pattern_of(&digits_pattern(*minimum, *maximum)),
        Kind::Number { minimum: None, maximum: None } => constraints.pattern = pattern_of(NUMBER_TEXT),
        Kind::Text { min_length, max_length, pattern, .. } => {
            // `notEmpty` says what a smallest length of 1 would, and an empty optional field breaks any.
            let least = min_length.filter(|length| *length > 1 && !standing.optional);
            constraints.min_length = least.map(Number::from);
            constraints.max_length = max_length.map(Number::from);
            constraints.pattern = pattern.as_deref().and_then(pattern_of);
        }
        _ => {}
    }
    if !standing.optional {
        constraints.not_empty = Some(true);
    } else if constraints != Constraints::default() {
        // It must be said beside other constraints, or the template is invalid.
        constraints.not_empty = Some(false);
    }
    (constraints != Constraints::default()).then_some(constraints)
}

/// A pattern that also takes what stands for a secret, and nothing at all for an optional field.
fn pattern(pattern: &str, field: &Field, standing: Standing) -> Pattern {
    let value = if standing.computed { pattern.to_owned() } else { format!("{pattern}|^(?:{PLACEHOLDER})$") };
    Pattern::told(if standing.optional { or_empty(&value) } else { value }, expectation(field))
}
