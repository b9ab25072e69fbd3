//! The FEEL of definitions: checked before anything is generated, and sound in every template that is.

use crate::artefacts::generated;
use crate::bookshop;
use opwright::definition::ConnectorDefinition;
use opwright::generate::docs::DocTemplates;
use opwright::generate::element_template::{Runtime, Variant, build};
use opwright::generate::{GenerateError, artefacts};
use opwright::power_automate::PowerAutomate;
use opwright::template::PropertyKind;
use opwright::{Connector, ConnectorInputs};
use serde_json::json;

fn power_automate() -> ConnectorDefinition {
    PowerAutomate::bind().unwrap_or_else(|error| panic!("{error}")).definition().clone()
}

/// Why Power Automate is no connector with this as the first operation's result expression.
fn refused(expression: &str) -> String {
    let mut definition = power_automate();
    definition.operations[0].result_expression = Some(expression.to_owned());
    Connector::from_definition(definition).expect_err("a definition that is unsound").to_string()
}

#[test]
fn a_slip_in_a_result_expression_is_an_error_of_the_definition() {
    assert_eq!(
        refused("= {flowSessionId: response.body.flowsesionId}"),
        "power-automate/trigger-flow-run: the result expression is wrong: line 1, column 33: `response.body` has no \
         `flowsesionId`: did you mean `flowsessionId`?\n\
         = {flowSessionId: response.body.flowsesionId}\n                                \
         ^^^^^^^^^^^^"
    );
    assert!(refused("= {id: flowSessionId}").contains("there is no `flowSessionId` here"));
    assert!(refused("= {id: response.body.licenseCheck.cod}").contains("did you mean `code`?"));
    assert!(refused("= response.body.flowsessionId").contains("gives a string, but only a context's entries"));
    assert!(refused("= {id: ").contains("is no FEEL: line 1, column 7: expected"));
    assert!(refused("response").contains("start it with `=`"));
}

#[test]
fn what_an_operation_promises_may_be_read() {
    let mut definition = power_automate();
    for (operation, expression) in [
        (0, "= {id: response.body.flowsessionId, context: body.`@odata.context`, code: body.licenseCheck.code}"),
        (1, "= {state: body.statuscode, started: body.startedon, id: headers.`x-ms-request-id`}"),
        (2, "= {anything: response.body.Output1.whatever}"),
        (3, "= {done: status = 204}"),
    ] {
        definition.operations[operation].result_expression = Some(expression.to_owned());
    }
    let connector = Connector::from_definition(definition).unwrap_or_else(|error| panic!("{error}"));
    assert!(!generated(connector.definition()).is_empty());
}

#[test]
fn a_default_that_no_engine_could_evaluate_is_an_error_of_the_generation() {
    let mut definition = power_automate();
    definition.operations[0].input["properties"]["runPriority"]["default"] = json!("= {");
    let error = artefacts([&definition], &DocTemplates::built_in()).expect_err("a template that cannot be");
    assert!(matches!(error, GenerateError::Definition(_)), "{error}");
    let error = error.to_string();
    let expected = "power-automate/trigger-flow-run:runPriority: the FEEL of `trigger-flow-run:runPriority` does not parse: line 1";
    assert!(error.contains(expected) && error.contains("[feel-syntax]"), "{error}");
}

#[test]
fn an_input_is_no_word_of_feel() {
    let mut definition = power_automate();
    let properties = definition.operations[0].input["properties"].as_object_mut().expect("properties");
    let timeout = properties.shift_remove("timeout").expect("a property");
    properties.insert("in".to_owned(), timeout);
    let error = Connector::from_definition(definition).expect_err("a definition that is unsound").to_string();
    assert!(error.contains("power-automate/trigger-flow-run/in: FEEL takes its name for a word of its own"), "{error}");
}

#[test]
fn what_is_hidden_in_every_template_reads_inputs_above_it() {
    let mut expressions = 0;
    for definition in [power_automate(), bookshop::connector().definition().clone()] {
        let variant = Variant::first(&definition, Runtime::Hosted);
        let template = build(&definition, variant).unwrap_or_else(|error| panic!("{error}")).template;
        let hidden = template.properties.iter().filter(|property| property.kind == Some(PropertyKind::Hidden));
        expressions += hidden
            .filter_map(|property| property.value.as_ref()?.text())
            .filter(|value| value.starts_with('='))
            .count();
    }
    assert!(expressions > 10, "only {expressions} hidden expressions were checked");
}
