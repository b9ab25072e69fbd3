//! What is told of two versions of a template: each kind of change by its smallest pair, and the official ones.

mod told;

use crate::node::in_modeler;
use crate::update::{entry, every, newer, official_pairs, read, small};
use opwright::compat::{Audience, Change, Entry, GENERATED, KINDS, Severity, compare, effects};
use opwright::diagram::{Diagram, smallest};
use opwright::template::ElementTemplate;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The changes that are told, each by its kind and the property that it is told of, and the change of the small template that
/// shows them and no other.
type Row = (&'static [(&'static str, Option<&'static str>)], fn(&mut Value));

fn properties(template: &mut Value) -> &mut Vec<Value> {
    template["properties"].as_array_mut().expect("a list")
}

const ROWS: [Row; 32] = [
    (&[("property-removed", Some("size"))], |t| drop(properties(t).remove(3))),
    (&[("binding-changed", Some("size"))], |t| t["properties"][3]["binding"]["name"] = json!("pages")),
    (&[("condition-tightened", Some("size"))], |t| {
        t["properties"][3]["condition"] = json!({ "property": "operation", "equals": "order" });
    }),
    (
        &[
            ("choice-removed", Some("operation")),
            ("choice-added", Some("operation")),
            ("details-changed", Some("book")),
        ],
        |t| {
            t["properties"][1]["choices"] =
                json!([{ "name": "Find", "value": "find" }, { "name": "Buy", "value": "buy" }]);
            t["properties"][2]["condition"] = json!({ "property": "operation", "oneOf": ["order", "find", "buy"] });
        },
    ),
    (&[("became-constant", Some("size"))], |t| t["properties"][3]["type"] = json!("Hidden")),
    (&[("value-reset", Some("size")), ("choice-added", Some("size")), ("details-changed", Some("size"))], |t| {
        t["properties"][3]["type"] = json!("Dropdown");
        t["properties"][3]["choices"] = json!([{ "name": "20", "value": "20" }]);
    }),
    (&[("default-changed", Some("size"))], |t| t["properties"][3]["value"] = json!("50")),
    (&[("default-changed", Some("gift"))], |t| t["properties"][4]["value"] = json!(true)),
    (&[("newly-required", Some("book")), ("details-changed", Some("book"))], |t| {
        t["properties"][2]["optional"] = json!(false);
        t["properties"][2]["constraints"] = json!({ "notEmpty": true });
    }),
    (&[("newly-required", Some("more")), ("property-added", Some("more"))], |t| {
        properties(t).push(json!({
            "id": "more", "type": "String", "binding": { "type": "zeebe:input", "name": "more" },
            "constraints": { "notEmpty": true },
        }));
    }),
    (&[("constraint-tightened", Some("size"))], |t| t["properties"][3]["constraints"] = json!({ "maxLength": 2 })),
    (&[("constraint-tightened", Some("size"))], |t| {
        t["properties"][3]["constraints"] = json!({ "pattern": "^[0-9]+$" });
    }),
    (&[("constraint-changed", Some("size"))], |t| t["properties"][3]["constraints"] = json!({ "pattern": "(?!x)" })),
    (&[("default-changed", Some("size")), ("type-changed", Some("size"))], |t| {
        t["properties"][3]["type"] = json!("Number");
    }),
    (&[("engines-raised", Some("camunda"))], |t| t["engines"] = json!({ "camunda": "^8.7" })),
    (&[("id-changed", None)], |t| t["id"] = json!("io.example.other")),
    (&[("element-changed", None)], |t| t["elementType"]["value"] = json!("bpmn:SendTask")),
    (&[("deprecated", None)], |t| t["deprecated"] = json!({ "message": "Use another." })),
    (&[("version-not-raised", None), ("details-changed", None)], |t| {
        t["version"] = json!(1);
        t["name"] = json!("Smaller");
    }),
    (&[("job-type-changed", None)], |t| t["properties"][0]["value"] = json!("small:2")),
    (&[("property-removed", Some("result")), ("header-removed", Some("result"))], |t| {
        properties(t).retain(|property| property["id"] != "result");
    }),
    // What nobody loses anything by.
    (&[("constant-changed", None)], |t| {
        properties(t).push(json!({
            "type": "Hidden", "value": "1", "binding": { "type": "zeebe:input", "name": "hidden" },
        }));
    }),
    (&[("property-added", Some("more"))], |t| {
        properties(t).push(json!({
            "id": "more", "type": "String", "binding": { "type": "zeebe:input", "name": "more" },
        }));
    }),
    (&[("choice-added", Some("operation"))], |t| {
        t["properties"][1]["choices"].as_array_mut().expect("a list").push(json!({ "name": "Buy", "value": "buy" }));
    }),
    (&[("details-changed", Some("operation"))], |t| t["properties"][1]["choices"][0]["name"] = json!("Look for")),
    (&[("details-changed", Some("Pages"))], |t| t["properties"][3]["label"] = json!("Pages")),
    (&[("details-changed", Some("pages"))], |t| t["properties"][3]["id"] = json!("pages")),
    (&[("details-changed", Some("book"))], |t| {
        drop(t["properties"][2].as_object_mut().expect("an object").remove("condition"));
    }),
    (&[("details-changed", None)], |t| t["name"] = json!("Smaller")),
    (&[("details-changed", None)], |t| properties(t).swap(2, 3)),
    (&[("details-changed", None)], |t| {
        t["properties"][0]["condition"] = json!({ "property": "operation", "oneOf": ["find", "order"] });
    }),
    (&[], |_| ()),
];

fn codes(changes: &[Change]) -> Vec<(&'static str, Option<&str>)> {
    changes.iter().map(|change| (change.kind.code, change.property.as_deref())).collect()
}

#[test]
fn each_kind_of_change_has_a_pair_that_shows_it() {
    for (expected, change) in ROWS {
        let new = newer(change);
        let changes = compare(&read(&small()), &read(&new));
        assert_eq!(codes(&changes), expected, "{changes:#?}");
    }
    let shown: BTreeSet<&str> = ROWS.iter().flat_map(|(told, _)| told.iter().map(|(code, _)| *code)).collect();
    // Told of a side, or of conditions (`told.rs`), or of schemas, which have rows of their own.
    let elsewhere = ["template-added", "template-removed", "template-retired", "update-not-proven"];
    let of_schemas =
        |code: &str| ["input-", "result-", "event-", "secret-"].iter().any(|prefix| code.starts_with(prefix));
    let expected = KINDS.iter().map(|kind| kind.code).filter(|code| !of_schemas(code) && *code != "operation-removed");
    assert_eq!(shown, expected.filter(|code| !elsewhere.contains(code)).collect());
}

#[test]
fn secrets_are_not_told() {
    let (first, second) = ("sk-live-abcdefghijklmnop123456", "sk-live-0123456789abcdefghijkl");
    let with = |value: &str, kind: &str| {
        let mut template = newer(|template| {
            properties(template).push(json!({
                "id": "apiKey", "type": kind, "value": value, "binding": { "type": "zeebe:input", "name": "apiKey" },
            }));
        });
        template["version"] = json!(value.len() + kind.len());
        read(&template)
    };
    for (kind, code) in [("String", "default-changed"), ("Hidden", "became-constant")] {
        let mut new = with(second, kind);
        new.version = Some(99);
        let changes = compare(&with(first, "String"), &new);
        let change = changes.iter().find(|change| change.kind.code == code).expect("the change");
        let printed = format!("{} {}", change.message, json!(change.witness));
        assert!(printed.contains("a secret") && !printed.contains("sk-live"), "{printed}");
        assert!(!changes.iter().any(|change| change.message.contains("sk-live")), "{changes:#?}");
    }
}

#[test]
fn a_lost_value_has_a_witness() {
    let new = newer(|new| new["properties"][2]["condition"] = json!({ "property": "operation", "equals": "find" }));
    let changes = compare(&read(&small()), &read(&new));
    let [change] = changes.as_slice() else { panic!("{changes:#?}") };
    let expected = json!({
        "entered": [["operation", "order"], ["book", "typed"]], "before": "typed", "after": null,
    });
    assert_eq!(json!(change.witness), expected, "the condition is another one");
}

/// Counts the changes that break something, and those whose witness is an element in a diagram that shows the change.
fn witnessed(old: &ElementTemplate, new: &ElementTemplate, counts: &mut BTreeMap<String, usize>) {
    for change in compare(old, new) {
        assert!(change.kind.severity != Severity::Breaking || change.witness.is_some(), "{change:#?}");
        let is_of_element = [Audience::Designer, Audience::Model].contains(&change.kind.audience);
        if change.kind.severity != Severity::Breaking || !is_of_element {
            continue;
        }
        let told = match change.witness.as_ref().and_then(|witness| witness.element.as_ref()) {
            None => "without a witness",
            Some(element) => {
                let made = smallest(old, element).expect("a diagram");
                let diagram = Diagram::parse(made.text()).expect("a diagram");
                let [element] = diagram.elements() else { panic!("{}", made.text()) };
                assert_eq!((Some(&element.template), element.version), (old.id.as_ref(), old.version));
                let effects = effects(&element.holds, old, new);
                assert!(effects.show(&change), "{change:#?}\n{effects:#?}\n{}", made.text());
                if change.place.is_some() { "seen in a diagram" } else { "seen in every diagram" }
            }
        };
        *counts.entry(told.to_owned()).or_default() += 1;
    }
}

#[test]
fn what_breaks_is_seen_in_a_diagram() {
    let mut counts = BTreeMap::new();
    for (_, change) in ROWS {
        let new = newer(change);
        witnessed(&read(&small()), &read(&new), &mut counts);
    }
    assert_eq!(counts.get("without a witness"), None);
    for pair in official_pairs() {
        witnessed(&pair.old.0, &pair.new.0, &mut counts);
    }
    insta::assert_debug_snapshot!(counts);
}

#[test]
fn the_diagram_that_shows_a_change_is_one_of_modelers() {
    let pairs = official_pairs();
    let mut cases = Vec::new();
    for pair in pairs.iter().step_by(every()) {
        let changes = compare(&pair.old.0, &pair.new.0);
        let mut witnesses = changes.iter().filter_map(|change| change.witness.as_ref()?.element.as_ref());
        if let Some(element) = witnesses.next_back() {
            let bindings: Vec<_> =
                pair.old.0.properties.iter().filter_map(|property| property.binding.as_ref()).collect();
            let xml = smallest(&pair.old.0, element).expect("a diagram").text().to_owned();
            let case = json!({ "xml": xml, "templates": [pair.old.1], "id": pair.old.0.id, "bindings": bindings });
            cases.push((pair, element.clone(), bindings, case));
        }
    }
    assert!(cases.len() > 10, "{}", cases.len());
    let answers = in_modeler("opened", cases.iter().map(|(.., case)| format!("{case}\n")).collect());
    assert_eq!(answers.len(), cases.len());
    for ((pair, element, bindings, _), answer) in cases.iter().zip(&answers) {
        assert_eq!((&answer["error"], &answer["warnings"]), (&Value::Null, &json!([])), "{}", pair.name);
        for (index, binding) in bindings.iter().enumerate() {
            let ours = element.at(binding).map(Entry::text);
            let is_made = ours == Some(GENERATED);
            assert!(
                is_made || ours == entry(&answer["after"][index]).as_ref().map(Entry::text),
                "{} {binding}",
                pair.name
            );
        }
    }
}

#[test]
fn the_official_versions_have_changed_as_they_have() {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let pairs = official_pairs();
    for pair in &pairs {
        for change in compare(&pair.old.0, &pair.new.0) {
            *counts.entry(change.kind.code).or_default() += 1;
        }
    }
    let counts: Vec<String> = counts.iter().map(|(code, count)| format!("{code}: {count}")).collect();
    insta::assert_snapshot!(format!("{} pairs\n{}", pairs.len(), counts.join("\n")));
}
