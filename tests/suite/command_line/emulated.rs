//! `run`, `emulator` and `demo`: real requests, on this machine.

use super::{Ended, SESSION, end, end_with_input, opwright, session_input};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::process::{Child, ChildStdout, Command};

/// An emulator in a process of its own.
pub(super) struct EmulatorProcess {
    child: Child,
    out: BufReader<ChildStdout>,
    announcement: String,
}

impl EmulatorProcess {
    pub(super) fn start(arguments: &[&str]) -> Self {
        let mut child = opwright(&["emulator", "--port", "0"]).args(arguments).spawn().expect("the program starts");
        let mut out = BufReader::new(child.stdout.take().expect("piped"));
        let mut announcement = String::new();
        while !announcement.contains("End all runs:") {
            assert_ne!(out.read_line(&mut announcement).expect("a line"), 0, "the emulator has ended: {announcement}");
        }
        Self { child, out, announcement }
    }

    fn told(&self, name: &str) -> String {
        let line = self.announcement.lines().find_map(|line| line.strip_prefix(name)).expect("a line");
        line.trim_start_matches(':').trim().to_owned()
    }

    pub(super) fn uri(&self) -> String {
        self.told("Organization URI")
    }

    fn oauth(&self, own: &[(&str, Value)]) -> Value {
        let mut input = json!({
            "authentication": {
                "type": "oauth-client-credentials-flow",
                "clientId": "{{secrets.ID}}",
                "clientSecret": "{{secrets.KEY}}",
                "oauthTokenEndpoint": self.told("Token endpoint"),
            },
            "organizationUri": self.uri(),
        });
        for (name, value) in own {
            input[name] = value.clone();
        }
        input
    }
}

impl Drop for EmulatorProcess {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(super) fn run(operation: &str, input: &Value, environment: &[(&str, &str)], arguments: &[&str]) -> Ended {
    let mut command = opwright(&["run", "power-automate", operation, "-i", "-"]);
    end_with_input(command.args(arguments).envs(environment.iter().copied()), input.to_string().as_bytes())
}

#[test]
fn a_flow_runs_with_secrets_from_the_environment_or_the_env_file() {
    let emulator = EmulatorProcess::start(&[
        "--client-secret",
        "canary-right",
        "--waiting-seconds",
        "0",
        "--running-seconds",
        "0",
    ]);
    assert!(!emulator.announcement.contains("canary"), "{}", emulator.announcement);
    let right = [("SECRET_ID", "demo-client"), ("SECRET_KEY", "canary-right")];
    let wrong = [("SECRET_ID", "demo-client"), ("SECRET_KEY", "canary-wrong")];
    let trigger = emulator.oauth(&[
        ("workflowId", json!("0a1b2c3d-1111-2222-3333-444455556666")),
        ("connectionName", json!("shared-uiflow")),
        ("runMode", json!("unattended")),
        ("inputs", json!({ "Invoice": "4711", "emulatorOutputs": { "echo": "canary-right" } })),
    ]);
    let triggered = run("trigger-flow-run", &trigger, &right, &["--raw"]);
    assert_eq!((triggered.code, triggered.err.as_str()), (0, ""), "{triggered:?}");
    let response = triggered.json();
    let keys: Vec<&String> = response.as_object().expect("an object").keys().collect();
    assert_eq!(keys, ["status", "headers", "body", "reason", "document"]);
    assert_eq!(
        (&response["status"], &response["reason"], &response["document"]),
        (&json!(200), &json!("OK"), &Value::Null)
    );
    let session = &response["body"]["flowsessionId"];

    let folder = tempfile::tempdir().expect("a folder");
    let env_file = |variables: [(&str, &str); 2]| {
        let path = folder.path().join(variables[1].1);
        let lines: String = variables.iter().map(|(name, value)| format!("{name}='{value}'\n")).collect();
        fs::write(&path, lines).expect("a file");
        path.display().to_string()
    };
    let outputs = emulator.oauth(&[("flowSessionId", session.clone())]);
    let won = run("get-flow-outputs", &outputs, &wrong, &["--env-file", &env_file(right)]);
    assert_eq!((won.code, won.err.as_str()), (0, ""), "{won:?}");
    // A secret is masked even in what the server returns.
    assert_eq!(won.json(), json!({ "flowOutputs": { "echo": "***" } }));
    let lost = run("get-flow-outputs", &outputs, &right, &["--env-file", &env_file(wrong)]);
    assert_eq!((lost.code, lost.out.as_str()), (6, ""), "{lost:?}");
    assert!(
        lost.err.starts_with("error: Unauthorized (code 401)\nvariables: {\n")
            && lost.err.ends_with("No retries are left: an incident.\n"),
        "{}",
        lost.err
    );
    let json = run("get-flow-outputs", &outputs, &wrong, &["--format", "json"]);
    assert_eq!((json.code, json.err.as_str()), (6, ""));
    let told = json.json();
    assert_eq!((&told["outcome"], &told["variables"]["error"]["code"]), (&json!("fail"), &json!("401")));
    assert!([&lost, &json, &won, &triggered].iter().all(|ended| !ended.printed().contains("canary")), "{lost:?}");
}

#[test]
fn an_unknown_session_fails_for_good() {
    let emulator = EmulatorProcess::start(&["--bearer-token", "canary-token"]);
    let input = session_input(&emulator.uri(), SESSION);
    let text = run("get-flow-run-status", &input, &[], &[]);
    assert_eq!((text.code, text.out.as_str()), (6, ""), "{text:?}");
    assert!(text.err.starts_with("error: Not Found (code 404)\nvariables: {\n  \"error\": {\n"), "{}", text.err);
    let json = run("get-flow-run-status", &input, &[], &["--format", "json"]);
    assert_eq!((json.code, json.err.as_str()), (6, ""));
    let told = json.json();
    assert_eq!(
        (&told["outcome"], &told["message"], &told["retries"], &told["retryBackoffMillis"]),
        (&json!("fail"), &json!("Not Found (code 404)"), &json!(0), &Value::Null)
    );
    let error = &told["variables"]["error"];
    assert_eq!(
        (&error["type"], &error["message"], &error["code"]),
        (&json!("io.camunda.connector.api.error.ConnectorException"), &json!("Not Found"), &json!("404"))
    );
    assert!(error["variables"]["response"]["body"]["error"]["message"].is_string(), "{error}");
    assert!(!text.printed().contains("canary") && !json.printed().contains("canary"));
}

#[test]
fn what_a_repetition_may_mend_is_told_with_its_delay() {
    for (faults, message, delay) in [
        (["--throttle-rate=1", "--throttle-seconds=7"], "Too Many Requests (code 429)", Some(7)),
        (["--error-rate=1", "--error-status=503"], "Service Unavailable (code 503)", None),
        (["--lost-answer-rate=1", "--seed=1"], "no response from 127.0.0.1:", None),
    ] {
        let emulator = EmulatorProcess::start(&[&["--bearer-token", "canary-token"], &faults[..]].concat());
        let input = session_input(&emulator.uri(), SESSION);
        let text = run("get-flow-outputs", &input, &[], &[]);
        assert_eq!((text.code, text.out.as_str()), (5, ""), "{text:?}");
        assert!(text.err.starts_with(&format!("error: {message}")), "{}", text.err);
        let advice = delay.map_or("after its own back-off.\n".to_owned(), |delay| format!("after {delay} s.\n"));
        let advice = format!("2 retries are left: the job is repeated {advice}");
        assert!(text.err.ends_with(&advice), "{}", text.err);
        let json = run("get-flow-outputs", &input, &[], &["--format", "json"]);
        assert_eq!((json.code, json.err.as_str()), (5, ""));
        let told = json.json();
        assert_eq!(
            (&told["outcome"], &told["retries"], &told["retryBackoffMillis"]),
            (&json!("fail"), &json!(2), &json!(delay.map(|delay| delay * 1000)))
        );
        assert!(!text.printed().contains("canary") && !json.printed().contains("canary"));
    }
}

#[test]
fn a_refused_connection_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let text = run("get-flow-outputs", &session_input(&format!("http://{address}"), SESSION), &[], &[]);
    assert_eq!((text.code, text.out.as_str()), (5, ""), "{text:?}");
    assert!(text.err.starts_with(&format!("error: no connection to {address}: ")), "{}", text.err);
    assert!(text.err.ends_with("2 retries are left: the job is repeated after its own back-off.\n"), "{}", text.err);
}

#[test]
fn a_token_that_no_header_can_hold_is_not_sent() {
    let server = super::Untouched::new();
    let mut input = session_input(&server.uri(), SESSION);
    input["authentication"]["token"] = json!("canary-token\n");
    let text = run("get-flow-outputs", &input, &[], &[]);
    assert_eq!((text.code, text.out.as_str()), (3, ""), "{text:?}");
    assert_eq!(
        text.err,
        "error: the input is refused:\n  authentication.token must be one line without control characters, as it goes into a header\nNothing was sent.\n"
    );
}

#[test]
fn a_taken_port_is_told() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let ended = end(&mut opwright(&["emulator", "--port", &port]));
    assert_eq!((ended.code, ended.out.as_str()), (1, ""));
    assert!(ended.err.starts_with("error: the emulator cannot serve"), "{}", ended.err);
}

#[cfg(unix)]
#[test]
fn the_emulator_stops_when_it_is_told_to() {
    for signal in ["-TERM", "-INT"] {
        let mut emulator = EmulatorProcess::start(&[]);
        let told = Command::new("kill").args([signal, &emulator.child.id().to_string()]).status().expect("kill");
        assert!(told.success());
        let status = emulator.child.wait().expect("an end");
        assert_eq!(status.code(), Some(0), "{signal}");
        let (mut out, mut err) = (String::new(), String::new());
        emulator.out.read_to_string(&mut out).expect("UTF-8");
        emulator.child.stderr.take().expect("piped").read_to_string(&mut err).expect("UTF-8");
        assert_eq!((out.trim(), err.as_str()), ("", "The emulator has stopped.\n"));
    }
}

#[test]
fn the_demo_needs_nothing_and_shows_everything() {
    // Nor does a proxy keep it from its own machine.
    let ended = end(opwright(&["demo", "--waiting-seconds", "0.1", "--running-seconds", "0.2"])
        .env("HTTP_PROXY", "http://127.0.0.1:1"));
    assert_eq!(ended.code, 0, "{ended:?}");
    for expected in [
        "   Succeeded\n",
        "   Cancelled\n",
        "   a process receives {\"flowSessionId\":\"",
        "   a process receives {\"statusCode\":4}\n",
        "   a process receives {\"flowOutputs\":{\"Invoice\":\"4711\"",
        "   a process receives {\"cancelAccepted\":true}\n",
        "What the emulator was asked\n   Token → 200, by demo-client\n",
        "   Cancel ",
    ] {
        assert!(ended.out.contains(expected), "{expected}: {}", ended.out);
    }
    assert!(!ended.printed().contains("demo-secret") && !ended.printed().contains('\u{1b}'), "{ended:?}");
}
