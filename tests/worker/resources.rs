//! A linked resource on a newer engine: what the template writes, what the engine tells the job, what the operation gets.

use crate::broker::Engine;
use opwright::cluster::{Activation, Job};
use opwright::definition::ConnectorDefinition;
use opwright::dispatch::Dispatcher;
use opwright::dispatch::outcome::Outcome;
use opwright::dispatch::secrets::Fixed;
use opwright::generate::bpmn::example_process;
use opwright::generate::element_template::{Runtime, Variant, build};
use opwright::worker::Execution;
use opwright::{ConnectorInputs, Execute, Failure, LinkedResource, Registry, connector, operation};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// Prints labels.
#[connector(
    id = "printer",
    name = "Printer",
    template_id = "io.example.printer",
    version = 1,
    job_type = "io.example:printer:1",
    operations = [Print]
)]
pub(crate) struct Printer {}

/// Prints a label.
#[operation(id = "print", name = "Print", result_expression = "= {printed: by}")]
pub(crate) struct Print {
    /// How the label looks.
    #[input(linked_resource = "RPA", placeholder = "label-layout")]
    pub(crate) layout: LinkedResource,
}

/// What has been printed.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Printed {
    /// The key of the layout.
    by: String,
}

impl Execute<Printer> for Print {
    type Output = Printed;

    async fn execute(self, _: Printer) -> Result<Printed, Failure> {
        Ok(Printed { by: self.layout.resource_key })
    }
}

fn layout(version: u32) -> String {
    json!({ "id": "label-layout", "name": "Label", "executionPlatform": "Camunda Cloud", "executionPlatformVersion": "8.8.0", "script": format!("*** Tasks ***\nPrint {version}") })
        .to_string()
}

/// The job of a new instance of the printer's example process.
async fn job(job_type: &str) -> Job {
    let printer = Printer::bind().unwrap_or_else(|error| panic!("{error}"));
    let definition = ConnectorDefinition { job_type: job_type.to_owned(), ..printer.definition().clone() };
    let variant = Variant::first(&definition, Runtime::Own);
    let generated = build(&definition, variant).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(generated.template.engines, json!({ "camunda": "^8.7" }).as_object().cloned());
    let bpmn = example_process(&definition, &definition.operations[0], variant, &generated).expect("a process");
    let cluster = Engine::Newer.cluster();
    cluster.deploy("printer.bpmn", &bpmn).await.unwrap_or_else(|error| panic!("{error}\n{bpmn}"));
    let smuggled = json!({ "layout": { "resourceKey": "another" } });
    cluster.start_instance("printer-print", &smuggled).await.unwrap_or_else(|error| panic!("{error}"));
    let wait = Duration::from_secs(10);
    let timeout = Duration::from_secs(60);
    let activation = Activation { job_type, worker: "tests", timeout, limit: 1, variables: &[], wait };
    let mut jobs = cluster.activate(&activation).await.unwrap_or_else(|error| panic!("{error}"));
    jobs.pop().expect("a job")
}

async fn printed(job: &Job) -> Outcome {
    let registry = Registry::new().with::<Printer>().unwrap_or_else(|error| panic!("{error}"));
    let dispatcher = Dispatcher::new(registry).expect("a client");
    let execution = Execution::new(dispatcher, Arc::new(Fixed::from_variables([])), false);
    execution.execute("printer", job, Ok(None)).await.expect("an outcome")
}

fn key(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Complete { variables } => variables["printed"].as_str().expect("a key").to_owned(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_operation_gets_the_key_of_the_resource_that_its_element_names() {
    let job_type = Engine::Newer.job_type("resources");
    let cluster = Engine::Newer.cluster();
    let mut keys = Vec::new();
    for version in 1..3 {
        cluster.deploy("label-layout.rpa", &layout(version)).await.unwrap_or_else(|error| panic!("{error}"));
        let job = job(&job_type).await;
        let key = key(&printed(&job).await);
        assert!(key.parse::<u64>().is_ok(), "{key}");
        assert!(job.header("linkedResources").is_some_and(|header| header.contains(&key)), "{:?}", job.headers);
        keys.push(key);
    }
    assert_ne!(keys[0], keys[1], "the latest version is linked");

    // Without the engine's word there is none.
    let mut job = job(&job_type).await;
    job.variables.insert("layout".to_owned(), json!({ "resourceKey": "another" }));
    // A process may have a variable of the field's name: it is no resource.
    for header in [Value::Null, json!("["), json!("[]"), json!(r#"[{"linkName": "other", "resourceKey": "1"}]"#)] {
        job.headers.insert("linkedResources".to_owned(), header.clone());
        match printed(&job).await {
            Outcome::Fail { message, retries, .. } => {
                assert_eq!(retries, 0, "{header}");
                assert!(message.contains("layout"), "{header}: {message}");
            }
            other => panic!("{header}: {other:?}"),
        }
    }
}
