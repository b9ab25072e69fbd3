//! Inputs that are refused: every fault in one message, no value in it, and nothing sent.
//!
//! Each value and each secret holds the word `canary`, and no output may.

use super::{Ended, SESSION, Untouched, end, end_with_input, opwright, session_input};
use serde_json::{Value, json};
use std::fs;

const GUID: &str = "workflowId must be a GUID, such as 0a1b2c3d-1111-2222-3333-444455556666";
const TEXT: &str = "must be text and must not be empty";

/// What is accepted once the secrets are there.
fn sound(organization_uri: &str) -> Value {
    json!({
        "authentication": {
            "type": "oauth-client-credentials-flow",
            "clientId": "{{secrets.ID}}",
            "clientSecret": "{{secrets.KEY}}",
            "oauthTokenEndpoint": format!("{organization_uri}/token"),
        },
        "organizationUri": organization_uri,
        "workflowId": "0a1b2c3d-1111-2222-3333-444455556666",
        "connectionName": "canary-connection",
        "runMode": "unattended",
        "inputs": { "canary": "canary" },
    })
}

fn run(operation: &str, input: &[u8], arguments: &[&str]) -> Ended {
    let mut command = opwright(&["run", "power-automate", operation, "-i", "-"]);
    command.args(arguments).envs([("SECRET_ID", "canary-id"), ("SECRET_KEY", "canary-key"), ("SECRET_EMPTY", "")]);
    end_with_input(&mut command, input)
}

fn message(faults: &[&str]) -> String {
    format!("the input is refused:\n  {}", faults.join("\n  "))
}

/// Runs an operation, and expects to be refused for these faults.
#[track_caller]
fn refused(operation: &str, input: &Value, faults: &[&str]) {
    let ended = run(operation, input.to_string().as_bytes(), &[]);
    assert_eq!((ended.code, ended.out.as_str()), (3, ""));
    assert_eq!(ended.err, format!("error: {}\nNothing was sent.\n", message(faults)));
    assert!(!ended.printed().contains("canary"), "{ended:?}");
}

/// The same for scripts.
#[track_caller]
fn refused_in_json(operation: &str, input: &Value, faults: &[&str]) {
    let ended = run(operation, input.to_string().as_bytes(), &["--format", "json"]);
    assert_eq!((ended.code, ended.err.as_str()), (3, ""));
    let error = &ended.json()["error"];
    assert_eq!((&error["kind"], &error["message"]), (&json!("refused"), &json!(message(faults))));
    let told = error["faults"].as_array().expect("a list");
    assert_eq!(told.len(), faults.len(), "{told:?}");
    for (told, fault) in told.iter().zip(faults) {
        assert!(fault.starts_with(told["path"].as_str().expect("a path")), "{told}: {fault}");
    }
    assert!(!ended.out.contains("canary"), "{}", ended.out);
}

#[test]
fn all_faults_are_told_in_one_message() {
    let server = Untouched::new();
    let input = json!({
        "authentication": {
            "type": "oauth-client-credentials-flow",
            "clientId": "{{secrets.EMPTY}}",
            "clientSecret": ["canary"],
            "oauthTokenEndpoint": "canary://endpoint",
            "clientSecrett": "canary",
        },
        "organizationUri": format!("{}/?canary", server.uri()),
        "workflowId": "canary",
        "connectionType": "canary",
        "runMode": "canary",
        "runPriority": { "canary": "canary" },
        "timeout": "canary",
        "inputs": "[\"canary\"]",
        "callbackUrl": "https://canary canary",
        "WorkflowID": "canary",
    });
    let faults = [
        format!("authentication.clientId {TEXT}"),
        format!("authentication.clientSecret {TEXT}"),
        "authentication.oauthTokenEndpoint must be an http(s) URL, such as https://login.microsoftonline.com/{tenantID}/oauth2/v2.0/token".to_owned(),
        "authentication.clientSecrett is no field of this operation; did you mean `clientSecret`?".to_owned(),
        "organizationUri must be an http(s) URL without query, such as https://org11aaa11a.crm4.dynamics.com".to_owned(),
        GUID.to_owned(),
        format!("connectionName is missing: it {TEXT}"),
        "connectionType must be `1` or `2`".to_owned(),
        "runMode must be `attended` or `unattended`".to_owned(),
        format!("runPriority {TEXT}"),
        "timeout must be a whole number from 1 to 86400".to_owned(),
        "inputs must be a JSON object, as text or as it is, of at most 2097152 bytes".to_owned(),
        "callbackUrl must be an https URL; http only reaches an emulator on 127.0.0.1 or localhost, and must be text of at most 2000 characters".to_owned(),
        "WorkflowID is no field of this operation; did you mean `workflowId`?".to_owned(),
    ];
    let faults = faults.each_ref().map(String::as_str);
    refused("trigger-flow-run", &input, &faults);
    refused_in_json("trigger-flow-run", &input, &faults);
}

#[test]
fn each_bad_value_is_told_alone() {
    let server = Untouched::new();
    let url = "callbackUrl must be an https URL; http only reaches an emulator on 127.0.0.1 or localhost, and must be text of at most 2000 characters";
    let inputs = "inputs must be a JSON object, as text or as it is, of at most 2097152 bytes";
    let timeout = "timeout must be a whole number from 1 to 86400";
    let uri = "organizationUri must be an http(s) URL without query, such as https://org11aaa11a.crm4.dynamics.com";
    let deep = format!("{}canary{}", "[".repeat(1000), "]".repeat(1000));
    for (pointer, value, fault) in [
        (
            "/authentication",
            json!("canary"),
            "authentication must be an object whose `type` is `oauth-client-credentials-flow` or `bearer`",
        ),
        (
            "/authentication/type",
            json!("canary"),
            "authentication.type must be `oauth-client-credentials-flow` or `bearer`",
        ),
        (
            "/authentication/type",
            Value::Null,
            "authentication.type is missing: it must be `oauth-client-credentials-flow` or `bearer`",
        ),
        (
            "/authentication/oauthTokenEndpoint",
            json!("http://canary:99999/"),
            "authentication.oauthTokenEndpoint must be a sound URL: invalid port number",
        ),
        (
            "/organizationUri",
            json!("http://1.2.3.4.5/canary"),
            "organizationUri must be a sound URL: invalid IPv4 address",
        ),
        ("/organizationUri", json!("http://user:canary@127.0.0.1"), uri),
        ("/organizationUri", json!("https://canary\n"), uri),
        ("/workflowId", Value::Null, &format!("workflowId is missing: it {}", &GUID["workflowId ".len()..])),
        ("/inputs", json!(format!("{{\"canary\":\"{}\"}}", "c".repeat(2_097_152))), inputs),
        ("/inputs", json!({ "canary": "c".repeat(2_097_152) }), inputs),
        ("/inputs", json!("canary"), inputs),
        ("/inputs", json!(deep), inputs),
        ("/inputs", json!(["canary"]), inputs),
        ("/timeout", json!(86_401), timeout),
        ("/timeout", json!(1.5), timeout),
        ("/timeout", json!(true), timeout),
        ("/connectionType", json!(3), "connectionType must be `1` or `2`"),
        ("/callbackUrl", json!(format!("https://canary/{}", "c".repeat(2000))), url),
    ] {
        let mut input = sound(&server.uri());
        let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
        input.pointer_mut(parent).expect("an object")[name] = value;
        refused("trigger-flow-run", &input, &[fault]);
    }
}

#[test]
fn an_id_cannot_leave_its_place_in_the_path() {
    let server = Untouched::new();
    let wrong = ["canary", "", "../canary", "a/b", "a)b", "a?b", "a#b", "a%2Fb"].map(str::to_owned);
    let longer = ["/", ")", "?", "#", "\n", " "].map(|end| format!("{SESSION}{end}"));
    for id in wrong.into_iter().chain(longer) {
        refused(
            "get-flow-outputs",
            &session_input(&server.uri(), &id),
            &[&format!("flowSessionId must be a GUID, such as {SESSION}")],
        );
    }
}

#[test]
fn a_secret_for_the_name_of_a_member_is_not_told() {
    let server = Untouched::new();
    let mut input = sound(&server.uri());
    input["{{secrets.KEY}}"] = json!("canary");
    let text = run("trigger-flow-run", input.to_string().as_bytes(), &[]);
    assert_eq!(text.code, 3);
    assert!(
        text.err.contains("\n  *** is no field of this operation; ") && !text.printed().contains("canary"),
        "{}",
        text.err
    );
}

#[test]
fn missing_secrets_are_told_in_both_spellings() {
    let server = Untouched::new();
    let mut input = sound(&server.uri());
    input["authentication"]["clientId"] = json!("{{ secrets.CLIENT }}");
    input["connectionName"] = json!("canary secrets.old.name-x canary");
    let text = run("trigger-flow-run", input.to_string().as_bytes(), &[]);
    assert_eq!((text.code, text.out.as_str()), (3, ""));
    let message = "authentication.clientId: Secret with name 'CLIENT' is not available\n\
                   connectionName: Secret with name 'old.name-x' is not available\n\
                   Set SECRET_CLIENT, SECRET_old.name-x in the environment or in the env file.";
    assert_eq!(text.err, format!("error: {message}\nNothing was sent.\n"));
    let json = run("trigger-flow-run", input.to_string().as_bytes(), &["--format", "json"]);
    assert_eq!((json.code, json.err.as_str()), (3, ""));
    assert_eq!(
        json.json(),
        json!({ "error": { "kind": "missingSecret", "message": message, "secrets": { "CLIENT": ["authentication.clientId"], "old.name-x": ["connectionName"] } } })
    );
}

#[test]
fn an_input_that_is_no_json_object_is_told_with_its_place() {
    let deep = "[".repeat(1000) + "\"canary\"" + &"]".repeat(1000);
    let cases: [(&[u8], &str); 12] = [
        (b"", "the input is no JSON: it ends too early, at line 1 column 0"),
        (b"{\n  \"canary\": \"canary\",\n", "the input is no JSON: it ends too early, at line 3 column 0"),
        (b"{\n  \"canary\": canary }", "the input is no JSON: it is malformed, at line 2 column 13"),
        (b"{} canary", "the input is no JSON: it is malformed, at line 1 column 4"),
        (b"{ \"canary\": \"\xff\" }", "the input is no JSON: it is malformed, at line 1 column 14"),
        (b"\xff\xfe{\0}\0", "the input is no JSON: it is malformed, at line 1 column 1"),
        (b"{ \"canary\": 1e999 }", "the input is no JSON: it is malformed, at line 1 column 17"),
        (b"{ \"a\": [{ \"canary\": 1,\n \"canary\": 1 }] }", "the input names a member twice, at line 2 column 9"),
        (deep.as_bytes(), "the input is nested too deeply, at line 1 column 128"),
        (b"[\"canary\"]", "the input is refused:\n  the input must be a JSON object"),
        (b"\"canary\"", "the input is refused:\n  the input must be a JSON object"),
        (b"null", "the input is refused:\n  the input must be a JSON object"),
    ];
    for (input, expected) in cases {
        let text = run("trigger-flow-run", input, &[]);
        assert_eq!((text.code, text.out.as_str()), (3, ""));
        assert_eq!(text.err, format!("error: {expected}\nNothing was sent.\n"));
    }
    let json = run("trigger-flow-run", cases[1].0, &["--format", "json"]);
    assert_eq!((json.code, json.err.as_str()), (3, ""));
    assert_eq!(json.json()["error"]["message"], cases[1].1);
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let server = Untouched::new();
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, content: &[u8]| fs::write(folder.path().join(name), content).expect("a file");
    file("input.json", sound(&server.uri()).to_string().as_bytes());
    file("open.env", b"SECRET_ID=a\nSECRET_KEY='canary\n");
    file("bare.env", b"# canary\ncanary without a name\n");
    file("bytes.env", b"SECRET_ID=canary\xff\n");
    file("replaced.env", b"# $HOME\nSECRET_ID='a$b'\nSECRET_KEY=canary$canary\n");
    let malformed = |name: &str, line: usize| {
        format!("the env file {name} is malformed at line {line}: write NAME='value' on each line")
    };
    let replaced =
        "the env file replaced.env has a `$` at line 3, which would stand for a variable: write NAME='value'";
    for (arguments, expected) in [
        (&["-i", "absent.json"][..], "cannot read the input absent.json: ".to_owned()),
        (&["-i", "."], "cannot read the input .: ".to_owned()),
        (&["-i", "input.json", "--env-file", "absent.env"], "cannot read the env file absent.env: ".to_owned()),
        (&["-i", "input.json", "--env-file", "open.env"], malformed("open.env", 2)),
        (&["-i", "input.json", "--env-file", "bare.env"], malformed("bare.env", 2)),
        (&["-i", "input.json", "--env-file", "bytes.env"], "cannot read the env file bytes.env: ".to_owned()),
        (&["-i", "input.json", "--env-file", "replaced.env"], replaced.to_owned()),
    ] {
        let run = |format: &str| {
            let mut command = opwright(&["run", "power-automate", "trigger-flow-run", "--format", format]);
            end(command.args(arguments).current_dir(&folder))
        };
        let (text, json) = (run("text"), run("json"));
        assert_eq!((text.code, text.out.as_str(), json.code, json.err.as_str()), (1, "", 1, ""), "{arguments:?}");
        assert!(
            text.err.starts_with(&format!("error: {expected}")) && text.err.ends_with("\nNothing was sent.\n"),
            "{}",
            text.err
        );
        assert_eq!(json.json()["error"]["kind"], "unexpected");
        assert!(!text.printed().contains("canary") && !json.printed().contains("canary"), "{}", text.err);
    }
}
