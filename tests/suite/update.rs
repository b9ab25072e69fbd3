//! What becomes of entered values when a template is updated: our prediction against Modeler's own Update in Chromium.

use crate::node::{official_templates, updated_by_modeler};
use opwright::compat::{Element, Entry, errors};
use opwright::template::{Binding, BindingKind, ElementTemplate, Feel, Property, PropertyKind};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write;

/// Two versions of a template, next to each other.
pub(crate) struct Pair {
    pub(crate) name: String,
    pub(crate) old: (ElementTemplate, Value),
    pub(crate) new: (ElementTemplate, Value),
}

/// All official pairs of consecutive versions.
pub(crate) fn official_pairs() -> Vec<Pair> {
    let mut versions: BTreeMap<String, Vec<(ElementTemplate, Value)>> = BTreeMap::new();
    for (template, value) in official_templates() {
        if let (Some(id), Some(_)) = (template.id.clone(), template.version) {
            versions.entry(id).or_default().push((template, value));
        }
    }
    let mut pairs = Vec::new();
    for (id, mut versions) in versions {
        versions.sort_by_key(|(template, _)| template.version);
        for pair in versions.windows(2) {
            let [old, new] = pair else { continue };
            let number = |template: &ElementTemplate| template.version.unwrap_or_default();
            let name = format!("{id} {} → {}", number(&old.0), number(&new.0));
            pairs.push(Pair { name, old: old.clone(), new: new.clone() });
        }
    }
    pairs
}

/// A value that nobody has by default.
fn typed(property: &Property) -> Option<String> {
    let is_mapping = property
        .binding
        .as_ref()
        .is_some_and(|binding| matches!(binding.kind, BindingKind::Input | BindingKind::Output));
    match property.kind.unwrap_or(PropertyKind::String) {
        PropertyKind::Hidden | PropertyKind::Configuration => None,
        PropertyKind::Dropdown => property.choices.as_ref()?.last()?.value.clone(),
        PropertyKind::Boolean if is_mapping || property.feel.is_some() => Some("=true".to_owned()),
        PropertyKind::Boolean => Some("true".to_owned()),
        PropertyKind::Number if is_mapping || property.feel.is_some() => Some("=7".to_owned()),
        PropertyKind::Number => Some("7".to_owned()),
        PropertyKind::String | PropertyKind::Text if property.feel == Some(Feel::Required) => {
            Some("= typed".to_owned())
        }
        PropertyKind::String | PropertyKind::Text => Some("typed".to_owned()),
    }
}

/// An element of the old version with something entered in every visible field; dropdowns only if `choosing`.
fn filled(old: &ElementTemplate, choosing: bool) -> (Element, Vec<Value>) {
    let mut element = Element::new(old);
    let (mut done, mut entered) = (Vec::new(), Vec::new());
    loop {
        let next = element.active(old).into_iter().find_map(|property| {
            let is_left_out = property.kind == Some(PropertyKind::Dropdown) && !choosing;
            let value = if is_left_out { None } else { typed(property) };
            let place = property.place().filter(|place| !done.contains(place))?;
            Some((property, place, value?))
        });
        let Some((property, place, value)) = next else { return (element, entered) };
        element.enter(old, property, &value);
        entered.push(json!({ "binding": property.binding, "value": value }));
        done.push(place);
    }
}

/// What Modeler says of a value: nothing there, blank, or a text.
pub(crate) fn entry(value: &Value) -> Option<Entry> {
    match value {
        Value::Null => Some(Entry::Blank),
        Value::String(text) => Some(Entry::Value(text.clone())),
        _ => None,
    }
}

/// Blank and empty are the same to everybody but the XML.
fn shown(entry: Option<&Entry>) -> Option<String> {
    entry.map(|entry| entry.text().to_owned())
}

/// A case: a pair, whether dropdowns are chosen from, and what we expect.
pub(crate) struct Case<'a> {
    pub(crate) pair: &'a Pair,
    before: Element,
    after: Element,
    entered: Vec<Value>,
    pub(crate) bindings: Vec<Binding>,
}

impl<'a> Case<'a> {
    /// Something is entered in every visible field; dropdowns only if `choosing`.
    pub(crate) fn new(pair: &'a Pair, choosing: bool) -> Self {
        let (before, entered) = filled(&pair.old.0, choosing);
        Self::of(pair, before, entered)
    }

    /// This is entered, by the ids of properties.
    fn entering(pair: &'a Pair, values: &[(&str, &str)]) -> Self {
        let old = &pair.old.0;
        let mut element = Element::new(old);
        let mut entered = Vec::new();
        for (id, value) in values {
            let property =
                old.properties.iter().find(|property| property.id.as_deref() == Some(id)).expect("a property");
            element.enter(old, property, value);
            entered.push(json!({ "binding": property.binding, "value": value }));
        }
        Self::of(pair, element, entered)
    }

    fn of(pair: &'a Pair, before: Element, entered: Vec<Value>) -> Self {
        let mut after = before.clone();
        after.update(&pair.old.0, &pair.new.0);
        // Every place that either version knows: what was entered, and what came by default.
        let mut bindings: Vec<Binding> = Vec::new();
        for property in pair.old.0.properties.iter().chain(&pair.new.0.properties) {
            let place = property.place().expect("a binding");
            if !bindings.iter().any(|binding| binding.place() == place) {
                bindings.extend(property.binding.clone());
            }
        }
        Self { pair, before, after, entered, bindings }
    }

    pub(crate) fn line(&self) -> String {
        let Self { pair, entered, bindings, .. } = self;
        json!({ "old": pair.old.1, "next": pair.new.1, "entered": entered, "bindings": bindings }).to_string()
    }

    /// The errors that we expect after the update.
    fn errors(&self) -> Vec<String> {
        errors(&self.after, &self.pair.new.0).into_iter().map(|error| error.message).collect()
    }

    /// Each value that is not as Modeler has it, before the update or after it.
    fn disagreements(&self, answer: &Value) -> Vec<String> {
        let mut found = Vec::new();
        for (index, binding) in self.bindings.iter().enumerate() {
            let property = Property { binding: Some(binding.clone()), ..Property::default() };
            for (when, element) in [("before", &self.before), ("after", &self.after)] {
                let (ours, modelers) = (element.get(&property), entry(&answer[when][index]));
                let is_made = ours.is_some_and(|entry| entry.text() == "(a new UUID)") && modelers.is_some();
                if shown(ours) != shown(modelers.as_ref()) && !is_made {
                    found.push(format!("{} {when} {binding}: {ours:?}, Modeler {modelers:?}", self.pair.name));
                }
            }
        }
        let mut modelers: Vec<String> = serde_json::from_value(answer["errors"].clone()).expect("messages");
        let mut ours = self.errors();
        ours.sort();
        modelers.sort();
        if ours != modelers {
            found.push(format!("{} errors: {ours:?}, Modeler {modelers:?}", self.pair.name));
        }
        found
    }
}

/// Every so many pairs: all of them take two minutes.
pub(crate) fn every() -> usize {
    std::env::var("OPWRIGHT_UPDATE_EVERY").ok().and_then(|every| every.parse().ok()).unwrap_or(15)
}

#[test]
fn an_official_update_does_to_each_value_what_is_predicted() {
    let pairs = official_pairs();
    assert!(pairs.len() > 500, "only {} pairs", pairs.len());
    let sampled = pairs.iter().step_by(every());
    let cases: Vec<Case<'_>> = sampled.flat_map(|pair| [Case::new(pair, false), Case::new(pair, true)]).collect();
    let answers = updated_by_modeler(cases.iter().map(|case| case.line() + "\n").collect());
    assert_eq!(answers.len(), cases.len());
    let mut found = Vec::new();
    for (case, answer) in cases.iter().zip(&answers) {
        assert_eq!(answer.get("error"), None, "{}", case.pair.name);
        found.extend(case.disagreements(answer));
    }
    let values: usize = cases.iter().map(|case| case.bindings.len()).sum();
    let shown: usize = cases.iter().map(|case| case.errors().len()).sum();
    let (sampled, all) = (cases.len() / 2, pairs.len());
    let _ = writeln!(std::io::stderr(), "{values} values and {shown} errors of {sampled} pairs of {all}");
    assert!(values > 400 && shown > 10, "only {values} values and {shown} errors");
    assert_eq!(found, [""; 0]);
}

/// A small template: an operation, a field of each of its two values, a header, a constant.
pub(crate) fn small() -> Value {
    json!({
        "$schema": "https://unpkg.com/@camunda/zeebe-element-templates-json-schema/resources/schema.json",
        "id": "io.example.small", "name": "Small", "version": 1, "appliesTo": ["bpmn:Task"],
        "elementType": { "value": "bpmn:ServiceTask" },
        "properties": [
            { "id": "type", "type": "Hidden", "value": "small:1", "binding": { "type": "zeebe:taskDefinition", "property": "type" } },
            { "id": "operation", "type": "Dropdown", "value": "find", "binding": { "type": "zeebe:input", "name": "operation" },
              "choices": [{ "name": "Find", "value": "find" }, { "name": "Order", "value": "order" }] },
            { "id": "book", "type": "String", "optional": true, "binding": { "type": "zeebe:input", "name": "book" },
              "condition": { "property": "operation", "equals": "order" } },
            { "id": "size", "type": "String", "value": "20", "binding": { "type": "zeebe:input", "name": "size" } },
            { "id": "gift", "type": "Boolean", "value": false, "binding": { "type": "zeebe:input", "name": "gift" } },
            { "id": "result", "type": "String", "value": "all", "binding": { "type": "zeebe:taskHeader", "key": "resultVariable" } },
        ],
    })
}

/// Its second version.
pub(crate) fn newer(change: impl FnOnce(&mut Value)) -> Value {
    let mut new = small();
    new["version"] = json!(2);
    change(&mut new);
    new
}

/// The small template beside its second version.
fn pair(name: &str, change: fn(&mut Value)) -> Pair {
    let new = newer(change);
    Pair { name: name.to_owned(), old: (read(&small()), small()), new: (read(&new), new) }
}

/// A template as it is read.
pub(crate) fn read(value: &Value) -> ElementTemplate {
    let tree = opwright::template::Node::parse(&value.to_string()).expect("JSON");
    opwright::template::read(&tree).0.remove(0).1
}

/// What a row enters: ids of properties and values.
type Entered = [(&'static str, &'static str)];

/// A change of the small template, what had been entered, and what one value is after it, by its binding's name.
type Row = (&'static str, fn(&mut Value), &'static Entered, &'static str, Option<&'static str>);

const ROWS: [Row; 19] = [
    ("nothing but the version", |_| {}, &[("size", "7")], "size", Some("7")),
    ("another id and label", |t| t["properties"][3]["id"] = json!("pages"), &[("size", "7")], "size", Some("7")),
    (
        "in another order",
        |t| t["properties"].as_array_mut().expect("a list").swap(1, 3),
        &[("size", "7")],
        "size",
        Some("7"),
    ),
    (
        "a binding is renamed",
        |t| t["properties"][3]["binding"]["name"] = json!("pages"),
        &[("size", "7")],
        "size",
        None,
    ),
    (
        "its new name has the default",
        |t| t["properties"][3]["binding"]["name"] = json!("pages"),
        &[("size", "7")],
        "pages",
        Some("20"),
    ),
    (
        "an input becomes a header",
        |t| t["properties"][3]["binding"] = json!({ "type": "zeebe:taskHeader", "key": "size" }),
        &[("size", "7")],
        "size",
        None,
    ),
    (
        "a property is removed",
        |t| drop(t["properties"].as_array_mut().expect("a list").remove(3)),
        &[("size", "7")],
        "size",
        None,
    ),
    (
        "a condition is tightened",
        |t| t["properties"][3]["condition"] = json!({ "property": "operation", "equals": "order" }),
        &[("size", "7")],
        "size",
        None,
    ),
    (
        "a condition is lifted",
        |t| drop(t["properties"][2].as_object_mut().expect("an object").remove("condition")),
        &[("operation", "order"), ("book", "b")],
        "book",
        Some("b"),
    ),
    (
        "a choice is removed",
        |t| drop(t["properties"][1]["choices"].as_array_mut().expect("a list").pop()),
        &[("operation", "order")],
        "operation",
        Some("find"),
    ),
    (
        "a choice is renamed, and its fields are lost",
        |t| t["properties"][1]["choices"][1]["value"] = json!("buy"),
        &[("operation", "order"), ("book", "b")],
        "book",
        None,
    ),
    (
        "a text becomes a constant",
        |t| t["properties"][3]["type"] = json!("Hidden"),
        &[("size", "7")],
        "size",
        Some("20"),
    ),
    (
        "a text becomes a dropdown without the value",
        |t| {
            t["properties"][3]["type"] = json!("Dropdown");
            t["properties"][3]["choices"] = json!([{ "name": "20", "value": "20" }, { "name": "50", "value": "50" }]);
        },
        &[("size", "7")],
        "size",
        Some("20"),
    ),
    (
        "a text becomes a dropdown with the value",
        |t| {
            t["properties"][3]["type"] = json!("Dropdown");
            t["properties"][3]["choices"] = json!([{ "name": "20", "value": "20" }, { "name": "7", "value": "7" }]);
        },
        &[("size", "7")],
        "size",
        Some("7"),
    ),
    (
        "a default changes, and nothing was entered",
        |t| t["properties"][3]["value"] = json!("50"),
        &[],
        "size",
        Some("50"),
    ),
    (
        "a default changes, and the old one was entered",
        |t| t["properties"][3]["value"] = json!("50"),
        &[("size", "20")],
        "size",
        Some("50"),
    ),
    (
        "a default changes, and something else was entered",
        |t| t["properties"][3]["value"] = json!("50"),
        &[("size", "7")],
        "size",
        Some("7"),
    ),
    ("a default of a check box changes", |t| t["properties"][4]["value"] = json!(true), &[], "gift", Some("=true")),
    (
        "a header's default goes, and it stays without a value",
        |t| drop(t["properties"][5].as_object_mut().expect("an object").remove("value")),
        &[],
        "resultVariable",
        Some(""),
    ),
];

#[test]
fn each_kind_of_change_does_to_a_value_what_is_predicted() {
    let pairs: Vec<Pair> = ROWS.iter().map(|(name, change, ..)| pair(name, *change)).collect();
    let cases: Vec<Case<'_>> =
        pairs.iter().zip(ROWS).map(|(pair, (_, _, entered, ..))| Case::entering(pair, entered)).collect();
    let answers = updated_by_modeler(cases.iter().map(|case| case.line() + "\n").collect());
    for ((case, answer), (name, _, _, bound, expected)) in cases.iter().zip(&answers).zip(ROWS) {
        assert_eq!(case.disagreements(answer), [""; 0], "{name}");
        let is_it =
            |binding: &&Binding| binding.name.as_deref() == Some(bound) || binding.key.as_deref() == Some(bound);
        let of_input = case.bindings.iter().filter(is_it).min_by_key(|binding| binding.kind == BindingKind::TaskHeader);
        let property = Property { binding: of_input.cloned(), ..Property::default() };
        assert_eq!(shown(case.after.get(&property)).as_deref(), expected, "{name}");
    }
    assert_eq!(answers.len(), ROWS.len());
}

/// A change of the small template, what had been entered, the errors that are shown after it, and whether Modeler offers the
/// update at all.
type ModelRow = (&'static str, fn(&mut Value), &'static Entered, &'static [&'static str], bool);

fn constrained(template: &mut Value, index: usize, constraints: Value) {
    template["properties"][index]["constraints"] = constraints;
}

const MODEL_ROWS: [ModelRow; 14] = [
    ("nothing but the version", |_| {}, &[], &[], true),
    (
        "a required field is new",
        |t| {
            t["properties"].as_array_mut().expect("a list").push(json!({
                "type": "String", "binding": { "type": "zeebe:input", "name": "more" }, "constraints": { "notEmpty": true },
            }));
        },
        &[],
        &["Must not be empty."],
        true,
    ),
    (
        "a field becomes required",
        |t| {
            t["properties"][2]["optional"] = json!(false);
            t["properties"][2]["label"] = json!("Book");
            constrained(t, 2, json!({ "notEmpty": true }));
        },
        &[("operation", "order")],
        &["Book must not be empty."],
        true,
    ),
    (
        "of one that is out of sight nobody is told",
        |t| {
            t["properties"][2]["optional"] = json!(false);
            constrained(t, 2, json!({ "notEmpty": true }));
        },
        &[],
        &[],
        true,
    ),
    (
        "a text is too long",
        |t| constrained(t, 3, json!({ "maxLength": 2 })),
        &[("size", "two😀")],
        &["Cannot exceed 2 characters."],
        true,
    ),
    ("a text is not too long", |t| constrained(t, 3, json!({ "maxLength": 2 })), &[("size", "😀")], &[], true),
    (
        "a text is too short",
        |t| constrained(t, 3, json!({ "minLength": 3 })),
        &[("size", "7")],
        &["Must be at least 3 characters."],
        true,
    ),
    (
        "a text is of another pattern",
        |t| constrained(t, 3, json!({ "pattern": { "value": "^[0-9]+$", "message": "must be digits" } })),
        &[("size", "many")],
        &["must be digits"],
        true,
    ),
    (
        "a pattern without a message",
        |t| {
            t["properties"][3]["label"] = json!("Size");
            constrained(t, 3, json!({ "pattern": "^[0-9]+$" }));
        },
        &[("size", "many")],
        &["Size must match pattern ^[0-9]+$."],
        true,
    ),
    (
        "an expression is of no pattern",
        |t| {
            t["properties"][3]["feel"] = json!("optional");
            constrained(t, 3, json!({ "pattern": "^[0-9]+$", "maxLength": 2 }));
        },
        &[("size", "= many")],
        &[],
        true,
    ),
    ("another engine", |t| t["engines"] = json!({ "camunda": "^8.9" }), &[], &[], false),
    ("another id", |t| t["id"] = json!("io.example.other"), &[], &[], false),
    ("another element", |t| t["elementType"]["value"] = json!("bpmn:SendTask"), &[("size", "7")], &[], true),
    ("it is deprecated", |t| t["deprecated"] = json!(true), &[], &[], true),
];

#[test]
fn each_kind_of_change_shows_the_errors_that_are_predicted() {
    let pairs: Vec<Pair> = MODEL_ROWS.iter().map(|(name, change, ..)| pair(name, *change)).collect();
    let cases: Vec<Case<'_>> =
        pairs.iter().zip(MODEL_ROWS).map(|(pair, (_, _, entered, ..))| Case::entering(pair, entered)).collect();
    let answers = updated_by_modeler(cases.iter().map(|case| case.line() + "\n").collect());
    assert_eq!(answers.len(), MODEL_ROWS.len());
    for ((case, answer), (name, _, _, expected, is_offered)) in cases.iter().zip(&answers).zip(MODEL_ROWS) {
        assert_eq!(answer["error"], Value::Null, "{name}");
        assert_eq!((answer["errors"].clone(), &answer["offered"]), (json!(expected), &json!(is_offered)), "{name}");
        assert_eq!(case.disagreements(answer), [""; 0], "{name}");
    }
}
