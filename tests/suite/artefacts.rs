//! Every artefact: as it was accepted, the same on every run, and the same as in `generated/`.

use crate::bookshop;
use opwright::cli::{Exit, Program};
use opwright::definition::ConnectorDefinition;
use opwright::generate::docs::DocTemplates;
use opwright::generate::{Artefact, GenerateError, artefacts, notice};
use opwright::power_automate::PowerAutomate;
use opwright::{ConnectorInputs, Registry};

pub(crate) fn generated(definition: &ConnectorDefinition) -> Vec<Artefact> {
    artefacts([definition], &DocTemplates::built_in()).unwrap_or_else(|error| panic!("{error}"))
}

fn power_automate() -> ConnectorDefinition {
    PowerAutomate::bind().unwrap_or_else(|error| panic!("{error}")).definition().clone()
}

#[test]
fn every_artefact_is_as_accepted() {
    for definition in [power_automate(), bookshop::connector().definition().clone()] {
        for artefact in generated(&definition) {
            insta::assert_snapshot!(artefact.path.replace('/', "__"), artefact.content);
        }
    }
}

#[test]
fn generated_files_are_up_to_date() {
    let exit =
        Program::new("opwright", Registry::new().with::<PowerAutomate>()).run_from(["opwright", "generate", "--check"]);
    assert_eq!(exit, Exit::Success, "run `cargo run -- generate`");
}

#[test]
fn programs_leave_each_others_files_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().display().to_string();
    let own = Program::new("opwright", Registry::new().with::<PowerAutomate>());
    assert_eq!(own.run_from(["opwright", "generate", "--out", &out]), Exit::Success);
    let other = Program::new("postage", Registry::new().with::<postage::Postage>());
    assert_eq!(other.run_from(["postage", "generate", "--out", &out]), Exit::Success);
    for template in ["power-automate", "power-automate-hosted", "postage"] {
        assert!(folder.path().join(format!("element-templates/{template}.json")).is_file(), "{template}");
    }
}

#[test]
fn the_same_bytes_on_every_run() {
    assert_eq!(generated(&power_automate()), generated(&power_automate()));
}

/// Of what designers copy, and what operators configure.
#[test]
fn callbacks_are_shown_with_the_address_that_the_event_is_served_at() {
    let definition = power_automate();
    let served = format!("/inbound/{}", definition.events[0].id);
    let artefacts = generated(&definition);
    let is_shown = |path: &str| path.starts_with("docs/") || path.ends_with("trigger-flow-run.input.json");
    let shown = artefacts.iter().filter(|artefact| is_shown(&artefact.path));
    let mut texts: Vec<(String, String)> = shown.map(|shown| (shown.path.clone(), shown.content.clone())).collect();
    for template in artefacts.iter().filter(|artefact| artefact.path.starts_with("element-templates/")) {
        let content: serde_json::Value = serde_json::from_str(&template.content).expect("JSON");
        let properties = content["properties"].as_array().expect("properties").iter();
        let placeholder = properties.filter_map(|property| property["placeholder"].as_str());
        texts.extend(
            placeholder.filter(|text| text.contains("/inbound/")).map(|text| (template.path.clone(), text.into())),
        );
    }
    assert_eq!(texts.len(), 4, "the docs, the schema and two templates of operations");
    for page in ["README.md", "docs/inbound.md"] {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
        texts.push((page.to_owned(), std::fs::read_to_string(path).expect(page)));
    }
    let address = regex::Regex::new("(?:https://[A-Za-z.]+)(/inbound/[a-z-]+)").expect("a pattern");
    for (path, text) in texts {
        for found in address.captures_iter(&text) {
            assert_eq!(&found[1], served, "{path}");
        }
        assert!(path == "README.md" || address.is_match(&text), "{path} shows no address");
    }
}

#[test]
fn every_file_says_what_generates_it() {
    for artefact in generated(&power_automate()) {
        assert!(artefact.content.contains(&notice("power-automate")), "{}", artefact.path);
    }
}

#[test]
fn a_connector_with_code_operations_has_no_hosted_template() {
    let mut definition = power_automate();
    definition.operations[0].http = None;
    let paths: Vec<String> = generated(&definition).into_iter().map(|artefact| artefact.path).collect();
    assert!(!paths.iter().any(|path| path.contains("hosted")), "{paths:?}");
}

#[test]
fn a_docs_template_of_ones_own_replaces_the_page() {
    let templates =
        DocTemplates::built_in().with("connector.md.hbs", "{{name}}:{{#each operations}} {{id}}{{/each}}".to_owned());
    let artefacts = artefacts([&power_automate()], &templates).unwrap_or_else(|error| panic!("{error}"));
    let page = artefacts.iter().find(|artefact| artefact.path == "docs/power-automate.md").expect("a page");
    assert_eq!(page.content, "Power Automate: trigger-flow-run get-flow-run-status get-flow-outputs cancel-flow-run");
}

#[test]
fn a_fault_in_a_docs_template_names_its_place() {
    for (text, expected) in [("one\n{{nmae}}", "connector"), ("one\n{{#if}", "connector.md.hbs")] {
        let templates = DocTemplates::built_in().with("connector.md.hbs", text.to_owned());
        let error = artefacts([&power_automate()], &templates).expect_err("a faulty template");
        let GenerateError::Docs { template, reason } = error else { panic!("{error}") };
        assert_eq!(template, expected);
        assert!(reason.contains("line 2") || reason.contains("2:"), "{reason}");
    }
}

#[test]
fn the_docs_tell_every_fact_of_a_field() {
    let definition = power_automate();
    let page = generated(&definition)
        .into_iter()
        .find(|artefact| artefact.path == "docs/power-automate.md")
        .expect("a page")
        .content;
    for (code, name) in opwright::power_automate::FlowRunStatus::ALL.iter().enumerate() {
        assert!(page.contains(&format!("| `{code}` | {name:?} |")), "{name:?}");
    }
    for expression in definition.operations.iter().filter_map(|operation| operation.result_expression.as_deref()) {
        assert!(page.contains(expression), "{expression}");
    }
}
