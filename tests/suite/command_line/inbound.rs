//! The settings of the worker's inbound side: what is refused before anything is done, and what is printed.

use super::{Ended, end, opwright};
use std::path::Path;
use tempfile::TempDir;

/// An account, whose secrets are there.
const ACCOUNT: &str = r#"
[accounts.contoso]
connector = "power-automate"
input.organizationUri = "https://contoso.crm4.dynamics.com"
input.authentication = { type = "bearer", token = "{{secrets.TOKEN}}" }
"#;

fn worker(directory: &Path, config: &str, arguments: &[&str]) -> Ended {
    let path = directory.join("worker.toml");
    std::fs::write(&path, config).expect("written");
    let mut command = opwright(&["worker", "--rest-address", "http://127.0.0.1:1", "--listen", "none", "--config"]);
    end(command.arg(&path).args(arguments).env("SECRET_TOKEN", "canary-token").current_dir(directory))
}

#[track_caller]
fn refused(config: &str, arguments: &[&str], expected: &str) {
    let directory = TempDir::new().expect("a directory");
    let ended = worker(directory.path(), config, arguments);
    assert_eq!((ended.code, ended.out.as_str()), (1, ""), "{ended:?}");
    assert!(ended.err.contains(expected), "{ended:?}");
    assert!(!ended.err.contains("canary"), "{ended:?}");
}

const JOURNAL: [&str; 2] = ["--inbound-journal", "journal"];

#[test]
fn what_cannot_be_served_is_told_with_its_mend() {
    refused(
        ACCOUNT,
        &[],
        "[accounts.contoso] has events served, and there is no file to write them down in: set `inbound-journal`",
    );
    refused("", &JOURNAL, "there is no account to ask a system with: add [accounts.NAME] to the config file");
    let listens = ["--inbound-listen", "127.0.0.1:0", "--inbound-discovery", "false"];
    refused("", &listens, "nothing to be served there: add [accounts.NAME] or [webhooks.CONTEXT]");
    let route = "[webhooks.orders]\nmessage-name = \"order\"\n";
    refused(route, &[], "there are webhooks, but calls are taken nowhere: set `inbound-listen`");
    let misspelt = route.replace("message-name", "mesage-name");
    refused(&misspelt, &listens, "[webhooks.orders]: `mesage-name`: there is no such setting");
    refused("", &[&listens[..], &["--inbound-processes", "none.bpmn"]].concat(), "cannot read none.bpmn");
    refused("", &[&listens[..], &["--inbound-processes", "worker.toml"]].concat(), "worker.toml, line 1: ");
    refused("", &[&listens[..], &["--inbound-base-url", "here"]].concat(), "must be an http or https URL");
    let clear = ACCOUNT.replace("{{secrets.TOKEN}}", "canary");
    refused(
        &clear,
        &JOURNAL,
        "[accounts.contoso]: `input.authentication.token` is a secret: write it as {{secrets.NAME}}",
    );
    for (setting, value) in [
        ("hmac-secret", "\"canary\""),
        ("auth.password", "\"canary\""),
        ("auth.api-key", "\"canary\""),
        ("auth.api-key", "4711"),
    ] {
        let literal = format!("{route}{setting} = {value}\n");
        let told = format!("[webhooks.orders]: `{setting}` is a secret: write it as {{{{secrets.NAME}}}}");
        refused(&literal, &listens, &told);
        refused(&literal, &[&listens[..], &["--print-config"]].concat(), &told);
    }
    let shadowed = format!("{ACCOUNT}[webhooks.flow-run-finished]\nmessage-name = \"order\"\n");
    let taken = "Context: flow-run-finished already in use by: the event `";
    refused(&shadowed, &[&JOURNAL[..], &listens].concat(), taken);
    let missing = ACCOUNT.replace("TOKEN", "OTHER");
    refused(&missing, &JOURNAL, "the account `contoso` is not sound: ");
    refused(&missing, &JOURNAL, "OTHER");
    let other = ACCOUNT.replace("power-automate", "power-automat");
    refused(&other, &JOURNAL, "is for `power-automat`, which is no connector with events");
    let no_url = ACCOUNT.replace("https://contoso.crm4.dynamics.com", "contoso");
    refused(&no_url, &JOURNAL, "organizationUri must be an http(s) URL");
    refused(
        &ACCOUNT.replace("connector =", "conector ="),
        &JOURNAL,
        "there is no setting `conector`; did you mean `connector`?",
    );
    refused("[accounts]\ncontoso = 1", &JOURNAL, "`accounts.contoso` is no section");
    refused(ACCOUNT, &[&JOURNAL[..], &["--inbound-watch", "some"]].concat(), "must be `called`, `all` or `none`");
    refused(ACCOUNT, &[&JOURNAL[..], &["--inbound-key", "key.pem"]].concat(), "belong together");
    refused(ACCOUNT, &["--inbound-journal", "no/such/place"], "the journal no/such/place cannot be used");
    let files = ["--inbound-key", "worker.toml", "--inbound-certificate", "worker.toml"];
    refused(ACCOUNT, &[&JOURNAL[..], &files].concat(), "cannot use worker.toml for TLS: it holds no certificate (PEM)");
}

#[test]
fn what_is_printed_can_be_read_again() {
    let directory = TempDir::new().expect("a directory");
    let first = worker(directory.path(), ACCOUNT, &[&JOURNAL[..], &["--print-config"]].concat());
    assert_eq!((first.code, first.err.as_str()), (0, ""), "{first:?}");
    assert!(first.out.contains("inbound-watch = \"called\" # default\n"), "{}", first.out);
    assert!(first.out.contains("token = \"{{secrets.TOKEN}}\""), "{}", first.out);
    let again = worker(directory.path(), &first.out, &["--print-config"]);
    assert_eq!((again.code, again.err.as_str()), (0, ""), "{again:?}");
    let sections = |ended: &Ended| ended.out[ended.out.find("[accounts").expect("a section")..].to_owned();
    assert_eq!(sections(&again), sections(&first));
    assert!(!directory.path().join("journal").exists(), "nothing is opened");
}
