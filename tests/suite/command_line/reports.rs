//! What machines read of `lint`, `compat` and `ci`: nothing is left out, and every place is one that they find.

use super::{Ended, end, opwright};
use crate::repository::Repository;
use crate::update::{newer, small};
use roxmltree::{Document, Node};
use serde_json::{Value, json};
use std::fs::{self, File};
use std::path::Path;

fn run(place: &Path, arguments: &[&str]) -> Ended {
    end(opwright(arguments).current_dir(place))
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

/// A repository in which the small template is published, and a folder below it with a newer one.
fn published(change: impl FnOnce(&mut Value)) -> Repository {
    let repository = Repository::new();
    repository.put("shop/generated/element-templates/small.json", &small().to_string());
    repository.commit("published");
    repository.put("shop/generated/element-templates/small.json", &newer(change).to_string());
    repository
}

fn suites<'a>(document: &'a Document<'_>) -> Vec<Node<'a, 'a>> {
    document.descendants().filter(|node| node.has_tag_name("testsuite")).collect()
}

#[test]
fn output_that_is_lost_is_no_success() {
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(run(folder.path(), &["generate"]).code, 0);
    let diagram = "generated/bpmn/power-automate-trigger-flow-run.bpmn";
    let commands: [&[&str]; 8] = [
        &["--help"],
        &["list"],
        &["man"],
        &["completions", "bash"],
        &["describe", "power-automate", "trigger-flow-run", "--format", "json"],
        &["changelog"],
        &["migrate", diagram, "--to", "latest"],
        &["ci", "--against", "generated", "--format", "sarif"],
    ];
    for arguments in commands {
        let full = File::options().write(true).open("/dev/full").expect("a device");
        let ended = end(opwright(arguments).current_dir(&folder).stdout(full));
        assert_eq!(ended.code, 1, "{arguments:?}: {}", ended.err);
        assert!(ended.err.contains("error: cannot write to standard output: "), "{arguments:?}: {}", ended.err);
        // Whoever has read enough is no failure.
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let ended = end(opwright(arguments).current_dir(&folder).stdout(writer));
        assert_eq!(ended.code, 0, "{arguments:?}: {}", ended.err);
    }
}

#[test]
fn a_check_that_has_failed_is_in_every_report() {
    let repository = Repository::new();
    assert_eq!(run(repository.path(), &["generate"]).code, 0);
    repository.commit("generated");
    let report = |format: &str| {
        let ended = run(repository.path(), &["ci", "--against", "nope", "--format", format]);
        assert_eq!(ended.code, 1, "{format}");
        assert_eq!(ended.err.matches("error: there is no file, directory or git revision `nope`").count(), 1);
        ended.out
    };
    let found = parsed(&report("json"));
    assert_eq!(found["lint"]["templates"], 5);
    assert_eq!(json!([found["generate"], found["compat"]]), json!([null, null]));
    let told = "there is no file, directory or git revision `nope`: fetch it, or correct the name";
    let failure = |check: &str| json!({ "check": check, "message": told });
    assert_eq!(found["failures"], json!([failure("generate"), failure("compat")]));
    let invocation = &parsed(&report("sarif"))["runs"][0]["invocations"][0];
    let notification = json!({ "level": "error", "message": { "text": told } });
    let expected = json!({ "executionSuccessful": false, "toolExecutionNotifications": [notification] });
    assert_eq!(invocation, &expected);
    assert_eq!(report("github"), format!("::error::{told}\n"));
    let junit = report("junit");
    let document = Document::parse(&junit).expect("XML");
    let counted: Vec<_> =
        suites(&document).iter().map(|suite| ["name", "errors"].map(|name| suite.attribute(name))).collect();
    let names = [("opwright lint", "0"), ("opwright generate", "1"), ("opwright compat", "1")];
    assert_eq!(counted, names.map(|(name, errors)| [Some(name), Some(errors)]));
    let error = document.descendants().find(|node| node.has_tag_name("error")).expect("an error");
    assert_eq!(error.attribute("message"), Some(told));

    // What is well has the same shape.
    let well = |format: &str| parsed(&run(repository.path(), &["ci", "--format", format]).out);
    assert_eq!(well("json")["failures"], json!([]));
    assert_eq!(well("sarif")["runs"][0]["invocations"], json!([{ "executionSuccessful": true }]));
}

#[test]
fn test_reports_are_xml_whatever_templates_hold() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut template = small();
    let label = "a\u{fffe}b\u{1}c\u{1b}[31md";
    template["properties"][3]["label"] = json!(label);
    fs::write(folder.path().join("old.json"), template.to_string()).expect("a file");
    template["version"] = json!(2);
    template["properties"].as_array_mut().expect("a list").remove(3);
    fs::write(folder.path().join("new.json"), template.to_string()).expect("a file");
    let ended = run(folder.path(), &["compat", "new.json", "--against", "old.json", "--format", "junit"]);
    let document = Document::parse(&ended.out).expect("XML");
    let text = document.descendants().find_map(|node| node.text().filter(|text| text.contains("property-removed")));
    assert!(text.is_some_and(|text| text.contains("a\u{fffd}b\u{fffd}c\u{fffd}[31md: ")), "{}", ended.out);
}

#[test]
fn what_fails_is_what_is_denied() {
    // A default is risky, the label of another field is safe.
    let repository = published(|new| {
        new["properties"][3]["value"] = json!("50");
        new["properties"][4]["label"] = json!("Gift");
    });
    let report = |more: &[&str]| {
        let ended = run(&repository.path().join("shop"), &[&["compat", "--format", "junit"][..], more].concat());
        let document = Document::parse(&ended.out).expect("XML");
        let suite = suites(&document)[0];
        let message = document.descendants().find(|node| node.has_tag_name("failure"));
        let message = message.and_then(|node| node.attribute("message")).unwrap_or_default().to_owned();
        (ended.code, suite.attribute("failures").expect("a count").to_owned(), message)
    };
    let told = |code: i32, failures: &str, message: &str| (code, failures.to_owned(), message.to_owned());
    assert_eq!(report(&[]), told(0, "0", ""));
    assert_eq!(report(&["--deny", "risky"]), told(8, "1", "1 finding"));
    assert_eq!(report(&["--deny", "safe"]), told(8, "1", "2 findings"));
    // What is denied is told.
    assert_eq!(report(&["--deny", "safe", "--level", "breaking"]), told(8, "1", "2 findings"));
    let accept = "[[accept]]\ncode = \"default-changed\"\ntemplate = \"*\"\nversion = 2\nreason = \"by mail\"\n";
    repository.put("shop/opwright-compat.toml", accept);
    assert_eq!(report(&["--deny", "risky"]), told(0, "0", ""));

    let mut template = small();
    template["groups"] = json!([{ "id": "empty", "label": "Empty" }]);
    repository.put("shop/other/small.json", &template.to_string());
    let lint = |more: &[&str]| {
        let arguments = [&["lint", "other", "--format", "junit"][..], more].concat();
        let ended = run(&repository.path().join("shop"), &arguments);
        (ended.code, ended.out.matches("<failure message=").count())
    };
    assert_eq!((lint(&[]), lint(&["--deny", "warning"])), ((0, 0), (1, 1)));
}

#[test]
fn places_are_those_of_the_repository() {
    let repository = published(|new| new["properties"][1]["choices"][1]["value"] = json!("buy"));
    let gone =
        json!({ "id": "io.example.gone", "name": "Gone", "version": 4, "appliesTo": ["bpmn:Task"], "properties": [] });
    repository.git(&["stash", "--quiet"]);
    repository.put("shop/generated/element-templates/gone.json", &gone.to_string());
    repository.commit("another one");
    repository.git(&["stash", "pop", "--quiet"]);
    fs::remove_file(repository.path().join("shop/generated/element-templates/gone.json")).expect("a file");
    let shop = repository.path().join("shop");
    let text = run(&shop, &["compat"]);
    let removed = "breaking[template-removed]: it is not there any more\n  --> generated/element-templates/gone.json\n   | \
                   io.example.gone, version 4 to none\n   | published in main (";
    assert!(text.out.contains(removed), "{}", text.out);

    let github = run(&shop, &["compat", "--format", "github"]).out;
    let lines: Vec<&str> = github.lines().collect();
    let removed = "::error file=shop/generated/element-templates/gone.json,title=template-removed::it is not there any more%0A\
                   io.example.gone, version 4 to none%0Apublished in main (";
    assert!(lines.iter().any(|line| line.starts_with(removed)), "{github}");
    let shown = "operation: `order` cannot be chosen any more%0Aio.example.small, version 1 to 2%0A\
                 with operation = \"order\": \"order\" becomes \"find\"%0AKeep the choice";
    assert!(github.contains(shown), "{github}");

    let sarif = parsed(&run(&shop, &["compat", "--format", "sarif"]).out);
    let results = sarif["runs"][0]["results"].as_array().expect("results").clone();
    let of = |code: &str| results.iter().find(|result| result["ruleId"] == code).expect("a result").clone();
    let removed = of("template-removed");
    let place = json!({ "artifactLocation": { "uri": "shop/generated/element-templates/gone.json" } });
    assert_eq!(removed["locations"], json!([{ "physicalLocation": place }]));
    let choice = of("choice-removed");
    let message = choice["message"]["text"].as_str().expect("a text");
    assert!(message.ends_with("\nwith operation = \"order\": \"order\" becomes \"find\""), "{message}");
    assert_eq!(
        choice["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
        "shop/generated/element-templates/small.json"
    );
    // A template that cannot be read is told with the revision that has it.
    repository.git(&["stash", "--quiet"]);
    repository.put("shop/generated/element-templates/small.json", "{ \"appliesTo\"");
    repository.commit("broken");
    let broken = run(&shop, &["compat"]);
    let told = broken.err.starts_with("error: shop/generated/element-templates/small.json is no JSON")
        && broken.err.contains("(published: main (");
    assert!(broken.code == 1 && told, "{}", broken.err);

    // In no repository, the workflow says where it works.
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("shop")).expect("a folder");
    for (name, template) in
        [("old.json", small()), ("new.json", newer(|new| new["properties"][3]["value"] = json!("50")))]
    {
        fs::write(folder.path().join("shop").join(name), template.to_string()).expect("a file");
    }
    let mut command = opwright(&["compat", "new.json", "--against", "old.json", "--format", "github"]);
    command.current_dir(folder.path().join("shop"));
    assert!(end(&mut command).out.starts_with("::warning file=new.json,"));
    let ended = end(command.env("GITHUB_WORKSPACE", folder.path()));
    assert!(ended.out.starts_with("::warning file=shop/new.json,"), "{}", ended.out);
}
