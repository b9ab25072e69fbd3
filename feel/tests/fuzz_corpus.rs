//! The inputs that fuzzing has kept (`fuzz/corpus`), once more: none of them panics.

use std::panic::catch_unwind;

#[path = "../fuzz/checks.rs"]
mod checks;

fn replay(kept: &str, check: fn(&str)) {
    let inputs: Vec<String> =
        kept.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect();
    let failed: Vec<&String> = inputs.iter().filter(|input| catch_unwind(|| check(input)).is_err()).collect();
    assert!(failed.is_empty(), "{failed:#?}");
    assert!(inputs.len() >= 100, "{}", inputs.len());
}

#[test]
fn kept_inputs_parse_without_a_panic() {
    replay(include_str!("../fuzz/corpus/parse.jsonl"), checks::parse);
}

#[test]
fn kept_inputs_evaluate_without_a_panic() {
    replay(include_str!("../fuzz/corpus/evaluate.jsonl"), checks::evaluate);
}
