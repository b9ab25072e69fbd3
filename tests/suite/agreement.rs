//! Schema and serde agree on every input of every operation.

use crate::bookshop::{self, Bookshop};
use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use opwright::definition::{ConnectorDefinition, Field, Kind};
use opwright::power_automate::{CancelFlowRun, GetFlowOutputs, GetFlowRunStatus, PowerAutomate, TriggerFlowRun};
use opwright::{Connector, ConnectorInputs};
use proptest::prelude::*;
use proptest::strategy::Union;
use proptest::test_runner::{Config, TestRunner};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use std::cell::Cell;

/// Keywords that serde knows nothing of: an author declares them as constraints.
const CONSTRAINTS: [&str; 7] = ["pattern", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems"];

/// Whether nothing but a constraint is broken: of alternatives, in one of them.
fn is_constraint(error: &ValidationError<'_>) -> bool {
    match error.kind() {
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            context.iter().any(|errors| errors.iter().all(is_constraint))
        }
        kind => CONSTRAINTS.contains(&kind.keyword()),
    }
}

/// Values of a field: in its own form, in the forms that an engine delivers, and others.
fn value(field: &Field) -> BoxedStrategy<Value> {
    let mut options: Vec<(u32, BoxedStrategy<Value>)> =
        vec![(1, Just(Value::Null).boxed()), (1, Just(json!("")).boxed()), (1, junk().boxed()), (40, sound(field))];
    if !field.examples.is_empty() {
        options.push((2, proptest::sample::select(field.examples.clone()).boxed()));
    }
    Union::new_weighted(options).boxed()
}

fn sound(field: &Field) -> BoxedStrategy<Value> {
    match &field.kind {
        Kind::Text { pattern: Some(pattern), .. } => {
            let body = pattern.trim_start_matches('^').trim_end_matches('$');
            proptest::string::string_regex(body).expect("a pattern that proptest knows").prop_map(Value::from).boxed()
        }
        Kind::Text { .. } => "[a-zA-Z0-9 /?#äß\"\\\\]{0,8}".prop_map(Value::from).boxed(),
        Kind::JsonObjectText { .. } => prop_oneof![
            8 => Just(json!("{}")),
            8 => Just(json!(r#"{"a": [1]}"#)),
            8 => Just(json!({ "a": 1 })),
            1 => Just(json!("[]")),
            1 => Just(json!("{"))
        ]
        .boxed(),
        Kind::Integer { minimum, maximum } => {
            let (low, high) = (minimum.saturating_sub(2), maximum.saturating_add(2));
            prop_oneof![
                8 => (*minimum..=*maximum).prop_map(Value::from),
                8 => (*minimum..=*maximum).prop_map(|number| json!(number.to_string())),
                1 => (low..=high).prop_map(Value::from),
                1 => (low..=high).prop_map(|number| json!(number.to_string())),
                1 => (-3_i32..200).prop_map(|number| json!(f64::from(number))),
                1 => (-3_i32..200).prop_map(|number| json!(f64::from(number) + 0.5)),
                1 => Just(json!(*minimum)),
                1 => Just(json!(*maximum)),
                1 => Just(json!("007")),
                1 => Just(json!(u64::MAX)),
                1 => Just(json!(1e17)),
                1 => Just(json!(9_223_372_036_854_775_807_i64)),
                1 => Just(json!(9.3e18)),
            ]
            .boxed()
        }
        Kind::Number { minimum: Some(low), maximum: Some(high) } => prop_oneof![
            9 => (*low..=*high).prop_map(|number| json!(number)),
            1 => Just(json!(high + 1.0)),
            1 => Just(json!("1.5")),
        ]
        .boxed(),
        Kind::Number { .. } => prop_oneof![
            8 => any::<f32>().prop_map(|number| json!(number)),
            8 => (1.0..1e6).prop_map(|number| json!(number)),
            1 => Just(json!("1.5")),
            1 => Just(json!("-0")),
            1 => Just(json!("1e5")),
            1 => Just(json!("9".repeat(300))),
            1 => Just(json!("9".repeat(400)))
        ]
        .boxed(),
        Kind::Boolean => prop_oneof![
            16 => proptest::sample::select(vec![json!(true), json!(false), json!("true"), json!("false")]),
            1 => proptest::sample::select(vec![json!("True"), json!(1)]),
        ]
        .boxed(),
        Kind::Choice(choices) => {
            let values: Vec<Value> =
                choices.iter().flat_map(|choice| [choice.value.clone(), json!(choice.text())]).collect();
            let others = vec![json!("other"), json!(3)];
            prop_oneof![8 => proptest::sample::select(values), 1 => proptest::sample::select(others)].boxed()
        }
        Kind::Variants { tag, variants, .. } => {
            let options = variants.iter().map(|variant| {
                let (tag, tag_value) = (tag.clone(), variant.value.clone());
                object(&variant.fields).prop_map(move |mut value| {
                    if let Value::Object(members) = &mut value {
                        members.insert(tag.clone(), json!(tag_value));
                    }
                    value
                })
            });
            Union::new(options.map(Strategy::boxed).collect::<Vec<_>>()).boxed()
        }
        Kind::Object { fields, .. } => object(fields),
        Kind::List { item, .. } => proptest::collection::vec(value(item), 0..3).prop_map(Value::from).boxed(),
        Kind::LinkedResource { .. } => {
            "[0-9]{1,19}".prop_map(|key| json!({ "resourceKey": key, "linkName": "other" })).boxed()
        }
        Kind::Null | Kind::Json => junk().boxed(),
    }
}

fn junk() -> impl Strategy<Value = Value> {
    proptest::sample::select(vec![
        json!(0),
        json!(-1.5),
        json!(true),
        json!("junk"),
        json!([]),
        json!({ "type": "bearer" }),
        json!([null]),
    ])
}

/// Objects of these fields; now and then one is missing or there is one too many.
fn object(fields: &[Field]) -> BoxedStrategy<Value> {
    let members: Vec<_> = fields
        .iter()
        .map(|field| {
            let name = field.name.clone();
            (proptest::bool::weighted(0.97), value(field))
                .prop_map(move |(present, value)| present.then(|| (name.clone(), value)))
        })
        .collect();
    (members, proptest::bool::weighted(0.01))
        .prop_map(|(members, surplus)| {
            let mut object: Map<String, Value> = members.into_iter().flatten().collect();
            if surplus {
                object.insert("surplus".to_owned(), json!(1));
            }
            Value::Object(object)
        })
        .boxed()
}

/// How often each side of a property was seen, so that none holds for want of cases.
#[derive(Default)]
struct Seen {
    accepted: Cell<u32>,
    refused: Cell<u32>,
}

fn agree<C: DeserializeOwned, O: DeserializeOwned>(connector: &Connector, operation: &str) {
    let (definition, schema, _) = connector.operation(operation).expect("the operation");
    let accepted_schema = schema.accepted();
    let accepted = jsonschema::draft202012::new(&opwright::schema::published(accepted_schema)).expect("a schema");
    let declared_schema = opwright::schema::declared_object(schema.own());
    let declared = jsonschema::draft202012::new(&definition.input).expect("a schema");
    let fields: Vec<Field> = schema.fields().cloned().collect();
    let own: Vec<Field> = schema.own().to_vec();
    let seen = Seen::default();
    let mut runner = TestRunner::new(Config { cases: 1500, failure_persistence: None, ..Config::default() });
    runner
        .run(&(object(&fields), object(&own)), |(input, own)| {
            let accepted_input = schema.accept(&input);
            match &accepted_input {
                Ok(inputs) => {
                    prop_assert!(accepted.is_valid(&input), "the published schema refuses what is accepted");
                    let shared: Result<C, _> = serde_json::from_value(Value::Object(inputs.shared.clone()));
                    let own: Result<O, _> = serde_json::from_value(Value::Object(inputs.own.clone()));
                    prop_assert!(shared.is_ok(), "{:?}", shared.err());
                    prop_assert!(own.is_ok(), "{:?}", own.err());
                    prop_assert!(
                        declared.is_valid(&Value::Object(inputs.own.clone())),
                        "the coerced form breaks the declared schema"
                    );
                }
                Err(refusal) => prop_assert!(!refusal.faults.is_empty(), "a refusal without a reason"),
            }
            let decoded: Result<O, _> = serde_json::from_value(own.clone());
            let errors: Vec<_> = declared.iter_errors(&own).collect();
            match decoded {
                Err(error) => prop_assert!(
                    opwright::schema::is_valid(&declared_schema, &own) == Some(false) || has_whole_float(&own),
                    "serde alone refuses: {error}"
                ),
                Ok(_) => {
                    for error in &errors {
                        prop_assert!(is_constraint(error), "the schema refuses what serde takes: {error}");
                    }
                }
            }
            let side = if accepted_input.is_ok() { &seen.accepted } else { &seen.refused };
            side.set(side.get() + 1);
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{operation}: {error}"));
    assert!(seen.accepted.get() > 20, "{operation}: only {} inputs were accepted", seen.accepted.get());
    assert!(seen.refused.get() > 50, "{operation}: only {} inputs were refused", seen.refused.get());
}

/// Whole numbers written with a point: JSON Schema takes them, serde does not, coercion sees to them.
fn has_whole_float(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_f64() && number.as_f64().is_some_and(|number| number.fract() == 0.0),
        Value::Array(items) => items.iter().any(has_whole_float),
        Value::Object(members) => members.values().any(has_whole_float),
        _ => false,
    }
}

fn power_automate() -> Connector {
    PowerAutomate::bind().unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn trigger_flow_run_agrees() {
    agree::<PowerAutomate, TriggerFlowRun>(&power_automate(), "trigger-flow-run");
}

#[test]
fn get_flow_run_status_agrees() {
    agree::<PowerAutomate, GetFlowRunStatus>(&power_automate(), "get-flow-run-status");
}

#[test]
fn get_flow_outputs_agrees() {
    agree::<PowerAutomate, GetFlowOutputs>(&power_automate(), "get-flow-outputs");
}

#[test]
fn cancel_flow_run_agrees() {
    agree::<PowerAutomate, CancelFlowRun>(&power_automate(), "cancel-flow-run");
}

#[test]
fn the_bookshop_agrees() {
    let connector = bookshop::connector();
    agree::<Bookshop, bookshop::FindBooks>(&connector, "find-books");
    agree::<Bookshop, bookshop::OrderBook>(&connector, "order-book");
    agree::<Bookshop, bookshop::CancelOrder>(&connector, "cancel-order");
}

#[test]
fn postage_agrees() {
    let connector = postage::Postage::bind().unwrap_or_else(|error| panic!("{error}"));
    agree::<postage::Postage, postage::Quote>(&connector, "quote");
    agree::<postage::Postage, postage::Ship>(&connector, "ship");
}

/// An input that is accepted: what an engine delivers of the generated example.
fn example(definition: &ConnectorDefinition, operation: &str) -> Value {
    let operation = definition.operation(operation).expect("the operation");
    opwright::generate::example::input(definition, operation).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn examples_are_accepted_once_their_secrets_are_known() {
    for connector in [power_automate(), bookshop::connector()] {
        for (operation, schema) in connector.operations() {
            let text = example(connector.definition(), &operation.id).to_string();
            let input = serde_json::from_str(
                &text.replace("{{secrets.POWER_AUTOMATE_TOKEN_ENDPOINT}}", "https://login.example.org/token"),
            )
            .expect("JSON");
            assert_eq!(schema.accept(&input).map(drop), Ok(()), "{}", operation.id);
        }
    }
}

#[test]
fn what_modeler_writes_is_accepted() {
    let connector = power_automate();
    let (_, schema, _) = connector.operation("trigger-flow-run").expect("the operation");
    let mut input = example(connector.definition(), "trigger-flow-run");
    input["authentication"] = json!({ "type": "bearer", "token": "t" });
    for (name, delivered, declared) in [
        ("connectionType", json!("2"), Some(json!(2))),
        ("connectionType", json!(2.0), Some(json!(2))),
        ("connectionType", Value::Null, Some(json!(1))),
        ("connectionType", json!(""), Some(json!(1))),
        ("runPriority", json!(""), Some(json!("normal"))),
        ("timeout", json!("60"), Some(json!(60))),
        ("timeout", json!(60.0), Some(json!(60))),
        ("timeout", Value::Null, None),
        ("timeout", json!(""), None),
        ("inputs", json!({ "a": "b" }), Some(json!("{\"a\":\"b\"}"))),
        ("inputs", json!(""), None),
        ("callbackUrl", Value::Null, None),
    ] {
        input[name] = delivered.clone();
        let inputs = schema.accept(&input).unwrap_or_else(|refusal| panic!("{name} {delivered}: {refusal}"));
        assert_eq!(inputs.own.get(name), declared.as_ref(), "{name} {delivered}");
    }
}

#[test]
fn the_bounds_are_the_declared_ones() {
    let connector = power_automate();
    let (_, schema, _) = connector.operation("trigger-flow-run").expect("the operation");
    let mut input = example(connector.definition(), "trigger-flow-run");
    input["authentication"] = json!({ "type": "bearer", "token": "t" });
    let largest = 2_097_152;
    let padded = |bytes: usize| json!(format!("{{\"a\":\"{}\"}}", "x".repeat(bytes - 8)));
    for (name, sound, unsound) in [
        ("timeout", json!(1), json!(0)),
        ("timeout", json!("86400"), json!("86401")),
        ("inputs", padded(largest), padded(largest + 1)),
        // Two bytes a character: the limit is one of bytes.
        ("inputs", json!({ "a": "ä".repeat(largest / 2 - 4) }), json!({ "a": "ä".repeat(largest / 2) })),
        (
            "callbackUrl",
            json!(format!("https://x.y/{}", "z".repeat(1988))),
            json!(format!("https://x.y/{}", "z".repeat(1989))),
        ),
    ] {
        let original = input[name].clone();
        input[name] = sound;
        assert!(schema.accept(&input).is_ok(), "{name} at its bound");
        input[name] = unsound;
        let refusal = schema.accept(&input).expect_err("beyond the bound");
        assert_eq!(refusal.faults.iter().map(|fault| fault.path.as_str()).collect::<Vec<_>>(), [name]);
        input[name] = original;
    }
}
