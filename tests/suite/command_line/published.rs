//! What is published: what cannot be read for certain is a failure, never "nothing has changed".

use super::generate::{ARCHIVED, TEMPLATE, of_version, published};
use super::{Ended, end, opwright};
use crate::repository::Repository;
use crate::update::{newer, small};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// Ours, published with another label: `generate` would alter it.
fn altered() -> Repository {
    published(|text| text.replace("\"label\": \"Operation\"", "\"label\": \"What to do\""))
}

fn run(repository: &Repository, arguments: &[&str]) -> Ended {
    end(opwright(arguments).current_dir(repository.path()))
}

fn template(repository: &Repository) -> Vec<u8> {
    fs::read(repository.path().join("generated").join(TEMPLATE)).expect("a template")
}

/// Each of the three fails, telling this, and `generate` writes nothing.
#[track_caller]
fn all_fail(repository: &Repository, expected: &str) {
    let before = template(repository);
    for command in ["generate", "compat", "ci"] {
        let failed = run(repository, &[command]);
        assert_eq!(failed.code, 1, "{command}: {}", failed.printed());
        assert!(failed.err.contains(expected), "{command}: {}", failed.err);
    }
    assert_eq!(template(repository), before);
}

fn without_order(new: &mut Value) {
    new["properties"][1]["choices"][1]["value"] = json!("buy");
    // What depends on the choice would be lost with it.
    new["properties"][2].as_object_mut().expect("an object").remove("condition");
}

/// A repository that has published the small template there.
fn small_at(path: &str) -> Repository {
    let repository = Repository::new();
    repository.put(path, &small().to_string());
    repository.commit("published");
    repository
}

#[test]
fn a_head_that_cannot_be_read_is_no_repository_without_a_commit() {
    let repository = altered();
    let hash = repository.told(&["rev-parse", "HEAD"]);
    let object = repository.path().join(".git/objects").join(&hash[..2]).join(&hash[2..]);
    let kept = fs::read(&object).expect("an object");
    fs::remove_file(&object).expect("it can be removed");
    all_fail(&repository, "git cannot read the commit of HEAD");
    fs::write(&object, kept).expect("it is back");
    repository.put(".git/refs/heads/broken", "no hash\n");
    repository.put(".git/HEAD", "ref: refs/heads/broken\n");
    all_fail(&repository, "HEAD cannot be read");
}

#[test]
fn a_branch_without_a_commit_has_what_main_has() {
    let repository = altered();
    repository.git(&["checkout", "--quiet", "--orphan", "other"]);
    let refused = run(&repository, &["generate"]);
    assert!(refused.code == 8 && refused.err.contains("(published: main ("), "{}", refused.printed());
}

#[test]
fn a_history_that_is_not_there_as_a_whole_is_no_history() {
    let repository = altered();
    repository.git(&["checkout", "--quiet", "--orphan", "other"]);
    repository.commit("of another root");
    all_fail(&repository, "git knows no common commit of HEAD and main: fetch the whole history");
}

#[test]
fn a_main_branch_that_cannot_be_read_is_not_passed_over() {
    let repository = altered();
    let origin = ".git/refs/remotes/origin";
    repository.put(&format!("{origin}/main"), "no hash\n");
    all_fail(&repository, "ignoring broken ref refs/remotes/origin/main");
    repository.put(&format!("{origin}/main"), &format!("{}\n", "12".repeat(20)));
    all_fail(&repository, "git cannot read the commit of refs/remotes/origin/main");
    fs::remove_file(repository.path().join(origin).join("main")).expect("a branch");
    repository.put(&format!("{origin}/HEAD"), "ref: refs/remotes/origin/gone\n");
    all_fail(&repository, "origin/HEAD names origin/gone, which is not there");
}

#[test]
fn what_the_remote_calls_its_main_branch_comes_first() {
    let repository = altered();
    repository.git(&["update-ref", "refs/remotes/origin/trunk", "HEAD"]);
    repository.git(&["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk"]);
    let refused = run(&repository, &["generate"]);
    assert!(refused.err.contains("(published: origin/trunk ("), "{}", refused.printed());
}

#[test]
fn a_name_of_a_path_and_a_revision_is_refused() {
    let repository = small_at("small.json");
    repository.put("small.json", &newer(without_order).to_string());
    let against = |name: &str| run(&repository, &["compat", "small.json", "--against", name]);
    repository.put("main/small.json", &newer(without_order).to_string());
    let both = "`main` is a path and a git revision: say ./main or refs/heads/main";
    let unclear = against("main");
    assert!(unclear.code == 1 && unclear.err.contains(both), "{}", unclear.printed());
    assert_eq!((against("./main").code, against("refs/heads/main").code, against("HEAD").code), (0, 8, 8));
    assert!(against("./absent").err.contains("there is no file or directory `./absent`"));
    let mut without_git = opwright(&["compat", "small.json", "--against", "main"]);
    let without_git = end(without_git.current_dir(repository.path()).env("PATH", ""));
    assert!(without_git.err.contains("git cannot be run"), "{}", without_git.printed());
    assert!(without_git.err.contains("; if you mean the path, say ./main"), "{}", without_git.err);
    repository.put("opwright-compat.toml", "against = \"main\"\n");
    let configured = run(&repository, &["compat", "small.json"]);
    assert!(configured.code == 1 && configured.err.contains(both), "{}", configured.printed());
}

#[test]
fn a_path_that_holds_no_template_is_not_published() {
    let repository = small_at("small.json");
    let fails = |command: &[&str], against: &str, expected: &str| {
        let failed = run(&repository, &[command, &["--against", against]].concat());
        assert_eq!(failed.code, 1, "{against}: {}", failed.printed());
        assert!(failed.err.contains(expected), "{against}: {}", failed.err);
    };
    repository.put("README.md", "Read me.\n");
    repository.put("broken.json", "{\n  \"appliesTo\": [],\n  <<<<<<<\n}\n");
    repository.put("none.json", "{}\n");
    repository.put("pub/element-templates/broken.json", "{ \"id\": }\n");
    fs::create_dir(repository.path().join("empty")).expect("a folder");
    for command in [&["compat", "small.json"][..], &["changelog", "small.json"], &["generate"], &["ci"]] {
        fails(command, "README.md", "README.md is no JSON: expected value, at line 1 column 1\n");
        fails(command, "broken.json", "broken.json is no JSON: key must be a string, at line 3 column 3\n");
        fails(command, "none.json", "there is no element template in none.json");
        fails(command, "empty", "there is no element template in empty");
        fails(command, "pub", "pub/element-templates/broken.json is no JSON: expected value, at line 1 column 9\n");
    }
    // An output directory holds its templates in a folder of their own.
    assert_eq!(run(&repository, &["generate", "--out", "old"]).code, 0);
    for command in ["generate", "ci"] {
        for against in ["old/element-templates", "small.json"] {
            fails(&[command], against, &format!("{against} is no output directory"));
        }
    }
    assert_eq!(run(&repository, &["generate", "--against", "old"]).code, 0);
}

#[test]
fn a_revision_without_templates_says_so() {
    let repository = small_at("small.json");
    repository.put("other.json", &small().to_string().replace("io.example.small", "io.example.other"));
    let first = run(&repository, &["compat", "other.json"]);
    let told = "), which has no element templates in other.json yet: 1 safe";
    assert!(first.code == 0 && first.err.contains(told), "{}", first.printed());
    let made = run(&repository, &["generate"]);
    let told = "), which has no element templates in generated yet\n";
    assert!(made.code == 0 && made.err.contains("published: main (") && made.err.contains(told), "{}", made.printed());
}

#[test]
fn what_has_been_moved_is_still_published() {
    // A file.
    let repository = small_at("http.json");
    repository.put("archive/http-0.json", &small().to_string().replace("\"version\":1", "\"version\":0"));
    repository.commit("an older one");
    repository.git(&["mv", "http.json", "rest.json"]);
    repository.put("rest.json", &newer(without_order).to_string());
    let renamed = run(&repository, &["compat", "rest.json"]);
    assert_eq!(renamed.code, 8, "{}", renamed.printed());
    assert!(renamed.err.contains("), where io.example.small is in http.json: 1 breaking"), "{}", renamed.err);
    // Two that say something else: nobody knows which counts.
    repository.git(&["reset", "--quiet", "--hard"]);
    repository.put("copy.json", &small().to_string().replace("\"20\"", "\"30\""));
    repository.commit("a copy");
    let unclear = run(&repository, &["compat", "new.json"]);
    assert_eq!(unclear.code, 1);
    repository.put("new.json", &newer(without_order).to_string());
    let unclear = run(&repository, &["compat", "new.json"]);
    assert!(unclear.code == 1 && unclear.err.contains("which of them count is not clear"), "{}", unclear.printed());
    assert!(unclear.err.contains("copy.json, http.json. Name what is published by --against"), "{}", unclear.err);
}

#[test]
fn a_directory_that_has_been_moved_is_compared_as_a_whole() {
    let repository = small_at("old/element-templates/small.json");
    let other = small().to_string().replace("io.example.small", "io.example.other");
    repository.put("old/element-templates/other.json", &other);
    repository.commit("another");
    repository.git(&["mv", "old", "new"]);
    fs::remove_file(repository.path().join("new/element-templates/other.json")).expect("a file");
    repository.put("new/element-templates/small.json", &newer(without_order).to_string());
    let moved = run(&repository, &["compat", "new"]);
    assert_eq!(moved.code, 8, "{}", moved.printed());
    assert!(moved.err.contains("), where they are in old: 2 breaking"), "{}", moved.err);
    repository.git(&["mv", "new/element-templates/small.json", "new/element-templates/tiny.json"]);
    let renamed = run(&repository, &["compat", "new"]);
    assert!(
        renamed.code == 8 && renamed.err.contains("), where io.example.small is in old/element-templates/small.json"),
        "{renamed:?}"
    );
    // Two directories that it may have been.
    repository.git(&["reset", "--quiet", "--hard"]);
    repository.put("copy/element-templates/small.json", &small().to_string());
    repository.commit("a copy");
    repository.put("new/element-templates/small.json", &newer(without_order).to_string());
    let unclear = run(&repository, &["compat", "new"]);
    let told = "not clear: copy/element-templates/small.json, old/element-templates/small.json. Name what is published";
    assert!(unclear.code == 1 && unclear.err.contains(told), "{unclear:?}");

    let repository = altered();
    repository.git(&["mv", "generated", "made"]);
    let refused = run(&repository, &["generate", "--out", "made"]);
    assert_eq!(refused.code, 8, "{}", refused.printed());
    assert!(refused.err.contains("), where they are in generated)"), "{}", refused.err);
}

#[test]
fn a_template_that_has_come_into_the_directory_is_no_new_one() {
    let repository = small_at("new/small.json");
    let other = |template: &Value| template.to_string().replace("io.example.small", "io.example.other");
    repository.put("old/other.json", &other(&small()));
    repository.commit("another");
    repository.git(&["mv", "old/other.json", "new/other.json"]);
    repository.put("new/other.json", &other(&newer(without_order)));
    let moved = run(&repository, &["compat", "new"]);
    assert_eq!(moved.code, 8, "{}", moved.printed());
    assert!(moved.err.contains("), where io.example.other is in old/other.json: 1 breaking"), "{}", moved.err);
    // Even from where it has the same path.
    repository.git(&["reset", "--quiet", "--hard"]);
    repository.git(&["mv", "old/other.json", "small.json"]);
    repository.commit("the same name");
    repository.put("new/other.json", &other(&newer(without_order)));
    let moved = run(&repository, &["compat", "new"]);
    assert!(moved.code == 8 && moved.err.contains("), where io.example.other is in small.json"), "{}", moved.printed());
    // One of its own is new, whatever else is there.
    repository.git(&["reset", "--quiet", "--hard"]);
    fs::remove_file(repository.path().join("new/other.json")).expect("a file");
    repository.put("new/third.json", &small().to_string().replace("io.example.small", "io.example.third"));
    let added = run(&repository, &["compat", "new"]);
    assert!(added.code == 0 && !added.err.contains("where"), "{}", added.printed());

    let repository = published(of_version(9));
    repository.git(&["mv", &format!("generated/{TEMPLATE}"), "by-hand.json"]);
    repository.commit("by hand");
    let refused = run(&repository, &["generate"]);
    assert_eq!(refused.code, 8, "{}", refused.printed());
    assert!(refused.err.contains("but 9 is published"), "{}", refused.err);
}

#[test]
fn an_id_that_was_written_by_hand_is_published_in_its_version() {
    let repository = published(of_version(9));
    let by_hand = template(&repository);
    repository.git(&["mv", &format!("generated/{TEMPLATE}"), "archive.json"]);
    repository.git(&["rm", "--quiet", "-r", "generated"]);
    repository.commit("by hand");
    let refused = run(&repository, &["generate"]);
    assert_eq!(refused.code, 8, "{}", refused.printed());
    assert!(refused.err.contains("but 9 is published (published: main ("), "{}", refused.err);
    assert!(refused.err.contains("), where io.opwright.power-automate is in archive.json)"), "{}", refused.err);
    repository.put(
        "archive.json",
        &String::from_utf8(by_hand.clone()).expect("UTF-8").replace("\"version\": 9", "\"version\": 0"),
    );
    repository.commit("an older one");
    let made = run(&repository, &["generate"]);
    assert_eq!(made.code, 0, "{}", made.printed());
    let kept = fs::read(repository.path().join(ARCHIVED).join("io.opwright.power-automate-0.json"));
    assert_eq!(kept.expect("it is kept"), fs::read(repository.path().join("archive.json")).expect("a file"));
    assert_eq!(run(&repository, &["ci"]).code, 0);
}

#[test]
fn a_published_file_that_is_no_template_is_not_overwritten() {
    let path = format!("generated/{TEMPLATE}");
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n";
    for (text, expected) in [
        (
            "<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> topic\n",
            "power-automate.json is no JSON: expected value, at line 1 column 1 (published: main (",
        ),
        (pointer, "is a pointer of Git LFS, not the file"),
        ("{}\n", "holds no element template with an id and a version"),
        ("{ \"id\": \"i\", \"appliesTo\": [] }\n", "holds no element template with an id and a version"),
    ] {
        let repository = altered();
        repository.put(&path, text);
        repository.commit("unreadable");
        let failed = run(&repository, &["generate"]);
        assert!(failed.code == 1 && failed.err.contains(expected), "{expected}\n{}", failed.printed());
        assert_eq!(template(&repository), text.as_bytes());
    }
    let repository = altered();
    let bytes = fs::read(repository.path().join(&path)).expect("a template");
    fs::write(repository.path().join(&path), [&bytes[..], b"\xff"].concat()).expect("a file");
    repository.commit("no text");
    all_fail(&repository, "power-automate.json in main (");
}

#[test]
fn links_and_submodules_hold_no_published_file() {
    let path = format!("generated/{TEMPLATE}");
    let elsewhere = |path: &str| {
        let repository = altered();
        let full = repository.path().join(path);
        fs::rename(&full, repository.path().join("elsewhere")).expect("it is moved");
        std::os::unix::fs::symlink(repository.path().join("elsewhere"), &full).expect("a link");
        repository.commit("a link");
        fs::remove_file(&full).expect("a link");
        fs::rename(repository.path().join("elsewhere"), &full).expect("it is back");
        repository
    };
    for linked in [&path, "generated/element-templates", "generated"] {
        all_fail(&elsewhere(linked), &format!("{linked} is a symbolic link in main ("));
    }
    // One to a directory is followed nowhere, unless there is a directory now.
    let repository = small_at("templates/small.json");
    std::os::unix::fs::symlink("templates", repository.path().join("latest")).expect("a link");
    std::os::unix::fs::symlink("templates", repository.path().join("linked")).expect("a link");
    repository.commit("links");
    assert_eq!(run(&repository, &["compat", "."]).code, 0);
    fs::remove_file(repository.path().join("latest")).expect("a link");
    repository.put("latest/small.json", &newer(without_order).to_string());
    let failed = run(&repository, &["compat", "."]);
    assert!(failed.code == 1 && failed.err.contains("latest is a symbolic link in main ("), "{}", failed.printed());

    let repository = altered();
    let hash = repository.told(&["rev-parse", "HEAD"]);
    repository.git(&["rm", "--quiet", "-r", "--cached", "generated/element-templates"]);
    let submodule = format!("160000,{hash},generated/element-templates");
    repository.git(&["update-index", "--add", "--cacheinfo", &submodule]);
    repository.git(&["commit", "--quiet", "--message", "a submodule"]);
    all_fail(&repository, "generated/element-templates is a submodule in main (");
}

#[test]
fn a_repository_that_only_the_environment_names_is_asked() {
    let repository = altered();
    let away = tempfile::tempdir().expect("a folder");
    fs::rename(repository.path().join(".git"), away.path().join("store")).expect("it is moved");
    let before = template(&repository);
    let mut generate = opwright(&["generate"]);
    generate.env("GIT_DIR", away.path().join("store"));
    let refused = end(generate.current_dir(repository.path()));
    assert_eq!(refused.code, 8, "{}", refused.printed());
    let mut generate = opwright(&["generate", "--out"]);
    generate.arg(repository.path().join("generated")).env("GIT_DIR", "store").env("GIT_WORK_TREE", repository.path());
    let refused = end(generate.current_dir(away.path()));
    assert_eq!(refused.code, 8, "{}", refused.printed());
    let absent = end(opwright(&["generate"]).current_dir(repository.path()).env("GIT_DIR", "absent"));
    assert!(absent.code == 1 && absent.err.contains("not a git repository"), "{}", absent.printed());
    assert_eq!(template(&repository), before);
    // What it does not have is nobody's.
    let other = tempfile::tempdir().expect("a folder");
    let mut generate = opwright(&["generate", "--out"]);
    generate.arg(other.path().join("out")).env("GIT_DIR", away.path().join("store"));
    assert_eq!(end(generate.current_dir(repository.path())).code, 0);
}

#[cfg(target_os = "linux")]
#[test]
fn paths_are_bytes_and_no_patterns() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let breaking = newer(without_order).to_string();
    let compat = |repository: &Repository, path: &OsStr| {
        end(opwright(&["compat"]).arg(path).env("GIT_ICASE_PATHSPECS", "1").current_dir(repository.path()))
    };
    for name in [":x", "*", "-x"] {
        let repository = small_at(&format!("{name}/small.json"));
        repository.put(&format!("{name}/small.json"), &breaking);
        let found = compat(&repository, OsStr::new(&format!("./{name}")));
        assert!(found.code == 8 && !found.err.contains("where"), "{name}: {}", found.printed());
    }
    let repository = small_at("readme.json");
    let folder = repository.path().join(OsStr::from_bytes(b"b\xfccher"));
    fs::create_dir_all(folder.join("a")).expect("a folder");
    fs::create_dir(folder.join("b")).expect("a folder");
    let other = small().to_string().replace("io.example.small", "io.example.other");
    fs::write(folder.join("a/n.json"), small().to_string()).expect("a file");
    fs::write(folder.join("b/n.json"), other).expect("a file");
    repository.commit("bytes");
    fs::write(folder.join("a/n.json"), &breaking).expect("a file");
    let found = compat(&repository, OsStr::from_bytes(b"b\xfccher"));
    assert_eq!(found.code, 8, "{}", found.printed());
    assert!(found.err.starts_with("2 templates against main ("), "{}", found.err);
    // Two names that nobody could tell apart.
    fs::write(folder.join(OsStr::from_bytes(b"\xfc.json")), small().to_string()).expect("a file");
    assert!(compat(&repository, folder.as_os_str()).err.contains("is no UTF-8: rename it"));
    repository.commit("a name");
    fs::remove_file(folder.join(OsStr::from_bytes(b"\xfc.json"))).expect("a file");
    assert!(compat(&repository, folder.as_os_str()).err.contains("is no UTF-8: name what is published"));
}

#[test]
fn what_is_compared_with_itself_is_told() {
    let repository = altered();
    let told = "HEAD is main (";
    for command in ["compat", "ci"] {
        let ended = run(&repository, &[command]);
        assert!(ended.err.contains(told) && ended.err.contains("--against HEAD~1"), "{}", ended.printed());
    }
    assert!(!run(&repository, &["compat", "--against", "HEAD"]).err.contains(told), "it was named");
    repository.put("generated/element-templates/other.json", &small().to_string());
    assert!(!run(&repository, &["compat"]).err.contains(told), "something is there");
    repository.commit("other");
    repository.git(&["checkout", "--quiet", "-b", "topic"]);
    repository.put("notes.md", "Mine.\n");
    repository.commit("topic");
    assert!(!run(&repository, &["compat"]).err.contains(told), "it is another commit");
}

#[test]
fn on_the_first_day_nothing_is_published() {
    let repository = Repository::new();
    assert_eq!(run(&repository, &["generate"]).code, 0);
    let compat = run(&repository, &["compat"]);
    let told = "5 templates against nothing, as the repository has no commit yet: 5 safe";
    assert!(compat.code == 0 && compat.err.contains(told), "{}", compat.printed());
    let ci = run(&repository, &["ci"]);
    assert!(ci.code == 0 && ci.err.contains(told), "{}", ci.printed());
    // The archive is published, whoever keeps it.
    let text = String::from_utf8(template(&repository)).expect("UTF-8");
    repository.put(&format!("{ARCHIVED}/io.opwright.power-automate-9.json"), &of_version(9)(&text));
    assert_eq!((run(&repository, &["generate"]).code, run(&repository, &["ci"]).code), (8, 8));
    let nowhere = tempfile::tempdir().expect("a folder");
    fs::write(nowhere.path().join("small.json"), small().to_string()).expect("a file");
    let failed = end(opwright(&["compat", "small.json"]).current_dir(nowhere.path()));
    assert!(failed.code == 1 && failed.err.contains("is in no git repository"), "{}", failed.printed());
}

#[test]
fn what_is_no_text_is_not_kept_as_some() {
    let folder = tempfile::tempdir().expect("a folder");
    let generate = || end(opwright(&["generate"]).current_dir(folder.path()));
    assert_eq!(generate().code, 0);
    let path = folder.path().join("generated").join(TEMPLATE);
    let text = of_version(0)(&fs::read_to_string(&path).expect("a template"));
    let bytes = text.replace("Power Automate", "Power \u{1} Automate").into_bytes();
    let bytes: Vec<u8> = bytes.into_iter().map(|byte| if byte == 1 { 0xff } else { byte }).collect();
    fs::write(&path, &bytes).expect("a file");
    let failed = generate();
    assert!(failed.code == 1 && failed.err.contains("power-automate.json is no UTF-8"), "{}", failed.printed());
    assert_eq!(fs::read(&path).expect("a file"), bytes);
}

/// Ours, published as version 9 of another id.
fn of_another_id(text: &str) -> String {
    let id = "\"id\": \"io.opwright.power-automate\"";
    of_version(9)(text).replace(id, "\"id\": \"io.example.old automate\"")
}

#[test]
fn a_template_that_another_one_replaces_is_kept() {
    let repository = published(of_another_id);
    let outgoing = template(&repository);
    let archived = repository.path().join(ARCHIVED).join("io.example.old_automate-9.json");
    let kept = |repository: &Repository| {
        assert_eq!(run(repository, &["generate"]).code, 0);
        assert_eq!(fs::read(&archived).expect("it is kept"), outgoing);
        let check = run(repository, &["generate", "--check"]);
        assert_eq!(check.code, 0, "{}", check.printed());
        let again = run(repository, &["generate"]);
        assert_eq!((again.code, again.out.as_str()), (0, ""), "{}", again.err);
    };
    kept(&repository);
    repository.commit("replaced");
    kept(&repository);
    // Where nobody keeps versions, too.
    fs::remove_dir_all(repository.path().join(".git")).expect("a repository");
    kept(&repository);
    fs::remove_file(&archived).expect("a file");
    fs::write(repository.path().join("generated").join(TEMPLATE), &outgoing).expect("a file");
    kept(&repository);
}

#[test]
fn a_version_that_the_archive_has_under_another_name_stays_there() {
    let repository = published(of_version(0));
    let former = repository.path().join(ARCHIVED).join("power-automate-0.json");
    fs::create_dir_all(former.parent().expect("a folder")).expect("a folder");
    fs::write(&former, template(&repository)).expect("a file");
    let made = run(&repository, &["generate"]);
    assert_eq!(made.code, 0, "{}", made.printed());
    let files: Vec<_> = fs::read_dir(Path::new(&former).parent().expect("a folder"))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    assert_eq!(files, ["power-automate-0.json"]);
    assert_eq!(run(&repository, &["generate", "--check"]).code, 0);
}

#[test]
fn two_files_that_want_one_name_are_an_error() {
    let repository = published(of_version(0));
    let other = small().to_string();
    repository.put(&format!("{ARCHIVED}/IO.opwright.power-automate-0.json"), &other);
    repository.commit("another file");
    let before = template(&repository);
    let failed = run(&repository, &["generate"]);
    assert_eq!(failed.code, 1, "{}", failed.printed());
    let told = "would be kept as element-templates/archive/io.opwright.power-automate-0.json, but element-templates/archive/IO.";
    assert!(failed.err.contains(told), "{}", failed.err);
    assert_eq!(template(&repository), before);
}
