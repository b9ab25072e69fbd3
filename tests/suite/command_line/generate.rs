//! `generate`: writes what is stale and nothing else; `--check` writes nothing.

use super::{Ended, end, opwright};
use crate::repository::Repository;
use opwright::ConnectorInputs;
use opwright::power_automate::PowerAutomate;
use serde_json::json;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::SystemTime;
use tempfile::TempDir;

const PAGE: &str = "docs/power-automate.md";
pub(super) const TEMPLATE: &str = "element-templates/power-automate.json";
const SCHEMA: &str = "schemas/power-automate/cancel-flow-run.output.json";

/// Every file with its bytes and the time of its last change.
type Snapshot = BTreeMap<String, (Vec<u8>, SystemTime)>;

fn snapshot(folder: &Path) -> Snapshot {
    fn collect(folder: &Path, root: &Path, files: &mut Snapshot) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                collect(&path, root, files);
            } else {
                let name = path.strip_prefix(root).expect("below").display().to_string().replace('\\', "/");
                let changed = path.metadata().and_then(|metadata| metadata.modified()).expect("a time");
                files.insert(name, (fs::read(&path).expect("a file"), changed));
            }
        }
    }
    let mut files = Snapshot::new();
    collect(folder, folder, &mut files);
    files
}

fn generate(folder: &TempDir, arguments: &[&str]) -> Ended {
    end(opwright(&["generate"]).args(arguments).current_dir(folder))
}

fn generated() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(generate(&folder, &[]).code, 0);
    folder
}

fn put(folder: &TempDir, path: &str, content: &str) {
    let path = folder.path().join(path);
    fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    fs::write(path, content).expect("a file");
}

#[test]
fn all_files_are_created_and_a_second_run_changes_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = generate(&folder, &["--out", "some/where"]);
    assert_eq!(first.code, 0, "{first:?}");
    let files = snapshot(&folder.path().join("some/where"));
    let created: String = files.keys().map(|path| format!("created {path}\n")).collect();
    assert_eq!(first.out, created);
    let count = files.len();
    assert_eq!(first.err, format!("{count} files in some/where, {count} changed\n"));
    for expected in [PAGE, TEMPLATE, SCHEMA, "bpmn/power-automate-trigger-flow-run.bpmn"] {
        assert!(files.contains_key(expected), "{expected}: {:?}", files.keys());
    }

    let second = generate(&folder, &["--out", "some/where"]);
    assert_eq!((second.code, second.out.as_str()), (0, ""));
    assert_eq!(second.err, format!("{count} files in some/where, 0 changed\n"));
    let check = generate(&folder, &["--out", "some/where", "--check"]);
    assert_eq!((check.code, check.out.as_str()), (0, ""));
    assert_eq!(check.err, format!("up to date: {count} files in some/where\n"));
    let json = generate(&folder, &["--out", "some/where", "--check", "--format", "json"]).json();
    assert_eq!(json, json!({ "files": count, "stale": [], "mend": "opwright generate --out some/where" }));
    assert_eq!(snapshot(&folder.path().join("some/where")), files);
}

#[test]
fn check_tells_what_is_stale_and_generate_mends_it() {
    let folder = generated();
    let sound = snapshot(folder.path());
    let (page, schema) = (format!("generated/{PAGE}"), format!("generated/{SCHEMA}"));
    let text = String::from_utf8(sound[&schema].0.clone()).expect("UTF-8");
    put(&folder, &schema, &(text.clone() + "surplus\n"));
    put(&folder, "generated/schemas/power-automate/former.output.json", &text);
    put(&folder, "generated/docs/notes.md", "Mine.\n");
    put(&folder, "generated/element-templates/archive/power-automate-now.json", &text);
    put(&folder, "generated/mine/notes.md", "Mine.\n");
    fs::remove_file(folder.path().join(&page)).expect("a page");
    let stale = snapshot(folder.path());

    let check = generate(&folder, &["--check"]);
    assert_eq!(check.code, 4, "{check:?}");
    assert_eq!(
        check.out,
        format!(
            "orphaned: docs/notes.md\nmissing: {PAGE}\nchanged: {SCHEMA}\n  -surplus\norphaned: schemas/power-automate/former.output.json\n"
        )
    );
    assert_eq!(
        check.err,
        "docs/notes.md is no file of these connectors: move or remove it yourself\n3 files are stale; to mend them: opwright generate\n"
    );
    let json = generate(&folder, &["--check", "--format", "json"]);
    assert_eq!((json.code, json.err.as_str()), (4, ""));
    let states: Vec<_> = json.json()["stale"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|stale| (stale["path"].clone(), stale["state"].clone()))
        .collect();
    assert_eq!(
        states,
        [
            ("docs/notes.md", "orphaned"),
            (PAGE, "missing"),
            (SCHEMA, "changed"),
            ("schemas/power-automate/former.output.json", "orphaned")
        ]
        .map(|(path, state)| (json!(path), json!(state)))
    );
    assert_eq!(snapshot(folder.path()), stale, "--check changes nothing");

    let mended = generate(&folder, &[]);
    assert_eq!(mended.code, 0);
    assert_eq!(
        mended.out,
        format!("created {PAGE}\nupdated {SCHEMA}\nremoved schemas/power-automate/former.output.json\n")
    );
    assert!(mended.err.contains("left alone: docs/notes.md is no file of these connectors"), "{}", mended.err);
    let mut after = snapshot(folder.path());
    for foreign in [
        "generated/docs/notes.md",
        "generated/element-templates/archive/power-automate-now.json",
        "generated/mine/notes.md",
    ] {
        assert_eq!(after.remove(foreign), stale.get(foreign).cloned(), "{foreign}");
    }
    let bytes =
        |files: &Snapshot| files.iter().map(|(path, (bytes, _))| (path.clone(), bytes.clone())).collect::<Vec<_>>();
    assert_eq!(bytes(&after), bytes(&sound));
    for (path, file) in &after {
        assert!([&page, &schema].contains(&path) || sound.get(path) == Some(file), "{path} was written without need");
    }

    let json = generate(&folder, &["--format", "json"]).json();
    assert_eq!((&json["written"], &json["kept"]), (&json!([]), &json!(["docs/notes.md"])));
    let check = generate(&folder, &["--check"]);
    assert_eq!((check.code, check.out.as_str()), (4, "orphaned: docs/notes.md\n"));
    assert!(!check.err.contains("to mend"), "generate would not mend it: {}", check.err);
    fs::remove_file(folder.path().join("generated/docs/notes.md")).expect("a file");
    assert_eq!(generate(&folder, &["--check"]).code, 0);
}

#[test]
fn a_long_diff_is_cut() {
    let folder = generated();
    let lines: String = (0..30).map(|line| format!("{line}{}\n", "x".repeat(500))).collect();
    put(&folder, &format!("generated/{SCHEMA}"), &lines);
    let check = generate(&folder, &["--check"]);
    assert_eq!(check.code, 4);
    let lines: Vec<&str> = check.out.lines().collect();
    assert_eq!(lines.len(), 14, "{}", check.out);
    assert!(lines.iter().all(|line| line.chars().count() < 170), "{}", check.out);
    assert!(lines[13].ends_with("more changed lines"), "{}", lines[13]);
}

#[test]
fn templates_of_ones_own_replace_the_pages() {
    let folder = tempfile::tempdir().expect("a folder");
    put(&folder, "my pages/connector.md.hbs", "{{name}} by hand\n");
    let made = generate(&folder, &["--templates", "my pages", "--out", "it's"]);
    assert_eq!(made.code, 0, "{made:?}");
    assert_eq!(fs::read_to_string(folder.path().join("it's").join(PAGE)).expect("a page"), "Power Automate by hand\n");
    let check = generate(&folder, &["--out", "it's", "--check"]);
    assert!(
        check.code == 4 && check.out.starts_with(&format!("changed: {PAGE}\n  -Power Automate by hand\n  +")),
        "{check:?}"
    );
    put(&folder, &format!("it's/{TEMPLATE}"), "{}");
    let check = generate(&folder, &["--templates", "my pages", "--out", "it's", "--check"]);
    assert_eq!(check.code, 4);
    assert!(
        check.err.ends_with("1 file is stale; to mend it: opwright generate --out 'it'\\''s' --templates 'my pages'\n"),
        "{}",
        check.err
    );

    put(&folder, "faulty/connector.md.hbs", "one\n{{nmae}}\n");
    put(&folder, "empty/notes.txt", "");
    for (templates, expected) in [
        ("faulty", "there is no `nmae`"),
        ("empty", "empty holds no *.md.hbs file"),
        ("absent", "cannot read the docs templates in absent: "),
        ("empty/notes.txt", "cannot read the docs templates in empty/notes.txt: "),
    ] {
        let failed = generate(&folder, &["--templates", templates, "--out", "none"]);
        assert_eq!((failed.code, failed.out.as_str()), (1, ""), "{templates}");
        assert!(failed.err.contains(expected), "{templates}: {}", failed.err);
    }
    assert!(!folder.path().join("none").exists());
}

#[test]
fn a_folder_that_cannot_be_used_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    put(&folder, "file", "Mine.\n");
    put(&folder, "read/docs", "Mine.\n");
    fs::create_dir_all(folder.path().join("written").join(PAGE)).expect("a folder");
    for (out, expected) in [
        ("file", "error: cannot read file: "),
        ("file/below", "error: cannot read file/below: "),
        ("read", "error: cannot read read: "),
        ("written", "error: cannot write written: "),
    ] {
        let failed = generate(&folder, &["--out", out]);
        assert_eq!((failed.code, failed.out.as_str()), (1, ""), "{out}");
        assert!(failed.err.starts_with(expected), "{out}: {}", failed.err);
    }
    assert_eq!(generate(&folder, &["--out", "absent", "--check"]).code, 4);
    assert!(!folder.path().join("absent").exists());
}

pub(super) const ARCHIVED: &str = "generated/element-templates/archive";

/// A repository that has published our files, with the own template changed.
pub(super) fn published(change: impl Fn(&str) -> String) -> Repository {
    let repository = Repository::new();
    assert_eq!(end(opwright(&["generate"]).current_dir(repository.path())).code, 0);
    let path = format!("generated/{TEMPLATE}");
    let text = fs::read_to_string(repository.path().join(&path)).expect("a template");
    let changed = change(&text);
    assert_ne!(text, changed);
    repository.put(&path, &changed);
    repository.commit("published");
    repository
}

/// The version of our templates, which rises now and then; with its event.
pub(super) fn own_version() -> u32 {
    PowerAutomate::bind().unwrap_or_else(|error| panic!("{error}")).definition().version
}

/// Another version of our template.
pub(super) fn of_version(version: u32) -> impl Fn(&str) -> String {
    move |text| {
        let own = format!("\"version\": {},", own_version());
        text.replacen(&own, &format!("\"version\": {version},"), 1)
    }
}

fn run(repository: &Repository, arguments: &[&str]) -> Ended {
    end(opwright(&["generate"]).args(arguments).current_dir(repository.path()))
}

#[test]
fn a_published_version_is_not_altered() {
    let repository = published(|text| text.replace("\"label\": \"Operation\"", "\"label\": \"What to do\""));
    let before = snapshot(repository.path());
    let refused = run(&repository, &[]);
    assert_eq!((refused.code, refused.out.as_str()), (8, ""), "{}", refused.printed());
    let (own, next) = (own_version(), own_version() + 1);
    for expected in [
        &format!(
            "error: version {own} of `io.opwright.power-automate` is published and would change (published: main ("
        ),
        "  safe[details-changed] groups have changed",
        &format!("  = mend: Give the connector `version = {next}`."),
        "nothing is written",
    ] {
        assert!(refused.err.contains(expected), "{expected}\n{}", refused.err);
    }
    assert_eq!(snapshot(repository.path()), before);
    let check = run(&repository, &["--check"]);
    assert_eq!(check.code, 8, "{}", check.printed());
    assert!(check.err.ends_with("\n1 file is stale\n"), "generate would not mend it: {}", check.err);
    assert!(check.out.contains("changed: element-templates/power-automate.json"), "{}", check.out);
    let json = run(&repository, &["--check", "--format", "json"]);
    assert_eq!((json.code, json.json().get("mend")), (8, None));
    assert_eq!(
        (&json.json()["refused"][0]["version"], &json.json()["refused"][0]["needed"]),
        (&json!(own), &json!(next))
    );
    // An event has a version of its own.
    let event = "generated/element-templates/power-automate-flow-run-finished.json";
    let text = fs::read_to_string(repository.path().join(event)).expect("a template");
    repository.put(event, &text.replace("\"Correlation\"", "\"What is waited for\""));
    repository.commit("an event");
    let refused = run(&repository, &[]);
    let own = PowerAutomate::bind().unwrap_or_else(|error| panic!("{error}")).definition().events[0].version;
    for expected in [
        format!("error: version {own} of `io.opwright.power-automate.flow-run-finished` is published and would change"),
        format!("  = mend: Give the event `version = {}`.", own + 1),
    ] {
        assert!(refused.err.contains(&expected), "{expected}\n{}", refused.err);
    }
    // What is not published yet may change.
    repository.git(&["checkout", "--quiet", "--orphan", "main-to-be"]);
    assert_eq!(run(&repository, &["--against", "generated"]).code, 8, "a directory is published, too");
    repository.git(&["branch", "--quiet", "-D", "main"]);
    assert_eq!(run(&repository, &[]).code, 0, "no commit is there");
}

#[test]
fn the_outgoing_version_is_kept_byte_for_byte() {
    let repository = published(of_version(0));
    let outgoing = fs::read(repository.path().join("generated").join(TEMPLATE)).expect("a template");
    let check = run(&repository, &["--check"]);
    assert_eq!(check.code, 4, "{}", check.printed());
    assert!(
        check.out.contains("missing: element-templates/archive/io.opwright.power-automate-0.json"),
        "{}",
        check.out
    );
    let made = run(&repository, &[]);
    assert_eq!(made.code, 0, "{}", made.printed());
    let archived = format!("{ARCHIVED}/io.opwright.power-automate-0.json");
    assert_eq!(fs::read(repository.path().join(&archived)).expect("it is kept"), outgoing);
    assert_eq!(run(&repository, &["--check"]).code, 0);
    // It is there for good: altered or removed, it is mended.
    repository.commit("raised");
    repository.put(&archived, "{}");
    let altered = run(&repository, &["--check"]);
    assert!(altered.code == 4 && altered.out.contains("changed: element-templates/archive/"), "{}", altered.printed());
    fs::remove_file(repository.path().join(&archived)).expect("a file");
    assert_eq!(run(&repository, &[]).code, 0);
    assert_eq!(fs::read(repository.path().join(&archived)).expect("it is back"), outgoing);
    // A file of the current version is no older one.
    let current = fs::read_to_string(repository.path().join("generated").join(TEMPLATE)).expect("a template");
    repository.put(&format!("{ARCHIVED}/power-automate-now.json"), &current);
    let doubled = run(&repository, &["--check"]);
    assert_eq!(doubled.out, "orphaned: element-templates/archive/power-automate-now.json\n");
}

#[test]
fn a_version_does_not_fall() {
    let repository = published(of_version(9));
    let refused = run(&repository, &[]);
    assert_eq!(refused.code, 8, "{}", refused.printed());
    let told = format!("version {} of `io.opwright.power-automate` is generated, but 9 is published", own_version());
    assert!(refused.err.contains(&told) && refused.err.contains("`version = 10`"), "{}", refused.err);
}

#[test]
fn without_a_repository_the_version_that_is_there_is_kept_once_it_rises() {
    let folder = generated();
    let path = folder.path().join("generated").join(TEMPLATE);
    let text = fs::read_to_string(&path).expect("a template");
    // Nobody knows whether it is published.
    put(&folder, &format!("generated/{TEMPLATE}"), &text.replace("Operation", "What to do"));
    assert_eq!(generate(&folder, &[]).code, 0);
    let older = of_version(0)(&text);
    put(&folder, &format!("generated/{TEMPLATE}"), &older);
    let made = generate(&folder, &[]);
    assert_eq!(made.code, 0, "{}", made.printed());
    let archived = folder.path().join(ARCHIVED).join("io.opwright.power-automate-0.json");
    assert_eq!(fs::read_to_string(archived).expect("it is kept"), older);
    let none = generate(&folder, &["--against", "v1"]);
    assert!(none.code == 1 && none.err.contains("is in no git repository"), "{}", none.printed());
}
