//! `opwright demo --engine`: what the README shows, on a real broker.

use crate::broker::Engine;
use opwright::cluster::ClusterError;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

fn demo(arguments: &[&str]) -> String {
    let address = std::env::var("ZEEBE_REST_ADDRESS").expect("these tests need a broker at ZEEBE_REST_ADDRESS");
    let ended = Command::new(env!("CARGO_BIN_EXE_opwright"))
        .args(["demo", "--engine", &address, "--waiting-seconds", "0.1", "--running-seconds", "0.5"])
        .args(arguments)
        .output()
        .expect("it starts");
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
    assert!(ended.status.success(), "{}{}", text(&ended.stdout), text(&ended.stderr));
    text(&ended.stdout)
}

#[test]
fn a_process_goes_from_beginning_to_end_whether_it_is_called_or_not() {
    let called = demo(&[]);
    let lost = demo(&["--lose-callback"]);
    for shown in [&called, &lost] {
        assert!(shown.contains("{\"flowOutputs\":{\"emulatedBy\":\"opwright\"},\"flowSessionId\":"), "{shown}");
        assert!(shown.contains("\"statusCode\":4}"), "{shown}");
    }
    let callback = |shown: &str| shown.lines().filter(|line| line.contains("Callback")).map(str::to_owned).collect();
    let (called, lost): (Vec<String>, Vec<String>) = (callback(&called), callback(&lost));
    assert!(called.len() == 1 && called[0].ends_with("→ 200"), "{called:?}");
    assert!(lost.len() == 1 && lost[0].contains(": lost on purpose: http://127.0.0.1:"), "{lost:?}");
}

/// Whoever is asked for less waits for nothing either.
#[tokio::test]
async fn a_demo_that_is_stopped_leaves_no_instance_behind() {
    let address = std::env::var("ZEEBE_REST_ADDRESS").expect("these tests need a broker at ZEEBE_REST_ADDRESS");
    let mut running = Command::new(env!("CARGO_BIN_EXE_opwright"))
        .args(["demo", "--engine", &address, "--running-seconds", "600"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let out = BufReader::new(running.stdout.take().expect("a pipe"));
    let mut lines = out.lines().map(|line| line.expect("text"));
    assert!(lines.any(|line| line.contains("at its end the flow run calls http://127.0.0.1:")), "it begins");
    let stopped = Command::new("kill").args(["-INT", &running.id().to_string()]).status().expect("kill");
    assert!(stopped.success());
    let mut told = String::new();
    running.stderr.take().expect("a pipe").read_to_string(&mut told).expect("text");
    assert_eq!(running.wait().expect("it ends").code(), Some(1), "{told}");
    let instance = told.strip_prefix("error: stopped before the instance was completed; the instance ");
    let instance = instance.and_then(|told| told.trim_end().strip_suffix(" is cancelled")).expect(&told);
    for engine in [Engine::Rest, Engine::Grpc] {
        let again = engine.cluster().cancel_instance(instance).await;
        assert!(matches!(&again, Err(ClusterError::NotFound(_))), "{again:?}");
    }
}
