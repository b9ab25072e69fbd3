//! Properties from fields: walks a connector's inputs, with what is above them.

use super::leaf::{self, Standing, named, not_empty, text};
use super::variant::Runtime;
use crate::definition::{self, Control, Field, Found, Group, Kind, OperationDefinition, Tested, UrlTemplate, Variant};
use crate::generate::{example, markdown};
use crate::template::{self, Binding, Condition, Expected, Feel, Property, PropertyKind, Test, Value};
use crate::text::bare;
use std::collections::BTreeMap;

/// Collects properties, and groups in the order of their first visible property, as the panel does.
#[derive(Debug)]
pub(super) struct Writer {
    runtime: Runtime,
    properties: Vec<Property>,
    groups: Vec<template::Group>,
    examples: BTreeMap<String, String>,
}

/// What has been collected.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) properties: Vec<Property>,
    pub(super) groups: Vec<template::Group>,
    /// What an example process fills in, by the ids of properties.
    pub(super) examples: BTreeMap<String, String>,
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
    /// The fields beside it, which its condition may be about.
    beside: &'a [Field],
    /// A parent may be absent as a whole, so nothing inside is required.
    optional: bool,
    /// See [`Standing::computed`].
    computed: bool,
    /// What the parent is, for its fields' tooltips.
    parent: Option<String>,
}

/// The test that an operation is chosen.
pub(super) fn operation_tests(operation: Option<&OperationDefinition>) -> Vec<Test> {
    operation.map(|operation| Test::equals("operation", operation.id.as_str())).into_iter().collect()
}

impl Writer {
    pub(super) fn new(runtime: Runtime) -> Self {
        Self { runtime, properties: Vec::new(), groups: Vec::new(), examples: BTreeMap::new() }
    }

    pub(super) fn hidden(&mut self, property: Property) {
        self.properties.push(property);
    }

    pub(super) fn visible(&mut self, property: Property, group: &Group) {
        if !self.groups.iter().any(|known| known.id.as_deref() == Some(&group.id)) {
            self.groups.push(template::Group {
                id: Some(group.id.to_string()),
                label: Some(group.label.to_string()),
                tooltip: group.tooltip.as_ref().map(ToString::to_string),
                open_by_default: group.open_by_default.then_some(true),
            });
        }
        self.properties.push(Property { group: Some(group.id.to_string()), ..property });
    }

    pub(super) fn finish(self) -> Written {
        Written { properties: self.properties, groups: self.groups, examples: self.examples }
    }

    /// Writes the properties of a job's inputs; `operation` is `None` for those that are shared.
    pub(super) fn fields(&mut self, fields: &[Field], default_group: &Group, operation: Option<&OperationDefinition>) {
        for field in fields {
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
                beside: fields,
                optional: false,
                computed: self.runtime == Runtime::Hosted && is_computed(field, operation),
                parent: None,
            };
            self.write(field, &scope);
        }
    }

    fn write(&mut self, field: &Field, scope: &Scope<'_>) {
        let mut scope = scope.clone();
        for test in field.condition.iter().flat_map(|condition| &condition.all_match) {
            scope.tests.extend(written(test, &scope));
        }
        let optional = scope.optional || !field.required;
        match &field.kind {
            Kind::Object { fields, .. } => {
                let inner = Scope {
                    id: format!("{}{}.", scope.id, field.name),
                    binding: format!("{}{}.", scope.binding, field.name),
                    beside: fields,
                    optional,
                    parent: Some(markdown::inline_html(&format!("**{}**: {}", field.label, field.description))),
                    ..scope
                };
                for field in fields {
                    self.write(field, &inner);
                }
            }
            Kind::Variants { tag, variants } => self.variants(field, tag, variants, &scope),
            Kind::LinkedResource { resource_type } => self.linked_resource(field, resource_type, &scope),
            _ => {
                let property = leaf::property(field, Standing { optional, computed: scope.computed });
                let name = format!("{}{}", scope.binding, field.name);
                let id = format!("{}{}", scope.id, field.name);
                if !optional {
                    self.examples.insert(id.clone(), example_source(field, &name));
                }
                let tooltip = property.tooltip.clone().or_else(|| scope.parent.clone());
                let condition = Condition::all(&scope.tests);
                let binding = Some(Binding::input(name));
                if property.kind == Some(PropertyKind::Hidden) {
                    self.hidden(Property { id: Some(id), binding, condition, ..property });
                } else {
                    self.visible(Property { id: Some(id), tooltip, binding, condition, ..property }, scope.group);
                }
            }
        }
    }

    /// The properties of a linked resource. They are written together or not at all, so none is optional.
    fn linked_resource(&mut self, field: &Field, resource_type: &str, scope: &Scope<'_>) {
        let id = format!("{}{}.", scope.id, field.name);
        let binding = |attribute: &str| Binding::linked_resource(field.name.as_str(), attribute);
        let condition = Condition::all(&scope.tests);
        let constant = Property::hidden(format!("{id}resourceType"), binding("resourceType"), resource_type);
        self.hidden(Property { condition: condition.clone(), ..constant });
        let resource_id = Property {
            label: text(&field.label),
            description: text(&markdown::inline_html(&field.description)),
            tooltip: field.tooltip.clone(),
            placeholder: field.placeholder.clone(),
            feel: Some(Feel::Optional),
            constraints: Some(not_empty()),
            condition: condition.clone(),
            ..Property::new(format!("{id}resourceId"), PropertyKind::String, binding("resourceId"))
        };
        let example = field.placeholder.clone().unwrap_or_else(|| field.name.clone());
        self.examples.insert(format!("{id}resourceId"), example);
        let choices = [
            ("The latest version", "latest"),
            ("The version that was deployed with the process", "deployment"),
            ("A version tag", "versionTag"),
        ];
        let binding_id = format!("{id}bindingType");
        let binding_type = Property {
            label: Some(format!("{}: version", field.label)),
            choices: Some(choices.map(|(name, value)| named(name, value)).to_vec()),
            value: Some("latest".into()),
            constraints: Some(not_empty()),
            condition,
            ..Property::new(binding_id.clone(), PropertyKind::Dropdown, binding("bindingType"))
        };
        let tests: Vec<Test> = scope.tests.iter().cloned().chain([Test::equals(binding_id, "versionTag")]).collect();
        let version_tag = Property {
            label: Some(format!("{}: version tag", field.label)),
            constraints: Some(not_empty()),
            condition: Condition::all(&tests),
            ..Property::new(format!("{id}versionTag"), PropertyKind::String, binding("versionTag"))
        };
        for property in [resource_id, binding_type, version_tag] {
            self.visible(property, scope.group);
        }
    }

    fn variants(&mut self, field: &Field, tag: &str, variants: &[Variant], scope: &Scope<'_>) {
        let id = format!("{}{}.", scope.id, field.name);
        let binding = format!("{}{}.", scope.binding, field.name);
        let optional = scope.optional || !field.required;
        let tag_id = format!("{id}{tag}");
        let about = variants.iter().map(|variant| (variant.label.as_str(), variant.description.as_str()));
        let discriminator = Property {
            label: text(&field.label),
            description: text(&markdown::inline_html(&field.description)),
            tooltip: leaf::tooltip(field, about),
            choices: Some(variants.iter().map(|variant| named(&variant.label, variant.value.as_str())).collect()),
            value: if optional { None } else { variants.first().map(|variant| variant.value.as_str().into()) },
            optional: optional.then_some(true),
            constraints: (!optional).then(not_empty),
            condition: Condition::all(&scope.tests),
            ..Property::new(tag_id.clone(), PropertyKind::Dropdown, Binding::input(format!("{binding}{tag}")))
        };
        self.visible(discriminator, scope.group);
        for variant in variants {
            let mut tests = scope.tests.clone();
            tests.push(Test::equals(tag_id.as_str(), variant.value.as_str()));
            let inner = Scope {
                id: format!("{id}{}.", variant.value),
                binding: binding.clone(),
                tests,
                beside: &variant.fields,
                ..scope.clone()
            };
            for field in &variant.fields {
                self.write(field, &inner);
            }
        }
    }
}

/// Whether the hosted template's FEEL looks into a field's value rather than passing it on.
fn is_computed(field: &Field, operation: Option<&OperationDefinition>) -> bool {
    let path = operation.and_then(|operation| operation.http.as_ref()).and_then(|http| UrlTemplate::parse(&http.path));
    let in_path = path.is_some_and(|path| path.fields().any(|name| name == field.name));
    in_path || matches!(field.kind, Kind::Integer { .. } | Kind::Number { .. } | Kind::JsonObjectText { .. })
}

/// A definition's test as the template has it. The registry has found what it is about.
fn written(test: &definition::Test, scope: &Scope<'_>) -> Vec<Test> {
    let Some(Found { tested, id, of_variant }) = test.tested(scope.beside) else { return Vec::new() };
    let tested_value = |value: &serde_json::Value| tested_value(&tested, value);
    let expected = match &test.expected {
        definition::Expected::OneOf(values) => match values.as_slice() {
            [single] => Expected::Equals(tested_value(single)),
            several => Expected::OneOf(several.iter().map(tested_value).collect()),
        },
        definition::Expected::IsActive(active) => Expected::IsActive(*active),
        definition::Expected::IsEmpty(empty) => Expected::IsEmpty(*empty),
    };
    let id = format!("{}{id}", scope.id);
    // Modeler reads values where they are bound: what stands there may be another variant's.
    let is_shown = of_variant && !matches!(expected, Expected::IsActive(_));
    let shown = is_shown.then(|| Test::of(id.clone(), Expected::IsActive(true)));
    shown.into_iter().chain([Test::of(id, expected)]).collect()
}

/// Values are text in a template, but for those of check boxes and number fields.
fn tested_value(tested: &Tested<'_>, value: &serde_json::Value) -> Value {
    match (tested, value) {
        (_, serde_json::Value::Bool(value)) => Value::Boolean(*value),
        (Tested::Field(Field { control: Some(Control::Number), .. }), serde_json::Value::Number(number)) => {
            Value::Number(number.clone())
        }
        _ => bare(value).into(),
    }
}

/// What an example process fills in: a secret, a choice, or a variable that the process starts with.
fn example_source(field: &Field, name: &str) -> String {
    let choice = || match &field.kind {
        Kind::Choice(choices) => {
            let shown = choices.iter().find(|choice| field.examples.contains(&choice.value));
            shown.or(choices.first()).map(definition::Choice::text)
        }
        _ => None,
    };
    let made = || field.generated.then(|| example::UUID.to_owned());
    example::secret(field).or_else(choice).or_else(made).unwrap_or_else(|| format!("={name}"))
}
