//! `migrate`: exit codes, what is printed, and that files are written as wholes or not at all.

use super::{Ended, end, end_with_input, opwright};
use crate::migrate::bytes::several;
use crate::update::small;
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;

/// A folder with the small template in two versions and a diagram with three elements of the first.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new(change: impl FnOnce(&mut Value)) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut new = small();
        new["version"] = json!(2);
        change(&mut new);
        let place = Self { folder };
        fs::create_dir_all(place.file("templates/archive")).expect("a folder");
        place.put("templates/small.json", &new.to_string());
        place.put("templates/archive/small-1.json", &small().to_string());
        place.put("three.bpmn", &several());
        place
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn put(&self, name: &str, text: &str) {
        fs::write(self.file(name), text).expect("a file");
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).expect("text")
    }

    #[track_caller]
    fn run(&self, arguments: &[&str], code: i32) -> Ended {
        let ended = end(opwright(&["migrate"]).args(arguments).current_dir(self.folder.path()));
        assert_eq!(ended.code, code, "{}", ended.printed());
        ended
    }

    /// With the templates of the folder.
    #[track_caller]
    fn migrate(&self, arguments: &[&str], code: i32) -> Ended {
        self.run(&[arguments, &["--templates", "templates"]].concat(), code)
    }

    /// All names in the folder, hidden ones too.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).expect("a folder");
        let mut names: Vec<String> =
            entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

fn default_of_size(new: &mut Value, value: &str) {
    new["properties"][3]["value"] = json!(value);
}

#[test]
fn the_new_file_is_printed_and_what_is_told_goes_elsewhere() {
    let place = Place::new(|new| default_of_size(new, "50"));
    let printed = place.migrate(&["three.bpmn", "--to", "latest"], 0);
    assert_eq!(printed.out.matches(r#"zeebe:modelerTemplateVersion="2""#).count(), 3);
    assert_eq!(printed.out.matches(r#"source="50""#).count(), 2);
    assert!(printed.out.contains(r#"source="7""#) && printed.out.starts_with("<?xml"), "{}", printed.out);
    for expected in [
        "three.bpmn:3 One \"Größe 20\": io.example.small, version 1 to 2",
        "  default size: \"20\" was the default, \"50\" is",
        "three.bpmn:6 Two \"Größe 7\": io.example.small, version 1 to 2",
        "3 elements moved\n",
    ] {
        assert!(printed.err.contains(expected), "{expected}\n{}", printed.err);
    }
    assert_eq!(place.text("three.bpmn"), several());
    // The same from standard input.
    let mut command = opwright(&["migrate", "-", "--to", "2", "--templates", "templates"]);
    let input = end_with_input(command.current_dir(place.folder.path()), several().as_bytes());
    assert_eq!((input.code, input.out), (0, printed.out));
}

#[test]
fn what_is_lost_or_needs_a_person_is_told_by_the_exit_code() {
    let place = Place::new(|new| {
        new["properties"].as_array_mut().expect("a list").remove(3);
        new["properties"].as_array_mut().expect("a list").push(json!({
            "id": "tenant", "label": "Tenant", "type": "String", "binding": { "type": "zeebe:input", "name": "tenant" },
            "constraints": { "notEmpty": true }
        }));
    });
    let told = place.migrate(&["three.bpmn", "--to", "2", "--check"], 8);
    for expected in [
        "  lost    size: \"7\" is gone: `zeebe:input size` has nothing bound to it any more",
        "  needs   Tenant: must not be empty",
    ] {
        assert!(told.out.contains(expected), "{expected}\n{}", told.out);
    }
    // Nobody had entered the other two.
    assert_eq!(told.out.matches("lost").count(), 1, "{}", told.out);
    assert!(told.err.contains("3 elements would be moved, 3 to be looked at"), "{}", told.err);
    assert_eq!(place.text("three.bpmn"), several());
    let json = place.migrate(&["three.bpmn", "--to", "2", "--check", "--format", "json"], 8).json();
    let element = &json["files"][0]["elements"][1];
    assert_eq!((&element["id"], &element["line"]), (&json!("Two"), &json!(6)));
    assert_eq!(element["from"], json!({ "id": "io.example.small", "version": 1 }));
    assert_eq!((&element["notes"][0]["kind"], &element["notes"][0]["field"]), (&json!("lost"), &json!("size")));
}

#[test]
fn files_are_written_in_their_places_and_others_are_left_alone() {
    let place = Place::new(|new| default_of_size(new, "50"));
    place.put("none.bpmn", &several().replace("io.example.small", "io.example.unknown"));
    let expected = place.migrate(&["three.bpmn", "--to", "latest"], 0).out;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(place.file("three.bpmn"), fs::Permissions::from_mode(0o640)).expect("a mode");
        std::os::unix::fs::symlink(place.file("three.bpmn"), place.file("link.bpmn")).expect("a link");
    }
    let name = if cfg!(unix) { "link.bpmn" } else { "three.bpmn" };
    let before = place.names();
    let ended = place.migrate(&[name, "none.bpmn", "--to", "latest", "--write"], 0);
    assert_eq!(place.text("three.bpmn"), expected);
    assert!(ended.out.contains(&format!("{name} was written")) && !ended.out.contains("none.bpmn"), "{}", ended.out);
    assert!(ended.err.contains("not among the templates, and left as they are: io.example.unknown"), "{}", ended.err);
    assert_eq!(place.names(), before);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert!(place.file("link.bpmn").is_symlink());
        assert_eq!(fs::metadata(place.file("three.bpmn")).expect("a file").permissions().mode() & 0o777, 0o640);
    }
    // There is nothing left to do.
    let again = place.migrate(&["three.bpmn", "--to", "latest", "--write"], 0);
    assert_eq!((again.out.as_str(), again.err.as_str()), ("", "nothing is to be moved\n"));
}

#[test]
fn nothing_is_written_where_anything_is_in_the_way() {
    let place = Place::new(|new| default_of_size(new, "50"));
    let before = place.names();
    let unknown = several().replacen(r#"modelerTemplateVersion="1""#, r#"modelerTemplateVersion="9""#, 1);
    let rows = [
        (unknown.as_str(), "bad.bpmn:3 One: `io.example.small` version 9 is not among the templates (there is 1, 2)"),
        ("<a>\n<b></a>", "bad.bpmn:2:4: "),
        ("no XML", "bad.bpmn:1:1: "),
    ];
    for (text, expected) in rows {
        place.put("bad.bpmn", text);
        let ended = place.migrate(&["three.bpmn", "bad.bpmn", "--to", "latest", "--write"], 1);
        assert!(ended.err.contains(expected) && ended.err.contains("nothing was written"), "{}", ended.err);
        assert_eq!((place.text("three.bpmn"), place.text("bad.bpmn").as_str()), (several(), text));
    }
    fs::remove_file(place.file("bad.bpmn")).expect("it is there");
    assert_eq!(place.names(), before);
    let version = place.migrate(&["three.bpmn", "--to", "3", "--check"], 1);
    assert!(version.err.contains("`io.example.small` has no version 3: there is 1, 2"), "{}", version.err);
    place.migrate(&["absent.bpmn", "--to", "latest", "--check"], 1);
    place.run(&["three.bpmn", "--to", "latest", "--check", "--templates", "absent"], 1);
    // One id and version, twice.
    place.put("templates/other.json", &small().to_string().replace("\"20\"", "\"30\""));
    let twice = place.migrate(&["three.bpmn", "--to", "latest", "--check"], 1);
    let expected = "templates/other.json has `io.example.small` version 1, and so has templates/archive/small-1.json, with other \
                    content: leave one of them out";
    assert!(twice.err.contains(expected), "{}", twice.err);
}

#[test]
fn only_elements_of_one_template_are_moved() {
    let place = Place::new(|new| default_of_size(new, "50"));
    place.put("templates/other.json", &small().to_string().replace("io.example.small", "io.example.other"));
    let other = place.migrate(&["three.bpmn", "--to", "2", "--template", "io.example.other", "--check"], 0);
    assert!(other.err.contains("nothing is to be moved"), "{}", other.err);
    let wrong = place.migrate(&["three.bpmn", "--to", "2", "--template", "io.example.smal", "--write"], 1);
    assert!(wrong.err.contains("no element has the template `io.example.smal`"), "{}", wrong.err);
    assert!(wrong.err.contains("did you mean `io.example.small`?"), "{}", wrong.err);
    assert_eq!(place.text("three.bpmn"), several());
    place.migrate(&["three.bpmn", "--to", "2", "--template", "io.example.small", "--write"], 0);
    assert!(place.text("three.bpmn").contains(r#"source="50""#));
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let place = Place::new(|_| {});
    let rows: [(&[&str], i32, &str); 7] = [
        (&["three.bpmn", "other.bpmn", "--to", "2"], 2, "only one file can be printed"),
        (&["three.bpmn", "--to", "2", "--format", "json"], 2, "cannot both be printed"),
        (&["-", "--to", "2", "--write"], 2, "standard input cannot be written"),
        (&["three.bpmn", "--to", "2", "--write", "--check"], 2, "cannot be used with"),
        (&["three.bpmn"], 2, "--to"),
        (&["three.bpmn", "--to", "lates", "--check"], 1, "did you mean `latest`?"),
        (&["three.bpmn", "--to", "2", "--check", "--succession", "x.toml"], 1, "--succession needs the id"),
    ];
    for (arguments, code, expected) in rows {
        let ended = place.migrate(arguments, code);
        assert!(ended.err.contains(expected), "{expected}: {}", ended.err);
    }
    let help = end(&mut opwright(&["migrate", "--help"]));
    assert!(help.out.contains("    opwright migrate orders.bpmn --to latest --check\n"), "{}", help.out);
}

#[test]
fn a_succession_of_the_users_own_leads_to_another_template() {
    let place = Place::new(|new| {
        new["id"] = json!("io.example.new");
        new["properties"][3]["binding"] = json!({ "type": "zeebe:taskHeader", "key": "pages" });
        new["properties"][1]["choices"][0]["value"] = json!("search");
        new["properties"][1]["value"] = json!("order");
        new["properties"][1]["choices"][1]["value"] = json!("order");
    });
    place.put(
        "way.toml",
        r#"
            from = "io.example.small"
            [[move]]
            from = "zeebe:input size"
            to = "zeebe:taskHeader pages"
            [[move]]
            from = "zeebe:input operation"
            to = "zeebe:input operation"
            values = { find = "search" }
        "#,
    );
    let way = ["three.bpmn", "--to", "io.example.new", "--succession", "way.toml"];
    let ended = place.migrate(&[&way[..], &["--write"]].concat(), 0);
    let text = place.text("three.bpmn");
    // What was chosen stays chosen, by its new name, though the default is another one.
    assert_eq!(text.matches(r#"source="search""#).count(), 3, "{text}");
    assert_eq!(text.matches(r#"<zeebe:header key="pages" value="7" />"#).count(), 1, "{text}");
    assert_eq!(text.matches(r#"<zeebe:header key="pages" value="20" />"#).count(), 2, "{text}");
    let moved = "  moved   size: `zeebe:input size` is `zeebe:taskHeader pages`";
    assert!(ended.out.contains(moved) && ended.out.contains("\"find\" is \"search\""), "{}", ended.out);
    let rows = [
        ("to = \"zeebe:taskHeader pages\"", "to = \"zeebe:taskHeader page\"", "did you mean `zeebe:taskHeader pages`?"),
        ("\"search\"", "\"serch\"", "`serch` is no choice at `zeebe:input operation`; did you mean `search`?"),
        (
            "zeebe:input size",
            "zeebe:inputs size",
            "is no binding, such as `zeebe:input url`; did you mean `zeebe:input`?",
        ),
        ("zeebe:input size", "zeebe:input operation", "is moved twice"),
        ("values =", "value =", "unknown field `value`"),
    ];
    let sound = place.text("way.toml");
    place.put("three.bpmn", &several());
    place.put("way.toml", &sound.replacen("io.example.small", "io.example.smal", 1));
    let nothing = place.migrate(&[&way[..], &["--check"]].concat(), 0);
    let expected = "warning: way.toml leads from `io.example.smal`, and no element has this template; did you mean \
                    `io.example.small`?";
    assert!(nothing.err.contains(expected) && nothing.err.contains("nothing is to be moved"), "{}", nothing.err);
    for (from, to, expected) in rows {
        place.put("way.toml", &sound.replacen(from, to, 1));
        let ended = place.migrate(&[&way[..], &["--write"]].concat(), 1);
        assert!(ended.err.contains(expected), "{expected}: {}", ended.err);
        assert_eq!(place.text("three.bpmn"), several());
    }
}

#[test]
fn the_programs_own_templates_are_known_and_no_secret_is_told() {
    let place = Place::new(|_| {});
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("generated/bpmn");
    let text = fs::read_to_string(root.join("power-automate-cancel-flow-run.bpmn")).expect("text");
    place.put("own.bpmn", &text);
    let own = place.run(&["own.bpmn", "--to", "latest", "--check"], 0);
    assert_eq!(own.err, "nothing is to be moved\n");
    // A template whose field for a secret goes.
    let mut with_secret = small();
    with_secret["properties"][3] = json!({
        "id": "password", "type": "String", "binding": { "type": "zeebe:input", "name": "size" }
    });
    place.put("templates/archive/small-1.json", &with_secret.to_string());
    let mut without = small();
    without["version"] = json!(2);
    without["properties"].as_array_mut().expect("a list").remove(3);
    place.put("templates/small.json", &without.to_string());
    place.put("three.bpmn", &several().replace("source=\"7\"", "source=\"hunter2\""));
    let told = place.migrate(&["three.bpmn", "--to", "2", "--check"], 8);
    assert!(told.out.contains("lost    password: a secret is gone"), "{}", told.out);
    assert!(!told.printed().contains("hunter2"), "{}", told.printed());
}

#[test]
fn a_template_that_can_only_be_read_in_part_is_refused() {
    let place = Place::new(|new| new["properties"] = json!({ "a": 1 }));
    let ended = place.migrate(&["three.bpmn", "--to", "latest", "--write"], 1);
    for expected in [
        "templates/small.json:1:",
        ": /properties of the template: this is an object, but must be an array\n",
        "mend it, as `opwright lint templates/small.json` tells",
        "nothing was written",
    ] {
        assert!(ended.err.contains(expected), "{expected}: {}", ended.err);
    }
    assert_eq!(place.text("three.bpmn"), several());
    let mut template = small();
    template["version"] = json!(2);
    let rows: [(&str, Value, &str); 4] = [
        ("/properties/3/binding/type", json!("zeebe:inputs"), "`zeebe:inputs` must be `property`"),
        ("/properties/3/binding", json!({ "type": "zeebe:input" }), "needs `name`"),
        ("/properties/2/condition", json!({ "property": "operation" }), "a condition must have one of"),
        ("/version", json!("2"), "this is a string, but must be a whole number"),
    ];
    for (pointer, value, expected) in rows {
        let mut half = template.clone();
        *half.pointer_mut(pointer).expect("it is there") = value;
        place.put("templates/small.json", &half.to_string());
        let ended = place.migrate(&["three.bpmn", "--to", "latest", "--check"], 1);
        assert!(ended.err.contains(expected), "{expected}: {}", ended.err);
    }
    // The official ones are whole, and each version is there once.
    let official = "tests/npm/node_modules/@camunda/connectors-element-templates/src/element-templates";
    let official = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(official).display().to_string();
    place.run(&["three.bpmn", "--to", "latest", "--check", "--templates", &official], 0);
    // What nobody reads leaves nothing out.
    template["comment"] = json!("mine");
    place.put("templates/small.json", &template.to_string());
    place.migrate(&["three.bpmn", "--to", "latest", "--check"], 0);
    place.put("broken.json", "{\n  \"id\": 'x'}");
    let broken = place.run(&["three.bpmn", "--to", "latest", "--check", "--templates", "broken.json"], 1);
    assert!(broken.err.contains("broken.json is no JSON: expected value, at line 2 column 9"), "{}", broken.err);
}

#[test]
fn the_latest_version_is_the_latest_that_the_diagram_can_have() {
    let place = Place::new(|new| new["engines"] = json!({ "camunda": "^8.4" }));
    let mut third = small();
    third["version"] = json!(3);
    third["engines"] = json!({ "camunda": "^8.10" });
    place.put("templates/third.json", &third.to_string());
    let on = |platform: &str, version: &str| {
        let attribute = format!(
            r#"xmlns:m="http://camunda.org/schema/modeler/1.0" m:executionPlatformVersion="{platform}" id="D""#
        );
        let text = several().replace("id=\"D\"", &attribute);
        place.put("on.bpmn", &text.replace(r#"TemplateVersion="1""#, &format!(r#"TemplateVersion="{version}""#)));
    };
    for (platform, there, expected) in [
        ("8.6.0", "1", "version 1 to 2"),
        ("8.6", "1", "version 1 to 2"),
        ("8.6.0-alpha1", "1", "version 1 to 2"),
        ("8.10.0", "1", "version 1 to 3"),
        ("8.11.2", "2", "version 2 to 3"),
        ("unknown", "1", "version 1 to 3"),
    ] {
        on(platform, there);
        let ended = place.migrate(&["on.bpmn", "--to", "latest", "--check"], 0);
        assert_eq!(ended.out.matches(expected).count(), 3, "{platform}: {}", ended.printed());
        let newer =
            format!("on.bpmn: `io.example.small` version 3 is for Camunda ^8.10, and the diagram for {platform}");
        assert_eq!(ended.err.contains(&newer), expected.ends_with('2'), "{platform}: {}", ended.err);
    }
    // Nothing goes back, and nothing comes that is too new.
    for (platform, there) in [("8.6.0", "2"), ("8.6.0", "3"), ("8.3.0", "1")] {
        on(platform, there);
        let ended = place.migrate(&["on.bpmn", "--to", "latest", "--check"], 0);
        assert!(ended.out.is_empty() && ended.err.contains("nothing is to be moved"), "{}", ended.printed());
    }
    let json = place.migrate(&["on.bpmn", "--to", "latest", "--check", "--format", "json"], 0).json();
    let expected = json!([{ "id": "io.example.small", "version": 3, "engines": "^8.10", "platform": "8.3.0" }]);
    assert_eq!(json["files"][0]["newer"], expected);
    // Whoever names it gets it.
    on("8.6.0", "1");
    let named = place.migrate(&["on.bpmn", "--to", "3", "--check"], 8);
    assert_eq!(named.out.matches("the template is for ^8.10, and the diagram for 8.6.0").count(), 3, "{}", named.out);
    assert!(!named.err.contains("is for Camunda"), "{}", named.err);
}

#[test]
fn absent_templates_are_told() {
    let place = Place::new(|_| {});
    let usual = "generated/element-templates";
    let absent = place.run(&["three.bpmn", "--to", "latest", "--check", "--templates", usual], 1);
    assert!(absent.err.contains("cannot read generated/element-templates"), "{}", absent.err);
    let unknown = place.run(&["three.bpmn", "--to", "latest", "--check"], 0);
    let expected = "left as they are: io.example.small (generated/element-templates is not there: name templates with \
                    --templates)";
    assert!(unknown.err.contains(expected), "{}", unknown.err);
    // One without a version is none of no version.
    let mut without = small();
    without.as_object_mut().expect("an object").remove("version");
    place.put("templates/without.json", &without.to_string());
    let version = place.migrate(&["three.bpmn", "--to", "99", "--check"], 1);
    assert!(version.err.contains("has no version 99: there is 1, 2, and one without a version"), "{}", version.err);
    place.put("templates/again.json", &without.to_string().replace("\"20\"", "\"30\""));
    let twice = place.migrate(&["three.bpmn", "--to", "2", "--check"], 1);
    assert!(twice.err.contains("has `io.example.small` without a version, and so has"), "{}", twice.err);
}

#[test]
fn a_file_is_written_once_and_only_by_those_who_may() {
    let place = Place::new(|new| default_of_size(new, "50"));
    let printed = place.migrate(&["three.bpmn", "./three.bpmn", "--to", "latest"], 0);
    assert!(printed.err.contains("3 elements moved"), "{}", printed.err);
    let mut permissions = fs::metadata(place.file("three.bpmn")).expect("a file").permissions();
    permissions.set_readonly(true);
    fs::set_permissions(place.file("three.bpmn"), permissions).expect("a mode");
    let before = place.names();
    let refused = place.migrate(&["three.bpmn", "--to", "latest", "--write"], 1);
    assert!(refused.err.contains("cannot write three.bpmn: it is read-only; nothing was written"), "{}", refused.err);
    assert_eq!((place.text("three.bpmn"), place.names()), (several(), before));
    place.put("four.bpmn", &several());
    let ended = place.migrate(&["four.bpmn", "./four.bpmn", "templates/../four.bpmn", "--to", "latest", "--write"], 0);
    assert_eq!(place.text("four.bpmn"), printed.out);
    assert!(ended.err.contains("3 elements moved"), "{}", ended.err);
}

#[cfg(unix)]
#[test]
fn templates_behind_links_are_found_and_loops_end() {
    use std::os::unix::ffi::OsStringExt;
    use std::os::unix::fs::symlink;

    let place = Place::new(|new| default_of_size(new, "50"));
    fs::rename(place.file("templates"), place.file("elsewhere")).expect("a folder");
    fs::create_dir(place.file("templates")).expect("a folder");
    symlink("../elsewhere", place.file("templates/link")).expect("a link");
    symlink("..", place.file("elsewhere/loop")).expect("a link");
    place.migrate(&["three.bpmn", "--to", "latest", "--check"], 0);
    let odd = std::ffi::OsString::from_vec(b"caf\xe9".to_vec());
    fs::rename(place.file("elsewhere"), place.folder.path().join(&odd)).expect("a folder");
    fs::remove_file(place.file("templates/link")).expect("a link");
    symlink(place.folder.path().join(&odd), place.file("templates/link")).expect("a link");
    let ended = place.migrate(&["three.bpmn", "--to", "latest", "--check"], 0);
    assert!(ended.err.contains("3 elements would be moved"), "{}", ended.err);
}
