//! `changelog`: what stands in the notes, and that nothing in a template is taken for their form.

use super::generate::{of_version, own_version};
use super::{Ended, end, opwright};
use crate::repository::Repository;
use crate::update::small;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use serde_json::{Value, json};

fn run(repository: &Repository, arguments: &[&str]) -> Ended {
    end(opwright(arguments).current_dir(repository.path()))
}

/// The small template in two versions.
fn versions(change: impl FnOnce(&mut Value, &mut Value)) -> Repository {
    let repository = Repository::new();
    let (mut old, mut new) = (small(), small());
    new["version"] = json!(2);
    change(&mut old, &mut new);
    repository.put("generated/element-templates/archive/small-1.json", &old.to_string());
    repository.put("generated/element-templates/small.json", &new.to_string());
    repository
}

/// The texts of the headings and of the list's items, and how often there is HTML.
fn shown(markdown: &str) -> (Vec<String>, Vec<String>, usize) {
    let (mut headings, mut items, mut html) = (Vec::new(), Vec::new(), 0);
    let mut text = String::new();
    for event in Parser::new_ext(markdown, Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Heading { .. } | Tag::Item) => text.clear(),
            Event::End(TagEnd::Heading(_)) => headings.push(text.clone()),
            Event::End(TagEnd::Item) => items.push(text.clone()),
            Event::Text(part) | Event::Code(part) => text += &part,
            Event::Html(_) | Event::InlineHtml(_) => html += 1,
            Event::SoftBreak | Event::HardBreak => text.push('\n'),
            _ => {}
        }
    }
    (headings, items, html)
}

#[test]
fn texts_of_templates_are_no_markdown() {
    let repository = versions(|old, new| {
        new["name"] = json!("Small *and*\n# large");
        old["properties"][3]["label"] = json!("*Size* <script>alert(1)</script> `x\n# Heading");
        new["properties"][3]["label"] = old["properties"][3]["label"].clone();
        new["properties"][3]["value"] = json!("`<b>`\n\n- [5](https://example.org) &amp; ~~6~~ `");
        new["properties"][1]["choices"][1]["value"] = json!("a`b\n## c");
        new["properties"][5]["description"] = json!("1. <i>");
    });
    repository.put(
        "opwright-compat.toml",
        "[[accept]]\ncode = \"default-changed\"\ntemplate = \"*\"\nversion = 2\nreason = \"\"\"by\n# mail*\"\"\"\n",
    );
    let ended = run(&repository, &["changelog"]);
    let (headings, items, html) = shown(&ended.out);
    let expected = ["Small *and* # large", "Version 2", "Breaking", "To be looked at", "Also changed", "Version 1"];
    assert_eq!((headings, html), (expected.map(str::to_owned).to_vec(), 0), "{}", ended.out);
    let default = items.iter().find(|item| item.contains("the default was")).expect("an item");
    assert!(default.starts_with("*Size* <script>alert(1)</script> `x # Heading: the default was \"20\""), "{default}");
    // Values stand in JSON's form.
    assert!(default.contains(r#""`<b>`\n\n- [5](https://example.org) &amp; ~~6~~ `""#), "{default}");
    assert!(default.ends_with("Accepted: by # mail*"), "{default}");
    assert!(items.iter().any(|item| item.contains("a`b ## c` can be chosen")), "{items:?}");
    // Scripts get what is there.
    let json = run(&repository, &["changelog", "--format", "json"]).json();
    assert_eq!(json["templates"][0]["name"], "Small *and*\n# large");
}

#[test]
fn versions_without_a_number_have_notes() {
    let repository = Repository::new();
    let mut template = small();
    template.as_object_mut().expect("an object").remove("version");
    repository.put("generated/element-templates/small.json", &template.to_string());
    let ended = run(&repository, &["changelog"]);
    assert!(
        ended.code == 0 && ended.out.ends_with("\n\n## No version\n\nThe first version that is kept.\n"),
        "{}",
        ended.out
    );
    template["version"] = json!(1);
    template["properties"][3]["value"] = json!("50");
    repository.put("generated/element-templates/second.json", &template.to_string());
    let both = run(&repository, &["changelog"]);
    let (headings, items, _) = shown(&both.out);
    assert_eq!(headings, ["Small", "Version 1", "To be looked at", "No version"]);
    assert_eq!(items.len(), 1);
    let json = run(&repository, &["changelog", "--format", "json"]).json();
    assert_eq!(json["templates"][0]["versions"][1]["version"], Value::Null);
}

#[test]
fn fields_of_one_label_are_told_apart() {
    let channels = |old: &mut Value, new: &mut Value| {
        for template in [old, new] {
            for (index, operation) in [(2, "send"), (3, "read"), (5, "list")] {
                template["properties"][index]["label"] = json!("Channel");
                template["properties"][index]["id"] = json!(format!("{operation}:channel"));
            }
        }
    };
    let repository = versions(|old, new| {
        channels(old, new);
        new["properties"][2]["description"] = json!("Where to.");
        new["properties"][3]["value"] = json!("50");
        new["properties"][5]["description"] = json!("Which.");
    });
    let ended = run(&repository, &["changelog"]);
    let (_, items, _) = shown(&ended.out);
    assert!(items[0].starts_with("Channel (read:channel): the default was "), "{}", ended.out);
    assert_eq!(items[1], "Channel (send:channel, list:channel): description has changed.");
    let json = run(&repository, &["changelog", "--format", "json"]).json();
    assert_eq!(
        json["templates"][0]["versions"][0]["sections"][1]["changes"][0]["ids"],
        json!(["send:channel", "list:channel"])
    );
}

#[test]
fn what_happens_to_deployed_processes_is_in_the_notes_of_the_newest_version() {
    let repository = Repository::new();
    assert_eq!(run(&repository, &["generate"]).code, 0);
    let read = |path: &str| std::fs::read_to_string(repository.path().join(path)).expect("a file");
    let schema = "generated/schemas/power-automate/trigger-flow-run.input.json";
    let template = "generated/element-templates/power-automate.json";
    let (newer, now, own) = (read(schema), read(template), own_version());
    repository.put(schema, &newer.replace("\"maximum\": 86400", "\"maximum\": 90000"));
    let older = of_version(0)(&now);
    assert_ne!(older, now);
    repository.put(template, &older);
    repository.commit("published");
    repository.put(schema, &newer);
    repository.put(template, &now);
    repository.put("generated/element-templates/archive/power-automate-0.json", &older);
    repository.put(
        "opwright-compat.toml",
        &format!(
            "[[accept]]\ncode = \"input-refused\"\ntemplate = \"io.opwright.power-automate\"\nversion = {own}\n\
             property = \"trigger-flow-run.timeout\"\nreason = \"nobody waits for a day\"\n"
        ),
    );
    let notes = |arguments: &[&str]| {
        let ended = run(&repository, &[&["changelog", "--template", "io.opwright.power-automate"], arguments].concat());
        assert_eq!(ended.code, 0, "{}", ended.err);
        let (headings, items, _) = shown(&ended.out);
        (headings.join(", "), items, ended.err)
    };
    let expected =
        "trigger-flow-run.timeout: `timeout` may not be more than 86400 any more. The worker of the newer version \
                    fails the jobs of processes that are deployed with it. Accepted: nobody waits for a day"
            .replace('`', "");
    for arguments in [&[][..], &["--against", "main"]] {
        let (headings, items, _) = notes(arguments);
        assert_eq!(headings, format!("Power Automate, Version {own}, Breaking, Version 0"), "{arguments:?}");
        assert_eq!(items, std::slice::from_ref(&expected), "{arguments:?}");
    }
    // Versions between may have brought it.
    let archive = "generated/element-templates/archive/power-automate-0.json";
    repository.put(template, &older.replacen("\"version\": 0,", "\"version\": -1,", 1));
    repository.put(schema, &newer.replace("\"maximum\": 86400", "\"maximum\": 90000"));
    std::fs::remove_file(repository.path().join(archive)).expect("a file");
    repository.commit("an earlier one");
    repository.put(schema, &newer);
    repository.put(template, &now);
    repository.put(archive, &older);
    let (_, items, _) = notes(&[]);
    assert!(items.len() == 1 && items[0].contains("any more, since version -1. The worker"), "{items:?}");
    // Where nothing is published, or the same version is, there is nothing to be told.
    repository.commit("published again");
    let both = format!("Power Automate, Version {own}, Version 0");
    assert_eq!(notes(&[]).0, both);
    repository.git(&["branch", "--quiet", "-m", "main", "trunk"]);
    let (headings, _, told) = notes(&[]);
    assert_eq!((headings.as_str(), told.as_str()), (both.as_str(), ""));
    assert_eq!(run(&repository, &["changelog", "--against", "nope"]).code, 1);
}
