//! Whatever an update does to an element is told of the two versions: random templates, random changes, and random values.

use crate::update::read;
use opwright::compat::{Change, Element, Severity, compare, default, effects, errors, stored};
use opwright::template::{ElementTemplate, Property, PropertyKind};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const IDS: [&str; 5] = ["a", "b", "c", "d", "e"];
const CHOICES: [&str; 4] = ["x", "y", "z", "w"];
const TEXTS: [&str; 7] = ["", "x", "y", "typed", "longer text", "Xyz!", "= x"];

struct Random(fastrand::Rng);

impl Random {
    fn one<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.0.usize(..all.len())]
    }

    fn chance(&mut self, percent: u8) -> bool {
        self.0.u8(..100) < percent
    }

    fn test(&mut self) -> Value {
        let property = self.one(&IDS);
        match self.0.u8(..6) {
            0 | 1 => json!({ "property": property, "equals": self.one(&CHOICES) }),
            2 | 3 => json!({ "property": property, "oneOf": [self.one(&CHOICES), self.one(&CHOICES)] }),
            4 => json!({ "property": property, "isActive": self.chance(60) }),
            _ => json!({ "property": property, "isEmpty": self.chance(50) }),
        }
    }

    fn condition(&mut self, property: &mut Value) {
        let condition = match self.0.u8(..5) {
            0 | 1 => None,
            2 | 3 => Some(self.test()),
            _ => Some(json!({ "allMatch": [self.test(), self.test()] })),
        };
        set(property, "condition", condition);
    }

    fn kind(&mut self, property: &mut Value) {
        set(property, "choices", None);
        set(property, "feel", None);
        match self.0.u8(..10) {
            0..=3 => {
                property["type"] = json!("Dropdown");
                self.choices(property);
            }
            4 => property["type"] = json!("Boolean"),
            5 => property["type"] = json!("Hidden"),
            _ => {
                property["type"] = json!("String");
                let feel = if self.chance(30) { Some(json!(self.one(&["optional", "required"]))) } else { None };
                set(property, "feel", feel);
            }
        }
        self.default(property);
    }

    fn choices(&mut self, property: &mut Value) {
        let mut choices: Vec<&str> = CHOICES.into_iter().filter(|_| self.chance(60)).collect();
        if choices.is_empty() {
            choices.push("x");
        }
        let choices: Vec<Value> = choices.iter().map(|value| json!({ "name": value, "value": value })).collect();
        set(property, "choices", Some(json!(choices)));
    }

    fn default(&mut self, property: &mut Value) {
        let value = match property["type"].as_str() {
            Some("Dropdown") => {
                let choices = property["choices"].as_array().expect("choices").clone();
                let one = self.0.usize(..choices.len());
                self.chance(60).then(|| choices[one]["value"].clone())
            }
            Some("Boolean") => self.chance(60).then(|| json!(self.chance(50))),
            Some("Hidden") => Some(json!(self.one(&CHOICES))),
            _ => self.chance(50).then(|| json!(self.one(&["x", "y", "north"]))),
        };
        set(property, "value", value);
    }

    fn constraints(&mut self, property: &mut Value) {
        let constraints = match self.0.u8(..6) {
            0 => Some(json!({ "notEmpty": true })),
            1 => Some(json!({ "maxLength": self.0.u8(3..8) })),
            2 => Some(json!({ "minLength": 2 })),
            3 => Some(json!({ "pattern": self.one(&["^[a-z]+$", "^[a-z ]*$", "^[xyz]$"]) })),
            _ => None,
        };
        set(property, "constraints", constraints);
    }

    fn binding(&mut self, property: &mut Value) {
        let name = if self.chance(25) { "shared" } else { property["id"].as_str().expect("an id") };
        property["binding"] = json!({ "type": "zeebe:input", "name": name });
    }

    fn property(&mut self, id: &str) -> Value {
        let mut property = json!({ "id": id, "label": id.to_uppercase() });
        self.kind(&mut property);
        self.binding(&mut property);
        self.condition(&mut property);
        self.constraints(&mut property);
        if self.chance(30) {
            property["optional"] = json!(true);
        }
        property
    }

    fn template(&mut self) -> Value {
        let ids = IDS.into_iter().filter(|_| self.chance(80)).collect::<Vec<_>>();
        let properties: Vec<Value> = ids.into_iter().map(|id| self.property(id)).collect();
        json!({ "id": "t", "name": "T", "version": 1, "appliesTo": ["bpmn:Task"], "properties": properties })
    }

    fn changed(&mut self, old: &Value) -> Value {
        let mut new = old.clone();
        new["version"] = json!(2);
        let properties = new["properties"].as_array_mut().expect("a list");
        for _ in 0..self.0.u8(1..4) {
            if properties.is_empty() {
                break;
            }
            let index = self.0.usize(..properties.len());
            match self.0.u8(..11) {
                10 => {
                    let other = self.0.usize(..properties.len());
                    let (one, two) = (properties[index]["id"].clone(), properties[other]["id"].clone());
                    properties[index]["id"] = two;
                    properties[other]["id"] = one;
                }
                0 => drop(properties.remove(index)),
                1 => {
                    let id = self.one(&IDS);
                    properties.retain(|property| property["id"] != id);
                    properties.push(self.property(id));
                }
                2 => {
                    let other = self.0.usize(..properties.len());
                    properties.swap(index, other);
                }
                3 => self.kind(&mut properties[index]),
                4 => self.default(&mut properties[index]),
                5 => self.binding(&mut properties[index]),
                6 if properties[index]["type"] == "Dropdown" => self.choices(&mut properties[index]),
                7 => self.constraints(&mut properties[index]),
                _ => self.condition(&mut properties[index]),
            }
        }
        new
    }

    /// A value that somebody can enter.
    fn value(&mut self, property: &Property) -> String {
        let value = match property.kind {
            Some(PropertyKind::Dropdown) => {
                let choices: Vec<&str> =
                    property.choices.iter().flatten().filter_map(|choice| choice.value.as_deref()).collect();
                self.one(&choices).to_owned()
            }
            Some(PropertyKind::Boolean) => self.one(&["true", "false"]).to_owned(),
            _ => self.one(&TEXTS).to_owned(),
        };
        stored(property, &value)
    }

    fn element(&mut self, template: &ElementTemplate) -> Element {
        let mut element = Element::new(template);
        for _ in 0..self.0.u8(..7) {
            let mut fields = element.active(template);
            fields.retain(|property| property.kind != Some(PropertyKind::Hidden));
            if fields.is_empty() {
                break;
            }
            let field = fields[self.0.usize(..fields.len())];
            let value = self.value(field);
            if value.is_empty() {
                element.clear(template, field);
            } else {
                element.enter(template, field, &value);
            }
        }
        element
    }
}

fn set(property: &mut Value, key: &str, value: Option<Value>) {
    let members = property.as_object_mut().expect("an object");
    match value {
        Some(value) => drop(members.insert(key.to_owned(), value)),
        None => drop(members.remove(key)),
    }
}

#[test]
fn what_an_update_does_is_told() {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut missing = Vec::new();
    for seed in 0..4_000 {
        let mut random = Random(fastrand::Rng::with_seed(seed));
        let old = random.template();
        let new = random.changed(&old);
        let (before, after) = (read(&old), read(&new));
        let changes = compare(&before, &after);
        assert!(!changes.is_empty() || before.properties == after.properties, "{seed}: {old}\n{new}");
        for _ in 0..12 {
            let element = random.element(&before);
            // What any update does, even if nothing has changed, is not told of a change.
            let always = effects(&element, &before, &before);
            let mut effects = effects(&element, &before, &after);
            effects.values.retain(|value| !always.values.contains(value) && !value.before.is_empty());
            effects.errors.retain(|error| !always.errors.contains(error));
            let at = |place| changes.iter().filter(move |change: &&Change| change.place.as_ref() == Some(place));
            for value in &effects.values {
                *counts.entry("values").or_default() += 1;
                // What nobody has entered may be another default.
                let at_place = before.properties.iter().filter(|one| one.place().as_deref() == Some(&value.place));
                let is_default = at_place.filter_map(default).any(|default| default == value.before);
                let is_told = at(&value.place).any(|change| match change.kind.severity {
                    Severity::Breaking => true,
                    Severity::Risky => is_default || change.kind.code.ends_with("not-proven"),
                    Severity::Safe => false,
                });
                if !is_told {
                    missing.push((seed, json!(value), entries(&element)));
                }
            }
            let known = errors(&element, &before);
            for error in &effects.errors {
                if known.iter().any(|known| known.place == error.place) {
                    continue;
                }
                *counts.entry("errors").or_default() += 1;
                if !at(&error.place).any(|change| change.kind.severity > Severity::Safe) {
                    missing.push((seed, json!(error), entries(&element)));
                }
            }
        }
    }
    let first = missing.iter().take(3).map(|(seed, what, element)| {
        let mut random = Random(fastrand::Rng::with_seed(*seed));
        let old = random.template();
        let new = random.changed(&old);
        let told: Vec<String> = compare(&read(&old), &read(&new))
            .iter()
            .map(|change| format!("{} {:?}: {}", change.kind.code, change.property, change.message))
            .collect();
        format!(
            "{seed}: {what}\n  {element}\n  old {}\n  new {}\n  told {told:#?}",
            old["properties"], new["properties"]
        )
    });
    let first: Vec<String> = first.collect();
    assert!(missing.is_empty(), "{} of {counts:?} are not told:\n{}", missing.len(), first.join("\n"));
    assert!(counts["values"] > 10_000 && counts["errors"] > 1_000, "{counts:?}");
}

fn entries(element: &Element) -> String {
    element
        .entries()
        .iter()
        .map(|(place, entry)| format!("{place} = {:?}", entry.text()))
        .collect::<Vec<_>>()
        .join(", ")
}

#[test]
fn what_depends_on_too_much_is_not_proven() {
    let switch = |number: usize| {
        json!({
            "id": format!("s{number}"), "label": format!("S{number}"), "type": "Boolean", "value": true,
            "binding": { "type": "zeebe:input", "name": format!("s{number}") },
        })
    };
    let template = |version: i64, count: usize, condition: Value| {
        let mut properties: Vec<Value> = (0..count).map(switch).collect();
        properties.push(json!({
            "id": "x", "label": "X", "type": "String", "binding": { "type": "zeebe:input", "name": "x" },
            "condition": condition,
        }));
        read(
            &json!({ "id": "t", "name": "T", "version": version, "appliesTo": ["bpmn:Task"], "properties": properties }),
        )
    };
    // A check box is never empty, which the words of a condition do not say.
    let told = |count: usize| {
        let filled: Vec<Value> =
            (0..count).map(|number| json!({ "property": format!("s{number}"), "isEmpty": false })).collect();
        let new = template(2, count, json!({ "allMatch": filled }));
        let old = template(1, count, json!({ "property": "s0", "equals": true }));
        compare(&old, &new).iter().map(|change| change.kind.code).collect::<Vec<_>>()
    };
    assert_eq!(told(6), ["details-changed"]);
    assert_eq!(told(8), ["update-not-proven", "details-changed"]);
}
