//! Properties from fields.

use super::model::{
    Binding, ChoiceEntry, Constraints, Expected, Pattern, Property, PropertyKind, TemplateCondition, Test,
};
use crate::definition::{Choice, Condition, Feel, Field, Group, Kind, OperationDefinition, UrlTemplate, Variant};
use crate::generate::{example, markdown};
use crate::schema::{NUMBER_TEXT, digits_pattern, expectation};
use crate::text::bare;
use serde_json::{Value, json};

/// What stands for a secret; it is replaced where the job is executed, so Modeler cannot check the value.
const PLACEHOLDER: &str = ".*\\{\\{\\s*secrets\\.\\S+\\s*\\}\\}.*|secrets\\..+";

/// Collects properties, and groups in the order of their first visible property, as the panel does.
#[derive(Debug)]
pub(super) struct Writer {
    variant: super::Variant,
    properties: Vec<Property>,
    groups: Vec<Group>,
}

/// Where a field's properties belong.
#[derive(Clone)]
struct Scope<'a> {
    /// Put before the property's id.
    id: String,
    /// Put before the input's name.
    binding: String,
    group: &'a Group,
    tests: Vec<Test>,
    /// A parent may be absent as a whole, so nothing inside is required.
    optional: bool,
    /// The engine computes with the value, so it must be there and not stand for a secret.
    computed: bool,
    /// What the parent is, for its fields' tooltips.
    parent: Option<String>,
}

/// The test that an operation is chosen.
pub(super) fn operation_tests(operation: Option<&OperationDefinition>) -> Vec<Test> {
    operation.map(|operation| Test::equals("operation", operation.id.as_str())).into_iter().collect()
}

/// A pattern that takes an empty field too: Modeler's linting checks it of the empty text, its panel of what JavaScript
/// makes of no value (bpmn-js-element-templates 2.37).
pub(super) fn or_empty(pattern: &str) -> String {
    format!("^(?:undefined)?$|{pattern}")
}

impl Writer {
    pub(super) fn new(variant: super::Variant) -> Self {
        Self { variant, properties: Vec::new(), groups: Vec::new() }
    }

    pub(super) fn hidden(&mut self, property: Property) {
        self.properties.push(property);
    }

    pub(super) fn visible(&mut self, property: Property, group: &Group) {
        if !self.groups.iter().any(|known| known.id == group.id) {
            self.groups.push(group.clone());
        }
        self.properties.push(Property { group: Some(group.id.to_string()), ..property });
    }

    pub(super) fn finish(self) -> (Vec<Property>, Vec<Group>) {
        (self.properties, self.groups)
    }

    /// Writes the properties of a job's input; `operation` is `None` for a shared one.
    pub(super) fn field(&mut self, field: &Field, default_group: &Group, operation: Option<&OperationDefinition>) {
        let group = match (&field.group, &field.kind) {
            (Some(group), _) => group.clone(),
            (None, Kind::Variants { variants, .. }) if variants.iter().any(|variant| variant.scheme.is_some()) => {
                Group::AUTHENTICATION
            }
            (None, _) => default_group.clone(),
        };
        let scope = Scope {
            id: operation.map(|operation| format!("{}:", operation.id)).unwrap_or_default(),
            binding: String::new(),
            group: &group,
            tests: operation_tests(operation),
            optional: false,
            computed: self.variant == super::Variant::Hosted && is_computed(field, operation),
            parent: None,
        };
        self.write(field, &scope);
    }

    fn write(&mut self, field: &Field, scope: &Scope<'_>) {
        let scope = Scope { tests: with_condition(&scope.tests, field.condition.as_ref(), &scope.id), ..scope.clone() };
        let optional = scope.optional || !field.required;
        match &field.kind {
            Kind::Object { fields, .. } => {
                let inner = Scope {
                    id: format!("{}{}.", scope.id, field.name),
                    binding: format!("{}{}.", scope.binding, field.name),
                    optional,
                    parent: Some(markdown::inline_html(&format!("**{}**: {}", field.label, field.description))),
                    ..scope
                };
                for field in fields {
                    self.write(field, &inner);
                }
            }
            Kind::Variants { tag, variants } => self.variants(field, tag, variants, &scope),
            _ => {
                let property = property(field, optional, scope.computed);
                let name = format!("{}{}", scope.binding, field.name);
                let example = (!optional).then(|| example_source(field, &name));
                let id = format!("{}{}", scope.id, field.name);
                let tooltip = property.tooltip.clone().or_else(|| scope.parent.clone());
                self.placed(Property { id, tooltip, binding: Binding::Input { name }, example, ..property }, &scope);
            }
        }
    }

    fn variants(&mut self, field: &Field, tag: &str, variants: &[Variant], scope: &Scope<'_>) {
        let id = format!("{}{}.", scope.id, field.name);
        let binding = format!("{}{}.", scope.binding, field.name);
        let choices = variants
            .iter()
            .map(|variant| ChoiceEntry { name: variant.label.clone(), value: variant.value.clone() })
            .collect();
        let optional = scope.optional || !field.required;
        let tag_id = format!("{id}{tag}");
        let discriminator = Property {
            label: text(&field.label),
            description: text(&markdown::inline_html(&field.description)),
            tooltip: tooltip(
                field,
                variants.iter().map(|variant| (variant.label.as_str(), variant.description.as_str())),
            ),
            choices: Some(choices),
            value: if optional { None } else { variants.first().map(|variant| json!(variant.value)) },
            optional: optional.then_some(true),
            constraints: (!optional).then(|| Constraints { not_empty: true, ..Constraints::default() }),
            ..Property::new(tag_id.clone(), PropertyKind::Dropdown, Binding::Input { name: format!("{binding}{tag}") })
        };
        self.placed(discriminator, scope);
        for variant in variants {
            let mut tests = scope.tests.clone();
            tests.push(Test::equals(tag_id.as_str(), variant.value.as_str()));
            let inner =
                Scope { id: format!("{id}{}.", variant.value), binding: binding.clone(), tests, ..scope.clone() };
            for field in &variant.fields {
                self.write(field, &inner);
            }
        }
    }

    fn placed(&mut self, property: Property, scope: &Scope<'_>) {
        self.visible(Property { condition: TemplateCondition::all(&scope.tests), ..property }, scope.group);
    }
}

/// Whether the hosted template's FEEL looks into a field's value rather than passing it on.
fn is_computed(field: &Field, operation: Option<&OperationDefinition>) -> bool {
    let path = operation.and_then(|operation| operation.http.as_ref()).and_then(|http| UrlTemplate::parse(&http.path));
    let in_path = path.is_some_and(|path| path.fields().any(|name| name == field.name));
    in_path || matches!(field.kind, Kind::Integer { .. } | Kind::Number { .. } | Kind::JsonObjectText { .. })
}

fn with_condition(tests: &[Test], condition: Option<&Condition>, id: &str) -> Vec<Test> {
    let mut tests = tests.to_vec();
    if let Some(condition) = condition {
        let property = format!("{id}{}", condition.field);
        // Choice values are text in a template, and a Boolean's test must not be.
        let values: Vec<Value> = condition
            .one_of
            .iter()
            .map(|value| if value.is_number() { json!(value.to_string()) } else { value.clone() })
            .collect();
        let expected = match values.as_slice() {
            [single] => Expected::Equals(single.clone()),
            _ => Expected::OneOf(values),
        };
        tests.push(Test { kind: "simple", property, expected });
    }
    tests
}

fn text(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// What an example process fills in: a secret, a choice, or a variable that the process starts with.
fn example_source(field: &Field, name: &str) -> String {
    let choice = || match &field.kind {
        Kind::Choice(choices) => {
            choices.iter().find(|choice| field.examples.contains(&choice.value)).or(choices.first()).map(Choice::text)
        }
        _ => None,
    };
    example::secret(field).or_else(choice).unwrap_or_else(|| format!("={name}"))
}

/// A leaf's property, without id, binding and condition.
fn property(field: &Field, optional: bool, computed: bool) -> Property {
    let (kind, feel) = control(field);
    let mut property = Property {
        label: text(&field.label),
        description: text(&description(field, computed)),
        tooltip: field.tooltip.clone(),
        placeholder: placeholder(field),
        feel: field.feel.or(feel).filter(|feel| *feel != Feel::None),
        value: initial(field),
        ..Property::new("", kind, Binding::Input { name: String::new() })
    };
    if let Kind::Choice(choices) = &field.kind {
        let blank = optional && field.default.is_none();
        return Property {
            tooltip: tooltip(field, choices.iter().map(|choice| (choice.label.as_str(), choice.description.as_str()))),
            choices: Some(
                choices.iter().map(|choice| ChoiceEntry { name: choice.label.clone(), value: choice.text() }).collect(),
            ),
            optional: blank.then_some(true),
            constraints: (!blank).then(|| Constraints { not_empty: true, ..Constraints::default() }),
            ..property
        };
    }
    if let Kind::List { item, .. } = &field.kind {
        let members = item
            .fields()
            .iter()
            .map(|member| (member.name.as_str(), format!("{}. {}", member.label, member.description)));
        let members: Vec<(&str, String)> = members.collect();
        let members = members.iter().map(|(name, meaning)| (*name, meaning.as_str()));
        let about = Field { tooltip: field.tooltip.clone().or_else(|| text(&item.description)), ..field.clone() };
        property.tooltip = tooltip(&about, members);
    }
    // A check box is never empty.
    if field.kind == Kind::Boolean {
        return property;
    }
    let constraints = constraints(field, optional, computed);
    Property {
        optional: optional.then_some(true),
        constraints: (constraints != Constraints::default()).then_some(constraints),
        ..property
    }
}

/// The field's own tooltip, and what each entry of its dropdown means.
fn tooltip<'a>(field: &Field, entries: impl Iterator<Item = (&'a str, &'a str)>) -> Option<String> {
    let own = field.tooltip.as_deref().map(markdown::inline_html).unwrap_or_default();
    text(&format!("{own}{}", markdown::definition_list(entries)))
}

/// What an empty text field shows: an example, or the secret that it should hold.
fn placeholder(field: &Field) -> Option<String> {
    let example = || field.examples.first().map(bare);
    let shows = matches!(field.kind, Kind::Text { .. } | Kind::JsonObjectText { .. } | Kind::Integer { .. })
        && field.default.is_none()
        && field.secret.is_none();
    field.placeholder.clone().or_else(|| if shows { example() } else { example::secret(field) })
}

fn control(field: &Field) -> (PropertyKind, Option<Feel>) {
    match &field.kind {
        Kind::Text { .. } if field.multiline => (PropertyKind::Text, Some(Feel::Optional)),
        Kind::JsonObjectText { .. } => (PropertyKind::Text, Some(Feel::Optional)),
        // An empty number field of Modeler's shows 0; and only a text field can check a range.
        Kind::Text { .. } | Kind::Integer { .. } | Kind::Number { minimum: None, maximum: None } => {
            (PropertyKind::String, Some(Feel::Optional))
        }
        // A number as text cannot be held to bounds, so it is FEEL: a number as such.
        Kind::Number { .. } => (PropertyKind::String, Some(Feel::Required)),
        Kind::Boolean => (PropertyKind::Boolean, Some(Feel::Static)),
        Kind::Choice(_) => (PropertyKind::Dropdown, None),
        Kind::List { .. } | Kind::Json | Kind::Null | Kind::Object { .. } | Kind::Variants { .. } => {
            (PropertyKind::Text, Some(Feel::Required))
        }
    }
}

/// The description, with the limits that no constraint of a template can carry.
fn description(field: &Field, computed: bool) -> String {
    let text = markdown::inline_html(&field.description);
    match &field.kind {
        Kind::Number { minimum, maximum } if minimum.is_some() || maximum.is_some() => {
            format!("{text} The value {}.", expectation(field))
        }
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
        (Kind::Choice(_) | Kind::Integer { .. } | Kind::Number { minimum: None, maximum: None }, value) => {
            json!(bare(value))
        }
        (Kind::Boolean | Kind::Text { .. } | Kind::JsonObjectText { .. }, value) => value.clone(),
        (_, value) => json!(format!("= {value}")),
    })
}

fn constraints(field: &Field, optional: bool, computed: bool) -> Constraints {
    let mut constraints = Constraints { not_empty: !optional, ..Constraints::default() };
    if let Kind::Integer { minimum, maximum } = &field.kind {
        constraints.pattern = Some(pattern(&digits_pattern(*minimum, *maximum), field, optional, computed));
    }
    if let Kind::Number { minimum: None, maximum: None } = &field.kind {
        constraints.pattern = Some(pattern(NUMBER_TEXT, field, optional, computed));
    }
    if let Kind::Text { min_length, max_length, pattern: shape, .. } = &field.kind {
        // `notEmpty` says what a smallest length of 1 would, and an empty optional field breaks any.
        constraints.min_length = min_length.filter(|length| *length > 1 && !optional);
        constraints.max_length = *max_length;
        constraints.pattern = shape.as_ref().map(|shape| pattern(shape, field, optional, computed));
    }
    constraints
}

/// A pattern that also takes what stands for a secret, and nothing at all for an optional field.
fn pattern(pattern: &str, field: &Field, optional: bool, computed: bool) -> Pattern {
    let value = if computed { pattern.to_owned() } else { format!("{pattern}|^(?:{PLACEHOLDER})$") };
    Pattern { value: if optional { or_empty(&value) } else { value }, message: expectation(field) }
}
