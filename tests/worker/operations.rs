//! Every operation with every authentication, in the generated example processes.

use crate::broker::World;
use crate::records;
use serde_json::{Value, json};
use std::path::Path;

/// The variables of a generated process's instance that ran with this worker.
async fn example(world: &World, operation: &str, variables: &Value) -> serde_json::Map<String, Value> {
    let process = format!("power-automate-{operation}");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("generated/bpmn/{process}.bpmn"));
    let own_type = r#"type="io.opwright:power-automate:1""#;
    let bpmn = std::fs::read_to_string(file).expect("a generated process");
    assert_eq!(bpmn.matches(own_type).count(), 1);
    // A process and a job type of this test's own, for tests run side by side.
    let id = format!("{process}-{}", world.job_type.replace(':', "-"));
    let bpmn = bpmn
        .replace(own_type, &format!(r#"type="{}""#, world.job_type))
        .replace(&format!(r#"id="{process}""#), &format!(r#"id="{id}""#))
        .replace(&format!(r#"bpmnElement="{process}""#), &format!(r#"bpmnElement="{id}""#));
    world.cluster.deploy("process.bpmn", &bpmn).await.unwrap_or_else(|error| panic!("{error}"));
    let instance = world.cluster.start_instance(&id, variables).await.unwrap_or_else(|error| panic!("{error}"));
    records::ended(&instance).await.variables()
}

#[tokio::test]
async fn the_generated_processes_run_to_their_end() {
    let world = World::new("examples").await;
    let mut variables = world.variables();
    let triggered = example(&world, "trigger-flow-run", &variables).await;
    let session = triggered["flowSessionId"].as_str().expect("a session").to_owned();
    variables["flowSessionId"] = json!(session);
    let status = example(&world, "get-flow-run-status", &variables).await;
    assert!(status["statusCode"].is_number(), "{status:?}");
    let outputs = example(&world, "get-flow-outputs", &variables).await;
    assert!(outputs["flowOutputs"].is_object(), "{outputs:?}");
    world.end().await;
}
