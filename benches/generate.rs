//! Definition to artefacts, in-process.
//!
//! Workloads: all artefacts of the Power Automate connector; the element template of a connector
//! with one operation of 10, 100 and 1000 fields, whose times should grow as the fields do; and the
//! part of a dispatch that is ours alone, from input to request.

use divan::{Bencher, black_box};
use opwright::definition::ConnectorDefinition;
use opwright::dispatch::Dispatcher;
use opwright::dispatch::secrets::Fixed;
use opwright::generate::docs::DocTemplates;
use opwright::generate::element_template::{Runtime, Variant, build};
use opwright::generate::{artefacts, example};
use opwright::power_automate::PowerAutomate;
use opwright::{ConnectorInputs, Registry};
use serde_json::json;

fn main() {
    divan::main();
}

fn power_automate() -> ConnectorDefinition {
    PowerAutomate::bind().unwrap_or_else(|error| panic!("{error}")).definition().clone()
}

#[divan::bench]
fn structs_to_definition() -> ConnectorDefinition {
    power_automate()
}

#[divan::bench]
fn definition_to_all_artefacts(bencher: Bencher) {
    let (definition, templates) = (power_automate(), DocTemplates::built_in());
    bencher.bench_local(|| artefacts([black_box(&definition)], &templates).unwrap_or_else(|error| panic!("{error}")));
}

/// A connector whose one operation has this many optional text fields.
fn wide(fields: usize) -> ConnectorDefinition {
    let mut definition = power_automate();
    definition.operations.truncate(1);
    let operation = &mut definition.operations[0];
    let properties = operation.input["properties"].as_object_mut().expect("an object");
    for number in properties.len()..fields {
        let property = json!({
            "type": ["string", "null"],
            "title": format!("Field {number}"),
            "description": "A field of no meaning.",
            "maxLength": 200,
            "x-place": { "in": "body", "name": format!("field{number}") },
        });
        properties.insert(format!("field{number}"), property);
    }
    definition
}

#[divan::bench(args = [10, 100, 1000])]
fn template_with_fields(bencher: Bencher, fields: usize) {
    let definition = wide(fields);
    let variant = Variant::first(&definition, Runtime::Own);
    bencher.bench_local(|| build(black_box(&definition), variant).unwrap_or_else(|error| panic!("{error}")));
}

#[divan::bench]
fn input_to_request(bencher: Bencher) {
    let dispatcher =
        Dispatcher::new(Registry::new().with::<PowerAutomate>().expect("sound definitions")).expect("a client");
    let definition = power_automate();
    let input = example::input(&definition, &definition.operations[0]).unwrap_or_else(|error| panic!("{error}"));
    let secrets = Fixed::from_variables(
        [
            ("SECRET_POWER_AUTOMATE_CLIENT_ID", "client"),
            ("SECRET_POWER_AUTOMATE_CLIENT_SECRET", "secret"),
            ("SECRET_POWER_AUTOMATE_TOKEN_ENDPOINT", "https://login.example.org/token"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    bencher.bench_local(|| {
        let prepared = dispatcher.prepare("power-automate", "trigger-flow-run", black_box(&input), &secrets);
        prepared.unwrap_or_else(|error| panic!("{error}"))
    });
}
