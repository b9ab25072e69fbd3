//! Our reading of element templates beside Camunda's own validator: official templates and mutants.

use crate::node;
use opwright::template::{Node, Problem, read};
use regex::Regex;
use std::collections::BTreeMap;

/// At least 5,000 besides the official ones.
const MUTANTS: usize = 6000;

/// What we refuse and Camunda's schema lets pass, since it counts for nothing there: an expression for the path, a part of
/// the message, and why. There is nothing the other way round.
const STRICTER: &[(&str, &str, &str)] = &[
    ("^/configurationTemplates/.*/generatedValue$", "must be", "a configuration generates nothing"),
    ("^/configurationTemplates/.*/binding/", "must be", "and has one kind of binding"),
    ("/configurationTemplate(Version)?$", "must be", "only a `Configuration` has one"),
    ("", "must have one of `equals`", "of two questions the schema counts those of the right type"),
    ("/allMatch$", "must be an array", "and passes over an `allMatch` of the wrong type beside a question"),
];

#[test]
fn official_templates_and_mutants_are_judged_as_by_camundas_validator() {
    let (mut official, mut mutants, mut refused) = (0, 0, 0);
    let compiled = |(place, part, _): &(&str, &'static str, &str)| (Regex::new(place).expect("it is one"), *part);
    let stricter: Vec<(Regex, &str)> = STRICTER.iter().map(compiled).collect();
    let mut disagreements: BTreeMap<String, (usize, String)> = BTreeMap::new();
    for subject in node::mutants(MUTANTS) {
        let tree = Node::parse(&subject.text).expect("it is JSON");
        let (_, faults) = read(&tree);
        let ours: Vec<_> = faults.iter().filter(|fault| fault.problem.is_schemas()).collect();
        if subject.name.starts_with("mutant") {
            mutants += 1;
        } else {
            official += 1;
        }
        refused += usize::from(!subject.valid);
        if ours.is_empty() == subject.valid {
            continue;
        }
        let excused = subject.valid
            && ours.iter().all(|fault| {
                let (path, told) = (fault.path.to_string(), fault.problem.to_string());
                stricter.iter().any(|(place, part)| place.is_match(&path) && told.contains(part))
            });
        if !excused {
            let told = |fault: &&opwright::template::Fault| format!("{}: {}", fault.path, fault.problem);
            let what = if subject.valid {
                format!("we refuse: {}", ours.first().map(told).unwrap_or_default())
            } else {
                format!("we let pass: {}", subject.told.join("; "))
            };
            let key = what.chars().map(|letter| if letter.is_ascii_digit() { '#' } else { letter }).collect();
            let entry = disagreements.entry(key).or_insert((0, format!("{}\n{}", subject.name, subject.text)));
            entry.0 += 1;
        }
    }
    assert!(official >= 693 && mutants >= 5000 && refused * 3 > mutants, "{official} {mutants} {refused}");
    let told: Vec<String> =
        disagreements.iter().map(|(what, (count, example))| format!("{count} × {what}\n    {example}")).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
}

#[test]
fn what_official_templates_have_that_nobody_reads_is_told() {
    let mut unread: BTreeMap<String, usize> = BTreeMap::new();
    for subject in node::mutants(0).filter(|subject| !subject.name.starts_with("seed")) {
        let (_, faults) = read(&Node::parse(&subject.text).expect("it is JSON"));
        for fault in faults {
            if let Problem::UnknownKey { key, .. } = fault.problem {
                *unread.entry(key).or_default() += 1;
            }
        }
    }
    insta::assert_json_snapshot!(unread, @r#"
    {
      "//": 54,
      "default": 16,
      "let": 3,
      "secret": 206
    }
    "#);
}
