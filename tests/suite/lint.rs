//! The linter: the smallest fault of each rule, and what it finds in Camunda's own templates.

use crate::node;
use opwright::lint::{Level, lint, lint_together, rules};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// A template in which nothing is found, and in which there is something for each rule.
fn sound() -> Value {
    json!({
        "$schema": "https://unpkg.com/@camunda/zeebe-element-templates-json-schema@0.46.0/resources/schema.json",
        "name": "Parcels", "id": "test.parcels", "version": 3, "description": "Sends parcels.",
        "appliesTo": ["bpmn:Task"], "elementType": { "value": "bpmn:ServiceTask" }, "engines": { "camunda": "^8.6" },
        "icon": { "contents": "data:image/svg+xml,<svg fill='%23f00'/>" },
        "groups": [{ "id": "what", "label": "What" }, { "id": "more", "label": "More" }],
        "steps": [{ "name": "Express", "presetId": "express" }],
        "presets": [{ "id": "express", "properties": { "kind": "fast" } }],
        "properties": [
            { "type": "Hidden", "value": "test:parcels:1", "binding": { "type": "zeebe:taskDefinition", "property": "type" } },
            { "type": "Hidden", "value": "3", "binding": { "type": "zeebe:taskHeader", "key": "elementTemplateVersion" } },
            { "type": "Hidden", "value": "test.parcels", "binding": { "type": "zeebe:taskHeader", "key": "elementTemplateId" } },
            { "id": "kind", "label": "Kind", "group": "what", "type": "Dropdown", "value": "slow",
              "choices": [{ "name": "Slow", "value": "slow" }, { "name": "Fast", "value": "fast" }],
              "binding": { "type": "zeebe:input", "name": "kind" } },
            { "id": "insured", "label": "Insured", "group": "what", "type": "Boolean", "feel": "static", "value": true,
              "binding": { "type": "zeebe:input", "name": "insured" } },
            { "id": "sum", "label": "Sum", "group": "what", "type": "String", "value": "10", "feel": "optional",
              "constraints": { "notEmpty": true, "pattern": { "value": "^[0-9]+$", "message": "must be a whole number" } },
              "condition": { "allMatch": [{ "property": "kind", "equals": "fast" }, { "property": "insured", "equals": true }] },
              "binding": { "type": "zeebe:input", "name": "sum" } },
            { "id": "note", "label": "Note", "group": "more", "description": "A <strong>note</strong>.", "type": "Text",
              "feel": "required", "value": "= string(insured)", "binding": { "type": "zeebe:input", "name": "note.text" } },
            { "id": "same", "label": "Sum", "group": "what", "type": "Hidden", "value": "0",
              "condition": { "property": "kind", "equals": "slow" }, "binding": { "type": "zeebe:input", "name": "sum" } },
            { "type": "String", "label": "Result", "group": "more", "value": "parcel",
              "binding": { "type": "zeebe:output", "source": "= result" } },
        ],
    })
}

/// A template, changed in a place.
fn with(change: impl FnOnce(&mut Value)) -> String {
    let mut template = sound();
    change(&mut template);
    serde_json::to_string_pretty(&template).expect("JSON")
}

/// A property of [`sound`], by what it is for.
fn property<'a>(template: &'a mut Value, id: &str) -> &'a mut Value {
    let properties = template["properties"].as_array_mut().expect("a list");
    properties.iter_mut().find(|property| property["id"] == id || property["label"] == id).expect("a property")
}

fn push(template: &mut Value, property: Value) {
    template["properties"].as_array_mut().expect("a list").push(property);
}

fn found(text: &str) -> Vec<(&'static str, Level, String)> {
    lint(text).findings.into_iter().map(|found| (found.rule.code, found.level, found.path.to_string())).collect()
}

/// The smallest fault of each rule, and where it is found.
#[allow(clippy::too_many_lines, reason = "a table, read line by line")]
fn faults() -> Vec<(&'static str, &'static str, String)> {
    type Change = fn(&mut Value);
    let changes: &[(&str, &str, Change)] = &[
        ("schema", "/properties/3/type", |t| property(t, "kind")["type"] = json!("Date")),
        ("schema", "/properties/6", |t| drop(property(t, "note").as_object_mut().map(|p| p.remove("binding")))),
        ("unknown-key", "/properties/5/constraints/notEmtpy", |t| {
            property(t, "sum")["constraints"]["notEmtpy"] = json!(true);
        }),
        ("schema-reference", "/", |t| drop(t.as_object_mut().map(|t| t.remove("$schema")))),
        ("schema-reference", "/$schema", |t| t["$schema"] = json!("https://example.org/schema.json")),
        ("schema-reference", "/$schema", |t| {
            t["$schema"] = json!("@camunda/zeebe-element-templates-json-schema@0.99.0/x");
        }),
        ("element-type", "/appliesTo", |t| t["appliesTo"] = json!(["bpmn:UserTask"])),
        ("element-type", "/appliesTo/1", |t| t["appliesTo"] = json!(["bpmn:Task", "bpmn:StartEvent"])),
        ("engines-range", "/engines/camunda", |t| t["engines"]["camunda"] = json!("eight")),
        ("no-version", "/", |t| {
            t.as_object_mut().map(|t| t.remove("version"));
            t["properties"].as_array_mut().expect("a list").remove(1);
        }),
        ("duplicate-group-id", "/groups/2", |t| {
            t["groups"].as_array_mut().expect("a list").push(json!({ "id": "what", "label": "Again" }));
        }),
        ("unknown-group", "/properties/3/group", |t| property(t, "kind")["group"] = json!("whta")),
        ("no-group", "/properties/8", |t| drop(property(t, "Result").as_object_mut().map(|p| p.remove("group")))),
        ("empty-group", "/groups/2", |t| {
            t["groups"].as_array_mut().expect("a list").push(json!({ "id": "last", "label": "Last" }));
        }),
        ("group-order", "/groups/0", |t| t["groups"].as_array_mut().expect("a list").swap(0, 1)),
        ("duplicate-property-id", "/properties/9/id", |t| {
            push(
                t,
                json!({ "id": "kind", "type": "Hidden", "value": "x", "binding": { "type": "zeebe:input", "name": "other" } }),
            );
        }),
        ("unknown-condition-property", "/properties/7/condition/property", |t| {
            property(t, "same")["condition"]["property"] = json!("knd");
        }),
        ("condition-on-itself", "/properties/6/condition", |t| {
            property(t, "note")["condition"] = json!({ "property": "note", "isEmpty": false });
        }),
        ("activity-cycle", "/properties/6/condition", |t| {
            property(t, "note")["condition"] = json!({ "property": "more", "isActive": true });
            push(
                t,
                json!({ "id": "more", "label": "More", "group": "more", "condition": { "property": "note", "isActive": true },
                "binding": { "type": "zeebe:taskHeader", "key": "more" } }),
            );
        }),
        ("condition-value", "/properties/7/condition/equals", |t| {
            property(t, "same")["condition"]["equals"] = json!("slwo");
        }),
        ("condition-value", "/properties/5/condition/allMatch/1/equals", |t| {
            property(t, "sum")["condition"]["allMatch"][1]["equals"] = json!("true");
        }),
        ("never-active", "/properties/6/condition", |t| {
            property(t, "note")["condition"] = json!({ "allMatch": [{ "property": "kind", "equals": "slow" }, { "property": "kind", "equals": "fast" }] });
        }),
        ("never-active", "/properties/6/condition", |t| {
            property(t, "note")["condition"] = json!({ "allMatch": [{ "property": "sum", "isActive": true }, { "property": "insured", "equals": false }] });
        }),
        ("choice-condition", "/properties/3/choices/1/condition", |t| {
            property(t, "kind")["choices"][1]["condition"] = json!({ "property": "insured", "equals": true });
        }),
        ("default-not-a-choice", "/properties/3/value", |t| property(t, "kind")["value"] = json!("slwo")),
        ("no-default-choice", "/properties/3", |t| {
            drop(property(t, "kind").as_object_mut().map(|p| p.remove("value")));
        }),
        ("duplicate-choice", "/properties/3/choices/2", |t| {
            property(t, "kind")["choices"]
                .as_array_mut()
                .expect("a list")
                .push(json!({ "name": "Again", "value": "slow" }));
        }),
        ("no-choices", "/properties/9/choices", |t| {
            push(
                t,
                json!({ "label": "None", "group": "more", "type": "Dropdown", "choices": [], "optional": true, "binding": { "type": "zeebe:taskHeader", "key": "none" } }),
            );
        }),
        ("hidden-without-value", "/properties/7", |t| {
            drop(property(t, "same").as_object_mut().map(|p| p.remove("value")));
        }),
        ("hidden-must-not-be-empty", "/properties/7/constraints/notEmpty", |t| {
            property(t, "same")["value"] = json!("");
            property(t, "same")["constraints"] = json!({ "notEmpty": true });
        }),
        ("default-breaks-constraint", "/properties/5/value", |t| property(t, "sum")["value"] = json!("ten")),
        ("default-breaks-constraint", "/properties/5/value", |t| {
            property(t, "sum")["constraints"]["maxLength"] = json!(1);
        }),
        ("empty-breaks-constraint", "/properties/5/constraints", |t| {
            property(t, "sum")["constraints"]["notEmpty"] = json!(false);
        }),
        ("invalid-pattern", "/properties/5/constraints/pattern", |t| {
            property(t, "sum")["constraints"]["pattern"]["value"] = json!("(?i)^[0-9]+$");
        }),
        ("foreign-pattern", "/properties/5/constraints/pattern", |t| {
            property(t, "sum")["constraints"]["pattern"]["value"] = json!("^[0-9]+(\\z)?$");
        }),
        ("pattern-without-message", "/properties/5/constraints/pattern", |t| {
            property(t, "sum")["constraints"]["pattern"] = json!("^[0-9]+$");
        }),
        ("secret-default", "/properties/9/value", |t| {
            push(
                t,
                json!({ "id": "apiKey", "label": "Key", "group": "more", "type": "String", "value": "q83fj29fjq0z", "binding": { "type": "zeebe:taskHeader", "key": "apiKey" } }),
            );
        }),
        ("feel-syntax", "/properties/6/value", |t| property(t, "note")["value"] = json!("= string(")),
        ("feel-syntax", "/properties/7/value", |t| property(t, "same")["value"] = json!("= 1 +")),
        ("feel-syntax", "/properties/9/value", |t| {
            push(
                t,
                json!({ "label": "Errors", "group": "more", "type": "Text", "feel": "required", "value": "= if x then", "binding": { "type": "zeebe:taskHeader", "key": "errorExpression" } }),
            );
        }),
        ("feel-function", "/properties/6/value", |t| property(t, "note")["value"] = json!("= strng(sum)")),
        ("feel-without-equals", "/properties/6/value", |t| property(t, "note")["value"] = json!("string(sum)")),
        ("feel-in-plain-field", "/properties/9/value", |t| {
            push(
                t,
                json!({ "label": "Plain", "group": "more", "type": "String", "value": "= 1", "binding": { "type": "zeebe:input", "name": "plain" } }),
            );
        }),
        ("feel-order", "/properties/0/value", |t| {
            t["properties"].as_array_mut().expect("a list").insert(
                0,
                json!({ "type": "Hidden", "value": "= kind", "binding": { "type": "zeebe:input", "name": "first" } }),
            );
        }),
        ("output-without-equals", "/properties/8/binding/source", |t| {
            property(t, "Result")["binding"]["source"] = json!("result");
        }),
        ("binding-conflict", "/properties/7/binding", |t| property(t, "same")["condition"]["equals"] = json!("fast")),
        ("variable-name", "/properties/4/binding/name", |t| {
            property(t, "insured")["binding"]["name"] = json!("is-insured");
        }),
        ("no-job-type", "/", |t| drop(t["properties"].as_array_mut().map(|list| list.remove(0)))),
        ("unknown-attribute", "/properties/8/binding/name", |t| {
            property(t, "Result")["binding"] = json!({ "type": "property", "name": "nmae" });
        }),
        ("deprecated-binding", "/properties/0/binding", |t| {
            t["properties"][0]["binding"] = json!({ "type": "zeebe:taskDefinition:type" });
        }),
        ("optional-input", "/properties/6/optional", |t| property(t, "note")["optional"] = json!(true)),
        ("constant-not-editable", "/properties/6/feel", |t| {
            property(t, "note")["feel"] = json!("optional");
            property(t, "note")["editable"] = json!(false);
        }),
        ("unknown-preset", "/steps/0/presetId", |t| {
            t["steps"] =
                json!([{ "name": "Express", "presetId": "expres" }, { "name": "Express", "presetId": "express" }]);
        }),
        ("unused-preset", "/presets/1", |t| {
            t["presets"].as_array_mut().expect("a list").push(json!({ "id": "other", "properties": {} }));
        }),
        ("duplicate-preset", "/presets/1/id", |t| {
            t["presets"].as_array_mut().expect("a list").push(json!({ "id": "express", "properties": {} }));
        }),
        ("preset-property", "/presets/0/properties/knd", |t| t["presets"][0]["properties"] = json!({ "knd": "fast" })),
        ("preset-value", "/presets/0/properties/kind", |t| t["presets"][0]["properties"]["kind"] = json!("fats")),
        ("same-label", "/properties/4/label", |t| property(t, "insured")["label"] = json!("Kind")),
        ("no-label", "/properties/6", |t| drop(property(t, "note").as_object_mut().map(|p| p.remove("label")))),
        ("broken-icon", "/icon/contents", |t| t["icon"]["contents"] = json!("data:image/svg+xml,<svg fill='#f00'/>")),
        ("dropped-markup", "/properties/6/description", |t| {
            property(t, "note")["description"] = json!("A <b>note</b>.");
        }),
        ("markdown", "/properties/6/description", |t| {
            property(t, "note")["description"] = json!("See [this](https://example.org).");
        }),
        ("template-version-header", "/properties/1/value", |t| t["version"] = json!(4)),
        ("template-id-header", "/properties/2/value", |t| t["id"] = json!("test.other")),
        ("http-authentication", "/properties/9", |t| {
            t["properties"][0]["value"] = json!("io.camunda:http-json:1");
            push(
                t,
                json!({ "type": "Hidden", "value": "bearer", "binding": { "type": "zeebe:input", "name": "authentication.type" } }),
            );
        }),
    ];
    let mut faults: Vec<_> = changes.iter().map(|(code, path, change)| (*code, *path, with(change))).collect();
    faults.push(("no-json", "/", "{ \"name\": }".to_owned()));
    faults.push(("repeated-key", "/name", with(|_| {}).replacen('{', "{ \"name\": \"First\",", 1)));
    faults
}

#[test]
fn the_smallest_fault_of_each_rule_is_found_and_nothing_else() {
    assert_eq!(found(&with(|_| {})), []);
    let mut wrong = Vec::new();
    for (code, path, text) in faults() {
        let found: Vec<_> = found(&text).into_iter().map(|(code, _, path)| (code, path)).collect();
        // Whatever belongs to a circle is told of each member.
        let first = found.first().cloned();
        if first != Some((code, path.to_owned())) && !found.contains(&(code, path.to_owned()))
            || found.iter().any(|(other, _)| *other != code)
        {
            wrong.push(format!("{code} {path}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_rule_has_a_fault_that_shows_it() {
    let shown: BTreeSet<&str> = faults().iter().map(|(code, ..)| *code).chain(["same-id-and-version"]).collect();
    let all: BTreeSet<&str> = rules().map(|rule| rule.code).collect();
    assert_eq!(shown, all);
    for rule in rules() {
        let is_sentence = |text: &str| text.ends_with('.') && text.starts_with(|letter: char| !letter.is_lowercase());
        assert!(is_sentence(rule.reason) && !rule.mend.is_empty(), "{}", rule.code);
    }
}

#[test]
fn two_files_with_one_id_and_version_are_told() {
    let text = with(|_| {});
    let mut files = [("a.json".to_owned(), lint(&text)), ("b.json".to_owned(), lint(&text))];
    lint_together(&mut files);
    assert!(files[0].1.findings.is_empty());
    let found = &files[1].1.findings[0];
    assert_eq!((found.rule.code, &text[found.span.clone()]), ("same-id-and-version", "\"id\": \"test.parcels\""));
    assert_eq!(found.message, "`test.parcels`, version 3, is in a.json too");
}

/// What the official templates have, by rule and level. Those that are an error were looked at one by one.
#[test]
fn the_official_templates_have_what_they_have() {
    let mut counts: BTreeMap<(Level, &str), usize> = BTreeMap::new();
    let mut templates = 0;
    for subject in node::mutants(0).filter(|subject| !subject.name.starts_with("seed")) {
        templates += 1;
        for (code, level, _) in found(&subject.text) {
            *counts.entry((level, code)).or_default() += 1;
        }
    }
    assert_eq!(templates, 693);
    let told: Vec<String> =
        counts.iter().rev().map(|((level, code), count)| format!("{level} {code} {count}")).collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    error unknown-group 2
    error unknown-condition-property 8
    error default-not-a-choice 22
    error condition-value 4
    error binding-conflict 29
    warning unknown-key 279
    warning template-id-header 6
    warning same-label 22
    warning never-active 2
    warning hidden-without-value 201
    warning group-order 93
    warning feel-without-equals 51
    warning feel-order 20
    warning empty-group 49
    warning empty-breaks-constraint 279
    warning dropped-markup 14
    warning deprecated-binding 5
    warning condition-value 91
    info unknown-group 88
    info pattern-without-message 22
    info optional-input 3588
    info no-version 12
    info no-label 32
    info no-group 18
    info no-default-choice 201
    info markdown 11
    info empty-group 254
    info duplicate-property-id 21
    ");
}
