//! Elements moved from template to template in the file, against what Modeler's own Update saves.

mod by_hand;
pub(crate) mod bytes;
mod others;

use crate::node::{in_modeler, official_templates};
use crate::update::{Case, every, official_pairs};
use opwright::diagram::{Diagram, Move};
use opwright::generate::artefacts;
use opwright::generate::docs::DocTemplates;
use opwright::power_automate::PowerAutomate;
use opwright::template::{Binding, ElementTemplate};
use opwright::{Connector, ConnectorInputs as _};
use regex::Regex;
use serde_json::{Value, json};
use std::io::Write;
use std::process::Command;

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

/// A diagram with what is made anew in each left out, and the place of a label, which the drawing has of every name.
fn comparable(xml: &str) -> String {
    let made = [
        (r"\s*<bpmndi:BPMNLabel />", ""),
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
        let moved = diagram.with(&[(index, step)], &mut random()).expect("it is moved");
        let templates = json!([case.pair.old.1, case.pair.new.1]);
        let line = json!({ "xml": moved.text(), "templates": templates, "id": new.id, "bindings": case.bindings });
        lines += &(line.to_string() + "\n");
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

/// The stock template of Power Automate, in a version.
fn stock(version: i64) -> (ElementTemplate, Value) {
    let is_it = |template: &ElementTemplate| {
        template.id.as_deref() == Some("io.camunda.connectors.PowerAutomate.v1") && template.version == Some(version)
    };
    official_templates().into_iter().find(|(template, _)| is_it(template)).expect("the stock template")
}

/// What is entered into the stock template, by bindings.
type Stock = [(&'static str, &'static str)];

const ORGANIZATION: &Stock = &[("zeebe:input organizationUri", "https://org11aaa11a.crm4.dynamics.com")];
const OAUTH: &Stock = &[
    ("zeebe:input authentication.type", "oauth-client-credentials-flow"),
    ("zeebe:input authentication.oauthTokenEndpoint", "https://login.microsoftonline.com/tenant/oauth2/v2.0/token"),
    ("zeebe:input authentication.clientId", "{{secrets.ID}}"),
    ("zeebe:input authentication.clientSecret", "{{secrets.SECRET}}"),
];
const BEARER: &Stock =
    &[("zeebe:input authentication.type", "bearer"), ("zeebe:input authentication.token", "{{secrets.TOKEN}}")];
const TRIGGER: &Stock = &[
    ("zeebe:input operationType", "triggerFlowRun"),
    ("zeebe:input workflowId", "0a1b2c3d-1111-2222-3333-444455556666"),
    ("zeebe:input connectionName", "shared-connection"),
    ("zeebe:input runMode", "unattended"),
    ("zeebe:input runPriority", "high"),
    ("zeebe:input runTimeout", "120"),
    ("zeebe:input runInputs", "= {invoice: invoiceId}"),
    ("zeebe:taskHeader resultExpression", "={session: response.body.flowsessionId, waited: runTimeout}"),
    ("zeebe:input connectionTimeoutInSeconds", "60"),
    ("zeebe:taskDefinition retries", "5"),
];
const STATUS: &Stock = &[("zeebe:input flowSessionId", "=session"), ("zeebe:taskHeader resultVariable", "status")];
// Its id is none.
const OUTPUTS: &Stock = &[("zeebe:input operationType", "getFlowOutputs"), ("zeebe:input flowSessionId", "12")];

/// Where the stock template's values are found in ours, and what they are there: what a person would expect.
fn expected(from: &str, value: &str) -> Option<(Binding, String)> {
    let (to, value) = match (from, value) {
        ("zeebe:input operationType", "triggerFlowRun") => ("zeebe:taskHeader operation", "trigger-flow-run"),
        ("zeebe:input operationType", "getFlowOutputs") => ("zeebe:taskHeader operation", "get-flow-outputs"),
        ("zeebe:input runTimeout", _) => ("zeebe:input timeout", value),
        ("zeebe:input runInputs", _) => ("zeebe:input inputs", value),
        ("zeebe:input connectionTimeoutInSeconds", _) => return None,
        _ => (from, value),
    };
    Some((Binding::named(to).expect("a binding"), value.to_owned()))
}

#[test]
fn a_stock_power_automate_task_becomes_ours() {
    let operations: [(&str, &Stock); 3] = [("trigger", TRIGGER), ("status", STATUS), ("outputs", OUTPUTS)];
    let mut cases = Vec::new();
    for (operation, entered) in operations {
        for (authentication, credentials) in [("oauth", OAUTH), ("bearer", BEARER)] {
            cases.push((format!("{operation}-{authentication}"), 4, [ORGANIZATION, entered, credentials].concat()));
        }
    }
    cases.extend(
        [1, 2, 3].map(|version| (format!("trigger-{version}"), version, [ORGANIZATION, TRIGGER, OAUTH].concat())),
    );
    let line = |version: i64, entered: &[(&str, &str)]| {
        let entered: Vec<Value> = entered
            .iter()
            .map(|(binding, value)| json!({ "binding": Binding::named(binding), "value": value }))
            .collect();
        json!({ "template": stock(version).1, "entered": entered }).to_string() + "\n"
    };
    let placed = in_modeler("placed", cases.iter().map(|(_, version, entered)| line(*version, entered)).collect());
    assert_eq!(placed.len(), cases.len());
    let folder = tempfile::tempdir().expect("a folder");
    let versions = json!([1, 2, 3, 4].map(|version| stock(version).1));
    std::fs::write(folder.path().join("stock.json"), versions.to_string()).expect("a file");
    let (mut report, mut lines, mut bindings) = (String::new(), String::new(), Vec::new());
    for ((name, _, entered), answer) in cases.iter().zip(&placed) {
        assert_eq!(answer.get("error"), None, "{name}");
        let file = folder.path().join(format!("{name}.bpmn"));
        std::fs::write(&file, text(answer, "xml")).expect("a file");
        let mut command = Command::new(env!("CARGO_BIN_EXE_opwright"));
        let output = command
            .current_dir(folder.path())
            .args([
                "migrate",
                &format!("{name}.bpmn"),
                "--to",
                "io.opwright.power-automate",
                "--templates",
                "stock.json",
            ])
            .arg("--write")
            .output()
            .expect("it runs");
        report += &String::from_utf8_lossy(&output.stdout);
        report += &String::from_utf8_lossy(&output.stderr);
        let code = output.status.code().expect("no signal");
        report += &["exit code ", &code.to_string(), "\n\n"].concat();
        let mut there: Vec<(Binding, String)> =
            entered.iter().filter_map(|(from, value)| expected(from, value)).collect();
        if !entered.iter().any(|(from, _)| from.ends_with("operationType")) {
            // The default of the one is not that of the other, and is what the process does.
            there.push((Binding::task_header("operation"), "get-flow-run-status".to_owned()));
        }
        let line = json!({
            "xml": std::fs::read_to_string(&file).expect("text"),
            "templates": [ours()],
            "id": "io.opwright.power-automate",
            "bindings": there.iter().map(|(binding, _)| binding).collect::<Vec<_>>(),
            "lint": true,
        });
        lines += &(line.to_string() + "\n");
        bindings.push(there);
    }
    let opened = in_modeler("opened", lines);
    let mut values = 0;
    for (((name, ..), there), answer) in cases.iter().zip(&bindings).zip(&opened) {
        assert_eq!(answer.get("error"), None, "{name}");
        assert_eq!(answer["warnings"], json!([]), "{name}");
        let found: Vec<&str> = answer["after"].as_array().expect("values").iter().filter_map(Value::as_str).collect();
        let wanted: Vec<&str> = there.iter().map(|(_, value)| value.as_str()).collect();
        assert_eq!(found, wanted, "{name}");
        values += found.len();
        // Modeler says what has been told, and nothing else; that the process has no end is its own.
        let said: Vec<&str> = answer["lint"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
        for message in &said {
            let what = message.split_once(" must ").map_or(*message, |(_, what)| what);
            assert!(report.contains(what), "{name}: not told: {message}");
        }
        report += &["Modeler on ", name, ": ", &format!("{said:#?}"), "\n"].concat();
    }
    let _ = writeln!(std::io::stderr(), "{values} values of {} diagrams", cases.len());
    insta::assert_snapshot!(
        Regex::new("Activity_[0-9a-z]{7}").expect("a pattern").replace_all(&report, "Activity_(new)")
    );
}

/// The template as it is generated.
fn ours() -> Value {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("generated/element-templates/power-automate.json");
    serde_json::from_str(&std::fs::read_to_string(file).expect("text")).expect("JSON")
}

#[test]
fn an_unsound_succession_is_a_fault_of_the_definition() {
    let sound = PowerAutomate::bind().expect("it is sound").definition().clone();
    let text = sound.succeeds.clone().expect("a succession");
    let rows = [
        ("from = \"io.camunda", "form = \"io.camunda", "what it succeeds cannot be read"),
        ("to = \"zeebe:input timeout\"", "to = \"zeebe:input runTimeout\"", "a move leads to `zeebe:input runTimeout`"),
        ("\"get-flow-outputs\"", "\"get-outputs\"", "`get-outputs` is no choice at `zeebe:taskHeader operation`"),
        ("zeebe:taskHeader operation", "zeebe:taskHeader elementTemplateId", "which is a constant"),
    ];
    for (from, to, expected) in rows {
        let mut definition = sound.clone();
        assert!(text.contains(from), "{from}");
        definition.succeeds = Some(text.replacen(from, to, 1));
        let told = match Connector::from_definition(definition) {
            Ok(connector) => {
                let generated = artefacts([connector.definition()], &DocTemplates::built_in());
                generated.expect_err(expected).to_string()
            }
            Err(error) => error.to_string(),
        };
        assert!(told.contains(expected) && told.contains("power-automate"), "{expected}: {told}");
    }
}
