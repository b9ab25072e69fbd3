//! The program as a process: what it prints, how it ends, and that it sends nothing before its time.

mod accepted;
mod changelog;
mod ci;
mod compat;
mod emulated;
mod feel;
mod generate;
mod inbound;
mod lint;
mod masks;
mod migrate;
mod outcomes;
mod processes;
mod published;
mod refusals;
mod reports;

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{ErrorKind, Write};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

const SUBCOMMANDS: &[&str] = &[
    "generate",
    "lint",
    "compat",
    "ci",
    "changelog",
    "migrate",
    "run",
    #[cfg(feature = "preview")]
    "preview",
    "worker",
    "list",
    "describe",
    "feel",
    "completions",
    "man",
    "emulator",
    "demo",
];
const OPERATIONS: [&str; 4] = ["trigger-flow-run", "get-flow-run-status", "get-flow-outputs", "cancel-flow-run"];
const SESSION: &str = "bb2a1f33-e5b9-ed11-83fe-000d3ab4f483";

/// A process that has ended.
#[derive(Debug)]
struct Ended {
    code: i32,
    out: String,
    err: String,
}

impl Ended {
    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// All that it printed.
    fn printed(&self) -> String {
        format!("{}{}", self.out, self.err)
    }
}

/// The program, with an empty environment.
fn opwright(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_opwright"));
    command.args(arguments).env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn end(command: &mut Command) -> Ended {
    ended(command.spawn().expect("the program starts"))
}

fn end_with_input(command: &mut Command, input: &[u8]) -> Ended {
    let mut child = command.stdin(Stdio::piped()).spawn().expect("the program starts");
    // It may end without reading everything.
    let _ = child.stdin.take().expect("piped").write_all(input);
    ended(child)
}

fn ended(child: Child) -> Ended {
    let output = child.wait_with_output().expect("an end");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Ended { code: output.status.code().expect("no signal"), out: text(output.stdout), err: text(output.stderr) }
}

/// A server that nobody may call.
struct Untouched(TcpListener);

impl Untouched {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.set_nonblocking(true).expect("a socket");
        Self(listener)
    }

    fn uri(&self) -> String {
        format!("http://{}", self.0.local_addr().expect("an address"))
    }
}

impl Drop for Untouched {
    fn drop(&mut self) {
        let untouched = self.0.accept().is_err_and(|error| error.kind() == ErrorKind::WouldBlock);
        assert!(untouched || std::thread::panicking(), "something was sent");
    }
}

/// What `run` takes for a session, authenticated by a token of one's own.
fn session_input(organization_uri: &str, session: &str) -> Value {
    json!({
        "authentication": { "type": "bearer", "token": "canary-token" },
        "organizationUri": organization_uri,
        "flowSessionId": session,
    })
}

#[test]
fn help_is_there_for_everything() {
    let help = end(&mut opwright(&["--help"]));
    assert_eq!((help.code, help.err.as_str()), (0, ""));
    for expected in SUBCOMMANDS.iter().chain(&["Exit codes:", "  3  the input or an expression is refused", "NO_COLOR"])
    {
        assert!(help.out.contains(expected), "{expected}: {help:?}");
    }
    for subcommand in SUBCOMMANDS {
        let help = end(&mut opwright(&[subcommand, "--help"]));
        assert_eq!((help.code, help.err.as_str()), (0, ""), "{subcommand}");
        assert!(help.out.contains(&format!("Usage: opwright {subcommand}")), "{help:?}");
        // What a command does, not what a group of its arguments is.
        let about = help.out.lines().next().unwrap_or_default();
        let verb = about.split_whitespace().next().unwrap_or_default().trim_end_matches(',');
        assert!(verb.ends_with('s'), "{subcommand}: {about}");
    }
    let version = end(&mut opwright(&["--version"]));
    assert_eq!((version.code, version.out), (0, format!("opwright {}\n", env!("CARGO_PKG_VERSION"))));
}

#[test]
fn wrong_arguments_are_told() {
    let cases: [(&[&str], &str); 18] = [
        (&[], "Usage: opwright <COMMAND>"),
        (&["generat"], "'generate'"),
        (&["run"], "--input <FILE>"),
        (&["run", "power-automate", "trigger-flow-run"], "--input <FILE>"),
        (&["describe"], "<CONNECTOR>"),
        (&["describe", "power-automate", "--example"], "<OPERATION|EVENT>"),
        (&["completions"], "<SHELL>"),
        (&["completions", "tcsh"], "'zsh'"),
        (&["list", "--format", "xml"], "text, json"),
        (&["generate", "--chek"], "'--check'"),
        (&["emulator", "--waiting-seconds=-1"], "0 to 86400"),
        (&["demo", "--running-seconds", "601"], "0 to 600"),
        (&["run", "a", "b", "-i", "c", "--retries", "0"], "is not in 1.."),
        (&["run", "a", "b", "-i", "c", "--raw", "--result-variable", "r"], "cannot be used with"),
        (&["feel"], "Usage: opwright feel [OPTIONS] <EXPRESSION>"),
        (&["feel", "check"], "<FILE|--expression <FEEL>>"),
        (&["feel", "check", "a.feel", "--expression", "1"], "cannot be used with"),
        (&["feel", "test"], "<CASES>"),
    ];
    for (arguments, expected) in cases {
        let ended = end(&mut opwright(arguments));
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{arguments:?}");
        assert!(ended.err.contains(expected), "{arguments:?}: {}", ended.err);
    }
}

#[test]
fn list_names_all_operations() {
    let text = end(&mut opwright(&["list"]));
    let json = end(&mut opwright(&["list", "--format", "json"]));
    assert_eq!((text.code, text.err.as_str(), json.code, json.err.as_str()), (0, "", 0, ""));
    for expected in OPERATIONS.iter().chain(&["power-automate  Power Automate (job type io.opwright:power-automate:1)"])
    {
        assert!(text.out.contains(expected), "{expected}: {}", text.out);
    }
    let connectors = json.json();
    assert_eq!(connectors[0]["id"], "power-automate");
    let operations: Vec<_> =
        connectors[0]["operations"].as_array().expect("a list").iter().map(|operation| &operation["id"]).collect();
    assert_eq!(operations, OPERATIONS);
    assert!(text.out.contains("  flow-run-finished    Flow run finished (event)\n"), "{}", text.out);
    let event = json!({
        "id": "flow-run-finished",
        "name": "Flow run finished",
        "version": 2,
        "eventType": "io.opwright:power-automate:flow-run-finished:1",
    });
    assert_eq!(connectors[0]["events"], json!([event]));
}

#[test]
fn describe_tells_what_an_event_is() {
    let text = end(&mut opwright(&["describe", "power-automate", "flow-run-finished"]));
    assert_eq!((text.code, text.err.as_str()), (0, ""));
    insta::assert_snapshot!(text.out);
    let all = end(&mut opwright(&["describe", "power-automate"]));
    assert!(all.out.contains("(cancel-flow-run)") && all.out.contains("(flow-run-finished, an event)"), "{all:?}");
    let json = end(&mut opwright(&["describe", "power-automate", "flow-run-finished", "--format", "json"])).json();
    assert_eq!((&json[0]["operation"], &json[0]["version"]), (&json!("get-flow-run-status"), &json!(2)));
    assert_eq!(json[0]["elements"], json!(["intermediate-catch-event", "receive-task", "boundary-event"]));
    assert_eq!(json[0]["event"]["properties"]["flowsessionid"]["type"], "string");
    let example = end(&mut opwright(&["describe", "power-automate", "flow-run-finished", "--example"]));
    assert_eq!(example.json(), json[0]["event"]["examples"][0]);
}

#[test]
fn describe_tells_what_an_operation_takes() {
    let text = end(&mut opwright(&["describe", "power-automate", "trigger-flow-run"]));
    assert_eq!((text.code, text.err.as_str()), (0, ""));
    for expected in [
        "Trigger a flow run (trigger-flow-run)\n",
        "\nPOST /api/data/v9.2/workflows({workflowId})/Microsoft.Dynamics.CRM.RunDesktopFlow\n",
        "\n    `bearer`: A token that you fetched yourself.",
        "\n      token, required: ",
        "\n  connectionType, default 1: ",
        "\n    must be a whole number from 1 to 86400\n",
    ] {
        assert!(text.out.contains(expected), "{expected}: {}", text.out);
    }
    let all = end(&mut opwright(&["describe", "power-automate"]));
    assert!(OPERATIONS.iter().all(|operation| all.out.contains(&format!("({operation})"))), "{all:?}");

    let json = end(&mut opwright(&["describe", "power-automate", "get-flow-run-status", "--format", "json"])).json();
    assert_eq!(json[0]["id"], "get-flow-run-status");
    assert_eq!(json[0]["input"]["required"], json!(["authentication", "organizationUri", "flowSessionId"]));
    assert_eq!(json[0]["output"]["type"], "object");
}

#[test]
fn unknown_names_are_told_with_the_nearest() {
    for (arguments, expected) in [
        (&["describe", "power-automat"][..], "there is no connector `power-automat`; did you mean `power-automate`?"),
        (
            &["describe", "power-automate", "trigger-flow"],
            "there is no operation or event `trigger-flow`; did you mean `trigger-flow-run`?",
        ),
        (
            &["describe", "power-automate", "flow-run-finishd"],
            "there is no operation or event `flow-run-finishd`; did you mean `flow-run-finished`?",
        ),
        (
            &["run", "power-automat", "trigger-flow-run", "-i", "-"],
            "there is no connector `power-automat`; did you mean",
        ),
        (
            &["run", "power-automate", "delete", "-i", "-"],
            "there is no operation `delete`; there is `trigger-flow-run`, ",
        ),
    ] {
        let ended = end_with_input(&mut opwright(arguments), b"{}");
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{arguments:?}");
        assert!(ended.err.contains(expected), "{}", ended.err);
    }
}

#[test]
fn examples_are_accepted_once_their_secrets_are_there() {
    for operation in OPERATIONS {
        let example = end(&mut opwright(&["describe", "power-automate", operation, "--example"]));
        assert_eq!((example.code, example.err.as_str()), (0, ""), "{operation}");
        let mut command = opwright(&["run", "power-automate", operation, "--dry-run", "-i", "-"]);
        command.envs([
            ("SECRET_POWER_AUTOMATE_CLIENT_ID", "i"),
            ("SECRET_POWER_AUTOMATE_CLIENT_SECRET", "s"),
            ("SECRET_POWER_AUTOMATE_TOKEN_ENDPOINT", "https://login.example.org/token"),
        ]);
        let dry_run = end_with_input(&mut command, example.out.as_bytes());
        assert_eq!(dry_run.code, 0, "{operation}: {dry_run:?}");
    }
}

#[test]
fn completions_know_the_subcommands() {
    for shell in ["bash", "zsh", "fish"] {
        let script = end(&mut opwright(&["completions", shell]));
        assert_eq!((script.code, script.err.as_str()), (0, ""), "{shell}");
        for expected in SUBCOMMANDS.iter().chain(&["opwright", "dry-run"]) {
            assert!(script.out.contains(expected), "{shell}: {expected}");
        }
    }
}

#[test]
fn manual_pages_are_printed_or_written() {
    let page = end(&mut opwright(&["man"]));
    assert_eq!((page.code, page.err.as_str()), (0, ""));
    assert!(page.out.contains(".TH opwright 1") && page.out.contains("Exit codes"), "{}", page.out);

    let folder = tempfile::tempdir().expect("a folder");
    let pages = folder.path().join("man/man1");
    let written = end(opwright(&["man", "--out"]).arg(&pages));
    assert_eq!((written.code, written.printed().as_str()), (0, ""));
    let names: BTreeSet<String> = std::fs::read_dir(&pages)
        .expect("pages")
        .map(|entry| entry.expect("a page").file_name().display().to_string())
        .collect();
    let expected = SUBCOMMANDS
        .iter()
        .chain(&["feel-eval", "feel-check", "feel-test"])
        .map(|subcommand| format!("opwright-{subcommand}.1"))
        .chain(["opwright.1".to_owned()]);
    assert_eq!(names, expected.collect());

    let refused = end(opwright(&["man", "--out"]).arg(pages.join("opwright.1/x")));
    assert_eq!((refused.code, refused.out.as_str()), (1, ""));
    assert!(refused.err.contains("cannot write the manual page"), "{}", refused.err);
}

#[test]
fn colours_are_for_those_who_want_them() {
    let commands: [&[&str]; 6] = [
        &["--help"],
        &["list"],
        &["describe", "no-such"],
        &["generate", "--check", "--out", "/nonexistent"],
        &["feel", "a +"],
        &["feel", "a"],
    ];
    for arguments in commands {
        let coloured = |variables: &[(&str, &str)]| {
            end(opwright(arguments).envs(variables.iter().copied())).printed().contains('\u{1b}')
        };
        assert!(!coloured(&[]), "{arguments:?} in a pipe");
        assert!(coloured(&[("CLICOLOR_FORCE", "1")]), "{arguments:?} forced");
        assert!(!coloured(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]), "{arguments:?} without colours");
    }
}

#[test]
fn a_reader_who_has_had_enough_is_no_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let commands: [&[&str]; 6] =
        [&["man"], &["list"], &["completions", "bash"], &["describe", "power-automate"], &["--help"], &["generate"]];
    for arguments in commands {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let ended = end(opwright(arguments).current_dir(&folder).stdout(writer));
        assert_eq!(ended.code, 0, "{arguments:?}: {}", ended.err);
        assert!(!ended.err.contains("panicked"), "{}", ended.err);
    }
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    assert_eq!(end(opwright(&["describe", "no-such"]).stderr(writer)).code, 2);
}
