//! `ci` and `changelog`: one report of all that may not happen, and the notes of what did.

use super::generate::{of_version, own_version};
use super::{Ended, end, opwright};
use crate::repository::Repository;
use crate::update::small;
use roxmltree::Document;
use serde_json::{Value, json};

const TEMPLATE: &str = "generated/element-templates/power-automate.json";

fn run(repository: &Repository, arguments: &[&str]) -> Ended {
    end(opwright(arguments).current_dir(repository.path()))
}

fn generated() -> Repository {
    let repository = Repository::new();
    assert_eq!(run(&repository, &["generate"]).code, 0);
    repository.commit("generated");
    repository
}

fn read(repository: &Repository, path: &str) -> String {
    std::fs::read_to_string(repository.path().join(path)).expect("a file")
}

#[test]
fn what_is_well_is_told_in_three_lines() {
    let ended = run(&generated(), &["ci"]);
    assert_eq!((ended.code, ended.out.as_str()), (0, ""), "{}", ended.err);
    let lines: Vec<&str> = ended.err.lines().collect();
    assert!(lines[0].starts_with("generate: ") && lines[0].ends_with(" files: all are up to date"), "{}", ended.err);
    assert!(lines[1].starts_with("lint: 5 templates: "), "{}", ended.err);
    assert!(lines[2].starts_with("compat: 5 templates against main (") && lines[2].ends_with("nothing has changed"));
}

#[test]
fn each_fault_has_an_exit_code_of_its_own() {
    let repository = generated();
    // Nobody may edit a generated file, be it tracked or not.
    let docs = read(&repository, "generated/docs/power-automate.md");
    repository.put("generated/docs/power-automate.md", &(docs.clone() + "More.\n"));
    let stale = run(&repository, &["ci"]);
    assert_eq!(stale.code, 4, "{}", stale.printed());
    assert!(
        stale.out.contains(
            "error[stale-file]: it is not what is generated\n  --> generated/docs/power-automate.md\n   | -More."
        ),
        "{}",
        stale.out
    );
    assert!(stale.out.contains("= mend: Run opwright generate and commit what it writes."), "{}", stale.out);
    repository.put("generated/docs/power-automate.md", &docs);
    let mine = r#"{ "id": "mine", "name": "Mine", "appliesTo": ["bpmn:Task"], "properties": [
        { "type": "String", "language": "feel", "binding": { "type": "property", "name": "name" } } ] }"#;
    repository.put("generated/element-templates/mine.json", mine);
    let untracked = run(&repository, &["ci"]);
    assert!(untracked.code == 4 && untracked.out.contains("nothing generates it"), "{}", untracked.printed());
    assert!(untracked.out.contains("error[schema]"), "the linter has looked at it: {}", untracked.out);
    // What can only be read in part is compared with nothing.
    repository.put("generated/element-templates/mine.json", "{ \"appliesTo\": [] }");
    let half = run(&repository, &["ci"]);
    assert!(half.code == 1 && half.out.contains("error[schema]"), "{}", half.printed());
    assert!(half.err.contains("mine.json:1:1: / of the template: a template needs `properties`"), "{}", half.err);
    std::fs::remove_file(repository.path().join("generated/element-templates/mine.json")).expect("a file");

    // A published template that the definitions would change.
    let template = read(&repository, TEMPLATE);
    let value = template.replace("\"value\": \"attended\"", "\"value\": \"by-hand\"");
    assert_ne!(template, value);
    repository.put(TEMPLATE, &value);
    repository.commit("published");
    repository.put(TEMPLATE, &template);
    let (altered, own) = (run(&repository, &["ci"]), own_version());
    assert_eq!(altered.code, 8, "{}", altered.printed());
    for expected in [
        &format!(
            "error[published-version]: version {own} of `io.opwright.power-automate` is published and would change"
        ),
        "   | breaking[choice-removed] Run mode: `by-hand` cannot be chosen any more",
        &format!("mend: Give the connector `version = {}`.", own + 1),
        "breaking[version-not-raised]",
    ] {
        assert!(altered.out.contains(expected), "{expected}\n{}", altered.out);
    }

    // What cannot be read is no success, whatever else is well.
    repository.git(&["branch", "--quiet", "-m", "main", "trunk"]);
    let failed = run(&repository, &["ci"]);
    assert_eq!(failed.code, 1, "{}", failed.printed());
    assert!(failed.err.contains("error: there is no origin/HEAD, origin/main"), "{}", failed.err);
    assert_eq!(run(&repository, &["ci", "--against", "HEAD"]).code, 8);
}

#[test]
fn what_would_be_generated_is_compared_and_not_what_is_stale() {
    let repository = generated();
    let template = read(&repository, TEMPLATE);
    let older = of_version(0)(&template).replace("\"value\": \"attended\"", "\"value\": \"by-hand\"");
    repository.put(TEMPLATE, &older);
    // Somebody else's.
    let theirs = "generated/element-templates/theirs.json";
    repository.put(theirs, &small().to_string());
    repository.commit("published");
    let ended = run(&repository, &["ci"]);
    assert_eq!(ended.code, 8, "{}", ended.printed());
    let told = "breaking[choice-removed]: Run mode: `by-hand` cannot be chosen any more\n  --> generated/element-templates/power-automate.json:";
    assert!(ended.out.contains(told), "{}", ended.out);
    assert!(ended.out.contains("error[stale-file]") && ended.out.contains("mend: Run opwright generate"));
    assert!(!ended.out.contains("io.example.small"), "{}", ended.out);
    // What would be removed is gone, though it is there.
    for side in ["input", "output"] {
        let schema = |operation: &str| format!("generated/schemas/power-automate/{operation}.{side}.json");
        repository.put(&schema("former"), &read(&repository, &schema("cancel-flow-run")));
    }
    repository.commit("a former operation");
    let former = run(&repository, &["ci"]);
    assert!(former.out.contains("breaking[operation-removed]: former: "), "{}", former.printed());
    // What nobody generates counts as it is.
    let mut changed = small();
    changed["version"] = json!(2);
    changed["properties"][3]["value"] = json!("50");
    repository.put(theirs, &changed.to_string());
    assert!(run(&repository, &["ci"]).out.contains("io.example.small, version 1 to 2"));

    // Where nothing would be written, nobody is sent to write it.
    repository.put(TEMPLATE, &older.replacen("\"version\": 0,", &format!("\"version\": {},", own_version()), 1));
    repository.commit("published too");
    let refused = run(&repository, &["ci"]);
    assert_eq!(refused.code, 8, "{}", refused.printed());
    assert!(
        refused.out.contains("error[stale-file]") && !refused.out.contains("Run opwright generate"),
        "{}",
        refused.out
    );
    let github = run(&repository, &["ci", "--format", "github"]).out;
    assert!(!github.lines().any(|line| line.ends_with("%0A")), "{github}");
}

#[test]
fn a_beginning_is_stale_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let repository = Repository::new();
    let told = [
        "compat: nothing is published yet",
        "compat: 5 templates against nothing, as the repository has no commit yet",
    ];
    for (place, told) in [folder.path(), repository.path()].into_iter().zip(told) {
        let ended = end(opwright(&["ci"]).current_dir(place));
        assert_eq!(ended.code, 4, "{}", ended.printed());
        assert!(!ended.err.contains("error"), "{}", ended.err);
        assert!(ended.out.contains("it is generated, and not there"), "{}", ended.out);
        assert!(ended.out.contains("mend: Run opwright generate and commit what it writes."), "{}", ended.out);
        assert!(ended.err.contains("lint: 0 templates: nothing is found\n"), "{}", ended.err);
        assert!(ended.err.contains(told), "{}", ended.err);
    }
    std::fs::create_dir(folder.path().join("empty")).expect("a folder");
    assert_eq!(end(opwright(&["ci", "--out", "empty"]).current_dir(folder.path())).code, 4);
    // Before the first commit, nothing can be broken.
    assert_eq!(run(&repository, &["generate"]).code, 0);
    assert_eq!(run(&repository, &["ci"]).code, 0);
    // Where nobody keeps versions, nothing has been compared.
    assert_eq!(end(opwright(&["generate"]).current_dir(folder.path())).code, 0);
    let failed = end(opwright(&["ci"]).current_dir(folder.path()));
    assert!(failed.code == 1 && failed.err.contains("in no git repository"), "{}", failed.printed());
    // A folder without templates has a name.
    let empty = end(opwright(&["lint", "empty"]).current_dir(folder.path()));
    assert!(empty.err.contains("there is no element template in empty"), "{}", empty.err);
}

#[test]
fn what_is_denied_and_configured_counts_here_too() {
    let repository = generated();
    let older = of_version(0)(&read(&repository, TEMPLATE));
    let older = older.replacen("\"value\": \"normal\",", "\"value\": \"high\",", 1);
    repository.put(TEMPLATE, &older);
    repository.commit("published");
    assert_eq!(run(&repository, &["generate"]).code, 0);
    let ended = run(&repository, &["ci"]);
    assert!(ended.code == 0 && ended.out.contains("risky[default-changed]"), "{}", ended.printed());
    assert_eq!(run(&repository, &["ci", "--deny", "risky"]).code, 8);
    repository.put("own.toml", "[levels]\ndefault-changed = { level = \"safe\", reason = \"by mail\" }\n");
    assert_eq!(run(&repository, &["ci", "--deny", "risky", "--config", "own.toml"]).code, 0);
    let absent = run(&repository, &["ci", "--config", "absent.toml"]);
    assert!(absent.code == 1 && absent.err.contains("cannot read absent.toml"), "{}", absent.err);
}

#[test]
fn a_commit_hook_lets_nothing_stale_pass() {
    use std::os::unix::fs::PermissionsExt;
    let repository = generated();
    let hook = repository.path().join(".git/hooks/pre-commit");
    // As git runs hooks of a repository that it was told of.
    let script = format!("#!/bin/sh\nexport GIT_DIR=.git\nexec '{}' ci\n", env!("CARGO_BIN_EXE_opwright"));
    std::fs::write(&hook, script).expect("a hook");
    std::fs::set_permissions(&hook, PermissionsExt::from_mode(0o755)).expect("it can be run");
    repository.put("notes.md", "Mine.\n");
    repository.commit("it does not concern us");
    repository.put("generated/docs/power-automate.md", "Mine.\n");
    assert_eq!(repository.try_commit("stale"), Some(1), "git refuses to commit");
}

#[test]
fn scripts_read_one_report_of_all() {
    let repository = generated();
    std::fs::remove_file(repository.path().join("generated/docs/power-automate.md")).expect("a page");
    let read = |format: &str| {
        let ended = run(&repository, &["ci", "--format", format]);
        assert_eq!((ended.code, ended.err.as_str()), (4, ""), "{format}");
        ended.out
    };
    let found: Value = serde_json::from_str(&read("json")).expect("JSON");
    assert_eq!(found["generate"]["stale"][0]["path"], "docs/power-automate.md");
    assert_eq!((&found["lint"]["templates"], &found["compat"]["accepted"]), (&json!(5), &json!(0)));
    let sarif: Value = serde_json::from_str(&read("sarif")).expect("JSON");
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "stale-file");
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place, &json!({ "artifactLocation": { "uri": "generated/docs/power-automate.md" } }));
    let junit = read("junit");
    let document = Document::parse(&junit).expect("XML");
    let suites: Vec<(&str, &str)> = document
        .descendants()
        .filter(|node| node.has_tag_name("testsuite"))
        .map(|suite| (suite.attribute("name").expect("a name"), suite.attribute("failures").expect("a count")))
        .collect();
    assert_eq!(suites, [("opwright generate", "1"), ("opwright lint", "0"), ("opwright compat", "0")]);
    let github = read("github");
    assert!(
        github.starts_with("::error file=generated/docs/power-automate.md,title=stale-file::it is generated, and not"),
        "{github}"
    );
}

#[test]
fn the_notes_tell_what_each_version_brings() {
    let repository = Repository::new();
    let mut second = small();
    second["version"] = json!(2);
    second["properties"][3]["label"] = json!("Pages");
    let mut third = second.clone();
    third["version"] = json!(3);
    third["properties"][3]["value"] = json!("50");
    third["properties"][1]["choices"][1] = json!({ "name": "Buy", "value": "buy" });
    third["properties"][2].as_object_mut().expect("an object").remove("condition");
    for (path, template) in [
        ("generated/element-templates/archive/small-1.json", small()),
        ("generated/element-templates/archive/small-2.json", second),
        ("generated/element-templates/small.json", third),
    ] {
        repository.put(path, &template.to_string());
    }
    repository.put(
        "opwright-compat.toml",
        "[[accept]]\ncode = \"choice-removed\"\ntemplate = \"*\"\nversion = 3\nreason = \"nobody orders here\"\n",
    );
    let notes = run(&repository, &["changelog"]);
    assert_eq!((notes.code, notes.err.as_str()), (0, ""));
    insta::assert_snapshot!(notes.out);
    let since = run(&repository, &["changelog", "--since", "2", "--template", "io.example.small"]);
    assert_eq!(since.out.matches("## Version").count(), 1, "{}", since.out);
    // Older versions may be elsewhere.
    repository.commit("all");
    for version in [1, 2] {
        let path = format!("generated/element-templates/archive/small-{version}.json");
        std::fs::remove_file(repository.path().join(path)).expect("a file");
    }
    let alone = run(&repository, &["changelog"]);
    assert!(alone.out.ends_with("## Version 3\n\nThe first version that is kept.\n"), "{}", alone.out);
    assert_eq!(run(&repository, &["changelog", "--against", "main"]).out, notes.out);
    let json = run(&repository, &["changelog", "--against", "main", "--format", "json"]).json();
    let change = &json["templates"][0]["versions"][0]["sections"][0]["changes"][0];
    assert_eq!((&change["code"], &change["accepted"]), (&json!("choice-removed"), &json!("nobody orders here")));
    let unknown = run(&repository, &["changelog", "--template", "io.example.smal"]);
    assert!(unknown.code == 1 && unknown.err.contains("did you mean `io.example.small`?"), "{}", unknown.printed());
}
