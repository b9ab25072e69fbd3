//! Elements moved from template to template in the file, against what Modeler's own Update saves.

use crate::node::in_modeler;
use crate::update::{Case, every, official_pairs};
use opwright::diagram::{Diagram, Move};
use regex::Regex;
use serde_json::{Value, json};
use std::io::Write;

/// Numbers that look random and are the same in every run.
pub(crate) fn random() -> impl FnMut() -> u128 {
    let mut state: u128 = 1;
    move || {
        state = state.wrapping_mul(0xda94_2042_e4dd_58b5_da94_2042_e4dd_58b5).wrapping_add(1);
        state
    }
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("no {key} in {value}"))
}

/// A diagram with what is made anew in each left out.
fn comparable(xml: &str) -> String {
    let made = [
        (r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", "(a UUID)"),
        (r"Message_[0-9a-z]{7}", "Message_(new)"),
    ];
    made.iter().fold(xml.to_owned(), |xml, (pattern, name)| {
        Regex::new(pattern).expect("a pattern").replace_all(&xml, *name).into_owned()
    })
}

/// The first line that is another one.
fn difference(ours: &str, modelers: &str) -> Option<String> {
    let (ours, modelers): (Vec<&str>, Vec<&str>) = (ours.lines().collect(), modelers.lines().collect());
    let index = (0..ours.len().max(modelers.len())).find(|index| ours.get(*index) != modelers.get(*index))?;
    Some(format!("line {}: {:?}, Modeler {:?}", index + 1, ours.get(index), modelers.get(index)))
}

/// What both make of a case: the diagram that Modeler saves of its own and of ours, and the values in them.
fn compared(cases: &[Case<'_>]) -> (Vec<String>, usize) {
    let saved = in_modeler("saved", cases.iter().map(|case| case.line() + "\n").collect());
    assert_eq!(saved.len(), cases.len());
    let (mut lines, mut found) = (String::new(), Vec::new());
    for (case, answer) in cases.iter().zip(&saved) {
        assert_eq!(answer.get("error"), None, "{}", case.pair.name);
        let diagram = Diagram::parse(text(answer, "saved")).expect("BPMN");
        let (old, new) = (&case.pair.old.0, &case.pair.new.0);
        let index = diagram.elements().iter().position(|element| Some(&element.template) == old.id.as_ref());
        let index = index.expect("the element");
        let step = Move::update(&diagram.elements()[index], old, new);
        let (moved, after) = diagram.with(index, &step, &mut random()).expect("it is moved");
        // What is told of the element is what is in the file.
        for binding in &case.bindings {
            let written = moved.elements()[index].holds.at(binding);
            if written.map(opwright::compat::Entry::text) != after.at(binding).map(opwright::compat::Entry::text) {
                found.push(format!("{} {binding}: told {:?}, written {written:?}", case.pair.name, after.at(binding)));
            }
        }
        let templates = json!([case.pair.old.1, case.pair.new.1]);
        let line = json!({ "xml": moved.text(), "templates": templates, "id": new.id, "bindings": case.bindings });
        lines += &format!("{line}\n");
    }
    let opened = in_modeler("opened", lines);
    assert_eq!(opened.len(), cases.len());
    let mut values = 0;
    for ((case, modelers), ours) in cases.iter().zip(&saved).zip(&opened) {
        assert_eq!(ours.get("error"), None, "{}", case.pair.name);
        assert_eq!(ours["warnings"], json!([]), "{}", case.pair.name);
        let [ours_after, modelers_after] = [ours, modelers].map(|answer| comparable(&answer["after"].to_string()));
        values += ours["after"].as_array().map_or(0, Vec::len);
        if ours_after != modelers_after {
            found.push(format!("{}: values {ours_after}, Modeler {modelers_after}", case.pair.name));
        }
        if let Some(difference) = difference(&comparable(text(ours, "xml")), &comparable(text(modelers, "xml"))) {
            found.push(format!("{}: {difference}", case.pair.name));
        }
    }
    (found, values)
}

#[test]
fn an_official_update_of_the_file_is_that_of_modeler() {
    let pairs = official_pairs();
    let sampled = pairs.iter().step_by(every());
    let cases: Vec<Case<'_>> = sampled.flat_map(|pair| [Case::new(pair, false), Case::new(pair, true)]).collect();
    let (found, values) = compared(&cases);
    let _ = writeln!(std::io::stderr(), "{} diagrams, {values} values, {} differences", cases.len(), found.len());
    assert!(values > 400, "only {values} values");
    assert_eq!(found, [""; 0]);
}
