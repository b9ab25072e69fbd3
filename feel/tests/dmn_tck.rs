//! The DMN Technology Compatibility Kit with both engines: how often each is right, and how often they give the same.
//!
//! It cannot be fetched by the project's tests. With a copy of <https://github.com/dmn-tck/tck>:
//! `DMN_TCK=/path/of/tck cargo test -p opwright-feel --test dmn_tck -- --nocapture`.
//!
//! Counted are decisions that are one literal expression and require nothing. A list of one stands for its item where
//! the standard would convert it; the declared types of decisions are not looked at.

#![allow(clippy::print_stdout, reason = "the figures are shown")]
#![allow(dead_code, reason = "modules of the other test program, which uses all of them")]

#[path = "suite/case.rs"]
mod case;
#[path = "suite/compare.rs"]
mod compare;
#[path = "suite/deviation.rs"]
mod deviation;
#[path = "suite/oracle.rs"]
mod oracle;
#[path = "suite/ours.rs"]
mod ours;
#[path = "suite/rendering.rs"]
mod rendering;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use roxmltree::{Document, Node};
use serde_json::json;

use crate::{
    case::{Case, Outcome},
    compare::agree,
    rendering::Rendered,
};

const TYPE: (&str, &str) = ("http://www.w3.org/2001/XMLSchema-instance", "type");
const NIL: (&str, &str) = ("http://www.w3.org/2001/XMLSchema-instance", "nil");

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, found);
        } else if path.to_string_lossy().contains("-test-") && path.extension().is_some_and(|end| end == "xml") {
            found.push(path);
        }
    }
}

fn child<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.children().find(|child| child.tag_name().name() == name)
}

fn children<'a, 'input>(node: Node<'a, 'input>, name: &'a str) -> impl Iterator<Item = Node<'a, 'input>> {
    node.children().filter(move |child| child.tag_name().name() == name)
}

/// The text of each stand-alone literal expression, by the name of its decision.
fn expressions(model: &str) -> BTreeMap<String, String> {
    let document = Document::parse(model).expect("XML");
    let decisions = document.descendants().filter(|node| node.tag_name().name() == "decision");
    let literal = |decision: Node<'_, '_>| {
        let required = ["informationRequirement", "knowledgeRequirement"];
        let text = child(child(decision, "literalExpression")?, "text")?.text()?;
        let alone = !required.iter().any(|name| child(decision, name).is_some());
        alone.then_some((decision.attribute("name")?.to_owned(), text.to_owned()))
    };
    decisions.filter_map(literal).collect()
}

/// The value that a test expects; a time, a date or a duration is read as FEEL reads it.
fn expected(node: Node<'_, '_>) -> Rendered {
    if let Some(list) = child(node, "list") {
        return Rendered::List(children(list, "item").map(expected).collect());
    }
    let components: BTreeMap<Vec<u16>, Rendered> = children(node, "component")
        .map(|component| (units(component.attribute("name").unwrap_or_default()), expected(component)))
        .collect();
    if !components.is_empty() {
        return Rendered::Context(components);
    }
    let null = || Rendered::Plain("null".to_owned());
    let Some(value) = child(node, "value") else { return null() };
    if value.attribute(NIL) == Some("true") {
        return null();
    }
    let text = value.text().unwrap_or_default();
    match value.attribute(TYPE).map(|name| name.rsplit(':').next().unwrap_or(name)) {
        Some("string") => Rendered::Text(units(text)),
        Some("boolean") => Rendered::Plain(text.trim().to_owned()),
        Some("decimal" | "double" | "integer") => Rendered::Plain(format!("number({}", text.trim())),
        Some(_) => {
            let case = Case::new("expected", format!("@\"{}\"", text.trim()), json!({}));
            match ours::outcome(&case) {
                Outcome::Value { value, .. } => Rendered::of(&value),
                _ => null(),
            }
        }
        None => null(),
    }
}

fn units(text: &str) -> Vec<u16> {
    text.encode_utf16().collect()
}

/// Whether this is the expected value; an evaluation that fails gives null, as in a decision.
fn is_right(outcome: &Outcome, expected: &Rendered) -> bool {
    let null = Rendered::Plain("null".to_owned());
    let value = match outcome {
        Outcome::Value { value, .. } => Rendered::of(value),
        _ => null,
    };
    same(&value, expected)
        || matches!((&value, expected), (Rendered::List(items), _) if items.len() == 1 && same(&items[0], expected))
        || matches!((&value, expected), (_, Rendered::List(items)) if items.len() == 1 && same(&value, &items[0]))
}

/// Numbers may differ in the digits that the kit's own runner rounds.
fn same(value: &Rendered, expected: &Rendered) -> bool {
    let near = |(value, expected): (f64, f64)| (value - expected).abs() <= 1e-8 * expected.abs().max(1.0);
    value.same_as(expected, &|value, expected| value.number().zip(expected.number()).is_some_and(near))
}

fn cases(folder: &Path) -> Vec<(Case, Rendered)> {
    let mut tests = Vec::new();
    files(folder, &mut tests);
    tests.sort();
    let mut cases = Vec::new();
    for path in tests {
        let text = fs::read_to_string(&path).expect("a file");
        let document = Document::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let root = document.root_element();
        let Some(model) = child(root, "modelName").and_then(|name| name.text()) else { continue };
        let Ok(model) = fs::read_to_string(path.with_file_name(model.trim())) else { continue };
        let expressions = expressions(&model);
        for test in children(root, "testCase") {
            for node in children(test, "resultNode") {
                let name = node.attribute("name").unwrap_or_default();
                let (Some(expression), Some(value)) = (expressions.get(name), child(node, "expected")) else {
                    continue;
                };
                let stem = path.file_stem().unwrap_or_default().to_string_lossy();
                let id = format!("{stem}/{}", test.attribute("id").unwrap_or_default());
                cases.push((Case::new(id, expression, json!({})), expected(value)));
            }
        }
    }
    cases
}

#[test]
fn verdicts_are_feel_scalas() {
    let folder = std::env::var("DMN_TCK").expect("DMN_TCK names a copy of https://github.com/dmn-tck/tck");
    let (cases, expectations): (Vec<Case>, Vec<Rendered>) =
        cases(&Path::new(&folder).join("TestCases")).into_iter().unzip();
    let (mut right, mut theirs_right, mut same_verdicts, mut same_values) = (0, 0, 0, 0);
    let mut differences = Vec::new();
    for ((case, expected), theirs) in cases.iter().zip(&expectations).zip(oracle::outcomes(&cases)) {
        let ours = ours::outcome(case);
        let (verdict, their_verdict) = (is_right(&ours, expected), is_right(&theirs, expected));
        right += usize::from(verdict);
        theirs_right += usize::from(their_verdict);
        same_verdicts += usize::from(verdict == their_verdict);
        if agree(&ours, &theirs) {
            same_values += 1;
        } else {
            let Case { id, expression, .. } = case;
            differences.push(format!(
                "{id}: {expression}\n  ours:   {ours}\n  theirs: {theirs}\n  request: {}\n",
                case.request()
            ));
        }
    }
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("dmn-tck.txt");
    fs::write(&file, differences.concat()).expect("a file");
    let all = cases.len();
    #[allow(clippy::cast_precision_loss, reason = "there are some thousand cases")]
    let percent = |count: usize| format!("{count} ({:.2} %)", 100.0 * count as f64 / all as f64);
    println!("{all} expressions; right: {}, feel-scala {}", percent(right), percent(theirs_right));
    println!("same verdict: {}, same value: {}", percent(same_verdicts), percent(same_values));
    assert!(same_verdicts * 1_000 >= all * 995, "the differences are in {}", file.display());
}
