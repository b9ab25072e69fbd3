//! `compat`: what is compared with what, what is printed in each format, configuration, exit codes.

use super::{Ended, end, opwright};
use crate::repository::Repository;
use crate::update::{newer, small};
use roxmltree::Document;
use serde_json::{Value, json};
use std::path::Path;

/// A folder with the small template, version 1, and a newer one without the choice `order`.
pub(super) fn versions(change: impl FnOnce(&mut Value)) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, template) in [("old.json", small()), ("new.json", newer(change))] {
        let text = serde_json::to_string_pretty(&template).expect("JSON");
        std::fs::write(folder.path().join(name), text).expect("a file");
    }
    folder
}

fn without_order(new: &mut Value) {
    new["properties"][1]["choices"][1]["value"] = json!("buy");
    // What depends on the choice would be lost with it.
    new["properties"][2].as_object_mut().expect("an object").remove("condition");
}

pub(super) fn compat(folder: &Path, arguments: &[&str]) -> Ended {
    end(opwright(&["compat"]).args(arguments).current_dir(folder))
}

const FILES: [&str; 3] = ["new.json", "--against", "old.json"];

#[test]
fn what_breaks_is_told_with_the_element_that_shows_it() {
    let folder = versions(without_order);
    let text = compat(folder.path(), &FILES);
    assert_eq!(text.code, 8, "{}", text.printed());
    insta::assert_snapshot!(text.out);
    insta::assert_snapshot!(text.err, @"1 template against old.json: 1 breaking, 2 safe; --level safe shows all");
    let all = compat(folder.path(), &[&FILES[..], &["--level", "safe"]].concat());
    assert!(all.out.contains("safe[choice-added]: operation: `buy` can be chosen"), "{}", all.out);
}

#[test]
fn scripts_read_json_sarif_github_and_junit() {
    let folder = versions(without_order);
    let read = |format: &str| {
        let ended = compat(folder.path(), &[&FILES[..], &["--format", format]].concat());
        assert_eq!((ended.code, ended.err.as_str()), (8, ""), "{format}");
        ended.out
    };
    let found: Value = serde_json::from_str(&read("json")).expect("JSON");
    let template = &found["templates"][0];
    assert_eq!(
        (&template["id"], &template["old"], &template["new"]),
        (&json!("io.example.small"), &json!(1), &json!(2))
    );
    let change = &template["changes"][0];
    assert_eq!(
        json!([change["code"], change["severity"], change["audience"], change["needs"], change["property"]]),
        json!(["choice-removed", "breaking", "designer", "templateId", "operation"])
    );
    assert_eq!(change["witness"], json!({ "entered": [["operation", "order"]], "before": "order", "after": "find" }));

    let sarif: Value = serde_json::from_str(&read("sarif")).expect("JSON");
    let (rules, results) = (&sarif["runs"][0]["tool"]["driver"]["rules"], &sarif["runs"][0]["results"]);
    assert_eq!(rules.as_array().expect("rules").len(), opwright::compat::KINDS.len());
    assert_eq!((&results[0]["ruleId"], &results[0]["level"]), (&json!("choice-removed"), &json!("error")));
    let location = &results[0]["locations"][0];
    assert_eq!(location["logicalLocations"][0]["fullyQualifiedName"], "/properties/1");
    let region = &location["physicalLocation"]["region"];
    let text = std::fs::read_to_string(folder.path().join("new.json")).expect("a file");
    let line = region["startLine"].as_u64().expect("a line");
    let shown: String = text.lines().skip(usize::try_from(line).expect("small") - 1).take(3).collect();
    assert!(shown.contains("\"id\": \"operation\""), "{shown}");

    let github = read("github");
    let place = format!("::error file=new.json,line={line},col=5,title=choice-removed::operation: `order` cannot");
    assert!(github.starts_with(&place) && github.lines().count() == 1, "{github}");

    let junit = read("junit");
    let document = Document::parse(&junit).expect("XML");
    let suite = document.descendants().find(|node| node.has_tag_name("testsuite")).expect("a suite");
    let told = ["name", "tests", "failures"].map(|name| suite.attribute(name).expect("an attribute"));
    assert_eq!(told, ["opwright compat", "1", "1"]);
    assert!(junit.contains("breaking[choice-removed]: operation: `order` cannot be chosen any more"), "{junit}");
}

#[test]
fn what_breaks_nothing_ends_well_and_what_cannot_be_read_does_not() {
    let folder = versions(|new| new["properties"][3]["label"] = json!("Pages"));
    let fine = compat(folder.path(), &FILES);
    assert_eq!((fine.code, fine.out.as_str()), (0, ""), "{}", fine.err);
    assert_eq!(fine.err, "1 template against old.json: 1 safe; --level safe shows all\n");
    let same = compat(folder.path(), &["new.json", "--against", "new.json"]);
    assert_eq!((same.code, same.err.as_str()), (0, "1 template against new.json: nothing has changed\n"));
    // A side that cannot be read is no side without changes.
    let failed = |arguments: &[&str]| {
        let ended = compat(folder.path(), arguments);
        assert_eq!((ended.code, ended.out.as_str()), (1, ""), "{arguments:?}");
        ended.err
    };
    assert!(failed(&["new.json"]).contains("new.json is in no git repository: name what is published"));
    assert!(failed(&["new.json", "--against", "absent"]).contains("there is no file or directory `absent`"));
    assert!(failed(&["absent.json", "--against", "old.json"]).contains("cannot read absent.json"));
    std::fs::write(folder.path().join("old.json"), "{ \"appliesTo\"").expect("a file");
    assert!(failed(&FILES).contains("old.json is no JSON"));
}

#[test]
fn kinds_are_explained() {
    let unknown = end(&mut opwright(&["compat", "--explain", "choice-remove"]));
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("did you mean `choice-removed`?"), "{}", unknown.err);
    let all = end(&mut opwright(&["compat", "--explain", "all"]));
    assert_eq!((all.code, all.out.matches("Mend: ").count()), (0, opwright::compat::KINDS.len()));
    assert!(all.out.contains("choice-removed (breaking, designer; needs another template id)"), "{}", all.out);
}

#[test]
fn levels_and_accepted_changes_decide_the_exit_code() {
    let folder = versions(without_order);
    let configure = |text: &str| std::fs::write(folder.path().join("opwright-compat.toml"), text).expect("a file");
    configure("[levels]\nchoice-removed = { level = \"risky\", reason = \"we call everybody\" }\n");
    let lowered = compat(folder.path(), &FILES);
    assert_eq!(lowered.code, 0);
    assert!(lowered.out.contains("risky[choice-removed]"), "{}", lowered.out);
    assert!(lowered.out.contains("its level is configured: we call everybody"), "{}", lowered.out);
    assert_eq!(compat(folder.path(), &[&FILES[..], &["--deny", "risky"]].concat()).code, 8);

    let accept = |version: u32, property: &str| {
        configure(&format!(
            "[[accept]]\ncode = \"choice-removed\"\ntemplate = \"io.example.*\"\nversion = {version}\nproperty = \"{property}\"\n\
             reason = \"nobody orders here\"\n"
        ));
        compat(folder.path(), &FILES)
    };
    let accepted = accept(2, "operation");
    assert_eq!(accepted.code, 0, "{}", accepted.printed());
    assert!(accepted.out.contains("accepted[choice-removed]"), "{}", accepted.out);
    assert!(accepted.out.contains("it is accepted: nobody orders here"), "{}", accepted.out);
    assert_eq!(accepted.err, "1 template against old.json: 2 safe, 1 accepted; --level safe shows all\n");
    // Another version, or another property, is another change.
    assert_eq!((accept(1, "operation").code, accept(2, "size").code), (8, 8));
    configure("[[accept]]\ncode = \"deprecated\"\ntemplate = \"*\"\nversion = 2\nreason = \"r\"\n");
    let unused = compat(folder.path(), &FILES);
    assert!(unused.err.contains("version 2 of io.example.small has no `deprecated` to be accepted"), "{}", unused.err);
}

#[test]
fn what_is_published_is_read_from_git() {
    let repository = Repository::new();
    let put = |template: &Value| repository.put("generated/element-templates/small.json", &template.to_string());
    put(&small());
    let mut third = small();
    third["id"] = json!("io.example.third");
    repository.put("generated/element-templates/third.json", &third.to_string());
    repository.commit("main");
    repository.git(&["checkout", "--quiet", "-b", "topic"]);
    // The work tree counts, whether it is committed or not.
    put(&newer(without_order));
    let mut other = small();
    other["id"] = json!("io.example.other");
    repository.put("generated/element-templates/other.json", &other.to_string());
    let dirty = compat(repository.path(), &[]);
    assert_eq!(dirty.code, 8, "{}", dirty.printed());
    assert!(dirty.err.contains("3 templates against main ("), "{}", dirty.err);
    repository.commit("topic");
    assert_eq!(compat(repository.path(), &[]).code, 8);
    assert_eq!(compat(repository.path(), &["--against", "topic"]).code, 0);
    // What main has done since is not ours.
    repository.git(&["checkout", "--quiet", "main"]);
    let mut later = small();
    later["version"] = json!(2);
    later["properties"][3]["value"] = json!("50");
    put(&later);
    repository.commit("later");
    repository.git(&["checkout", "--quiet", "topic"]);
    let base = compat(repository.path(), &["--format", "json"]).json();
    let told =
        base["templates"].as_array().expect("a list").iter().flat_map(|one| one["changes"].as_array().expect("a list"));
    assert!(told.clone().all(|change| change["code"] != "version-not-raised"), "{base}");
    let tip = compat(repository.path(), &["--against", "main", "--format", "json"]).json();
    assert!(tip.to_string().contains("version-not-raised"), "{tip}");
    // From a directory below, and of a file.
    let below = compat(&repository.path().join("generated"), &["element-templates/small.json"]);
    assert_eq!(below.code, 8, "{}", below.printed());
    assert!(below.err.contains("1 template against main ("), "{}", below.err);
    // A template that is gone is told.
    std::fs::remove_file(repository.path().join("generated/element-templates/small.json")).expect("a file");
    let gone = compat(repository.path(), &[]);
    assert!(gone.out.contains("breaking[template-removed]: it is not there any more"), "{}", gone.out);
}

/// A repository in which these schemas of ours are published with a change.
pub(super) fn published(path: &str, change: impl FnOnce(&str) -> String) -> Repository {
    let repository = Repository::new();
    assert_eq!(end(opwright(&["generate"]).current_dir(repository.path())).code, 0);
    let schema = std::fs::read_to_string(repository.path().join(path)).expect("a schema");
    let changed = change(&schema);
    assert_ne!(changed, schema);
    repository.put(path, &changed);
    repository.commit("published");
    repository.put(path, &schema);
    repository
}

#[test]
fn what_a_newer_worker_refuses_of_deployed_processes_is_told() {
    let path = "generated/schemas/power-automate/trigger-flow-run.input.json";
    let repository = published(path, |schema| schema.replace("\"maximum\": 86400", "\"maximum\": 90000"));
    let ended = compat(repository.path(), &[]);
    assert_eq!(ended.code, 8, "{}", ended.printed());
    insta::assert_snapshot!(ended.out);
    let change = &compat(repository.path(), &["--format", "json"]).json()["templates"][0]["changes"][0];
    let told = json!([change["code"], change["audience"], change["needs"], change["operation"]]);
    assert_eq!(told, json!(["input-refused", "deployed", "jobType", "trigger-flow-run"]));
    assert_eq!(change["witness"]["value"]["timeout"], 86_401);
    // A diagram of another operation does not show it.
    let diagrams = |operation: &str| {
        let path = format!("generated/bpmn/power-automate-{operation}.bpmn");
        compat(repository.path(), &["--used-by", &path])
    };
    let path_of = "generated/bpmn/power-automate-trigger-flow-run.bpmn";
    let diagram = std::fs::read_to_string(repository.path().join(path_of)).expect("a diagram");
    let mut ends = Vec::new();
    for timeout in ["= 7200", "= 86401", "= wanted", "90001", "soon"] {
        let input = format!("<zeebe:input source=\"{timeout}\" target=\"timeout\"/></zeebe:ioMapping>");
        repository.put(path_of, &diagram.replace("</zeebe:ioMapping>", &input));
        let ended = diagrams("trigger-flow-run");
        assert_eq!(
            ended.out.contains("what it gives is known at run time only"),
            timeout == "= wanted",
            "{}",
            ended.out
        );
        ends.push(ended.code);
    }
    // A text is no number: the older version refused it, too.
    assert_eq!((ends, diagrams("get-flow-outputs").code), (vec![0, 8, 8, 0, 0], 0));
    assert_eq!(compat(repository.path(), &["--against", "generated"]).code, 0);
    // A connector with one template has processes, too.
    for other in ["hosted", "flow-run-finished", "flow-run-finished-receive-task", "flow-run-finished-boundary-event"] {
        let file = format!("generated/element-templates/power-automate-{other}.json");
        std::fs::remove_file(repository.path().join(file)).expect("a file");
    }
    repository
        .put(path, &std::fs::read_to_string(repository.path().join(path)).expect("a schema").replace("86400", "90000"));
    repository.commit("one template");
    repository
        .put(path, &std::fs::read_to_string(repository.path().join(path)).expect("a schema").replace("90000", "86400"));
    let alone = compat(repository.path(), &[]);
    assert!(alone.code == 8 && alone.err.starts_with("1 template against main ("), "{}", alone.printed());
}

#[test]
fn what_a_newer_worker_returns_is_compared_too() {
    let path = "generated/schemas/power-automate/get-flow-run-status.output.json";
    let repository =
        published(path, |schema| schema.replacen("\"status\": {", "\"status\": {\n      \"maximum\": 299,", 1));
    let ended = compat(repository.path(), &[]);
    assert_eq!(ended.code, 8, "{}", ended.printed());
    assert!(ended.out.contains("breaking[result-changed]: get-flow-run-status.status: "), "{}", ended.out);
    assert!(ended.out.contains(&format!("--> {path}\n")), "{}", ended.out);
}

#[test]
fn what_a_newer_worker_tells_of_an_event_is_compared_too() {
    let path = "generated/schemas/power-automate/flow-run-finished.event.json";
    let never_null = |schema: &str| {
        let mut schema: Value = serde_json::from_str(schema).expect("JSON");
        schema["properties"]["completedon"]["type"] = json!("string");
        format!("{schema:#}\n")
    };
    let repository = published(path, never_null);
    let ended = compat(repository.path(), &[]);
    assert_eq!(ended.code, 8, "{}", ended.printed());
    let told = "breaking[event-changed]: flow-run-finished.completedon: `completedon` may be null";
    assert_eq!(ended.out.matches(told).count(), 3, "each of the event's templates: {}", ended.out);
    assert!(ended.out.contains(&format!("--> {path}\n")), "{}", ended.out);
    // Whoever has any of the templates is met, and nobody else.
    let used_by = |process: &str| {
        let path = format!("generated/bpmn/power-automate-{process}.bpmn");
        compat(repository.path(), &["--used-by", &path]).code
    };
    let processes = ["flow-run-finished", "flow-run-finished-journey", "get-flow-outputs"];
    assert_eq!(processes.map(used_by), [8, 8, 0]);
    let accepted = "[[accept]]\ncode = \"event-changed\"\ntemplate = \"*\"\nversion = VERSION\n\
                    property = \"flow-run-finished.completedon\"\nreason = \"nobody reads it\"\n";
    let version = super::generate::own_version().to_string();
    repository.put("opwright-compat.toml", &accepted.replace("VERSION", &version));
    let ended = compat(repository.path(), &[]);
    assert_eq!(ended.code, 0, "{}", ended.printed());
    std::fs::remove_file(repository.path().join("opwright-compat.toml")).expect("a file");
    std::fs::remove_file(repository.path().join(path)).expect("a schema");
    let gone = compat(repository.path(), &[]);
    assert!(gone.out.contains("breaking[event-removed]: flow-run-finished: "), "{}", gone.printed());
}

#[test]
fn a_connector_that_is_generated_no_more_is_gone() {
    let repository = Repository::new();
    repository.put("generated/element-templates/small.json", &small().to_string());
    let mut other = small();
    other["id"] = json!("io.example.other");
    repository.put("generated/element-templates/other.json", &other.to_string());
    repository.commit("published");
    repository.git(&["mv", "generated/element-templates/small.json", "small.json"]);
    repository.put("generated/element-templates/archive/small-1.json", &small().to_string());
    let ended = compat(repository.path(), &["--witnesses", "shown"]);
    assert_eq!(ended.code, 8, "{}", ended.printed());
    assert!(ended.out.contains("breaking[template-removed]: it is generated no more"), "{}", ended.out);
    let shown = std::fs::read_to_string(repository.path().join("shown/io.example.small-01-template-removed.bpmn"));
    assert!(shown.expect("a diagram").contains("zeebe:modelerTemplate=\"io.example.small\""));
}

#[test]
fn a_repository_that_does_not_tell_is_a_failure() {
    let repository = Repository::new();
    repository.put("generated/element-templates/small.json", &small().to_string());
    let failed = |arguments: &[&str]| {
        let ended = compat(repository.path(), arguments);
        assert_eq!((ended.code, ended.out.as_str()), (1, ""), "{arguments:?}: {}", ended.err);
        ended.err
    };
    repository.commit("main");
    assert_eq!(compat(repository.path(), &[]).code, 0);
    assert!(failed(&["--against", "v1"]).contains("there is no file, directory or git revision `v1`"));
    assert!(failed(&["--against=--output=x"]).contains("there is no file, directory or git revision `--output=x`"));
    repository.git(&["branch", "--quiet", "-m", "main", "trunk"]);
    let told = failed(&[]);
    assert!(told.contains("there is no origin/HEAD, origin/main, origin/master, main or master"), "{told}");
    repository.put("opwright-compat.toml", "against = \"trunk\"\n");
    assert_eq!(compat(repository.path(), &[]).code, 0);
    let mut without_git = opwright(&["compat"]);
    let without_git = end(without_git.current_dir(repository.path()).env("PATH", ""));
    assert_eq!(without_git.code, 1);
    assert!(without_git.err.contains("git cannot be run"), "{}", without_git.err);
}

/// A process with an element for each of these operations.
pub(super) fn process(operations: &[&str]) -> String {
    let tasks: String = operations
        .iter()
        .enumerate()
        .map(|(index, operation)| {
            format!(
                r#"    <bpmn:serviceTask id="Task_{index}" name="To {operation}" zeebe:modelerTemplate="io.example.small" zeebe:modelerTemplateVersion="1">
      <bpmn:extensionElements>
        <zeebe:taskDefinition type="small:1" />
        <zeebe:ioMapping><zeebe:input source="{operation}" target="operation" /></zeebe:ioMapping>
      </bpmn:extensionElements>
    </bpmn:serviceTask>
"#
            )
        })
        .collect();
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="D">
  <bpmn:process id="P">
{tasks}  </bpmn:process>
</bpmn:definitions>
"#
    )
}

#[test]
fn what_no_diagram_shows_is_risky_and_the_others_are_listed() {
    let folder = versions(without_order);
    let put = |name: &str, text: &str| {
        std::fs::create_dir_all(folder.path().join("processes/deep")).expect("a folder");
        std::fs::write(folder.path().join("processes").join(name), text).expect("a file");
    };
    let used_by = || compat(folder.path(), &[&FILES[..], &["--used-by", "processes"]].concat());
    put("deep/finds.bpmn", &process(&["find"]));
    let unused = used_by();
    assert_eq!(unused.code, 0, "{}", unused.printed());
    assert!(unused.out.contains("risky[choice-removed]"), "{}", unused.out);
    assert!(unused.out.contains("   | no element in processes shows it\n"), "{}", unused.out);
    put("orders.bpmn", &process(&["find", "order", "order"]));
    let used = used_by();
    assert_eq!(used.code, 8);
    for (task, line) in [("Task_1", 10), ("Task_2", 16)] {
        let told =
            format!("   | used by processes/orders.bpmn:{line} {task} \"To order\": \"order\" becomes \"find\"\n");
        assert!(used.out.contains(&told), "{told}{}", used.out);
    }
    assert!(!used.out.contains("Task_0"), "{}", used.out);
    let json = compat(folder.path(), &[&FILES[..], &["--used-by", "processes", "--format", "json"]].concat()).json();
    assert_eq!(
        json["templates"][0]["changes"][0]["usedBy"][0],
        json!({
            "file": "processes/orders.bpmn", "line": 10, "element": "Task_1", "name": "To order",
            "before": "order", "after": "find", "error": null, "version": null, "isCertain": true,
        })
    );
    // What cannot be read is not unused.
    put("broken.bpmn", "<bpmn:definitions");
    let broken = used_by();
    assert_eq!((broken.code, broken.out.as_str()), (1, ""));
    assert!(broken.err.contains("processes/broken.bpmn is no diagram: line 1"), "{}", broken.err);
    std::fs::create_dir(folder.path().join("none")).expect("a folder");
    let none = compat(folder.path(), &[&FILES[..], &["--used-by", "none"]].concat());
    assert!(none.code == 1 && none.err.contains("there is no .bpmn file in none"), "{}", none.printed());
}

#[test]
fn what_breaks_is_written_as_diagrams_and_inputs() {
    let folder = versions(without_order);
    let ended = compat(folder.path(), &[&FILES[..], &["--witnesses", "broken"]].concat());
    assert_eq!(ended.code, 8, "{}", ended.printed());
    let name = "broken/io.example.small-01-choice-removed.bpmn";
    assert!(ended.out.contains(&format!("   | shown by {name}\n")), "{}", ended.out);
    insta::assert_snapshot!(std::fs::read_to_string(folder.path().join(name)).expect("a diagram"));
    // The very diagram shows the change.
    let used = compat(folder.path(), &[&FILES[..], &["--used-by", name]].concat());
    assert!(used.code == 8 && used.out.contains(&format!("used by {name}:")), "{}", used.printed());

    let path = "generated/schemas/power-automate/trigger-flow-run.input.json";
    let repository = published(path, |schema| schema.replace("\"maximum\": 86400", "\"maximum\": 90000"));
    assert_eq!(compat(repository.path(), &["--witnesses", "broken"]).code, 8);
    let input = repository.path().join("broken/io.opwright.power-automate-01-input-refused.json");
    let input: Value = serde_json::from_slice(&std::fs::read(input).expect("an input")).expect("JSON");
    assert_eq!(input["timeout"], 86_401);
    let run = ["run", "power-automate", "trigger-flow-run", "--dry-run", "--input"];
    let refused = end(opwright(&run)
        .arg("broken/io.opwright.power-automate-01-input-refused.json")
        .current_dir(repository.path()));
    assert!(refused.code == 3 && refused.err.contains("timeout"), "{}", refused.printed());
}

#[test]
fn templates_that_can_only_be_read_in_part_are_refused_on_either_side() {
    let folder = versions(without_order);
    let mut half = small();
    half["properties"] = json!({ "a": 1 });
    std::fs::write(folder.path().join("half.json"), half.to_string()).expect("a file");
    std::fs::write(folder.path().join("broken.json"), "{\n").expect("a file");
    for (file, expected) in [
        ("half.json", ": /properties of the template: this is an object, but must be an array"),
        ("broken.json", "broken.json is no JSON: EOF while parsing an object, at line 2 column 1"),
    ] {
        for arguments in [["new.json", "--against", file], [file, "--against", "old.json"]] {
            let refused = compat(folder.path(), &arguments);
            assert_eq!((refused.code, refused.out.as_str()), (1, ""), "{}", refused.printed());
            assert!(refused.err.contains(expected) && refused.err.contains(file), "{}", refused.err);
        }
    }
}

#[test]
fn a_version_that_is_there_twice_must_be_the_same() {
    let folder = versions(without_order);
    let old = folder.path().join("published/element-templates");
    std::fs::create_dir_all(old.join("archive")).expect("a folder");
    let text = small().to_string();
    for name in ["a.json", "archive/a-1.json"] {
        std::fs::write(old.join(name), &text).expect("a file");
    }
    let new = folder.path().join("generated/element-templates");
    std::fs::create_dir_all(new.join("archive")).expect("a folder");
    std::fs::copy(folder.path().join("new.json"), new.join("a.json")).expect("a file");
    // In the archive as well is no fault, and it is not only there.
    std::fs::copy(folder.path().join("new.json"), new.join("archive/a-2.json")).expect("a file");
    let arguments = ["generated", "--against", "published"];
    let same = compat(folder.path(), &arguments);
    assert!(same.code == 8 && same.out.contains("choice-removed"), "{}", same.printed());
    assert!(!same.out.contains("template-removed"), "{}", same.printed());
    for changed in [&old, &new] {
        let file = changed.join("z.json");
        let id = if changed == &old { "1" } else { "2" };
        let other = text.replace("\"20\"", "\"30\"").replace("\"version\":1", &format!("\"version\":{id}"));
        std::fs::write(&file, other).expect("a file");
        let twice = compat(folder.path(), &arguments);
        let expected = format!("element-templates/z.json has `io.example.small` version {id}, and so has ");
        assert!(twice.code == 1 && twice.err.contains(&expected), "{}", twice.printed());
        std::fs::remove_file(file).expect("a file");
    }
}

#[test]
fn only_the_archive_below_the_compared_directory_is_one() {
    let folder = versions(|_| {});
    let archive = folder.path().join("archive");
    std::fs::create_dir(&archive).expect("a folder");
    std::fs::copy(folder.path().join("new.json"), archive.join("new.json")).expect("a file");
    let same = compat(folder.path(), &["archive", "--against", "old.json"]);
    assert!(same.code == 0 && !same.printed().contains("template-removed"), "{}", same.printed());
    // Below whatever is compared, and no other folder of that name.
    for (kept, compared, code) in [
        ("generated/element-templates/archive", "generated", 8),
        ("generated/element-templates/archive", "generated/element-templates", 8),
        ("services/parcels/element-templates/archive", "services", 8),
        ("generated/archive", "generated", 0),
    ] {
        let kept = folder.path().join(kept);
        std::fs::create_dir_all(&kept).expect("a folder");
        std::fs::copy(folder.path().join("new.json"), kept.join("new.json")).expect("a file");
        let gone = compat(folder.path(), &[compared, "--against", "old.json"]);
        assert_eq!((gone.code, gone.out.contains("template-removed")), (code, code == 8), "{}", gone.printed());
        std::fs::remove_dir_all(kept).expect("a folder");
    }
}

#[cfg(unix)]
#[test]
fn files_whose_names_are_no_text_are_told() {
    use std::os::unix::ffi::OsStringExt;

    let folder = versions(without_order);
    let odd = folder.path().join(std::ffi::OsString::from_vec(b"caf\xe9".to_vec()));
    std::fs::create_dir(&odd).expect("a folder");
    std::fs::rename(folder.path().join("new.json"), odd.join("new.json")).expect("a file");
    let refused = compat(folder.path(), &[".", "--against", "old.json"]);
    assert!(refused.code == 1 && refused.err.contains("is no UTF-8: rename it"), "{}", refused.printed());
}
