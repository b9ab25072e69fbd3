//! A mutation check: every fact of every definition, changed one at a time, changes every artefact
//! that shows it, or makes the definition unsound. Nothing that an author states is without effect.

use crate::artefacts::generated;
use crate::bookshop;
use crate::events;
use opwright::check;
use opwright::definition::ConnectorDefinition;
use opwright::generate::docs::DocTemplates;
use opwright::generate::{Artefact, artefacts};
use opwright::power_automate::PowerAutomate;
use opwright::{Connector, ConnectorInputs};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

/// One changed fact.
pub(crate) struct Mutant {
    /// Where, as a JSON pointer into the definition.
    pub(crate) path: String,
    /// What was done.
    pub(crate) change: &'static str,
    pub(crate) definition: Value,
}

/// Every leaf changed, every array without each of its items, every object without each of its members.
pub(crate) fn mutants(definition: &Value) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    walk(definition, "", &mut |path, value| {
        let mut add = |change, path: &str, replacement: Option<Value>| {
            let mut mutated = definition.clone();
            match replacement {
                Some(replacement) => *mutated.pointer_mut(path).expect("a known path") = replacement,
                None => remove(&mut mutated, path),
            }
            mutants.push(Mutant { path: path.to_owned(), change, definition: mutated });
        };
        match value {
            // The first paragraph is what every artefact shows of a description.
            Value::String(text) if path.ends_with("/description") => {
                add("changed", path, Some(json!(format!("q{text}"))));
            }
            Value::String(text) => add("changed", path, Some(json!(changed_text(text)))),
            Value::Number(number) => {
                let changed = number
                    .as_i64()
                    .map_or_else(|| json!(number.as_f64().unwrap_or_default() + 1.0), |number| json!(number + 1));
                add("changed", path, Some(changed));
            }
            Value::Bool(value) => add("flipped", path, Some(json!(!value))),
            Value::Array(items) => (0..items.len()).for_each(|index| add("removed", &format!("{path}/{index}"), None)),
            Value::Object(members) => {
                for name in members.keys() {
                    add("removed", &format!("{path}/{}", name.replace('~', "~0").replace('/', "~1")), None);
                }
            }
            Value::Null => {}
        }
    });
    mutants.retain(|mutant| !is_implied(definition, mutant));
    mutants
}

/// What schemars writes beside a keyword that says it already: the range of an integer's type within
/// narrower bounds, zero as the least natural number, and null beside not being required.
fn is_implied(definition: &Value, mutant: &Mutant) -> bool {
    let beside = |keyword: &str| {
        mutant
            .path
            .rsplit_once('/')
            .and_then(|(parent, _)| definition.pointer(&format!("{parent}/{keyword}")))
            .is_some()
    };
    let implied_format = mutant.path.ends_with("/format")
        && mutant.change == "removed"
        && (beside("minimum") && beside("maximum") || beside("format") && is_number(definition, &mutant.path));
    let natural =
        mutant.path.ends_with("/minimum") && definition.pointer(&mutant.path) == Some(&json!(0)) && beside("format");
    // An absent member is what a null one is.
    let absent = mutant.change == "removed" && definition.pointer(&mutant.path) == Some(&Value::Null);
    // What a field says of itself stands before what its type does.
    let hidden_description = mutant.path.strip_suffix("/anyOf/0/description");
    if hidden_description.is_some_and(|field| definition.pointer(&format!("{field}/description")).is_some()) {
        return true;
    }
    let null_choice = mutant.path.contains("/enum/") && definition.pointer(&mutant.path) == Some(&Value::Null);
    implied_format || natural || absent || null_choice || mutant.path.ends_with("/type/1") && mutant.change == "removed"
}

/// A float's format says nothing that JSON could tell apart.
fn is_number(definition: &Value, path: &str) -> bool {
    definition.pointer(path).is_some_and(|format| format == "double" || format == "float" || format == "int64")
}

/// A text that differs but keeps its shape, so that a pattern stays anchored and FEEL stays FEEL.
fn changed_text(text: &str) -> String {
    match text.strip_suffix('$') {
        Some(pattern) if text.starts_with('^') => format!("{pattern}q?$"),
        _ if text.starts_with('=') => format!("= context put({}, \"q\", 1)", text[1..].trim()),
        _ => format!("{text}q"),
    }
}

fn walk(value: &Value, path: &str, visit: &mut impl FnMut(&str, &Value)) {
    visit(path, value);
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| walk(item, &format!("{path}/{index}"), visit));
        }
        Value::Object(members) => {
            for (name, member) in members {
                walk(member, &format!("{path}/{}", name.replace('~', "~0").replace('/', "~1")), visit);
            }
        }
        _ => {}
    }
}

fn remove(root: &mut Value, path: &str) {
    let (parent, name) = path.rsplit_once('/').expect("a path below the root");
    match root.pointer_mut(parent).expect("a known path") {
        Value::Array(items) => {
            items.remove(name.parse().expect("an index"));
        }
        Value::Object(members) => {
            members.shift_remove(&name.replace("~1", "/").replace("~0", "~"));
        }
        _ => unreachable!("only arrays and objects have children"),
    }
}

/// The kinds of artefact that show the fact at `path`. A fact that is listed nowhere is a failure.
fn shown_in(path: &str, hosted: bool) -> Vec<&'static str> {
    let keys: Vec<&str> = path.split('/').skip(1).collect();
    let last = keys.iter().rev().find(|key| key.parse::<usize>().is_err()).copied().unwrap_or_default();
    let output = keys.get(2) == Some(&"output");
    let inside_choice = keys.contains(&"x-choices");
    if keys.first() == Some(&"events") {
        return shown_of_event(&keys, last);
    }
    let shown: &[&str] = match (keys.first().copied().unwrap_or_default(), last) {
        _ if output && keys.contains(&"examples") => &["docs"],
        _ if output && inside_choice => &["schemas", "docs"],
        _ if output => &["schemas"],
        (_, "description") if inside_choice => &["schemas", "element-templates", "docs"],
        (_, "value" | "label") if inside_choice => &["schemas", "element-templates", "docs"],
        _ if keys.contains(&"x-group") => &["element-templates"],
        _ if keys.contains(&"x-when") => &["element-templates", "docs"],
        _ if keys.contains(&"examples") => &["schemas", "docs"],
        _ if keys.contains(&"x-place") => {
            if hosted {
                &["element-templates", "docs"]
            } else {
                &["docs"]
            }
        }
        (_, "scope") if hosted => &["element-templates", "docs"],
        _ if keys.contains(&"x-scheme") => &["docs"],
        ("documentation" | "keywords" | "templateId" | "jobType" | "version", _) => &["element-templates", "docs"],
        ("icon" | "extensionProperties", _) => &["element-templates", "bpmn"],
        ("category" | "camunda", _) => &["element-templates"],
        ("deprecated", _) => &["element-templates", "docs"],
        ("elements" | "hybrid", _) => &["element-templates", "docs", "bpmn"],
        ("guide" | "succeeds", _) => &["docs"],
        ("id" | "name", _) => &["element-templates", "schemas", "docs"],
        ("description", _) => &["element-templates", "docs"],
        ("http", _) => {
            if hosted {
                &["element-templates", "docs", "bpmn"]
            } else {
                &["docs"]
            }
        }
        ("operations", "id" | "name") if keys.len() == 3 => &["element-templates", "schemas", "docs", "bpmn"],
        ("operations", "description") if keys.len() == 3 => &["element-templates", "schemas", "docs"],
        ("operations", "resultVariable" | "resultExpression" | "errorExpression") if keys.len() == 3 => {
            &["element-templates", "docs", "bpmn"]
        }
        ("operations", "keywords") if keys.get(2) == Some(&"keywords") => &["element-templates", "docs"],
        ("operations", "http") => &["docs", "bpmn"],
        ("operations", "idempotent") => &["docs"],
        ("operations", "method" | "path") => {
            if hosted {
                &["element-templates", "docs", "bpmn"]
            } else {
                &["docs"]
            }
        }
        // What a list holds is FEEL in the panel, and a whole list's bounds are in its description.
        (_, "required" | "default" | "pattern" | "maxLength" | "minimum" | "maximum" | "x-max-bytes")
            if !keys.contains(&"items") =>
        {
            &["schemas", "docs", "element-templates"]
        }
        (_, "minItems" | "maxItems") => &["schemas", "docs", "element-templates"],
        (_, "required" | "default" | "pattern" | "minLength" | "maxLength" | "minimum" | "maximum") => {
            &["schemas", "docs"]
        }
        (_, "title" | "description") => &["element-templates", "schemas", "docs"],
        (_, "x-tooltip" | "x-placeholder" | "x-pattern-message") => &["element-templates", "docs"],
        (_, "x-feel" | "x-control" | "x-generated") => &["element-templates"],
        (_, "x-secret") => &["schemas", "docs"],
        (_, "writeOnly") => &["schemas"],
        (
            _,
            "const"
            | "format"
            | "type"
            | "oneOf"
            | "anyOf"
            | "items"
            | "properties"
            | "x-choices"
            | "operations"
            | "contentMediaType"
            | "contentSchema"
            | "additionalProperties",
        ) => &[],
        (_, property) if keys.len() >= 2 && keys[keys.len() - 2] == "properties" && !property.is_empty() => {
            &["schemas", "element-templates", "docs"]
        }
        _ => panic!("no artefact is known to show {path}: add it to the table, or remove the fact"),
    };
    shown.to_vec()
}

/// The same of a fact of an event.
fn shown_of_event(keys: &[&str], last: &str) -> Vec<&'static str> {
    let shown: &[&str] = match (keys.get(2).copied().unwrap_or_default(), last) {
        ("" | "id" | "name", _) => &["element-templates", "schemas", "docs", "bpmn"],
        ("description", _) => &["element-templates", "schemas", "docs"],
        ("version" | "eventType" | "resultVariable" | "resultExpression", _) => &["element-templates", "docs", "bpmn"],
        ("keywords" | "elements" | "correlationDescription", _) => &["element-templates", "docs"],
        ("journey", _) => &["bpmn"],
        ("payload", "examples") => &["schemas", "docs"],
        // Choices of one name have one table.
        ("payload", _) => &["schemas"],
        _ => panic!("no artefact is known to show {}: add it to the table, or remove the fact", keys.join("/")),
    };
    shown.to_vec()
}

/// Whether a path leads to what is said of a field without a control.
fn is_hidden(definition: &Value, path: &str) -> bool {
    let beside = path.strip_suffix("/title").or_else(|| path.strip_suffix("/description"));
    beside.is_some_and(|field| definition.pointer(&format!("{field}/x-control")) == Some(&json!("hidden")))
}

fn by_path(artefacts: &[Artefact]) -> BTreeMap<String, String> {
    artefacts.iter().map(|artefact| (artefact.path.clone(), artefact.content.clone())).collect()
}

fn check_mutants(connector: &Connector) {
    let definition = connector.definition();
    let sound = generated(definition);
    let files = by_path(&sound);
    let hosted = sound.iter().any(|artefact| artefact.path.contains("-hosted"));
    let value = serde_json::to_value(definition).expect("JSON");
    let mutants = mutants(&value);
    let (mut refused, mut survivors) = (0, Vec::new());
    for mutant in &mutants {
        let Ok(Ok(mutated)) =
            serde_json::from_value::<ConnectorDefinition>(mutant.definition.clone()).map(Connector::from_definition)
        else {
            refused += 1;
            continue;
        };
        // Of what the definition's own checks let pass, the linter refuses some.
        let Ok(changed) = artefacts([mutated.definition()], &DocTemplates::built_in()) else {
            refused += 1;
            continue;
        };
        let stale = check::compare(&changed, &files);
        let changed: BTreeSet<&str> = stale.iter().filter_map(|stale| stale.path.split('/').next()).collect();
        let missing = shown_in(&mutant.path, hosted).into_iter().filter(|kind| !changed.contains(kind));
        // What has no field has no label.
        let hidden = is_hidden(&value, &mutant.path);
        let missing: Vec<&str> = missing.filter(|kind| !(hidden && *kind == "element-templates")).collect();
        if stale.is_empty() || !missing.is_empty() {
            survivors.push(format!("{} {}: unchanged {missing:?}", mutant.path, mutant.change));
        }
    }
    // Not `println!`: the counts are for everybody to see, also when the test passes.
    let _ = writeln!(
        std::io::stderr(),
        "{}: {} mutants, {refused} unsound (nothing is generated), {} killed by --check, {} survivors",
        definition.id,
        mutants.len(),
        mutants.len() - refused - survivors.len(),
        survivors.len()
    );
    assert!(survivors.is_empty(), "{} survivors:\n{}", survivors.len(), survivors.join("\n"));
    assert!(mutants.len() > 200, "only {} mutants: the definition was not enumerated", mutants.len());
}

#[test]
fn every_fact_of_power_automate_is_shown() {
    check_mutants(&PowerAutomate::bind().unwrap_or_else(|error| panic!("{error}")));
}

#[test]
fn every_fact_of_postage_is_shown() {
    check_mutants(&postage::Postage::bind().unwrap_or_else(|error| panic!("{error}")));
}

#[test]
fn every_fact_of_the_bookshop_is_shown() {
    check_mutants(&bookshop::connector());
}

/// A name in an expression that lacks a letter is none that the operation returns.
#[test]
fn a_slip_in_any_name_of_an_expression_is_refused() {
    let power_automate = PowerAutomate::bind().unwrap_or_else(|error| panic!("{error}"));
    let postage = postage::Postage::bind().unwrap_or_else(|error| panic!("{error}"));
    let mut slips = 0;
    let parcels = Connector::from_definition(events::definition()).unwrap_or_else(|error| panic!("{error}"));
    for connector in [&power_automate, &postage, &bookshop::connector(), &parcels] {
        let definition = connector.definition();
        let operations = definition.operations.iter().map(|operation| &operation.result_expression);
        let events = definition.events.iter().map(|event| &event.result_expression);
        for (index, text) in operations.chain(events).enumerate() {
            let Some(text) = text else { continue };
            let expression = opwright_feel::Expression::parse(text).unwrap_or_else(|error| panic!("{error}"));
            for read in expression.reads() {
                for name in &read.path {
                    let place = read.span.start() + read.span.of(text).find(name).expect("a name that is read");
                    let mut slip = definition.clone();
                    let misspelt = Some(format!("{}{}", &text[..place], &text[place + 1..]));
                    match index.checked_sub(slip.operations.len()) {
                        None => slip.operations[index].result_expression = misspelt,
                        Some(event) => slip.events[event].result_expression = misspelt,
                    }
                    let error = Connector::from_definition(slip).expect_err(text).to_string();
                    assert!(error.contains(&format!("`{name}`")), "it should name `{name}`: {error}");
                    slips += 1;
                }
            }
        }
    }
    assert!(slips > 10, "only {slips} names were found");
}

/// The literals of the attributes in the definitions' sources are all in the definition: none is lost
/// between what an author writes and what is mutated above.
#[test]
fn every_literal_of_the_source_is_in_the_definition() {
    let definition = PowerAutomate::bind().unwrap_or_else(|error| panic!("{error}")).definition().clone();
    let text = serde_json::to_value(&definition).expect("JSON");
    let mut known = Vec::new();
    walk(&text, "", &mut |path, value| {
        known.push(path.rsplit('/').next().unwrap_or_default().to_owned());
        known.push(value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    });
    let literal = regex::Regex::new(r##"r"([^"]*)"|r#"(.*?)"#|"((?:[^"\\]|\\.)*)"|= ([0-9_]+)"##).expect("a pattern");
    let placeholder = regex::Regex::new(r"\{([a-z_]+)\}").expect("a pattern");
    let mut count = 0;
    for source in [
        include_str!("../../src/power_automate/mod.rs"),
        include_str!("../../src/power_automate/authentication.rs"),
        include_str!("../../src/power_automate/events.rs"),
        include_str!("../../src/power_automate/operations.rs"),
        include_str!("../../src/power_automate/values.rs"),
    ] {
        for attribute in attributes(source) {
            for captures in literal.captures_iter(&attribute) {
                let text = (1..=4).find_map(|group| captures.get(group)).map_or("", |found| found.as_str());
                let wire = placeholder
                    .replace_all(text, |name: &regex::Captures<'_>| format!("{{{}}}", camel_case(&name[1])))
                    .replace("\\\"", "\"");
                let number = wire.replace('_', "");
                let function = wire == "normal_priority" || attribute.contains(&format!("include_str!(\"{text}\")"));
                // What `format!` puts together is there with something in its gap.
                let is_told = |fact: &String| match wire.split_once("{}") {
                    Some((before, after)) => {
                        fact.len() > before.len() + after.len() && fact.starts_with(before) && fact.ends_with(after)
                    }
                    None => *fact == wire || *fact == number,
                };
                assert!(function || known.iter().any(is_told), "`{text}` of {attribute} is nowhere in the definition");
                count += 1;
            }
        }
    }
    let _ = writeln!(std::io::stderr(), "{count} literals of the source are in the definition");
    assert!(count > 60, "only {count} literals were found");
}

/// The texts of the attributes in a source, without doc comments.
fn attributes(source: &str) -> Vec<String> {
    let mut attributes = Vec::new();
    let mut rest = source;
    while let Some(start) = rest.find("#[") {
        let (mut depth, mut quoted, mut end) = (0_usize, false, rest.len());
        for (index, letter) in rest[start..].char_indices() {
            match letter {
                '"' => quoted = !quoted,
                '[' if !quoted => depth += 1,
                ']' if !quoted => depth -= 1,
                _ => {}
            }
            if depth == 0 && letter == ']' {
                end = start + index + 1;
                break;
            }
        }
        attributes.push(rest[start..end].to_owned());
        rest = &rest[end..];
    }
    attributes
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let mut letters = word.chars();
        name + &letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
    })
}
