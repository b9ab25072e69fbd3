//! `run --dry-run`: shows the request, sends nothing, and masks every secret in every form.

use super::{Ended, Untouched, end, end_with_input, opwright, session_input};
use serde_json::{Value, json};
use std::fs;

const SESSION_PATH: &str = "/api/data/v9.2/flowsessions(bb2a1f33-e5b9-ed11-83fe-000d3ab4f483)/outputs/$value";

fn dry_run(operation: &str, input: &Value, arguments: &[&str]) -> Ended {
    let mut command = opwright(&["run", "power-automate", operation, "--dry-run", "-i", "-"]);
    command.args(arguments).envs([
        ("SECRET_ID", "canary-id"),
        ("SECRET_KEY", "canary/\"key\"+ä&"),
        ("SECRET_PATH", "canary-path"),
    ]);
    end_with_input(&mut command, input.to_string().as_bytes())
}

#[test]
fn a_dry_run_shows_the_request() {
    let server = Untouched::new();
    let ended = dry_run("get-flow-outputs", &session_input(&server.uri(), super::SESSION), &[]);
    assert_eq!(ended.code, 0);
    let headers = "Accept: application/json\nOData-Version: 4.0\nOData-MaxVersion: 4.0\nAuthorization: Bearer ***\n";
    assert_eq!(ended.out, format!("GET {}{SESSION_PATH}\n{headers}\n", server.uri()));
    assert_eq!(ended.err, "The request:\nNothing was sent.\n");

    let json = dry_run("get-flow-outputs", &session_input(&server.uri(), super::SESSION), &["--format", "json"]);
    assert_eq!((json.code, json.err.as_str()), (0, ""));
    assert_eq!(json.json()["request"]["url"], format!("{}{SESSION_PATH}", server.uri()));
    assert_eq!(json.json()["request"]["headers"]["Authorization"], "Bearer ***");
    assert!(!json.out.contains("canary"));
}

#[test]
fn secrets_are_masked_wherever_they_turn_up() {
    let server = Untouched::new();
    let input = json!({
        "authentication": {
            "type": "oauth-client-credentials-flow",
            "clientId": "{{secrets.ID}}",
            "clientSecret": "secrets.KEY",
            "oauthTokenEndpoint": format!("{}/{{{{secrets.PATH}}}}/token", server.uri()),
        },
        "organizationUri": format!("{}/{{{{secrets.PATH}}}}", server.uri()),
        "workflowId": "0a1b2c3d-1111-2222-3333-444455556666",
        "connectionName": "a {{secrets.KEY}} b",
        "runMode": "attended",
        "runPriority": "high",
        "inputs": { "name": "{{secrets.KEY}}", "{{secrets.ID}}": ["secrets.PATH"] },
        "callbackUrl": "https://example.org/a?key=canary%2F%22key%22%2B%C3%A4%26&path=secrets.PATH",
    });
    for arguments in [&[][..], &["--format", "json"]] {
        let ended = dry_run("trigger-flow-run", &input, arguments);
        assert_eq!(ended.code, 0, "{ended:?}");
        assert!(!ended.printed().contains("canary"), "{ended:?}");
    }
    let json = dry_run("trigger-flow-run", &input, &["--format", "json"]).json();
    assert_eq!(
        json["request"]["body"],
        json!({
            "connectionName": "a *** b",
            "connectionType": 1,
            "runMode": "attended",
            "runPriority": "high",
            "inputs": "{\"name\":\"***\",\"***\":[\"***\"]}",
            "callbackUrl": "https://example.org/a?key=***&path=***",
        })
    );
    let uri = server.uri();
    assert_eq!(json["tokenRequest"]["url"], format!("{uri}/***/token"));
    assert_eq!(
        json["tokenRequest"]["body"],
        format!("grant_type=client_credentials&client_id=***&client_secret=***&scope={uri}/***/.default")
    );
    assert_eq!(
        json["request"]["url"],
        format!(
            "{uri}/***/api/data/v9.2/workflows(0a1b2c3d-1111-2222-3333-444455556666)/Microsoft.Dynamics.CRM.RunDesktopFlow"
        )
    );
}

#[test]
fn the_env_file_keeps_what_stands_in_single_quotes() {
    let server = Untouched::new();
    let folder = tempfile::tempdir().expect("a folder");
    let secret = "canary # $HOME \\x";
    fs::write(folder.path().join(".env"), format!("# mine\nexport SECRET_TOKEN='{secret}'\nOTHER=1\n"))
        .expect("a file");
    let mut input = session_input(&server.uri(), super::SESSION);
    input["authentication"]["token"] = json!("{{secrets.TOKEN}}");
    // The same text without a placeholder: masked only if the whole secret was read.
    let members = input.as_object_mut().expect("an object");
    members.remove("flowSessionId");
    members.extend(json!({ "workflowId": "0a1b2c3d-1111-2222-3333-444455556666", "connectionName": secret, "runMode": "attended" }).as_object().cloned().expect("an object"));
    fs::write(folder.path().join("input.json"), input.to_string()).expect("a file");
    let arguments = ["run", "power-automate", "trigger-flow-run", "--dry-run", "-i", "input.json"];
    let by_argument = end(opwright(&arguments).args(["--env-file", ".env"]).current_dir(&folder));
    assert_eq!(by_argument.code, 0, "{by_argument:?}");
    assert!(by_argument.out.contains("\"connectionName\": \"***\""), "{by_argument:?}");
    let by_variable = end(opwright(&arguments).env("OPWRIGHT_ENV_FILE", ".env").current_dir(&folder));
    assert_eq!(by_variable.out, by_argument.out);
}
