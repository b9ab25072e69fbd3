//! The expressions of Camunda's own element templates, each over several contexts made for it.
//!
//! Their texts are read from the npm package `@camunda/connectors-element-templates`, and are no part of this project.

use std::{collections::BTreeSet, fs, path::Path};

use opwright_feel::{Expression, Read};
use serde_json::{Map, Value, json};

use crate::{case::Case, compare::Comparison, oracle, ours};

/// Every text that begins with `=`, wherever it stands: values, defaults, placeholders.
fn expressions() -> BTreeSet<String> {
    let folder = oracle::workspace().join("tests/npm/node_modules/@camunda/connectors-element-templates");
    assert!(folder.is_dir(), "the npm packages are not installed: run `npm ci` in tests/npm, or scripts/test");
    let mut expressions = BTreeSet::new();
    collect_files(&folder.join("src"), &mut expressions);
    expressions
}

fn collect_files(folder: &Path, expressions: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect_files(&path, expressions);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            let text = fs::read_to_string(&path).expect("a file");
            collect(&serde_json::from_str(&text).expect("JSON"), expressions);
        }
    }
}

fn collect(json: &Value, expressions: &mut BTreeSet<String>) {
    match json {
        Value::String(text) if text.starts_with('=') => {
            expressions.insert(text.clone());
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, expressions)),
        Value::Object(map) => map.values().for_each(|value| collect(value, expressions)),
        _ => {}
    }
}

/// Nothing, and every variable with each of some kinds of value; then, for each `path = "text"` of the expression, with
/// that text in its place, so that each branch is taken.
fn contexts(expression: &str) -> Vec<Value> {
    let Ok(parsed) = Expression::parse(expression) else { return vec![json!({})] };
    let reads = parsed.reads();
    let leaves = [
        json!(null),
        json!("text"),
        json!("2026-03-01T12:00:00Z"),
        json!(12.5),
        json!(true),
        json!([{"name": "a", "value": 1}, {"name": "b", "value": null}]),
        json!({"name": "a", "value": [1, "x"]}),
    ];
    let mut contexts = vec![json!({})];
    contexts.extend(leaves.iter().map(|leaf| context(&reads, leaf)));
    for read in &reads {
        if let Some(text) = compared_with(expression, read) {
            for leaf in [&leaves[1], &leaves[6]] {
                let mut context = context(&reads, leaf);
                put(&mut context, &read.path, &json!(text));
                contexts.push(context);
            }
        }
    }
    contexts
}

fn context(reads: &[Read], leaf: &Value) -> Value {
    let mut context = json!({});
    let mut paths: Vec<_> = reads.iter().map(|read| &read.path).collect();
    // What has parts is a context, whatever else is read of it.
    paths.sort_by_key(|path| std::cmp::Reverse(path.len()));
    for path in paths {
        put_new(&mut context, path, leaf);
    }
    context
}

fn put_new(context: &mut Value, path: &[String], leaf: &Value) {
    let Some((first, rest)) = path.split_first() else { return };
    let Some(map) = context.as_object_mut() else { return };
    match rest {
        [] => {
            map.entry(first).or_insert_with(|| leaf.clone());
        }
        rest => put_new(map.entry(first).or_insert_with(|| json!({})), rest, leaf),
    }
}

fn put(context: &mut Value, path: &[String], value: &Value) {
    match path.split_first() {
        None => context.clone_from(value),
        Some((first, rest)) => {
            if !context.is_object() {
                *context = Value::Object(Map::new());
            }
            put(&mut context[first], rest, value);
        }
    }
}

/// The text that this variable is compared with.
fn compared_with(expression: &str, read: &Read) -> Option<String> {
    let after = expression.get(read.span.end()..)?.trim_start();
    let text = after.strip_prefix("!=").or(after.strip_prefix('='))?.trim_start().strip_prefix('"')?;
    text.split('"').next().map(str::to_owned)
}

#[test]
fn agrees_over_the_official_templates() {
    let expressions = expressions();
    assert!(expressions.len() >= 300, "{}", expressions.len());
    let mut cases = Vec::new();
    for (number, expression) in expressions.iter().enumerate() {
        for (index, context) in contexts(expression).into_iter().enumerate() {
            cases.push(Case::new(format!("template-{number}/{index}"), expression, context));
        }
    }
    let mut comparison = Comparison::default();
    for (case, theirs) in cases.iter().zip(oracle::outcomes(&cases)) {
        comparison.add(case, &ours::outcome(case), &theirs);
    }
    println!("official templates: {} expressions, {}", expressions.len(), comparison.summary());
    comparison.assert("templates");
    assert_eq!(comparison.deviations, []);
}
