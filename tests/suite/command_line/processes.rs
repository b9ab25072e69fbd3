//! What `compat` says of processes: of those that are drawn, by `--used-by`, and of those that are deployed, by schemas.

use super::compat::{compat, process, published, versions};
use crate::repository::Repository;
use crate::update::small;
use serde_json::json;
use std::fs;

const FILES: [&str; 3] = ["new.json", "--against", "old.json"];

#[test]
fn another_id_is_used_by_whoever_has_the_older_one() {
    let folder = versions(|new| new["id"] = json!("../io.example.other"));
    fs::write(folder.path().join("p.bpmn"), process(&["find"])).expect("a file");
    let ended = compat(folder.path(), &[&FILES[..], &["--used-by", "p.bpmn", "--witnesses", "shown/here"]].concat());
    assert_eq!(ended.code, 8, "{}", ended.printed());
    assert!(ended.out.contains("breaking[id-changed]") && ended.out.contains("   | used by p.bpmn:"), "{}", ended.out);
    // An id is no path.
    let written: Vec<_> = fs::read_dir(folder.path().join("shown/here"))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("text"))
        .collect();
    assert_eq!(written, [".._io.example.other-01-id-changed.bpmn"]);
}

#[test]
fn a_version_of_camunda_is_left_out_for_diagrams_of_that_version() {
    let folder = versions(|new| new["engines"] = json!({ "camunda": "^8.7" }));
    for (platform, code) in [("8.6.0", 8), ("8.7.0", 0)] {
        let diagram = process(&["find"]).replace(
            "id=\"D\"",
            &format!(
                "id=\"D\" xmlns:modeler=\"http://camunda.org/schema/modeler/1.0\" modeler:executionPlatformVersion=\"{platform}\""
            ),
        );
        fs::write(folder.path().join("p.bpmn"), diagram).expect("a file");
        let ended = compat(folder.path(), &[&FILES[..], &["--used-by", "p.bpmn"]].concat());
        assert_eq!(ended.code, code, "{platform}: {}", ended.printed());
        assert!(
            ended.out.contains("camunda: it was for all versions and is for ^8.7: 8.0.0 is left out"),
            "{}",
            ended.out
        );
    }
}

#[test]
fn a_field_into_which_nothing_was_entered_loses_nothing() {
    let folder = versions(|new| {
        new["properties"][2]["type"] = json!("Hidden");
        new["properties"][2]["value"] = json!("always");
    });
    let diagram = process(&["order"]);
    let book = "</zeebe:ioMapping>";
    let filled = diagram.replace(book, &format!("<zeebe:input source=\"= name\" target=\"book\" />{book}"));
    for (diagram, code) in [(diagram, 0), (filled, 8)] {
        fs::write(folder.path().join("p.bpmn"), diagram).expect("a file");
        let ended = compat(folder.path(), &[&FILES[..], &["--used-by", "p.bpmn"]].concat());
        assert_eq!(ended.code, code, "{}", ended.printed());
    }
}

#[test]
fn schemas_that_are_gone_are_not_the_same_ones() {
    let path = "generated/schemas/power-automate/trigger-flow-run.input.json";
    let repository = published(path, |schema| schema.replace("\"maximum\": 86400", "\"maximum\": 90000"));
    // The templates alone do not tell.
    let part = compat(repository.path(), &["generated/element-templates"]);
    assert_eq!(part.code, 0, "{}", part.printed());
    let note = "deployed processes are not looked at: for that, compare generated with its schemas\n";
    assert!(part.err.contains(note), "{}", part.err);
    // A template of another name has the same worker.
    let templates = repository.path().join("generated/element-templates");
    fs::rename(templates.join("power-automate.json"), templates.join("renamed.json")).expect("it is renamed");
    let renamed = compat(repository.path(), &[]);
    assert!(renamed.code == 8 && renamed.out.contains("breaking[input-refused]"), "{}", renamed.printed());
    fs::remove_dir_all(repository.path().join("generated/schemas")).expect("they are removed");
    let gone = compat(repository.path(), &["--deny", "risky"]);
    assert_eq!(gone.code, 8);
    let told = "risky[input-not-proven]: the newer version has no schemas: what its worker makes of deployed processes is not known";
    assert!(gone.out.contains(told), "{}", gone.printed());
}

#[test]
fn a_field_that_may_have_been_renamed_is_told_so() {
    let folder = versions(|new| {
        new["properties"][3]["binding"]["name"] = json!("pages");
        new["properties"][3]["id"] = json!("pages");
    });
    let ended = compat(folder.path(), &FILES);
    let hint = "; if `zeebe:input pages` is the same field, let it keep the name `size` (in Rust by `#[serde(rename = \"size\")]`)";
    assert!(ended.code == 8 && ended.out.contains(hint), "{}", ended.printed());
}

#[test]
fn a_template_that_was_deprecated_may_be_kept_in_the_archive_alone() {
    for (deprecated, code, told) in [(false, 8, "breaking[template-removed]"), (true, 0, "risky[template-retired]")] {
        let repository = Repository::new();
        let (mut old, mut other) = (small(), small());
        old["deprecated"] = json!(deprecated);
        other["id"] = json!("io.example.small.v2");
        repository.put("generated/element-templates/small.json", &old.to_string());
        repository.commit("published");
        repository.put("generated/element-templates/archive/io.example.small-1.json", &old.to_string());
        repository.put("generated/element-templates/small.json", &other.to_string());
        let ended = compat(repository.path(), &[]);
        assert_eq!(ended.code, code, "{}", ended.printed());
        let expected = format!("{told}: it is generated no more, and only kept in the archive\n");
        assert!(ended.out.contains(&expected), "{}", ended.out);
        assert!(ended.out.contains("   | io.example.small, version 1 to none\n"), "{}", ended.out);
    }
}

#[test]
fn what_is_given_whole_is_not_passed_over() {
    let path = "generated/schemas/power-automate/trigger-flow-run.input.json";
    let repository = published(path, |schema| schema.replace("\"maximum\": 86400", "\"maximum\": 90000"));
    let diagram = fs::read_to_string(repository.path().join("generated/bpmn/power-automate-trigger-flow-run.bpmn"));
    let diagram = diagram.expect("a diagram");
    // A member of what is mapped, or what it is a member of.
    for (target, code) in [("timeout.seconds", 8), ("unit", 0)] {
        let input = format!("<zeebe:input source=\"1\" target=\"{target}\"/></zeebe:ioMapping>");
        repository.put("p.bpmn", &diagram.replace("</zeebe:ioMapping>", &input));
        let ended = compat(repository.path(), &["--used-by", "p.bpmn"]);
        assert_eq!(ended.code, code, "{target}: {}", ended.printed());
    }
}

#[test]
fn another_version_of_modeler_is_no_matter_of_the_diagram() {
    let folder = versions(|new| new["engines"] = json!({ "camundaDesktopModeler": ">=5.30" }));
    let diagram = process(&["find"]).replace(
        "id=\"D\"",
        "id=\"D\" xmlns:modeler=\"http://camunda.org/schema/modeler/1.0\" modeler:executionPlatformVersion=\"8.5.0\"",
    );
    fs::write(folder.path().join("p.bpmn"), diagram).expect("a file");
    let ended = compat(folder.path(), &[&FILES[..], &["--used-by", "p.bpmn"]].concat());
    assert!(
        ended.code == 8 && ended.out.contains("breaking[engines-raised]: camundaDesktopModeler: "),
        "{}",
        ended.printed()
    );
}
