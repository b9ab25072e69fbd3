//! What becomes of jobs over gRPC, on the broker and on a newer engine: the same as over REST.

use crate::broker::{Engine, Process, World};
use crate::records::{self, Ended};
use opwright::emulator::Settings as EmulatorSettings;
use serde_json::json;
use std::time::{Duration, Instant};

const NO_SUCH_RUN: &str = "bb2a1f33-e5b9-ed11-83fe-000d3ab4f483";

async fn results_become_variables(engine: Engine) {
    let world = World::on(engine, "grpc-results", EmulatorSettings::default(), |_| {}).await;
    // More than fits into a response that nobody reads yet.
    let long = "ü".repeat(100_000);
    let process = Process::new("grpc-results", "trigger-flow-run")
        .header("resultVariable", "answer")
        .header("resultExpression", "= {kept: response.status}")
        .input("secret", "=long");
    let mut variables = world.variables();
    variables["long"] = json!(long);
    let ended = world.run(&process, &variables).await.variables();
    assert_eq!((&ended["answer"]["status"], &ended["kept"]), (&json!(200), &json!(200)), "{ended:?}");
    assert_eq!(ended["long"], json!(long));
    // Counted when the answer is taken, which the records may tell sooner than the gateway.
    let meters = std::sync::Arc::clone(&world.meters);
    world.end().await;
    assert!(meters.text().contains(r#"action="completed""#));
}

async fn errors_are_thrown_and_failures_told(engine: Engine) {
    let world =
        World::on(engine, "grpc-errors", EmulatorSettings::default(), |settings| settings.repeat_client_errors = true)
            .await;
    let mut variables = world.variables();
    variables["flowSessionId"] = json!(NO_SUCH_RUN);
    let process = Process::new("grpc-thrown", "get-flow-run-status").header(
        "errorExpression",
        r#"= if error.code = "404" then bpmnError("CAUGHT", "no such run", {why: error.message}) else null"#,
    );
    let instance = world.start(&process, &variables).await;
    records::ended(&instance).await.variables();
    let caught = records::caught(&instance).expect("it is caught");
    assert_eq!(caught["why"], json!("Not Found"), "{caught:?}");

    let process = Process::new("grpc-failed", "get-flow-run-status").header("retryBackoff", "PT0.05S");
    let instance = world.start(&process, &variables).await;
    let failed = records::failed(&instance, 1).await;
    assert_eq!((&failed[0]["retries"], &failed[0]["retryBackoff"]), (&json!(2), &json!(50)));
    assert_eq!(failed[0]["errorMessage"], json!("Not Found (code 404)"));

    let process = Process::new("grpc-incident", "get-flow-run-status").header("resultExpression", "= 1 +");
    match world.run(&process, &variables).await {
        Ended::Incident { kind, message } => {
            assert_eq!(kind, "JOB_NO_RETRIES");
            assert!(message.starts_with("Result expression"), "{message}");
        }
        completed @ Ended::Completed(_) => panic!("{completed:?}"),
    }
    world.end().await;
}

async fn jobs_from_before_the_stream_are_taken(engine: Engine) {
    let (name, wait) = ("grpc-before", Duration::from_secs(60));
    let process = Process::new(name, "trigger-flow-run");
    records::listen();
    let mut instances = Vec::new();
    for _ in 0..5 {
        // What the operation wants is not known yet; that it is tried is enough.
        let job_type = engine.job_type(name);
        instances.push(
            engine
                .start(
                    &process,
                    &job_type,
                    &json!({ "organizationUri": "no", "workflowId": "no", "connectionName": "no" }),
                )
                .await,
        );
    }
    let begun = Instant::now();
    let world = World::on(engine, name, EmulatorSettings::default(), |settings| settings.wait = wait).await;
    for instance in instances {
        records::ended(&instance).await;
    }
    assert!(begun.elapsed() < Duration::from_secs(10), "after {:?}", begun.elapsed());
    world.end().await;
}

macro_rules! on_both {
    ($($test:ident),*) => {
        mod broker {
            $(#[tokio::test] async fn $test() { super::$test(super::Engine::Grpc).await })*
        }
        mod newer {
            $(#[tokio::test] async fn $test() { super::$test(super::Engine::Newer).await })*
        }
    };
}

on_both!(results_become_variables, errors_are_thrown_and_failures_told, jobs_from_before_the_stream_are_taken);

#[tokio::test]
async fn both_engines_tell_their_health() {
    for (engine, version) in [(Engine::Grpc, "8.6.0"), (Engine::Newer, "8.8.21"), (Engine::Rest, "8.6.0")] {
        let topology = engine.cluster().topology().await.unwrap_or_else(|error| panic!("{engine:?}: {error}"));
        assert!(topology.is_healthy(), "{engine:?}: {topology:?}");
        assert_eq!(topology.gateway_version.as_deref(), Some(version), "{engine:?}");
    }
}

#[tokio::test]
async fn a_refusal_is_told_in_the_gateways_words() {
    for engine in [Engine::Grpc, Engine::Newer] {
        let cluster = engine.cluster();
        let error = cluster.complete("2251799813685999", &serde_json::Map::new()).await.expect_err("no such job");
        assert!(matches!(error, opwright::cluster::ClusterError::NotFound(_)), "{engine:?}: {error}");
        let error = cluster.start_instance("there-is-no-such-process", &json!({})).await.expect_err("no such process");
        assert!(error.to_string().contains("there-is-no-such-process"), "{engine:?}: {error}");
        let error = cluster.deploy("process.bpmn", "no BPMN").await.expect_err("no process");
        assert!(!error.may_pass(), "{engine:?}: {error}");
    }
}
