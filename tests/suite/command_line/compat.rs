//! `compat`: exit codes, and what is printed.

use super::{end, opwright};
use crate::update::small;
use serde_json::json;
use std::path::PathBuf;

/// A folder with the small template, version 1, and a newer one.
fn versions(change: impl FnOnce(&mut serde_json::Value)) -> (tempfile::TempDir, [PathBuf; 2]) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut new = small();
    new["version"] = json!(2);
    change(&mut new);
    let files = [("old.json", small()), ("new.json", new)].map(|(name, template)| {
        let file = folder.path().join(name);
        std::fs::write(&file, template.to_string()).expect("a file");
        file
    });
    (folder, files)
}

#[test]
fn what_breaks_is_told_with_the_element_that_shows_it() {
    let (_folder, files) = versions(|new| new["properties"][1]["choices"][1]["value"] = json!("buy"));
    let text = end(opwright(&["compat"]).args(&files));
    assert_eq!(text.code, 8, "{}", text.printed());
    for expected in [
        "io.example.small, version 1 to 2",
        "breaking[choice-removed] operation: `order` cannot be chosen any more",
        "with operation = \"order\": \"order\" becomes \"find\"",
        "1 template: ",
    ] {
        assert!(text.printed().contains(expected), "{expected}\n{}", text.printed());
    }
    let answer = end(opwright(&["compat", "--format", "json"]).args(&files));
    assert_eq!(answer.code, 8);
    let change = &answer.json()["templates"][0]["changes"][0];
    assert_eq!((&change["code"], &change["severity"]), (&json!("choice-removed"), &json!("breaking")));
    assert_eq!(change["witness"], json!({ "entered": [["operation", "order"]], "before": "order", "after": "find" }));
}

#[test]
fn what_breaks_nothing_ends_well_and_what_cannot_be_read_does_not() {
    let (folder, files) = versions(|new| new["properties"][3]["label"] = json!("Pages"));
    let fine = end(opwright(&["compat"]).args(&files));
    assert_eq!((fine.code, fine.out.as_str()), (0, ""), "{}", fine.err);
    assert!(fine.err.contains("1 template: no change that a designer or a diagram would see"), "{}", fine.err);
    // A file that cannot be read is no file without changes.
    std::fs::write(&files[1], "{").expect("a file");
    let broken = end(opwright(&["compat"]).args(&files));
    assert_eq!(broken.code, 1, "{}", broken.printed());
    let absent = end(opwright(&["compat"]).arg(&files[0]).arg(folder.path().join("absent.json")));
    assert_eq!(absent.code, 1, "{}", absent.printed());
    let unknown = end(&mut opwright(&["compat", "--explain", "choice-remove"]));
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("did you mean `choice-removed`?"), "{}", unknown.err);
    let all = end(&mut opwright(&["compat", "--explain", "all"]));
    assert_eq!((all.code, all.out.matches("Instead: ").count()), (0, opwright::compat::KINDS.len()));
}
