//! What a definition can say of templates: every element, every control, every condition, and what of it makes no sense.

use crate::node::validate;
use opwright::definition::{ConnectorDefinition, Deprecation, Element};
use opwright::generate::apply::{Applied, apply};
use opwright::generate::artefacts;
use opwright::generate::docs::DocTemplates;
use opwright::generate::element_template::{Runtime, Variant, build};
use opwright::template::{Deprecated, ElementTemplate, PropertyKind};
use opwright::{Connector, ConnectorInputs};
use postage::Postage;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

fn postage() -> ConnectorDefinition {
    Postage::bind().unwrap_or_else(|error| panic!("{error}")).definition().clone()
}

/// A connector that can be every element.
fn everywhere() -> ConnectorDefinition {
    ConnectorDefinition { elements: Element::ALL.map(|(_, element)| element).to_vec(), ..postage() }
}

fn template(definition: &ConnectorDefinition, variant: Variant<'_>) -> ElementTemplate {
    build(definition, variant).unwrap_or_else(|error| panic!("{error}")).template
}

#[test]
fn each_element_has_a_template_of_its_own() {
    let definition = everywhere();
    let templates: Vec<ElementTemplate> =
        Variant::of(&definition).map(|variant| template(&definition, variant)).collect();
    assert_eq!(templates.len(), 12, "six elements, each with its own job type and with one to enter");
    let ids: BTreeSet<_> = templates.iter().map(|template| &template.id).collect();
    assert_eq!(ids.len(), templates.len());
    for template in &templates {
        // What the element is and where a job says that it comes from must be the template's own.
        let header = template.properties.iter().find(|property| property.id.as_deref() == Some("elementTemplateId"));
        assert_eq!(header.and_then(|header| header.value.as_ref()?.text()), template.id.as_deref());
    }
    let told: Vec<String> = templates
        .iter()
        .map(|template| {
            let element = template.element_type.clone().unwrap_or_default();
            let event = element.event_definition.unwrap_or_default();
            let name = |text: &Option<String>| text.clone().unwrap_or_default();
            let applies_to = template.applies_to.clone().unwrap_or_default().join(" ");
            format!(
                "{} | {} | {applies_to} → {} {event}",
                name(&template.id),
                name(&template.name),
                name(&element.value)
            )
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn camundas_validator_takes_each_of_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let definition = everywhere();
    let files: Vec<_> = Variant::of(&definition)
        .map(|variant| {
            let file = folder.path().join(format!("postage{}.json", variant.suffix()));
            std::fs::write(&file, serde_json::to_string(&template(&definition, variant)).expect("JSON"))
                .expect("a file");
            file
        })
        .collect();
    for report in validate(&files) {
        assert_eq!(report["errors"], json!([]), "{}", report["file"]);
    }
}

/// What the template of a parcel to be shipped writes when this is entered.
fn shipped(entered: &[(&str, &str)]) -> Applied {
    let definition = postage();
    let template = template(&definition, Variant::first(&definition, Runtime::Own));
    let entered: BTreeMap<&str, &str> = entered.iter().copied().chain([("operation", "ship")]).collect();
    apply(&template, |property| entered.get(property.id.as_deref()?).map(|value| (*value).to_owned()))
}

fn names(applied: &Applied) -> Vec<&str> {
    applied.inputs.iter().map(|(name, _)| name.as_str()).collect()
}

#[test]
fn what_is_entered_decides_what_is_written() {
    let always = ["account.kind", "reference", "labels", "insured"];
    let with = |more: &[&'static str]| -> Vec<&str> { always.into_iter().chain(more.iter().copied()).collect() };
    let given = [("ship:reference", "r"), ("ship:labels", "2")];
    let written = |entered: &[(&'static str, &'static str)]| {
        let entered: Vec<_> = given.iter().chain(entered).copied().collect();
        shipped(&entered)
    };
    let shop = written(&[("ship:labelText", "hello"), ("ship:contact", "nobody"), ("ship:directions", "left")]);
    // Directions are not shown at a shop: what depends on their being shown is not, and what on their not being shown is.
    assert_eq!(names(&shop), with(&["handover.kind", "labelText", "channel"]));
    assert_eq!(shop.inputs.last(), Some(&("channel".to_owned(), "process".to_owned())));
    let pickup = [("ship:handover.kind", "pickup"), ("ship:contact", "Ada"), ("ship:labelText", "hello")];
    let asked = written(&pickup);
    let where_to = ["handover.kind", "handover.address.street", "handover.address.city", "handover.window.kind"];
    assert_eq!(names(&asked), with(&[&where_to[..], &["contact", "channel"]].concat()));
    // Once there are directions, there is a language, and nobody is called.
    let directions = [&pickup[..], &[("ship:directions", "left"), ("ship:language", "german")]].concat();
    assert_eq!(names(&written(&directions)), with(&[&where_to[..], &["directions", "language", "channel"]].concat()));
    // A union in a union, and a number on the condition of a check box in it.
    let hour = [
        ("ship:handover.kind", "pickup"),
        ("ship:handover.pickup.window.kind", "hour"),
        ("ship:handover.pickup.window.hour.from", "9"),
        ("ship:handover.pickup.window.hour.limit", "20"),
    ];
    let within = ["handover.window.from", "handover.window.atAnyPrice", "handover.window.limit", "channel"];
    let applied = written(&hour);
    assert_eq!(names(&applied), with(&[&where_to[..], &within].concat()));
    assert!(applied.inputs.contains(&("handover.window.from".to_owned(), "=9".to_owned())), "{:?}", applied.inputs);
    let dear = [&hour[..], &[("ship:handover.pickup.window.hour.atAnyPrice", "true")]].concat();
    assert!(!names(&written(&dear)).contains(&"handover.window.limit"));
    // A message to whom, in the other union.
    let notice =
        written(&[("ship:handover.shop.notice.by", "message"), ("ship:handover.shop.notice.message.number", "+491")]);
    assert_eq!(names(&notice), with(&["handover.kind", "handover.notice.by", "handover.notice.number", "channel"]));
    assert_eq!(notice.properties, [("io.example:tariff".to_owned(), "public".to_owned())]);
    assert!(notice.headers.contains(&("resultVariable".to_owned(), "shipment".to_owned())));
}

#[test]
fn a_condition_may_wait_for_several_values() {
    let mut definition = postage();
    let when = json!({ "allMatch": [{ "field": "language", "oneOf": ["english", "german"] }] });
    definition.operations[1].input["properties"]["contact"]["x-when"] = when;
    let template = template(&definition, Variant::first(&definition, Runtime::Own));
    let contact = template.properties.iter().find(|property| property.id.as_deref() == Some("ship:contact"));
    let expected = json!({ "allMatch": [
        { "type": "simple", "property": "operation", "equals": "ship" },
        { "type": "simple", "property": "ship:language", "oneOf": ["english", "german"] },
    ] });
    assert_eq!(json!(contact.expect("a property").condition), expected);
    let given = |language: &'static str| {
        let entered = [
            ("operation", "ship"),
            ("ship:handover.kind", "pickup"),
            ("ship:directions", "left"),
            ("ship:language", language),
            ("ship:contact", "Ada"),
        ];
        let entered: BTreeMap<&str, &str> = entered.into_iter().collect();
        let applied =
            apply(&template, |property| entered.get(property.id.as_deref()?).map(|value| (*value).to_owned()));
        names(&applied).contains(&"contact")
    };
    assert_eq!([given("english"), given("german"), given("")], [true, true, false]);
}

#[test]
fn a_condition_on_a_variants_field_waits_for_the_variant() {
    let mut definition = postage();
    let ship = &mut definition.operations[1].input["properties"];
    // Both variants have a note, at one place.
    for variant in [0, 1] {
        ship["handover"]["oneOf"][variant]["properties"]["note"] =
            json!({ "title": "Note", "description": "A note.", "type": "string" });
    }
    ship["contact"]["x-when"] = json!({ "allMatch": [{ "field": "handover.pickup.note", "isEmpty": false }] });
    let template = template(&definition, Variant::first(&definition, Runtime::Own));
    let shown = |handover: &'static str, note: &'static str| {
        let entered = [("operation", "ship"), ("ship:handover.kind", handover), (note, "x"), ("ship:contact", "Ada")];
        let entered: BTreeMap<&str, &str> = entered.into_iter().collect();
        let applied =
            apply(&template, |property| entered.get(property.id.as_deref()?).map(|value| (*value).to_owned()));
        names(&applied).contains(&"contact")
    };
    assert!(shown("pickup", "ship:handover.pickup.note"));
    assert!(!shown("shop", "ship:handover.shop.note"), "the note is another variant's");
}

#[test]
fn an_example_is_drawn_for_the_version_that_its_template_is_for() {
    let definition = ConnectorDefinition { camunda: Some("8.8".to_owned()), ..postage() };
    let artefacts = artefacts([&definition], &DocTemplates::built_in()).unwrap_or_else(|error| panic!("{error}"));
    let process = artefacts.iter().find(|artefact| artefact.path == "bpmn/postage-ship.bpmn").expect("a process");
    assert!(process.content.contains(r#"modeler:executionPlatformVersion="8.8.0""#), "{}", process.content);
}

#[test]
fn two_files_of_one_name_are_refused() {
    let mut definition = postage();
    definition.operations[0].id = "hybrid-ship".to_owned();
    let error = artefacts([&definition], &DocTemplates::built_in()).expect_err("a name of two files");
    assert!(
        error.to_string().contains("bpmn/postage-hybrid-ship.bpmn cannot be written: two files have this name"),
        "{error}"
    );
}

#[test]
fn a_part_that_may_be_left_out_writes_nothing_in_any_case() {
    let part = json!({
        "title": "Sender", "description": "Who sends it.", "anyOf": [
            { "type": "object", "additionalProperties": false, "required": ["street"], "properties": {
                "street": { "title": "Street", "description": "Where.", "type": "string" },
                "abroad": { "title": "Abroad", "description": "Whether.", "type": "boolean", "default": false },
            } },
            { "type": "null" },
        ],
    });
    let told = told(|definition| definition["operations"][1]["input"]["properties"]["sender"] = part.clone());
    let expected = "postage/ship/sender/abroad: a template writes it in any case, so that a part that may be left out would \
                    be there, without `street`";
    assert!(told.contains(expected), "{told}");
}

#[test]
fn the_head_says_what_the_definition_does() {
    let mut definition = postage();
    definition.camunda = Some("8.9".to_owned());
    definition.deprecated = Some(Deprecation { message: "Use freight.".to_owned(), documentation: None });
    let template = template(&definition, Variant::first(&definition, Runtime::Hybrid));
    assert_eq!(template.engines, json!({ "camunda": "^8.9" }).as_object().cloned());
    let because = Deprecated::Because { message: Some("Use freight.".to_owned()), documentation_ref: None };
    assert_eq!(template.deprecated, Some(because));
    let job_type = &template.properties[0];
    assert_eq!((job_type.label.as_deref(), job_type.group.as_deref()), (Some("Job type"), Some("worker")));
    let steps = template.steps.expect("an entry for each operation");
    assert_eq!(steps[1].keywords, Some(vec!["label".to_owned(), "pick up".to_owned()]));
    let ship = json!({ "operation": "ship" });
    assert_eq!(template.presets.expect("what they fill in")[1].properties.as_ref(), ship.as_object());
}

#[test]
fn of_a_single_operation_there_is_nothing_to_choose() {
    let mut definition = postage();
    definition.operations.truncate(1);
    let template = template(&definition, Variant::first(&definition, Runtime::Own));
    let operation = template.properties.iter().find(|property| property.id.as_deref() == Some("operation"));
    assert_eq!(operation.and_then(|operation| operation.kind), Some(PropertyKind::Hidden));
    assert_eq!((template.steps.clone(), template.presets.clone()), (None, None));
    let applied = apply(&template, |_| None);
    assert!(applied.headers.contains(&("operation".to_owned(), "quote".to_owned())), "{:?}", applied.headers);
    // What fields depend on is there all the same.
    assert!(names(&applied).contains(&"express"), "{:?}", applied.inputs);
}

/// What is told of the definition after a change.
fn told(change: impl FnOnce(&mut Value)) -> String {
    let mut definition = serde_json::to_value(postage()).expect("JSON");
    change(&mut definition);
    let definition: ConnectorDefinition = serde_json::from_value(definition).expect("a definition");
    Connector::from_definition(definition).err().map(|error| error.to_string()).unwrap_or_default()
}

#[test]
fn what_makes_no_sense_is_refused() {
    assert_eq!(told(|_| {}), "");
    let ship = "/operations/1/input/properties";
    let when = |test: Value| json!({ "allMatch": [test] });
    for (field, keyword, value, expected) in [
        ("handover", "x-control", json!("number"), "the control `number` is for numbers"),
        ("labels", "x-control", json!("text"), "the control `text` makes a text area of a text field"),
        ("labels", "x-control", json!("json"), "the control `json` is for text"),
        ("labels", "x-feel", json!("none"), "without FEEL the control `number` would write text"),
        ("worth", "x-control", json!("number"), "Modeler shows 0 in an empty number field"),
        ("contact", "x-control", json!("hidden"), "makes a constant of a default, which it has none of"),
        ("labels", "x-generated", json!(true), "a generated value is a UUID: it needs a text field"),
        ("reference", "maxLength", json!(10), "a generated value is a UUID, which its own constraints refuse"),
        ("labels", "x-secret", json!("LABELS"), "a number field cannot hold a secret"),
        ("customs", "x-feel", json!("optional"), "with FEEL, Modeler shows no editor for JSON"),
        ("worth", "x-when", json!({ "allMatch": [] }), "its condition has no test"),
        ("worth", "x-when", when(json!({ "field": "insured", "oneOf": [] })), "its condition waits for no value"),
        (
            "worth",
            "x-when",
            when(json!({ "field": "insured", "oneOf": ["yes"] })),
            "waits for \"yes\", which `insured` never is",
        ),
        (
            "worth",
            "x-when",
            when(json!({ "field": "handover", "oneOf": ["drone"] })),
            "waits for \"drone\", which `handover`",
        ),
        (
            "worth",
            "x-when",
            when(json!({ "field": "handover.pickup.window", "oneOf": ["week"] })),
            "waits for \"week\"",
        ),
        (
            "worth",
            "x-when",
            when(json!({ "field": "handover.pickup.door", "isEmpty": true })),
            "names `handover.pickup.door`, which is no field",
        ),
        (
            "worth",
            "x-when",
            when(json!({ "field": "labels.first", "isActive": true })),
            "names `labels.first`, which is no field",
        ),
    ] {
        let told = told(|definition| definition.pointer_mut(ship).expect("inputs")[field][keyword] = value.clone());
        let place = format!("postage/ship/{field}: ");
        assert!(told.contains(&place) && told.contains(expected), "{keyword}: {value}\n{told}");
    }
    let resource = |resource_type: &str| {
        json!({
            "description": "How labels look.", "type": "object", "properties": { "resourceKey": { "type": "string" } },
            "required": ["resourceKey"], "x-resource": true, "x-linked-resource": resource_type,
        })
    };
    for (place, value, expected) in [
        ("/operations/1/input/properties/contact", resource("RPA"), "an element has a linked resource or not"),
        ("/operations/1/input/properties/contact", resource(""), "a linked resource has a type"),
        ("/operations/0/input/properties/items/items", resource("RPA"), "is a field of the operation itself"),
        ("/input/properties/account", resource("RPA"), "a linked resource is a field of an operation"),
    ] {
        let told = told(|definition| *definition.pointer_mut(place).expect("a field") = value.clone());
        assert!(told.contains(expected), "{place}: {value}\n{told}");
    }
    for (member, value, expected) in [
        ("camunda", json!("9.0"), "postage: `9.0` is no version of Camunda 8, such as `8.8`"),
        ("elements", json!([]), "postage: it is no element"),
        ("elements", json!(["send-task", "send-task"]), "postage: it is a send task twice"),
        ("icon", json!("<svg>"), "postage: its icon is no SVG"),
        ("icon", json!("<svg/>"), "postage: its icon needs `xmlns="),
        ("icon", json!("<g xmlns=\"http://www.w3.org/2000/svg\"/>"), "the outermost element must be `svg`"),
        ("extensionProperties", json!([{ "name": "", "value": "1" }]), "the extension property `` has no name"),
    ] {
        let told = told(|definition| definition[member] = value.clone());
        assert!(told.contains(expected), "{member}: {value}\n{told}");
    }
    for (member, value, expected) in [
        ("errorExpression", "= bpmnEror(1)", "postage/ship: the error expression is wrong"),
        ("errorExpression", "= error.cod", "`error` has no `cod`: did you mean `code`?"),
        ("errorExpression", "= 1", "gives a number, but only a context is an error"),
        ("errorExpression", "null", "the error expression is FEEL: start it with `=`"),
        ("resultVariable", "my shipment", "the result variable is no name"),
    ] {
        let told = told(|definition| definition["operations"][1][member] = json!(value));
        assert!(told.contains(expected), "{member}: {value}\n{told}");
    }
}
