//! Our messages and calls beside those that Camunda publishes: in its npm package `@camunda8/sdk`, which `tests/npm` has.

use super::messages::{CALLS, HEALTH, MESSAGES};
use regex::Regex;
use std::collections::HashMap;
use std::path::Path;

/// What a `.proto` file declares, as far as we look at it.
#[derive(Debug, Default)]
struct Published {
    package: String,
    /// By message and field: type, label, number.
    fields: HashMap<(String, String), (String, String, u32)>,
    messages: Vec<String>,
    /// By enumeration: its values by number.
    enumerations: HashMap<String, Vec<(String, u32)>>,
    /// By name: what a call asks with, what it is answered with, and `stream` for each that is streamed.
    calls: HashMap<String, [String; 4]>,
}

fn published() -> Published {
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/npm/node_modules/@camunda8/sdk/dist/proto/zeebe.proto");
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| {
        panic!("{error}: {}: run `npm ci` in tests/npm, or scripts/test", file.display());
    });
    let pattern = |text: &str| Regex::new(text).expect("a pattern");
    let text = pattern(r"(?s)//[^\n]*|/\*.*?\*/").replace_all(&text, "");
    let statement = pattern(r"[^;{}]*[;{}]");
    let field = pattern(r"^(?:(repeated|optional)\s+)?([\w.]+)\s+(\w+)\s*=\s*(\d+)\s*(?:\[[^\]]*\])?$");
    let value = pattern(r"^(\w+)\s*=\s*(\d+)$");
    let call = pattern(r"^rpc\s+(\w+)\s*\(\s*(stream\s)?\s*(\w+)\s*\)\s*returns\s*\(\s*(stream\s)?\s*(\w+)\s*\)$");
    let mut read = Published::default();
    // What the statement at hand is in, from the outside in: a word such as `message`, and a name.
    let mut within: Vec<(String, String)> = Vec::new();
    for found in statement.find_iter(&text) {
        let (words, end) = found.as_str().split_at(found.as_str().len() - 1);
        let words = words.trim();
        if let Some(call) = call.captures(words) {
            let part = |number| call.get(number).map_or("", |part| part.as_str()).trim().to_owned();
            read.calls.insert(part(1), [part(3), part(2), part(5), part(4)]);
        } else if let (Some(package), ";") = (words.strip_prefix("package "), end) {
            package.trim().clone_into(&mut read.package);
        } else if let Some((kind, name)) = within.last() {
            if kind == "enum"
                && let Some(value) = value.captures(words)
            {
                let number = value[2].parse().expect("a number");
                read.enumerations.entry(name.clone()).or_default().push((value[1].to_owned(), number));
            } else if let (Some(field), Some((_, message))) =
                (field.captures(words), within.iter().rfind(|(kind, _)| kind == "message"))
            {
                // What is one of several may be absent.
                let label = if kind == "oneof" { "optional" } else { field.get(1).map_or("", |label| label.as_str()) };
                let label = label.to_owned();
                let told = (field[2].to_owned(), label, field[4].parse().expect("a number"));
                read.fields.insert((message.clone(), field[3].to_owned()), told);
            }
        }
        match end {
            "{" => {
                let (kind, name) = words.split_once(char::is_whitespace).unwrap_or((words, ""));
                if kind == "message" {
                    read.messages.push(name.trim().to_owned());
                }
                within.push((kind.to_owned(), name.trim().to_owned()));
            }
            "}" => drop(within.pop()),
            _ => {}
        }
    }
    assert!(within.is_empty(), "{within:?}");
    read
}

#[test]
fn our_fields_are_those_that_camunda_publishes() {
    let published = published();
    let mut compared = 0;
    for (message, fields) in MESSAGES {
        assert!(published.messages.iter().any(|name| name == message), "there is no {message}");
        for (name, kind, label, number) in *fields {
            let (their_kind, their_label, their_number) = published
                .fields
                .get(&((*message).to_owned(), (*name).to_owned()))
                .unwrap_or_else(|| panic!("{message} has no field {name}"));
            // A message that is not repeated may always be absent.
            let is_message = published.messages.contains(their_kind);
            let their_label = if is_message && their_label.is_empty() { "optional" } else { their_label.as_str() };
            assert_eq!((their_number, their_label), (number, *label), "{message}.{name}");
            // An enumeration has the form of an int32.
            let their_kind = if published.enumerations.contains_key(their_kind) { "int32" } else { their_kind };
            assert_eq!(their_kind, *kind, "{message}.{name}");
            compared += 1;
        }
    }
    assert!(compared > 40, "{compared}");
}

#[test]
fn our_calls_are_those_that_camunda_publishes() {
    let published = published();
    for (path, request, answer, streamed) in CALLS {
        let (gateway, name) = path.rsplit_once('/').expect("a path");
        assert_eq!(gateway, format!("/{}.Gateway", published.package));
        let streamed = if *streamed == "streamed" { "stream" } else { "" };
        assert_eq!(published.calls[name], [*request, "", *answer, streamed], "{name}");
    }
}

#[test]
fn a_healths_number_is_its_place() {
    let published = &published().enumerations["PartitionBrokerHealth"];
    let ours: Vec<_> = HEALTH.iter().zip(0..).map(|(name, number)| (name.to_uppercase(), number)).collect();
    assert_eq!(*published, ours);
}
