//! The project's own cases, `tests/corpus/*.jsonl`, with feel-scala's recorded answers beside them.
//!
//! A line is `{"id", "expression", "context"?, "mode"?, "input"?}`, as the oracle takes it, and the answer: `"ok"`,
//! `"result"`, `"value"`, for failures `"stage"`. A context that is a text names one of `tests/corpus/variables.json`.
//! `"deviation"` tells a line where the two differ on purpose.

use std::{collections::HashSet, fs, path::PathBuf};

use serde_json::{Map, Value};

use crate::{
    case::{Case, Outcome},
    compare::{Comparison, agree},
    deviation::deviation,
    oracle, ours,
};

struct Line {
    members: Map<String, Value>,
    case: Case,
}

struct File {
    path: PathBuf,
    lines: Vec<Line>,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("no JSON: {error}: {text}"))
}

fn files() -> Vec<File> {
    let contexts = parsed(&fs::read_to_string(folder().join("variables.json")).expect("a file"));
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder()).expect("the corpus is there").map(|entry| entry.expect("an entry").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    paths.sort();
    let file = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a file");
        let lines = text.lines().map(|text| line(&path, text, &contexts)).collect();
        File { path, lines }
    };
    paths.into_iter().map(file).collect()
}

fn line(path: &std::path::Path, text: &str, contexts: &Value) -> Line {
    let Value::Object(members) = parsed(text) else { panic!("no object: {text}") };
    let member = |name: &str| members.get(name).and_then(Value::as_str);
    let theme = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let context = members.get("context").map(|context| match context.as_str() {
        Some(name) => contexts.get(name).unwrap_or_else(|| panic!("no variables {name}")).clone(),
        None => context.clone(),
    });
    let case = Case {
        id: format!("{theme}/{}", member("id").unwrap_or_else(|| panic!("no id: {text}"))),
        expression: member("expression").unwrap_or_else(|| panic!("no expression: {text}")).to_owned(),
        context,
        unary: member("mode") == Some("unary"),
        input: members.get("input").cloned(),
    };
    Line { members, case }
}

pub(crate) fn cases() -> Vec<Case> {
    files().into_iter().flat_map(|file| file.lines).map(|line| line.case).collect()
}

impl Line {
    fn deviation(&self) -> Option<&str> {
        self.members.get("deviation").and_then(Value::as_str)
    }

    /// The line with this answer instead of its own.
    fn with(&self, answer: &Outcome, deviation: Option<String>) -> Map<String, Value> {
        let asked = ["id", "expression", "context", "mode", "input"];
        let kept = |name: &&str| self.members.get(*name).map(|value| ((*name).to_owned(), value.clone()));
        let mut members: Map<String, Value> = asked.iter().filter_map(kept).collect();
        members.extend(answer.record());
        members.extend(deviation.map(|deviation| ("deviation".to_owned(), Value::String(deviation))));
        members
    }
}

#[test]
fn agrees_with_the_recorded_answers() {
    let mut comparison = Comparison::default();
    for line in files().iter().flat_map(|file| &file.lines) {
        let theirs = Outcome::of(&Value::Object(line.members.clone()));
        let ours = ours::outcome(&line.case);
        let known = (!agree(&ours, &theirs)).then(|| deviation(&line.case, &ours, &theirs)).flatten();
        if known.map(|deviation| deviation.to_string()).as_deref() == line.deviation() {
            comparison.add(&line.case, &ours, &theirs);
        } else {
            comparison.disagree(&line.case, &ours, &theirs);
        }
    }
    comparison.assert("recorded");
}

#[test]
fn ids_are_unique_and_cases_many() {
    let files = files();
    let ids: Vec<&str> = files.iter().flat_map(|file| &file.lines).map(|line| line.case.id.as_str()).collect();
    let mut seen = HashSet::new();
    let twice: Vec<&&str> = ids.iter().filter(|id| !seen.insert(**id)).collect();
    assert_eq!(twice, Vec::<&&str>::new());
    assert!(ids.len() > 1_600, "{}", ids.len());
}

#[test]
fn recorded_answers_are_feel_scalas() {
    let record = std::env::var_os("FEEL_RECORD").is_some();
    let mut comparison = Comparison::default();
    let mut other_answers = Comparison::default();
    let files = files();
    let mut outcomes = oracle::outcomes(&cases()).into_iter();
    for file in &files {
        let mut text = String::new();
        for line in &file.lines {
            let theirs = outcomes.next().expect("an outcome");
            let ours = ours::outcome(&line.case);
            comparison.add(&line.case, &ours, &theirs);
            let known = (!agree(&ours, &theirs)).then(|| deviation(&line.case, &ours, &theirs)).flatten();
            let answered = line.with(&theirs, known.map(|deviation| deviation.to_string()));
            if !record && answered != line.members {
                other_answers.disagree(&line.case, &Outcome::of(&Value::Object(line.members.clone())), &theirs);
            }
            text.push_str(&Value::Object(answered).to_string());
            text.push('\n');
        }
        if record {
            fs::write(&file.path, text).expect("the corpus can be written");
        }
    }
    println!("corpus: {}", comparison.summary());
    other_answers.assert("other-answers");
    comparison.assert("live");
}
