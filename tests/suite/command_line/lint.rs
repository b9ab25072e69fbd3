//! `lint` from the command line: what it prints in each format, its configuration, its exit codes.

use super::{end, opwright};
use roxmltree::Document;
use serde_json::{Value, json};
use std::path::Path;

/// A template whose condition names nobody, whose group is empty, and which has no version.
const TEMPLATE: &str = r#"{
  "$schema": "https://unpkg.com/@camunda/zeebe-element-templates-json-schema/resources/schema.json",
  "name": "Parcels", "id": "test.parcels", "appliesTo": ["bpmn:Task"],
  "groups": [{ "id": "empty", "label": "Empty" }],
  "properties": [
    {
      "id": "sum", "type": "Hidden", "value": "ü 1",
      "condition": { "property": "sun", "equals": "x" },
      "binding": { "type": "property", "name": "name" }
    }
  ]
}
"#;

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("it is written");
    std::fs::create_dir_all(folder.path().join("deep/node_modules")).expect("folders");
    write("deep/parcels.json", TEMPLATE);
    write("deep/node_modules/other.json", TEMPLATE);
    write("package.json", "{}");
    folder
}

fn lint(folder: &Path, arguments: &[&str]) -> super::Ended {
    end(opwright(&["lint"]).args(arguments).current_dir(folder))
}

#[test]
fn findings_are_told_with_place_reason_and_mend() {
    let folder = folder();
    let ended = lint(folder.path(), &["."]);
    assert_eq!(ended.code, 1, "{}", ended.err);
    insta::assert_snapshot!(ended.out, @r#"
    warning[empty-group]: the group `empty` shows no property
      --> ./deep/parcels.json:4:14 /groups/0
       |   "groups": [{ "id": "empty", "label": "Empty" }],
       |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       = It is not shown.
       = mend: Remove it, or put a property into it.

    error[unknown-condition-property]: there is no property `sun`; did you mean `sum`?
      --> ./deep/parcels.json:8:22 /properties/0/condition/property
       |       "condition": { "property": "sun", "equals": "x" },
       |                      ^^^^^^^^^^^^^^^^^
       = It never holds, so the property is never shown (with `isActive: false`, always).
       = mend: Correct the id.
    "#);
    insta::assert_snapshot!(ended.err, @"1 template: 1 error, 1 warning, 1 remark; 1 other JSON file is no template; --level info shows the remarks");
    let alone = lint(folder.path(), &["deep/parcels.json", "--level", "error"]);
    assert_eq!(alone.out.matches("-->").count(), 1, "{}", alone.out);
    let (all, least) = (lint(folder.path(), &[".", "--level", "info"]), "info[no-version]");
    assert!(all.out.contains(least) && !ended.out.contains(least), "{}", all.out);
}

#[test]
fn scripts_read_json_sarif_github_and_junit() {
    let folder = folder();
    let read = |format: &str| {
        let ended = lint(folder.path(), &[".", "--format", format]);
        assert_eq!((ended.code, ended.err.as_str()), (1, ""), "{format}");
        ended.out
    };
    let found: Value = serde_json::from_str(&read("json")).expect("JSON");
    let brief = |finding: &Value| {
        json!([finding["code"], finding["level"], finding["file"], finding["line"], finding["column"], finding["path"]])
    };
    let findings: Vec<Value> = found["findings"].as_array().expect("a list").iter().map(brief).collect();
    assert_eq!(
        findings,
        [
            json!(["empty-group", "warning", "./deep/parcels.json", 4, 14, "/groups/0"]),
            json!([
                "unknown-condition-property",
                "error",
                "./deep/parcels.json",
                8,
                22,
                "/properties/0/condition/property"
            ]),
        ]
    );
    assert_eq!((&found["templates"], &found["files"]), (&json!(1), &json!(1)));

    let sarif: Value = serde_json::from_str(&read("sarif")).expect("JSON");
    let run = &sarif["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    for result in run["results"].as_array().expect("results") {
        assert!(rules.iter().any(|rule| rule["id"] == result["ruleId"]), "{result}");
    }
    let location = &run["results"][1]["locations"][0]["physicalLocation"];
    assert_eq!(location["artifactLocation"]["uri"], "deep/parcels.json");
    assert_eq!(location["region"], json!({ "startLine": 8, "startColumn": 22 }));

    let github = read("github");
    let lines: Vec<&str> = github.lines().collect();
    assert!(lines[0].starts_with("::warning file=deep/parcels.json,line=4,col=14,title=empty-group::"), "{github}");
    assert!(lines[1].starts_with("::error file=") && lines[1].contains("%0A") && lines.len() == 2, "{github}");

    let junit = read("junit");
    let document = Document::parse(&junit).expect("XML");
    let suite = document.descendants().find(|node| node.has_tag_name("testsuite")).expect("a suite");
    assert_eq!((suite.attribute("tests"), suite.attribute("failures")), (Some("1"), Some("1")));
    let failure = document.descendants().find(|node| node.has_tag_name("failure")).expect("a failure");
    assert!(failure.text().expect("text").contains("parcels.json:8:22: error[unknown-condition-property]"));
}

#[test]
fn levels_and_accepted_findings_decide_the_exit_code() {
    let folder = folder();
    let configure = |text: &str| std::fs::write(folder.path().join("opwright-lint.toml"), text).expect("it is written");
    configure("[levels]\nunknown-condition-property = \"warning\"\n");
    assert_eq!(lint(folder.path(), &["."]).code, 0);
    assert_eq!(lint(folder.path(), &[".", "--deny", "warning"]).code, 1);

    configure(
        "[[accept]]\ncode = \"unknown-condition-property\"\nreason = \"it is known\"\n\
         [[accept]]\ncode = \"binding-conflict\"\nreason = \"it was there\"\n",
    );
    let ended = lint(folder.path(), &["."]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(ended.err.contains("1 warning, 1 remark; 1 accepted; 1 other JSON file is no template"), "{}", ended.err);
    assert!(ended.err.contains("no finding of `binding-conflict` is there to be accepted"), "{}", ended.err);

    configure("[[accept]]\ncode = \"unknwn\"\nreason = \"r\"\n");
    let ended = lint(folder.path(), &["."]);
    assert_eq!((ended.code, ended.out.as_str()), (1, ""));
    assert!(ended.err.contains("opwright-lint.toml: there is no rule `unknwn`"), "{}", ended.err);
}

#[test]
fn what_cannot_be_read_is_told() {
    let folder = folder();
    let told = |arguments: &[&str]| {
        let ended = lint(folder.path(), arguments);
        assert_eq!((ended.code, ended.out.as_str()), (1, ""), "{arguments:?}");
        ended.err
    };
    assert!(told(&["missing.json"]).contains("cannot read missing.json"));
    std::fs::create_dir(folder.path().join("none")).expect("a folder");
    assert!(told(&["none"]).contains("there is no element template in none"));
    assert!(told(&[".", "--config", "none.toml"]).contains("cannot read none.toml"));
    // What is named is looked at, whatever it is.
    assert!(lint(folder.path(), &["package.json"]).out.contains("error[schema]: a template needs `name`"));
}

#[test]
fn rules_are_explained() {
    let ended = end(&mut opwright(&["lint", "--explain", "binding-conflict"]));
    assert_eq!(ended.code, 0);
    assert!(ended.out.starts_with("binding-conflict (error)") && ended.out.contains("Mend: "), "{}", ended.out);
    let all = end(&mut opwright(&["lint", "--explain", "all"]));
    assert_eq!(all.out.matches("  Mend: ").count(), opwright::lint::rules().count());
    let unknown = end(&mut opwright(&["lint", "--explain", "binding-conflikt"]));
    assert_eq!((unknown.code, unknown.out.as_str()), (2, ""));
    assert!(unknown.err.contains("did you mean `binding-conflict`?"), "{}", unknown.err);
}
