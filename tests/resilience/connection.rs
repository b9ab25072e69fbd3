//! How the program proves who it is, whom it trusts, and that its log keeps the secrets of both.

use crate::gate::{Gate, Gateway, job, variables};
use crate::grpc_gateway;
use crate::program::Program;
use crate::tls::Tls;
use opwright::emulator::{Emulator, Settings};
use std::time::{Duration, Instant};
use tempfile::NamedTempFile;

const FLOWS: &str = "the-token-for-flows";

async fn emulator() -> Emulator {
    let settings = Settings { port: 0, bearer_token: Some(FLOWS.into()), ..Settings::default() };
    Emulator::start(settings).await.expect("an emulator")
}

/// A program that logs all that it can.
fn program(address: &str, environment: &[(&str, &str)]) -> Program {
    program_for("--rest-address", address, environment)
}

fn program_for(protocol: &str, address: &str, environment: &[(&str, &str)]) -> Program {
    let secret = [("SECRET_FLOWS", FLOWS)];
    let environment: Vec<_> =
        secret.iter().chain(environment).map(|(name, value)| (*name, (*value).to_owned())).collect();
    Program::start("test", &[protocol, address, "--poll-timeout", "PT1S", "--log", "trace"], &environment)
}

/// Ends the program, and looks through all that it has logged.
async fn keeps(program: &Program, secrets: &[&str]) {
    program.terminate();
    program.logs("stopping: no more jobs are taken").await;
    let log = program.log();
    assert!(log.contains("job answered"), "{log}");
    for secret in secrets {
        assert!(!log.contains(secret), "{secret} is told: {log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_with_a_password_is_let_in() {
    let emulator = emulator().await;
    // `worker:pass-word` in Base64.
    let encoded = "d29ya2VyOnBhc3Mtd29yZA==";
    let gateway = Gateway::new(Gate {
        authorization: Some(format!("Basic {encoded}")),
        jobs: [job(1, emulator.organization_uri())].into(),
        ..Gate::default()
    });
    let address = format!("http://{}", gateway.serve().await);
    let user = ("CAMUNDA_BASIC_AUTH_USERNAME", "worker");
    let program = program(&address, &[user, ("CAMUNDA_BASIC_AUTH_PASSWORD", "pass-word")]);
    gateway.completes(1, || program.log()).await;
    program.logs("job answered").await;
    keeps(&program, &["pass-word", encoded, FLOWS]).await;
    assert!(gateway.gate().refused.is_empty());

    let wrong = self::program(&address, &[user, ("CAMUNDA_BASIC_AUTH_PASSWORD", "other-word")]);
    wrong.logs("the cluster refuses: Unauthorized (status 401)").await;
    assert!(!wrong.log().contains("other-word"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_fetched_once_and_again_when_it_is_refused() {
    let emulator = emulator().await;
    let gateway = Gateway::new(Gate {
        authorization: Some("Bearer first-token".to_owned()),
        token_request:
            "grant_type=client_credentials&client_id=worker&client_secret=client-secret&scope=all&audience=zeebe"
                .to_owned(),
        tokens: ["first-token", "second-token"].into(),
        jobs: [job(1, emulator.organization_uri()), job(2, emulator.organization_uri())].into(),
        ..Gate::default()
    });
    let address = format!("http://{}", gateway.serve().await);
    let client = [
        ("CAMUNDA_CLIENT_ID", "worker"),
        ("CAMUNDA_CLIENT_SECRET", "client-secret"),
        ("CAMUNDA_OAUTH_URL", &format!("{address}/token")),
        ("CAMUNDA_TOKEN_AUDIENCE", "zeebe"),
        ("CAMUNDA_TOKEN_SCOPE", "all"),
    ];
    let program = program(&address, &client);
    for job in [1, 2] {
        gateway.completes(job, || program.log()).await;
    }
    assert_eq!(gateway.gate().tokens_given, 1, "one token for its whole lifetime");
    {
        let mut gate = gateway.gate();
        gate.authorization = Some("Bearer second-token".to_owned());
        gate.jobs.push_back(job(3, emulator.organization_uri()));
    }
    gateway.completes(3, || program.log()).await;
    program.logs("job answered").await;
    keeps(&program, &["client-secret", "first-token", "second-token", FLOWS]).await;
    let gate = gateway.gate();
    assert_eq!(gate.tokens_given, 2);
    assert_eq!(gate.refused, ["/v2/jobs/activation"], "a refused request is sent again at once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_is_trusted_by_a_root_of_its_own_and_by_no_other() {
    let emulator = emulator().await;
    let gateway = Gateway::new(Gate { jobs: [job(1, emulator.organization_uri())].into(), ..Gate::default() });
    let (port, authority) = gateway.serve_tls().await;
    let address = format!("https://localhost:{port}");
    let stranger = program(&address, &[]);
    stranger.logs("no jobs can be taken").await;
    assert!(stranger.log().contains("UnknownIssuer"), "{}", stranger.log());
    assert!(gateway.gate().admitted.is_empty());

    let file = NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), authority).expect("it is written");
    let path = file.path().to_str().expect("text");
    let program = program(&address, &[("CAMUNDA_CA_CERTIFICATE_PATH", path)]);
    gateway.completes(1, || program.log()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn over_grpc_a_cluster_is_trusted_likewise_and_its_tokens_are_kept() {
    let emulator = emulator().await;
    let endpoint = Gateway::new(Gate {
        token_request: "grant_type=client_credentials&client_id=worker&client_secret=client-secret&audience=zeebe"
            .to_owned(),
        tokens: ["first-token", "second-token"].into(),
        ..Gate::default()
    });
    let token_url = format!("http://{}/token", endpoint.serve().await);
    let (listener, port, authority) = Tls::new().await;
    let job = |key| grpc_gateway::messages::ActivatedJob {
        headers: r#"{"operation":"trigger-flow-run"}"#.to_owned(),
        variables: variables(emulator.organization_uri()).to_string(),
        ..grpc_gateway::job(key, "")
    };
    let authorization = Some("Bearer first-token".to_owned());
    let script = grpc_gateway::Script { authorization, jobs: [job(1)].into(), ..Default::default() };
    let gateway = grpc_gateway::Gateway::at(listener, format!("https://localhost:{port}"), script);
    let client = [
        ("CAMUNDA_CLIENT_ID", "worker"),
        ("CAMUNDA_CLIENT_SECRET", "client-secret"),
        ("CAMUNDA_OAUTH_URL", token_url.as_str()),
        ("CAMUNDA_TOKEN_AUDIENCE", "zeebe"),
    ];
    let stranger = program_for("--grpc-address", &gateway.address, &[]);
    stranger.logs("no jobs can be taken").await;
    assert!(stranger.log().contains("UnknownIssuer"), "{}", stranger.log());
    assert_eq!(gateway.script().unauthorized, 0, "it has told nothing");

    let file = NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), authority).expect("it is written");
    let root = ("CAMUNDA_CA_CERTIFICATE_PATH", file.path().to_str().expect("text"));
    let program = program_for("--grpc-address", &gateway.address, &[&client[..], &[root]].concat());
    program.logs("job answered").await;
    // Jobs come by the stream too; and a token that is refused is replaced.
    gateway.script().authorization = Some("Bearer second-token".to_owned());
    let pusher = gateway.pusher();
    assert!(pusher.push(&job(2)).await);
    let begun = Instant::now();
    while gateway.script().commands.len() < 2 {
        assert!(begun.elapsed() < Duration::from_secs(30), "{}", program.log());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    keeps(&program, &["client-secret", "first-token", "second-token", FLOWS]).await;
    assert_eq!(gateway.script().commands, [1, 2].map(grpc_gateway::Command::Complete));
    assert_eq!(endpoint.gate().tokens_given, 2);
}
