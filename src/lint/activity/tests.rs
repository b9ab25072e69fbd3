//! The search beside an enumeration of all values, on small templates.

use super::Activity;
use crate::template::{Binding, Choice, Condition, Expected, Property, PropertyKind, Test, Value};
use proptest::prelude::*;
use std::collections::HashMap;

const VALUES: [&str; 3] = ["a", "b", "c"];

/// A property that may hold some of the values; its condition asks properties before it.
#[derive(Debug, Clone)]
struct Sketch {
    kind: PropertyKind,
    /// Of a dropdown its choices, of a hidden one its value.
    values: Vec<&'static str>,
    default: bool,
    tests: Vec<(usize, u8, &'static str, bool)>,
}

fn sketch() -> impl Strategy<Value = Sketch> {
    let kinds = prop_oneof![
        Just(PropertyKind::Dropdown),
        Just(PropertyKind::Hidden),
        Just(PropertyKind::String),
        Just(PropertyKind::Boolean),
    ];
    let value = || prop::sample::select(&VALUES[..]);
    let tests = prop::collection::vec((0_usize..6, 0_u8..4, value(), any::<bool>()), 0..3);
    (kinds, prop::collection::vec(value(), 1..3), any::<bool>(), tests)
        .prop_map(|(kind, values, default, tests)| Sketch { kind, values, default, tests })
}

fn text(value: &str) -> Value {
    Value::String(value.to_owned())
}

fn build(sketches: &[Sketch]) -> Vec<Property> {
    let property = |(index, sketch): (usize, &Sketch)| {
        let tests: Vec<Test> = sketch
            .tests
            .iter()
            .filter(|_| index > 0)
            .map(|(other, question, value, flag)| {
                let other = other % index;
                let expected = match question {
                    0 if sketches[other].kind == PropertyKind::Boolean => Expected::Equals(Value::Boolean(*flag)),
                    0 => Expected::Equals(text(value)),
                    1 => Expected::OneOf(vec![text(value), text("b")]),
                    2 => Expected::IsActive(*flag),
                    _ => Expected::IsEmpty(*flag),
                };
                Test { kind: None, property: other.to_string(), expected }
            })
            .collect();
        let choice = |value: &&str| Choice { name: None, value: Some((*value).to_owned()), condition: None };
        Property {
            id: Some(index.to_string()),
            kind: Some(sketch.kind),
            choices: (sketch.kind == PropertyKind::Dropdown).then(|| sketch.values.iter().map(choice).collect()),
            value: (sketch.kind == PropertyKind::Hidden || sketch.default && sketch.kind == PropertyKind::Dropdown)
                .then(|| text(sketch.values[0])),
            binding: Some(Binding::input(format!("v{index}"))),
            condition: Condition::all(&tests),
            ..Property::default()
        }
    };
    sketches.iter().enumerate().map(property).collect()
}

/// What a designer can enter into a field, while it is shown.
fn entries(property: &Property) -> Vec<Value> {
    match property.kind {
        Some(PropertyKind::Dropdown) => {
            let choices = property.choices.iter().flatten().filter_map(|choice| choice.value.as_deref());
            let blank = property.value.is_none().then_some("");
            choices.chain(blank).map(text).collect()
        }
        Some(PropertyKind::Hidden) => property.value.iter().cloned().collect(),
        Some(PropertyKind::Boolean) => vec![Value::Boolean(true), Value::Boolean(false)],
        _ => ["", "a", "b", "c", "other"].into_iter().map(text).collect(),
    }
}

/// All that can be active together, found by trying every combination of entries.
fn enumerate(properties: &[Property]) -> Vec<Vec<bool>> {
    let mut combinations: Vec<Vec<Value>> = vec![Vec::new()];
    for property in properties {
        combinations = combinations
            .into_iter()
            .flat_map(|combination| {
                let with = move |entry| combination.iter().cloned().chain([entry]).collect();
                entries(property).into_iter().map(with)
            })
            .collect();
    }
    let active = |combination: &Vec<Value>| {
        let mut shown: HashMap<String, Value> = HashMap::new();
        let mut active = Vec::new();
        for (property, entry) in properties.iter().zip(combination) {
            let tests = property.tests();
            let holds = tests.iter().all(|test| {
                let value = shown.get(&test.property);
                let is_empty = value.is_none_or(|value| *value == text(""));
                match &test.expected {
                    Expected::Equals(wanted) => value == Some(wanted),
                    Expected::OneOf(wanted) => value.is_some_and(|value| wanted.contains(value)),
                    Expected::IsActive(wanted) => value.is_some() == *wanted,
                    Expected::IsEmpty(wanted) => is_empty == *wanted,
                }
            });
            active.push(holds);
            if holds {
                shown.insert(property.id.clone().unwrap_or_default(), entry.clone());
            }
        }
        active
    };
    combinations.iter().map(active).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn what_can_be_active_is_what_an_enumeration_finds(sketches in prop::collection::vec(sketch(), 1..6)) {
        let properties = build(&sketches);
        let combinations = enumerate(&properties);
        let activity = Activity::new(&properties);
        for one in 0..properties.len() {
            for other in 0..properties.len() {
                let possible = combinations.iter().any(|active| active[one] && active[other]);
                let witness = activity.witness(&[one, other]);
                prop_assert_eq!(witness.is_some(), possible, "{} and {}: {:?} {:#?}", one, other, witness, properties);
            }
        }
    }
}
