//! Every operation with every authentication, in the generated example processes.

use crate::broker::World;
use crate::endings::End;
use crate::records;
use opwright::Registry;
use opwright::cli::{Exit, Program};
use opwright::emulator::What;
use serde_json::{Value, json};
use std::path::Path;

/// The variables of a generated process's instance that ran with this worker.
async fn example(
    world: &World,
    operation: &str,
    authentication: &str,
    variables: &Value,
) -> serde_json::Map<String, Value> {
    let process = format!("power-automate-{operation}");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("generated/bpmn/{process}.bpmn"));
    let own_type = r#"type="io.opwright:power-automate:1""#;
    let bpmn = std::fs::read_to_string(file).expect("a generated process");
    assert_eq!(bpmn.matches(own_type).count(), 1);
    // A process and a job type of this test's own, for tests run side by side.
    let id = format!("{process}-{authentication}-{}", world.job_type.replace(':', "-"));
    let bpmn = bpmn
        .replace(own_type, &format!(r#"type="{}""#, world.job_type))
        .replace(&format!(r#"id="{process}""#), &format!(r#"id="{id}""#))
        .replace(&format!(r#"bpmnElement="{process}""#), &format!(r#"bpmnElement="{id}""#));
    let bpmn = if authentication == "bearer" { with_a_token(&bpmn) } else { bpmn };
    world.cluster.deploy("process.bpmn", &bpmn).await.unwrap_or_else(|error| panic!("{error}"));
    let instance = world.cluster.start_instance(&id, variables).await.unwrap_or_else(|error| panic!("{error}"));
    records::ended(&instance).await.variables()
}

/// The process with the inputs that a designer gets by the choice of a bearer token.
fn with_a_token(bpmn: &str) -> String {
    let kept: Vec<&str> = bpmn.lines().filter(|line| !line.contains(r#"target="authentication."#)).collect();
    let inputs = r#"<zeebe:ioMapping>
          <zeebe:input source="bearer" target="authentication.type"/>
          <zeebe:input source="{{secrets.POWER_AUTOMATE_TOKEN}}" target="authentication.token"/>"#;
    let changed = kept.join("\n").replace("<zeebe:ioMapping>", inputs);
    assert_eq!(changed.lines().count(), bpmn.lines().count() - 2, "{changed}");
    changed
}

#[tokio::test]
async fn the_generated_processes_run_to_their_end_with_every_authentication() {
    let world = World::new("examples").await;
    for authentication in ["oauth", "bearer"] {
        let mut variables = world.variables();
        let triggered = example(&world, "trigger-flow-run", authentication, &variables).await;
        let session = triggered["flowSessionId"].as_str().expect("a session").to_owned();
        variables["flowSessionId"] = json!(session);
        let status = example(&world, "get-flow-run-status", authentication, &variables).await;
        assert_eq!(status["statusCode"], json!(4), "it has succeeded: {status:?}");
        let outputs = example(&world, "get-flow-outputs", authentication, &variables).await;
        assert!(outputs["flowOutputs"].is_object(), "{outputs:?}");
        let cancelled = example(&world, "cancel-flow-run", authentication, &variables).await;
        assert_eq!(cancelled["cancelAccepted"], json!(true), "{cancelled:?}");
    }
    let ledger = world.emulator.ledger();
    let asked = |what| ledger.iter().filter(move |entry| entry.what == what).map(|entry| entry.client.as_deref());
    for what in [What::Run, What::Status, What::Outputs, What::Cancel] {
        let clients: Vec<_> = asked(what).collect();
        assert_eq!(clients, [Some("demo-client"), Some("bearer-token")], "{what:?}");
    }
    assert_eq!(asked(What::Token).count(), 1, "one token for its whole lifetime");
    world.end().await;
}

#[test]
fn an_operation_that_panics_has_failed() {
    let folder = tempfile::tempdir().expect("a folder");
    let input = folder.path().join("input.json");
    std::fs::write(&input, r#"{ "how": "panic" }"#).expect("a file");
    let program = Program::new("end", Registry::new().with::<End>());
    let input = input.display().to_string();
    let exit = program.run_from(["end", "run", "end", "end", "--input", &input]);
    assert_eq!(exit, Exit::Retryable);
}
