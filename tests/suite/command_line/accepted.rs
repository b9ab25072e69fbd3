//! `opwright-compat.toml`: which changes its entries meet, and that those which meet none are told.

use super::generate::{of_version, own_version};
use super::{Ended, end, opwright};
use crate::repository::Repository;
use crate::update::{newer, small};
use serde_json::{Value, json};

fn compat(repository: &Repository, arguments: &[&str]) -> Ended {
    end(opwright(&["compat"]).args(arguments).current_dir(repository.path()))
}

/// The small template is published, and a newer one is there.
fn published(change: impl FnOnce(&mut Value)) -> Repository {
    let repository = Repository::new();
    repository.put("generated/element-templates/small.json", &small().to_string());
    repository.commit("published");
    repository.put("generated/element-templates/small.json", &newer(change).to_string());
    repository
}

/// An entry that accepts changes of version 2.
fn accept(code: &str, template: &str, property: &str) -> String {
    let property = if property.is_empty() { String::new() } else { format!("property = \"{property}\"\n") };
    format!("[[accept]]\ncode = \"{code}\"\ntemplate = \"{template}\"\nversion = 2\n{property}reason = \"r\"\n")
}

#[test]
fn properties_are_named_by_label_id_or_operation_and_field() {
    let repository = published(|new| {
        new["properties"][3]["id"] = json!("order:size");
        new["properties"][3]["label"] = json!("Size of it");
    });
    repository.commit("named");
    let mut newer = newer(|new| new["version"] = json!(3));
    newer["properties"][3] = json!({
        "id": "order:size", "label": "Size of it", "type": "String", "value": "50", "binding": small()["properties"][3]["binding"],
    });
    repository.put("generated/element-templates/small.json", &newer.to_string());
    let denied = |property: &str| {
        repository.put(
            "opwright-compat.toml",
            &accept("default-changed", "io.example.small", property).replace("= 2", "= 3"),
        );
        let ended = compat(&repository, &["--deny", "risky"]);
        assert_eq!(ended.code == 0, !ended.err.contains("warning: "), "{}", ended.err);
        ended.code
    };
    for property in ["Size of it", "order:size", "order.size", "*", "order.*", "*:size", "Size*"] {
        assert_eq!(denied(property), 0, "{property}");
    }
    for property in ["Size", "size", "buy.*"] {
        assert_eq!(denied(property), 8, "{property}");
    }
}

#[test]
fn inputs_of_deployed_processes_are_named_so_too() {
    let repository = Repository::new();
    assert_eq!(end(opwright(&["generate"]).current_dir(repository.path())).code, 0);
    let path = "generated/schemas/power-automate/trigger-flow-run.input.json";
    let schema = std::fs::read_to_string(repository.path().join(path)).expect("a schema");
    let template = "generated/element-templates/power-automate.json";
    let now = std::fs::read_to_string(repository.path().join(template)).expect("a template");
    repository.put(path, &schema.replace("\"maximum\": 86400", "\"maximum\": 90000"));
    repository.put(template, &of_version(0)(&now));
    repository.commit("published");
    repository.put(path, &schema);
    repository.put(template, &now);
    let own = own_version();
    let told = |property: &str| {
        let entry = accept("input-refused", "io.opwright.power-automate", property).replace("= 2", &format!("= {own}"));
        repository.put("opwright-compat.toml", &entry);
        let ended = compat(&repository, &[]);
        (ended.code, ended.err.lines().find(|line| line.starts_with("warning: ")).unwrap_or_default().to_owned())
    };
    for property in ["trigger-flow-run.timeout", "trigger-flow-run:timeout", "*.timeout", "trigger-flow-run.*", "*"] {
        assert_eq!(told(property), (0, String::new()), "{property}");
    }
    let expected = format!(
        "warning: opwright-compat.toml: version {own} of io.opwright.power-automate has no `input-refused` of `timeout` to be \
         accepted; there is `trigger-flow-run.timeout`"
    );
    assert_eq!(told("timeout"), (8, expected));
}

#[test]
fn entries_that_meet_nothing_are_told() {
    let repository = published(|new| new["properties"][3]["value"] = json!("50"));
    let warnings = |text: &str, arguments: &[&str]| {
        repository.put("opwright-compat.toml", text);
        let ended = compat(&repository, arguments);
        ended
            .err
            .lines()
            .filter_map(|line| line.strip_prefix("warning: opwright-compat.toml: "))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let none: [String; 0] = [];
    assert_eq!(warnings(&accept("default-changed", "*", "size"), &[]), none);
    assert_eq!(
        warnings(&accept("default-changed", "io.example.smal", ""), &[]),
        ["there is no template `io.example.smal` whose changes could be accepted; did you mean `io.example.small`?"]
    );
    assert_eq!(
        warnings(&accept("deprecated", "*", ""), &[]),
        ["version 2 of io.example.small has no `deprecated` to be accepted"]
    );
    assert_eq!(
        warnings(&accept("default-changed", "*", "sise"), &[]),
        ["version 2 of io.example.small has no `default-changed` of `sise` to be accepted; did you mean `size`?"]
    );
    let future = accept("default-changed", "*", "").replace("= 2", "= 3");
    assert_eq!(warnings(&future, &[]), ["there is no version 3 of io.example.small yet: its newest is 2"]);
    // An older version's entry is there for the notes; schemas were not compared, and of a single file nothing is known of others.
    assert_eq!(warnings(&accept("default-changed", "*", "").replace("= 2", "= 1"), &[]), none);
    assert_eq!(warnings(&accept("input-refused", "*", ""), &[]), none);
    let file = ["generated/element-templates/small.json"];
    assert_eq!(warnings(&accept("default-changed", "io.example.other", ""), &file), none);
    // What is published has been accepted.
    repository.put("opwright-compat.toml", &accept("default-changed", "*", "size"));
    repository.commit("published");
    assert_eq!(warnings(&accept("default-changed", "*", "size"), &[]), none);
}

#[test]
fn a_file_that_is_wrong_says_how_it_should_be() {
    let repository = published(|_| {});
    let told = |text: &str| {
        repository.put("opwright-compat.toml", text);
        let ended = compat(&repository, &[]);
        assert_eq!(ended.code, 1);
        ended.err
    };
    let short = told("[levels]\ndefault-changed = \"safe\"\n");
    assert!(short.contains("invalid type: string \"safe\", expected { level = \"safe\", reason = \"…\" }"), "{short}");
    let against = told("against = \"nope\"\n");
    let expected = "error: `against` in opwright-compat.toml: there is no file, directory or git revision `nope`";
    assert!(against.starts_with(expected), "{against}");
    assert!(compat(&repository, &["--against", "nope"]).err.starts_with("error: there is no file, directory"));
}
